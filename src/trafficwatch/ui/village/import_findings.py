# SPDX-License-Identifier: GPL-3.0-or-later
"""The third step of taking in a workbook: how many rows become what, and which ones somebody should look at.

Each kind of finding is a list of its own, a page at a time: refused rows with column and reason; rows that look like
somebody known, each of which can be declared to be somebody else; what differs from the register and stays; remarks.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import partial

from PySide6.QtCore import QLocale, Signal
from PySide6.QtWidgets import QCheckBox, QFrame, QGridLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from trafficwatch.registry.workbook.plan import Difference, Outcome, Step
from trafficwatch.registry.workbook.take_in import Preview
from trafficwatch.registry.workbook.writing import reason_words
from trafficwatch.texts import current_language, t
from trafficwatch.texts.labels import label as words
from trafficwatch.ui.exchange.rows import side_by_side
from trafficwatch.ui.theme.look import COMPACT_FROM, look, px
from trafficwatch.ui.theme.palette import Tone
from trafficwatch.ui.village.recruiter_words import day_words, short
from trafficwatch.ui.widgets.lines import Line, Lines, Pager
from trafficwatch.ui.widgets.parts import button, card, label
from trafficwatch.ui.widgets.tab_order import put_in_order

AT_ONCE = 25
KINDS = ("refused", "alike", "differs", "remarks")
_ICONS = {"refused": "error", "differs": "info", "remarks": "question"}
_TONES = {"refused": Tone.WARN, "differs": Tone.INFO, "remarks": Tone.NEUTRAL}
_GROUPS = {"sex": "sex", "marital_status": "marital", "household_role": "household_role", "residency": "residency"}


class Tiles(QWidget):
    """The four counts, side by side."""

    def __init__(self) -> None:
        super().__init__()
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(px(12))
        beside = 2 if look().zoom >= COMPACT_FROM else len(Outcome)
        self.numbers: dict[Outcome, QLabel] = {}
        self._boxes: dict[Outcome, QFrame] = {}
        for place, outcome in enumerate(Outcome):
            box, inside = card()
            inside.setSpacing(0)
            number = label("", "number")
            inside.addWidget(number)
            inside.addWidget(label(t(f"import_page.tile.{outcome.value}"), "strong"))
            inside.addWidget(label(t(f"import_page.tile.{outcome.value}_more"), "small"))
            inside.addStretch(1)
            self.numbers[outcome], self._boxes[outcome] = number, box
            grid.addWidget(box, place // beside, place % beside)
            grid.setColumnStretch(place % beside, 1)

    def put(self, counts: Mapping[Outcome, int]) -> None:
        for outcome, count in counts.items():
            said = QLocale(current_language()).toString(count)
            self.numbers[outcome].setText(said)
            self._boxes[outcome].setAccessibleName(f"{said} {t(f'import_page.tile.{outcome.value}')}")


class Findings(QWidget):
    """`marked` tells that a row is somebody new after all, or not: (row, whether it is)."""

    marked = Signal(int, bool)

    def __init__(self) -> None:
        super().__init__()
        self._seen: Preview | None = None
        self._as_new: set[int] = set()
        self._alike: tuple[Step, ...] = ()
        self._names: dict[int, str] = {}
        self.kind = KINDS[0]
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(px(10))
        self.buttons: dict[str, QPushButton] = {}
        for kind in KINDS:
            made = button("", partial(self.choose, kind), role="choice")
            made.setCheckable(True)
            self.buttons[kind] = made
        column.addLayout(side_by_side(*self.buttons.values()))
        self.about = label("", "soft")
        column.addWidget(self.about)
        self.list = Lines(t("import_page.findings"), height=420)
        column.addWidget(self.list)
        self._holder = QWidget()
        self._ticks = QVBoxLayout(self._holder)
        self._ticks.setContentsMargins(0, 0, 0, 0)
        self._ticks.setSpacing(px(4))
        column.addWidget(self._holder)
        self.ticks: list[QCheckBox] = []
        self.pager = Pager(AT_ONCE)
        self.pager.turned.connect(self._turn)
        column.addWidget(self.pager)

    def put(self, seen: Preview, as_new: Collection[int]) -> None:
        """Show what was found; the first kind that has anything is chosen."""
        self._as_new = set(as_new)
        self._names = {step.row.number: step.row.fields.get("name", "") for step in seen.plan.steps}
        self._alike = tuple(step for step in seen.plan.steps if step.may_be_new or step.row.number in as_new)
        self.count(seen)
        counts = self._counts(seen)
        kind = next((each for each in KINDS if counts[each]), KINDS[0])
        self.choose(kind)

    def count(self, seen: Preview) -> None:
        """The numbers on the buttons, after the plan changed; a refused row may have come or gone."""
        self._seen = seen
        counts = self._counts(seen)
        for kind, made in self.buttons.items():
            number = QLocale(current_language()).toString(counts[kind])
            made.setText(t(f"import_page.kind.{kind}", count=number))
            made.setVisible(bool(counts[kind]))
        self.setVisible(any(counts.values()))

    def choose(self, kind: str) -> None:
        self.kind = kind
        for name, made in self.buttons.items():
            made.setChecked(name == kind)
        self.about.setText(t(f"import_page.about.{kind}"))
        self._turn(0)

    def _counts(self, seen: Preview) -> dict[str, int]:
        return {
            "refused": sum(bool(step.refusals) for step in seen.plan.steps),
            "alike": len(self._alike),
            "differs": len(seen.differs),
            "remarks": sum(bool(step.remarks) for step in seen.plan.steps),
        }

    def _turn(self, offset: int) -> None:
        seen = self._seen
        if seen is None:
            return
        is_alike = self.kind == "alike"
        self.list.setVisible(not is_alike)
        self._holder.setVisible(is_alike)
        total = self._counts(seen)[self.kind]
        until = offset + AT_ONCE
        if is_alike:
            self._put_ticks(self._alike[offset:until])
        elif self.kind == "differs":
            self.list.put([self._difference(place, one) for place, one in enumerate(seen.differs[offset:until])])
        else:
            self.list.put([self._findings(step) for step in self._steps(seen)[offset:until]])
        self.pager.put(offset, min(AT_ONCE, total - offset), total)

    def _put_ticks(self, steps: Collection[Step]) -> None:
        for old in self.ticks:
            self._ticks.removeWidget(old)
            old.hide()
            old.deleteLater()
        self.ticks.clear()
        for step in steps:
            number = step.row.number
            born = day_words(step.row.fields.get("birth_date")) or t("import_page.no_birth")
            said = t("import_page.alike_line", row=number, name=short(self._names[number]), birth=born)
            tick = QCheckBox(said)
            tick.setChecked(number in self._as_new)
            tick.toggled.connect(partial(self._ticked, number))
            self.ticks.append(tick)
            self._ticks.addWidget(tick)
        put_in_order(self)

    def _ticked(self, number: int, is_new: bool) -> None:  # noqa: FBT001 - Qt's signal
        (self._as_new.add if is_new else self._as_new.discard)(number)
        self.marked.emit(number, is_new)

    def _steps(self, seen: Preview) -> list[Step]:
        """The rows that the chosen list is about."""
        if self.kind == "refused":
            return [step for step in seen.plan.steps if step.refusals]
        return [step for step in seen.plan.steps if step.remarks]

    def _findings(self, step: Step) -> Line:
        """A row with all that is wrong or odd, by column."""
        found = step.refusals if self.kind == "refused" else step.remarks
        number = step.row.number
        name = " · ".join(part for part in (t("import_page.row", row=number), self._names[number]) if part)
        more = "\n".join(reason_words(one) for one in found)
        return Line(str(number), name, more, _TONES[self.kind], _ICONS[self.kind])

    def _difference(self, place: int, one: Difference) -> Line:
        field = t(f"import_page.person.{one.field}")
        name = " · ".join((t("import_page.row", row=one.row), field, self._names.get(one.row, "")))
        kept, offered = _said(one.field, one.kept), _said(one.field, one.offered)
        return Line(
            str(place), name, t("import_page.differs", kept=kept, offered=offered), _TONES["differs"], _ICONS["differs"]
        )


def _said(field: str, value: str) -> str:
    """A stored value in words."""
    if value and field in _GROUPS:
        return words(_GROUPS[field], value)
    return day_words(value) if field == "birth_date" else value
