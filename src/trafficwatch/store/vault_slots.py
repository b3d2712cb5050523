# SPDX-License-Identifier: GPL-3.0-or-later
"""One slot of a vault: from what somebody types to the keys, and sealing new keys to it without knowing what is typed.

A passphrase through Argon2id, or a printed code through HKDF, gives 64 bytes: a secret and the slot's commitment. The
secret expands to the private key of an HPKE pair (MLKEM768-X25519, as in bundles) and to the slot's anchor. Both are
bound to vault, slot, volunteer and parameters, so that no part of a slot fits another.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import time
import unicodedata

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey, MLKEM768PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, MLKEM768X25519PrivateKey, MLKEM768X25519PublicKey, Suite
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from trafficwatch.store import recovery_code
from trafficwatch.store.vault_format import (
    CAP_KIB,
    FLOOR_KIB,
    Kind,
    Slot,
    Stretching,
    VaultDamaged,
    Wrapped,
    derive,
)

AIM_SECONDS = 0.75
_SUITE = Suite(KEM.MLKEM768_X25519, KDF.HKDF_SHA256, AEAD.CHACHA20_POLY1305)
_MLKEM_SEED, _MLKEM_PUBLIC = 64, 1_184


class Keys(msgspec.Struct, frozen=True):
    """What an opened vault gives: the master key, the case key if this slot has it, who opened it and how."""

    master: bytes
    case: bytes | None
    volunteer: str | None
    kind: Kind = "passphrase"

    def __repr__(self) -> str:
        return "Keys(...)"


def calibrate() -> Stretching:
    """Argon2id parameters that take about 0.75 s here, between the floor and the cap."""
    start = time.perf_counter()
    _stretch(b"calibration", Stretching(), b"0" * 16, b"")
    wanted = int(FLOOR_KIB * AIM_SECONDS / max(time.perf_counter() - start, 0.001))
    step = 32 * 1024
    return Stretching(memory_kib=min(max(wanted // step * step, FLOOR_KIB), CAP_KIB))


def for_passphrase(vault: str, keys: Keys, passphrase: str, volunteer: str, stretching: Stretching) -> Slot:
    """A new slot of a volunteer, with all that these keys hold."""
    slot = _empty("passphrase", volunteer, stretching)
    derived = _stretch(as_bytes(passphrase), stretching, slot.salt, binding(vault, slot))
    return _filled(vault, slot, derived, keys)


def for_code(vault: str, keys: Keys, kind: Kind, code: str) -> Slot:
    """A new slot of a printed code, with all that these keys hold."""
    slot = _empty(kind, None, None)
    return _filled(vault, slot, _expand(recovery_code.read(code), slot.salt, binding(vault, slot)), keys)


def from_passphrase(vault: str, slot: Slot, passphrase: str) -> Keys | None:
    """The keys behind a passphrase slot, None if these are not its words; raises VaultDamaged."""
    if slot.stretching is None:
        return None
    return _opened(vault, slot, _stretch(as_bytes(passphrase), slot.stretching, slot.salt, binding(vault, slot)))


def from_code(vault: str, slot: Slot, code: str) -> Keys | None:
    """The keys behind a printed code, None if it is not this slot's; raises VaultDamaged."""
    if slot.stretching is not None:
        return None
    return _opened(vault, slot, _expand(recovery_code.read(code), slot.salt, binding(vault, slot)))


def renewed(vault: str, slot: Slot, keys: Keys, new: Keys, *, with_case: bool) -> Slot:
    """The slot with new keys sealed to it, by who holds the present ones; its secret stays as it is.

    `with_case` keeps the case key in it: as it is sealed now where the new keys have none.
    """
    anchor = unwrap(keys.master, slot.anchor, _label(vault, slot, "anchor"))
    case = slot.case if new.case is None else _seal(vault, slot, anchor, "case", new.case)
    return msgspec.structs.replace(
        slot,
        anchor=wrap(new.master, anchor, _label(vault, slot, "anchor")),
        master=_seal(vault, slot, anchor, "master", new.master),
        case=case if with_case else None,
    )


