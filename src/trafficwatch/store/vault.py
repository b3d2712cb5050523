# SPDX-License-Identifier: GPL-3.0-or-later
"""The vault: a small authenticated JSON file beside the store that holds its keys, sealed once per slot (design 3).

A *passphrase* slot belongs to one volunteer, named by UUID. The *recovery* slot opens with the printed code, the
*escrow* slot with a code that the PPT keeps. Every slot gives the master key; those of trained volunteers and of both
codes also give the case key. The store key is random and lies under the master key (decision 0010).

Opening: find the slot whose commitment matches, unseal, check the MAC over the whole file. Values in, values out: no
files here. Whoever changes a vault must hold its keys: nothing blesses what was changed by somebody else meanwhile.
"""

from __future__ import annotations

import os
from collections.abc import Collection

import msgspec

from trafficwatch.errors import InputError, StoreError
from trafficwatch.store import recovery_code
from trafficwatch.store import vault_slots as slots
from trafficwatch.store.vault_format import (
    CAP_KIB,
    FLOOR_KIB,
    FORMAT_MAJOR,
    VAULT_LIMIT,
    Kind,
    Slot,
    Stretching,
    Vault,
    VaultDamaged,
    VaultNewer,
    Wrapped,
    decode,
    derive,
    encode,
    signed,
)
from trafficwatch.store.vault_keys import (
    CaseKeyNotHere,
    LastWayIn,
    RotationUnfinished,
    case_commit,
    case_keys,
    checked,
    label,
    require_own,
    require_passphrase,
    store_keys,
    without_case,
)
from trafficwatch.store.vault_renewal import for_backup, for_store, rewrapped, rotate, settle
from trafficwatch.store.vault_slots import Keys, calibrate

__all__ = [
    "CAP_KIB",
    "FLOOR_KIB",
    "VAULT_LIMIT",
    "CaseKeyNotHere",
    "Keys",
    "LastWayIn",
    "PassphraseNotGoodEnough",
    "RotationUnfinished",
    "Slot",
    "Stretching",
    "Vault",
    "VaultDamaged",
    "VaultNewer",
    "WrongPassphrase",
    "WrongRecoveryCode",
    "add_escrow",
    "add_volunteer",
    "calibrate",
    "case_keys",
    "change_passphrase",
    "create",
    "decode",
    "derive",
    "encode",
    "for_backup",
    "for_store",
    "grant_case",
    "has_slot",
    "open_with_passphrase",
    "open_with_recovery_code",
    "renew_recovery",
    "rewrapped",
    "rotate",
    "settle",
    "store_keys",
    "without",
]


class WrongPassphrase(StoreError):
    """No slot opens with what was typed."""

    key = "wrong_passphrase"


class WrongRecoveryCode(StoreError):
    """The code is well formed, but not of this vault."""

    key = "wrong_recovery_code"


class PassphraseNotGoodEnough(InputError):
    """A new passphrase would open another volunteer's slot; nobody may learn that from the words of this error."""

    key = "passphrase_not_good_enough"


# -- opening -----------------------------------------------------------------------------------------------------------


def open_with_passphrase(vault: Vault, passphrase: str) -> Keys:
    """The keys behind a passphrase; raises WrongPassphrase or VaultDamaged."""
    for slot in vault.slots:
        keys = slots.from_passphrase(vault.vault, slot, passphrase)
        if keys is not None:
            return checked(vault, keys)
    raise WrongPassphrase


def open_with_recovery_code(vault: Vault, typed: str) -> Keys:
    """The keys behind a printed code; `kind` tells whether it is the desk's own or the PPT's.

    Raises WrongRecoveryCode, VaultDamaged or which group is mistyped.
    """
    recovery_code.read(typed)
    for slot in vault.slots:
        keys = slots.from_code(vault.vault, slot, typed)
        if keys is not None:
            return checked(vault, keys)
    raise WrongRecoveryCode


def has_slot(vault: Vault, volunteer: str, *, with_case: bool = False) -> bool:
    """Whether a volunteer has a way in, and the case key in it."""
    return any(slot.volunteer == volunteer and (slot.case is not None or not with_case) for slot in vault.slots)


# -- making and changing slots -----------------------------------------------------------------------------------------


def create(passphrase: str, volunteer: str, *, trained: bool, stretching: Stretching) -> tuple[Vault, Keys, str]:
    """A new vault with one volunteer's slot and a recovery slot; also the keys and the recovery code to print."""
    case = os.urandom(32)
    keys = Keys(os.urandom(32), case, volunteer)
    code, nothing = recovery_code.spell(os.urandom(18)), Wrapped(b"", b"")
    vault = Vault((FORMAT_MAJOR, 0), os.urandom(8).hex(), 0, 1, "store", case_commit(case), nothing, None, (), slots=())
    mine = keys if trained else without_case(keys)
    vault = msgspec.structs.replace(
        vault,
        store=slots.wrap(keys.master, os.urandom(32), label(vault, "store")),
        slots=(
            slots.for_code(vault.vault, keys, "recovery", code),
            slots.for_passphrase(vault.vault, mine, passphrase, volunteer, stretching),
        ),
    )
    return signed(vault, keys.master), mine, code


