# SPDX-License-Identifier: GPL-3.0-or-later
"""Backups follow when all keys are renewed: those within reach get the slots of today and databases under new keys.

Else who was removed could put a backup's old vault back, of which a copy is quickly made, and open it. So the database
is copied beside itself under a new key and verified; then the vault holds the new slots over both keys, the copy takes
the database's place, its key is noted in the store, and the vault forgets the former one. Between any two of these
steps the backup opens with the new slots and the next unlock goes on. Case text stays under the case key of its day,
which the vault keeps under the present one.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from sqlalchemy import update

from trafficwatch.models.backups import BackupRow
from trafficwatch.models.tables import local
from trafficwatch.store import snapshot, vault
from trafficwatch.store.backup import OUT_OF_REACH, ROOM, overwrite, present_key, read_keeper, rewrap, standing
from trafficwatch.store.connection import StoreDiskFailed
from trafficwatch.store.files import DiskFull, sync_folder
from trafficwatch.store.folder import DATABASE, VAULT, sweep
from trafficwatch.store.vault import Keys, Vault
from trafficwatch.store.work import Store

_COPY = ".renewed.tmp"


def renew_all(
    store: Store, live: Vault, keys: Keys, progress: Callable[[int], None] = lambda _: None
) -> tuple[BackupRow, ...]:
    """Give the backups within reach the slots of the live vault, which still has earlier case keys, and new keys.

    Gives those that still open with what opened them before: out of reach, damaged, or without room for a copy beside
    them; the vaults of the latter get the new slots all the same. `progress` is told how many are done.
    """
    left = []
    for done, (row, noted) in enumerate(standing(store), 1):
        if not _renew(store, row, noted, live, keys):
            left.append(row)
        progress(done)
    return tuple(left)


def _renew(store: Store, row: BackupRow, noted: bytes, live: Vault, keys: Keys) -> bool:
    fresh = os.urandom(32)
    try:
        present = present_key(row, noted, keys)
    except OUT_OF_REACH:
        return False
    try:
        _rekey(row, present, fresh, live, keys)
    except OUT_OF_REACH:
        _note(store, row, present)
        with suppress(*OUT_OF_REACH):
            rewrap(row, present, live, keys)
        return False
    _note(store, row, fresh)
    with suppress(*OUT_OF_REACH):  # else it keeps a key that opens nothing any more
        rewrap(row, fresh, live, keys)
    return True


def _rekey(row: BackupRow, present: bytes, fresh: bytes, live: Vault, keys: Keys) -> None:
    place = Path(row.place)
    database, copied, found = place / DATABASE, place / _COPY, read_keeper(row)
    vault.rewrapped(found, live, keys, fresh)  # or not at all
    with snapshot.disk_errors(place.name), _swept(place):
        if shutil.disk_usage(place).free < database.stat().st_size + ROOM:
            raise DiskFull(file=place.name)
        with snapshot.reading(database, [present], live=found.purpose == "store") as source:
            known = snapshot.facts(source)
            snapshot.copy(source, copied, fresh, lambda _: None)
        if database.with_name(f"{DATABASE}-wal").exists():  # of a store that was set aside, and is open somewhere
            raise StoreDiskFailed
        snapshot.verify(copied, fresh, known)
        with _overwritten(place / VAULT):
            rewrap(row, fresh, live, keys, present)
        with _overwritten(database):
            copied.replace(database)
            with suppress(OSError):
                sync_folder(place)


def _note(store: Store, row: BackupRow, key: bytes) -> None:
    with store.work() as work:
        work.connection.execute(update(local.backup).where(local.backup.c.id == row.id).values(key=key))


@contextmanager
def _swept(place: Path) -> Iterator[None]:
    """Nothing of a copy is left beside a backup, neither from an earlier time nor from this one."""
    sweep(place)
    for path in (place / VAULT, place / DATABASE):
        _forget(path)
    (place / _COPY).unlink(missing_ok=True)
    try:
        yield
    finally:
        with suppress(OSError):
            (place / _COPY).unlink(missing_ok=True)


@contextmanager
def _overwritten(path: Path) -> Iterator[None]:
    """What the block puts another file in the place of becomes noise, where a file can have a second name meanwhile: on
    the laptop's own disk; on a stick, where writing over a file need not reach what lay there, it is only removed.
    """
    with suppress(OSError):
        _former(path).hardlink_to(path)
    try:
        yield
    finally:
        _forget(path)


def _forget(path: Path) -> None:
    former = _former(path)
    with suppress(OSError):
        if not former.samefile(path):
            overwrite(former)
        former.unlink()


def _former(path: Path) -> Path:
    return path.with_name(f".former-{path.name}.tmp")
