# SPDX-License-Identifier: GPL-3.0-or-later
"""What a person may keep from being passed on, in plain groups: each stands for fields of records (`type.field`).

The groups are what stands on forms; a refusal of a group refuses all of its fields.
"""

from __future__ import annotations

from collections.abc import Iterable

from trafficwatch.models.fields import Leaving
from trafficwatch.models.record_types import RECORD_TYPES
from trafficwatch.models.refusable import REFUSABLE
from trafficwatch.texts import t

__all__ = ["REFUSABLE", "fields_of", "is_of_case", "refused_names", "touched_groups"]


def fields_of(groups: Iterable[str]) -> list[str]:
    """The fields of these groups."""
    return [field for group in groups for field in REFUSABLE[group]]


def is_of_case(group: str) -> bool:
    """Whether a group is of the case and not of the card: to open it is handling."""
    names = (name.partition(".") for name in REFUSABLE[group])
    return any(RECORD_TYPES[kind].fields[field].leaving is Leaving.CASE for kind, _, field in names)


def touched_groups(fields: Iterable[str]) -> list[str]:
    """The groups of which anything is refused."""
    refused = set(fields)
    return [group for group, members in REFUSABLE.items() if not refused.isdisjoint(members)]


def refused_names(fields: Iterable[str]) -> str:
    """The same in words: `NIK dan nomor KK · Agama`."""
    return " · ".join(t(f"consent.field.{group}") for group in touched_groups(fields))
