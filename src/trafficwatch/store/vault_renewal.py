# SPDX-License-Identifier: GPL-3.0-or-later
"""Renewing all keys of a vault, and the vaults of backups (decision 0010).

Every slot has a public key, so whoever holds the present keys seals new ones to all slots that stay, without knowing a
passphrase or a code. What a removed slot, or a copy of the vault from before, still opens are the former keys alone.
"""

from __future__ import annotations

import os
from collections.abc import Collection

import msgspec

from trafficwatch.store import vault_slots as slots
from trafficwatch.store.vault_format import Vault, VaultDamaged, Wrapped, signed
from trafficwatch.store.vault_keys import (
    CaseKeyNotHere,
    RotationUnfinished,
    case_commit,
    case_keys,
    label,
    require_own,
    require_passphrase,
    store_keys,
    without_case,
)
from trafficwatch.store.vault_slots import Keys


def rotate(
    vault: Vault, keys: Keys, *, remove: Collection[str] = (), untrain: Collection[str] = ()
) -> tuple[Vault, Keys]:
    """The vault with a new master and store key, and a new case key if these keys hold one; and the new keys.

    The slots of the volunteers to remove are gone, those to untrain have no case key; all others stay valid with what
    opened them before. The former keys are kept under the new ones until `settle`. Raises CaseKeyNotHere, LastWayIn,
    VaultDamaged, and RotationUnfinished while an earlier one has not reached the database.
    """
    require_own(vault, keys)
    if vault.former is not None or (vault.cases and keys.case):
        raise RotationUnfinished
    if untrain and keys.case is None:
        raise CaseKeyNotHere
    left = tuple(slot for slot in vault.slots if slot.volunteer not in remove)
    require_passphrase(left)
    new = msgspec.structs.replace(keys, master=os.urandom(32), case=keys.case and os.urandom(32))
    renewed = msgspec.structs.replace(
        vault,
        epoch=vault.epoch + 1,
        store=slots.wrap(new.master, os.urandom(32), label(vault, "store")),
        former=slots.wrap(new.master, store_keys(vault, keys)[0], label(vault, "former")),
        slots=tuple(
            slots.renewed(
                vault.vault, slot, keys, new, with_case=slot.case is not None and slot.volunteer not in untrain
            )
            for slot in left
        ),
    )
    if new.case is not None and keys.case is not None:
        former = slots.wrap(new.case, keys.case, label(vault, "case"))
        renewed = msgspec.structs.replace(renewed, case=case_commit(new.case), cases=(former,))
    if keys.volunteer in untrain:
        new = without_case(new)
    return signed(renewed, new.master), new


def settle(vault: Vault, keys: Keys) -> Vault:
    """The vault without the former keys, once the database is under the present ones.

    Earlier case keys stay when these keys hold none: nobody without it can have sealed again what they opened.
    """
    require_own(vault, keys)
    cases = () if keys.case is not None else vault.cases
    return signed(msgspec.structs.replace(vault, former=None, cases=cases), keys.master)


def for_backup(vault: Vault, keys: Keys, key: bytes, former: bytes | None = None) -> Vault:
    """The vault of a backup: the same slots over a database under a key of its own, or still under a former one."""
    require_own(vault, keys)
    store = slots.wrap(keys.master, key, label(vault, "store"))
    kept = slots.wrap(keys.master, former, label(vault, "former")) if former else None
    return signed(msgspec.structs.replace(vault, purpose="backup", store=store, former=kept), keys.master)


def for_store(vault: Vault, keys: Keys) -> Vault:
    """The vault of a store from that of a backup, over the same database."""
    require_own(vault, keys)
    return signed(msgspec.structs.replace(vault, purpose="store"), keys.master)


def rewrapped(backup: Vault, live: Vault, keys: Keys, key: bytes, former: bytes | None = None) -> Vault:
    """The live vault's slots over a backup with this key or a former one, whose case text is under an earlier case key.

    Raises CaseKeyNotHere if that is neither the present case key nor one that the live vault still keeps.
    """
    require_own(live, keys)
    if backup.vault != live.vault:
        raise VaultDamaged
    cases: tuple[Wrapped, ...] = backup.cases
    if backup.case != live.case:
        found = next((case for case in case_keys(live, keys) if case_commit(case) == backup.case), None)
        if found is None or keys.case is None:
            raise CaseKeyNotHere
        earlier = (found, *(slots.unwrap(found, wrapped, label(backup, "case")) for wrapped in backup.cases))
        cases = tuple(slots.wrap(keys.case, case, label(live, "case")) for case in earlier)
    return for_backup(signed(msgspec.structs.replace(live, cases=cases), keys.master), keys, key, former)
