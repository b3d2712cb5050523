# SPDX-License-Identifier: GPL-3.0-or-later
"""What the pages of a case read, in one transaction: who it is, how to reach the person, all records, and their names.

Whoever is not trained reads the same without case text: that there is a case.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from trafficwatch.casework.attachments import attachments_of
from trafficwatch.casework.care import care_of_person, protection_requests, require_ability
from trafficwatch.casework.care_warnings import Warned, care_warnings
from trafficwatch.casework.overview import Care, care_of, institutions
from trafficwatch.casework.returning import Returning, returning_of
from trafficwatch.models.care import Closure
from trafficwatch.models.casework import CaseRecord
from trafficwatch.models.fields import Record, Shape
from trafficwatch.models.institution import Institution
from trafficwatch.models.people import SafeContact
from trafficwatch.models.record_types import RECORD_TYPES
from trafficwatch.registry.browse import resident_card
from trafficwatch.registry.recruiters import recruiters
from trafficwatch.screening.overview import screenings_of
from trafficwatch.sync.putting_away import away_of
from trafficwatch.ui.village.care_inputs import Links
from trafficwatch.ui.village.care_words import LONGEST, Names
from trafficwatch.village.setup import desk_members

MOST_RECRUITERS = 500
OPEN, CLOSED, REOPENED, NONE = "open", "closed", "reopened", "none"
"""How a case stands; none where there is no case yet."""
Records = Mapping[str, tuple[Record, ...]]
"""Record type -> the records of a person, the latest first."""


@dataclass(frozen=True, slots=True)
class CaseFile:
    """All that is known of one person's case; who may not read it gets no records, and no way home."""

    name: str
    contact: SafeContact | None
    care: Care
    records: Records
    names: Names
    risk: str | None
    warnings: tuple[Warned, ...]
    returning: Returning | None
    in_trash: bool
    away: frozenset[tuple[str, str]] = frozenset()
    """The records (type, id) whose text is at the PPT."""

    @property
    def case(self) -> CaseRecord | None:
        """The case that is written in: an open one, else the latest."""
        open_ones = [each for each in self.care.cases if each.id not in self.closed]
        return next(iter(open_ones or self.care.cases), None)

    @property
    def closed(self) -> frozenset[str]:
        """The ids of the cases that are closed now."""
        return frozenset(each.case_id or "" for each in self.closures if each.reopened_on is None)

    @property
    def closures(self) -> tuple[Closure, ...]:
        return tuple(each for each in self.records.get("closure", ()) if isinstance(each, Closure))

    @property
    def closure(self) -> Closure | None:
        """What closed the case, unless that was taken back."""
        case = self.case
        return next((each for each in self.closures if case and each.case_id == case.id and not each.reopened_on), None)

    @property
    def state(self) -> str:
        if self.case is None:
            return NONE
        if self.closure is not None:
            return CLOSED
        return REOPENED if any(each.case_id == self.case.id for each in self.closures) else OPEN


@dataclass(frozen=True, slots=True)
class Entered:
    """What the form of one record begins with."""

    name: str
    contact: SafeContact | None
    record: Record | None
    links: Links
    volunteer: str | None


def read_case(work: Any, person_id: str, *, trained: bool) -> CaseFile:
    """The case of one person."""
    card = resident_card(work, person_id)
    records = care_of_person(work, person_id) if trained else {}
    screenings = screenings_of(work, person_id)
    return CaseFile(
        card.person.name or "",
        card.contact,
        care_of(work, person_id),
        records,
        names_of_links(work, person_id, records) if trained else {},
        screenings[0].risk if screenings else None,
        care_warnings(work, person_id) if trained else (),
        returning_of(work, person_id) if trained else None,
        card.person.deleted is not None,
        away_of(work, person_id),
    )


def names_of_links(work: Any, person_id: str | None, records: Records) -> dict[str, str]:
    """The words for all that records of a person may link to, by id."""
    found = {each.id: each.name for each in desk_members(work)}
    found |= {each.id: each.name or "" for each in work.records.select(Institution)}
    found |= {row.id: row.name for row in recruiters(work, limit=MOST_RECRUITERS).rows}
    if person_id is not None:
        found |= {each.id: each.name for each in attachments_of(work, person_id)}
    return found | _evidence(records)


def read_entry(work: Any, type_name: str, person_id: str | None, record_id: str | None) -> Entered:
    """What the form of a record needs. Raises AbilityNeeded and TrainingNeeded: who may not save it, need not write."""
    require_ability(work, type_name)
    card = resident_card(work, person_id) if person_id else None
    records: Records = care_of_person(work, person_id) if person_id else {type_name: protection_requests(work)}
    record = next((each for each in records[type_name] if each.id == record_id), None) if record_id else None
    links = _links(work, person_id, records)
    return Entered(
        (card.person.name or "") if card else "",
        card.contact if card else None,
        record,
        _with_linked(links, type_name, record, names_of_links(work, person_id, records)),
        work.volunteer,
    )


def _links(work: Any, person_id: str | None, records: Records) -> dict[str, list[tuple[str, str]]]:
    """What can be chosen."""
    return {
        "volunteer": [(each.id, each.name) for each in desk_members(work) if not each.left],
        "institution": [(each.id, each.name) for each in institutions(work)],
        "recruiter": [(each.id, each.name) for each in recruiters(work, limit=MOST_RECRUITERS).rows],
        "attachment": [(each.id, each.name) for each in attachments_of(work, person_id)] if person_id else [],
        "evidence_item": list(_evidence(records).items()),
    }


def _with_linked(
    links: dict[str, list[tuple[str, str]]], type_name: str, record: Record | None, names: Names
) -> dict[str, list[tuple[str, str]]]:
    """With what the record links to now, though it could not be chosen any more."""
    for field in RECORD_TYPES[type_name].fields.values():
        linked = getattr(record, field.name, None) if field.shape is Shape.LINK else None
        if linked and linked in names and linked not in dict(links.get(field.target, ())):
            links.setdefault(field.target, []).append((linked, names[linked]))
    return links


def _evidence(records: Records) -> dict[str, str]:
    return {each.id: (getattr(each, "words", None) or "")[:LONGEST] for each in records.get("evidence_item", ())}
