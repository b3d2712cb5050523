# SPDX-License-Identifier: GPL-3.0-or-later
"""What a form changes of a record: only that is written, so that saving settles no difference nobody touched. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from trafficwatch.models.checks import tidy
from trafficwatch.models.fields import Record


def changed(
    before: Record | None, fields: Mapping[str, Any], seen: Mapping[str, Collection[str]] | None = None
) -> dict[str, Any]:
    """The fields that a form changes; of elements those that changed, with None for seen ones that it has no more."""
    found: dict[str, Any] = {}
    for name, value in fields.items():
        old = getattr(before, name, None)
        if isinstance(value, Mapping):
            old = old or {}
            parts = {key: part for key, part in value.items() if key not in old or old[key] != tidy(part)}
            if parts := parts | {key: None for key in old if key not in value and key in (seen or {}).get(name, ())}:
                found[name] = parts
        elif before is None or old != tidy(value):
            found[name] = value
    return found
