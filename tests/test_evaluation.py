# SPDX-License-Identifier: GPL-3.0-or-later
"""The rules of early screening at their boundaries, each rule by name."""

from __future__ import annotations

import dataclasses
from itertools import product
from typing import TYPE_CHECKING

import pytest

from trafficwatch.models.screening import (
    Answer,
    Element,
    Finding,
    Form,
    Lookalike,
    Place,
    Reason,
    Risk,
    State,
    Subject,
    Track,
    UnknownCodeError,
    Value,
)
from trafficwatch.screening import questionnaires
from trafficwatch.screening.evaluation import evaluate

if TYPE_CHECKING:
    from trafficwatch.models.screening import Evaluation

QUESTIONNAIRE = questionnaires.get("screening@1")
RULES = questionnaires.rules("rules@1")
ADULT, CHILD, UNKNOWN_AGE = Subject(30), Subject(15), Subject()

CODES = {
    Element.PROSES: {State.INDICATED: "L-PRO-REC-1", State.STATED: "E-PRO-RECRUIT"},
    Element.CARA: {State.INDICATED: "L-CAR-DOC-1", State.STATED: "E-CAR-THREAT"},
    Element.TUJUAN: {State.INDICATED: "L-TUJ-1", State.STATED: "E-TUJ-LABOUR"},
}


def said(subject: Subject, *codes: str, **events: str) -> Evaluation:
    """Evaluate these codes answered yes; `events` gives codes (with _ for -) an event."""
    answers = {code: Answer(Value.YES) for code in codes}
    answers |= {code.replace("_", "-"): Answer(Value.YES, event=event) for code, event in events.items()}
    return evaluate(QUESTIONNAIRE, RULES, subject, answers)


COMBINATIONS = list(product(State, repeat=3))


def facts(proses: State, cara: State, tujuan: State) -> list[str]:
    states = zip(Element, (proses, cara, tujuan), strict=True)
    return [CODES[element][state] for element, state in states if state is not State.UNKNOWN]


def expected_of_adult(proses: State, cara: State, tujuan: State) -> Finding:
    if State.UNKNOWN not in {proses, cara, tujuan} and State.STATED in {cara, tujuan}:
        return Finding.SUSPECTED
    if State.INDICATED in {proses, cara, tujuan} or State.STATED in {cara, tujuan}:
        return Finding.NEEDS_CLARIFICATION
    return Finding.NOT_ENOUGH


def expected_of_child(proses: State, cara: State, tujuan: State) -> Finding:
    if State.UNKNOWN not in {proses, tujuan}:
        return Finding.SUSPECTED
    return expected_of_adult(proses, cara, tujuan)


@pytest.mark.parametrize(("proses", "cara", "tujuan"), COMBINATIONS)
def test_the_adult_path_in_every_combination(proses: State, cara: State, tujuan: State) -> None:
    found = said(ADULT, *facts(proses, cara, tujuan))
    assert found.track is Track.ADULT
    assert [found.elements[element].state for element in Element] == [proses, cara, tujuan]
    assert found.finding is expected_of_adult(proses, cara, tujuan)
    assert found.reasons == ()


@pytest.mark.parametrize(("proses", "cara", "tujuan"), COMBINATIONS)
def test_the_child_path_in_every_combination(proses: State, cara: State, tujuan: State) -> None:
    found = said(CHILD, *facts(proses, cara, tujuan))
    assert found.track is Track.CHILD
    assert found.finding is expected_of_child(proses, cara, tujuan)


@pytest.mark.parametrize(("proses", "cara", "tujuan"), COMBINATIONS)
def test_an_unknown_age_is_read_both_ways(proses: State, cara: State, tujuan: State) -> None:
    found = said(UNKNOWN_AGE, *facts(proses, cara, tujuan))
    adult, child = expected_of_adult(proses, cara, tujuan), expected_of_child(proses, cara, tujuan)
    assert found.track is Track.AGE_UNKNOWN
    assert found.finding is child
    is_only_as_child = child is Finding.SUSPECTED and adult is not Finding.SUSPECTED
    assert (Reason.ONLY_AS_CHILD in found.reasons) == is_only_as_child
    assert ("child_first" in found.duties) == (child is Finding.SUSPECTED)  # one thing more told takes no duty away


