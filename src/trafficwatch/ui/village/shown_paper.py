# SPDX-License-Identifier: GPL-3.0-or-later
"""A paper of case work within a page: prepared when it is asked for, then shown with what can be done with it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtWidgets import QVBoxLayout, QWidget

from trafficwatch.forms.case_paper import case_paper_pdf
from trafficwatch.forms.paper import PAPERS
from trafficwatch.models.case_papers import CaseForm
from trafficwatch.ui.exchange.rows import bring
from trafficwatch.ui.shell.page import Page
from trafficwatch.ui.theme.look import px
from trafficwatch.ui.village.paper_actions import PaperActions
from trafficwatch.ui.widgets.pdf_preview import PdfPreview
from trafficwatch.ui.widgets.tab_order import put_in_order


class ShownPaper(QWidget):
    """Hidden until `show_form` has read and drawn a paper, each time as it is then."""

    def __init__(self, page: Page, save_title: str, *, is_secret: bool = True) -> None:
        super().__init__()
        self._page = page
        self._read: Callable[[Any], CaseForm] | None = None
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(px(10))
        self.tools = PaperActions(page, save_title, "", is_secret=is_secret)
        self.tools.turned.connect(lambda _: self._draw())
        column.addWidget(self.tools)
        self.preview = PdfPreview()
        column.addWidget(self.preview)
        self.hide()

    def show_form(self, read: Callable[[Any], CaseForm], file_name: str) -> None:
        """Read a paper in a transaction, draw it, and show it."""
        self._read = read
        self.tools.file_name = file_name
        self._draw()

    def put_away(self) -> None:
        """What was shown is no longer so."""
        self._read = None
        self.tools.offer(b"")
        self.hide()

    def _draw(self) -> None:
        if self._read is not None:
            self._page.desk.tasks.work(self._page, self._read, self._lay_out, slot="paper")

    def _lay_out(self, form: CaseForm) -> None:
        paper = PAPERS[self.tools.paper_name]
        self._page.desk.tasks.do(self._page, lambda: case_paper_pdf(form, paper), self._show, slot="pdf")

    def _show(self, pdf: bytes) -> None:
        is_new = self.isHidden()
        self.tools.offer(pdf)
        self.preview.show_pdf(pdf)
        self.show()
        put_in_order(self._page)
        if is_new:
            bring(self._page, self.tools.print)
