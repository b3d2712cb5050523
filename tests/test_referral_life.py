# SPDX-License-Identifier: GPL-3.0-or-later
"""The life of a referral over two stores and real bundles: every step, answers that come back, and what is refused."""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from typing import TYPE_CHECKING

import pytest
from desks import Desks, agree, deliveries, enrolled, resident, screen
from hypothesis import given
from hypothesis import strategies as st

from trafficwatch.casework.hearing import (
    HeardNotPossible,
    HeardReasonMissing,
    NotDeclined,
    hear_reply,
    refer_again,
)
from trafficwatch.casework.lifecycle import StepNotPossible, check_step, status
from trafficwatch.casework.overview import open_referrals
from trafficwatch.casework.referrals import (
    ReferralDayAhead,
    ReferralDayEarlier,
    ReferralInput,
    ReferralNotAgreed,
    advance_referral,
    draft_referral,
    hand_over,
    open_case,
    refer,
)
from trafficwatch.errors import ExpectedError
from trafficwatch.models.casework import Answered, CaseRecord, ConsentScope, Handover, Referral
from trafficwatch.models.institution import Institution
from trafficwatch.models.referral_life import contradicts, next_answers, next_heard, was_declined
from trafficwatch.ppt.answers import AnswerNotPossible, answer_referral
from trafficwatch.sync.exporting import NothingToSend
from trafficwatch.sync.importing import Imported, take_in
from trafficwatch.sync.publishing import write_replies
from trafficwatch.sync.replies import replies_due
from trafficwatch.texts import explain_error

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from trafficwatch.store.work import Store, Work

DRAFT, CONSENTED, HANDED_OVER, WITHDRAWN = Handover
ARRIVED, ACCEPTED, DECLINED, IN_SERVICE, FINISHED = Answered
SHARED = (ConsentScope.SERVICE, ConsentScope.REFERRAL, ConsentScope.SHARE_CASE)
ANSWERS = {
    "": {ARRIVED, ACCEPTED, DECLINED},
    ARRIVED: {ACCEPTED, DECLINED},
    ACCEPTED: {IN_SERVICE},
    DECLINED: set(),
    IN_SERVICE: {FINISHED},
    FINISHED: set(),
}
AHEAD = {
    (ARRIVED, ""),
    (ARRIVED, ARRIVED),
    *product((ACCEPTED, DECLINED), ("", ARRIVED, ACCEPTED, DECLINED)),
    *product((IN_SERVICE,), ("", ARRIVED, ACCEPTED, DECLINED, IN_SERVICE)),
    *product((FINISHED,), ("", *Answered)),
}
"""(what the PPT says, what the village heard): the PPT is at least as far."""
STEPS = {DRAFT: {CONSENTED, WITHDRAWN}, CONSENTED: {HANDED_OVER, WITHDRAWN}, HANDED_OVER: {WITHDRAWN}, WITHDRAWN: set()}


@pytest.fixture
def desks(tmp_path: Path) -> Iterator[Desks]:
    with enrolled(tmp_path) as found:
        yield found


def begun(store: Store, *, scopes: tuple[str, ...] = SHARED, name: str = "Yohanis Bere") -> str:
    """A screened resident who agrees; gives the id."""
    person = resident(store, name)
    agree(store, person, *scopes)
    screen(store, person)
    return person


def institutions(work: Work, count: int) -> list[str]:
    return [each.id for each in work.records.select(Institution)[:count]]


def referred(store: Store, person: str, count: int = 1) -> list[str]:
    """So many referrals of that person to different institutions, handed over today."""
    with store.work() as work:
        made = [
            refer(work, person, ReferralInput(to, {"urgency": "soon", "purpose": f"Tujuan {number}", "services": {}}))
            for number, to in enumerate(institutions(work, count))
        ]
        return [hand_over(work, each.id).id for each in made]


def answer(desks: Desks, referral: str, answered: Answered, reason: str | None = None) -> None:
    with desks.ppt.work() as work:
        answer_referral(work, referral, answered, reason)


def carried(desks: Desks) -> Path:
    """What the PPT writes for this village now."""
    [path] = write_replies(desks.ppt, desks.stick)
    return path


def brought(desks: Desks) -> Imported:
    return take_in(desks.village, carried(desks))


def found(store: Store, referral: str) -> Referral:
    with store.work() as work:
        return work.records.get(Referral, referral)


