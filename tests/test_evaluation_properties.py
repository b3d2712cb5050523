# SPDX-License-Identifier: GPL-3.0-or-later
"""What holds for every evaluation, whatever is asked and whatever was answered.

The questionnaires are both that come with the program and arbitrary ones with modules (`screening_worlds`). An example
beside a property is a world that stands at a boundary: by chance it would come up too seldom.
"""

from __future__ import annotations

import random
from dataclasses import replace
from typing import TYPE_CHECKING

from hypothesis import example, given
from hypothesis import strategies as st
from screening_worlds import (
    CANARY,
    RULES,
    World,
    arbitrary_questionnaires,
    number_of,
    one_more,
    pick,
    shipped_worlds,
    world_of,
    worlds,
)

from trafficwatch.models.screening import (
    FINDINGS,
    RISKS,
    STATES,
    Answer,
    Element,
    Finding,
    Kind,
    Risk,
    Sex,
    State,
    Subject,
    Track,
    Value,
)
from trafficwatch.screening import questionnaires
from trafficwatch.screening.evaluation import evaluate
from trafficwatch.screening.explanation import explain
from trafficwatch.texts import LANGUAGES

if TYPE_CHECKING:
    from trafficwatch.models.screening import Evaluation, Questionnaire
    from trafficwatch.texts import Language

BOTH = ("E-PRO-RECRUIT", "E-TUJ-LABOUR")
"""What makes a suspicion for a child, and none for an adult."""
REPORTS = {"report_now", "report_attempt", "refer_to_ppt"}
"""Duties that, once there, no further yes may take away; `may_report` only gives way to one of them."""


def read(world: World) -> Evaluation:
    questionnaire, subject, answers = world
    return evaluate(questionnaire, questionnaires.rules(questionnaire.rules), subject, answers)


def verdict(found: Evaluation) -> Evaluation:
    """All that an evaluation says but what to ask next."""
    return replace(found, next=())


@given(arbitrary_questionnaires)
def test_the_arbitrary_questionnaires_are_such_as_the_program_takes(questionnaire: Questionnaire) -> None:
    assert [str(problem) for problem in questionnaires.problems(questionnaire)] == []
    assert [str(problem) for problem in questionnaires.problems_of_rules(RULES, questionnaire)] == []


@given(worlds, one_more)
@example(world_of(Subject(), *BOTH), (number_of("E-CAR-THREAT"), Answer(Value.YES)))
@example(world_of(Subject(), *BOTH, "E-CAR-THREAT"), (number_of("T-CHILD"), Answer(Value.YES)))
@example(world_of(Subject(30), *BOTH, "T-LEAVE"), (number_of("E-CAR-THREAT"), Answer(Value.YES)))
def test_one_more_yes_never_lowers_anything(world: World, more: tuple[int, Answer]) -> None:
    questionnaire, subject, answers = world
    code, told = pick(questionnaire, more[0]), more[1]
    known = answers.get(code)
    event = known.event if known and known.value is Value.YES else told.event
    before = read(world)
    after = read((questionnaire, subject, {**answers, code: Answer(Value.YES, event=event)}))
    assert FINDINGS.index(after.finding) >= FINDINGS.index(before.finding)
    assert RISKS.index(after.risk) >= RISKS.index(before.risk)
    assert before.attempt <= after.attempt
    for element in Element:
        assert STATES.index(after.elements[element].state) >= STATES.index(before.elements[element].state)
        assert set(before.elements[element].by) <= set(after.elements[element].by)
    if questionnaire.rules == "rules@2":
        assert set(before.duties) & REPORTS <= set(after.duties)
        assert "may_report" not in before.duties or {"may_report", "report_now"} & set(after.duties)


@given(worlds, st.randoms(use_true_random=False))
def test_the_order_of_answers_is_irrelevant(world: World, chance: random.Random) -> None:
    questionnaire, subject, answers = world
    shuffled = list(answers.items())
    chance.shuffle(shuffled)
    assert read((questionnaire, subject, dict(shuffled))) == read(world)


