# SPDX-License-Identifier: GPL-3.0-or-later
"""The family of a resident in the card's form: who they are, who depends on the person, and who may know.

`relatives` are those that are new, and what was changed in the others, so that neither saving nor an old draft undoes
what came meanwhile; `typed` the same as it stands, for drafts. Who is stored can't be taken away here; a new one can.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QFrame, QGridLayout, QVBoxLayout, QWidget

from trafficwatch.models.people import Relation, Relative
from trafficwatch.registry.relatives import RelativeInput
from trafficwatch.texts import t
from trafficwatch.texts.labels import label as words
from trafficwatch.ui.theme.look import COMPACT_FROM, look, px
from trafficwatch.ui.village.resident_form import Entry
from trafficwatch.ui.widgets.date_field import DateField
from trafficwatch.ui.widgets.parts import Choice, Field, button, label, line_edit

_TICKS = ("lives_together", "depends_on_person")
_YES_NO = {"yes": True, "no": False}


class RelativeList(QWidget):
    """A box for each relative, and a button to add one."""

    changed = Signal()
    rebuilt = Signal()
    """Boxes came or went: whoever holds this widget puts Tab in order."""

    def __init__(self, today: str) -> None:
        super().__init__()
        self._today = today
        self.boxes: list[RelativeBox] = []
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(px(8))
        holder = QWidget()
        self._list = QVBoxLayout(holder)
        self._list.setContentsMargins(0, 0, 0, 0)
        self._list.setSpacing(px(8))
        outer.addWidget(holder)
        self.add = button(t("resident.relative.add"), self._add_pressed, icon_name="person-add")
        outer.addWidget(self.add, 0, Qt.AlignmentFlag.AlignLeft)

    def entry(self, box: Field) -> Entry:
        """The list as an input of a form, in its box."""
        return Entry(
            self,
            box,
            lambda: self.typed,
            self.write,
            lambda: self.relatives,
            lambda stored: self.set_relatives(stored or ()),
            lambda: next((problem for box in self.boxes if (problem := box.problem)), ""),
            lambda: bool(self.boxes),
        )

    @property
    def relatives(self) -> list[RelativeInput]:
        return [RelativeInput(box.id, box.fields()) for box in self.boxes if box.is_changed]

    @property
    def typed(self) -> list[dict[str, Any]]:
        return [{"id": box.id, "of": box.name.text(), **box.changes} for box in self.boxes if box.is_changed]

    def write(self, typed: Sequence[Mapping[str, Any]]) -> None:
        """Take up what was typed earlier; of those that are stored the others stay as they are."""
        for box in [box for box in self.boxes if box.id is None]:
            self._drop(box)
        known = {box.id: box for box in self.boxes}
        for each in typed:
            if (there := known.get(each["id"])) is not None:
                there.typed = each
            else:  # new, or taken away since: the name tells of whom it speaks
                self._append(None).typed = {"name": each["of"], **each}
        self.rebuilt.emit()
        self.changed.emit()

    def set_relatives(self, relatives: Sequence[Relative]) -> None:
        """Show stored relatives."""
        while self.boxes:
            self._drop(self.boxes[-1])
        for each in relatives:
            self._append(each)
        self.rebuilt.emit()

    def setFocus(self, reason: Qt.FocusReason = Qt.FocusReason.OtherFocusReason) -> None:  # noqa: N802 - Qt's name
        """Stand in the first name, or where one is added."""
        wrong = next((box for box in self.boxes if box.problem), None)
        first = wrong or next(iter(self.boxes), None)
        (first.name if first else self.add).setFocus(reason)

    def _append(self, relative: Relative | None) -> RelativeBox:
        box = RelativeBox(relative, len(self.boxes) + 1, self._today)
        box.changed.connect(self.changed)
        box.removed.connect(lambda: self._remove(box))
        self.boxes.append(box)
        self._list.addWidget(box)
        box.show()
        return box

    def _drop(self, box: RelativeBox) -> None:
        self.boxes.remove(box)
        self._list.removeWidget(box)
        box.hide()
        box.deleteLater()

    def _remove(self, box: RelativeBox) -> None:
        self.add.setFocus()
        self._drop(box)
        self.changed.emit()

    def _add_pressed(self) -> None:
        box = self._append(None)
        self.rebuilt.emit()
        box.name.setFocus()


class RelativeBox(QFrame):
    """One relative; `id` is None for a new one."""

    changed = Signal()
    removed = Signal()

    def __init__(self, relative: Relative | None, place: int, today: str) -> None:
        super().__init__()
        self.id = relative.id if relative else None
        self._stored = relative
        self.setProperty("box", "sunken")
        self.setAccessibleName(t("resident.relative.title", place=place))
        self.name = line_edit(limit=200)
        self.relation = Choice(
            [(each.value, words("relation", each.value)) for each in Relation], empty=t("resident.choose")
        )
        self.birth = DateField(today=today)
        self.phone = line_edit(limit=40)
        self.knows = Choice(
            [("yes", t("resident.relative.knows_yes")), ("no", t("resident.relative.knows_no"))],
            empty=t("resident.relative.knows_unsaid"),
        )
        self.ticks = {name: QCheckBox(t(f"resident.relative.{name}")) for name in _TICKS}
        self._arrange(place)
        if relative is not None:
            self._load(relative)
        self._before = self.typed
        for edited in (self.name.textChanged, self.phone.textChanged, self.birth.changed):
            edited.connect(lambda *_: self.changed.emit())
        for choice in (self.relation, self.knows):
            choice.currentIndexChanged.connect(lambda _: self.changed.emit())
        for tick in self.ticks.values():
            tick.toggled.connect(lambda _: self.changed.emit())

    @property
    def is_changed(self) -> bool:
        return self.typed != self._before

    @property
    def changes(self) -> dict[str, Any]:
        """What was changed, as it stands; all of a new one."""
        return {name: now for name, now in self.typed.items() if self.id is None or now != self._before[name]}

    @property
    def typed(self) -> dict[str, Any]:
        return {
            "name": self.name.text(),
            "relation": self.relation.value,
            "birth_date": self.birth.typed,
            "phone": self.phone.text(),
            "knows_of_journey": self.knows.value,
            **{name: tick.isChecked() for name, tick in self.ticks.items()},
        }

    @typed.setter
    def typed(self, typed: Mapping[str, Any]) -> None:
        """Put values in; what is not among them stays."""
        now = {**self.typed, **typed}
        self.name.setText(now["name"])
        self.relation.choose(now["relation"])
        if now["birth_date"] != self.birth.typed:
            self.birth.typed = now["birth_date"]
        self.phone.setText(now["phone"])
        self.knows.choose(now["knows_of_journey"])
        for name, tick in self.ticks.items():
            tick.setChecked(bool(now[name]))

    def fields(self) -> dict[str, Any]:
        """What is to be stored: the changes; a tick that nobody ever set says nothing."""
        ticked = {
            name: True if tick.isChecked() else None if getattr(self._stored, name, None) is None else False
            for name, tick in self.ticks.items()
        }
        fields = {
            "name": self.name.text().strip() or None,
            "relation": self.relation.value,
            "birth_date": self.birth.edtf,
            "phone": self.phone.text().strip() or None,
            "knows_of_journey": _YES_NO.get(self.knows.value or ""),
            **ticked,
        }
        return {name: fields[name] for name in self.changes}

    @property
    def problem(self) -> str:
        """What keeps it from being saved; a new one that says nothing is left out."""
        says_more = any(value for name, value in self.typed.items() if name != "name")
        if not self.name.text().strip() and (says_more or self.id is not None):
            return t("resident.relative.needs_name")
        return self.birth.problem

    def _load(self, relative: Relative) -> None:
        self.name.setText(relative.name or "")
        self.relation.choose(relative.relation)
        self.birth.set_edtf(relative.birth_date)
        self.phone.setText(relative.phone or "")
        said = {True: "yes", False: "no"}
        self.knows.choose(said.get(relative.knows_of_journey) if relative.knows_of_journey is not None else None)
        for name, tick in self.ticks.items():
            tick.setChecked(bool(getattr(relative, name)))

    def _arrange(self, place: int) -> None:
        grid = QGridLayout(self)
        grid.setContentsMargins(px(12), px(10), px(12), px(12))
        grid.setHorizontalSpacing(px(16))
        grid.setVerticalSpacing(px(8))
        columns = 1 if look().zoom >= COMPACT_FROM else 2
        grid.addWidget(label(t("resident.relative.title", place=place), "soft"), 0, 0, 1, columns)
        parts = [
            self._field("name", self.name, place),
            self._field("relation", self.relation, place),
            self._field("birth_date", self.birth, place),
            self._field("phone", self.phone, place),
            *self.ticks.values(),
            self._field("knows_of_journey", self.knows, place),
        ]
        for tick in self.ticks.values():
            tick.setMinimumHeight(px(36))
        if self.id is None:
            remove = button(t("resident.relative.remove"), self.removed.emit, role="quiet", icon_name="minus")
            remove.setAccessibleName(t("resident.relative.remove_this", place=place))
            parts.append(remove)
        for number, part in enumerate(parts):
            alignment = Qt.AlignmentFlag.AlignTop if isinstance(part, Field) else Qt.AlignmentFlag.AlignLeft
            grid.addWidget(part, 1 + number // columns, number % columns, alignment)
        for column in range(columns):
            grid.setColumnStretch(column, 1)

    def _field(self, name: str, entry: QWidget, place: int) -> Field:
        said = t(f"resident.relative.{name}")
        entry.setAccessibleName(t("resident.relative.field", place=place, field=said))
        made = Field(said, entry)
        for each in (made, entry):  # made late, it would draw Tab from the page's end to it
            each.setFocusProxy(None)  # type: ignore[arg-type] # the stubs know no None
        return made
