# SPDX-License-Identifier: GPL-3.0-or-later
"""Renewing all keys: everything stays, for everyone who stays, whatever interrupts it; who went opens nothing.
Crashes are tried on copies taken between any two steps; key stretching is a quick hash here: it has its own tests."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest
from sampling import some
from sqlalchemy import insert, select, update
from store_tools import (
    FAST,
    HELPER,
    HELPER_PASSPHRASE,
    PASSPHRASE,
    add_volunteer_slot,
    clock,
    make_store,
    one_of_each,
    record_id,
    small_disk,
)

from trafficwatch.errors import StoreError
from trafficwatch.models.tables import Ciphertext, Sealed, local, metadata
from trafficwatch.store import backup_renewal, folder, resealing, rotation, vault, vault_slots
from trafficwatch.store.connection import StoreDamaged, StoreFull
from trafficwatch.store.files import Staged, StagedFiles
from trafficwatch.store.journal import broken_at
from trafficwatch.store.sealing import SealedValueDamaged, Sealer
from trafficwatch.store.unlock import PREVIOUS, VAULT, open_store, recover_store
from trafficwatch.store.vault import CaseKeyNotHere, Keys, LastWayIn, RotationUnfinished, WrongPassphrase
from trafficwatch.store.work import Store
from trafficwatch.village import drafts

TRAINED, TRAINED_PASSPHRASE = record_id(103), "relawan ketiga yang terlatih"
PHOTO = b"\xff\xd8 foto" * 20_000


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Key stretching that takes no time."""
    monkeypatch.setattr(vault_slots, "_stretch", lambda *inputs: hashlib.sha512(repr(inputs).encode()).digest())


class Desk:
    """A village with a trained founder, an untrained helper, another trained volunteer, both codes, and one of all."""

    def __init__(self, tmp_path: Path) -> None:
        self.store, self.code = make_store(tmp_path / "desa")
        add_volunteer_slot(self.store, HELPER_PASSPHRASE, HELPER, trained=False, stretching=FAST)
        add_volunteer_slot(self.store, TRAINED_PASSPHRASE, TRAINED, trained=True, stretching=FAST)
        with StagedFiles() as files:
            current = folder.read_vault(self.store.folder)
            grown, self.escrow = vault.add_escrow(current, self.store.keys)
            folder.stage_vault(files, self.store.folder, current, grown)
        with self.store.work() as work:
            one_of_each(work)
            drafts.keep(work, "screening", {"note": "belum selesai"}, case_text=True)
            drafts.keep(work, "person", {"name": "terbuka"})
            aside = work.sealer.seal("quarantine", "f" * 16, "b/3", "isi yang ditahan")
            work.connection.execute(
                insert(local.quarantine).values(
                    sender="f" * 16, bundle="b", line=3, type="person", id="x", reason="r", content=aside
                )
            )
            for number in range(3):
                sealed = work.sealer.seal_bytes("attachment", f"foto-{number}", "content", PHOTO)
                work.connection.execute(insert(local.attachment_content).values(id=f"foto-{number}", content=sealed))
        self.said = everything(self.store)

    def kept(self, tmp_path: Path) -> Path:
        """The folder as it was before, as somebody may have copied it."""
        self.store.close()
        return Path(shutil.copytree(self.store.folder, tmp_path / "salinan"))


@pytest.fixture
def desk(tmp_path: Path) -> Any:
    made = Desk(tmp_path)
    yield made
    made.store.close()


def cells(store: Store) -> dict[tuple[str, str, str], Ciphertext]:
    """Every sealed value by its place."""
    with store.work() as work:
        return {
            resealing.place(table, row, column.name): row._mapping[column.name]
            for table, columns in resealing.sealed_tables().items()
            for row in work.connection.execute(select(table))
            for column in columns
            if row._mapping[column.name] is not None
        }


def everything(store: Store) -> dict[tuple[str, str, str], bytes]:
    """What every sealed value says to who has this store open with the case key."""
    sealer = Sealer(store.keys.case)
    return {place: sealer._open(*place, sealed) for place, sealed in cells(store).items()}


