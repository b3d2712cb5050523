# SPDX-License-Identifier: GPL-3.0-or-later
"""What restoring refuses, and what is left when it is broken off: the old store or the new one, never neither."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any
from unittest.mock import ANY

import pytest
from restore_tools import Desk, everything
from store_tools import content, make_store, small_disk

from trafficwatch.app import has_store
from trafficwatch.models.backups import BackupRow
from trafficwatch.store import alone, backup, restore, schema, snapshot
from trafficwatch.store.alone import StoreInUse
from trafficwatch.store.files import DiskFull
from trafficwatch.store.look import BackupDamaged, NoBackup, look
from trafficwatch.store.recovery_code import RecoveryCodeIncomplete
from trafficwatch.store.restore import BackupOfOtherVillage, RestoreLosesChanges
from trafficwatch.store.schema import StoreNewer
from trafficwatch.store.unlock import StoreExists
from trafficwatch.store.vault import VaultNewer, WrongPassphrase


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    made = Desk(tmp_path)
    yield made
    alone.hold(made.folder, wait=0).release()  # whatever happened, nobody holds the store any more


def refused(desk: Desk, error: type[Exception], row: BackupRow, **options: Any) -> Any:
    """The error; nothing in the store's folder was touched, nor in the backup."""
    before, kept = everything(desk.folder), everything(desk.stick)
    with pytest.raises(error) as found:
        desk.restore(row, **options)
    assert (everything(desk.folder), everything(desk.stick)) == (before, kept)
    return found.value


def test_changes_that_would_be_lost_are_counted(desk: Desk) -> None:
    row = desk.backed_up()
    for number in range(3):
        desk.write(name=f"Orang {number}")
    assert refused(desk, RestoreLosesChanges, row).params == {"changes": 3}


def test_a_branch_is_counted_from_where_it_left(desk: Desk) -> None:
    first = desk.backed_up()
    desk.write(name="Satu")
    second = desk.backed_up()
    desk.restore(first, discard_newer=True)
    desk.write(name="Dua")
    assert refused(desk, RestoreLosesChanges, second).params == {"changes": 2}  # the restoring is a row too


def test_the_mark_counts_what_a_damaged_store_has(desk: Desk) -> None:
    row = desk.backed_up()
    desk.write(name="Sesudah")
    (desk.folder / "store.db").write_bytes(b"x" * 9_000)
    assert refused(desk, RestoreLosesChanges, row).params == {"changes": 1}
    desk.restore(row, discard_newer=True)
    assert desk.names() == []


def test_a_damaged_store_of_which_nothing_is_known_is_no_obstacle(desk: Desk) -> None:
    desk.write(name="Sebelum")
    row = desk.backed_up()
    for name in ("store.db", "vault.json", "vault.previous.json"):
        (desk.folder / name).write_bytes(b"x" * 9_000)
    shutil.rmtree(desk.marks)
    desk.restore(row)
    assert desk.names() == ["Sebelum"]
    assert sorted(content(desk.aside()[0])) == ["store.db", "vault.json", "vault.previous.json"]


