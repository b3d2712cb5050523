# SPDX-License-Identifier: GPL-3.0-or-later
"""What is done and what is still missing for coming home, as a list to tick off by itself; each open step has its form.

For the section 'Pulang' of a case: `put` shows what `casework.returning` found.
"""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QBoxLayout, QVBoxLayout, QWidget

from trafficwatch.casework.returning import Returning, Step, StepState
from trafficwatch.texts import t
from trafficwatch.ui.shell.desk import Desk
from trafficwatch.ui.theme.look import COMPACT_FROM, look, px
from trafficwatch.ui.theme.palette import Tone
from trafficwatch.ui.village.resident_parts import date_words
from trafficwatch.ui.widgets.parts import button, card, chip, empty, label, picture, rule

_SIGNS = {
    StepState.DONE: ("check", Tone.OK),
    StepState.OPEN: ("clock", Tone.WARN),
    StepState.STOP: ("error", Tone.DANGER),
    StepState.NOT_NEEDED: ("minus", Tone.NEUTRAL),
}


class ReturnSteps(QWidget):
    """The list; in a closed case (`is_open` False) it asks for nothing."""

    def __init__(self, desk: Desk, person_id: str, *, is_open: bool = True) -> None:
        super().__init__()
        self._desk, self._person, self._is_open = desk, person_id, is_open
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        frame, self._column = card(t("follow_up.returning"))
        outer.addWidget(frame)
        self._state = label("")
        self._column.addWidget(self._state)
        self._lines = QVBoxLayout()
        self._lines.setSpacing(px(8))
        self._column.addLayout(self._lines)

    def put(self, found: Returning) -> None:
        empty(self._lines)
        stops = any(each.state is StepState.STOP for each in found.steps)
        key = "stop" if stops else "prepared" if found.is_prepared else "missing"
        self._state.setText(t(f"follow_up.returning_{key}"))
        for place, step in enumerate(found.steps):
            if place:
                self._lines.addWidget(rule())
            self._lines.addWidget(self._line(step))

    def _line(self, step: Step) -> QWidget:
        made = QWidget()
        row = QBoxLayout(QBoxLayout.Direction.LeftToRight, made)
        row.setContentsMargins(0, px(2), 0, px(2))
        row.setSpacing(px(10))
        sign, tone = _SIGNS[step.state]
        is_stacked = look().zoom >= COMPACT_FROM
        at = Qt.AlignmentFlag.AlignTop if is_stacked else Qt.AlignmentFlag.AlignVCenter
        row.addWidget(picture(sign, 20, look().colours.tone(tone).ink), 0, at)
        rest = QBoxLayout(QBoxLayout.Direction.TopToBottom if is_stacked else QBoxLayout.Direction.LeftToRight)
        rest.setSpacing(px(8))
        row.addLayout(rest, 1)
        said = QVBoxLayout()
        said.setSpacing(px(1))
        words = t(f"follow_up.step_home.{step.name}")
        said.addWidget(label(words, "strong"))
        if step.on:
            said.addWidget(label(date_words(step.on), "small"))
        rest.addLayout(said, 1)
        rest.addWidget(chip(t(f"follow_up.state.{step.state}"), tone, sign), 0, Qt.AlignmentFlag.AlignLeft)
        if self._is_open and step.state is not StepState.NOT_NEEDED and step.state is not StepState.DONE:
            add = button(t("follow_up.state_write"), partial(self._go, step), role="quiet")
            add.setAccessibleName(t("follow_up.state_write_of", step=words))
            rest.addWidget(add, 0, Qt.AlignmentFlag.AlignLeft)
        return made

    def _go(self, step: Step) -> None:
        if step.type == "follow_up":
            self._desk.go("follow_ups", person_id=self._person)
        else:
            self._desk.go("care_entry", of_type=step.type, person_id=self._person, record_id=step.record_id)
