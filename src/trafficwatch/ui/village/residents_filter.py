# SPDX-License-Identifier: GPL-3.0-or-later
"""What narrows and orders the list of residents: one row, or, when the letters are large, a panel behind a button.

The empty choice of each box says what it is about, so that it needs no label beside it.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from trafficwatch.models.migration import Stage
from trafficwatch.models.people import Residency
from trafficwatch.registry.listing import ResidentFilter, Sort
from trafficwatch.texts import t
from trafficwatch.texts.labels import label as words
from trafficwatch.ui.theme.look import COMPACT_FROM, look, px
from trafficwatch.ui.village.countries import countries
from trafficwatch.ui.widgets.parts import Choice, button


def packed(wanted: ResidentFilter) -> dict[str, Any]:
    """A filter as JSON, for going to a page: what narrows nothing is left out."""
    return {name: value for name, value in dataclasses.asdict(wanted).items() if value}


def unpacked(content: Mapping[str, Any]) -> ResidentFilter:
    """The filter that was packed."""
    stage, residency = content.get("stage"), content.get("residency")
    return ResidentFilter(
        stage=Stage(stage) if stage else None,
        country=content.get("country"),
        residency=Residency(residency) if residency else None,
        warned=bool(content.get("warned")),
        overdue=bool(content.get("overdue")),
    )


class ResidentsFilter(QWidget):
    """`wanted` and `sort` are what is chosen, `changed` tells of another choice."""

    changed = Signal()

    def __init__(self, beside: QWidget | None = None) -> None:
        """`beside` stands beside the button that opens the panel, where there is one."""
        super().__init__()
        stages = [(each.value, words("stage", each.value)) for each in Stage]
        residencies = [(each.value, words("residency", each.value)) for each in Residency]
        self.stage = Choice(stages, empty=t("residents.filter.stage"))
        self.country = Choice(countries(), empty=t("residents.filter.country"))
        self.residency = Choice(residencies, empty=t("residents.filter.residency"))
        self.sort_by = Choice([(each.value, t(f"residents.sort.{each.value}")) for each in Sort])
        for name, entry in (("stage", self.stage), ("country", self.country), ("residency", self.residency)):
            entry.setAccessibleName(t(f"residents.filter.{name}"))
        self.sort_by.setAccessibleName(t("residents.sort.title"))
        self.warned = QCheckBox(t("residents.filter.warned"))
        self.overdue = QCheckBox(t("residents.filter.overdue"))
        self.nothing = button(t("residents.filter.nothing"), self.clear, role="quiet", icon_name="close")
        self.opens = button("", self._toggle, icon_name="down")
        self.panel = QWidget()
        self._is_quiet = False
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(px(8))
        self._arrange(column, beside)
        for entry in (self.stage, self.country, self.residency, self.sort_by):
            entry.currentIndexChanged.connect(self._chosen)
        for tick in (self.warned, self.overdue):
            tick.toggled.connect(self._chosen)
        self._tell()

    @property
    def wanted(self) -> ResidentFilter:
        return ResidentFilter(
            stage=Stage(self.stage.value) if self.stage.value else None,
            country=self.country.value,
            residency=Residency(self.residency.value) if self.residency.value else None,
            warned=self.warned.isChecked(),
            overdue=self.overdue.isChecked(),
        )

    @property
    def sort(self) -> Sort:
        return Sort(self.sort_by.value or Sort.NAME.value)

    @property
    def narrows(self) -> int:
        """How many choices narrow the list."""
        chosen = (self.stage.value, self.country.value, self.residency.value)
        return sum(map(bool, chosen)) + self.warned.isChecked() + self.overdue.isChecked()

    def choose(self, wanted: ResidentFilter, sort: Sort) -> None:
        """Show another choice; `changed` tells once."""
        self._is_quiet = True
        self.stage.choose(wanted.stage)
        self.country.choose(wanted.country)
        self.residency.choose(wanted.residency)
        self.warned.setChecked(wanted.warned)
        self.overdue.setChecked(wanted.overdue)
        self.sort_by.choose(sort.value)
        self._is_quiet = False
        self._chosen()

    def clear(self) -> None:
        """Everybody again; the order stays."""
        had_focus = self.nothing.hasFocus()
        self.choose(ResidentFilter(), self.sort)
        if had_focus:
            self.stage.setFocus()

    def _arrange(self, column: QVBoxLayout, beside: QWidget | None) -> None:
        boxes = (self.stage, self.country, self.residency, self.sort_by)
        grid = QGridLayout(self.panel)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(px(8))
        self.is_folded = look().zoom >= COMPACT_FROM
        self.opens.setVisible(self.is_folded)
        self.panel.setVisible(not self.is_folded)
        if self.is_folded:
            head = QHBoxLayout()
            head.addWidget(self.opens)
            if beside is not None:
                head.addWidget(beside)
            head.addStretch(1)
            column.addLayout(head)
            for place, each in enumerate((*boxes, self.warned, self.overdue, self.nothing)):
                grid.addWidget(each, place // 2, place % 2)
        else:
            for place, each in enumerate(boxes):
                grid.addWidget(each, 0, place)
                grid.setColumnStretch(place, 1)
            ticks = QHBoxLayout()
            ticks.setSpacing(px(18))
            for tick in (self.warned, self.overdue, self.nothing):
                ticks.addWidget(tick)
            ticks.addStretch(1)
            grid.addLayout(ticks, 1, 0, 1, len(boxes))
        column.addWidget(self.panel)

    def _toggle(self) -> None:
        self.panel.setVisible(self.panel.isHidden())
        self._tell()

    def _chosen(self) -> None:
        if self._is_quiet:
            return
        self._tell()
        self.changed.emit()

    def _tell(self) -> None:
        self.nothing.setVisible(bool(self.narrows))
        count = self.narrows
        self.opens.setText(t("residents.filter.some", count=count) if count else t("residents.filter.open"))
        opened = t("residents.filter.is_open") if self.panel.isVisibleTo(self) else t("residents.filter.is_shut")
        self.opens.setAccessibleDescription(opened)