@given(worlds, worlds)
def test_evaluating_changes_nothing(world: World, other: World) -> None:
    """The same comes out again, after other people's answers too, and what went in stays as it was."""
    answers = dict(world[2])
    first = read(world)
    read(other)
    assert read(world) == first
    assert world[2] == answers


@given(worlds, st.lists(st.tuples(one_more, st.sampled_from([None, Value.NO, Value.UNKNOWN, Value.DECLINED]))))
def test_silence_is_never_a_no(world: World, others: list[tuple[tuple[int, Answer], Value | None]]) -> None:
    """No, not known, declined and not asked all say the same, but for T-CHILD, whose no means grown up."""
    questionnaire, subject, answers = world
    changed = dict(answers)
    for more, value in others:
        code = pick(questionnaire, more[0])
        if code != RULES.child_code and (code not in answers or answers[code].value is not Value.YES):
            changed.pop(code, None)
            changed |= {code: Answer(value)} if value else {}
    assert verdict(read((questionnaire, subject, changed))) == verdict(read(world))


@given(worlds, st.sampled_from([Value.NO, Value.UNKNOWN, Value.DECLINED]))
def test_an_answer_of_any_kind_is_not_asked_for_again(world: World, value: Value) -> None:
    questionnaire, subject, answers = world
    before = read(world)
    answered = {**answers, **dict.fromkeys(before.next, Answer(value))}
    after = read((questionnaire, subject, answered))
    assert not set(before.next) & set(after.next)
    told = explain(after, questionnaire, questionnaires.rules(questionnaire.rules), answered, "id")
    values = {answer.value for answer in answered.values()}
    assert ("Itu kita hormati" in told) == bool(values & {Value.UNKNOWN, Value.DECLINED})


@given(worlds)
def test_neither_who_said_it_nor_notes_times_and_versions_weigh_anything(world: World) -> None:
    questionnaire, subject, answers = world
    bare = {code: Answer(answer.value, event=answer.event) for code, answer in answers.items()}
    full = {code: replace(answer, at="2026-02-28T09:05", asked="screening@1") for code, answer in answers.items()}
    assert read((questionnaire, subject, bare)) == read((questionnaire, subject, full)) == read(world)


@given(worlds, st.permutations(["a", "b", "c"]))
def test_the_names_of_events_mean_nothing(world: World, names: list[str]) -> None:
    questionnaire, subject, answers = world
    events = sorted({answer.event for answer in answers.values() if answer.event})
    renamed: dict[str | None, str | None] = {None: None, **dict(zip(events, names, strict=False))}
    relabelled = {code: replace(answer, event=renamed[answer.event]) for code, answer in answers.items()}
    assert read((questionnaire, subject, relabelled)) == read(world)


@given(worlds)
def test_one_event_for_all_is_the_one_journey(world: World) -> None:
    questionnaire, subject, answers = world
    without = {code: replace(answer, event=None) for code, answer in answers.items()}
    named = {code: replace(answer, event="x") for code, answer in answers.items()}
    assert read((questionnaire, subject, without)) == read((questionnaire, subject, named))


@given(worlds, st.integers(0, 17))
@example(world_of(Subject(), *BOTH), 17)
@example(world_of(Subject(), *BOTH, "E-CAR-THREAT"), 17)
def test_a_child_never_needs_a_means(world: World, years: int) -> None:
    """What stands under CARA alone can be left out: a suspicion stays one, and nothing asks for it."""
    questionnaire, _, answers = world
    child = Subject(years)
    found = read((questionnaire, child, answers))
    only_means = {
        entry.code for entry in questionnaire.entries if {place.element for place in entry.places} == {Element.CARA}
    }
    less = {code: answer for code, answer in answers.items() if code not in only_means or code == RULES.child_code}
    without = read((questionnaire, child, less))
    assert found.track is without.track is Track.CHILD
    assert (found.finding is Finding.SUSPECTED) == (without.finding is Finding.SUSPECTED)
    direct = {entry.code for entry in questionnaire.entries if entry.kind is Kind.ELEMENT}
    called_for = {code for group in questionnaire.groups for code in group.asks}
    assert not set(without.next) & only_means & direct - called_for


