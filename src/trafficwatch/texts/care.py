# SPDX-License-Identifier: GPL-3.0-or-later
"""Care in words: what is odd in a case, as the screens that show it say it."""

from __future__ import annotations

from trafficwatch.texts import t


def warning_words(warning: str) -> str:
    """A warning of `casework.care_warnings`."""
    return t(f"care_rules.warning.{warning}")
