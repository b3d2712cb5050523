# SPDX-License-Identifier: GPL-3.0-or-later
"""Somebody's follow-up after coming home: how to reach the person, how it goes, which contact is due, what was done.

`enter(person_id=...)`. Whoever is not trained sees how to reach the person and when a contact is due, and hands over.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QFrame, QPushButton, QVBoxLayout, QWidget

from trafficwatch.casework.follow_up_visits import postpone_follow_up
from trafficwatch.casework.follow_ups import FollowedUp, follow_up_of, plan_follow_ups
from trafficwatch.casework.following import worries
from trafficwatch.errors import ExpectedError
from trafficwatch.models.aftercare import FollowUp
from trafficwatch.models.dates import PartialDate, Precision
from trafficwatch.models.staff import Ability
from trafficwatch.texts import t
from trafficwatch.ui.shell.desk import Desk, Unsaved
from trafficwatch.ui.shell.page import Page
from trafficwatch.ui.theme.look import px
from trafficwatch.ui.theme.palette import Tone
from trafficwatch.ui.village.follow_up_parts import (
    WhatNow,
    contacts_card,
    may_follow_up,
    progress_card,
    schedule_card,
    summary_card,
)
from trafficwatch.ui.village.gate import GateCard
from trafficwatch.ui.village.resident_parts import date_words, safe_contact_bar
from trafficwatch.ui.widgets.date_field import DateField
from trafficwatch.ui.widgets.notice import Notice
from trafficwatch.ui.widgets.parts import Field, button, card, label, row, text_edit
from trafficwatch.ui.widgets.tab_order import put_in_order


class Postponing(QFrame):
    """A contact that could not be made: which day instead, and why."""

    sure = Signal(str, str, str)
    """The contact's id, the new day as EDTF, the reason."""
    changed = Signal()

    def __init__(self, page: Page) -> None:
        super().__init__()
        self._page, self._id = page, ""
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        frame, inside = card(t("follow_up.postpone_title"))
        outer.addWidget(frame)
        self._which = label("")
        inside.addWidget(self._which)
        self.day = DateField(today=page.desk.today, allows_today=True)
        self._day = Field(t("follow_up.new_day"), self.day)
        self.reason = text_edit(lines=2)
        self._reason = Field(t("follow_up.why_missed"), self.reason, t("follow_up.why_missed_hint"))
        for each in (self._day, self.day, self._reason):
            each.setFocusProxy(None)  # type: ignore[arg-type] # the stubs know no None; see `Form.field`
        for field in (self._day, self._reason):
            inside.addWidget(field)
        self.save = button(t("follow_up.postpone_sure"), self._confirm, icon_name="check")
        self.keep = button(t("follow_up.postpone_not"), self.close_it)
        inside.addLayout(row(self.save, self.keep))
        self.day.changed.connect(self.changed)
        self.reason.textChanged.connect(self.changed)
        self.hide()

    def ask(self, visit: FollowUp) -> None:
        """Ask about a contact."""
        self._id = visit.id
        self._which.setText(t("follow_up.planned_for", day=date_words(visit.planned_on)))
        self.show()
        put_in_order(self._page)
        self.day.setFocus()
        QTimer.singleShot(0, self, lambda: self._page.show_widget(self))

    @property
    def typed(self) -> dict[str, str]:
        """What stands in it as long as it is open; empty when nothing does."""
        said = {"id": self._id, "day": self.day.typed, "reason": self.reason.toPlainText()}
        return said if self._id and (said["day"] or said["reason"]) else {}

    def write(self, visit: FollowUp, typed: Mapping[str, Any]) -> None:
        """Take up what was begun."""
        self.ask(visit)
        self.day.typed = typed.get("day", "")
        self.reason.setPlainText(typed.get("reason", ""))

    def release(self) -> None:
        """It could not be saved: it may be tried again."""
        self.save.setEnabled(True)

    def close_it(self) -> None:
        self._id = ""
        self.day.typed = ""
        self.reason.clear()
        self.hide()
        self.changed.emit()

    def _confirm(self) -> None:
        known = PartialDate.from_edtf(self.day.edtf or "")
        is_day = known.precision is Precision.DAY and (self.day.edtf or "") >= self._page.desk.today
        self._day.wrong("" if is_day else self.day.problem or t("follow_up.day_wrong"))
        self._reason.wrong("" if self.reason.toPlainText().strip() else t("follow_up.reason_wrong"))
        if not is_day:
            self.day.setFocus()
        elif not self.reason.toPlainText().strip():
            self.reason.setFocus()
        else:
            self.save.setEnabled(False)
            self.sure.emit(self._id, self.day.edtf, self.reason.toPlainText())


