# SPDX-License-Identifier: GPL-3.0-or-later
"""Backups when all keys are renewed: an old vault put back opens none of them, and no accident leaves one that is lost.

An accident is tried on copies of the desk's whole folder, taken before every step that changes a file. Key stretching
is a quick hash here over the same inputs.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sampling import some
from sqlalchemy import select
from store_tools import (
    FAST,
    HELPER,
    HELPER_PASSPHRASE,
    PASSPHRASE,
    add_volunteer_slot,
    clock,
    make_store,
    one_of_each,
    record_id,
    small_disk,
)

from trafficwatch.models.backups import BackupRow
from trafficwatch.models.tables import local
from trafficwatch.store import backup, backup_renewal, folder, restore, rotation, snapshot, vault, vault_slots
from trafficwatch.store.connection import StoreDamaged
from trafficwatch.store.files import Staged
from trafficwatch.store.snapshot import Facts
from trafficwatch.store.unlock import open_store
from trafficwatch.store.vault import WrongPassphrase
from trafficwatch.store.work import Store

TRAINED, TRAINED_PASSPHRASE = record_id(103), "relawan ketiga yang terlatih"


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Key stretching that takes no time."""
    monkeypatch.setattr(vault_slots, "_stretch", lambda *inputs: hashlib.sha512(repr(inputs).encode()).digest())


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "meja" / "flashdisk").mkdir(parents=True)
    return tmp_path / "meja"


@pytest.fixture
def store(root: Path) -> Iterator[Store]:
    made = village(root / "desa")
    yield made
    made.close()


def village(place: Path) -> Store:
    """A village with a trained founder, an untrained helper, another trained volunteer, and one of each record."""
    made, _ = make_store(place)
    add_volunteer_slot(made, HELPER_PASSPHRASE, HELPER, trained=False, stretching=FAST)
    add_volunteer_slot(made, TRAINED_PASSPHRASE, TRAINED, trained=True, stretching=FAST)
    with made.work() as work:
        one_of_each(work)
    return made


def keys_of(store: Store) -> dict[str, bytes]:
    with store.work() as work:
        return {row.id: row.key for row in work.connection.execute(select(local.backup))}


def read(place: Path, secret: str) -> Facts:
    """What a backup says to somebody who has no program of ours; all of it is read."""
    found = vault.decode((place / "vault.json").read_bytes())
    keys = vault.store_keys(found, vault.open_with_passphrase(found, secret))
    with snapshot.reading(place / "store.db", keys) as connection:
        assert snapshot.pages_hold(connection)
        return snapshot.facts(connection)


def put_back(old: bytes, place: Path, secret: str) -> Facts:
    """Read a backup with a vault that somebody kept."""
    now = (place / "vault.json").read_bytes()
    (place / "vault.json").write_bytes(old)
    try:
        return read(place, secret)
    finally:
        (place / "vault.json").write_bytes(now)


def test_an_old_vault_put_back_opens_no_backup(store: Store, root: Path) -> None:
    places = (root / "flashdisk", backup.own_place(store.folder))
    rows = [backup.make(store, place, "by_hand") for place in places]
    kept = [(Path(row.place) / "vault.json").read_bytes() for row in rows]
    before = keys_of(store)
    for secret in (HELPER_PASSPHRASE, TRAINED_PASSPHRASE):
        assert [put_back(old, Path(row.place), secret).sequence for old, row in zip(kept, rows, strict=True)]
    assert rotation.rotate(store, remove={HELPER}, untrain={TRAINED}) == ()
    assert set(keys_of(store).values()).isdisjoint(before.values())
    for old, row in zip(kept, rows, strict=True):
        place = Path(row.place)
        for secret in (HELPER_PASSPHRASE, TRAINED_PASSPHRASE, PASSPHRASE):
            with pytest.raises(StoreDamaged):
                put_back(old, place, secret)
        with pytest.raises(WrongPassphrase):
            read(place, HELPER_PASSPHRASE)
        assert sorted(path.name for path in place.iterdir()) == ["store.db", "vault.json"]
        found = vault.decode((place / "vault.json").read_bytes())
        assert found.former is None
        assert vault.store_keys(found, store.keys) == (keys_of(store)[row.id],)
        assert read(place, TRAINED_PASSPHRASE).sequence == row.sequence


