# SPDX-License-Identifier: GPL-3.0-or-later
"""The parts of the form of a check-in: what came of it in big buttons, what to ask, and what a worry leads to."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QButtonGroup, QFrame, QGridLayout, QPushButton, QVBoxLayout, QWidget

from trafficwatch.models.migration import Outcome
from trafficwatch.registry.check_ins import QUESTIONS
from trafficwatch.texts import t
from trafficwatch.texts.labels import label as words
from trafficwatch.ui.shell.desk import Desk
from trafficwatch.ui.theme.look import COMPACT_FROM, look, px
from trafficwatch.ui.village.journey_answers import Answers, Asked
from trafficwatch.ui.village.journey_parts import what_now
from trafficwatch.ui.village.resident_form import Entry, Form
from trafficwatch.ui.village.resident_sections import beside
from trafficwatch.ui.widgets.parts import Field, button, card, label

_HIGH = 52
"""Pixels at 100 %."""


class OutcomeChoice(QWidget):
    """What came of trying; arrow keys go from one to the next, Tab stops once."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName(t("check_in.outcome"))
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(px(10))
        columns = 1 if look().zoom >= COMPACT_FROM else 3
        group = QButtonGroup(self)
        self.buttons: dict[str, QPushButton] = {}
        for place, outcome in enumerate(Outcome):
            made = button(words("outcome", outcome.value), role="choice")
            made.setCheckable(True)
            made.setMinimumHeight(px(_HIGH))
            made.clicked.connect(lambda _=False: self.changed.emit())
            group.addButton(made)
            self.buttons[outcome.value] = made
            grid.addWidget(made, place // columns, place % columns)
        for column in range(columns):
            grid.setColumnStretch(column, 1)

    @property
    def value(self) -> str:
        return next((value for value, made in self.buttons.items() if made.isChecked()), "")

    def choose(self, value: str | None) -> None:
        if value in self.buttons:
            self.buttons[value].setChecked(True)
            self.changed.emit()

    def setFocus(self, reason: Qt.FocusReason = Qt.FocusReason.OtherFocusReason) -> None:  # noqa: N802 - Qt's name
        """Stand on the chosen one, or on the first."""
        self.buttons[self.value or Outcome.REACHED.value].setFocus(reason)


def outcome_card(form: Form) -> tuple[QFrame, OutcomeChoice]:
    made, column = card()
    outcome = OutcomeChoice()
    box = Field(t("check_in.outcome"), outcome)
    box.setFocusProxy(None)  # type: ignore[arg-type] # the stubs know no None

    def read() -> Any:
        return outcome.value

    def problem() -> str:
        return "" if outcome.value else t("check_in.error.outcome")

    form.add(
        "check_in.outcome", Entry(outcome, box, read, outcome.choose, read, outcome.choose, problem), outcome.changed
    )
    column.addWidget(box)
    return made, outcome


def ask_card(form: Form) -> tuple[QFrame, Answers]:
    made, column = card(t("check_in.section.questions"), t("check_in.questions_help"))
    asked = [Asked(each.code, t(f"journey_rules.check_in.{each.code}.question")) for each in QUESTIONS]
    questions = Answers(asked, t("check_in.section.questions"))
    form.add("check_in.answers", questions.entry(), questions.changed)
    column.addWidget(questions)
    return made, questions


def more_card(desk: Desk, form: Form) -> QFrame:
    made, column = card(t("check_in.section.more"))
    beside(column, form.date("check_in.tried_on", desk.today, allows_today=True), form.line("check_in.place"))
    column.addWidget(form.text("check_in.said", 3))
    return made


class Worry(QFrame):
    """What a worrying answer leads to, as soon as it is given."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self.setProperty("box", "bar")
        self.setProperty("tone", "danger")
        self.setAccessibleName(t("check_in.worry"))
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(px(14), px(12), px(14), px(12))
        self._column.setSpacing(px(8))
        self._column.addWidget(label(t("check_in.worry"), "heading"))
        self.alarms = label("", "strong")
        self._column.addWidget(self.alarms)
        self._column.addWidget(label(t("check_in.worry_help")))
        self.hide()

    def about(self, person_id: str) -> None:
        self._column.addLayout(what_now(self._desk, person_id))

    def tell(self, alarm: Sequence[str]) -> None:
        """Say which answers worry; nothing without any."""
        said = "\n".join(f"• {t(f'journey_rules.check_in.{code}.alarm')}" for code in alarm)
        if said != self.alarms.text():
            self.alarms.setText(said)
        self.setVisible(bool(alarm))
