# SPDX-License-Identifier: GPL-3.0-or-later
"""Bech32 as BIP 173 has it, and one accepted spelling per value."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trafficwatch.errors import BundleError
from trafficwatch.sync import bech32
from trafficwatch.sync.key_errors import KeyMalformed

PREFIXES = st.text("abcdefghijklmnopqrstuvwxyz0123456789-+", min_size=1).filter(lambda text: text != text.upper())


@pytest.mark.parametrize(
    ("text", "prefix", "data_bytes"),
    [  # valid strings of BIP 173 whose data are whole bytes
        ("A12UEL5L", "A", 0),
        ("a12uel5l", "a", 0),
        ("?1ezyfcl", "?", 0),
        ("abcdef1qpzry9x8gf2tvdw0s3jn54khce6mua7lmqqqxw", "abcdef", 20),
        ("split1checkupstagehandshakeupstreamerranterredcaperred2y9e3w", "split", 30),
    ],
)
def test_strings_of_the_standard(text: str, prefix: str, data_bytes: int) -> None:
    found_prefix, data = bech32.decode(text)
    assert (found_prefix, len(data)) == (prefix, data_bytes)
    assert bech32.encode(prefix, data) == text


@pytest.mark.parametrize(
    ("flaw", "text"),
    [
        ("empty", ""),
        ("no separator", "pzry9x0s0muk"),
        ("empty prefix", "1pzry9x0s0muk"),
        ("prefix outside ASCII", "\x801eym55h"),
        ("control character in the prefix", "\x7f1axkwrx"),
        ("space in the prefix", " 1nwldj5"),
        ("character outside the alphabet", "x1b4n0q5v"),
        ("checksum too short", "li1dgmt3"),
        ("wrong checksum", "a12uel5m"),
        ("checksum of Bech32m", "a1lqfn3a"),
        ("mixed case", "A12uEL5L"),
        ("mixed case between prefix and data", "A12uel5l"),
    ],
)
def test_refused(flaw: str, text: str) -> None:
    with pytest.raises(KeyMalformed):
        bech32.decode(text)


@pytest.mark.parametrize(
    ("flaw", "words"),
    [("fill bits not zero", [31, 29]), ("a whole word of fill", [31, 28, 0]), ("half a byte", [1])],
)
def test_words_that_no_bytes_make(flaw: str, words: list[int]) -> None:
    assert bech32.decode(_text_of([31, 28])) == ("a", b"\xff")
    with pytest.raises(KeyMalformed):
        bech32.decode(_text_of(words))


def _text_of(words: list[int]) -> str:
    return "a1" + "".join(bech32._ALPHABET[word] for word in words + bech32._checksum("a", words))


def test_letters_that_only_look_plain_after_a_change_of_case() -> None:
    """U+212A, the Kelvin sign, is upper case and becomes a plain k in lower case."""
    text = bech32.encode("AGE", b"\xb5" * 20)
    position = text.index("K", 4)
    with pytest.raises(KeyMalformed):
        bech32.decode(text[:position] + "\u212a" + text[position + 1 :])


@pytest.mark.parametrize("prefix", ["", "Ab", "a b", "\u00e9"])
def test_impossible_prefix(prefix: str) -> None:
    with pytest.raises(ValueError, match=f"^{prefix}$"):
        bech32.encode(prefix, b"")


@given(prefix=PREFIXES, upper=st.booleans(), data=st.binary(max_size=100))
def test_round_trip(prefix: str, upper: bool, data: bytes) -> None:
    prefix = prefix.upper() if upper else prefix
    text = bech32.encode(prefix, data)
    assert bech32.decode(text) == (prefix, data)
    assert len(text) == bech32.encoded_length(prefix, len(data))


def test_longer_than_the_standard_allows() -> None:
    data = bytes(range(256)) * 5
    text = bech32.encode("age1pq", data)
    assert len(text) == bech32.encoded_length("age1pq", len(data)) == 2_061
    assert bech32.decode(text) == ("age1pq", data)


@given(data=st.binary(max_size=40), place=st.integers(0), other=st.sampled_from("qpzry9x8gf2tvdw0s3jn54khce6mua7l"))
def test_one_wrong_character_is_refused(data: bytes, place: int, other: str) -> None:
    text = bech32.encode("age1pq", data)
    place = len("age1pq1") + place % (len(text) - len("age1pq1"))
    wrong = text[:place] + other + text[place + 1 :]
    if wrong != text:
        with pytest.raises(KeyMalformed):
            bech32.decode(wrong)


@given(st.text())
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        prefix, data = bech32.decode(text)
    except BundleError:
        return
    assert bech32.encode(prefix, data) == text
