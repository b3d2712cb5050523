# SPDX-License-Identifier: GPL-3.0-or-later
"""The paper that goes with a stick: which files were handed over, by whom to whom. Nothing of any resident is on it.

A check code is the beginning of a file's SHA-256 in four groups: two people who read the same code hold the same file.
"""

from __future__ import annotations

from dataclasses import dataclass

from trafficwatch.models.forms import FormHead

_GROUP, _GROUPS = 4, 4


@dataclass(frozen=True, slots=True)
class SlipRow:
    """One file. Of a receipt, `number` and `records` are those of the bundle that it answers."""

    file: str
    number: int
    records: int
    code: str


@dataclass(frozen=True, slots=True)
class HandoverSlip:
    """What was handed over: bundles by a village, or with `answers` receipts by a PPT. `giver` and `taker` are desks,
    `signer` who hands it over.
    """

    head: FormHead
    answers: bool = False
    giver: str | None = None
    taker: str | None = None
    made_at: str | None = None
    signer: str | None = None
    rows: tuple[SlipRow, ...] = ()


def check_code(digest: str) -> str:
    """The check code of a file with this SHA-256 (hex): `7F3A 09C2 11B4 E0D9`."""
    groups = (digest[place * _GROUP : (place + 1) * _GROUP] for place in range(_GROUPS))
    return " ".join(groups).upper()
