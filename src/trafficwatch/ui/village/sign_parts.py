# SPDX-License-Identifier: GPL-3.0-or-later
"""The parts of the form of noted signs: the signs to tick, the resident they are about, and whom to tell.

A sign shows the questionnaire's short words and its example; nothing is read aloud, nothing is asked.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QBoxLayout, QCheckBox, QFrame, QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from trafficwatch.casework.overview import InstitutionRow
from trafficwatch.screening.signs import SignGroup
from trafficwatch.texts import current_language, t
from trafficwatch.ui.shell.desk import Desk
from trafficwatch.ui.theme.look import COMPACT_FROM, look, px
from trafficwatch.ui.theme.palette import Tone
from trafficwatch.ui.village import restoring
from trafficwatch.ui.village.resident_form import Entry
from trafficwatch.ui.widgets.parts import button, card, label
from trafficwatch.ui.widgets.person_picker import PersonPicker

COLUMNS = 2


class Tick(QFrame):
    """A box to tick whose words wrap, with an example below; a click on the words ticks it too."""

    def __init__(self, words: str, example: str = "") -> None:
        super().__init__()
        line = QHBoxLayout(self)
        line.setContentsMargins(0, px(2), 0, px(2))
        line.setSpacing(px(8))
        self.box = QCheckBox()
        self.box.setAccessibleName(words)
        self.box.setAccessibleDescription(example)
        line.addWidget(self.box, 0, Qt.AlignmentFlag.AlignTop)
        column = QVBoxLayout()
        column.setContentsMargins(0, px(7), 0, 0)
        column.setSpacing(px(1))
        column.addWidget(label(words))
        if example:
            column.addWidget(label(example, "small"))
        column.addStretch(1)
        line.addLayout(column, 1)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        if event.button() == Qt.MouseButton.LeftButton and self.rect().contains(event.position().toPoint()):
            self.box.setFocus(Qt.FocusReason.MouseFocusReason)
            self.box.toggle()


class Signs(QWidget):
    """The signs by group; empty until `put`."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.ticks: dict[str, Tick] = {}
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(px(8))

    def put(self, groups: Sequence[SignGroup], others: Iterable[str]) -> None:
        """Show these; `others` are codes of a known note that these groups lack."""
        language = current_language()
        for group in groups:
            signs = {each.code: (_sentence(each.short.of(language)), each.help.of(language)) for each in group.entries}
            self._add(t(f"signs.group.{group.code}"), signs)
        if lacking := {code: (code, "") for code in others if code not in self.ticks}:
            self._add(t("signs.group.other"), lacking)

    @property
    def chosen(self) -> dict[str, bool]:
        return {code: True for code, tick in self.ticks.items() if tick.box.isChecked()}

    def show_chosen(self, signs: Mapping[str, Any] | None) -> None:
        """Tick these alone."""
        for code, tick in self.ticks.items():
            tick.box.setChecked(bool((signs or {}).get(code)))

    def entry(self) -> Entry:
        """The signs as an input of a form."""
        read, show = (lambda: self.chosen), self.show_chosen
        return Entry(self, None, read, show, read, show, merge=restoring.answers)

    def setFocus(self, reason: Qt.FocusReason = Qt.FocusReason.OtherFocusReason) -> None:  # noqa: N802 - Qt's name
        """Stand on the first box."""
        for tick in list(self.ticks.values())[:1]:
            tick.box.setFocus(reason)

    def _add(self, title: str, signs: Mapping[str, tuple[str, str]]) -> None:
        if self.ticks:
            self._column.addSpacing(px(6))
        self._column.addWidget(label(title, "strong"))
        grid = QGridLayout()
        grid.setHorizontalSpacing(px(20))
        grid.setVerticalSpacing(px(4))
        columns = 1 if look().zoom >= COMPACT_FROM else COLUMNS
        for place, (code, (words, example)) in enumerate(signs.items()):
            tick = self.ticks[code] = Tick(words, example)
            tick.box.toggled.connect(self.changed)
            grid.addWidget(tick, *divmod(place, columns))
        for column in range(columns):
            grid.setColumnStretch(column, 1)
        self._column.addLayout(grid)


