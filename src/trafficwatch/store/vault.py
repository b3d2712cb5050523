# SPDX-License-Identifier: GPL-3.0-or-later
"""The vault: a small authenticated JSON file beside the store that holds its keys, wrapped once per slot (design 3).

A *passphrase* slot belongs to one volunteer (named by UUID only; no name is outside the store), its key comes from
Argon2id. The *recovery* slot opens with the printed code. Every slot wraps the master key; slots of trained volunteers
and the recovery slot also wrap the case key. From the master key come the store key of an epoch and the vault's MAC.

Opening: find the slot whose commitment matches, unwrap, check the MAC over the whole file. Key stretching parameters
are refused below the floor (weakened) and above the cap (memory bomb). Values in, values out; no files here.
"""

from __future__ import annotations

import hmac
import os
import time
import unicodedata
from typing import Literal

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
from cryptography.hazmat.primitives.kdf.hkdf import HKDF, HKDFExpand

from trafficwatch.errors import ConsentError, InputError, StoreError
from trafficwatch.store import recovery_code

FORMAT_MAJOR = 1
VAULT_LIMIT = 65_536
FLOOR_KIB, CAP_KIB = 64 * 1024, 256 * 1024
AIM_SECONDS = 0.75


class WrongPassphrase(StoreError):
    """No slot opens with what was typed."""

    key = "wrong_passphrase"


class WrongRecoveryCode(StoreError):
    """The code is well formed, but not of this vault."""

    key = "wrong_recovery_code"


class VaultDamaged(StoreError):
    """The vault file can't be trusted: not readable, changed, or its parameters are out of bounds."""

    key = "vault_damaged"


class VaultNewer(StoreError):
    """The vault was written by a newer program; parameter `format`."""

    key = "vault_newer"


class PassphraseNotGoodEnough(InputError):
    """A new passphrase would open another volunteer's slot; nobody may learn that from the words of this error."""

    key = "passphrase_not_good_enough"


class CaseKeyNotHere(ConsentError):
    """Only someone who has the case key can pass it on to a trained volunteer."""

    key = "case_key_not_here"


