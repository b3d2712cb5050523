# SPDX-License-Identifier: GPL-3.0-or-later
"""A store's folder: its vault's two files, read and changed, and its database, opened with a vault's keys.

`exchange` puts a file in another one's place so that at every moment one of them stands there, and nothing of the old
one is left on the disk; what a power cut leaves of that, or of any writing, `sweep` takes away at the next unlock.
"""

from __future__ import annotations

import os
import re
import secrets
import sys
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from sqlalchemy import Engine

from trafficwatch.errors import StoreError
from trafficwatch.store import vault
from trafficwatch.store.connection import StoreDamaged, StoreDiskFailed, connect
from trafficwatch.store.files import (
    FileNotWritable,
    FileTooLarge,
    Staged,
    StagedFiles,
    read_limited,
    stage,
    sync_folder,
)
from trafficwatch.store.vault import Keys, Vault, VaultDamaged

VAULT, PREVIOUS, DATABASE = "vault.json", "vault.previous.json", "store.db"
OLD = ".old"
"""Ends the second name of a file that is being exchanged, for as long as its bytes have to be overwritten."""
_PAGE = 4096
_LEFTOVER = re.compile(r"\.[0-9a-f]{12}\.(tmp|old)")
_PLACES = ("", "backups/*/")


class NoStore(StoreError):
    """There is no store in that folder yet."""

    key = "no_store"


def is_there(path: Path) -> bool:
    """Whether this name is taken; raises StoreDiskFailed for a folder that can't be looked into."""
    try:
        return path.exists()
    except OSError:
        raise StoreDiskFailed from None


def sweep(folder: Path) -> None:
    """Remove what a power cut has left of writing here and in the backups beside; what held slots is overwritten."""
    for place in _PLACES:
        for leftover in folder.glob(f"{place}.*"):
            if _LEFTOVER.fullmatch(leftover.name):
                with suppress(OSError):
                    destroy(leftover) if leftover.suffix == OLD else leftover.unlink()


def as_noted(place: Path, folder: Path) -> str:
    """How the store in `folder` notes a place: from itself on where it lies inside, for it may be moved as a whole."""
    real, inside = Path(os.path.realpath(place)), os.path.realpath(folder)
    return real.relative_to(inside).as_posix() if real.is_relative_to(inside) else str(place.absolute())


def resolved(place: str, folder: Path) -> str:
    """Where a place is that the store in `folder` noted."""
    return str(folder.absolute() / place)


def exchange(path: Path, content: bytes) -> None:
    """Put `content` in a file's place and overwrite the bytes that stood there, which must not come back.

    The old bytes keep a second name meanwhile; a power cut leaves it to `sweep`. Raises DiskFull, FileNotWritable,
    WriteNotVerified: then the old content stands, or the new one and the second name.
    """
    staged = stage(path, content, private=True)
    try:
        _publish(staged, content)
    except OSError:
        raise FileNotWritable(file=path.name) from None
    finally:
        staged.discard()


def rewrite(path: Path, content: bytes) -> None:
    """Write `content` over a file's own bytes: needs no room and no second name, but an accident leaves it torn."""
    try:
        with path.open("r+b") as file:
            file.write(content.ljust(os.fstat(file.fileno()).st_size))
            file.truncate(len(content))
            file.flush()
            os.fsync(file.fileno())
    except OSError:
        raise FileNotWritable(file=path.name) from None


def destroy(path: Path) -> None:
    """Overwrite a file and remove it; of a vault that still stands, only this second name. Raises OSError."""
    if not any(_is_same(path, path.with_name(name)) for name in (VAULT, PREVIOUS) if name != path.name):
        with path.open("r+b") as file:
            _overwrite(file)
    path.unlink()
    sync_folder(path.parent)


def _publish(staged: Staged, content: bytes) -> None:
    path = staged.path
    if not path.exists():
        staged.publish()
        return
    second = path.with_name(f".{secrets.token_hex(6)}{OLD}")
    try:
        second.hardlink_to(path)
    except OSError:  # a stick without second names
        if sys.platform == "win32":  # where an open file can't be replaced either
            rewrite(path, content)
            return
        with path.open("r+b") as old:
            staged.publish()
            _overwrite(old)
        return
    try:
        sync_folder(path.parent)
        staged.publish()
    finally:
        destroy(second)


def _overwrite(file: BinaryIO) -> None:
    file.write(os.urandom(os.fstat(file.fileno()).st_size))
    file.flush()
    os.fsync(file.fileno())


def _is_same(path: Path, other: Path) -> bool:
    try:
        return path.samefile(other)
    except FileNotFoundError:
        return False


def read_vault(folder: Path) -> Vault:
    """The vault of a store; raises NoStore, VaultDamaged, VaultNewer."""
    if not is_there(folder / VAULT):
        if is_there(folder / PREVIOUS):
            raise VaultDamaged
        raise NoStore
    try:
        found = vault.decode(read_limited(folder / VAULT, vault.VAULT_LIMIT))
    except FileTooLarge:
        raise VaultDamaged from None
    if found.purpose != "store":
        raise VaultDamaged
    return found


def stage_vault(files: StagedFiles, folder: Path, current: Vault, changed: Vault) -> None:
    """Let `changed` take the place of `current`, which stays as the previous one if it only grew.

    What was taken away or sealed anew must not open from the previous file: then both are the new vault.
    """
    keys, new_keys = ((each.store, each.former, each.cases) for each in (current, changed))
    grew = keys == new_keys and all(slot in changed.slots for slot in current.slots)
    files.add(folder / PREVIOUS, vault.encode(current if grew else changed), private=True)
    files.add(folder / VAULT, vault.encode(changed), private=True)


def open_database(folder: Path, found: Vault, keys: Keys) -> Engine:
    """The database with the store key of the vault, or with the former one while a rotation has not reached it."""
    database, refused = folder / DATABASE, StoreDamaged()
    for key in vault.store_keys(found, keys):
        try:
            if not database.is_file() or database.stat().st_size < _PAGE:  # SQLite would make a new store of it
                raise StoreDamaged
            return connect(database, key)
        except OSError:
            raise StoreDiskFailed from None
        except StoreDamaged as error:
            refused = error
    raise refused
