# SPDX-License-Identifier: GPL-3.0-or-later
"""Inputs of an institution's form: its contacts, row by row, and the area it serves.

A contact that nobody changed is given back exactly as it was stored. The areas offered are those in which villages of
this PPT may lie: the country, the provinsi, the kabupaten, its kecamatan, or one village of the official list.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from trafficwatch.models.directory import ContactKind, contact_is_possible
from trafficwatch.models.places import UnknownPlace
from trafficwatch.texts import t
from trafficwatch.ui.shell.desk import Desk
from trafficwatch.ui.theme.look import COMPACT_FROM, look, px
from trafficwatch.ui.village.institution_words import area_name
from trafficwatch.ui.widgets.parts import Choice, button, label, line_edit
from trafficwatch.ui.widgets.place_picker import PlacePicker
from trafficwatch.village.places import Places

VALUE_LIMIT, NOTE_LIMIT = 120, 200
OWN_SOURCE = 1
"""So many sources has a contact that the PPT writes: none but the PPT."""
COUNTRY, VILLAGE = "*", "desa"
"""What is chosen for the whole country, and for one village."""

Stored = tuple[str, Mapping[str, Any]]
"""A contact as it is stored: its key `kind:value`, and what is known of it."""


class ContactList(QWidget):
    """Rows of kind, number or address, and note; `contacts` is what is stored, `typed` what stands in the rows."""

    changed = Signal()
    rebuilt = Signal()
    """Rows came or went: whoever holds this widget puts Tab in order."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: list[ContactRow] = []
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(px(8))
        holder = QWidget()
        self._list = QVBoxLayout(holder)
        self._list.setContentsMargins(0, 0, 0, 0)
        self._list.setSpacing(px(10))
        outer.addWidget(holder)
        self.add = button(t("directory.contact.add"), self._add_pressed, icon_name="plus")
        outer.addWidget(self.add, 0, Qt.AlignmentFlag.AlignLeft)
        self._append()

    @property
    def contacts(self) -> dict[str, Mapping[str, Any]]:
        """Key -> what is known of it; empty rows are left out."""
        return dict(row.pair for row in self.rows if not row.is_empty)

    @property
    def problem(self) -> str:
        """What is wrong with a row, '' if they can all be kept."""
        filled = [row for row in self.rows if not row.is_empty]
        if any(not contact_is_possible(row.kind.value or "", row.value.text().strip()) for row in filled):
            return t("directory.contact.wrong")
        return "" if len({row.pair[0] for row in filled}) == len(filled) else t("directory.contact.twice")

    @property
    def typed(self) -> list[list[str]]:
        """The rows as they stand, for drafts."""
        return [row.typed for row in self.rows if not row.is_empty]

    @typed.setter
    def typed(self, rows: Sequence[Sequence[str]]) -> None:
        stored = {row.stored[0]: row.stored for row in self.rows if row.stored is not None}
        self._fill([(*row, stored.get(f"{row[0]}:{row[1]}")) for row in rows])

    def setFocus(self, reason: Qt.FocusReason = Qt.FocusReason.OtherFocusReason) -> None:  # noqa: N802 - Qt's name
        self.rows[0].value.setFocus(reason)

    def set_contacts(self, contacts: Mapping[str, Mapping[str, Any]]) -> None:
        """Show stored contacts, telephones first."""
        kinds = [each.value for each in ContactKind]
        ordered = sorted(contacts.items(), key=lambda each: [kind != each[0].partition(":")[0] for kind in kinds])
        self._fill([(*key.partition(":")[::2], known.get("note") or "", (key, known)) for key, known in ordered])

    def _fill(self, rows: Sequence[tuple[Any, ...]]) -> None:
        while self.rows:
            self._drop(self.rows[-1])
        for row in rows or [()]:
            self._append(*row)
        self.rebuilt.emit()
        self.changed.emit()

    def _append(self, kind: str = "phone", value: str = "", note: str = "", stored: Stored | None = None) -> ContactRow:
        row = ContactRow(kind, value, note, stored)
        row.changed.connect(self.changed)
        row.removed.connect(lambda: self._remove(row))
        self.rows.append(row)
        self._list.addWidget(row)
        row.show()
        self._number()
        return row

    def _drop(self, row: ContactRow) -> None:
        self.rows.remove(row)
        self._list.removeWidget(row)
        row.hide()
        row.deleteLater()

    def _remove(self, row: ContactRow) -> None:
        place = self.rows.index(row)
        self._drop(row)
        if not self.rows:
            self._append()
        self._number()
        self.rebuilt.emit()
        self.rows[min(place, len(self.rows) - 1)].value.setFocus()
        self.changed.emit()

    def _add_pressed(self) -> None:
        free = next((row for row in self.rows if row.is_empty), None)
        added = free or self._append()
        self.rebuilt.emit()
        added.value.setFocus()

    def _number(self) -> None:
        for place, row in enumerate(self.rows, 1):
            row.name_as(place)


