# SPDX-License-Identifier: GPL-3.0-or-later
"""The life of a referral (interfaces: lifecycles). Pure.

Three fields tell it: the village's `handover`, the PPT's `answered`, and `heard`, what the village itself heard from
the institution. What is shown follows from all: withdrawn from anywhere; otherwise the PPT's word once there is one;
then what was heard; then the village's own half. Answers go by `models.referral_life`.
"""

from __future__ import annotations

from collections.abc import Iterable

from trafficwatch.errors import ConsentError
from trafficwatch.models.casework import Answered, Handover, Referral
from trafficwatch.models.referral_life import was_declined

_NEXT = {
    None: {Handover.DRAFT},
    Handover.DRAFT: {Handover.CONSENTED, Handover.WITHDRAWN},
    Handover.CONSENTED: {Handover.HANDED_OVER, Handover.WITHDRAWN},
    Handover.HANDED_OVER: {Handover.WITHDRAWN},
    Handover.WITHDRAWN: set[Handover](),
}
_ENDED = frozenset({Handover.WITHDRAWN.value, Answered.FINISHED.value})


class StepNotPossible(ConsentError):
    """A referral can't go from where it stands to there; parameters `current` and `wanted`."""

    key = "step_not_possible"


def status(referral: Referral) -> str:
    """Where a referral stands, as one word of the lifecycle."""
    if referral.handover == Handover.WITHDRAWN:
        return Handover.WITHDRAWN.value
    return referral.answered or referral.heard or referral.handover or Handover.DRAFT.value


def followed(referrals: Iterable[Referral]) -> set[str]:
    """The declined ones in whose place another stands that was not withdrawn."""
    return {each.replaces for each in referrals if each.replaces and each.handover != Handover.WITHDRAWN}


def unfinished(referrals: Iterable[Referral]) -> list[Referral]:
    """Of all referrals those neither finished nor withdrawn, nor declined and followed by another."""
    found = list(referrals)
    gone_on = followed(found)
    return [each for each in found if status(each) not in _ENDED and not (was_declined(each) and each.id in gone_on)]


def check_step(current: str | None, wanted: Handover) -> None:
    """Raise StepNotPossible unless the village may take this step."""
    if wanted not in _NEXT[Handover(current) if current else None]:
        raise StepNotPossible(current=current or "-", wanted=wanted.value)
