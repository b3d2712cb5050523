# SPDX-License-Identifier: GPL-3.0-or-later
"""What the keys of an opened vault give, and what must hold before a vault is changed with them.

Nothing blesses what was changed by somebody else meanwhile: whoever changes a vault must hold the keys that made it.
"""

from __future__ import annotations

import hmac
from collections.abc import Collection

import msgspec

from trafficwatch.errors import ConsentError, InputError, StoreError
from trafficwatch.store.vault_format import Slot, Vault, VaultDamaged, derive, is_own
from trafficwatch.store.vault_slots import Keys, unwrap


class RotationUnfinished(StoreError):
    """The keys are being renewed and the database has not followed yet: the next unlock goes on."""

    key = "rotation_unfinished"


class LastWayIn(InputError):
    """No volunteer would be left who can open the store."""

    key = "last_way_in"


class CaseKeyNotHere(ConsentError):
    """Only someone who has the case key can pass it on to a trained volunteer."""

    key = "case_key_not_here"


def store_keys(vault: Vault, keys: Keys) -> tuple[bytes, ...]:
    """The raw keys that the database may be under, the present one first."""
    present = unwrap(keys.master, vault.store, label(vault, "store"))
    if vault.former is None:
        return (present,)
    return present, unwrap(keys.master, vault.former, label(vault, "former"))


def case_keys(vault: Vault, keys: Keys) -> tuple[bytes, ...]:
    """The case keys that case text may be under, the present one first; none without the case key."""
    if keys.case is None:
        return ()
    return keys.case, *(unwrap(keys.case, former, label(vault, "case")) for former in vault.cases)


def checked(vault: Vault, keys: Keys) -> Keys:
    if not is_own(vault, keys.master) or (keys.case is not None and not is_case(vault, keys.case)):
        raise VaultDamaged
    return keys


def require_own(vault: Vault, keys: Keys) -> None:
    if not is_own(vault, keys.master):
        raise VaultDamaged
    if keys.case is not None and not is_case(vault, keys.case):
        raise RotationUnfinished


def require_passphrase(left: Collection[Slot]) -> None:
    if not any(slot.kind == "passphrase" for slot in left):
        raise LastWayIn


def without_case(keys: Keys) -> Keys:
    return msgspec.structs.replace(keys, case=None)


def case_commit(case: bytes) -> bytes:
    return derive(case, "case-commit")


def is_case(vault: Vault, case: bytes) -> bool:
    return hmac.compare_digest(vault.case, case_commit(case))


def label(vault: Vault, purpose: str) -> bytes:
    return msgspec.json.encode(["trafficwatch/vault/1", vault.vault, purpose])
