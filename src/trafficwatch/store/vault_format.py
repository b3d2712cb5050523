# SPDX-License-Identifier: GPL-3.0-or-later
"""The vault's file: what stands in `vault.json`, its one spelling and its bounds. Pure.

Bytes are base64; nobody is named but by UUID. `mac` authenticates all the rest under the master key and is checked
when a slot opens; here only shape, sizes and key stretching are: below the floor it is weakened, above the cap it is a
memory bomb.
"""

from __future__ import annotations

import hmac
from typing import Literal

import msgspec
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand

from trafficwatch.errors import StoreError

FORMAT_MAJOR = 1
VAULT_LIMIT = 262_144
FLOOR_KIB, CAP_KIB = 64 * 1024, 256 * 1024
PUBLIC_BYTES = 1_216
SEALED_BYTES = 1_120 + 32 + 16
"""An encapsulated secret of MLKEM768-X25519, then a key with its tag."""

Kind = Literal["passphrase", "recovery", "escrow"]


class VaultDamaged(StoreError):
    """The vault file can't be trusted: not readable, changed, or its parameters are out of bounds."""

    key = "vault_damaged"


class VaultNewer(StoreError):
    """The vault was written by a newer program; parameter `format`."""

    key = "vault_newer"


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
    """One way to open the vault.

    `commit` are 32 bytes that only the right secret reproduces; `public` is the key whose private half comes from that
    secret: `master` and `case` are sealed to it. `anchor`, a key that comes from the secret too, lies here under the
    master key: who seals to the slot must know it, so nobody forges a vault from the file alone.
    """

    id: str
    kind: Kind
    volunteer: str | None
    stretching: Stretching | None
    salt: bytes
    commit: bytes
    public: bytes
    anchor: Wrapped
    master: bytes
    case: bytes | None


class Vault(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The content of `vault.json`.

    `store` is the key of the database under the master key, `former` the one before it, and `cases` are earlier case
    keys under the present one: both only until a rotation has reached the database. `case` are 32 bytes that only the
    present case key reproduces.
    """

    format: tuple[int, int]
    vault: str
    generation: int
    epoch: int
    purpose: Literal["store", "backup"]
    case: bytes
    store: Wrapped
    former: Wrapped | None
    cases: tuple[Wrapped, ...]
    slots: tuple[Slot, ...]
    mac: bytes = b""


def derive(secret: bytes, purpose: str) -> bytes:
    """A 32-byte key for one purpose, from the master key or another secret."""
    return HKDFExpand(hashes.SHA256(), 32, f"trafficwatch/{purpose}/1".encode()).derive(secret)


def signed(vault: Vault, master: bytes) -> Vault:
    """The next generation of a vault, under its MAC."""
    grown = msgspec.structs.replace(vault, generation=vault.generation + 1)
    return msgspec.structs.replace(grown, mac=_mac(grown, master))


def is_own(vault: Vault, master: bytes) -> bool:
    """Whether the holder of this master key made the vault as it stands."""
    return hmac.compare_digest(vault.mac, _mac(vault, master))


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
    keys = (vault.store, vault.former, *vault.cases)
    if len(vault.case) != 32 or not all(key is None or _fits(key) for key in keys):
        raise VaultDamaged
    if not all(_in_bounds(slot) for slot in vault.slots):
        raise VaultDamaged
    return vault


class _Head(msgspec.Struct):
    format: tuple[int, int]


def _in_bounds(slot: Slot) -> bool:
    stretched = slot.stretching is not None and slot.stretching.allowed()
    return (
        (len(slot.salt), len(slot.commit), len(slot.public)) == (16, 32, PUBLIC_BYTES)
        and all(sealed is None or len(sealed) == SEALED_BYTES for sealed in (slot.master, slot.case))
        and _fits(slot.anchor)
        and stretched == (slot.kind == "passphrase")
        and (stretched or slot.stretching is None)
    )


def _fits(wrapped: Wrapped) -> bool:
    return (len(wrapped.nonce), len(wrapped.sealed)) == (12, 48)


def _mac(vault: Vault, master: bytes) -> bytes:
    body = msgspec.json.encode(msgspec.structs.replace(vault, mac=b""))
    return hmac.digest(derive(master, "vault-mac"), body, "sha256")
