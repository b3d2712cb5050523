# SPDX-License-Identifier: GPL-3.0-or-later
"""What a village hears from an institution it referred to, and the next referral when one was declined.

An institution answers by the tear-off reply or by telephone, often long before the PPT's reply is carried here. What
was heard is the village's word, with its day; the PPT's word is shown first where there is one.
"""

from __future__ import annotations

from typing import Any

from trafficwatch.casework.lifecycle import status
from trafficwatch.casework.referrals import ReferralInput, advance_referral, check_day, current_case, draft_referral
from trafficwatch.errors import ConsentError
from trafficwatch.models.casework import Answered, Handover, Referral
from trafficwatch.models.referral_life import next_heard, was_declined
from trafficwatch.models.staff import Ability
from trafficwatch.store.training import require_training
from trafficwatch.store.work import Work

CONTENT = (
    "urgency",
    "purpose",
    "chronology",
    "condition_body",
    "condition_mind",
    "condition_social",
    "condition_spiritual",
    "condition_family",
    "services_given",
    "needs_and_hopes",
    "attachments",
    "companion",
)
"""What the next referral takes over from the declined one, beside the services."""


class HeardNotPossible(ConsentError):
    """That answer does not follow from where the referral stands; parameters `current` and `wanted`."""

    key = "heard_not_possible"
    catalogue = "errors_referral"


class HeardReasonMissing(ConsentError):
    """A decline that was heard is recorded with its reason only."""

    key = "heard_reason_missing"
    catalogue = "errors_referral"


class NotDeclined(ConsentError):
    """Only what was declined is referred again; parameter `current`."""

    key = "referral_not_declined"
    catalogue = "errors_referral"


def hear_reply(
    work: Work, referral_id: str, answered: Answered, on: str | None = None, reason: str | None = None
) -> Referral:
    """Record what the institution answered, on the day of its answer, today if none is given.

    Raises HeardNotPossible, HeardReasonMissing, ReferralDayAhead, ReferralDayEarlier, TrainingNeeded or CaseKeyNeeded.
    """
    require_training(work)
    referral = work.records.get(Referral, referral_id)
    if referral.deleted is not None or answered not in next_heard(referral):
        raise HeardNotPossible(current=status(referral), wanted=answered.value)
    said = (reason or "").strip()
    if answered is Answered.DECLINED and not said:
        raise HeardReasonMissing
    day = on or work.today
    check_day(day, work.today, referral.handed_over_on or referral.referred_on)
    more: dict[str, Any] = {"heard_reason": said} if said else {}
    work.write(Referral, referral_id, heard=answered.value, heard_on=day, **more)
    return work.records.get(Referral, referral_id)


def refer_again(work: Work, declined_id: str, ask: ReferralInput) -> Referral:
    """Another referral in the place of a declined one, in the person's open case; it stands at CONSENTED.

    What `ask` does not name is taken over. Raises NotDeclined, CaseClosed, ReferralNotAgreed and what
    `draft_referral` raises.
    """
    before = work.records.get(Referral, declined_id)
    if not was_declined(before):
        raise NotDeclined(current=status(before))
    require_training(work, Ability.SCREENING)
    case = current_case(work, before.person_id or "")
    fields = {name: getattr(before, name) for name in CONTENT} | {"services": before.services} | dict(ask.fields)
    draft = draft_referral(work, case, ask.institution_id, replaces=declined_id, **fields)
    return advance_referral(work, draft.id, Handover.CONSENTED)
