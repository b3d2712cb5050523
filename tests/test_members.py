# SPDX-License-Identifier: GPL-3.0-or-later
"""Members after their first day: who may open what, after each change, with the passphrase itself.

Key stretching is a quick hash here over the same inputs: it has its own tests.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from desks import (
    HELPER_PASSPHRASE,
    NOELBAKI,
    TRAINING,
    VILLAGE_PASSPHRASE,
    Clock,
)
from sqlalchemy import select

from trafficwatch.errors import ConsentError, InputError
from trafficwatch.models.fields import Side
from trafficwatch.models.staff import Category, Training, Volunteer
from trafficwatch.models.tables import local
from trafficwatch.store import folder, rotation, vault, vault_slots
from trafficwatch.store.connection import StoreDamaged
from trafficwatch.store.files import StagedFiles
from trafficwatch.store.journal import broken_at
from trafficwatch.store.records import FieldMissing, LinkMissing, RecordUnknown
from trafficwatch.store.training import TrainingNeeded
from trafficwatch.store.unlock import PREVIOUS, VAULT, PassphraseTooShort, open_store, recover_store
from trafficwatch.store.vault import (
    CaseKeyNotHere,
    LastWayIn,
    PassphraseNotGoodEnough,
    Stretching,
    WrongPassphrase,
    WrongRecoveryCode,
)
from trafficwatch.store.work import Store
from trafficwatch.village import drafts
from trafficwatch.village.founding import NewMember, TrainingProof, VolunteerUnknown, add_member, renew_passphrase
from trafficwatch.village.founding import found_desk as found
from trafficwatch.village.members import (
    LastCaseKey,
    NotYourself,
    NoWayIn,
    change_own_passphrase,
    pass_case_key,
    record_training,
    remove_member,
    withdraw_training,
)

FAST = Stretching()
NEW = "frasa sandi yang sama sekali baru"
PLANNED = TrainingProof("tppo_training", "2027-03", "Dinas PPPA")


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Key stretching that takes no time."""
    monkeypatch.setattr(vault_slots, "_stretch", lambda *inputs: hashlib.sha512(repr(inputs).encode()).digest())


class Desk:
    """A trained founder, at work, and an untrained helper."""

    def __init__(self, path: Path) -> None:
        founder = NewMember("Maria Tefa", Category.COORDINATOR, VILLAGE_PASSPHRASE, TRAINING)
        self.store, self.code = found(
            path,
            founder,
            side=Side.VILLAGE,
            code=NOELBAKI[0],
            name=NOELBAKI[1],
            practice=False,
            clock=Clock(),
            stretching=FAST,
        )
        self.founder = self.store.keys.volunteer or ""
        self.helper = add_member(
            self.store, NewMember("Serafina Manek", Category.VOLUNTEER, HELPER_PASSPHRASE), stretching=FAST
        )
        with self.store.work() as work:
            drafts.keep(work, "screening", {"note": "belum selesai"}, case_text=True)

    def at_work(self, passphrase: str) -> Store:
        """The store as somebody else has it open."""
        self.store.close()
        self.store = open_store(self.store.folder, passphrase, clock=Clock())
        return self.store

    def with_code(self, code: str) -> Store:
        self.store.close()
        self.store = recover_store(self.store.folder, code, clock=Clock())
        return self.store

    def opens(self, passphrase: str) -> bool | None:
        """Whether a passphrase opens the vault, or the previous one; None: with the case key."""
        ways = []
        for name in (VAULT, PREVIOUS):
            try:
                keys = vault.open_with_passphrase(vault.decode((self.store.folder / name).read_bytes()), passphrase)
            except WrongPassphrase:
                continue
            ways.append(None if keys.case else True)
        return ways[0] if ways else False

    def actions(self) -> list[str]:
        """What the journal says was done, the last first."""
        with self.store.work() as work:
            assert broken_at(work.connection, work.sealer, work.info.device) is None
            newest = select(local.journal.c.action).order_by(local.journal.c.sequence.desc())
            return list(work.connection.execute(newest).scalars())

    def left(self, member: str) -> bool:
        with self.store.work() as work:
            return bool(work.records.get(Volunteer, member).left)

    def trainings(self, member: str) -> list[Training]:
        with self.store.work() as work:
            return [each for each in work.records.select(Training) if each.volunteer_id == member]


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    made = Desk(tmp_path / "desa")
    yield made
    made.store.close()


# -- passphrases -------------------------------------------------------------------------------------------------------


