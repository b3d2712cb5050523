# SPDX-License-Identifier: GPL-3.0-or-later
"""A few named things, each with its own small input beside it: a choice (`ChoiceRows`) or a day (`DayRows`).

What stands beside things that this version does not know stays as it is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QWidget

from trafficwatch.texts import t
from trafficwatch.ui.theme.look import COMPACT_FROM, look, px
from trafficwatch.ui.widgets.date_field import DateField
from trafficwatch.ui.widgets.parts import Choice, label


class _Rows(QWidget):
    """Words at the left, inputs at the right; below each other when the letters are large."""

    changed = Signal()

    def __init__(self, entries: Sequence[tuple[str, QWidget]]) -> None:
        super().__init__()
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(px(16))
        grid.setVerticalSpacing(px(6))
        is_stacked = look().zoom >= COMPACT_FROM
        for row, (words, entry) in enumerate(entries):
            entry.setAccessibleName(words)
            said = label(words)
            grid.addWidget(said, 2 * row, 0, Qt.AlignmentFlag.AlignVCenter if not is_stacked else Qt.AlignmentFlag(0))
            grid.addWidget(entry, 2 * row + is_stacked, 0 if is_stacked else 1)
        grid.setColumnStretch(0, 1)
        if not is_stacked:
            grid.setColumnStretch(1, 1)
        self._first = entries[0][1]

    def setFocus(self, reason: Qt.FocusReason = Qt.FocusReason.OtherFocusReason) -> None:  # noqa: N802 - Qt's name
        self._first.setFocus(reason)


class ChoiceRows(_Rows):
    """`chosen` maps each thing to what was chosen for it."""

    def __init__(self, things: Sequence[tuple[str, str]], values: Sequence[tuple[str, str]]) -> None:
        self.choices = {thing: Choice(values, empty=t("care_fields.not_said")) for thing, _ in things}
        super().__init__([(words, self.choices[thing]) for thing, words in things])
        self._others: dict[str, str] = {}
        for each in self.choices.values():
            each.currentIndexChanged.connect(lambda _: self.changed.emit())

    @property
    def chosen(self) -> dict[str, str]:
        return {thing: each.value for thing, each in self.choices.items() if each.value} | self._others

    def choose(self, stored: Mapping[str, str] | None) -> None:
        stored = stored or {}
        self._others = {thing: value for thing, value in stored.items() if thing not in self.choices}
        for thing, each in self.choices.items():
            value = stored.get(thing)
            if value and each.findData(value) < 0:
                each.addItem(value, value)
            each.choose(value)


class DayRows(_Rows):
    """`days` maps each thing to its day (EDTF), `typed` to what stands in its line."""

    def __init__(self, things: Sequence[tuple[str, str]], today: str) -> None:
        self.lines = {thing: DateField(words, today=today, allows_today=True) for thing, words in things}
        super().__init__([(words, self.lines[thing]) for thing, words in things])
        self._others: dict[str, str] = {}
        for each in self.lines.values():
            each.setFocusProxy(None)  # type: ignore[arg-type] # the stubs know no None
            each.changed.connect(self.changed)

    @property
    def typed(self) -> dict[str, str]:
        return {thing: each.typed for thing, each in self.lines.items() if each.typed.strip()}

    def type(self, typed: Mapping[str, str]) -> None:
        for thing, each in self.lines.items():
            each.typed = typed.get(thing, "")

    @property
    def days(self) -> dict[str, str]:
        return {thing: each.edtf for thing, each in self.lines.items() if each.edtf} | self._others

    def show_days(self, stored: Mapping[str, str] | None) -> None:
        stored = stored or {}
        self._others = {thing: day for thing, day in stored.items() if thing not in self.lines}
        for thing, each in self.lines.items():
            each.set_edtf(stored.get(thing))

    @property
    def problem(self) -> str:
        """The first thing that is wrong with a line."""
        return next((each.problem for each in self.lines.values() if each.problem), "")
