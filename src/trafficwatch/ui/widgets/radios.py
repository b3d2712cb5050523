# SPDX-License-Identifier: GPL-3.0-or-later
"""Choices that are all in sight: one of a few (`Radios`), any of several (`Ticks`); two beside each other, or below.

Arrow keys go through the radio buttons, Space ticks. Elements that this version does not know stay as they are.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QAbstractButton, QButtonGroup, QCheckBox, QGridLayout, QRadioButton, QWidget

from trafficwatch.ui.theme.look import COMPACT_FROM, look, px

Options = Sequence[tuple[str, str]]
"""(value, words)."""
_NARROW = 30
"""Letters of words of which two fit beside each other."""


class _Grid(QWidget):
    """Buttons in columns; the focus goes to the first, or to the one that is chosen."""

    changed = Signal()

    def __init__(self, buttons: Mapping[str, QAbstractButton], columns: int) -> None:
        super().__init__()
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(px(24))
        grid.setVerticalSpacing(px(2))
        columns = 1 if look().zoom >= COMPACT_FROM else columns
        for place, each in enumerate(buttons.values()):
            each.toggled.connect(lambda _: self.changed.emit())
            grid.addWidget(each, place // columns, place % columns)
        for column in range(columns):
            grid.setColumnStretch(column, 1)
        self._buttons = buttons

    def setFocus(self, reason: Qt.FocusReason = Qt.FocusReason.OtherFocusReason) -> None:  # noqa: N802 - Qt's name
        first = next((each for each in self._buttons.values() if each.isChecked()), None)
        (first or next(iter(self._buttons.values()))).setFocus(reason)


class Radios(_Grid):
    """One of a few, or none yet."""

    def __init__(self, options: Options, columns: int = 2) -> None:
        self.radios = {value: QRadioButton(words) for value, words in options}
        super().__init__(self.radios, columns)
        self._group = QButtonGroup(self)
        for each in self.radios.values():
            self._group.addButton(each)

    @property
    def value(self) -> str | None:
        return next((value for value, radio in self.radios.items() if radio.isChecked()), None)

    def choose(self, value: str | None) -> None:
        if value in self.radios:
            self.radios[value].setChecked(True)
            return
        self._group.setExclusive(False)
        for radio in self.radios.values():
            radio.setChecked(False)
        self._group.setExclusive(True)


class Ticks(_Grid):
    """Any of several; `ticked` maps each that is to True."""

    def __init__(self, options: Options) -> None:
        self.boxes = {value: QCheckBox(words) for value, words in options}
        super().__init__(self.boxes, 2 if all(len(words) <= _NARROW for _, words in options) else 1)
        self._others: dict[str, bool] = {}

    @property
    def ticked(self) -> dict[str, bool]:
        return {value: True for value, box in self.boxes.items() if box.isChecked()} | self._others

    def tick(self, stored: Mapping[str, bool] | None) -> None:
        stored = stored or {}
        self._others = {value: said for value, said in stored.items() if value not in self.boxes}
        for value, box in self.boxes.items():
            box.setChecked(bool(stored.get(value)))
