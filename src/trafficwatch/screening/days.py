# SPDX-License-Identifier: GPL-3.0-or-later
"""Days on which something was noticed, asked or told: those that have not come yet are typing errors."""

from __future__ import annotations

from datetime import date

from trafficwatch.errors import InputError
from trafficwatch.models.dates import PartialDate
from trafficwatch.store.work import Work


class NotedAhead(InputError):
    """What was noticed, asked or told can't lie on a day that is still to come."""

    key = "noted_ahead"
    catalogue = "errors_screening"


def require_past(work: Work, edtf: str | None) -> None:
    """Raise NotedAhead for a date that lies after today, however little of it is known."""
    first = PartialDate.from_edtf(edtf or "").earliest()
    if first is not None and first > date.fromisoformat(work.today):
        raise NotedAhead
