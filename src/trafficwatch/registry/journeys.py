# SPDX-License-Identifier: GPL-3.0-or-later
"""One journey of a resident: its card with all that bears on it, its form, and the steps that it takes.

The card puts together what is recorded and what the rules make of it; it writes nothing. What may be written is in
`registry.steps`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import func, select

from trafficwatch.models.changes import changed
from trafficwatch.models.migration import CheckIn, Document, Found, HomeVisit, Journey, Stage
from trafficwatch.models.people import Person, Relative
from trafficwatch.models.recruiting import Recruiter
from trafficwatch.models.tables import RECORD_TABLES
from trafficwatch.registry.check_ins import Standing, standing
from trafficwatch.registry.contradictions import Contradiction, contradictions
from trafficwatch.registry.days import earliest
from trafficwatch.registry.mentions import Mention, mentions
from trafficwatch.registry.procedural import Decision, decide
from trafficwatch.registry.steps import checked, clean
from trafficwatch.registry.timeline import Event, timeline
from trafficwatch.registry.touch import silent
from trafficwatch.registry.warnings import WEIGHTS, Warning, is_abroad, warnings  # noqa: A004
from trafficwatch.store.records import RecordUnknown
from trafficwatch.store.work import Work
from trafficwatch.texts import Language, t

RECRUITER = "recruiter"
"""What several journeys have in common besides `mentions.PHONE` and `mentions.NAME`: the recruiter they link to."""

_JOURNEY, _DOCUMENT, _VOLUNTEER = (RECORD_TABLES[name] for name in ("journey", "document", "volunteer"))
_CHECK_IN, _VISIT, _RELATIVE = (RECORD_TABLES[name] for name in ("check_in", "home_visit", "relative"))
_WENT_WRONG = "recruiter_went_wrong"


@dataclass(frozen=True, slots=True)
class Shared:
    """What this journey has in common with others: `kind` is `recruiter`, `phone` or `name`; `others` are recruiters
    and visitors who have the same number or name and are not linked.
    """

    kind: str
    value: str
    journeys: tuple[Mention, ...]
    others: tuple[Mention, ...] = ()


@dataclass(frozen=True, slots=True)
class JourneyCard:
    """All that the register knows of one journey. `by` of events is a volunteer's name."""

    journey: Journey
    person_id: str
    person_name: str
    recruiter: Recruiter | None
    documents: tuple[Document, ...]
    relatives: tuple[Relative, ...]
    timeline: tuple[Event, ...]
    warnings: tuple[Warning, ...]
    contradictions: tuple[Contradiction, ...]
    decision: Decision
    standing: Standing
    shared: tuple[Shared, ...]


def journey_card(work: Work, journey_id: str) -> JourneyCard:
    """One journey with all that bears on it; RecordUnknown too if it, or its person, is deleted."""
    journey = work.records.get(Journey, journey_id)
    person = work.records.get(Person, journey.person_id or "")
    if journey.deleted is not None or person.deleted is not None:
        raise RecordUnknown(type="journey")
    recruiter = work.records.get(Recruiter, journey.recruiter_id) if journey.recruiter_id else None
    ours = {None, journey_id}
    papers = [each for each in _of_person(work, Document, _DOCUMENT, person.id) if each.journey_id in ours]
    visits = [each for each in _of_person(work, HomeVisit, _VISIT, person.id) if each.journey_id in ours]
    attempts = work.records.select(CheckIn, _CHECK_IN.c.journey_id == journey_id)
    shared = _shared(work, journey, recruiter)
    today = date.fromisoformat(work.today)
    found = [*warnings(person, journey, papers, recruiter, today), *_went_wrong(work, journey, shared)]
    return JourneyCard(
        journey,
        person.id,
        person.name or "",
        recruiter,
        tuple(papers),
        tuple(_of_person(work, Relative, _RELATIVE, person.id)),
        _named(work, timeline(journey, papers, visits, attempts)),
        tuple(sorted(found, key=lambda each: WEIGHTS.index(each.weight))),
        contradictions(person, journey, papers),
        decide(journey.answers, abroad=is_abroad(journey)),
        standing(journey, attempts, today),
        shared,
    )


def save_journey(
    work: Work,
    person_id: str,
    fields: Mapping[str, Any],
    journey_id: str | None = None,
    seen: Mapping[str, frozenset[str]] | None = None,
) -> Journey:
    """Save the form of a new journey or a known one; only what it changes is written. `seen` as in `CardInput`.

    Once questions are answered, what they decide is kept as `procedural`, unless the form says it itself. Raises
    RecordUnknown, StageImpossible, DayToCome, BackBeforeLeaving, ValueImpossible.
    """
    work.records.get(Person, person_id)
    before = work.records.get(Journey, journey_id) if journey_id else None
    if before is not None and before.person_id != person_id:
        raise RecordUnknown(type="journey")
    changes = checked(work, before, changed(before, clean(fields), seen))
    if before is None:
        return work.records.get(Journey, work.write(Journey, None, person_id=person_id, **changes))
    if changes:
        work.write(Journey, before.id, **changes)
    return work.records.get(Journey, before.id)


