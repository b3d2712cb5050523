# SPDX-License-Identifier: GPL-3.0-or-later
"""Days on which something happened: those that have not come yet are typing errors."""

from __future__ import annotations

from datetime import date
from functools import lru_cache

from trafficwatch.errors import InputError
from trafficwatch.models.dates import PartialDate
from trafficwatch.store.work import Work


class DayToCome(InputError):
    """What happened can't have happened on a day that is still to come; parameter `field`."""

    key = "day_to_come"


def require_past(work: Work, field: str, edtf: str | None) -> None:
    """Raise DayToCome for a date that lies after today, however little of it is known; ImpossibleDate for none."""
    first = PartialDate.from_edtf(edtf or "").earliest()
    if first is not None and first > date.fromisoformat(work.today):
        raise DayToCome(field=field)


@lru_cache(10_000)
def earliest(edtf: str | None) -> date | None:
    """The first day that a stored date can be."""
    return PartialDate.from_edtf(edtf or "").earliest()


@lru_cache(10_000)
def latest(edtf: str | None) -> date | None:
    """The last day that a stored date can be."""
    return PartialDate.from_edtf(edtf or "").latest()
