# SPDX-License-Identifier: GPL-3.0-or-later
"""A bar that says what happened, what is safe and what to do; with words, icon and colour, never colour alone."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from trafficwatch.ui.theme.look import look, px
from trafficwatch.ui.theme.palette import Tone
from trafficwatch.ui.widgets.parts import TONE_ICONS, button, label, picture


class Notice(QFrame):
    """One message of a tone; `more` stands below it, `add_action` puts a button at its right."""

    def __init__(self, text: str, tone: Tone = Tone.INFO, *, more: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.text = f"{text} {more}".strip()
        self.setProperty("box", "bar")
        self.setProperty("tone", tone.value)
        self.setAccessibleName(self.text)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(px(12), px(9), px(12), px(9))
        self._row.setSpacing(px(10))
        self._row.addWidget(picture(TONE_ICONS[tone], 22, look().colours.tone(tone).ink))
        column = QVBoxLayout()
        column.setSpacing(px(3))
        column.addWidget(label(text, "strong"))
        if more:
            column.addWidget(label(more))
        self._row.addLayout(column, 1)

    def add_action(self, words: str, pressed: Callable[[], object]) -> None:
        """A button for what to do about it."""
        self._row.addWidget(button(words, pressed))

    def announce(self) -> None:
        """Tell a screen reader."""
        QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self, self.text))
