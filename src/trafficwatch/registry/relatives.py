# SPDX-License-Identifier: GPL-3.0-or-later
"""The family of a resident: who depends on the person, and who has to be told (P2/2024 II.B.1.f.2: family support)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from trafficwatch.models.changes import changed
from trafficwatch.models.identity import clean_name
from trafficwatch.models.people import Person, Relative
from trafficwatch.models.tables import RECORD_TABLES
from trafficwatch.store.records import RecordUnknown
from trafficwatch.store.work import Work

_RELATIVE = RECORD_TABLES["relative"]


@dataclass(frozen=True, slots=True)
class RelativeInput:
    """One relative as the form has it; `id` None for a new one, fields as in `models.people.Relative`."""

    id: str | None
    fields: Mapping[str, Any]


def relatives_of(work: Work, person_id: str) -> tuple[Relative, ...]:
    """Those recorded for a person, in the order in which they were last written."""
    return tuple(work.records.select(Relative, _RELATIVE.c.person_id == person_id))


def save_relatives(work: Work, person_id: str, relatives: Iterable[RelativeInput]) -> tuple[Relative, ...]:
    """Save new and changed relatives; one that is not among them stays as it is, and is deleted by `registry.trash`.

    A new one that says nothing is not made. Raises RecordUnknown for somebody else's relative.
    """
    work.records.get(Person, person_id)
    for each in relatives:
        before = work.records.get(Relative, each.id) if each.id else None
        if before is not None and before.person_id != person_id:
            raise RecordUnknown(type="relative")
        fields = dict(each.fields)
        if fields.get("name"):
            fields["name"] = clean_name(fields["name"])
        if before is None and any(value not in {None, ""} for value in fields.values()):
            work.write(Relative, None, person_id=person_id, **fields)
        elif before is not None and (changes := changed(before, fields)):
            work.write(Relative, before.id, **changes)
    return relatives_of(work, person_id)
