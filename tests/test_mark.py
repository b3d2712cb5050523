# SPDX-License-Identifier: GPL-3.0-or-later
"""The mark outside the store: an older state is noticed and goes on as a new epoch; nothing else raises an alarm."""

from __future__ import annotations

import json
import shutil
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from restore_tools import Desk, everything
from sqlalchemy import insert, select
from store_tools import history_of, template

from trafficwatch.models.people import Person
from trafficwatch.models.tables import local
from trafficwatch.store import alone, backup, erasure, info, mark, rotation, vault
from trafficwatch.store.files import DiskFull
from trafficwatch.store.info import Info
from trafficwatch.store.journal import broken_at
from trafficwatch.store.unlock import recover_store
from trafficwatch.store.work import Store


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    made = Desk(tmp_path)
    yield made
    alone.hold(made.folder, wait=0).release()


def kept(desk: Desk) -> dict[str, Any]:
    [path] = desk.marks.iterdir()
    found: dict[str, Any] = json.loads(path.read_bytes())
    return found


def told(desk: Desk) -> list[str]:
    store = desk.open()
    store.close()
    return store.findings


def known(desk: Desk) -> Info:
    store = desk.open()
    with store.work() as work:
        found = work.info
    store.close()
    return found


def put_back(desk: Desk, earlier: Path) -> None:
    shutil.rmtree(desk.folder)
    shutil.copytree(earlier, desk.folder)


def copy_of(desk: Desk, name: str) -> Path:
    return Path(shutil.copytree(desk.folder, desk.folder.with_name(name)))


# -- the mark itself ---------------------------------------------------------------------------------------------------


def test_the_mark_follows_the_store(desk: Desk) -> None:
    assert told(desk) == []
    first = kept(desk)
    desk.write(name="Maria")
    then = kept(desk)
    store = desk.open()
    with store.work() as work:
        work.write(Person, None, name="Yosef")
        now = work.info
    assert kept(desk) == then  # not before the store closes, or says that it matters
    store.mark()
    assert (kept(desk)["sequence"], kept(desk)["counter"]) == (then["sequence"] + 1, now.counter)
    assert (first["sequence"], first["device"], first["epoch"]) == (0, now.device, now.epoch)
    store.close()
    assert told(desk) == []


def test_a_mark_tells_nobody_anything(desk: Desk) -> None:
    desk.write(name="Burung Kenari")
    [path] = desk.marks.iterdir()
    assert b"Kenari" not in path.read_bytes()
    assert (stat.S_IMODE(path.stat().st_mode), stat.S_IMODE(desk.marks.stat().st_mode)) == (0o600, 0o700)
    assert path.name.startswith(kept(desk)["vault"])


def test_opening_again_writes_nothing(desk: Desk) -> None:
    desk.write(name="Maria")
    [path] = desk.marks.iterdir()
    before = path.stat().st_mtime_ns, path.stat().st_ino
    assert told(desk) == []
    assert (path.stat().st_mtime_ns, path.stat().st_ino) == before


# -- an older state ----------------------------------------------------------------------------------------------------


def test_an_older_store_starts_one_new_epoch(desk: Desk) -> None:
    person = desk.write(name="Maria")
    earlier = copy_of(desk, "earlier")
    for number in range(5):
        desk.write(name=f"Orang {number}")
    before = known(desk)
    put_back(desk, earlier)
    store = desk.open()
    assert store.findings == [mark.OLDER_STATE]
    with store.work() as work:
        now = work.info
        assert now.epoch != before.epoch
        assert now.stamps_as == now.epoch != now.device == before.device
        assert before.counter < now.counter <= before.counter + 1_000
        table = local.journal
        last = work.connection.execute(select(table).order_by(table.c.sequence.desc()).limit(1)).one()
        assert (last.action, last.type, last.id) == ("restored", "device", now.device)
        assert json.loads(last.changes) == {"reason": [None, f"older_state; epoch {before.epoch}"]}
        work.write(Person, person, address="RT 4")
        assert broken_at(work.connection, work.sealer, now.device) is None
        history = history_of(work, "person", person)
    assert now.epoch in str(history)  # what is written from now on has an author of its own
    store.close()
    assert known(desk).epoch == now.epoch