# -- the steps ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("wanted", Answered)
@pytest.mark.parametrize("handover", ["", *Handover])
def test_what_may_be_heard_next(handover: str, wanted: Answered) -> None:
    for answered, heard in product(("", *Answered), repeat=2):
        referral = Referral(id="r", handover=handover or None, answered=answered or None, heard=heard or None)
        may = ANSWERS[heard] | (ANSWERS[answered] if (answered, heard) in AHEAD else set())
        assert (wanted in next_heard(referral)) == (handover == HANDED_OVER and wanted in may), (answered, heard)


def test_every_pair_of_state_and_step_at_the_village(desks: Desks) -> None:
    """Each step is taken in the real store from each state; exactly those of the tables succeed, others say why."""
    person = begun(desks.village)
    with desks.village.work() as work:
        draft = draft_referral(work, open_case(work, person), institutions(work, 1)[0])
        for handover, heard in product(Handover, (None, *Answered)):
            for wanted in (*Handover, *Answered):
                with work.tried():
                    work.write(Referral, draft.id, handover=handover.value, heard=heard)
                    is_legal = (
                        wanted in STEPS[handover]
                        if isinstance(wanted, Handover)
                        else handover is HANDED_OVER and wanted in ANSWERS[heard or ""]
                    )
                    if is_legal:
                        after = step(work, draft.id, wanted)
                        assert wanted in {after.handover, after.heard}
                    else:
                        with pytest.raises((StepNotPossible, HeardNotPossible)) as caught:
                            step(work, draft.id, wanted)
                        assert all(explain_error(caught.value).values())


def step(work: Work, referral: str, wanted: Handover | Answered) -> Referral:
    if isinstance(wanted, Answered):
        return hear_reply(work, referral, wanted, reason="Penuh")
    if wanted is HANDED_OVER:
        return hand_over(work, referral)
    return advance_referral(work, referral, wanted)


def test_every_pair_of_state_and_step_at_the_ppt(desks: Desks) -> None:
    person = begun(desks.village)
    made: dict[Handover, str] = {}
    with desks.village.work() as work:
        case = open_case(work, person)
        for handover in Handover:
            made[handover] = draft_referral(work, case, institutions(work, 1)[0]).id
            work.write(Referral, made[handover], handover=handover.value)
    desks.exchange()
    with desks.ppt.work() as work:
        for handover, answered, wanted in product(Handover, (None, *Answered), Answered):
            with work.tried():
                work.write(Referral, made[handover], answered=answered)
                if handover is HANDED_OVER and wanted in ANSWERS[answered or ""]:
                    assert status(answer_referral(work, made[handover], wanted, "Sebab")) == wanted
                else:
                    with pytest.raises(AnswerNotPossible) as caught:
                        answer_referral(work, made[handover], wanted, "Sebab")
                    assert all(explain_error(caught.value).values())


@given(st.lists(st.tuples(st.sampled_from(["village", "ppt", "heard"]), st.sampled_from([*Handover, *Answered]))))
def test_no_order_of_steps_leaves_the_life(steps: list[tuple[str, Handover | Answered]]) -> None:
    """Whatever is tried, in whatever order: nothing is answered unless handed over, withdrawing is possible until it is
    done and ends everything, and no answer is given twice.
    """
    referral, given_before = Referral(id="r", handover=DRAFT), set[tuple[str, str]]()
    for desk, wanted in steps:
        before = referral
        if isinstance(wanted, Handover) and desk == "village":
            try:
                check_step(referral.handover, wanted)
            except StepNotPossible:
                assert not (wanted is WITHDRAWN and referral.handover != WITHDRAWN)
                continue
            referral = replace(referral, handover=wanted)
        elif (
            isinstance(wanted, Answered)
            and desk == "ppt"
            and wanted in next_answers(referral.handover, referral.answered)
        ):
            referral = replace(referral, answered=wanted)
        elif isinstance(wanted, Answered) and desk == "heard" and wanted in next_heard(referral):
            referral = replace(referral, heard=wanted)
        else:
            continue
        assert before.handover != WITHDRAWN
        if isinstance(wanted, Answered):
            assert before.handover == HANDED_OVER
            assert (desk, wanted) not in given_before
            given_before.add((desk, wanted))
        assert status(referral) == (
            WITHDRAWN if referral.handover == WITHDRAWN else referral.answered or referral.heard or referral.handover
        )
        assert not (was_declined(referral) and status(referral) in {WITHDRAWN, ACCEPTED, IN_SERVICE, FINISHED})


