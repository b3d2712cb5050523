# SPDX-License-Identifier: GPL-3.0-or-later
"""No page touches the store on the UI thread: every transaction of every scene is opened by the worker."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager

import pytest
from PySide6.QtWidgets import QApplication

from trafficwatch.store.work import Store, Work
from trafficwatch.ui.gallery.draw import all_scenes, dress, put
from trafficwatch.ui.gallery.stage import Scene, Stage
from trafficwatch.ui.shell.page import Page
from trafficwatch.ui.shell.settings import Settings


@pytest.fixture
def opened_by(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[threading.Thread]]:
    """Which thread opened each transaction."""
    threads: list[threading.Thread] = []
    real: Callable[[Store], AbstractContextManager[Work]] = Store.work

    def work(store: Store) -> AbstractContextManager[Work]:
        threads.append(threading.current_thread())
        return real(store)

    monkeypatch.setattr(Store, "work", work)
    yield threads


def test_no_scene_works_on_the_ui_thread(
    qapp: QApplication, store_of: Callable[[str], Store], opened_by: list[threading.Thread]
) -> None:
    scenes = all_scenes()
    stages = {name: Stage(store_of(name)) for name in sorted({scene.store for scene in scenes})}
    try:
        for scene in scenes:
            dress(qapp, stages[scene.store], Settings())
            window = put(stages[scene.store], scene)
            assert threading.main_thread() not in opened_by, scene.name
            window.deleteLater()
            stages[scene.store].clear()
    finally:
        for stage in stages.values():
            stage.finish()
    assert len(opened_by) > len(scenes) / 2


def test_a_page_that_does_is_seen(
    qapp: QApplication, store_of: Callable[[str], Store], opened_by: list[threading.Thread]
) -> None:
    store = store_of("empty")

    class _Careless(Page):
        name = "home"

        def enter(self, **_: object) -> None:
            with store.work() as work:
                self.subtitle.setText(work.today)

    stage = Stage(store)
    try:
        dress(qapp, stage, Settings())
        put(stage, Scene("careless", "empty", lambda stage: stage.page(lambda desk: _Careless(desk, "Tergesa"))))
        assert threading.main_thread() in opened_by
    finally:
        stage.finish()
