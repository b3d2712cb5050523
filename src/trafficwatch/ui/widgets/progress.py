# SPDX-License-Identifier: GPL-3.0-or-later
"""How far several files are: a bar, the count in words, and a button that stops after the present one.

Nothing shows for the first 300 ms: what is done quickly needs no bar. `begin` again goes on with a second round in the
same place. What is under way is always finished: stopping loses nothing.
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QTimer
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QProgressBar, QVBoxLayout, QWidget

from trafficwatch.texts import t
from trafficwatch.ui.theme.look import px
from trafficwatch.ui.widgets.parts import button, label

DELAY = 300
"""Milliseconds before it shows."""
Words = Callable[[int, int], str]


class Progress(QFrame):
    """Hidden until something takes its time."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("box", "card")
        self._cancel: Callable[[], None] = lambda: None
        self._words: Words = lambda _done, _total: ""
        self._stopping = ""
        self._total = 0
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(DELAY)
        self._timer.timeout.connect(self._appear)
        row = QHBoxLayout(self)
        row.setContentsMargins(px(18), px(12), px(18), px(12))
        row.setSpacing(px(16))
        self.column = column = QVBoxLayout()
        column.setSpacing(px(8))
        self.count = label("", "strong")
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        column.addWidget(self.count)
        column.addWidget(self.bar)
        row.addLayout(column, 1)
        self.stop = button(t("exchange_desk.progress.stop"), self._stop, icon_name="close")
        row.addWidget(self.stop)
        self.hide()

    def begin(self, total: int, words: Words, cancel: Callable[[], None], stopping: str = "") -> None:
        """Start, or go on with another round; `words(done, total)` says how far it is, `stopping` what stopping does
        where it is not to end after the present file.
        """
        self._total, self._words, self._cancel = total, words, cancel
        self._stopping = stopping or t("exchange_desk.progress.stopping")
        self.bar.setRange(0, max(1, total))
        self.stop.setEnabled(True)
        self.step(0)
        if not self.isVisible() and not self._timer.isActive():
            self._timer.start()

    def step(self, done: int) -> None:
        self.bar.setValue(done)
        self._say(self._words(done, self._total) if self.stop.isEnabled() else self._stopping)

    def end(self) -> None:
        self._timer.stop()
        self.hide()

    def _appear(self) -> None:
        self.show()
        QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self, self.count.text()))

    def _stop(self) -> None:
        self.stop.setEnabled(False)
        self._say(self._stopping)
        QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self, self.count.text()))
        self._cancel()

    def _say(self, words: str) -> None:
        self.count.setText(words)
        self.bar.setAccessibleName(words)
