# SPDX-License-Identifier: GPL-3.0-or-later
"""Padmé: the promises of the paper, and its arithmetic on small numbers done by hand."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trafficwatch.sync.padme import padded_size

SIZES = st.integers(0, 2**40)


@pytest.mark.parametrize(
    ("size", "padded"),
    [
        *((size, size) for size in range(9)),
        (9, 10),  # exponent 3, which needs 2 bits: the lowest bit goes
        (10, 10),
        (17, 18),  # exponent 4, 3 bits: the lowest bit goes
        (33, 36),
        (65, 72),
        (1_000, 1_024),  # exponent 9, 4 bits: multiples of 32
        (1_000_000, 1_015_808),  # exponent 19, 5 bits: multiples of 16,384
    ],
)
def test_by_hand(size: int, padded: int) -> None:
    assert padded_size(size) == padded


@given(SIZES)
def test_grows_by_at_most_12_percent_and_stays_when_padded_again(size: int) -> None:
    padded = padded_size(size)
    assert size <= padded <= size * 1.12
    assert padded_size(padded) == padded


@given(SIZES, SIZES)
def test_keeps_the_order(one: int, other: int) -> None:
    assert (padded_size(one) <= padded_size(other)) or one > other


def test_few_sizes_are_left() -> None:
    """A bundle of up to 1 MB, counted in blocks of 512 bytes, has one of 91 sizes instead of 1,953."""
    assert len({padded_size(blocks) for blocks in range(1, 1_954)}) == 91


def test_negative_size() -> None:
    with pytest.raises(ValueError, match="-1"):
        padded_size(-1)
