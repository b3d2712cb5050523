# SPDX-License-Identifier: GPL-3.0-or-later
"""Telephone numbers and whose they are: one number however it is written, nothing lost that nobody touched."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from trafficwatch.ui.widgets.phone_list import PhoneList, PhoneRow


@pytest.fixture
def phones(qtbot: QtBot) -> PhoneList:
    made = PhoneList()
    qtbot.addWidget(made)
    made.show()
    return made


def write(qtbot: QtBot, row: PhoneRow, number: str, owner: str = "") -> None:
    row.number.clear()
    qtbot.keyClicks(row.number, number)
    qtbot.keyClicks(row.owner, owner)
    qtbot.keyClick(row.number, Qt.Key.Key_Return)


def word(row: PhoneRow) -> str:
    return " ".join(label.text() for label in row.findChildren(QLabel) if label.isVisibleTo(row))


@pytest.mark.parametrize("typed", ["081234567890", "+62 812 3456 7890", "6281234567890", "812-3456-7890"])
def test_one_number_however_it_is_written(qtbot: QtBot, phones: PhoneList, typed: str) -> None:
    write(qtbot, phones.rows[0], typed, "milik kakak")
    assert phones.phones == {"+6281234567890": "milik kakak"}
    assert phones.rows[0].number.text() == "0812-3456-7890"
    assert (phones.is_valid, word(phones.rows[0])) == (True, "")


@pytest.mark.parametrize(
    ("typed", "odd"),
    [
        ("belum ada", "Nomor ini belum berisi angka."),
        ("21345678", "Awali dengan 0, atau dengan + dan kode negara."),
        ("0812345", "Panjang nomor ini tidak lazim. Periksa lagi."),
    ],
)
def test_an_odd_number_is_pointed_out(qtbot: QtBot, phones: PhoneList, typed: str, odd: str) -> None:
    write(qtbot, phones.rows[0], typed)
    assert word(phones.rows[0]) == odd
    assert phones.is_valid is (typed != "belum ada")


def test_a_short_service_number_and_a_foreign_one_are_not_odd(qtbot: QtBot, phones: PhoneList) -> None:
    write(qtbot, phones.rows[0], "129")
    qtbot.keyClick(phones.add, Qt.Key.Key_Space)
    write(qtbot, phones.rows[1], "+60 12-345 6789")
    assert phones.phones == {"129": "", "+60123456789": ""}
    assert [word(row) for row in phones.rows] == ["", ""]


def test_the_same_number_twice_is_pointed_out(qtbot: QtBot, phones: PhoneList) -> None:
    write(qtbot, phones.rows[0], "0812 3456 7890")
    qtbot.keyClick(phones.add, Qt.Key.Key_Space)
    write(qtbot, phones.rows[1], "+6281234567890")
    assert word(phones.rows[1]) == "Nomor ini sudah ada di atas."


def test_what_nobody_touched_comes_back_as_stored(qtbot: QtBot, phones: PhoneList) -> None:
    stored = {"0840-0000-0001": "sendiri", "0840-0000-0002": "-"}
    phones.set_phones(stored)
    assert phones.phones == stored
    assert phones.rows[1].owner.text() == ""
    qtbot.keyClicks(phones.rows[1].owner, "ibu")
    assert phones.phones == {"0840-0000-0001": "sendiri", "0840-0000-0002": "ibu"}


def test_a_draft_brings_back_what_was_typed_and_keeps_stored_keys(phones: PhoneList) -> None:
    phones.set_phones({"0840-0000-0001": "sendiri"})
    phones.typed = [["0840-0000-0001", "kakak"], ["0812", ""]]
    assert phones.phones == {"0840-0000-0001": "kakak", "0812": ""}
    assert phones.typed == [["0840-0000-0001", "kakak"], ["0812", ""]]


def test_a_row_can_be_taken_away_and_one_always_stays(qtbot: QtBot, phones: PhoneList) -> None:
    phones.set_phones({"0840-0000-0001": "", "0840-0000-0002": ""})
    for _ in range(2):
        with qtbot.waitSignal(phones.changed):
            qtbot.keyClick(phones.rows[0].remove, Qt.Key.Key_Space)
    assert (phones.phones, len(phones.rows)) == ({}, 1)
    assert phones.focusWidget() is phones.rows[0].number


def test_adding_goes_to_an_empty_row_before_it_makes_another(qtbot: QtBot, phones: PhoneList) -> None:
    qtbot.keyClick(phones.add, Qt.Key.Key_Space)
    assert len(phones.rows) == 1
    write(qtbot, phones.rows[0], "129")
    qtbot.keyClick(phones.add, Qt.Key.Key_Space)
    assert len(phones.rows) == 2


def test_every_input_says_which_row_it_is(phones: PhoneList) -> None:
    phones.set_phones({"129": "", "110": ""})
    names = [widget.accessibleName() for row in phones.rows for widget in (row.number, row.owner, row.remove)]
    assert names[:3] == ["Telepon 1: nomor", "Telepon 1: milik siapa", "Hapus telepon 1"]
    assert names[3] == "Telepon 2: nomor"
