# SPDX-License-Identifier: GPL-3.0-or-later
"""How an institution of the directory is spoken of: above all whether its contacts were ever checked, and when."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Protocol

from trafficwatch.models.dates import PartialDate
from trafficwatch.models.institution import Reach
from trafficwatch.models.places import Place, UnknownPlace
from trafficwatch.texts import current_language, t

if TYPE_CHECKING:
    from trafficwatch.village.places import Places


class Checked(Protocol):
    """What is known of the checks of an institution; `doubt` as in `models.institution`."""

    @property
    def confirmed_on(self) -> str | None: ...
    @property
    def checked_by(self) -> str | None: ...
    @property
    def doubt(self) -> str: ...


def is_checked(row: Checked) -> bool:
    """Whether a PPT has confirmed its contacts, and not more than a year ago."""
    return row.confirmed_on is not None and not row.doubt


def checked_words(row: Checked) -> str:
    """`diperiksa PPT 12 Mei 2026`, `belum diperiksa`, or that it was long ago."""
    if row.confirmed_on is None:
        return t("records.unconfirmed")
    day = PartialDate.from_edtf(row.confirmed_on).format(current_language())
    return t("directory.checked_old", day=day) if row.doubt else t("records.confirmed_on", day=day)


def checked_by_words(row: Checked) -> str:
    """`checked_words`, and who did it."""
    words = checked_words(row)
    return f"{words} {t('directory.by', by=row.checked_by)}" if row.confirmed_on and row.checked_by else words


def reach_words(reach: Reach) -> str:
    """`08111-129-129 (WhatsApp)`, with what is to be known of it."""
    more = [] if reach.kind == "phone" else [t(f"directory.contact.{reach.kind}")]
    said = "; ".join([*more, *([reach.note] if reach.note else [])])
    return f"{reach.value} ({said})" if said else reach.value


def area_names(places: Places, codes: Iterable[str | None]) -> dict[str | None, str]:
    """What these areas are called, None being the whole country; for the worker."""
    return {code: _area(places, code) for code in codes}


def area_name(place: Place) -> str:
    """`Kab. Kupang`, `Kec. Kupang Tengah`."""
    name = place.path.partition(", ")[0]
    return name if "." in place.code else t("directory.province", name=name)


def _area(places: Places, code: str | None) -> str:
    if not code:
        return t("directory.whole_country")
    try:
        return area_name(places.get(code))
    except UnknownPlace:
        return code
