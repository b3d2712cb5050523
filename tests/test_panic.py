# SPDX-License-Identifier: GPL-3.0-or-later
"""Panic wipe: no passphrase opens anything any more, here or in a backup; the sheet still does, unless it goes too."""

from __future__ import annotations

import base64
import errno
import itertools
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from store_tools import PASSPHRASE, copied, make_store, reopened, small_disk

from trafficwatch.models.backups import Reason
from trafficwatch.models.people import Person
from trafficwatch.store import backup, ballast, folder, vault
from trafficwatch.store.files import FileNotWritable, Staged, StagedFiles
from trafficwatch.store.folder import PREVIOUS, VAULT, read_vault
from trafficwatch.store.unlock import open_store, recover_store, stage_recovery_slot
from trafficwatch.store.vault import WrongPassphrase, WrongRecoveryCode
from trafficwatch.store.work import Store
from trafficwatch.village import panic
from trafficwatch.village.panic import Keepers, keepers, wipe


class Desk:
    """A real desk with a person, a recovery code, and backups: its own, and one on a stick."""

    def __init__(self, folder: Path, stick: Path) -> None:
        self.folder = copied(folder)
        self.store = open_store(self.folder, PASSPHRASE)
        with StagedFiles() as files:
            self.code = stage_recovery_slot(self.store, files)
        with self.store.work() as work:
            self.person = work.write(Person, None, name="Yohanis Bere")
        self.own = Path(backup.make(self.store, backup.own_place(self.folder), Reason.DAILY).place)
        stick.mkdir()
        self.stick = Path(backup.make(self.store, stick, Reason.BY_HAND).place)
        slots = [slot for slot in read_vault(self.folder).slots if slot.kind == "passphrase"]
        assert len(slots) == 2
        parts = [getattr(slot, name) for slot in slots for name in ("salt", "commit", "public", "master")]
        self.parts = [base64.b64encode(part)[:20] for part in parts]

    def passphrase_slots(self) -> list[Path]:
        """The files under the folder and on the stick which still hold a volunteer's slot, in any part."""
        places = (self.folder, self.stick.parent)
        files = [path for place in places for path in place.rglob("*") if path.is_file()]
        return [path for path in files if any(part in path.read_bytes() for part in self.parts)]


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    made = Desk(tmp_path / "desk", tmp_path / "stick")
    yield made
    made.store.close()


def opens(folder: Path, code: str) -> bool:
    try:
        store = recover_store(folder, code)
    except WrongRecoveryCode:
        return False
    store.close()
    return True


def test_the_search_sees_the_slots_that_must_go(desk: Desk) -> None:
    assert len(desk.passphrase_slots()) == 4  # the vault, the previous one, two backups


def test_no_passphrase_opens_anything_and_the_sheet_still_does(desk: Desk) -> None:
    assert keepers(desk.store) == Keepers(recovery=True, escrow=False, elsewhere=())
    assert wipe(desk.store, also_codes=False) == Keepers(recovery=True, escrow=False, elsewhere=())
    desk.store.close()
    assert desk.passphrase_slots() == []
    with pytest.raises(WrongPassphrase):
        open_store(desk.folder, PASSPHRASE)
    shutil.copy(desk.folder / PREVIOUS, desk.folder / VAULT)
    with pytest.raises(WrongPassphrase):
        open_store(desk.folder, PASSPHRASE)
    store = recover_store(desk.folder, desk.code)
    with store.work() as work:
        assert work.records.get(Person, desk.person).name == "Yohanis Bere"
    store.close()
    for place in (desk.own, desk.stick):
        found = vault.decode((place / VAULT).read_bytes())
        assert [slot.kind for slot in found.slots] == ["recovery"]
        assert vault.store_keys(found, vault.open_with_recovery_code(found, desk.code))


def test_with_the_codes_nobody_opens_it_any_more(desk: Desk) -> None:
    assert wipe(desk.store, also_codes=True) == Keepers(recovery=False, escrow=False, elsewhere=())
    desk.store.close()
    assert desk.passphrase_slots() == []
    assert not opens(desk.folder, desk.code)
    with pytest.raises(WrongPassphrase):
        open_store(desk.folder, PASSPHRASE)
    assert [vault.decode((place / VAULT).read_bytes()).slots for place in (desk.own, desk.stick)] == [(), ()]


