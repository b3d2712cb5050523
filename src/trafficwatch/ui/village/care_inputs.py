# SPDX-License-Identifier: GPL-3.0-or-later
"""The inputs of a record of a case: which widget a field gets follows from its shape alone.

Few choices that must be made are radio buttons, others a list to choose from; yes, no and not known are answered by
single keys; a set is ticked, a map has a row for each of its elements; who or what is linked is chosen by name.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from trafficwatch.models.fields import NARRATIVE_LIMIT, Field, Shape
from trafficwatch.texts import catalogue, t
from trafficwatch.texts.labels import label as words
from trafficwatch.texts.trail import field_words
from trafficwatch.ui.shell.desk import Desk
from trafficwatch.ui.village import restoring
from trafficwatch.ui.village.care_fields import DAYS, MONEY, VALUES, field_of, is_scale
from trafficwatch.ui.village.resident_form import Entry, Form
from trafficwatch.ui.widgets.choice_line import NO, UNKNOWN, YES, ChoiceLine, Option
from trafficwatch.ui.widgets.date_field import DateField
from trafficwatch.ui.widgets.parts import Field as Box
from trafficwatch.ui.widgets.parts import label, line_edit
from trafficwatch.ui.widgets.radios import Radios, Ticks
from trafficwatch.ui.widgets.rows import ChoiceRows, DayRows

Links = Mapping[str, Sequence[tuple[str, str]]]
"""Record type -> the records of it that can be chosen: (id, words)."""
FEW = 5
"""So many choices are all shown at once."""
SHORT = 200
"""Letters that fit one line."""
SCALE = ("1", "2", "3", "4", "5")
_ANSWERS: Mapping[str, bool] = {YES: True, NO: False}
_LONGEST_NUMBER = 30
_NUMBER = re.compile(r"(\d+|\d{1,3}(?:([. ,])\d{3})(?:\2\d{3})*)(?:([.,])(?:00|-{1,2}))?")
"""Digits, parted by thousands or not at all; behind them no cents (`,00`), or that there are none (`,-`)."""
_MOST_DIGITS = 13
"""Rupiah: a sum of more digits is a slip."""


@dataclass(frozen=True, slots=True)
class _Day(Entry):
    """A day, whose line itself says what is wrong with what was typed."""

    def judge(self) -> str:
        day, problem = self.widget, self.problem()
        if isinstance(day, DateField) and self.box is not None:
            day.show_problem()
            self.box.wrong("" if day.problem else problem)
        return problem


class CareInputs(Form):
    """The form of one record of a type; keys are `<type>.<field>`."""

    def __init__(self, parent: QObject, desk: Desk, type_name: str, links: Links) -> None:
        super().__init__(parent, "care_fields")
        self._desk, self._type, self._links = desk, type_name, links

    def words(self, key: str) -> str:
        return field_words(self._type, key.partition(".")[2])

    def field(self, key: str, entry: QWidget) -> Box:
        made = Box(self.words(key), entry, self._help(key))
        for each in (made, entry):
            each.setFocusProxy(None)  # type: ignore[arg-type] # the stubs know no None
        return made

    def make(self, name: str) -> QWidget:
        """The input of a field below its words."""
        field, key = field_of(self._type, name), f"{self._type}.{name}"
        made = self._make(field, key)
        if field.required:
            self._require(key)
        return made

    def is_wide(self, name: str) -> bool:
        """Whether the input of a field takes the whole width."""
        field = field_of(self._type, name)
        is_line = field.shape is Shape.TEXT and field.limit <= SHORT
        is_number = field.shape is Shape.NUMBER and not is_scale(field)
        is_list = field.shape is Shape.CHOICE and not _is_seen(field)
        return not (is_line or is_number or is_list or field.shape in {Shape.DATE, Shape.LINK})

    def _make(self, field: Field, key: str) -> QWidget:
        match field.shape:
            case Shape.TEXT if field.limit > SHORT:
                return self.text(key, lines=6 if field.limit == NARRATIVE_LIMIT else 2, limit=field.limit)
            case Shape.TEXT:
                return self.line(key, field.limit)
            case Shape.DATE:
                return self._day(key)
            case Shape.CHOICE:
                options = [(value, words(field.group, value)) for value in field.choices]
                return self._radios(key, options) if _is_seen(field) else self.choice(key, options)
            case Shape.FLAG:
                return self._flag(key)
            case Shape.NUMBER:
                return self._scale(key) if is_scale(field) else self._number(field, key)
            case Shape.LINK:
                return self.choice(key, self._links.get(field.target, ()))
        return self._set(field, key)

    def _help(self, key: str) -> str:
        of = f"help.{key}"
        return t(f"care_fields.{of}") if of in catalogue("care_fields") else ""

    def _require(self, key: str) -> None:
        entry = self.entries[key]
        given = entry.problem

        def problem() -> str:
            return given() or ("" if entry.value() is not None else t("care_fields.missing"))

        self.entries[key] = replace(entry, problem=problem)

    # -- inputs that no other form has ---------------------------------------------------------------------------------

    def _day(self, key: str) -> Box:
        day = DateField(today=self._desk.today, allows_today=True)
        box = self.field(key, day)

        def write(text: str) -> None:
            day.typed = text

        made = _Day(day, box, lambda: day.typed, write, lambda: day.edtf, day.set_edtf, lambda: day.problem)
        self.add(key, made, day.changed)
        return box

    def _radios(self, key: str, options: Sequence[tuple[str, str]]) -> Box:
        radios = Radios(options)
        box = self.field(key, radios)
        made = Entry(radios, box, lambda: radios.value, radios.choose, lambda: radios.value, radios.choose)
        self.add(key, made, radios.changed)
        return box

    def _scale(self, key: str) -> Box:
        radios = Radios([(step, t(f"care_fields.scale.{step}")) for step in SCALE], len(SCALE))
        box = self.field(key, radios)

        def value() -> int | None:
            return int(radios.value) if radios.value else None

        def load(stored: int | None) -> None:
            radios.choose(str(stored) if stored else None)

        self.add(key, Entry(radios, box, lambda: radios.value, radios.choose, value, load), radios.changed)
        return box

    def _flag(self, key: str) -> QWidget:
        options = [Option(value, words("answer", value)) for value in (YES, NO, UNKNOWN)]
        line = ChoiceLine(self.words(key), options, help_text=self._help(key), beside=True)

        def walk(way: int) -> None:
            line.focusNextChild() if way > 0 else line.focusPreviousChild()

        def load(stored: bool | None) -> None:  # noqa: FBT001 - a stored value
            line.show_value(next((said for said, each in _ANSWERS.items() if each is stored), ""))

        def read() -> str:
            return line.value

        line.step.connect(walk)
        made = Entry(line, None, read, line.show_value, lambda: _ANSWERS.get(line.value), load)
        self.add(key, made, line.chosen)
        return line

    def _number(self, field: Field, key: str) -> Box:
        entry = line_edit(limit=_LONGEST_NUMBER)
        box = self.field(key, entry)

        said = label("", "small")
        said.hide()

        def problem() -> str:
            typed = entry.text().strip()
            if not typed or number_of(typed) is not None:
                return ""
            has_letters = any(char.isalpha() for char in typed.casefold().removeprefix("rp"))
            return t("care_fields.no_number") if has_letters else t("care_fields.unclear_number")

        def value() -> int | None:
            return number_of(entry.text())

        def read_back() -> None:
            sum_read = value() if field.name in MONEY else None
            if sum_read is not None:
                amount = t("care_fields.rupiah", amount=in_thousands(sum_read))
                said.setText(t("care_fields.read_as", amount=amount))
                entry.setAccessibleDescription(said.text())
            said.setVisible(sum_read is not None)

        def judge() -> None:
            box.wrong(problem())
            read_back()

        def load(stored: int | None) -> None:
            entry.setText(in_thousands(stored) if field.name in MONEY else "" if stored is None else str(stored))

        self.add(key, Entry(entry, box, entry.text, entry.setText, value, load, problem), entry.textChanged)
        entry.textChanged.connect(read_back)
        entry.editingFinished.connect(judge)
        if (column := box.layout()) is not None:
            column.addWidget(said)
        return box

    def _set(self, field: Field, key: str) -> Box:
        options = [(value, words(field.group, value)) for value in field.options]
        if field.name in DAYS:
            days = DayRows(options, self._desk.today)
            box = self.field(key, days)
            made = Entry(
                days, box, lambda: days.typed, days.type, lambda: days.days, days.show_days, lambda: days.problem
            )
            self.add(key, made, days.changed)
            return box
        if field.value_group:
            values = [(value, words(field.value_group, value)) for value in VALUES[field.value_group]]
            rows = ChoiceRows(options, values)
            box = self.field(key, rows)
            made = _merging(rows, box, lambda: rows.chosen, rows.choose)
            self.add(key, made, rows.changed)
            return box
        ticks = Ticks(options)
        box = self.field(key, ticks)
        self.add(key, _merging(ticks, box, lambda: ticks.ticked, ticks.tick), ticks.changed)
        return box


def in_thousands(number: int | None) -> str:
    """`1.500.000`, as sums are written here; '' for none."""
    return "" if number is None else f"{number:,}".replace(",", ".")


def _merging(widget: QWidget, box: Box, read: Any, write: Any) -> Entry:
    return Entry(widget, box, read, write, read, write, merge=restoring.answers)


def _is_seen(field: Field) -> bool:
    """Whether all its choices stand on the page."""
    return field.required and len(field.choices) <= FEW


def number_of(typed: str) -> int | None:
    """The whole number that was typed (`Rp 1.500.000,00`), None for what can be read in two ways, or not at all."""
    text = " ".join(typed.casefold().split())
    if text.startswith("rp"):
        text = text.removeprefix("rp").removeprefix(".").lstrip()
    found = _NUMBER.fullmatch(text) if text.isascii() else None
    if found is None or (found[2] and found[2] == found[3] and text.endswith("0")):
        return None
    digits = "".join(char for char in found[1] if char.isdigit())
    return int(digits) if len(digits) <= _MOST_DIGITS else None
