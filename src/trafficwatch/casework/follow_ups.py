# SPDX-License-Identifier: GPL-3.0-or-later
"""The follow-up of the people who came home: planning the contacts, whose is due, and how somebody fares over time.

The rules are `casework.following`. A planned contact has an id that follows from the case and the day, so that two
laptops that plan the same write the same record. What is no longer planned is deleted along with the record that
changed the plan, and comes back if it was done meanwhile on another laptop, or is planned again.

The day and the person of a planned contact are open to everyone at the laptop; all else is case text.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import exists, func, or_, select

from trafficwatch.casework.following import (
    SCALES,
    Beginning,
    Hold,
    beginning,
    day_of,
    done_ones,
    holding,
    open_ones,
    plan,
    rule_of,
    stopping,
)
from trafficwatch.models.aftercare import CarePolicy, FollowUp, FollowUpItem, Placement, ReturnStep
from trafficwatch.models.care import Closure
from trafficwatch.models.people import Person, Residency, SafeContact
from trafficwatch.models.tables import RECORD_TABLES
from trafficwatch.store.records import Records, type_of
from trafficwatch.store.training import readable, require_reading
from trafficwatch.store.work import Work

SOON_DAYS = 7
"""[ours] From so many days before on a contact is told."""
STARTS = frozenset({"placement", "return_step"})
"""The types of records from which the plan follows; closing and reopening a case change it too."""

_SPACE = uuid.UUID("5c1f8f0a-3a53-4b0e-9d5a-6c2f6f0f7e41")
_WITH = "with:"
"""How a record says that it was deleted along with another one (`registry.trash`)."""
_PLANNED = 5
"""The version of the ids of planned contacts; those that somebody adds are random."""
_FOLLOW_UP, _PERSON, _CONTACT, _CLOSURE = (
    RECORD_TABLES[name] for name in ("follow_up", "person", "safe_contact", "closure")
)


@dataclass(frozen=True, slots=True)
class DueRow:
    """A contact that is due, or will be soon; `late` is how many days ago, less than nothing for one ahead."""

    id: str
    person_id: str
    name: str
    planned_on: str
    late: int
    contact: SafeContact | None


@dataclass(frozen=True, slots=True)
class Schedule:
    """From when to when somebody is followed up, and the days of the contacts."""

    beginning: Beginning
    days: tuple[date, ...]

    @property
    def until(self) -> date:
        return self.days[-1]


@dataclass(frozen=True, slots=True)
class Point:
    """One contact in the course of a follow-up: scales from 1 to 5, None where nothing was said."""

    day: date
    scales: Mapping[str, int | None]
    items: Mapping[str, str]
    danger_signs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FollowedUp:
    """Somebody's follow-up. `waiting` is still to be done, `missed` was settled by a later contact. Without the case
    key there is no `schedule`, and of what was done only the day.
    """

    person: Person
    contact: SafeContact | None
    schedule: Schedule | None
    waiting: tuple[FollowUp, ...]
    done: tuple[FollowUp, ...]
    missed: tuple[FollowUp, ...]
    course: tuple[Point, ...]
    holds: Mapping[FollowUpItem, Hold]
    is_stopped: bool
    is_outdated: bool
    """Whether what is planned is not what the rule says now."""
    is_over: bool
    """Whether the time of the follow-up is over; it ends only when the case is closed."""


# -- planning ----------------------------------------------------------------------------------------------------------


def planned_id(case_id: str, day: date) -> str:
    """The id of the contact of a case that is planned for a day."""
    return str(uuid.uuid5(_SPACE, f"{case_id}/{day.isoformat()}"))


def plan_follow_ups(work: Work, person_id: str) -> Schedule | None:
    """Write what is planned as the rule says it now; what was done or put off stays. None as long as nobody came home,
    and when the follow-up has ended. Raises CaseKeyNeeded, TrainingNeeded.
    """
    require_reading(work)
    schedule, closure = _schedule(work.records, person_id)
    for of_id, fields in list(_changes(work, person_id, schedule, closure)):
        work.write(FollowUp, of_id, **fields)
    return None if closure else schedule


def _schedule(records: Records, person_id: str) -> tuple[Schedule | None, Closure | None]:
    """What the rule says, and the closure that ended the follow-up."""
    rule = rule_of(records.select(CarePolicy))
    since = beginning(rule, _of(records, Placement, person_id), _of(records, ReturnStep, person_id))
    closure = stopping(_of(records, Closure, person_id))
    first = since.on.earliest() if since else None
    if since is None or first is None:
        return None, closure
    return Schedule(since, plan(first, rule.months, rule.days, since.on.latest())), closure


def _changes(
    work: Work, person_id: str, schedule: Schedule | None, closure: Closure | None
) -> Iterator[tuple[str, dict[str, Any]]]:
    """What has to be written so that the contacts are the planned ones."""
    found = work.records.select(FollowUp, _FOLLOW_UP.c.person_id == person_id, with_deleted=True)
    known = {each.id: each for each in found}
    last = max((day for each in done_ones(found) if (day := day_of(each.done_on))), default=date.min)
    wanted: dict[str, date] = {}
    if schedule is not None and closure is None:
        case = schedule.beginning.case_id
        wanted = {planned_id(case or person_id, day): day for day in schedule.days}
        for of_id, day in wanted.items():
            if of_id not in known and day > last:
                yield of_id, {"person_id": person_id, "case_id": case, "planned_on": day.isoformat()}
    why = ("closure", closure.id) if closure else (schedule.beginning.type, schedule.beginning.id) if schedule else None
    mark = f"{_WITH}{why[0]}/{why[1]}" if why else f"{_WITH}person/{person_id}"
    for each in known.values():
        if uuid.UUID(each.id).version != _PLANNED:
            continue
        is_dropped = (each.deleted or "").startswith(_WITH)
        if is_dropped and (each.id in wanted or each.done_on):
            yield each.id, {"deleted": None}
        stays = each.id in wanted or each.done_on or (each.missed_reason and not closure)
        if each.deleted is None and not stays:
            yield each.id, {"deleted": mark}


# -- whose is due ------------------------------------------------------------------------------------------------------


def overdue(work: Work) -> tuple[DueRow, ...]:
    """Each person whose contact was planned for a day before today and not made, whoever waits longest first. Why it
    was missed settles nothing: a new day, a later contact or the end of the case does.
    """
    return tuple(row for row in _due(work) if row.late > 0)


def due_soon(work: Work) -> tuple[DueRow, ...]:
    """Each person with a contact today or in the next days, unless another one is overdue."""
    return tuple(row for row in _due(work) if -SOON_DAYS <= row.late <= 0)


def _due(work: Work) -> list[DueRow]:
    """The first open contact of each person who is there and alive, unless the case was closed since; read from open
    columns alone.
    """
    closed = exists().where(
        _CLOSURE.c.case_id == _FOLLOW_UP.c.case_id,
        _CLOSURE.c.closed_on >= _FOLLOW_UP.c.planned_on,
        _CLOSURE.c.reopened_on.is_(None),
        _CLOSURE.c.deleted.is_(None),
    )
    gone = or_(_PERSON.c.deleted.is_not(None), func.coalesce(_PERSON.c.residency, "") == Residency.DEAD.value)
    query = (
        select(_FOLLOW_UP.c.id, _FOLLOW_UP.c.person_id, _FOLLOW_UP.c.planned_on, _FOLLOW_UP.c.done_on, _PERSON.c.name)
        .join(_PERSON, _PERSON.c.id == _FOLLOW_UP.c.person_id)
        .where(_FOLLOW_UP.c.deleted.is_(None), ~gone, ~closed)
    )
    visits: dict[str, list[FollowUp]] = {}
    names: dict[str, str] = {}
    for row in work.connection.execute(query):
        names[row.person_id] = row.name or ""
        visit = FollowUp(id=row.id, person_id=row.person_id, planned_on=row.planned_on, done_on=row.done_on)
        visits.setdefault(row.person_id, []).append(visit)
    today = date.fromisoformat(work.today)
    first = [found[0] for each in visits.values() if (found := open_ones(each))]
    near = [(visit, (today - (day_of(visit.planned_on) or today)).days) for visit in first]
    rows = [(visit, late) for visit, late in near if late >= -SOON_DAYS]
    contacts = _contacts(work, {visit.person_id or "" for visit, _ in rows})
    found_rows = [
        DueRow(
            visit.id,
            visit.person_id or "",
            names[visit.person_id or ""],
            visit.planned_on or "",
            late,
            contacts.get(visit.person_id or ""),
        )
        for visit, late in rows
    ]
    return sorted(found_rows, key=lambda row: (-row.late, row.name, row.id))


def _contacts(work: Work, people: Iterable[str]) -> dict[str, SafeContact]:
    found = work.records.select(SafeContact, _CONTACT.c.person_id.in_(sorted(people)))
    return {each.person_id or "": each for each in found}


# -- one person --------------------------------------------------------------------------------------------------------


def follow_up_of(work: Work, person_id: str) -> FollowedUp:
    """Somebody's follow-up as who is at work may read it. Raises RecordUnknown."""
    records = readable(work)
    visits = _of(records, FollowUp, person_id)
    schedule, closure = _schedule(records, person_id)
    waiting, done = tuple(open_ones(visits)), tuple(done_ones(visits))
    settled = {each.id for each in (*waiting, *done)}
    is_readable = records is work.records
    changes = _changes(work, person_id, schedule, closure) if is_readable else iter(())
    return FollowedUp(
        work.records.get(Person, person_id),
        _contacts(work, [person_id]).get(person_id),
        schedule,
        waiting,
        done,
        tuple(each for each in visits if each.id not in settled),
        progress(work, person_id),
        holding(visits),
        is_stopped=closure is not None,
        is_outdated=next(changes, None) is not None,
        is_over=schedule is not None and schedule.until.isoformat() <= work.today,
    )


def progress(work: Work, person_id: str) -> tuple[Point, ...]:
    """What was found at each contact, in the order of their days."""
    return tuple(
        Point(
            day,
            {name: getattr(each, f"{name}_scale") for name in SCALES},
            each.items,
            tuple(sign for sign, is_there in each.danger_signs.items() if is_there),
        )
        for each in done_ones(_of(readable(work), FollowUp, person_id))
        if (day := day_of(each.done_on))
    )


def _of(records: Records, cls: type[Any], person_id: str) -> list[Any]:
    """All records of a type about one person."""
    return records.select(cls, RECORD_TABLES[type_of(cls).name].c.person_id == person_id)
