# SPDX-License-Identifier: GPL-3.0-or-later
"""The outer shell of a bundle: an age v1 file (C2SP `age.md`) to hybrid post-quantum recipients.

A header wraps a fresh 16-byte file key once per recipient (stanza `mlkem768x25519`: HPKE base mode with
MLKEM768-X25519, HKDF-SHA256, ChaCha20-Poly1305) and ends with a MAC; the payload follows in chunks of 64 KiB, each with
its own tag, the last one marked. Any age program of 2026 opens it; nothing outside shows sender, village or count.

`decrypt` decides in this order: version line, header size and grammar, form of the stanzas for our kind of key, file
key, header MAC, payload from the first to the last chunk. It returns everything or raises:

    NotABundle            it does not begin like an age v1 file
    BundleDamaged         cut, lengthened or changed, or made against the specification; `params["reason"]` says where
    NotForThisRecipient   sound so far, but no identity opens it

Other kinds of stanza are ignored, as the specification asks; ASCII armour is not part of our format. Keys and plaintext
are values in memory; where they are kept is the caller's business. Pure but for the fresh keys of
`generate_identity` and `encrypt`.
"""

from __future__ import annotations

import binascii
import hashlib
import os
import re
from base64 import b64decode, b64encode
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey, MLKEM768PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.hmac import HMAC
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, MLKEM768X25519PrivateKey, MLKEM768X25519PublicKey, Suite
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from trafficwatch.errors import BundleError
from trafficwatch.sync import bech32
from trafficwatch.sync.key_errors import KeyMalformed, UnsafeKey

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

MAX_HEADER_BYTES = 64 * 1024
MAX_STANZAS = 32

_VERSION_LINE = b"age-encryption.org/v1\n"
_MAC_MARK = b"\n---"
_STANZA = re.compile(rb"-> ([!-~]+(?: [!-~]+)*)\n((?:[A-Za-z0-9+/]{64}\n)*[A-Za-z0-9+/]{0,63}\n)")
_MAC_LINE = re.compile(rb" ([A-Za-z0-9+/]{43})\n")
_COLUMNS = 64

_STANZA_TYPE = "mlkem768x25519"
_HPKE_INFO = b"age-encryption.org/mlkem768x25519"
_SUITE = Suite(KEM.MLKEM768_X25519, KDF.HKDF_SHA256, AEAD.CHACHA20_POLY1305)
_SEED_BYTES = 32
_MLKEM_SEED_BYTES, _MLKEM_PUBLIC_BYTES, _X25519_BYTES = 64, 1184, 32
_ENCAPSULATED_BYTES = 1088 + _X25519_BYTES
_IDENTITY_PREFIX, _RECIPIENT_PREFIX = "AGE-SECRET-KEY-PQ-", "age1pq"

_FILE_KEY_BYTES, _NONCE_BYTES, _TAG_BYTES = 16, 16, 16
_CHUNK_BYTES = 64 * 1024
_SEALED_CHUNK_BYTES = _CHUNK_BYTES + _TAG_BYTES


class BundleDamaged(BundleError):
    """The file began as a bundle, but it is incomplete or was changed."""

    key = "bundle_damaged"


class NotABundle(BundleError):
    """The file is something else: it does not begin like an age v1 file."""

    key = "not_a_bundle"


class NotForThisRecipient(BundleError):
    """None of our identities opens the file."""

    key = "not_for_this_recipient"


@dataclass(frozen=True, slots=True)
class Recipient:
    """A public key: ML-KEM-768 (1,184 bytes), then X25519 (32). Made from other bytes: KeyMalformed or UnsafeKey."""

    raw: bytes = field(repr=False)

    def __post_init__(self) -> None:
        try:
            _public_key(self)
        except ValueError:
            raise KeyMalformed from None
        if _is_low_order(self.raw[_MLKEM_PUBLIC_BYTES:]):
            raise UnsafeKey

    @classmethod
    def from_string(cls, untrusted_text: str) -> Recipient:
        """From `age1pq1...` (lower case, nothing around it)."""
        return cls(_from_text(_RECIPIENT_PREFIX, _MLKEM_PUBLIC_BYTES + _X25519_BYTES, untrusted_text))

    def to_string(self) -> str:
        return bech32.encode(_RECIPIENT_PREFIX, self.raw)