def test_a_child_with_no_means_is_suspected() -> None:
    found = said(Subject(17), "E-PRO-TRANSPORT", "E-TUJ-BEG")
    assert found.finding is Finding.SUSPECTED
    assert found.elements[Element.CARA].state is State.UNKNOWN
    assert found.forms == (Form.BEGGING,)


def test_eighteen_is_adult() -> None:
    assert said(Subject(18), "E-PRO-TRANSPORT", "E-TUJ-BEG").finding is Finding.NEEDS_CLARIFICATION


@pytest.mark.parametrize(
    "code", [entry.code for entry in QUESTIONNAIRE.entries if entry.kind in {"context", "general"}]
)
def test_context_and_general_signs_fill_no_element(code: str) -> None:
    found = said(ADULT, code)
    assert {result.state for result in found.elements.values()} == {State.UNKNOWN}
    is_general = QUESTIONNAIRE.entry(code).kind == "general"
    assert found.finding is (Finding.NEEDS_CLARIFICATION if is_general else Finding.NOT_ENOUGH)


def test_context_cannot_complete_the_adult_path() -> None:
    context = [entry.code for entry in QUESTIONNAIRE.entries if entry.kind == "context"]
    assert said(ADULT, "E-PRO-RECRUIT", "E-TUJ-LABOUR", *context).finding is Finding.NEEDS_CLARIFICATION
    assert said(CHILD, "E-PRO-RECRUIT", *context).finding is Finding.NOT_ENOUGH


def test_signs_alone_never_suspect_an_adult() -> None:
    signs = [entry.code for entry in QUESTIONNAIRE.entries if entry.kind in {"sign", "context", "general"}]
    assert said(ADULT, "E-PRO-RECRUIT", *signs).finding is Finding.NEEDS_CLARIFICATION


def test_being_recruited_and_carried_speaks_for_nothing() -> None:
    neutral = [entry.code for entry in QUESTIONNAIRE.entries if entry.term and entry.element is Element.PROSES]
    assert said(ADULT, *neutral).finding is Finding.NOT_ENOUGH


def test_elements_of_two_journeys_are_not_connected() -> None:
    found = said(ADULT, E_PRO_RECRUIT="2019", E_CAR_THREAT="2023", E_TUJ_LABOUR="2023")
    assert found.finding is Finding.NEEDS_CLARIFICATION
    assert found.reasons == (Reason.NOT_CONNECTED,)
    assert {result.state for result in found.elements.values()} == {State.STATED}
    assert said(ADULT, E_PRO_RECRUIT="2023", E_CAR_THREAT="2023", E_TUJ_LABOUR="2023").finding is Finding.SUSPECTED


def test_an_answer_without_event_belongs_to_every_journey() -> None:
    assert said(ADULT, "E-PRO-RECRUIT", E_CAR_THREAT="2023", E_TUJ_LABOUR="2023").finding is Finding.SUSPECTED
    assert said(ADULT, "E-PRO-RECRUIT", E_CAR_THREAT="2019", E_TUJ_LABOUR="2023").reasons == (Reason.NOT_CONNECTED,)


def test_one_connected_journey_is_enough() -> None:
    one = {"E_PRO_RECRUIT": "a", "E_CAR_THREAT": "a", "E_TUJ_LABOUR": "a"}
    assert said(ADULT, **one, L_PRO_REC_1="b", L_CAR_DOC_1="c").finding is Finding.SUSPECTED


def test_a_childs_act_and_purpose_must_be_connected_too() -> None:
    assert said(CHILD, E_PRO_RECRUIT="a", E_TUJ_BEG="b").reasons == (Reason.NOT_CONNECTED,)


def test_the_same_reused_fact_cannot_carry_two_elements() -> None:
    found = said(ADULT, "L-CAR-DEBT-1", "E-TUJ-LABOUR")
    assert found.elements[Element.PROSES].by == found.elements[Element.CARA].by == ("L-CAR-DEBT-1",)
    assert found.finding is Finding.NEEDS_CLARIFICATION
    assert found.reasons == (Reason.SAME_FACTS,)


