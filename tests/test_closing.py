# SPDX-License-Identifier: GPL-3.0-or-later
"""Closing a case and opening it again: not over what is urgent, not without the person, and never for good."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from care_tools import TODAY, save
from desks import Desks, enrolled, resident
from store_tools import scratch

from trafficwatch.casework.care import RULES, care_of_person
from trafficwatch.casework.closing import (
    CaseClosed,
    FollowUpsOpen,
    PersonNotAsked,
    RemainsMissing,
    UrgentActionsOpen,
    UrgentReferralsOpen,
    close_case,
    hindrances,
    is_open,
    reopen_case,
)
from trafficwatch.casework.consents import ReasonMissing, record_consent
from trafficwatch.casework.follow_ups import due_soon, follow_up_of, overdue
from trafficwatch.casework.hearing import refer_again
from trafficwatch.casework.referrals import ReferralInput, hand_over, refer
from trafficwatch.models.care import ClosureReason
from trafficwatch.models.casework import Referral
from trafficwatch.models.institution import Institution
from trafficwatch.models.record_types import RECORD_TYPES
from trafficwatch.store.sealing import CaseKeyNeeded
from trafficwatch.store.work import Store, Work


@pytest.fixture(scope="module")
def desks(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desks]:
    with enrolled(Path(tmp_path_factory.mktemp("care"))) as found:
        yield found


@pytest.fixture
def work(desks: Desks) -> Iterator[Work]:
    with scratch(desks.village) as opened:
        yield opened


@pytest.fixture(scope="module")
def maria(desks: Desks) -> str:
    return resident(desks.village, "Maria Tefa", birth_date="1990-02-01")


OVER = {"person_part": "Ia sendiri yang meminta"}


def opened(work: Work, person: str) -> str:
    return str(save(work, person, "outreach").case_id)


def test_a_closed_case_takes_nothing_new_but_the_follow_up_until_it_is_open_again(work: Work, maria: str) -> None:
    case = opened(work, maria)
    known = save(work, maria, "loss")
    closure = close_case(work, case, ClosureReason.RECOVERED, **OVER)
    assert not is_open(work, case)
    assert care_of_person(work, maria)["closure"] == (closure,)
    for type_name in ("protection_request", "conflict_of_interest"):
        save(work, maria, type_name)
    assert save(work, maria, "follow_up", done_on=TODAY, follow_up_way="phone").case_id == case
    for type_name in RULES.keys() - {"follow_up", "protection_request", "conflict_of_interest"}:
        with pytest.raises(CaseClosed):
            save(work, maria, type_name)
    with pytest.raises(CaseClosed):
        save(work, maria, "loss", case_id=case)
    with pytest.raises(CaseClosed):
        close_case(work, case, ClosureReason.RECOVERED, **OVER)
    save(work, maria, "loss", known.id, amount=5)  # what stands there may still be put right
    with pytest.raises(ReasonMissing):
        reopen_case(work, closure.id, " ")
    again = reopen_case(work, closure.id, "Perekrut datang lagi")
    assert (again.reopened_on, again.closed_on) == (TODAY, TODAY)
    assert save(work, maria, "loss").case_id == case
    assert close_case(work, case, ClosureReason.RECOVERED, **OVER).id != closure.id


@pytest.mark.parametrize(
    ("urgency", "handover", "is_hindered"),
    [("immediate", None, True), ("soon", None, True), ("normal", None, False), ("immediate", "withdrawn", False)],
)
def test_an_urgent_referral_keeps_the_case_open(
    desks: Desks, work: Work, maria: str, urgency: str, handover: str | None, is_hindered: bool
) -> None:
    case, office = opened(work, maria), work.records.select(RECORD_TYPES["institution"].cls)[0].id
    about = {"person_id": maria, "institution_id": office, "referred_on": TODAY, "referred_by": work.volunteer}
    said = {"urgency": urgency, "handover": handover or "handed_over"}
    work.write(RECORD_TYPES["referral"].cls, None, case_id=case, **about, **said)
    if not is_hindered:
        close_case(work, case, ClosureReason.OTHER, **OVER)
        return
    with pytest.raises(UrgentReferralsOpen) as error:
        close_case(work, case, ClosureReason.DIED)
    assert error.value.params == {"count": 1}


def test_a_declined_referral_keeps_it_open_until_another_follows(work: Work, maria: str) -> None:
    case, office = opened(work, maria), work.records.select(Institution)[0].id
    about = {"case_id": case, "person_id": maria, "institution_id": office, "referred_on": TODAY}
    about |= {"referred_by": work.volunteer, "handover": "handed_over"}
    declined = work.write(Referral, None, urgency="soon", heard="declined", **about)
    assert hindrances(work, case)[UrgentReferralsOpen.key] == 1
    again = work.write(Referral, None, urgency="normal", replaces=declined, **about | {"handover": "withdrawn"})
    assert hindrances(work, case)[UrgentReferralsOpen.key] == 1, "what was withdrawn replaces nothing"
    work.write(Referral, again, handover="handed_over")
    assert hindrances(work, case)[UrgentReferralsOpen.key] == 0
    other = save(work, resident_of(work), "plan_action", urgency="soon", due_on="2026-11-01")
    assert other.case_id != case
    work.write(RECORD_TYPES["plan_action"].cls, other.id, person_id=maria)
    assert hindrances(work, case)[UrgentActionsOpen.key] == 0


def test_a_closed_case_takes_no_referral_until_it_is_open_again(work: Work, maria: str) -> None:
    case, office = opened(work, maria), work.records.select(Institution)[0].id
    ask = ReferralInput(office, {"purpose": "Pendampingan"})
    record_consent(work, maria, {"referral": "agreed"})
    declined = hand_over(work, refer(work, maria, ask).id).id
    work.write(Referral, declined, heard="declined")
    closure = close_case(work, case, ClosureReason.RECOVERED, **OVER)
    for ways in (lambda: refer(work, maria, ask), lambda: refer_again(work, declined, ask)):
        with pytest.raises(CaseClosed):
            ways()
    reopen_case(work, closure.id, "Perekrut datang lagi")
    assert {refer(work, maria, ask).case_id, refer_again(work, declined, ask).case_id} == {case}


def resident_of(work: Work) -> str:
    return work.write(RECORD_TYPES["person"].cls, None, name="Orang lain")


@pytest.mark.parametrize(
    ("fields", "is_hindered"),
    [
        ({"urgency": "soon", "due_on": "2026-11-20"}, True),
        ({"urgency": "soon", "due_on": TODAY}, False),
        ({"urgency": "normal", "due_on": "2026-11-20"}, False),
        ({"urgency": "soon", "due_on": "2026-11-01", "done_on": "2026-11-20"}, False),
    ],
)
def test_an_urgent_action_that_is_overdue_keeps_it_open(
    work: Work, maria: str, fields: dict[str, Any], is_hindered: bool
) -> None:
    case = opened(work, maria)
    save(work, maria, "plan_action", **fields)
    if is_hindered:
        with pytest.raises(UrgentActionsOpen):
            close_case(work, case, ClosureReason.OWN_WISH, **OVER)
    else:
        close_case(work, case, ClosureReason.OWN_WISH, **OVER)


@pytest.mark.parametrize("reason", ClosureReason)
def test_a_follow_up_that_has_begun_ends_early_only_for_some_reasons(
    work: Work, maria: str, reason: ClosureReason
) -> None:
    case = opened(work, maria)
    save(work, maria, "follow_up", planned_on="2027-01-05")
    ends_early = reason in {"own_wish", "died", "moved_away", "handed_on"}
    with pytest.raises(RemainsMissing if ends_early else FollowUpsOpen):
        close_case(work, case, reason, **OVER)
    if ends_early:
        assert close_case(work, case, reason, remains="Diteruskan PPT", **OVER).remains == "Diteruskan PPT"


def test_who_stayed_unreachable_until_the_time_was_over_can_be_let_go(work: Work, maria: str) -> None:
    case, gone = opened(work, maria), ClosureReason.UNREACHABLE
    home = save(work, maria, "return_step", step="journey_home", done_on="2026-05-20")
    missed = [each.id for each in follow_up_of(work, maria).waiting]
    for each in missed:
        with pytest.raises(FollowUpsOpen):
            close_case(work, case, gone, remains="PPT tahu")
        save(work, maria, "follow_up", each, missed_reason="Rumah kosong, nomor mati")
    ahead = save(work, maria, "follow_up", planned_on="2026-12-20", missed_reason="Rumah kosong")
    with pytest.raises(FollowUpsOpen):
        close_case(work, case, gone, remains="PPT tahu")
    save(work, maria, "follow_up", ahead.id, planned_on=TODAY)
    with pytest.raises(RemainsMissing):
        close_case(work, case, gone)
    with pytest.raises(FollowUpsOpen):
        close_case(work, case, ClosureReason.OTHER, remains="PPT tahu", **OVER)
    assert [each.id for each in overdue(work)] == [missed[0]], "a reason alone settles nothing"
    closure = close_case(work, case, gone, remains="PPT tahu")
    assert overdue(work) == due_soon(work) == ()
    assert {each.id for each in follow_up_of(work, maria).waiting} == {*missed, ahead.id}, (
        "what was tried stays written"
    )
    reopen_case(work, closure.id, "Ia menelepon")
    assert [each.id for each in overdue(work)] == [missed[0]]
    work.write(RECORD_TYPES["return_step"].cls, home.id, done_on="2026-06-20")
    with pytest.raises(FollowUpsOpen):
        close_case(work, case, gone, remains="PPT tahu")


@pytest.mark.parametrize("reason", ClosureReason)
def test_the_person_takes_part_in_the_end(work: Work, maria: str, reason: ClosureReason) -> None:
    case = opened(work, maria)
    if reason in {"died", "unreachable"}:
        close_case(work, case, reason)
        return
    with pytest.raises(PersonNotAsked):
        close_case(work, case, reason, person_part="  ")


def test_who_has_no_case_key_learns_whether_a_case_is_open_and_nothing_else(tmp_path: Path) -> None:
    with enrolled(tmp_path) as found:
        person = resident(found.village)
        with found.village.work() as work:
            case = opened(work, person)
            close_case(work, case, ClosureReason.OTHER, **OVER)
        helper: Store = found.helper()
        with helper.work() as work:
            assert not is_open(work, case)
            with pytest.raises(CaseKeyNeeded):
                care_of_person(work, person)
            with pytest.raises(CaseKeyNeeded):
                save(work, person, "loss")
            with pytest.raises(CaseKeyNeeded):
                close_case(work, case, ClosureReason.OTHER, **OVER)
