# SPDX-License-Identifier: GPL-3.0-or-later
"""The PPT's half of a referral's life (`models.referral_life`). Declining needs a reason, which the village reads."""

from __future__ import annotations

from typing import Any

from trafficwatch.errors import ConsentError
from trafficwatch.models.casework import Answered, Referral
from trafficwatch.models.referral_life import next_answers
from trafficwatch.store.training import require_training
from trafficwatch.store.work import Work


class AnswerNotPossible(ConsentError):
    """A referral can't be answered so where it stands; parameters `current` and `wanted`."""

    key = "answer_not_possible"


class DeclineReasonMissing(ConsentError):
    """A referral is declined with a reason only."""

    key = "decline_reason_missing"


def answer_referral(work: Work, referral_id: str, answered: Answered, reason: str | None) -> Referral:
    """Take the PPT's next step; raises AnswerNotPossible, DeclineReasonMissing, TrainingNeeded, FieldOwnedElsewhere."""
    require_training(work)
    referral = work.records.get(Referral, referral_id)
    if referral.deleted is not None or answered not in next_answers(referral.handover, referral.answered):
        raise AnswerNotPossible(current=referral.answered or referral.handover or "-", wanted=answered.value)
    said = (reason or "").strip()
    if answered is Answered.DECLINED and not said:
        raise DeclineReasonMissing
    more: dict[str, Any] = {"answer_reason": said} if said else {}
    work.write(Referral, referral_id, answered=answered.value, answered_on=work.today, **more)
    return work.records.get(Referral, referral_id)
