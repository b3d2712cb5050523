# SPDX-License-Identifier: GPL-3.0-or-later
"""The follow-up: its days cover what the law asks, two laptops plan the same, what was done is not planned away."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from store_tools import MORNING, helper_store, scratch, trained_store

from trafficwatch.casework.follow_ups import due_soon, follow_up_of, overdue, plan_follow_ups, progress
from trafficwatch.casework.following import (
    EVERY_DAYS,
    LEAST_MONTHS,
    Hold,
    Rule,
    beginning,
    holding,
    open_ones,
    plan,
    rule_of,
    stopping,
    worries,
)
from trafficwatch.models.aftercare import (
    CarePolicy,
    DangerSign,
    FollowUp,
    FollowUpItem,
    FollowUpStart,
    Placement,
    ReturnStep,
)
from trafficwatch.models.care import Closure
from trafficwatch.models.casework import CaseRecord
from trafficwatch.models.people import Person, Residency, SafeContact
from trafficwatch.models.staff import Training, Volunteer
from trafficwatch.models.tables import RECORD_TABLES
from trafficwatch.store.sealing import CaseKeyNeeded
from trafficwatch.store.work import Store, Work
from trafficwatch.sync.merge import merge_records

TODAY = MORNING.date()
STARTS = st.dates(date(2000, 1, 1), date(2090, 1, 1))
MONTHS, DAYS = st.integers(-3, 40), st.integers(-3, 400)
NAME = "Rosalinda Tefnai"


# -- the days ----------------------------------------------------------------------------------------------------------


def six_months_after(day: date) -> date:
    """Counted by hand: the same day of the month, or the last one that there is."""
    year, month = (day.year, day.month + 6) if day.month <= 6 else (day.year + 1, day.month - 6)
    for last in range(day.day, 0, -1):
        try:
            return date(year, month, last)
        except ValueError:
            continue
    raise AssertionError


@given(STARTS, MONTHS, DAYS)
def test_the_days_cover_six_months_without_a_gap(start: date, months: int, days: int) -> None:
    found = plan(start, months, days)
    assert found[-1] >= six_months_after(start)
    if months <= LEAST_MONTHS:
        assert found[-1] == six_months_after(start)
    assert all(timedelta(0) < later - day <= timedelta(max(days, 1)) for day, later in pairwise((start, *found)))


@given(STARTS, st.integers(0, 400))
def test_a_start_that_is_not_known_well_still_has_six_months(start: date, unsure: int) -> None:
    latest = start + timedelta(unsure)
    found = plan(start, 6, 30, latest)
    assert found[-1] >= six_months_after(latest)
    assert found[0] - start <= timedelta(30), "and the first contact does not wait for what is not known"


def test_the_newest_rule_of_the_ppt_counts_but_never_for_less_than_six_months() -> None:
    old = CarePolicy(id="a", set_on="2026-01-01", follow_up_start="return", follow_up_months=9, follow_up_days=14)
    new = CarePolicy(id="b", set_on="2026-03-01", follow_up_start="return", follow_up_months=3, follow_up_days=0)
    newer_version = replace(new, set_on="2026-04-01", follow_up_start="the_moon", follow_up_months=2**40)
    assert rule_of([]) == Rule(FollowUpStart.REINTEGRATION, 6, 30)
    assert rule_of([new, old]) == Rule(FollowUpStart.RETURN, LEAST_MONTHS, EVERY_DAYS)
    assert rule_of([old]) == Rule(FollowUpStart.RETURN, 9, 14)
    assert rule_of([newer_version]).start is FollowUpStart.REINTEGRATION
    assert plan(TODAY, rule_of([newer_version]).months, 30)


def test_the_rule_says_which_day_counts() -> None:
    placed = Placement(id="p", placed_on="2026-03-10", reintegration_on="2026-04-01")
    again = Placement(id="q", placed_on="2026-08")
    home = ReturnStep(id="s", step="journey_home", done_on="2026-03-08")
    other = ReturnStep(id="o", step="livelihood", done_on="2026-09-08")
    by_return, by_reintegration = Rule(FollowUpStart.RETURN), Rule(FollowUpStart.REINTEGRATION)

    def since(rule: Rule, placements: list[Placement], steps: list[ReturnStep]) -> str:
        found = beginning(rule, placements, steps)
        return found.on.edtf if found else ""

    assert since(by_reintegration, [placed], [home, other]) == "2026-04-01"
    assert since(by_return, [placed], [home, other]) == "2026-03-08"
    assert since(by_return, [placed], [other]) == "2026-03-10"
    assert since(by_reintegration, [], [home]) == "2026-03-08"
    assert since(by_reintegration, [again, placed], []) == "2026-08"
    assert since(by_return, [], [other]) == ""


def test_a_contact_settles_what_was_planned_before() -> None:
    first, second, third = (FollowUp(id=day, planned_on=f"2026-0{day}-01") for day in "123")
    early = FollowUp(id="x", planned_on="2026-02-03", done_on="2026-02-03")
    assert open_ones([third, second, first]) == [first, second, third]
    assert open_ones([third, second, first, early]) == [third]


def test_what_asks_for_help_at_once() -> None:
    assert worries({"no_stigma": "partly", "free_of_trafficking": "unknown", "health": "no"}, {"gone": False}) == ()
    assert worries({"no_stigma": "no", "free_of_trafficking": "no"}, {"gone": True}) == (
        FollowUpItem.FREE_OF_TRAFFICKING,
        FollowUpItem.NO_STIGMA,
        DangerSign.GONE,
    )


def test_an_item_holds_when_the_last_two_contacts_say_so() -> None:
    def visits(*said: str) -> list[FollowUp]:
        return [FollowUp(id=str(n), done_on=f"2026-0{n}-01", items={"health": each}) for n, each in enumerate(said, 1)]

    assert holding(visits("no", "yes", "not_needed"))[FollowUpItem.HEALTH] is Hold.HOLDS
    assert holding(visits("yes", "unknown", "yes"))[FollowUpItem.HEALTH] is Hold.HOLDS
    assert holding(visits("yes", "yes", "partly"))[FollowUpItem.HEALTH] is Hold.NOT_YET
    assert holding(visits("yes"))[FollowUpItem.HEALTH] is Hold.NOT_YET, "one good day is no recovery"
    assert holding(visits("unknown"))[FollowUpItem.HEALTH] is Hold.UNSAID
    assert holding(visits("yes", "yes"))[FollowUpItem.LEGAL] is Hold.UNSAID


@pytest.mark.parametrize("reason", ["recovered", "unreachable", "other", None])
def test_other_closures_do_not_end_it(reason: str | None) -> None:
    assert stopping([Closure(id="a", closed_on="2026-03-01", reason=reason)]) is None
    moved = Closure(id="b", closed_on="2026-03-01", reason="moved_away")
    assert stopping([moved]) is moved
    assert stopping([replace(moved, reopened_on="2026-04-01")]) is None


# -- in the store ------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    with trained_store(tmp_path_factory.mktemp("following")) as found:
        with found.work() as work:
            trained = {"volunteer_id": work.volunteer, "kind": "tppo_training", "completed_on": "2025"}
            work.write(Volunteer, work.volunteer, name="Maria Tefa")
            work.write(Training, None, **trained)
        yield found


@pytest.fixture
def work(store: Store) -> Iterator[Work]:
    with scratch(store) as found:
        yield found


def someone(work: Work, **placed: Any) -> str:
    """Somebody with a case who came home, today unless the fields say otherwise."""
    person = work.write(Person, None, name=NAME)
    about = {"person_id": person, "opened_by": work.volunteer, "opened_on": "2026-01-02"}
    case = work.write(CaseRecord, None, code="TW-0001", **about)
    fields = {"placement": "family", "chosen_by": "person", "placed_on": work.today, **placed}
    work.write(Placement, None, person_id=person, case_id=case, **fields)
    return person


def planned(work: Work, person: str) -> dict[str, str | None]:
    """Day that is planned -> when it was done, of what is there."""
    found = work.records.select(FollowUp, RECORD_TABLES["follow_up"].c.person_id == person)
    return {each.planned_on or "": each.done_on for each in found}


def test_what_is_planned_is_planned_once(work: Work) -> None:
    person = someone(work)
    schedule = plan_follow_ups(work, person)
    assert schedule is not None
    assert schedule.until == six_months_after(TODAY)
    assert set(planned(work, person)) == {day.isoformat() for day in plan(TODAY, 6, 30)}
    written, counter = planned(work, person), work.info.counter
    assert not follow_up_of(work, person).is_outdated
    plan_follow_ups(work, person)
    assert (planned(work, person), work.info.counter) == (written, counter)
    assert {each.case_id for each in work.records.select(FollowUp)} == {schedule.beginning.case_id}


def test_nobody_is_followed_up_before_coming_home(work: Work) -> None:
    person = work.write(Person, None, name=NAME)
    assert plan_follow_ups(work, person) is None
    assert planned(work, person) == {}


def test_another_start_plans_anew_and_leaves_what_was_done_or_put_off(work: Work) -> None:
    person = someone(work, placed_on="2026-09-01")
    plan_follow_ups(work, person)
    first, second, third, *_ = open_ones(work.records.select(FollowUp))
    work.write(FollowUp, first.id, done_on="2026-10-02", done_by=work.volunteer)
    work.write(FollowUp, third.id, planned_on="2026-12-24", missed_reason="Rumah kosong")
    [placement] = work.records.select(Placement)
    work.write(Placement, placement.id, reintegration_on="2026-10-20")

    assert follow_up_of(work, person).is_outdated
    plan_follow_ups(work, person)
    there = planned(work, person)
    assert there[first.planned_on or ""] == "2026-10-02"
    assert "2026-12-24" in there
    assert second.planned_on not in there
    assert set(there) == {first.planned_on, "2026-12-24", *(str(day) for day in plan(date(2026, 10, 20), 6, 30))}

    work.write(Placement, placement.id, reintegration_on=None)
    plan_follow_ups(work, person)
    assert second.planned_on in planned(work, person), "what is planned again comes back"


@pytest.mark.parametrize("reason", ["died", "own_wish", "moved_away", "handed_on"])
def test_it_ends_by_death_move_or_wish_and_goes_on_when_reopened(work: Work, reason: str) -> None:
    person = someone(work, placed_on="2026-09-01")
    plan_follow_ups(work, person)
    before = planned(work, person)
    [case] = work.records.select(CaseRecord)
    about = {"person_id": person, "case_id": case.id, "closed_by": work.volunteer, "closed_on": work.today}
    closed = work.write(Closure, None, reason=reason, **about)
    assert plan_follow_ups(work, person) is None
    assert planned(work, person) == {}
    assert overdue(work) == ()
    assert follow_up_of(work, person).is_stopped
    work.write(Closure, closed, reopened_on=work.today)
    plan_follow_ups(work, person)
    assert planned(work, person) == before


def test_two_laptops_plan_the_same(store: Store) -> None:
    """And a contact that one made while the other changed the plan is not lost."""
    with scratch(store) as work:
        person = someone(work, placed_on="2026-09-01")
        counter = work.info.counter

        def states() -> dict[str, Any]:
            return {each.id: each for each in work.records.states("follow_up")}

        with work.tried():
            plan_follow_ups(work, person)
            one = states()
        with work.tried():
            work.info = replace(work.info, device="b" * 16, counter=counter + 7)
            plan_follow_ups(work, person)
            other = states()
        assert one.keys() == other.keys()
        assert one != other, "both wrote for themselves"
        for of_id, state in one.items():
            merged = merge_records(state, other[of_id])
            assert not any(field.differs for field in merged.fields.values())
            work.take_in(merged, work.info.code)
        assert set(planned(work, person)) == {str(day) for day in plan(date(2026, 9, 1), 6, 30)}

        first = open_ones(work.records.select(FollowUp))[0]
        [placement] = work.records.select(Placement)
        with work.tried():
            work.info = replace(work.info, device="b" * 16, counter=counter + 99)
            work.write(FollowUp, first.id, done_on="2026-10-01", done_by=work.volunteer)
            done = states()[first.id]
        work.write(Placement, placement.id, reintegration_on="2026-11-01")
        plan_follow_ups(work, person)
        work.take_in(merge_records(states()[first.id], done), work.info.code)
        assert first.planned_on not in planned(work, person)
        plan_follow_ups(work, person)
        assert planned(work, person)[first.planned_on or ""] == "2026-10-01"


def test_who_waits_longest_stands_first_and_once(work: Work) -> None:
    late = someone(work, placed_on="2026-06-01")
    soon = someone(work, placed_on=str(TODAY - timedelta(25)))
    someone(work)
    work.write(SafeContact, None, person_id=late, do_not_contact=True)
    for person in (late, soon):
        plan_follow_ups(work, person)
    [row] = overdue(work)
    assert (row.person_id, row.name, row.planned_on) == (late, NAME, str(plan(date(2026, 6, 1), 6, 30)[0]))
    assert row.late == (TODAY - date.fromisoformat(row.planned_on)).days
    assert row.contact is not None
    assert row.contact.do_not_contact
    assert [each.person_id for each in due_soon(work)] == [soon]

    made = open_ones(work.records.select(FollowUp, RECORD_TABLES["follow_up"].c.person_id == late))[0]
    work.write(FollowUp, made.id, done_on=work.today, done_by=work.volunteer)
    assert overdue(work) == ()
    assert {each.planned_on for each in follow_up_of(work, late).missed} == {
        str(day) for day in plan(date(2026, 6, 1), 6, 30)[1:-1]
    }
    work.write(FollowUp, made.id, done_on=None)
    work.write(Person, late, residency=Residency.DEAD.value)
    assert overdue(work) == ()


def test_the_course_in_the_order_of_days(work: Work) -> None:
    person = someone(work)
    for day, mind in (("2026-11-20", 4), ("2026-10-02", 2)):
        about = {"person_id": person, "planned_on": day, "done_on": day}
        work.write(FollowUp, None, mind_scale=mind, danger_signs={"gone": True, "threatened": False}, **about)
    course = progress(work, person)
    assert [(str(point.day), point.scales["mind"], point.scales["social"]) for point in course] == [
        ("2026-10-02", 2, None),
        ("2026-11-20", 4, None),
    ]
    assert course[0].danger_signs == ("gone",)


def test_the_untrained_see_that_a_contact_is_due_and_nothing_else(tmp_path: Path) -> None:
    with trained_store(tmp_path) as store, store.work() as work:
        person = work.write(Person, None, name=NAME)
        planned_for = {"person_id": person, "planned_on": "2026-11-01"}
        work.write(FollowUp, None, missed_reason="Rumah kosong", mind_scale=2, **planned_for)
    with helper_store(store.folder) as opened, opened.work() as work:
        [row] = overdue(work)
        assert (row.name, row.planned_on, row.late) == (NAME, "2026-11-01", 20)
        found = follow_up_of(work, person)
        assert [each.missed_reason for each in found.waiting] == [None]
        assert found.schedule is None
        with pytest.raises(CaseKeyNeeded):
            plan_follow_ups(work, person)
