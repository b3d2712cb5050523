# SPDX-License-Identifier: GPL-3.0-or-later
"""The catalogues: every sentence a person reads, Indonesian first, English second.

`catalogues/<area>.json` maps a key to `{"id": ..., "en": ...}`; `t("area.key", **params)` gives the sentence in the
language chosen with `set_language`, or in `language=` for this call. Placeholders are `{name}`. A test proves that both
languages have the same keys and placeholders, so that a translation can't break the program. No Qt here.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Literal, get_args

from trafficwatch.errors import ExpectedError

Language = Literal["id", "en"]
LANGUAGES: tuple[Language, ...] = get_args(Language)

_CODES = {"ability": "records", "type": "exchange"}
"""Parameters of errors that are codes of the group of this name -> the catalogue with their words."""

_CATALOGUES = Path(__file__).parent / "catalogues"
_language: Language = "id"


def set_language(language: Language) -> None:
    """Choose the language of all following calls of `t`."""
    global _language  # noqa: PLW0603 - one program speaks one language at a time
    _language = language


def current_language() -> Language:
    return _language


@cache
def catalogue(area: str) -> dict[str, dict[Language, str]]:
    """All texts of one area: key -> language -> sentence."""
    content: dict[str, dict[Language, str]] = json.loads((_CATALOGUES / f"{area}.json").read_text("utf-8"))
    return content


def areas() -> list[str]:
    return sorted(path.stem for path in _CATALOGUES.glob("*.json"))


def t(key: str, /, *, language: Language | None = None, **params: str | int) -> str:
    """The sentence for `area.key` with its placeholders filled; KeyError for an unknown key (a bug)."""
    area, _, name = key.partition(".")
    return catalogue(area)[name][language or _language].format_map(params)


def explain_error(error: ExpectedError, language: Language | None = None) -> dict[str, str]:
    """An expected error as sentences: `message` (what happened), `safe` (what is safe), `todo` (what to do)."""
    said = {
        name: t(f"{area}.{name}.{value}", language=language)
        if (area := _CODES.get(name)) and f"{name}.{value}" in catalogue(area)
        else value
        for name, value in error.params.items()
    }
    return {
        part: t(f"{error.catalogue}.{error.key}.{part}", language=language, **said)
        for part in ("message", "safe", "todo")
    }
