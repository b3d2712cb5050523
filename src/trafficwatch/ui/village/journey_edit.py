# SPDX-License-Identifier: GPL-3.0-or-later
"""Write a journey, planned or made: plan, work, recruiter and costs, and the questions of the official way.

Saving writes what was changed here, no more. What can't be is refused by the use case and said at the top; nothing is
lost by it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut

from trafficwatch.errors import ExpectedError
from trafficwatch.models.migration import Journey, Stage
from trafficwatch.registry.browse import names_of
from trafficwatch.registry.journeys import journey_card, save_journey
from trafficwatch.registry.recruiters import recruiters
from trafficwatch.texts import t
from trafficwatch.ui.shell.desk import Desk, Unsaved
from trafficwatch.ui.shell.page import Page
from trafficwatch.ui.theme.palette import Tone
from trafficwatch.ui.village import journey_sections as sections
from trafficwatch.ui.village.resident_form import Form
from trafficwatch.ui.village.sectioned_form import SectionedForm
from trafficwatch.ui.widgets.parts import button

_MOST_RECRUITERS = 500
SECTIONS = ("plan", "work", "recruiter", "procedure")
"""The sections in their order."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """What the form begins with; `recruiters` are (id, name), the one of the journey among them."""

    name: str
    journey: Journey | None
    recruiters: tuple[tuple[str, str], ...]


class JourneyEditPage(Page):
    """`enter(person_id=..., journey_id=None, section="plan")`."""

    name = "journey_edit"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, t("journey_page.edit_title.new"), can_go_back=True)
        self._person = ""
        self._journey: str | None = None
        self._is_loading = True
        self._waiting: Mapping[str, Any] | None = None
        self._begins_at = 0
        self.form = Form(self, "journey_page")
        makers = (
            partial(sections.plan, desk, self.form),
            partial(sections.work, self.form),
            partial(sections.recruiter, self.form),
            partial(sections.procedure, self.form),
        )
        self.parts = SectionedForm(self, self.form, makers)
        self.body.addWidget(self.parts)
        self.body.addStretch(1)
        self.save = button(t("journey_page.save"), self._save, role="primary", icon_name="save")
        self.save.setEnabled(False)
        self.footer(self.parts.before, self.parts.after, primary=self.save)
        self.form.changed.connect(self._edited)
        shortcut = QShortcut(QKeySequence("Ctrl+S"), self)
        shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        shortcut.activated.connect(self.save.click)
        self.parts.show_section(self._begins_at)

    def enter(self, *, person_id: str, journey_id: str | None = None, section: str = "plan") -> None:  # type: ignore[override]
        self._person, self._journey = person_id, journey_id
        self._begins_at = SECTIONS.index(section)
        if journey_id is not None:
            self.title.setText(t("journey_page.edit_title.known"))
        self.desk.tasks.work(self, lambda work: load(work, person_id, journey_id), self._show)

    def unsaved(self) -> Unsaved | None:
        if self._waiting is not None:
            return Unsaved(self._waiting, self._person)
        if not self.form.typed():
            return None
        typed, before = self.form.typed(), self.form.before()
        return Unsaved({"typed": typed, "section": self.parts.at, "before": before}, self._person)

    def restore(self, content: Mapping[str, Any]) -> None:
        if self._is_loading:
            self._waiting = content
            return
        self._waiting = None
        self.form.write(content["typed"], content.get("before"))
        self.parts.show_section(content["section"])

    def _edited(self) -> None:
        self.parts.mark()
        self.changed.emit()

    def _show(self, loaded: Loaded) -> None:
        self.subtitle.setText(loaded.name)
        self.subtitle.show()
        sections.offer_recruiters(self.form, loaded.recruiters)
        self.form.load_record("journey", loaded.journey or Journey(id="", stage=Stage.PLAN.value))
        self._is_loading = False
        self.save.setEnabled(True)
        self.parts.show_section(self._begins_at)
        if self._waiting is not None:
            self.restore(self._waiting)

    def _save(self) -> None:
        if not self.parts.is_right():
            return
        fields, seen = self.form.values("journey"), self.form.gone("journey")
        person, journey = self._person, self._journey
        if journey is None:
            if not any(fields.values()):
                self.clear_notices()
                self.tell(t("journey_page.nothing_filled"), Tone.INFO)
                return
            fields = {"stage": self.form.entries["journey.stage"].value(), **fields}
        self.save.setEnabled(False)
        self.submit(lambda work: save_journey(work, person, fields, journey, seen), self._saved, self._not_saved)

    def _saved(self, journey: Journey) -> None:
        self.form.settle()
        self.settled.emit()
        self.desk.say(t("journey_page.saved"))
        self.desk.go("journey", person_id=self._person, journey_id=journey.id)

    def _not_saved(self, error: ExpectedError) -> None:
        self.save.setEnabled(True)
        self.failed(error)


def load(work: Any, person_id: str, journey_id: str | None) -> Loaded:
    """The journey, whose it is, and the recruiters that can be chosen."""
    known = {row.id: row.name for row in recruiters(work, limit=_MOST_RECRUITERS).rows}
    if journey_id is None:
        return Loaded(names_of(work, [person_id]).get(person_id, ""), None, tuple(known.items()))
    card = journey_card(work, journey_id)
    if card.recruiter is not None:
        known.setdefault(card.recruiter.id, card.recruiter.name or "")
    return Loaded(card.person_name, card.journey, tuple(known.items()))
