# SPDX-License-Identifier: GPL-3.0-or-later
"""How long nobody has touched the program: a word of warning before the desk locks by itself, and any key undoes it."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QEvent, QObject, QTimer, Signal

WARNING = 30_000
"""Milliseconds between the warning and the lock."""
_TOUCHED = {
    QEvent.Type.KeyPress,
    QEvent.Type.InputMethod,
    QEvent.Type.MouseButtonPress,
    QEvent.Type.MouseMove,
    QEvent.Type.Wheel,
    QEvent.Type.TouchBegin,
}


class Idle(QObject):
    """Counts from `start` on. `soon(True)`: it will be over soon; `soon(False)`: somebody is there; `over`: nobody."""

    soon = Signal(bool)
    over = Signal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._time = 0
        self._is_soon = False
        self.timer = QTimer(self)
        self.timer.setSingleShot(True)
        self.timer.timeout.connect(self._passed)

    def start(self, minutes: int) -> None:
        """Count anew, to this many minutes."""
        app = QCoreApplication.instance()
        if not self._time and app is not None:
            app.installEventFilter(self)
        self._time = minutes * 60_000
        self._again()

    def stop(self) -> None:
        """Count no more."""
        self._time = 0
        self.timer.stop()
        app = QCoreApplication.instance()
        if app is not None:
            app.removeEventFilter(self)

    def eventFilter(self, _: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        if event.type() in _TOUCHED and self._time:
            self._again()
        return False

    def _again(self) -> None:
        if self._is_soon:
            self._is_soon = False
            self.soon.emit(False)  # noqa: FBT003 - a signal has no keywords
        self.timer.start(self._time - WARNING)

    def _passed(self) -> None:
        if self._is_soon:
            self.stop()
            self.over.emit()
        else:
            self._is_soon = True
            self.soon.emit(True)  # noqa: FBT003
            self.timer.start(WARNING)
