# SPDX-License-Identifier: GPL-3.0-or-later
"""Restoring: looked at first, the present store set aside, what must not be forgotten carried over, never half done."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from restore_tools import Desk, everything
from sqlalchemy import insert, select, update
from store_tools import HELPER, HELPER_PASSPHRASE, PASSPHRASE, content, one_of_each

from trafficwatch.models.backups import Reason
from trafficwatch.models.casework import Screening
from trafficwatch.models.exchange import PeerStatus
from trafficwatch.models.people import Person
from trafficwatch.models.tables import local
from trafficwatch.store import alone, backup, restore, rotation, vault
from trafficwatch.store.erasure import Ground, RecordErased, erase, holding
from trafficwatch.store.look import BackupDamaged, find, look
from trafficwatch.store.restore import (
    RestoreNeedsCaseKey,
)
from trafficwatch.store.unlock import open_store, recover_store
from trafficwatch.store.vault import VaultDamaged, WrongPassphrase


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    made = Desk(tmp_path)
    yield made
    alone.hold(made.folder, wait=0).release()  # whatever happened, nobody holds the store any more


# -- the good way ------------------------------------------------------------------------------------------------------


def test_the_backup_takes_the_place_and_the_present_store_is_set_aside(desk: Desk) -> None:
    desk.write(name="Sebelum")
    row = desk.backed_up()
    desk.write(name="Sesudah")
    held, backups = everything(desk.folder), everything(desk.stick)
    found = desk.restore(row, discard_newer=True)
    assert (found.made_at, found.counts["person"], found.records) == (row.made_at, 1, row.records)
    [aside] = desk.aside()
    assert content(aside) == {name: held[name] for name in content(aside)}
    assert everything(desk.stick) == backups
    assert sorted(content(desk.folder)) == ["store.db", "vault.json"]
    assert {path.name for path in desk.folder.iterdir() if path.is_dir()} == {aside.name}
    assert desk.names() == ["Sebelum"]
    other = recover_store(aside, desk.code, clock=desk.clock)
    with other.work() as work:
        assert work.records.count("person") == 2
    other.close()


def test_nothing_to_lose_needs_no_word(desk: Desk) -> None:
    desk.write(name="Sebelum")
    desk.restore(desk.backed_up())
    assert desk.names() == ["Sebelum"]


def test_on_a_new_laptop_with_the_passphrase_alone(desk: Desk, tmp_path: Path) -> None:
    desk.write(name="Sebelum")
    row = desk.backed_up()
    folder = tmp_path / "laptop baru" / "data"
    found = restore.restore(folder, Path(row.place), PASSPHRASE)
    assert found.name == "Noelbaki"
    store = open_store(folder, PASSPHRASE, clock=desk.clock)
    with store.work() as work:
        assert work.records.count("person") == 1
        assert work.sealer.able
        assert [(each.id, each.reason) for each in backup.backups(work)] == [(row.id, Reason.BY_HAND)]
    store.close()
    assert sorted(content(folder)) == ["store.db", "vault.json"]


def test_a_restored_store_has_a_key_of_its_own(desk: Desk) -> None:
    row = desk.backed_up()
    kept = vault.decode((Path(row.place) / "vault.json").read_bytes())
    desk.restore(row)
    store = desk.open()
    live = vault.decode((desk.folder / "vault.json").read_bytes())
    assert live.purpose == "store"
    assert vault.store_keys(live, store.keys)[0] != vault.store_keys(kept, store.keys)[0]
    store.close()


def test_what_was_set_aside_can_come_back(desk: Desk) -> None:
    row = desk.backed_up()
    desk.write(name="Sesudah")
    desk.restore(row, discard_newer=True)
    assert desk.names() == []
    [aside] = desk.aside()
    restore.restore(desk.folder, aside, desk.code, is_code=True, discard_newer=True, clock=desk.clock)
    assert desk.names() == ["Sesudah"]
    assert len(desk.aside()) == 2


def test_restoring_destroys_no_backup(desk: Desk) -> None:
    """AnkiDroid 8897: backups made after a restore pushed the good ones out."""
    made = []
    for day in range(12):
        desk.write(name=f"Hari {day}")
        made.append(desk.backed_up("daily"))
        desk.clock.move(days=1)
    for day in (3, 1, 5):
        desk.restore(made[day], discard_newer=True)
        assert len(desk.names()) == day + 1
    assert all(look(desk.folder, Path(row.place), desk.code, is_code=True).records for row in made)
    store = desk.open()
    with store.work() as work:
        known = [row for row in backup.backups(work) if row.gone_at is None]
    assert {row.id for row in known if row.reason is Reason.DAILY} == {row.id for row in made}
    assert sum(row.reason is Reason.SET_ASIDE for row in known) == 3
    store.close()


# -- what must not be forgotten ----------------------------------------------------------------------------------------


def test_what_was_erased_stays_erased(desk: Desk) -> None:
    here = desk.write(name="Burung Kenari")
    row = desk.backed_up()
    later = desk.write(name="Kenari Kedua")
    store = desk.open()
    for person in (here, later):
        erase(store, "person", person, Ground.CONSENT_WITHDRAWN)
    store.close()
    desk.restore(row, discard_newer=True)
    store = desk.open()
    with store.work() as work:
        assert work.records.count("person") == 0
        assert {each.id for each in holding(work)} == {row.id, desk.aside()[0].name.removeprefix("before-restore-")}
        for person in (here, later):
            with pytest.raises(RecordErased):
                work.write(Person, person, name="Lagi")
    with store.bare() as driver:
        assert "Kenari" not in repr(driver.execute("SELECT * FROM person").fetchall())
        assert driver.execute("SELECT count(*) FROM store_info WHERE key = 'erase_again'").fetchone() == (0,)
    store.close()


def test_a_revoked_device_stays_revoked(desk: Desk) -> None:
    def status(change: PeerStatus | None = None) -> str:
        store = desk.open()
        with store.work() as work:
            if change:
                work.connection.execute(update(local.peer).values(status=change.value))
            found = work.connection.execute(select(local.peer.c.status)).scalar_one()
        store.close()
        return str(found)

    store = desk.open()
    keys = {"signing_key": b"k" * 32, "recipient": "age1pq1x", "practice": True, "since": "2026-01-01"}
    with store.work() as work:
        work.connection.execute(
            insert(local.peer).values(
                device="a" * 16, side="village", code="53.01.08.2001", name="T", status="active", **keys
            )
        )
    store.close()
    row = desk.backed_up()
    status(PeerStatus.REVOKED)
    desk.restore(row, discard_newer=True)
    assert status() == "revoked"


def test_a_removed_volunteer_does_not_come_back(desk: Desk) -> None:
    store = desk.open()
    with store.work() as work:
        one_of_each(work)
        screening = work.records.select(Screening)[0]
    store.close()
    row = desk.backed_up()
    Path(row.place).rename(desk.stick / "laci")  # out of reach while keys are renewed
    store = desk.open()
    rotation.rotate(store, remove={HELPER})
    store.close()
    assert look(desk.folder, desk.stick / "laci", HELPER_PASSPHRASE).records  # what was copied before can't be helped
    restore.restore(desk.folder, desk.stick / "laci", desk.code, is_code=True, clock=desk.clock, marks=desk.marks)
    with pytest.raises(WrongPassphrase):
        desk.open(HELPER_PASSPHRASE)
    store = desk.open()
    assert store.findings == ["rotation_finished", "restored", "backups_left"]  # the one in the drawer
    with store.work() as work:
        assert work.records.get(Screening, screening.id) == screening
    store.close()


def test_case_text_under_an_earlier_key_needs_someone_who_has_it(desk: Desk) -> None:
    row = desk.backed_up()
    Path(row.place).rename(desk.stick / "laci")
    store = desk.open()
    rotation.rotate(store)
    store.close()
    before = everything(desk.folder)
    with pytest.raises(RestoreNeedsCaseKey):
        restore.restore(desk.folder, desk.stick / "laci", HELPER_PASSPHRASE, clock=desk.clock)
    assert everything(desk.folder) == before


# -- looking -----------------------------------------------------------------------------------------------------------


def test_the_backups_on_a_stick_are_found(desk: Desk) -> None:
    rows = [desk.backed_up()]
    desk.clock.move(days=1)
    rows.append(desk.backed_up())
    (desk.stick / "foto").mkdir()
    (desk.stick / "vault.json").write_text("{}")
    assert find(desk.stick) == (Path(rows[1].place), Path(rows[0].place))
    assert find(Path(rows[0].place)) == (Path(rows[0].place),)
    assert find(desk.folder) == find(desk.stick / "nowhere") == ()


def test_a_look_tells_date_size_and_counts(desk: Desk) -> None:
    store = desk.open()
    with store.work() as work:
        one_of_each(work)
    store.close()
    row = desk.backed_up()
    found = look(desk.folder, Path(row.place), PASSPHRASE)
    assert (found.made_at, found.code, found.side, found.practice) == (row.made_at, "53.01.08.2008", "village", True)
    assert found.size == (Path(row.place) / "store.db").stat().st_size
    assert set(found.counts.values()) == {1}


def test_a_vault_that_is_not_its_own_is_damage(desk: Desk) -> None:
    rows = [desk.backed_up(), desk.backed_up()]
    shutil.copy(Path(rows[0].place) / "vault.json", Path(rows[1].place) / "vault.json")
    with pytest.raises(BackupDamaged):
        look(desk.folder, Path(rows[1].place), desk.code, is_code=True)
    with pytest.raises(VaultDamaged):
        recover_store(Path(rows[0].place), desk.code)