def test_days_that_cannot_be_are_refused(desks: Desks) -> None:
    person = begun(desks.village)
    with desks.village.work() as work:
        referral = refer(
            work, person, ReferralInput(institutions(work, 1)[0], {"urgency": "normal", "services": {}})
        ).id
        for day, error in (
            ("2026-11-22", ReferralDayAhead),
            ("2026-11-20", ReferralDayEarlier),
            ("2026-10", ReferralDayEarlier),
        ):
            with pytest.raises(error):
                hand_over(work, referral, day)
        assert work.records.get(Referral, referral).handed_over_on is None
        assert hand_over(work, referral, "2026-11").handed_over_on == "2026-11"
        work.write(Referral, referral, handed_over_on="2026-11-21")
        for day, error in (("2026-11-22", ReferralDayAhead), ("2026-11-20", ReferralDayEarlier)):
            with pytest.raises(error):
                hear_reply(work, referral, ACCEPTED, day)
        for reason in (None, "", " \n"):
            with pytest.raises(HeardReasonMissing):
                hear_reply(work, referral, DECLINED, "2026-11-21", reason)
        heard = hear_reply(work, referral, DECLINED, "2026-11-21", " Penuh ")
    assert (heard.heard, heard.heard_on, heard.heard_reason) == (DECLINED, "2026-11-21", "Penuh")


def test_only_the_named_institutions_are_referred_to(desks: Desks) -> None:
    """Consent that names recipients opens the referral to these alone; one taken back opens none."""
    person = resident(desks.village)
    with desks.village.work() as work:
        one, other = institutions(work, 2)
    agree(desks.village, person, *SHARED, recipients={one: True})
    with desks.village.work() as work:
        refer(work, person, ReferralInput(one, {"services": {}}))
        with pytest.raises(ReferralNotAgreed):
            refer(work, person, ReferralInput(other, {"services": {}}))


# -- answers that come back --------------------------------------------------------------------------------------------


def test_the_whole_life_with_each_answer_carried_back(desks: Desks) -> None:
    person = begun(desks.village)
    [referral] = referred(desks.village, person)
    assert found(desks.village, referral).handed_over_on == "2026-11-21"
    desks.exchange()
    for number, answered in enumerate((ARRIVED, ACCEPTED, IN_SERVICE, FINISHED)):
        desks.clock.move(days=1)
        answer(desks, referral, answered)
        if answered is ARRIVED:  # nobody carries this one: the next reply brings all
            continue
        with desks.ppt.work() as work:
            assert [each.answers for each in replies_due(work)] == [1]
        came = brought(desks)
        assert [(each.type, each.status, each.count) for each in came.news] == [("referral", answered, 1)]
        ours = found(desks.village, referral)
        assert (status(ours), ours.answered_on) == (answered, f"2026-11-{22 + number}")
        with desks.ppt.work() as work:
            assert replies_due(work) == ()
    with desks.village.work() as work:
        assert open_referrals(work) == ()
    with pytest.raises(NothingToSend):  # the answer is the PPT's: it does not go back to it
        desks.send()
    assert found(desks.ppt, referral) == found(desks.village, referral)


def test_several_at_once_one_declined_and_referred_again(desks: Desks) -> None:
    person = begun(desks.village)
    first, second, third = referred(desks.village, person, 3)
    desks.exchange()
    answer(desks, first, ACCEPTED)
    answer(desks, second, DECLINED, "Tempat penuh sampai Desember")
    answer(desks, third, ACCEPTED)
    came = brought(desks)
    assert {(each.status, each.count) for each in came.news} == {(ACCEPTED, 2), (DECLINED, 1)}
    declined = found(desks.village, second)
    assert (status(declined), declined.answer_reason) == (DECLINED, "Tempat penuh sampai Desember")
    with desks.village.work() as work:
        assert [row.id for row in open_referrals(work) if row.waits] == [second]
        other = institutions(work, 5)[4]
        with pytest.raises(NotDeclined):
            refer_again(work, first, ReferralInput(other, {}))
        again = refer_again(work, second, ReferralInput(other, {"purpose": "Tempat lain"}))
        assert [row.id for row in open_referrals(work)] == [first, third, again.id]
        assert work.records.count("case_record") == 1
    assert (again.replaces, again.case_id, again.institution_id) == (second, declined.case_id, other)
    assert (again.purpose, again.urgency, again.handover) == ("Tempat lain", "soon", CONSENTED)
    with desks.village.work() as work:
        hand_over(work, again.id)
    desks.exchange()
    answer(desks, again.id, ACCEPTED)
    brought(desks)
    assert status(found(desks.village, again.id)) == ACCEPTED
    with desks.village.work() as work:  # the one that stands in its place is taken back: somebody must decide again
        advance_referral(work, again.id, WITHDRAWN)
        assert [row.id for row in open_referrals(work) if row.waits] == [second]


