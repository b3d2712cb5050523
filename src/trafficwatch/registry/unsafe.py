# SPDX-License-Identifier: GPL-3.0-or-later
"""The warnings of many journeys at once, with a few queries whatever their number.

Who is warned of is decided by `registry.warnings`; `may_be_high` only leaves out, in SQL, the journeys that no heavy
warning can be about.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Integer, and_, cast, func, or_, select

from trafficwatch.models.dates import ABOUT_YEARS
from trafficwatch.models.migration import Document, Found, Holder, Journey, Stage, VisaKind
from trafficwatch.models.people import Person
from trafficwatch.models.recruiting import Recruiter
from trafficwatch.models.tables import RECORD_TABLES
from trafficwatch.registry.journeys import went_wrong
from trafficwatch.registry.warnings import ADULT_YEARS, Warning, warnings  # noqa: A004
from trafficwatch.store.work import Work

_PERSON, _JOURNEY, _DOCUMENT, _RECRUITER = (
    RECORD_TABLES[name] for name in ("person", "journey", "document", "recruiter")
)
_IN_DOUBT = (Found.DOUBTFUL.value, Found.FALSE.value)
_OVER = (Stage.RETURNED.value, Stage.CANCELLED.value)
_SPARE_YEARS = 2 * ABOUT_YEARS + 1
"""How far two years may be off in which dates of birth and of leaving are only about known."""


@dataclass(frozen=True, slots=True)
class Warned:
    """One journey with its person, the papers that count for it, and all its warnings."""

    journey: Journey
    person: Person
    papers: tuple[Document, ...]
    warnings: tuple[Warning, ...]

    @property
    def high(self) -> tuple[Warning, ...]:
        """The warnings that lead to postponing and to triage."""
        return tuple(each for each in self.warnings if each.weight == "high")


def warned(
    work: Work, journeys: Iterable[str], wrong: Mapping[str, Collection[str]] | None = None
) -> tuple[Warned, ...]:
    """Some journeys by id, as they were last written. `wrong` is what is known of recruiters: the ids of their journeys
    that went wrong.
    """
    today = date.fromisoformat(work.today)
    found = work.records.select(Journey, _JOURNEY.c.id.in_(_listed(journeys)))
    people_of = _listed({each.person_id for each in found})
    people = {each.id: each for each in work.records.select(Person, _PERSON.c.id.in_(people_of))}
    papers: dict[str, list[Document]] = {}
    for paper in work.records.select(Document, _DOCUMENT.c.person_id.in_(people_of)):
        papers.setdefault(paper.person_id or "", []).append(paper)
    recruiters = _recruiters(work, found)
    made = []
    for journey in (each for each in found if each.person_id in people):
        person = people[journey.person_id or ""]
        ours = [paper for paper in papers.get(person.id, ()) if paper.journey_id in {None, journey.id}]
        said = warnings(person, journey, ours, recruiters.get(journey.recruiter_id or ""), today)
        if others := set((wrong or {}).get(journey.recruiter_id or "", ())) - {journey.id}:
            said = (went_wrong(len(others)), *said)
        made.append(Warned(journey, person, tuple(ours), said))
    return tuple(made)


def may_be_high(work: Work) -> ColumnElement[bool]:
    """A condition on journeys joined with their persons, which every journey with a heavy warning fulfils."""
    born, leaves = _year(_PERSON.c.birth_date), _year(_JOURNEY.c.departure_on)
    of_person = _DOCUMENT.c.person_id == _JOURNEY.c.person_id
    odd = or_(_DOCUMENT.c.found.in_(_IN_DOUBT), _DOCUMENT.c.states.is_not(None))
    licences = select(_RECRUITER.c.id).where(_RECRUITER.c.licence_found.in_(_IN_DOUBT))
    return and_(
        or_(_JOURNEY.c.stage.is_(None), _JOURNEY.c.stage.not_in(_OVER)),
        or_(
            born >= func.coalesce(leaves, int(work.today[:4])) - ADULT_YEARS - _SPARE_YEARS,
            select(_DOCUMENT.c.id).where(of_person, odd, _DOCUMENT.c.deleted.is_(None)).exists(),
            _JOURNEY.c.debts.is_not(None),
            _JOURNEY.c.debt_to.is_not(None),
            _JOURNEY.c.papers_held_by.in_([Holder.RECRUITER.value, Holder.EMPLOYER.value]),
            _JOURNEY.c.visa_kind.in_([VisaKind.VISIT.value, VisaKind.PILGRIMAGE.value]),
            _JOURNEY.c.recruiter_id.in_(licences),
        ),
    )


def _listed(ids: Iterable[str | None]) -> Any:
    return select(func.json_each(json.dumps(list(ids))).table_valued("value").c.value)


def _year(column: ColumnElement[Any]) -> ColumnElement[Any]:
    """The year of a stored date."""
    return cast(func.substr(column, 1, 4), Integer)


def _recruiters(work: Work, journeys: Iterable[Journey]) -> dict[str, Recruiter]:
    ids = {each.recruiter_id for each in journeys if each.recruiter_id}
    if not ids:
        return {}
    found = work.records.select(Recruiter, _RECRUITER.c.id.in_(sorted(ids)), with_deleted=True)
    return {each.id: each for each in found}
