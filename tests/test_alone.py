# SPDX-License-Identifier: GPL-3.0-or-later
"""One program per store: a second is refused, a fresh one waits for one that is ending, a killed one holds nothing."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from store_tools import clock, content, copied, template

from trafficwatch.store import alone
from trafficwatch.store.alone import StoreInUse
from trafficwatch.store.connection import StoreDiskFailed
from trafficwatch.store.unlock import NoStore, open_store, recover_store
from trafficwatch.store.work import Store

_HOLDER = """
import sys
from pathlib import Path
from trafficwatch.store.alone import hold
held = hold(Path(sys.argv[1]), wait=0)
print("held", flush=True)
sys.stdin.readline()
held.release()
print("released", flush=True)
sys.stdin.readline()
"""


class Holder:
    """Another program that holds a folder until it is told to let go."""

    def __init__(self, folder: Path) -> None:
        command = [sys.executable, "-c", _HOLDER, str(folder)]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        assert self.says() == "held"

    def says(self) -> str:
        assert self._process.stdout
        return self._process.stdout.readline().strip()

    def let_go(self) -> None:
        assert self._process.stdin
        self._process.stdin.write("go\n")
        self._process.stdin.flush()
        assert self.says() == "released"

    def kill(self) -> None:
        self._process.kill()
        self._process.communicate()


@contextmanager
def another(folder: Path) -> Iterator[Holder]:
    holder = Holder(folder)
    try:
        yield holder
    finally:
        holder.kill()


def unlock(folder: Path) -> Store:
    return recover_store(folder, template().code, clock=clock)


def never(_: float) -> None:
    raise AssertionError("nothing to wait for")


def test_a_second_program_is_refused_and_nothing_is_touched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = copied(tmp_path)
    monkeypatch.setattr(alone.hold, "__kwdefaults__", {**(alone.hold.__kwdefaults__ or {}), "wait": 0.0})
    with another(folder):
        before = content(folder)
        for way_in in (unlock, lambda place: open_store(place, "salah sama sekali ya")):
            with pytest.raises(StoreInUse):
                way_in(folder)
        assert content(folder) == before  # not even the wrong passphrase was tried


def test_a_fresh_program_waits_for_one_that_is_ending(tmp_path: Path) -> None:
    waited: list[float] = []
    with another(tmp_path) as holder:

        def sleep(seconds: float) -> None:
            waited.append(seconds)
            if len(waited) == 3:
                holder.let_go()

        alone.hold(tmp_path, sleep=sleep).release()
    assert len(waited) == 3


def test_waiting_has_an_end(tmp_path: Path) -> None:
    waited: list[float] = []
    with another(tmp_path), pytest.raises(StoreInUse):
        alone.hold(tmp_path, sleep=waited.append)
    assert 2.5 < sum(waited) <= alone.WAIT


def test_a_killed_program_holds_nothing(tmp_path: Path) -> None:
    with another(tmp_path) as holder:
        holder.kill()
        alone.hold(tmp_path, sleep=never).release()


def test_closing_lets_the_next_one_in(tmp_path: Path) -> None:
    folder = copied(tmp_path)
    store = unlock(folder)
    with pytest.raises(StoreInUse):
        alone.hold(folder, wait=0)
    store.close()
    alone.hold(folder, sleep=never).release()


def test_what_fails_to_open_holds_nothing(tmp_path: Path) -> None:
    folder = copied(tmp_path)
    (folder / "store.db").write_bytes(b"")
    for _ in range(2):
        with pytest.raises(Exception, match="store_damaged"):
            unlock(folder)
    alone.hold(folder, sleep=never).release()


def test_releasing_twice_is_releasing_once(tmp_path: Path) -> None:
    held = alone.hold(tmp_path)
    held.release()
    with alone_again(tmp_path):
        held.release()
        with pytest.raises(StoreInUse):
            alone.hold(tmp_path, wait=0)


@contextmanager
def alone_again(folder: Path) -> Iterator[None]:
    held = alone.hold(folder, sleep=never)
    yield
    held.release()


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(StoreDiskFailed):
        alone.hold(tmp_path / "nowhere")
    with pytest.raises(NoStore):
        unlock(tmp_path / "nowhere")
    assert list(tmp_path.iterdir()) == []
