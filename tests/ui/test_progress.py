# SPDX-License-Identifier: GPL-3.0-or-later
"""Progress: nothing for what is quick, a count in words for what is not, and a stop that loses nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from trafficwatch.ui.gallery.stage import Stage
from trafficwatch.ui.widgets.progress import DELAY, Progress


@pytest.fixture
def progress(qapp: QApplication) -> Iterator[Progress]:
    window = QWidget()
    made = Progress(window)
    window.show()
    yield made
    window.close()


def words(done: int, total: int) -> str:
    return f"{done} dari {total} paket data"


def test_what_is_quick_shows_nothing(progress: Progress) -> None:
    (timer,) = progress.findChildren(QTimer)
    progress.begin(12, words, lambda: None)
    progress.step(12)
    assert not progress.isVisible()
    assert (timer.isActive(), timer.interval()) == (True, DELAY)
    progress.end()
    assert not timer.isActive()
    assert not progress.isVisible()


def test_what_takes_its_time_is_counted_in_words(progress: Progress, qtbot: QtBot) -> None:
    progress.begin(12, words, lambda: None)
    progress.step(3)
    qtbot.waitUntil(progress.isVisible)
    assert progress.count.text() == "3 dari 12 paket data" == progress.bar.accessibleName()
    assert (progress.bar.value(), progress.bar.maximum()) == (3, 12)
    progress.begin(2, words, lambda: None)
    assert progress.isVisible()
    progress.end()
    assert not progress.isVisible()


def test_cancel_lets_the_present_one_finish_and_starts_no_more(
    progress: Progress, stage_of: Callable[[str], Stage], qtbot: QtBot
) -> None:
    tasks = stage_of("empty").tasks
    done: list[int] = []
    ended: list[bool] = []

    def job(number: int) -> Callable[[Any], int]:
        return lambda _store: number

    def stepped(position: int, number: int) -> None:
        done.append(number)
        progress.step(position + 1)
        if number == 1:
            progress.stop.setFocus()
            QTest.keyClick(progress.stop, Qt.Key.Key_Space)

    batch = tasks.each(progress, [job(number) for number in range(5)], stepped, lambda: ended.append(True))
    progress.begin(5, words, batch.cancel)
    progress.show()
    qtbot.waitUntil(lambda: bool(ended))
    assert (done, batch.is_cancelled) == ([0, 1], True)
    assert progress.count.text().startswith("Berhenti setelah berkas ini selesai")
    assert not progress.stop.isEnabled()
