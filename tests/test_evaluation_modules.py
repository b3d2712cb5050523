# SPDX-License-Identifier: GPL-3.0-or-later
"""Which questions come next when some wait behind a gate, and what an answer that is no yes does to the order."""

from __future__ import annotations

import dataclasses
import time
from typing import TYPE_CHECKING

import pytest

from trafficwatch.models.screening import Answer, Element, Finding, Kind, Sex, Subject, Value
from trafficwatch.screening import questionnaires
from trafficwatch.screening.evaluation import evaluate

if TYPE_CHECKING:
    from collections.abc import Collection

    from trafficwatch.models.screening import Evaluation, Module

QUESTIONNAIRE = questionnaires.get("screening@2")
RULES = questionnaires.rules("rules@2")
ADULT = Subject(30)
GATES = {module.gate: module for module in QUESTIONNAIRE.modules}
DIRECT = {entry.code for entry in QUESTIONNAIRE.entries if entry.kind is Kind.ELEMENT}
SAFE = {entry.code: Answer(Value.NO) for entry in QUESTIONNAIRE.entries if entry.kind is Kind.TRIAGE}
YES = Answer(Value.YES)


def found(answers: dict[str, Answer], subject: Subject = ADULT, count: int = 5) -> Evaluation:
    rules = dataclasses.replace(RULES, next_count=count)
    return evaluate(QUESTIONNAIRE, rules, subject, SAFE | answers)


def interview(yes: Collection[str], subject: Subject = ADULT, otherwise: Value = Value.NO) -> list[str]:
    """The codes in the order in which they are asked, one by one, until none is proposed any more."""
    answers: dict[str, Answer] = {}
    while following := found(answers, subject).next:
        answers[following[0]] = Answer(Value.YES if following[0] in yes else otherwise)
    return list(answers)


def module_of(code: str) -> str | None:
    return QUESTIONNAIRE.entry(code).module


@pytest.mark.parametrize("otherwise", [Value.NO, Value.UNKNOWN, Value.DECLINED])
def test_a_closed_module_asks_nothing_in_a_whole_interview(otherwise: Value) -> None:
    asked = interview((), otherwise=otherwise)
    assert not any(map(module_of, asked))
    assert DIRECT - {code for code in DIRECT if QUESTIONNAIRE.entry(code).max_age} <= set(asked)


def test_a_gate_never_comes_before_the_direct_questions_of_its_turn() -> None:
    """PROSES, CARA, TUJUAN, one gate: what can decide comes first, and no gates stand in a row."""
    asked = interview(())
    assert {asked[0], asked[1], asked[2]} == {"E-PRO-RECRUIT", "E-CAR-DECEIT", "E-TUJ-LABOUR"}
    at = [asked.index(gate) for gate in GATES if gate in asked]
    assert min(at) == 3
    assert all(asked[place - 1] in DIRECT for place in at)
    assert len(at) == len(GATES) - 1, "the one for children is not put to an adult"


@pytest.mark.parametrize("module", QUESTIONNAIRE.modules, ids=lambda module: module.code)
def test_an_open_module_is_asked_about_at_once(module: Module) -> None:
    """What its gate calls for, then its own signs of what is unknown, before any other question."""
    subject = Subject(10 if QUESTIONNAIRE.entry(module.gate).max_age else 30)
    answers = {module.gate: YES} | ({"T-CHILD": Answer(Value.NO)} if subject.age_at_events == 10 else {})
    proposed = list(found(answers, subject, count=40).next)
    wanted = {Element.PROSES, Element.TUJUAN} if subject.age_at_events == 10 else set(Element)
    called = [code for code in QUESTIONNAIRE.entry(module.gate).asks if code in GATES or serves(code, wanted)]
    own = [code for code in proposed if module_of(code) == module.code and is_sign(code)]
    assert proposed[: len(called) + len(own)] == called + own
    assert len(own) >= 2
    assert {module_of(code) for code in proposed} == {None, module.code}


def serves(code: str, wanted: set[Element]) -> bool:
    return any(place.element in wanted for place in QUESTIONNAIRE.entry(code).places)


def is_sign(code: str) -> bool:
    return QUESTIONNAIRE.entry(code).kind is Kind.SIGN


