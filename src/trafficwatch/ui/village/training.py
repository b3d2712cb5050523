# SPDX-License-Identifier: GPL-3.0-or-later
"""Practice: the list of cases, and one case that is read, answered and marked with its reasons.

For everybody, also before the training that real screening asks for. Nothing is stored, not even a draft: what is
filled in is remembered while the desk is open, so that another language or size takes nothing away, and forgotten with
the list or another case. The mark 'practice' stays in sight. Answers are given with the keys of a real interview.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from trafficwatch.models.screening import FINDINGS, Finding, Questionnaire, Value
from trafficwatch.screening.training import (
    First,
    Grade,
    Mark,
    PracticeCase,
    grade,
    practice_cases,
    practice_questionnaire,
)
from trafficwatch.texts import current_language, t
from trafficwatch.texts.labels import label as words_for
from trafficwatch.ui.shell.desk import Desk
from trafficwatch.ui.shell.page import Page
from trafficwatch.ui.theme.look import look, px
from trafficwatch.ui.theme.palette import Tone
from trafficwatch.ui.widgets.choice_line import ChoiceLine, Option, walk_from
from trafficwatch.ui.widgets.element_columns import ElementColumns
from trafficwatch.ui.widgets.parts import Choice, Field, button, card, chip, empty, label, picture, rule

LEVELS = {1: "plain", 2: "middle", 3: "hard"}


@dataclass(slots=True)
class _Begun:
    """One case as far as it is worked on, and how it was marked last."""

    code: str
    answers: dict[str, str] = field(default_factory=dict)
    finding: str | None = None
    first: str | None = None
    grade: Grade | None = None


class TrainingPage(Page):
    """All cases, by how hard they are."""

    name = "training"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, t("training.title"), t("training.lead"), can_go_back=True)
        self.body.addWidget(chip(t("training.mark"), Tone.INFO, "practice"), 0, Qt.AlignmentFlag.AlignLeft)
        self.starts: list[QWidget] = []
        for level, name in LEVELS.items():
            frame, column = card(t(f"training.level_{name}"), t(f"training.level_{name}_lead"))
            for number, case in enumerate(each for each in practice_cases() if each.level == level):
                if number:
                    column.addWidget(rule())
                column.addWidget(self._line(case))
            self.body.addWidget(frame)
        self.body.addStretch(1)

    def enter(self, **_: Any) -> None:
        self.desk.under_way.pop(TrainingCasePage.name, None)
        self.starts[0].setFocus(Qt.FocusReason.OtherFocusReason)

    def _line(self, case: PracticeCase) -> QWidget:
        made = QWidget()
        row = QHBoxLayout(made)
        row.setContentsMargins(0, px(2), 0, px(2))
        row.setSpacing(px(10))
        title = case.title.of(current_language())
        row.addWidget(label(title, "strong"), 1)
        start = button(t("training.start"), lambda: self.desk.go("training_case", code=case.code))
        start.setAccessibleName(f"{start.text()}: {title}")
        row.addWidget(start)
        self.starts.append(start)
        return made


class TrainingCasePage(Page):
    """One case."""

    name = "training_case"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, t("training.title"), can_go_back=True)
        self.corner.addWidget(chip(t("training.mark"), Tone.INFO, "practice"))
        self.lines: dict[str, ChoiceLine] = {}
        self._remarks: dict[str, QVBoxLayout] = {}
        self._outcome = QVBoxLayout()
        self._outcome.setSpacing(px(14))
        self.check = button(t("training.check"), self._check)
        self._others = button(t("training.others"), lambda: desk.go("training"))
        self.footer(self._others, primary=self.check)

    def enter(self, **about: Any) -> None:
        """`code` of the case."""
        cases = practice_cases()
        number = next(number for number, each in enumerate(cases) if each.code == about["code"])
        self._case = cases[number]
        begun = self.desk.under_way.get(self.name)
        self._begun = begun if isinstance(begun, _Begun) and begun.code == self._case.code else _Begun(self._case.code)
        self.desk.under_way[self.name] = self._begun
        self._following = cases[(number + 1) % len(cases)]
        asked, _ = practice_questionnaire()
        language = current_language()
        self.body.addLayout(self._outcome)
        frame, column = card(self._case.title.of(language))
        column.addWidget(label(self._case.story.of(language), "lead"))
        self.body.addWidget(frame)
        frame, column = card(t("training.questions"), t("training.questions_lead"))
        column.addWidget(label(t("screening_desk.keys"), "small"))
        for each in self._case.questions:
            column.addWidget(self._line(asked, each.code))
            self._remarks[each.code] = QVBoxLayout()
            column.addLayout(self._remarks[each.code])
        self.body.addWidget(frame)
        frame, column = card(t("training.conclude"))
        self.finding = Choice([(each.value, words_for("finding", each)) for each in FINDINGS], empty=t("training.open"))
        column.addWidget(Field(t("training.finding"), self.finding))
        self.first = Choice([(each.value, t(f"training.first_{each}")) for each in First], empty=t("training.open"))
        column.addWidget(Field(t("training.first"), self.first))
        self.body.addWidget(frame)
        self.body.addStretch(1)
        stops = [*self.lines.values(), self.finding, self.first, self._others, self.check]
        for one, other in pairwise(stops):
            self.setTabOrder(one, other)
        stops[0].setFocus(Qt.FocusReason.OtherFocusReason)
        self.finding.choose(self._begun.finding)
        self.first.choose(self._begun.first)
        for choice in (self.finding, self.first):
            choice.currentIndexChanged.connect(lambda _: self._remember())
        if self._begun.grade is not None:
            self.show_grade(self._begun.grade)

    def _line(self, asked: Questionnaire, code: str) -> ChoiceLine:
        entry = asked.entry(code)
        options = [Option(value.value, words_for("answer", value)) for value in Value]
        line = ChoiceLine(entry.text.of(current_language()), options)
        line.show_value(self._begun.answers.get(code, ""))
        line.chosen.connect(lambda _: self._remember())
        line.step.connect(lambda way: self._walk(line, way))
        self.lines[code] = line
        return line

    def _remember(self) -> None:
        self._begun.answers = {code: line.value for code, line in self.lines.items()}
        self._begun.finding, self._begun.first = self.finding.value, self.first.value

    def _walk(self, here: QWidget, way: int) -> None:
        target = walk_from(self, here, way) or (self.finding if way > 0 else None)
        if target is not None:
            target.setFocus(Qt.FocusReason.TabFocusReason)
            QTimer.singleShot(0, target, lambda: self.show_widget(target))

    # -- marking -------------------------------------------------------------------------------------------------------

    def _check(self) -> None:
        given = {code: Value(line.value) for code, line in self.lines.items() if line.value}
        finding, first = self.finding.value, self.first.value
        found = grade(self._case, given, Finding(finding) if finding else None, First(first) if first else None)
        self._begun.grade = found
        self.show_grade(found)

    def show_grade(self, found: Grade) -> None:
        """Say how it was read, with a reason for each question; it may be tried again."""
        for mark in found.marks:
            empty(self._remarks[mark.question.code])
            self._remarks[mark.question.code].addWidget(_remark(mark))
        empty(self._outcome)
        self._outcome.addWidget(self._headline(found))
        self.check.setText(t("training.check_again"))
        self._others.setText(t("training.next"))
        self._others.clicked.disconnect()
        self._others.clicked.connect(lambda: self.desk.go("training_case", code=self._following.code))
        self._scroll.verticalScrollBar().setValue(0)
        self._others.setFocus(Qt.FocusReason.OtherFocusReason)

    def _headline(self, found: Grade) -> QWidget:
        is_all = found.points == found.total
        frame, column = card(t("training.points", points=found.points, total=found.total))
        column.addWidget(label(t("training.all_right" if is_all else "training.look_again"), "lead"))
        evaluation = found.evaluation
        finding = t("training.finding_is", finding=words_for("finding", evaluation.finding))
        column.addWidget(_told(finding, is_right=found.finding_is_right))
        first = t("training.first_is", first=t(f"training.first_{found.first}"))
        column.addWidget(_told(first, is_right=found.first_is_right))
        column.addWidget(label(t("training.elements"), "strong"))
        columns = ElementColumns(practice_questionnaire()[0])
        columns.show_evaluation(evaluation)
        column.addWidget(columns)
        frame.setAccessibleName(t("training.points", points=found.points, total=found.total))
        return frame


def _remark(mark: Mark) -> QWidget:
    said = words_for("answer", mark.question.answer)
    key = "right" if mark.is_right else "wrong" if mark.given else "left_open"
    words = t(f"training.{key}", answer=said, why=mark.question.why.of(current_language()))
    return _told(words, is_right=mark.is_right)


def _told(words: str, *, is_right: bool) -> QWidget:
    """Sign and words: never the colour alone."""
    made = QWidget()
    row = QHBoxLayout(made)
    row.setContentsMargins(px(4), 0, px(4), px(6))
    row.setSpacing(px(8))
    tone = Tone.OK if is_right else Tone.WARN
    sign = picture("success" if is_right else "info", 18, look().colours.tone(tone).ink)
    row.addWidget(sign, 0, Qt.AlignmentFlag.AlignTop)
    row.addWidget(label(words), 1)
    return made
