# SPDX-License-Identifier: GPL-3.0-or-later
"""'End this?', asked in its place with the reason: a button that opens a question, and a question that can be left."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from trafficwatch.texts import t
from trafficwatch.ui.theme.look import px
from trafficwatch.ui.widgets.parts import Field, button, card, row, text_edit


@dataclass(frozen=True, slots=True)
class QuestionWords:
    """What stands there: the button and its name for who can't see the line above it, the question with what it means,
    yes and no; `role` is that of the yes.
    """

    ask: str
    ask_this: str
    title: str
    more: str
    sure: str
    keep: str
    role: str = ""


class ReasonQuestion(QWidget):
    """`answered` is called with the reason; `typed` tells what stands there so far."""

    typed = Signal(str)
    asked = Signal(QWidget)
    """The question came up in this widget."""

    def __init__(self, words: QuestionWords, answered: Callable[[str], None], *, keeps_reason: bool) -> None:
        super().__init__()
        self._answered = answered
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(px(4))
        self.open = button(words.ask, self._open, icon_name="undo")
        self.open.setAccessibleName(words.ask_this)
        column.addLayout(row(self.open))
        self._ask, inside = card(words.title, words.more)
        self._ask.setProperty("box", "sunken")
        self.reason = text_edit(lines=2)
        self.reason.textChanged.connect(lambda: self.typed.emit(self.reason.toPlainText()))
        self._reason = Field(t("consent.reason"), self.reason, "" if keeps_reason else t("consent.reason_not_kept"))
        self._reason.setFocusProxy(None)  # type: ignore[arg-type]  # built late, it were a stop behind the footer
        inside.addWidget(self._reason)
        self.sure = button(words.sure, self._sure, role=words.role, icon_name="undo")
        inside.addLayout(row(self.sure, button(words.keep, self._close)))
        self._ask.hide()
        column.addWidget(self._ask)

    def put_reason(self, reason: str) -> None:
        """The question as it was left, without going there."""
        self.open.hide()
        self._ask.show()
        self.reason.setPlainText(reason)

    def _open(self) -> None:
        self.open.hide()
        self._ask.show()
        self.reason.setFocus()
        self.asked.emit(self._ask)

    def _close(self) -> None:
        self.reason.clear()
        self._ask.hide()
        self.open.show()
        self.open.setFocus()

    def _sure(self) -> None:
        reason = self.reason.toPlainText().strip()
        if not reason:
            self._reason.wrong(t("consent.reason_missing"))
            self.reason.setFocus()
            return
        self._answered(reason)
