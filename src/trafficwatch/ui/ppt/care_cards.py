# SPDX-License-Identifier: GPL-3.0-or-later
"""Cards of a received case around its care: consent that was taken back, a duty, the PPT's own records, and all that
the village recorded of care, read only.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from trafficwatch.models.agreement import CASE_SCOPES, Agreement
from trafficwatch.models.care import TO_PPT
from trafficwatch.models.casework import Consent, Decision
from trafficwatch.models.fields import Record
from trafficwatch.sync.inbox import CaseCare
from trafficwatch.texts import t
from trafficwatch.texts.exchange import type_words
from trafficwatch.texts.labels import label as words_for
from trafficwatch.ui.exchange.moments import day
from trafficwatch.ui.theme.look import px
from trafficwatch.ui.theme.palette import Tone
from trafficwatch.ui.village.care_words import known_fields, what, when_and_who
from trafficwatch.ui.village.resident_parts import facts
from trafficwatch.ui.widgets.fold import Fold
from trafficwatch.ui.widgets.notice import Notice
from trafficwatch.ui.widgets.parts import button, card, label

OWN = ("case_part", "deep_assessment")


def taken_back_on(consents: Sequence[Consent], agreement: Agreement) -> str | None:
    """The day on which the person took back the yes to sharing the case; None while a yes holds or none was given."""
    if any(scope in agreement.scopes for scope in CASE_SCOPES):
        return None
    days = (
        consent.withdrawn_on
        for consent in consents
        if any(consent.scopes.get(scope) == Decision.AGREED for scope in CASE_SCOPES)
    )
    return max((each for each in days if each), default=None)


def warnings(consents: Sequence[Consent], agreement: Agreement) -> Iterator[Notice]:
    """What must be known before anything is read or answered, in red."""
    if ended := taken_back_on(consents, agreement):
        yield Notice(t("ppt_care.taken_back", day=day(ended)), Tone.DANGER, more=t("ppt_care.taken_back_more"))
    if duty := agreement.duty(TO_PPT):
        words = t("ppt_care.duty", duty=words_for("duty", duty))
        yield Notice(words, Tone.DANGER, more=t("ppt_care.duty_more"))


def own_card(type_name: str, care: CaseCare, write: Callable[[str, str | None], None] | None) -> QFrame:
    """The PPT's own records of one kind; `write` opens the form for a new or known one, None for who may not."""
    frame, column = card(_first_up(type_words(type_name)))
    records = care.records.get(type_name, ())
    if not records:
        column.addWidget(label(t(f"ppt_care.none.{type_name}"), "soft"))
    for record in records:
        column.addWidget(_fold(type_name, record, care, write))
    if write is not None:
        add = button(t(f"ppt_care.add.{type_name}"), partial(write, type_name, None), icon_name="plus")
        column.addWidget(add, 0, Qt.AlignmentFlag.AlignLeft)
    return frame


def care_card(care: CaseCare) -> QFrame | None:
    """What came of the village's care, kind by kind."""
    kinds = {name: records for name, records in care.records.items() if records and name not in OWN}
    if not kinds:
        return None
    frame, column = card(t("ppt_care.care"), t("ppt_care.care_more"))
    for name, records in kinds.items():
        column.addWidget(label(_first_up(type_words(name)), "strong"))
        for record in records:
            column.addWidget(_fold(name, record, care, None))
    return frame


def _fold(type_name: str, record: Record, care: CaseCare, write: Callable[[str, str | None], None] | None) -> Fold:
    said = [what(type_name, record, care.names), when_and_who(type_name, record, care.names)]
    line = " · ".join(part for part in said if part)
    return Fold(line, lambda: _opened(type_name, record, care, write, line))


def _opened(
    type_name: str, record: Record, care: CaseCare, write: Callable[[str, str | None], None] | None, line: str
) -> QWidget:
    made = QWidget()
    column = QVBoxLayout(made)
    column.setContentsMargins(px(12), px(4), px(12), px(12))
    column.setSpacing(px(10))
    column.addLayout(facts(known_fields(type_name, record, care.names)))
    if write is not None:
        change = button(t("ppt_care.change"), partial(write, type_name, record.id), icon_name="card")
        change.setAccessibleName(f"{change.text()}: {line}")
        column.addWidget(change, 0, Qt.AlignmentFlag.AlignLeft)
    return made


def _first_up(words: str) -> str:
    return words[:1].upper() + words[1:]
