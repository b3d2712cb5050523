# SPDX-License-Identifier: GPL-3.0-or-later
"""Panic wipe: take the volunteers' keys off this laptop, so that nobody here can be made to open the data.

What go are slots of the vault, not the data: with the recovery sheet or the PPT's help they open again, unless those
slots go too. The same happens to the vaults of every backup within reach; one that can't be changed is made unreadable.
First go the backups inside the store's folder, then its own vault, then backups elsewhere: whatever breaks it off, the
desk opens as before and wipes again, or nothing in its folder opens but with the sheet. No backup and no error of the
store stops the rest; what could not be reached is told. What was copied away before, nobody can reach from here.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import msgspec

from trafficwatch.errors import ExpectedError
from trafficwatch.models.backups import BackupRow
from trafficwatch.store import ballast, vault
from trafficwatch.store.backup import backups, is_reachable
from trafficwatch.store.files import DiskFull, read_limited
from trafficwatch.store.folder import OLD, PREVIOUS, VAULT, destroy, exchange, read_vault, rewrite
from trafficwatch.store.vault import Keys, Vault
from trafficwatch.store.vault_format import signed
from trafficwatch.store.vault_keys import require_own
from trafficwatch.store.work import Store

WIPED = "panic_wipe"
_SPOOL = "spool"
"""Sealed bundles on their way over the network (`sync.network`): only a store opens them, and they go as well."""
_VAULTS = (VAULT, PREVIOUS, ".*.tmp", f".*{OLD}")
"""Where slots may stand: vaults, and what an accident left of a vault that was being written."""


@dataclass(frozen=True, slots=True)
class Keepers:
    """Who could still open this desk after a wipe; `elsewhere` are backups out of reach, which open as before, and so
    do vaults in the folders `unchanged`, which are within reach but write-protected or failing. `is_listed` is False
    when the store could not say which backups there are.
    """

    recovery: bool
    escrow: bool
    elsewhere: tuple[BackupRow, ...]
    unchanged: tuple[str, ...] = ()
    is_listed: bool = True


def keepers(store: Store) -> Keepers:
    """Who could open this desk after a wipe of the volunteers' keys."""
    rows = _rows(store)
    protected = (row.place for row in rows or () if is_reachable(row) and not _may_change(Path(row.place)))
    return _keepers(read_vault(store.folder), rows, protected)


def wipe(store: Store, *, also_codes: bool) -> Keepers:
    """Remove the volunteers' slots, with `also_codes` those of the recovery sheet and the PPT as well: then nobody
    opens this desk any more. Gives who still can. Raises FileNotWritable, DiskFull, VaultDamaged, and then the desk
    opens as before, while backups may not; once its own vault is changed nothing raises.

    The store must be closed, and the process ended, at once: its keys are still in memory.
    """
    ballast.release(store.folder)
    found = read_vault(store.folder)
    wiped = _without(found, store.keys, also_codes=also_codes)
    unchanged: set[str] = set()

    def go_through(paths: Iterable[Path]) -> None:
        for path in paths:
            try:
                _wipe_copy(path, found.vault, store.keys, also_codes=also_codes)
            except (ExpectedError, OSError):
                unchanged.add(str(path.parent))

    rows = _rows(store)
    go_through(_files(store.folder, "*/**/"))
    _wipe_own(store.folder, wiped)
    with suppress(Exception), store.work() as work:  # a note is no reason to keep the keys
        work.note(WIPED, "device", work.info.device, "all keys" if also_codes else "volunteers' keys")
    shutil.rmtree(store.folder / _SPOOL, ignore_errors=True)
    go_through((*_beside(store.folder, wiped), *_backups(store.folder, rows or ())))
    return _keepers(wiped, rows, unchanged)


def _wipe_own(folder: Path, wiped: Vault) -> None:
    """Exchange the store's own vaults; raises only if the vault itself still has the slots."""
    for name in (PREVIOUS, VAULT):
        try:
            exchange(folder / name, vault.encode(wiped))
        except ExpectedError:
            if name == VAULT and not _is_wiped(folder / VAULT, wiped):
                raise


def _is_wiped(path: Path, wiped: Vault) -> bool:
    try:
        return vault.decode(read_limited(path, vault.VAULT_LIMIT)).slots == wiped.slots
    except ExpectedError:
        return False


def _keepers(found: Vault, rows: Iterable[BackupRow] | None, unchanged: Iterable[str]) -> Keepers:
    kinds = {slot.kind for slot in found.slots}
    elsewhere = tuple(row for row in rows or () if row.gone_at is None and not is_reachable(row))
    places = tuple(sorted(unchanged))
    return Keepers("recovery" in kinds, "escrow" in kinds, elsewhere, places, is_listed=rows is not None)


def _rows(store: Store) -> tuple[BackupRow, ...] | None:
    """The backups that the store knows; None if it can't say, which is no reason to keep any keys."""
    with suppress(Exception), store.work() as work:
        return backups(work)
    return None


def _may_change(place: Path) -> bool:
    return os.access(place, os.W_OK) and os.access(place / VAULT, os.W_OK)


def _without(found: Vault, keys: Keys, *, also_codes: bool) -> Vault:
    """The vault without the slots; unlike `vault.without` it may leave no way in at all."""
    require_own(found, keys)
    left = () if also_codes else tuple(slot for slot in found.slots if slot.kind != "passphrase")
    return signed(msgspec.structs.replace(found, slots=left), keys.master)


def _beside(folder: Path, wiped: Vault) -> Iterator[Path]:
    """What an accident left beside the store's own vault; the previous one too if it could not be exchanged."""
    done = {folder / VAULT, *(path for path in (folder / PREVIOUS,) if _is_wiped(path, wiped))}
    yield from (path for path in _files(folder, "") if path not in done)


def _backups(folder: Path, rows: Iterable[BackupRow]) -> Iterator[Path]:
    """The files with slots of the backups that lie elsewhere and are within reach."""
    for row in rows:
        if is_reachable(row) and not Path(row.place).is_relative_to(folder.absolute()):
            yield from _files(Path(row.place), "")


def _files(place: Path, below: str) -> list[Path]:
    found = []
    for name in _VAULTS:
        with suppress(OSError):  # a stick that is being pulled
            found += [path for path in sorted(place.glob(below + name)) if path.is_file()]
    return found


def _wipe_copy(path: Path, vault_id: str, keys: Keys, *, also_codes: bool) -> None:
    """Change another vault file, leave it alone if it is another store's, destroy it where only that helps."""
    try:
        wanted = _wiped_copy(path, vault_id, keys, also_codes=also_codes)
    except ExpectedError:
        destroy(path)
        return
    if wanted is None:
        return
    try:
        exchange(path, wanted)
    except DiskFull:
        rewrite(path, wanted)


def _wiped_copy(path: Path, vault_id: str, keys: Keys, *, also_codes: bool) -> bytes | None:
    """What takes the place of another vault file; None for the practice desk's, which lies inside this folder too.
    Raises ExpectedError for what is no vault that this program can change.
    """
    found = vault.decode(read_limited(path, vault.VAULT_LIMIT))
    if path.suffix != ".json":
        raise vault.VaultDamaged
    return vault.encode(_without(found, keys, also_codes=also_codes)) if found.vault == vault_id else None
