# SPDX-License-Identifier: GPL-3.0-or-later
"""Making, opening and changing a store's folder: `vault.json` (keys) beside `store.db` (everything else).

Creating writes the database first, with all that the new desk begins with, and the vault last: a folder without a vault
is no store, and set-up starts again. A database found without its vault is set aside, never deleted: the vault may turn
up in a backup. Opening finishes what was broken off before, and says so in `Store.findings`.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from contextlib import ExitStack, suppress
from datetime import UTC, datetime
from pathlib import Path

from trafficwatch import __version__
from trafficwatch.errors import InputError, StoreError
from trafficwatch.models.fields import Side
from trafficwatch.store import (
    alone,
    ballast,
    info,
    mark,
    restore,
    rotation,
    schema,
    tries,
    unacknowledged,
    upgrading,
    vault,
)
from trafficwatch.store.connection import connect, named_errors
from trafficwatch.store.files import FileNotWritable, StagedFiles, write_whole
from trafficwatch.store.folder import (
    DATABASE,
    PREVIOUS,
    VAULT,
    NoStore,
    is_there,
    open_database,
    read_vault,
    stage_vault,
    sweep,
)
from trafficwatch.store.vault import Keys, Stretching, Vault, VaultDamaged, WrongPassphrase, WrongRecoveryCode
from trafficwatch.store.work import Store, Work

__all__ = [
    "DATABASE",
    "PREVIOUS",
    "VAULT",
    "Clock",
    "NoStore",
    "PassphraseTooShort",
    "StoreExists",
    "check_passphrase",
    "check_recovery_code",
    "create_store",
    "open_store",
    "recover_store",
    "stage_recovery_slot",
    "stage_volunteer_slot",
    "utc_now",
]

MIN_PASSPHRASE = 12

Clock = Callable[[], datetime]


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
    begin: Callable[[Work], None] = lambda _: None,
) -> tuple[Store, str]:
    """A new store with one volunteer's slot (`volunteer` is a UUID); also the recovery code, shown this once.

    `begin` writes what the desk begins with. Before the vault is there, last of all, there is no store.
    """
    _check_free(folder)
    check_passphrase(passphrase)
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError:
        raise FileNotWritable(file=folder.name) from None
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
    with ExitStack() as closing:
        closing.callback(alone.hold(folder).release)
        _check_free(folder)
        _set_aside(folder)
        half_done = closing.enter_context(ExitStack())
        half_done.callback(_discard, folder)
        engine = connect(folder / DATABASE, vault.store_keys(new_vault, keys)[0])
        store = Store(folder, engine, keys, clock, closing)
        with named_errors():
            schema.create(engine)
            with engine.begin() as connection:
                info.save(connection, settings)
        with store.work() as work:
            begin(work)
        write_whole(folder / VAULT, vault.encode(new_vault), private=True)
        half_done.pop_all()
        store.closing = closing.pop_all()
    return store, code_to_print


def open_store(folder: Path, passphrase: str, *, clock: Clock = utc_now, marks: Path | None = None) -> Store:
    """Unlock with a volunteer's passphrase; `marks` is where high-water marks lie.

    Raises StoreError subclasses, TooSoon among them; touches nothing on failure but the count of wrong tries.
    """

    def way_in(found: Vault) -> Keys:
        tries.check(folder, clock())
        try:
            keys = vault.open_with_passphrase(found, passphrase)
        except WrongPassphrase:
            tries.note_wrong(folder, clock())
            raise
        tries.clear(folder)
        return keys

    return _open(folder, way_in, clock, marks)


def recover_store(folder: Path, code: str, *, clock: Clock = utc_now, marks: Path | None = None) -> Store:
    """Unlock with the printed recovery code, or with the one that the PPT keeps (`Store.keys.kind`).

    Whoever has it needs not wait for wrong passphrases of before.
    """
    store = _open(folder, lambda found: vault.open_with_recovery_code(found, code), clock, marks)
    tries.clear(folder)
    return store


def _open(folder: Path, way_in: Callable[[Vault], Keys], clock: Clock, marks: Path | None) -> Store:
    with ExitStack() as closing:
        if not any(is_there(folder / name) for name in (VAULT, PREVIOUS, restore.READY)):
            raise NoStore
        closing.callback(alone.hold(folder).release)
        store = ballast.room(folder, lambda: _enter(folder, way_in, clock, marks))
        closing.push(store.closing)
        store.closing = closing.pop_all()
    return store


def _enter(folder: Path, way_in: Callable[[Vault], Keys], clock: Clock, marks: Path | None) -> Store:
    """The store in a folder that is held; after an error nothing of it is open, and all of it can be tried again."""
    restore.finish(folder)
    sweep(folder)
    found = read_vault(folder)
    keys = way_in(found)
    with ExitStack() as closing:
        engine = open_database(folder, found, keys)
        closing.callback(engine.dispose)
        upgraded = upgrading.bring_up_to_date(folder, engine, keys, clock())
        store = Store(folder, engine, keys, clock, closing)
        store.findings += upgraded
        store.findings += rotation.finish(store)
        store.findings += mark.watch(store, marks, found.vault)
        with store.work() as work:
            store.findings += unacknowledged.noted(work)
        store.closing = closing.pop_all()
    return store


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

    The case key goes along only with training. A code of the PPT's that opened the store has done its duty: its slot
    goes.
    """
    check_passphrase(passphrase)
    current = read_vault(store.folder)
    grown = vault.add_volunteer(
        current, store.keys, passphrase, volunteer, trained=trained, stretching=stretching or vault.calibrate()
    )
    if store.keys.kind == "escrow":
        grown = vault.without(grown, store.keys, kinds={"escrow"})
    stage_vault(files, store.folder, current, grown)


def stage_recovery_slot(store: Store, files: StagedFiles, *, nothing_sealed: bool = False) -> str:
    """A new recovery code in place of the earlier one; it counts when the staged vault appears. Gives the code.

    The earlier code opens nothing from then on: the previous vault is written from the new one too. `nothing_sealed` as
    in `vault.renew_recovery`.
    """
    current = read_vault(store.folder)
    renewed, code = vault.renew_recovery(current, store.keys, nothing_sealed=nothing_sealed)
    stage_vault(files, store.folder, current, renewed)
    return code


def check_recovery_code(store: Store, code: str) -> None:
    """Raise WrongRecoveryCode, or which group is mistyped, unless this is the code on the desk's own sheet."""
    opened = vault.open_with_recovery_code(read_vault(store.folder), code)
    if opened.kind != "recovery":
        raise WrongRecoveryCode
    if opened.master != store.keys.master:
        raise VaultDamaged


def check_passphrase(passphrase: str) -> None:
    """Raise PassphraseTooShort for a new passphrase that is."""
    if len(" ".join(passphrase.split())) < MIN_PASSPHRASE:
        raise PassphraseTooShort(minimum=MIN_PASSPHRASE)


def _check_free(folder: Path) -> None:
    if any(is_there(folder / name) for name in (VAULT, PREVIOUS, restore.READY)):
        raise StoreExists


def _set_aside(folder: Path) -> None:
    aside = secrets.token_hex(4)
    try:
        for leftover in folder.glob(f"{DATABASE}*"):
            leftover.rename(folder / f"left-{aside}-{leftover.name}")
    except OSError:
        raise FileNotWritable(file=folder.name) from None


def _discard(folder: Path) -> None:
    """Undo a set-up that failed half-way, vault first: its recovery code was never shown, so nobody may rely on it."""
    for leftover in (folder / VAULT, *folder.glob(f"{DATABASE}*")):
        with suppress(OSError):
            leftover.unlink()
