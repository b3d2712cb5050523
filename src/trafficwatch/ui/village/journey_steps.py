# SPDX-License-Identifier: GPL-3.0-or-later
"""The steps that a journey can take from where it stands, and the one question that some of them ask: which day.

`chosen` is emitted with the stage and the day (EDTF, '' for none) once somebody has said that it is so.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QGridLayout, QPushButton, QVBoxLayout, QWidget

from trafficwatch.models.migration import Journey, Stage
from trafficwatch.registry.steps import STEPS
from trafficwatch.texts import t
from trafficwatch.ui.shell.page import Page
from trafficwatch.ui.theme.look import COMPACT_FROM, look, px
from trafficwatch.ui.widgets.date_field import DateField
from trafficwatch.ui.widgets.parts import Field, button, card, label, row
from trafficwatch.ui.widgets.tab_order import put_in_order

_ICONS = {
    Stage.PLAN: "undo",
    Stage.PREPARING: "document-check",
    Stage.DEPARTED: "journey",
    Stage.RETURNED: "home",
    Stage.POSTPONED: "clock",
    Stage.CANCELLED: "close",
}
_AT_ONCE = frozenset({Stage.PLAN, Stage.PREPARING})
_ORDER = tuple(Stage)


class Steps(QWidget):
    """A card with a button for each step, and below them the question of the one that was pressed."""

    chosen = Signal(str, str)
    changed = Signal()

    def __init__(self, page: Page) -> None:
        super().__init__()
        self._page = page
        self._asks: Stage | None = None
        self._journey: Journey | None = None
        self.buttons: dict[Stage, QPushButton] = {}
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        frame, inside = card(t("journey_page.section.steps"))
        column.addWidget(frame)
        holder = QWidget()
        self._grid = QGridLayout(holder)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(px(10))
        inside.addWidget(holder)
        self.question = QWidget()
        asking = QVBoxLayout(self.question)
        asking.setContentsMargins(0, px(6), 0, 0)
        asking.setSpacing(px(10))
        self._why = label("")
        asking.addWidget(self._why)
        self.day = DateField(today=page.desk.today, allows_today=True)
        self._field = Field("", self.day)
        asking.addWidget(self._field)
        self.sure = button("", self._confirm, icon_name="check")
        self.keep = button(t("journey_page.keep"), self._close)
        asking.addLayout(row(self.sure, self.keep))
        inside.addWidget(self.question)
        self.question.hide()
        self.day.changed.connect(self.changed)

    def show_journey(self, journey: Journey) -> None:
        """Offer the steps that may follow."""
        self._journey = journey
        known = Stage(journey.stage) if journey.stage else None
        columns = 1 if look().zoom >= COMPACT_FROM else 4
        for place, stage in enumerate(each for each in _ORDER if each in STEPS[known]):
            made = button(t(f"journey_page.step.{stage}"), partial(self.ask, stage), icon_name=_ICONS[stage])
            self.buttons[stage] = made
            self._grid.addWidget(made, place // columns, place % columns, Qt.AlignmentFlag.AlignLeft)
        self._grid.setColumnStretch(columns, 1)
        self.setVisible(bool(self.buttons))

    def ask(self, stage: Stage) -> None:
        """What has to be said before the step is taken; some are taken at once."""
        if stage in _AT_ONCE:
            self.setEnabled(False)
            self.chosen.emit(stage.value, "")
            return
        self._asks = stage
        self._why.setText(t(f"journey_page.step_why.{stage}"))
        self._field.setVisible(stage is not Stage.CANCELLED)
        words = t(f"journey_page.step_day.{stage}") if stage is not Stage.CANCELLED else ""
        self._field.words.setText(words)
        self.day.setAccessibleName(words)
        self.sure.setText(t(f"journey_page.step_sure.{stage}"))
        self.question.show()
        put_in_order(self._page)
        (self.sure if stage is Stage.CANCELLED else self.day).setFocus()
        QTimer.singleShot(0, self, lambda: self._page.show_widget(self.question))

    def release(self) -> None:
        """The step could not be taken: it may be tried again."""
        self.setEnabled(True)

    @property
    def typed(self) -> dict[str, str]:
        """The step that is asked about and the day that stands there; empty as long as no day does."""
        is_begun = self._asks is not None and bool(self.day.typed)
        return {"step": str(self._asks), "day": self.day.typed} if is_begun else {}

    def write(self, typed: Mapping[str, Any]) -> None:
        """Take up a step that was begun, as far as it may still be taken."""
        if typed.get("step") in self.buttons:
            self.ask(Stage(typed["step"]))
            self.day.typed = typed.get("day", "")

    def _confirm(self) -> None:
        if self._asks is None:
            return
        if self._asks is not Stage.CANCELLED and self.day.problem:
            self.day.show_problem()
            self.day.setFocus()
            return
        self.setEnabled(False)
        self.chosen.emit(self._asks.value, self.day.edtf or "")

    def _close(self) -> None:
        pressed = self.buttons[self._asks] if self._asks else None
        self._asks = None
        self.day.typed = ""
        self.question.hide()
        if pressed is not None:
            pressed.setFocus()
