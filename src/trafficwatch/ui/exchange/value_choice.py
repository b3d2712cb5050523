# SPDX-License-Identifier: GPL-3.0-or-later
"""One of the values that stand, each with where it is from below it; long ones stand below whole: words wrap there."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QButtonGroup, QRadioButton, QVBoxLayout, QWidget

from trafficwatch.texts import t
from trafficwatch.ui.theme.look import px
from trafficwatch.ui.widgets.parts import label

_SHORT = 28
"""Letters that fit beside a radio button at any zoom."""
Option = tuple[str, str, str]
"""Value, its words, and where it is from."""


class ValueChoice(QWidget):
    """None is chosen at first."""

    changed = Signal()

    def __init__(self, options: Sequence[Option]) -> None:
        super().__init__()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(px(2))
        self.radios: dict[str, QRadioButton] = {}
        self._group = QButtonGroup(self)
        for number, (value, words, source) in enumerate(options, start=1):
            is_short = len(words) <= _SHORT and "\n" not in words
            radio = QRadioButton(words if is_short else t("differences.value", number=number))
            radio.setAccessibleName(". ".join(filter(None, [words, source])))
            radio.toggled.connect(lambda _: self.changed.emit())
            self.radios[value] = radio
            self._group.addButton(radio)
            column.addWidget(radio)
            below = QVBoxLayout()
            below.setContentsMargins(px(32), 0, 0, px(6))
            below.setSpacing(px(2))
            if not is_short:
                below.addWidget(label(words))
            if source:
                below.addWidget(label(source, "soft"))
            column.addLayout(below)

    @property
    def value(self) -> str | None:
        return next((value for value, radio in self.radios.items() if radio.isChecked()), None)

    def choose(self, value: str) -> None:
        self.radios[value].setChecked(True)
