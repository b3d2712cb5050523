# SPDX-License-Identifier: GPL-3.0-or-later
"""Telephone numbers of a person, each with whose it is ("milik kakak"): in the village a telephone is often shared.

Numbers are compared and kept by `identity.phone_key` (08…, 8…, 62…, +62… are one number) and shown as people read
them. A row that nobody changed gives back exactly what was stored. An odd number is kept, with a soft word about it;
only a text without any digit can't be kept.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QLineEdit, QPushButton, QVBoxLayout, QWidget

from trafficwatch.models.identity import phone_key, show_phone
from trafficwatch.texts import t
from trafficwatch.ui.theme.look import COMPACT_FROM, look, px
from trafficwatch.ui.widgets.parts import button, label, line_edit

NO_OWNER = "-"
"""How `registry.residents` keeps a number of which nobody knows the owner."""
NUMBER_LIMIT, OWNER_LIMIT = 40, 200
_MOBILE = "+628"
_MOBILE_DIGITS = range(9, 13)
"""Digits after +62 that mobile numbers have; a shorter or longer one is probably mistyped."""
_LONGEST_SHORT = 5
"""Emergency and service numbers are no longer than this; a longer number without area code can't be dialled."""


class PhoneList(QWidget):
    """Rows of number and owner; `phones` is what is stored, `typed` what stands in the rows."""

    changed = Signal()
    rebuilt = Signal()
    """Rows came or went: whoever holds this widget puts Tab in order."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: list[PhoneRow] = []
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(px(8))
        holder = QWidget()
        self._list = QVBoxLayout(holder)
        self._list.setContentsMargins(0, 0, 0, 0)
        self._list.setSpacing(px(8))
        outer.addWidget(holder)
        self.add = button(t("widgets.phone.add"), self._add_pressed, icon_name="plus")
        outer.addWidget(self.add, 0, Qt.AlignmentFlag.AlignLeft)
        self._append()

    @property
    def phones(self) -> dict[str, str]:
        """Number -> whose it is; empty rows and texts without a digit are left out."""
        return {number: owner for row in self.rows for number, owner in row.pair.items()}

    @property
    def is_valid(self) -> bool:
        """Whether every row can be kept."""
        return all(row.can_be_kept for row in self.rows)

    @property
    def typed(self) -> list[list[str]]:
        """The rows as they stand, for drafts."""
        return [[row.number.text(), row.owner.text()] for row in self.rows if not row.is_empty]

    @typed.setter
    def typed(self, rows: Sequence[Sequence[str]]) -> None:
        stored = {show_number(row.stored[0]): row.stored for row in self.rows if row.stored[0]}
        self._fill([(number, owner, stored.get(number, ("", ""))) for number, owner in rows])

    def setFocus(self, reason: Qt.FocusReason = Qt.FocusReason.OtherFocusReason) -> None:  # noqa: N802 - Qt's name
        """Stand in the first number."""
        self.rows[0].number.setFocus(reason)

    def set_phones(self, phones: Mapping[str, str]) -> None:
        """Show stored numbers."""
        self._fill([(show_number(number), shown_owner(owner), (number, owner)) for number, owner in phones.items()])

    def _fill(self, rows: Sequence[tuple[str, str, tuple[str, str]]]) -> None:
        while self.rows:
            self._drop(self.rows[-1])
        for row in rows or [("", "", ("", ""))]:
            self._append(*row)
        self._judge()
        self.rebuilt.emit()
        self.changed.emit()

    def _append(self, number: str = "", owner: str = "", stored: tuple[str, str] = ("", "")) -> PhoneRow:
        row = PhoneRow(number, owner, stored)
        row.changed.connect(self.changed)
        row.left.connect(self._judge)
        row.removed.connect(lambda: self._remove(row))
        self.rows.append(row)
        self._list.addWidget(row)
        row.show()
        self._number()
        return row

    def _drop(self, row: PhoneRow) -> None:
        self.rows.remove(row)
        self._list.removeWidget(row)
        row.hide()
        row.deleteLater()

    def _remove(self, row: PhoneRow) -> None:
        place = self.rows.index(row)
        self._drop(row)
        if not self.rows:
            self._append()
        self._number()
        self._judge()
        self.rows[min(place, len(self.rows) - 1)].number.setFocus()
        self.changed.emit()

    def _add_pressed(self) -> None:
        empty = next((row for row in self.rows if row.is_empty), None)
        added = empty or self._append()
        self.rebuilt.emit()
        added.number.setFocus()

    def _number(self) -> None:
        for place, row in enumerate(self.rows, 1):
            row.name_as(place)

    def _judge(self) -> None:
        seen: set[str] = set()
        for row in self.rows:
            key = phone_key(row.number.text())
            row.say(t("widgets.phone.twice") if key and key in seen else oddity(row.number.text()))
            seen.add(key)


class PhoneRow(QWidget):
    """One number; beside each other, or below each other when the letters are large."""

    changed = Signal()
    left = Signal()
    removed = Signal()

    def __init__(self, number: str, owner: str, stored: tuple[str, str]) -> None:
        """The texts to show, and number and owner as stored ("" for a new row)."""
        super().__init__()
        self.stored = stored
        self.number: QLineEdit = line_edit(number, t("widgets.phone.number_example"), NUMBER_LIMIT)
        self.owner: QLineEdit = line_edit(owner, t("widgets.phone.owner_example"), OWNER_LIMIT)
        self.remove: QPushButton = button(t("widgets.phone.remove"), self.removed.emit, role="quiet", icon_name="minus")
        self._word = label("", "small")
        self._word.hide()
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(px(8))
        stacked = look().zoom >= COMPACT_FROM
        grid.addWidget(self.number, 0, 0)
        grid.addWidget(self.owner, *((1, 0) if stacked else (0, 1)))
        grid.addWidget(self.remove, *((0, 1) if stacked else (0, 2)))
        grid.addWidget(self._word, 2, 0, 1, 3)
        grid.setColumnStretch(0, 2)
        grid.setColumnStretch(1, 0 if stacked else 3)
        self.number.textChanged.connect(self.changed)
        self.owner.textChanged.connect(self.changed)
        self.number.editingFinished.connect(self._finished)

    @property
    def is_empty(self) -> bool:
        return not (self.number.text().strip() or self.owner.text().strip())

    @property
    def can_be_kept(self) -> bool:
        return self.is_empty or bool(phone_key(self.number.text()))

    @property
    def pair(self) -> dict[str, str]:
        """The number and its owner as they are stored, nothing for an empty row."""
        key, owner = phone_key(self.number.text()), self.owner.text().strip()
        if not key:
            return {}
        number, stored_owner = self.stored
        kept = number if number and phone_key(number) == key else key
        return {kept: stored_owner if number and owner == shown_owner(stored_owner) else owner}

    def name_as(self, place: int) -> None:
        """Its place in the list, for a screen reader."""
        self.number.setAccessibleName(t("widgets.phone.number", place=place))
        self.owner.setAccessibleName(t("widgets.phone.owner", place=place))
        self.remove.setAccessibleName(t("widgets.phone.remove_this", place=place))

    def say(self, word: str) -> None:
        self._word.setText(word)
        self._word.setVisible(bool(word))
        self.number.setAccessibleDescription(word)

    def _finished(self) -> None:
        """Write the number as people read it, when it is one for certain."""
        if phone_key(self.number.text()).startswith("+"):
            self.number.setText(show_phone(self.number.text()))
        self.left.emit()


def show_number(number: str) -> str:
    """A stored number for reading; one without digits as it is."""
    return show_phone(number) or number


def shown_owner(owner: str | None) -> str:
    return "" if owner in {None, NO_OWNER} else str(owner)


def oddity(typed: str) -> str:
    """What is odd about a number, in words; '' when nothing is."""
    key = phone_key(typed)
    if not typed.strip():
        return ""
    if not key:
        return t("widgets.phone.no_digits")
    if key.startswith(_MOBILE):
        return "" if len(key) - len("+62") in _MOBILE_DIGITS else t("widgets.phone.odd_length")
    return "" if key.startswith("+") or len(key) <= _LONGEST_SHORT else t("widgets.phone.no_area")
