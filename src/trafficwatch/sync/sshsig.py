# SPDX-License-Identifier: GPL-3.0-or-later
"""Signatures of bundles: SSHSIG (OpenSSH `PROTOCOL.sshsig`) with Ed25519 and SHA-512, in ASCII armour.

`ssh-keygen -Y verify` checks what `sign` makes and the other way round; `sign` gives the very bytes that
`ssh-keygen -Y sign` gives. Keys are raw: 32 bytes each. `verify` knows one spelling: it builds the envelope that the
expected key and namespace must have and compares, so no field of the sender is ever interpreted.

Order of `verify`: the key itself (`check_public_key`), armour, envelope, signature. It raises

    UnsafeKey            the key would accept signatures that nobody made, or is no point of the curve
    SignatureMalformed   not an SSHSIG armour of an Ed25519 key in its one spelling
    SignatureInvalid     of another key, namespace or message, or changed
"""

from __future__ import annotations

import binascii
import hashlib
import os
import re
import struct
from base64 import b64decode, b64encode

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from trafficwatch.errors import BundleError
from trafficwatch.sync.key_errors import KeyMalformed, UnsafeKey

BUNDLE_NAMESPACE = "trafficwatch-bundle"

_KEY_TYPE = b"ssh-ed25519"
_HASH = b"sha512"
_MAGIC = b"SSHSIG"
_MAGIC_AND_VERSION = _MAGIC + (1).to_bytes(4, "big")
_KEY_OFFSET = len(_MAGIC_AND_VERSION) + 4 + 4 + len(_KEY_TYPE) + 4
_KEY_BYTES, _SIGNATURE_BYTES = 32, 64
_MAX_ARMOR_BYTES = 1024
_COLUMNS = 70
_BEGIN, _END = b"-----BEGIN SSH SIGNATURE-----\n", b"-----END SSH SIGNATURE-----\n"
_WORD = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@+/-]{0,99}")

_P = 2**255 - 19
_D = -121665 * pow(121666, -1, _P) % _P
_Y_OF_ORDER_8 = 2707385501144840649318225287225658788936804267575313519463743609750303402022
# Order 4 has y = 0 (two points), order 1 and 2 have 1 and -1, order 8 has this one or its negative (four points).
_SMALL_ORDER_Y = frozenset({0, 1, _P - 1, _Y_OF_ORDER_8, _P - _Y_OF_ORDER_8})


class SignatureMalformed(BundleError):
    """The text is not an SSH signature as we write it."""

    key = "signature_malformed"


class SignatureInvalid(BundleError):
    """The signature is not this key's for this message."""

    key = "signature_invalid"


def generate_private_key() -> bytes:
    """A new Ed25519 private key (32 bytes) from the operating system's randomness."""
    return os.urandom(_KEY_BYTES)


def public_key_of(private_key: bytes) -> bytes:
    """The raw public key (32 bytes) of a raw private key (32 bytes)."""
    return Ed25519PrivateKey.from_private_bytes(private_key).public_key().public_bytes_raw()