class FollowUpsPage(Page):
    """The whole follow-up of one person."""

    name = "follow_ups"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, t("follow_up.title"), can_go_back=True)
        self._person = ""
        self._found: FollowedUp | None = None
        self._waiting: Mapping[str, Any] | None = None
        self._begin: QPushButton | None = None
        self._inside = QVBoxLayout()
        self._inside.setSpacing(px(14))
        self.body.addLayout(self._inside)
        self.body.addStretch(1)
        self.record = button(t("follow_up.record_contact"), self._record_next, role="primary", icon_name="plus")
        self.postponing = Postponing(self)
        self.postponing.changed.connect(self.changed)
        self.postponing.sure.connect(self._postpone)
        self.footer(primary=self.record)
        self._footer.hide()

    def enter(self, *, person_id: str) -> None:  # type: ignore[override]
        self._person = person_id
        self.desk.tasks.work(self, lambda work: follow_up_of(work, person_id), self._show)

    def unsaved(self) -> Unsaved | None:
        if self._waiting is not None:
            return Unsaved(self._waiting, self._person, case_text=True)
        typed = self.postponing.typed
        return Unsaved(typed, self._person, case_text=True) if typed else None

    def restore(self, content: Mapping[str, Any]) -> None:
        if self._found is None:
            self._waiting = content
            return
        self._waiting = None
        visit = next((each for each in self._found.waiting if each.id == content.get("id")), None)
        if visit is not None and may_follow_up(self.desk):
            self.postponing.write(visit, content)

    # -- showing -------------------------------------------------------------------------------------------------------

    def _show(self, found: FollowedUp) -> None:
        self._found = found
        self.subtitle.setText(found.person.name or "")
        self.subtitle.show()
        may = may_follow_up(self.desk)
        for each in self._parts(found, may=may):
            self._inside.addWidget(each)
        self._footer.setVisible(may and not found.is_stopped and (bool(found.waiting) or bool(found.done)))
        put_in_order(self)
        if self._waiting is not None:
            self.restore(self._waiting)
        elif self._begin is not None:
            self._begin.setFocus()
        elif self.record.isVisible():
            self.record.setFocus()

    def _parts(self, found: FollowedUp, *, may: bool) -> list[QWidget]:
        made: list[QWidget] = [safe_contact_bar(found.contact)]
        if found.is_stopped:
            made.append(Notice(t("follow_up.stopped"), Tone.INFO))
        if not may:
            made += [contacts_card(found, self.desk.today, None, self._ask)] if found.waiting else []
            if self.desk.state.trained and found.course:
                made.append(progress_card(found))
            return [*made, GateCard(self.desk, Ability.FOLLOW_UP)]
        if found.done and (worrying := worries(found.done[-1].items, found.done[-1].danger_signs)):
            now = WhatNow(self.desk, self._person)
            now.tell(worrying)
            made.append(now)
        if found.is_outdated:
            told = Notice(t("follow_up.outdated"), Tone.WARN)
            told.add_action(t("follow_up.plan"), self._plan)
            made.append(told)
        if found.schedule is None and not found.waiting and not found.done:
            return [*made, self._not_home()]
        made += [self.postponing, contacts_card(found, self.desk.today, self._record, self._ask)]
        if found.is_over and found.done and not found.is_stopped:
            made.append(summary_card(found, self._close))
        return [*made, progress_card(found), schedule_card(found, self.desk.today)]

    def _not_home(self) -> QFrame:
        """Nobody came home yet: where it begins."""
        made, column = card(t("follow_up.not_home"), t("follow_up.not_home_help"))
        self._begin = button(t("follow_up.to_placement"), self._place, role="primary", icon_name="home")
        column.addLayout(row(self._begin))
        return made

    # -- doing ---------------------------------------------------------------------------------------------------------

    def _place(self) -> None:
        self.desk.go("care_entry", of_type="placement", person_id=self._person)

    def _close(self) -> None:
        self.desk.go("person_case", person_id=self._person, of_type="closure")

    def _record(self, follow_up_id: str) -> None:
        self.desk.go("follow_up", person_id=self._person, follow_up_id=follow_up_id)

    def _record_next(self) -> None:
        """The first contact that waits; one that nobody planned when none does."""
        waiting = self._found.waiting if self._found else ()
        self.desk.go("follow_up", person_id=self._person, follow_up_id=waiting[0].id if waiting else None)

    def _plan(self) -> None:
        person_id = self._person
        self.submit(lambda work: plan_follow_ups(work, person_id), lambda _: self._again(t("follow_up.planned")))

    def _ask(self, follow_up_id: str) -> None:
        found = self._found.waiting if self._found else ()
        self.postponing.ask(next(each for each in found if each.id == follow_up_id))

    def _postpone(self, follow_up_id: str, day: str, reason: str) -> None:
        self.submit(
            lambda work: postpone_follow_up(work, follow_up_id, day, reason),
            lambda _: self._postponed(),
            self._not_postponed,
        )

    def _postponed(self) -> None:
        self.postponing.close_it()
        self.settled.emit()
        self._again(t("follow_up.postponed"))

    def _not_postponed(self, error: ExpectedError) -> None:
        self.postponing.release()
        self.failed(error)

    def _again(self, said: str) -> None:
        self.desk.say(said)
        self.desk.go("follow_ups", person_id=self._person)
