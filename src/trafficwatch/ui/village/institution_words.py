# SPDX-License-Identifier: GPL-3.0-or-later
"""How an institution of the directory is spoken of: above all whether its contacts were ever checked."""

from __future__ import annotations

from trafficwatch.casework.overview import InstitutionRow
from trafficwatch.models.dates import PartialDate
from trafficwatch.texts import current_language, t


def is_checked(row: InstitutionRow) -> bool:
    """Whether a PPT has confirmed its contacts."""
    return row.confirmed_on is not None


def checked_words(row: InstitutionRow) -> str:
    """`diperiksa PPT 12 Mei 2026` or `belum diperiksa`."""
    if row.confirmed_on is None:
        return t("records.unconfirmed")
    return t("records.confirmed_on", day=PartialDate.from_edtf(row.confirmed_on).format(current_language()))
