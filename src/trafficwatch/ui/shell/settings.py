# SPDX-License-Identifier: GPL-3.0-or-later
"""What a user chooses about the program itself, kept outside the store: nothing personal is ever in it.

One typed table: key, default and allowed values in one place. A file that can't be read gives the defaults; an unknown
key of a newer version is dropped. `app` reads and writes the file.
"""

from __future__ import annotations

import dataclasses
import json
from dataclasses import dataclass
from typing import Any

from trafficwatch.texts import LANGUAGES, Language
from trafficwatch.ui.theme.look import ZOOMS
from trafficwatch.ui.theme.palette import Theme

PAPER_NAMES = ("a4", "f4")
LOCK_AFTER = (2, 5, 10, 15)
"""Minutes without a key or the mouse after which the desk locks."""


@dataclass(frozen=True, slots=True)
class Settings:
    """`zoom` in per cent, `lock_after` in minutes, `place` the dotted code chosen while setting up."""

    language: Language = "id"
    theme: Theme = Theme.AUTO
    zoom: int = 100
    paper: str = "a4"
    lock_after: int = 5
    place: str = ""


_ALLOWED: dict[str, tuple[object, ...]] = {
    "language": LANGUAGES,
    "theme": tuple(Theme),
    "zoom": ZOOMS,
    "paper": PAPER_NAMES,
    "lock_after": LOCK_AFTER,
}


def decode(untrusted_bytes: bytes) -> Settings:
    """Settings from a file; whatever is not allowed there is as if it were missing."""
    try:
        found: Any = json.loads(untrusted_bytes)
    except (ValueError, RecursionError):
        return Settings()
    if not isinstance(found, dict):
        return Settings()
    kept: dict[str, Any] = {}
    for field in dataclasses.fields(Settings):
        value: Any = found.get(field.name)
        allowed = _ALLOWED.get(field.name)
        if type(value) in {str, int} and (value in allowed if allowed else isinstance(value, str)):
            kept[field.name] = Theme(value) if field.name == "theme" else value
    return Settings(**kept)


def encode(settings: Settings) -> bytes:
    return json.dumps(dataclasses.asdict(settings), indent=1).encode() + b"\n"
