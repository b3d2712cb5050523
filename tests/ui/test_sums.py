# SPDX-License-Identifier: GPL-3.0-or-later
"""Sums as people write them: however thousands are parted and the sum ends, read as meant and never a hundredfold."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as some

from trafficwatch.ui.village.care_inputs import number_of

SUMS = some.integers(0, 9_999_999_999_999)
STARTS = some.sampled_from(["", "Rp", "Rp ", "rp. ", "Rp.", "Rp\u00a0", " "])


@given(
    SUMS, STARTS, some.sampled_from([("", ",00"), ("", ".00"), (".", ",00"), (",", ".00"), (" ", ",00")]), some.data()
)
def test_a_sum_is_read_as_it_is_written(amount: int, start: str, parts: tuple[str, str], data: some.DataObject) -> None:
    between, cents = parts
    end = data.draw(some.sampled_from(["", cents, ",-", ".-", ",--", " "]))
    written = f"{amount:,}".replace(",", between)
    assert number_of(f"{start}{written}{end}") == amount


@given(some.integers(1000, 9_999_999_999), some.integers(1, 99), some.sampled_from([".,", ",."]))
def test_cents_are_refused(amount: int, cents: int, signs: str) -> None:
    assert number_of(f"{amount:,}".replace(",", signs[0]) + f"{signs[1]}{cents:02}") is None


@given(some.text("0123456789., -", max_size=20))
def test_what_is_read_are_all_the_digits_but_cents_of_nothing(typed: str) -> None:
    found = number_of(typed)
    if found is not None:
        digits = "".join(char for char in typed if char.isdigit())
        assert found in {int(digits), int(digits[:-2] or 0)}
        assert found == int(digits) or typed.strip()[-3:] in {",00", ".00"}


@pytest.mark.parametrize(
    "typed", ["", "Rp", "banyak", "1,5 juta", "1.500.00", "1500.000", "1.50", "-5", "10000000000000", "١٢"]
)
def test_what_is_unclear_is_not_guessed(typed: str) -> None:
    assert number_of(typed) is None
