# SPDX-License-Identifier: GPL-3.0-or-later
"""Padmé: how long a bundle is made, so that its size says little about what is inside.

Padmé (Nikitin, Barman, Lueks, Underwood, Hubaux, Ford: "Reducing Metadata Leakage from Encrypted Files and
Communication with PURBs", 2019, section 4) keeps only the leading bits of a size, as many as a floating point number
with an exponent of log2(log2 size) bits would: the leak is O(log log size) bits, the cost at most 12 % and less for
larger sizes. Sizes may be counted in any unit; a tar archive is counted in blocks of 512 bytes.
"""

from __future__ import annotations


def padded_size(size: int) -> int:
    """The smallest Padmé size that is at least `size` (same unit); ValueError for a negative size."""
    if size < 0:
        raise ValueError(size)
    if size < 2:
        return size
    exponent = size.bit_length() - 1
    mantissa_bits = exponent.bit_length()
    mask = (1 << (exponent - mantissa_bits)) - 1
    return (size + mask) & ~mask
