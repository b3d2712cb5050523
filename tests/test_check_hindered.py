# SPDX-License-Identifier: GPL-3.0-or-later
"""`store check` where it can't look: a disk that is full or can't be written to is no damage."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from desks import cli
from store_tools import PASSPHRASE, copied, reopened, small_disk, template

from trafficwatch.models.people import Person
from trafficwatch.store.check import check
from trafficwatch.store.check_pages import CheckNotPossible


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    with small_disk(tmp_path, "8m") as found:
        shutil.copytree(copied(tmp_path), found / "store")
        yield found


def fill(disk: Path) -> None:
    (disk / "foto.jpg").write_bytes(bytes(shutil.disk_usage(disk).free))


def write_much(folder: Path) -> dict[str, bytes]:
    """A store as the power leaves it: much of it is in the log."""
    store = reopened(folder, template().keys)
    with store.work() as work:
        for number in range(300):
            work.write(Person, None, name=f"Orang {number}")
    left = {path.name: path.read_bytes() for path in folder.glob("store.db*") if not path.name.endswith("-shm")}
    store.close()
    return left


def checked(folder: Path) -> Any:
    return cli("--json", "--store", folder, "store", "check", passphrase=PASSPHRASE)


def test_on_a_full_disk(disk: Path) -> None:
    folder = disk / "store"
    for name, content in write_much(folder).items():
        (folder / name).write_bytes(content)
    store = reopened(folder, template().keys)
    fill(disk)
    with pytest.raises(CheckNotPossible):
        check(store)
    (disk / "foto.jpg").unlink()
    assert check(store).ok
    store.close()


def test_on_a_disk_that_can_t_be_written_to(disk: Path) -> None:
    folder = disk / "store"
    for name, content in write_much(folder).items():
        (folder / name).write_bytes(content)
    subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
    said = checked(folder)
    assert said.code == 1
    assert said.document["error"] in {"check_not_possible", "store_disk_failed"}  # it may not even open
    subprocess.run(["mount", "-o", "remount,rw", str(disk)], check=True)
    assert checked(folder).document["ok"]
