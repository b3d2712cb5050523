# SPDX-License-Identifier: GPL-3.0-or-later
"""Questions of the register with three answers, yes, no and not known: the procedure, a visit, a check-in.

Single keys answer them as in a screening, Up and Down go from one to the next. `answers` are those given; a question
that is hidden (`ask`) keeps its answer.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from trafficwatch.texts.labels import label as words
from trafficwatch.ui.theme.look import px
from trafficwatch.ui.village import restoring
from trafficwatch.ui.village.resident_form import Entry
from trafficwatch.ui.widgets.choice_line import NO, UNKNOWN, YES, ChoiceLine, Option, walk_from
from trafficwatch.ui.widgets.parts import label


@dataclass(frozen=True, slots=True)
class Asked:
    """One question in words; `group` is a heading above the first of several."""

    code: str
    question: str
    help: str = ""
    group: str = ""


class Answers(QWidget):
    """The questions below each other."""

    changed = Signal()

    def __init__(self, asked: Sequence[Asked], name: str, options: Sequence[Option] = ()) -> None:
        """`options` are other answers than yes, no and not known."""
        super().__init__()
        self.setAccessibleName(name)
        self.lines: dict[str, ChoiceLine] = {}
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(px(2))
        options = options or [Option(value, words("answer", value)) for value in (YES, NO, UNKNOWN)]
        group = ""
        for each in asked:
            if each.group != group:
                group = each.group
                column.addSpacing(px(8))
                column.addWidget(label(group, "soft"))
            line = ChoiceLine(each.question, options, help_text=each.help, beside=True)
            line.chosen.connect(lambda _: self.changed.emit())
            line.step.connect(lambda way, line=line: self._walk(line, way))
            self.lines[each.code] = line
            column.addWidget(line)

    @property
    def answers(self) -> dict[str, str]:
        return {code: line.value for code, line in self.lines.items() if line.value}

    def show_answers(self, answers: Mapping[str, str]) -> None:
        """Show answers from elsewhere."""
        for code, line in self.lines.items():
            value = answers.get(code, "")
            line.show_value(value if value in {YES, NO, UNKNOWN} else "")
        self.changed.emit()

    def ask(self, codes: Collection[str]) -> None:
        """Ask these alone."""
        for code, line in self.lines.items():
            line.setVisible(code in codes)

    def entry(self) -> Entry:
        """The answers as an input of a form."""
        return Entry(
            self,
            None,
            lambda: self.answers,
            self.show_answers,
            lambda: self.answers,
            lambda stored: self.show_answers(stored or {}),
            merge=restoring.answers,
        )

    def setFocus(self, reason: Qt.FocusReason = Qt.FocusReason.OtherFocusReason) -> None:  # noqa: N802 - Qt's name
        """Stand on the first question that is asked."""
        first = next((line for line in self.lines.values() if not line.isHidden()), None)
        if first is not None:
            first.setFocus(reason)

    def _walk(self, line: ChoiceLine, way: int) -> None:
        following = walk_from(self, line, way)
        if following is not None:
            following.setFocus(Qt.FocusReason.TabFocusReason)
        else:
            self.focusNextPrevChild(way > 0)
