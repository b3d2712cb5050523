# SPDX-License-Identifier: GPL-3.0-or-later
"""Taking in one file or all bundles of a folder: in order, one by one, with progress; one that fails stops no other.

Files are first looked at to find their order, then taken in. Stopping keeps what was taken in so far. Every file gets
an answer: taken in, or the error that says why not; files sealed for another desk are only counted.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from trafficwatch.errors import ExpectedError
from trafficwatch.sync import stick
from trafficwatch.sync.importing import Imported, take_in
from trafficwatch.texts import t

if TYPE_CHECKING:
    from trafficwatch.ui.shell.page import Page
    from trafficwatch.ui.shell.tasks import Batch
    from trafficwatch.ui.widgets.progress import Progress


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
        self.is_running = False

    def take_file(self, path: Path) -> None:
        """Take in one file; if it can't be, the page says so."""
        self._begin()
        self._page.desk.tasks.store(
            self, lambda store: take_in(store, path), lambda done: self._end(path.parent, [Taken(path, done)])
        )

    def take_folder(self, folder: Path) -> None:
        """Take in every bundle that lies in a folder."""
        self._begin()
        self._page.desk.tasks.do(self, lambda: stick.bundles_in(folder), lambda paths: self._look(folder, paths))

    def failed(self, error: ExpectedError) -> None:
        self.is_running = False
        self._progress.end()
        self._page.failed(error)

    def _begin(self) -> None:
        self.is_running = True
        self._page.clear_notices()
        self._files, self._found = [], []

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
        was_stopped = self._batch is not None and self._batch.is_cancelled

        def taken(position: int, file: Taken) -> None:
            self._files.append(file)
            self._progress.step(position + 1)

        def finished() -> None:
            done = [*self._files, *refused]
            self._end(folder, done, elsewhere, total - len(done) - elsewhere)

        self._round(
            [] if was_stopped else [_taker(found.path) for found in going],
            lambda done, total: t("exchange_desk.progress.taking", done=done, total=total),
            taken,
            finished,
        )

    def _round(
        self,
        jobs: Sequence[Callable[[Any], Any]],
        words: Callable[[int, int], str],
        stepped: Callable[[int, Any], None],
        done: Callable[[], None],
    ) -> None:
        self._batch = None
        self._progress.begin(len(jobs), words, lambda: self._batch.cancel() if self._batch else None)
        batch = self._page.desk.tasks.each(self, jobs, stepped, done)
        if jobs:
            self._batch = batch

    def _end(self, folder: Path, files: Sequence[Taken], elsewhere: int = 0, left: int = 0) -> None:
        self.is_running = False
        self._progress.end()
        self.finished.emit(Outcome(folder, tuple(files), elsewhere, left))


def _looker(path: Path) -> Callable[[Any], stick.Found]:
    return lambda store: stick.look(store, path)


def _taker(path: Path) -> Callable[[Any], Taken]:
    def take(store: Any) -> Taken:
        try:
            return Taken(path, take_in(store, path))
        except ExpectedError as error:
            return Taken(path, error)

    return take
