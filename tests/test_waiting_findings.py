# SPDX-License-Identifier: GPL-3.0-or-later
"""What unlocking found out is told until it was understood; keys that were to be renewed are, at a later unlock."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from desks import cli
from restore_tools import Desk
from sqlalchemy import select
from store_tools import FAST, HELPER_PASSPHRASE, PASSPHRASE, VOLUNTEER, template

from trafficwatch.models.backups import Reason
from trafficwatch.models.tables import local
from trafficwatch.store import alone, backup, mark, rotation, unacknowledged, vault
from trafficwatch.store.backup import own_place
from trafficwatch.store.connection import StoreFull
from trafficwatch.store.files import DiskFull
from trafficwatch.store.folder import read_vault
from trafficwatch.store.giving_way import BackupGaveWay
from trafficwatch.store.unlock import recover_store
from trafficwatch.store.work import Store
from trafficwatch.texts import t
from trafficwatch.village.founding import renew_passphrase
from trafficwatch.village.members import change_own_passphrase
from trafficwatch.village.setup import renew_recovery_code
from trafficwatch.village.understanding import UNDERSTOOD, understand

NEW = "lumbung padi biru sembilan"


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    made = Desk(tmp_path)
    yield made
    alone.hold(made.folder, wait=0).release()


def told(desk: Desk, passphrase: str | None = None) -> list[str]:
    store = desk.open(passphrase)
    store.close()
    return store.findings


def put_back(desk: Desk) -> None:
    """An older copy in the place of the store."""
    told(desk)
    earlier = shutil.copytree(desk.folder, desk.folder.with_name("earlier"))
    desk.write(name="Maria")
    shutil.rmtree(desk.folder)
    earlier.rename(desk.folder)


def entries(store: Store) -> list[tuple[str, str | None, Any]]:
    """Action, volunteer and reason of each row of the journal."""
    with store.work() as work:
        rows = work.connection.execute(select(local.journal).order_by(local.journal.c.sequence)).all()
    return [(row.action, row.volunteer, json.loads(row.changes).get("reason", [None, None])[1]) for row in rows]


# -- until somebody has understood it ----------------------------------------------------------------------------------


def test_an_older_state_is_told_until_a_volunteer_has_understood_it(desk: Desk) -> None:
    put_back(desk)
    first = desk.clock.now.isoformat(timespec="seconds")
    for _ in range(3):
        assert told(desk) == [mark.OLDER_STATE]
        desk.clock.move(days=1)
    store = desk.open(PASSPHRASE)
    with store.work() as work:
        assert unacknowledged.noted(work) == {mark.OLDER_STATE: first}
        for _ in range(2):
            understand(work, mark.OLDER_STATE)
        understand(work, "upgraded")  # told once, and nothing to note
    assert [each for each in entries(store) if each[0] == UNDERSTOOD] == [(UNDERSTOOD, VOLUNTEER, mark.OLDER_STATE)]
    store.close()
    assert told(desk) == []


def test_it_is_kept_in_the_transaction_that_starts_the_new_epoch(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    put_back(desk)

    def cut(*_: object) -> None:
        raise DiskFull(file="")

    with monkeypatch.context() as patched:
        patched.setattr(unacknowledged, "note", cut)
        with pytest.raises(DiskFull):
            desk.open()
    store = recover_store(desk.folder, desk.code)  # without looking at the mark
    assert "restored" not in [action for action, _, _ in entries(store)]
    store.close()
    assert told(desk) == [mark.OLDER_STATE]


def test_the_check_tells_it_with_its_day(desk: Desk) -> None:
    put_back(desk)
    words = ("--store", desk.folder, "--json", "--lang", "id", "store", "check")
    told(desk)
    said = cli(*words, passphrase=PASSPHRASE)
    [found] = said.document["findings"]
    assert (said.code, found["finding"]) == (1, mark.OLDER_STATE)
    assert found["since"] == desk.clock.now.isoformat(timespec="seconds")
    assert t("findings.older_state") in found["message"]
    assert said.document["todo"] == t("trail.check_waiting_todo")
    store = desk.open(PASSPHRASE)
    with store.work() as work:
        understand(work, mark.OLDER_STATE)
    store.close()
    assert cli(*words, passphrase=PASSPHRASE).code == 0


def test_backups_that_still_open_as_before_are_told_until_understood(desk: Desk) -> None:
    row = desk.backed_up()
    away = desk.stick.rename(desk.stick.with_name("drawer"))
    store = desk.open(PASSPHRASE)
    rotation.begin(store)
    store.close()
    assert told(desk, PASSPHRASE) == ["rotation_finished", rotation.BACKUPS_LEFT]
    assert told(desk, PASSPHRASE) == [rotation.BACKUPS_LEFT]
    store = desk.open(PASSPHRASE)
    with store.work() as work:
        understand(work, rotation.BACKUPS_LEFT)
    store.close()
    assert told(desk, PASSPHRASE) == []
    away.rename(desk.stick)
    found = vault.decode((Path(row.place) / "vault.json").read_bytes())
    assert vault.open_with_passphrase(found, PASSPHRASE).master == template().keys.master


# -- keys that are still to be renewed ---------------------------------------------------------------------------------


class Cut(Exception):
    """The power goes."""


def cut(*_: object, **__: object) -> None:
    raise Cut


def full(*_: object, **__: object) -> None:
    raise StoreFull


def changed(store: Store) -> None:
    change_own_passphrase(store, PASSPHRASE, NEW, stretching=FAST)


def renewed(store: Store) -> None:
    renew_recovery_code(store)


WANTED: dict[str, tuple[Callable[[Store], None], str]] = {"passphrase": (changed, NEW), "sheet": (renewed, PASSPHRASE)}


@pytest.mark.parametrize("why", WANTED)
@pytest.mark.parametrize("stopped", [cut, full])
def test_what_could_not_be_renewed_is_renewed_at_a_later_unlock(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, why: str, stopped: Callable[..., None]
) -> None:
    act, passphrase = WANTED[why]
    earlier = desk.folder.with_name("copied.json")
    store = desk.open(PASSPHRASE)
    epoch = read_vault(desk.folder).epoch
    shutil.copy(desk.folder / "vault.json", earlier)
    with monkeypatch.context() as patched:
        patched.setattr(rotation, "begin", stopped)
        try:
            act(store)
        except Cut:
            assert stopped is cut
        store.close()
        assert read_vault(desk.folder).epoch == epoch
        if stopped is full:
            assert told(desk, passphrase) == []  # there is still no room
    assert told(desk, passphrase) == ["rotation_finished"]
    assert read_vault(desk.folder).epoch == epoch + 1
    assert told(desk, passphrase) == []
    former = vault.open_with_passphrase(vault.decode(earlier.read_bytes()), PASSPHRASE)
    assert former.master != vault.open_with_passphrase(read_vault(desk.folder), passphrase).master


def test_a_power_cut_before_the_vault_changes_costs_one_renewal_and_nothing_else(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = desk.open(PASSPHRASE)
    with monkeypatch.context() as patched:
        patched.setattr("trafficwatch.store.files.Staged.publish", cut)
        with pytest.raises(Cut):
            changed(store)
    store.close()
    assert told(desk, PASSPHRASE) == ["rotation_finished"]
    assert told(desk, PASSPHRASE) == []


def test_after_a_code_too_and_not_before_there_is_a_passphrase(desk: Desk) -> None:
    epoch = read_vault(desk.folder).epoch
    store = desk.open()
    renew_passphrase(store, name_of(store), NEW, stretching=FAST)
    store.close()
    assert told(desk) == []  # again with the code: a passphrase comes next
    assert read_vault(desk.folder).epoch == epoch
    assert told(desk, NEW) == ["rotation_finished"]
    assert read_vault(desk.folder).epoch == epoch + 1


def name_of(store: Store) -> str:
    from trafficwatch.models.staff import Category, Volunteer

    with store.work() as work:
        work.write(Volunteer, VOLUNTEER, name="Maria Tefa", category=Category.VOLUNTEER.value)
    return "Maria Tefa"


def test_a_renewal_that_was_begun_before_does_not_count_for_what_came_after_it(desk: Desk) -> None:
    helper = desk.open(HELPER_PASSPHRASE)
    rotation.begin(helper)
    epoch = read_vault(desk.folder).epoch
    change_own_passphrase(helper, HELPER_PASSPHRASE, NEW, stretching=FAST)
    helper.close()
    assert read_vault(desk.folder).epoch == epoch  # the one that was begun comes first
    assert told(desk, PASSPHRASE) == ["rotation_finished"]
    found = read_vault(desk.folder)
    assert (found.epoch, found.former, found.cases) == (epoch + 1, None, ())
    assert told(desk, NEW) == []


# -- giving way --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("late", [False, True])
def test_a_backup_gives_way_to_a_lock_and_leaves_nothing(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, late: bool
) -> None:
    """While it is copied, or read back."""
    store = desk.open(PASSPHRASE)
    if late:
        verify = backup.snapshot.verify

        def hurried(*given: Any) -> None:
            store.hurried = True
            verify(*given)

        monkeypatch.setattr(backup.snapshot, "verify", hurried)

    def tell(_done: int, _total: int) -> None:
        store.hurried = store.hurried or not late

    with pytest.raises(BackupGaveWay):
        backup.make(store, own_place(desk.folder), Reason.DAILY, tell)
    assert list(own_place(desk.folder).iterdir()) == []
    with store.work() as work:
        assert backup.backups(work) == ()
        assert backup.due(work)
    backup.make_before(store, Reason.IMPORT)  # what follows goes on without it
    assert list(own_place(desk.folder).iterdir()) == []
    monkeypatch.undo()
    store.hurried = False
    assert backup.make_daily(store)
    store.close()