def check_public_key(raw: bytes) -> None:
    """Refuse a public key that must not be enrolled.

    KeyMalformed unless it has 32 bytes. UnsafeKey for a non-canonical encoding (RFC 8032, 5.1.3), a point of small
    order (their 14 encodings verify signatures that nobody made, or would) and an encoding that is no point at all.
    """
    if len(raw) != _KEY_BYTES:
        raise KeyMalformed
    y = int.from_bytes(raw, "little") & (2**255 - 1)
    if y >= _P or y in _SMALL_ORDER_Y:
        raise UnsafeKey
    x_squared = (y * y - 1) * pow(_D * y * y + 1, -1, _P) % _P
    if pow(x_squared, (_P - 1) // 2, _P) != 1:
        raise UnsafeKey


def sign(message: bytes, *, private_key: bytes, namespace: str) -> bytes:
    """The armoured signature, ASCII with a line feed at its end; always the same for the same input."""
    signature = Ed25519PrivateKey.from_private_bytes(private_key).sign(_signed_data(message, namespace))
    return _armor(_envelope(public_key_of(private_key), namespace, signature))


def verify(untrusted_signature: bytes, message: bytes, *, public_key: bytes, namespace: str) -> None:
    """Return if the signature is this key's for this message and namespace; raises as the module says."""
    check_public_key(public_key)
    envelope = _unarmor(untrusted_signature)
    signature = envelope[-_SIGNATURE_BYTES:]
    if envelope != _envelope(public_key, namespace, signature):
        raise SignatureInvalid
    try:
        Ed25519PublicKey.from_public_bytes(public_key).verify(signature, _signed_data(message, namespace))
    except InvalidSignature:
        raise SignatureInvalid from None


def claimed_public_key(untrusted_signature: bytes) -> bytes:
    """The key that the signature says it is of, unverified: good for looking up an enrolled device, nothing else."""
    envelope = _unarmor(untrusted_signature)
    key = envelope[_KEY_OFFSET : _KEY_OFFSET + _KEY_BYTES]
    if len(key) != _KEY_BYTES or not envelope.startswith(_MAGIC_AND_VERSION + _string(_key_blob(key))):
        raise SignatureMalformed
    return key


def fingerprint(public_key: bytes) -> str:
    """`SHA256:` and 43 characters, as `ssh-keygen -l` shows it."""
    return "SHA256:" + b64encode(hashlib.sha256(_key_blob(public_key)).digest()).decode("ascii").rstrip("=")


def public_key_line(public_key: bytes, comment: str = "") -> str:
    """The key as one line of a `.pub` file, without line feed; ValueError for a comment that is not one plain word."""
    line = f"{_KEY_TYPE.decode()} {b64encode(_key_blob(public_key)).decode('ascii')}"
    return f"{line} {_word(comment)}" if comment else line


def allowed_signers_line(principal: str, public_key: bytes, namespace: str) -> str:
    """One line for `ssh-keygen -Y verify -f`, without line feed; it allows this key in this namespace only.

    ValueError if principal or namespace is not one plain word: a space, quote, comma or wildcard would widen the line.
    """
    return f'{_word(principal)} namespaces="{_word(namespace)}" {public_key_line(public_key)}'


def _word(text: str) -> str:
    if _WORD.fullmatch(text) is None:
        raise ValueError(text)
    return text


def _string(data: bytes) -> bytes:
    """An SSH string: four bytes of length, then the bytes."""
    return struct.pack(">I", len(data)) + data


def _key_blob(public_key: bytes) -> bytes:
    return _string(_KEY_TYPE) + _string(public_key)


def _signed_data(message: bytes, namespace: str) -> bytes:
    digest = hashlib.sha512(message).digest()
    return _MAGIC + b"".join(map(_string, (_word(namespace).encode("ascii"), b"", _HASH, digest)))


def _envelope(public_key: bytes, namespace: str, signature: bytes) -> bytes:
    fields = (
        _key_blob(public_key),
        _word(namespace).encode("ascii"),
        b"",
        _HASH,
        _string(_KEY_TYPE) + _string(signature),
    )
    return _MAGIC_AND_VERSION + b"".join(map(_string, fields))


def _armor(envelope: bytes) -> bytes:
    text = b64encode(envelope)
    lines = (text[start : start + _COLUMNS] + b"\n" for start in range(0, len(text), _COLUMNS))
    return b"".join((_BEGIN, *lines, _END))


def _unarmor(untrusted_signature: bytes) -> bytes:
    """The envelope of an armour in its one spelling; the length is checked before anything is decoded."""
    if len(untrusted_signature) > _MAX_ARMOR_BYTES:
        raise SignatureMalformed
    try:
        envelope = b64decode(untrusted_signature.removeprefix(_BEGIN).removesuffix(_END).replace(b"\n", b""))
    except binascii.Error:
        raise SignatureMalformed from None
    if untrusted_signature != _armor(envelope):
        raise SignatureMalformed
    return envelope
