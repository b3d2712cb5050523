# SPDX-License-Identifier: GPL-3.0-or-later
"""One contact of a follow-up: how the person fares, in words and on three scales, what was seen, what was agreed.

`enter(person_id=..., follow_up_id=None)`; without an id it is a contact that nobody had planned. How to reach the
person safely stands first. What worries says at once what to do. Who goes alone says why.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from trafficwatch.casework.follow_up_visits import record_follow_up
from trafficwatch.casework.follow_ups import FollowedUp, follow_up_of
from trafficwatch.casework.following import SCALES, worries
from trafficwatch.casework.principles import Moment
from trafficwatch.errors import ExpectedError
from trafficwatch.models.aftercare import FollowUp, FollowUpWay
from trafficwatch.models.staff import Ability
from trafficwatch.texts import t
from trafficwatch.ui.shell.desk import Desk, Unsaved
from trafficwatch.ui.shell.page import Page
from trafficwatch.ui.theme.look import px
from trafficwatch.ui.village.care_inputs import CareInputs
from trafficwatch.ui.village.care_principles import PrinciplesLine
from trafficwatch.ui.village.contact_first import contact_first
from trafficwatch.ui.village.follow_up_parts import WhatNow, may_follow_up
from trafficwatch.ui.village.gate import GateCard
from trafficwatch.ui.village.resident_parts import date_words, safe_contact_bar
from trafficwatch.ui.village.resident_sections import beside
from trafficwatch.ui.widgets.parts import button, card, label
from trafficwatch.ui.widgets.tab_order import put_in_order

TYPE = "follow_up"


class FollowUpPage(Page):
    """The form of one contact."""

    name = "follow_up"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, t("follow_up.contact_title"), can_go_back=True)
        self._person, self._id = "", ""
        self._visit: FollowUp | None = None
        self._waiting: Mapping[str, Any] | None = None
        above = QWidget()
        self._above = QVBoxLayout(above)
        self._above.setContentsMargins(0, 0, 0, 0)
        self._above.setSpacing(px(14))
        self.body.addWidget(above)
        self.form = CareInputs(self, desk, TYPE, {})
        self.parts = QWidget()
        column = QVBoxLayout(self.parts)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(px(14))
        for each in (self._contact(), self._seen(), self._fares(), self._dangers()):
            column.addWidget(each)
        now = QWidget()
        self._now = QVBoxLayout(now)
        self._now.setContentsMargins(0, 0, 0, 0)
        column.addWidget(now)
        column.addWidget(self._said())
        self.body.addWidget(self.parts)
        self.body.addStretch(1)
        self.parts.hide()
        self.save = button(t("follow_up.save"), self._save, role="primary", icon_name="save")
        self.save.setEnabled(False)
        self.footer(primary=self.save)
        self.worry: WhatNow | None = None
        self.form.changed.connect(self._edited)
        shortcut = QShortcut(QKeySequence("Ctrl+S"), self)
        shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        shortcut.activated.connect(self.save.click)

    def enter(self, *, person_id: str, follow_up_id: str | None = None) -> None:  # type: ignore[override]
        self._person, self._id = person_id, follow_up_id or ""
        if not may_follow_up(self.desk):
            self._footer.hide()
            self._above.addWidget(GateCard(self.desk, Ability.FOLLOW_UP))
            contact_first(self, person_id, self._above)
            return
        self.desk.tasks.work(self, lambda work: follow_up_of(work, person_id), self._show)

    # -- drafts --------------------------------------------------------------------------------------------------------

    def unsaved(self) -> Unsaved | None:
        if self._waiting is not None:
            return Unsaved(self._waiting, self._person, case_text=True)
        if self._visit is None or not self.form.typed():
            return None
        content = {"typed": self.form.typed(), "before": self.form.before()}
        return Unsaved(content, self._person, case_text=True)

    def restore(self, content: Mapping[str, Any]) -> None:
        if self._visit is None:
            self._waiting = content
            return
        self._waiting = None
        self.form.write(content["typed"], content.get("before"))
        self._fit()

    # -- the parts of the form -----------------------------------------------------------------------------------------

    def _contact(self) -> QFrame:
        made, column = card(t("follow_up.part.contact"))
        beside(column, self._make("done_on"), self._make("follow_up_way"))
        entry = self.form.entries[f"{TYPE}.done_on"]

        def problem() -> str:
            return entry.problem() or ("" if entry.value() else t("care_fields.missing"))

        self.form.entries[f"{TYPE}.done_on"] = replace(entry, problem=problem)
        beside(column, self._make("companion"))
        self.alone = self._make("alone_reason")
        column.addWidget(self.alone)
        alone = self.form.entries[f"{TYPE}.alone_reason"]

        def not_said() -> str:
            return alone.problem() or (t("follow_up.alone_wrong") if self._is_alone() and not alone.value() else "")

        self.form.entries[f"{TYPE}.alone_reason"] = replace(alone, problem=not_said)
        return made

    def _seen(self) -> QFrame:
        made, column = card(t("follow_up.part.items"), t("follow_up.part.items_help"))
        column.addWidget(self._make("items"))
        return made

    def _fares(self) -> QFrame:
        made, column = card(t("follow_up.part.scales"), t("follow_up.part.scales_help"))
        for name in SCALES:
            column.addWidget(self._make(f"{name}_scale"))
            column.addWidget(self._make(name))
        return made

    def _dangers(self) -> QFrame:
        made, column = card(t("follow_up.part.signs"), t("follow_up.part.signs_help"))
        column.addWidget(self._make("danger_signs"))
        return made

    def _said(self) -> QFrame:
        made, column = card(t("follow_up.part.voice"))
        column.addWidget(self._make("voice"))
        column.addWidget(self._make("agreed"))
        return made

    def _make(self, name: str) -> QWidget:
        return self.form.make(name)

    # -- showing -------------------------------------------------------------------------------------------------------

    def _show(self, found: FollowedUp) -> None:
        visits = (*found.waiting, *found.missed, *found.done)
        visit = next((each for each in visits if each.id == self._id), None)
        self._id = visit.id if visit else ""
        self._visit = visit or FollowUp(id="")
        self.subtitle.setText(found.person.name or "")
        self.subtitle.show()
        self._above.addWidget(safe_contact_bar(found.contact))
        if visit is not None:
            self._above.addWidget(label(t("follow_up.planned_for", day=date_words(visit.planned_on)), "soft"))
        self._above.addWidget(PrinciplesLine(Moment.FOLLOW_UP))
        self.worry = WhatNow(self.desk, self._person)
        self._now.addWidget(self.worry)
        begun = self._visit
        if not begun.done_on:
            begun = replace(begun, done_on=self.desk.today, follow_up_way=FollowUpWay.VISIT.value)
        self.form.load_record(TYPE, begun)
        self.parts.show()
        self.save.setEnabled(True)
        self._fit()
        put_in_order(self)
        self.form.entries[f"{TYPE}.done_on"].widget.setFocus()
        if self._waiting is not None:
            self.restore(self._waiting)

    def _edited(self) -> None:
        self._fit()
        self.changed.emit()

    def _fit(self) -> None:
        """Ask who goes alone why, and say what to do about what worries."""
        self.alone.setVisible(self._is_alone() or bool(self.form.entries[f"{TYPE}.alone_reason"].value()))
        if self.worry is not None:
            items, signs = (self.form.entries[f"{TYPE}.{name}"].value() for name in ("items", "danger_signs"))
            self.worry.tell(worries(items, signs))

    def _is_alone(self) -> bool:
        way, companion = (self.form.entries[f"{TYPE}.{name}"].value() for name in ("follow_up_way", "companion"))
        return way == FollowUpWay.VISIT and not companion

    # -- saving --------------------------------------------------------------------------------------------------------

    def _save(self) -> None:
        if self._visit is None:
            return
        self.clear_notices()
        if problems := self.form.problems():
            widget = self.form.entries[next(iter(problems))].widget
            widget.setFocus()
            self.show_widget(widget)
            return
        is_new, person_id, follow_up_id = not self._visit.done_on, self._person, self._id or None
        fields, seen = self.form.values(TYPE, whole=is_new), self.form.gone(TYPE)
        if is_new:
            fields = {name: value for name, value in fields.items() if value is not None and value != {}}
        self.save.setEnabled(False)
        self.submit(
            lambda work: record_follow_up(work, follow_up_id, fields, person_id=person_id, seen=seen),
            lambda _: self._saved(),
            self._not_saved,
        )

    def _saved(self) -> None:
        self.form.settle()
        self.settled.emit()
        self.desk.say(t("follow_up.saved"))
        self.desk.go("follow_ups", person_id=self._person)

    def _not_saved(self, error: ExpectedError) -> None:
        self.save.setEnabled(True)
        self.failed(error)
