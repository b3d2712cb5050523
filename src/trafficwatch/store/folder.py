# SPDX-License-Identifier: GPL-3.0-or-later
"""A store's folder: its vault's two files, read and changed, and its database, opened with a vault's keys."""

from __future__ import annotations

import re
from contextlib import suppress
from pathlib import Path

from sqlalchemy import Engine

from trafficwatch.errors import StoreError
from trafficwatch.store import vault
from trafficwatch.store.connection import StoreDamaged, StoreDiskFailed, connect
from trafficwatch.store.files import FileTooLarge, StagedFiles, read_limited
from trafficwatch.store.vault import Keys, Vault, VaultDamaged

VAULT, PREVIOUS, DATABASE = "vault.json", "vault.previous.json", "store.db"
_PAGE = 4096
_LEFTOVER = re.compile(r"\.[0-9a-f]{12}\.tmp")


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
    """Remove the temporary files that a power cut has left of writing here."""
    for leftover in folder.glob(".*.tmp"):
        if _LEFTOVER.fullmatch(leftover.name):
            with suppress(OSError):
                leftover.unlink()


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
