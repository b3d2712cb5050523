# SPDX-License-Identifier: GPL-3.0-or-later
"""Sealing values under the case key (design 3): ChaCha20-Poly1305 bound to record and field.

A sealed value opens only in the place it was sealed for; moved to another record or field it is refused. Lengths are
rounded up, values to 32 bytes and files to 64 KiB, so that a short answer or a known photo does not betray itself by
its size.
"""

from __future__ import annotations

import json
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

from trafficwatch.errors import ConsentError, StoreError
from trafficwatch.models.exchange import canonical
from trafficwatch.models.fields import Value
from trafficwatch.models.tables import Ciphertext

_BLOCK = 32
_FILE_BLOCK = 65_536
_LENGTH = 8
"""Bytes before the content of a file that tell how long it is: what pads it may be part of a file too."""


class CaseKeyNeeded(ConsentError):
    """Reading or writing case text needs a volunteer with recorded training (P2/2024 art. 5(2)a, 5(3))."""

    key = "case_key_needed"


class SealedValueDamaged(StoreError):
    """A sealed value does not open in its place; parameters `type` and `field`."""

    key = "sealed_value_damaged"


class Sealer:
    """Seals and opens values; without a case key every attempt raises CaseKeyNeeded."""

    def __init__(self, case_key: bytes | None) -> None:
        self._aead = ChaCha20Poly1305(case_key) if case_key else None

    @property
    def able(self) -> bool:
        return self._aead is not None

    def seal(self, record_type: str, record_id: str, key: str, value: Value) -> Ciphertext:
        """The value as ciphertext for one place: 12-byte nonce, then the sealed JSON."""
        plain = canonical(value).encode()
        return self._seal(record_type, record_id, key, plain + b" " * (-len(plain) % _BLOCK))

    def open(self, record_type: str, record_id: str, key: str, sealed: Ciphertext) -> Value:
        value: Value = json.loads(self._open(record_type, record_id, key, sealed))
        return value

    def seal_bytes(self, record_type: str, record_id: str, key: str, content: bytes) -> Ciphertext:
        """The bytes of a file as ciphertext for one place: as `seal`, of the length, the content and zeros."""
        plain = len(content).to_bytes(_LENGTH, "big") + content
        return self._seal(record_type, record_id, key, plain + bytes(-len(plain) % _FILE_BLOCK))

    def open_bytes(self, record_type: str, record_id: str, key: str, sealed: Ciphertext) -> bytes:
        plain = self._open(record_type, record_id, key, sealed)
        return plain[_LENGTH : _LENGTH + int.from_bytes(plain[:_LENGTH], "big")]

    def opens(self, record_type: str, record_id: str, key: str, sealed: Ciphertext) -> bool:
        """Whether this value was sealed for this place with this case key."""
        try:
            self._open(record_type, record_id, key, sealed)
        except SealedValueDamaged:
            return False
        return True

    def move(self, to: Sealer, record_type: str, record_id: str, key: str, sealed: Ciphertext) -> Ciphertext:
        """The same value for the same place under another case key, of the same length."""
        return to._seal(record_type, record_id, key, self._open(record_type, record_id, key, sealed))

    def _seal(self, record_type: str, record_id: str, key: str, plain: bytes) -> Ciphertext:
        if self._aead is None:
            raise CaseKeyNeeded
        nonce = os.urandom(12)
        return Ciphertext(nonce + self._aead.encrypt(nonce, plain, _place(record_type, record_id, key)))

    def _open(self, record_type: str, record_id: str, key: str, sealed: Ciphertext) -> bytes:
        if self._aead is None:
            raise CaseKeyNeeded
        try:
            return self._aead.decrypt(sealed.data[:12], sealed.data[12:], _place(record_type, record_id, key))
        except (InvalidTag, ValueError):
            raise SealedValueDamaged(type=record_type, field=key) from None


def _place(record_type: str, record_id: str, key: str) -> bytes:
    return canonical(["trafficwatch/sealed/1", record_type, record_id, key]).encode()
