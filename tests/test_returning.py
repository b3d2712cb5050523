# SPDX-License-Identifier: GPL-3.0-or-later
"""Coming home: what is missing before a placement, a child's safeguards, and that a placement plans what follows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from store_tools import MORNING, scratch, trained_store

from trafficwatch.casework.care import save_care
from trafficwatch.casework.care_checks import AdultPlacement, LoneVisit, ReturnNotSafe
from trafficwatch.casework.closing import close_case, reopen_case
from trafficwatch.casework.follow_up_visits import postpone_follow_up, record_follow_up
from trafficwatch.casework.follow_ups import follow_up_of
from trafficwatch.casework.following import plan
from trafficwatch.casework.referrals import open_case
from trafficwatch.casework.returning import Returning, StepState, deciding, is_child_on, returning_of, steps
from trafficwatch.models.aftercare import FollowUp, Placement, ReturnSafety, ReturnStep
from trafficwatch.models.care import ClosureReason
from trafficwatch.models.checks import ValueImpossible
from trafficwatch.models.people import Person
from trafficwatch.models.staff import Training, Volunteer
from trafficwatch.store.records import FieldMissing
from trafficwatch.store.work import Work

TODAY = MORNING.date()
PREPARED = [
    ReturnStep(id=step, step=step, done_on="2026-05-01")
    for step in ("family_tracing", "family_prepared", "neighbours_prepared")
]
SAFE = ReturnSafety(id="a", assessed_on="2026-05-02", return_verdict="safe")
ADULT = Placement(id="p", placement="family", placed_on="2026-06-01", chosen_by="person")
CHILD = Placement(
    id="p",
    placement="substitute_family",
    placed_on="2026-06-01",
    chosen_by="institution",
    child_agrees=True,
    keeps_safe=True,
    keeps_well=True,
    keeps_caring=True,
)


def states(*found: Any, is_child: bool | None = False) -> dict[str, str]:
    """Name of a step -> its state, with these records."""

    def of(cls: type) -> list[Any]:
        return [each for each in found if isinstance(each, cls)]

    made = steps(is_child, of(ReturnStep), of(ReturnSafety), of(Placement), of(FollowUp))
    return {each.name: each.state.value for each in made}


def is_prepared(*found: Any, is_child: bool | None = False) -> bool:
    made = [each for each in found if isinstance(each, ReturnStep)]
    safety = [each for each in found if isinstance(each, ReturnSafety)]
    placed = [each for each in found if isinstance(each, Placement)]
    return Returning(steps(is_child, made, safety, placed, [])).is_prepared


# -- the list ----------------------------------------------------------------------------------------------------------


def test_everything_is_open_at_the_beginning() -> None:
    assert set(states().values()) == {"open"}
    assert set(states(is_child=True)) - set(states()) == {"child_agrees", "criteria"}
    assert states(is_child=None).keys() == states(is_child=True).keys(), (
        "not known to be grown up: a child's safeguards"
    )


def test_each_step_before_a_placement_is_needed() -> None:
    assert is_prepared(*PREPARED, SAFE, ADULT)
    for missing in (*PREPARED, SAFE, ADULT):
        assert not is_prepared(*(each for each in (*PREPARED, SAFE, ADULT) if each is not missing))


def test_the_latest_assessment_decides() -> None:
    later = ReturnSafety(id="b", assessed_on="2026-05-20", return_verdict="not_yet")
    assert states(SAFE)["safety"] == "done"
    assert states(later, SAFE)["safety"] == "stop"
    assert not is_prepared(*PREPARED, SAFE, later, ADULT)


@pytest.mark.parametrize("day", ["2026-05-02", "2026-05", "2026-05-03~", None])
def test_on_one_day_what_is_not_safe_decides(day: str | None) -> None:
    for of_id in ("0", "z"):
        unsafe = ReturnSafety(id=of_id, assessed_on=day, return_verdict="not_safe")
        for assessed in ([SAFE, unsafe], [unsafe, SAFE]):
            assert deciding(assessed) == unsafe
            assert states(*assessed)["safety"] == "stop"
    assert deciding([replace(SAFE, id="c", assessed_on="2026-06-04"), SAFE]) == replace(
        SAFE, id="c", assessed_on="2026-06-04"
    )
    assert deciding([]) is None


@pytest.mark.parametrize(
    ("born", "day", "is_child"),
    [
        ("2008-12-01", "2026-11-30", True),
        ("2008-12-01", "2026-12-01", False),
        ("2008-12-01", "2026", None),
        ("2008", "2026-11-30", None),
        (None, "2026-11-30", None),
    ],
)
def test_the_day_of_the_placement_says_who_is_a_child(born: str | None, day: str, is_child: bool | None) -> None:
    assert is_child_on(Person(id="p", birth_date=born), day) is is_child


@pytest.mark.parametrize("lost", ["keeps_safe", "keeps_well", "keeps_caring"])
def test_a_child_needs_all_three_criteria_and_its_own_agreement(lost: str) -> None:
    assert is_prepared(*PREPARED, SAFE, CHILD, is_child=True)
    assert states(replace(CHILD, **{lost: None}), is_child=True)["criteria"] == "open"
    assert states(replace(CHILD, **{lost: False}), is_child=True)["criteria"] == "stop"
    assert states(replace(CHILD, child_agrees=False), is_child=True)["child_agrees"] == "stop"
    assert states(replace(CHILD, child_agrees=None), is_child=True)["child_agrees"] == "open"
    own = replace(CHILD, placement="family", keeps_safe=None)
    assert states(own, is_child=True)["criteria"] == "not_needed"


def test_nobody_chooses_for_an_adult_and_no_family_is_looked_for_in_vain() -> None:
    assert states(replace(ADULT, chosen_by="institution"))["own_choice"] == "stop"
    shelter = replace(ADULT, placement="institution")
    assert {states(shelter)[name] for name in ("family_tracing", "family_prepared")} == {"not_needed"}


# -- in the store ------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    folder: Path = tmp_path_factory.mktemp("returning")
    with trained_store(folder) as found:
        with found.work() as work:
            work.write(Volunteer, work.volunteer, name="Maria Tefa")
            training = {"volunteer_id": work.volunteer, "kind": "tppo_training", "completed_on": "2025"}
            work.write(Training, None, **training)
        yield found


@pytest.fixture
def work(store: Any) -> Iterator[Work]:
    with scratch(store) as found:
        yield found


@pytest.fixture
def person(work: Work) -> str:
    """Somebody who came home today, by the records of care alone."""
    of_id = work.write(Person, None, name="Rosalinda Tefnai", birth_date="1998-04-12")
    save_care(work, "return_safety", None, {"return_verdict": "safe"}, person_id=of_id)
    save_care(work, "placement", None, {"placement": "family", "chosen_by": "person"}, person_id=of_id)
    return of_id


def waiting(work: Work, person: str) -> list[str | None]:
    return [each.planned_on for each in follow_up_of(work, person).waiting]


def test_a_placement_plans_the_six_months_and_a_closure_ends_them(work: Work, person: str) -> None:
    planned = [str(day) for day in plan(TODAY, 6, 30)]
    assert waiting(work, person) == planned
    assert {each.name: each.state for each in returning_of(work, person).steps}["followed"] is StepState.DONE
    case = follow_up_of(work, person).waiting[0].case_id or ""
    closed = close_case(work, case, ClosureReason.MOVED_AWAY, person_part="Pindah ke Kupang", remains="PPT Kupang")
    assert waiting(work, person) == []
    reopen_case(work, closed.id, "Kembali")
    assert waiting(work, person) == planned


def test_what_was_safe_in_a_closed_case_lets_nobody_go_home(work: Work, person: str) -> None:
    case = follow_up_of(work, person).waiting[0].case_id or ""
    close_case(work, case, ClosureReason.MOVED_AWAY, person_part="Pindah", remains="-")
    assert safety_of(work, person) is StepState.DONE
    open_case(work, person)
    assert safety_of(work, person) is StepState.OPEN
    home = {"placement": "family", "chosen_by": "person"}
    with pytest.raises(ReturnNotSafe):
        save_care(work, "placement", None, home, person_id=person)
    save_care(work, "return_safety", None, {"return_verdict": "safe"}, person_id=person)
    save_care(work, "placement", None, home, person_id=person)
    save_care(work, "return_safety", None, {"return_verdict": "not_safe"}, person_id=person)
    assert safety_of(work, person) is StepState.STOP
    with pytest.raises(ReturnNotSafe):
        save_care(work, "placement", None, home, person_id=person)


def safety_of(work: Work, person: str) -> StepState:
    return next(each.state for each in returning_of(work, person).steps if each.name == "safety")


def test_who_was_a_child_when_placed_needs_no_own_choice_later(work: Work) -> None:
    born = TODAY.replace(year=TODAY.year - 18)
    of_id = work.write(Person, None, name="Yosep Tefnai", birth_date=str(born))
    before = {"placed_on": str(TODAY - timedelta(1)), "placement": "institution", "chosen_by": "institution"}
    with pytest.raises(AdultPlacement):
        save_care(work, "placement", None, before | {"placed_on": str(TODAY)}, person_id=of_id)
    placed = save_care(work, "placement", None, before | {"child_agrees": True}, person_id=of_id)
    assert "own_choice" not in {each.name for each in returning_of(work, of_id).steps}
    save_care(work, "placement", placed.id, {"ended_on": str(TODAY)})
    with pytest.raises(AdultPlacement):
        save_care(work, "placement", placed.id, {"placed_on": str(TODAY), "ended_on": None})


def test_a_contact_is_recorded_and_corrected(work: Work, person: str) -> None:
    visit = follow_up_of(work, person).waiting[0]
    with pytest.raises(LoneVisit):
        record_follow_up(work, visit.id, {"follow_up_way": "visit"})
    made = record_follow_up(work, visit.id, {"follow_up_way": "phone", "mind_scale": 2, "done_on": "2026-11-20"})
    assert (made.id, made.planned_on, made.done_on, made.done_by) == (
        visit.id,
        visit.planned_on,
        "2026-11-20",
        work.volunteer,
    )
    assert record_follow_up(work, visit.id, {"mind_scale": 3}).done_on == "2026-11-20", "a correction is no new contact"
    extra = record_follow_up(work, None, {"follow_up_way": "phone"}, person_id=person)
    assert (extra.planned_on, extra.done_on) == (work.today, work.today)


def test_a_contact_is_put_off_with_a_reason_to_a_day_ahead(work: Work, person: str) -> None:
    visit = follow_up_of(work, person).waiting[0]
    later, over = str(TODAY + timedelta(40)), str(TODAY - timedelta(1))
    for day, reason, error in (
        (later, " ", FieldMissing),
        (over, "Sakit", ValueImpossible),
        ("2027-01", "Sakit", ValueImpossible),
    ):
        with pytest.raises(error):
            postpone_follow_up(work, visit.id, day, reason)
    postpone_follow_up(work, visit.id, later, "Rumah kosong")
    moved = postpone_follow_up(work, visit.id, str(TODAY + timedelta(50)), "Sakit")
    assert moved.planned_on == str(TODAY + timedelta(50))
    assert [line.partition(": ")[2] for line in (moved.missed_reason or "").split("\n")] == ["Rumah kosong", "Sakit"]
    record_follow_up(work, visit.id, {"follow_up_way": "phone"})
    with pytest.raises(ValueImpossible):
        postpone_follow_up(work, visit.id, later, "Sakit")
    assert date.fromisoformat(waiting(work, person)[0] or "") > TODAY
