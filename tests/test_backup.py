# SPDX-License-Identifier: GPL-3.0-or-later
"""Backups: whole or not there at all, each under a key of its own, rotated, found again and destroyed."""

from __future__ import annotations

import json
import os
import shutil
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from desks import Clock
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from store_tools import HELPER, content, copied, one_of_each, small_disk, template

from trafficwatch.models.backups import BackupRow, Reason
from trafficwatch.models.people import Person
from trafficwatch.models.tables import local
from trafficwatch.store import backup, rotation, snapshot, vault
from trafficwatch.store.backup import BackupNotThere, BackupUnknown
from trafficwatch.store.erasure import Ground, erase, holding
from trafficwatch.store.files import DiskFull, FileInStore, FileNotWritable, WriteNotVerified
from trafficwatch.store.look import look
from trafficwatch.store.unlock import open_store, recover_store
from trafficwatch.store.vault import VaultDamaged, WrongPassphrase
from trafficwatch.store.work import Store

CANARY = "Burung Kenari Kuning"


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def store(tmp_path: Path, clock: Clock) -> Iterator[Store]:
    opened = recover_store(copied(tmp_path), template().code, clock=clock)
    with opened.work() as work:
        one_of_each(work)
    yield opened
    opened.close()


@pytest.fixture
def stick(tmp_path: Path) -> Path:
    (tmp_path / "Flashdisk Ñ").mkdir()
    return tmp_path / "Flashdisk Ñ"


def key_of(store: Store, row: BackupRow) -> bytes:
    with store.work() as work:
        return work.connection.execute(select(local.backup.c.key).where(local.backup.c.id == row.id)).scalar_one()


def rows(store: Store) -> tuple[BackupRow, ...]:
    with store.work() as work:
        return backup.backups(work)


def person(store: Store, **values: Any) -> str:
    with store.work() as work:
        return work.write(Person, None, **values)


# -- making ------------------------------------------------------------------------------------------------------------


def test_a_backup_holds_everything_and_opens_with_every_way_in(store: Store, stick: Path) -> None:
    steps: list[tuple[int, int]] = []
    row = backup.make(store, stick, Reason.BY_HAND, lambda *step: steps.append(step))
    place = Path(row.place)
    assert (place.parent, row.reason, row.made_at) == (stick, Reason.BY_HAND, "2026-11-21T01:00:00+00:00")
    assert sorted(content(place)) == ["store.db", "vault.json"]
    assert [path.name for path in stick.iterdir()] == [row.id]
    assert steps
    assert steps[-1][0] == steps[-1][1]
    assert rows(store) == (row,)
    found = look(store.folder, place, template().code, is_code=True)
    with store.work() as work:
        counts = {name: work.records.count(name) for name in found.counts}
        assert (found.counts, found.records, found.device) == (counts, row.records, work.info.device)
    assert (found.made_at, found.sequence, found.name) == (row.made_at, row.sequence, "Noelbaki")
    kept = vault.decode((place / "vault.json").read_bytes())
    live = vault.decode((store.folder / "vault.json").read_bytes())
    assert (kept.slots, kept.purpose) == (live.slots, "backup")


def test_every_backup_has_a_key_of_its_own_and_knows_no_other(store: Store, stick: Path) -> None:
    made = [backup.make(store, stick, "by_hand") for _ in range(3)]
    keys = [key_of(store, row) for row in made]
    assert len({*keys, vault.store_keys(vault.decode((store.folder / "vault.json").read_bytes()), store.keys)[0]}) == 4
    with snapshot.reading(Path(made[2].place) / "store.db", [keys[2]]) as copy:
        known = copy.execute("SELECT id, key FROM backup ORDER BY rowid").fetchall()
    assert known == [(made[0].id, b""), (made[1].id, b"")]


def test_a_backup_is_one_state_whatever_is_written_meanwhile(store: Store, stick: Path) -> None:
    before = [person(store, name=f"Orang {number}", address="x" * 2_000) for number in range(50)]
    done: list[str] = []

    def meanwhile(_: int, left: int) -> None:
        done.append(person(store, name="Kemudian"))

    row = backup.make(store, stick, "by_hand", meanwhile)
    assert done
    found = look(store.folder, Path(row.place), template().code, is_code=True)
    assert (found.counts["person"], found.sequence) == (len(before) + 1, row.sequence)


