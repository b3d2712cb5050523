# SPDX-License-Identifier: GPL-3.0-or-later
"""The papers a person holds, and whether they are true (P2/2024 II.B.1.f.2): a line each, opened to write in it.

Only papers that somebody spoke of have a line; another kind is added below. A line that is stored can't be taken away
here, a new one can. Of a stored line only what was changed is given back, so that neither saving nor an old draft
undoes what came meanwhile. Beside each other or, when the letters are large, below each other.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLineEdit, QPushButton, QVBoxLayout, QWidget

from trafficwatch.models.dates import PartialDate
from trafficwatch.models.migration import DocumentKind, Found, Seen
from trafficwatch.texts import current_language, t
from trafficwatch.texts.labels import label as words
from trafficwatch.ui.theme.look import COMPACT_FROM, look, px
from trafficwatch.ui.theme.palette import Tone
from trafficwatch.ui.widgets.date_field import DateField, written
from trafficwatch.ui.widgets.parts import Choice, Field, button, chip, label, line_edit

FOUND_TONES = {
    Found.TRUE.value: Tone.OK,
    Found.DOUBTFUL.value: Tone.WARN,
    Found.FALSE.value: Tone.DANGER,
    Found.UNCHECKED.value: Tone.NEUTRAL,
}
FOUND_ICONS = {Found.TRUE.value: "document-check", Found.UNCHECKED.value: "question"}
_TEXTS = {"number": 100, "issuer": 200, "checked_against": 200, "remark": 2000}
"""Fields of free text and how long they may be."""
_DATES = ("issued_on", "valid_until")
_ORDER = ("seen", "found", "number", "issuer", *_DATES, "checked_against", "remark")
FIELDS = ("kind", *_ORDER, "states")
"""What a line holds of a paper."""
_STATES = {"name": 200, "birth_date": 60, "address": 500}
"""What the paper itself says, as it is written there: for comparing papers with each other."""


@dataclass(frozen=True, slots=True)
class Paper:
    """One line, `fields` as in `models.migration.Document`; of a line that was changed only those. `id` None if new."""

    id: str | None
    fields: Mapping[str, Any]


class DocumentChecks(QWidget):
    """The lines; `papers` are those that somebody changed, `typed` the same for drafts."""

    changed = Signal()
    rebuilt = Signal()
    """Lines came or went: whoever holds this widget puts Tab in order."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[PaperLine] = []
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(px(8))
        self._none = label(t("widgets.paper.none"), "soft")
        outer.addWidget(self._none)
        holder = QWidget()
        self._list = QVBoxLayout(holder)
        self._list.setContentsMargins(0, 0, 0, 0)
        self._list.setSpacing(px(8))
        outer.addWidget(holder)
        self.kind = Choice([(kind.value, words("document_kind", kind.value)) for kind in DocumentKind])
        self.kind.setAccessibleName(t("widgets.paper.kind"))
        self.add = button(t("widgets.paper.add"), self._add_pressed, icon_name="plus")
        adding = QVBoxLayout() if look().zoom >= COMPACT_FROM else QHBoxLayout()
        adding.setSpacing(px(8))
        adding.addWidget(self.kind)
        adding.addWidget(self.add, 0, Qt.AlignmentFlag.AlignLeft)
        if isinstance(adding, QHBoxLayout):
            self.kind.setMinimumWidth(px(300))
            adding.addStretch(1)
        outer.addLayout(adding)

    @property
    def papers(self) -> list[Paper]:
        """Lines that are new or were changed."""
        return [line.paper for line in self.lines if line.is_changed]

    @property
    def problem(self) -> str:
        """What keeps the papers from being saved: a date that is none."""
        return next((line.problem for line in self.lines if line.problem), "")

    @property
    def typed(self) -> list[dict[str, Any]]:
        """New lines, and what was changed in the others."""
        return [{"id": line.id, "kind": line.kind, **line.typed} for line in self.lines if line.is_changed]

    @typed.setter
    def typed(self, lines: Sequence[Mapping[str, Any]]) -> None:
        for line in [line for line in self.lines if line.id is None]:
            self._drop(line)
        known = {line.id: line for line in self.lines}
        for each in lines:
            fields = {name: value for name, value in each.items() if name != "id"}
            line = known.get(each["id"]) or self._append(Paper(None, {"kind": fields["kind"]}))
            line.write(fields)
            line.open()
        self._choose_next()
        self.rebuilt.emit()
        self.changed.emit()

    def setFocus(self, reason: Qt.FocusReason = Qt.FocusReason.OtherFocusReason) -> None:  # noqa: N802 - Qt's name
        """Stand where something has to be mended, on the first line, or where one is added."""
        wrong = next((line for line in self.lines if line.problem), None)
        if wrong is not None:
            wrong.mend(reason)
        else:
            (self.lines[0].toggle if self.lines else self.kind).setFocus(reason)

    def set_papers(self, papers: Sequence[Paper]) -> None:
        """Show stored papers, closed."""
        while self.lines:
            self._drop(self.lines[-1])
        for paper in papers:
            self._append(paper)
        self._choose_next()
        self.rebuilt.emit()

    def _append(self, paper: Paper) -> PaperLine:
        line = PaperLine(paper)
        line.changed.connect(self.changed)
        line.removed.connect(lambda: self._remove(line))
        self.lines.append(line)
        self._list.addWidget(line)
        line.show()
        self._none.hide()
        return line

    def _drop(self, line: PaperLine) -> None:
        self.lines.remove(line)
        self._list.removeWidget(line)
        line.hide()
        line.deleteLater()
        self._none.setVisible(not self.lines)

    def _remove(self, line: PaperLine) -> None:
        self.add.setFocus()
        self._drop(line)
        self._choose_next()
        self.changed.emit()

    def _add_pressed(self) -> None:
        line = self._append(Paper(None, {"kind": self.kind.value, "found": Found.UNCHECKED.value}))
        self.rebuilt.emit()
        line.open()
        line.seen.setFocus()
        self._choose_next()
        self.changed.emit()

    def _choose_next(self) -> None:
        """Offer the first kind that has no line yet."""
        there = {line.kind for line in self.lines}
        self.kind.choose(next((kind.value for kind in DocumentKind if kind not in there), DocumentKind.OTHER.value))