@dataclass(frozen=True, slots=True)
class Identity:
    """A secret key: a 32-byte X-Wing seed. KeyMalformed for another length."""

    seed: bytes = field(repr=False)

    def __post_init__(self) -> None:
        if len(self.seed) != _SEED_BYTES:
            raise KeyMalformed

    @classmethod
    def from_string(cls, untrusted_text: str) -> Identity:
        """From `AGE-SECRET-KEY-PQ-1...` (upper case, nothing around it)."""
        return cls(_from_text(_IDENTITY_PREFIX, _SEED_BYTES, untrusted_text))

    def to_string(self) -> str:
        return bech32.encode(_IDENTITY_PREFIX, self.seed)

    def recipient(self) -> Recipient:
        """The public key that belongs to this identity."""
        mlkem_key, x25519_key = _private_keys(self)
        return Recipient(mlkem_key.public_key().public_bytes_raw() + x25519_key.public_key().public_bytes_raw())


@dataclass(frozen=True, slots=True)
class _Stanza:
    """One wrapped file key: the arguments of its first line and the decoded body."""

    arguments: tuple[str, ...]
    body: bytes


def generate_identity() -> Identity:
    """A new identity from the operating system's randomness."""
    return Identity(os.urandom(_SEED_BYTES))


def encrypt(plaintext: bytes, recipients: Sequence[Recipient]) -> bytes:
    """The age file that each of the recipients (1 to `MAX_STANZAS`) can open; ValueError for another number."""
    if not 1 <= len(recipients) <= MAX_STANZAS:
        raise ValueError(len(recipients))
    file_key = os.urandom(_FILE_KEY_BYTES)
    stanzas = [_wrap(file_key, recipient) for recipient in recipients]
    return _encrypt_from_parts(plaintext, file_key, os.urandom(_NONCE_BYTES), stanzas)


def decrypt(untrusted_bytes: bytes, identities: Sequence[Identity]) -> bytes:
    """The whole plaintext; raises NotABundle, BundleDamaged or NotForThisRecipient."""
    return _decrypt_with(untrusted_bytes, lambda stanzas: _unwrap(stanzas, identities))


def is_for(untrusted_start: bytes, identities: Sequence[Identity]) -> bool:
    """Whether an age file that begins like this has a whole header, made for one of the identities."""
    try:
        _open_header(untrusted_start, lambda stanzas: _unwrap(stanzas, identities))
    except BundleError:
        return False
    return True


