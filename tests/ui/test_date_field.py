# SPDX-License-Identifier: GPL-3.0-or-later
"""A date typed as people know it: understood while typing, judged when left, kept with its precision."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from trafficwatch.models.dates import ImpossibleDate, PartialDate
from trafficwatch.texts import set_language
from trafficwatch.ui.widgets.date_field import DateField

TODAY = "2026-11-21"


def field(qtbot: QtBot, *, allows_today: bool = False) -> DateField:
    made = DateField("Tanggal lahir", today=TODAY, allows_today=allows_today)
    qtbot.addWidget(made)
    made.show()
    return made


def said(made: DateField) -> str:
    """What stands below the line."""
    return " ".join(label.text() for label in made.findChildren(QLabel) if label.isVisibleTo(made))


@pytest.mark.parametrize(
    ("typed", "edtf", "understood"),
    [
        ("21-11-1990", "1990-11-21", "Terbaca: 21 November 1990"),
        ("Nov 1990", "1990-11", "Terbaca: November 1990"),
        ("1990", "1990", "Terbaca: 1990"),
        ("sekitar 1990", "1990~", "Terbaca: sekitar 1990"),
        ("tidak tahu", None, "Terbaca: tidak diketahui"),
    ],
)
def test_what_is_typed_is_understood(qtbot: QtBot, typed: str, edtf: str | None, understood: str) -> None:
    made = field(qtbot)
    qtbot.keyClicks(made.entry, typed)
    assert (made.edtf, made.is_valid, said(made)) == (edtf, True, understood)
    assert made.entry.accessibleDescription() == understood


def test_what_is_wrong_is_said_when_the_field_is_left(qtbot: QtBot) -> None:
    made = field(qtbot)
    qtbot.keyClicks(made.entry, "31-02-1990")
    assert (made.is_valid, made.edtf, said(made)) == (False, None, "Teruskan mengetik …")
    qtbot.keyClick(made.entry, Qt.Key.Key_Return)
    assert "28" in said(made)
    assert made.entry.property("wrong") is True
    made.entry.setText("28-02-1990")
    assert (said(made), made.entry.property("wrong")) == ("Terbaca: 28 Februari 1990", False)


def test_t_is_today_in_an_empty_field(qtbot: QtBot) -> None:
    made = field(qtbot, allows_today=True)
    qtbot.keyClicks(made.entry, "t")
    assert (made.typed, made.edtf) == ("21-11-2026", TODAY)


def test_who_goes_on_typing_letters_wanted_a_word(qtbot: QtBot) -> None:
    made = field(qtbot, allows_today=True)
    qtbot.keyClicks(made.entry, "tidak tahu")
    assert (made.typed, made.edtf, made.is_valid) == ("tidak tahu", None, True)


def test_t_is_a_letter_where_something_stands_or_today_makes_no_sense(qtbot: QtBot) -> None:
    made = field(qtbot, allows_today=True)
    qtbot.keyClicks(made.entry, "okt 2020")
    assert made.edtf == "2020-10"
    born = field(qtbot)
    qtbot.keyClicks(born.entry, "t")
    assert born.typed == "t"


def test_every_edit_is_told(qtbot: QtBot) -> None:
    made = field(qtbot)
    with qtbot.waitSignal(made.changed):
        qtbot.keyClicks(made.entry, "1")


def test_its_label_names_the_line_to_a_screen_reader(qtbot: QtBot) -> None:
    made = field(qtbot)
    made.setAccessibleName("Tanggal berangkat")
    assert made.entry.accessibleName() == "Tanggal berangkat"


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(
    year=st.integers(1900, 2100),
    month=st.none() | st.integers(1, 12),
    day=st.none() | st.integers(1, 31),
    about=st.booleans(),
    language=st.sampled_from(["id", "en"]),
)
def test_a_stored_date_comes_back_unchanged(
    qtbot: QtBot, year: int, month: int | None, day: int | None, about: bool, language: str
) -> None:
    try:
        date = PartialDate(year, month, day if month else None, about=about)
    except ImpossibleDate:
        return
    set_language("id" if language == "id" else "en")
    made = field(qtbot)
    made.set_edtf(date.edtf)
    assert made.edtf == date.edtf
