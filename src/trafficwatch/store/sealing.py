# SPDX-License-Identifier: GPL-3.0-or-later
"""Sealing values under the case key (design 3): ChaCha20-Poly1305 bound to record and field.

A sealed value opens only in the place it was sealed for; moved to another record or field it is refused. Lengths are
rounded up to 32 bytes, so that a short answer does not betray itself by its size.
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
        if self._aead is None:
            raise CaseKeyNeeded
        nonce, plain = os.urandom(12), canonical(value).encode()
        padded = plain + b" " * (-len(plain) % _BLOCK)
        return Ciphertext(nonce + self._aead.encrypt(nonce, padded, _place(record_type, record_id, key)))

    def open(self, record_type: str, record_id: str, key: str, sealed: Ciphertext) -> Value:
        if self._aead is None:
            raise CaseKeyNeeded
        try:
            plain = self._aead.decrypt(sealed.data[:12], sealed.data[12:], _place(record_type, record_id, key))
        except (InvalidTag, ValueError):
            raise SealedValueDamaged(type=record_type, field=key) from None
        value: Value = json.loads(plain)
        return value


def _place(record_type: str, record_id: str, key: str) -> bytes:
    return canonical(["trafficwatch/sealed/1", record_type, record_id, key]).encode()
