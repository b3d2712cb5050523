# SPDX-License-Identifier: GPL-3.0-or-later
"""Residents and their journeys: what every volunteer may record (P2/2024 II.B.1.f.2).

Odd values are kept and pointed out, impossible ones are refused by name before anything is written.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, cast

from trafficwatch.models.changes import changed
from trafficwatch.models.dates import PartialDate
from trafficwatch.models.identity import NikWarning, check_nik, clean_name
from trafficwatch.models.migration import Document, Journey
from trafficwatch.models.people import Person, SafeContact
from trafficwatch.models.record_types import RECORD_TYPES
from trafficwatch.models.tables import RECORD_TABLES
from trafficwatch.registry.steps import checked, clean
from trafficwatch.store.records import RecordUnknown
from trafficwatch.store.work import Work
from trafficwatch.texts import t

NO_OWNER = "-"
"""Owner of a telephone number that nobody knows, or level of a skill: an empty text would remove the element."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """A person that was recorded, and what is odd about the NIK."""

    person: Person
    nik_warnings: tuple[NikWarning, ...] = ()


@dataclass(frozen=True, slots=True)
class DocumentInput:
    """One paper as the card's form has it; `id` None for a new one, fields as in `models.migration.Document`."""

    id: str | None
    fields: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class CardInput:
    """The whole form of a resident's card.

    `phones` and `aliases` are complete as far as the form goes: of those that it had loaded (`seen`, field -> keys) one
    that is not among them any more is removed; what came meanwhile stays. A paper that is not among `documents` stays
    as it is. `journey_id` None makes a new journey.
    """

    person: Mapping[str, Any]
    journey: Mapping[str, Any] | None = None
    journey_id: str | None = None
    documents: tuple[DocumentInput, ...] = ()
    contact: Mapping[str, Any] | None = None
    seen: Mapping[str, frozenset[str]] = field(default_factory=dict)


def save_card(work: Work, card: CardInput, person_id: str | None = None) -> Recorded:
    """Save the form of a new resident or a known one, all or nothing.

    Only what the form changed is written, so that saving settles no difference in a field that nobody touched.
    """
    before = work.records.get(Person, person_id) if person_id else None
    recorded = record_person(work, person_id, **changed(before, card.person, card.seen))
    person = recorded.person.id
    journey_id = _save_journey(work, person, card)
    for document in card.documents:
        _save_document(work, person, journey_id, document)
    _save_contact(work, person, card.contact or {})
    return recorded


def record_person(work: Work, person_id: str | None = None, /, **fields: Any) -> Recorded:
    """Record a new resident or change a known one; fields as in `models.people.Person`, dates as EDTF."""
    if person_id is not None:
        work.records.get(Person, person_id)
    if fields.get("name"):
        fields["name"] = clean_name(fields["name"])
    if fields.get("nik"):
        fields["nik"] = check_nik(fields["nik"]).nik
    for name in ("phones", "trainings", "skills", "languages"):
        if fields.get(name):
            fields[name] = with_owners(fields[name])
    person = work.records.get(Person, work.write(Person, person_id, **fields))
    birth = PartialDate.from_edtf(person.birth_date or "")
    sex = cast("Literal['f', 'm'] | None", person.sex)
    return Recorded(person, check_nik(person.nik or "", birth, sex).warnings)


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
    never as two rules to choose from. What is not among the fields is empty: it is the whole agreement. One that was
    deleted comes back with it, as long as the person is not deleted: a ban must be seen.
    """
    contact_id = str(uuid.uuid5(uuid.UUID(person_id), "safe_contact"))
    empty = {name: None for name in RECORD_TYPES["safe_contact"].fields if name not in {"deleted", "person_id"}}
    work.write(SafeContact, contact_id, person_id=person_id, **(empty | fields))
    contact = work.records.get(SafeContact, contact_id)
    if contact.deleted is None or work.records.get(Person, person_id).deleted is not None:
        return contact
    work.write(SafeContact, contact_id, deleted=None)
    work.note("restore", "safe_contact", contact_id, t("resident.contact.agreed_anew"))
    return work.records.get(SafeContact, contact_id)


def _save_contact(work: Work, person_id: str, contact: Mapping[str, Any]) -> None:
    """Of a known rule what the form changed and no more: a difference that nobody looked at stays open."""
    known = work.records.select(SafeContact, RECORD_TABLES["safe_contact"].c.person_id == person_id)
    if not known:
        if any(contact.values()):
            agree_safe_contact(work, person_id, **contact)
    elif changes := changed(known[-1], contact):
        work.write(SafeContact, known[-1].id, **changes)


def _save_journey(work: Work, person_id: str, card: CardInput) -> str | None:
    """The journey that the form speaks of, and that new papers belong to; a new one that says nothing is not made."""
    if card.journey_id is None:
        if not any((card.journey or {}).values()):
            return None
        return plan_journey(work, person_id, **checked(work, None, clean(card.journey or {}))).id
    before = work.records.get(Journey, card.journey_id)
    if before.person_id != person_id:
        raise RecordUnknown(type="journey")
    if changes := checked(work, before, changed(before, clean(card.journey or {}))):
        work.write(Journey, card.journey_id, **changes)
    return card.journey_id


def _save_document(work: Work, person_id: str, journey_id: str | None, document: DocumentInput) -> None:
    """A paper that is looked at again was checked today, unless the form says another day."""
    if document.id is None:
        check_document(work, person_id, journey_id, **document.fields)
        return
    before = work.records.get(Document, document.id)
    if before.person_id != person_id:
        raise RecordUnknown(type="document")
    changes = changed(before, document.fields)
    if changes.keys() & {"seen", "checked_against", "found"}:
        changes = {"checked_on": work.today, "checked_by": work.volunteer, **changes}
    if changes:
        work.write(Document, document.id, **changes)


def with_owners(elements: Mapping[str, Any]) -> dict[str, Any]:
    """Elements, of which those that say nothing say so: an empty text would remove them."""
    return {key: NO_OWNER if value == "" else value for key, value in elements.items()}