def test_what_is_withdrawn_is_not_referred_again_nor_without_consent(desks: Desks) -> None:
    person = begun(desks.village)
    first, second = referred(desks.village, person, 2)
    with desks.village.work() as work:
        hear_reply(work, first, DECLINED, reason="Penuh")
        hear_reply(work, second, DECLINED, reason="Penuh")
        advance_referral(work, second, WITHDRAWN)
        other = institutions(work, 3)[2]
        with pytest.raises(NotDeclined):
            refer_again(work, second, ReferralInput(other, {}))
    agree(desks.village, person, ConsentScope.SERVICE)
    with pytest.raises(ReferralNotAgreed), desks.village.work() as work:
        refer_again(work, first, ReferralInput(other, {}))
    with desks.village.work() as work:
        assert work.records.count("referral") == 2
        assert [row.id for row in open_referrals(work)] == [first]


def test_late_duplicate_and_lost_replies(desks: Desks) -> None:
    person = begun(desks.village)
    [referral] = referred(desks.village, person)
    desks.exchange()
    answer(desks, referral, ARRIVED)
    late = carried(desks)
    assert carried(desks) == late  # without news the same file again
    answer(desks, referral, ACCEPTED)
    carried(desks).unlink()  # lost on the way
    answer(desks, referral, IN_SERVICE)
    newest = carried(desks)
    assert take_in(desks.village, newest).news[0].status == IN_SERVICE
    for path in (late, newest):
        came = take_in(desks.village, path)
        assert (came.news, status(found(desks.village, referral))) == ((), IN_SERVICE)
        assert came.again == (path == newest)


def test_the_village_hears_first_and_the_ppt_says_otherwise(desks: Desks) -> None:
    """What the institution told the village stands until the PPT's word; then both are shown, and both travel."""
    person = begun(desks.village)
    [referral] = referred(desks.village, person)
    with desks.village.work() as work:
        assert status(hear_reply(work, referral, DECLINED, reason="Kata petugas lewat telepon: penuh")) == DECLINED
    desks.exchange()
    at_ppt = found(desks.ppt, referral)
    assert (at_ppt.heard, status(at_ppt), was_declined(at_ppt)) == (DECLINED, DECLINED, True)
    answer(desks, referral, ACCEPTED)
    brought(desks)
    ours = found(desks.village, referral)
    assert (status(ours), contradicts(ours), was_declined(ours)) == (ACCEPTED, True, False)
    with desks.village.work() as work:
        hear_reply(work, referral, IN_SERVICE)  # from where the PPT says it stands
    assert not contradicts(found(desks.village, referral))


def test_after_a_withdrawal_an_answer_on_the_way_changes_nothing_shown(desks: Desks) -> None:
    person = begun(desks.village)
    [referral] = referred(desks.village, person)
    desks.exchange()
    answer(desks, referral, ACCEPTED)
    on_the_way = carried(desks)
    with desks.village.work() as work:
        advance_referral(work, referral, WITHDRAWN)
    take_in(desks.village, on_the_way)
    ours = found(desks.village, referral)
    assert (status(ours), ours.answered) == (WITHDRAWN, ACCEPTED)
    desks.exchange()
    with pytest.raises(ExpectedError):
        answer(desks, referral, IN_SERVICE)
    assert status(found(desks.ppt, referral)) == WITHDRAWN
    assert {state for (kind, _), (state, _) in deliveries(desks.village).items() if kind == "referral"} == {"received"}


def test_a_case_of_its_own_is_not_opened_twice(desks: Desks) -> None:
    person = begun(desks.village)
    referred(desks.village, person, 2)
    with desks.village.work() as work:
        assert len(work.records.select(CaseRecord)) == 1
