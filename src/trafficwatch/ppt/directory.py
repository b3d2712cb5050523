# SPDX-License-Identifier: GPL-3.0-or-later
"""The directory at the PPT: whom its villages can call, for which service and area, and when that was last tried.

An entry counts as checked once an officer has tried its contacts, for a year. New contacts have not been tried: they
take the check back. What the PPT changed of an entry that came with the program wins over every later program
(`village.directory`). An entry that serves nobody any more is retired with a reason, and can be taken back.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from trafficwatch.errors import InputError
from trafficwatch.models.changes import changed
from trafficwatch.models.directory import contact_is_possible
from trafficwatch.models.identity import clean_name
from trafficwatch.models.institution import Institution, doubt
from trafficwatch.models.places import kind_of
from trafficwatch.models.staff import Volunteer
from trafficwatch.store.spelling import plain
from trafficwatch.store.work import Work


class Gone(StrEnum):
    """Why an institution is retired; a word, as it goes to the villages."""

    CLOSED = "closed"
    ENTERED_TWICE = "entered_twice"
    ENTERED_WRONGLY = "entered_wrongly"


class ContactImpossible(InputError):
    """A contact that nobody could use; parameter `value`, which is nobody's secret."""

    key = "contact_impossible"
    catalogue = "errors_directory"


class InstitutionKnown(InputError):
    """There is an institution of that name for that area already; parameter `name`."""

    key = "institution_known"
    catalogue = "errors_directory"


class NoContact(InputError):
    """An institution without any contact can't have been tried."""

    key = "no_contact"
    catalogue = "errors_directory"


class InstitutionRetired(InputError):
    """The institution was retired: it is not written any more unless it is taken back."""

    key = "institution_retired"
    catalogue = "errors_directory"


@dataclass(frozen=True, slots=True)
class DirectoryRow:
    """One institution; `doubt` as in `models.institution`, `retired` the reason if it is."""

    id: str
    name: str
    kind: str | None
    area_code: str | None
    services: frozenset[str]
    contacts: tuple[str, ...]
    confirmed_on: str | None
    checked_by: str | None
    doubt: str
    retired: str | None

    @property
    def is_due(self) -> bool:
        """Whether somebody has to try its contacts: they never were, or more than a year ago."""
        return bool(self.doubt and self.contacts) and self.retired is None


def directory(work: Work) -> tuple[DirectoryRow, ...]:
    """All institutions, retired ones as well, by area from the nearest to the whole country, then by name."""
    found = work.records.select(Institution, with_deleted=True)
    rows = (_row(each, work.today) for each in found)
    return tuple(sorted(rows, key=lambda row: (-len(row.area_code or ""), row.area_code or "", row.name.casefold())))


def due(work: Work) -> tuple[DirectoryRow, ...]:
    """Those whose contacts wait to be tried."""
    return tuple(row for row in directory(work) if row.is_due)


def matching(rows: Iterable[DirectoryRow], text: str) -> list[DirectoryRow]:
    """Those in whose name or contacts every word of a typed text begins a word. Pure."""
    wanted = plain(text)

    def fits(row: DirectoryRow) -> bool:
        there = plain(" ".join([row.name, *row.contacts]))
        return all(any(each.startswith(word) for each in there) for word in wanted)

    return [row for row in rows if fits(row)]


def institution(work: Work, institution_id: str) -> Institution:
    """One institution, as its form shows it; raises RecordUnknown."""
    return work.records.get(Institution, institution_id)


def save_institution(
    work: Work,
    institution_id: str | None,
    fields: Mapping[str, Any],
    seen: Mapping[str, Collection[str]] | None = None,
) -> Institution:
    """Save the form of a new institution or a known one; `seen` are the elements that its form showed.

    Raises ContactImpossible, InstitutionKnown, InstitutionRetired, UnknownPlace, RecordUnknown, FieldOwnedElsewhere.
    """
    before = _standing(work, institution_id) if institution_id else None
    kept = dict(fields)
    if kept.get("name"):
        kept["name"] = clean_name(kept["name"])
    if kept.get("area_code"):
        kind_of(kept["area_code"])
    changes = changed(before, kept, seen)
    contacts = changes.get("contacts", {}).keys() - (before.contacts.keys() if before else ())
    for key in contacts:
        if not contact_is_possible(*key.partition(":")[::2]):
            raise ContactImpossible(value=key.partition(":")[2])
    if contacts and before and before.confirmed_on:
        changes |= {"confirmed_on": None, "checked_by": None}
    _check_known(work, before, changes)
    if before is None:
        return work.records.get(Institution, work.write(Institution, None, **changes))
    if changes:
        work.write(Institution, before.id, **changes)
    return work.records.get(Institution, before.id)


def confirm_institution(work: Work, institution_id: str) -> Institution:
    """Record that who is at work tried the contacts of an institution today and that they are right.

    Raises NoContact, InstitutionRetired, RecordUnknown.
    """
    known = _standing(work, institution_id)
    if not known.contacts:
        raise NoContact
    who = work.records.get(Volunteer, work.volunteer).name if work.volunteer else None
    work.write(Institution, known.id, checked_on=work.today, confirmed_on=work.today, checked_by=who)
    return work.records.get(Institution, known.id)


def retire(work: Work, institution_id: str, reason: Gone) -> None:
    """Take an institution out of the directory, also at the villages; referrals to it stay as they are."""
    work.write(Institution, _standing(work, institution_id).id, deleted=reason.value)


def take_back(work: Work, institution_id: str) -> Institution:
    """Put a retired institution back; its contacts have to be tried anew. Raises RecordUnknown."""
    known = work.records.get(Institution, institution_id)
    if known.deleted is not None:
        work.write(Institution, known.id, deleted=None, confirmed_on=None, checked_by=None)
    return work.records.get(Institution, known.id)


def _standing(work: Work, institution_id: str) -> Institution:
    known = work.records.get(Institution, institution_id)
    if known.deleted is not None:
        raise InstitutionRetired
    return known


def _check_known(work: Work, before: Institution | None, changes: Mapping[str, Any]) -> None:
    """The same name twice for one area is one institution entered twice."""
    if not changes.keys() & {"name", "area_code"}:
        return
    name = changes.get("name", before.name if before else None) or ""
    area = changes.get("area_code", before.area_code if before else None)
    for each in work.records.select(Institution):
        is_other = before is None or each.id != before.id
        if is_other and plain(each.name or "") == plain(name) and each.area_code == area:
            raise InstitutionKnown(name=name)


def _row(found: Institution, today: str) -> DirectoryRow:
    return DirectoryRow(
        found.id,
        found.name or "",
        found.kind,
        found.area_code,
        frozenset(name for name, offered in found.services.items() if offered),
        tuple(contact.partition(":")[2] for contact in found.contacts),
        found.confirmed_on,
        found.checked_by,
        doubt(found.confirmed_on, today),
        found.deleted,
    )