def test_another_passphrase_takes_the_place_of_the_old_one(desk: Desk) -> None:
    change_own_passphrase(desk.store, VILLAGE_PASSPHRASE, NEW, stretching=FAST)
    assert (desk.opens(VILLAGE_PASSPHRASE), desk.opens(NEW), desk.opens(HELPER_PASSPHRASE)) == (False, None, True)
    assert desk.actions()[0] == "new_passphrase"
    keys = desk.store.keys
    assert desk.at_work(NEW).keys == keys
    helper = desk.at_work(HELPER_PASSPHRASE)
    change_own_passphrase(helper, HELPER_PASSPHRASE, VILLAGE_PASSPHRASE, stretching=FAST)
    assert (desk.opens(HELPER_PASSPHRASE), desk.opens(VILLAGE_PASSPHRASE)) == (False, True)


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        (HELPER_PASSPHRASE, NEW, WrongPassphrase),
        (VILLAGE_PASSPHRASE + "x", NEW, WrongPassphrase),
        (VILLAGE_PASSPHRASE, "pendek", PassphraseTooShort),
        (VILLAGE_PASSPHRASE, HELPER_PASSPHRASE, PassphraseNotGoodEnough),
        (VILLAGE_PASSPHRASE, VILLAGE_PASSPHRASE, PassphraseNotGoodEnough),
    ],
)
def test_a_passphrase_that_does_not_change(desk: Desk, old: str, new: str, named: type[InputError]) -> None:
    before = (desk.store.folder / VAULT).read_bytes(), desk.actions()
    with pytest.raises(named):
        change_own_passphrase(desk.store, old, new, stretching=FAST)
    assert ((desk.store.folder / VAULT).read_bytes(), desk.actions()) == before


def test_with_a_code_at_work_nobody_has_a_passphrase_to_change(desk: Desk) -> None:
    with pytest.raises(WrongPassphrase):
        change_own_passphrase(desk.with_code(desk.code), VILLAGE_PASSPHRASE, NEW, stretching=FAST)


def test_after_recovery_the_forgotten_passphrase_opens_nothing(desk: Desk) -> None:
    renew_passphrase(desk.with_code(desk.code), "maria tefa", NEW, stretching=FAST)
    assert (desk.opens(VILLAGE_PASSPHRASE), desk.opens(NEW)) == (False, None)
    desk.with_code(desk.code)


def test_the_ppts_code_opens_once(desk: Desk) -> None:
    with StagedFiles() as files:
        current = folder.read_vault(desk.store.folder)
        grown, escrow = vault.add_escrow(current, desk.store.keys)
        folder.stage_vault(files, desk.store.folder, current, grown)
    assert desk.with_code(escrow).keys.kind == "escrow"
    renew_passphrase(desk.store, "Maria Tefa", NEW, stretching=FAST)
    assert (desk.opens(VILLAGE_PASSPHRASE), desk.opens(NEW)) == (False, None)
    for name in (VAULT, PREVIOUS):
        with pytest.raises(WrongRecoveryCode):
            vault.open_with_recovery_code(vault.decode((desk.store.folder / name).read_bytes()), escrow)
    assert desk.with_code(desk.code).keys.kind == "recovery"


# -- training ----------------------------------------------------------------------------------------------------------


def test_training_brings_the_case_key(desk: Desk) -> None:
    assert desk.opens(HELPER_PASSPHRASE) is True
    assert record_training(desk.store, desk.helper, TRAINING)
    assert desk.opens(HELPER_PASSPHRASE) is None
    assert "case_key_passed_on" in desk.actions()
    helper = desk.at_work(HELPER_PASSPHRASE)
    with helper.work() as work:
        assert work.sealer.able
    assert len(desk.trainings(desk.helper)) == 1


def test_a_training_that_is_only_planned_brings_no_key(desk: Desk) -> None:
    assert not record_training(desk.store, desk.helper, PLANNED)
    assert desk.opens(HELPER_PASSPHRASE) is True
    with pytest.raises(TrainingNeeded):
        pass_case_key(desk.store, desk.helper)


def test_who_has_no_key_records_and_somebody_else_passes_it_on(desk: Desk) -> None:
    assert not record_training(desk.at_work(HELPER_PASSPHRASE), desk.helper, TRAINING)
    assert desk.opens(HELPER_PASSPHRASE) is True
    with pytest.raises(CaseKeyNotHere):
        pass_case_key(desk.store, desk.helper)
    desk.at_work(VILLAGE_PASSPHRASE)
    pass_case_key(desk.store, desk.helper)
    pass_case_key(desk.store, desk.helper)
    assert desk.actions().count("case_key_passed_on") == 1
    assert desk.opens(HELPER_PASSPHRASE) is None


def test_a_training_of_who_does_not_work_here(desk: Desk) -> None:
    with desk.store.work() as work:
        elsewhere = work.write(Volunteer, None, name="Agnes Kelen", category="volunteer")
    assert not record_training(desk.store, elsewhere, TRAINING)
    with pytest.raises(NoWayIn):
        pass_case_key(desk.store, elsewhere)
    with pytest.raises(LinkMissing):
        record_training(desk.store, "00000000-0000-4000-8000-000000000000", TRAINING)


