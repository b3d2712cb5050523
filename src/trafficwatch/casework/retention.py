# SPDX-License-Identifier: GPL-3.0-or-later
"""How long what is known about a person is kept, and erasing it when that time is over.

A case is kept while it is open, and for the PPT's years after it was closed; then all that is case data about it goes,
and nothing else. A card is kept while its register says that the person lives here; of who moved away or died it goes
with all that belongs to it those years after anything was last written about that person, and after every case's time.
What has no certain day has no end either: somebody has to put the day right first. Nothing is erased by itself: it is
listed, and a coordinator or officer decides. The seeds name no number of years: the default is [ours].
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Literal

from sqlalchemy import func, select, tuple_

from trafficwatch.casework.closing import cases_of
from trafficwatch.errors import InputError
from trafficwatch.models.aftercare import CarePolicy
from trafficwatch.models.care import Closure
from trafficwatch.models.dates import PartialDate
from trafficwatch.models.fields import Leaving, RecordType
from trafficwatch.models.people import Person, Residency
from trafficwatch.models.record_types import RECORD_TYPES
from trafficwatch.models.tables import RECORD_TABLES, local
from trafficwatch.store import ballast, belonging, erasure
from trafficwatch.store.erasure import CoordinatorNeeded, Erased, Ground, holding, is_erased, may_erase, take_out
from trafficwatch.store.training import require_training
from trafficwatch.store.work import Store, Work

KEEP_YEARS = 5
"""[ours] Where the PPT has set no number."""
MOST_YEARS = 30
"""[ours] A longer time is taken for a slip of the pen."""
_AWAY_FOR_GOOD = (Residency.MOVED.value, Residency.DEAD.value)
_CASE_DATA = frozenset({Leaving.CASE, Leaving.NEVER})
_NOT_OF_A_CASE = frozenset({"person", "person_pair", "sign_note"})
_CLOSURE, _PERSON = (RECORD_TABLES[name] for name in ("closure", "person"))
_AT_ONCE = 400

_Key = tuple[str, str]


class NotDue(InputError):
    """Its time is not over, or it is gone already."""

    key = "not_due"


class Clock(StrEnum):
    """Why something is kept, or since when its time runs."""

    CASE_OPEN = "case_open"
    CASE_CLOSED = "case_closed"
    LIVES_HERE = "lives_here"
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class Kept:
    """One case (`type` case_record, `code` its code) or card (person) and its clock.

    `since` is the day (EDTF) from which its time runs, `until` the ISO date from which on it is due; None while there
    is none. `name` is for the screen of this laptop.
    """

    person_id: str
    name: str
    type: str
    id: str
    code: str
    clock: Clock
    since: str | None
    until: str | None


@dataclass(frozen=True, slots=True)
class Years:
    """For how many years closed cases are kept, and whether the PPT said so."""

    years: int
    is_ours: bool


def keep_years(policies: Iterable[CarePolicy]) -> Years:
    """What the newest rule of the PPT says. Pure."""
    newest = max(policies, key=lambda each: (each.set_on or "", each.id), default=None)
    said = newest.keep_years if newest else None
    return Years(min(said, MOST_YEARS), is_ours=False) if said and said > 0 else Years(KEEP_YEARS, is_ours=True)


def end_of(since: str | None, years: int) -> str | None:
    """The day from which on something is due, as ISO date; None if the day on which its time began is not known. Pure.

    Of a day that is not known well the latest counts; 29 February ends on 1 March.
    """
    last = PartialDate.from_edtf(since or "").latest()
    if last is None:
        return None
    try:
        return last.replace(year=last.year + years).isoformat()
    except ValueError:
        return date(last.year + years, 3, 1).isoformat()


def goes_with(record_type: RecordType) -> Literal["case", "card", "desk"]:
    """With what records of a type go: with the case, with the person's card, or never. Pure."""
    if record_type.name != "person" and "person_id" not in record_type.fields:
        return "desk"
    if record_type.name in _NOT_OF_A_CASE or record_type.leaving not in _CASE_DATA:
        return "case" if "case_id" in record_type.fields else "card"
    return "case"


def years_of(work: Work) -> Years:
    """For how long this desk keeps closed cases."""
    return keep_years(work.records.select(CarePolicy))


def kept_of(work: Work, person_id: str) -> tuple[Kept, ...]:
    """The card of one person and every case, each with its clock. Raises RecordUnknown."""
    return tuple(_kept_of(work, person_id, years_of(work).years))