class PaperLine(QFrame):
    """One paper: what it is, how it was seen and what was found; opened, all that is written about it."""

    changed = Signal()
    removed = Signal()

    def __init__(self, paper: Paper) -> None:
        super().__init__()
        self.id = paper.id
        self.kind: str = paper.fields["kind"]
        self._chip: QFrame | None = None
        self.setProperty("box", "sunken")
        self._name = words("document_kind", self.kind)
        self.setAccessibleName(self._name)
        column = QVBoxLayout(self)
        column.setContentsMargins(px(12), px(8), px(12), px(8))
        column.setSpacing(px(8))
        column.addLayout(self._head())
        self.inside = QWidget()
        column.addWidget(self.inside)
        self._fill_inside()
        self.inside.hide()
        self._stated = frozenset(paper.fields.get("states") or ())
        days = {name: PartialDate.from_edtf(paper.fields.get(name) or "") for name in _DATES}
        self.write({**paper.fields, **{name: written(day) for name, day in days.items()}})
        self._before = self._fields() if paper.id else {}

    @property
    def typed(self) -> dict[str, Any]:
        """What was changed, and all of a new line; dates as they were typed."""
        now, before = self._fields(), self._before
        changed = {name: value for name, value in now.items() if name not in before or value != before[name]}
        if "states" in changed:
            old = before.get("states", {})
            changed["states"] = {name: text for name, text in now["states"].items() if text != old.get(name, "")}
        return changed

    @property
    def paper(self) -> Paper:
        """The same as it is stored."""
        return Paper(
            self.id, {name: self.dates[name].edtf if name in _DATES else it for name, it in self.typed.items()}
        )

    @property
    def problem(self) -> str:
        return next((day.problem for day in self.dates.values() if not day.is_valid), "")

    @property
    def is_changed(self) -> bool:
        return self._fields() != self._before

    def write(self, fields: Mapping[str, Any]) -> None:
        """Put values in; what is not among them stays."""
        for name, value in fields.items():
            if name in self._texts:
                self._texts[name].setText(value or "")
            elif name in self.dates:
                self.dates[name].typed = value or ""
        for name, value in (fields.get("states") or {}).items():
            if name in self._states:
                self._states[name].setText(value or "")
        if "seen" in fields:
            self.seen.choose(fields["seen"])
        if "found" in fields:
            self.found.choose(fields["found"] or Found.UNCHECKED.value)
        self._tell()

    def open(self) -> None:
        if self.inside.isHidden():
            self._toggle()

    def mend(self, reason: Qt.FocusReason) -> None:
        """Stand in the first date that is none."""
        self.open()
        next(day for day in self.dates.values() if not day.is_valid).setFocus(reason)

    def _fields(self) -> dict[str, Any]:
        """All that stands in the line, dates as they were typed."""
        texts = {name: entry.text().strip() or None for name, entry in self._texts.items()}
        days = {name: day.typed.strip() or None for name, day in self.dates.items()}
        fields = {"kind": self.kind, "seen": self.seen.value, "found": self.found.value, **texts, **days}
        said = {name: entry.text().strip() for name, entry in self._states.items()}
        states = {name: text for name, text in said.items() if text or name in self._stated}
        return {**fields, "states": states} if states else fields

    def _head(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setHorizontalSpacing(px(12))
        grid.setVerticalSpacing(px(4))
        stacked = look().zoom >= COMPACT_FROM
        middle = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        grid.addWidget(label(self._name, "strong"), 0, 0)
        self._summary = label("", "soft")
        grid.addWidget(self._summary, 1, 0)
        self._chips = QHBoxLayout()
        grid.addLayout(self._chips, *((2, 0) if stacked else (0, 1, 2, 1)))
        self.toggle: QPushButton = button(t("widgets.paper.open"), self._toggle)
        self.toggle.setAccessibleName(t("widgets.paper.open_this", paper=self._name))
        if stacked:
            grid.addWidget(self.toggle, 3, 0, middle)
        else:
            grid.addWidget(self.toggle, 0, 2, 2, 1, middle)
        grid.setColumnStretch(0, 1)
        return grid

    def _fill_inside(self) -> None:
        self.seen = Choice([(seen.value, words("seen", seen.value)) for seen in Seen], empty=t("widgets.paper.choose"))
        self.found = Choice([(found.value, words("found", found.value)) for found in Found])
        self.found.choose(Found.UNCHECKED.value)
        self._texts: dict[str, QLineEdit] = {name: line_edit(limit=limit) for name, limit in _TEXTS.items()}
        self._states: dict[str, QLineEdit] = {name: line_edit(limit=limit) for name, limit in _STATES.items()}
        self.dates = {name: DateField() for name in _DATES}
        known = {"seen": self.seen, "found": self.found, **self._texts, **self.dates}
        entries: dict[str, QWidget] = {name: known[name] for name in _ORDER}
        entries |= {f"states_{name}": entry for name, entry in self._states.items()}
        grid = QGridLayout(self.inside)
        grid.setContentsMargins(0, 0, 0, px(4))
        grid.setSpacing(px(10))
        columns = 1 if look().zoom >= COMPACT_FROM else 2
        for place, (name, entry) in enumerate(entries.items()):
            words_for = t(f"widgets.paper.{name}")
            entry.setAccessibleName(t("widgets.paper.field", paper=self._name, field=words_for))
            field = Field(words_for, entry)
            for each in (field, entry):  # made late, a proxy would draw Tab from the page's end to it
                each.setFocusProxy(None)  # type: ignore[arg-type] # the stubs know no None
            grid.addWidget(field, place // columns, place % columns, Qt.AlignmentFlag.AlignTop)
        for column in range(columns):
            grid.setColumnStretch(column, 1)
        if self.id is None:
            self.remove = button(t("widgets.paper.remove"), self.removed.emit, role="quiet", icon_name="minus")
            self.remove.setAccessibleName(t("widgets.paper.remove_this", paper=self._name))
            grid.addWidget(self.remove, grid.rowCount(), 0, Qt.AlignmentFlag.AlignLeft)
        for choice in (self.seen, self.found):
            choice.currentIndexChanged.connect(self._edited)
        for text in (*self._texts.values(), *self._states.values()):
            text.textChanged.connect(self._edited)
        for day in self.dates.values():
            day.changed.connect(self._edited)

    def _toggle(self) -> None:
        opens = self.inside.isHidden()
        self.inside.setVisible(opens)
        self.toggle.setText(t("widgets.paper.close") if opens else t("widgets.paper.open"))
        said = (
            t("widgets.paper.close_this", paper=self._name) if opens else t("widgets.paper.open_this", paper=self._name)
        )
        self.toggle.setAccessibleName(said)
        self._tell()

    def _edited(self) -> None:
        self._tell()
        self.changed.emit()

    def _tell(self) -> None:
        """The line in short: how the paper was seen, its number, how long it is valid, what was found."""
        said = in_short(self.seen.value, self._texts["number"].text().strip(), self.dates["valid_until"].edtf)
        self._summary.setText(said)
        self._summary.setVisible(bool(said))
        if self._chip is not None:
            self._chips.removeWidget(self._chip)
            self._chip.hide()
            self._chip.deleteLater()
        self._chip = found_chip(self.found.value)
        self._chips.addWidget(self._chip, 0, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self._chip.show()


def found_chip(found: str | None) -> QFrame:
    """What checking a paper gave, in words and colour."""
    value = found or Found.UNCHECKED.value
    return chip(words("found", value), FOUND_TONES[value], FOUND_ICONS.get(value, ""))


def in_short(seen: str | None, number: str | None, until: str | None) -> str:
    """How a paper was seen, its number, and until when it is valid."""
    day = PartialDate.from_edtf(until or "").format(current_language()) if until else ""
    parts = [words("seen", seen), t("widgets.paper.no", number=number) if number else ""]
    parts.append(t("widgets.paper.until", day=day) if day else "")
    return " · ".join(part for part in parts if part)
