# SPDX-License-Identifier: GPL-3.0-or-later
"""On a full disk the ballast makes room for what matters: deleting, keeping a draft, locking."""

from __future__ import annotations

import shutil
import zlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from store_tools import PASSPHRASE, VOLUNTEER, clock, copied, reopened, small_disk, template

from trafficwatch.app import make_door
from trafficwatch.models.fields import Side
from trafficwatch.models.people import Person
from trafficwatch.models.staff import Category, Volunteer
from trafficwatch.registry import erasing, trash
from trafficwatch.store import backup, ballast, erasure
from trafficwatch.store.ballast import SIZE
from trafficwatch.store.connection import StoreBusy, StoreFull
from trafficwatch.store.erasure import Ground
from trafficwatch.store.files import write_whole
from trafficwatch.store.unlock import open_store, recover_store
from trafficwatch.store.work import Store, Work
from trafficwatch.village.drafts import drafts, drop, keep


@pytest.mark.parametrize("has_ballast", [True, False])
def test_unlocking_on_a_full_disk(tmp_path: Path, has_ballast: bool) -> None:
    """SQLite can't even make its log, and calls that a failing disk."""
    with small_disk(tmp_path, "96m") as disk:
        folder = Path(shutil.copytree(copied(tmp_path), disk / "store"))
        assert ballast.keep(folder)
        if not has_ballast:
            ballast.release(folder)
        fill(disk)
        if not has_ballast:
            with pytest.raises(StoreFull):
                open_store(folder, PASSPHRASE, clock=clock)
            (disk / "filler").write_bytes(b"")
        store = open_store(folder, PASSPHRASE, clock=clock, marks=disk / "marks")
        assert not ballast.is_kept(folder)
        with store.work() as work:
            work.write(Person, None, name="Maria")
        store.close()


def fill(disk: Path) -> None:
    """Take the last byte of a disk."""
    (disk / "filler").write_bytes(bytes(shutil.disk_usage(disk).free))
    assert shutil.disk_usage(disk).free == 0


def delete(store: Store, person: str) -> None:
    with store.work() as work:
        work.write(Person, person, deleted="mistake", address="x" * 200)


def test_deleting_works_on_a_full_disk(tmp_path: Path) -> None:
    with small_disk(tmp_path, "96m") as disk:
        folder = Path(shutil.copytree(copied(tmp_path), disk / "store"))
        assert ballast.keep(folder)
        store = recover_store(folder, template().code, clock=clock)
        with store.work() as work:
            people = [work.write(Person, None, name=f"Orang {number}") for number in range(5)]
        fill(disk)
        with pytest.raises(StoreFull):
            delete(store, people[0])
        for person in people:
            ballast.room(folder, lambda person=person: delete(store, person))  # type: ignore[misc]
        assert not ballast.is_kept(folder)
        with store.work() as work:
            assert work.records.count("person") == 0
        store.close()
        assert not ballast.keep(folder)  # the disk has not four times its size
        (disk / "filler").unlink()
        assert ballast.keep(folder)


@pytest.fixture
def full(tmp_path: Path) -> Iterator[tuple[Store, str]]:
    """The coordinator's store on a full disk, and a person in it who was told much about."""
    with small_disk(tmp_path, "96m") as disk:
        folder = Path(shutil.copytree(copied(tmp_path), disk / "store"))
        assert ballast.keep(folder)
        store = reopened(folder, template().keys)
        with store.work() as work:
            work.write(Volunteer, VOLUNTEER, name="Maria", category=Category.COORDINATOR)
            person = work.write(Person, None, name="Yohanis Bere")
            for number in range(20):
                work.write(Person, person, address=f"{number}" * 200)
        yield store, person
        store.close()


def kept_again(store: Store) -> bool:
    """Whether the next unlock, with room on the disk, makes the ballast anew."""
    store.close()
    (store.folder.parent / "filler").unlink()
    door = make_door(
        Side.VILLAGE,
        store.folder,
        practice=True,
        settings_path=store.folder.parent / "settings.json",
        restart=lambda _: None,
    )
    door.unlock(PASSPHRASE).close()
    return ballast.is_kept(store.folder)


