# SPDX-License-Identifier: GPL-3.0-or-later
"""A paper of a case as it will be printed: filled from one record, or blank for handwriting.

`enter(kind=..., person_id=..., of_id=...)`; without a record it is the blank form. What the person refused is not on
it. The number under which the office files it is typed here.
"""

from __future__ import annotations

from functools import partial
from typing import Any

from PySide6.QtCore import QTimer

from trafficwatch.casework.case_forms import PAPERS as CASE_PAPERS
from trafficwatch.casework.case_forms import blank_form, case_form
from trafficwatch.forms.case_paper import case_paper_pdf
from trafficwatch.forms.paper import PAPERS
from trafficwatch.models.case_papers import CaseForm, numbered
from trafficwatch.models.forms import FormKind, code_of
from trafficwatch.models.staff import Ability
from trafficwatch.registry.browse import names_of
from trafficwatch.texts import current_language, t
from trafficwatch.ui.shell.desk import Desk
from trafficwatch.ui.shell.page import Page
from trafficwatch.ui.village.gate import GateCard
from trafficwatch.ui.village.paper_actions import PaperActions
from trafficwatch.ui.widgets.parts import Field, card, line_edit
from trafficwatch.ui.widgets.pdf_preview import PdfPreview
from trafficwatch.ui.widgets.tab_order import put_in_order

_NUMBER_LIMIT = 60


class CasePaperPage(Page):
    """One paper with what can be done with it."""

    name = "case_paper"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, t("case_page.papers"), can_go_back=True)
        self._kind: FormKind | None = None
        self._form: CaseForm | None = None
        frame, inside = card()
        self.paper = PaperActions(self, t("case_page.paper_save"), "", is_secret=True)
        self.paper.turned.connect(lambda _: self._draw())
        inside.addWidget(self.paper)
        self.number = line_edit(limit=_NUMBER_LIMIT)
        self.number.editingFinished.connect(self._draw)
        inside.addWidget(Field(t("case_page.number"), self.number, t("case_page.number_hint")))
        self.body.addWidget(frame)
        self.preview = PdfPreview()
        self.body.addWidget(self.preview)
        self.body.addStretch(1)

    def enter(self, *, kind: str = "", person_id: str = "", of_id: str = "") -> None:  # type: ignore[override]
        if kind not in {each.value for each in CASE_PAPERS}:  # not kept when the desk locks
            go = (
                partial(self.desk.go, "person_case", person_id=person_id)
                if person_id
                else partial(self.desk.go, "home")
            )
            QTimer.singleShot(0, self, go)
            return
        self._kind = chosen = FormKind(kind)
        self.title.setText(t(f"case_page.paper.{kind}"))
        self.paper.file_name = t("case_page.paper_file", form=kind.replace("_", "-"), code=code_of(of_id).casefold())
        is_for_all = chosen is FormKind.PROTECTION and not of_id  # whoever is threatened may ask, by hand
        if not (self.desk.state.trained or is_for_all):
            self.body.insertWidget(self.body.count() - 1, GateCard(self.desk, Ability.CARRYING_OUT))
            return
        language = current_language()

        def read(work: Any) -> tuple[CaseForm, str]:
            name = names_of(work, [person_id]).get(person_id, "") if person_id else ""
            return (case_form(work, chosen, of_id, language) if of_id else blank_form(chosen, language)), name

        self.desk.tasks.work(self, read, self._read)

    def _read(self, found: tuple[CaseForm, str]) -> None:
        self._form, name = found
        self.subtitle.setText(name)
        self.subtitle.setVisible(bool(name))
        self._draw()

    def _draw(self) -> None:
        if self._form is None:
            return
        number = self.number.text().strip()
        form, paper = numbered(self._form, number) if number else self._form, PAPERS[self.paper.paper_name]
        self.desk.tasks.do(self, lambda: case_paper_pdf(form, paper), self._show, slot="pdf")

    def _show(self, pdf: bytes) -> None:
        is_first = not self.preview.sheets
        self.paper.offer(pdf)
        self.preview.show_pdf(pdf)
        put_in_order(self)
        if is_first:
            self.paper.print.setFocus()
