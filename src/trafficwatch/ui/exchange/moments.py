# SPDX-License-Identifier: GPL-3.0-or-later
"""Days and times of the exchange as a person reads them, in the time of this laptop."""

from __future__ import annotations

from datetime import datetime

from trafficwatch.models.dates import PartialDate
from trafficwatch.texts import current_language, t


def day(edtf: str | None) -> str:
    """A recorded date in words, '' for none."""
    return PartialDate.from_edtf(edtf).format(current_language()) if edtf else ""


def moment(at: str | None) -> str:
    """A recorded time in words, '' for none."""
    if not at:
        return ""
    local = datetime.fromisoformat(at).astimezone()
    words = PartialDate.of(local.date()).format(current_language())
    return t("exchange_desk.moment", day=words, hour=f"{local.hour:02}", minute=f"{local.minute:02}")


def moment_day(at: str | None) -> str:
    """The day of a recorded time in words, '' for none."""
    return PartialDate.of(datetime.fromisoformat(at).astimezone().date()).format(current_language()) if at else ""


def size(length: int) -> str:
    """The size of a file in words."""
    return t("exchange_desk.kilobytes", count=max(1, round(length / 1_000)))
