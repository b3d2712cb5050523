# SPDX-License-Identifier: GPL-3.0-or-later
"""The worker: answers come back on the UI thread, only to who still lives; bugs are raised, expected errors told."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator

import pytest
import shiboken6
from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from trafficwatch.errors import ExpectedError, InputError
from trafficwatch.ui.shell.tasks import THREAD, Tasks


class _Slip(InputError):
    key = "directory_unreadable"


class _Owner(QWidget):
    def __init__(self) -> None:
        super().__init__()
        self.errors: list[ExpectedError] = []

    def failed(self, error: ExpectedError) -> None:
        self.errors.append(error)


@pytest.fixture
def tasks(qapp: QApplication) -> Iterator[Tasks]:
    made = Tasks()
    yield made
    made.close()


def raising(error: Exception) -> None:
    raise error


def test_a_job_runs_on_the_worker_and_is_answered_on_the_ui_thread(qtbot: QtBot, tasks: Tasks) -> None:
    answered: list[tuple[str, bool]] = []
    owner = QObject()
    tasks.do(
        owner,
        lambda: threading.current_thread().name,
        lambda name: answered.append((name, threading.current_thread() is threading.main_thread())),
    )
    qtbot.waitUntil(lambda: tasks.is_idle)
    assert answered == [(f"{THREAD}_0", True)]


def test_an_expected_error_is_told_to_the_owner_or_to_who_asks_for_it(qtbot: QtBot, tasks: Tasks) -> None:
    owner, told = _Owner(), []
    tasks.do(owner, lambda: raising(_Slip()), lambda _: None)
    tasks.do(owner, lambda: raising(_Slip()), lambda _: None, told.append)
    qtbot.waitUntil(lambda: tasks.is_idle)
    assert (len(owner.errors), len(told)) == (1, 1)


def test_a_bug_is_raised_on_the_ui_thread(qtbot: QtBot, tasks: Tasks) -> None:
    owner = _Owner()
    with qtbot.captureExceptions() as raised:
        tasks.do(owner, lambda: raising(ZeroDivisionError()), lambda _: None)
        qtbot.waitUntil(lambda: tasks.is_idle)
    assert [kind for kind, _, _ in raised] == [ZeroDivisionError]
    assert owner.errors == []


def test_a_widget_that_is_gone_gets_no_answer_and_the_job_ends_as_it_would(qtbot: QtBot, tasks: Tasks) -> None:
    may_go_on, done, answered = threading.Event(), [], []
    owner = QWidget()
    tasks.do(owner, lambda: (may_go_on.wait(10), done.append(1)), answered.append)
    shiboken6.delete(owner)
    may_go_on.set()
    qtbot.waitUntil(lambda: tasks.is_idle)
    assert (done, answered) == ([1], [])


def test_of_jobs_in_one_slot_only_the_last_is_answered(qtbot: QtBot, tasks: Tasks) -> None:
    may_go_on, answered, owner = threading.Event(), [], QObject()
    tasks.do(owner, lambda: may_go_on.wait(10), lambda _: None)
    for number in range(5):
        tasks.do(owner, lambda number=number: number, answered.append, slot="search")
    may_go_on.set()
    qtbot.waitUntil(lambda: tasks.is_idle)
    assert answered == [4]


def test_a_batch_stops_after_the_present_one(qtbot: QtBot, tasks: Tasks) -> None:
    class _Open:
        def close(self) -> None: ...

    stepped, ended, owner = [], [], QObject()
    tasks.take(_Open())  # type: ignore[arg-type]

    def step(position: int, value: str) -> None:
        stepped.append((position, value))
        if position == 1:
            batch.cancel()

    jobs = [lambda _, name=name: name for name in "abcd"]
    batch = tasks.each(owner, jobs, step, lambda: ended.append(True))
    qtbot.waitUntil(lambda: bool(ended))
    assert stepped == [(0, "a"), (1, "b")]


def test_work_may_be_started_from_the_ui_thread_only(qtbot: QtBot, tasks: Tasks) -> None:
    raised: list[BaseException] = []

    def elsewhere() -> None:
        try:
            tasks.do(QObject(), lambda: None, lambda _: None)
        except RuntimeError as error:
            raised.append(error)

    thread = threading.Thread(target=elsewhere)
    thread.start()
    thread.join()
    assert len(raised) == 1


def test_busy_is_told_once_for_all_that_runs(qtbot: QtBot, tasks: Tasks) -> None:
    told: list[bool] = []
    tasks.busy.connect(told.append)
    owner = QObject()
    for _ in range(3):
        tasks.do(owner, lambda: None, lambda _: None)
    qtbot.waitUntil(lambda: tasks.is_idle)
    assert told == [True, False]


def test_an_attempt_goes_on_however_it_ends(qtbot: QtBot, tasks: Tasks) -> None:
    class _Open:
        def work(self) -> object:
            return contextlib.nullcontext()

        def close(self) -> None: ...

    tasks.take(_Open())  # type: ignore[arg-type]
    ended: list[bool] = []
    owner = QObject()
    tasks.attempt(owner, lambda _: None, ended.append)
    tasks.attempt(owner, lambda _: raising(_Slip()), ended.append)
    tasks.attempt(owner, lambda _: raising(ZeroDivisionError()), ended.append)
    qtbot.waitUntil(lambda: tasks.is_idle)
    assert ended == [True, False, False]
