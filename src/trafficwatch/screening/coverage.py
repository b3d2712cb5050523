# SPDX-License-Identifier: GPL-3.0-or-later
"""Which indicators of the sources have a question: the inventory against a questionnaire (`screen coverage`).

The inventory (`resources/questionnaires/inventory.json`) numbers every indicator as its source does; an entry names the
numbers it asks about. What has no question yet is listed too: a gap is shown, never hidden.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import msgspec

from trafficwatch.models.screening import Words
from trafficwatch.resources import resource

if TYPE_CHECKING:
    from trafficwatch.models.screening import Questionnaire


@dataclass(frozen=True, slots=True)
class Indicator:
    """One indicator of a source, by its number; `gist` in our own words."""

    id: str
    gist: Words


@dataclass(frozen=True, slots=True)
class IndicatorList:
    """One list of a source, in its order."""

    code: str
    source: str
    title: Words
    items: tuple[Indicator, ...]


@dataclass(frozen=True, slots=True)
class Covered:
    """One indicator with the codes of the questions that ask about it; none when there is a gap."""

    indicator: Indicator
    codes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Coverage:
    """One list with what covers each of its indicators."""

    list: IndicatorList
    rows: tuple[Covered, ...]

    @property
    def gaps(self) -> tuple[Indicator, ...]:
        return tuple(row.indicator for row in self.rows if not row.codes)


@cache
def inventory() -> tuple[IndicatorList, ...]:
    """The indicators of the sources, list by list."""
    content = resource("questionnaires", "inventory.json").read_bytes()
    return msgspec.json.decode(content, type=tuple[IndicatorList, ...])


def coverage(lists: tuple[IndicatorList, ...], questionnaire: Questionnaire) -> tuple[Coverage, ...]:
    """For each list, which questions ask about which of its indicators."""
    return tuple(
        Coverage(
            indicators,
            tuple(
                Covered(item, tuple(entry.code for entry in questionnaire.entries if item.id in entry.indicators))
                for item in indicators.items
            ),
        )
        for indicators in lists
    )
