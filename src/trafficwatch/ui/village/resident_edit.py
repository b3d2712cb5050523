# SPDX-License-Identifier: GPL-3.0-or-later
"""Write a resident's card: one section at a time, Ctrl+PgUp and Ctrl+PgDn between them, one save for all.

What is unlikely is pointed out and kept; only a missing name, a date that is none, or a telephone without digits keeps
the card from being saved, and even then the draft holds everything. Saving writes what was changed here, no more.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from trafficwatch.errors import ExpectedError
from trafficwatch.models.migration import Journey, Stage
from trafficwatch.registry.browse import ResidentCard, resident_card
from trafficwatch.registry.residents import CardInput, DocumentInput, Recorded, save_card
from trafficwatch.texts import t
from trafficwatch.ui.shell.desk import Desk, Unsaved
from trafficwatch.ui.shell.page import Page
from trafficwatch.ui.theme.look import COMPACT_FROM, look, px
from trafficwatch.ui.theme.palette import Tone
from trafficwatch.ui.village import resident_sections as sections
from trafficwatch.ui.village.resident_form import Form
from trafficwatch.ui.village.resident_nik import NikWords
from trafficwatch.ui.village.resident_sections import Section, SectionList, StepMark
from trafficwatch.ui.widgets.document_checks import DocumentChecks, Paper
from trafficwatch.ui.widgets.notice import Notice
from trafficwatch.ui.widgets.parts import button, label
from trafficwatch.ui.widgets.phone_list import PhoneList
from trafficwatch.ui.widgets.tab_order import put_in_order

_OVER = {Stage.RETURNED.value, Stage.POSTPONED.value, Stage.CANCELLED.value}
"""After these stages someone may plan a new journey."""
_ELEMENTS = ("phones", "aliases")
_PAPER_FIELDS = ("kind", "seen", "found", "number", "issuer", "checked_against", "remark")


class ResidentEditPage(Page):
    """The form of one card, new or known."""

    name = "resident_edit"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, t("resident.edit_title.new"), can_go_back=True)
        self._person: str | None = None
        self._journey: str | None = None
        self._journeys: tuple[Journey, ...] = ()
        self._seen: dict[str, frozenset[str]] = {}
        self._is_loading = False
        self._waiting: Mapping[str, Any] | None = None
        self._at = 0
        self.form = Form(self, "resident")
        self.wrong = QFrame()
        self.wrong.setProperty("box", "bar")
        self.wrong.setProperty("tone", "danger")
        self._wrong_lines = QVBoxLayout(self.wrong)
        self._wrong_lines.setContentsMargins(px(12), px(9), px(12), px(9))
        self._wrong_lines.setSpacing(px(2))
        self.wrong.hide()
        self.body.addWidget(self.wrong)
        self.sections = self._build()
        self.nik: NikWords = self.sections[0].findChild(NikWords)  # type: ignore[assignment]
        self.phones: PhoneList = self.sections[1].findChild(PhoneList)  # type: ignore[assignment]
        self.papers: DocumentChecks = self.sections[-1].findChild(DocumentChecks)  # type: ignore[assignment]
        self.list = SectionList([section.title for section in self.sections])
        self._arrange()
        self.before = button(t("resident.step.before"), lambda: self.show_section(self._at - 1), icon_name="back")
        self.after = button(t("resident.step.after"), lambda: self.show_section(self._at + 1), icon_name="forward")
        self.save = button(t("resident.save"), self._save, role="primary", icon_name="save")
        self.footer(self.before, self.after, primary=self.save)
        self.list.chosen.connect(self.show_section)
        for each in (self.phones, self.papers):
            each.rebuilt.connect(partial(put_in_order, self))
        self.form.changed.connect(self._edited)
        for keys, pressed in (
            ("Ctrl+PgUp", lambda: self.show_section(self._at - 1)),
            ("Ctrl+PgDown", lambda: self.show_section(self._at + 1)),
            ("Ctrl+S", self.save.click),
        ):
            shortcut = QShortcut(QKeySequence(keys), self)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(pressed)
        self.show_section(0)

    def enter(self, *, person_id: str | None = None, name: str = "", nik: str = "") -> None:  # type: ignore[override]
        self._person = person_id
        if person_id is None:
            self.form.load({"person.name": name, "person.nik": nik})
            self.show_section(self._at)
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
        seen = {name: sorted(keys) for name, keys in self._seen.items()}
        content = {"typed": typed, "section": self._at, "journey": self._journey, "seen": seen}
        return Unsaved(content, self._person)

    def restore(self, content: Mapping[str, Any]) -> None:
        if self._is_loading:
            self._waiting = content
            return
        self._waiting = None
        if content["journey"] != self._journey:
            self._take_journey(next((each for each in self._journeys if each.id == content["journey"]), None))
        self.form.write(content["typed"])
        for name in self._seen:
            if f"person.{name}" in content["typed"]:  # what came since the draft was begun is not removed by it
                self._seen[name] = frozenset(content.get("seen", {}).get(name, ()))
        self.show_section(content["section"])
        self._mark()

    # -- sections ------------------------------------------------------------------------------------------------------

    def _build(self) -> list[Section]:
        self.over = Notice(t("resident.journey.over"), Tone.INFO)
        self.over.add_action(t("resident.journey.new"), self._new_journey)
        self.over.hide()
        makers = (
            partial(sections.identity, self.desk, self.form, lambda: self._person),
            partial(sections.contact, self.form),
            partial(sections.family, self.form),
            partial(sections.journey, self.desk, self.form, self.over),
            partial(sections.recruiter, self.form),
            partial(sections.documents, self.form),
        )
        made = []
        for make in makers:
            there = set(self.form.entries)
            section = make()
            section.keys = [key for key in self.form.entries if key not in there]
            made.append(section)
        return made

    def _arrange(self) -> None:
        holder = QWidget()
        column = QVBoxLayout(holder)
        column.setContentsMargins(0, 0, 0, 0)
        large = look().zoom >= COMPACT_FROM
        outer = QVBoxLayout() if large else QHBoxLayout()
        outer.setSpacing(px(24))
        outer.addWidget(self.list)
        for section in self.sections:
            column.addWidget(section)
        column.addStretch(1)
        outer.addWidget(holder, 1)
        self.body.addLayout(outer)
        self.body.addStretch(1)

    def show_section(self, place: int) -> None:
        """One section is in sight; its first field gets the focus."""
        if not 0 <= place < len(self.sections):
            return
        self._at = place
        for number, section in enumerate(self.sections):
            section.setVisible(number == place)
        self.list.choose(place)
        put_in_order(self)
        self.before.setEnabled(place > 0)
        self.after.setEnabled(place < len(self.sections) - 1)
        self._mark()
        self.form.entries[self.sections[place].keys[0]].widget.setFocus()

    def _mark(self) -> None:
        for place, section in enumerate(self.sections):
            entries = [self.form.entries[key] for key in section.keys]
            wrong = any(entry.problem() for entry in entries) and not self.wrong.isHidden()
            filled = any(entry.has_content for entry in entries)
            self.list.mark(place, StepMark.WRONG if wrong else StepMark.FILLED if filled else StepMark.EMPTY)

    def _edited(self) -> None:
        self._mark()
        self.changed.emit()

    # -- loading -------------------------------------------------------------------------------------------------------

    def _show(self, card: ResidentCard) -> None:
        papers = [Paper(paper.id, {name: getattr(paper, name) for name in _PAPER_FIELDS}) for paper in card.documents]
        self.form.load({"documents.papers": papers})
        self.form.load_record("person", card.person)
        self._seen = {name: frozenset(getattr(card.person, name)) for name in _ELEMENTS}
        self.form.load_record("contact", card.contact)
        self._journeys = card.journeys
        self._take_journey(card.journeys[0] if card.journeys else None)
        self.subtitle.setText(card.person.name or "")
        self.subtitle.show()
        self._is_loading = False
        self.save.setEnabled(True)
        self._mark()
        if self.hasFocus():
            self.show_section(self._at)
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
        problems = self.form.problems()
        self._summary(problems)
        self._mark()
        if problems:
            return
        card = self._card()
        person = self._person
        self.save.setEnabled(False)
        self.submit(lambda work: save_card(work, card, person), self._saved, self._not_saved)

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
            self.form.values("contact", whole=True) if self.form.values("contact") else None,
            dict(self._seen),
        )

    def _saved(self, recorded: Recorded) -> None:
        self.form.settle()
        self.settled.emit()
        self.desk.say(t("resident.saved"))
        self.desk.go("resident", person_id=recorded.person.id)

    def _not_saved(self, error: ExpectedError) -> None:
        self.save.setEnabled(True)
        self.failed(error)

    def _summary(self, problems: Mapping[str, str]) -> None:
        """At the top what has to be mended, each with a way to it; the first gets the focus."""
        while (item := self._wrong_lines.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        self.wrong.setVisible(bool(problems))
        if not problems:
            return
        self._wrong_lines.addWidget(label(t("resident.error.summary"), "strong"))
        links = []
        for key, problem in problems.items():
            field = t(f"resident.field.{key.partition('.')[2]}")
            link = button(t("resident.error.line", field=field, problem=problem), partial(self._mend, key), role="link")
            self._wrong_lines.addWidget(link)
            links.append(link)
        put_in_order(self)
        links[0].setFocus()
        self.show_widget(self.wrong)

    def _mend(self, key: str) -> None:
        place = next(number for number, section in enumerate(self.sections) if key in section.keys)
        self.show_section(place)
        widget = self.form.entries[key].widget
        widget.setFocus()
        self.show_widget(widget)
