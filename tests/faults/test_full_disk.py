# SPDX-License-Identifier: GPL-3.0-or-later
"""A real disk that fills up, on which everything fails by its name and nothing is lost; and the ballast that helps.

The disks are mounted by root (`store_tools.small_disk`); elsewhere `test_kills` has the same by system calls.
"""

from __future__ import annotations

import random
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from bench import Tally
from judging import judge
from saving import NAME, SAVE, save_one
from scenario import opened, quick, two_desks
from store_tools import small_disk

from trafficwatch.errors import ExpectedError
from trafficwatch.models.people import Person
from trafficwatch.registry import trash
from trafficwatch.store import backup, ballast, rotation
from trafficwatch.store.connection import StoreFull
from trafficwatch.store.files import DiskFull
from trafficwatch.store.folder import read_vault
from trafficwatch.store.work import Store
from trafficwatch.sync.exporting import export
from trafficwatch.village import panic
from trafficwatch.village.drafts import keep


@pytest.fixture
def disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A root with two desks on a disk of 5 MB; the ballast is small there."""
    monkeypatch.setattr(ballast, "SIZE", 256 * 1024)
    monkeypatch.setattr(ballast, "_PLENTY", 1024 * 1024)
    with small_disk(tmp_path, "5m") as mounted:
        two_desks(mounted / "root")
        yield mounted / "root"


def fill(folder: Path) -> None:
    """Leave no byte of room."""
    with (folder / "filling").open("wb", buffering=0) as file:
        for size in (65_536, 4_096, 512, 1):
            try:
                while True:
                    file.write(b"x" * size)
            except OSError:
                continue
    assert shutil.disk_usage(folder).free == 0


def save_until_full(store: Store) -> tuple[list[dict[str, Any]], str]:
    chance, acks = random.Random(5), []
    for number in range(1_000):
        try:
            acks.append({"saved": save_one(store, number, chance), "number": number})
        except ExpectedError as error:
            return acks, error.key
    raise AssertionError("the disk is not full")


def people(store: Store) -> list[str]:
    with store.work() as work:
        return [found.id for found in work.records.select(Person) if (found.name or "").startswith(NAME)]


def assert_sound(root: Path, acks: list[dict[str, Any]]) -> None:
    tally = Tally()
    tally.add("full disk", judge(SAVE, root, acks))
    assert (tally.failed, tally.examples) == (0, [])


def test_a_full_disk_is_named_and_what_was_saved_stays(disk: Path) -> None:
    store = opened(disk, "village")
    acks, refused = save_until_full(store)
    assert (refused, len(acks) > 5) == (StoreFull.key, True)
    fill(disk)
    for attempt in (
        lambda: save_one(store, 0, random.Random(0)),
        lambda: export(store, disk / "stick"),
        lambda: backup.make(store, disk / "stick", "by_hand"),
        lambda: backup.make(store, backup.own_place(store.folder), "daily"),
        lambda: rotation.rotate(store),
    ):
        with pytest.raises((StoreFull, DiskFull)):
            attempt()
    assert len(people(store)) == len(acks)
    assert list((disk / "stick").iterdir()) == []
    store.close()
    (disk / "filling").unlink()
    subprocess.run(["mount", "-o", "remount,size=9m", disk.parent], check=True)
    assert_sound(disk, acks)


def test_a_full_disk_keeps_nobody_out(disk: Path) -> None:
    """Unlocking writes no more than it must, and reads everything."""
    store = opened(disk, "village")
    acks, _ = save_until_full(store)
    store.close()
    fill(disk)
    store = opened(disk, "village")
    assert len(people(store)) == len(acks)
    store.close()


def test_the_ballast_lets_delete_and_lock_work(disk: Path) -> None:
    store = opened(disk, "village")
    assert ballast.keep(store.folder)
    person = save_one(store, 0, random.Random(0))["person"]
    fill(disk)

    def delete() -> int:
        with store.work() as work:
            return trash.delete(work, "person", person, trash.Reason.PERSON_ASKED)

    with pytest.raises(StoreFull):
        delete()
    assert ballast.room(store.folder, delete) >= 1
    with store.work() as work:  # what locking does: the draft, then the end
        keep(work, "card", {"name": "Belum selesai"})
    store.close()
    store = opened(disk, "village")
    with store.work() as work:
        assert not work.records.select(Person) or work.records.get(Person, person).deleted
    store.close()
    (disk / "filling").unlink()
    assert_sound(disk, [])


def test_panic_works_on_a_full_disk(disk: Path) -> None:
    store = opened(disk, "village")
    assert ballast.keep(store.folder)
    fill(disk)
    with quick():
        assert panic.wipe(store, also_codes=False).recovery
    store.close()
    assert {slot.kind for slot in read_vault(store.folder).slots} == {"recovery"}
