# SPDX-License-Identifier: GPL-3.0-or-later
"""The code tables of village programs: a number or a word becomes what our card holds.

Capitals, spaces and signs don't count. Sex, marriage, place in the family and status take nothing but known codes;
religion, education, work and nationality also any other words. OpenSID's export in words writes the status from the
wrong table: there TETAP is a living resident and TIDAK TETAP a dead one, in any other file they are not known.
The tables are data (`resources/opensid/codes.json`). Pure: they are a parameter.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from trafficwatch.registry.workbook.layouts import key_of

CHOICES = frozenset({"sex", "marital_status", "household_role", "residency"})


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a code means, and whether that rests on a trap of one program's export."""

    value: str
    trap: bool = False


@dataclass(frozen=True, slots=True)
class Codes:
    """Field -> key of a code or word -> value; `refused` holds codes that say that the record is not valid,
    `spelled` the first word of each code.
    """

    tables: Mapping[str, Mapping[str, str]]
    traps: Mapping[tuple[str, str], Mapping[str, str]]
    refused: Mapping[str, frozenset[str]]
    spelled: Mapping[str, tuple[str, ...]]

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> Codes:
        """From the content of `codes.json`."""
        tables = {
            field: {key_of(word): entry["value"] for entry in entries for word in (entry["code"], *entry["words"])}
            for field, entries in data["tables"].items()
        }
        traps = {
            (layout, field): {key_of(word): value for word, value in words.items()}
            for layout, fields in data["of_layout"].items()
            for field, words in fields.items()
        }
        refused = {
            field: frozenset(map(key_of, (*kinds["codes"], *kinds["words"])))
            for field, kinds in data["refused"].items()
        }
        spelled = {field: tuple(entry["words"][0] for entry in entries) for field, entries in data["tables"].items()}
        return cls(tables, traps, refused, spelled)

    def is_invalid(self, field: str, text: str) -> bool:
        return key_of(text) in self.refused.get(field, ())

    def meaning(self, field: str, text: str, layout: str) -> Meaning | None:
        """What a cell says; None for a code that the table lacks, or a word where only codes may stand."""
        key = key_of(text).lstrip("0") or "0"
        if (value := self.traps.get((layout, field), {}).get(key)) is not None:
            return Meaning(value, trap=True)
        if (value := self.tables[field].get(key)) is not None:
            return Meaning(value)
        return None if field in CHOICES or key.isdecimal() else Meaning(text)