def is_sound(store: Store) -> bool:
    with store.work() as work:
        return broken_at(work.connection, work.sealer, work.info.device) is None


def opened(path: Path, passphrase: str = PASSPHRASE) -> Store:
    return open_store(path, passphrase, clock=clock)


def opens(path: Path, passphrase: str) -> bool:
    try:
        opened(path, passphrase).close()
    except (WrongPassphrase, StoreDamaged):
        return False
    return True


# -- what a rotation does ----------------------------------------------------------------------------------------------


def test_everything_is_renewed_and_nothing_is_lost(desk: Desk) -> None:
    store, before, sealed = desk.store, desk.store.keys, cells(desk.store)
    key, *_ = vault.store_keys(folder.read_vault(store.folder), before)
    assert rotation.rotate(store, remove={HELPER}) == ()
    found = folder.read_vault(store.folder)
    assert {before.master, before.case, key}.isdisjoint(
        {store.keys.master, store.keys.case, *vault.store_keys(found, store.keys)}
    )
    assert (found.former, found.cases, found.epoch) == (None, (), 2)
    now = cells(store)
    assert (now.keys(), len(now)) == (sealed.keys(), len(desk.said))
    assert {each.data for each in now.values()}.isdisjoint(each.data for each in sealed.values())
    assert everything(store) == desk.said
    assert len({place[0] for place in desk.said}) > 5
    assert is_sound(store)
    assert (store.folder / PREVIOUS).read_bytes() == (store.folder / VAULT).read_bytes()
    keys = store.keys
    store.close()
    assert (store.folder / "store.db-wal").exists() is False
    for secret in (PASSPHRASE, TRAINED_PASSPHRASE):
        again = opened(store.folder, secret)
        assert (again.keys.master, again.keys.case, again.findings) == (keys.master, keys.case, [])
        assert everything(again) == desk.said
        again.close()
    for code, kind in ((desk.code, "recovery"), (desk.escrow, "escrow")):
        again = recover_store(store.folder, code)
        assert again.keys == Keys(keys.master, keys.case, None, kind)
        again.close()
    assert not opens(store.folder, HELPER_PASSPHRASE)


def test_a_removed_volunteers_slot_and_vault_put_back_open_nothing(desk: Desk, tmp_path: Path) -> None:
    old = desk.kept(tmp_path)
    store = opened(desk.store.folder)
    rotation.rotate(store, remove={HELPER})
    store.close()
    for name in (VAULT, PREVIOUS):
        assert HELPER.encode() not in (store.folder / name).read_bytes()
    for name in (PREVIOUS, VAULT):
        (store.folder / VAULT).write_bytes((old / name).read_bytes())
        for secret in (HELPER_PASSPHRASE, PASSPHRASE):
            assert not opens(store.folder, secret)
    (store.folder / VAULT).write_bytes((store.folder / PREVIOUS).read_bytes())
    assert opens(store.folder, PASSPHRASE)
    taken = vault.decode((old / VAULT).read_bytes())
    slot = next(slot for slot in taken.slots if slot.volunteer == HELPER)
    live = folder.read_vault(store.folder)
    put_back = msgspec.structs.replace(live, slots=(*live.slots, slot))
    (store.folder / VAULT).write_bytes(vault.encode(put_back))
    with pytest.raises(StoreError):
        opened(store.folder, HELPER_PASSPHRASE)


def test_the_old_case_key_opens_nothing_after_a_training_was_withdrawn(desk: Desk, tmp_path: Path) -> None:
    old = desk.kept(tmp_path)
    store = opened(desk.store.folder)
    rotation.rotate(store, untrain={TRAINED})
    store.close()
    before = vault.open_with_passphrase(vault.decode((old / VAULT).read_bytes()), TRAINED_PASSPHRASE)
    untrained = opened(store.folder, TRAINED_PASSPHRASE)
    assert (before.case is not None, untrained.keys.case) == (True, None)
    former = Sealer(before.case)
    found = cells(untrained)
    assert len(found) == len(desk.said)
    for place, sealed in found.items():
        with pytest.raises(SealedValueDamaged):
            former._open(*place, sealed)
    untrained.close()


