# SPDX-License-Identifier: GPL-3.0-or-later
"""Which indicators of the sources have a question: the inventory against a questionnaire (`screen coverage`).

The inventory (`resources/questionnaires/inventory.json`) numbers every indicator as its source does. An entry names the
numbers it asks about; an indicator that no list numbers (a key question, a modus) names the codes that ask it. What has
no question yet is listed too: a gap is shown, never hidden.
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


SIGN_LISTS = ("labour", "sexual")
"""The two lists of JUKNIS 2.3, which share most of their indicators."""


@dataclass(frozen=True, slots=True)
class Indicator:
    """One indicator of a source, by its number; `gist` in our own words.

    `same` is the number of the same indicator in another list, `codes` the questions that ask it beside those that name
    its number.
    """

    id: str
    gist: Words
    same: str | None = None
    codes: tuple[str, ...] = ()


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
        Coverage(indicators, tuple(Covered(item, _codes(item, questionnaire)) for item in indicators.items))
        for indicators in lists
    )


def _codes(item: Indicator, questionnaire: Questionnaire) -> tuple[str, ...]:
    return tuple(
        entry.code for entry in questionnaire.entries if item.id in entry.indicators or entry.code in item.codes
    )


def distinct(lists: tuple[IndicatorList, ...]) -> int:
    """How many different indicators the lists of signs hold (JUKNIS 2.3): one that stands in both counts once."""
    return sum(item.same is None for indicators in lists if indicators.code in SIGN_LISTS for item in indicators.items)
