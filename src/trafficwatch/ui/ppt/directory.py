# SPDX-License-Identifier: GPL-3.0-or-later
"""The PPT's directory: which institutions its villages can call, and which have to be tried again.

One list, narrowed by words, service, area and state; nothing of it is anybody's secret. Enter or a click opens one.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from trafficwatch.models.directory import Service
from trafficwatch.models.institution import in_order_to_call
from trafficwatch.ppt.directory import DirectoryRow, directory, matching
from trafficwatch.texts import t
from trafficwatch.texts.labels import label as words
from trafficwatch.ui.ppt.institution import gone_words
from trafficwatch.ui.shell.desk import Desk
from trafficwatch.ui.shell.page import Page
from trafficwatch.ui.theme.look import COMPACT_FROM, look, px
from trafficwatch.ui.theme.palette import Tone
from trafficwatch.ui.village.institution_words import area_names, checked_by_words
from trafficwatch.ui.widgets.lines import Line, Lines
from trafficwatch.ui.widgets.notice import Notice
from trafficwatch.ui.widgets.parts import Choice, Field, button, card, empty, label, line_edit
from trafficwatch.ui.widgets.tab_order import put_in_order

HEIGHT = 520
COUNTRY = "*"
DUE, RETIRED = "due", "retired"


class DirectoryPage(Page):
    """All institutions of this PPT's directory."""

    name = "directory"
    is_wide = True

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, t("directory.title"), t("directory.subtitle"), can_go_back=True)
        self._rows: tuple[DirectoryRow, ...] = ()
        self._areas: Mapping[str | None, str] = {}
        self._wanted_area = ""
        holder = QWidget()  # so that Tab finds what is told before the rest
        self._told = QVBoxLayout(holder)
        self._told.setContentsMargins(0, 0, 0, 0)
        self.body.addWidget(holder)
        self.search = line_edit(placeholder=t("directory.search"), limit=200)
        self.search.setClearButtonEnabled(True)
        self.search.setAccessibleName(t("directory.search"))
        self.body.addWidget(self.search)
        services = [(each.value, words("service", each)) for each in Service]
        self.service = Choice(services, empty=t("directory.any_service"))
        self.area = Choice([], empty=t("directory.any_area"))
        states = [(each, t(f"directory.state.{each}")) for each in (DUE, RETIRED)]
        self.state = Choice(states, empty=t("directory.state.all"))
        grid = QGridLayout()
        grid.setSpacing(px(12))
        is_stacked = look().zoom >= COMPACT_FROM
        for place, (name, choice) in enumerate((("service", self.service), ("area", self.area), ("state", self.state))):
            grid.addWidget(Field(t(f"directory.{name}"), choice), *((place, 0) if is_stacked else (0, place)))
            choice.currentIndexChanged.connect(lambda _: self._fill())
        self.body.addLayout(grid)
        self.list = Lines(t("directory.title"), height=HEIGHT)
        self.list.opened.connect(lambda key: self.desk.go("institution", institution_id=key))
        self.list.hide()
        self.body.addWidget(self.list)
        self.nobody, inside = card(t("directory.none"))
        inside.addWidget(label(t("directory.none_more")))
        self.nobody.hide()
        self.body.addWidget(self.nobody)
        self.body.addStretch(1)
        self.new = button(t("directory.new"), self._new, role="primary", icon_name="plus")
        self.footer(primary=self.new)
        self.search.textChanged.connect(lambda _: self._fill())

    def enter(self, *, text: str = "", service: str = "", area: str = "", state: str = "") -> None:  # type: ignore[override]
        self.search.setText(text)
        self.service.choose(service)
        self.state.choose(state)
        self._wanted_area = area
        self.desk.tasks.work(self, directory, self._loaded, slot="directory")
        self.search.setFocus()

    def where(self) -> dict[str, Any]:
        return {
            "text": self.search.text().strip(),
            "service": self.service.value or "",
            "area": self.area.value or "",
            "state": self.state.value or "",
        }

    @property
    def shown(self) -> list[DirectoryRow]:
        """Those that fit words and choices, in their order."""
        service, area, state = self.service.value, self.area.value, self.state.value
        return [
            row
            for row in matching(self._rows, self.search.text())
            if (row.retired is not None) == (state == RETIRED)
            and (state != DUE or row.is_due)
            and (service is None or service in row.services)
            and (area is None or (row.area_code or COUNTRY) == area)
        ]

    def _loaded(self, rows: tuple[DirectoryRow, ...]) -> None:
        codes = {row.area_code: None for row in rows}
        self.desk.tasks.do(self, lambda: area_names(self.desk.places, codes), lambda found: self._show(rows, found))

    def _show(self, rows: tuple[DirectoryRow, ...], areas: Mapping[str | None, str]) -> None:
        self._rows, self._areas = rows, areas
        empty(self._told)
        self.area.blockSignals(True)  # noqa: FBT003 - Qt's signature
        for code, name in areas.items():
            self.area.addItem(name, code or COUNTRY)
        self.area.choose(self._wanted_area)
        self.area.blockSignals(False)  # noqa: FBT003 - Qt's signature
        waiting = sum(row.is_due for row in rows)
        if waiting:
            told = Notice(t("directory.due", count=waiting), Tone.WARN, more=t("directory.due_more"))
            told.add_action(t("directory.due_show"), lambda: self.state.choose(DUE))
            self._told.addWidget(told)
            put_in_order(self)
        self._fill()

    def _fill(self) -> None:
        found = self.shown
        self.list.put([self._line(row) for row in found])
        self.list.setVisible(bool(found))
        self.nobody.setVisible(bool(self._rows) and not found)

    def _new(self) -> None:
        text = self.search.text().strip()
        self.desk.go("institution", name=text if any(map(str.isalpha, text)) and not self.shown else "")

    def _line(self, row: DirectoryRow) -> Line:
        """What it is, where, how it is reached; and how far that can be relied on."""
        numbers = ", ".join(in_order_to_call(row.contacts)) or t("directory.no_contact")
        told = t("directory.retired", reason=gone_words(row.retired)) if row.retired else checked_by_words(row)
        kind = words("institution_kind", row.kind)
        said = " · ".join(each for each in (kind, self._areas.get(row.area_code, ""), numbers, told) if each)
        tone, icon = Tone.NEUTRAL, "question"
        if row.retired:
            icon = "minus"
        elif row.doubt == "old":
            tone, icon = Tone.WARN, "clock"
        elif not row.doubt:
            tone, icon = Tone.OK, "success"
        return Line(row.id, row.name, said, tone, icon)