def test_another_village(desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store, code = make_store(tmp_path / "lain")
    row = backup.make(store, desk.stick, "by_hand")
    store.close()
    monkeypatch.setattr(desk, "code", code)
    assert refused(desk, BackupOfOtherVillage, row).params == {"name": "Noelbaki", "code": "53.01.08.2008"}
    refused(desk, BackupOfOtherVillage, row, discard_newer=True)


def test_a_newer_programs_backup(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    row = desk.backed_up()
    monkeypatch.setattr(schema, "HEAD", "0000")
    refused(desk, StoreNewer, row)
    path = Path(row.place) / "vault.json"
    path.write_bytes(path.read_bytes().replace(b'"format": [\n  1,', b'"format": [\n  2,'))
    refused(desk, VaultNewer, row)


@pytest.mark.parametrize("name", ["store.db", "vault.json"])
@pytest.mark.parametrize("damage", ["bit", "cut", "empty", "other"])
def test_a_damaged_backup(desk: Desk, name: str, damage: str) -> None:
    row = desk.backed_up()
    path = Path(row.place) / name
    kept = bytearray(path.read_bytes())
    if damage == "bit":
        kept[len(kept) * 3 // 4] ^= 1
    path.write_bytes({"bit": kept, "cut": kept[:-4_096], "empty": b"", "other": b"\xff" * 9_000}[damage])
    refused(desk, BackupDamaged, row)
    with pytest.raises(BackupDamaged):
        look(desk.folder, Path(row.place), desk.code, is_code=True)


@pytest.mark.parametrize("lost", ["store.db", "vault.json", ""])
def test_no_backup_there(desk: Desk, lost: str) -> None:
    row = desk.backed_up()
    if lost:
        (Path(row.place) / lost).unlink()
    else:
        shutil.rmtree(row.place)
    refused(desk, NoBackup, row)


def test_the_wrong_way_in(desk: Desk) -> None:
    place = Path(desk.backed_up().place)
    before = everything(desk.folder)
    with pytest.raises(WrongPassphrase):
        restore.restore(desk.folder, place, "bukan frasa sandi kami")
    with pytest.raises(RecoveryCodeIncomplete):
        restore.restore(desk.folder, place, "terlalu pendek", is_code=True)
    assert everything(desk.folder) == before | {"tries.json": ANY}


def test_not_under_an_open_window(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    row = desk.backed_up()
    monkeypatch.setattr(alone.hold, "__kwdefaults__", {**(alone.hold.__kwdefaults__ or {}), "wait": 0.0})
    store = desk.open()
    try:
        with pytest.raises(StoreInUse):
            desk.restore(row)
    finally:
        store.close()


# -- accidents ---------------------------------------------------------------------------------------------------------


def test_a_full_disk_leaves_the_present_store(desk: Desk, tmp_path: Path) -> None:
    desk.write(name="Sebelum")
    row = desk.backed_up()
    with small_disk(tmp_path, "2m") as disk:
        folder = Path(shutil.copytree(desk.folder, disk / "store"))
        (disk / "foto.jpg").write_bytes(bytes(shutil.disk_usage(disk).free - 600_000))
        before = everything(folder)

        def meanwhile(*_: int) -> None:
            (disk / "more.jpg").write_bytes(bytes(shutil.disk_usage(disk).free))

        for progress in (None, meanwhile):
            with pytest.raises(DiskFull):
                restore.restore(folder, Path(row.place), desk.code, is_code=True, progress=progress)
            assert everything(folder) == before
            (disk / "foto.jpg").write_bytes(b"")


class Cut(Exception):
    """The power is gone."""


def cuts(monkeypatch: pytest.MonkeyPatch, at: int) -> list[str]:
    """Let the step with this number, of all that change a name or make one safe, be the last."""
    done: list[str] = []

    def stop_before(owner: Any, name: str) -> None:
        really = getattr(owner, name)

        def step(*inputs: Any, **options: Any) -> Any:
            if len(done) == at:
                raise Cut
            done.append(name)
            return really(*inputs, **options)

        monkeypatch.setattr(owner, name, step)

    for name in ("replace", "rename", "mkdir"):
        stop_before(Path, name)
    for owner, name in ((restore, "sync_folder"), (snapshot, "copy"), (snapshot, "verify"), (shutil, "rmtree")):
        stop_before(owner, name)
    return done


@pytest.mark.parametrize("once_more", [False, True], ids=["", "and-again-while-it-goes-on"])
def test_power_cuts_at_every_step_leave_the_old_or_the_new(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, once_more: bool
) -> None:
    desk.write(name="Sebelum")
    row = desk.backed_up()
    desk.write(name="Sesudah")
    untouched, seen = desk.folder, list[list[str]]()
    while True:
        desk.folder = Path(shutil.copytree(untouched, untouched.with_name(f"cut-{len(seen)}")))
        with monkeypatch.context() as patched:
            done = cuts(patched, len(seen))
            try:
                desk.restore(row, discard_newer=True)
            except Cut:
                pass
            else:
                break
        if once_more:
            with monkeypatch.context() as patched, suppress(Cut):
                cuts(patched, 3)
                desk.open().close()
        seen.append(desk.names())
        assert {path.name for path in desk.folder.iterdir() if path.is_dir()} == {path.name for path in desk.aside()}
        assert bool(desk.aside()) == (seen[-1] == ["Sebelum"])
        assert look(desk.folder, Path(row.place), desk.code, is_code=True).records == 1
    assert len(seen) == len(done) > 12
    decided = seen.index(["Sebelum"])  # one point decides
    assert seen == [["Sebelum", "Sesudah"]] * decided + [["Sebelum"]] * (len(seen) - decided)
    assert decided > 4


def test_an_unfinished_restore_is_no_empty_folder(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """While the old vault is aside and the new one not yet there, nobody may set up another desk."""
    row = desk.backed_up()
    really = Path.replace

    def replace(path: Path, target: Path) -> Path:
        if (path.parent.name, path.name) == (restore.READY, "store.db"):
            raise Cut
        return really(path, target)

    monkeypatch.setattr(Path, "replace", replace)
    with pytest.raises(Cut):
        desk.restore(row)
    monkeypatch.undo()
    assert not (desk.folder / "vault.json").exists()
    assert has_store(desk.folder)
    with pytest.raises(StoreExists):
        make_store(desk.folder)
    assert desk.names() == []


@pytest.mark.parametrize("kept_logs", [False, True])
def test_a_disk_that_kept_the_second_rename_and_not_the_first_loses_no_store(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, kept_logs: bool
) -> None:
    """Replayed by hand: the new vault has come into the folder, the new database is still where it was made ready."""
    row = desk.backed_up()
    desk.write(name="Sesudah")
    old = everything(desk.folder)
    ready = prepared(desk, row, monkeypatch)
    new = content(ready)
    aside = desk.folder / new["aside"].decode()
    aside.mkdir()
    for name in ("store.db", "vault.json", "vault.previous.json"):
        (desk.folder / name).rename(aside / name)
    if kept_logs:
        for place in (desk.folder, aside):
            (place / "store.db-wal").write_bytes(b"of the old one")
    (ready / "vault.json").rename(desk.folder / "vault.json")
    restore.finish(desk.folder)
    assert content(aside)["vault.json"] == old["vault.json"]
    assert content(aside)["store.db"] == old["store.db"]
    now = content(desk.folder)
    assert {name: now.pop(name) for name in ("store.db", "vault.json")} == {
        name: new[name] for name in ("store.db", "vault.json")
    }
    assert not {name for name in now if name.startswith("store.db")}
    assert desk.names() == []


def test_the_first_rename_is_on_the_disk_before_the_second(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    row = desk.backed_up()
    ready = prepared(desk, row, monkeypatch)
    done: list[str] = []
    replace, sync = Path.replace, restore.sync_folder

    def replaced(path: Path, target: Path) -> Path:
        done.append(f"{path.parent.name}/{path.name}")
        return replace(path, target)

    def synced(folder: Path) -> None:
        done.append("sync" if folder == desk.folder else "")
        sync(folder)

    monkeypatch.setattr(Path, "replace", replaced)
    monkeypatch.setattr(restore, "sync_folder", synced)
    restore.finish(desk.folder)
    first, second = (done.index(f"{ready.name}/{name}") for name in ("store.db", "vault.json"))
    assert "sync" in done[:first]
    assert "sync" in done[first:second]


def prepared(desk: Desk, row: BackupRow, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A restore that was broken off when it was ready."""
    finish = restore.finish

    def cut(folder: Path) -> None:
        if (folder / restore.READY).is_dir():
            raise DiskFull(file="")
        finish(folder)

    with monkeypatch.context() as patched:
        patched.setattr(restore, "finish", cut)
        with pytest.raises(DiskFull):
            desk.restore(row, discard_newer=True)
    return desk.folder / restore.READY
