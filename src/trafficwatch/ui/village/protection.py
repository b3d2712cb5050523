# SPDX-License-Identifier: GPL-3.0-or-later
"""Requests for protection of a person, a reporter or a volunteer (P2/2024 Lampiran BAB V), apart from every case.

Each is a line that opens; it is written on the form of `care_entry`, which is entered without a person.
"""

from __future__ import annotations

from functools import partial
from typing import Any

from PySide6.QtWidgets import QVBoxLayout, QWidget

from trafficwatch.casework.care import protection_requests
from trafficwatch.models.care import ProtectionRequest
from trafficwatch.models.forms import FormKind
from trafficwatch.texts import t
from trafficwatch.texts.labels import label as words
from trafficwatch.ui.shell.desk import Desk
from trafficwatch.ui.shell.page import Page
from trafficwatch.ui.theme.look import px
from trafficwatch.ui.theme.palette import Tone
from trafficwatch.ui.village.care_reading import names_of_links
from trafficwatch.ui.village.care_words import Names, known_fields, what, when_and_who
from trafficwatch.ui.village.gate import GateCard
from trafficwatch.ui.village.resident_parts import facts
from trafficwatch.ui.widgets.fold import Fold
from trafficwatch.ui.widgets.notice import Notice
from trafficwatch.ui.widgets.parts import button, card, label, row
from trafficwatch.ui.widgets.tab_order import put_in_order

TYPE = "protection_request"


class ProtectionPage(Page):
    """All requests for protection."""

    name = "protection"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, t("protection.title"), t("protection.subtitle"), can_go_back=True)
        self.add = button(t("protection.add"), self._write, role="primary", icon_name="plus")
        self.blank = button(t("protection.blank"), partial(self._print, ""), icon_name="print")
        if not desk.state.trained:
            self.body.addWidget(Notice(t("protection.untrained"), Tone.INFO))
            self.body.addWidget(GateCard(desk, None))
            self.body.addStretch(1)
            self.footer(self.blank)
            return
        self.body.addWidget(Notice(t("protection.apart"), Tone.INFO))
        self.frame, self._column = card(t("protection.list"))
        self.body.addWidget(self.frame)
        self.body.addStretch(1)
        self.footer(self.blank, primary=self.add)

    def enter(self, **_: Any) -> None:
        if self.desk.state.trained:
            self.desk.tasks.work(
                self, lambda work: (protection_requests(work), names_of_links(work, None, {})), self._show, slot="read"
            )

    def _show(self, found: tuple[tuple[ProtectionRequest, ...], Names]) -> None:
        requests, names = found
        if not requests:
            self._column.addWidget(label(t("protection.none"), "soft"))
        for each in requests:
            status = words("protection_status", each.status)
            said = [f"{what(TYPE, each, names)} · {status}", when_and_who(TYPE, each, names)]
            fold = Fold("\n".join(part for part in said if part), partial(self._opened, each, names), "shield")
            fold.toggled.connect(lambda _: put_in_order(self))
            self._column.addWidget(fold)
        put_in_order(self)
        self.add.setFocus()

    def _opened(self, request: ProtectionRequest, names: Names) -> QWidget:
        made = QWidget()
        column = QVBoxLayout(made)
        column.setContentsMargins(px(12), px(4), px(12), px(12))
        column.setSpacing(px(10))
        column.addLayout(facts(known_fields(TYPE, request, names)))
        called = what(TYPE, request, names)
        buttons = [
            button(t("case_page.edit"), partial(self._write, request.id), icon_name="card"),
            button(t("case_page.print"), partial(self._print, request.id), icon_name="print"),
        ]
        for each in buttons:
            each.setAccessibleName(f"{each.text()}: {called}")
        column.addLayout(row(*buttons))
        return made

    def _write(self, record_id: str | None = None) -> None:
        self.desk.go("care_entry", of_type=TYPE, record_id=record_id)

    def _print(self, of_id: str) -> None:
        self.desk.go("case_paper", kind=FormKind.PROTECTION.value, of_id=of_id)
