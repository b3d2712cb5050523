# SPDX-License-Identifier: GPL-3.0-or-later
"""The page 'Darurat' of both desks: the numbers first and large, then when to call whom, and the card for the wall.

The numbers are those of the directory in the store; each says honestly whether and when a PPT has checked it. Needs no
training and says nothing about anybody.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QGridLayout, QVBoxLayout, QWidget

from trafficwatch.casework.overview import InstitutionRow, institutions
from trafficwatch.forms.emergency import SITUATIONS, EmergencyCard, EmergencyNumber, emergency_pdf
from trafficwatch.forms.paper import PAPERS
from trafficwatch.models.dates import PartialDate
from trafficwatch.models.directory import InstitutionKind
from trafficwatch.models.fields import Side
from trafficwatch.models.institution import in_order_to_call
from trafficwatch.texts import current_language, t
from trafficwatch.ui.shell.desk import Desk
from trafficwatch.ui.shell.page import Page
from trafficwatch.ui.theme.look import look, px
from trafficwatch.ui.village.institution_card import institution_card
from trafficwatch.ui.village.institution_words import checked_words, is_checked
from trafficwatch.ui.village.paper_actions import PaperActions
from trafficwatch.ui.widgets.parts import button, card, label, picture
from trafficwatch.ui.widgets.tab_order import put_in_order

KINDS = (
    InstitutionKind.NATIONAL_HOTLINE,
    InstitutionKind.POLICE,
    InstitutionKind.PPT,
    InstitutionKind.UPTD_PPA,
    InstitutionKind.TASK_FORCE,
    InstitutionKind.PUSKESMAS,
    InstitutionKind.HOSPITAL,
    InstitutionKind.SHELTER,
    InstitutionKind.MIGRANT_PROTECTION,
    InstitutionKind.FOREIGN_MINISTRY,
    InstitutionKind.MISSION_ABROAD,
    InstitutionKind.WITNESS_PROTECTION,
)
"""Whom one calls in an emergency, the first first."""


class EmergencyPage(Page):
    """Whom to call now."""

    name = "emergency"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, t("emergency.title"), t("emergency.subtitle"))
        self._values: EmergencyCard | None = None
        page = "directory" if desk.state.side is Side.PPT else "institutions"
        self.directory = button(t("directory.title"), lambda: desk.go(page), icon_name="building")
        self.corner.addWidget(self.directory)
        self.numbers = QWidget()
        self._grid = QGridLayout(self.numbers)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(px(12))
        self.body.addWidget(self.numbers)
        self._note = label(t("emergency.unchecked_note"), "small")
        self._note.hide()
        self.body.addWidget(self._note)
        self.body.addWidget(_situations())
        box, inside = card(t("emergency.card"), t("emergency.card_more"))
        self.paper = PaperActions(self, t("emergency.save_title"), t("emergency.file_name"), is_secret=False)
        self.paper.turned.connect(lambda _: self._draw())
        inside.addWidget(self.paper)
        self.body.addWidget(box)
        self.body.addStretch(1)

    def enter(self, **_about: Any) -> None:
        self.desk.tasks.work(self, institutions, self._show, slot="numbers")

    def _show(self, rows: tuple[InstitutionRow, ...]) -> None:
        found = emergency_rows(rows)
        columns = 2 if look().zoom < 150 else 1
        for place, row in enumerate(found):
            self._grid.addWidget(institution_card(row), place // columns, place % columns)
        if not found:
            self._grid.addWidget(label(t("emergency.none"), "lead"), 0, 0)
        self._note.setVisible(any(row.contacts and not is_checked(row) for row in found))
        self._values = EmergencyCard(
            self.desk.state.name,
            tuple(EmergencyNumber(row.name, in_order_to_call(row.contacts), checked_words(row)) for row in found),
            PartialDate.from_edtf(self.desk.today),
            self.desk.state.practice,
        )
        put_in_order(self)
        self._draw()

    def _draw(self) -> None:
        values, paper, language = self._values, PAPERS[self.paper.paper_name], current_language()
        if values is not None:
            self.desk.tasks.do(self, lambda: emergency_pdf(values, paper, language), self.paper.offer, slot="card")


def emergency_rows(rows: Iterable[InstitutionRow]) -> list[InstitutionRow]:
    """Whom to call, in the order of KINDS, the near before the national; without a number only the police."""
    known = [row for row in rows if row.kind in KINDS and (row.contacts or row.kind == InstitutionKind.POLICE)]
    has_police = any(row.kind == InstitutionKind.POLICE and row.contacts for row in known)
    wanted = [row for row in known if row.contacts or not has_police]
    return sorted(wanted, key=lambda row: (KINDS.index(InstitutionKind(row.kind or "")), row.is_national))


def _situations() -> QFrame:
    made, column = card(t("emergency.when"))
    for key in SITUATIONS:
        line = QVBoxLayout()
        line.setSpacing(px(2))
        line.addWidget(label(t(f"emergency.when.{key}"), "strong"))
        line.addWidget(label(t(f"emergency.do.{key}")))
        beside = QGridLayout()
        beside.setHorizontalSpacing(px(10))
        beside.addWidget(picture("forward", 20, look().colours.accent_ink), 0, 0, Qt.AlignmentFlag.AlignTop)
        beside.addLayout(line, 0, 1)
        beside.setColumnStretch(1, 1)
        column.addLayout(beside)
    return made