class ResidentChoice(QWidget):
    """A resident on a card, or nobody: found by the picker, shown by name."""

    changed = Signal()

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.person_id: str | None = None
        self._name = ""
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(px(6))
        self.picker = PersonPicker(desk)
        self.picker.picked.connect(self._pick)
        column.addWidget(self.picker)
        self._shown = QWidget()
        line: QBoxLayout = QVBoxLayout(self._shown) if look().zoom >= COMPACT_FROM else QHBoxLayout(self._shown)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(px(8))
        self.words = label("", "strong")
        line.addWidget(self.words, 1)
        self.change = button(t("signs.change_person"), self._change)
        self.remove = button(t("signs.no_person"), self._remove, role="quiet")
        line.addWidget(self.change)
        line.addWidget(self.remove)
        self._shown.hide()
        column.addWidget(self._shown)

    def show_person(self, person_id: str | None, name: str = "") -> None:
        """Show a person, or nobody."""
        self.person_id, self._name = person_id, name
        self.words.setText(t("signs.chosen_person", name=name or t("signs.somebody")))
        self._shown.setVisible(person_id is not None)
        self.picker.setVisible(person_id is None)

    def entry(self) -> Entry:
        """The person as an input of a form: typed is id and name, stored the id."""

        def write(typed: Any) -> None:
            person_id, name = typed or (None, "")
            self.show_person(person_id, name)

        def load(person_id: str | None) -> None:
            self.show_person(person_id, self._name if person_id else "")

        read = lambda: [self.person_id, self._name] if self.person_id else None  # noqa: E731
        return Entry(self.picker.entry, None, read, write, lambda: self.person_id, load)

    def know(self, name: str) -> None:
        """What the person is called who is loaded next."""
        self._name = name

    def _pick(self, person_id: str, name: str) -> None:
        self.show_person(person_id, name)
        self.change.setFocus()
        self.changed.emit()

    def _change(self) -> None:
        self.picker.show()
        self.picker.entry.setFocus()

    def _remove(self) -> None:
        self.show_person(None)
        self.picker.entry.setFocus()
        self.changed.emit()


class ReportCard(QFrame):
    """Whom to tell, nearest first; a button beside each says that it was done (`told`, with the name)."""

    told = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        frame, self._column = card(t("signs.report"), t("signs.report_more"))
        outer.addWidget(frame)

    def put(self, rows: Sequence[InstitutionRow]) -> None:
        for row in rows:
            self._column.addLayout(self._line(row))
        if not rows:
            self._column.addWidget(label(t("signs.nobody_known")))

    def _line(self, row: InstitutionRow) -> QBoxLayout:
        is_stacked = look().zoom >= COMPACT_FROM
        line: QBoxLayout = QVBoxLayout() if is_stacked else QHBoxLayout()
        line.setSpacing(px(2 if is_stacked else 12))
        line.addWidget(label(row.name, "strong"), 2)
        numbers = " · ".join(row.contacts)
        line.addWidget(label(numbers, "digits") if numbers else label(t("screening_desk.call_in_person")), 2)
        done = button(t("signs.told_now"), lambda: self.told.emit(row.name), icon_name="check")
        done.setAccessibleName(t("signs.told_now_name", name=row.name))
        line.addWidget(done, 0, Qt.AlignmentFlag.AlignLeft)
        return line


def danger_bar(desk: Desk) -> QFrame:
    """Children and danger to life come first: the way to the emergency card."""
    made = QFrame()
    made.setProperty("box", "bar")
    made.setProperty("tone", Tone.DANGER.value)
    made.setAccessibleName(f"{t('signs.danger')} {t('signs.danger_more')}")
    is_stacked = look().zoom >= COMPACT_FROM
    line: QBoxLayout = QVBoxLayout(made) if is_stacked else QHBoxLayout(made)
    line.setContentsMargins(px(16), px(10), px(16), px(10))
    line.setSpacing(px(10))
    words = QVBoxLayout()
    words.setSpacing(px(2))
    words.addWidget(label(t("signs.danger"), "strong"))
    words.addWidget(label(t("signs.danger_more")))
    line.addLayout(words, 1)
    emergency = button(
        t("screening_desk.emergency"), lambda: desk.go("emergency"), role="danger", icon_name="emergency"
    )
    line.addWidget(emergency, 0, Qt.AlignmentFlag.AlignLeft)
    return made


def _sentence(clause: str) -> str:
    return clause[:1].upper() + clause[1:]
