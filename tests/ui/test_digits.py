# SPDX-License-Identifier: GPL-3.0-or-later
"""The 30 digits: typed in groups in one field, forgiven what people type, and read out by a screen reader."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from trafficwatch.ui.widgets.digits import DigitsEntry, DigitsShown, in_groups

DIGITS = "73518 20496 55172 08833 94160 27415"


@pytest.fixture
def entry(qtbot: QtBot) -> DigitsEntry:
    made = DigitsEntry("30 angka")
    qtbot.addWidget(made)
    made.show()
    qtbot.waitExposed(made)
    made.setFocus()
    return made


@pytest.mark.parametrize(
    ("typed", "formed"),
    [
        ("", ""),
        ("735182", "73518 2"),
        (DIGITS.replace(" ", ""), DIGITS),
        (DIGITS.replace(" ", "-"), DIGITS),
        ("  73518   20496\n55172 ", "73518 20496 55172 "),
        ("7351 20496", "7351 20496"),
        ("73518a20496", "73518 20496"),
        ("٧٣٥١٨", ""),
    ],
)
def test_what_is_typed_stands_in_groups(typed: str, formed: str) -> None:
    assert in_groups(typed) == formed
    assert in_groups(formed) == formed


def test_thirty_digits_without_blanks_are_complete(entry: DigitsEntry) -> None:
    QTest.keyClicks(entry.entry, DIGITS.replace(" ", "")[:-1])
    assert not entry.is_complete
    QTest.keyClicks(entry.entry, DIGITS[-1])
    assert (entry.text, entry.is_complete) == (DIGITS, True)
    assert entry.hint.text() == "Lengkap: 30 angka."
    assert not entry.complain()


def test_backspace_and_corrections_in_the_middle_work(entry: DigitsEntry) -> None:
    QTest.keyClicks(entry.entry, "735182049")
    for _ in range(4):
        QTest.keyClick(entry.entry, Qt.Key.Key_Backspace)
    assert entry.text == "73518"
    QTest.keyClicks(entry.entry, "2049")
    entry.entry.setCursorPosition(2)
    QTest.keyClick(entry.entry, Qt.Key.Key_Delete)
    QTest.keyClicks(entry.entry, "5")
    assert entry.text == "73518 2049"
    assert entry.entry.cursorPosition() == 3


def test_a_group_that_ends_early_is_named_as_soon_as_the_next_begins(entry: DigitsEntry) -> None:
    QTest.keyClicks(entry.entry, "73518 2049")
    assert "Kelompok" not in entry.hint.text()
    QTest.keyClicks(entry.entry, " 5")
    assert entry.hint.text().startswith("Kelompok ke-2 baru 4 angka")
    assert entry.entry.accessibleDescription() == entry.hint.text()
    entry.entry.setCursorPosition(10)
    QTest.keyClicks(entry.entry, "6")
    assert entry.text == "73518 20496 5"
    assert "Kelompok" not in entry.hint.text()


def test_a_copied_line_is_taken_and_a_letter_is_named(entry: DigitsEntry) -> None:
    QGuiApplication.clipboard().setText(f" {DIGITS.replace(' ', ' - ')} ")
    QTest.keyClick(entry.entry, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    assert entry.is_complete
    entry.entry.clear()
    QTest.keyClicks(entry.entry, "7x")
    assert (entry.text, entry.hint.text()) == ("7", "Di sini hanya angka; huruf tidak kami masukkan.")


def test_what_is_missing_or_too_much_is_said_when_going_on(entry: DigitsEntry) -> None:
    entry.put("73518 20496")
    assert entry.complain()
    assert entry.hint.text().startswith("Baru 10 dari 30 angka")
    QTest.keyClicks(entry.entry, DIGITS)
    assert entry.hint.text().startswith("Sudah 40 angka")
    assert not entry.is_complete


def test_own_digits_are_large_reachable_and_spelled(qtbot: QtBot) -> None:
    shown = DigitsShown()
    qtbot.addWidget(shown)
    assert shown.isHidden()
    shown.put(DIGITS)
    assert not shown.isHidden()
    assert shown.digits.text().split() == DIGITS.split()
    assert shown.digits.focusPolicy() == Qt.FocusPolicy.TabFocus
    assert "Kelompok 2: 2 0 4 9 6. Kelompok 3: 5 5 1 7 2." in shown.digits.accessibleName()
