# SPDX-License-Identifier: GPL-3.0-or-later
"""Residents and their journeys: what every volunteer may record (P2/2024 II.B.1.f.2).

Odd values are kept and pointed out, impossible ones are refused by name before anything is written.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any, Literal, cast

from trafficwatch.models.dates import PartialDate
from trafficwatch.models.identity import NikWarning, check_nik, clean_name
from trafficwatch.models.migration import Document, Journey
from trafficwatch.models.people import Person, SafeContact, Sex
from trafficwatch.models.record_types import RECORD_TYPES
from trafficwatch.store.work import Work


@dataclass(frozen=True, slots=True)
class Recorded:
    """A person that was recorded, and what is odd about the NIK."""

    person: Person
    nik_warnings: tuple[NikWarning, ...] = ()


def record_person(work: Work, person_id: str | None = None, /, **fields: Any) -> Recorded:
    """Record a new resident or change a known one; fields as in `models.people.Person`, dates as EDTF."""
    warnings: tuple[NikWarning, ...] = ()
    if person_id is not None:
        work.records.get(Person, person_id)
    if fields.get("name"):
        fields["name"] = clean_name(fields["name"])
    if fields.get("nik"):
        birth = PartialDate.from_edtf(fields.get("birth_date") or "")
        sex = cast("Literal['f', 'm'] | None", fields["sex"]) if fields.get("sex") in {*Sex} else None
        checked = check_nik(fields["nik"], birth, sex)
        fields["nik"], warnings = checked.nik, checked.warnings
    saved = work.write(Person, person_id, **fields)
    return Recorded(work.records.get(Person, saved), warnings)


def plan_journey(work: Work, person_id: str, /, **fields: Any) -> Journey:
    """Record a journey of a person; fields as in `models.migration.Journey`."""
    return work.records.get(Journey, work.write(Journey, None, person_id=person_id, **fields))


def check_document(work: Work, person_id: str, journey_id: str | None = None, /, **fields: Any) -> Document:
    """Record how a paper was seen, and against what it was checked, today and by who is at work."""
    fields = {"checked_on": work.today, "checked_by": work.volunteer, **fields}
    saved = work.write(Document, None, person_id=person_id, journey_id=journey_id, **fields)
    return work.records.get(Document, saved)


def agree_safe_contact(work: Work, person_id: str, /, **fields: Any) -> SafeContact:
    """Record how a person may safely be reached, or that nobody may.

    A person has one such record, with the same id on every laptop: what two volunteers agree shows as a difference,
    never as two rules to choose from.
    """
    contact_id = str(uuid.uuid5(uuid.UUID(person_id), "safe_contact"))
    empty = {name: None for name in RECORD_TYPES["safe_contact"].fields if name not in {"deleted", "person_id"}}
    work.write(SafeContact, contact_id, person_id=person_id, **(empty | fields))
    return work.records.get(SafeContact, contact_id)
