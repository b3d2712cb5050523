# SPDX-License-Identifier: GPL-3.0-or-later
"""The register as screens read it: a page of residents, one card, who resembles whom, who leaves soon, how many.

Filtering, ordering and paging happen in SQL; what a page needs beside the person is fetched for that page alone. A
person's latest journey is one that is not over, before those that are; then by departure; then the one recorded last.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, func, literal_column, or_, select, true

from trafficwatch.models.dates import PartialDate
from trafficwatch.models.identity import check_nik
from trafficwatch.models.migration import Document, Found, Journey, Stage
from trafficwatch.models.people import Person, SafeContact
from trafficwatch.models.tables import RECORD_TABLES
from trafficwatch.store.work import Work

_PERSON, _JOURNEY, _DOCUMENT = (RECORD_TABLES[name] for name in ("person", "journey", "document"))
_SIMILAR, _AT_MOST = 80, 5
_OTHER_YEAR, _YEARS = 20, 2
_NUMBER = re.compile(r"[\d\s+().\-/]*")
_ENOUGH_DIGITS = 3
"""A shorter number is no NIK and no telephone number: `RT 03` would find every second one."""
_HOME_COUNTRY = "ID"


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


def residents(work: Work, text: str = "", offset: int = 0, limit: int = 50) -> ResidentPage:
    """Residents by name; each word of `text` stands in name, alias, NIK, telephone number or address."""
    fitting = and_(_PERSON.c.deleted.is_(None), *(_matches(word) for word in _words(text)))
    total = work.connection.execute(select(func.count()).select_from(_PERSON).where(fitting)).scalar_one()
    page = select(_PERSON.c.id).where(fitting).order_by(_PERSON.c.name.collate("NOCASE"), _PERSON.c.id)
    return ResidentPage(_rows(work, work.connection.execute(page.offset(offset).limit(limit)).scalars()), total)


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
    )


def similar(work: Work, name: str, birth_date: str | None = None, nik: str | None = None) -> tuple[ResidentRow, ...]:
    """Residents who may be the one about to be added: the same NIK first, then by likeness of name; at most five."""
    from rapidfuzz import fuzz, process, utils

    columns = select(_PERSON.c.id, _PERSON.c.name, _PERSON.c.birth_date).where(_PERSON.c.deleted.is_(None))
    likeness: dict[str, float] = {}
    known = {row.id: row for row in work.connection.execute(columns)}
    wanted = utils.default_process(name)
    if wanted:
        names = {of_id: row.name or "" for of_id, row in known.items()}
        for _, score, of_id in process.extract(
            wanted,
            names,
            scorer=fuzz.token_sort_ratio,
            processor=utils.default_process,
            score_cutoff=_SIMILAR,
            limit=None,
        ):
            likeness[of_id] = score - _OTHER_YEAR * _years_apart(birth_date, known[of_id].birth_date)
    digits = check_nik(nik or "").nik
    if digits:
        same_nik = columns.where(_PERSON.c.nik == digits)
        likeness |= {row.id: 200.0 for row in work.connection.execute(same_nik)}
    found = sorted((of_id for of_id, score in likeness.items() if score >= _SIMILAR), key=lambda i: (-likeness[i], i))
    return _rows(work, found[:_AT_MOST])


def leaving_soon(work: Work, days: int = 30) -> tuple[Leaving, ...]:
    """Planned journeys whose departure may lie between today and `days` from now, the earliest first."""
    today = date.fromisoformat(work.today)
    planned = (
        select(_JOURNEY, _PERSON.c.name)
        .join(_PERSON, _PERSON.c.id == _JOURNEY.c.person_id)
        .where(_JOURNEY.c.deleted.is_(None), _PERSON.c.deleted.is_(None))
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
            _destination(row),
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
    """The lines of these residents in this order, with three queries whatever their number."""
    wanted = list(ids)
    people = {row.id: row for row in work.connection.execute(select(_PERSON).where(_PERSON.c.id.in_(wanted)))}
    latest = _latest(work, _JOURNEY.c.person_id.in_(wanted))
    papers = _papers(work, wanted)
    return tuple(
        ResidentRow(
            of_id,
            people[of_id].name or "",
            people[of_id].birth_date,
            people[of_id].address,
            _destination(latest[of_id]) if of_id in latest else None,
            latest[of_id].stage if of_id in latest else None,
            sum(paper.found in {Found.DOUBTFUL, Found.FALSE} for paper in papers.get(of_id, ())),
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


def _destination(journey: Any) -> str | None:
    """The country, or within the country the place."""
    is_home = journey.destination_country in {None, _HOME_COUNTRY}
    found: str | None = (journey.destination_place if is_home else None) or journey.destination_country
    return found


def _years_apart(one: str | None, other: str | None) -> bool:
    years = [PartialDate.from_edtf(each or "").year for each in (one, other)]
    return None not in years and abs((years[0] or 0) - (years[1] or 0)) > _YEARS


# -- searching ---------------------------------------------------------------------------------------------------------


def _words(text: str) -> list[str]:
    """What has to be found, each for itself; a number that was typed in groups is one."""
    text = unicodedata.normalize("NFC", text).strip()
    return [text] if text and _NUMBER.fullmatch(text) else text.split()


def _matches(word: str) -> ColumnElement[bool]:
    found = [_holds(column, word) for column in (_PERSON.c.name, _PERSON.c.address)]
    alias = _PERSON.c.aliases
    found.append(_has_element(alias, _holds(alias, word), lambda key: _holds(key, word)))
    nik = check_nik(word).nik if any(char.isdecimal() for char in word) else ""
    if len(nik) >= _ENOUGH_DIGITS:
        found.append(_holds(_PERSON.c.nik, nik))
    number = _national(word) if _NUMBER.fullmatch(word) else ""
    if len(number) >= _ENOUGH_DIGITS:
        in_order = _PERSON.c.phones.like("%".join(("", *number, "")))
        found.append(_has_element(_PERSON.c.phones, in_order, lambda key: _holds(_digits(key), number)))
    return or_(*found)


def _has_element(
    column: ColumnElement[Any],
    probably: ColumnElement[bool],
    fits: Callable[[ColumnElement[Any]], ColumnElement[bool]],
) -> ColumnElement[bool]:
    """Whether the name of an element fits that was not removed; `probably` is asked first, for speed."""
    element = func.json_each(column).table_valued("key", "value")
    return and_(probably, select(true()).where(fits(element.c.key), element.c.value.is_not(None)).exists())


def _holds(text: ColumnElement[Any], word: str) -> ColumnElement[bool]:
    """Whether a text holds a word; LIKE sees capitals of plain letters alone, so others are tried in both cases."""
    spellings = [word] if word.isascii() else sorted({word, word.lower(), word.upper()})
    return or_(*(text.contains(spelling, autoescape=True) for spelling in spellings))


def _digits(text: ColumnElement[Any]) -> ColumnElement[Any]:
    for char in "+-(). /":
        text = func.replace(text, char, "")
    return text


def _national(typed: str) -> str:
    """The digits that stand in a telephone number however its beginning is written: 0812, 62812 and +62812 are 812."""
    digits = "".join(char for char in typed if char.isdecimal())
    if typed.lstrip().startswith("+62") or digits.startswith(("0062", "628")):
        digits = digits.lstrip("0").removeprefix("62")
    return digits.lstrip("0")
