# SPDX-License-Identifier: GPL-3.0-or-later
"""Where a journey leads to, in a word for lists."""

from __future__ import annotations

from typing import Protocol

from trafficwatch.registry.warnings import HOME_COUNTRY


class Destined(Protocol):
    """A journey, or a row of one."""

    @property
    def destination_country(self) -> str | None: ...

    @property
    def destination_place(self) -> str | None: ...


def destination(journey: Destined) -> str | None:
    """The country, or within the country the place."""
    is_home = journey.destination_country in {None, HOME_COUNTRY}
    return (journey.destination_place if is_home else None) or journey.destination_country
