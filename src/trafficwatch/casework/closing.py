# SPDX-License-Identifier: GPL-3.0-or-later
"""Closing a case and opening it again (P11/2012 IV.D.3.b; P2/2024 Lampiran II.D.2.d).

A case is open unless a closure of it stands that was not taken back. It is not closed over what is still urgent, nor
over a follow-up that has begun, unless the person wished so, died, moved away or was handed on, or stayed
unreachable until the follow-up's time was over: then what remains is written down. The person's part is asked of all
who can be asked.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from sqlalchemy import ColumnElement, Table, or_

from trafficwatch.casework.consents import ReasonMissing
from trafficwatch.casework.follow_ups import follow_up_of, plan_follow_ups
from trafficwatch.casework.following import ENDS_FOLLOW_UP, are_given_up, open_ones
from trafficwatch.casework.lifecycle import unfinished
from trafficwatch.errors import ConsentError
from trafficwatch.models.aftercare import FollowUp
from trafficwatch.models.care import Closure, ClosureReason, PlanAction
from trafficwatch.models.casework import CaseRecord, Referral, Urgency
from trafficwatch.models.dates import PartialDate
from trafficwatch.models.staff import Ability
from trafficwatch.models.tables import RECORD_TABLES
from trafficwatch.store.records import RecordUnknown
from trafficwatch.store.training import require_reading, require_training
from trafficwatch.store.work import Work

URGENT = frozenset({Urgency.IMMEDIATE.value, Urgency.SOON.value})
CANNOT_BE_ASKED = frozenset({ClosureReason.DIED, ClosureReason.UNREACHABLE})

_CASE, _CLOSURE, _REFERRAL, _ACTION, _FOLLOW_UP = (
    RECORD_TABLES[name] for name in ("case_record", "closure", "referral", "plan_action", "follow_up")
)


class CaseClosed(ConsentError):
    """The case is closed: nothing new is written in it until it is opened again."""

    key = "case_closed"
    catalogue = "errors_care"


class UrgentReferralsOpen(ConsentError):
    """Urgent referrals of the case are not finished; parameter `count`."""

    key = "urgent_referrals_open"
    catalogue = "errors_care"


class UrgentActionsOpen(ConsentError):
    """Urgent actions of the plan are overdue; parameter `count`."""

    key = "urgent_actions_open"
    catalogue = "errors_care"


class FollowUpsOpen(ConsentError):
    """Contacts of the follow-up are still to come; parameter `count`."""

    key = "follow_ups_open"
    catalogue = "errors_care"


class PersonNotAsked(ConsentError):
    """The person takes part in ending the case."""

    key = "person_not_asked"
    catalogue = "errors_care"


class RemainsMissing(ConsentError):
    """A follow-up that ends early leaves something, and that is written down."""

    key = "remains_missing"
    catalogue = "errors_care"


def cases_of(work: Work, person_id: str) -> list[CaseRecord]:
    """The cases of a person, the one that was written in last at the end."""
    return work.records.select(CaseRecord, _CASE.c.person_id == person_id)


def is_open(work: Work, case_id: str) -> bool:
    """Whether a case is open; needs no case key."""
    return not _standing(work, _CLOSURE.c.case_id == case_id)


def open_case_of(work: Work, person_id: str) -> CaseRecord | None:
    """The case of a person in which new records are written."""
    closed = {each.case_id for each in _standing(work, _CLOSURE.c.person_id == person_id)}
    return next((case for case in reversed(cases_of(work, person_id)) if case.id not in closed), None)


def hindrances(work: Work, case_id: str) -> Mapping[str, int]:
    """How much stands against closing: key of the error -> how many; 0 where nothing does."""
    case = work.records.get(CaseRecord, case_id)
    referrals = unfinished(work.records.select(Referral, _REFERRAL.c.person_id == case.person_id))
    actions = work.records.select(PlanAction, _ACTION.c.person_id == case.person_id, _in_case(_ACTION, case_id))
    visits = work.records.select(FollowUp, _FOLLOW_UP.c.person_id == case.person_id, _in_case(_FOLLOW_UP, case_id))
    return {
        UrgentReferralsOpen.key: sum(each.case_id == case_id and each.urgency in URGENT for each in referrals),
        UrgentActionsOpen.key: sum(_is_overdue(each, work.today) and each.urgency in URGENT for each in actions),
        FollowUpsOpen.key: len(open_ones(visits)),
    }


def close_case(
    work: Work,
    case_id: str,
    reason: ClosureReason,
    *,
    person_part: str = "",
    task_force_part: str = "",
    remains: str = "",
) -> Closure:
    """Close a case today. Raises CaseClosed, UrgentReferralsOpen, UrgentActionsOpen, FollowUpsOpen, RemainsMissing,
    PersonNotAsked.
    """
    require_reading(work)
    volunteer = require_training(work, Ability.CARRYING_OUT)
    case = work.records.get(CaseRecord, case_id)
    if case.deleted is not None:
        raise RecordUnknown(type="case_record")
    if not is_open(work, case_id):
        raise CaseClosed
    found = hindrances(work, case_id)
    for error in (UrgentReferralsOpen, UrgentActionsOpen):
        if found[error.key]:
            raise error(count=found[error.key])
    if found[FollowUpsOpen.key]:
        is_over = reason is ClosureReason.UNREACHABLE and _is_given_up(work, case.person_id or "")
        if reason not in ENDS_FOLLOW_UP and not is_over:
            raise FollowUpsOpen(count=found[FollowUpsOpen.key])
        if not remains.strip():
            raise RemainsMissing
    if reason not in CANNOT_BE_ASKED and not person_part.strip():
        raise PersonNotAsked
    saved = work.write(
        Closure,
        None,
        person_id=case.person_id,
        case_id=case_id,
        closed_on=work.today,
        closed_by=volunteer,
        reason=reason.value,
        person_part=person_part,
        task_force_part=task_force_part,
        remains=remains,
    )
    plan_follow_ups(work, case.person_id or "")
    return work.records.get(Closure, saved)


def reopen_case(work: Work, closure_id: str, reason: str) -> Closure:
    """Take a closure back from today; it stays written. One that was taken back already stays as it is."""
    require_reading(work)
    require_training(work)
    if not reason.strip():
        raise ReasonMissing
    found = work.records.get(Closure, closure_id)
    if found.reopened_on is None:
        work.write(Closure, closure_id, reopened_on=work.today, reopened_reason=reason)
        plan_follow_ups(work, found.person_id or "")
    return work.records.get(Closure, closure_id)


def _is_given_up(work: Work, person_id: str) -> bool:
    """Whether the follow-up's time is over, and of each contact that was not made it is written why."""
    found = follow_up_of(work, person_id)
    return (found.schedule is None or found.is_over) and are_given_up(found.waiting, work.today)


def _in_case(table: Table, case_id: str) -> ColumnElement[bool]:
    """Whether a record is of this case or of none."""
    return or_(table.c.case_id == case_id, table.c.case_id.is_(None))


def _standing(work: Work, where: ColumnElement[bool]) -> list[Closure]:
    return work.records.select(Closure, where, _CLOSURE.c.reopened_on.is_(None))


def _is_overdue(action: PlanAction, today: str) -> bool:
    last = PartialDate.from_edtf(action.due_on or "").latest()
    return action.done_on is None and last is not None and last < date.fromisoformat(today)
