# SPDX-License-Identifier: GPL-3.0-or-later
"""Write a resident's card: one section at a time, Ctrl+PgUp and Ctrl+PgDn between them, one save for all.

What is unlikely is pointed out and kept; only a missing name, a date that is none, or a telephone without digits keeps
the card from being saved, and even then the draft holds everything. Saving writes what was changed here, no more.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut

from trafficwatch.errors import ExpectedError
from trafficwatch.models.migration import Journey, Stage
from trafficwatch.registry.browse import ResidentCard, resident_card
from trafficwatch.registry.relatives import save_relatives
from trafficwatch.registry.residents import CardInput, DocumentInput, Recorded, save_card
from trafficwatch.texts import t
from trafficwatch.ui.shell.desk import Desk, Unsaved
from trafficwatch.ui.shell.page import Page
from trafficwatch.ui.theme.palette import Tone
from trafficwatch.ui.village import resident_sections as sections
from trafficwatch.ui.village.relative_list import RelativeList
from trafficwatch.ui.village.resident_form import Form
from trafficwatch.ui.village.resident_nik import NikWords
from trafficwatch.ui.village.resident_sections import Section
from trafficwatch.ui.village.sectioned_form import SectionedForm
from trafficwatch.ui.widgets.document_checks import FIELDS as PAPER_FIELDS
from trafficwatch.ui.widgets.document_checks import DocumentChecks, Paper
from trafficwatch.ui.widgets.notice import Notice
from trafficwatch.ui.widgets.parts import button
from trafficwatch.ui.widgets.phone_list import PhoneList
from trafficwatch.ui.widgets.tab_order import put_in_order

_OVER = {Stage.RETURNED.value, Stage.POSTPONED.value, Stage.CANCELLED.value}
"""After these stages someone may plan a new journey."""


class ResidentEditPage(Page):
    """The form of one card, new or known."""

    name = "resident_edit"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, t("resident.edit_title.new"), can_go_back=True)
        self._person: str | None = None
        self._journey: str | None = None
        self._journeys: tuple[Journey, ...] = ()
        self._is_loading = False
        self._waiting: Mapping[str, Any] | None = None
        self.form = Form(self, "resident")
        self.parts = SectionedForm(self, self.form, self._makers())
        self.sections, self.list, self.wrong = self.parts.sections, self.parts.list, self.parts.wrong
        self.body.addWidget(self.parts)
        self.body.addStretch(1)
        self.nik: NikWords = self.sections[0].findChild(NikWords)  # type: ignore[assignment]
        self.phones: PhoneList = self.sections[1].findChild(PhoneList)  # type: ignore[assignment]
        self.relatives: RelativeList = self.sections[2].findChild(RelativeList)  # type: ignore[assignment]
        self.papers: DocumentChecks = self.sections[-1].findChild(DocumentChecks)  # type: ignore[assignment]
        self.save = button(t("resident.save"), self._save, role="primary", icon_name="save")
        self.footer(self.parts.before, self.parts.after, primary=self.save)
        for each in (self.phones, self.relatives, self.papers):
            each.rebuilt.connect(partial(put_in_order, self))
        self.form.changed.connect(self._edited)
        shortcut = QShortcut(QKeySequence("Ctrl+S"), self)
        shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        shortcut.activated.connect(self.save.click)
        self.show_section(0)

    def enter(self, *, person_id: str | None = None, name: str = "", nik: str = "") -> None:  # type: ignore[override]
        self._person = person_id
        if person_id is None:
            self.form.load({"person.name": name, "person.nik": nik})
            self.show_section(self.parts.at)
            return
        self.title.setText(t("resident.edit_title.known"))
        self._is_loading = True
        self.save.setEnabled(False)
        self.desk.tasks.work(self, lambda work: resident_card(work, person_id), self._show)

    def unsaved(self) -> Unsaved | None:
        if self._waiting is not None:
            return Unsaved(self._waiting, self._person)
        if not self.form.typed():
            return None
        typed = self.form.typed(whole=self._person is None)
        before = self.form.before()
        content = {"typed": typed, "section": self.parts.at, "journey": self._journey, "before": before}
        return Unsaved(content, self._person)

    def restore(self, content: Mapping[str, Any]) -> None:
        if self._is_loading:
            self._waiting = content
            return
        self._waiting = None
        if content["journey"] != self._journey:
            self._take_journey(next((each for each in self._journeys if each.id == content["journey"]), None))
        self.form.write(content["typed"], content.get("before"))
        self.show_section(content["section"])
        self.parts.mark()

    # -- sections ------------------------------------------------------------------------------------------------------

    def _makers(self) -> Sequence[Callable[[], Section]]:
        self.over = Notice(t("resident.journey.over"), Tone.INFO)
        self.over.add_action(t("resident.journey.new"), self._new_journey)
        self.over.hide()
        return (
            partial(sections.identity, self.desk, self.form, lambda: self._person),
            partial(sections.contact, self.form),
            partial(sections.family, self.desk, self.form),
            partial(sections.journey, self.desk, self.form, self.over),
            partial(sections.recruiter, self.form),
            partial(sections.documents, self.form),
        )

    def show_section(self, place: int) -> None:
        self.parts.show_section(place)

    def _edited(self) -> None:
        self.parts.mark()
        self.changed.emit()

    # -- loading -------------------------------------------------------------------------------------------------------

    def _show(self, card: ResidentCard) -> None:
        papers = [Paper(paper.id, {name: getattr(paper, name) for name in PAPER_FIELDS}) for paper in card.documents]
        self.form.load({"documents.papers": papers, "relatives.relatives": card.relatives})
        self.form.load_record("person", card.person)
        self.form.load_record("contact", card.contact)
        self._journeys = card.journeys
        self._take_journey(card.journeys[0] if card.journeys else None)
        self.subtitle.setText(card.person.name or "")
        self.subtitle.show()
        self._is_loading = False
        self.save.setEnabled(True)
        self.parts.mark()
        if self.hasFocus():
            self.show_section(self.parts.at)
        if self._waiting is not None:
            self.restore(self._waiting)

    def _take_journey(self, journey: Journey | None) -> None:
        """Write about this journey, or about a new one; the others stay as they are."""
        self._journey = journey.id if journey else None
        self.form.load_record("journey", journey)
        self.over.setVisible(journey is not None and journey.stage in _OVER)

    def _new_journey(self) -> None:
        self._take_journey(None)
        self._edited()
        self.form.entries["journey.stage"].widget.setFocus()

    # -- saving --------------------------------------------------------------------------------------------------------

    def _save(self) -> None:
        if not self.parts.is_right():
            return
        card, relatives = self._card(), self.form.values("relatives").get("relatives", [])
        person = self._person

        def save(work: Any) -> Recorded:
            recorded = save_card(work, card, person)
            save_relatives(work, recorded.person.id, relatives)
            return recorded

        self.save.setEnabled(False)
        self.submit(save, self._saved, self._not_saved)

    def _card(self) -> CardInput:
        is_new = self._person is None
        person = {
            name: value for name, value in self.form.values("person", whole=is_new).items() if value or not is_new
        }
        if is_new:
            person["wilayah_code"] = self.desk.state.code
        papers = self.form.values("documents").get("papers", [])
        return CardInput(
            person,
            self.form.values("journey"),
            self._journey,
            tuple(DocumentInput(paper.id, paper.fields) for paper in papers),
            self.form.values("contact"),
            self.form.gone("person"),
        )

    def _saved(self, recorded: Recorded) -> None:
        self.form.settle()
        self.settled.emit()
        self.desk.say(t("resident.saved"))
        self.desk.go("resident", person_id=recorded.person.id)

    def _not_saved(self, error: ExpectedError) -> None:
        self.save.setEnabled(True)
        self.failed(error)
