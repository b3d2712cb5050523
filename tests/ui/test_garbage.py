# SPDX-License-Identifier: GPL-3.0-or-later
"""Garbage is never collected on the worker, only by the UI thread; and Python's own way comes back in the end."""

from __future__ import annotations

import gc
import threading
import weakref
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from trafficwatch.ui.shell.tasks import Tasks

MANY = 20_000


class Knot:
    """Something that only collecting can free."""

    def __init__(self) -> None:
        self.itself = self


@pytest.fixture
def collecting() -> Iterator[list[threading.Thread]]:
    """The threads that collected."""
    found: list[threading.Thread] = []

    def note(phase: str, _: dict[str, int]) -> None:
        if phase == "start":
            found.append(threading.current_thread())

    gc.callbacks.append(note)
    yield found
    gc.callbacks.remove(note)


@pytest.fixture
def early() -> Iterator[None]:
    """The thresholds that the program has; the suite's own are higher than the garbage made here."""
    before = gc.get_threshold()
    gc.set_threshold(700, 10, 10)
    yield
    gc.set_threshold(*before)


def test_what_a_job_leaves_is_collected_by_the_ui_thread_alone(
    qapp: QApplication, qtbot: QtBot, collecting: list[threading.Thread], early: None
) -> None:
    left: list[weakref.ref[Knot]] = []
    tasks, owner = Tasks(), QObject()
    try:
        tasks.do(owner, lambda: left.extend(weakref.ref(Knot()) for _ in range(MANY)), lambda _: None)
        qtbot.waitUntil(lambda: tasks.is_idle)
        qtbot.waitUntil(lambda: not any(each() for each in left))
    finally:
        tasks.close()
    assert len(left) == MANY
    assert set(collecting) == {threading.main_thread()}


def test_python_collects_by_itself_after_the_last_worker_has_ended(qapp: QApplication) -> None:
    first, second = Tasks(), Tasks()
    first.close()
    assert not gc.isenabled()
    second.close()
    assert gc.isenabled()