def test_another_branch_as_long_as_the_lost_one_is_noticed(desk: Desk) -> None:
    earlier = copy_of(desk, "earlier")
    desk.write(name="Satu")
    shutil.move(desk.marks, desk.folder.with_name("kept"))
    put_back(desk, earlier)
    desk.write(name="Dua")
    shutil.rmtree(desk.marks)
    shutil.move(desk.folder.with_name("kept"), desk.marks)
    assert told(desk) == [mark.OLDER_STATE]


def test_a_bundle_that_is_forgotten_is_noticed(desk: Desk) -> None:
    """Making one may change no record: the journal is as long as before, the number would be given twice."""
    earlier = copy_of(desk, "earlier")
    store = desk.open()
    with store.work() as work:
        made = {"recipient": "a" * 16, "kind": "report", "epoch": work.info.epoch, "number": 1, "records": "{}"}
        work.connection.execute(insert(local.bundle_out).values(bundle="1", manifest_hash="", created_at="", **made))
    store.close()
    put_back(desk, earlier)
    assert told(desk) == [mark.OLDER_STATE]


def test_what_was_put_back_with_its_old_vault_is_noticed(desk: Desk) -> None:
    earlier = copy_of(desk, "earlier")
    desk.write(name="Maria")
    store = desk.open()
    rotation.rotate(store)
    store.close()
    counter = known(desk).counter
    put_back(desk, earlier)
    assert told(desk) == [mark.OLDER_STATE]
    assert known(desk).counter > counter + 50_000  # another key's mark is not believed how far it went


def test_putting_back_again_and_again_stays_below_what_a_receiver_flags(desk: Desk) -> None:
    earlier = copy_of(desk, "earlier")
    desk.write(name="Maria")
    for _ in range(5):
        put_back(desk, earlier)
        assert told(desk) == [mark.OLDER_STATE]
    assert known(desk).counter < 10_000


# -- no alarm ----------------------------------------------------------------------------------------------------------


def test_a_store_ahead_of_its_mark_is_what_a_power_cut_leaves(desk: Desk) -> None:
    desk.write(name="Maria")
    marks = everything(desk.marks)
    epoch = known(desk).epoch
    desk.write(name="Yosef")
    for name, data in marks.items():
        (desk.marks / name).write_bytes(data)
    assert told(desk) == []
    assert known(desk).epoch == epoch


def test_renewing_keys_is_no_older_state(desk: Desk) -> None:
    desk.write(name="Maria")
    before = everything(desk.marks)
    store = desk.open()
    rotation.rotate(store)
    store.close()
    assert everything(desk.marks) != before
    assert told(desk) == []
    for name, data in before.items():  # the power went before the mark was renewed
        (desk.marks / name).write_bytes(data)
    assert told(desk) == []


def test_a_rotation_that_was_broken_off_is_no_older_state(desk: Desk) -> None:
    desk.write(name="Maria")
    store = desk.open()
    rotation.begin(store)
    store.close()
    assert told(desk) == ["rotation_finished"]
    assert told(desk) == []


@pytest.mark.parametrize("left", [b"", b"{}", b"\xff", b"x" * 9_000, None])
def test_a_mark_that_cannot_be_read_is_made_anew(desk: Desk, left: bytes | None) -> None:
    desk.write(name="Maria")
    before = everything(desk.marks)
    [path] = desk.marks.iterdir()
    path.write_bytes(left) if left is not None else path.unlink()
    assert told(desk) == []
    assert everything(desk.marks) == before


def test_a_copy_elsewhere_has_a_mark_of_its_own(desk: Desk) -> None:
    earlier = copy_of(desk, "earlier")
    desk.write(name="Maria")
    store = recover_store(earlier, template().code, marks=desk.marks)
    store.close()
    assert store.findings == []
    assert told(desk) == []
    assert len(list(desk.marks.iterdir())) == 2