def test_every_sealed_column_is_reached() -> None:
    """A table that comes later must say what its values are bound to."""
    tables = {column.table for table in metadata.sorted_tables for column in table.columns
              if isinstance(column.type, Sealed)}  # fmt: skip
    assert tables == resealing.sealed_tables().keys()
    assert {table.name for table in tables} - set(resealing.RECORD_TABLES) == resealing._PLACES.keys()


def test_without_the_case_key_all_but_the_case_text_is_renewed(desk: Desk, tmp_path: Path) -> None:
    desk.store.close()
    helper = opened(desk.store.folder, HELPER_PASSPHRASE)
    before, sealed = helper.keys, cells(helper)
    with pytest.raises(CaseKeyNotHere):
        rotation.rotate(helper, untrain={TRAINED})
    rotation.rotate(helper, remove={TRAINED})
    assert helper.keys.master != before.master
    assert cells(helper) == sealed
    helper.close()
    assert not opens(helper.folder, TRAINED_PASSPHRASE)
    again = opened(helper.folder)
    assert everything(again) == desk.said
    again.close()


def test_the_last_way_in_stays(desk: Desk) -> None:
    rotation.rotate(desk.store, remove={HELPER, TRAINED})
    with pytest.raises(LastWayIn):
        rotation.rotate(desk.store, remove={desk.store.keys.volunteer or ""})
    assert everything(desk.store) == desk.said


def test_a_renewed_store_is_no_older_state(desk: Desk, tmp_path: Path) -> None:
    """The mark outside the store is authenticated under the master key."""
    path, marks = desk.store.folder, tmp_path / "tanda"
    desk.store.close()
    for secret, findings in ((PASSPHRASE, []), (TRAINED_PASSPHRASE, ["rotation_finished"]), (PASSPHRASE, [])):
        store = open_store(path, secret, clock=clock, marks=marks)
        assert store.findings == findings
        with store.work() as work:
            work.note("checked", "device", work.info.device, secret)
        if secret == PASSPHRASE:
            rotation.rotate(store)
            rotation.begin(store)
        store.close()


def test_progress_goes_up_to_its_end(desk: Desk) -> None:
    told: list[tuple[int, int]] = []
    rotation.rotate(desk.store, progress=lambda done, total: told.append((done, total)))
    assert told == sorted(told)
    assert len({total for _, total in told}) == 1
    assert told[-1][0] == told[-1][1] > len(told) > 5


def test_a_value_that_nobody_could_read_stops_nothing(desk: Desk) -> None:
    with desk.store.work() as work:
        work.connection.execute(update(local.draft).values(sealed=Ciphertext(b"x" * 60), content=None))
    rotation.rotate(desk.store)
    broken = {place for place in cells(desk.store) if place[0] == "draft"}
    assert len(broken) == 2
    sealer = Sealer(desk.store.keys.case)
    assert {place for place, sealed in cells(desk.store).items() if not sealer.opens(*place, sealed)} == broken


def test_without_room_nothing_is_begun(tmp_path: Path) -> None:
    with small_disk(tmp_path, "4m") as disk:
        desk = Desk(disk)
        before = (disk / "desa" / VAULT).read_bytes()
        try:
            with pytest.raises(StoreFull):
                rotation.rotate(desk.store)
            assert everything(desk.store) == desk.said
        finally:
            desk.store.close()
        assert (disk / "desa" / VAULT).read_bytes() == before


# -- interrupted -------------------------------------------------------------------------------------------------------


def steps(monkeypatch: pytest.MonkeyPatch, at: Callable[[], None]) -> None:
    """Call `at` before every step that changes a file."""

    def before(owner: Any, name: str) -> None:
        real = getattr(owner, name)

        def stopped(*given: Any, **named: Any) -> Any:
            at()
            return real(*given, **named)

        monkeypatch.setattr(owner, name, stopped)

    for owner, name in (
        (Staged, "publish"),
        (resealing, "_after"),
        (rotation, "_empty_log"),
        (rotation, "_rekey"),
        (Store, "reconnect"),
        (backup_renewal, "renew_all"),
        (vault, "settle"),
    ):
        before(owner, name)


