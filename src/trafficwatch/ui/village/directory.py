# SPDX-License-Identifier: GPL-3.0-or-later
"""The village's directory, to read: whom to call for which service, the nearest first, and who checked it when.

The PPT keeps it; here nothing is changed. The same list can be printed.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import groupby
from typing import Any

from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from trafficwatch.casework.overview import InstitutionRow, institutions
from trafficwatch.forms.directory import DirectorySheet, SheetEntry, directory_pdf
from trafficwatch.forms.paper import PAPERS
from trafficwatch.models.dates import PartialDate
from trafficwatch.models.directory import Service
from trafficwatch.models.institution import in_order_to_call
from trafficwatch.texts import current_language, t
from trafficwatch.texts.labels import label as words
from trafficwatch.ui.exchange.rows import side_by_side
from trafficwatch.ui.shell.desk import Desk
from trafficwatch.ui.shell.page import Page
from trafficwatch.ui.theme.look import COMPACT_FROM, look, px
from trafficwatch.ui.village.institution_card import institution_card
from trafficwatch.ui.village.institution_words import area_names, checked_by_words, is_checked, reach_words
from trafficwatch.ui.village.paper_actions import PaperActions
from trafficwatch.ui.widgets.parts import Choice, Field, button, card, empty, label
from trafficwatch.ui.widgets.tab_order import put_in_order

CHOICE_WIDTH = 420


class InstitutionsPage(Page):
    """Whom to call for what."""

    name = "institutions"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, t("directory.title"), t("directory.village.subtitle"), can_go_back=True)
        self._rows: tuple[InstitutionRow, ...] = ()
        self._areas: Mapping[str | None, str] = {}
        self._sheet: DirectorySheet | None = None
        self.service = Choice(
            [(each.value, words("service", each)) for each in Service], empty=t("directory.any_service")
        )
        field = Field(t("directory.village.service"), self.service)
        field.setMaximumWidth(px(CHOICE_WIDTH))
        self.service.currentIndexChanged.connect(self._fill)
        self.body.addWidget(field)
        self._unsure = label(t("directory.village.unsure"), "small")
        self._unsure.hide()
        self.body.addWidget(self._unsure)
        holder = QWidget()
        self._list = QVBoxLayout(holder)
        self._list.setContentsMargins(0, 0, 0, 0)
        self._list.setSpacing(px(12))
        self.body.addWidget(holder)
        self.nobody, inside = card(t("directory.village.none"))
        inside.addWidget(label(t("directory.village.none_more")))
        emergency = button(t("emergency.title"), lambda: desk.go("emergency"), icon_name="emergency")
        inside.addLayout(side_by_side(emergency))
        self.nobody.hide()
        self.body.addWidget(self.nobody)
        box, inside = card(t("directory.village.print"), t("directory.village.print_more"))
        self.paper = PaperActions(self, t("directory.save_title"), t("directory.file_name"), is_secret=False)
        self.paper.turned.connect(lambda _: self._draw())
        inside.addWidget(self.paper)
        self.body.addWidget(box)
        self.body.addStretch(1)

    def enter(self, *, service: str = "") -> None:  # type: ignore[override]
        self.service.choose(service)
        self.service.setFocus()
        self.desk.tasks.work(self, institutions, self._loaded, slot="institutions")

    def where(self) -> dict[str, Any]:
        return {"service": self.service.value or ""}

    @property
    def shown(self) -> list[InstitutionRow]:
        """Those that offer what was chosen, the nearest first."""
        wanted = self.service.value
        return [row for row in self._rows if wanted is None or wanted in row.services]

    def _loaded(self, rows: tuple[InstitutionRow, ...]) -> None:
        codes = {row.area_code for row in rows}
        self.desk.tasks.do(self, lambda: area_names(self.desk.places, codes), lambda found: self.show_rows(rows, found))

    def show_rows(self, rows: tuple[InstitutionRow, ...], areas: Mapping[str | None, str]) -> None:
        """The institutions of this desk, and what their areas are called."""
        self._rows, self._areas = rows, areas
        self._fill()

    def _fill(self) -> None:
        """The cards in groups by area, and the same on the sheet."""
        empty(self._list)
        rows, columns = self.shown, 2 if look().zoom < COMPACT_FROM else 1
        groups = []
        for area, found in groupby(rows, key=lambda row: row.area_code):
            group, name = list(found), self._areas.get(area, "")
            self._list.addWidget(label(name, "heading"))
            grid = QGridLayout()
            grid.setSpacing(px(12))
            for place, row in enumerate(group):
                grid.addWidget(institution_card(row, _more(row)), place // columns, place % columns)
            for column in range(columns):
                grid.setColumnStretch(column, 1)
            self._list.addLayout(grid)
            groups.append((name, tuple(map(_entry, group))))
        self.nobody.setVisible(bool(self._rows) and not rows)
        self._unsure.setVisible(any(row.contacts and not is_checked(row) for row in rows))
        self._sheet = DirectorySheet(
            self.desk.state.name,
            words("service", self.service.value),
            tuple(groups),
            PartialDate.from_edtf(self.desk.today),
            self.desk.state.practice,
        )
        put_in_order(self)
        self._draw()

    def _draw(self) -> None:
        sheet, paper, language = self._sheet, PAPERS[self.paper.paper_name], current_language()
        if sheet is None or not sheet.groups:
            self.paper.offer(b"")
            return
        self.desk.tasks.do(self, lambda: directory_pdf(sheet, paper, language), self.paper.offer, slot="sheet")


def _more(row: InstitutionRow) -> list[str]:
    """What stands below the name: what it is, what it offers, where and when."""
    offered = ", ".join(words("service", each) for each in Service if each in row.services)
    hours = t("directory.village.hours", hours=row.hours) if row.hours else ""
    return [words("institution_kind", row.kind), offered, row.address or "", hours]


def _entry(row: InstitutionRow) -> SheetEntry:
    known = {each.value: reach_words(each) for each in row.reach}
    contacts = tuple(known[each] for each in in_order_to_call(row.contacts))
    return SheetEntry(row.name, contacts, tuple(line for line in _more(row) if line), checked_by_words(row))
