# SPDX-License-Identifier: GPL-3.0-or-later
"""Looking into a backup: what it holds, told before anybody restores it. All of it is read; nothing is written but
the count of wrong passphrases, which is that of the store in `folder`: backups have its slots, and would be guessed at
without waiting. Opening one clears no count, for anybody may bring a backup that they can open.

A store that was set aside by an earlier restore can be looked into, and restored, just so.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from trafficwatch.errors import FileError
from trafficwatch.models.backups import Contents
from trafficwatch.store import schema, snapshot, tries, vault
from trafficwatch.store.backup import SAYS
from trafficwatch.store.connection import StoreDamaged
from trafficwatch.store.files import read_limited
from trafficwatch.store.folder import DATABASE, VAULT
from trafficwatch.store.snapshot import Facts
from trafficwatch.store.vault import Keys, Vault, VaultDamaged, VaultNewer, WrongPassphrase


class NoBackup(FileError):
    """There is no backup in that folder; parameter `file`."""

    key = "no_backup"


class BackupDamaged(FileError):
    """The backup can't be read as it was written; parameter `file`."""

    key = "backup_damaged"


@dataclass(frozen=True, slots=True)
class Source:
    """The backup, opened and read through."""

    folder: Path
    vault: Vault
    keys: Keys
    database_keys: tuple[bytes, ...]
    facts: Facts
    is_live: bool

    @property
    def size(self) -> int:
        return (self.folder / DATABASE).stat().st_size


def find(place: Path) -> tuple[Path, ...]:
    """The backups in a folder somebody chose: it may be one, or hold some. The latest by name first."""
    try:
        inside = sorted((path for path in place.iterdir() if path.is_dir()), reverse=True)
    except OSError:
        return ()
    return tuple(path for path in (place, *inside) if _is_backup(path))


def look(
    folder: Path,
    backup: Path,
    secret: str,
    *,
    is_code: bool = False,
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> Contents:
    """What a backup holds, after reading all of it; `secret` is a passphrase or the recovery code of its day.

    Raises NoBackup, BackupDamaged, WrongPassphrase, TooSoon, WrongRecoveryCode, StoreNewer, VaultNewer.
    """
    return contents(open_backup(folder, backup, secret, is_code=is_code, clock=clock))


def _is_backup(path: Path) -> bool:
    try:
        return vault.decode(read_limited(path / VAULT, vault.VAULT_LIMIT)).purpose == "backup"
    except (FileError, VaultDamaged, VaultNewer):
        return False


def open_backup(folder: Path, backup: Path, secret: str, *, is_code: bool, clock: Callable[[], datetime]) -> Source:
    try:
        is_there = (backup / VAULT).is_file() and (backup / DATABASE).is_file()
        is_itself = is_there and folder.exists() and folder.samefile(backup)
    except OSError:  # a name that no disk can have
        is_there = is_itself = False
    if is_itself or not is_there:
        raise NoBackup(file=backup.name[:100])
    try:
        found = vault.decode(read_limited(backup / VAULT, vault.VAULT_LIMIT))
        keys = _guarded(folder, found, secret, is_code=is_code, clock=clock)
        database_keys, is_live = vault.store_keys(found, keys), found.purpose == "store"
        with snapshot.reading(backup / DATABASE, database_keys, live=is_live) as connection:
            facts = snapshot.facts(connection)
            if not snapshot.pages_hold(connection):
                raise StoreDamaged
    except (StoreDamaged, VaultDamaged, FileError):
        raise BackupDamaged(file=backup.name) from None
    if facts.revision > schema.HEAD:  # revisions are numbered
        raise schema.StoreNewer(version=str(facts.info.get("written_by") or facts.revision))
    return Source(backup, found, keys, database_keys, facts, is_live)


def _guarded(folder: Path, found: Vault, secret: str, *, is_code: bool, clock: Callable[[], datetime]) -> Keys:
    if not is_code:
        tries.check(folder, clock())
    try:
        return way_in(found, secret, is_code=is_code)
    except WrongPassphrase:
        tries.note_wrong(folder, clock())
        raise


def way_in(found: Vault, secret: str, *, is_code: bool) -> Keys:
    return (vault.open_with_recovery_code if is_code else vault.open_with_passphrase)(found, secret)


def contents(source: Source) -> Contents:
    said, facts = source.facts.info.get(SAYS) or {}, source.facts
    return Contents(
        made_at=said.get("made_at") or facts.info["created_at"],
        version=str(facts.info["written_by"]),
        side=facts.info["side"],
        code=facts.info["code"],
        name=facts.info["name"],
        practice=facts.info["practice"],
        device=facts.device,
        sequence=facts.sequence,
        counts=facts.counts,
        size=source.size,
    )