def wrap(under: bytes, key: bytes, label: bytes) -> Wrapped:
    nonce = os.urandom(12)
    return Wrapped(nonce, ChaCha20Poly1305(derive(under, "wrap")).encrypt(nonce, key, label))


def unwrap(under: bytes, wrapped: Wrapped, label: bytes) -> bytes:
    try:
        return ChaCha20Poly1305(derive(under, "wrap")).decrypt(wrapped.nonce, wrapped.sealed, label)
    except (InvalidTag, ValueError):
        raise VaultDamaged from None


def binding(vault: str, slot: Slot) -> bytes:
    """What all of a slot is bound to: it fits no other vault, slot, volunteer or parameters."""
    return _label(vault, slot, "slot")


def as_bytes(passphrase: str) -> bytes:
    """One line in Unicode NFC: neither blanks nor how a keyboard composes an accent decide; any text gives bytes."""
    return unicodedata.normalize("NFC", " ".join(passphrase.split())).encode(errors="surrogatepass")


def _empty(kind: Kind, volunteer: str | None, stretching: Stretching | None) -> Slot:
    return Slot(
        os.urandom(8).hex(), kind, volunteer, stretching, os.urandom(16), b"", b"", Wrapped(b"", b""), b"", None
    )


def _filled(vault: str, slot: Slot, derived: bytes, keys: Keys) -> Slot:
    secret, commit = derived[:32], derived[32:]
    anchor = wrap(keys.master, derive(secret, "slot-anchor"), _label(vault, slot, "anchor"))
    slot = msgspec.structs.replace(slot, commit=commit, public=_public_bytes(secret), anchor=anchor)
    return renewed(vault, slot, keys, keys, with_case=True)


def _opened(vault: str, slot: Slot, derived: bytes) -> Keys | None:
    secret, commit = derived[:32], derived[32:]
    if not hmac.compare_digest(slot.commit, commit):
        return None
    if slot.public != _public_bytes(secret):
        raise VaultDamaged
    private, anchor = MLKEM768X25519PrivateKey(*_private_keys(secret)), derive(secret, "slot-anchor")

    def unsealed(name: str, sealed: bytes) -> bytes:
        try:
            return _SUITE.decrypt(sealed, private, info=_label(vault, slot, name, anchor.hex()))
        except (InvalidTag, ValueError):
            raise VaultDamaged from None

    case = None if slot.case is None else unsealed("case", slot.case)
    return Keys(unsealed("master", slot.master), case, slot.volunteer, slot.kind)


def _seal(vault: str, slot: Slot, anchor: bytes, name: str, key: bytes) -> bytes:
    public = MLKEM768X25519PublicKey(
        MLKEM768PublicKey.from_public_bytes(slot.public[:_MLKEM_PUBLIC]),
        X25519PublicKey.from_public_bytes(slot.public[_MLKEM_PUBLIC:]),
    )
    return _SUITE.encrypt(key, public, info=_label(vault, slot, name, anchor.hex()))


def _label(vault: str, slot: Slot, *purpose: str) -> bytes:
    return msgspec.json.encode(
        ["trafficwatch/slot/1", vault, slot.id, slot.kind, slot.volunteer, slot.stretching, *purpose]
    )


def _public_bytes(secret: bytes) -> bytes:
    mlkem, x25519 = _private_keys(secret)
    return mlkem.public_key().public_bytes_raw() + x25519.public_key().public_bytes_raw()


def _private_keys(secret: bytes) -> tuple[MLKEM768PrivateKey, X25519PrivateKey]:
    """The secret as an X-Wing seed: SHAKE-256 expands it to the ML-KEM seed and the X25519 key."""
    expanded = hashlib.shake_256(derive(secret, "slot-private")).digest(_MLKEM_SEED + 32)
    return (
        MLKEM768PrivateKey.from_seed_bytes(expanded[:_MLKEM_SEED]),
        X25519PrivateKey.from_private_bytes(expanded[_MLKEM_SEED:]),
    )


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


def _expand(secret: bytes, salt: bytes, binding: bytes) -> bytes:
    return HKDF(hashes.SHA512(), 64, salt, binding).derive(secret)
