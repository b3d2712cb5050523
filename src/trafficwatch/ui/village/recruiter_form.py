# SPDX-License-Identifier: GPL-3.0-or-later
"""Parts of the forms of recruiters, offers and people from elsewhere: telephones, an offer."""

from __future__ import annotations

from typing import Any

from PySide6.QtWidgets import QVBoxLayout, QWidget

from trafficwatch.models.migration import Sector
from trafficwatch.texts import t
from trafficwatch.texts.labels import label as words
from trafficwatch.ui.shell.page import Page
from trafficwatch.ui.theme.look import px
from trafficwatch.ui.village import restoring
from trafficwatch.ui.village.countries import countries
from trafficwatch.ui.village.resident_form import Entry, Form
from trafficwatch.ui.village.resident_sections import beside
from trafficwatch.ui.widgets.parts import Field, label
from trafficwatch.ui.widgets.phone_list import PhoneList


def phones(form: Form, key: str) -> tuple[Field, PhoneList]:
    """The telephones, in a form whose `key` they are."""
    made = PhoneList()
    field = form.field(key, made)
    made.setAccessibleName(field.words.text())

    def write(rows: Any) -> None:
        made.typed = rows

    entry = Entry(
        made,
        None,
        lambda: made.typed,
        write,
        lambda: made.phones,
        lambda value: made.set_phones(value or {}),
        lambda: "" if made.is_valid else t("widgets.phone.no_digits"),
        merge=restoring.phones,
    )
    form.add(key, entry, made.changed)
    return field, made


class OfferForm(QWidget):
    """What somebody offered."""

    def __init__(self, page: Page) -> None:
        super().__init__()
        self.form = Form(self, "recruiters")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(px(12))
        form, today = self.form, page.desk.today
        sectors = [(each.value, words("sector", each.value)) for each in Sector]
        beside(column, form.choice("offer.sector", sectors), form.line("offer.work"))
        beside(column, form.choice("offer.destination_country", countries()), form.line("offer.destination_place"))
        beside(column, form.line("offer.wage"), form.date("offer.heard_on", today, allows_today=True))
        beside(column, form.text("offer.terms"))
        beside(column, form.line("offer.place"), form.line("offer.told_by"))
        self._nothing = label("", "error")
        self._nothing.hide()
        column.addWidget(self._nothing)
        form.changed.connect(self._nothing.hide)

    @property
    def first(self) -> QWidget:
        return self.form.entries["offer.sector"].widget

    def empty(self) -> None:
        """Nothing is typed any more."""
        self.form.load_record("offer", None)
        self._nothing.hide()

    def say_empty(self) -> None:
        """Nothing was typed that could be saved."""
        self._nothing.setText(t("recruiters.offer.nothing"))
        self._nothing.show()
        self.first.setFocus()
