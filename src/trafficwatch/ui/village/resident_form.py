# SPDX-License-Identifier: GPL-3.0-or-later
"""The inputs of a form by key (`person.name`), with what they held when it was loaded.

`typed` is what stands in them as JSON, for drafts; `values` what is stored. Only what somebody changed is in a draft
and is saved, so that saving a card never undoes what came from another laptop in a field that nobody touched. The same
holds for elements: `values` gives those that were changed, `gone` those that were taken away, and a draft that says
what stood there before (`before`) is put onto what is loaded now.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QCheckBox, QWidget

from trafficwatch.models.fields import TEXT_LIMIT
from trafficwatch.texts import catalogue, t
from trafficwatch.ui.village import restoring
from trafficwatch.ui.widgets.date_field import DateField
from trafficwatch.ui.widgets.parts import Choice, Field, line_edit, text_edit

NO_LEVEL = "-"
"""How `registry.residents` keeps an element of which nobody said more."""

_BETWEEN = ";"
"""Between elements in one line."""


def _no_problem() -> str:
    return ""


@dataclass(frozen=True, slots=True)
class Entry:
    """One input: `read` and `write` speak what is typed, `value` and `load` what is stored."""

    widget: QWidget
    box: Field | None
    read: Callable[[], Any]
    write: Callable[[Any], None]
    value: Callable[[], Any]
    load: Callable[[Any], None]
    problem: Callable[[], str] = field(default=_no_problem)
    is_filled: Callable[[], bool] | None = None
    merge: Callable[[Any, Any, Any], Any] | None = None
    """Puts what a draft changed onto what stands there now: see `restoring`."""

    @property
    def has_content(self) -> bool:
        return self.is_filled() if self.is_filled else bool(self.read())

    def judge(self) -> str:
        """What is wrong with the input; says it under the field as well."""
        problem = self.problem()
        if self.box is not None and not isinstance(self.widget, DateField):
            self.box.wrong(problem)
        elif isinstance(self.widget, DateField):
            self.widget.show_problem()
        return problem


class Form(QObject):
    """All inputs of a page, in visual order."""

    changed = Signal()

    def __init__(self, parent: QObject, area: str) -> None:
        """`area` is the catalogue with `field.<name>` and, where one is wanted, `hint.<name>`."""
        super().__init__(parent)
        self.entries: dict[str, Entry] = {}
        self._area = area
        self._before: dict[str, Any] = {}
        self._elements: dict[str, Mapping[str, Any]] = {}
        self._is_loading = False

    # -- what it holds -------------------------------------------------------------------------------------------------

    def load(self, values: Mapping[str, Any]) -> None:
        """Show stored values; what is not among them stays as it is."""
        self._is_loading = True
        for key, value in values.items():
            self.entries[key].load(value)
        self._is_loading = False
        self.settle()

    def settle(self) -> None:
        """What stands in the inputs now is what was there before."""
        self._before = {key: entry.read() for key, entry in self.entries.items()}
        values = {key: entry.value() for key, entry in self.entries.items()}
        self._elements = {key: value for key, value in values.items() if isinstance(value, Mapping)}

    def load_record(self, group: str, record: object | None) -> None:
        """Show the fields of a record in the inputs of a group; without one they are empty."""
        keys = [key for key in self.entries if key.startswith(f"{group}.")]
        before, elements = self._before, self._elements
        self.load({key: getattr(record, key.partition(".")[2], None) for key in keys})
        self._before = before | {key: self._before[key] for key in keys}
        self._elements = elements | {key: self._elements[key] for key in keys if key in self._elements}

    def typed(self, *, whole: bool = False) -> dict[str, Any]:
        """What was changed, as it stands in the inputs; `whole` gives all."""
        return {key: now for key, entry in self.entries.items() if (now := entry.read()) != self._before[key] or whole}

    def before(self) -> dict[str, Any]:
        """What stood in the inputs that were changed whose content can be merged, for drafts."""
        return {key: self._before[key] for key in self.typed() if self.entries[key].merge}

    def write(self, typed: Mapping[str, Any], before: Mapping[str, Any] | None = None) -> None:
        """Take up what was typed earlier; inputs that this version doesn't have are passed over."""
        for key, text in typed.items():
            entry = self.entries.get(key)
            if entry is None:
                continue
            merges = entry.merge is not None and before is not None and key in before
            entry.write(entry.merge(before[key], text, entry.read()) if merges else text)  # type: ignore[index,misc]

    def values(self, group: str, *, whole: bool = False) -> dict[str, Any]:
        """Field -> value of the inputs of a group that were changed, elements as well; `whole` gives all."""
        keys = [key for key in self.typed(whole=whole) if key.startswith(f"{group}.")]
        return {key.partition(".")[2]: self._value(key, whole=whole) for key in keys}

    def gone(self, group: str) -> dict[str, frozenset[str]]:
        """Field -> the elements that were there and were taken away."""
        now = {key: self.entries[key].value() for key in self._elements if key.startswith(f"{group}.")}
        return {key.partition(".")[2]: frozenset(self._elements[key]) - frozenset(now[key]) for key in now}

    def _value(self, key: str, *, whole: bool) -> Any:
        value, old = self.entries[key].value(), self._elements.get(key)
        if whole or old is None:
            return value
        return {name: part for name, part in value.items() if name not in old or old[name] != part}

    def problems(self) -> dict[str, str]:
        """Key -> what is wrong, in visual order; says it under each field as well."""
        return {key: problem for key, entry in self.entries.items() if (problem := entry.judge())}

    def words(self, key: str) -> str:
        """What an input is called."""
        return t(f"{self._area}.field.{key.partition('.')[2]}")

    # -- making inputs -------------------------------------------------------------------------------------------------

    def line(self, key: str, limit: int = 200, *, required: bool = False) -> Field:
        entry = line_edit(limit=limit)
        made = self.field(key, entry)

        def problem() -> str:
            return t("resident.error.needed") if required and not entry.text().strip() else ""

        self._add(
            key,
            Entry(entry, made, entry.text, entry.setText, lambda: _text(entry.text()), _loader(entry.setText), problem),
        )
        entry.textChanged.connect(self._edited)
        if required:
            entry.editingFinished.connect(lambda: made.wrong(problem()))
        return made

    def text(self, key: str, lines: int = 2, limit: int = TEXT_LIMIT) -> Field:
        entry = text_edit(lines=lines)
        made = self.field(key, entry)

        def problem() -> str:
            return t("resident.error.too_long", limit=limit) if len(entry.toPlainText()) > limit else ""

        read, write = entry.toPlainText, entry.setPlainText
        self._add(key, Entry(entry, made, read, write, lambda: _text(read()), _loader(write), problem))
        entry.textChanged.connect(self._edited)
        return made

    def choice(self, key: str, options: Iterable[tuple[str, str]]) -> Field:
        entry = Choice(options, empty=t("resident.choose"))
        made = self.field(key, entry)

        def choose(value: str | None) -> None:
            if value and entry.findData(value) < 0:  # a value that only a newer version knows: keep it
                entry.addItem(value, value)
            entry.choose(value)

        self._add(key, Entry(entry, made, lambda: entry.value, choose, lambda: entry.value, choose))
        entry.currentIndexChanged.connect(self._edited)
        return made

    def date(self, key: str, today: str = "", *, allows_today: bool = False) -> Field:
        entry = DateField(today=today, allows_today=allows_today)
        made = self.field(key, entry)

        def write(text: str) -> None:
            entry.typed = text

        self._add(
            key,
            Entry(entry, made, lambda: entry.typed, write, lambda: entry.edtf, entry.set_edtf, lambda: entry.problem),
        )
        entry.changed.connect(self._edited)
        return made

    def tick(self, key: str) -> QCheckBox:
        """Yes, or not said; one that was said is taken back as no."""
        entry = QCheckBox(self.words(key))
        known: list[bool | None] = [None]

        def load(value: bool | None) -> None:  # noqa: FBT001 - a stored value
            known[0] = value
            entry.setChecked(bool(value))

        def value() -> bool | None:
            return True if entry.isChecked() else None if known[0] is None else False

        self._add(key, Entry(entry, None, entry.isChecked, entry.setChecked, value, load))
        entry.toggled.connect(self._edited)
        return entry

    def listed(self, key: str, *, levels: bool = False) -> Field:
        """Elements in one line, separated by semicolons; with `levels` each may say more: `Inggris (mahir)`.

        An element is kept as True, with levels as what stands in the brackets, `-` for nothing. Commas separate too,
        unless one that was loaded has a comma itself: `Ahmad Yani, S.Pd`.
        """
        made = self.line(key)
        old = self.entries[key]
        known: dict[str, tuple[str, Any]] = {}

        def parts(text: str) -> list[str]:
            has_comma = any("," in each for each in known)
            found = (text if has_comma else text.replace(",", _BETWEEN)).split(_BETWEEN)
            return [tidy for part in found if (tidy := " ".join(part.split()))]

        def new(part: str) -> tuple[str, Any]:
            return _with_level(part) if levels else (part, True)

        def value() -> dict[str, Any]:
            return dict(known.get(part) or new(part) for part in parts(str(old.read())))

        def load(value: Any) -> None:
            known.clear()
            for name, said in (value or {}).items():
                if said:
                    shown = f"{name} ({said})" if levels and said not in {True, NO_LEVEL} else name
                    known[" ".join(shown.split())] = (name, said)
            old.write(f"{_BETWEEN} ".join(known))

        merge = partial(restoring.line, parts, between=f"{_BETWEEN} ")
        self.entries[key] = Entry(old.widget, old.box, old.read, old.write, value, load, old.problem, merge=merge)
        return made

    def add(self, key: str, entry: Entry, changed: Any) -> None:
        """An input of another kind, with the signal that tells of its changes."""
        self._add(key, entry)
        changed.connect(self._edited)

    def field(self, key: str, entry: QWidget) -> Field:
        """An input of any kind below its words, with the hint that the catalogue has for it."""
        name = key.partition(".")[2]
        hint = t(f"{self._area}.hint.{name}") if f"hint.{name}" in catalogue(self._area) else ""
        made = Field(self.words(key), entry, hint)
        for each in (made, entry):  # `put_in_order` can't move a proxy's owner: it would draw Tab from the end to here
            each.setFocusProxy(None)  # type: ignore[arg-type] # the stubs know no None
        return made

    def _add(self, key: str, entry: Entry) -> None:
        self.entries[key] = entry
        self._before[key] = entry.read()

    def _edited(self) -> None:
        if not self._is_loading:
            self.changed.emit()


def listed(elements: Mapping[str, Any]) -> list[str]:
    """Elements as one writes them: those that are there, each with what is known of it in brackets."""
    known = ((name, said) for name, said in elements.items() if said)
    return [name if said in {True, NO_LEVEL} else f"{name} ({said})" for name, said in known]


def _with_level(part: str) -> tuple[str, str]:
    name, bracket, level = part.partition(" (")
    return (name, level.removesuffix(")").strip() or NO_LEVEL) if bracket else (part, NO_LEVEL)


def _text(typed: str) -> str | None:
    """What was typed or pasted without signs that nobody sees; Qt shows a pasted line break as such a sign."""
    return "".join(char if char.isprintable() or char == "\n" else " " for char in typed).strip() or None


def _loader(write: Callable[[str], None]) -> Callable[[str | None], None]:
    return lambda value: write(value or "")
