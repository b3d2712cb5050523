# SPDX-License-Identifier: GPL-3.0-or-later
"""Choosing a village by typing: on the worker, by keyboard, never a place that is no longer what was typed."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from trafficwatch.ui.shell.tasks import Tasks
from trafficwatch.ui.widgets.place_picker import PlacePicker, all_kabupaten, find_kabupaten
from trafficwatch.village.places import Places

NOELBAKI = ("53.01.08.2008", "Noelbaki, Kec. Kupang Tengah, Kab. Kupang, Nusa Tenggara Timur")

MakePicker = Callable[..., PlacePicker]


@pytest.fixture(scope="module")
def places() -> Places:
    return Places.load()


@pytest.fixture
def tasks(qtbot: QtBot) -> Iterator[Tasks]:
    made = Tasks()
    yield made
    made.close()


@pytest.fixture
def picker(qtbot: QtBot, tasks: Tasks, places: Places) -> MakePicker:
    def make(**more: str) -> PlacePicker:
        made = PlacePicker(tasks, lambda: places, **more)  # type: ignore[arg-type]
        qtbot.addWidget(made)
        made.resize(700, 500)
        made.show()
        made.activateWindow()
        made.line.setFocus()
        return made

    return make


def search(qtbot: QtBot, tasks: Tasks, made: PlacePicker, typed: str) -> None:
    """Type, and wait until exactly this was searched for."""
    made.line.clear()
    QTest.keyClicks(made.line, typed)
    qtbot.waitUntil(lambda: tasks.is_idle and made._shown_for == typed)


def test_enter_picks_the_marked_place_with_its_whole_path(qtbot: QtBot, tasks: Tasks, picker: MakePicker) -> None:
    made = picker()
    picked: list[tuple[str, str]] = []
    made.picked.connect(lambda code, path: picked.append((code, path)))
    search(qtbot, tasks, made, "noelbaki")
    assert [(line.name, line.more) for line in made.results.lines] == [
        ("Noelbaki", "Kec. Kupang Tengah, Kab. Kupang, Nusa Tenggara Timur")
    ]
    QTest.keyClick(made.line, Qt.Key.Key_Return)
    assert picked == [NOELBAKI]
    assert made.code == NOELBAKI[0]
    assert not made.line.isVisible()
    assert made.change.hasFocus()


def test_arrow_keys_choose_another_one(qtbot: QtBot, tasks: Tasks, picker: MakePicker) -> None:
    made = picker()
    search(qtbot, tasks, made, "sukamaju")
    second = made.results.lines[1].key
    QTest.keyClick(made.line, Qt.Key.Key_Down)
    assert made.results.hasFocus()
    QTest.keyClick(made.results, Qt.Key.Key_Down)
    QTest.keyClick(made.results, Qt.Key.Key_Return)
    assert made.code == second


def test_enter_never_picks_what_was_found_for_other_words(qtbot: QtBot, tasks: Tasks, picker: MakePicker) -> None:
    made = picker()
    search(qtbot, tasks, made, "sukamaju")
    QTest.keyClicks(made.line, " noelbaki")
    QTest.keyClick(made.line, Qt.Key.Key_Return)
    assert made.code is None
    qtbot.waitUntil(lambda: tasks.is_idle and made._shown_for == "sukamaju noelbaki")
    assert made.code is None


def test_what_is_not_found_is_said(qtbot: QtBot, tasks: Tasks, picker: MakePicker) -> None:
    made = picker()
    search(qtbot, tasks, made, "xqzw")
    assert not made.results.isVisible()
    assert "“xqzw”" in made._told.text()
    QTest.keyClick(made.line, Qt.Key.Key_Return)
    assert made.code is None


def test_a_known_code_is_shown_and_can_be_changed(qtbot: QtBot, tasks: Tasks, picker: MakePicker) -> None:
    made = picker()
    cleared: list[bool] = []
    made.cleared.connect(lambda: cleared.append(True))
    made.set_code(NOELBAKI[0])
    assert made.code == NOELBAKI[0]
    qtbot.waitUntil(lambda: made._path.text() == NOELBAKI[1])
    assert made.change.isVisible()
    QTest.keyClick(made.change, Qt.Key.Key_Space)
    assert cleared == [True]
    assert made.code is None
    assert made.line.hasFocus()


def test_an_unknown_code_is_no_place(qtbot: QtBot, tasks: Tasks, picker: MakePicker) -> None:
    made = picker()
    made.set_code("99.99.99.9999")
    qtbot.waitUntil(lambda: tasks.is_idle)
    assert made.code is None
    assert made.line.isVisible()


def test_neighbours_come_first(qtbot: QtBot, tasks: Tasks, picker: MakePicker) -> None:
    made = picker(near="32.01")
    search(qtbot, tasks, made, "sukamaju")
    assert made.results.lines[0].key.startswith("32.01.")


def test_a_ppt_picks_its_kabupaten_or_kota(qtbot: QtBot, tasks: Tasks, picker: MakePicker) -> None:
    made = picker(level="kabupaten")
    search(qtbot, tasks, made, "kupang")
    assert [(line.key, line.name) for line in made.results.lines] == [
        ("53.01", "Kabupaten Kupang"),
        ("53.71", "Kota Kupang"),
    ]
    QTest.keyClick(made.line, Qt.Key.Key_Return)
    assert made.code == "53.01"


def test_every_kabupaten_can_be_found_by_its_name(places: Places) -> None:
    everywhere = all_kabupaten(places)
    assert len(everywhere) == 514
    assert [place.code for place in everywhere if place not in find_kabupaten(places, place.kabupaten)] == []
    assert [place.code for place in find_kabupaten(places, "kota koepang")] == ["53.71"]
    assert find_kabupaten(places, "kupang papua") == []
    assert find_kabupaten(places, "kab") == []
