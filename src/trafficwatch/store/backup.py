# SPDX-License-Identifier: GPL-3.0-or-later
"""Backups: copies of the store, each a folder with a vault of its own over a database under a key of its own (0011).

Written under a name that is no backup's, read back from the disk, verified, and only then named and noted in the store:
a pulled stick or a full disk leaves nothing that looks like a backup. A copy holds no key of another one, and nothing
that was erased before it was made.

Automatic ones lie in `backups` inside the store's folder: those of the last ten days and the last of each of twelve
months stay, in the order in which they were made, for clocks lie. Those made by hand stay until somebody destroys them.
"""

from __future__ import annotations

import json
import os
import re
import secrets
import shutil
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from sqlalchemy import func, insert, literal_column, select, update

from trafficwatch.errors import ExpectedError, FileError, InputError
from trafficwatch.models.backups import BackupRow, Reason
from trafficwatch.models.tables import local
from trafficwatch.store import ballast, snapshot, vault
from trafficwatch.store.connection import StoreDamaged, StoreDiskFailed
from trafficwatch.store.files import (
    DiskFull,
    WriteNotVerified,
    check_outside,
    read_limited,
    sync_folder,
    write_whole,
)
from trafficwatch.store.folder import DATABASE, PREVIOUS, VAULT, as_noted, read_vault, resolved
from trafficwatch.store.giving_way import giving_way
from trafficwatch.store.snapshot import Progress
from trafficwatch.store.vault import CaseKeyNotHere, Keys, Vault, VaultDamaged, VaultNewer
from trafficwatch.store.work import Store, Work

FOLDER = "backups"
DAYS, MONTHS = 10, 12
MANY_CHANGES = 200
"""So many changes make a backup due on the same day: a clock that stands would else be the end of backups."""
SAYS = "backup"
"""The row of `store_info` in which a copy says which backup it is."""

OUT_OF_REACH = (FileError, OSError, StoreDamaged, StoreDiskFailed, VaultDamaged, VaultNewer, CaseKeyNotHere)
"""What keeps the vault or the database of a backup from being written anew: it is left as it is."""

_AUTOMATIC = frozenset({Reason.DAILY, Reason.UPGRADE, Reason.IMPORT, Reason.ROTATION})
_UNFINISHED = re.compile(r"\.\d{8}-[0-9a-f]{7}\.tmp")
ROOM = _AT_ONCE = 2**20
_NAMES = (
    DATABASE,
    f"{DATABASE}-wal",
    f"{DATABASE}-shm",
    f"{DATABASE}-journal",
    VAULT,
    PREVIOUS,
    "ballast",
    "tries.json",
)


class BackupNotThere(FileError):
    """The backup is not where it was made; parameters `date` and `place`."""

    key = "backup_not_there"


class BackupUnknown(InputError):
    """There is no such backup, or it was destroyed before."""

    key = "backup_unknown"


# -- making ------------------------------------------------------------------------------------------------------------


def make(store: Store, place: Path, reason: Reason | str, progress: Progress | None = None) -> BackupRow:
    """A verified backup in a new folder inside `place`, noted in the store.

    Raises DiskFull, FileNotWritable, FileInStore, WriteNotVerified, BackupGaveWay, or what is wrong with the store.
    """
    if place != own_place(store.folder):
        check_outside(place, store.folder)
    with store.work() as work:
        now = work.now
    row, key = write(store.folder, store.keys, place, Reason(reason), now, giving_way(store, progress))
    try:
        with store.work() as work:
            note(work, row, key)
    except BaseException:
        _remove(Path(row.place))
        raise
    return row


def make_daily(store: Store, progress: Progress | None = None) -> BackupRow | None:
    """The automatic backup, if it is due; then those that are too many go. Raises as `make`."""
    with store.work() as work:
        if not due(work):
            return None
    row = make(store, own_place(store.folder), Reason.DAILY, progress)
    prune(store)
    return row


def make_before(store: Store, reason: Reason, progress: Progress | None = None) -> None:
    """The automatic backup before something big, at most one a day of each reason, and none in practice. One that
    fails stops nobody: what follows is as safe without it.
    """
    with store.work() as work:
        practice = work.info.practice
        today = [row for row in backups(work) if row.reason is reason and row.made_at[:10] == work.now[:10]]
    if not practice and not any(is_reachable(row) for row in today):
        with suppress(ExpectedError):
            make(store, own_place(store.folder), reason, progress)


def due(work: Work) -> bool:
    """Whether something changed since the last automatic backup, and a day or many changes have passed."""
    made = [row for row in backups(work) if row.reason in _AUTOMATIC and row.gone_at is None]
    last = made[0] if made else None
    if last is None or not is_reachable(last):
        return True
    changes = _sequence(work) - last.sequence
    return changes >= MANY_CHANGES or (changes != 0 and last.made_at[:10] != work.now[:10])


