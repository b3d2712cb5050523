# SPDX-License-Identifier: GPL-3.0-or-later
"""The printed recovery code: 140 bits there and back, and every slip of a tired hand found in its group."""

from __future__ import annotations

import itertools
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trafficwatch.store.recovery_code import (
    ALPHABET,
    GROUPS,
    RecoveryCodeIncomplete,
    RecoveryCodeMistyped,
    read,
    spell,
)

RANDOM = st.binary(min_size=18, max_size=18)
CODES = RANDOM.map(spell)
GROUP = st.integers(0, GROUPS - 1)
FIXED = spell(bytes(range(100, 118)))


def with_group(code: str, group: int, five: str) -> str:
    groups = code.split("-")
    groups[group] = five
    return "-".join(groups)


def group_found_wrong(typed: str) -> int:
    """The number of the group that is named, counted from 1."""
    with pytest.raises(RecoveryCodeMistyped) as caught:
        read(typed)
    return int(caught.value.params["group"])


@given(RANDOM)
def test_all_140_bits_come_back(random: bytes) -> None:
    code = spell(random)
    assert re.fullmatch(rf"[{ALPHABET}]{{5}}(-[{ALPHABET}]{{5}}){{6}}", code)
    bits = 0
    for char in read(code).decode():
        bits = bits << 5 | ALPHABET.index(char)
    assert bits == int.from_bytes(random, "big") >> 4


def test_the_alphabet_has_32_letters_that_cannot_be_confused() -> None:
    assert len(set(ALPHABET)) == 32
    assert set("OILU").isdisjoint(ALPHABET)


@given(CODES, st.integers(0, 2**20))
def test_it_is_read_leniently(code: str, seed: int) -> None:
    """Small letters, other blanks, no dashes, and the letters that look like digits."""
    lookalike = code.replace("0", "oO"[seed % 2]).replace("1", "iIlL"[seed % 4])
    for typed in (code.lower(), lookalike, code.replace("-", ""), f"\t{code.replace('-', ' - ')}\r\n"):
        assert read(typed) == read(code)


def test_every_single_wrong_character_is_found_in_its_group() -> None:
    for group, place, char in itertools.product(range(GROUPS), range(5), ALPHABET):
        five = FIXED.split("-")[group]
        if five[place] != char:
            assert group_found_wrong(with_group(FIXED, group, five[:place] + char + five[place + 1 :])) == group + 1


def test_every_two_characters_of_a_group_that_change_places_are_found() -> None:
    for group, (one, other) in itertools.product(range(GROUPS), itertools.combinations(range(5), 2)):
        five = list(FIXED.split("-")[group])
        if five[one] != five[other]:
            five[one], five[other] = five[other], five[one]
            assert group_found_wrong(with_group(FIXED, group, "".join(five))) == group + 1


def test_every_two_groups_that_change_places_are_found() -> None:
    for one, other in itertools.combinations(range(GROUPS), 2):
        groups = FIXED.split("-")
        groups[one], groups[other] = groups[other], groups[one]
        assert group_found_wrong("-".join(groups)) == one + 1


@given(CODES, GROUP, st.integers(0, 4), st.sampled_from(ALPHABET))
def test_a_wrong_character_is_found_in_any_code(code: str, group: int, place: int, char: str) -> None:
    five = code.split("-")[group]
    if five[place] != char:
        assert group_found_wrong(with_group(code, group, five[:place] + char + five[place + 1 :])) == group + 1


@given(CODES, GROUP, st.integers(0, 3))
def test_neighbours_that_change_places_are_found_in_any_code(code: str, group: int, place: int) -> None:
    five = code.split("-")[group]
    swapped = five[:place] + five[place + 1] + five[place] + five[place + 2 :]
    if swapped != five:
        assert group_found_wrong(with_group(code, group, swapped)) == group + 1


@given(CODES, st.integers(0, GROUPS - 2))
def test_characters_that_change_places_between_groups_are_found(code: str, group: int) -> None:
    groups = code.split("-")
    one, other = groups[group], groups[group + 1]
    if one[4] != other[0]:
        typed = with_group(with_group(code, group, one[:4] + other[0]), group + 1, one[4] + other[1:])
        assert group_found_wrong(typed) == group + 1


@given(CODES, GROUP, GROUP)
def test_groups_that_change_places_are_found_in_any_code(code: str, one: int, other: int) -> None:
    """Even two groups that are alike but for their check characters: the group's number is part of the check."""
    groups = code.split("-")
    groups[one], groups[other] = groups[other], groups[one]
    if one != other:
        assert group_found_wrong("-".join(groups)) == min(one, other) + 1


@pytest.mark.parametrize("char", "U*.é")
def test_a_character_that_is_in_no_code_is_named_by_its_group(char: str) -> None:
    assert group_found_wrong(FIXED[:14] + char + FIXED[15:]) == 3


@given(st.integers(0, 60).filter(lambda count: count != 35))
def test_a_code_of_another_length_is_incomplete(count: int) -> None:
    with pytest.raises(RecoveryCodeIncomplete) as caught:
        read("A" * count)
    assert caught.value.params == {"found": count, "wanted": 35}
