# SPDX-License-Identifier: GPL-3.0-or-later
"""A line of words that opens what lies below it, by Enter, Space or a click, and closes it again.

Unlike a plain button its words may wrap. A screen reader hears whether it is open, and what lies below unless that is
long. It is built when it is opened for the first time.
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from trafficwatch.texts import t
from trafficwatch.ui.theme import icons
from trafficwatch.ui.theme.look import look, px
from trafficwatch.ui.widgets.parts import label, picture

SPOKEN = 1_200
"""Letters: more than that nobody listens to at once."""


class FoldHead(QPushButton):
    """The line itself; it has no words of its own as a button, so that they can wrap."""

    def __init__(self, words: str, icon_name: str = "") -> None:
        super().__init__()
        self._words = words
        self.setProperty("role", "row")
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)  # a button's own forbids to wrap
        self._row = row = QHBoxLayout(self)
        row.setContentsMargins(px(8), px(7), px(8), px(7))
        row.setSpacing(px(7))
        if icon_name:
            row.addWidget(picture(icon_name, 16), 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(label(words), 1)
        self._way = picture("plus", 16)
        row.addWidget(self._way, 0, Qt.AlignmentFlag.AlignTop)
        self.show_state(is_open=False)

    def show_state(self, *, is_open: bool) -> None:
        state = t("screening_desk.group_open") if is_open else t("screening_desk.group_closed")
        self.setAccessibleName(f"{self._words} – {state}")
        colour, ratio = look().colours.accent_ink, self.devicePixelRatioF()
        self._way.setPixmap(icons.pixmap("minus" if is_open else "plus", colour, px(16), ratio))

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        return self._row.totalSizeHint()

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        return self._row.totalMinimumSize()


class Fold(QWidget):
    """The line and what it opens."""

    toggled = Signal(bool)

    def __init__(self, words: str, build: Callable[[], QWidget], icon_name: str = "") -> None:
        super().__init__()
        self._build = build
        self._inside: QWidget | None = None
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(px(4))
        self.head = FoldHead(words, icon_name)
        self.head.clicked.connect(self._toggle)
        self._column.addWidget(self.head)

    @property
    def is_open(self) -> bool:
        return self._inside is not None and not self._inside.isHidden()

    def _toggle(self) -> None:
        if self._inside is None:
            self._inside = self._build()
            self._column.addWidget(self._inside)
            self._inside.show()
        else:
            self._inside.setVisible(self._inside.isHidden())
        self.head.show_state(is_open=self.is_open)
        self.toggled.emit(self.is_open)
        if self.is_open:
            words = " ".join(each.text() for each in self._inside.findChildren(QLabel))
            if len(words) <= SPOKEN:
                QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self.head, words))
