# SPDX-License-Identifier: GPL-3.0-or-later
"""The answers of an institution to a referral, step by step: the PPT records them, and so does a village that hears of
one itself, by the tear-off reply or by telephone. Pure.

arrived -> accepted | declined -> in_service -> finished. Nothing is answered before it was handed over, or after it was
withdrawn. A referral that was handed over and is answered has arrived, whether somebody said so or not.
"""

from __future__ import annotations

from trafficwatch.models.casework import Answered, Handover, Referral

_NEXT: dict[Answered | None, frozenset[Answered]] = {
    None: frozenset({Answered.ARRIVED, Answered.ACCEPTED, Answered.DECLINED}),
    Answered.ARRIVED: frozenset({Answered.ACCEPTED, Answered.DECLINED}),
    Answered.ACCEPTED: frozenset({Answered.IN_SERVICE}),
    Answered.DECLINED: frozenset(),
    Answered.IN_SERVICE: frozenset({Answered.FINISHED}),
    Answered.FINISHED: frozenset(),
}
_FAR = {None: 0, Answered.ARRIVED: 1, Answered.ACCEPTED: 2, Answered.DECLINED: 2, Answered.IN_SERVICE: 3}


def next_answers(handover: str | None, answered: str | None) -> frozenset[Answered]:
    """The answers that are possible now; none for a referral that is not handed over, or withdrawn."""
    if handover != Handover.HANDED_OVER:
        return frozenset()
    return _NEXT[_answer(answered)]


def next_heard(referral: Referral) -> frozenset[Answered]:
    """What the village may hear next: from where it heard of last, and from where the PPT says it stands if that is as
    far. It may hear otherwise than the PPT; then both are shown (`contradicts`).
    """
    heard, answered = _answer(referral.heard), _answer(referral.answered)
    possible = next_answers(referral.handover, referral.heard)
    if answered is not None and _FAR.get(answered, 4) >= _FAR.get(heard, 4):
        possible |= next_answers(referral.handover, referral.answered)
    return possible


def contradicts(referral: Referral) -> bool:
    """Whether the village heard a decline where the PPT recorded none, or the reverse."""
    is_both = bool(referral.heard and referral.answered)
    return is_both and (referral.heard == Answered.DECLINED) != (referral.answered == Answered.DECLINED)


def was_declined(referral: Referral) -> bool:
    """Whether the institution said no: by the PPT's word, or as the village heard while the PPT has not decided."""
    if referral.handover != Handover.HANDED_OVER or referral.deleted is not None:
        return False
    is_open = _answer(referral.answered) in {None, Answered.ARRIVED}
    return referral.answered == Answered.DECLINED or (is_open and referral.heard == Answered.DECLINED)


def _answer(value: str | None) -> Answered | None:
    return Answered(value) if value else None