def test_a_renewed_backup_is_restored_with_its_case_text(store: Store, root: Path) -> None:
    row = backup.make(store, root / "flashdisk", "by_hand")
    for _ in range(3):
        rotation.rotate(store)
    restore.restore(root / "baru", Path(row.place), PASSPHRASE)
    again = open_store(root / "baru", PASSPHRASE, clock=clock)
    with again.work() as here, store.work() as there:
        for name in ("screening", "person"):
            [mine], [yours] = (each.records.states(name) for each in (here, there))
            assert mine == yours
    again.close()


def test_what_lay_on_the_disk_is_noise(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    row = backup.make(store, backup.own_place(store.folder), "by_hand")
    place = Path(row.place)
    before = {path.name: path.read_bytes() for path in place.iterdir()}
    for name in before:
        os.link(place / name, store.folder.parent / name)  # what a deleted file's blocks would show
    rotation.rotate(store)
    for name, old in before.items():
        now = (store.folder.parent / name).read_bytes()
        assert len(now) == len(old)
        assert sum(one == other for one, other in zip(now, old, strict=True)) < len(old) / 50


def test_without_room_for_a_copy_the_backup_is_left_and_told(store: Store, tmp_path: Path) -> None:
    with small_disk(tmp_path, "4m") as disk:
        row = backup.make(store, disk, "by_hand")
        key, old = keys_of(store)[row.id], (Path(row.place) / "vault.json").read_bytes()
        (disk / "foto.jpg").write_bytes(bytes(shutil.disk_usage(disk).free - 200_000))
        assert rotation.rotate(store, remove={HELPER}) == (row,)
        assert keys_of(store)[row.id] == key
        with pytest.raises(WrongPassphrase):  # the slots are those of today all the same
            read(Path(row.place), HELPER_PASSPHRASE)
        assert put_back(old, Path(row.place), HELPER_PASSPHRASE)
        assert read(Path(row.place), PASSPHRASE).sequence
        (disk / "foto.jpg").unlink()
        assert rotation.rotate(store) == ()
        with pytest.raises(StoreDamaged):
            put_back(old, Path(row.place), HELPER_PASSPHRASE)


def test_a_damaged_backup_is_left_as_it_is(store: Store, root: Path) -> None:
    rows = [backup.make(store, root / "flashdisk", "by_hand") for _ in range(2)]
    broken = Path(rows[0].place) / "store.db"
    data = bytearray(broken.read_bytes())
    data[len(data) // 2] ^= 1
    broken.write_bytes(data)
    assert [row.id for row in rotation.rotate(store)] == [rows[0].id]
    assert broken.read_bytes() == data
    assert read(Path(rows[1].place), PASSPHRASE)


def test_progress_counts_the_backups(store: Store, root: Path) -> None:
    for _ in range(3):
        backup.make(store, root / "flashdisk", "by_hand")
    told: list[tuple[int, int]] = []
    rotation.rotate(store, progress=lambda done, total: told.append((done, total)))
    assert told == sorted(told)
    assert len({total for _, total in told}) == 1
    assert told[-1][0] == told[-1][1]
    last = [done for done, _ in told[-5:]]
    assert last[1] - last[0] == last[2] - last[1] == last[3] - last[2] > 1  # each backup weighs as much


# -- interrupted -------------------------------------------------------------------------------------------------------


def before(monkeypatch: pytest.MonkeyPatch, owner: Any, name: str, at: Callable[[], None]) -> None:
    real = getattr(owner, name)

    def stopped(*given: Any, **named: Any) -> Any:
        at()
        return real(*given, **named)

    monkeypatch.setattr(owner, name, stopped)


def steps(monkeypatch: pytest.MonkeyPatch, at: Callable[[], None]) -> None:
    """Call `at` before every step that changes a file of a backup, or what is noted of it."""

    for owner, name in (
        (backup_renewal, "present_key"),
        (backup_renewal, "sync_folder"),
        (backup_renewal, "overwrite"),
        (backup_renewal, "_note"),
        (backup_renewal, "_forget"),
        (snapshot, "copy"),
        (snapshot, "verify"),
        (Staged, "publish"),
        (Path, "replace"),
        (Path, "hardlink_to"),
        (vault, "settle"),
    ):
        before(monkeypatch, owner, name, at)


def copies(store: Store, root: Path, monkeypatch: pytest.MonkeyPatch, place: Path) -> list[Path]:
    """The desk as a power cut may leave it, before every step of removing the helper."""
    made: list[Path] = []

    def copy() -> None:
        made.append(place / f"{len(made)}")
        shutil.copytree(root, made[-1])

    with monkeypatch.context() as patched:
        steps(patched, copy)
        rotation.rotate(store, remove={HELPER})
    copy()
    return made


def test_whatever_interrupts_it_every_backup_opens_and_the_next_unlock_goes_on(
    store: Store, root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [backup.make(store, backup.own_place(store.folder), "by_hand")]
    kept = {row.id: (Path(row.place) / "vault.json").read_bytes() for row in rows}
    finished = []
    for copy in some(copies(store, root, monkeypatch, tmp_path / "salinan"), 12):
        for row in rows:
            assert read(copy / Path(row.place).relative_to(root), PASSPHRASE).sequence == row.sequence

        again = open_store(copy / "desa", PASSPHRASE, clock=clock)
        finished.append("rotation_finished" in again.findings)
        gone = not vault.has_slot(folder.read_vault(again.folder), HELPER)
        for row in rows:
            there = copy / Path(row.place).relative_to(root)
            if gone:
                with pytest.raises(WrongPassphrase):
                    read(there, HELPER_PASSPHRASE)
                with pytest.raises(StoreDamaged):
                    put_back(kept[row.id], there, HELPER_PASSPHRASE)
            assert read(there, PASSPHRASE).sequence == row.sequence
            assert backup.present_key(row_at(row, there), keys_of(again)[row.id], again.keys) == keys_of(again)[row.id]
            assert {path.name for path in there.iterdir()} == {"store.db", "vault.json"}
        again.close()
    assert finished.count(True) > len(finished) // 2
    assert finished[-1] is False


def row_at(row: BackupRow, place: Path) -> BackupRow:
    return BackupRow(row.id, row.made_at, str(place), row.reason, row.size, row.records, row.sequence)


class Pulled(OSError):
    """The stick is pulled."""


@pytest.mark.parametrize("stays_out", [False, True])
def test_a_stick_pulled_at_any_step_keeps_a_backup_that_opens(
    store: Store, root: Path, monkeypatch: pytest.MonkeyPatch, stays_out: bool
) -> None:
    row = backup.make(store, root / "flashdisk", "by_hand")
    wanted = 0
    while True:
        left = [wanted]

        def pulled(left: list[int] = left) -> None:
            left[0] -= 1
            if left[0] == -1 or (stays_out and left[0] < 0):
                raise Pulled(5, "pulled")

        with monkeypatch.context() as patched:
            for owner, name in (
                (snapshot, "copy"),
                (snapshot, "verify"),
                (backup_renewal, "rewrap"),
                (backup_renewal, "sync_folder"),
                (backup_renewal, "overwrite"),
                (Path, "hardlink_to"),
            ):
                before(patched, owner, name, pulled)
            told = rotation.rotate(store)
        assert read(Path(row.place), PASSPHRASE).sequence == row.sequence
        if left[0] >= 0:
            break
        noted = keys_of(store)[row.id]
        assert backup.present_key(row, noted, store.keys) == noted
        if stays_out and told:  # missed, with the case key of that day: it stays as it was
            Path(row.place).rename(root / f"{wanted}")
            row = backup.make(store, root / "flashdisk", "by_hand")
        else:
            assert rotation.rotate(store) == ()
            assert keys_of(store)[row.id] != noted
            assert sorted(path.name for path in Path(row.place).iterdir()) == ["store.db", "vault.json"]
        wanted += 1
    assert wanted > 6