def test_a_record_goes_to_the_trash_on_a_full_disk_with_what_it_is_told_to_do_besides(
    full: tuple[Store, str],
) -> None:
    store, person = full
    seen: list[str] = []
    with store.work() as work:
        kept = keep(work, "card", {"name": "Belum selesai"})
    fill(store.folder.parent)
    with pytest.raises(StoreFull), store.work() as work:
        trash.delete(work, "person", person, trash.Reason.PERSON_ASKED)

    def also(work: Work) -> None:
        drop(work, kept)
        seen.append(kept)

    assert trash.delete_now(store, "person", person, trash.Reason.PERSON_ASKED, also=also) == 1
    assert seen
    assert not ballast.is_kept(store.folder)
    with store.work() as work:
        assert drafts(work) == ()
        assert work.records.get(Person, person).deleted == "person_asked"
    assert kept_again(store)


def test_a_record_is_erased_on_a_full_disk(full: tuple[Store, str]) -> None:
    store, person = full
    trash.delete_now(store, "person", person, trash.Reason.PERSON_ASKED)
    fill(store.folder.parent)
    with pytest.raises(StoreFull):
        erasure.erase(store, "person", person, Ground.PERSON_ASKED)
    assert erasing.erase(store, "person", person, Ground.PERSON_ASKED).records == 1
    assert not ballast.is_kept(store.folder)
    with store.work() as work:
        assert erasure.is_erased(work.connection, "person", person)
    assert kept_again(store)


def test_a_backup_is_destroyed_on_a_full_disk(full: tuple[Store, str]) -> None:
    store, _ = full
    row = backup.make(store, backup.own_place(store.folder), "by_hand")
    fill(store.folder.parent)
    backup.destroy(store, row.id)
    assert not Path(row.place).exists()
    assert not ballast.is_kept(store.folder)
    with store.work() as work:
        assert [each.gone_at is not None for each in backup.backups(work)] == [True]
    assert kept_again(store)


def test_nothing_is_given_up_while_there_is_room(full: tuple[Store, str]) -> None:
    store, person = full
    assert trash.delete_now(store, "person", person, trash.Reason.PERSON_ASKED) == 1
    assert erasing.erase(store, "person", person, Ground.PERSON_ASKED).records == 1
    assert ballast.is_kept(store.folder)


def test_a_disk_with_little_room_is_left_alone(tmp_path: Path) -> None:
    with small_disk(tmp_path, "60m") as disk:
        assert not ballast.keep(disk)
        assert list(disk.iterdir()) == []


def test_the_ballast_is_made_once_and_is_not_sparse(tmp_path: Path) -> None:
    assert not ballast.is_kept(tmp_path)
    assert ballast.keep(tmp_path)
    content = (tmp_path / "ballast").read_bytes()
    assert len(content) == SIZE
    assert len(zlib.compress(content[:65_536])) > 65_000
    assert ballast.keep(tmp_path)
    assert (tmp_path / "ballast").read_bytes() == content
    assert ballast.release(tmp_path)
    assert not ballast.release(tmp_path)


def test_half_a_ballast_is_made_anew(tmp_path: Path) -> None:
    write_whole(tmp_path / "ballast", b"cut short")
    assert not ballast.is_kept(tmp_path)
    assert ballast.keep(tmp_path)


def test_what_goes_well_keeps_the_ballast(tmp_path: Path) -> None:
    ballast.keep(tmp_path)
    assert ballast.room(tmp_path, lambda: 7) == 7
    assert ballast.is_kept(tmp_path)


@pytest.mark.parametrize(("refusal", "is_kept"), [(StoreFull, False), (StoreBusy, True)])
def test_only_a_full_disk_takes_the_ballast(tmp_path: Path, refusal: type[Exception], is_kept: bool) -> None:
    ballast.keep(tmp_path)

    def refuse() -> None:
        raise refusal

    with pytest.raises(refusal):
        ballast.room(tmp_path, refuse)
    assert ballast.is_kept(tmp_path) == is_kept


def test_no_folder_no_ballast(tmp_path: Path) -> None:
    assert not ballast.keep(tmp_path / "nowhere")
