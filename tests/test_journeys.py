# SPDX-License-Identifier: GPL-3.0-or-later
"""Journeys, the visits before them and the family that stays: real stores, one per module, undone after each test."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from store_tools import VOLUNTEER, scratch, trained_store

from trafficwatch.models.checks import ValueImpossible
from trafficwatch.models.migration import Journey, Procedural, Stage
from trafficwatch.models.people import Person
from trafficwatch.models.staff import Volunteer
from trafficwatch.registry.browse import resident_card
from trafficwatch.registry.checklists import departure_information, home_visit
from trafficwatch.registry.days import DayToCome
from trafficwatch.registry.journeys import (
    journey_card,
    save_journey,
    set_stage,
    warning_words,
)
from trafficwatch.registry.procedural import QUESTIONS_ABROAD
from trafficwatch.registry.recruiters import save_recruiter
from trafficwatch.registry.relatives import RelativeInput, relatives_of, save_relatives
from trafficwatch.registry.residents import CardInput, check_document, record_person, save_card
from trafficwatch.registry.steps import STEPS, BackBeforeLeaving, StageImpossible
from trafficwatch.registry.timeline import words
from trafficwatch.registry.touch import record_check_in
from trafficwatch.registry.visits import SHEET, save_visit, visits_of, what_is_missing
from trafficwatch.store.records import RecordUnknown
from trafficwatch.store.work import Store, Work
from trafficwatch.texts import LANGUAGES

TODAY = "2026-11-21"


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    with trained_store(tmp_path_factory.mktemp("journeys")) as found:
        with found.work() as work:
            work.write(Volunteer, VOLUNTEER, name="Maria Tefa")
        yield found


@pytest.fixture
def work(store: Store) -> Iterator[Work]:
    with scratch(store) as found:
        yield found


def person(work: Work, name: str = "Yohanis Bere", **fields: Any) -> str:
    return record_person(work, name=name, **{"birth_date": "1990-05-17", **fields}).person.id


def journey(work: Work, of: str | None = None, **fields: Any) -> Journey:
    return save_journey(work, of or person(work), {"stage": "plan", "destination_country": "MY", **fields})


# -- saving ------------------------------------------------------------------------------------------------------------


def test_a_form_writes_only_what_it_changes(work: Work) -> None:
    made = journey(work, employer="  Tuan   Lim ", transits={"1": "Batam", "2": "Johor"})
    assert (made.employer, made.destination_country) == ("Tuan Lim", "MY")
    before = work.info.counter
    assert save_journey(work, made.person_id or "", {"stage": "plan", "employer": "Tuan Lim"}, made.id) == made
    assert work.info.counter == before
    seen = {"transits": frozenset({"1", "2"})}
    after = save_journey(work, made.person_id or "", {"transits": {"2": "Johor Bahru"}}, made.id, seen)
    assert after.transits == {"2": "Johor Bahru"}


def test_somebody_elses_journey_is_refused(work: Work) -> None:
    made = journey(work)
    with pytest.raises(RecordUnknown):
        save_journey(work, person(work, "Orang Lain"), {"work": "kebun"}, made.id)


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"destination_country": "M1"}, ValueImpossible),
        ({"destination_country": "MYS"}, ValueImpossible),
        ({"check_in_days": 0}, ValueImpossible),
        ({"check_in_days": "30"}, ValueImpossible),
        ({"stage": "gone"}, ValueImpossible),
        ({"answers": {"passport": "maybe"}}, ValueImpossible),
        ({"stage": "departed", "departure_on": "2026-12"}, DayToCome),
        ({"stage": "returned", "departure_on": "2026-01", "returned_on": "2027"}, DayToCome),
        ({"stage": "returned", "departure_on": "2026-06", "returned_on": "2026-05-30"}, BackBeforeLeaving),
    ],
)
def test_what_cannot_be_is_refused_by_name(work: Work, fields: dict[str, Any], error: type[Exception]) -> None:
    with pytest.raises(error):
        journey(work, **fields)


def test_a_country_is_kept_in_capitals(work: Work) -> None:
    assert journey(work, destination_country=" my ").destination_country == "MY"


def test_answers_decide_whether_a_journey_is_procedural(work: Work) -> None:
    every = dict.fromkeys((question.code for question in QUESTIONS_ABROAD), "yes")
    made = journey(work, answers={"passport": "yes"})
    of = made.person_id or ""
    assert made.procedural == Procedural.UNKNOWN
    assert save_journey(work, of, {"answers": every}, made.id).procedural == Procedural.YES
    assert save_journey(work, of, {"answers": every | {"work_visa": "no"}}, made.id).procedural == Procedural.NO
    told = save_journey(work, of, {"answers": every, "procedural": "unknown"}, made.id)
    assert told.procedural == Procedural.UNKNOWN


# -- steps -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"stage": "departed", "departure_on": "2062-01-01"}, StageImpossible),
        ({"departure_on": "2062-01-01"}, DayToCome),
        ({"returned_on": "2026-01-01"}, BackBeforeLeaving),
        ({"destination_country": "Malaysia"}, ValueImpossible),
    ],
)
def test_the_form_of_a_card_keeps_the_rules_of_a_journey(
    work: Work, fields: dict[str, Any], error: type[Exception]
) -> None:
    person = record_person(work, name="Maria").person.id
    back = {"stage": "returned", "departure_on": "2026-02-01", "returned_on": "2026-10-01"}
    journey = save_journey(work, person, back)
    for card in (CardInput({}, fields, journey.id), CardInput({}, {**back, **fields})):
        if error is StageImpossible and card.journey_id is None:
            continue
        with pytest.raises(error):
            save_card(work, card, person)
    assert resident_card(work, person).journeys == (journey,)
    save_card(work, CardInput({}, {"answers": {"passport": "no"}, "destination_country": "my"}, journey.id), person)
    [kept] = resident_card(work, person).journeys
    assert (kept.procedural, kept.destination_country) == ("no", "MY")


@pytest.mark.parametrize("before", [stage for stage in Stage if STEPS[stage] != set(Stage)])
def test_only_legal_steps_are_taken(work: Work, before: Stage) -> None:
    of = person(work)
    for stage in Stage:
        made = journey(work, of, stage=before.value)
        if stage in STEPS[before] or stage == before:
            assert set_stage(work, made.id, stage).stage == stage
        else:
            with pytest.raises(StageImpossible):
                set_stage(work, made.id, stage)
            with pytest.raises(StageImpossible):
                save_journey(work, of, {"stage": stage.value}, made.id)


@pytest.mark.parametrize("nothing", [None, ""])
def test_a_stage_is_not_forgotten_so_that_any_other_may_follow(work: Work, nothing: str | None) -> None:
    of = person(work)
    made = journey(work, of, stage="returned", departure_on="2026-02-01", returned_on="2026-10-01")
    with pytest.raises(StageImpossible) as refused:
        save_journey(work, of, {"stage": nothing}, made.id)
    assert refused.value.params == {"before": "Sudah pulang", "after": "tahap belum diketahui"}
    with pytest.raises(StageImpossible):
        save_card(work, CardInput({}, {"stage": nothing}, made.id), of)
    unknown = journey(work, of, stage=None)
    assert save_journey(work, of, {"stage": nothing, "work": "kebun"}, unknown.id).stage is None


def test_nobody_returns_without_having_left() -> None:
    assert [stage for stage, after in STEPS.items() if stage and Stage.RETURNED in after] == [Stage.DEPARTED]
    assert STEPS[Stage.RETURNED] == frozenset()


@pytest.mark.parametrize(
    ("planned", "on", "left"),
    [
        (None, None, TODAY),
        ("2026-11-03", None, "2026-11-03"),
        ("2026-11", None, "2026-11"),
        ("2027-02-01", None, TODAY),
        ("2027-02-01", "2026-11-20", "2026-11-20"),
    ],
)
def test_leaving_sets_the_day(work: Work, planned: str | None, on: str | None, left: str) -> None:
    assert set_stage(work, journey(work, departure_on=planned).id, Stage.DEPARTED, on=on).departure_on == left


def test_coming_back_sets_the_day_and_comes_after_leaving(work: Work) -> None:
    made = journey(work, stage="departed", departure_on="2026-03-05")
    with pytest.raises(BackBeforeLeaving):
        set_stage(work, made.id, Stage.RETURNED, on="2026-03-04")
    with pytest.raises(DayToCome):
        set_stage(work, made.id, Stage.RETURNED, on="2026-11-22")
    assert set_stage(work, made.id, Stage.RETURNED).returned_on == TODAY


def test_postponing_keeps_until_when(work: Work) -> None:
    made = set_stage(work, journey(work, motive="upah").id, Stage.POSTPONED, until="2027-01")
    assert (made.stage, made.postponed_until, made.motive) == (Stage.POSTPONED, "2027-01", "upah")


# -- the card ----------------------------------------------------------------------------------------------------------


def test_the_card_tells_the_journey_in_the_order_of_its_days(work: Work) -> None:
    of = person(work)
    made = journey(work, of, stage="departed", departure_on="2026-09-01", expected_return_on="2028-09")
    other = journey(work, of)
    check_document(work, of, made.id, kind="passport", found="doubtful", checked_on="2026-08-20")
    check_document(work, of, other.id, kind="visa", found="false", checked_on="2026-08-21")
    save_visit(work, of, {"visited_on": "2026-08-25", "journey_id": made.id})
    record_check_in(work, made.id, {"tried_on": "2026-09-10", "outcome": "reached", "place": "Johor"})
    record_check_in(work, made.id, {"tried_on": "2026-10-20", "outcome": "no_answer"})
    card = journey_card(work, made.id)
    assert [(event.on, words(event, "en"), event.by) for event in card.timeline] == [
        ("2026-08-20", "Passport checked: Doubtful", "Maria Tefa"),
        ("2026-08-25", "Visit at home", "Maria Tefa"),
        ("2026-09-01", "Left", None),
        ("2026-09-10", "Keeping in touch: Spoke with the person, in Johor", "Maria Tefa"),
        ("2026-10-20", "Keeping in touch: No answer", "Maria Tefa"),
        ("2028-09", "Plans to come back", None),
    ]
    assert [paper.kind for paper in card.documents] == ["passport"]
    assert (card.standing.status, card.standing.last_place, card.person_name) == ("silent", "Johor", "Yohanis Bere")
    assert "doubtful_paper" in {each.code for each in card.warnings}


def test_the_card_finds_what_papers_say_otherwise(work: Work) -> None:
    of = person(work)
    made = journey(work, of)
    check_document(work, of, made.id, kind="passport", states={"birth_date": "1999-05-17"}, found="true")
    card = journey_card(work, made.id)
    assert [each.about for each in card.contradictions] == ["age"]
    assert card.warnings[0].code == "age_differs"


def test_what_went_wrong_with_others_of_a_recruiter_is_a_warning(work: Work) -> None:
    recruiter = save_recruiter(work, {"name": "Pak Anton", "phones": {"0812-3456-7890": ""}}).id
    made = journey(work, recruiter_id=recruiter)
    assert "recruiter_went_wrong" not in {each.code for each in journey_card(work, made.id).warnings}
    lost = journey(work, person(work, "Siti"), recruiter_id=recruiter, stage="departed", departure_on="2026-01-01")
    third = person(work, "Ana")
    phoned = journey(work, third, recruiter_phone="+62 812 3456 7890")
    check_document(work, third, phoned.id, kind="visa", found="false")
    card = journey_card(work, made.id)
    [warning] = [each for each in card.warnings if each.code == "recruiter_went_wrong"]
    assert (warning.weight, warning.params) == ("high", {"count": "2"})
    said = [warning_words(each, language) for each in card.warnings for language in LANGUAGES]
    assert len(set(said)) == 2 * len(card.warnings)
    assert any("2 tidak ada kabar" in why for _, why in said)
    found = {shared.kind: [each.id for each in shared.journeys] for shared in card.shared}
    assert found == {"recruiter": [lost.id], "phone": [phoned.id]}


def test_a_name_alone_is_pointed_out_and_no_warning(work: Work) -> None:
    made = journey(work, recruiter_name="Moh. Soelaiman")
    lost = journey(
        work, person(work, "Siti"), recruiter_name="H. Muhammad Sulaiman", stage="departed", departure_on="2026-01"
    )
    card = journey_card(work, made.id)
    [shared] = card.shared
    assert (shared.kind, [each.id for each in shared.journeys]) == ("name", [lost.id])
    assert "recruiter_went_wrong" not in {each.code for each in card.warnings}


def test_what_is_deleted_has_no_card(work: Work) -> None:
    of = person(work)
    made, gone = journey(work, of), journey(work, of)
    work.write(Journey, gone.id, deleted="other")
    with pytest.raises(RecordUnknown):
        journey_card(work, gone.id)
    work.write(Person, of, deleted="other")
    with pytest.raises(RecordUnknown):
        journey_card(work, made.id)


# -- visits ------------------------------------------------------------------------------------------------------------


def test_a_visit_says_what_is_missing(work: Work) -> None:
    of = person(work)
    asked = [item.code for item in home_visit().items]
    owed = [item.code for item in departure_information().items]
    ready = dict.fromkeys(asked[1:], "yes") | {asked[1]: "no"}
    visit = save_visit(work, of, {"readiness": ready, "explained": dict.fromkeys(owed[2:], True)})
    assert (visit.visited_on, visit.visited_by) == (TODAY, VOLUNTEER)
    assert what_is_missing(visit) == (*asked[:2], *owed[:2], SHEET)
    done = {
        "readiness": dict.fromkeys(asked, "yes"),
        "explained": dict.fromkeys(owed, True),
        "sheet_left": True,
    }
    assert what_is_missing(save_visit(work, of, done, visit.id)) == ()


def test_visits_come_with_the_latest_first(work: Work) -> None:
    of = person(work)
    days = ["2026-10-01", "2026-11-02", "2026-09-30", "2026-11"]
    for day in days:
        save_visit(work, of, {"visited_on": day})
    assert [visit.visited_on for visit in visits_of(work, of)] == ["2026-11-02", "2026-11", "2026-10-01", "2026-09-30"]


def test_a_visit_is_no_wish_and_nobody_elses(work: Work) -> None:
    of, made = person(work), journey(work)
    for fields, error in (
        ({"visited_on": "2026-11-22"}, DayToCome),
        ({"journey_id": made.id}, RecordUnknown),
        ({"readiness": {"x": "perhaps"}}, ValueImpossible),
    ):
        with pytest.raises(error):
            save_visit(work, of, fields)
    visit = save_visit(work, of, {})
    with pytest.raises(RecordUnknown):
        save_visit(work, made.person_id or "", {}, visit.id)


# -- the family --------------------------------------------------------------------------------------------------------


def test_relatives_are_saved_and_shown_on_both_cards(work: Work) -> None:
    of = person(work)
    made = journey(work, of)
    mother, child = (
        RelativeInput(None, {"name": "  Mama   Yuli ", "relation": "parent", "phone": "0812 1"}),
        RelativeInput(None, {"name": "Ana", "relation": "child", "depends_on_person": True}),
    )
    empty = RelativeInput(None, {"name": "", "relation": None, "lives_together": None})
    saved = save_relatives(work, of, (mother, child, empty))
    assert [each.name for each in saved] == ["Mama Yuli", "Ana"]
    before = work.info.counter
    assert save_relatives(work, of, [RelativeInput(saved[0].id, mother.fields)]) == saved
    assert work.info.counter == before
    save_relatives(work, of, [RelativeInput(saved[1].id, {"knows_of_journey": False})])
    assert [each.knows_of_journey for each in relatives_of(work, of)] == [None, False]
    assert resident_card(work, of).relatives == journey_card(work, made.id).relatives == relatives_of(work, of)
    with pytest.raises(RecordUnknown):
        save_relatives(work, person(work, "Orang Lain"), [RelativeInput(saved[0].id, {"name": "X"})])


def test_what_nobody_knows_of_a_skill_keeps_it(work: Work) -> None:
    of = record_person(work, name="Ana", skills={"menjahit": ""}, languages={"Inggris": "sedikit"}).person
    assert (of.skills, of.languages) == ({"menjahit": "-"}, {"Inggris": "sedikit"})