def test_two_reused_facts_are_still_the_same_facts() -> None:
    assert said(ADULT, "L-CAR-DEBT-1", "L-CAR-THREAT-1", "E-TUJ-LABOUR").reasons == (Reason.SAME_FACTS,)


@pytest.mark.parametrize("own", ["L-PRO-REC-1", "E-PRO-RECRUIT", "L-CAR-DOC-1"])
def test_one_fact_of_its_own_is_enough(own: str) -> None:
    assert said(ADULT, "L-CAR-DEBT-1", "E-TUJ-LABOUR", own).finding is Finding.SUSPECTED


def test_facts_of_another_journey_are_no_own_facts() -> None:
    found = said(ADULT, L_CAR_DEBT_1="a", E_TUJ_LABOUR="a", L_PRO_REC_1="b")
    assert found.reasons == (Reason.SAME_FACTS,)


def three_elements_on_two_answers(*more: str) -> Evaluation:
    """X stands under PROSES and CARA, Y (told plainly) under CARA and TUJUAN."""
    places = {
        "E-PRO-RECRUIT": (Place(Element.PROSES, "recruitment"), Place(Element.CARA, "threat")),
        "E-TUJ-LABOUR": (Place(Element.CARA, "threat"), Place(Element.TUJUAN, "work", Form.LABOUR)),
    }
    entries = tuple(
        dataclasses.replace(entry, places=places.get(entry.code, entry.places)) for entry in QUESTIONNAIRE.entries
    )
    answers = {code: Answer(Value.YES) for code in (*places, *more)}
    return evaluate(dataclasses.replace(QUESTIONNAIRE, entries=entries), RULES, ADULT, answers)


def test_three_elements_cannot_rest_on_two_reused_facts() -> None:
    """Each two of them differ, and still no answer stands under one element alone."""
    assert three_elements_on_two_answers().reasons == (Reason.SAME_FACTS,)
    assert three_elements_on_two_answers("L-CAR-DOC-1").finding is Finding.SUSPECTED


def test_to_learn_that_someone_is_a_child_lowers_no_suspicion() -> None:
    """What is a purpose for children alone may turn an answer of PROSES into one of both: it was its own before."""
    places = {
        "L-PRO-REC-1": (Place(Element.PROSES, "recruitment"), Place(Element.TUJUAN, "work", Form.LABOUR, 17)),
        "L-TUJ-1": (Place(Element.PROSES, "recruitment"), Place(Element.TUJUAN, "work", Form.LABOUR)),
    }
    entries = tuple(
        dataclasses.replace(entry, places=places.get(entry.code, entry.places)) for entry in QUESTIONNAIRE.entries
    )
    changed = dataclasses.replace(QUESTIONNAIRE, entries=entries)
    answers = {code: Answer(Value.YES) for code in (*places, "E-CAR-THREAT")}
    for child in ({}, {"T-CHILD": Answer(Value.YES)}):
        assert evaluate(changed, RULES, UNKNOWN_AGE, answers | child).finding is Finding.SUSPECTED


def test_rules_without_own_facts_would_let_it_pass() -> None:
    loose = dataclasses.replace(RULES, own_facts=False)
    answers = {code: Answer(Value.YES) for code in ("L-CAR-DEBT-1", "E-TUJ-LABOUR")}
    assert evaluate(QUESTIONNAIRE, loose, ADULT, answers).finding is Finding.SUSPECTED


def test_a_childs_debt_is_a_purpose() -> None:
    assert said(CHILD, "E-PRO-RECRUIT", "E-CAR-DEBT").finding is Finding.SUSPECTED
    assert said(CHILD, "E-PRO-RECRUIT", "E-CAR-DEBT").forms == (Form.DEBT_BONDAGE,)
    grown = said(ADULT, "E-PRO-RECRUIT", "E-CAR-DEBT")
    assert grown.elements[Element.TUJUAN].state is State.UNKNOWN
    assert grown.forms == ()


@pytest.mark.parametrize("code", ["E-TUJ-HAZARD", "E-TUJ-UNDERAGE", "E-TUJ-ADOPT"])
def test_forms_of_a_child_alone_do_not_count_for_an_adult(code: str) -> None:
    assert said(Subject(17), "E-PRO-RECRUIT", code).finding is Finding.SUSPECTED
    assert said(UNKNOWN_AGE, "E-PRO-RECRUIT", "E-CAR-THREAT", code).reasons == (Reason.ONLY_AS_CHILD,)
    assert said(Subject(18), "E-PRO-RECRUIT", code).finding is Finding.NOT_ENOUGH


