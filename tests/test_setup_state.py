# SPDX-License-Identifier: GPL-3.0-or-later
"""How far a desk is set up, and the recovery code: checked from its sheet, or renewed so that the old one is dead."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from desks import (
    HELPER_PASSPHRASE,
    NOELBAKI,
    TRAINING,
    VILLAGE_PASSPHRASE,
    Clock,
    Desks,
    enrol,
    enrolled,
    files,
    found_ppt,
)
from sqlalchemy import select, update

from trafficwatch.errors import InputError
from trafficwatch.models.exchange import PeerStatus
from trafficwatch.models.fields import Side
from trafficwatch.models.staff import Ability, Category, Training, Volunteer
from trafficwatch.models.tables import local
from trafficwatch.store import unlock, vault
from trafficwatch.store.alone import StoreInUse
from trafficwatch.store.journal import broken_at
from trafficwatch.store.unlock import PREVIOUS, VAULT, NoStore, StoreExists, open_store, recover_store
from trafficwatch.store.vault import CaseKeyNotHere, Stretching, VaultDamaged, WrongRecoveryCode
from trafficwatch.store.work import Store
from trafficwatch.village import directory
from trafficwatch.village.founding import NewMember, add_member, found_desk
from trafficwatch.village.setup import (
    Member,
    SetupState,
    confirm_recovery_sheet,
    desk_members,
    renew_recovery_code,
    setup_state,
)

ALL = frozenset(Ability)


@pytest.fixture
def desks(tmp_path: Path) -> Iterator[Desks]:
    with enrolled(tmp_path) as found:
        yield found


def new_village(folder: Path) -> tuple[Store, str]:
    code, name = NOELBAKI
    member = NewMember("Maria Tefa", Category.COORDINATOR, VILLAGE_PASSPHRASE, TRAINING)
    return found_desk(
        folder,
        member,
        side=Side.VILLAGE,
        code=code,
        name=name,
        practice=True,
        clock=Clock(),
        stretching=Stretching(),
    )


def state(store: Store) -> SetupState:
    with store.work() as work:
        return setup_state(work)


def codes(folder: Path, code: str) -> list[bool]:
    """Whether a code opens the vault, and the one before it."""
    found = []
    for name in (VAULT, PREVIOUS):
        try:
            vault.open_with_recovery_code(vault.decode((folder / name).read_bytes()), code)
        except WrongRecoveryCode:
            found.append(False)
        else:
            found.append(True)
    return found


def test_from_founding_to_approval(tmp_path: Path) -> None:
    village, code = new_village(tmp_path / "village")
    ppt = found_ppt(tmp_path / "ppt", Clock(), practice=True)
    expected = SetupState(
        Side.VILLAGE, True, *NOELBAKI, "Maria Tefa", True, recovery_checked=False, ppt=None, abilities=ALL
    )
    assert state(village) == expected
    confirm_recovery_sheet(village, f"  {code.lower()} ")
    assert state(village).recovery_checked
    enrol(village, ppt, tmp_path)
    assert (state(village).ppt, state(ppt).ppt) == (PeerStatus.ACTIVE, None)
    village.close()
    ppt.close()


def test_the_ppt_that_approved_counts_before_one_that_was_only_asked(desks: Desks) -> None:
    for status in PeerStatus:
        with desks.village.work() as work:
            work.connection.execute(update(local.peer).values(status=status.value))
        assert state(desks.village).ppt is status
    with desks.village.work() as work:
        known = work.connection.execute(select(local.peer)).one()._asdict()
        work.connection.execute(
            local.peer.insert().values(known | {"device": "f" * 16, "signing_key": bytes(32), "status": "pending"})
        )
    assert state(desks.village).ppt is PeerStatus.PENDING
    with desks.village.work() as work:
        work.connection.execute(
            update(local.peer).where(local.peer.c.device == known["device"]).values(status="active")
        )
    assert state(desks.village).ppt is PeerStatus.ACTIVE


def test_trained_is_who_has_a_valid_training_and_the_case_key(desks: Desks) -> None:
    assert state(desks.village).trained
    helper = desks.helper()
    assert (state(helper).trained, state(helper).volunteer_name) == (False, "Serafina Manek")
    with helper.work() as work:
        work.write(Training, None, volunteer_id=work.volunteer, kind="tppo_training", completed_on="2026-10")
    assert not state(helper).trained
    trained = desks.trained()
    with trained.work() as work:
        [own] = [each for each in work.records.select(Training) if each.volunteer_id == work.volunteer]
        work.write(Training, own.id, valid_until="2026-11-20")
    assert not state(trained).trained


def test_the_members_of_a_desk(desks: Desks) -> None:
    with desks.village.work() as work:
        gone = work.write(Volunteer, None, name="agnes Kelen", category="volunteer", left=True)
        found = desk_members(work)
        me = work.volunteer
    assert found[0] == Member(gone, "agnes Kelen", "volunteer", trained=False, left=True, abilities=frozenset())
    assert found[1] == Member(me or "", "Maria Tefa", "coordinator", trained=True, left=False, abilities=ALL)
    assert (found[2].name, found[2].trained, len(found)) == ("Serafina Manek", False, 3)


def test_a_code_that_opens_nothing_checks_nothing(tmp_path: Path) -> None:
    village, code = new_village(tmp_path / "village")
    other, other_code = new_village(tmp_path / "other")
    with pytest.raises(WrongRecoveryCode):
        confirm_recovery_sheet(village, other_code)
    with pytest.raises(InputError):
        confirm_recovery_sheet(village, code[:-1])
    (village.folder / VAULT).write_bytes((other.folder / VAULT).read_bytes())
    with pytest.raises(VaultDamaged):
        confirm_recovery_sheet(village, other_code)
    assert not state(village).recovery_checked
    village.close()
    other.close()


def test_a_new_code_takes_the_place_of_the_old_one(tmp_path: Path) -> None:
    """With real stretching: both passphrase and code open what they opened."""
    village, old = new_village(tmp_path / "village")
    confirm_recovery_sheet(village, old)
    new = renew_recovery_code(village)
    assert not state(village).recovery_checked
    assert (codes(village.folder, old), codes(village.folder, new)) == ([False, False], [True, True])
    with pytest.raises(WrongRecoveryCode):
        confirm_recovery_sheet(village, old)
    confirm_recovery_sheet(village, new)
    assert state(village).recovery_checked
    with village.work() as work:
        assert broken_at(work.connection, work.sealer, work.info.device) is None
        actions = work.connection.execute(select(local.journal.c.action)).scalars().all()
    assert actions[-3:] == ["recovery_checked", "recovery_renewed", "recovery_checked"]
    keys = village.keys
    village.close()
    recovered = recover_store(village.folder, new)
    assert (recovered.keys.master, recovered.keys.case) == (keys.master, keys.case)
    recovered.close()
    again = open_store(village.folder, VILLAGE_PASSPHRASE)
    assert again.keys == keys
    again.close()


def test_without_the_case_key_or_its_own_vault_no_code_is_renewed(desks: Desks) -> None:
    helper = desks.helper()
    before = files(helper.folder)
    with pytest.raises(CaseKeyNotHere):
        renew_recovery_code(helper)
    assert files(helper.folder) == before
    trained = desks.trained()
    (trained.folder / VAULT).write_bytes((desks.ppt.folder / VAULT).read_bytes())
    before = files(trained.folder)
    with pytest.raises(VaultDamaged):
        renew_recovery_code(trained)
    assert files(trained.folder) == before


def test_where_nobody_was_ever_trained_a_lost_code_is_renewed_all_the_same(tmp_path: Path) -> None:
    """Else a founder without training, who loses the sheet, could never let a trained volunteer in."""
    founder = NewMember("Serafina Manek", Category.VOLUNTEER, HELPER_PASSPHRASE)
    store, _ = found_desk(
        tmp_path / "desk",
        founder,
        side=Side.VILLAGE,
        code=NOELBAKI[0],
        name=NOELBAKI[1],
        practice=False,
        clock=Clock(),
        stretching=Stretching(),
    )
    code = renew_recovery_code(store)
    store.close()
    opened = recover_store(tmp_path / "desk", code, clock=Clock())
    trained = NewMember("Maria Tefa", Category.COORDINATOR, VILLAGE_PASSPHRASE, TRAINING)
    add_member(opened, trained, stretching=Stretching())
    opened.close()
    again = open_store(tmp_path / "desk", VILLAGE_PASSPHRASE, clock=Clock())
    with again.work() as work:
        assert setup_state(work).trained
    again.close()


def test_a_set_up_that_was_killed_is_no_store_and_starts_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The vault comes last: before it the first member is there, and nobody relies on a code that was never shown."""
    whole, copy = unlock.write_whole, tmp_path / "killed"

    def killed(path: Path, *content: bytes, **rights: bool) -> None:
        shutil.copytree(path.parent, copy)
        whole(path, *content, **rights)

    monkeypatch.setattr(unlock, "write_whole", killed)
    new_village(tmp_path / "village")[0].close()
    monkeypatch.setattr(unlock, "write_whole", whole)
    with pytest.raises(NoStore):
        open_store(copy, VILLAGE_PASSPHRASE)
    village, _ = new_village(copy)
    with village.work() as work:
        assert [member.name for member in desk_members(work)] == ["Maria Tefa"]
    village.close()


def test_a_set_up_that_fails_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(directory, "load_national", lambda: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            new_village(tmp_path)
    assert [path for path in tmp_path.iterdir() if path.name != "in-use.lock"] == []
    new_village(tmp_path)[0].close()


def test_two_set_ups_at_once_do_not_disturb_each_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unlock.alone, "hold", partial(unlock.alone.hold, wait=0))
    named = []

    def second() -> tuple[()]:
        with pytest.raises(StoreInUse) as caught:
            new_village(tmp_path)
        named.append(caught.value.key)
        return ()

    monkeypatch.setattr(directory, "load_practice", second)
    village, code = new_village(tmp_path)
    assert named == ["store_in_use"]
    village.close()
    recover_store(tmp_path, code).close()
    with pytest.raises(StoreExists):
        new_village(tmp_path)
