# SPDX-License-Identifier: GPL-3.0-or-later
"""When an exchange is due: at hours of the day, and after a failure later and later. Pure: time and chance come in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

FIRST_SECONDS, LAST_SECONDS = 30.0, 3_600.0


@dataclass(frozen=True, slots=True)
class Plan:
    """Whether exchanges happen by themselves, and at which hours of the day."""

    is_on: bool = True
    hours: tuple[int, ...] = (8, 12, 16, 20)


def next_due(plan: Plan, last: datetime | None, now: datetime, chance: float) -> datetime | None:
    """When the next exchange by plan is due, now or before if one was missed; None without a plan. Times are local.

    `chance` (0 to 1) spreads villages over the hour, so that not all of them knock at once.
    """
    if not plan.is_on or not plan.hours:
        return None
    late = timedelta(minutes=45 * chance)
    days = (now.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=day) for day in (-1, 0, 1))
    moments = sorted(day.replace(hour=hour) + late for day in days for hour in plan.hours)
    missed = [moment for moment in moments if moment <= now and (last is None or last < moment)]
    return missed[-1] if missed else next(moment for moment in moments if moment > now)


def pause_after(failures: int, chance: float) -> float:
    """Seconds to wait after so many failures in a row: twice as long each time, up to an hour, and never all alike."""
    longest = min(FIRST_SECONDS * 2.0 ** min(failures - 1, 20), LAST_SECONDS)
    return longest * (0.5 + chance / 2)
