# SPDX-License-Identifier: GPL-3.0-or-later
"""Choosing a resident by typing: what is found, which keys pick, and that nobody is picked by accident."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from trafficwatch.registry.residents import record_person
from trafficwatch.texts import t
from trafficwatch.ui.gallery.stage import Stage
from trafficwatch.ui.widgets.person_picker import MOST, PersonPicker

StageOf = Callable[[str], Stage]


class Shown:
    """A picker on the screen, and what it picked."""

    def __init__(self, stage: Stage, qtbot: QtBot) -> None:
        self.stage, self.qtbot = stage, qtbot
        self.window = QWidget()
        qtbot.addWidget(self.window)
        self.picker = PersonPicker(stage.desk)
        QVBoxLayout(self.window).addWidget(self.picker)
        self.picked: list[tuple[str, str]] = []
        self.picker.picked.connect(lambda *who: self.picked.append(who))
        self.window.show()
        self.picker.setFocus()

    def type(self, text: str) -> None:
        QTest.keyClicks(self.window.focusWidget(), text)

    def press(self, key: Qt.Key) -> None:
        QTest.keyClick(self.window.focusWidget(), key)

    def settle(self) -> None:
        self.qtbot.waitUntil(lambda: not self.picker._pause.isActive() and self.stage.tasks.is_idle)

    @property
    def names(self) -> list[str]:
        found = self.picker.found
        return [found.item(row).text().partition("\n")[0] for row in range(found.count())]


@pytest.fixture
def shown(stage_of: StageOf, qtbot: QtBot) -> Shown:
    return Shown(stage_of("village"), qtbot)


def test_a_part_of_a_name_finds_residents_with_year_and_hamlet(shown: Shown) -> None:
    shown.type("yoha")
    shown.settle()
    assert shown.names == ["Yohanis Oelatan"]
    line = shown.picker.found.item(0)
    assert line.text().splitlines()[1].startswith("lahir 1991 · Dusun")
    assert "\n" not in line.data(Qt.ItemDataRole.AccessibleTextRole)
    assert shown.picker.words.text() == t("picker.all", total=1)
    assert shown.picked == []


def test_enter_picks_the_marked_line_and_empties_the_field(shown: Shown) -> None:
    shown.type("nahabesi")
    shown.settle()
    marked = shown.picker.found.currentItem().data(Qt.ItemDataRole.UserRole)
    shown.press(Qt.Key.Key_Return)
    assert shown.picked == [marked]
    assert shown.picker.entry.text() == ""
    assert shown.picker.found.isHidden()


def test_arrows_go_into_the_list_and_back(shown: Shown) -> None:
    shown.type("an")
    shown.settle()
    shown.press(Qt.Key.Key_Down)
    assert shown.picker.found.hasFocus()
    shown.press(Qt.Key.Key_Down)
    second = shown.names[1]
    shown.press(Qt.Key.Key_Up)
    shown.press(Qt.Key.Key_Up)
    assert shown.picker.entry.hasFocus()
    shown.press(Qt.Key.Key_Down)
    shown.press(Qt.Key.Key_Down)
    shown.press(Qt.Key.Key_Return)
    assert [name for _, name in shown.picked] == [second]


def test_typing_in_the_list_goes_on_in_the_field(shown: Shown) -> None:
    shown.type("yoh")
    shown.settle()
    shown.press(Qt.Key.Key_Down)
    shown.type("a")
    assert (shown.picker.entry.text(), shown.picker.entry.hasFocus()) == ("yoha", True)


def test_enter_before_the_answer_picks_the_only_one_that_fits(shown: Shown) -> None:
    shown.type("yohanis")
    shown.press(Qt.Key.Key_Return)
    shown.settle()
    assert [name for _, name in shown.picked] == ["Yohanis Oelatan"]


def test_enter_before_the_answer_never_picks_one_of_several(shown: Shown) -> None:
    shown.type("nahabesi")
    shown.press(Qt.Key.Key_Return)
    shown.settle()
    assert shown.picked == []
    assert len(shown.names) > 1


def test_what_was_typed_after_asking_is_not_answered_with_the_old(shown: Shown) -> None:
    shown.type("yohanis")
    shown.press(Qt.Key.Key_Return)
    shown.type("xxx")
    shown.settle()
    assert (shown.picked, shown.names) == ([], [])
    assert shown.picker.words.text() == t("picker.none", text="yohanisxxx")


def test_more_than_fit_are_counted(stage_of: StageOf, qtbot: QtBot) -> None:
    shown = Shown(stage_of("long"), qtbot)
    shown.type("maria")
    shown.settle()
    assert len(shown.names) == MOST
    assert shown.picker.words.text() == t("picker.more", shown=MOST, total=60)


def test_a_year_that_is_not_known_is_said_so(stage_of: StageOf, qtbot: QtBot) -> None:
    stage = stage_of("empty")

    def add(work: Any) -> None:
        record_person(work, name="Tanpa Tanggal")

    stage.tasks.work(stage.tasks, add, lambda _: None)
    stage.settle()
    shown = Shown(stage, qtbot)
    shown.type("tanpa")
    shown.settle()
    assert shown.picker.found.item(0).text() == f"Tanpa Tanggal\n{t('picker.born_unknown')}"


def test_every_stop_has_a_name(shown: Shown) -> None:
    assert shown.picker.entry.accessibleName()
    assert shown.picker.found.accessibleName()