def rotated_with_copies(desk: Desk, monkeypatch: pytest.MonkeyPatch, place: Path) -> list[Path]:
    """The folder as a power cut may leave it, before every step of a rotation that removes and untrains."""
    copies: list[Path] = []

    def copy() -> None:
        copies.append(Path(shutil.copytree(desk.store.folder, place / f"{len(copies)}")))

    with monkeypatch.context() as patched:
        steps(patched, copy)
        rotation.rotate(desk.store, remove={HELPER}, untrain={TRAINED})
    copy()
    return copies


def test_whatever_interrupts_it_the_next_unlock_goes_on(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    copies = rotated_with_copies(desk, monkeypatch, tmp_path)
    finished = {}
    for number, copy in some(list(enumerate(copies)), 9):
        begun = HELPER.encode() not in (copy / VAULT).read_bytes()
        assert opens(copy, HELPER_PASSPHRASE) is not begun
        again = opened(copy)
        finished[number] = again.findings == ["rotation_finished"]
        assert everything(again) == desk.said, copy.name
        assert is_sound(again)
        again.close()
        assert ((settled := vault.decode((copy / VAULT).read_bytes())).former, settled.cases) == (None, ())
        assert (HELPER.encode() in (copy / PREVIOUS).read_bytes()) <= (not begun)
        trained = opened(copy, TRAINED_PASSPHRASE)
        assert (trained.keys.case is None, trained.findings) == (begun, [])
        trained.close()
        left = {each.name for each in copy.iterdir()}
        assert left <= {VAULT, PREVIOUS, "store.db", "ballast", "in-use.lock", "backups"}
    assert not any(finished.get(number) for number in (0, 1, len(copies) - 1))
    assert sum(finished.values()) > len(finished) // 2


def test_who_has_no_case_key_goes_on_as_far_as_that(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for copy in some(rotated_with_copies(desk, monkeypatch, tmp_path)[::2], 9):
        before = vault.decode((copy / VAULT).read_bytes())
        untrained = opened(copy, TRAINED_PASSPHRASE)
        assert ((found := folder.read_vault(copy)).former, found.cases) == (None, before.cases)
        untrained.close()
        again = opened(copy)
        assert (again.findings == ["rotation_finished"]) is bool(before.cases)
        assert everything(again) == desk.said
        assert folder.read_vault(copy).cases == ()
        again.close()


def steps_of_one(desk: Desk, monkeypatch: pytest.MonkeyPatch, place: Path) -> int:
    """How many steps a rotation that untrains has, counted on a copy of the desk."""
    counted: list[None] = []
    copy = opened(shutil.copytree(desk.store.folder, place / "dihitung"))
    with monkeypatch.context() as patched:
        steps(patched, lambda: counted.append(None))
        rotation.rotate(copy, untrain={TRAINED})
    copy.close()
    return len(counted)


class Cut(Exception):
    """The step that fails."""


def test_a_step_that_fails_leaves_the_session_usable(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Whichever step it is: what is sealed can be read and written, and no slot is made with half a key."""
    count = steps_of_one(desk, monkeypatch, tmp_path)
    for tried, wanted in enumerate(some(range(count), 6)):
        left = [wanted]

        def cut(left: list[int] = left) -> None:
            left[0] -= 1
            if left[0] < 0:
                raise Cut

        with monkeypatch.context() as patched:
            steps(patched, cut)
            with pytest.raises(Cut):
                rotation.rotate(desk.store, untrain={TRAINED})
        said = everything(desk.store)
        with desk.store.work() as work:
            drafts.keep(work, "screening", {"note": f"ditulis {wanted}"}, case_text=True)
            assert len(said) == len(desk.said) + tried
        found = folder.read_vault(desk.store.folder)
        if found.cases and desk.store.keys.case != vault.open_with_recovery_code(found, desk.code).case:
            with pytest.raises((RotationUnfinished, vault.VaultDamaged)):
                add_volunteer_slot(desk.store, "frasa orang keempat", record_id(104), stretching=FAST)
        desk.store.close()
        desk.store = opened(desk.store.folder)
        assert folder.read_vault(desk.store.folder).former is None
        assert everything(desk.store).keys() >= said.keys()
    assert count > 15
