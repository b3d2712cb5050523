# SPDX-License-Identifier: GPL-3.0-or-later
"""The second step of taking in a workbook: which sheet, what it was recognised as, and which column goes where.

A known layout is only shown; its columns can be changed when asked for. Of any other table each column gets a choice.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from trafficwatch.registry.workbook.layouts import FIELDS, FREE
from trafficwatch.registry.workbook.take_in import Preview
from trafficwatch.texts import t
from trafficwatch.ui.exchange.rows import side_by_side
from trafficwatch.ui.theme.look import COMPACT_FROM, look, px
from trafficwatch.ui.theme.palette import Tone
from trafficwatch.ui.village.recruiter_words import short
from trafficwatch.ui.village.resident_parts import facts
from trafficwatch.ui.widgets.notice import Notice
from trafficwatch.ui.widgets.parts import Choice, Field, button, card, empty, label
from trafficwatch.ui.widgets.tab_order import put_in_order


class ColumnsStep(QWidget):
    """`asked` tells that another sheet is to be read."""

    asked = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self._seen: Preview | None = None
        self.choices: dict[int, Choice] = {}
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(px(14))

    def put(self, seen: Preview) -> None:
        """Show what was recognised."""
        self._seen = seen
        self.choices.clear()
        empty(self._column)
        if not seen.ready:
            more = t("import_page.columns.name_needed_more")
            self._column.addWidget(Notice(t("import_page.columns.name_needed"), Tone.WARN, more=more))
        self._column.addWidget(self._recognised(seen))
        box, inside = card(t("import_page.columns.title"))
        self._more = label(t("import_page.columns.more"), "soft")
        inside.addWidget(self._more)
        self._columns = inside
        self._shown = QWidget()
        pairs = facts(_pairs(seen))
        pairs.setContentsMargins(0, 0, 0, 0)
        self._shown.setLayout(pairs)
        inside.addWidget(self._shown)
        self.change = button(t("import_page.columns.change"), self.edit, icon_name="settings")
        inside.addLayout(side_by_side(self.change))
        if seen.not_kept and seen.layout != FREE:
            columns = ", ".join(map(short, seen.not_kept))
            inside.addWidget(label(t("import_page.columns.not_kept", columns=columns), "small"))
        self._column.addWidget(box)
        if seen.layout == FREE or not seen.ready:
            self.edit()

    def edit(self) -> None:
        """A choice for each column."""
        seen = self._seen
        if seen is None or self.choices:
            return
        had_focus = self.change.hasFocus()
        self._shown.hide()
        self.change.hide()
        holder = QWidget()
        grid = QGridLayout(holder)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(px(10))
        beside = 1 if look().zoom >= COMPACT_FROM else 2
        fields = [(name, t(f"import_page.field.{name}")) for name in FIELDS]
        for place, (column, heading, sample) in enumerate(_columns(seen)):
            entry = Choice(fields, empty=t("import_page.columns.leave"))
            entry.choose(seen.columns.get(column))
            hint = t("import_page.columns.sample", value=sample) if sample else ""
            field = Field(heading, entry, hint)
            field.setFocusProxy(None)  # type: ignore[arg-type] # `put_in_order` can't move a proxy's owner
            grid.addWidget(field, place // beside, place % beside)
            self.choices[column] = entry
        self._wrong = label("", "error")
        self._wrong.hide()
        self._more.setText(t("import_page.columns.choose"))
        self._columns.insertWidget(2, holder)
        self._columns.insertWidget(3, self._wrong)
        put_in_order(self)
        if had_focus:
            next(iter(self.choices.values())).setFocus()

    def _recognised(self, seen: Preview) -> QWidget:
        box, inside = card(t("import_page.columns.file", file=seen.book.path.name))
        layout = t(f"workbook.layout.{seen.layout}")
        if seen.layout == FREE:
            said = t("import_page.columns.unknown", row=seen.header_row)
        else:
            said = t("import_page.columns.recognised", layout=layout, row=seen.header_row)
        inside.addWidget(label(said, "lead"))
        if len(seen.book.visible) > 1:
            self.sheet = Choice([(name, short(name)) for name in seen.book.visible])
            self.sheet.choose(seen.sheet)
            self.sheet.activated.connect(lambda _: self.asked.emit(self.sheet.value))
            field = Field(t("import_page.columns.sheet"), self.sheet)
            field.setFocusProxy(None)  # type: ignore[arg-type]
            inside.addWidget(field)
        if seen.book.hidden:
            sheets = ", ".join(map(short, seen.book.hidden))
            inside.addWidget(label(t("import_page.columns.hidden", sheets=sheets), "soft"))
        if seen.formulas:
            inside.addWidget(label(t("import_page.columns.formulas", count=seen.formulas), "soft"))
        if seen.merged:
            inside.addWidget(label(t("import_page.columns.merged", count=seen.merged), "soft"))
        return box

    @property
    def chosen(self) -> dict[int, str] | None:
        """The columns as they were changed; None as long as they are those that were recognised."""
        if self._seen is None or not self.choices:
            return None
        chosen = {column: entry.value for column, entry in self.choices.items() if entry.value}
        return None if chosen == dict(self._seen.columns) else chosen

    def judge(self) -> bool:
        """Whether the columns can be taken; says what is wrong with them."""
        chosen = self.chosen
        problem = "" if chosen is None else problem_of(chosen)
        if self.choices:
            self._wrong.setText(problem)
            self._wrong.setVisible(bool(problem))
        if problem:
            next(iter(self.choices.values())).setFocus()
        return not problem


def problem_of(chosen: Mapping[int, str]) -> str:
    """Why these columns can't be taken, '' when they can."""
    fields = list(chosen.values())
    twice = next((name for name in FIELDS if fields.count(name) > 1), None)
    if twice is not None:
        return t("import_page.columns.twice", field=t(f"import_page.field.{twice}"))
    return "" if "name" in fields else t("import_page.columns.name_needed")


def _columns(seen: Preview) -> Iterator[tuple[int, str, str]]:
    """Every column with a heading: its place, its heading, and something that stands in it."""
    for column, heading in enumerate(seen.header):
        if heading:
            cells = (step.row.cells for step in seen.plan.steps)
            sample = next((row[column] for row in cells if column < len(row) and row[column]), "")
            yield column, short(heading), short(sample)


def _pairs(seen: Preview) -> list[tuple[str, str]]:
    """Our field and the heading that it comes from, in the order of our fields."""
    at = {field: column for column, field in seen.columns.items()}
    return [(t(f"import_page.field.{name}"), short(seen.header[at[name]])) for name in FIELDS if name in at]
