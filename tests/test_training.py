# SPDX-License-Identifier: GPL-3.0-or-later
"""Practice cases: every story can be read wholly right, every outcome occurs, and silence is no mistake."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trafficwatch.models.screening import Finding, Value
from trafficwatch.screening.training import First, PracticeCase, grade, practice_cases, practice_questionnaire

CASES = practice_cases()


def right_answers(case: PracticeCase) -> dict[str, Value]:
    return {each.code: each.answer for each in case.questions}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.code)
def test_a_story_can_be_read_wholly_right(case: PracticeCase) -> None:
    story = grade(case, {}, None, None)
    found = grade(case, right_answers(case), story.evaluation.finding, story.first)
    assert found.points == found.total == len(case.questions) + 2
    silent = {code: value for code, value in right_answers(case).items() if value is not Value.UNKNOWN}
    assert grade(case, silent, story.evaluation.finding, story.first).points == found.total


def test_every_level_every_finding_and_every_first_deed_occurs() -> None:
    outcomes = [grade(case, {}, None, None) for case in CASES]
    assert {outcome.evaluation.finding for outcome in outcomes} == set(Finding)
    assert {outcome.first for outcome in outcomes} == set(First)
    assert [case.level for case in CASES] == sorted(case.level for case in CASES)
    assert {case.level for case in CASES} == {1, 2, 3}
    assert len({case.code for case in CASES}) == len(CASES)


def test_no_story_is_about_silence_alone_and_each_teaches_that_unknown_is_no_no() -> None:
    asked, _ = practice_questionnaire()
    for case in CASES:
        answers = right_answers(case)
        assert all(asked.entry(code) for code in answers)
        assert Value.YES in answers.values()
        assert all(words.id.strip() and words.en.strip() for words in (case.title, case.story))
    assert sum(Value.UNKNOWN in right_answers(case).values() for case in CASES) >= 6


@given(st.sampled_from(CASES), st.data())
def test_each_wrong_answer_costs_its_own_point_and_no_other(case: PracticeCase, data: st.DataObject) -> None:
    right = right_answers(case)
    changed = data.draw(st.dictionaries(st.sampled_from(sorted(right)), st.sampled_from(Value)))
    found = grade(case, right | changed, None, None)
    wrong = {code for code, value in changed.items() if value is not right[code]}
    assert {mark.question.code for mark in found.marks if not mark.is_right} == wrong
    assert found.points == len(right) - len(wrong)
    assert not found.finding_is_right
    assert not found.first_is_right