def due_for_erasure(work: Work) -> tuple[Kept, ...]:
    """Everything whose time is over, what ended first at the head; a card that is due stands for its cases."""
    years = years_of(work).years
    closed = select(_CLOSURE.c.person_id).where(_CLOSURE.c.deleted.is_(None), _CLOSURE.c.reopened_on.is_(None))
    gone = select(_PERSON.c.id).where(_PERSON.c.residency.in_(_AWAY_FOR_GOOD))
    people = select(_PERSON.c.id).where(_PERSON.c.deleted.is_(None), _PERSON.c.id.in_(closed.union(gone)))
    found: list[Kept] = []
    for person_id in work.connection.execute(people).scalars():
        due = [each for each in _kept_of(work, person_id, years) if _is_due(each, work.today)]
        cards = [each for each in due if each.type == "person"]
        found += cards or due
    return tuple(sorted(found, key=lambda each: (each.until or "", each.id)))


def goes_along(work: Work, kept: Kept) -> tuple[_Key, ...]:
    """What erasing it would erase, as (type, id): with a card everything about the person, with a case its data."""
    return tuple(_roots_and_more(work, kept))


def erase_due(store: Store, type_name: str, record_id: str) -> Erased:
    """Erase what is due, and give the backups that still hold it. On a full disk the ballast makes room for it.

    Raises CoordinatorNeeded, TrainingNeeded, NotDue.
    """

    def act() -> Erased:
        with store.work() as work:
            if not may_erase(work):
                raise CoordinatorNeeded
            require_training(work)
            due = [each for each in due_for_erasure(work) if (each.type, each.id) == (type_name, record_id)]
            if not due:
                raise NotDue
            going, count = list(_roots_and_more(work, due[0])), 0
            for key in going:
                count += take_out(work, *key, Ground.RETENTION_OVER)[1]
            backups = holding(work, going)
        return Erased(count, backups, erasure.compact(store))

    return ballast.room(store.folder, act)


# -- the clocks --------------------------------------------------------------------------------------------------------


def _kept_of(work: Work, person_id: str, years: int) -> Iterator[Kept]:
    person = work.records.get(Person, person_id)
    ends: list[str | None] = []
    for case in cases_of(work, person_id):
        closures = [each for each in _closures(work, case.id) if each.reopened_on is None]
        since = max((each.closed_on or "" for each in closures), default=None)
        until = end_of(since, years)
        ends.append(until)
        clock = Clock.CASE_CLOSED if closures else Clock.CASE_OPEN
        yield Kept(person_id, person.name or "", "case_record", case.id, case.code or "", clock, since, until)
    if person.residency not in _AWAY_FOR_GOOD:
        yield Kept(person_id, person.name or "", "person", person_id, "", Clock.LIVES_HERE, None, None)
        return
    since = _last_written(work, person_id)
    ends.append(end_of(since, years))
    known = [each for each in ends if each is not None]
    until = max(known) if len(known) == len(ends) else None
    yield Kept(person_id, person.name or "", "person", person_id, "", Clock.GONE, since, until)


def _is_due(kept: Kept, today: str) -> bool:
    return kept.until is not None and kept.until <= today


def _closures(work: Work, case_id: str) -> list[Closure]:
    return work.records.select(Closure, _CLOSURE.c.case_id == case_id)


def _last_written(work: Work, person_id: str) -> str | None:
    """The day on which anything about a person was last written here, as the journal has it."""
    table, group = local.journal, belonging.group(work.connection, "person", person_id)
    last = ""
    for start in range(0, len(group), _AT_ONCE):
        some = tuple_(table.c.type, table.c.id).in_(group[start : start + _AT_ONCE])
        last = max(last, work.connection.execute(select(func.max(table.c.at)).where(some)).scalar_one() or "")
    return last[:10] or None


# -- what goes ---------------------------------------------------------------------------------------------------------


def _roots_and_more(work: Work, kept: Kept) -> Iterator[_Key]:
    whole = [
        key
        for key in belonging.group(work.connection, "person", kept.person_id)
        if not is_erased(work.connection, *key)
    ]
    if kept.type == "person":
        yield from whole
        return
    others = {case.id for case in cases_of(work, kept.person_id) if case.id != kept.id}
    going: set[_Key] = set()
    for key in whole:
        if goes_with(RECORD_TYPES[key[0]]) == "case" and _goes(work, key, kept.id, going, is_last=not others):
            going.add(key)
            yield key


def _goes(work: Work, key: _Key, case_id: str, going: set[_Key], *, is_last: bool) -> bool:
    """Whether a record is data of this case. What names no case goes with the last one, and what is nothing without
    something that goes, goes with it.
    """
    type_name, record_id = key
    if key == ("case_record", case_id):
        return True
    record_type, table = RECORD_TYPES[type_name], RECORD_TABLES[type_name]
    links = [link for link in record_type.links if link.name == "case_id" or (link.required and not link.sealed)]
    found = select(*(table.c[link.name] for link in links)).where(table.c.id == record_id)
    named = dict(zip((link.name for link in links), work.connection.execute(found).one(), strict=True))
    case = named.get("case_id")
    if case is not None:
        return bool(case == case_id)
    if any((link.target, named[link.name]) in going for link in links):
        return True
    return is_last and record_type.leaving in _CASE_DATA
