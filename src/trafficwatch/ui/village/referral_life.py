# SPDX-License-Identifier: GPL-3.0-or-later
"""Where a referral stands: each step with its day and who said it, what the institution answers, and what comes next.

`heard` is emitted after an answer was recorded here, `again` when another institution is to be asked.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QGridLayout, QVBoxLayout, QWidget

from trafficwatch.casework.hearing import hear_reply
from trafficwatch.casework.lifecycle import status
from trafficwatch.casework.overview import ReferralRow
from trafficwatch.errors import ExpectedError
from trafficwatch.models.casework import Answered, Handover, Referral
from trafficwatch.models.dates import PartialDate
from trafficwatch.models.referral_life import contradicts, next_heard, was_declined
from trafficwatch.texts import current_language, t
from trafficwatch.texts.labels import label as word
from trafficwatch.ui.shell.page import Page
from trafficwatch.ui.theme.look import COMPACT_FROM, look, px
from trafficwatch.ui.theme.palette import Tone
from trafficwatch.ui.widgets.date_field import DateField
from trafficwatch.ui.widgets.notice import Notice
from trafficwatch.ui.widgets.parts import Field, button, card, chip, empty, label, row, text_edit
from trafficwatch.ui.widgets.radios import Radios
from trafficwatch.ui.widgets.tab_order import put_in_order

TONES = {
    Handover.WITHDRAWN.value: Tone.NEUTRAL,
    Answered.FINISHED.value: Tone.OK,
    Answered.ACCEPTED.value: Tone.OK,
    Answered.IN_SERVICE.value: Tone.OK,
    Answered.DECLINED.value: Tone.WARN,
}
ORDER = tuple(Answered)


@dataclass(frozen=True, slots=True)
class Event:
    """One step: its day (EDTF, '' for unknown), what happened, and who said so."""

    on: str
    words: str
    by: str


def events(referral: Referral) -> Iterator[Event]:
    """The steps that were taken, in the order of the life."""
    yield Event(referral.referred_on or "", t("referral_life.made"), t("referral_life.by_village"))
    if referral.handover == Handover.HANDED_OVER or referral.handed_over_on:
        yield Event(referral.handed_over_on or "", t("referral_life.given"), t("referral_life.by_village"))
    if referral.heard:
        yield Event(referral.heard_on or "", word("referral_status", referral.heard), t("referral_life.by_institution"))
    if referral.answered:
        yield Event(referral.answered_on or "", word("referral_status", referral.answered), t("referral_life.by_ppt"))
    if referral.handover == Handover.WITHDRAWN:
        yield Event("", t("referral_life.withdrawn"), t("referral_life.by_village"))


class LifeCard(QFrame):
    """One referral's life."""

    heard = Signal()
    again = Signal()

    def __init__(self, page: Page) -> None:
        super().__init__()
        self._page = page
        self._referral: Referral | None = None
        self.setProperty("box", "card")
        column = QVBoxLayout(self)
        column.setContentsMargins(px(18), px(14), px(18), px(16))
        column.setSpacing(px(10))
        self._said = QVBoxLayout()
        self._said.setSpacing(px(8))
        column.addLayout(self._said)
        self.hear = button(t("referral_life.hear"), self._open, icon_name="phone")
        self.other = button(t("referral_life.again"), self.again.emit, icon_name="referral")
        column.addLayout(row(self.hear, self.other))
        self.ways = (self.other, self.hear)
        self.form, inside = card(t("referral_life.hear_title"), t("referral_life.hear_more"))
        self.form.setProperty("box", "sunken")
        holder = QWidget()  # its place in the order of Tab, for radio buttons that are built late
        self._answers = QVBoxLayout(holder)
        self._answers.setContentsMargins(0, 0, 0, 0)
        inside.addWidget(holder)
        self.answers: Radios | None = None
        self.on = DateField(today=page.desk.today, allows_today=True)
        inside.addWidget(Field(t("referral_life.on"), self.on))
        self.reason = text_edit(lines=2)
        self.why = Field(t("referral_life.reason"), self.reason, t("referral_life.reason_hint"))
        inside.addWidget(self.why)
        self.save = button(t("referral_life.save"), self._save, icon_name="save")
        self._no = button(t("referral_life.cancel"), self._close, role="quiet")
        inside.addLayout(row(self.save, self._no))
        column.addWidget(self.form)
        self.form.hide()

    def show_referral(
        self, referral: Referral, code: str, institution: str, after: tuple[ReferralRow, ...] = ()
    ) -> None:
        """Fill the card; `after` are the referrals that follow this one."""
        self._referral = referral
        empty(self._said)
        now = status(referral)
        self._said.addWidget(chip(word("referral_status", now), TONES.get(now, Tone.INFO)))
        self._said.addWidget(label(t("referral_life.to", code=code, institution=institution), "strong"))
        self._said.addLayout(_table(events(referral)))
        for key, reason in (("answer_reason", referral.answer_reason), ("heard_reason", referral.heard_reason)):
            if reason:
                self._said.addWidget(label(t(f"referral_life.{key}", reason=reason)))
        if contradicts(referral):
            notice = Notice(t("referral_life.contradicts"), Tone.WARN, more=t("referral_life.contradicts_more"))
            self._said.addWidget(notice)
        if referral.replaces:
            self._said.addWidget(label(t("referral_life.replaces"), "soft"))
        for each in after:
            words = t(
                "referral_life.next", institution=each.institution_name, status=word("referral_status", each.status)
            )
            self._said.addWidget(label(words))
        if was_declined(referral) and not any(each.status != Handover.WITHDRAWN for each in after):
            notice = Notice(t("referral_life.declined"), Tone.WARN, more=t("referral_life.declined_more"))
            self._said.addWidget(notice)
        self.hear.setVisible(bool(next_heard(referral)))
        self.other.setVisible(was_declined(referral))
        self.form.hide()

    # -- what the institution answered -------------------------------------------------------------------------------

    def _open(self) -> None:
        if self._referral is None:
            return
        possible = next_heard(self._referral)
        empty(self._answers)
        self.answers = Radios([(each.value, word("referral_status", each)) for each in ORDER if each in possible])
        self.answers.changed.connect(self._fit)
        self._answers.addWidget(self.answers)
        self.on.set_edtf(self._page.desk.today)
        self._fit()
        self.hear.hide()
        self.form.show()
        put_in_order(self._page)
        self.answers.setFocus()
        self._page.show_widget(self.save)

    def _fit(self) -> None:
        is_no = self.answers is not None and self.answers.value == Answered.DECLINED
        words = t("referral_life.reason_needed" if is_no else "referral_life.reason")
        self.why.words.setText(words)
        self.reason.setAccessibleName(words)

    def _close(self) -> None:
        self.reason.clear()
        self.form.hide()
        self.hear.show()
        self.hear.setFocus()

    def _save(self) -> None:
        referral, chosen = self._referral, self.answers.value if self.answers else None
        reason = self.reason.toPlainText().strip()
        self.why.wrong("")
        if referral is None or chosen is None or self.on.problem:
            if self.answers is not None and chosen is None:
                self.answers.setFocus()
            else:
                self.on.setFocus()
            return
        if chosen == Answered.DECLINED and not reason:
            self.why.wrong(t("referral_life.reason_missing"))
            self.reason.setFocus()
            return
        self._page.clear_notices()
        self._page.setFocus()  # the form goes, and would take the keys out of the page
        self.save.setEnabled(False)
        answered, on, referral_id = Answered(chosen), self.on.edtf, referral.id

        def record(work: Any) -> Referral:
            return hear_reply(work, referral_id, answered, on, reason)

        self._page.desk.tasks.work(self._page, record, lambda _: self._saved(), self._not_saved)

    def _saved(self) -> None:
        self.save.setEnabled(True)
        self.reason.clear()
        self.form.hide()
        self.heard.emit()

    def _not_saved(self, error: ExpectedError) -> None:
        self.save.setEnabled(True)
        self._page.failed(error)


def day_words(edtf: str | None) -> str:
    """A day in words, '' for none."""
    return PartialDate.from_edtf(edtf).format(current_language()) if edtf else ""


def _table(found: Iterator[Event]) -> QGridLayout:
    """A line for each step; its parts below each other where letters are large."""
    made = QGridLayout()
    made.setHorizontalSpacing(px(14))
    made.setVerticalSpacing(px(4))
    is_stacked = look().zoom >= COMPACT_FROM
    made.setColumnStretch(0 if is_stacked else 2, 1)
    for place, each in enumerate(found):
        day = day_words(each.on) or t("referral_life.no_day")
        if is_stacked:
            made.addWidget(label(t("referral_life.line", day=day, words=each.words, by=each.by)), place, 0)
            continue
        made.addWidget(label(day, "soft", wraps=False), place, 0, Qt.AlignmentFlag.AlignTop)
        made.addWidget(label(each.words, "strong", wraps=False), place, 1, Qt.AlignmentFlag.AlignTop)
        made.addWidget(label(each.by, "soft"), place, 2, Qt.AlignmentFlag.AlignTop)
    return made