def test_bought_consent_is_a_means() -> None:
    assert said(ADULT, "E-PRO-RECRUIT", "E-CAR-PAID", "L-TUJ-1").finding is Finding.SUSPECTED


def test_who_says_to_be_grown_up_is_not_put_first_as_a_child() -> None:
    facts_of_a_child = {"E-PRO-RECRUIT": Answer(Value.YES), "E-TUJ-LABOUR": Answer(Value.YES)}
    assert "child_first" in evaluate(QUESTIONNAIRE, RULES, UNKNOWN_AGE, facts_of_a_child).duties
    grown_up = facts_of_a_child | {"T-CHILD": Answer(Value.NO)}
    assert "child_first" not in evaluate(QUESTIONNAIRE, RULES, UNKNOWN_AGE, grown_up).duties


def test_a_child_now_is_a_child_then() -> None:
    found = said(UNKNOWN_AGE, "T-CHILD")
    assert (found.track, found.risk, found.risk_by) == (Track.CHILD, Risk.HIGH, ("T-CHILD",))


def test_contradicting_ages_are_read_both_ways() -> None:
    found = said(ADULT, "T-CHILD", "E-PRO-RECRUIT", "E-TUJ-BEG")
    assert found.track is Track.AGE_UNKNOWN
    assert found.finding is Finding.SUSPECTED
    assert found.reasons == (Reason.AGE_CONTRADICTS, Reason.ONLY_AS_CHILD)
    assert "child_first" in said(ADULT, "T-CHILD").duties
    assert found.risk is Risk.HIGH


@pytest.mark.parametrize(
    ("answer", "risk"),
    [
        (None, Risk.HIGH),
        (Value.UNKNOWN, Risk.HIGH),
        (Value.DECLINED, Risk.HIGH),
        (Value.YES, Risk.HIGH),
        (Value.NO, Risk.LOW),
    ],
)
def test_a_child_is_at_high_risk_unless_grown_up_since(answer: Value | None, risk: Risk) -> None:
    found = evaluate(QUESTIONNAIRE, RULES, CHILD, {"T-CHILD": Answer(answer)} if answer else {})
    assert found.track is Track.CHILD
    assert found.risk is risk
    assert ("child_first" in found.duties) == (risk is Risk.HIGH)


@pytest.mark.parametrize("years", [14, 17, 20, None])
@pytest.mark.parametrize("answer", [None, *Value])
def test_a_birth_date_under_18_today_outweighs_a_bare_no(years: int | None, answer: Value | None) -> None:
    """A mis-keyed no must not make a child's danger vanish; what does not agree is said."""
    told = {"T-CHILD": Answer(answer)} if answer else {}
    found = evaluate(QUESTIONNAIRE, RULES, Subject(years, age_now=14), told)
    assert (found.risk, found.risk_by) == (Risk.HIGH, ("T-CHILD",))
    assert "child_first" in found.duties
    assert found.track is (Track.AGE_UNKNOWN if years == 20 else Track.CHILD)
    assert (Reason.AGE_CONTRADICTS in found.reasons) == (years == 20 or answer is Value.NO)


@pytest.mark.parametrize(("age_now", "risk"), [(17, Risk.HIGH), (18, Risk.LOW), (None, Risk.LOW)])
def test_a_child_then_who_may_be_grown_up_is_believed(age_now: int | None, risk: Risk) -> None:
    found = evaluate(QUESTIONNAIRE, RULES, Subject(15, age_now=age_now), {"T-CHILD": Answer(Value.NO)})
    assert (found.track, found.risk) == (Track.CHILD, risk)


@pytest.mark.parametrize("code", [entry.code for entry in QUESTIONNAIRE.entries if entry.risk])
def test_every_danger_makes_its_risk_and_stops_questions(code: str) -> None:
    found = said(ADULT, code)
    assert found.risk is QUESTIONNAIRE.entry(code).risk
    assert found.risk_by == (code,)
    assert found.next == ()
    assert found.duties[0] in {"report_now", "medical_help", "stay_near"}
    assert "report_now" in found.duties