def write(
    folder: Path, keys: Keys, place: Path, reason: Reason, now: str, progress: Progress | None = None
) -> tuple[BackupRow, bytes]:
    """A verified backup that no store has noted yet, and its key; also of a store in an older schema."""
    current, key = read_vault(folder), os.urandom(32)
    backup_id = f"{now[:10].replace('-', '')}-{secrets.token_hex(4)[:7]}"
    unfinished, target = place / f".{backup_id}.tmp", place / backup_id
    keeper = vault.encode(vault.for_backup(current, keys, key))

    def change(copy: Any) -> None:
        said = json.dumps({"id": backup_id, "made_at": now, "reason": reason.value})
        copy.execute("INSERT OR REPLACE INTO store_info (key, value) VALUES (?, ?)", (SAYS, said))
        if copy.execute("SELECT 1 FROM sqlite_master WHERE name = 'backup'").fetchone():
            copy.execute("UPDATE backup SET key = x''")

    with snapshot.reading(folder / DATABASE, vault.store_keys(current, keys), live=True) as source:
        known = snapshot.facts(source)
        with snapshot.disk_errors(place.name), _undone(unfinished):
            if place == own_place(folder):
                place.mkdir(mode=0o700, exist_ok=True)
            _sweep(place)
            if shutil.disk_usage(place).free < _size(source) + ROOM:
                raise DiskFull(file=place.name)
            unfinished.mkdir(mode=0o700)
            snapshot.copy(source, unfinished / DATABASE, key, change, progress)
            write_whole(unfinished / VAULT, keeper, private=True)
            snapshot.verify(unfinished / DATABASE, key, known, lambda: progress(1, 1) if progress else None)
            if read_limited(unfinished / VAULT, vault.VAULT_LIMIT) != keeper:
                raise WriteNotVerified(file=backup_id)
            sync_folder(unfinished)
            size = sum((unfinished / name).stat().st_size for name in (VAULT, DATABASE))
            unfinished.rename(target)
            sync_folder(place)
    records = sum(known.counts.values())
    return BackupRow(backup_id, now, str(target.absolute()), reason, size, records, known.sequence), key


def note(work: Work, row: BackupRow, key: bytes) -> None:
    """Note a backup in the store."""
    work.connection.execute(
        insert(local.backup).values(
            id=row.id,
            made_at=row.made_at,
            place=as_noted(Path(row.place), work.folder),
            reason=row.reason.value,
            size=row.size,
            records=row.records,
            sequence=row.sequence,
            key=key,
        )
    )


# -- knowing -----------------------------------------------------------------------------------------------------------


def own_place(folder: Path) -> Path:
    """Where the automatic backups of the store in `folder` lie."""
    return folder / FOLDER


def backups(work: Work) -> tuple[BackupRow, ...]:
    """All backups made from this store, the last one first; `gone_at` tells of those that were destroyed."""
    table = local.backup
    columns = [column for column in table.columns if column.name != "key"]
    rows = work.connection.execute(select(*columns).order_by(literal_column("rowid").desc()))
    return tuple(_row(work, row._asdict()) for row in rows)


def is_reachable(row: BackupRow) -> bool:
    """Whether the backup is where it was made: the stick is in."""
    try:
        return row.gone_at is None and (Path(row.place) / VAULT).is_file()
    except OSError:
        return False


# -- going -------------------------------------------------------------------------------------------------------------


def prune(store: Store) -> None:
    """Destroy the automatic backups that are too many; what can't be destroyed now is tried again another day."""
    with store.work() as work:
        known = backups(work)
    automatic = [row for row in known if _is_ours(row, store.folder) and row.gone_at is None]
    stay = kept(automatic)
    for row in automatic:
        if row.id not in stay:
            with suppress(ExpectedError):
                destroy(store, row.id)


def kept(rows: Sequence[BackupRow]) -> Collection[str]:
    """Of automatic backups, the last one first, those that stay: of each reason the last one of each of the last ten
    days, and the last one of each of the last twelve months.
    """
    days: dict[str, set[Reason]] = {}
    months: set[str] = set()
    stay: set[str] = set()
    for row in rows:
        day, month = row.made_at[:10], row.made_at[:7]
        if day in days or len(days) < DAYS:
            reasons = days.setdefault(day, set())
            if row.reason not in reasons:
                reasons.add(row.reason)
                stay.add(row.id)
        if month not in months and len(months) < MONTHS:
            months.add(month)
            stay.add(row.id)
    return stay


def destroy(store: Store, backup_id: str) -> None:
    """Make a backup unreadable, then remove it: its vault is overwritten first, without which the rest is noise.

    Raises BackupUnknown, and BackupNotThere for one on a stick that is not in.
    """
    with store.work() as work:
        row = next((row for row in backups(work) if (row.id, row.gone_at) == (backup_id, None)), None)
    if row is None:
        raise BackupUnknown
    place = Path(row.place)
    with snapshot.disk_errors(place.name):
        if not place.is_dir() and not (_is_ours(row, store.folder) and _is_missing(place)):
            raise BackupNotThere(date=row.made_at[:10], place=row.place)
        for name in (VAULT, PREVIOUS):
            overwrite(place / name)
    ballast.room(store.folder, lambda: _note_gone(store, backup_id))
    ballast.room(store.folder, lambda: _empty_log(store))
    _remove(place)


