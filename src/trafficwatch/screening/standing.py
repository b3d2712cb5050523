# SPDX-License-Identifier: GPL-3.0-or-later
"""A record that is still there, and whose person is: what is deleted is not read, screened or named any more.

Deletions of records travel each on its own, so that a record may stand here after its person was deleted elsewhere.
"""

from __future__ import annotations

from typing import TypeVar

from trafficwatch.models.fields import Record
from trafficwatch.models.people import Person
from trafficwatch.store.records import RecordUnknown, type_of
from trafficwatch.store.work import Work

T = TypeVar("T", bound=Record)


def standing(work: Work, cls: type[T], record_id: str) -> T:
    """The record as a frozen value; raises RecordUnknown also when it, or the person it is about, is deleted."""
    found = work.records.get(cls, record_id)
    if found.deleted is not None:
        raise RecordUnknown(type=type_of(cls).name)
    person_id: str | None = getattr(found, "person_id", None)
    if person_id:
        standing(work, Person, person_id)
    return found