@given(worlds)
def test_what_is_named_was_said_yes(world: World) -> None:
    questionnaire, _, answers = world
    found = read(world)
    said = {code for code, answer in answers.items() if answer.value is Value.YES}
    assert set(found.risk_by) <= said | {RULES.child_code}
    for result in found.elements.values():
        assert set(result.by) <= said
        assert (result.state is State.UNKNOWN) == (not result.by)
        assert {questionnaire.entry(code).kind for code in result.by} <= {Kind.ELEMENT, Kind.SIGN, Kind.TRIAGE}
    assert (found.risk is Risk.LOW) == (not found.risk_by)


@given(worlds)
@example(world_of(Subject(30, Sex.MALE), "C-BRIDE", "E-PRO-RECRUIT", "E-CAR-DECEIT"))
@example(world_of(Subject(30)))
def test_questions_are_few_new_and_fit(world: World) -> None:
    questionnaire, subject, answers = world
    found = read(world)
    said = {code for code, answer in answers.items() if answer.value is Value.YES}
    opened = {module.code for module in questionnaire.modules if module.gate in said}
    assert len(found.next) == len(set(found.next)) <= RULES.next_count
    assert not set(found.next) & set(answers)
    assert not found.next or found.risk is Risk.LOW
    for entry in map(questionnaire.entry, found.next):
        assert entry.module is None or entry.module in opened
        assert entry.sex is None or subject.sex in {None, entry.sex}
        assert entry.max_age is None or found.track is not Track.ADULT
        assert entry.kind is Kind.TRIAGE or found.finding is not Finding.SUSPECTED or found.reasons


@given(worlds, st.sampled_from([None, Value.NO, Value.UNKNOWN, Value.DECLINED]))
@example(world_of(Subject(30)), Value.NO)
@example(world_of(Subject(30)), Value.UNKNOWN)
def test_a_module_stays_closed_until_its_gate_says_yes(world: World, said: Value | None) -> None:
    questionnaire, subject, answers = world
    gates = {module.gate for module in questionnaire.modules}
    shut = {code: answer for code, answer in answers.items() if code not in gates}
    shut |= dict.fromkeys(gates, Answer(said)) if said else {}
    asked = read((questionnaire, subject, shut)).next
    assert [code for code in asked if questionnaire.entry(code).module] == []


@given(worlds)
@example(world_of(Subject(30), *BOTH))
@example(world_of(Subject(30), *BOTH, "C-CROSS", "E-CAR-THREAT"))
def test_a_suspected_adult_has_all_three_elements(world: World) -> None:
    found = read(world)
    if found.finding is Finding.SUSPECTED:
        assert found.elements[Element.PROSES].by
        assert found.elements[Element.TUJUAN].by
        assert found.track is not Track.ADULT or found.elements[Element.CARA].by
        assert found.lookalikes == ()


@given(shipped_worlds, st.sampled_from(LANGUAGES))
def test_the_explanation_names_everything_and_gives_nothing_away(world: World, language: Language) -> None:
    questionnaire, _, answers = world
    found = read(world)
    text = explain(found, questionnaire, questionnaires.rules(questionnaire.rules), answers, language)
    assert CANARY not in text
    assert "None" not in text
    assert "{" not in text
    said = {code for code, answer in answers.items() if answer.value is Value.YES}
    for code in (*found.risk_by, *(code for result in found.elements.values() for code in result.by)):
        assert code not in said or questionnaire.entry(code).short.of(language) in text
    assert "PPT" in text.splitlines()[-1]
