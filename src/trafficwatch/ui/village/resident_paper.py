# SPDX-License-Identifier: GPL-3.0-or-later
"""A paper of the register as it will be printed: a resident's card, or the sheet that stays with a family.

`enter(kind="card"|"family", person_id=..., journey_id=None)`. It is read and drawn on the worker each time. Before the
family's sheet is printed the page says who must not learn of the journey.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from trafficwatch.forms.family_sheet import family_sheet_pdf
from trafficwatch.forms.paper import PAPERS
from trafficwatch.forms.resident_card import resident_card_pdf
from trafficwatch.models.forms import code_of
from trafficwatch.models.papers import CardForm, FamilyForm
from trafficwatch.registry.browse import names_of
from trafficwatch.registry.papers import card_form, family_form, keep_from
from trafficwatch.texts import current_language, t
from trafficwatch.ui.shell.desk import Desk
from trafficwatch.ui.shell.page import Page
from trafficwatch.ui.theme.palette import Tone
from trafficwatch.ui.village.paper_actions import PaperActions
from trafficwatch.ui.widgets.notice import Notice
from trafficwatch.ui.widgets.parts import card
from trafficwatch.ui.widgets.pdf_preview import PdfPreview
from trafficwatch.ui.widgets.tab_order import put_in_order

FAMILY = "family"


@dataclass(frozen=True, slots=True)
class Loaded:
    """What is drawn, whose it is, and who must not learn of it."""

    form: CardForm | FamilyForm
    name: str
    keep_from: tuple[str, ...]


class ResidentPaperPage(Page):
    """The paper with what can be done with it."""

    name = "paper"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, t("journey_page.paper.card"), can_go_back=True)
        self._about: tuple[str, str, str | None] = ("", "", None)
        frame, inside = card()
        self.paper = PaperActions(self, t("journey_page.paper.save_title"), "", is_secret=True)
        self.paper.turned.connect(lambda _: self._read())
        inside.addWidget(self.paper)
        self.body.addWidget(frame)
        self._silence_at = self.body.count()
        self.preview = PdfPreview()
        self.body.addWidget(self.preview)
        self.body.addStretch(1)
        self._is_warned = False

    def enter(self, *, kind: str, person_id: str, journey_id: str | None = None) -> None:  # type: ignore[override]
        self._about = (kind, person_id, journey_id)
        self.title.setText(t(f"journey_page.paper.{kind}"))
        self.paper.file_name = t(f"journey_page.paper.file_{kind}", code=code_of(person_id).casefold())
        self._read()

    def _read(self) -> None:
        kind, person_id, journey_id = self._about
        language = current_language()

        def read(work: Any) -> Loaded:
            name = names_of(work, [person_id]).get(person_id, "")
            if kind == FAMILY:
                return Loaded(family_form(work, person_id, journey_id, language), name, keep_from(work, person_id))
            return Loaded(card_form(work, person_id, language), name, ())

        self.desk.tasks.work(self, read, self._draw, slot="read")

    def _draw(self, loaded: Loaded) -> None:
        self.subtitle.setText(loaded.name)
        self.subtitle.show()
        if loaded.keep_from and not self._is_warned:
            self._is_warned = True
            said = t("journey_page.paper.keep_from", names=", ".join(loaded.keep_from))
            self.body.insertWidget(self._silence_at - 1, Notice(said, Tone.WARN))
        form, paper = loaded.form, PAPERS[self.paper.paper_name]

        def draw() -> bytes:
            return family_sheet_pdf(form, paper) if isinstance(form, FamilyForm) else resident_card_pdf(form, paper)

        self.desk.tasks.do(self, draw, self._show, slot="pdf")

    def _show(self, pdf: bytes) -> None:
        self.paper.offer(pdf)
        self.preview.show_pdf(pdf)
        put_in_order(self)
        self.paper.print.setFocus()
