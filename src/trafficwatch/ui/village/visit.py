# SPDX-License-Identifier: GPL-3.0-or-later
"""A visit at home before a departure: whom one met, how ready they are, what was explained, what is still missing.

`enter(person_id=..., journey_id=None, visit_id=None)`; without a journey it belongs to the latest that is not over.
Nothing has to be answered: what is missing is said while one writes, for the next visit.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut

from trafficwatch.errors import ExpectedError
from trafficwatch.models.migration import HomeVisit, Journey, Stage
from trafficwatch.models.people import SafeContact
from trafficwatch.registry.browse import resident_card
from trafficwatch.registry.visits import save_visit, visits_of
from trafficwatch.texts import t
from trafficwatch.ui.shell.desk import Desk, Unsaved
from trafficwatch.ui.shell.page import Page
from trafficwatch.ui.village.journey_parts import where
from trafficwatch.ui.village.resident_form import Form
from trafficwatch.ui.village.resident_parts import safe_contact_bar
from trafficwatch.ui.village.visit_parts import Missing, about_card, agreed_card, explained_card, readiness_card
from trafficwatch.ui.widgets.parts import button
from trafficwatch.ui.widgets.tab_order import put_in_order

_ELEMENTS = ("readiness", "explained")
_OVER = {Stage.RETURNED.value, Stage.CANCELLED.value}


@dataclass(frozen=True, slots=True)
class Loaded:
    """What the form begins with."""

    name: str
    contact: SafeContact | None
    journey: Journey | None
    visit: HomeVisit | None


class VisitPage(Page):
    """The form of one visit."""

    name = "visit"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, t("visit.title"), can_go_back=True)
        self._person = ""
        self._journey: str | None = None
        self._visit: str | None = None
        self._is_loading = True
        self._waiting: Mapping[str, Any] | None = None
        self._contact_at = self.body.count()
        self.form = Form(self, "visit")
        self.body.addWidget(about_card(desk, self.form))
        self.body.addWidget(readiness_card(self.form))
        self.body.addWidget(explained_card(self.form))
        self.print = button(t("visit.print"), self._print, icon_name="print")
        self.body.addWidget(agreed_card(desk, self.form, self.print))
        self.missing = Missing()
        self.body.addWidget(self.missing)
        self.body.addStretch(1)
        self.save = button(t("visit.save"), self._save, role="primary", icon_name="save")
        self.footer(primary=self.save)
        for each in (self.print, self.save):
            each.setEnabled(False)
        self.form.changed.connect(self._edited)
        shortcut = QShortcut(QKeySequence("Ctrl+S"), self)
        shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        shortcut.activated.connect(self.save.click)
        put_in_order(self)

    def enter(  # type: ignore[override]
        self, *, person_id: str, journey_id: str | None = None, visit_id: str | None = None
    ) -> None:
        self._person, self._visit = person_id, visit_id
        self.desk.tasks.work(self, lambda work: load(work, person_id, journey_id, visit_id), self._show)

    def unsaved(self) -> Unsaved | None:
        if self._waiting is not None:
            return Unsaved(self._waiting, self._person)
        if not self.form.typed():
            return None
        return Unsaved({"typed": self.form.typed(), "before": self.form.before()}, self._person)

    def restore(self, content: Mapping[str, Any]) -> None:
        if self._is_loading:
            self._waiting = content
            return
        self._waiting = None
        self.form.write(content["typed"], content.get("before"))
        self._tell()

    def _show(self, loaded: Loaded) -> None:
        self._journey = loaded.journey.id if loaded.journey else None
        parts = (loaded.name, where(loaded.journey) if loaded.journey else "")
        self.subtitle.setText(" · ".join(part for part in parts if part))
        self.subtitle.show()
        self.body.insertWidget(self._contact_at, safe_contact_bar(loaded.contact))
        banned = loaded.contact is not None and loaded.contact.do_not_contact
        self.print.setEnabled(self._journey is not None and not banned)
        self.form.load_record("visit", loaded.visit or HomeVisit(id="", visited_on=self.desk.today))
        self._is_loading = False
        self.save.setEnabled(True)
        self._tell()
        put_in_order(self)
        self.form.entries["visit.visited_on"].widget.setFocus()
        if self._waiting is not None:
            self.restore(self._waiting)

    def _edited(self) -> None:
        self._tell()
        self.changed.emit()

    def _tell(self) -> None:
        entries = self.form.entries
        said = {name: entries[f"visit.{name}"].value() for name in (*_ELEMENTS, "sheet_left")}
        self.missing.tell(HomeVisit(id="", **said))

    def _save(self) -> None:
        if problems := self.form.problems():
            widget = self.form.entries[next(iter(problems))].widget
            widget.setFocus()
            self.show_widget(widget)
            return
        is_new = self._visit is None
        fields = self.form.values("visit", whole=is_new)
        if is_new:
            fields = {name: value for name, value in fields.items() if value} | {"journey_id": self._journey}
        person, visit, seen = self._person, self._visit, self.form.gone("visit")
        self.save.setEnabled(False)
        self.submit(
            lambda work: save_visit(work, person, fields, visit, seen), lambda _: self._saved(), self._not_saved
        )

    def _saved(self) -> None:
        self.form.settle()
        self.settled.emit()
        self.desk.say(t("visit.saved"))
        if self._journey is not None:
            self.desk.go("journey", person_id=self._person, journey_id=self._journey)
        else:
            self.desk.go("resident", person_id=self._person)

    def _not_saved(self, error: ExpectedError) -> None:
        self.save.setEnabled(True)
        self.failed(error)

    def _print(self) -> None:
        self.desk.go("paper", kind="family", person_id=self._person, journey_id=self._journey)


def load(work: Any, person_id: str, journey_id: str | None, visit_id: str | None) -> Loaded:
    """The visit, if it is a known one, with its person and journey."""
    card = resident_card(work, person_id)
    visit = next((each for each in visits_of(work, person_id) if each.id == visit_id), None) if visit_id else None
    wanted = visit.journey_id if visit is not None else journey_id
    journeys = [each for each in card.journeys if each.id == wanted or (wanted is None and each.stage not in _OVER)]
    return Loaded(card.person.name or "", card.contact, journeys[0] if journeys else None, visit)
