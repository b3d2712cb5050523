# SPDX-License-Identifier: GPL-3.0-or-later
"""Wrong passphrases wait longer and longer, but never more than five minutes, and nothing is ever wiped."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from desks import Clock
from hypothesis import given
from hypothesis import strategies as st
from store_tools import A_FEW, PASSPHRASE, content, copied, template

from trafficwatch.store import backup, tries, vault_slots
from trafficwatch.store.look import look
from trafficwatch.store.recovery_code import RecoveryCodeIncomplete
from trafficwatch.store.restore import restore
from trafficwatch.store.tries import LONGEST, TooSoon
from trafficwatch.store.unlock import open_store, recover_store
from trafficwatch.store.vault import WrongPassphrase

WRONG = "bukan frasa sandi kami"


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Key stretching at the floor, once for each thing that is typed."""
    known: dict[tuple[object, ...], bytes] = {}
    stretch = vault_slots._stretch

    def once(*inputs: object) -> bytes:
        if inputs not in known:
            known[inputs] = stretch(*inputs)  # type: ignore[arg-type]
        return known[inputs]

    monkeypatch.setattr(vault_slots, "_stretch", once)


def wrong(folder: Path, clock: Clock) -> None:
    with pytest.raises(WrongPassphrase):
        open_store(folder, WRONG, clock=clock)


def refused(folder: Path, clock: Clock, passphrase: str = WRONG) -> int:
    with pytest.raises(TooSoon) as error:
        open_store(folder, passphrase, clock=clock)
    return int(error.value.params["seconds"])


def test_three_tries_are_free_then_the_wait_doubles(tmp_path: Path, quick: None) -> None:
    folder, clock = copied(tmp_path), Clock()
    for _ in range(4):
        wrong(folder, clock)
    waits = []
    for _ in range(5):
        waits.append(refused(folder, clock))
        clock.move(seconds=waits[-1])
        wrong(folder, clock)
    assert waits == [2, 4, 8, 16, 32]


def test_the_right_passphrase_waits_too_and_then_ends_it(tmp_path: Path, quick: None) -> None:
    folder, clock = copied(tmp_path), Clock()
    before = content(folder)
    for _ in range(4):
        wrong(folder, clock)
    assert refused(folder, clock, PASSPHRASE) == 2
    clock.move(seconds=0.5)
    assert refused(folder, clock, PASSPHRASE) == 2
    clock.move(seconds=1.5)
    open_store(folder, PASSPHRASE, clock=clock).close()
    assert content(folder).keys() == before.keys()  # the count is gone
    for _ in range(4):
        wrong(folder, clock)


def test_the_recovery_code_waits_for_nothing_and_ends_the_waiting(tmp_path: Path, quick: None) -> None:
    folder, clock = copied(tmp_path), Clock()
    for _ in range(4):
        wrong(folder, clock)
    with pytest.raises(RecoveryCodeIncomplete):
        recover_store(folder, "terlalu pendek", clock=clock)
    assert refused(folder, clock) == 2
    recover_store(folder, template().code, clock=clock).close()
    wrong(folder, clock)


def test_backups_are_guessed_at_no_faster_than_the_store(tmp_path: Path, quick: None) -> None:
    folder, clock = copied(tmp_path), Clock()
    store = open_store(folder, PASSPHRASE, clock=clock)
    (tmp_path / "stick").mkdir()
    place = Path(backup.make(store, tmp_path / "stick", "by_hand").place)
    store.close()
    for _ in range(2):
        with pytest.raises(WrongPassphrase):
            look(folder, place, WRONG, clock=clock)
        with pytest.raises(WrongPassphrase):
            restore(folder, place, WRONG, clock=clock)
    for ask in (look, restore):
        with pytest.raises(TooSoon):
            ask(folder, place, PASSPHRASE, clock=clock)
    assert refused(folder, clock, PASSPHRASE) == 2
    look(folder, place, template().code, is_code=True, clock=clock)
    clock.move(seconds=2)
    look(folder, place, PASSPHRASE, clock=clock)
    wrong(folder, clock)  # a backup that somebody can open, of whatever desk, makes no room for more guessing
    assert refused(folder, clock) == 4
    clock.move(seconds=4)
    restore(folder, place, PASSPHRASE, clock=clock)
    wrong(folder, clock)
    open_store(folder, PASSPHRASE, clock=clock).close()


def test_nothing_is_wiped_however_often(tmp_path: Path) -> None:
    now = datetime(2026, 11, 21, tzinfo=UTC)
    (tmp_path / "vault.json").write_text("x")
    for _ in range(30):
        tries.note_wrong(tmp_path, now)
    with pytest.raises(TooSoon) as error:
        tries.check(tmp_path, now)
    assert error.value.params["seconds"] == LONGEST
    tries.check(tmp_path, now + timedelta(seconds=LONGEST))
    assert content(tmp_path).keys() == {"vault.json", "tries.json"}


@given(wrong=st.integers(0, 10_000))
def test_a_wait_grows_and_has_a_limit(wrong: int) -> None:
    assert tries.wait_after(wrong) <= tries.wait_after(wrong + 1) <= LONGEST
    assert (tries.wait_after(wrong) == 0) == (wrong <= 3)


@A_FEW
@given(back=st.integers(1, 10**9), wrong=st.integers(4, 14))
def test_a_clock_set_back_costs_one_full_wait_at_most(
    tmp_path_factory: pytest.TempPathFactory, back: int, wrong: int
) -> None:
    folder = tmp_path_factory.mktemp("tries")
    start = datetime(2026, 11, 21, tzinfo=UTC)
    for _ in range(wrong):
        tries.note_wrong(folder, start)
    now = start - timedelta(seconds=back)
    with pytest.raises(TooSoon) as error:
        tries.check(folder, now)
    wait = tries.wait_after(wrong)
    assert error.value.params["seconds"] == wait
    tries.check(folder, now + timedelta(seconds=wait))


@pytest.mark.parametrize(
    "left", [b"", b"{}", b"[]", b'{"wrong": 9}', b'{"wrong": 9, "at": "2026-11-21T01:00:00"}', b"\xff", b"9" * 5_000]
)
def test_a_count_that_cannot_be_read_holds_nobody_up(tmp_path: Path, left: bytes) -> None:
    (tmp_path / "tries.json").write_bytes(left)
    tries.check(tmp_path, datetime.now(UTC))
    tries.note_wrong(tmp_path, datetime.now(UTC))
    tries.clear(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_count_that_cannot_be_written_holds_nobody_up(tmp_path: Path) -> None:
    (tmp_path / "tries.json").mkdir()
    tries.note_wrong(tmp_path, datetime.now(UTC))
    tries.check(tmp_path, datetime.now(UTC))
    tries.clear(tmp_path)
    assert os.listdir(tmp_path) == ["tries.json"]  # noqa: PTH208


def test_the_count_tells_nothing_of_what_was_typed(tmp_path: Path, quick: None) -> None:
    folder = copied(tmp_path)
    wrong(folder, Clock())
    assert (folder / "tries.json").read_bytes() == b'{"wrong":1,"at":"2026-11-21T01:00:00Z"}'
