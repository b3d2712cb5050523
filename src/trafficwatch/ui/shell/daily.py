# SPDX-License-Identifier: GPL-3.0-or-later
"""The backup that a desk makes by itself, once a day, while somebody works at it.

It waits until the first page is there, and gives way to whoever wants something of the store: it is broken off, nothing
is left of it, and it is tried again later. One that fails is told in the status line and stops nobody.
"""

from __future__ import annotations

from enum import Enum, auto
from typing import Any

from PySide6.QtCore import QObject, QTimer

from trafficwatch.texts import t
from trafficwatch.ui.shell.desk import Desk

FIRST, AGAIN, LATER = 15_000, 60_000, 30 * 60_000
"""Milliseconds: from unlocking to the first try, after having given way, and between looks whether one is due."""


class Came(Enum):
    """What came of a try."""

    MADE = auto()
    NOT_DUE = auto()
    GAVE_WAY = auto()
    FAILED = auto()


class _GivingWay(Exception):
    """Somebody wants something of the store."""


class DailyBackup(QObject):
    """Never in practice, where there is nothing to lose."""

    def __init__(self, parent: QObject, desk: Desk) -> None:
        super().__init__(parent)
        self._desk = desk
        self.timer = QTimer(self)
        self.timer.setSingleShot(True)
        self.timer.timeout.connect(self._try)
        if not desk.state.practice:
            self.timer.start(FIRST)

    def _try(self) -> None:
        if self._desk.tasks.is_idle:
            self._desk.tasks.store(self, self._make, self._came)
        else:
            self.timer.start(AGAIN)

    def _make(self, store: Any) -> Came:
        from trafficwatch.sync import putting_away
        from trafficwatch.village.backups import BackupGaveWay, make_daily

        try:
            putting_away.run(store)  # what goes is in no backup any more
            return Came.NOT_DUE if make_daily(store, self._give_way) is None else Came.MADE
        except (_GivingWay, BackupGaveWay):
            return Came.GAVE_WAY
        except Exception:  # nobody has asked for it: whatever is wrong with it must not stop their work
            return Came.FAILED

    def _give_way(self, _done: int, _total: int) -> None:
        if self._desk.tasks.is_awaited:
            raise _GivingWay

    def _came(self, came: Came) -> None:
        self.timer.start(AGAIN if came is Came.GAVE_WAY else LATER)
        if came is Came.MADE:
            self._desk.say(t("backups.daily_done"))
        elif came is Came.FAILED:
            self._desk.say(t("backups.daily_failed"))
