# SPDX-License-Identifier: GPL-3.0-or-later
"""What is known of a recruiter, in words: checked on which day, with whom, with what outcome, or not checked.

Nobody is ever shown as safe: a licence that matched on one day says nothing of the next, so it has no green sign.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial

from PySide6.QtWidgets import QVBoxLayout, QWidget

from trafficwatch.models.dates import PartialDate
from trafficwatch.models.migration import Found
from trafficwatch.models.recruiting import Offer
from trafficwatch.registry.mentions import PHONE, Mention
from trafficwatch.texts import current_language, t
from trafficwatch.texts.labels import label as words
from trafficwatch.ui.shell.desk import Desk
from trafficwatch.ui.theme.look import px
from trafficwatch.ui.theme.palette import Tone
from trafficwatch.ui.village.countries import country_name
from trafficwatch.ui.widgets.parts import button, empty, label
from trafficwatch.ui.widgets.phone_list import show_number

TONES = {Found.DOUBTFUL.value: Tone.WARN, Found.FALSE.value: Tone.DANGER}
_OUTCOMES = frozenset({Found.TRUE.value, Found.DOUBTFUL.value, Found.FALSE.value})


def short(text: str, longest: int = 42) -> str:
    """A name that fits a button or a choice in large letters."""
    text = " ".join(text.split())
    return text if len(text) <= longest else f"{text[:longest].rstrip()} …"


def day_words(edtf: str | None) -> str:
    return PartialDate.from_edtf(edtf).format(current_language()) if edtf else ""


def licence_words(found: str | None, checked_on: str | None, checked_with: str | None) -> str:
    """`SIP3MI diperiksa 3 Mei 2026 di BP3MI: meragukan`, or that it was not checked."""
    if found not in _OUTCOMES:
        return t("recruiters.unchecked")
    outcome = t(f"recruiters.found.{found}")
    day = day_words(checked_on) or t("recruiters.no_day")
    if checked_with:
        return t("recruiters.checked_with", day=day, place=checked_with, outcome=outcome)
    return t("recruiters.checked", day=day, outcome=outcome)


def licence_sign(found: str | None) -> tuple[Tone, str]:
    """Tone and icon; the words always stand beside them."""
    if found not in _OUTCOMES:
        return Tone.NEUTRAL, "question"
    return TONES.get(found, Tone.INFO), "" if found in TONES else "document-check"


def offer_words(offer: Offer) -> str:
    """What was offered in one line."""
    parts = (
        offer.work or words("sector", offer.sector),
        country_name(offer.destination_country),
        offer.destination_place,
        t("recruiters.offer.wage_of", wage=offer.wage) if offer.wage else "",
    )
    return " · ".join(part for part in parts if part) or t("recruiters.offer.bare")


def offer_more(offer: Offer) -> str:
    """When, where and on what terms it was offered; who told it."""
    parts = (
        t("recruiters.offer.heard", day=day_words(offer.heard_on)) if offer.heard_on else "",
        offer.place,
        offer.terms,
        t("recruiters.told_by", who=offer.told_by) if offer.told_by else "",
    )
    return " · ".join(part for part in parts if part)


class Mentions(QWidget):
    """Who else has the same number or name, each with a way there; without a judgement."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._lines = QVBoxLayout(self)
        self._lines.setContentsMargins(0, 0, 0, 0)
        self._lines.setSpacing(px(4))

    def put(self, found: Iterable[Mention]) -> None:
        empty(self._lines)
        for each in found:
            self._lines.addWidget(self._line(each))

    def _line(self, mention: Mention) -> QWidget:
        line = QWidget()
        column = QVBoxLayout(line)
        column.setContentsMargins(0, 0, 0, px(4))
        column.setSpacing(0)
        value = show_number(mention.value) if mention.kind == PHONE else mention.value
        column.addWidget(label(t(f"recruiters.same.{mention.kind}", value=value)))
        if mention.type == "journey":
            target = partial(self._desk.go, "resident", person_id=mention.person_id)
        else:
            target = partial(self._desk.go, mention.type, **{f"{mention.type}_id": mention.id})
        column.addWidget(button(t(f"recruiters.same.in_{mention.type}", name=short(mention.name)), target, role="link"))
        return line
