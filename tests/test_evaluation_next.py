# SPDX-License-Identifier: GPL-3.0-or-later
"""Which questions come next, and the practice cases that come with the program."""

from __future__ import annotations

import dataclasses
import json
from typing import TYPE_CHECKING

import pytest

from trafficwatch.models.screening import (
    Answer,
    Element,
    Finding,
    Form,
    Lookalike,
    Risk,
    Sex,
    State,
    Subject,
    Track,
    Value,
)
from trafficwatch.resources import resource
from trafficwatch.screening import questionnaires, wire
from trafficwatch.screening.evaluation import evaluate

if TYPE_CHECKING:
    from trafficwatch.models.screening import Evaluation

QUESTIONNAIRE = questionnaires.get("screening@1")
RULES = questionnaires.rules("rules@1")
ADULT, CHILD, UNKNOWN_AGE = Subject(30), Subject(15), Subject()
SAFE = {entry.code: Answer(Value.NO) for entry in QUESTIONNAIRE.entries if entry.risk}


def said(subject: Subject, *codes: str) -> Evaluation:
    return evaluate(QUESTIONNAIRE, RULES, subject, {code: Answer(Value.YES) for code in codes})


def practice(name: str) -> Evaluation:
    document = wire.read(resource("practice", f"{name}.json").read_bytes())
    return evaluate(document.questionnaire, RULES, document.subject, document.answers)


def asked_next(subject: Subject, *codes: str) -> tuple[str, ...]:
    answers = SAFE | {code: Answer(Value.YES) for code in codes}
    return evaluate(QUESTIONNAIRE, RULES, subject, answers).next


def test_dangers_are_asked_first() -> None:
    assert said(ADULT).next == ("T-HURT", "T-HELD", "T-MEDICAL", "T-SUICIDE", "T-REACH")
    assert said(UNKNOWN_AGE).next[0] == "T-CHILD"


def test_then_the_elements_are_asked_in_turn() -> None:
    assert asked_next(ADULT) == ("E-PRO-RECRUIT", "E-CAR-DECEIT", "E-TUJ-LABOUR", "E-PRO-TRANSPORT", "E-CAR-THREAT")
    assert asked_next(CHILD)[:4] == ("E-PRO-RECRUIT", "E-TUJ-LABOUR", "E-PRO-TRANSPORT", "E-TUJ-SERVITUDE")


def test_a_sign_calls_for_its_direct_question() -> None:
    assert asked_next(ADULT, "E-PRO-RECRUIT", "L-CAR-DEBT-1")[:2] == ("E-CAR-DEBT", "E-CAR-PAID")
    assert asked_next(ADULT, "E-PRO-RECRUIT", "G-09")[0] == "L-CAR-ISO-3"


def test_signs_are_asked_when_the_direct_questions_are_through() -> None:
    answers = SAFE | {entry.code: Answer(Value.UNKNOWN) for entry in QUESTIONNAIRE.entries if entry.kind == "element"}
    found = evaluate(QUESTIONNAIRE, RULES, ADULT, answers)
    assert found.next[:3] == ("L-PRO-REC-1", "L-CAR-THREAT-2", "L-TUJ-1")


def test_a_suspicion_asks_no_more_than_the_dangers() -> None:
    assert asked_next(ADULT, "E-PRO-RECRUIT", "E-CAR-THREAT", "E-TUJ-LABOUR") == ()
    assert said(ADULT, "E-PRO-RECRUIT", "E-CAR-THREAT", "E-TUJ-LABOUR").next[0] == "T-HURT"


def test_a_suspicion_that_hangs_on_the_age_asks_for_the_means() -> None:
    assert asked_next(UNKNOWN_AGE, "E-PRO-RECRUIT", "E-TUJ-BEG")[:2] == ("E-CAR-DECEIT", "E-CAR-THREAT")


def test_the_same_facts_ask_for_another_one() -> None:
    assert "E-PRO-RECRUIT" in asked_next(ADULT, "L-CAR-DEBT-1", "E-TUJ-LABOUR")


def test_questions_for_a_child_are_not_put_to_an_adult() -> None:
    answers = SAFE | {entry.code: Answer(Value.NO) for entry in QUESTIONNAIRE.entries if entry.max_age is None}
    assert evaluate(QUESTIONNAIRE, RULES, ADULT, answers).next == ()
    assert evaluate(QUESTIONNAIRE, RULES, Subject(18), answers).next == ()
    for child in (CHILD, Subject(17)):
        assert set(evaluate(QUESTIONNAIRE, RULES, child, answers).next) == {
            *("E-TUJ-ADOPT", "E-TUJ-HAZARD", "E-TUJ-UNDERAGE")
        }


@pytest.mark.parametrize(("sex", "asked"), [(None, True), (Sex.FEMALE, True), (Sex.MALE, False)])
def test_questions_for_one_sex_are_not_put_to_the_other(sex: Sex | None, asked: bool) -> None:
    entries = tuple(
        dataclasses.replace(entry, sex=Sex.FEMALE) if entry.code == "E-PRO-RECRUIT" else entry
        for entry in QUESTIONNAIRE.entries
    )
    changed = dataclasses.replace(QUESTIONNAIRE, entries=entries)
    assert ("E-PRO-RECRUIT" in evaluate(changed, RULES, Subject(30, sex), SAFE).next) is asked


def test_worked_case_of_juknis() -> None:
    found = practice("worked-case")
    assert found.finding is Finding.SUSPECTED
    assert found.track is Track.ADULT
    assert found.forms == (Form.LABOUR,)
    assert {element: result.state for element, result in found.elements.items()} == dict.fromkeys(Element, State.STATED)
    assert {"E-PRO-RECRUIT", "E-PRO-HARBOUR", "E-PRO-SEND", "E-PRO-RECEIVE"} <= set(found.elements[Element.PROSES].by)
    assert {"E-CAR-DECEIT", "E-CAR-COERCE", "L-CAR-DOC-1", "P-WAGE-AGENT"} <= set(found.elements[Element.CARA].by)
    assert found.elements[Element.TUJUAN].by == ("E-TUJ-LABOUR", "L-TUJ-1", "L-TUJ-2")
    assert found.questionnaire == "screening@1"


def test_worked_case_does_not_answer_what_the_source_leaves_open() -> None:
    answers = json.loads(resource("practice", "worked-case.json").read_bytes())["answers"]
    assert not {"L-CAR-FORCE-1", "L-CAR-THREAT-3", "L-CAR-MOVE-2", "L-CAR-DEC-2", "L-TUJ-3", "L-PRO-REC-3"} & set(
        answers
    )


def test_licensed_live_in_maid_is_not_suspected() -> None:
    found = practice("maid")
    assert found.finding is Finding.NEEDS_CLARIFICATION
    assert found.lookalikes == (Lookalike.BAD_WORKING_CONDITIONS,)
    assert found.risk is Risk.LOW


def test_everything_unknown_is_not_enough_information() -> None:
    found = practice("everything-unknown")
    assert found.finding is Finding.NOT_ENOUGH
    assert (found.track, found.risk, found.attempt) == (Track.AGE_UNKNOWN, Risk.LOW, False)
    assert {result.state for result in found.elements.values()} == {State.UNKNOWN}


def test_practice_of_a_child_and_of_a_departure() -> None:
    child, leaving = practice("child"), practice("before-departure")
    assert (child.finding, child.risk, child.forms) == (Finding.SUSPECTED, Risk.HIGH, (Form.SEXUAL,))
    assert (leaving.finding, leaving.risk, leaving.attempt) == (Finding.NEEDS_CLARIFICATION, Risk.MEDIUM, True)
