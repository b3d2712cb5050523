# SPDX-License-Identifier: GPL-3.0-or-later
"""The sections of the form of a resident's card, each at most twelve fields, and the list to choose one from."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from enum import StrEnum
from typing import Any

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QButtonGroup, QGridLayout, QPushButton, QVBoxLayout, QWidget

from trafficwatch.models.migration import Procedural, Stage
from trafficwatch.models.people import ContactWay, HouseholdRole, Marital, NikStatus, Residency, Sex
from trafficwatch.texts import t
from trafficwatch.texts.labels import label as words
from trafficwatch.ui.shell.desk import Desk
from trafficwatch.ui.theme import icons
from trafficwatch.ui.theme.look import COMPACT_FROM, look, px
from trafficwatch.ui.village import restoring
from trafficwatch.ui.village.countries import countries
from trafficwatch.ui.village.relative_list import RelativeList
from trafficwatch.ui.village.resident_form import Entry, Form
from trafficwatch.ui.village.resident_nik import NikWords
from trafficwatch.ui.widgets.document_checks import DocumentChecks
from trafficwatch.ui.widgets.parts import Choice, Field, button, label
from trafficwatch.ui.widgets.phone_list import PhoneList


class Section(QWidget):
    """A heading, a sentence, and inputs in one or two columns."""

    def __init__(self, name: str, title: str = "") -> None:
        super().__init__()
        self.name = name
        self.title = title or t(f"resident.section.{name}")
        self.setAccessibleName(self.title)
        self.keys: list[str] = []
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(px(12))
        column.addWidget(label(self.title, "heading"))
        self._column = column

    def place(self, *fields: QWidget) -> None:
        beside(self._column, *fields)


def beside(column: QVBoxLayout, *fields: QWidget) -> None:
    """One below the other over the whole width, or two of them beside each other."""
    if len(fields) == 1 or look().zoom >= COMPACT_FROM:
        for each in fields:
            column.addWidget(each)
        return
    grid = QGridLayout()
    grid.setHorizontalSpacing(px(16))
    for place, each in enumerate(fields):
        cell = QVBoxLayout()
        cell.addWidget(each)
        cell.addStretch(1)
        grid.addLayout(cell, 0, place)
        grid.setColumnStretch(place, 1)
    column.addLayout(grid)


def identity(desk: Desk, form: Form, person_id: Callable[[], str | None]) -> Section:
    made = Section("identity")
    made.place(form.line("person.name", required=True), form.listed("person.aliases"))
    nik = form.line("person.nik", 32)
    status = form.choice("person.nik_status", [(each.value, words("nik_status", each.value)) for each in NikStatus])
    made.place(nik, status)
    made.place(NikWords(desk, form, person_id))
    birth = form.date("person.birth_date", desk.today)
    made.place(birth, form.choice("person.sex", [(each.value, words("sex", each.value)) for each in Sex]))
    made.place(form.line("person.birth_place"), form.line("person.kk_number", 32))
    roles = [(each.value, words("household_role", each.value)) for each in HouseholdRole]
    made.place(
        form.choice("person.household_role", roles),
        form.choice("person.residency", [(each.value, words("residency", each.value)) for each in Residency]),
    )
    made.place(form.text("person.address"))
    return made


def contact(form: Form) -> Section:
    made = Section("contact")
    made.place(form.tick("contact.do_not_contact"))
    made.place(label(t("resident.contact.ban_help"), "small"))
    ways = [(each.value, words("contact_way", each.value)) for each in ContactWay]
    made.place(form.choice("contact.way", ways), form.line("contact.number", 40))
    made.place(form.line("contact.through"), form.line("contact.hours"))
    made.place(form.line("contact.code_word", 100))
    made.place(form.text("contact.never_tell"))
    phones = PhoneList()
    phones.setAccessibleName(t("resident.field.phones"))
    field = Field(t("resident.field.phones"), phones, t("resident.hint.phones"))
    field.setFocusProxy(None)  # type: ignore[arg-type] # the stubs know no None
    made.place(field)

    def write(rows: Any) -> None:
        phones.typed = rows

    entry = Entry(
        phones,
        None,
        lambda: phones.typed,
        write,
        lambda: phones.phones,
        lambda value: phones.set_phones(value or {}),
        lambda: "" if phones.is_valid else t("widgets.phone.no_digits"),
        merge=restoring.phones,
    )
    form.add("person.phones", entry, phones.changed)
    return made


def family(desk: Desk, form: Form) -> Section:
    made = Section("family")
    marital = [(each.value, words("marital", each.value)) for each in Marital]
    made.place(form.choice("person.marital_status", marital), form.line("person.guardian_name"))
    made.place(form.text("person.guardian_address"))
    relatives = RelativeList(desk.today)
    box = form.field("relatives.relatives", relatives)
    made.place(box)
    form.add("relatives.relatives", relatives.entry(box), relatives.changed)
    made.place(form.line("person.education", 100), form.line("person.occupation"))
    made.place(form.listed("person.skills", levels=True), form.listed("person.languages", levels=True))
    made.place(form.listed("person.trainings", levels=True))
    made.place(form.line("person.religion", 100), form.line("person.nationality", 100))
    made.place(form.text("person.private_note", 3))
    return made


def journey(desk: Desk, form: Form, over: QWidget) -> Section:
    """`over` says that the journey is over, and offers a new one."""
    made = Section("journey")
    made.place(over)
    stages = [(each.value, words("stage", each.value)) for each in Stage]
    made.place(form.choice("journey.stage", stages), form.date("journey.departure_on", desk.today, allows_today=True))
    made.place(form.choice("journey.destination_country", countries()), form.line("journey.destination_place"))
    made.place(form.line("journey.work"), form.line("journey.employer"))
    made.place(form.text("journey.motive"))
    return made


def recruiter(form: Form) -> Section:
    made = Section("recruiter")
    made.place(form.line("journey.recruiter_name"), form.line("journey.recruiter_phone", 40))
    made.place(form.line("journey.agency"), form.line("journey.promised_wage"))
    procedural = [(each.value, words("procedural", each.value)) for each in Procedural]
    made.place(form.choice("journey.procedural", procedural))
    made.place(form.text("journey.debts"))
    return made


def documents(form: Form) -> Section:
    made = Section("documents")
    made.place(label(t("resident.documents.help"), "soft"))
    papers = DocumentChecks()
    papers.setAccessibleName(made.title)
    made.place(papers)

    def write(lines: Any) -> None:
        papers.typed = lines

    entry = Entry(
        papers,
        None,
        lambda: papers.typed,
        write,
        lambda: papers.papers,
        papers.set_papers,
        lambda: papers.problem,
        lambda: bool(papers.lines),
    )
    form.add("documents.papers", entry, papers.changed)
    return made


class StepMark(StrEnum):
    """What the list shows of a section."""

    EMPTY = "empty"
    FILLED = "filled"
    WRONG = "wrong"


_MARK_ICONS = {StepMark.EMPTY: "minus", StepMark.FILLED: "check", StepMark.WRONG: "error"}


class SectionList(QWidget):
    """The sections below each other, one choice when the letters are large; `chosen` carries the number of one."""

    chosen = Signal(int)

    def __init__(self, titles: Sequence[str]) -> None:
        super().__init__()
        self._titles = titles
        self.buttons: list[QPushButton] = []
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(px(6))
        if look().zoom >= COMPACT_FROM:
            self.choice = Choice([(str(place), title) for place, title in enumerate(titles)])
            self.choice.setAccessibleName(t("resident.sections"))
            self.choice.activated.connect(self.chosen)
            column.addWidget(self.choice)
            return
        group = QButtonGroup(self)
        for place, title in enumerate(titles):
            made = button(title, role="step")
            made.setCheckable(True)
            made.setAutoExclusive(True)
            made.setIconSize(QSize(px(18), px(18)))
            made.clicked.connect(lambda _, place=place: self.chosen.emit(place))
            group.addButton(made)
            column.addWidget(made)
            self.buttons.append(made)
        column.addStretch(1)

    def choose(self, place: int) -> None:
        """Mark one; Tab reaches the marked one alone, arrow keys the others."""
        if not self.buttons:
            self.choice.setCurrentIndex(place)
            return
        self.buttons[place].setChecked(True)
        for made in self.buttons:
            policy = Qt.FocusPolicy.StrongFocus if made.isChecked() else Qt.FocusPolicy.ClickFocus
            made.setFocusPolicy(policy)

    def mark(self, place: int, mark: StepMark) -> None:
        """Show whether a section has content or mistakes; also in words for a screen reader."""
        colours = look().colours
        inks = {StepMark.WRONG: colours.danger.ink, StepMark.FILLED: colours.ok.ink}
        said = t(f"resident.mark.{mark}")
        if not self.buttons:
            title = self._titles[place]
            number = t("resident.section_number", place=place + 1, count=len(self._titles), title=title)
            self.choice.setItemText(place, f"{number} ({said})" if mark is StepMark.WRONG else number)
            return
        made = self.buttons[place]
        made.setAccessibleDescription(said)
        colour = colours.on_accent if made.isChecked() else inks.get(mark, colours.soft_text)
        made.setIcon(icons.icon(_MARK_ICONS[mark], colour))