def test_no_place_for_marks_stops_nobody(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.marks.write_text("a file where the folder should be")
    assert told(desk) == []
    desk.marks.unlink()

    def full(*_: Any, **__: Any) -> None:
        raise DiskFull(file="")

    monkeypatch.setattr(mark, "write_whole", full)
    assert told(desk) == []


def test_without_a_folder_for_marks_there_are_none(desk: Desk) -> None:
    store = recover_store(desk.folder, desk.code)
    store.mark()
    store.close()
    assert not desk.marks.exists()


def test_whether_there_is_a_mark_shows_without_a_key(desk: Desk) -> None:
    found = vault.decode((desk.folder / "vault.json").read_bytes()).vault
    assert not mark.is_there(desk.marks, desk.folder, found)
    desk.write(name="Maria")
    assert mark.is_there(desk.marks, desk.folder, found)


# -- restored ----------------------------------------------------------------------------------------------------------


def test_a_restored_store_starts_a_new_epoch_without_an_alarm(desk: Desk) -> None:
    row = desk.backed_up()
    desk.write(name="Maria")
    before = known(desk)
    desk.restore(row, discard_newer=True)
    assert told(desk) == [mark.RESTORED]
    now = known(desk)
    assert (now.device, now.epoch == before.epoch) == (before.device, False)
    assert before.counter < now.counter <= before.counter + 1_000
    assert told(desk) == []
    assert known(desk) == now


def test_a_restored_store_of_which_nothing_is_known_leaps(desk: Desk) -> None:
    row = desk.backed_up()
    for path in desk.folder.glob("vault*"):
        path.write_bytes(b"")
    shutil.rmtree(desk.marks)
    desk.restore(row)
    assert 100_000 <= known(desk).counter < 500_000


def test_an_unlock_that_breaks_off_before_looking_leaves_the_mark(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    earlier = copy_of(desk, "earlier")
    desk.write(name="Maria")
    put_back(desk, earlier)

    def full(*_: Any) -> Store:
        raise DiskFull(file="")

    monkeypatch.setattr(info, "start_epoch", full)
    with pytest.raises(DiskFull):
        desk.open()
    monkeypatch.undo()
    assert told(desk) == [mark.OLDER_STATE]


def test_a_daily_backup_of_a_restored_store_can_be_restored(desk: Desk) -> None:
    desk.restore(desk.backed_up())
    epoch = known(desk).epoch
    store = desk.open()
    row = backup.make_daily(store)
    store.close()
    assert row
    desk.restore(row)
    assert known(desk).epoch not in {epoch, known(desk).device}


def test_what_was_erased_before_the_backup_costs_no_compacting(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its tombstone is in the backup: nothing came back, and nobody is told so."""
    people = [desk.write(name=f"Orang {number}") for number in range(3)]
    store = desk.open()
    for person in people:
        erasure.erase(store, "person", person, erasure.Ground.PERSON_ASKED)
    store.close()
    desk.restore(desk.backed_up())
    compacted = counted(monkeypatch)
    assert told(desk) == [mark.RESTORED]
    assert compacted == []


def test_what_came_back_is_erased_and_compacted_once(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    people = [desk.write(name=f"Burung Kenari {number}") for number in range(3)]
    row = desk.backed_up()
    store = desk.open()
    for person in people:
        erasure.erase(store, "person", person, erasure.Ground.PERSON_ASKED)
    store.close()
    desk.restore(row, discard_newer=True)
    compacted = counted(monkeypatch)

    def cut(_: Store) -> bool:
        raise DiskFull(file="")

    with monkeypatch.context() as patched:
        patched.setattr(erasure, "compact", cut)
        with pytest.raises(DiskFull):
            desk.open()
    assert mark.ERASED_AGAIN in told(desk)  # what was broken off goes on
    assert len(compacted) == 1
    assert told(desk) == []
    assert len(compacted) == 1
    assert desk.names() == []


def counted(monkeypatch: pytest.MonkeyPatch) -> list[Store]:
    """The stores that are compacted from now on."""
    done: list[Store] = []
    compact = erasure.compact

    def counting(store: Store) -> bool:
        done.append(store)
        return compact(store)

    monkeypatch.setattr(erasure, "compact", counting)
    return done
