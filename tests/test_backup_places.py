# SPDX-License-Identifier: GPL-3.0-or-later
"""Where backups lie: those inside the store's folder move with it, and a missing one is not called gone too soon."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from restore_tools import Desk
from sqlalchemy import select
from store_tools import HELPER, HELPER_PASSPHRASE

from trafficwatch.models.backups import BackupRow
from trafficwatch.models.people import Person
from trafficwatch.models.tables import local
from trafficwatch.store import alone, backup, restore, rotation, vault
from trafficwatch.store.backup import BackupNotThere
from trafficwatch.store.erasure import Ground, erase
from trafficwatch.store.look import BackupDamaged, look
from trafficwatch.store.vault import WrongPassphrase


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    made = Desk(tmp_path)
    yield made
    alone.hold(made.folder, wait=0).release()  # whatever happened, nobody holds the store any more


def move(desk: Desk) -> None:
    """Another user name, or another drive letter."""
    desk.folder = desk.folder.rename(desk.folder.with_name("di tempat lain"))


def known(desk: Desk) -> list[BackupRow]:
    store = desk.open()
    with store.work() as work:
        found = list(backup.backups(work))
    store.close()
    return found


def test_backups_in_the_stores_folder_move_with_it(desk: Desk) -> None:
    own, away = desk.backed_up("daily"), desk.backed_up()
    person = desk.write(name="Sesudah")
    move(desk)
    assert [row.place for row in known(desk)] == [away.place, str(desk.folder / "backups" / own.id)]
    assert all(map(backup.is_reachable, known(desk)))
    store = desk.open()
    with store.work() as work:
        noted = {row.id: row.place for row in work.connection.execute(select(local.backup))}
        work.write(Person, person, name="Lagi")
    assert noted == {own.id: f"backups/{own.id}", away.id: away.place}
    told = erase(store, "person", person, Ground.PERSON_ASKED)
    assert told.backups == ()
    backup.destroy(store, own.id)
    store.close()
    assert not (desk.folder / "backups" / own.id).exists()
    assert {row.id: bool(row.gone_at) for row in known(desk)} == {own.id: True, away.id: False}


def test_too_many_go_after_a_move_too(desk: Desk) -> None:
    for _ in range(backup.DAYS + 1):
        desk.backed_up("daily")
        desk.clock.move(days=1)
    move(desk)
    store = desk.open()
    backup.prune(store)
    store.close()
    [first] = [row for row in known(desk) if row.gone_at]
    assert not Path(first.place).exists()
    assert len(list((desk.folder / "backups").iterdir())) == backup.DAYS


def test_renewing_the_keys_reaches_backups_that_moved(desk: Desk) -> None:
    own = desk.backed_up("daily")
    move(desk)
    store = desk.open()
    assert rotation.rotate(store, remove={HELPER}) == ()
    store.close()
    with pytest.raises(WrongPassphrase):
        look(desk.folder, desk.folder / "backups" / own.id, HELPER_PASSPHRASE)


def test_a_backup_whose_folder_is_not_there_is_not_called_gone(desk: Desk) -> None:
    own = desk.backed_up("daily")
    (desk.folder / "backups").rename(desk.folder / "kotak")
    store = desk.open()
    with pytest.raises(BackupNotThere):
        backup.destroy(store, own.id)
    (desk.folder / "kotak").rename(desk.folder / "backups")
    shutil.rmtree(desk.folder / "backups" / own.id)
    backup.destroy(store, own.id)
    store.close()
    assert [bool(row.gone_at) for row in known(desk)] == [True]


def test_a_copy_that_somebody_carried_away_is_never_one_too_many(desk: Desk, tmp_path: Path) -> None:
    own = desk.backed_up("daily")
    carried = Path(shutil.copytree(own.place, desk.stick / own.id))
    new = tmp_path / "laptop baru"
    restore.restore(new, carried, desk.code, is_code=True)
    desk.folder = new
    assert [row.place for row in known(desk)] == [str(carried)]
    for _ in range(backup.DAYS + 1):
        desk.clock.move(days=1)
        desk.write(name="Hari ini")
        store = desk.open()
        assert backup.make_daily(store)
        store.close()
    assert look(new, carried, desk.code, is_code=True).made_at == own.made_at


# -- set aside ---------------------------------------------------------------------------------------------------------


def set_aside(desk: Desk) -> Path:
    row = desk.backed_up()
    desk.write(name="Sesudah")
    desk.restore(row, discard_newer=True)
    [aside] = desk.aside()
    return aside


def test_renewing_the_keys_reaches_a_store_that_was_set_aside(desk: Desk) -> None:
    aside = set_aside(desk)
    kept = (aside / "vault.json").read_bytes()
    assert look(desk.folder, aside, HELPER_PASSPHRASE).counts["person"] == 1
    store = desk.open()
    assert rotation.rotate(store, remove={HELPER}) == ()
    store.close()
    with pytest.raises(WrongPassphrase):
        look(desk.folder, aside, HELPER_PASSPHRASE)
    assert sorted(path.name for path in aside.iterdir()) == ["store.db", "vault.json"]
    renewed = (aside / "vault.json").read_bytes()
    (aside / "vault.json").write_bytes(kept)
    with pytest.raises(BackupDamaged):
        look(desk.folder, aside, HELPER_PASSPHRASE)
    (aside / "vault.json").write_bytes(renewed)
    assert vault.decode(renewed).purpose == "store"
    assert look(desk.folder, aside, desk.code, is_code=True).counts["person"] == 1
    restore.restore(desk.folder, aside, desk.code, is_code=True, discard_newer=True, clock=desk.clock)
    assert desk.names() == ["Sesudah"]


def test_what_its_log_still_holds_is_renewed_too(desk: Desk) -> None:
    """A store that the power left open has a log beside it, which is set aside with it."""
    row = desk.backed_up()
    store = desk.open()
    with store.work() as work:
        work.write(Person, None, name="Sesudah")
    log = {path.name: path.read_bytes() for path in desk.folder.glob("store.db*")}
    store.close()
    for name, content in log.items():
        if not name.endswith("-shm"):
            (desk.folder / name).write_bytes(content)
    desk.restore(row, discard_newer=True)
    [aside] = desk.aside()
    store = desk.open()
    assert rotation.rotate(store) == ()
    store.close()
    assert look(desk.folder, aside, desk.code, is_code=True).counts["person"] == 1


def test_a_store_that_could_not_be_read_is_told_as_left(desk: Desk) -> None:
    row = desk.backed_up()
    for name in ("vault.json", "vault.previous.json"):
        (desk.folder / name).write_bytes(b"x" * 900)
    desk.restore(row, discard_newer=True)
    [aside] = desk.aside()
    before = {path.name: path.read_bytes() for path in aside.iterdir()}
    store = desk.open()
    assert [left.place for left in rotation.rotate(store)] == [str(aside)]
    store.close()
    assert {path.name: path.read_bytes() for path in aside.iterdir()} == before
