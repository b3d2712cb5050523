# SPDX-License-Identifier: GPL-3.0-or-later
"""A row of a sheet as text, with marks on the cells that can't be trusted. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

DIGITS_LOST, TOO_LONG, MERGED = "digits_lost", "cell_too_long", "merged_cells"
ERROR, NO_RESULT = "error_value", "no_result"
QUOTE_OPEN, SEVERAL_LINES = "quote_open", "several_lines"


@dataclass(frozen=True, slots=True)
class SheetRow:
    """One row with anything in it: its number as the office program shows it, its cells, and cells (by column from 0)
    that can't be trusted, with the reason. `broken` says why a whole row can't be; it stands on `lines` of the file.
    """

    number: int
    cells: tuple[str, ...]
    odd: Mapping[int, str] = field(default_factory=dict)
    broken: str = ""
    lines: int = 1
