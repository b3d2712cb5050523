# SPDX-License-Identifier: GPL-3.0-or-later
"""A person before the real, locked window of a desk with a mark outside of its folder, one program after the other."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from desks import Desks
from hands import Hands, Key
from PySide6.QtCore import QCoreApplication, QEvent
from pytestqt.qtbot import QtBot

from trafficwatch.app import Next, make_door
from trafficwatch.models.fields import Side
from trafficwatch.store.unlock import open_store
from trafficwatch.store.work import Store
from trafficwatch.ui.shell.settings import Settings
from trafficwatch.ui.shell.tasks import Tasks
from trafficwatch.ui.shell.window import Shell
from trafficwatch.village.setup import confirm_recovery_sheet, renew_recovery_code


class Seat:
    """One program; `restarts` is how the next one was asked for."""

    def __init__(self, qtbot: QtBot, folder: Path, side: Side = Side.VILLAGE) -> None:
        self.restarts: list[Next] = []
        door = make_door(
            side,
            folder,
            practice=False,
            settings_path=folder.parent / "settings.json",
            marks=folder.parent / "marks",
            restart=self.restarts.append,
        )
        self.tasks = Tasks()
        self.shell = Shell(door, Settings(), self.tasks)
        self.hands = Hands(qtbot, self.shell, self.tasks)

    @property
    def is_open(self) -> bool:
        return self.shell.desk is not None

    def unlock(self, passphrase: str) -> Hands:
        self.hands.fill("Frasa sandi", passphrase)
        self.hands.do(Key.Key_Return)
        return self.hands

    @property
    def store(self) -> Store:
        store = self.tasks._store
        assert isinstance(store, Store)
        return store

    def end(self) -> None:
        self.shell.hide()
        self.shell.deleteLater()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
        self.tasks.close()


@contextmanager
def seated(qtbot: QtBot, folder: Path, side: Side = Side.VILLAGE) -> Iterator[Seat]:
    made = Seat(qtbot, folder, side)
    try:
        yield made
    finally:
        made.end()


def with_sheet(desks: Desks) -> str:
    """The recovery sheet is printed and checked, so that the desk opens with its first page; gives the code."""
    code = renew_recovery_code(desks.village)
    confirm_recovery_sheet(desks.village, code)
    for made in (desks.folder / "village/backups").glob("*"):  # the one before the keys were renewed
        shutil.rmtree(made)
    return code


def opened(folder: Path, passphrase: str) -> Store:
    return open_store(folder, passphrase, marks=folder.parent / "marks")