def test_a_backup_needs_no_right_to_write_where_it_lies(store: Store, stick: Path) -> None:
    place = Path(backup.make(store, stick, "by_hand").place)
    before = content(place)
    for path in (*place.iterdir(), place):
        path.chmod(0o500)
    assert look(store.folder, place, template().code, is_code=True).records
    assert content(place) == before


def test_a_backup_is_private(store: Store, stick: Path) -> None:
    place = Path(backup.make(store, stick, "by_hand").place)
    assert {stat.S_IMODE(path.stat().st_mode) for path in place.iterdir()} == {0o600}
    assert stat.S_IMODE(place.stat().st_mode) == 0o700


def test_a_backup_folder_is_not_opened_as_a_store(store: Store, stick: Path) -> None:
    place = Path(backup.make(store, stick, "by_hand").place)
    with pytest.raises(VaultDamaged):
        recover_store(place, template().code)


def test_nothing_of_it_can_be_read_without_a_way_in(store: Store, stick: Path) -> None:
    person(store, name=CANARY)
    place = Path(backup.make(store, stick, "by_hand").place)
    for path in place.iterdir():
        assert CANARY.encode() not in path.read_bytes()
    with pytest.raises(WrongPassphrase):
        look(store.folder, place, "bukan frasa sandi kami")


def test_not_into_the_stores_own_folder(store: Store) -> None:
    with pytest.raises(FileInStore):
        backup.make(store, store.folder, "by_hand")
    assert rows(store) == ()


# -- accidents ---------------------------------------------------------------------------------------------------------


def test_a_full_stick_keeps_nothing_that_looks_like_a_backup(store: Store, tmp_path: Path) -> None:
    with small_disk(tmp_path, "4m") as disk:
        (disk / "foto.jpg").write_bytes(b"x" * 3_900_000)
        with pytest.raises(DiskFull):
            backup.make(store, disk, "by_hand")
        assert [path.name for path in disk.iterdir()] == ["foto.jpg"]
        assert rows(store) == ()
        (disk / "foto.jpg").unlink()

        def meanwhile(*_: int) -> None:
            (disk / "foto.jpg").write_bytes(bytes(shutil.disk_usage(disk).free))

        with pytest.raises(DiskFull):
            backup.make(store, disk, "by_hand", meanwhile)
        assert [path.name for path in disk.iterdir()] == ["foto.jpg"]
        (disk / "foto.jpg").unlink()
        assert look(store.folder, Path(backup.make(store, disk, "by_hand").place), template().code, is_code=True)


