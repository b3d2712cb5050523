# SPDX-License-Identifier: GPL-3.0-or-later
"""Practice cases: a story, the questions that matter in it, and what a careful reader makes of it. Pure but for files.

A case (`resources/training/cases.json`) keeps what its story says to each question and why; what should be found and
done first is not written there but follows from those answers by the rules in use. Levels go from 1 plain to 3 hard.
Nobody in them exists, nothing of them is stored, and so nothing of them can leave the laptop.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import TYPE_CHECKING

import msgspec

from trafficwatch.models.screening import RISKS, Answer, Evaluation, Finding, Rules, Subject, Value, Words
from trafficwatch.resources import resource
from trafficwatch.screening import questionnaires
from trafficwatch.screening.evaluation import evaluate

if TYPE_CHECKING:
    from collections.abc import Mapping

    from trafficwatch.models.screening import Questionnaire


class First(StrEnum):
    """What to do first, most urgent first."""

    REPORT = "report"
    REFER = "refer"
    ASK = "ask"
    TOUCH = "touch"


@dataclass(frozen=True, slots=True)
class PracticeQuestion:
    """One question of a case: what the story answers, and why."""

    code: str
    answer: Value
    why: Words


@dataclass(frozen=True, slots=True)
class PracticeCase:
    """One story, whose person is in `person`; `level` 1 to 3."""

    code: str
    level: int
    title: Words
    person: Subject
    story: Words
    questions: tuple[PracticeQuestion, ...]


@dataclass(frozen=True, slots=True)
class Mark:
    """One question as it was read: what the trainee took from the story (None: left open), and what it says."""

    question: PracticeQuestion
    given: Value | None

    @property
    def is_right(self) -> bool:
        """Where the story is silent, leaving a question open is as right as noting that nobody knows."""
        return self.given is self.question.answer or (self.given is None and self.question.answer is Value.UNKNOWN)


@dataclass(frozen=True, slots=True)
class Grade:
    """How a case was read. `evaluation` is that of the story; a point for each mark, finding and deed."""

    marks: tuple[Mark, ...]
    evaluation: Evaluation
    first: First
    finding_is_right: bool
    first_is_right: bool

    @property
    def points(self) -> int:
        return sum(mark.is_right for mark in self.marks) + self.finding_is_right + self.first_is_right

    @property
    def total(self) -> int:
        return len(self.marks) + 2


@cache
def practice_cases() -> tuple[PracticeCase, ...]:
    """All cases, the easy ones first."""
    content = resource("training", "cases.json").read_bytes()
    return msgspec.json.decode(content, type=tuple[PracticeCase, ...])


def grade(case: PracticeCase, given: Mapping[str, Value], finding: Finding | None, first: First | None) -> Grade:
    """Compare what was read from a story with what it says, by the questionnaire that the program brings."""
    asked, rules = practice_questionnaire()
    answers = {each.code: Answer(each.answer) for each in case.questions}
    evaluation = evaluate(asked, rules, case.person, answers)
    right = first_deed(evaluation, rules)
    marks = tuple(Mark(each, given.get(each.code)) for each in case.questions)
    return Grade(marks, evaluation, right, finding is evaluation.finding, first is right)


def practice_questionnaire() -> tuple[Questionnaire, Rules]:
    """What the cases are read by: always the version that came with them, whatever the PPT has published since."""
    asked = questionnaires.newest()
    return asked, questionnaires.rules(asked.rules)


def first_deed(evaluation: Evaluation, rules: Rules) -> First:
    """Danger before everything, then a suspicion, then doubt (P2/2024 Lampiran II.C, mechanism 1)."""
    if RISKS.index(evaluation.risk) >= RISKS.index(rules.stop_questions_from):
        return First.REPORT
    if evaluation.finding is Finding.SUSPECTED:
        return First.REFER
    return First.ASK if evaluation.finding is Finding.NEEDS_CLARIFICATION else First.TOUCH
