# SPDX-License-Identifier: GPL-3.0-or-later
"""One question with its answer: keys, taking back, who says so, what a screen reader hears."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QPushButton, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from trafficwatch.models.screening import Answer, By, Entry, Mode, Value
from trafficwatch.screening import questionnaires
from trafficwatch.texts import set_language
from trafficwatch.ui.theme.look import make_look, wear
from trafficwatch.ui.theme.palette import Theme
from trafficwatch.ui.widgets.answer_line import AnswerLine
from trafficwatch.ui.widgets.choice_line import NO, YES, ChoiceLine, Option, walk_from
from trafficwatch.ui.widgets.parts import Choice

QUESTIONNAIRE = questionnaires.newest()
ASKED = QUESTIONNAIRE.entry("E-CAR-DECEIT")
SEEN = QUESTIONNAIRE.entry("G-04")


@pytest.fixture(autouse=True)
def _dressed(qapp: QApplication) -> Iterator[None]:
    wear(qapp, make_look(Theme.LIGHT, 100, is_ppt=False))
    return


@pytest.fixture
def shown(qtbot: QtBot) -> QWidget:
    window = QWidget()
    QVBoxLayout(window)
    qtbot.addWidget(window)
    window.show()
    return window


def line_in(window: QWidget, entry: Entry = ASKED, answer: Answer | None = None) -> AnswerLine:
    line = AnswerLine(entry, answer)
    window.layout().addWidget(line)
    QApplication.processEvents()
    line.setFocus()
    return line


@pytest.mark.parametrize(
    ("key", "value"),
    [
        (Qt.Key.Key_Y, Value.YES),
        (Qt.Key.Key_T, Value.NO),
        (Qt.Key.Key_N, Value.NO),
        (Qt.Key.Key_U, Value.UNKNOWN),
        (Qt.Key.Key_D, Value.DECLINED),
    ],
)
def test_one_key_answers(shown: QWidget, key: Qt.Key, value: Value) -> None:
    line, told = line_in(shown), []
    line.answered.connect(told.append)
    QTest.keyClick(line, key)
    assert line.answer == Answer(value)
    assert told == ["E-CAR-DECEIT"]
    checked = [button.text() for button in line.findChildren(QPushButton) if button.isChecked()]
    assert len(checked) == 1


@pytest.mark.parametrize("key", [Qt.Key.Key_Delete, Qt.Key.Key_Backspace])
def test_an_answer_can_be_taken_back(shown: QWidget, key: Qt.Key) -> None:
    line = line_in(shown)
    QTest.keyClick(line, Qt.Key.Key_Y)
    QTest.keyClick(line, key)
    assert line.answer is None
    assert not any(button.isChecked() for button in line.findChildren(QPushButton))


def test_a_second_click_takes_back_and_another_one_changes(shown: QWidget) -> None:
    line = line_in(shown)
    yes, no, *_ = line.findChildren(QPushButton)
    QTest.mouseClick(yes, Qt.MouseButton.LeftButton)
    assert line.answer == Answer(Value.YES)
    QTest.mouseClick(no, Qt.MouseButton.LeftButton)
    assert (line.answer, yes.isChecked(), no.isChecked()) == (Answer(Value.NO), False, True)
    QTest.mouseClick(no, Qt.MouseButton.LeftButton)
    assert (line.answer, no.isChecked()) == (None, False)
    assert shown.focusWidget() is line


def test_who_says_so_unfolds_after_yes_only(shown: QWidget) -> None:
    line = line_in(shown)
    QTest.keyClick(line, Qt.Key.Key_T)
    assert line.findChildren(QLineEdit) == []
    QTest.keyClick(line, Qt.Key.Key_Y)
    by, note = line.findChild(Choice), line.findChild(QLineEdit)
    assert by.isVisible()
    by.choose("family")
    QTest.keyClicks(note, "yuta, dua kali")
    assert line.answer == Answer(Value.YES, By.FAMILY, None, "yuta, dua kali")
    assert ASKED.text.id in by.accessibleName()
    assert ASKED.text.id in note.accessibleName()
    line.setFocus()
    QTest.keyClick(line, Qt.Key.Key_T)
    assert not by.isVisible()


def test_what_is_only_seen_says_so(shown: QWidget) -> None:
    assert SEEN.mode is Mode.OBSERVE
    line = line_in(shown, SEEN)
    assert "dilihat sendiri, jangan ditanyakan" in line.accessibleDescription()
    QTest.keyClick(line, Qt.Key.Key_Y)
    assert line.answer == Answer(Value.YES, By.OBSERVED)
    QTest.keyClick(line, Qt.Key.Key_Delete)
    QTest.keyClick(line, Qt.Key.Key_T)
    assert line.answer == Answer(Value.NO)


def test_the_course_of_events_is_kept(shown: QWidget) -> None:
    before = Answer(Value.NO, event="kapal")
    line = line_in(shown, ASKED, before)
    QTest.keyClick(line, Qt.Key.Key_Y)
    assert line.answer == dataclasses.replace(before, value=Value.YES)


def test_a_screen_reader_hears_question_and_answer(shown: QWidget) -> None:
    line = line_in(shown)
    assert line.accessibleName() == f"{ASKED.text.id} Jawaban: belum dijawab."
    QTest.keyClick(line, Qt.Key.Key_U)
    assert line.accessibleName() == f"{ASKED.text.id} Jawaban: Tidak tahu."


def test_the_question_is_in_the_language_of_the_moment(shown: QWidget) -> None:
    set_language("en")
    line = line_in(shown)
    assert line.question == ASKED.text.en
    QTest.keyClick(line, Qt.Key.Key_N)
    assert line.accessibleName() == f"{ASKED.text.en} Answer: No."


def test_up_down_and_enter_walk_and_letters_in_a_note_do_not_answer(shown: QWidget) -> None:
    lines = [line_in(shown, entry) for entry in QUESTIONNAIRE.entries[:3]]
    for line in lines:
        line.step.connect(lambda way, line=line: walk_from(shown, line, way).setFocus())
    lines[0].setFocus()
    QTest.keyClick(lines[0], Qt.Key.Key_Down)
    assert shown.focusWidget() is lines[1]
    QTest.keyClick(lines[1], Qt.Key.Key_Return)
    assert shown.focusWidget() is lines[2]
    QTest.keyClick(lines[2], Qt.Key.Key_Up)
    assert shown.focusWidget() is lines[1]
    QTest.keyClick(lines[1], Qt.Key.Key_Y)
    note = lines[1].findChild(QLineEdit)
    note.setFocus()
    QTest.keyClicks(note, "t")
    assert lines[1].answer == Answer(Value.YES, note="t")
    QTest.keyClick(note, Qt.Key.Key_Down)
    assert shown.focusWidget() is lines[2]
    assert walk_from(shown, lines[2], 1) is None


def test_a_line_of_two_options_knows_no_other_keys(shown: QWidget) -> None:
    line = ChoiceLine("Apakah tempatnya aman?", [Option(YES, "Ya"), Option(NO, "Tidak")])
    shown.layout().addWidget(line)
    line.setFocus()
    for key in (Qt.Key.Key_U, Qt.Key.Key_D):
        QTest.keyClick(line, key)
        assert line.value == ""
    QTest.keyClick(line, Qt.Key.Key_Y)
    assert line.value == YES
