# SPDX-License-Identifier: GPL-3.0-or-later
"""What is odd in a case and is pointed out, not refused: it may be true, and then it must stand there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from trafficwatch.casework.conflicts import conflict_of
from trafficwatch.casework.disclosures import disclosures_of, is_grown
from trafficwatch.casework.guardians import name_key, name_keys, similar_guardians, suspected_guardians
from trafficwatch.models.agreement import opens
from trafficwatch.models.care import Duty
from trafficwatch.models.dates import PartialDate
from trafficwatch.models.people import Person
from trafficwatch.models.reporting import Custody, EvidenceItem
from trafficwatch.models.tables import RECORD_TABLES
from trafficwatch.store.training import may_read_cases
from trafficwatch.store.work import Work


class CareWarning(StrEnum):
    """What is odd; texts: `care_rules.warning.<value>`."""

    CONFLICT = "conflict"
    CHILD_GROWN = "child_grown"
    GUARDIAN_SUSPECTED = "guardian_suspected"
    GUARDIAN_SIMILAR = "guardian_similar"
    CHAIN_BROKEN = "chain_broken"


@dataclass(frozen=True, slots=True)
class Warned:
    """One warning, and the record that it is about."""

    warning: CareWarning
    type: str
    id: str


def care_warnings(work: Work, person_id: str) -> tuple[Warned, ...]:
    """What is odd in a person's case: a tie of who is at work, a duty towards a child who has grown up; and for who may
    read cases a guardian who is suspected, or bears a similar name, and a chain of custody with a gap.
    """
    conflict = conflict_of(work, person_id)
    found = [Warned(CareWarning.CONFLICT, "conflict_of_interest", conflict.id)] if conflict else []
    shared = [each for each in disclosures_of(work, person_id) if each.duty == Duty.CHILD_IN_DANGER]
    if shared and is_grown(work.records.get(Person, person_id), work.today):
        held = [each.id for each in shared if opens(each, work.today)]
        found += [Warned(CareWarning.CHILD_GROWN, "disclosure", each) for each in held]
    if not may_read_cases(work):
        return tuple(found)
    found += [Warned(CareWarning.GUARDIAN_SUSPECTED, "consent", each) for each in suspected_guardians(work, person_id)]
    found += [Warned(CareWarning.GUARDIAN_SIMILAR, "consent", each) for each in similar_guardians(work, person_id)]
    items = work.records.select(EvidenceItem, RECORD_TABLES["evidence_item"].c.person_id == person_id)
    steps = work.records.select(Custody, RECORD_TABLES["custody"].c.person_id == person_id)
    for item in items:
        of_item = [step for step in steps if step.evidence_id == item.id]
        found += [Warned(CareWarning.CHAIN_BROKEN, "custody", step.id) for step in gaps(item, of_item)]
    return tuple(found)


def gaps(item: EvidenceItem, steps: Iterable[Custody]) -> Iterator[Custody]:
    """The steps in which a piece of evidence was given by somebody who did not have it; pure. The first one may be
    given by whom it was obtained from, or from where it is kept; where neither is known it can't be told.
    """
    holders, left = name_keys((item.obtained_from, item.kept_at)), sorted(steps, key=_day)
    while left:
        same_day = [step for step in left if _day(step) == _day(left[0])]
        step = next((each for each in same_day if name_key(each.from_whom) in holders), same_day[0])
        if holders and name_key(step.from_whom) not in holders:
            yield step
        holders = name_keys((step.to_whom,))
        left.remove(step)


def _day(step: Custody) -> date:
    return PartialDate.from_edtf(step.given_on or "").earliest() or date.max