class Stretching(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Argon2id parameters (RFC 9106)."""

    memory_kib: int = FLOOR_KIB
    iterations: int = 3
    lanes: int = 4

    def allowed(self) -> bool:
        return FLOOR_KIB <= self.memory_kib <= CAP_KIB and 3 <= self.iterations <= 10 and 1 <= self.lanes <= 8


class Wrapped(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A 32-byte key under ChaCha20-Poly1305: 12-byte nonce, 48 bytes."""

    nonce: bytes
    sealed: bytes


class Slot(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One way to open the vault. `commit` are 32 bytes that only the right key reproduces."""

    id: str
    kind: Literal["passphrase", "recovery"]
    volunteer: str | None
    stretching: Stretching | None
    salt: bytes
    commit: bytes
    master: Wrapped
    case: Wrapped | None


class Vault(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The content of `vault.json`; `mac` authenticates all the rest."""

    format: tuple[int, int]
    vault: str
    generation: int
    epoch: int
    slots: tuple[Slot, ...]
    mac: bytes = b""


class Keys(msgspec.Struct, frozen=True):
    """What an opened vault gives: the master key, the case key if this slot has it, and who opened it."""

    master: bytes
    case: bytes | None
    volunteer: str | None

    def __repr__(self) -> str:
        return "Keys(...)"


def calibrate() -> Stretching:
    """Argon2id parameters that take about 0.75 s here, between the floor and the cap."""
    start = time.perf_counter()
    _stretch(b"calibration", Stretching(), b"0" * 16, b"")
    wanted = int(FLOOR_KIB * AIM_SECONDS / max(time.perf_counter() - start, 0.001))
    step = 32 * 1024
    return Stretching(memory_kib=min(max(wanted // step * step, FLOOR_KIB), CAP_KIB))


def create(passphrase: str, volunteer: str, *, trained: bool, stretching: Stretching) -> tuple[Vault, Keys, str]:
    """A new vault with one volunteer's slot and a recovery slot; also the keys and the recovery code to print."""
    keys = Keys(os.urandom(32), os.urandom(32), volunteer)
    code = recovery_code.spell(os.urandom(18))
    vault = Vault((FORMAT_MAJOR, 0), os.urandom(8).hex(), 0, 1, ())
    vault = _with_slot(vault, keys, "recovery", recovery_code.read(code), None, None, with_case=True)
    vault = _with_slot(vault, keys, "passphrase", _bytes(passphrase), volunteer, stretching, with_case=trained)
    return vault, keys if trained else Keys(keys.master, None, volunteer), code


def add_volunteer(
    vault: Vault, keys: Keys, passphrase: str, volunteer: str, *, trained: bool, stretching: Stretching
) -> Vault:
    """The vault with a slot for a volunteer, in place of any earlier one. The case key goes with training.

    Raises CaseKeyNotHere if these keys lack it, PassphraseNotGoodEnough for one that opens another slot, and
    VaultDamaged for a vault that these keys did not make: a new slot must not bless what was changed meanwhile.
    """
    _require_own(vault, keys)
    if trained and keys.case is None:
        raise CaseKeyNotHere
    if _opens(vault, passphrase):
        raise PassphraseNotGoodEnough
    others = tuple(slot for slot in vault.slots if slot.volunteer != volunteer)
    vault = msgspec.structs.replace(vault, slots=others)
    return _with_slot(vault, keys, "passphrase", _bytes(passphrase), volunteer, stretching, with_case=trained)


def renew_recovery(vault: Vault, keys: Keys, *, nothing_sealed: bool = False) -> tuple[Vault, str]:
    """The vault with a new recovery slot in place of the earlier one, whose code opens it no more; and the new code.

    Keys without the case key, which the code must open too, get a new one where `nothing_sealed` says that nothing was
    ever sealed under the earlier one; else CaseKeyNotHere is raised, and VaultDamaged as above.
    """
    _require_own(vault, keys)
    if keys.case is None:
        if not nothing_sealed:
            raise CaseKeyNotHere
        keys = msgspec.structs.replace(keys, case=os.urandom(32))
    code = recovery_code.spell(os.urandom(18))
    others = tuple(slot for slot in vault.slots if slot.kind != "recovery")
    vault = msgspec.structs.replace(vault, slots=others)
    return _with_slot(vault, keys, "recovery", recovery_code.read(code), None, None, with_case=True), code


def open_with_passphrase(vault: Vault, passphrase: str) -> Keys:
    """The keys behind a passphrase; raises WrongPassphrase or VaultDamaged."""
    for slot in vault.slots:
        if slot.kind == "passphrase" and slot.stretching is not None:
            keys = _open_slot(
                vault, slot, _stretch(_bytes(passphrase), slot.stretching, slot.salt, _binding(vault, slot))
            )
            if keys is not None:
                return keys
    raise WrongPassphrase


def open_with_recovery_code(vault: Vault, typed: str) -> Keys:
    """The keys behind the printed code; raises WrongRecoveryCode, VaultDamaged or which group is mistyped."""
    secret = recovery_code.read(typed)
    for slot in vault.slots:
        if slot.kind == "recovery":
            keys = _open_slot(vault, slot, _expand_code(secret, slot.salt, _binding(vault, slot)))
            if keys is not None:
                return keys
    raise WrongRecoveryCode


def derive(master: bytes, purpose: str) -> bytes:
    """A 32-byte key for one purpose."""
    return HKDFExpand(hashes.SHA256(), 32, f"trafficwatch/{purpose}/1".encode()).derive(master)


def store_key(vault: Vault, master: bytes) -> bytes:
    """The raw key of the store in the vault's epoch."""
    return derive(master, f"store/{vault.epoch}")


def encode(vault: Vault) -> bytes:
    return msgspec.json.format(msgspec.json.encode(vault), indent=1)


def decode(untrusted_bytes: bytes) -> Vault:
    """The vault in a file, checked in shape and bounds; its MAC is checked when a slot opens.

    A vault has one spelling but for blanks, so that every changed byte of the file that is not a blank shows.
    """
    if len(untrusted_bytes) > VAULT_LIMIT:
        raise VaultDamaged
    try:
        head = msgspec.json.decode(untrusted_bytes, type=_Head)
        if head.format[0] > FORMAT_MAJOR:
            raise VaultNewer(format=head.format[0])
        vault = msgspec.json.decode(untrusted_bytes, type=Vault)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        raise VaultDamaged from None
    if msgspec.json.format(untrusted_bytes, indent=-1) != msgspec.json.encode(vault):
        raise VaultDamaged
    for slot in vault.slots:
        stretched = slot.stretching is not None and slot.stretching.allowed()
        if len(slot.salt) != 16 or len(slot.commit) != 32 or stretched != (slot.kind == "passphrase"):
            raise VaultDamaged
    return vault


class _Head(msgspec.Struct):
    format: tuple[int, int]


def _with_slot(
    vault: Vault,
    keys: Keys,
    kind: Literal["passphrase", "recovery"],
    secret: bytes,
    volunteer: str | None,
    stretching: Stretching | None,
    *,
    with_case: bool,
) -> Vault:
    empty = Wrapped(b"", b"")
    slot = Slot(os.urandom(8).hex(), kind, volunteer, stretching, os.urandom(16), b"", empty, None)
    binding = _binding(vault, slot)
    derived = (
        _expand_code(secret, slot.salt, binding)
        if stretching is None
        else _stretch(secret, stretching, slot.salt, binding)
    )
    case = _wrap(derived, keys.case, binding + b"/case") if with_case and keys.case else None
    slot = msgspec.structs.replace(
        slot, commit=derived[32:], master=_wrap(derived, keys.master, binding + b"/master"), case=case
    )
    grown = msgspec.structs.replace(vault, generation=vault.generation + 1, slots=(*vault.slots, slot))
    return msgspec.structs.replace(grown, mac=_mac(grown, keys.master))


def _require_own(vault: Vault, keys: Keys) -> None:
    if not hmac.compare_digest(vault.mac, _mac(vault, keys.master)):
        raise VaultDamaged


def _opens(vault: Vault, passphrase: str) -> bool:
    try:
        open_with_passphrase(vault, passphrase)
    except WrongPassphrase:
        return False
    return True


def _open_slot(vault: Vault, slot: Slot, derived: bytes) -> Keys | None:
    if not hmac.compare_digest(slot.commit, derived[32:]):
        return None
    binding = _binding(vault, slot)
    try:
        master = _unwrap(derived, slot.master, binding + b"/master")
        case = _unwrap(derived, slot.case, binding + b"/case") if slot.case else None
    except (InvalidTag, ValueError):
        raise VaultDamaged from None
    if not hmac.compare_digest(vault.mac, _mac(vault, master)):
        raise VaultDamaged
    return Keys(master, case, slot.volunteer)


def _binding(vault: Vault, slot: Slot) -> bytes:
    """What a slot's key and wrapped keys are bound to: they fit no other vault, slot, volunteer or parameters."""
    return msgspec.json.encode(
        ["trafficwatch/slot/1", vault.vault, slot.id, slot.kind, slot.volunteer, slot.stretching]
    )


def _bytes(passphrase: str) -> bytes:
    """One line in Unicode NFC: neither blanks nor how a keyboard composes an accent decide; any text gives bytes."""
    return unicodedata.normalize("NFC", " ".join(passphrase.split())).encode(errors="surrogatepass")


def _stretch(secret: bytes, stretching: Stretching, salt: bytes, binding: bytes) -> bytes:
    kdf = Argon2id(
        salt=salt,
        length=64,
        iterations=stretching.iterations,
        lanes=stretching.lanes,
        memory_cost=stretching.memory_kib,
        ad=binding,
    )
    return kdf.derive(secret)


def _expand_code(secret: bytes, salt: bytes, binding: bytes) -> bytes:
    return HKDF(hashes.SHA512(), 64, salt, binding).derive(secret)


def _wrap(derived: bytes, key: bytes, binding: bytes) -> Wrapped:
    nonce = os.urandom(12)
    return Wrapped(nonce, ChaCha20Poly1305(derived[:32]).encrypt(nonce, key, binding))


def _unwrap(derived: bytes, wrapped: Wrapped, binding: bytes) -> bytes:
    return ChaCha20Poly1305(derived[:32]).decrypt(wrapped.nonce, wrapped.sealed, binding)


def _mac(vault: Vault, master: bytes) -> bytes:
    body = msgspec.json.encode(msgspec.structs.replace(vault, mac=b""))
    return hmac.digest(derive(master, "vault-mac"), body, "sha256")
