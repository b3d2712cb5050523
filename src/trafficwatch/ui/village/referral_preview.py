# SPDX-License-Identifier: GPL-3.0-or-later
"""The last step of a referral: the letter as it will be printed, giving it away, and where the referral stands.

The letter is read and drawn on the worker each time it is shown: what holds today decides what is on it. Taking the
referral back is always offered.
"""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QVBoxLayout

from trafficwatch.casework.lifecycle import status
from trafficwatch.casework.overview import ReferralRow
from trafficwatch.casework.referral_form import referral_form
from trafficwatch.casework.referrals import advance_referral
from trafficwatch.errors import ExpectedError
from trafficwatch.forms.paper import PAPERS
from trafficwatch.forms.referral import referral_pdf
from trafficwatch.models.agreement import Agreement
from trafficwatch.models.casework import ConsentScope, Handover, Referral
from trafficwatch.models.forms import ReferralForm
from trafficwatch.texts import current_language, t
from trafficwatch.texts.labels import label as word
from trafficwatch.ui.shell.page import Page
from trafficwatch.ui.theme.palette import Tone
from trafficwatch.ui.village.paper_actions import PaperActions
from trafficwatch.ui.village.referral_life import LifeCard
from trafficwatch.ui.village.referral_steps import Step
from trafficwatch.ui.widgets.date_field import DateField
from trafficwatch.ui.widgets.notice import Notice
from trafficwatch.ui.widgets.parts import Field, button, card, empty, row
from trafficwatch.ui.widgets.pdf_preview import PdfPreview

_CLOSED = {"withdrawn", "finished"}
_ENDED = {*_CLOSED, "declined"}
"""Nothing is printed any more; one that was declined can still be taken back."""


class PreviewStep(Step):
    """The letter of one referral."""

    given = Signal()
    """It was printed or saved."""
    withdrawn = Signal()
    heard = Signal()
    """An answer of the institution was recorded."""
    again = Signal()
    """Another institution is to be asked."""

    def __init__(self, page: Page) -> None:
        super().__init__()
        self._page = page
        self._referral_id = ""
        self._drawing = 0
        self.life = LifeCard(page)
        self.life.heard.connect(self.heard)
        self.life.again.connect(self.again)
        self.column.addWidget(self.life)
        self._duty = QVBoxLayout()
        self.column.addLayout(self._duty)
        self._giving, inside = card(t("referral_life.given_on_title"))
        self.given_on = DateField(today=page.desk.today, allows_today=True)
        inside.addWidget(Field(t("referral_life.given_on"), self.given_on))
        self.column.addWidget(self._giving)
        self._box, inside = card(t("referral.letter"), t("referral.letter_more"))
        self.paper = PaperActions(page, t("referral.save_title"), "", is_secret=True)
        self.paper.turned.connect(lambda _: self._draw())
        self.paper.given.connect(self.given)
        inside.addWidget(self.paper)
        self.column.addWidget(self._box)
        self.preview = PdfPreview()
        self.column.addWidget(self.preview)
        self._ask, inside = card(t("referral.withdraw_title"), t("referral.withdraw_more"))
        self.sure = button(t("referral.withdraw_now"), self._withdraw, role="danger", icon_name="undo")
        inside.addLayout(row(self.sure, button(t("referral.keep"), self._close)))
        self._ask.hide()
        self.withdraw = button(t("referral.withdraw"), self._open, role="quiet", icon_name="undo")
        self.column.addLayout(row(self.withdraw))
        self.column.addWidget(self._ask)
        self.first = self.paper.save

    def show_referral(
        self,
        referral: Referral,
        code: str,
        institution: str,
        agreement: Agreement,
        after: tuple[ReferralRow, ...] = (),
        doubt: Notice | None = None,
    ) -> None:
        """Where this referral stands, what follows it, and its letter as far as there is one; `doubt` is what to do
        before it is handed over.
        """
        self._referral_id = referral.id
        self.paper.file_name = t("referral.file_name", code=code.casefold())
        stands = status(referral)
        self.life.show_referral(referral, code, institution, after)
        empty(self._duty)
        to = referral.institution_id
        if not agreement.agrees(ConsentScope.REFERRAL, to) and (duty := agreement.duty(to)):
            words = t("referral_life.by_duty", duty=word("duty", duty))
            self._duty.addWidget(Notice(words, Tone.DANGER, more=t("referral_life.by_duty_more")))
        is_given = referral.handover == Handover.HANDED_OVER
        is_over = stands in _ENDED
        self._giving.setVisible(not (is_given or is_over))
        if doubt is not None and not (is_given or is_over):
            self._duty.addWidget(doubt)
        if not self.given_on.typed:
            self.given_on.set_edtf(self._page.desk.today)
        for part in (self._box, self.preview):
            part.setVisible(not is_over)
        self.first = next((each for each in self.life.ways if not each.isHidden()), self.paper.save)
        self.withdraw.setVisible(stands not in _CLOSED)
        self._ask.hide()
        self._end_letter() if is_over else self._draw()

    def _end_letter(self) -> None:
        """Nothing to print or save any more, nor when a letter that is being drawn arrives late."""
        self._drawing += 1
        self.paper.offer(b"")
        self.preview.clear()

    def _draw(self) -> None:
        referral_id, language = self._referral_id, current_language()
        self._drawing += 1
        drawing = self._drawing
        self.paper.offer(b"")

        def read(work: Any) -> ReferralForm:
            return referral_form(work, referral_id, language)

        def put_on_paper(form: ReferralForm) -> None:
            if drawing == self._drawing:
                self._put_on_paper(form, drawing)

        self._page.desk.tasks.work(self._page, read, put_on_paper, self._no_letter, slot="letter")

    def _put_on_paper(self, form: ReferralForm, drawing: int) -> None:
        paper = PAPERS[self.paper.paper_name]
        self._page.desk.tasks.do(
            self._page, lambda: referral_pdf(form, paper), lambda pdf: self._show(pdf, drawing), slot="pdf"
        )

    def _show(self, pdf: bytes, drawing: int) -> None:
        if drawing != self._drawing:
            return
        self.paper.offer(pdf)
        self.preview.show_pdf(pdf)

    def _no_letter(self, error: ExpectedError) -> None:
        self._box.hide()
        self.preview.hide()
        self._page.failed(error)

    def _open(self) -> None:
        self.withdraw.hide()
        self._ask.show()
        self.sure.setFocus()
        QTimer.singleShot(0, self, self._show_question)  # it has its place once the page is laid out

    def _show_question(self) -> None:
        self._page.show_widget(self._ask)
        self._page.show_widget(self.sure)

    def _close(self) -> None:
        self._ask.hide()
        self.withdraw.show()
        self.withdraw.setFocus()

    def _withdraw(self) -> None:
        referral_id = self._referral_id
        self.sure.setEnabled(False)

        def take_back(work: Any) -> Referral:
            return advance_referral(work, referral_id, Handover.WITHDRAWN)

        self._page.desk.tasks.work(self._page, take_back, lambda _: self._taken_back(), self._not_taken_back)

    def _taken_back(self) -> None:
        self._end_letter()
        self.withdrawn.emit()

    def _not_taken_back(self, error: ExpectedError) -> None:
        self.sure.setEnabled(True)
        self._page.failed(error)