def add_volunteer(
    vault: Vault, keys: Keys, passphrase: str, volunteer: str, *, trained: bool, stretching: Stretching
) -> Vault:
    """The vault with a slot for a volunteer, in place of any earlier one. The case key goes with training.

    Raises CaseKeyNotHere if these keys lack it, PassphraseNotGoodEnough for one that opens another slot, and
    VaultDamaged for a vault that these keys did not make.
    """
    require_own(vault, keys)
    if trained and keys.case is None:
        raise CaseKeyNotHere
    _require_new(vault, passphrase)
    given = keys if trained else without_case(keys)
    slot = slots.for_passphrase(vault.vault, given, passphrase, volunteer, stretching)
    return _changed(vault, keys, (*(slot for slot in vault.slots if slot.volunteer != volunteer), slot))


def change_passphrase(vault: Vault, keys: Keys, old: str, new: str, *, stretching: Stretching) -> Vault:
    """The vault with another passphrase for who opened it, who must know the old one; the case key stays as it is.

    Raises WrongPassphrase, PassphraseNotGoodEnough, VaultDamaged.
    """
    require_own(vault, keys)
    own = next((slot for slot in vault.slots if slot.volunteer == keys.volunteer is not None), None)
    opened = slots.from_passphrase(vault.vault, own, old) if own is not None else None
    if opened is None or opened.volunteer is None:
        raise WrongPassphrase
    _require_new(vault, new)
    slot = slots.for_passphrase(vault.vault, opened, new, opened.volunteer, stretching)
    return _changed(vault, keys, tuple(slot if each is own else each for each in vault.slots))


def renew_recovery(vault: Vault, keys: Keys, *, nothing_sealed: bool = False) -> tuple[Vault, str]:
    """The vault with a new recovery slot in place of the earlier one, whose code opens it no more; and the new code.

    Keys without the case key, which the code must open too, get a new one where `nothing_sealed` says that nothing was
    ever sealed under the earlier one; else CaseKeyNotHere is raised, and VaultDamaged as above.
    """
    return _with_code(vault, keys, "recovery", nothing_sealed=nothing_sealed)


def add_escrow(vault: Vault, keys: Keys, *, nothing_sealed: bool = False) -> tuple[Vault, str]:
    """The vault with a slot whose code the PPT keeps, in place of any earlier one; and that code. The rest as above."""
    return _with_code(vault, keys, "escrow", nothing_sealed=nothing_sealed)


def grant_case(vault: Vault, keys: Keys, volunteer: str) -> Vault:
    """The vault with the case key in a volunteer's slot. Raises CaseKeyNotHere, VaultDamaged."""
    require_own(vault, keys)
    if keys.case is None:
        raise CaseKeyNotHere
    return _changed(
        vault,
        keys,
        tuple(
            slots.renewed(vault.vault, slot, keys, keys, with_case=True) if slot.volunteer == volunteer else slot
            for slot in vault.slots
        ),
    )


def without(vault: Vault, keys: Keys, *, kinds: Collection[Kind] = (), volunteers: Collection[str] = ()) -> Vault:
    """The vault without some slots. Who had one of them and kept a copy still opens the store: `rotate` prevents that.

    Raises LastWayIn if no passphrase would be left, VaultDamaged as above.
    """
    require_own(vault, keys)
    left = tuple(slot for slot in vault.slots if slot.kind not in kinds and slot.volunteer not in volunteers)
    require_passphrase(left)
    return _changed(vault, keys, left)


def _with_code(vault: Vault, keys: Keys, kind: Kind, *, nothing_sealed: bool) -> tuple[Vault, str]:
    require_own(vault, keys)
    given, others = keys, tuple(slot for slot in vault.slots if slot.kind != kind)
    if keys.case is None:
        if not nothing_sealed:
            raise CaseKeyNotHere
        given = msgspec.structs.replace(keys, case=os.urandom(32))
        vault = msgspec.structs.replace(vault, case=case_commit(given.case or b""), cases=())
        others = tuple(
            slots.renewed(vault.vault, slot, keys, given, with_case=slot.case is not None) for slot in others
        )
    code = recovery_code.spell(os.urandom(18))
    return _changed(vault, keys, (*others, slots.for_code(vault.vault, given, kind, code))), code


def _require_new(vault: Vault, passphrase: str) -> None:
    if any(slots.from_passphrase(vault.vault, slot, passphrase) for slot in vault.slots):
        raise PassphraseNotGoodEnough


def _changed(vault: Vault, keys: Keys, changed: tuple[Slot, ...]) -> Vault:
    return signed(msgspec.structs.replace(vault, slots=changed), keys.master)
