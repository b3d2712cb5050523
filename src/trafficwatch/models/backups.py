# SPDX-License-Identifier: GPL-3.0-or-later
"""What is known of a backup: the store's own note of it, and what a look inside tells before it is restored."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Reason(StrEnum):
    """Why a backup was made. `set_aside` is a whole store that a restored one took the place of."""

    DAILY = "daily"
    UPGRADE = "upgrade"
    IMPORT = "import"
    ROTATION = "rotation"
    BY_HAND = "by_hand"
    SET_ASIDE = "set_aside"


@dataclass(frozen=True, slots=True)
class BackupRow:
    """One backup as its store noted it: `place` is its folder, wherever the store lies now, `sequence` the last row of
    the journal that it holds.
    """

    id: str
    made_at: str
    place: str
    reason: Reason
    size: int
    records: int
    sequence: int
    gone_at: str | None = None


@dataclass(frozen=True, slots=True)
class Contents:
    """What a backup holds: when and by which program it was made, of which desk, how much (`counts` by record type)."""

    made_at: str
    version: str
    side: str
    code: str
    name: str
    practice: bool
    device: str
    sequence: int
    counts: Mapping[str, int]
    size: int

    @property
    def records(self) -> int:
        return sum(self.counts.values())
