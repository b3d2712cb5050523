# SPDX-License-Identifier: GPL-3.0-or-later
"""What a NIK says, beside its field: what is odd about it, where it was first given, whose card has it already.

It warns and never blocks: a wrong card is itself worth knowing. Sex and date of birth are filled in from it only where
nothing stands yet, and the page says so.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Literal, cast

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from trafficwatch.errors import ExpectedError
from trafficwatch.models.dates import ImpossibleDate, PartialDate
from trafficwatch.models.identity import NikWarning, check_nik
from trafficwatch.models.people import Sex
from trafficwatch.models.places import dotted
from trafficwatch.registry.browse import ResidentRow, similar
from trafficwatch.texts import t
from trafficwatch.ui.shell.desk import Desk
from trafficwatch.ui.theme.look import px
from trafficwatch.ui.village.resident_form import Form
from trafficwatch.ui.widgets.parts import button, label

_WOMAN_OFFSET = 40
_OLDEST = 100
"""Whoever would be older than this was born a century later; who could be either is not guessed."""
_AREA_DIGITS = 6
_TELLS_NOTHING = {NikWarning.NOT_DIGITS, NikWarning.WRONG_LENGTH, NikWarning.TEMPORARY, NikWarning.NO_SUCH_DATE}


class NikWords(QWidget):
    """Stands below the field and reads it together with date of birth and sex."""

    def __init__(self, desk: Desk, form: Form, person_id: Callable[[], str | None]) -> None:
        super().__init__()
        self._desk, self._form, self._person_id = desk, form, person_id
        self._asked = ""
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(px(4))
        self.warning = label("", "strong")
        self.warning.setProperty("tone", "warn")
        self.filled = label("", "small")
        self.region = label("", "small")
        self.same = button("", self._open_same, role="link")
        for widget in (self.warning, self.filled, self.region):
            widget.hide()
            column.addWidget(widget)
        self.same.hide()
        column.addWidget(self.same, 0, Qt.AlignmentFlag.AlignLeft)
        self._same_id = ""
        self._fit()
        self._entry = form.entries["person.nik"].widget
        form.changed.connect(self.read)
        self._entry.editingFinished.connect(self.left)  # type: ignore[attr-defined]

    def read(self) -> None:
        """Say what is odd, now; nothing while it is still too short because it is being typed."""
        found = check_nik(self._typed(), self._birth(), self._sex())
        warnings = found.warnings
        if self._entry.hasFocus():
            warnings = tuple(each for each in warnings if each is not NikWarning.WRONG_LENGTH)
        self._say(self.warning, " ".join(t(f"resident.nik.{each}") for each in warnings))
        self._entry.setAccessibleDescription(self.warning.text())

    def left(self) -> None:
        """The field is complete: fill in what it tells, ask where it was given and who has it."""
        self.read()
        found = check_nik(self._typed(), self._birth(), self._sex())
        if found.nik == self._asked:
            return
        self._asked = found.nik
        self._say(self.region, "")
        self._say(self.filled, "")
        self.same.hide()
        self._fit()
        if not found.nik:
            return
        self._desk.tasks.work(
            self, lambda work: similar(work, "", None, found.nik), self._show_same, lambda _: None, slot="same"
        )
        if _TELLS_NOTHING & set(found.warnings):
            return
        self._fill(found.nik)
        self._desk.tasks.do(
            self,
            lambda: self._desk.places.get(dotted(found.nik[:_AREA_DIGITS])).path,
            lambda path: self._say(self.region, t("resident.nik.region", place=path)),
            lambda _: None,
            slot="region",
        )

    def failed(self, error: ExpectedError) -> None:
        """Nothing here is needed to go on."""

    def _say(self, place: QLabel, said: str) -> None:
        place.setText(said)
        place.setVisible(bool(said))
        self._fit()

    def _fit(self) -> None:
        """Take no room while there is nothing to say."""
        self.setVisible(any(not each.isHidden() for each in (self.warning, self.filled, self.region, self.same)))

    def _typed(self) -> str:
        return str(self._form.entries["person.nik"].read())

    def _birth(self) -> PartialDate | None:
        try:
            found = PartialDate.parse(self._form.entries["person.birth_date"].read())
        except ImpossibleDate:
            return None
        return found if found.year else None

    def _sex(self) -> Literal["f", "m"] | None:
        return cast("Literal['f', 'm'] | None", self._form.entries["person.sex"].value())

    def _fill(self, nik: str) -> None:
        birth, sex = told_by(nik, date.fromisoformat(self._desk.today))
        filled = []
        for key, value in (("person.birth_date", birth), ("person.sex", sex)):
            entry = self._form.entries[key]
            if value and not entry.read():
                entry.load(value)
                filled.append(t(f"resident.field.{key.partition('.')[2]}"))
        if filled:
            self._say(self.filled, t("resident.nik.filled", fields=", ".join(filled)))

    def _show_same(self, rows: tuple[ResidentRow, ...]) -> None:
        others = [row for row in rows if row.id != self._person_id()]
        self.same.setVisible(bool(others))
        if others:
            self._same_id = others[0].id
            self.same.setText(t("resident.nik.same", name=others[0].name))
        self._fit()

    def _open_same(self) -> None:
        self._desk.go("resident", person_id=self._same_id)


def told_by(nik: str, today: date) -> tuple[str | None, str | None]:
    """Date of birth (EDTF) and sex that a NIK of 16 digits tells; None for what it doesn't tell for certain."""
    day, month, year = int(nik[6:8]), int(nik[8:10]), int(nik[10:12])
    sex = Sex.FEMALE if day > _WOMAN_OFFSET else Sex.MALE
    possible = []
    for century in (1900, 2000):
        try:
            born = date(century + year, month, day - _WOMAN_OFFSET * (sex is Sex.FEMALE))
        except ValueError:
            continue
        if born <= today and today.year - born.year <= _OLDEST:
            possible.append(born)
    return (PartialDate.of(possible[0]).edtf if len(possible) == 1 else None), sex.value
