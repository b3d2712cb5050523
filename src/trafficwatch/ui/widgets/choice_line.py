# SPDX-License-Identifier: GPL-3.0-or-later
"""One question with a few answers beneath it, answered by single keys while the line has the focus.

The line is the one stop of the Tab key; its buttons are for the mouse. Each option has its keys, Delete takes the
answer back, Up, Down and Enter ask to go on (`step`). A screen reader hears the question with its present answer, and
each new answer. `walk_from` finds the neighbour among all lines and headings of a page.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QKeyEvent
from PySide6.QtWidgets import QApplication, QFrame, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from trafficwatch.texts import t
from trafficwatch.ui.theme.look import COMPACT_FROM, look, px
from trafficwatch.ui.theme.palette import Tone
from trafficwatch.ui.widgets.parts import button, chip, label

YES, NO, UNKNOWN, DECLINED = "yes", "no", "unknown", "declined"
KEYS: dict[str, tuple[Qt.Key, ...]] = {
    YES: (Qt.Key.Key_Y,),
    NO: (Qt.Key.Key_T, Qt.Key.Key_N),
    UNKNOWN: (Qt.Key.Key_U,),
    DECLINED: (Qt.Key.Key_D,),
}
"""Y(a), T(idak) or N(o), U for what nobody knows, D for declined: the same keys in both languages."""
STOP = "stop"
"""The property of what Up and Down go to; it has a signal `step`."""
_STEPS = {Qt.Key.Key_Down: 1, Qt.Key.Key_Return: 1, Qt.Key.Key_Enter: 1, Qt.Key.Key_Up: -1}


@dataclass(frozen=True, slots=True)
class Option:
    """One answer and its words on the button."""

    value: str
    words: str


def way_of(event: QKeyEvent) -> int:
    """+1 for the keys that go on, -1 for the one that goes back, 0 for any other."""
    is_plain = not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
    return _STEPS.get(Qt.Key(event.key()), 0) if is_plain else 0


class ChoiceLine(QFrame):
    """A question; `value` is the chosen option's, '' for none."""

    chosen = Signal(str)
    """The user chose this value, or took the answer back ('')."""
    step = Signal(int)
    """Go on (+1) or back (-1)."""

    def __init__(
        self, question: str, options: Sequence[Option], *, help_text: str = "", mark: str = "", beside: bool = False
    ) -> None:
        """`mark` is a short remark above the question, such as that it is not read aloud. With `beside` the answers
        stand at the right of the question, as long as the letters are not large.
        """
        super().__init__()
        self.question = question
        self._options = {option.value: option.words for option in options}
        self._value = ""
        self.setProperty("box", "answer")
        self.setProperty(STOP, True)  # noqa: FBT003 - Qt's signature
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(px(12), px(10), px(12), px(10))
        self.column.setSpacing(px(6))
        if mark:
            self.column.addWidget(chip(mark, Tone.INFO, "eye"), 0, Qt.AlignmentFlag.AlignLeft)
        self.column.addWidget(label(question, "strong"))
        if help_text:
            self.column.addWidget(label(help_text, "small"))
        row = QHBoxLayout()
        row.setContentsMargins(0, px(2), 0, 0)
        row.setSpacing(px(8))
        self._buttons: dict[str, QPushButton] = {}
        for option in options:
            made = button(option.words, role="choice")
            made.setCheckable(True)
            made.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            made.clicked.connect(lambda _=False, value=option.value: self._clicked(value))
            self._buttons[option.value] = made
            row.addWidget(made)
        if beside and look().zoom < COMPACT_FROM:
            self.column.setContentsMargins(px(12), px(4), px(12), px(4))
            words = QVBoxLayout()
            words.setSpacing(px(1))
            while (item := self.column.takeAt(0)) is not None:
                if (part := item.widget()) is not None:
                    words.addWidget(part)
            across = QHBoxLayout()
            across.setSpacing(px(24))
            across.addLayout(words, 1)
            across.addLayout(row)
            across.setAlignment(row, Qt.AlignmentFlag.AlignTop)
            self.column.addLayout(across)
        else:
            row.addStretch(1)
            self.column.addLayout(row)
        keys = t("screening_desk.keys") if UNKNOWN in self._options else t("screening_desk.keys_yes_no")
        self.setAccessibleDescription(" ".join(filter(None, (mark, help_text, keys))))
        self._tell_name()

    @property
    def value(self) -> str:
        return self._value

    def show_value(self, value: str) -> None:
        """Put the line in a state without telling anybody."""
        self._value = value
        for each, made in self._buttons.items():
            made.setChecked(each == value)
        self._tell_name()

    def choose(self, value: str) -> None:
        """As if the user had chosen it; '' takes the answer back."""
        if value == self._value:
            return
        self.show_value(value)
        words = self._options.get(value) or t("screening_desk.taken_back")
        QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self, words))
        self.chosen.emit(value)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        is_plain = not event.modifiers() & ~(Qt.KeyboardModifier.KeypadModifier | Qt.KeyboardModifier.ShiftModifier)
        focused = QApplication.focusWidget()
        is_from_field = focused is not None and focused is not self and self.isAncestorOf(focused)
        if is_plain and not is_from_field:
            if event.key() in {Qt.Key.Key_Delete, Qt.Key.Key_Backspace}:
                self.choose("")
                return
            for value in self._options:
                if event.key() in KEYS[value]:
                    self.choose(value)
                    return
        if way := way_of(event):
            self.step.emit(way)
        else:
            super().keyPressEvent(event)

    def _clicked(self, value: str) -> None:
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        self.choose("" if value == self._value else value)
        self.show_value(self._value)

    def _tell_name(self) -> None:
        words = self._options.get(self._value) or t("screening_desk.no_answer")
        self.setAccessibleName(t("screening_desk.line_name", question=self.question, answer=words))


def walk_from(root: QWidget, here: QWidget, way: int) -> QWidget | None:
    """The next (+1) or previous (-1) visible stop under `root`, in the order they were put there; None at the end."""
    stops = [widget for widget in root.findChildren(QWidget) if widget.property(STOP) and widget.isVisibleTo(root)]
    if here not in stops:
        return stops[0] if stops else None
    position = stops.index(here) + way
    return stops[position] if 0 <= position < len(stops) else None
