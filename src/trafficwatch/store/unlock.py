# SPDX-License-Identifier: GPL-3.0-or-later
"""Making, opening and changing a store's folder: `vault.json` (keys) beside `store.db` (everything else).

Creating writes the database first and the vault last: a folder without a vault is no store, and set-up starts again.
A database found without its vault is set aside, never deleted: the vault may turn up in a backup.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Engine
from sqlalchemy.exc import DatabaseError

from trafficwatch import __version__
from trafficwatch.errors import InputError, StoreError
from trafficwatch.models.fields import Side
from trafficwatch.store import info, schema, vault
from trafficwatch.store.connection import StoreDamaged, StoreDiskFailed, connect, named_errors
from trafficwatch.store.files import FileNotWritable, FileTooLarge, StagedFiles, read_limited, write_whole
from trafficwatch.store.vault import Keys, Stretching, Vault, VaultDamaged
from trafficwatch.store.work import Store

VAULT, PREVIOUS, DATABASE = "vault.json", "vault.previous.json", "store.db"
MIN_PASSPHRASE = 12
_PAGE = 4096

Clock = Callable[[], datetime]


class NoStore(StoreError):
    """There is no store in that folder yet."""

    key = "no_store"


class StoreExists(StoreError):
    """There is a store already; nothing was touched."""

    key = "store_exists"


class PassphraseTooShort(InputError):
    """A new passphrase is shorter than allowed; parameter `minimum` (characters)."""

    key = "passphrase_too_short"


def utc_now() -> datetime:
    return datetime.now(UTC)


def create_store(
    folder: Path,
    passphrase: str,
    volunteer: str,
    *,
    trained: bool,
    side: Side,
    code: str,
    name: str,
    practice: bool,
    clock: Clock = utc_now,
    stretching: Stretching | None = None,
) -> tuple[Store, str]:
    """A new store with one volunteer's slot (`volunteer` is a UUID); also the recovery code, shown this once."""
    if _is_there(folder / VAULT) or _is_there(folder / PREVIOUS):
        raise StoreExists
    _check_passphrase(passphrase)
    _make_room(folder)
    new_vault, keys, code_to_print = vault.create(
        passphrase, volunteer, trained=trained, stretching=stretching or vault.calibrate()
    )
    settings = info.Info(
        side=side,
        code=code,
        name=name,
        device=secrets.token_hex(8),
        epoch=secrets.token_hex(8),
        practice=practice,
        written_by=__version__,
        created_at=clock().isoformat(timespec="seconds"),
    )
    engine = connect(folder / DATABASE, vault.store_key(new_vault, keys.master))
    try:
        with named_errors():
            schema.create(engine)
            with engine.begin() as connection:
                info.save(connection, settings)
        write_whole(folder / VAULT, vault.encode(new_vault), private=True)
    except BaseException:
        engine.dispose()
        raise
    return Store(folder, engine, keys, clock), code_to_print


def open_store(folder: Path, passphrase: str, *, clock: Clock = utc_now) -> Store:
    """Unlock with a volunteer's passphrase. Raises StoreError subclasses; touches nothing on failure."""
    found = _read_vault(folder)
    return _open(folder, found, vault.open_with_passphrase(found, passphrase), clock)


def recover_store(folder: Path, code: str, *, clock: Clock = utc_now) -> Store:
    """Unlock with the printed recovery code."""
    found = _read_vault(folder)
    return _open(folder, found, vault.open_with_recovery_code(found, code), clock)


def stage_volunteer_slot(
    store: Store,
    files: StagedFiles,
    passphrase: str,
    volunteer: str,
    *,
    trained: bool,
    stretching: Stretching | None = None,
) -> None:
    """Give a volunteer a way in, in place of an earlier one; it counts when the staged vault appears.

    The case key goes along only with training.
    """
    _check_passphrase(passphrase)
    current = _read_vault(store.folder)
    grown = vault.add_volunteer(
        current, store.keys, passphrase, volunteer, trained=trained, stretching=stretching or vault.calibrate()
    )
    files.add(store.folder / PREVIOUS, vault.encode(current), private=True)
    files.add(store.folder / VAULT, vault.encode(grown), private=True)


def stage_recovery_slot(store: Store, files: StagedFiles, *, nothing_sealed: bool = False) -> str:
    """A new recovery code in place of the earlier one; it counts when the staged vault appears. Gives the code.

    The earlier code opens nothing from then on: the previous vault is written from the new one too. `nothing_sealed` as
    in `vault.renew_recovery`.
    """
    renewed, code = vault.renew_recovery(_read_vault(store.folder), store.keys, nothing_sealed=nothing_sealed)
    for name in (VAULT, PREVIOUS):
        files.add(store.folder / name, vault.encode(renewed), private=True)
    return code


def check_recovery_code(store: Store, code: str) -> None:
    """Raise WrongRecoveryCode, or which group is mistyped, unless this code opens the vault of this store."""
    if vault.open_with_recovery_code(_read_vault(store.folder), code).master != store.keys.master:
        raise VaultDamaged


def _make_room(folder: Path) -> None:
    aside = secrets.token_hex(4)
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for leftover in folder.glob(f"{DATABASE}*"):
            leftover.rename(folder / f"left-{aside}-{leftover.name}")
    except OSError:
        raise FileNotWritable(file=folder.name) from None


def _check_passphrase(passphrase: str) -> None:
    if len(" ".join(passphrase.split())) < MIN_PASSPHRASE:
        raise PassphraseTooShort(minimum=MIN_PASSPHRASE)


def _is_there(path: Path) -> bool:
    """Whether this name is taken; raises StoreDiskFailed for a folder that can't be looked into."""
    try:
        return path.exists()
    except OSError:
        raise StoreDiskFailed from None


def _read_vault(folder: Path) -> Vault:
    if not _is_there(folder / VAULT):
        if _is_there(folder / PREVIOUS):
            raise VaultDamaged
        raise NoStore
    try:
        return vault.decode(read_limited(folder / VAULT, vault.VAULT_LIMIT))
    except FileTooLarge:
        raise VaultDamaged from None


def _open(folder: Path, found: Vault, keys: Keys, clock: Clock) -> Store:
    database = folder / DATABASE
    try:
        if not database.is_file() or database.stat().st_size < _PAGE:  # SQLite would make a new store of it
            raise StoreDamaged
        engine = connect(database, vault.store_key(found, keys.master))
    except OSError:
        raise StoreDiskFailed from None
    try:
        _check_schema(engine)
    except BaseException:
        engine.dispose()
        raise
    return Store(folder, engine, keys, clock)


def _check_schema(engine: Engine) -> None:
    try:
        with named_errors(), engine.begin() as connection:
            schema.check(connection)
    except DatabaseError:
        raise StoreDamaged from None
