# SPDX-License-Identifier: GPL-3.0-or-later
"""Panic wipe: take the volunteers' keys off this laptop, so that nobody here can be made to open the data.

What goes are slots of the vault, not the data: with the recovery sheet or the PPT's help they open again, unless those
slots go too. The same happens to the vaults of every backup within reach; one that can't be changed is made unreadable.
The new vault stands before the old bytes are overwritten, so an accident on the way leaves a store that still opens
with the sheet, and the wipe can be pressed again. What was copied away before, nobody can reach from here.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import msgspec

from trafficwatch.errors import ExpectedError
from trafficwatch.models.backups import BackupRow
from trafficwatch.store import ballast, vault
from trafficwatch.store.backup import backups, is_reachable
from trafficwatch.store.files import FileNotWritable, read_limited, stage, sync_folder
from trafficwatch.store.folder import PREVIOUS, VAULT, read_vault
from trafficwatch.store.vault import Keys, Vault
from trafficwatch.store.vault_format import signed
from trafficwatch.store.vault_keys import require_own
from trafficwatch.store.work import Store

WIPED = "panic_wipe"
_OLD = ".old"
_VAULTS = (VAULT, PREVIOUS, ".*.tmp", f".*{_OLD}")
"""Where slots may stand: vaults, and what an accident left of a vault that was being written."""


@dataclass(frozen=True, slots=True)
class Keepers:
    """Who could still open this desk after a wipe; `elsewhere` are backups out of reach, which open as before."""

    recovery: bool
    escrow: bool
    elsewhere: tuple[BackupRow, ...]


def keepers(store: Store) -> Keepers:
    """Who could open this desk after a wipe of the volunteers' keys."""
    kinds = {slot.kind for slot in read_vault(store.folder).slots}
    return Keepers("recovery" in kinds, "escrow" in kinds, _elsewhere(store))


def wipe(store: Store, *, also_codes: bool) -> Keepers:
    """Remove the volunteers' slots, with `also_codes` those of the recovery sheet and the PPT as well: then nobody
    opens this desk any more. Gives who still can. Raises FileNotWritable, DiskFull, VaultDamaged.

    The store must be closed, and the process ended, at once: its keys are still in memory.
    """
    ballast.release(store.folder)
    found, left = read_vault(store.folder), _elsewhere(store)
    wiped = _without(found, store.keys, also_codes=also_codes)
    with suppress(ExpectedError), store.work() as work:  # a note is no reason to keep the keys
        work.note(WIPED, "device", work.info.device, "all keys" if also_codes else "volunteers' keys")
    for name in (PREVIOUS, VAULT):
        _exchange(store.folder / name, wiped)
    for path in (*_beside(store.folder), *_backups(store)):
        _exchange(path, _wiped_copy(path, found.vault, store.keys, also_codes=also_codes))
    kinds = {slot.kind for slot in wiped.slots}
    return Keepers("recovery" in kinds, "escrow" in kinds, left)


def _without(found: Vault, keys: Keys, *, also_codes: bool) -> Vault:
    """The vault without the slots; unlike `vault.without` it may leave no way in at all."""
    require_own(found, keys)
    left = () if also_codes else tuple(slot for slot in found.slots if slot.kind != "passphrase")
    return signed(msgspec.structs.replace(found, slots=left), keys.master)


def _elsewhere(store: Store) -> tuple[BackupRow, ...]:
    with store.work() as work:
        return tuple(row for row in backups(work) if row.gone_at is None and not is_reachable(row))


def _beside(folder: Path) -> Iterator[Path]:
    """Every file with slots of this store inside its folder, but for the two that were exchanged already."""
    own = {folder / VAULT, folder / PREVIOUS}
    yield from (path for name in _VAULTS for path in sorted(folder.rglob(name)) if path.is_file() and path not in own)


def _backups(store: Store) -> Iterator[Path]:
    """The vaults of the backups that lie elsewhere and are within reach."""
    with store.work() as work:
        rows = [row for row in backups(work) if is_reachable(row)]
    for row in rows:
        place = Path(row.place)
        if not place.is_relative_to(store.folder.absolute()):
            yield from (path for name in _VAULTS for path in sorted(place.glob(name)) if path.is_file())


def _wiped_copy(path: Path, vault_id: str, keys: Keys, *, also_codes: bool) -> Vault | bytes | None:
    """What takes the place of another vault file: itself for another store's, None where only removal helps."""
    if path.name not in {VAULT, PREVIOUS}:
        return None
    try:
        content = read_limited(path, vault.VAULT_LIMIT)
    except ExpectedError:
        return None
    try:
        found = vault.decode(content)
        if found.vault != vault_id:
            return content  # the practice desk lies inside this folder too
        return _without(found, keys, also_codes=also_codes)
    except ExpectedError:
        return None


def _exchange(path: Path, wanted: Vault | bytes | None) -> None:
    """Put the new vault into a file's place, or nothing, and overwrite the bytes that were there."""
    if isinstance(wanted, bytes):
        return
    try:
        if wanted is None:
            _destroy(path)
            return
        staged, aside = stage(path, vault.encode(wanted), private=True), None
        try:
            if path.exists():
                aside = path.rename(path.with_name(f".{secrets.token_hex(6)}{_OLD}"))
            staged.publish()
        except BaseException:
            staged.discard()
            if aside is not None:
                aside.rename(path)
            raise
        if aside is not None:
            _destroy(aside)
    except OSError:
        raise FileNotWritable(file=path.name) from None


def _destroy(path: Path) -> None:
    with path.open("r+b") as file:
        file.write(os.urandom(path.stat().st_size))
        file.flush()
        os.fsync(file.fileno())
    path.unlink()
    sync_folder(path.parent)
