# SPDX-License-Identifier: GPL-3.0-or-later
"""What CI tries of a long row: a part of it, spread over the whole, with the first and the last."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Sequence

Item = TypeVar("Item")
SAMPLED = bool(os.environ.get("CI")) and os.environ.get("LONG") != "every"


def every(items: Sequence[Item], nth: int) -> list[Item]:
    """Every `nth` in CI, and the last; all of them elsewhere, and with LONG=every."""
    last = len(items) - 1
    return [item for at, item in enumerate(items) if not SAMPLED or at % nth == 0 or at == last]


def some(items: Sequence[Item], most: int = 12) -> list[Item]:
    """At most so many in CI, at equal distances; all of them elsewhere, and with LONG=every."""
    return every(items, max(1, -(-(len(items) - 1) // (most - 1))))
