# SPDX-License-Identifier: GPL-3.0-or-later
"""Setting a store up, opening it, and every way in which that can go wrong: named, and nothing touched.

Damage is tried through the recovery code, which needs no stretching; the passphrase has its own tests here.
"""

from __future__ import annotations

import errno
import hashlib
import shutil
import sqlite3
import stat
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from unittest.mock import ANY

import pytest
from store_tools import (
    FAST,
    HELPER,
    HELPER_PASSPHRASE,
    PASSPHRASE,
    VILLAGE,
    VOLUNTEER,
    add_volunteer_slot,
    clock,
    content,
    copied,
    make_store,
    record_id,
    reopened,
    small_disk,
    template,
)

from trafficwatch import __version__
from trafficwatch.errors import StoreError
from trafficwatch.models.fields import Side
from trafficwatch.models.people import Person
from trafficwatch.store import connection, vault, vault_slots
from trafficwatch.store.connection import StoreBusy, StoreDamaged, StoreFull, StoreNotEncrypted
from trafficwatch.store.files import DiskFull, FileNotWritable
from trafficwatch.store.schema import StoreNewer
from trafficwatch.store.unlock import (
    NoStore,
    PassphraseTooShort,
    StoreExists,
    create_store,
    open_store,
    recover_store,
)
from trafficwatch.store.vault import Stretching, VaultDamaged, VaultNewer, WrongPassphrase
from trafficwatch.store.work import Store


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Key stretching that takes no time, for tests that only set up."""
    monkeypatch.setattr(vault_slots, "_stretch", lambda *inputs: hashlib.sha512(repr(inputs).encode()).digest())


def recovered(folder: Path) -> Store:
    return recover_store(folder, template().code, clock=clock)


# -- the good way ------------------------------------------------------------------------------------------------------


def test_a_store_is_made_closed_and_opened_by_everyone_who_may(tmp_path: Path) -> None:
    """With real stretching, from nothing."""
    folder = tmp_path / "Data Desa Ñoel" / "toko"
    store, code = make_store(folder)
    with store.work() as work:
        person = work.write(Person, None, name="Maria")
        assert (work.volunteer, work.info.code, work.info.side) == (VOLUNTEER, VILLAGE, Side.VILLAGE)
        assert (work.info.written_by, work.info.practice) == (__version__, True)
        assert (work.now, work.info.created_at) == ("2026-11-21T01:00:00+00:00", "2026-11-21T01:00:00+00:00")
    store.close()
    assert sorted(content(folder)) == ["store.db", "vault.json"]
    for way_in, volunteer in (
        (partial(open_store, folder, f"  {PASSPHRASE} "), VOLUNTEER),
        (partial(recover_store, folder, code.lower()), None),
    ):
        opened = way_in(clock=clock)
        with opened.work() as work:
            assert work.records.get(Person, person).name == "Maria"
            assert (work.volunteer, work.sealer.able) == (volunteer, True)
        opened.close()
    before = content(folder)
    with pytest.raises(WrongPassphrase):
        open_store(folder, HELPER_PASSPHRASE)
    assert content(folder) == before | {"tries.json": ANY}


def test_the_untrained_volunteer_opens_the_same_store(tmp_path: Path) -> None:
    store = open_store(copied(tmp_path), HELPER_PASSPHRASE)
    with store.work() as work:
        assert (work.volunteer, work.sealer.able, work.info.code) == (HELPER, False, VILLAGE)
    store.close()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such rights")
def test_the_vault_is_private(tmp_path: Path) -> None:
    for name in ("vault.json", "vault.previous.json"):
        assert stat.S_IMODE((template().folder / name).stat().st_mode) == 0o600


def test_every_store_has_its_own_device_and_epoch(tmp_path: Path, quick: None) -> None:
    found = set()
    for name in ("satu", "dua"):
        store, _ = make_store(tmp_path / name)
        with store.work() as work:
            found |= {work.info.device, work.info.epoch}
        store.close()
    assert len(found) == 4
    assert {len(text) for text in found} == {16}


def test_adding_a_volunteer_keeps_the_vault_before(tmp_path: Path, quick: None) -> None:
    store, code = make_store(tmp_path)
    before = (tmp_path / "vault.json").read_bytes()
    add_volunteer_slot(store, HELPER_PASSPHRASE, HELPER, trained=False, stretching=FAST)
    store.close()
    assert (tmp_path / "vault.previous.json").read_bytes() == before
    assert len(vault.decode((tmp_path / "vault.json").read_bytes()).slots) == 3
    (tmp_path / "vault.previous.json").replace(tmp_path / "vault.json")
    recover_store(tmp_path, code).close()


def test_a_volunteer_is_not_added_to_a_changed_vault(tmp_path: Path) -> None:
    folder = copied(tmp_path)
    store = reopened(folder, template().keys)
    text = (folder / "vault.json").read_text()
    (folder / "vault.json").write_text(text.replace(HELPER, record_id(7)))
    before = content(folder)
    with pytest.raises(VaultDamaged):
        add_volunteer_slot(store, "frasa orang ketiga", record_id(3), trained=False, stretching=FAST)
    store.close()
    assert content(folder)["vault.json"] == before["vault.json"]


# -- setting up --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("passphrase", ["", "  ", "sebelashuru", " a  b  c  d  e ", "\n".join("abcdef")])
def test_a_short_passphrase_is_refused_before_anything_is_made(tmp_path: Path, passphrase: str) -> None:
    with pytest.raises(PassphraseTooShort) as caught:
        make_store(tmp_path / "toko", passphrase)
    assert caught.value.params == {"minimum": 12}
    assert not (tmp_path / "toko").exists()
    store = reopened(copied(tmp_path), template().keys)
    before = content(store.folder)["vault.json"]
    with pytest.raises(PassphraseTooShort):
        add_volunteer_slot(store, passphrase, record_id(3), trained=False, stretching=FAST)
    store.close()
    assert content(store.folder)["vault.json"] == before


def test_a_passphrase_of_twelve_characters_is_enough(tmp_path: Path, quick: None) -> None:
    make_store(tmp_path, "abcd efgh ij")[0].close()


@pytest.mark.parametrize("name", ["vault.json", "vault.previous.json"])
def test_a_store_is_never_set_up_over_another(tmp_path: Path, name: str) -> None:
    """A vault whose newest file was lost is a store as well."""
    folder = copied(tmp_path)
    if name != "vault.json":
        (folder / "vault.json").unlink()
    before = content(folder)
    with pytest.raises(StoreExists):
        make_store(folder)
    assert content(folder) == before


def fails_while(monkeypatch: pytest.MonkeyPatch, step: str) -> type[Exception]:
    """Let setting up fail at one step; gives what must be raised."""

    def full(*_: object, **__: object) -> None:
        raise DiskFull(file="vault.json")

    def broken(*_: object, **__: object) -> None:
        raise OSError(errno.EIO, "disk")

    target, fault, named = {
        "tables": ("trafficwatch.store.schema.create", broken, OSError),
        "settings": ("trafficwatch.store.info.save", broken, OSError),
        "vault": ("trafficwatch.store.unlock.write_whole", full, DiskFull),
        "rename": ("pathlib.Path.replace", broken, FileNotWritable),
    }[step]
    monkeypatch.setattr(target, fault)
    return named


@pytest.mark.parametrize("step", ["tables", "settings", "vault", "rename"])
def test_a_set_up_that_fails_leaves_no_store(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, quick: None, step: str
) -> None:
    with monkeypatch.context() as patched:
        named = fails_while(patched, step)
        with pytest.raises(named):
            make_store(tmp_path)
    assert not (tmp_path / "vault.json").exists()
    with pytest.raises(NoStore):
        open_store(tmp_path, PASSPHRASE)
    store, code = make_store(tmp_path)
    store.close()
    recover_store(tmp_path, code).close()


def test_a_database_that_lost_its_vault_is_set_aside(tmp_path: Path, quick: None) -> None:
    """Its vault may lie in a backup: a new set-up must not destroy what that vault still opens."""
    folder = copied(tmp_path)
    kept = content(folder)
    for name in ("vault.json", "vault.previous.json"):
        (folder / name).unlink()
    make_store(folder)[0].close()
    [aside] = folder.glob("left-*-store.db")
    assert aside.read_bytes() == kept["store.db"]
    rescued = tmp_path / "lama"
    rescued.mkdir()
    aside.replace(rescued / "store.db")
    (rescued / "vault.json").write_bytes(kept["vault.json"])
    recovered(rescued).close()


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path, quick: None) -> None:
    (tmp_path / "berkas").touch()
    for folder in (tmp_path / "berkas", tmp_path / "berkas" / "toko"):
        with pytest.raises(FileNotWritable):
            make_store(folder)


def test_a_disk_too_small_for_a_store(tmp_path: Path, quick: None) -> None:
    with small_disk(tmp_path, "300k") as disk:
        with pytest.raises(StoreFull):
            make_store(disk)
        assert not (disk / "vault.json").exists()


# -- what may be wrong -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("missing", ["folder", "vault"])
def test_no_store(tmp_path: Path, missing: str) -> None:
    folder = tmp_path / "kosong" if missing == "folder" else tmp_path
    with pytest.raises(NoStore):
        open_store(folder, PASSPHRASE)
    with pytest.raises(NoStore):
        recovered(folder)
    assert list(tmp_path.iterdir()) == []


def test_a_vault_of_which_only_the_one_before_is_left(tmp_path: Path) -> None:
    folder = copied(tmp_path)
    (folder / "vault.json").unlink()
    with pytest.raises(VaultDamaged):
        open_store(folder, PASSPHRASE)


def plain(path: Path) -> None:
    path.unlink()
    with sqlite3.connect(path) as made:
        made.execute("CREATE TABLE alembic_version (version_num)")
    made.close()


def other_store(path: Path) -> None:
    connection.connect(path.with_name("other.db"), b"k" * 32).dispose()
    path.with_name("other.db").replace(path)


def flipped(place: int) -> Callable[[Path], None]:
    def flip(path: Path) -> None:
        data = bytearray(path.read_bytes())
        data[place] ^= 1
        path.write_bytes(data)

    return flip


def cut(length: int) -> Callable[[Path], None]:
    def truncate(path: Path) -> None:
        path.write_bytes(path.read_bytes()[:length])

    return truncate


@pytest.mark.parametrize(
    ("change", "named"),
    [
        (Path.unlink, StoreDamaged),
        (plain, StoreNotEncrypted),
        (other_store, StoreDamaged),
        (lambda path: path.write_bytes(b"\0" * 40_960), StoreDamaged),
        (lambda path: path.write_text("bukan basis data"), StoreDamaged),
        *((flipped(place), StoreDamaged) for place in (0, 15, 16, 17, 18, 20, 100, 1_000, 4_015, 4_016, 4_079, 4_095)),
        *((cut(length), StoreDamaged) for length in (0, 1, 2, 16, 511, 512, 1_024, 4_095, 4_096, 5_000, 8_192)),
    ],
)
def test_a_database_that_does_not_fit_is_told_and_left_alone(
    tmp_path: Path, change: Callable[[Path], None], named: type[StoreError]
) -> None:
    folder = copied(tmp_path)
    change(folder / "store.db")
    before = content(folder)
    with pytest.raises(named):
        recovered(folder)
    assert content(folder) == before


def test_a_store_of_another_vault_is_told(tmp_path: Path, quick: None) -> None:
    mine, (other, code) = copied(tmp_path), make_store(tmp_path / "lain")
    other.close()
    shutil.copy(mine / "store.db", other.folder / "store.db")
    with pytest.raises(StoreDamaged):
        recover_store(other.folder, code)


def test_a_newer_store_is_refused_by_its_programs_name_and_untouched(tmp_path: Path) -> None:
    folder = copied(tmp_path)
    store = reopened(folder, template().keys)
    with store.work() as work:
        work.connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0999'")
        work.connection.exec_driver_sql("UPDATE store_info SET value = '\"9.8.7\"' WHERE key = 'written_by'")
    store.close()
    before = content(folder)
    with pytest.raises(StoreNewer) as caught:
        recovered(folder)
    assert caught.value.params == {"version": "9.8.7"}
    assert content(folder) == before


def test_a_store_without_a_schema_is_damaged(tmp_path: Path) -> None:
    folder = copied(tmp_path)
    store = reopened(folder, template().keys)
    with store.work() as work:
        work.connection.exec_driver_sql("DROP TABLE alembic_version")
    store.close()
    with pytest.raises(StoreDamaged):
        recovered(folder)


def test_a_newer_store_without_a_name_is_refused_by_its_schema(tmp_path: Path) -> None:
    folder = copied(tmp_path)
    store = reopened(folder, template().keys)
    with store.work() as work:
        work.connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0999'")
        work.connection.exec_driver_sql("DELETE FROM store_info")
    store.close()
    with pytest.raises(StoreNewer) as caught:
        recovered(folder)
    assert caught.value.params == {"version": "0999"}


def test_a_store_that_another_program_holds_is_not_called_damaged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = copied(tmp_path)
    monkeypatch.setattr(connection, "_PRAGMAS", (*connection._PRAGMAS[:-1], "busy_timeout = 10"))
    holder = reopened(folder, template().keys)
    with holder.work(), pytest.raises(StoreBusy):
        recovered(folder)
    holder.close()


@pytest.mark.parametrize(
    ("vault_file", "named"),
    [
        (b"", VaultDamaged),
        (b"{}", VaultDamaged),
        (b"\0" * 1_000, VaultDamaged),
        (b" " * 300_000, VaultDamaged),
        (b'{"format": [2, 0]}', VaultNewer),
    ],
)
def test_a_vault_that_cannot_be_used_is_told(tmp_path: Path, vault_file: bytes, named: type[StoreError]) -> None:
    folder = copied(tmp_path)
    (folder / "vault.json").write_bytes(vault_file)
    before = content(folder)
    with pytest.raises(named):
        open_store(folder, PASSPHRASE)
    assert content(folder) == before


def test_a_new_store_is_stretched_as_this_machine_can(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vault, "calibrate", lambda: Stretching(96 * 1024, 3, 4))
    store, _ = create_store(
        tmp_path, PASSPHRASE, VOLUNTEER, trained=True, side=Side.PPT, code="53.01", name="PPT", practice=False
    )
    add_volunteer_slot(store, HELPER_PASSPHRASE, HELPER, trained=True)
    with store.work() as work:
        assert work.info.created_at[:2] == work.now[:2] == "20"  # the real clock
    store.close()
    found = vault.decode((tmp_path / "vault.json").read_bytes())
    assert [slot.stretching and slot.stretching.memory_kib for slot in found.slots] == [None, 98_304, 98_304]
