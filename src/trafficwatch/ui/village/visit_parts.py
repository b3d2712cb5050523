# SPDX-License-Identifier: GPL-3.0-or-later
"""The parts of the form of a visit: who was met, the list of readiness, what was explained, what was agreed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QPushButton, QVBoxLayout, QWidget

from trafficwatch.models.migration import HomeVisit
from trafficwatch.registry.checklists import Item, departure_information, home_visit
from trafficwatch.registry.visits import SHEET, what_is_missing
from trafficwatch.texts import current_language, t
from trafficwatch.ui.shell.desk import Desk
from trafficwatch.ui.village import restoring
from trafficwatch.ui.village.journey_answers import Answers, Asked
from trafficwatch.ui.village.resident_form import Entry, Form
from trafficwatch.ui.village.resident_sections import beside
from trafficwatch.ui.widgets.choice_line import YES, Option
from trafficwatch.ui.widgets.parts import card, label


def about_card(desk: Desk, form: Form) -> QFrame:
    made, column = card(t("visit.section.about"))
    beside(column, form.date("visit.visited_on", desk.today, allows_today=True), form.line("visit.met"))
    beside(column, form.line("visit.accompanied_by"))
    return made


def readiness_card(form: Form) -> QFrame:
    """The list of P2/2024 II.B.1.f.1, answered yes, no or not known."""
    made, column = card(t("visit.section.readiness"), t("visit.readiness_help"))
    answers = Answers([_asked(item) for item in home_visit().items], t("visit.section.readiness"))
    form.add("visit.readiness", answers.entry(), answers.changed)
    column.addWidget(answers)
    return made


def explained_card(form: Form) -> QFrame:
    """What is owed before a departure (PP 59/2021 art. 4(4)), each once it was explained."""
    made, column = card(t("visit.section.explained"), t("visit.explained_help"))
    option = Option(YES, t("visit.explained_yes"))
    ticks = Answers([_asked(item) for item in departure_information().items], t("visit.section.explained"), [option])

    def value() -> dict[str, bool]:
        return dict.fromkeys(ticks.answers, True)

    def load(stored: Any) -> None:
        ticks.show_answers({code: YES for code, done in (stored or {}).items() if done})

    made_of = Entry(ticks, None, value, load, value, load, merge=restoring.answers)
    form.add("visit.explained", made_of, ticks.changed)
    column.addWidget(ticks)
    return made


def agreed_card(desk: Desk, form: Form, print_sheet: QPushButton) -> QFrame:
    made, column = card(t("visit.section.agreed"))
    column.addWidget(label(t("visit.sheet_help"), "soft"))
    column.addWidget(print_sheet, 0, Qt.AlignmentFlag.AlignLeft)
    column.addWidget(form.tick("visit.sheet_left"))
    column.addWidget(form.text("visit.agreed", 3))
    beside(column, form.date("visit.next_visit_on", desk.today))
    return made


class Missing(QWidget):
    """What the next visit should settle, by the answers so far."""

    def __init__(self) -> None:
        super().__init__()
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        frame, column = card(t("visit.section.missing"))
        outer.addWidget(frame)
        self.words = label("", "strong")
        self.items = label("")
        column.addWidget(self.words)
        column.addWidget(self.items)

    def tell(self, visit: HomeVisit) -> None:
        language = current_language()
        found = what_is_missing(visit)
        is_begun = bool(visit.readiness or visit.explained or visit.sheet_left)
        self.words.setText(_how_much(len(found)) if is_begun else t("visit.nothing_answered"))
        said = {item.code: item.words.said(language) for item in _all_items()} | {SHEET: t("visit.missing_sheet")}
        self.items.setText("\n".join(f"• {said[code]}" for code in found))
        self.items.setVisible(is_begun and bool(found))


def _how_much(count: int) -> str:
    return t("visit.missing_count", count=count) if count else t("visit.missing_none")


def _all_items() -> Iterable[Item]:
    yield from home_visit().items
    yield from departure_information().items


def _asked(item: Item) -> Asked:
    language = current_language()
    hint = item.hint.said(language) if item.hint else ""
    return Asked(item.code, item.words.said(language), hint, t(f"journey_rules.checklist.group.{item.group}"))