def test_a_withdrawn_training_takes_the_key_away(desk: Desk) -> None:
    record_training(desk.store, desk.helper, TRAINING)
    before = desk.store.keys.case
    assert withdraw_training(desk.store, desk.helper, " sertifikat dicabut ") == ()
    assert desk.store.keys.case not in {before, None}
    assert (desk.opens(HELPER_PASSPHRASE), desk.opens(VILLAGE_PASSPHRASE)) == (True, None)
    assert desk.trainings(desk.helper) == []
    with desk.store.work() as work:
        [gone] = [each for each in work.records.select(Training, with_deleted=True) if each.deleted]
        [draft] = drafts.drafts(work)
    assert (gone.deleted, draft.content) == ("sertifikat dicabut", {"note": "belum selesai"})
    assert desk.actions()[0] == "training_withdrawn"
    assert desk.at_work(HELPER_PASSPHRASE).keys.case is None


def test_who_withdraws(desk: Desk) -> None:
    record_training(desk.store, desk.helper, TRAINING)
    refused: list[tuple[str, str, type[InputError | ConsentError]]] = [
        (desk.helper, "  ", FieldMissing),
        (desk.founder, "alasan", NotYourself),
        ("00000000-0000-4000-8000-000000000000", "alasan", RecordUnknown),
    ]
    before = (desk.store.folder / VAULT).read_bytes()
    for member, reason, named in refused:
        with pytest.raises(named):
            withdraw_training(desk.store, member, reason)
    third = add_member(desk.store, NewMember("Agnes Kelen", Category.VOLUNTEER, NEW), stretching=FAST)
    desk.at_work(NEW)
    with pytest.raises(CaseKeyNotHere):
        withdraw_training(desk.store, desk.helper, "alasan")
    assert len(desk.trainings(desk.helper)) == 1
    assert third == desk.store.keys.volunteer
    assert before != (desk.store.folder / VAULT).read_bytes()


# -- leaving -----------------------------------------------------------------------------------------------------------


def test_a_removed_member_opens_nothing(desk: Desk) -> None:
    told: list[tuple[int, int]] = []
    old = (desk.store.folder / VAULT).read_bytes()
    remove_member(desk.store, desk.helper, progress=lambda done, total: told.append((done, total)))
    assert desk.left(desk.helper)
    assert told[-1][0] == told[-1][1]
    assert desk.actions()[:2] == ["removed", "change"]
    assert (desk.opens(HELPER_PASSPHRASE), desk.opens(VILLAGE_PASSPHRASE)) == (False, None)
    desk.at_work(VILLAGE_PASSPHRASE)
    desk.store.close()
    now = (desk.store.folder / VAULT).read_bytes()
    (desk.store.folder / VAULT).write_bytes(old)
    for passphrase in (HELPER_PASSPHRASE, VILLAGE_PASSPHRASE):
        with pytest.raises(Exception, match="store_damaged"):
            open_store(desk.store.folder, passphrase, clock=Clock())
    (desk.store.folder / VAULT).write_bytes(now)
    renewing = desk.with_code(desk.code)
    with pytest.raises(VolunteerUnknown):
        renew_passphrase(renewing, "Serafina Manek", NEW, stretching=FAST)


def test_nobody_removes_themselves_or_the_last_way_in(desk: Desk) -> None:
    with pytest.raises(NotYourself):
        remove_member(desk.store, desk.founder)
    with pytest.raises(RecordUnknown):
        remove_member(desk.store, "00000000-0000-4000-8000-000000000000")
    remove_member(desk.store, desk.helper)
    with pytest.raises(LastWayIn):
        remove_member(desk.with_code(desk.code), desk.founder)
    assert not desk.left(desk.founder)
    assert desk.opens(VILLAGE_PASSPHRASE) is None


def test_what_was_broken_off_can_be_done_again(desk: Desk) -> None:
    """The slot goes first: after a power cut in between, removing again says in the records what is so already."""
    rotation.rotate(desk.store, remove={desk.helper})
    assert (desk.left(desk.helper), desk.opens(HELPER_PASSPHRASE)) == (False, False)
    keys = desk.store.keys
    remove_member(desk.store, desk.helper)
    assert desk.left(desk.helper)
    assert desk.store.keys == keys


def test_an_untrained_member_may_let_another_go_but_not_the_last_who_reads_cases(desk: Desk) -> None:
    with pytest.raises(LastCaseKey):
        remove_member(desk.at_work(HELPER_PASSPHRASE), desk.founder)
    third = NewMember("Agus Nahak", Category.VOLUNTEER, NEW, TRAINING)
    add_member(desk.at_work(VILLAGE_PASSPHRASE), third, stretching=FAST)
    remove_member(desk.at_work(HELPER_PASSPHRASE), desk.founder)
    assert (desk.opens(VILLAGE_PASSPHRASE), desk.opens(HELPER_PASSPHRASE)) == (False, True)
    assert desk.with_code(desk.code).keys.case is not None


def test_an_old_passphrase_with_a_copied_vault_opens_nothing_after_the_change(desk: Desk) -> None:
    copied_vault = (desk.store.folder / VAULT).read_bytes()
    change_own_passphrase(desk.store, VILLAGE_PASSPHRASE, NEW, stretching=FAST)
    desk.store.close()
    (desk.store.folder / VAULT).write_bytes(copied_vault)
    with pytest.raises(StoreDamaged):
        open_store(desk.store.folder, VILLAGE_PASSPHRASE)