def _encrypt_from_parts(plaintext: bytes, file_key: bytes, nonce: bytes, stanzas: Sequence[_Stanza]) -> bytes:
    header = _VERSION_LINE + b"".join(map(_encode_stanza, stanzas)) + _MAC_MARK[1:]
    mac = _header_mac(file_key, header).finalize()
    cipher = ChaCha20Poly1305(_derive(file_key, salt=nonce, info=b"payload"))
    chunks = max(1, -(-len(plaintext) // _CHUNK_BYTES))
    view = memoryview(plaintext)
    sealed = (
        cipher.encrypt(_chunk_nonce(number, chunks), view[number * _CHUNK_BYTES :][:_CHUNK_BYTES], None)
        for number in range(chunks)
    )
    return b"".join((header, b" ", _encode_base64(mac), b"\n", nonce, *sealed))


def _decrypt_with(untrusted_bytes: bytes, find_file_key: Callable[[Sequence[_Stanza]], bytes | None]) -> bytes:
    """`decrypt` for any kind of identity: `find_file_key` gives the file key, or None if no stanza is for it."""
    file_key, end = _open_header(untrusted_bytes, find_file_key)
    return _decrypt_payload(file_key, memoryview(untrusted_bytes)[end:])


def _open_header(
    untrusted_bytes: bytes, find_file_key: Callable[[Sequence[_Stanza]], bytes | None]
) -> tuple[bytes, int]:
    """The file key and where the header ends."""
    if not untrusted_bytes.startswith(_VERSION_LINE):
        if _VERSION_LINE.startswith(untrusted_bytes):
            raise BundleDamaged(reason="cut off")
        raise NotABundle
    mark = untrusted_bytes.find(_MAC_MARK, 0, MAX_HEADER_BYTES)
    mac_line = _MAC_LINE.match(untrusted_bytes, mark + len(_MAC_MARK))
    if mark < 0 or mac_line is None:
        raise BundleDamaged(reason="header")
    mac = _decode_base64(mac_line[1])
    file_key = find_file_key(_parse_stanzas(untrusted_bytes[len(_VERSION_LINE) : mark + 1]))
    if file_key is None:
        raise NotForThisRecipient
    try:
        _header_mac(file_key, untrusted_bytes[: mark + len(_MAC_MARK)]).verify(mac)
    except InvalidSignature:
        raise BundleDamaged(reason="header MAC") from None
    return file_key, mac_line.end()


def _parse_stanzas(untrusted_lines: bytes) -> list[_Stanza]:
    stanzas: list[_Stanza] = []
    position = 0
    while position < len(untrusted_lines):
        stanza = _STANZA.match(untrusted_lines, position)
        if stanza is None or len(stanzas) == MAX_STANZAS:
            raise BundleDamaged(reason="header")
        body = _decode_base64(stanza[2].replace(b"\n", b""))
        stanzas.append(_Stanza(tuple(stanza[1].decode("ascii").split(" ")), body))
        position = stanza.end()
    if not stanzas:
        raise BundleDamaged(reason="header")
    return stanzas


def _encode_stanza(stanza: _Stanza) -> bytes:
    """Body lines of 64 columns; the last one is always shorter, if need be empty."""
    body = _encode_base64(stanza.body)
    lines = [body[start : start + _COLUMNS] for start in range(0, len(body) + 1, _COLUMNS)]
    return b"\n".join((b"-> " + " ".join(stanza.arguments).encode("ascii"), *lines, b""))


def _public_key(recipient: Recipient) -> MLKEM768X25519PublicKey:
    """Both halves as keys; ValueError if a length is wrong or a coefficient of the ML-KEM key is not reduced."""
    return MLKEM768X25519PublicKey(
        MLKEM768PublicKey.from_public_bytes(recipient.raw[:_MLKEM_PUBLIC_BYTES]),
        X25519PublicKey.from_public_bytes(recipient.raw[_MLKEM_PUBLIC_BYTES:]),
    )


def _private_keys(identity: Identity) -> tuple[MLKEM768PrivateKey, X25519PrivateKey]:
    expanded = hashlib.shake_256(identity.seed).digest(_MLKEM_SEED_BYTES + _X25519_BYTES)
    return (
        MLKEM768PrivateKey.from_seed_bytes(expanded[:_MLKEM_SEED_BYTES]),
        X25519PrivateKey.from_private_bytes(expanded[_MLKEM_SEED_BYTES:]),
    )


def _wrap(file_key: bytes, recipient: Recipient) -> _Stanza:
    sealed = _SUITE.encrypt(file_key, _public_key(recipient), info=_HPKE_INFO)
    share = _encode_base64(sealed[:_ENCAPSULATED_BYTES]).decode("ascii")
    return _Stanza((_STANZA_TYPE, share), sealed[_ENCAPSULATED_BYTES:])


def _unwrap(stanzas: Sequence[_Stanza], identities: Sequence[Identity]) -> bytes | None:
    """The file key from the first stanza that opens; all stanzas of our type are checked before any is tried."""
    sealed = [_sealed_file_key(stanza) for stanza in stanzas if stanza.arguments[0] == _STANZA_TYPE]
    for identity in identities:
        private_key = MLKEM768X25519PrivateKey(*_private_keys(identity))
        for ciphertext in sealed:
            try:
                return _SUITE.decrypt(ciphertext, private_key, info=_HPKE_INFO)
            except InvalidTag:
                continue
    return None


def _sealed_file_key(stanza: _Stanza) -> bytes:
    """Share and body as HPKE wants them. The body must have 32 bytes before any key is tried (partitioning oracle)."""
    if len(stanza.arguments) != 2 or len(stanza.body) != _FILE_KEY_BYTES + _TAG_BYTES:
        raise BundleDamaged(reason="stanza")
    share = _decode_base64(stanza.arguments[1].encode("ascii"))
    if len(share) != _ENCAPSULATED_BYTES or _is_low_order(share[-_X25519_BYTES:]):
        raise BundleDamaged(reason="stanza")
    return share + stanza.body


def _decrypt_payload(file_key: bytes, untrusted_payload: memoryview) -> bytes:
    nonce, untrusted_chunks = untrusted_payload[:_NONCE_BYTES], untrusted_payload[_NONCE_BYTES:]
    cipher = ChaCha20Poly1305(_derive(file_key, salt=bytes(nonce), info=b"payload"))
    chunks = max(1, -(-len(untrusted_chunks) // _SEALED_CHUNK_BYTES))
    plain: list[bytes] = []
    for number in range(chunks):
        sealed = untrusted_chunks[number * _SEALED_CHUNK_BYTES :][:_SEALED_CHUNK_BYTES]
        try:
            plain.append(cipher.decrypt(_chunk_nonce(number, chunks), sealed, None))
        except InvalidTag:
            raise BundleDamaged(reason="payload") from None
    if chunks > 1 and not plain[-1]:
        raise BundleDamaged(reason="payload")
    return b"".join(plain)


def _chunk_nonce(number: int, chunks: int) -> bytes:
    return number.to_bytes(11, "big") + (b"\x01" if number == chunks - 1 else b"\x00")


def _header_mac(file_key: bytes, header: bytes) -> HMAC:
    mac = HMAC(_derive(file_key, salt=b"", info=b"header"), SHA256())
    mac.update(header)
    return mac


def _derive(file_key: bytes, *, salt: bytes, info: bytes) -> bytes:
    return HKDF(SHA256(), 32, salt, info).derive(file_key)


def _encode_base64(data: bytes) -> bytes:
    return b64encode(data).rstrip(b"=")


def _decode_base64(untrusted_text: bytes) -> bytes:
    """Unpadded base64 in its one canonical spelling; raises BundleDamaged."""
    try:
        data = b64decode(untrusted_text + b"=" * (-len(untrusted_text) % 4))
    except binascii.Error:
        raise BundleDamaged(reason="base64") from None
    if _encode_base64(data) != untrusted_text:
        raise BundleDamaged(reason="base64")
    return data


def _is_low_order(x25519_public: bytes) -> bool:
    """Whether every X25519 exchange with this key gives zero, so that it adds nothing to the secret."""
    try:
        X25519PrivateKey.from_private_bytes(bytes(_X25519_BYTES)).exchange(
            X25519PublicKey.from_public_bytes(x25519_public)
        )
    except ValueError:
        return True
    return False


def _from_text(prefix: str, length: int, untrusted_text: str) -> bytes:
    """Data of a key text. A text of another length is refused unread: it may be as long as its sender likes."""
    if len(untrusted_text) != bech32.encoded_length(prefix, length):
        raise KeyMalformed
    found_prefix, data = bech32.decode(untrusted_text)
    if found_prefix != prefix:
        raise KeyMalformed
    return data
