# SPDX-License-Identifier: GPL-3.0-or-later
"""Sharing without consent under a named duty, with its reason, to named recipients, until somebody ends it.

It is for who was trained, stands in the journal twice (as a record, and as an act with its reason) and is shown in red.
It opens what may be shared and nothing else (`models.agreement`). To end one takes no training: it only narrows. The
duty towards a child does not end by itself on the 18th birthday: the rule of agreement knows no birth date, and a date
that was mistyped must not take protection away. `casework.care_warnings` says that it is to be ended.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from trafficwatch.casework.conflicts import require_no_conflict
from trafficwatch.casework.consents import ReasonMissing, check_refusable
from trafficwatch.errors import ConsentError
from trafficwatch.models.care import TO_PPT, Disclosure, Duty
from trafficwatch.models.checks import ValueImpossible
from trafficwatch.models.dates import PartialDate
from trafficwatch.models.people import Person
from trafficwatch.store.agreeing import disclosures_of
from trafficwatch.store.records import RecordUnknown
from trafficwatch.store.training import readable, require_reading, require_training
from trafficwatch.store.work import Work

__all__ = ["disclose", "disclosures_of", "end_disclosure"]

_ADULT = 18


class OrderMissing(ConsentError):
    """An order of the law names who gave it."""

    key = "order_missing"
    catalogue = "errors_care"


class RecipientMissing(ConsentError):
    """Sharing without consent goes to somebody who is named."""

    key = "recipient_missing"
    catalogue = "errors_care"


class NotAChild(ConsentError):
    """The duty towards a child does not stand for somebody who is grown up."""

    key = "not_a_child"
    catalogue = "errors_care"


def disclose(
    work: Work,
    person_id: str,
    duty: Duty,
    recipients: Iterable[str],
    reason: str,
    *,
    ordered_by: str = "",
    lifted: Iterable[str] = (),
    case_id: str | None = None,
) -> Disclosure:
    """Share without consent from today: with `TO_PPT` or institutions by id; `lifted` are refused fields
    (`record_type.field`) that this duty needs all the same.

    Raises ReasonMissing, RecipientMissing, OrderMissing, NotAChild, FieldUnknown, RecordUnknown, TrainingNeeded, and
    ConflictThere for a volunteer who is tied to the case.
    """
    require_reading(work)
    require_no_conflict(work, person_id)
    to, fields = tuple(recipients), tuple(lifted)
    if not reason.strip():
        raise ReasonMissing
    if not to:
        raise RecipientMissing
    if duty is Duty.ORDER_OF_LAW and not ordered_by.strip():
        raise OrderMissing
    if not all(each == TO_PPT or work.records.exists("institution", each) for each in to):
        raise ValueImpossible(field="recipients")
    for name in fields:
        check_refusable(name)
    person = work.records.get(Person, person_id)
    if person.deleted is not None:
        raise RecordUnknown(type="person")
    if duty is Duty.CHILD_IN_DANGER and is_grown(person, work.today):
        raise NotAChild
    saved = work.write(
        Disclosure,
        None,
        person_id=person_id,
        case_id=case_id,
        duty=duty.value,
        disclosed_on=work.today,
        decided_by=require_training(work),
        recipients=dict.fromkeys(to, True),
        lifted=dict.fromkeys(fields, True),
        reason=reason,
        ordered_by=ordered_by,
    )
    work.note("disclose", "disclosure", saved, reason.strip(), sealed=True)
    return work.records.get(Disclosure, saved)


def is_grown(person: Person, today: str) -> bool:
    """Whether a person is certainly no child any more on a day (ISO date)."""
    return PartialDate.from_edtf(person.birth_date or "").is_under(_ADULT, date.fromisoformat(today)) is False


def end_disclosure(work: Work, disclosure_id: str, reason: str) -> Disclosure:
    """From now on nothing is shared under it. The reason is case text: without the case key the day stands alone."""
    if not reason.strip():
        raise ReasonMissing
    if work.records.get(Disclosure, disclosure_id).ended_on is None:
        work.write(Disclosure, disclosure_id, ended_on=work.today)
        if work.sealer.able:
            work.note("end_disclosure", "disclosure", disclosure_id, reason.strip(), sealed=True)
    return readable(work).get(Disclosure, disclosure_id)