def set_stage(work: Work, journey_id: str, stage: Stage, *, on: str | None = None, until: str | None = None) -> Journey:
    """Let a journey take a step: `on` is the day of leaving or coming back, `until` how long it is postponed.

    Who has left without a day has left today, also when a later day was planned. Raises RecordUnknown,
    StageImpossible, DayToCome, BackBeforeLeaving.
    """
    before, stage = work.records.get(Journey, journey_id), Stage(stage)
    today = date.fromisoformat(work.today)
    fields: dict[str, Any] = {"stage": stage.value}
    if stage is Stage.DEPARTED:
        planned = earliest(before.departure_on)
        fields["departure_on"] = on or (before.departure_on if planned and planned <= today else work.today)
    elif stage is Stage.RETURNED:
        fields["returned_on"] = on or before.returned_on or work.today
    elif stage is Stage.POSTPONED and until:
        fields["postponed_until"] = until
    changes = checked(work, before, changed(before, fields))
    if changes:
        work.write(Journey, journey_id, **changes)
    return work.records.get(Journey, journey_id)


# -- the card ----------------------------------------------------------------------------------------------------------


def _of_person(work: Work, cls: Any, table: Any, person_id: str) -> list[Any]:
    return work.records.select(cls, table.c.person_id == person_id)


def _named(work: Work, events: Iterable[Event]) -> tuple[Event, ...]:
    """Events with the volunteers' names in place of their ids."""
    found = list(events)
    wanted = {event.by for event in found if event.by}
    query = select(_VOLUNTEER.c.id, _VOLUNTEER.c.name).where(_VOLUNTEER.c.id.in_(wanted))
    names = {row.id: row.name for row in work.connection.execute(query)} if wanted else {}
    return tuple(Event(event.on, event.kind, event.params, names.get(event.by or ""), event.record) for event in found)


def _shared(work: Work, journey: Journey, recruiter: Recruiter | None) -> tuple[Shared, ...]:
    """What other journeys, recruiters and visitors have in common with this one; what stands alone is left out."""
    without = {("journey", journey.id)} | ({("recruiter", recruiter.id)} if recruiter else set())
    phones = [journey.recruiter_phone or "", *(recruiter.phones if recruiter else ())]
    names = [journey.recruiter_name or "", *([recruiter.name or "", *recruiter.aliases] if recruiter else ())]
    found: list[Shared] = []
    if recruiter is not None and (linked := _linked(work, recruiter.id, journey.id)):
        found.append(Shared(RECRUITER, recruiter.name or "", linked))
    groups: dict[tuple[str, str], list[Mention]] = {}
    for mention in mentions(work, phones, names, without=without):
        groups.setdefault((mention.kind, mention.value), []).append(mention)
    for (kind, value), same in groups.items():
        journeys = tuple(each for each in same if each.type == "journey")
        found.append(Shared(kind, value, journeys, tuple(each for each in same if each.type != "journey")))
    return tuple(found)


def _linked(work: Work, recruiter_id: str, journey_id: str) -> tuple[Mention, ...]:
    """The other journeys of a recruiter."""
    person = RECORD_TABLES["person"]
    query = (
        select(_JOURNEY.c.id, _JOURNEY.c.person_id, person.c.name)
        .join(person, person.c.id == _JOURNEY.c.person_id)
        .where(_JOURNEY.c.recruiter_id == recruiter_id, _JOURNEY.c.id != journey_id)
        .where(_JOURNEY.c.deleted.is_(None), person.c.deleted.is_(None))
        .order_by(person.c.name, _JOURNEY.c.id)
    )
    rows = work.connection.execute(query)
    return tuple(Mention("journey", row.id, RECRUITER, recruiter_id, row.name or "", row.person_id) for row in rows)


def _went_wrong(work: Work, journey: Journey, shared: Iterable[Shared]) -> list[Warning]:
    """A warning if others of the same recruiter or number have gone silent or had a false paper; a name is too little
    to say so.
    """
    if journey.stage in {Stage.RETURNED, Stage.CANCELLED}:
        return []
    others = {each.id for found in shared if found.kind != "name" for each in found.journeys}
    wrong = silent(work, others) | with_false_paper(work, others)
    return [went_wrong(len(wrong))] if wrong else []


def with_false_paper(work: Work, journeys: Collection[str]) -> set[str]:
    """Those of some journeys for which a paper was found false."""
    query = select(func.distinct(_DOCUMENT.c.journey_id)).where(
        _DOCUMENT.c.journey_id.in_(list(journeys)),
        _DOCUMENT.c.found == Found.FALSE.value,
        _DOCUMENT.c.deleted.is_(None),
    )
    return set(work.connection.execute(query).scalars())


def warning_words(warning: Warning, language: Language | None = None) -> tuple[str, str]:
    """A warning as title and reason, also the one that is made here and not by `registry.warnings`."""
    area = "journey" if warning.code == _WENT_WRONG else "journey_rules"
    title, why = (f"{area}.warning.{warning.code}.{part}" for part in ("title", "why"))
    return t(title, language=language, **warning.params), t(why, language=language, **warning.params)


def went_wrong(count: int) -> Warning:
    """The warning that so many others of the same recruiter have gone silent or had a false paper."""
    return Warning(_WENT_WRONG, "high", "[ours]; P2/2024 II.B.1.f.2, f.7", {"count": str(count)})
