# SPDX-License-Identifier: GPL-3.0-or-later
"""The PPT's half of a referral's life: every step, who may take it, and what it leaves alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from desks import Desks, agree, dump, enrolled, refer, resident, shared_case

from trafficwatch.casework.lifecycle import status
from trafficwatch.casework.referrals import advance_referral
from trafficwatch.models.casework import Answered, ConsentScope, Handover, Referral
from trafficwatch.models.referral_life import next_answers
from trafficwatch.models.staff import Training
from trafficwatch.ppt.answers import AnswerNotPossible, DeclineReasonMissing, answer_referral
from trafficwatch.store.training import TrainingNeeded
from trafficwatch.store.work import FieldOwnedElsewhere

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ARRIVED, ACCEPTED, DECLINED, IN_SERVICE, FINISHED = Answered
NEXT = {
    None: {ARRIVED, ACCEPTED, DECLINED},
    "": {ARRIVED, ACCEPTED, DECLINED},
    ARRIVED: {ACCEPTED, DECLINED},
    ACCEPTED: {IN_SERVICE},
    DECLINED: set(),
    IN_SERVICE: {FINISHED},
    FINISHED: set(),
}


@pytest.fixture
def desks(tmp_path: Path) -> Iterator[Desks]:
    with enrolled(tmp_path) as found:
        yield found


def arrived(desks: Desks) -> str:
    """A referral that was handed over and came to the PPT."""
    shared_case(desks.village)
    desks.exchange()
    with desks.ppt.work() as work:
        return work.records.select(Referral)[0].id


def answer(desks: Desks, referral: str, answered: Answered, reason: str | None = None) -> Referral:
    with desks.ppt.work() as work:
        return answer_referral(work, referral, answered, reason)


@pytest.mark.parametrize("answered", NEXT)
@pytest.mark.parametrize("handover", [None, *Handover])
def test_every_step(handover: str | None, answered: str | None) -> None:
    wanted = NEXT[answered] if handover == Handover.HANDED_OVER else set()
    assert next_answers(handover, answered) == wanted


def test_a_referral_is_answered_step_by_step(desks: Desks) -> None:
    referral = arrived(desks)
    for number, step in enumerate((ARRIVED, ACCEPTED, IN_SERVICE, FINISHED)):
        found = answer(desks, referral, step)
        assert (found.answered, found.answered_on, status(found)) == (step, f"2026-11-{21 + number}", step)
        desks.clock.move(days=1)
    assert found.answer_reason is None
    with desks.village.work() as work:
        ours = work.records.get(Referral, referral)
    assert ours.answered is None
    assert (found.purpose, found.companion) == (ours.purpose, ours.companion)  # the village's half is left alone


def test_declining_needs_a_reason(desks: Desks) -> None:
    referral = arrived(desks)
    before = dump(desks.ppt)
    for reason in (None, "", "  \n"):
        with pytest.raises(DeclineReasonMissing):
            answer(desks, referral, DECLINED, reason)
    assert dump(desks.ppt) == before
    found = answer(desks, referral, DECLINED, " Di luar wilayah kami ")
    assert (found.answered, found.answer_reason) == (DECLINED, "Di luar wilayah kami")
    with pytest.raises(AnswerNotPossible):
        answer(desks, referral, ACCEPTED)


def test_no_step_is_left_out_or_taken_twice(desks: Desks) -> None:
    referral = arrived(desks)
    answer(desks, referral, ACCEPTED, "Bisa dijemput Senin")
    for step in (ARRIVED, ACCEPTED, DECLINED, FINISHED):
        with pytest.raises(AnswerNotPossible):
            answer(desks, referral, step, "alasan")
    found = answer(desks, referral, IN_SERVICE)
    assert found.answer_reason == "Bisa dijemput Senin"


def test_a_withdrawn_referral_is_not_answered(desks: Desks) -> None:
    referral = arrived(desks)
    with desks.village.work() as work:
        advance_referral(work, referral, Handover.WITHDRAWN)
    desks.exchange()
    before = dump(desks.ppt)
    with pytest.raises(AnswerNotPossible):
        answer(desks, referral, ACCEPTED)
    assert dump(desks.ppt) == before


def test_a_deleted_referral_is_not_answered(desks: Desks) -> None:
    referral = arrived(desks)
    with desks.village.work() as work:
        work.write(Referral, referral, deleted="Salah orang")
    desks.exchange()
    with pytest.raises(AnswerNotPossible):
        answer(desks, referral, ACCEPTED)


def test_the_village_does_not_answer(desks: Desks) -> None:
    person = resident(desks.village)
    agree(desks.village, person, ConsentScope.REFERRAL)
    referral = refer(desks.village, person)
    before = dump(desks.village)
    with pytest.raises(FieldOwnedElsewhere), desks.village.work() as work:
        answer_referral(work, referral.id, ACCEPTED, None)
    assert dump(desks.village) == before


def test_an_officer_whose_training_has_run_out_does_not_answer(desks: Desks) -> None:
    referral = arrived(desks)
    with desks.ppt.work() as work:
        [training] = [each for each in work.records.select(Training) if each.volunteer_id == work.volunteer]
        work.write(Training, training.id, valid_until="2026-11-20")
    with pytest.raises(TrainingNeeded):
        answer(desks, referral, ACCEPTED)


def test_an_answer_outlives_the_next_bundle(desks: Desks) -> None:
    """The village's later changes merge beside the PPT's answer."""
    referral = arrived(desks)
    answer(desks, referral, ACCEPTED)
    with desks.village.work() as work:
        work.write(Referral, referral, purpose="Pendampingan hukum")
    desks.exchange()
    with desks.ppt.work() as work:
        found = work.records.get(Referral, referral)
    assert (found.answered, found.purpose) == (ACCEPTED, "Pendampingan hukum")
