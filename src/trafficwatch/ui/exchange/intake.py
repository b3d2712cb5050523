# SPDX-License-Identifier: GPL-3.0-or-later
"""Taking in one file or all bundles of a folder: in order, one by one, with progress; one that fails stops no other.

Files are first looked at to find their order, then taken in, step by step. Cancelling leaves nothing of the file that
is under way, and keeps those that were taken in before. Every file gets an answer: taken in, or the error that says why
not; files sealed for another desk are only counted.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from trafficwatch.errors import ExpectedError
from trafficwatch.sync import stick
from trafficwatch.sync.importing import ImportCancelled, Imported, Stage, take_in
from trafficwatch.texts import t
from trafficwatch.ui.exchange.import_steps import ImportSteps

if TYPE_CHECKING:
    from trafficwatch.ui.shell.page import Page
    from trafficwatch.ui.shell.tasks import Batch
    from trafficwatch.ui.widgets.progress import Progress


STEPS = 100
"""A bar moves no more often than so many times for one file."""


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of one file: taken in, or why not."""

    path: Path
    came: Imported | ExpectedError


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of all files: `elsewhere` counts those sealed for another desk, `left` those not reached."""

    folder: Path
    files: tuple[Taken, ...]
    elsewhere: int = 0
    left: int = 0

    @property
    def taken(self) -> list[Imported]:
        """What was taken in."""
        return [file.came for file in self.files if isinstance(file.came, Imported)]


class Intake(QObject):
    """One taking in at a time, for a page with a progress bar."""

    finished = Signal(object)
    """An Outcome."""

    def __init__(self, page: Page, progress: Progress) -> None:
        super().__init__(page)
        self._page = page
        self._progress = progress
        self._files: list[Taken] = []
        self._found: list[stick.Found] = []
        self._batch: Batch | None = None
        self._cancelled = Event()
        self.steps = ImportSteps()
        progress.column.addWidget(self.steps)
        self.is_running = False

    def take_file(self, path: Path) -> None:
        """Take in one file; if it can't be, the page says so."""
        self._begin()
        self._progress.begin(1, _count, self._cancel, t("import_steps.stopping"))
        take = self._taking()
        self._page.desk.tasks.store(
            self, lambda store: take(store, path), lambda done: self._end(path.parent, [Taken(path, done)])
        )

    def take_folder(self, folder: Path) -> None:
        """Take in every bundle that lies in a folder."""
        self._begin()
        self._page.desk.tasks.do(self, lambda: stick.bundles_in(folder), lambda paths: self._look(folder, paths))

    def failed(self, error: ExpectedError) -> None:
        if isinstance(error, ImportCancelled):
            self._end(Path(), [], left=1)
            return
        self.is_running = False
        self._progress.end()
        self._page.failed(error)

    def _begin(self) -> None:
        self.is_running = True
        self._page.clear_notices()
        self._files, self._found = [], []
        self._cancelled.clear()
        self.steps.clear()

    def _cancel(self) -> None:
        self._cancelled.set()
        if self._batch is not None:
            self._batch.cancel()

    def _taking(self) -> Callable[[Any, Path], Imported]:
        """What takes a file in on the worker, and tells how far it is where that can be seen."""
        tasks = self._page.desk.tasks
        tellers = {stage: tasks.teller(self, partial(self.steps.put, stage)) for stage in Stage}

        def tell(stage: Stage, done: int, total: int) -> None:
            if done * STEPS // max(1, total) != (done - 1) * STEPS // max(1, total):
                tellers[stage](done, total)

        return lambda store, path: take_in(store, path, progress=tell, cancelled=self._cancelled.is_set)

    def _look(self, folder: Path, paths: Sequence[Path]) -> None:
        def looked(position: int, found: stick.Found) -> None:
            self._found.append(found)
            self._progress.step(position + 1)

        self._round(
            [_looker(path) for path in paths],
            lambda done, total: t("exchange_desk.progress.looking", done=done, total=total),
            looked,
            lambda: self._take(folder, len(paths)),
        )

    def _take(self, folder: Path, total: int) -> None:
        errors = [(found, found.error) for found in self._found if found.error]
        elsewhere = sum(stick.is_for_someone_else(error) for _, error in errors)
        refused = [Taken(found.path, error) for found, error in errors if not stick.is_for_someone_else(error)]
        going = sorted((found for found in self._found if found.order), key=lambda found: found.order or ("", "", 0))
        was_stopped, take = self._cancelled.is_set(), self._taking()

        def taken(position: int, file: Taken) -> None:
            if not isinstance(file.came, ImportCancelled):
                self._files.append(file)
            self._progress.step(position + 1)

        def finished() -> None:
            done = [*self._files, *refused]
            self._end(folder, done, elsewhere, total - len(done) - elsewhere)

        self._round(
            [] if was_stopped else [_taker(found.path, take) for found in going],
            _count,
            taken,
            finished,
            t("import_steps.stopping"),
        )

    def _round(
        self,
        jobs: Sequence[Callable[[Any], Any]],
        words: Callable[[int, int], str],
        stepped: Callable[[int, Any], None],
        done: Callable[[], None],
        stopping: str = "",
    ) -> None:
        self._batch = None
        self._progress.begin(len(jobs), words, self._cancel, stopping)
        batch = self._page.desk.tasks.each(self, jobs, stepped, done)
        if jobs:
            self._batch = batch

    def _end(self, folder: Path, files: Sequence[Taken], elsewhere: int = 0, left: int = 0) -> None:
        self.is_running = False
        self._progress.end()
        self.finished.emit(Outcome(folder, tuple(files), elsewhere, left))


def _looker(path: Path) -> Callable[[Any], stick.Found]:
    return lambda store: stick.look(store, path)


def _taker(path: Path, take: Callable[[Any, Path], Imported]) -> Callable[[Any], Taken]:
    def taken(store: Any) -> Taken:
        try:
            return Taken(path, take(store, path))
        except ExpectedError as error:
            return Taken(path, error)

    return taken


def _count(done: int, total: int) -> str:
    return t("exchange_desk.progress.taking", done=done, total=total)
