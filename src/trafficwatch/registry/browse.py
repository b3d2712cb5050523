# SPDX-License-Identifier: GPL-3.0-or-later
"""The register as screens read it: a page of residents, one card, who resembles whom, who leaves soon, how many.

Filtering, ordering and paging happen in SQL; what a page needs beside the person is fetched for that page alone. A
person's latest journey is one that is not over, before those that are; then by departure; then the one recorded last.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, func, literal_column, select

from trafficwatch.models.dates import PartialDate
from trafficwatch.models.identity import check_nik
from trafficwatch.models.migration import Document, Found, Journey, Stage
from trafficwatch.models.people import Person, Relative, Residency, SafeContact
from trafficwatch.models.tables import RECORD_TABLES
from trafficwatch.registry import listing
from trafficwatch.registry.likeness import NAMES_ALIKE, years_apart
from trafficwatch.registry.listing import ResidentFilter, Sort
from trafficwatch.registry.relatives import relatives_of
from trafficwatch.registry.where import destination
from trafficwatch.store import finding
from trafficwatch.store.work import Work

_PERSON, _JOURNEY, _DOCUMENT = (RECORD_TABLES[name] for name in ("person", "journey", "document"))
_AT_MOST, _OTHER_YEAR = 5, 20
EVERYONE = ResidentFilter()


@dataclass(frozen=True, slots=True)
class ResidentRow:
    """One line of the list; `destination` is a country or a place, `doubtful` counts papers in doubt or false."""

    id: str
    name: str
    birth_date: str | None
    address: str | None
    destination: str | None
    stage: str | None
    doubtful: int
    departure_on: str | None = None
    last_heard_on: str | None = None


@dataclass(frozen=True, slots=True)
class ResidentPage:
    """Some lines of the list, and how many there are in all."""

    rows: tuple[ResidentRow, ...]
    total: int


@dataclass(frozen=True, slots=True)
class ResidentCard:
    """All that the register knows of one resident, the latest journey first."""

    person: Person
    contact: SafeContact | None
    journeys: tuple[Journey, ...]
    documents: tuple[Document, ...]
    relatives: tuple[Relative, ...] = ()


@dataclass(frozen=True, slots=True)
class Leaving:
    """A departure that is near; `unsure_papers` counts those in doubt, false or not checked yet."""

    journey_id: str
    person_id: str
    name: str
    destination: str | None
    departure_on: str
    unsure_papers: int


@dataclass(frozen=True, slots=True)
class RegisterCounts:
    """How many residents there are, and how many of them plan to leave, are away and have returned."""

    people: int
    planned: int
    away: int
    returned: int


def residents(
    work: Work,
    text: str = "",
    offset: int = 0,
    limit: int = 50,
    wanted: ResidentFilter = EVERYONE,
    sort: Sort = Sort.NAME,
) -> ResidentPage:
    """Residents by name, or those whom a typed text may mean as `store.finding` says, the most likely first; narrowed
    and ordered as `registry.listing` says.
    """
    found = listing.ids(work, text, wanted, sort, offset, limit)
    return ResidentPage(_rows(work, found.ids), found.total)


def resident_card(work: Work, person_id: str) -> ResidentCard:
    """One resident with journeys and papers; raises RecordUnknown."""
    contacts = work.records.select(SafeContact, RECORD_TABLES["safe_contact"].c.person_id == person_id)
    order = [row.id for row in _latest_first(work, _JOURNEY.c.person_id == person_id)]
    journeys = work.records.select(Journey, _JOURNEY.c.person_id == person_id)
    return ResidentCard(
        work.records.get(Person, person_id),
        contacts[-1] if contacts else None,
        tuple(sorted(journeys, key=lambda journey: order.index(journey.id))),
        tuple(work.records.select(Document, _DOCUMENT.c.person_id == person_id)),
        relatives_of(work, person_id),
    )


def similar(work: Work, name: str, birth_date: str | None = None, nik: str | None = None) -> tuple[ResidentRow, ...]:
    """Residents who may be the one about to be added: the same NIK first, then by likeness of name; at most five."""
    likeness = finding.alike(work.connection, name)
    digits, born = check_nik(nik or "").nik, PartialDate.from_edtf(birth_date or "")
    known = select(_PERSON.c.id, _PERSON.c.birth_date, _PERSON.c.nik).where(_PERSON.c.deleted.is_(None))
    same = finding.with_number(work.connection, digits) if digits else []
    for row in work.connection.execute(known.where(_PERSON.c.id.in_([*likeness, *same]))):
        if row.nik == digits:
            likeness[row.id] = 200.0
        elif row.id in likeness:
            likeness[row.id] -= _OTHER_YEAR * years_apart(born, PartialDate.from_edtf(row.birth_date or ""))
    alike = (of_id for of_id, score in likeness.items() if score >= NAMES_ALIKE)
    found = sorted(alike, key=lambda of_id: (-likeness[of_id], of_id))
    return _rows(work, found[:_AT_MOST])


def leaving_soon(work: Work, days: int = 30) -> tuple[Leaving, ...]:
    """Planned journeys of the living whose departure may lie between today and `days` from now, the earliest first."""
    today = date.fromisoformat(work.today)
    planned = (
        select(_JOURNEY, _PERSON.c.name)
        .join(_PERSON, _PERSON.c.id == _JOURNEY.c.person_id)
        .where(_JOURNEY.c.deleted.is_(None), _PERSON.c.deleted.is_(None))
        .where(func.coalesce(_PERSON.c.residency, "") != Residency.DEAD.value)
        .where(_JOURNEY.c.stage.in_([Stage.PLAN.value, Stage.PREPARING.value]), _JOURNEY.c.departure_on.is_not(None))
    )
    soon: list[tuple[date, Any]] = []
    for row in work.connection.execute(planned):
        day = PartialDate.from_edtf(row.departure_on)
        first, last = day.earliest(), day.latest()
        if first and last and first <= today + timedelta(days) and last >= today:
            soon.append((first, row))
    papers = _papers(work, {row.person_id for _, row in soon})
    return tuple(
        Leaving(
            row.id,
            row.person_id,
            row.name or "",
            destination(row),
            row.departure_on,
            sum(
                paper.journey_id in {None, row.id} and paper.found != Found.TRUE
                for paper in papers.get(row.person_id, ())
            ),
        )
        for _, row in sorted(soon, key=lambda found: (found[0], found[1].name or "", found[1].id))
    )


def names_of(work: Work, people: Iterable[str]) -> dict[str, str]:
    """The names of some people by id."""
    wanted = select(_PERSON.c.id, _PERSON.c.name).where(_PERSON.c.id.in_(list(people)))
    return {row.id: row.name or "" for row in work.connection.execute(wanted)}


def latest_journeys(work: Work, people: Iterable[str]) -> dict[str, Any]:
    """The latest journey of each of these people who has one: stage, destination and departure."""
    return _latest(work, _JOURNEY.c.person_id.in_(list(people)))


def counts(work: Work) -> RegisterCounts:
    """Residents, and where the latest journey of each stands; postponed and cancelled ones count as no journey."""
    number = Counter(row.stage for row in _latest(work, _PERSON.c.deleted.is_(None)).values())
    return RegisterCounts(
        work.records.count("person"),
        number[Stage.PLAN] + number[Stage.PREPARING],
        number[Stage.DEPARTED],
        number[Stage.RETURNED],
    )


# -- rows --------------------------------------------------------------------------------------------------------------


def _rows(work: Work, ids: Iterable[str]) -> tuple[ResidentRow, ...]:
    """The lines of these residents in this order, with four queries whatever their number."""
    wanted = list(ids)
    people = {row.id: row for row in work.connection.execute(select(_PERSON).where(_PERSON.c.id.in_(wanted)))}
    latest = _latest(work, _JOURNEY.c.person_id.in_(wanted))
    papers, heard = _papers(work, wanted), listing.last_heard(work, wanted)
    return tuple(
        ResidentRow(
            of_id,
            people[of_id].name or "",
            people[of_id].birth_date,
            people[of_id].address,
            destination(latest[of_id]) if of_id in latest else None,
            latest[of_id].stage if of_id in latest else None,
            sum(paper.found in {Found.DOUBTFUL, Found.FALSE} for paper in papers.get(of_id, ())),
            latest[of_id].departure_on if of_id in latest else None,
            heard.get(of_id),
        )
        for of_id in wanted
    )


def _latest_first(work: Work, *where: ColumnElement[bool]) -> list[Any]:
    """Journeys of residents, those of the same person in the order described above."""
    names = ("id", "person_id", "stage", "destination_country", "destination_place", "departure_on")
    columns = select(*(_JOURNEY.c[name] for name in names)).join(_PERSON, _PERSON.c.id == _JOURNEY.c.person_id)
    there = columns.where(_JOURNEY.c.deleted.is_(None), *where)
    found = list(work.connection.execute(there.order_by(literal_column("journey.rowid").desc())))
    found.sort(key=lambda row: row.departure_on or "9999", reverse=True)
    return sorted(found, key=lambda row: row.stage in {Stage.RETURNED, Stage.CANCELLED})


def _latest(work: Work, *where: ColumnElement[bool]) -> dict[str, Any]:
    """The latest journey of each person who has one."""
    return {row.person_id: row for row in reversed(_latest_first(work, *where))}


def _papers(work: Work, people: Iterable[str]) -> Mapping[str, list[Any]]:
    """What checking gave for the papers of these people."""
    columns = select(_DOCUMENT.c.person_id, _DOCUMENT.c.journey_id, _DOCUMENT.c.found)
    found: dict[str, list[Any]] = {}
    for row in work.connection.execute(
        columns.where(_DOCUMENT.c.person_id.in_(list(people)), _DOCUMENT.c.deleted.is_(None))
    ):
        found.setdefault(row.person_id, []).append(row)
    return found