@pytest.mark.parametrize("step", ["copied", "vault", "verified", "renamed", "noted"])
def test_whatever_breaks_off_leaves_no_backup(
    store: Store, stick: Path, step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def pulled(*_: Any, **__: Any) -> None:
        raise OSError(5, "pulled")

    target: dict[str, tuple[object, str]] = {
        "copied": (snapshot, "forget_cached"),
        "vault": (backup, "write_whole"),
        "verified": (snapshot, "pages_hold"),
        "renamed": (Path, "rename"),
        "noted": (backup, "note"),
    }
    monkeypatch.setattr(*target[step], pulled)
    with pytest.raises((FileNotWritable, OSError)):
        backup.make(store, stick, "by_hand")
    assert list(stick.iterdir()) == []
    monkeypatch.undo()
    assert rows(store) == ()
    assert backup.make(store, stick, "by_hand").id


def test_what_a_power_cut_left_is_swept_away_by_the_next_backup(store: Store, stick: Path) -> None:
    for name in (".20261120-abcdef0.tmp", ".kumpulan-foto.tmp"):
        (stick / name).mkdir()
        (stick / name / "store.db").write_bytes(b"half")
    row = backup.make(store, stick, "by_hand")
    assert {path.name for path in stick.iterdir()} == {row.id, ".kumpulan-foto.tmp"}


@pytest.mark.parametrize("lost", ["a bit of the database", "the end of the database", "a bit of the vault"])
def test_a_stick_that_keeps_something_else_is_found_out(
    store: Store, stick: Path, lost: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    verify = snapshot.verify

    def broken(path: Path, *rest: Any) -> None:
        where = path.with_name("vault.json") if "vault" in lost else path
        kept = bytearray(where.read_bytes())
        if "end" in lost:
            del kept[-8_192:]
        else:
            kept[len(kept) // 2] ^= 1
        where.write_bytes(kept)
        verify(path, *rest)

    monkeypatch.setattr(snapshot, "verify", broken)
    with pytest.raises((WriteNotVerified, VaultDamaged)):
        backup.make(store, stick, "by_hand")
    assert list(stick.iterdir()) == []
    assert rows(store) == ()


def test_no_stick_there(store: Store, tmp_path: Path) -> None:
    with pytest.raises(FileNotWritable):
        backup.make(store, tmp_path / "nowhere", "by_hand")
    (tmp_path / "file").write_text("x")
    with pytest.raises(FileNotWritable):
        backup.make(store, tmp_path / "file", "by_hand")


# -- daily -------------------------------------------------------------------------------------------------------------


def test_a_daily_backup_when_something_changed(store: Store, clock: Clock) -> None:
    first = backup.make_daily(store)
    assert first is not None
    assert Path(first.place).parent == store.folder / "backups"
    person(store, name="Hari ini")
    assert backup.make_daily(store) is None  # once a day
    clock.move(days=1)
    second = backup.make_daily(store)
    assert second is not None
    clock.move(days=1)
    assert backup.make_daily(store) is None  # nothing changed
    shutil.rmtree(second.place)
    assert backup.make_daily(store) is not None  # the last one is not there any more


def test_a_clock_that_stands_is_not_the_end_of_backups(store: Store) -> None:
    assert backup.make_daily(store)
    with store.work() as work:
        for number in range(backup.MANY_CHANGES):
            work.write(Person, None, name=f"Orang {number}")
    assert backup.make_daily(store)
    assert backup.make_daily(store) is None


def test_ten_days_and_twelve_months_stay_and_those_made_by_hand(store: Store, clock: Clock, stick: Path) -> None:
    by_hand = [backup.make(store, stick, "by_hand"), backup.make(store, backup.own_place(store.folder), "by_hand")]
    for days in (*[31] * 13, *[1] * 12):
        clock.move(days=days)
        person(store, name="Hari ini")
        assert backup.make_daily(store)
    stay = [row for row in rows(store) if row.gone_at is None]
    made = [row.made_at[:10] for row in stay if row.reason is Reason.DAILY]
    assert made[:10] == [f"2028-01-{day:02}" for day in range(10, 0, -1)]
    assert made[10:12] == ["2027-12-31", "2027-11-28"]
    assert len({day[:7] for day in made}) == 12
    assert len(made) == 21
    assert [row for row in stay if row.reason is Reason.BY_HAND] == by_hand[::-1]
    there = {path.name for path in backup.own_place(store.folder).iterdir()}
    assert there == {row.id for row in stay} - {by_hand[0].id}
    assert all(backup.is_reachable(row) for row in stay)


def row_of(number: int, day: str, reason: Reason) -> BackupRow:
    return BackupRow(f"{number:016}", f"{day}T01:00:00+00:00", "", reason, 1, 1, number)


@given(
    st.lists(
        st.tuples(st.dates().map(str), st.sampled_from([Reason.DAILY, Reason.UPGRADE, Reason.IMPORT, Reason.ROTATION])),
        max_size=60,
    )
)
def test_what_stays(made: list[tuple[str, Reason]]) -> None:
    found = [row_of(number, *each) for number, each in enumerate(made)]
    stay = backup.kept(found)
    assert len(stay) <= 4 * backup.DAYS + backup.MONTHS
    assert not found or found[0].id in stay  # the last one made, whatever the clock said
    days = list(dict.fromkeys(row.made_at[:10] for row in found))
    assert {row.made_at[:10] for row in found if row.id in stay} >= set(days[: backup.DAYS])


# -- erasure, rotation, destroying -------------------------------------------------------------------------------------


def plain(row: BackupRow, key: bytes) -> str:
    """Every row of a backup, which has no free pages where more could lie."""
    with snapshot.reading(Path(row.place) / "store.db", [key]) as copy:
        assert copy.execute("PRAGMA freelist_count").fetchone() == (0,)
        names = copy.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        return repr([copy.execute(f"SELECT * FROM {name}").fetchall() for (name,) in names])


def test_a_backup_made_after_an_erasure_holds_none_of_it(store: Store, stick: Path, clock: Clock) -> None:
    erased = person(store, name=CANARY, address=CANARY)
    before = backup.make(store, stick, "by_hand")
    assert CANARY in plain(before, key_of(store, before))
    clock.move(hours=1)
    told = erase(store, "person", erased, Ground.PERSON_ASKED)
    after = backup.make(store, stick, "by_hand")
    assert CANARY not in plain(after, key_of(store, after))
    assert [each.id for each in told.backups] == [before.id]
    with store.work() as work:
        assert [(each.id, each.made_at) for each in holding(work)] == [(before.id, before.made_at)]
    backup.destroy(store, before.id)
    with store.work() as work:
        assert holding(work) == ()


def test_a_destroyed_backup_loses_its_vault_first(store: Store, stick: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    row = backup.make(store, stick, "by_hand")
    key, place = key_of(store, row), Path(row.place)
    before = content(place)
    (place / "catatan.txt").write_text("milik orang lain")
    monkeypatch.setattr(backup, "_remove", lambda _: None)
    backup.destroy(store, row.id)
    left = content(place)
    assert (left["store.db"], len(left["vault.json"])) == (before["store.db"], len(before["vault.json"]))
    with pytest.raises(VaultDamaged):
        vault.decode(left["vault.json"])
    [gone] = rows(store)
    assert gone.gone_at == "2026-11-21T01:00:00+00:00"
    assert key_of(store, row) == b""
    monkeypatch.undo()
    with store.bare() as driver:
        assert driver.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    for path in store.folder.glob("store.db*"):
        assert key not in path.read_bytes()
    with pytest.raises(BackupUnknown):
        backup.destroy(store, row.id)


def test_destroying_removes_only_what_is_ours(store: Store, stick: Path) -> None:
    row = backup.make(store, stick, "by_hand")
    (Path(row.place) / "catatan.txt").write_text("milik orang lain")
    backup.destroy(store, row.id)
    assert sorted(content(Path(row.place))) == ["catatan.txt"]


def test_a_backup_on_a_stick_that_is_not_in_stays_on_the_list(store: Store, stick: Path) -> None:
    row = backup.make(store, stick, "by_hand")
    stick.rename(stick.with_name("in a drawer"))
    with pytest.raises(BackupNotThere) as error:
        backup.destroy(store, row.id)
    assert error.value.params == {"date": "2026-11-21", "place": row.place}
    [kept] = rows(store)
    assert (kept.gone_at, backup.is_reachable(kept)) == (None, False)


def test_removing_a_volunteer_reaches_the_backups(store: Store, stick: Path) -> None:
    made = [backup.make(store, stick, "by_hand"), backup.make(store, backup.own_place(store.folder), "daily")]
    lost = backup.make(store, stick, "by_hand")
    Path(lost.place).rename(stick / "elsewhere")
    assert vault.has_slot(vault.decode((Path(made[0].place) / "vault.json").read_bytes()), HELPER)
    rotation.rotate(store, remove={HELPER})
    for row in made:
        place = Path(row.place)
        assert not vault.has_slot(vault.decode((place / "vault.json").read_bytes()), HELPER)
        assert look(store.folder, place, template().code, is_code=True).records == row.records
    assert vault.has_slot(vault.decode((stick / "elsewhere" / "vault.json").read_bytes()), HELPER)
    live = vault.decode((store.folder / "vault.json").read_bytes())
    assert [row.id for row in backup.rewrap_all(store, live, store.keys)] == [lost.id]


def test_the_note_of_a_backup_tells_a_script_everything(store: Store, stick: Path) -> None:
    row = backup.make(store, stick, "by_hand")
    with snapshot.reading(Path(row.place) / "store.db", [key_of(store, row)]) as copy:
        [said] = copy.execute("SELECT value FROM store_info WHERE key = 'backup'").fetchone()
    assert json.loads(said) == {"id": row.id, "made_at": row.made_at, "reason": "by_hand"}
    assert row.size == sum(os.path.getsize(path) for path in Path(row.place).iterdir())  # noqa: PTH202


def test_the_untrained_volunteer_makes_backups_too(tmp_path: Path, stick: Path) -> None:
    from store_tools import HELPER_PASSPHRASE

    helper = open_store(copied(tmp_path), HELPER_PASSPHRASE)
    row = backup.make(helper, stick, "by_hand")
    helper.close()
    assert look(tmp_path, Path(row.place), HELPER_PASSPHRASE).sequence == row.sequence
