# SPDX-License-Identifier: GPL-3.0-or-later
"""Members of a desk after their first day: another passphrase, training recorded or withdrawn, leaving.

Training decides on the case key (P2/2024 art. 5(2)a, 5(3)). Taking something away renews all keys of the store, so that
a copied vault or an old passphrase opens nothing of it; access goes first, then the records say so, so that whatever
was broken off between the two can be done again.
"""

from __future__ import annotations

from sqlalchemy import ColumnElement

from trafficwatch.errors import InputError
from trafficwatch.models.backups import BackupRow
from trafficwatch.models.staff import Training, Volunteer, is_trained
from trafficwatch.models.tables import RECORD_TABLES
from trafficwatch.store import rotation, vault
from trafficwatch.store.files import StagedFiles
from trafficwatch.store.folder import read_vault, stage_vault
from trafficwatch.store.records import FieldMissing
from trafficwatch.store.resealing import Progress
from trafficwatch.store.training import TrainingNeeded, may_read_cases
from trafficwatch.store.unlock import check_passphrase
from trafficwatch.store.vault import CaseKeyNotHere, Stretching
from trafficwatch.store.work import Store, Work
from trafficwatch.village.founding import TrainingProof, write_training


class NotYourself(InputError):
    """Members are removed, and their training is withdrawn, by somebody else."""

    key = "not_yourself"


class NoWayIn(InputError):
    """This member has no passphrase on this laptop."""

    key = "no_way_in"


class LastCaseKey(InputError):
    """Nobody would be left who can open case text, and who is at work can't either."""

    key = "last_case_key"


def change_own_passphrase(
    store: Store,
    old: str,
    new: str,
    *,
    stretching: Stretching | None = None,
    progress: Progress = lambda _done, _total: None,
) -> tuple[BackupRow, ...]:
    """Another passphrase for who is at work; all keys are renewed, or a copied vault would keep the old one alive.

    Gives the backups out of reach, which the old one still opens. Raises WrongPassphrase, PassphraseTooShort and
    PassphraseNotGoodEnough.
    """
    check_passphrase(new)
    with StagedFiles() as files, store.work() as work:
        current = read_vault(store.folder)
        changed = vault.change_passphrase(current, store.keys, old, new, stretching=stretching or vault.calibrate())
        work.note("new_passphrase", "volunteer", work.volunteer or "", "own")
        rotation.want(work)
        stage_vault(files, store.folder, current, changed)
    return rotation.rotate_if_possible(store, progress=progress)


def record_training(store: Store, volunteer_id: str, proof: TrainingProof) -> bool:
    """Record a member's training, and pass the case key on if who is at work has it; whether the member has it now."""
    with StagedFiles() as files, store.work() as work:
        may_pass = may_read_cases(work)
        write_training(work, volunteer_id, proof)
        if may_pass and _is_trained(work, volunteer_id):
            _pass_case_key(store, work, files, volunteer_id)
    return vault.has_slot(read_vault(store.folder), volunteer_id, with_case=True)


def pass_case_key(store: Store, volunteer_id: str) -> None:
    """Pass the case key on to a member whose training was recorded when nobody here had it.

    Raises CaseKeyNotHere, TrainingNeeded, NoWayIn.
    """
    with StagedFiles() as files, store.work() as work:
        if not may_read_cases(work):
            raise CaseKeyNotHere
        if not _is_trained(work, volunteer_id):
            raise TrainingNeeded
        if not vault.has_slot(read_vault(store.folder), volunteer_id):
            raise NoWayIn
        _pass_case_key(store, work, files, volunteer_id)


def withdraw_training(
    store: Store, volunteer_id: str, reason: str, *, progress: Progress = lambda _done, _total: None
) -> tuple[BackupRow, ...]:
    """A member's training does not count any more: the case key changes, and this member does not get the new one.

    Gives the backups out of reach, whose case text this member can still open.
    Raises NotYourself, FieldMissing without a reason, and CaseKeyNotHere if this takes somebody with the case key.
    """
    reason = reason.strip()
    if not reason:
        raise FieldMissing(field="reason")
    with store.work() as work:
        _require_other(work, volunteer_id)
    left: tuple[BackupRow, ...] = ()
    if vault.has_slot(read_vault(store.folder), volunteer_id, with_case=True):
        left = rotation.rotate(store, untrain={volunteer_id}, progress=progress)
    with store.work() as work:
        for training in work.records.select(Training, _of(volunteer_id)):
            work.write(Training, training.id, deleted=reason)
        work.note("training_withdrawn", "volunteer", volunteer_id, reason)
    return left


def remove_member(
    store: Store, volunteer_id: str, *, progress: Progress = lambda _done, _total: None
) -> tuple[BackupRow, ...]:
    """A member leaves: no passphrase opens the store any more that this member knew, not even with an old vault.

    Gives the backups that were out of reach, or had no room for a copy under a new key: this member can still open
    them, with an old vault if need be. Raises NotYourself, LastWayIn, LastCaseKey, and StoreFull where the disk has no
    room to write the store once more.
    """
    with store.work() as work:
        _require_other(work, volunteer_id)
    _require_a_case_key(store, volunteer_id)
    left: tuple[BackupRow, ...] = ()
    if vault.has_slot(read_vault(store.folder), volunteer_id):
        left = rotation.rotate(store, remove={volunteer_id}, progress=progress)
    with store.work() as work:
        work.write(Volunteer, volunteer_id, left=True)
        work.note("removed", "volunteer", volunteer_id, "left")
    return left


def _require_other(work: Work, volunteer_id: str) -> None:
    work.records.get(Volunteer, volunteer_id)
    if work.volunteer == volunteer_id:
        raise NotYourself


def _require_a_case_key(store: Store, leaving: str) -> None:
    """Case text must not be left to the recovery sheet alone by somebody who can't read it."""
    holders = {slot.volunteer for slot in read_vault(store.folder).slots if slot.volunteer and slot.case is not None}
    if store.keys.case is None and holders == {leaving}:
        raise LastCaseKey


def _pass_case_key(store: Store, work: Work, files: StagedFiles, volunteer_id: str) -> None:
    current = read_vault(store.folder)
    if not vault.has_slot(current, volunteer_id) or vault.has_slot(current, volunteer_id, with_case=True):
        return
    work.note("case_key_passed_on", "volunteer", volunteer_id, "training")
    stage_vault(files, store.folder, current, vault.grant_case(current, store.keys, volunteer_id))


def _is_trained(work: Work, volunteer_id: str) -> bool:
    return is_trained(work.records.select(Training, _of(volunteer_id)), work.today)


def _of(volunteer_id: str) -> ColumnElement[bool]:
    return RECORD_TABLES["training"].c.volunteer_id == volunteer_id
