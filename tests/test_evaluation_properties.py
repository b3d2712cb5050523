# SPDX-License-Identifier: GPL-3.0-or-later
"""What holds for every evaluation, whatever was answered."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from trafficwatch.models.screening import (
    FINDINGS,
    RISKS,
    STATES,
    Answer,
    By,
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
    from trafficwatch.models.screening import Evaluation

Answers = dict[str, Answer]

QUESTIONNAIRE = questionnaires.get("screening@1")
RULES = questionnaires.rules("rules@1")
CODES = [entry.code for entry in QUESTIONNAIRE.entries]
CANARY = "Siti Kenari"

subjects = st.builds(
    Subject, st.none() | st.integers(0, 120) | st.sampled_from([17, 18]), st.none() | st.sampled_from(Sex)
)
events = st.none() | st.sampled_from([f"{CANARY} 1", f"{CANARY} 2"])
given_answers = st.builds(
    Answer,
    st.sampled_from(Value) | st.just(Value.YES),
    st.none() | st.sampled_from(By),
    events,
    st.none() | st.just(CANARY),
)
answer_sets = st.dictionaries(st.sampled_from(CODES), given_answers, max_size=12)


def read(subject: Subject, answers: Answers) -> Evaluation:
    return evaluate(QUESTIONNAIRE, RULES, subject, answers)


@given(subjects, answer_sets, st.sampled_from(CODES), given_answers)
def test_one_more_yes_never_lowers_anything(subject: Subject, answers: Answers, code: str, more: Answer) -> None:
    known = answers.get(code)
    event = known.event if known and known.value is Value.YES else more.event
    before = read(subject, answers)
    after = read(subject, {**answers, code: Answer(Value.YES, event=event)})
    assert FINDINGS.index(after.finding) >= FINDINGS.index(before.finding)
    assert RISKS.index(after.risk) >= RISKS.index(before.risk)
    assert before.attempt <= after.attempt
    for element in Element:
        assert STATES.index(after.elements[element].state) >= STATES.index(before.elements[element].state)
        assert set(before.elements[element].by) <= set(after.elements[element].by)


@given(subjects, answer_sets, st.randoms(use_true_random=False))
def test_the_order_of_answers_is_irrelevant(subject: Subject, answers: Answers, chance: random.Random) -> None:
    shuffled = list(answers.items())
    chance.shuffle(shuffled)
    assert read(subject, dict(shuffled)) == read(subject, answers)


@given(subjects, answer_sets)
def test_silence_is_never_a_no(subject: Subject, answers: Answers) -> None:
    """Leaving out what is no 'yes' changes what may be asked, and nothing else; only T-CHILD's 'no' means something."""
    kept = {code: answer for code, answer in answers.items() if answer.value is Value.YES or code == RULES.child_code}
    full, short = read(subject, answers), read(subject, kept)
    assert (full.track, full.elements, full.finding, full.risk, full.forms, full.reasons) == (
        *(short.track, short.elements, short.finding, short.risk, short.forms, short.reasons),
    )


@given(subjects, answer_sets)
def test_who_said_it_and_notes_weigh_nothing(subject: Subject, answers: Answers) -> None:
    bare = {code: Answer(answer.value, event=answer.event) for code, answer in answers.items()}
    assert read(subject, bare) == read(subject, answers)


@given(subjects, answer_sets)
def test_one_event_for_all_is_the_one_journey(subject: Subject, answers: Answers) -> None:
    without = {code: Answer(answer.value) for code, answer in answers.items()}
    named = {code: Answer(answer.value, event="x") for code, answer in answers.items()}
    assert read(subject, without) == read(subject, named)


@given(subjects, answer_sets)
def test_what_is_named_was_said_yes(subject: Subject, answers: Answers) -> None:
    found = read(subject, answers)
    said = {code for code, answer in answers.items() if answer.value is Value.YES}
    assert set(found.risk_by) <= said | {RULES.child_code}
    for result in found.elements.values():
        assert set(result.by) <= said
        assert (result.state is State.UNKNOWN) == (not result.by)
        assert {QUESTIONNAIRE.entry(code).kind for code in result.by} <= {Kind.ELEMENT, Kind.SIGN, Kind.TRIAGE}
    assert (found.risk is Risk.LOW) == (not found.risk_by)


@given(subjects, answer_sets)
def test_questions_are_few_new_and_fit(subject: Subject, answers: Answers) -> None:
    found = read(subject, answers)
    assert len(found.next) == len(set(found.next)) <= RULES.next_count
    assert not set(found.next) & set(answers)
    assert not found.next or found.risk is Risk.LOW
    if found.track is Track.ADULT:
        assert all(QUESTIONNAIRE.entry(code).max_age is None for code in found.next)


@given(subjects, answer_sets)
def test_a_suspected_adult_has_all_three_elements(subject: Subject, answers: Answers) -> None:
    found = read(subject, answers)
    if found.finding is Finding.SUSPECTED:
        assert found.elements[Element.PROSES].by
        assert found.elements[Element.TUJUAN].by
        assert found.track is not Track.ADULT or found.elements[Element.CARA].by
        assert found.lookalikes == ()


@given(subjects, answer_sets, st.sampled_from(LANGUAGES))
def test_the_explanation_names_everything_and_gives_nothing_away(
    subject: Subject, answers: Answers, language: str
) -> None:
    found = read(subject, answers)
    text = explain(found, QUESTIONNAIRE, RULES, answers, "id" if language == "id" else "en")
    assert CANARY not in text
    assert "bukan korban" not in text.lower()
    assert "not a victim" not in text.lower()
    assert "None" not in text
    assert "{" not in text
    for code in (*found.risk_by, *(code for result in found.elements.values() for code in result.by)):
        words = QUESTIONNAIRE.entry(code).short
        assert (words.id if language == "id" else words.en) in text
    assert "PPT" in text.splitlines()[-1]
