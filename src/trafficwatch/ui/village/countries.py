# SPDX-License-Identifier: GPL-3.0-or-later
"""Where people go: country codes (ISO 3166 alpha-2) and their names, those of most migrants first, then home.

The order of `COMMON` is that of placements in 2024 (BP2MI). Any other code that a record carries is shown as it is.
"""

from __future__ import annotations

from trafficwatch.texts import catalogue, t

COMMON = ("MY", "HK", "TW", "JP", "SG", "KR", "SA", "IT", "BN", "TR", "AE", "KH")
HOME = "ID"


def country_name(code: str | None) -> str:
    """A country in words; a code without a name, or a place within the country, as it is."""
    if not code:
        return ""
    return t(f"countries.{code}") if code in catalogue("countries") else code


def countries() -> list[tuple[str, str]]:
    """Code and name of all we know: the common destinations, home, then the others by name."""
    first = (*COMMON, HOME)
    others = sorted((code for code in catalogue("countries") if code not in first), key=country_name)
    return [(code, country_name(code)) for code in (*first, *others)]
