# SPDX-License-Identifier: GPL-3.0-or-later
"""Renewing all keys of a store, safe to interrupt at any point (decision 0010).

First the vault, with the new keys and the former ones under them; then one transaction seals all case text again; then
the database gets its new key, which is verified; then backups within reach get the new slots and new keys of their own,
and the vault forgets the former keys. After any accident the store opens with what opened it before, but for the slots
that were to go, and the next unlock goes on: without the case key only as far as one can.
"""

from __future__ import annotations

import shutil
from collections.abc import Collection

import msgspec

from trafficwatch.models.backups import BackupRow, Reason
from trafficwatch.store import backup, backup_renewal, folder, info, resealing, unacknowledged, vault
from trafficwatch.store.connection import StoreDamaged, StoreFull, named_errors
from trafficwatch.store.files import StagedFiles
from trafficwatch.store.resealing import Progress
from trafficwatch.store.vault import Keys, RotationUnfinished, Vault
from trafficwatch.store.work import Store, Work

FINISHED = "rotation_finished"
BACKUPS_LEFT = "backups_left"
"""The finding that some backups still open with what opened them before; told until somebody has understood it."""
_DUE = "rotation_due"
"""The row of `store_info` with the epoch of the last vault whose keys are to be renewed."""
_ROOM = 4 * 2**20


def rotate(
    store: Store,
    *,
    remove: Collection[str] = (),
    untrain: Collection[str] = (),
    progress: Progress = lambda _done, _total: None,
) -> tuple[BackupRow, ...]:
    """Renew all keys; slots of volunteers to remove go, those of volunteers to untrain lose the case key.

    Gives the backups that still open with what opened them before: they are out of reach, or there was no room beside
    them for a copy under a new key. Raises what `vault.rotate` does, and StoreFull where the disk has no room to write
    the database once more.
    """
    if _has_room(store, copies=3):  # never take the room that renewing the keys itself needs
        backup.make_before(store, Reason.ROTATION)
    keys = begin(store, remove=remove, untrain=untrain)
    return _follow(store, folder.read_vault(store.folder), keys, progress)


def rotate_if_possible(store: Store, *, progress: Progress = lambda _done, _total: None) -> tuple[BackupRow, ...]:
    """Renew all keys, unless the disk has no room for it or an earlier rotation waits for somebody with the case key:
    what was changed in the vault before counts all the same. If it was `want`ed, a later unlock does it.
    """
    try:
        return rotate(store, progress=progress)
    except (StoreFull, RotationUnfinished):
        return ()


def want(work: Work) -> None:
    """Note, before the vault is changed, that all keys are to be renewed after it: what keeps that from being done now,
    an unlock does later. The next epoch of the vault ends it.
    """
    info.put(work.connection, {_DUE: folder.read_vault(work.folder).epoch})


def begin(store: Store, *, remove: Collection[str] = (), untrain: Collection[str] = ()) -> Keys:
    """Write the vault with the new keys, and nothing else; gives them. From here on the next unlock would go on."""
    current = folder.read_vault(store.folder)
    renewed, keys = vault.rotate(current, store.keys, remove=remove, untrain=untrain)
    if not _has_room(store, copies=2):
        raise StoreFull
    with StagedFiles() as files:
        folder.stage_vault(files, store.folder, current, renewed)
    store.keys = msgspec.structs.replace(keys, case=store.keys.case)  # what is sealed is still under the former one
    return keys


def finish(store: Store, *, progress: Progress = lambda _done, _total: None) -> list[str]:
    """Go on with what was begun before this unlock, and do what is wanted since; what the desk has to say of it.

    Whoever came in with a code gets a passphrase next, after which all keys are renewed anyway.
    """
    found = folder.read_vault(store.folder)
    is_done = found.former is not None or bool(found.cases and store.keys.case)
    if is_done:
        _follow(store, found, store.keys, progress)
    with store.work() as work:
        due = info.get(work.connection, _DUE)
    if due is not None and due >= found.epoch and store.keys.kind == "passphrase":
        rotate_if_possible(store, progress=progress)
        is_done = is_done or folder.read_vault(store.folder).epoch > found.epoch
    return [FINISHED] if is_done else []


def _has_room(store: Store, *, copies: int) -> bool:
    size = (store.folder / folder.DATABASE).stat().st_size
    return shutil.disk_usage(store.folder).free >= copies * (size + _ROOM // 2)


def _follow(store: Store, found: Vault, keys: Keys, progress: Progress) -> tuple[BackupRow, ...]:
    rows, backups = 0, len(backup.standing(store))
    total = 1 + backups
    case_keys = vault.case_keys(found, keys)
    if len(case_keys) > 1:
        with store.work() as work:
            rows = resealing.count(work.connection)
            total = 1 + 2 * rows + max(rows, 1) * backups  # to copy a backup takes about as long as to seal all again
            resealing.reseal(work.connection, case_keys, lambda done: progress(done, total))
        store.keys = keys
        _empty_log(store)
    if found.former is not None:
        _rekey(store, found, keys)
    progress(2 * rows, total)
    left = backup_renewal.renew_all(  # while the vault still has the case keys that they are under
        store, found, keys, lambda done: progress(2 * rows + max(rows, 1) * done, total)
    )
    if left:
        with store.work() as work:
            unacknowledged.note(work, BACKUPS_LEFT)
    store.mark()
    with StagedFiles() as files:
        folder.stage_vault(files, store.folder, found, vault.settle(found, keys))
    progress(total, total)
    return left


def _rekey(store: Store, found: Vault, keys: Keys) -> None:
    """Give the database its new key, in one transaction of SQLCipher, and look at every page of it."""
    key, *_ = vault.store_keys(found, keys)
    only = msgspec.structs.replace(found, former=None)
    try:
        with named_errors(), store.bare() as connection:
            connection.execute(f"PRAGMA rekey = \"x'{key.hex()}'\"")
        _empty_log(store)
    except BaseException:
        store.reconnect(lambda: folder.open_database(store.folder, found, keys))
        raise
    store.reconnect(lambda: folder.open_database(store.folder, only, keys))
    with named_errors(), store.bare() as connection:
        if connection.execute("PRAGMA cipher_integrity_check").fetchall():
            raise StoreDamaged


def _empty_log(store: Store) -> None:
    """Nothing of what was replaced stays in the write-ahead log."""
    with named_errors(), store.bare() as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
