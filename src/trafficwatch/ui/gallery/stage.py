# SPDX-License-Identifier: GPL-3.0-or-later
"""Where pages are put to be looked at and walked through: real pages on real stores, without the window around them.

A `Scene` is one page in one state on one of the stage's stores. `Stage` stands for the shell: it answers `desk.go` by
noting where a page wanted to go, and waits until the worker has nothing left to do.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

import shiboken6
from PySide6.QtCore import QCoreApplication, QEvent, QEventLoop, QRect, QTimer
from PySide6.QtWidgets import QApplication, QWidget

from trafficwatch.ui.shell import paths
from trafficwatch.ui.shell.desk import Desk
from trafficwatch.ui.shell.page import Page
from trafficwatch.ui.shell.settings import Settings
from trafficwatch.ui.shell.tasks import OpenStore, Tasks

ROUNDS = 10
"""A widget that finds no place in so many rounds goes to and fro, and may be looked at as it is."""

P = TypeVar("P", bound=Page)


@dataclass(frozen=True, slots=True)
class Scene:
    """One picture: `store` names the stage's store, `make` gives the widget, ready to be looked at."""

    name: str
    store: str
    make: Callable[[Stage], QWidget]


class Stage:
    """One desk without a window. `went` keeps where pages wanted to go, `said` what they told."""

    def __init__(self, store: OpenStore, settings: Settings | None = None) -> None:
        self.tasks = Tasks()
        self.tasks.take(store)
        self.went: list[tuple[str, dict[str, Any]]] = []
        self.said: list[str] = []
        self._pages: list[QWidget] = []
        self._settings = settings or Settings()
        self.desk = self._desk()

    def page(self, page_class: Callable[[Desk], P], *, draft: dict[str, Any] | None = None, **about: Any) -> P:
        """A page, entered and loaded; with a draft, taken up."""
        self.clear()
        page = page_class(self.desk)
        self._pages.append(page)
        page.resize(1166, 700)
        page.show()
        page.enter(**about)
        self.settle()
        if draft is not None:
            page.restore(draft)
            self.settle()
        return page

    def settle(self) -> None:
        """Wait until the worker is idle, no page waits for more typing and every widget has found its place."""
        QApplication.processEvents()
        for _ in range(ROUNDS):
            places = _places()
            QApplication.processEvents()
            while not self.tasks.is_idle or self._is_waiting():
                await_event()
            if places == _places():
                break

    def _is_waiting(self) -> bool:
        pages = (page for page in self._pages if shiboken6.isValid(page))
        timers = (timer for page in pages for timer in page.findChildren(QTimer))
        return any(timer.isActive() and timer.isSingleShot() for timer in timers)

    def wear(self, settings: Settings) -> None:
        """Build later pages with other settings."""
        self._settings = settings
        self.desk.settings = settings

    def clear(self) -> None:
        """End the pages that are still there."""
        for page in self._pages:
            if shiboken6.isValid(page):
                page.hide()
                page.deleteLater()
        self._pages.clear()
        self.desk.say = self.said.append  # a frame that is gone had put its status line there
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)

    def finish(self) -> None:
        """End the worker; the store stays open, for whoever opened it closes it."""
        self.clear()
        self.tasks.drop()
        self.tasks.close()

    def _desk(self) -> Desk:
        from trafficwatch.village.setup import setup_state

        found: list[Any] = []
        self.tasks.work(self.tasks, lambda work: (setup_state(work), work.today), found.append)
        while not found:
            await_event()
        state, today = found[0]
        return Desk(
            tasks=self.tasks,
            state=state,
            settings=self._settings,
            today=today,
            go=lambda page, /, **about: self.went.append((page, about)),
            back=lambda: self.went.append(("back", {})),
            say=self.said.append,
            change=self.wear,
            lock=lambda: self.went.append(("lock", {})),
            open_file=paths.open_file,
            save_file=paths.save_file,
            open_folder=paths.open_folder,
            reread=lambda: self.went.append(("reread", {})),
        )


def await_event() -> None:
    """Sleep until something happens, 20 ms at most: a limit given to `processEvents` itself makes it spin instead."""
    guard = QTimer()
    guard.start(20)
    QEventLoop().processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents)


def _places() -> list[QRect]:
    """Where everything lies that is on the screen."""
    shown = (window for window in QApplication.topLevelWidgets() if window.isVisible())
    return [widget.geometry() for window in shown for widget in window.findChildren(QWidget)]
