# SPDX-License-Identifier: GPL-3.0-or-later
"""The PPT's half of a referral's life (interfaces): arrived -> accepted | declined -> in_service -> finished.

A referral that was handed over and stands here has arrived, whether somebody said so or not. Declining needs a reason,
which the village will read. What the village withdrew, or has not handed over yet, is not answered.
"""

from __future__ import annotations

from typing import Any

from trafficwatch.errors import ConsentError
from trafficwatch.models.casework import Answered, Handover, Referral
from trafficwatch.store.training import require_training
from trafficwatch.store.work import Work

_NEXT: dict[Answered | None, set[Answered]] = {
    None: {Answered.ARRIVED, Answered.ACCEPTED, Answered.DECLINED},
    Answered.ARRIVED: {Answered.ACCEPTED, Answered.DECLINED},
    Answered.ACCEPTED: {Answered.IN_SERVICE},
    Answered.DECLINED: set(),
    Answered.IN_SERVICE: {Answered.FINISHED},
    Answered.FINISHED: set(),
}


class AnswerNotPossible(ConsentError):
    """A referral can't be answered so where it stands; parameters `current` and `wanted`."""

    key = "answer_not_possible"


class DeclineReasonMissing(ConsentError):
    """A referral is declined with a reason only."""

    key = "decline_reason_missing"


def next_answers(handover: str | None, answered: str | None) -> frozenset[Answered]:
    """The answers that are possible now; none for a referral that is not handed over, or withdrawn. Pure."""
    if handover != Handover.HANDED_OVER:
        return frozenset()
    return frozenset(_NEXT[Answered(answered) if answered else None])


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
