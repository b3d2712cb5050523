# SPDX-License-Identifier: GPL-3.0-or-later
"""To whom something may go: ticks for the district's PPT and for the institutions that serve this desk."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QVBoxLayout, QWidget

from trafficwatch.casework.overview import InstitutionRow
from trafficwatch.models.care import TO_PPT
from trafficwatch.texts import t
from trafficwatch.texts.labels import label as word
from trafficwatch.ui.theme.look import px
from trafficwatch.ui.widgets.parts import empty, label


class Recipients(QWidget):
    """None ticked beforehand; what a draft had ticked waits until the institutions are there."""

    changed = Signal()

    def __init__(self, *, with_ppt: bool) -> None:
        super().__init__()
        self._with_ppt = with_ppt
        self._wanted: set[str] = set()
        self.boxes: dict[str, QCheckBox] = {}
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(px(2))

    @property
    def chosen(self) -> list[str]:
        """`TO_PPT` or ids of institutions, in the order in which they stand."""
        if not self.boxes:
            return sorted(self._wanted)
        return [of_id for of_id, box in self.boxes.items() if box.isChecked()]

    def put(self, ids: Iterable[str]) -> None:
        self._wanted = set(ids)
        for of_id, box in self.boxes.items():
            box.setChecked(of_id in self._wanted)

    def offer(self, rows: Iterable[InstitutionRow]) -> None:
        """Show these to choose from; what is ticked stays ticked."""
        self._wanted = set(self.chosen)
        self.boxes.clear()
        empty(self._column)
        if self._with_ppt:
            self._add(TO_PPT, t("disclosure.to_ppt"), t("disclosure.to_ppt_more"))
        for row in rows:
            self._add(row.id, row.name, word("institution_kind", row.kind))
        if not self.boxes:
            self._column.addWidget(label(t("disclosure.no_institution"), "soft"))
        self.put(self._wanted)

    def setFocus(self, reason: Qt.FocusReason = Qt.FocusReason.OtherFocusReason) -> None:  # noqa: N802 - Qt's name
        for box in self.boxes.values():
            box.setFocus(reason)
            return

    def _add(self, of_id: str, name: str, more: str) -> None:
        box = QCheckBox(name)
        box.setAccessibleDescription(more)
        box.toggled.connect(lambda _: self.changed.emit())
        self.boxes[of_id] = box
        self._column.addWidget(box)
        if more:
            below = label(more, "small")
            below.setContentsMargins(px(31), 0, 0, px(4))
            self._column.addWidget(below)
