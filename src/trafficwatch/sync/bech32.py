# SPDX-License-Identifier: GPL-3.0-or-later
"""Bech32 (BIP 173) without a length limit, the text form of age keys.

`decode` accepts what `encode` writes (checksum right, zero fill bits, one case throughout) and refuses everything else
with `KeyMalformed`. The human-readable prefix comes back in the case in which it was written, because age tells secret
keys (upper case) from public ones (lower case) by it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from trafficwatch.sync.key_errors import KeyMalformed

if TYPE_CHECKING:
    from collections.abc import Iterable

_ALPHABET = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
_VALUES = {character: value for value, character in enumerate(_ALPHABET)}
_GENERATOR = (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)
_REDUCED = [0]
for _constant in _GENERATOR:
    _REDUCED += [known ^ _constant for known in _REDUCED]
"""What the five bits that a step pushes out come back as: keys are long, and every bundle names some."""
_CHECKSUM_LENGTH = 6


def encode(prefix: str, data: bytes) -> str:
    """The Bech32 text of `data` under `prefix`, in the case of `prefix`; ValueError if the prefix can't be one."""
    if not _is_prefix(prefix):
        raise ValueError(prefix)
    words = _to_words(data)
    words += _checksum(prefix.lower(), words)
    text = prefix.lower() + "1" + "".join(_ALPHABET[word] for word in words)
    return text.upper() if prefix != prefix.lower() else text


def encoded_length(prefix: str, data_bytes: int) -> int:
    """Characters of the text of so many bytes under `prefix`."""
    return len(prefix) + 1 + -(-data_bytes * 8 // 5) + _CHECKSUM_LENGTH


def decode(untrusted_text: str) -> tuple[str, bytes]:
    """Prefix (as written) and data of a Bech32 text; raises KeyMalformed."""
    prefix, _, untrusted_words = untrusted_text.rpartition("1")
    # Asked first: the Kelvin sign and its like become plain letters when they change case.
    one_case = untrusted_text.isascii() and untrusted_text in (untrusted_text.lower(), untrusted_text.upper())
    if not one_case or not _is_prefix(prefix) or len(untrusted_words) < _CHECKSUM_LENGTH:
        raise KeyMalformed
    try:
        words = [_VALUES[character] for character in untrusted_words.lower()]
    except KeyError:
        raise KeyMalformed from None
    payload, checksum = words[:-_CHECKSUM_LENGTH], words[-_CHECKSUM_LENGTH:]
    if checksum != _checksum(prefix.lower(), payload):
        raise KeyMalformed
    return prefix, _from_words(payload)


def _is_prefix(prefix: str) -> bool:
    one_case = prefix in (prefix.lower(), prefix.upper())
    return bool(prefix) and one_case and all("!" <= character <= "~" for character in prefix)


def _to_words(data: bytes) -> list[int]:
    """Groups of 5 bits, big-endian, the last one filled with zero bits."""
    words: list[int] = []
    for start in range(0, len(data), 5):
        block = int.from_bytes(data[start : start + 5].ljust(5, b"\0"), "big")
        words += [block >> shift & 31 for shift in range(35, -1, -5)]
    return words[: -(-len(data) * 8 // 5)]


def _from_words(words: Iterable[int]) -> bytes:
    data = bytearray()
    buffer = bits = 0
    for word in words:
        buffer, bits = buffer << 5 | word, bits + 5
        if bits >= 8:
            bits -= 8
            data.append(buffer >> bits)
            buffer &= (1 << bits) - 1
    if bits >= 5 or buffer:
        raise KeyMalformed
    return bytes(data)


def _checksum(prefix: str, words: Iterable[int]) -> list[int]:
    """The six checksum words over the lower-case prefix and the data words."""
    expanded = [ord(character) >> 5 for character in prefix] + [0] + [ord(character) & 31 for character in prefix]
    state = 1
    for word in (*expanded, *words, *(0,) * _CHECKSUM_LENGTH):
        state = (state & 0x1FFFFFF) << 5 ^ word ^ _REDUCED[state >> 25]
    state ^= 1
    return [state >> 5 * (5 - place) & 31 for place in range(_CHECKSUM_LENGTH)]
