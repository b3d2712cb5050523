# SPDX-License-Identifier: GPL-3.0-or-later
"""Sitting down at a real desk in its real window, and at the one that comes after it."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from hands import Hands, Key
from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from trafficwatch.app import Next, make_door
from trafficwatch.cli.practice import VILLAGE_PASSPHRASE
from trafficwatch.models.fields import Side
from trafficwatch.store.vault import Keys
from trafficwatch.ui.shell.settings import Settings
from trafficwatch.ui.shell.tasks import Tasks
from trafficwatch.ui.shell.window import Shell
from trafficwatch.village.drafts import Draft, drafts


class Seat:
    """Somebody at one desk; `restarts` is how the fresh program was asked for."""

    def __init__(self, qtbot: QtBot, folder: Path, side: Side, *, hidden: bool = False) -> None:
        self.restarts: list[Next] = []
        door = make_door(
            side,
            folder,
            practice=False,
            settings_path=folder.parent / "settings.json",
            restart=self.restarts.append,
            hidden=hidden,
        )
        self.qtbot, self.tasks = qtbot, Tasks()
        self.shell = Shell(door, Settings(), self.tasks)
        self.hands = Hands(qtbot, self.shell, self.tasks)

    def unlock(self, passphrase: str = VILLAGE_PASSPHRASE) -> Hands:
        self.hands.type(passphrase)
        self.hands.do(Key.Key_Return)
        return self.hands

    def is_locked(self) -> bool:
        self.qtbot.waitUntil(lambda: bool(self.restarts))
        return not any(each.isVisible() for each in QApplication.topLevelWidgets())

    def drafts(self) -> tuple[Draft, ...]:
        found: list[tuple[Draft, ...]] = []
        self.tasks.work(self.tasks, drafts, found.append)
        self.qtbot.waitUntil(lambda: bool(found))
        return found[0]

    def leave(self) -> None:
        self.shell.hide()
        self.shell.deleteLater()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
        self.tasks.close()


Sit = Callable[..., Seat]


@contextmanager
def sitting(qtbot: QtBot, folder: Path, side: Side) -> Iterator[Seat]:
    """At the one desk in this folder."""
    seat = Seat(qtbot, folder, side)
    yield seat
    seat.leave()


@contextmanager
def seating(qtbot: QtBot, founded: dict[str, tuple[Path, Keys]], folder: Path) -> Iterator[Sit]:
    """A desk to sit down at, one after the other."""
    seats: list[Seat] = []
    for name in ("village", "ppt"):
        shutil.copytree(founded[name][0], folder / name)

    def made(side: Side = Side.VILLAGE, *, hidden: bool = False) -> Seat:
        if seats:
            seats[-1].leave()
        seats.append(Seat(qtbot, folder / ("ppt" if side is Side.PPT else "village"), side, hidden=hidden))
        return seats[-1]

    yield made
    if seats:
        seats[-1].leave()