def test_a_backup_that_is_not_there_is_named(desk: Desk) -> None:
    desk.stick.rename(desk.stick.with_name("elsewhere"))
    (left,) = wipe(desk.store, also_codes=False).elsewhere
    assert left.place == str(desk.stick)


def test_what_cannot_be_changed_is_made_unreadable_and_other_stores_stay(desk: Desk) -> None:
    store, _ = make_store(desk.folder / "practice")
    store.close()
    other = store.folder
    untouched = {path.name: path.read_bytes() for path in other.iterdir() if path.suffix == ".json"}
    changed = vault.decode((desk.own / VAULT).read_bytes())
    (desk.own / VAULT).write_bytes(vault.encode(changed).replace(b'"generation": ', b'"generation": 1'))
    left = desk.folder / ".0123456789ab.tmp"
    left.write_bytes((desk.folder / VAULT).read_bytes())
    wipe(desk.store, also_codes=False)
    assert not (desk.own / VAULT).exists()
    assert desk.passphrase_slots() == []
    assert {path.name: path.read_bytes() for path in other.iterdir() if path.suffix == ".json"} == untouched


def test_it_is_noted_without_being_needed(desk: Desk) -> None:
    wipe(desk.store, also_codes=False)
    desk.store.close()
    store = recover_store(desk.folder, desk.code)
    with store.work() as work:
        actions = list(work.connection.exec_driver_sql("SELECT action FROM journal").scalars())
    store.close()
    assert actions[-1] == panic.WIPED


PLACES: dict[str, tuple[object, str]] = {
    "link": (Path, "hardlink_to"),
    "publish": (Staged, "publish"),
    "destroy": (folder, "destroy"),
}


@pytest.mark.parametrize("broken", PLACES)
def test_an_accident_on_the_way_leaves_a_way_in_and_the_next_try_ends_it(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, broken: str
) -> None:
    """The disk refuses at each step of each file in turn; the sheet opens in between, and in the end it alone."""
    owner, name = PLACES[broken]
    original = getattr(owner, name)
    calls = 0

    def refuse_at(last: int) -> Callable[..., object]:
        def act(*given: object) -> object:
            nonlocal calls
            calls += 1
            if calls == last:
                raise OSError(errno.EIO, "refused")
            return original(*given)

        return act

    for last in itertools.count(1):
        calls = 0
        with monkeypatch.context() as patch:
            patch.setattr(owner, name, refuse_at(last))
            try:
                done = wipe(desk.store, also_codes=False)
            except FileNotWritable:
                assert last <= 3
            else:
                assert {slot.kind for slot in read_vault(desk.folder).slots} == {"recovery"}
                assert done.unchanged or not desk.passphrase_slots()
            found = vault.open_with_recovery_code(read_vault(desk.folder), desk.code)
            assert found.master == desk.store.keys.master
        if calls < last:
            break
    assert last >= 4
    assert desk.passphrase_slots() == []


def cut_off(desk: Desk, last: int) -> bool:
    """Wipe in a process of its own that is gone before it touches a file for the `last` time; whether it was."""
    places = (str(desk.folder), str(desk.stick.parent))
    counted = itertools.count(1)

    def hook(event: str, given: tuple[object, ...]) -> None:
        is_step = event in {"open", "os.rename", "os.link", "os.remove", "os.truncate"}
        if is_step and str(given[0]).startswith(places) and next(counted) == last:
            os._exit(7)

    child = os.fork()
    if child == 0:
        ended = 1
        try:
            store = reopened(desk.folder, desk.store.keys)
            sys.addaudithook(hook)
            ended = 0 if wipe(store, also_codes=False).unchanged == () else 1
        finally:
            os._exit(ended)
    ended = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    assert ended in {0, 7}
    return ended == 7


@pytest.mark.skipif(not hasattr(os, "fork"), reason="a process is cut off by fork")
def test_a_power_cut_at_any_step_leaves_a_way_in_and_no_slot_that_was_removed(desk: Desk, tmp_path: Path) -> None:
    """The desk opens as before, so that it can be wiped again, or nothing in its folder does but with the sheet."""
    desk.store.close()
    places = (desk.folder, desk.stick.parent)
    for place in places:
        shutil.copytree(place, tmp_path / "pristine" / place.name)
    for last in itertools.count(1):
        if not cut_off(desk, last):
            break
        recover_store(desk.folder, desk.code).close()
        kinds = {slot.kind for slot in read_vault(desk.folder).slots}
        left = [path for path in desk.passphrase_slots() if path.parent != desk.stick]
        if kinds == {"recovery"}:
            assert left == []
        else:
            assert desk.folder / VAULT in left
        assert not [path for path in desk.folder.rglob(".*") if path.suffix in {".old", ".tmp"}]
        store = reopened(desk.folder, desk.store.keys)
        assert wipe(store, also_codes=False).unchanged == ()
        store.close()
        assert desk.passphrase_slots() == []
        for place in places:
            shutil.rmtree(place)
            shutil.copytree(tmp_path / "pristine" / place.name, place)
    assert last > 25


