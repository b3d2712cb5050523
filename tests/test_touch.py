# SPDX-License-Identifier: GPL-3.0-or-later
"""Keeping in touch, and the tasks that the register gives by rule: one store, undone after each test."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from store_tools import VOLUNTEER, scratch, trained_store

from trafficwatch.models.casework import Screening
from trafficwatch.models.checks import ValueImpossible
from trafficwatch.models.migration import Journey
from trafficwatch.models.people import Person
from trafficwatch.models.staff import Volunteer
from trafficwatch.registry.browse import leaving_soon
from trafficwatch.registry.check_ins import standing
from trafficwatch.registry.days import DayToCome
from trafficwatch.registry.journeys import save_journey
from trafficwatch.registry.recruiters import save_recruiter
from trafficwatch.registry.residents import agree_safe_contact, check_document, record_person
from trafficwatch.registry.tasks import ASK_AGAIN_DAYS, KINDS, Task, tasks, words
from trafficwatch.registry.touch import NotAway, check_ins_of, due, record_check_in, silent
from trafficwatch.registry.visits import save_visit
from trafficwatch.registry.warnings import WEIGHTS
from trafficwatch.store.records import FieldMissing
from trafficwatch.store.work import Store, Work

TODAY = date(2026, 11, 21)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    with trained_store(tmp_path_factory.mktemp("touch")) as found:
        with found.work() as work:
            work.write(Volunteer, VOLUNTEER, name="Maria Tefa")
        yield found


@pytest.fixture
def work(store: Store) -> Iterator[Work]:
    with scratch(store) as found:
        yield found


def ago(days: int) -> str:
    return (TODAY - timedelta(days)).isoformat()


def person(work: Work, name: str, **fields: Any) -> str:
    return record_person(work, name=name, **{"birth_date": "1990-05-17", **fields}).person.id


def away(work: Work, name: str = "Yohanis", since: str | None = None, **fields: Any) -> Journey:
    left = {"stage": "departed", "departure_on": since or ago(100), "destination_country": "MY"}
    return save_journey(work, person(work, name), left | fields)


def planned(work: Work, name: str, on: str | None, **fields: Any) -> Journey:
    kept = {"stage": "plan", "departure_on": on, "destination_country": "MY", "employer": "Tuan Lim"}
    return save_journey(work, person(work, name), kept | fields)


def tried(work: Work, journey: Journey, days: int, outcome: str = "reached", **fields: Any) -> None:
    record_check_in(work, journey.id, {"tried_on": ago(days), "outcome": outcome, **fields})


def back(work: Work, name: str) -> Journey:
    journey = away(work, name)
    return save_journey(work, journey.person_id or "", {"stage": "returned", "returned_on": ago(2)}, journey.id)


def waiting(work: Work) -> list[tuple[str, str]]:
    return [(row.name, row.standing.status) for row in due(work)]


# -- attempts ----------------------------------------------------------------------------------------------------------


def test_an_attempt_is_made_today_and_by_who_is_at_work(work: Work) -> None:
    journey = away(work)
    made = record_check_in(work, journey.id, {"outcome": "reached", "place": "Johor"})
    assert (made.tried_on, made.tried_by, made.person_id) == (TODAY.isoformat(), VOLUNTEER, journey.person_id)
    assert check_ins_of(work, journey.id) == (made,)


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({}, FieldMissing),
        ({"outcome": "reached", "tried_on": "2026-11-22"}, DayToCome),
        ({"outcome": "reached", "answers": {"paid": "often"}}, ValueImpossible),
    ],
)
def test_an_attempt_that_cannot_be_is_refused(work: Work, fields: dict[str, Any], error: type[Exception]) -> None:
    with pytest.raises(error):
        record_check_in(work, away(work).id, fields)


def test_nobody_is_away_before_leaving(work: Work) -> None:
    with pytest.raises(NotAway):
        record_check_in(work, planned(work, "Ana", None).id, {"outcome": "reached"})


# -- who is due --------------------------------------------------------------------------------------------------------


def test_the_most_worrying_come_first_then_who_has_waited_longest(work: Work) -> None:
    away(work, "Baru", ago(3))
    away(work, "Waktunya", ago(8))
    for name, heard in (("Terlambat", 40), ("Lebih terlambat", 45), ("Diam", 90), ("Tenang", 5)):
        tried(work, away(work, name), heard)
    in_vain, worried = away(work, "Tiga kali"), away(work, "Takut")
    tried(work, in_vain, 20)
    for days in (3, 2, 1):
        tried(work, in_vain, days, "no_answer")
    tried(work, worried, 1, answers={"afraid": "yes"})
    assert waiting(work) == [
        ("Diam", "silent"),
        ("Tiga kali", "silent"),
        ("Takut", "silent"),
        ("Lebih terlambat", "overdue"),
        ("Terlambat", "overdue"),
        ("Waktunya", "due"),
    ]
    assert [row.name for row in due(work, 2)] == ["Diam", "Tiga kali"]


def test_word_from_before_the_departure_counts_for_nothing(work: Work) -> None:
    tried(work, away(work, since=ago(10)), 20)
    assert waiting(work) == [("Yohanis", "due")]


def test_the_dead_the_deleted_and_those_at_home_are_left_alone(work: Work) -> None:
    dead, deleted, gone, home = (away(work, name) for name in ("Wafat", "Terhapus", "Salah catat", "Pulang"))
    record_person(work, dead.person_id, residency="dead")
    work.write(Person, deleted.person_id, deleted="other")
    work.write(Journey, gone.id, deleted="other")
    save_journey(work, home.person_id or "", {"stage": "returned", "returned_on": ago(1)}, home.id)
    save_journey(work, dead.person_id or "", {"stage": "plan", "departure_on": ago(-3)})
    assert waiting(work) == []
    assert tasks(work) == ()
    assert leaving_soon(work) == ()


def test_who_must_not_be_contacted_is_marked(work: Work) -> None:
    hushed, other = away(work, "Ana", ago(20)), away(work, "Siti", ago(21))
    agree_safe_contact(work, hushed.person_id or "", way="none", do_not_contact=True)
    agree_safe_contact(work, other.person_id or "", way="phone", do_not_contact=False)
    assert {row.name: row.do_not_contact for row in due(work)} == {"Ana": True, "Siti": False}
    [said] = [words(task) for task in tasks(work) if task.name == "Ana"]
    assert "jangan menghubungi dia maupun keluarganya" in said


def test_no_task_sends_anybody_to_who_must_not_be_contacted(work: Work) -> None:
    """Neither to the person nor to the family, whatever the task is."""
    tried(work, away(work, "Diam"), 90)
    away(work, "Waktunya", ago(8))
    tried(work, back(work, "Pulang"), 1, answers={"free": "no"})
    planned(work, "Anak", ago(-3), debts="utang ke agen")
    planned(work, "Kosong", ago(-3))
    planned(work, "Lewat", ago(40))
    planned(work, "Tunda", None, stage="postponed", postponed_until="2026-10")
    save_visit(work, person(work, "Janji"), {"visited_on": ago(30), "next_visit_on": ago(3)})
    assert {task.kind for task in tasks(work)} == set(KINDS)
    for each in work.records.select(Person):
        agree_safe_contact(work, each.id, way="none", do_not_contact=True)
    found = tasks(work)
    assert {task.kind for task in found} == set(KINDS) - {"visit_due"}
    for task in found:
        assert "jangan menghubungi dia maupun keluarganya" in words(task, "id")
        assert "do not contact this person or the family" in words(task, "en")
        assert "PPT" in words(task)


def test_leaving_out_what_is_in_order_changes_nothing(work: Work) -> None:
    chance = random.Random(5)
    made = []
    for number in range(50):
        since = chance.choice((ago(chance.randint(0, 60)), "2026-11", "2026-10~", "2026", None))
        rhythm = chance.choice((None, 1, 7, 90))
        journey = away(work, f"Orang {number}", "2026", departure_on=since, check_in_days=rhythm)
        for _ in range(chance.randint(0, 4)):
            on = chance.choice((ago(chance.randint(0, 120)), "2026-10", "2026-11~", "2026"))
            outcome = chance.choice(("reached", "family_heard", "declined", "no_answer", "number_dead"))
            answers = chance.choice(({}, {"paid": "yes"}, {"paid": "no"}, {"afraid": "unknown"}))
            record_check_in(work, journey.id, {"tried_on": on, "outcome": outcome, "answers": answers})
        made.append(journey)
    expected = {each.id: standing(each, check_ins_of(work, each.id), TODAY) for each in made}
    found = {row.journey_id: row.standing for row in due(work)}
    assert found == {of: said for of, said in expected.items() if said.status in {"due", "overdue", "silent"}}
    assert 20 < len(found) < 50
    quiet = {of for of, said in expected.items() if said.status == "silent"}
    assert silent(work, [each.id for each in made[:25]]) == quiet & {each.id for each in made[:25]}
    assert silent(work, []) == set()


# -- tasks -------------------------------------------------------------------------------------------------------------


def kinds(work: Work) -> list[tuple[str, str, str]]:
    return [(task.kind, task.name, task.weight) for task in tasks(work)]


def test_silence_becomes_a_task_to_report(work: Work) -> None:
    journey = away(work)
    tried(work, journey, 90)
    [task] = tasks(work)
    assert (task.kind, task.journey_id, task.person_id, task.on) == (
        "report_silence",
        journey.id,
        journey.person_id,
        ago(90),
    )
    assert words(task, "en") == "No word from Yohanis since 23 August 2026: report it"
    tried(work, journey, 0)
    assert tasks(work) == ()


def test_an_unsafe_departure_comes_before_all_that_can_wait(work: Work) -> None:
    safe = planned(work, "Lengkap", ago(-20), contract_kind="read_and_signed")
    check_document(work, safe.person_id or "", safe.id, kind="passport", found="true")
    doubtful = planned(work, "Ragu", ago(-20))
    check_document(work, doubtful.person_id or "", doubtful.id, kind="passport", found="unchecked")
    planned(work, "Berutang", "2026-12", debts="lima juta", debt_to="agen")
    planned(work, "Kosong", ago(-10))
    planned(work, "Masih lama", ago(-200), debts="lima juta", debt_to="agen")
    planned(work, "Sudah lewat", ago(5))
    for name in ("Lengkap", "Ragu", "Berutang", "Kosong"):
        [of] = [each for each in work.records.select(Person) if each.name == name]
        save_visit(work, of.id, {})
    away(work, "Jauh", ago(8))
    assert kinds(work) == [
        ("leaving_unsafe", "Berutang", "high"),
        ("departure_passed", "Sudah lewat", "medium"),
        ("papers", "Kosong", "medium"),
        ("papers", "Ragu", "medium"),
        ("check_in", "Jauh", "note"),
    ]
    assert tasks(work)[0].params["codes"] == "debt_to_recruiter"


def test_a_recruiter_whose_other_journey_went_silent_makes_leaving_unsafe(work: Work) -> None:
    recruiter, other = (save_recruiter(work, {"name": name}).id for name in ("Pak Anton", "Bu Rina"))
    away(work, "Hilang", "2026-01", recruiter_id=recruiter)
    planned(work, "Ikut", ago(-9), recruiter_id=recruiter)
    planned(work, "Tidak ikut", ago(-9), recruiter_id=other)
    unsafe = [task for task in tasks(work) if task.kind == "leaving_unsafe"]
    assert [(task.name, task.params) for task in unsafe] == [("Ikut", {"codes": "recruiter_went_wrong"})]


@pytest.mark.parametrize("on", ["2026-11-21", "2026-12-21", "2026-11", "2026-12", "2026", "2027-01~", "2028~"])
def test_a_departure_that_may_be_near_wants_a_visit(work: Work, on: str) -> None:
    planned(work, "Ana", on)
    assert ("visit_due", "Ana", "medium") in kinds(work)


@pytest.mark.parametrize("on", ["2026-11-20", "2026-12-22", "2026-10", "2027-01", "2027", "2032~", "2020~", None])
def test_a_departure_that_is_not_near_wants_none(work: Work, on: str | None) -> None:
    planned(work, "Ana", on)
    assert ("visit_due", "Ana", "medium") not in kinds(work)


def test_visits_that_were_agreed_are_due_until_they_are_made(work: Work) -> None:
    of = person(work, "Ana")
    save_visit(work, of, {"visited_on": ago(30), "next_visit_on": ago(3)})
    save_visit(work, person(work, "Siti"), {"visited_on": ago(30), "next_visit_on": ago(-3)})
    postponed = planned(work, "Budi", ago(30), stage="postponed", postponed_until="2026-11")
    planned(work, "Citra", ago(30), stage="postponed", postponed_until="2027-01")
    found = [(task.name, task.params["why"], task.journey_id) for task in tasks(work)]
    assert found == [("Budi", "postponed", postponed.id), ("Ana", "agreed", None)]
    save_visit(work, of, {"visited_on": ago(1)})
    assert [task.name for task in tasks(work)] == ["Budi"]


def test_signs_of_danger_need_no_day_of_leaving(work: Work) -> None:
    planned(work, "Berutang", None, debts="lima juta", debt_to="agen")
    child = save_journey(work, person(work, "Anak", birth_date="2012"), {"destination_country": "MY"})
    planned(work, "Tenang", None)
    agreed = save_recruiter(work, {"name": "Pak Anton"}).id
    planned(work, "Ikut", None, recruiter_id=agreed)
    assert kinds(work) == [("leaving_unsafe", "Anak", "high"), ("leaving_unsafe", "Berutang", "high")]
    away(work, "Hilang", "2026-01", recruiter_id=agreed)
    found = [task for task in tasks(work) if task.kind == "leaving_unsafe"]
    assert [task.name for task in found] == ["Anak", "Berutang", "Ikut"]
    assert (found[0].journey_id, found[0].on, found[0].params["why"]) == (child.id, None, "no_day")
    assert "harinya belum diketahui" in words(found[0], "id")


def test_a_journey_postponed_without_a_day_is_asked_about_again(work: Work) -> None:
    journey = planned(work, "Tunda", None, stage="postponed")
    [task] = tasks(work)
    assert (task.kind, task.journey_id, task.on) == ("visit_due", journey.id, None)
    assert "harinya belum ditentukan" in words(task, "id")
    save_visit(work, journey.person_id or "", {"visited_on": ago(ASK_AGAIN_DAYS)})
    assert kinds(work) == [("visit_due", "Tunda", "medium")]
    save_visit(work, journey.person_id or "", {"visited_on": ago(ASK_AGAIN_DAYS - 1)})
    assert tasks(work) == ()


def test_a_worrying_word_is_not_forgotten_with_the_return(work: Work) -> None:
    journey = back(work, "Pulang")
    tried(work, journey, 9, answers={"free": "no", "paid": "yes"})
    tried(work, journey, 3, "no_answer")
    [task] = tasks(work)
    assert (task.kind, task.weight, task.on, task.journey_id) == ("report_silence", "high", ago(9), journey.id)
    assert "relawan terlatih" in words(task, "id")
    about = {"person_id": journey.person_id, "questionnaire": "early", "screened_by": VOLUNTEER}
    work.write(Screening, None, **about, screened_on=ago(10))
    assert len(tasks(work)) == 1
    tried(work, journey, 1, answers={"free": "yes"})
    assert tasks(work) == ()
    tried(work, journey, 1, answers={"afraid": "yes"})
    assert len(tasks(work)) == 1
    work.write(Screening, None, **about, screened_on=ago(1))
    assert tasks(work) == ()


def test_a_visit_from_before_the_journey_is_no_visit_for_it(work: Work) -> None:
    of = person(work, "Ana")
    save_visit(work, of, {"visited_on": "2019-05-02"})
    save_journey(work, of, {"stage": "plan", "departure_on": ago(-9)})
    assert ("visit_due", "Ana", "medium") in kinds(work)
    save_visit(work, of, {"visited_on": ago(0)})
    assert ("visit_due", "Ana", "medium") not in kinds(work)


def test_every_task_has_words_in_both_languages(work: Work) -> None:
    tried(work, away(work, "Diam"), 90)
    away(work, "Tanpa kabar", "2025")
    tried(work, away(work, "Takut"), 1, answers={"afraid": "yes"})
    save_journey(work, person(work, "Entah"), {"stage": "departed"})
    away(work, "Waktunya", ago(8))
    planned(work, "Anak", ago(-3), debts="utang ke agen")
    planned(work, "Kosong", ago(-3))
    ready = planned(work, "Ragu", ago(-20))
    check_document(work, ready.person_id or "", ready.id, kind="passport", found="unchecked")
    planned(work, "Lewat", ago(40))
    planned(work, "Tunda", None, stage="postponed", postponed_until="2026-10")
    save_visit(work, person(work, "Janji"), {"visited_on": ago(30), "next_visit_on": ago(3)})
    found = tasks(work)
    assert {task.kind for task in found} == set(KINDS)
    for task in found:
        assert task.name in words(task, "id")
        assert words(task, "id") != words(task, "en")


def test_tasks_go_by_weight_then_kind_then_day(work: Work) -> None:
    for number in range(3):
        tried(work, away(work, f"Diam {number}", "2025"), 90 + number)
        planned(work, f"Kosong {number}", ago(-3 - number))

    def order(task: Task) -> tuple[int, int]:
        return WEIGHTS.index(task.weight), KINDS.index(task.kind)

    found = tasks(work)
    assert [order(task) for task in found] == sorted(order(task) for task in found)
    assert [task.name for task in found[:3]] == ["Diam 2", "Diam 1", "Diam 0"]
