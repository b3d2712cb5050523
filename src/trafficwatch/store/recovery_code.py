# SPDX-License-Identifier: GPL-3.0-or-later
"""The recovery code: 7 groups of 4 random characters and 1 check character, 140 random bits (design 3). Pure.

Characters are Crockford's base32 (no I, L, O, U); O is read as 0, I and L as 1. Each check character is a sum over
GF(32) with a different weight per place and the group's number added, so that one wrong character, two swapped ones or
a group in the wrong place is always found, and the group is named.
"""

from __future__ import annotations

from trafficwatch.errors import InputError

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
GROUPS = 7
RANDOM_PER_GROUP = 4
_READ_AS = str.maketrans("OIL", "011")


class RecoveryCodeMistyped(InputError):
    """A group of the recovery code can't be right; parameter `group` counts from 1."""

    key = "recovery_code_mistyped"


class RecoveryCodeIncomplete(InputError):
    """The recovery code has not 35 characters; parameters `found` and `wanted`."""

    key = "recovery_code_incomplete"


def spell(random: bytes) -> str:
    """The printed code for 18 random bytes, of which 140 bits are used: `ABCDE-...` in 7 groups."""
    bits = int.from_bytes(random[:18], "big") >> 4
    digits = [(bits >> shift) & 31 for shift in range(135, -1, -5)]
    groups = []
    for group in range(GROUPS):
        four = digits[group * RANDOM_PER_GROUP : (group + 1) * RANDOM_PER_GROUP]
        groups.append("".join(ALPHABET[digit] for digit in [*four, _check(group, four)]))
    return "-".join(groups)


def read(typed: str) -> bytes:
    """The 28 secret characters of a typed code, as key material; raises which group is wrong."""
    letters = [char for char in typed.upper().translate(_READ_AS) if char not in " -\t\r\n"]
    wanted = GROUPS * (RANDOM_PER_GROUP + 1)
    if len(letters) != wanted:
        raise RecoveryCodeIncomplete(found=len(letters), wanted=wanted)
    secret = ""
    for group in range(GROUPS):
        five = letters[group * 5 : group * 5 + 5]
        digits = [ALPHABET.find(char) for char in five]
        if -1 in digits or _check(group, digits[:4]) != digits[4]:
            raise RecoveryCodeMistyped(group=group + 1)
        secret += "".join(five[:4])
    return secret.encode("ascii")


def _check(group: int, digits: list[int]) -> int:
    total, weight = group + 1, 1
    for digit in digits:
        weight = _times_two(weight)
        total ^= _multiply(weight, digit)
    return total


def _times_two(value: int) -> int:
    """Multiply by x in GF(32) with x^5 + x^2 + 1."""
    doubled = value << 1
    return doubled ^ 0b100101 if doubled & 32 else doubled


def _multiply(one: int, other: int) -> int:
    product = 0
    while other:
        if other & 1:
            product ^= one
        one, other = _times_two(one), other >> 1
    return product
