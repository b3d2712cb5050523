# SPDX-License-Identifier: GPL-3.0-or-later
"""Groups of questions that open and close: those of the three elements, of circumstances, and of each known modus."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from trafficwatch.models.screening import Entry
from trafficwatch.texts import t
from trafficwatch.ui.theme import icons
from trafficwatch.ui.theme.look import look, px
from trafficwatch.ui.theme.palette import Tone
from trafficwatch.ui.widgets.answer_line import AnswerLine
from trafficwatch.ui.widgets.choice_line import STOP, way_of
from trafficwatch.ui.widgets.parts import card, chip

if TYPE_CHECKING:
    from trafficwatch.ui.village.screening_questions import QuestionsStep


class GroupHead(QPushButton):
    """Opens and closes a group; Up and Down walk on."""

    step = Signal(int)

    def __init__(self, title: str) -> None:
        super().__init__()
        self._title = title
        self.setProperty("role", "row")
        self.setIconSize(QSize(px(20), px(20)))
        self.setProperty(STOP, True)  # noqa: FBT003 - Qt's signature

    def show_state(self, answered: int, total: int, *, is_open: bool, mark: str = "") -> None:
        self.setText(t("screening_desk.group", name=self._title, answered=answered, total=total))
        self.setIcon(icons.icon("minus" if is_open else "plus", look().colours.accent_ink))
        state = t("screening_desk.group_open") if is_open else t("screening_desk.group_closed")
        self.setAccessibleName(" – ".join(filter(None, (self.text(), mark, state))))

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter} and not event.modifiers():
            self.click()
        elif way := way_of(event):
            self.step.emit(way)
        else:
            super().keyPressEvent(event)


class QuestionGroup(QWidget):
    """One group of questions, built when it is opened for the first time. It is marked once its gate was answered yes:
    then its questions are worth asking.
    """

    def __init__(self, step: QuestionsStep, title: str, entries: list[Entry], gate: Entry | None = None) -> None:
        super().__init__()
        self._step, self._entries, self._gate = step, entries, gate
        self.lines: dict[str, AnswerLine] = {}
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(px(6))
        self._mark = chip(t("screening_desk.module_open"), Tone.INFO, "check")
        self._mark.hide()
        column.addWidget(self._mark, 0, Qt.AlignmentFlag.AlignLeft)
        self.head = GroupHead(title)
        self.head.clicked.connect(self._toggle)
        column.addWidget(self.head)
        self._frame, self._column = card()
        self._frame.hide()
        column.addWidget(self._frame)
        self.refresh()

    @property
    def is_open(self) -> bool:
        return not self._frame.isHidden()

    def refresh(self) -> None:
        """Count the answers anew; questions that are not for this person are out of sight."""
        talk = self._step.talk
        fitting = [entry for entry in self._entries if talk.concerns(entry)]
        answered = sum(entry.code in talk.answers for entry in fitting)
        for entry in self._entries:
            if entry.code in self.lines:
                self.lines[entry.code].setVisible(entry in fitting)
        self.setVisible(bool(fitting))
        is_called = self._gate is not None and talk.says_yes(self._gate.code)
        self._mark.setVisible(is_called)
        mark = t("screening_desk.module_open") if is_called else ""
        self.head.show_state(answered, len(fitting), is_open=self.is_open, mark=mark)

    def _toggle(self) -> None:
        if not self.lines:
            for entry in self._entries:
                self.lines[entry.code] = self._step.line_for(entry)
                self._column.addWidget(self.lines[entry.code])
        self._frame.setVisible(not self.is_open)
        self.refresh()
        self._step.grown.emit()