def _note_gone(store: Store, backup_id: str) -> None:
    with store.work() as work:
        gone = update(local.backup).where(local.backup.c.id == backup_id)
        work.connection.execute(gone.values(key=b"", gone_at=work.now))


def _empty_log(store: Store) -> None:
    with store.bare() as driver:
        driver.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _is_ours(row: BackupRow, folder: Path) -> bool:
    """Whether a backup came here by itself, so that it goes by itself too."""
    return row.reason in _AUTOMATIC and Path(row.place).parent == own_place(folder.absolute())


def _is_missing(place: Path) -> bool:
    """Whether the folder that a backup was made in is there, and the backup is not in it."""
    return place.parent.is_dir() and not os.path.lexists(place)


def rewrap_all(store: Store, live: Vault, keys: Keys) -> tuple[BackupRow, ...]:
    """Write the vaults of all backups within reach anew with the slots of the live one, over the same databases; gives
    those that could not be. Who kept a backup's old vault can put it back: only `backup_renewal` ends that.
    """
    left = []
    for row, noted in standing(store):
        try:
            rewrap(row, present_key(row, noted, keys), live, keys)
        except OUT_OF_REACH:
            left.append(row)
    return tuple(left)


def rewrap(row: BackupRow, key: bytes, live: Vault, keys: Keys, former: bytes | None = None) -> None:
    """Write the vault of a backup anew, over a database with this key or a `former` one. Raises OUT_OF_REACH."""
    place = Path(row.place)
    found = read_keeper(row)
    changed = vault.rewrapped(found, live, keys, key, former)
    if found.purpose == "store":  # one that was set aside
        changed = vault.for_store(changed, keys)
    write_whole(place / VAULT, vault.encode(changed), private=True)
    overwrite(place / PREVIOUS)
    (place / PREVIOUS).unlink(missing_ok=True)


def read_keeper(row: BackupRow) -> Vault:
    """The vault of a backup. Raises OUT_OF_REACH."""
    return vault.decode(read_limited(Path(row.place) / VAULT, vault.VAULT_LIMIT))


def standing(store: Store) -> list[tuple[BackupRow, bytes]]:
    """The backups that were not destroyed, the last one first, with the keys noted for them."""
    with store.work() as work:
        keys = {row.id: row.key for row in work.connection.execute(select(local.backup))}
        return [(row, keys[row.id]) for row in backups(work) if row.gone_at is None]


def present_key(row: BackupRow, noted: bytes, keys: Keys) -> bytes:
    """The key that a backup's database is under: the noted one, or one in its vault that an accident kept from being
    noted. Raises OUT_OF_REACH.
    """
    found, database = read_keeper(row), Path(row.place) / DATABASE
    known = [noted] if noted else []
    with suppress(VaultDamaged):
        known += vault.store_keys(found, keys)
    for key in known:
        with suppress(StoreDamaged), snapshot.reading(database, [key], live=found.purpose == "store"):
            return key
    raise StoreDamaged


# -- files -------------------------------------------------------------------------------------------------------------


def _row(work: Work, values: dict[str, Any]) -> BackupRow:
    place = resolved(values["place"], work.folder)
    return BackupRow(**{**values, "place": place, "reason": Reason(values["reason"])})


def _sequence(work: Work) -> int:
    table = local.journal
    found = work.connection.execute(select(func.max(table.c.sequence)).where(table.c.device == work.info.device))
    return int(found.scalar_one() or 0)


def _size(source: Any) -> int:
    [pages], [size] = (source.execute(f"PRAGMA {name}").fetchone() for name in ("page_count", "page_size"))
    return int(pages) * int(size)


def _sweep(place: Path) -> None:
    """Remove what a pulled stick or a power cut left of earlier backups."""
    for leftover in place.iterdir():
        if _UNFINISHED.fullmatch(leftover.name) and leftover.is_dir():
            _remove(leftover)


def overwrite(path: Path) -> None:
    """Put noise in the place of what a file holds."""
    with suppress(FileNotFoundError), path.open("r+b") as file:
        for left in range(path.stat().st_size, 0, -_AT_ONCE):
            file.write(os.urandom(min(left, _AT_ONCE)))
        file.flush()
        os.fsync(file.fileno())


def _remove(place: Path) -> None:
    """Remove a backup's folder and its files; what else somebody put there stays."""
    with suppress(OSError):
        for name in (*_NAMES, *(found.name for found in place.glob(".*.tmp"))):
            (place / name).unlink(missing_ok=True)
        place.rmdir()


@contextmanager
def _undone(unfinished: Path) -> Iterator[None]:
    try:
        yield
    except BaseException:
        _remove(unfinished)
        raise
