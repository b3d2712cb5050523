# SPDX-License-Identifier: GPL-3.0-or-later
"""The PPT's page 'Kasus': every case that a village referred, open and urgent ones first; no names in the list."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from trafficwatch.models.casework import Answered, Handover, Urgency
from trafficwatch.sync.inbox import CaseRow, received_cases
from trafficwatch.texts import t
from trafficwatch.texts.labels import label as value_label
from trafficwatch.ui.exchange.moments import day, moment
from trafficwatch.ui.exchange.rows import side_by_side
from trafficwatch.ui.shell.desk import Desk
from trafficwatch.ui.shell.page import Page
from trafficwatch.ui.theme.palette import Tone
from trafficwatch.ui.widgets.lines import Line, Lines
from trafficwatch.ui.widgets.parts import button, card, label

_ENDED = {Handover.WITHDRAWN.value, Answered.DECLINED.value, Answered.FINISHED.value}
_URGENT = {Urgency.IMMEDIATE.value: Tone.DANGER, Urgency.SOON.value: Tone.WARN}
HEIGHT = 520


class CasesPage(Page):
    """Cases that came; Enter or a click opens one."""

    name = "cases"
    is_wide = True

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, t("ppt_desk.cases.title"), t("ppt_desk.cases.subtitle"))
        if desk.state.trained:
            words = t("second_reading.differences.open")
            self.corner.addWidget(button(words, lambda: desk.go("differences"), icon_name="question"))
        self.corner.addWidget(button(t("ppt_care.policy.open"), lambda: desk.go("care_policy"), icon_name="card"))
        self.list = Lines(t("ppt_desk.cases.title"), height=HEIGHT)
        self.list.opened.connect(lambda case_id: self.desk.go("case", case_id=case_id))
        self.list.hide()
        self.body.addWidget(self.list)
        self.nothing, column = card(t("ppt_desk.cases.empty"))
        column.addWidget(label(t("ppt_desk.cases.empty_how")))
        column.addLayout(
            side_by_side(button(t("ppt_desk.cases.to_inbox"), lambda: self.desk.go("inbox"), icon_name="inbox"))
        )
        self.nothing.hide()
        self.body.addWidget(self.nothing)
        self.body.addStretch(1)

    def enter(self, **_: Any) -> None:
        if not self.desk.state.trained:
            self.tell(t("ppt_desk.trained_only"), Tone.INFO)
        self.desk.tasks.work(self, received_cases, self._show)

    def _show(self, rows: Sequence[CaseRow]) -> None:
        self.list.put([_line(row) for row in rows])
        self.list.setVisible(bool(rows))
        self.nothing.setVisible(not rows)
        count = sum(row.status not in _ENDED for row in rows)
        self.subtitle.setText(t("ppt_desk.cases.open", count=count) if rows else t("ppt_desk.cases.subtitle"))
        if rows:
            self.list.setFocus()


def _line(row: CaseRow) -> Line:
    said = [value_label("referral_status", row.status) if row.status else t("ppt_desk.cases.no_referral")]
    if row.urgency:
        said.append(t("ppt_desk.cases.urgency", urgency=value_label("urgency", row.urgency)))
    if row.referred_on:
        said.append(t("ppt_desk.cases.referred", day=day(row.referred_on)))
    said.append(t("ppt_desk.cases.received", at=moment(row.received_at)))
    tone = Tone.NEUTRAL if row.status in _ENDED else _URGENT.get(row.urgency or "", Tone.INFO)
    name = t("ppt_desk.cases.name", code=row.code, village=row.village_name)
    icon = "success" if row.status in _ENDED else "warning" if tone in _URGENT.values() else "referral"
    return Line(row.case_id, name, " · ".join(said), tone, icon)
