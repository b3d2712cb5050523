# SPDX-License-Identifier: GPL-3.0-or-later
"""The rules of care that the PPT sets for all its villages: from when, how long and how often somebody is followed up.

They go to the villages with the next reply.
"""

from __future__ import annotations

from typing import Any

from PySide6.QtWidgets import QLineEdit

from trafficwatch.models.aftercare import CarePolicy, FollowUpStart
from trafficwatch.ppt.care import DEFAULT_DAYS, DEFAULT_MONTHS, LEAST_MONTHS, policy_of, set_policy
from trafficwatch.texts import t
from trafficwatch.texts.labels import label as words_for
from trafficwatch.ui.exchange.moments import day
from trafficwatch.ui.shell.desk import Desk, Unsaved
from trafficwatch.ui.shell.page import Page
from trafficwatch.ui.theme.palette import Tone
from trafficwatch.ui.widgets.parts import Field, button, card, line_edit
from trafficwatch.ui.widgets.radios import Radios
from trafficwatch.ui.widgets.tab_order import put_in_order

_NUMBERS = ("months", "days", "years")
_LONGEST = 3


class CarePolicyPage(Page):
    """The settings of care."""

    name = "care_policy"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, t("ppt_care.policy.title"), " ", can_go_back=True)
        self._loaded: dict[str, str] | None = None
        self._waiting: dict[str, Any] | None = None
        box, column = card(t("ppt_care.policy.follow_up"), t("ppt_care.policy.follow_up_more"))
        self.start = Radios([(each.value, words_for("follow_up_start", each)) for each in FollowUpStart], 1)
        start = Field(t("ppt_care.policy.start"), self.start, t("ppt_care.policy.start_hint"))
        column.addWidget(start)
        self.numbers: dict[str, QLineEdit] = {name: line_edit(limit=_LONGEST) for name in _NUMBERS}
        self.fields: dict[str, Field] = {}
        keeping, below = card(t("ppt_care.policy.keeping"))
        for name, entry in self.numbers.items():
            hint = t(f"ppt_care.policy.{name}_hint", least=LEAST_MONTHS)
            self.fields[name] = Field(t(f"ppt_care.policy.{name}"), entry, hint)
            (below if name == "years" else column).addWidget(self.fields[name])
            entry.textChanged.connect(lambda _: self.changed.emit())
        self.start.changed.connect(self.changed)
        for field in (start, *self.fields.values()):
            field.setFocusProxy(None)  # type: ignore[arg-type] # the stubs know no None
        for frame in (box, keeping):
            self.body.addWidget(frame)
        self.body.addStretch(1)
        self.save = button(t("ppt_care.policy.save"), self._save, icon_name="save")
        self.save.setEnabled(False)
        self.footer(primary=self.save)

    def enter(self, **_: Any) -> None:
        if not self.desk.state.trained:
            self.tell(t("ppt_desk.trained_only"), Tone.INFO)
        self.desk.tasks.work(self, policy_of, self.show_policy)

    def unsaved(self) -> Unsaved | None:
        if self._waiting is not None:
            return Unsaved(self._waiting)
        typed = self._typed()
        return Unsaved(typed) if self._loaded is not None and typed != self._loaded else None

    def restore(self, content: dict[str, Any]) -> None:
        if self._loaded is None:
            self._waiting = content
            return
        self._waiting = None
        self.start.choose(content.get("start"))
        for name, entry in self.numbers.items():
            entry.setText(str(content.get(name, "")))

    def show_policy(self, found: CarePolicy | None) -> None:
        """Fill the page with what holds, or with what is proposed while nothing does."""
        self.subtitle.setText(
            t("ppt_care.policy.set_on", day=day(found.set_on)) if found else t("ppt_care.policy.proposed")
        )
        self.start.choose(found.follow_up_start if found else FollowUpStart.RETURN.value)
        values = (
            (found.follow_up_months, found.follow_up_days, found.keep_years)
            if found
            else (DEFAULT_MONTHS, DEFAULT_DAYS, None)
        )
        for entry, value in zip(self.numbers.values(), values, strict=True):
            entry.setText("" if value is None else str(value))
        self._loaded = self._typed()
        self.save.setEnabled(self.desk.state.trained)
        if self._waiting is not None:
            self.restore(self._waiting)
        put_in_order(self)
        self.start.setFocus()

    def _typed(self) -> dict[str, str]:
        return {"start": self.start.value or ""} | {name: entry.text().strip() for name, entry in self.numbers.items()}

    def _save(self) -> None:
        self.clear_notices()
        typed, values = self._typed(), dict[str, int | None]()
        for name in _NUMBERS:
            said = typed[name]
            is_number = said.isdecimal() and said.isascii()
            is_fine = is_number or (name == "years" and not said)
            self.fields[name].wrong("" if is_fine else t("ppt_care.policy.number"))
            values[name] = int(said) if is_number else None
        wrong = next((name for name in _NUMBERS if values[name] is None and (typed[name] or name != "years")), None)
        if wrong is not None:
            self.numbers[wrong].setFocus()
            return
        start, months, days = FollowUpStart(typed["start"]), values["months"] or 0, values["days"] or 0
        self.save.setEnabled(False)
        self.submit(lambda work: set_policy(work, start, months, days, values["years"]), self._saved, self._not_saved)

    def _saved(self, policy: CarePolicy) -> None:
        self.show_policy(policy)
        self.settled.emit()
        self.tell(t("ppt_care.policy.saved"), more=t("ppt_care.policy.saved_more"))

    def _not_saved(self, error: Any) -> None:
        self.save.setEnabled(True)
        self.failed(error)
