# SPDX-License-Identifier: GPL-3.0-or-later
"""One journey, read-only: what to talk over, what happened, whether the person was heard of, and the next step.

`enter(person_id=..., journey_id=None)`; without a journey the person's latest. Warnings come first, with what to do
about them. Who recruits is 'checked on' a day or 'not checked', never safe.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from PySide6.QtWidgets import QVBoxLayout, QWidget

from trafficwatch.errors import ExpectedError
from trafficwatch.models.migration import Stage
from trafficwatch.models.people import SafeContact
from trafficwatch.registry.browse import resident_card
from trafficwatch.registry.journeys import JourneyCard, journey_card, set_stage
from trafficwatch.texts import t
from trafficwatch.texts.labels import label as words
from trafficwatch.ui.shell.desk import Desk, Unsaved
from trafficwatch.ui.shell.page import Page
from trafficwatch.ui.theme.look import px
from trafficwatch.ui.theme.palette import Tone
from trafficwatch.ui.village.journey_parts import (
    STANDING_TONES,
    plan_card,
    procedure_card,
    promise_card,
    recruiter_card,
    standing_card,
    where,
)
from trafficwatch.ui.village.journey_steps import Steps
from trafficwatch.ui.village.journey_timeline import Timeline
from trafficwatch.ui.village.journey_warnings import contradictions_card, warnings_card
from trafficwatch.ui.village.resident_parts import chips, documents_card, safe_contact_bar
from trafficwatch.ui.village.residents_table import STAGE_TONES
from trafficwatch.ui.widgets.parts import button, card, label
from trafficwatch.ui.widgets.tab_order import put_in_order

_AWAY = {Stage.DEPARTED.value, Stage.RETURNED.value}


@dataclass(frozen=True, slots=True)
class Loaded:
    """What the page shows; no card where the person has no journey."""

    name: str
    contact: SafeContact | None
    card: JourneyCard | None


class JourneyPage(Page):
    """One journey."""

    name = "journey"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, t("journey_page.title"), can_go_back=True)
        self._person = ""
        self._journey: str | None = None
        self._waiting: Mapping[str, Any] | None = None
        self.resident = button(t("journey_page.to_card"), self._to_card, icon_name="card")
        self.sheet = button(t("journey_page.sheet"), self._to_sheet, icon_name="print")
        self.corner.addWidget(self.resident)
        self.corner.addWidget(self.sheet)
        self.inside = QWidget()
        self.body.addWidget(self.inside)
        self.steps = Steps(self)
        self.steps.hide()
        self.steps.chosen.connect(self._take)
        self.steps.changed.connect(self.changed)
        self.below = QWidget()
        self.body.addWidget(self.steps)
        self.body.addWidget(self.below)
        self.body.addStretch(1)
        self.edit = button(t("journey_page.edit"), lambda: self._edit("plan"), icon_name="card")
        self.visit = button(t("journey_page.visit"), lambda: self._visit(None), icon_name="people")
        self.check_in = button(t("journey_page.check_in"), self._check_in, icon_name="phone")
        for each in (self.sheet, self.edit, self.visit, self.check_in):
            each.setEnabled(False)

    def enter(self, *, person_id: str, journey_id: str | None = None) -> None:  # type: ignore[override]
        self._person, self._journey = person_id, journey_id
        self.desk.tasks.work(self, lambda work: load(work, person_id, journey_id), self._show)

    def unsaved(self) -> Unsaved | None:
        typed = self._waiting if self._waiting is not None else self.steps.typed
        return Unsaved(typed, self._person) if typed else None

    def restore(self, content: Mapping[str, Any]) -> None:
        if self._journey is None or not self.steps.buttons:
            self._waiting = content
            return
        self._waiting = None
        self.steps.write(content)

    # -- showing -------------------------------------------------------------------------------------------------------

    def _show(self, loaded: Loaded) -> None:
        self.subtitle.setText(loaded.name)
        self.subtitle.show()
        if loaded.card is None:
            self._show_none(loaded)
        else:
            self._show_card(loaded, loaded.card)
        put_in_order(self)
        if self._waiting is not None:
            self.restore(self._waiting)

    def _show_none(self, loaded: Loaded) -> None:
        column = _column(self.inside)
        column.addWidget(safe_contact_bar(loaded.contact))
        frame, inside = card()
        inside.addWidget(label(t("resident.nothing.journey")))
        column.addWidget(frame)
        self.edit.setText(t("resident.journey.add"))
        self.edit.setEnabled(True)
        self.footer(primary=self.edit)
        self.edit.setFocus()

    def _show_card(self, loaded: Loaded, found: JourneyCard) -> None:
        journey = found.journey
        self._journey = journey.id
        self.title.setText(where(journey))
        above = _column(self.inside)
        above.addLayout(chips(self._status(found)))
        above.addWidget(safe_contact_bar(loaded.contact))
        if found.warnings:
            postpone = (lambda: self.steps.ask(Stage.POSTPONED)) if journey.stage not in _AWAY else None
            screen = self._screen
            above.addWidget(
                warnings_card(found.warnings, trained=self.desk.state.trained, postpone=postpone, screen=screen)
            )
        if found.contradictions:
            above.addWidget(contradictions_card(found.contradictions, found.documents))
        if found.standing.status != "none":
            above.addWidget(standing_card(journey, found.standing, self.desk))
        self.steps.show_journey(journey)
        below = _column(self.below)
        below.addWidget(self._timeline(found))
        below.addWidget(plan_card(journey))
        below.addWidget(promise_card(journey))
        below.addWidget(procedure_card(found, lambda: self._edit("procedure")))
        below.addWidget(recruiter_card(found, self.desk))
        below.addWidget(documents_card(found.documents))
        self._foot(journey.stage)

    def _status(self, found: JourneyCard) -> list[tuple[str, Tone]]:
        """Stage, what the answers decide, and whether it is time to hear from somebody."""
        journey, status = found.journey, found.standing.status
        said = [(words("stage", journey.stage), STAGE_TONES[journey.stage])] if journey.stage else []
        if status not in {"none", "not_due"}:
            said.append((t(f"journey_rules.check_in.status.{status}"), STANDING_TONES[status]))
        return said

    def _timeline(self, found: JourneyCard) -> QWidget:
        made, column = card(t("journey_page.section.timeline"))
        if found.timeline:
            column.addWidget(Timeline(found.timeline, self._visit))
        else:
            column.addWidget(label(t("journey_page.no_events"), "soft"))
        return made

    def _foot(self, stage: str | None) -> None:
        """The one thing that most needs doing at this stage is the primary button."""
        for each in (self.sheet, self.edit, self.visit, self.check_in):
            each.setEnabled(True)
        if stage == Stage.DEPARTED.value:
            self.footer(self.edit, self.visit, primary=self.check_in)
            self.check_in.setFocus()
        elif stage in {Stage.RETURNED.value, Stage.CANCELLED.value}:
            self.footer(self.visit, primary=self.edit)
            self.edit.setFocus()
        else:
            self.footer(self.edit, primary=self.visit)
            self.visit.setFocus()

    # -- going on ------------------------------------------------------------------------------------------------------

    def _take(self, stage: str, day: str) -> None:
        journey_id, when = self._journey or "", day or None
        until = {"until": when} if stage == Stage.POSTPONED else {"on": when}

        def take(work: Any) -> object:
            return set_stage(work, journey_id, Stage(stage), **until)

        self.submit(take, lambda _: self._taken(), self._not_taken)

    def _taken(self) -> None:
        self.settled.emit()
        self.steps.day.typed = ""
        self.desk.say(t("journey_page.step_taken"))
        self.desk.go("journey", person_id=self._person, journey_id=self._journey)

    def _not_taken(self, error: ExpectedError) -> None:
        self.steps.release()
        self.failed(error)

    def _edit(self, section: str) -> None:
        self.desk.go("journey_edit", person_id=self._person, journey_id=self._journey, section=section)

    def _visit(self, visit_id: str | None) -> None:
        self.desk.go("visit", person_id=self._person, journey_id=self._journey, visit_id=visit_id)

    def _check_in(self) -> None:
        self.desk.go("check_in", journey_id=self._journey)

    def _screen(self) -> None:
        self.desk.go("screening", person_id=self._person)

    def _to_card(self) -> None:
        self.desk.go("resident", person_id=self._person)

    def _to_sheet(self) -> None:
        self.desk.go("paper", kind="family", person_id=self._person, journey_id=self._journey)


def load(work: Any, person_id: str, journey_id: str | None) -> Loaded:
    """The journey with its person; the latest one where none is named."""
    person = resident_card(work, person_id)
    latest = journey_id or next((each.id for each in person.journeys), None)
    return Loaded(person.person.name or "", person.contact, journey_card(work, latest) if latest else None)


def _column(holder: QWidget) -> QVBoxLayout:
    column = QVBoxLayout(holder)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(px(14))
    return column
