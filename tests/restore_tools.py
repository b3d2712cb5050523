# SPDX-License-Identifier: GPL-3.0-or-later
"""A desk whose store is closed and opened as its volunteers do it: folder, stick, marks and a clock to set."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from desks import Clock
from store_tools import copied, template

from trafficwatch.models.backups import BackupRow, Contents
from trafficwatch.models.people import Person
from trafficwatch.store import backup, restore
from trafficwatch.store.unlock import open_store, recover_store
from trafficwatch.store.work import Store


class Desk:
    """A desk with a store folder, a stick and a place for marks; one store is open at a time."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.stick, self.marks = copied(folder), folder / "stick", folder / "marks"
        self.stick.mkdir()
        self.clock = Clock()
        self.code = template().code

    def open(self, passphrase: str | None = None) -> Store:
        if passphrase is not None:
            return open_store(self.folder, passphrase, clock=self.clock, marks=self.marks)
        return recover_store(self.folder, self.code, clock=self.clock, marks=self.marks)

    def write(self, **values: Any) -> str:
        store = self.open()
        with store.work() as work:
            person = work.write(Person, None, **values)
        store.close()
        return person

    def backed_up(self, reason: str = "by_hand") -> BackupRow:
        store = self.open()
        row = backup.make(store, self.stick if reason == "by_hand" else self.folder / "backups", reason)
        store.close()
        return row

    def names(self) -> list[str]:
        store = self.open()
        with store.work() as work:
            names = sorted(str(person.name) for person in work.records.select(Person))
        store.close()
        return names

    def restore(self, row: BackupRow, **options: Any) -> Contents:
        options = {"marks": self.marks, "clock": self.clock, **options}
        return restore.restore(self.folder, Path(row.place), self.code, is_code=True, **options)

    def aside(self) -> list[Path]:
        return sorted(self.folder.glob("before-restore-*"))


def everything(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
