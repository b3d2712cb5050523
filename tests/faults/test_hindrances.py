# SPDX-License-Identifier: GPL-3.0-or-later
"""Places and times that a store does not expect: a read-only disk, a second program, a clock that was set back."""

from __future__ import annotations

import random
import subprocess
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import desks
import pytest
from bench import Bench
from desks import MORNING, VILLAGE_PASSPHRASE, Clock
from disk_model import write_tree
from judging import judge, problems
from saving import SAVE, save_one
from scenario import opened, quick, two_desks
from store_tools import content, small_disk

from trafficwatch.errors import FileError, StoreError
from trafficwatch.models.backups import Reason
from trafficwatch.store import alone, backup, journal, tries
from trafficwatch.store.alone import StoreInUse
from trafficwatch.store.unlock import open_store
from trafficwatch.store.vault import WrongPassphrase


@pytest.fixture
def root(tmp_path: Path) -> Path:
    two_desks(tmp_path / "root")
    return tmp_path / "root"


# -- a read-only disk --------------------------------------------------------------------------------------------------


@pytest.fixture
def read_only(tmp_path: Path) -> Iterator[Path]:
    with small_disk(tmp_path, "8m") as mounted:
        two_desks(mounted / "root")
        subprocess.run(["mount", "-o", "remount,ro", mounted], check=True)
        yield mounted / "root"


def test_a_read_only_disk_is_named_and_untouched(read_only: Path) -> None:
    before = content(read_only / "village")
    with pytest.raises((StoreError, FileError)) as raised:
        opened(read_only, "village").close()
    assert raised.value.key in {"store_disk_failed", "file_not_writable"}
    with pytest.raises(WrongPassphrase):
        opened(read_only, "village", "bukan frasa sandi ini")
    assert content(read_only / "village") == before
    subprocess.run(["mount", "-o", "remount,rw", read_only.parent], check=True)
    store = opened(read_only, "village")
    assert problems(store) == []
    store.close()


# -- two programs ------------------------------------------------------------------------------------------------------


def test_a_second_program_is_refused_and_changes_nothing(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(alone, "WAIT", 0.1)
    first = opened(root, "village")
    before = content(root / "village")
    with pytest.raises(StoreInUse):
        opened(root, "village")
    assert content(root / "village") == before
    save_one(first, 0, random.Random(0))
    first.close()
    second = opened(root, "village")
    assert problems(second) == []
    second.close()


def test_a_killed_program_leaves_no_lock(bench: Bench) -> None:
    write_tree(bench.root, bench.prepared(SAVE))
    ended = bench.run(SAVE, rounds=100_000, kill_after=0.3)
    assert ended.how == "killed"
    assert judge(SAVE, bench.root, ended.acks).sound


# -- the clock ---------------------------------------------------------------------------------------------------------


def test_a_clock_set_back_changes_no_order(root: Path) -> None:
    """Twenty years back and forth, in one sitting and between two."""
    clock = Clock()
    store = opened(root, "village", clock=clock)
    counters = []
    for years in (0, -20, 20, -1):
        clock.now = MORNING + timedelta(days=365 * years)
        desks.resident(store, f"Warga {years}")
        with store.work() as work:
            counters.append(work.info.counter)
    assert counters == sorted(set(counters))
    store.close()
    store = opened(root, "village", clock=Clock(MORNING - timedelta(days=7_300)))
    assert problems(store) == []
    with store.work() as work:
        assert journal.broken_at(work.connection, work.sealer, work.info.device) is None
    store.close()


def test_a_clock_set_back_costs_no_backup(root: Path) -> None:
    clock = Clock()
    store = opened(root, "village", clock=clock)
    for days in (1, 2, -400, -399, 3):
        clock.now = MORNING + timedelta(days=days)
        save_one(store, abs(days), random.Random(days))
        assert backup.make_daily(store) is not None
    with store.work() as work:
        made = backup.backups(work)
    assert sum(row.reason is Reason.DAILY for row in made) == 5
    assert [row.gone_at for row in made] == [None] * len(made)
    assert all(backup.is_reachable(row) for row in made)
    store.close()


def test_a_clock_set_back_keeps_nobody_waiting_longer(root: Path) -> None:
    folder, clock = root / "village", Clock()
    with quick():
        for _ in range(6):
            tries.note_wrong(folder, clock())
        clock.move(days=-30)
        with pytest.raises(tries.TooSoon) as raised:
            open_store(folder, VILLAGE_PASSPHRASE, clock=clock)
        seconds = int(raised.value.params["seconds"])
        assert seconds <= tries.wait_after(6) + 1
        clock.move(seconds=seconds)
        open_store(folder, VILLAGE_PASSPHRASE, clock=clock).close()
