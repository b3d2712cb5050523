# SPDX-License-Identifier: GPL-3.0-or-later
"""Canaries: texts that stand for what must stay secret, and the search for them in any spelling."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any

from trafficwatch.models.fields import Field, RecordType, Shape, Side

if TYPE_CHECKING:
    from pathlib import Path

CANARY = "Kanari"
SHORT = 8  # fields of fewer characters have no room for a canary (a country's two letters)


def hidden_in(content: bytes) -> list[str]:
    """In which spelling a canary stands in these bytes; none is what we want."""
    lowered = content.lower()
    found = [name for name in ("utf-8", "utf-16-le", "utf-16-be") if CANARY.lower().encode(name) in lowered]
    for word in (CANARY, CANARY.lower(), CANARY.upper()):
        for shift in range(3):
            core = base64.b64encode(b"\0" * shift + word.encode())[4 if shift else 0 : 8]
            found += [f"base64+{shift}"] if core in content else []
    return found


class Canaries:
    """A value for every field of a record type, with a canary wherever text goes; `given` is what must stay hidden."""

    def __init__(self) -> None:
        self.given: dict[str, str] = {}
        self.ids: dict[str, str] = {}

    def of(self, record_type: RecordType, side: Side) -> dict[str, Any]:
        """Values for all fields that this side owns."""
        owned = [field for field in record_type.fields.values() if field.owner is side]
        return {field.name: self._value(record_type, field) for field in owned}

    def _value(self, record_type: RecordType, field: Field) -> Any:
        if field.name in {"deleted", "withdrawn_on", "valid_until"}:
            return None
        canary = f"{CANARY}{len(self.given):04}"
        match field.shape:
            case Shape.LINK:
                return self.ids[field.target]
            case Shape.DATE:
                return "1990-11-20" if field.name == "birth_date" else "2026-11-20"  # a child needs a guardian
            case Shape.NUMBER:
                return 7
            case Shape.FLAG:
                return field.name in {"agrees", "reporter_agrees"}  # else what needs them stays
            case Shape.CHOICE:
                return field.choices[0]
            case Shape.TEXT if field.limit < SHORT:
                return "MY"
        self.given[f"{record_type.name}.{field.name}"] = canary
        if field.shape is Shape.TEXT:
            return canary
        return (
            {f"kunci {canary}": {"note": canary}} if field.name == "answers" else {f"kunci {canary}": f"isi {canary}"}
        )


def look_everywhere(folder: Path) -> dict[str, list[str]]:
    """Where a canary is to be found in any file or file name under a folder."""
    paths = [path for path in folder.rglob("*") if path.is_file()]
    assert paths
    found = {str(path): hidden_in(path.read_bytes()) + hidden_in(path.name.encode()) for path in paths}
    return {path: how for path, how in found.items() if how}