def test_the_highest_danger_decides_and_all_are_named() -> None:
    found = said(ADULT, "T-LEAVE", "T-MEDICAL", "T-DEPEND", "T-SUICIDE")
    assert found.risk is Risk.HIGH
    assert found.risk_by == ("T-MEDICAL", "T-SUICIDE", "T-LEAVE", "T-DEPEND")
    assert found.duties[:3] == ("medical_help", "stay_near", "report_now")


def test_other_facts_do_not_make_a_risk() -> None:
    found = said(ADULT, "E-PRO-RECRUIT", "E-CAR-CONFINE", "E-TUJ-PROSTITUTION")
    assert (found.risk, found.risk_by) == (Risk.LOW, ())
    assert "report_now" not in found.duties


def test_a_danger_going_on_is_a_sign_of_its_element() -> None:
    found = said(CHILD, "E-PRO-RECRUIT", "T-SEXUAL")
    assert found.finding is Finding.SUSPECTED
    assert found.forms == (Form.SEXUAL,)
    assert said(ADULT, "T-MEDICAL", "T-SUICIDE", "T-FAMILY").finding is Finding.NOT_ENOUGH


def test_before_departure_nobody_need_have_been_exploited() -> None:
    found = said(ADULT, "E-PRO-RECRUIT", "E-CAR-FORGE", "C-BEFORE")
    assert found.attempt
    assert found.finding is Finding.NEEDS_CLARIFICATION
    assert "delay_departure" in found.duties


@pytest.mark.parametrize(
    ("codes", "attempt"),
    [
        (("C-BEFORE",), False),
        (("C-BEFORE", "E-PRO-RECRUIT"), False),
        (("C-BEFORE", "G-04"), True),
        (("T-LEAVE",), True),
        (("E-CAR-FORGE",), False),
    ],
)
def test_an_attempt_needs_something_that_speaks_for_it(codes: tuple[str, ...], attempt: bool) -> None:
    found = said(ADULT, *codes)
    assert found.attempt is attempt
    assert ("delay_departure" in found.duties) is attempt


def test_a_planned_purpose_before_departure_is_suspected() -> None:
    found = said(ADULT, "E-PRO-RECRUIT", "E-CAR-DECEIT", "E-TUJ-PROSTITUTION", "C-BEFORE")
    assert found.finding is Finding.SUSPECTED
    assert found.attempt


def test_look_alikes_are_named_until_the_elements_speak() -> None:
    alike = ("C-CROSS", "L-TUJ-1", "L-CAR-VULN-1")
    assert said(ADULT, *alike).lookalikes == tuple(Lookalike)
    assert said(ADULT, *alike, "E-PRO-TRANSPORT", "E-CAR-CONFINE").lookalikes == ()
    assert said(ADULT, "L-TUJ-2").lookalikes == (Lookalike.BAD_WORKING_CONDITIONS,)


def test_forms_stated_come_first_and_once() -> None:
    found = said(ADULT, "T-SEXUAL", "L-TUJ-1", "L-TUJ-2", "E-TUJ-CRIME")
    assert found.forms == (Form.ILLICIT_ACTIVITY, Form.SEXUAL, Form.LABOUR)


@pytest.mark.parametrize(
    ("codes", "duty", "other"),
    [
        (("E-PRO-RECRUIT",), "keep_in_touch", "may_report"),
        (("L-TUJ-1",), "may_report", "refer_to_ppt"),
        (("L-TUJ-1", "T-REACH"), "report_now", "may_report"),
        (("E-PRO-RECRUIT", "E-CAR-THREAT", "E-TUJ-LABOUR"), "refer_to_ppt", "keep_in_touch"),
    ],
)
def test_duties_follow_the_finding(codes: tuple[str, ...], duty: str, other: str) -> None:
    found = said(ADULT, *codes)
    assert duty in found.duties
    assert other not in found.duties
    assert found.duties[-1] == "first_aid"


def test_an_unknown_code_is_never_passed_over() -> None:
    with pytest.raises(UnknownCodeError):
        said(ADULT, "Q-1")