def test_once_a_gate_is_open_the_others_wait_for_the_direct_questions() -> None:
    asked = interview({"C-HOME"})
    others = [asked.index(gate) for gate in GATES if gate in asked and gate != "C-HOME"]
    assert others
    assert min(others) > max(asked.index(code) for code in DIRECT if code in asked)
    assert max(others) < asked.index("L-PRO-REC-1"), "and come before the signs"


def test_a_gate_may_lead_to_another_one() -> None:
    assert found({"C-GUEST": YES}).next[:3] == ("E-CAR-DECEIT", "E-CAR-DEBT", "C-SEXUAL")


def test_the_gate_that_a_told_fact_points_to_comes_first() -> None:
    assert next(code for code in found({}, count=40).next if code in GATES) == "C-HOME"
    assert next(code for code in found({"E-TUJ-ORGAN": YES}, count=40).next if code in GATES) == "C-ORGAN"


def test_a_gate_with_nothing_left_behind_it_is_not_asked() -> None:
    told = {entry.code: Answer(Value.NO) for entry in QUESTIONNAIRE.entries if entry.module == "fishing"}
    assert "C-FISH" in found({}, count=60).next
    assert "C-FISH" not in found(told, count=60).next


def test_a_gate_for_children_or_for_one_sex_fits_the_person() -> None:
    assert "C-ADOPT" in found({"T-CHILD": Answer(Value.NO)}, Subject(10), count=60).next
    assert "C-ADOPT" not in found({}, ADULT, count=60).next
    told = dict.fromkeys(("C-BRIDE", "E-PRO-RECRUIT", "E-CAR-DECEIT"), YES)
    assert "M-BRIDE-8" in found(told, Subject(30, Sex.FEMALE), count=60).next
    assert "M-BRIDE-8" not in found(told, Subject(30, Sex.MALE), count=60).next


def test_a_complete_path_asks_nothing_of_an_open_module() -> None:
    told = dict.fromkeys(("C-FISH", "E-PRO-RECRUIT", "E-CAR-DECEIT", "E-TUJ-LABOUR"), YES)
    assert found(told).finding is Finding.SUSPECTED
    assert found(told).next == ()


def test_what_a_module_still_asks_comes_after_the_direct_questions() -> None:
    """CARA and TUJUAN are indicated: only a plain account helps, so more signs of the module wait."""
    told = dict.fromkeys(("C-SCAM", "E-PRO-RECRUIT", "M-SCAM-5", "M-SCAM-3"), YES)
    proposed = found(told, count=60).next
    rest = [proposed.index(code) for code in proposed if module_of(code)]
    assert rest
    assert min(rest) > max(proposed.index(code) for code in proposed if code in DIRECT)


def test_signs_stand_in_for_what_was_not_known_and_spare_what_was_declined() -> None:
    """Answered 'unknown', a question gives its place to signs of the same kind; declined, these come last."""
    no = {code: Answer(Value.NO) for code in DIRECT | set(GATES)}

    def order(value: Value, *direct: str) -> list[str]:
        proposed = found(no | dict.fromkeys(direct, Answer(value)), count=90).next
        return [code for code in proposed if code.startswith("L-CAR")]

    usual = order(Value.NO)
    assert usual[0] == "L-CAR-THREAT-2"
    instead = order(Value.UNKNOWN, "E-CAR-DEBT", "E-CAR-PAID")
    assert instead.index("L-CAR-DEBT-2") < instead.index("L-CAR-THREAT-2")
    assert usual.index("L-CAR-DEBT-2") > usual.index("L-CAR-THREAT-2")
    spared = order(Value.DECLINED, "E-CAR-THREAT", "E-CAR-COERCE")
    assert spared.index("L-CAR-THREAT-2") > spared.index("L-CAR-DEBT-2")
    assert set(usual) == set(instead) == set(spared)


def test_an_answer_takes_a_moment() -> None:
    """It is evaluated after every answer, on an old laptop too; the best of many runs, whatever else runs here."""
    entries = [entry for entry in QUESTIONNAIRE.entries if entry.kind is not Kind.TRIAGE]
    answers = {entry.code: Answer(Value.UNKNOWN if number % 3 else Value.YES) for number, entry in enumerate(entries)}
    for told in ({}, answers):
        best = 1.0
        for _ in range(20):
            begun = time.process_time()
            found(told)
            best = min(best, time.process_time() - begun)
        assert best < 0.008
