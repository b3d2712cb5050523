# SPDX-License-Identifier: GPL-3.0-or-later
"""An enrolment file as QR codes, to be shown on a screen or printed, and back (docs/bundle.md). Pure.

The file is deflated, spelled in base 45 (RFC 9285: QR's own alphabet, three characters for two bytes) and cut into
parts of at most PART characters, so that an old telephone reads each code. A part is

    TWE1 <8 hex digits of SHA-256 of the deflated file> <number> <how many> <its share of the text>

with number and how many as one digit each. The parts prove nothing: the file has its signature, and its maker the 30
digits. They may be read in any order and more than once, but never of two files at once.
"""

from __future__ import annotations

import hashlib
import re
import zlib
from collections.abc import Iterable

from trafficwatch.errors import BundleError
from trafficwatch.sync.enrolment import FILE_LIMIT

PART = 480
"""Characters of a part: QR version 12 with error correction M holds 419, version 14 holds 528."""
_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
_VALUES = {char: value for value, char in enumerate(_ALPHABET)}
_PART = re.compile(r"TWE1([0-9A-F]{8})([1-9])([1-9])([0-9A-Z $%*+\-./:]+)")
_PARTS = 9


class QrNotFound(BundleError):
    """Nothing that was read is a part of an enrolment file."""

    key = "qr_not_found"
    catalogue = "errors_enrolment"


class QrMissing(BundleError):
    """Parts were not read; parameters `missing` (their numbers) and `total`."""

    key = "qr_missing"
    catalogue = "errors_enrolment"


class QrMixed(BundleError):
    """The codes are of two files."""

    key = "qr_mixed"
    catalogue = "errors_enrolment"


class QrDamaged(BundleError):
    """All parts were read, but they are not what they say."""

    key = "qr_damaged"
    catalogue = "errors_enrolment"


def parts(content: bytes) -> list[str]:
    """The texts of the codes for an enrolment file, in order."""
    packed = zlib.compress(content, 9)
    text = encode45(packed)
    count = -(-len(text) // PART)
    size = -(-len(text) // count)
    head = hashlib.sha256(packed).hexdigest()[:8].upper()
    return [f"TWE1{head}{number}{count}{text[(number - 1) * size : number * size]}" for number in range(1, count + 1)]


def joined(untrusted_texts: Iterable[str]) -> bytes:
    """The enrolment file from the texts of codes, as they were read; texts of other codes are passed over.

    Raises QrNotFound, QrMixed, QrMissing, QrDamaged.
    """
    found = [match for text in untrusted_texts if (match := _PART.fullmatch(text))]
    if not found:
        raise QrNotFound
    heads = {(match[1], match[3]) for match in found}
    shares = {int(match[2]): match[4] for match in found}
    if len(heads) > 1 or any(shares[int(match[2])] != match[4] for match in found):
        raise QrMixed
    [(head, count)] = heads
    missing = [str(number) for number in range(1, int(count) + 1) if number not in shares]
    if missing:
        raise QrMissing(missing=", ".join(missing), total=int(count))
    if len(shares) != int(count):
        raise QrDamaged
    packed = decode45("".join(shares[number] for number in sorted(shares)))
    if hashlib.sha256(packed).hexdigest()[:8].upper() != head:
        raise QrDamaged
    reader = zlib.decompressobj()
    try:
        content = reader.decompress(packed, FILE_LIMIT)
    except zlib.error:
        raise QrDamaged from None
    if not reader.eof or reader.unused_data:
        raise QrDamaged
    return content


def encode45(content: bytes) -> str:
    """Base 45 (RFC 9285)."""
    text = []
    for start in range(0, len(content), 2):
        pair = content[start : start + 2]
        value = int.from_bytes(pair, "big")
        for _ in range(len(pair) + 1):
            value, digit = divmod(value, 45)
            text.append(_ALPHABET[digit])
    return "".join(text)


def decode45(untrusted_text: str) -> bytes:
    """The bytes of a base 45 text of QR's alphabet; raises QrDamaged."""
    content = bytearray()
    for start in range(0, len(untrusted_text), 3):
        digits = [_VALUES[char] for char in untrusted_text[start : start + 3]]
        value = sum(digit * 45**place for place, digit in enumerate(digits))
        size = len(digits) - 1
        if size < 1 or value >= 256**size:
            raise QrDamaged
        content += value.to_bytes(size, "big")
    return bytes(content)
