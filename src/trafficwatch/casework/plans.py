# SPDX-License-Identifier: GPL-3.0-or-later
"""What waits in the open cases, for the home page: actions of plans, accompaniment, the next day of law, of reports
and of conferences. Whoever may not read cases learns only that something waits for somebody.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, or_, select

from trafficwatch.models.casework import Urgency
from trafficwatch.models.dates import PartialDate
from trafficwatch.models.fields import Record
from trafficwatch.models.people import Person
from trafficwatch.models.record_types import RECORD_TYPES
from trafficwatch.models.tables import RECORD_TABLES
from trafficwatch.store.belonging import person_there
from trafficwatch.store.training import readable
from trafficwatch.store.work import Work

SOON_DAYS = 3
"""[ours] From so many days before on something is told."""
DUE = ("plan_action", "accompaniment")
"""Types whose records wait for their `due_on` until they are done."""
NEXT = {
    "legal_track": (("track",), "stage_on"),
    "authority_report": (("institution_id", "unit"), "reported_on"),
    "conference": (("case_id",), "held_on"),
}
"""Types whose records name the `next_on` of one matter, each followed by a later record: what tells the matters
apart, and the day by which a record is the later one.
"""
_CLOSURE = RECORD_TABLES["closure"]


@dataclass(frozen=True, slots=True)
class Waiting:
    """One thing in a case whose day has come or will soon; `late` is how many days ago its day was over, `record` is
    None for who may not read it.
    """

    type: str
    id: str
    person_id: str
    person_name: str
    day: str
    late: int
    urgency: str | None
    record: Record | None


def waiting(work: Work) -> tuple[Waiting, ...]:
    """Immediate ones first, then by their day."""
    today = date.fromisoformat(work.today)
    records = readable(work)
    names: dict[str, str] = {}
    found: list[tuple[date, Waiting]] = []
    for name, record in _of_open_cases(work):
        day: str = getattr(record, "due_on" if name in DUE else "next_on") or ""
        last = PartialDate.from_edtf(day).latest()
        if last is None or last > today + timedelta(SOON_DAYS):
            continue
        person: str = getattr(record, "person_id", "")
        if person not in names:
            names[person] = work.records.get(Person, person).name or ""
        said = record if records is work.records else None
        urgency = getattr(record, "urgency", None)
        row = Waiting(name, record.id, person, names[person], day, (today - last).days, urgency, said)
        found.append((last, row))
    found.sort(key=lambda each: (each[1].urgency != Urgency.IMMEDIATE, each[0], each[1].person_name, each[1].id))
    return tuple(row for _, row in found)


def latest(type_name: str, records: Iterable[Record]) -> list[Any]:
    """Of records of a type of NEXT, the latest first, those that no later one about the same matter follows."""
    matter, day = NEXT[type_name]
    last: dict[tuple[Any, ...], tuple[date, Record]] = {}
    for each in records:
        key = (getattr(each, "person_id", None), *(getattr(each, name) for name in matter))
        when = PartialDate.from_edtf(getattr(each, day) or "").earliest() or date.min
        if key not in last or last[key][0] < when:
            last[key] = (when, each)
    return [each for _, each in last.values()]


def _of_open_cases(work: Work) -> Iterator[tuple[str, Any]]:
    records = readable(work)
    for name in DUE:
        table = RECORD_TABLES[name]
        undone = (table.c.due_on.is_not(None), table.c.done_on.is_(None), _is_open(name), person_there(name))
        cls: type[Record] = RECORD_TYPES[name].cls
        yield from ((name, each) for each in records.select(cls, *undone))
    if records is not work.records:
        return
    for name in NEXT:
        table = RECORD_TABLES[name]
        dated = select(table.c.person_id).where(table.c.next_on.is_not(None), table.c.deleted.is_(None))
        about = (table.c.person_id.in_(dated), _is_open(name), person_there(name))
        cls = RECORD_TYPES[name].cls
        yield from ((name, each) for each in latest(name, reversed(records.select(cls, *about))))


def _is_open(name: str) -> ColumnElement[bool]:
    """Whether a record stands in no case that is closed; read from open columns alone."""
    of_case = RECORD_TABLES[name].c.case_id
    closed = select(_CLOSURE.c.case_id).where(_CLOSURE.c.reopened_on.is_(None), _CLOSURE.c.deleted.is_(None))
    return or_(of_case.is_(None), of_case.not_in(closed.where(_CLOSURE.c.case_id.is_not(None))))