class ContactRow(QWidget):
    """One contact; its parts below each other when the letters are large."""

    changed = Signal()
    removed = Signal()

    def __init__(self, kind: str, value: str, note: str, stored: Stored | None) -> None:
        """The texts to show, and the contact as stored, None for a new row."""
        super().__init__()
        self.stored = stored
        self.kind = Choice([(each.value, t(f"directory.contact.{each.value}")) for each in ContactKind])
        if self.kind.findData(kind) < 0:  # a kind that only a newer version knows: keep it
            self.kind.addItem(kind, kind)
        self.kind.choose(kind)
        self.value = line_edit(value, t("directory.contact.value"), VALUE_LIMIT)
        self.note = line_edit(note, t("directory.contact.note"), NOTE_LIMIT)
        self.remove = button(t("directory.contact.remove"), self.removed.emit, role="quiet", icon_name="minus")
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(px(8))
        is_stacked = look().zoom >= COMPACT_FROM
        for place, each in enumerate((self.kind, self.value, self.note, self.remove)):
            grid.addWidget(each, *((place, 0) if is_stacked else (0, place)))
        if not is_stacked:
            for column, share in enumerate((2, 4, 4, 0)):
                grid.setColumnStretch(column, share)
        self.kind.currentIndexChanged.connect(lambda _: self.changed.emit())
        self.value.textChanged.connect(self.changed)
        self.note.textChanged.connect(self.changed)

    @property
    def is_empty(self) -> bool:
        return not (self.value.text().strip() or self.note.text().strip())

    @property
    def typed(self) -> list[str]:
        return [self.kind.value or "", self.value.text(), self.note.text()]

    @property
    def pair(self) -> Stored:
        """The contact as it is stored."""
        key, note = f"{self.kind.value}:{self.value.text().strip()}", self.note.text().strip()
        known = self.stored[1] if self.stored is not None and self.stored[0] == key else {"sources": OWN_SOURCE}
        return key, (
            known if (known.get("note") or "") == note and "note" in known else {**known, "note": note or None}
        )

    def name_as(self, place: int) -> None:
        """Its place in the list, for a screen reader."""
        self.kind.setAccessibleName(t("directory.contact.kind_of", place=place))
        self.value.setAccessibleName(t("directory.contact.value_of", place=place))
        self.note.setAccessibleName(t("directory.contact.note_of", place=place))
        self.remove.setAccessibleName(t("directory.contact.remove_this", place=place))


class AreaChoice(QWidget):
    """The area that is served; `code` is None for the whole country."""

    changed = Signal()

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(px(8))
        self.choice = Choice([(COUNTRY, t("directory.whole_country")), (VILLAGE, t("directory.village_only"))])
        self.choice.setAccessibleName(t("directory.field.area_code"))
        column.addWidget(self.choice)
        self.village = QWidget()
        inside = QVBoxLayout(self.village)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.addWidget(label(t("directory.village_pick"), "small"))
        near = desk.state.code
        self.picker = PlacePicker(desk.tasks, lambda: desk.places, near=near, name=t("directory.village_pick"))
        inside.addWidget(self.picker)
        self.village.hide()
        column.addWidget(self.village)
        self.choice.currentIndexChanged.connect(self._chosen)
        self.picker.picked.connect(lambda *_: self.changed.emit())
        self.picker.cleared.connect(self.changed)
        desk.tasks.do(self, lambda: areas_around(desk.places, near), self._offer, slot="areas")

    @property
    def code(self) -> str | None:
        chosen = self.choice.value
        return self.picker.code if chosen == VILLAGE else None if chosen == COUNTRY else chosen

    @property
    def problem(self) -> str:
        return t("directory.village_missing") if self.choice.value == VILLAGE and self.picker.code is None else ""

    @property
    def typed(self) -> list[str]:
        """What stands there, for drafts."""
        return [self.choice.value or COUNTRY, self.picker.code or ""]

    @typed.setter
    def typed(self, typed: Sequence[str]) -> None:
        self._choose(typed[0])
        if typed[0] == VILLAGE:
            self.picker.set_code(typed[1])

    def show_code(self, code: str | None) -> None:
        """Show a stored area."""
        is_village = (code or "").count(".") == 3
        self.typed = [VILLAGE if is_village else code or COUNTRY, code or ""]

    def setFocus(self, reason: Qt.FocusReason = Qt.FocusReason.OtherFocusReason) -> None:  # noqa: N802 - Qt's name
        (self.picker if self.problem else self.choice).setFocus(reason)

    def _choose(self, value: str) -> None:
        if self.choice.findData(value) < 0:  # its name is not read yet, or it lies elsewhere
            self.choice.insertItem(self.choice.count() - 1, value, value)
        self.choice.choose(value)

    def _offer(self, areas: Sequence[tuple[str, str]]) -> None:
        """The names of the areas, before the one village; what is chosen stays."""
        self.choice.blockSignals(True)  # noqa: FBT003 - Qt's signature
        chosen = self.choice.value
        for code, words in areas:
            if (there := self.choice.findData(code)) >= 0:
                self.choice.removeItem(there)
            self.choice.insertItem(self.choice.count() - 1, words, code)
        self.choice.choose(chosen)
        self.choice.blockSignals(False)  # noqa: FBT003 - Qt's signature

    def _chosen(self) -> None:
        self.village.setVisible(self.choice.value == VILLAGE)
        self.changed.emit()


def areas_around(places: Places, code: str) -> list[tuple[str, str]]:
    """The provinsi and kabupaten of a PPT and all kecamatan in it, each with its name; for the worker."""
    kabupaten = ".".join(code.split(".")[:2])
    codes = [kabupaten.partition(".")[0], kabupaten, *(f"{kabupaten}.{number:02}" for number in range(1, 100))]
    found = []
    for each in dict.fromkeys(codes):
        try:
            found.append((each, area_name(places.get(each))))
        except UnknownPlace:
            continue
    return found
