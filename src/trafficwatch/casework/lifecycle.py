# SPDX-License-Identifier: GPL-3.0-or-later
"""The life of a referral (interfaces: lifecycles). Pure.

Two sides write it, so it is two fields: the village's `handover` and the PPT's `answered`. What is shown follows from
both: withdrawn from anywhere; otherwise the PPT's word once there is one; otherwise the village's.
"""

from __future__ import annotations

from trafficwatch.errors import ConsentError
from trafficwatch.models.casework import Handover, Referral

_NEXT = {
    None: {Handover.DRAFT},
    Handover.DRAFT: {Handover.CONSENTED, Handover.WITHDRAWN},
    Handover.CONSENTED: {Handover.HANDED_OVER, Handover.WITHDRAWN},
    Handover.HANDED_OVER: {Handover.WITHDRAWN},
    Handover.WITHDRAWN: set[Handover](),
}


class StepNotPossible(ConsentError):
    """A referral can't go from where it stands to there; parameters `current` and `wanted`."""

    key = "step_not_possible"


def status(referral: Referral) -> str:
    """Where a referral stands, as one word of the lifecycle."""
    if referral.handover == Handover.WITHDRAWN:
        return Handover.WITHDRAWN.value
    return referral.answered or referral.handover or Handover.DRAFT.value


def check_step(current: str | None, wanted: Handover) -> None:
    """Raise StepNotPossible unless the village may take this step."""
    if wanted not in _NEXT[Handover(current) if current else None]:
        raise StepNotPossible(current=current or "-", wanted=wanted.value)
