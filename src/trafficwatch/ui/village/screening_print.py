# SPDX-License-Identifier: GPL-3.0-or-later
"""A paper of a screening as it will be printed: the first report on a danger, or the summary of the result.

`enter(screening_id=..., kind="report"|"summary")`. It is read and drawn on the worker each time, so that it says what
is recorded now.
"""

from __future__ import annotations

from typing import Any

from trafficwatch.forms.first_report import report_pdf
from trafficwatch.forms.paper import PAPERS
from trafficwatch.forms.screening_summary import summary_pdf
from trafficwatch.models.screening_papers import ReportForm, SummaryForm
from trafficwatch.screening.papers import report_form, summary_form
from trafficwatch.texts import current_language, t
from trafficwatch.ui.shell.desk import Desk
from trafficwatch.ui.shell.page import Page
from trafficwatch.ui.village.gate import GateCard
from trafficwatch.ui.village.paper_actions import PaperActions
from trafficwatch.ui.widgets.parts import card, label
from trafficwatch.ui.widgets.pdf_preview import PdfPreview
from trafficwatch.ui.widgets.tab_order import put_in_order

REPORT = "report"


class ScreeningPrintPage(Page):
    """The paper with what can be done with it."""

    name = "screening_print"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, t("screening_desk.print_summary_title"), can_go_back=True)
        self._about = ("", "")
        if not desk.state.trained:
            self.body.addWidget(GateCard(desk))
            self.body.addStretch(1)
            return
        frame, inside = card()
        self._more = label("", "soft")
        inside.addWidget(self._more)
        self.paper = PaperActions(self, t("screening_desk.print_save"), "", is_secret=True)
        self.paper.turned.connect(lambda _: self._read())
        inside.addWidget(self.paper)
        self.body.addWidget(frame)
        self.preview = PdfPreview()
        self.body.addWidget(self.preview)
        self.body.addStretch(1)

    def enter(self, *, screening_id: str, kind: str) -> None:  # type: ignore[override]
        self._about = (screening_id, kind)
        self.title.setText(t(f"screening_desk.print_{kind}_title"))
        if self.desk.state.trained:
            self._more.setText(t(f"screening_desk.print_{kind}_more"))
            self.paper.file_name = t(f"screening_desk.print_{kind}_file")
            self._read()

    def _read(self) -> None:
        screening_id, kind = self._about
        language = current_language()

        def read(work: Any) -> ReportForm | SummaryForm:
            form = report_form if kind == REPORT else summary_form
            return form(work, screening_id, language)

        self.desk.tasks.work(self, read, self._draw, slot="read")

    def _draw(self, form: ReportForm | SummaryForm) -> None:
        paper = PAPERS[self.paper.paper_name]

        def draw() -> bytes:
            return report_pdf(form, paper) if isinstance(form, ReportForm) else summary_pdf(form, paper)

        self.desk.tasks.do(self, draw, self._show, slot="pdf")

    def _show(self, pdf: bytes) -> None:
        self.paper.offer(pdf)
        self.preview.show_pdf(pdf)
        put_in_order(self)
        self.paper.print.setFocus()