def test_the_bytes_of_a_removed_slot_are_overwritten_under_any_name(desk: Desk) -> None:
    """Whoever holds another name of the old file finds noise in it, also where no second name can be given."""
    kept = desk.folder.parent / "kept"
    kept.hardlink_to(desk.folder / VAULT)
    wipe(desk.store, also_codes=False)
    assert not any(part in kept.read_bytes() for part in desk.parts)


def test_a_stick_without_second_names(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = desk.folder.parent / "kept"
    kept.hardlink_to(desk.stick / VAULT)

    def refuse(*_: object) -> None:
        raise PermissionError(errno.EPERM, "refused")

    monkeypatch.setattr(Path, "hardlink_to", refuse)
    assert wipe(desk.store, also_codes=False).unchanged == ()
    assert not any(part in kept.read_bytes() for part in desk.parts)
    assert desk.passphrase_slots() == []


def test_what_lies_under_a_second_name_is_only_overwritten_when_it_is_no_vault_any_more(desk: Desk) -> None:
    desk.store.close()
    standing, dead = (desk.folder / f".{digit * 12}.old" for digit in "ab")
    standing.hardlink_to(desk.folder / VAULT)
    dead.write_bytes((desk.folder / VAULT).read_bytes())
    kept = desk.folder.parent / "kept"
    kept.hardlink_to(dead)
    open_store(desk.folder, PASSPHRASE).close()
    assert not standing.exists()
    assert not dead.exists()
    assert not any(part in kept.read_bytes() for part in desk.parts)


def test_a_write_protected_stick_stops_nothing_and_is_told(tmp_path: Path) -> None:
    with small_disk(tmp_path, "16m") as disk:
        desk = Desk(tmp_path / "desk", disk / "stick")
        assert keepers(desk.store).unchanged == ()
        subprocess.run(["mount", "-o", "remount,ro", disk], check=True)
        assert keepers(desk.store).unchanged == (str(desk.stick),)
        done = wipe(desk.store, also_codes=False)
        desk.store.close()
        assert done == Keepers(recovery=True, escrow=False, elsewhere=(), unchanged=(str(desk.stick),))
        assert desk.passphrase_slots() == [desk.stick / VAULT]
        assert opens(desk.folder, desk.code)


def test_a_full_stick_is_wiped_all_the_same(tmp_path: Path) -> None:
    with small_disk(tmp_path, "16m") as disk:
        desk = Desk(tmp_path / "desk", disk / "stick")
        fill(disk)
        assert wipe(desk.store, also_codes=False).unchanged == ()
        desk.store.close()
        assert desk.passphrase_slots() == []
        found = vault.decode((desk.stick / VAULT).read_bytes())
        assert vault.store_keys(found, vault.open_with_recovery_code(found, desk.code))


def test_a_store_that_can_not_say_its_backups_stops_nothing(desk: Desk) -> None:
    with desk.store.work() as work:
        work.connection.exec_driver_sql("DROP TABLE backup")
        work.connection.exec_driver_sql("DROP TABLE journal")
    assert not keepers(desk.store).is_listed
    done = wipe(desk.store, also_codes=False)
    assert done == Keepers(recovery=True, escrow=False, elsewhere=(), is_listed=False)
    assert desk.passphrase_slots() == [desk.stick / VAULT]


def fill(disk: Path) -> None:
    with (disk / "rubbish").open("wb", buffering=0) as file, suppress(OSError):
        while True:
            file.write(bytes(1 << 12))


def test_it_works_on_a_full_disk(tmp_path: Path) -> None:
    with small_disk(tmp_path, "96m") as disk:
        desk = Desk(disk / "desk", disk / "stick")
        assert ballast.keep(desk.folder)
        fill(disk)
        wipe(desk.store, also_codes=False)
        desk.store.close()
        assert desk.passphrase_slots() == []
        store: Store = recover_store(desk.folder, desk.code)
        store.close()
