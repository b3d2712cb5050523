# SPDX-License-Identifier: GPL-3.0-or-later
"""Which workbook this is: OpenSID's, SIAK's, a book of residents (BIP), our own template, or columns by their names.

A layout is known by the names of its columns, in any order; capitals, spaces and signs don't count. What a layout holds
but this work doesn't need (blood group, family planning, pregnancy, disability, the parents' NIK) has no field, and is
not taken in. The tables are data (`resources/opensid/layouts.json`). Pure: they are a parameter.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

HEADER_ROWS = 20
"""Titles may stand above the column names, but not more than this."""
FREE = "free"

FIELDS = (
    "name",
    "nik",
    "kk_number",
    "sex",
    "birth_place",
    "birth_date",
    "street",
    "hamlet",
    "rt",
    "rw",
    "village",
    "district",
    "household_role",
    "marital_status",
    "religion",
    "education",
    "occupation",
    "nationality",
    "residency",
    "phone",
)
"""What a column may be mapped to; the address is put together from several."""

_ENOUGH = 3
"""Columns by which a header of no known layout is one."""


@dataclass(frozen=True, slots=True)
class Layout:
    """A kind of workbook: its columns by key with their field, None for those that are not taken in. In a `grouped` one
    a row with the family's KK number and address stands above its members.
    """

    name: str
    columns: Mapping[str, str | None]
    required: frozenset[str] = frozenset()
    grouped: bool = False


@dataclass(frozen=True, slots=True)
class Found:
    """A header row (place among the rows given) and what it was recognised as."""

    place: int
    header: tuple[str, ...]
    layout: Layout


@dataclass(frozen=True, slots=True)
class Layouts:
    """All layouts that are known, and the names that a field goes by elsewhere."""

    layouts: tuple[Layout, ...]
    names: Mapping[str, str]
    extra: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> Layouts:
        """From the content of `layouts.json`."""
        layouts = tuple(
            Layout(
                one["name"],
                {key_of(column): name for column, name in one["columns"].items()},
                frozenset(map(key_of, one["required"])),
                one["grouped"],
            )
            for one in data["layouts"]
        )
        names, extra = ({key_of(word): name for name, words in data[of].items() for word in words} for of in _WORDS)
        return cls(layouts, names, extra)

    def recognise(self, header: Sequence[str]) -> Layout | None:
        """The layout with the most of these columns; a free one where only names are known; None for no header."""
        keys = {key_of(cell) for cell in header} - {""}
        fitting = [layout for layout in self.layouts if layout.required <= keys]
        if fitting:
            return max(fitting, key=lambda layout: (len(layout.columns.keys() & keys), -len(layout.columns)))
        known = {self.names[key] for key in keys if key in self.names}
        if "name" in known and len(known) >= _ENOUGH:
            return Layout(FREE, dict(self.names))
        return None

    def find(self, rows: Sequence[Sequence[str]]) -> Found | None:
        """The header among the first rows: the recognised one with the most columns, the first of equals."""
        best: tuple[int, Found] | None = None
        for place, cells in enumerate(rows[:HEADER_ROWS]):
            if (layout := self.recognise(cells)) is not None:
                score = len(layout.columns.keys() & {key_of(cell) for cell in cells})
                if best is None or score > best[0]:
                    best = score, Found(place, tuple(cells), layout)
        return best[1] if best else None

    def columns(self, found: Found) -> dict[int, str]:
        """Column -> field as recognised; of two columns for one field the first. The user may change it."""
        columns: dict[int, str] = {}
        for column, cell in enumerate(found.header):
            key = key_of(cell)
            name = found.layout.columns.get(key) or (self.extra.get(key) if found.layout.grouped else None)
            if name is not None and name not in columns.values():
                columns[column] = name
        return columns


def key_of(cell: str) -> str:
    """A column's name for comparing: its letters and digits."""
    return "".join(char for char in unicodedata.normalize("NFKC", cell).casefold() if char.isalnum())


_WORDS = ("names", "family")
