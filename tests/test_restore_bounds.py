# SPDX-License-Identifier: GPL-3.0-or-later
"""Who may replace what by restoring, what lies beside a backup, and that a restore which comes to nothing leaves
nothing behind.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from restore_tools import Desk, everything
from store_tools import HELPER, HELPER_PASSPHRASE, make_store

from trafficwatch.models.people import Person
from trafficwatch.store import alone, backup, restore, rotation, vault
from trafficwatch.store.files import FileNotWritable
from trafficwatch.store.look import BackupDamaged, NoBackup, look
from trafficwatch.store.restore import BackupOfOtherVillage, RestoreLosesChanges, RestoreUnsure
from trafficwatch.store.vault import VaultNewer, WrongPassphrase


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    made = Desk(tmp_path)
    yield made
    alone.hold(made.folder, wait=0).release()  # whatever happened, nobody holds the store any more


def refused(desk: Desk, error: type[Exception], place: Path, secret: str | None = None) -> None:
    """Whatever word is given; nothing is touched."""
    before, kept = everything(desk.folder), everything(desk.stick)
    for discard_newer in (False, True):
        with pytest.raises(error):
            restore.restore(
                desk.folder,
                place,
                secret or desk.code,
                is_code=secret is None,
                discard_newer=discard_newer,
                marks=desk.marks,
                clock=desk.clock,
            )
    assert (everything(desk.folder), everything(desk.stick)) == (before, kept)


# -- who may -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("with_marks", [True, False])
def test_who_was_removed_does_not_put_an_old_backup_in_the_place_of_the_store(desk: Desk, with_marks: bool) -> None:
    place = Path(desk.backed_up().place).rename(desk.stick / "laci")  # out of reach while keys are renewed
    store = desk.open()
    rotation.rotate(store, remove={HELPER})
    with store.work() as work:
        work.write(Person, None, name="Sesudah")
    store.close()
    if not with_marks:
        shutil.rmtree(desk.marks)
    refused(desk, RestoreUnsure, place, HELPER_PASSPHRASE)
    with pytest.raises(WrongPassphrase):
        desk.open(HELPER_PASSPHRASE)
    (desk.folder / "vault.json").unlink()  # the previous one is no way around it
    refused(desk, RestoreUnsure, place, HELPER_PASSPHRASE)


def test_an_earlier_recovery_code_does_not_either_and_the_new_one_does(desk: Desk) -> None:
    row = desk.backed_up()
    store = desk.open()
    current = vault.decode((desk.folder / "vault.json").read_bytes())
    renewed, code = vault.renew_recovery(current, store.keys)
    (desk.folder / "vault.json").write_bytes(vault.encode(renewed))
    (desk.folder / "vault.previous.json").unlink()
    later = backup.make(store, desk.stick, "by_hand")
    store.close()
    refused(desk, RestoreUnsure, Path(row.place))
    desk.code = code
    desk.restore(later, discard_newer=True)
    assert desk.names() == []


@pytest.mark.parametrize("damage", ["noise", "slots"])
def test_a_store_whose_vault_can_t_be_read_holds_nobody_up(desk: Desk, damage: str) -> None:
    row = desk.backed_up()
    desk.write(name="Sesudah")
    for name in ("vault.json", "vault.previous.json"):
        path = desk.folder / name
        found = json.loads(path.read_text())
        found["epoch"] += 1
        path.write_text("noise" if damage == "noise" else json.dumps(found))
    with pytest.raises(RestoreLosesChanges):
        desk.restore(row)
    desk.restore(row, discard_newer=True)
    assert desk.names() == []


def test_but_its_mark_tells_whose_it_was(desk: Desk, tmp_path: Path) -> None:
    store, code = make_store(tmp_path / "lain")
    other = Path(backup.make(store, desk.stick, "by_hand").place)
    store.close()
    own, mine = desk.backed_up(), desk.code
    for name in ("vault.json", "vault.previous.json"):
        (desk.folder / name).write_bytes(b"x" * 900)
    desk.code = code
    refused(desk, BackupOfOtherVillage, other)
    desk.code = mine
    desk.restore(own, discard_newer=True)
    assert desk.names() == []


def test_a_mark_of_before_does_not_keep_an_empty_folder_from_another_village(desk: Desk, tmp_path: Path) -> None:
    store, desk.code = make_store(tmp_path / "lain")
    row = backup.make(store, desk.stick, "by_hand")
    store.close()
    recovered = desk.open("lima kata sandi yang panjang")  # which leaves a mark
    recovered.close()
    shutil.rmtree(desk.folder)
    desk.restore(row)
    assert desk.names() == []


def test_over_a_newer_program_s_store(desk: Desk) -> None:
    row = desk.backed_up()
    for name in ("vault.json", "vault.previous.json"):
        path = desk.folder / name
        path.write_bytes(path.read_bytes().replace(b'"format": [\n  1,', b'"format": [\n  2,'))
    refused(desk, VaultNewer, Path(row.place))


# -- what lies beside --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["wal", "journal"])
def test_a_log_beside_a_backup_is_never_looked_into(desk: Desk, kind: str) -> None:
    desk.write(name="Sebelum")
    row = desk.backed_up()
    store = desk.open()
    with store.work() as work:
        work.write(Person, None, name="Sesudah")
    log = (desk.folder / "store.db-wal").read_bytes()
    store.close()
    place = Path(row.place)
    (place / f"store.db-{kind}").write_bytes(log)
    before = everything(desk.stick)
    for mode in (0o700, 0o500):
        place.chmod(mode)
        assert look(desk.folder, place, desk.code, is_code=True).counts["person"] == 1
    assert everything(desk.stick) == before
    desk.restore(row, discard_newer=True)
    assert desk.names() == ["Sebelum"]


@pytest.mark.parametrize("said", ["../keluar", "before-restore-20261121-abcdef0/..", ""])
def test_a_name_that_leads_out_of_the_folder_is_not_followed(
    desk: Desk, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.write(name="Sebelum")
    row = desk.backed_up()
    desk.write(name="Sesudah")
    ready = desk.folder / restore.READY

    def cut(folder: Path) -> None:
        if ready.is_dir():
            raise InterruptedError

    with monkeypatch.context() as patched:
        patched.setattr(restore, "finish", cut)
        with pytest.raises(InterruptedError):
            desk.restore(row, discard_newer=True)
    (ready / "aside").write_text(said)
    around = {path.name for path in desk.folder.parent.iterdir()}
    assert desk.names() == ["Sebelum"]
    assert {path.name for path in desk.folder.parent.iterdir()} == around
    [aside] = desk.aside()
    assert (aside / "vault.json").is_file()


def test_a_store_is_no_backup_of_itself(desk: Desk) -> None:
    desk.write(name="Sebelum")
    refused(desk, NoBackup, desk.folder)
    refused(desk, NoBackup, desk.folder / "." / ".." / desk.folder.name)
    with pytest.raises(NoBackup):
        look(desk.folder, desk.folder, desk.code, is_code=True)


# -- nothing is left ---------------------------------------------------------------------------------------------------


def test_a_new_folder_that_nothing_came_into_is_gone_again(desk: Desk, tmp_path: Path) -> None:
    row = desk.backed_up()
    (Path(row.place) / "store.db").write_bytes(b"x" * 9_000)
    for place, error in ((Path(row.place), BackupDamaged), (desk.stick / "tidak ada", NoBackup)):
        with pytest.raises(error):
            restore.restore(tmp_path / "laptop baru" / "data", place, desk.code, is_code=True)
        assert not (tmp_path / "laptop baru").exists()
    (tmp_path / "kosong").mkdir()
    with pytest.raises(NoBackup):
        restore.restore(tmp_path / "kosong", desk.stick, desk.code, is_code=True)
    assert list((tmp_path / "kosong").iterdir()) == []  # which was there before


def test_a_folder_that_can_t_be_made_is_named(desk: Desk, tmp_path: Path) -> None:
    row = desk.backed_up()
    (tmp_path / "berkas").write_text("x")
    for folder in (tmp_path / "berkas", tmp_path / "berkas" / "data", tmp_path / ("x" * 300) / "data"):
        with pytest.raises(FileNotWritable):
            restore.restore(folder, Path(row.place), desk.code, is_code=True)
    assert (tmp_path / "berkas").read_text() == "x"
