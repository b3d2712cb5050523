# SPDX-License-Identifier: GPL-3.0-or-later
"""One attempt to hear from somebody who is away: what came of it, how the person is, where, and when to ask again.

`enter(journey_id=...)`. How to reach the person safely stands first. A worrying answer says at once what to do; what
was said in confidence belongs into a screening, not here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QVBoxLayout, QWidget

from trafficwatch.errors import ExpectedError
from trafficwatch.models.migration import CheckIn, Outcome, Stage
from trafficwatch.models.people import SafeContact
from trafficwatch.registry.browse import resident_card
from trafficwatch.registry.check_ins import Standing, standing
from trafficwatch.registry.journeys import JourneyCard, journey_card
from trafficwatch.registry.touch import check_ins_of, record_check_in
from trafficwatch.texts import t
from trafficwatch.ui.shell.desk import Desk, Unsaved
from trafficwatch.ui.shell.page import Page
from trafficwatch.ui.theme.look import px
from trafficwatch.ui.theme.palette import Tone
from trafficwatch.ui.village.check_in_parts import Worry, ask_card, more_card, outcome_card
from trafficwatch.ui.village.journey_parts import day_of, standing_card, where
from trafficwatch.ui.village.resident_form import Form
from trafficwatch.ui.village.resident_parts import safe_contact_bar
from trafficwatch.ui.widgets.parts import button, card, label
from trafficwatch.ui.widgets.tab_order import put_in_order

_TALKED = {Outcome.REACHED.value, Outcome.FAMILY_HEARD.value}
_AWAY = {Stage.DEPARTED.value, Stage.RETURNED.value}


@dataclass(frozen=True, slots=True)
class Loaded:
    """The journey, how its person may be reached, and the attempts so far."""

    card: JourneyCard
    contact: SafeContact | None
    attempts: tuple[CheckIn, ...]


class CheckInPage(Page):
    """The form of one attempt."""

    name = "check_in"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, t("check_in.title"), can_go_back=True)
        self._loaded: Loaded | None = None
        self._journey = ""
        self._waiting: Mapping[str, Any] | None = None
        self._above = QWidget()
        self.body.addWidget(self._above)
        self.form = Form(self, "check_in")
        self._outcome, self.outcome = outcome_card(self.form)
        self._asking, self.questions = ask_card(self.form)
        self.worry = Worry(desk)
        self._next, inside = card()
        self.next = label("", "strong")
        inside.addWidget(self.next)
        self._parts = (self._outcome, self._asking, self.worry, more_card(desk, self.form), self._next)
        for each in self._parts:
            self.body.addWidget(each)
        self.body.addStretch(1)
        self.save = button(t("check_in.save"), self._save, role="primary", icon_name="save")
        self.save.setEnabled(False)
        self.footer(primary=self.save)
        self.form.changed.connect(self._edited)
        shortcut = QShortcut(QKeySequence("Ctrl+S"), self)
        shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        shortcut.activated.connect(self.save.click)
        self._fit()
        put_in_order(self)

    def enter(self, *, journey_id: str) -> None:  # type: ignore[override]
        self._journey = journey_id
        self.desk.tasks.work(self, lambda work: load(work, journey_id), self._show)

    def unsaved(self) -> Unsaved | None:
        person = self._loaded.card.person_id if self._loaded else None
        if self._waiting is not None:
            return Unsaved(self._waiting, person)
        typed = self.form.typed()
        return Unsaved({"typed": typed}, person) if typed else None

    def restore(self, content: Mapping[str, Any]) -> None:
        if self._loaded is None:
            self._waiting = content
            return
        self._waiting = None
        self.form.write(content["typed"])
        self._fit()

    def _show(self, loaded: Loaded) -> None:
        self._loaded = loaded
        found = loaded.card
        self.subtitle.setText(f"{found.person_name} · {where(found.journey)}")
        self.subtitle.show()
        column = QVBoxLayout(self._above)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(px(14))
        column.addWidget(safe_contact_bar(loaded.contact))
        if found.journey.stage not in _AWAY:
            for each in self._parts:
                each.hide()
            told = self.tell(t("check_in.not_away"), Tone.INFO)
            told.add_action(t("check_in.to_journey"), self._to_journey)
            return
        if found.standing.status != "none":
            column.addWidget(standing_card(found.journey, found.standing, self.desk))
        self.worry.about(found.person_id)
        self.form.load({"check_in.tried_on": self.desk.today})
        self.save.setEnabled(True)
        self._fit()
        put_in_order(self)
        self.outcome.setFocus()
        if self._waiting is not None:
            self.restore(self._waiting)

    def _edited(self) -> None:
        self._fit()
        self.changed.emit()

    def _fit(self) -> None:
        """Ask what fits the outcome; say what worries, and when to ask again."""
        outcome = self.outcome.value
        self._asking.setVisible(outcome in _TALKED)
        after = self._after()
        alarm = after.alarm if after is not None and outcome in _TALKED else ()
        self.worry.tell(alarm)
        has_day = after is not None and after.due_on is not None
        self._next.setVisible(bool(outcome) and has_day)
        if after is not None and has_day:
            key = "next_report" if after.status == "silent" else "next_on"
            self.next.setText(t(f"check_in.{key}", day=day_of(after.due_on)))

    def _after(self) -> Standing | None:
        """Where the journey will stand once this is saved."""
        if self._loaded is None:
            return None
        attempts = [*self._loaded.attempts, CheckIn(id="", **self._fields())]
        return standing(self._loaded.card.journey, attempts, date.fromisoformat(self.desk.today))

    def _fields(self) -> dict[str, Any]:
        fields = {name: value for name, value in self.form.values("check_in", whole=True).items() if value}
        if self.outcome.value not in _TALKED:
            fields.pop("answers", None)
        return fields

    def _save(self) -> None:
        if problems := self.form.problems():
            widget = self.form.entries[next(iter(problems))].widget
            widget.setFocus()
            self.show_widget(widget)
            return
        fields, journey = self._fields(), self._journey
        self.save.setEnabled(False)
        self.submit(lambda work: record_check_in(work, journey, fields), lambda _: self._saved(), self._not_saved)

    def _saved(self) -> None:
        self.form.settle()
        self.settled.emit()
        self.desk.say(t("check_in.saved"))
        self._to_journey()

    def _to_journey(self) -> None:
        if self._loaded is not None:
            self.desk.go("journey", person_id=self._loaded.card.person_id, journey_id=self._journey)

    def _not_saved(self, error: ExpectedError) -> None:
        self.save.setEnabled(True)
        self.failed(error)


def load(work: Any, journey_id: str) -> Loaded:
    card = journey_card(work, journey_id)
    return Loaded(card, resident_card(work, card.person_id).contact, check_ins_of(work, journey_id))
