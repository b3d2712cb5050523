# SPDX-License-Identifier: GPL-3.0-or-later
"""A workbook that is being taken in: it goes on when its page is left, and its outcome waits for whoever comes back.

It stands in `Desk.under_way` until a page has shown its outcome. If none is there when it ends the status line says so;
after a cancel or an error nothing is left to show, for nothing was stored, and the draft leads back to the check.
"""

from __future__ import annotations

import threading
from typing import Any

from PySide6.QtCore import QLocale, QObject, Signal

from trafficwatch.errors import ExpectedError
from trafficwatch.registry.workbook.plan import Outcome
from trafficwatch.registry.workbook.take_in import Preview, Result, take_in
from trafficwatch.texts import current_language, explain_error, t
from trafficwatch.ui.shell.desk import Desk
from trafficwatch.ui.shell.page import Page, Saving
from trafficwatch.village.drafts import drop

NAME = "import_residents"


class Intake(QObject):
    """One taking in; `result` or `error` once it has `ended`."""

    told = Signal(int, int)
    ended = Signal()

    def __init__(self, desk: Desk, seen: Preview, as_new: frozenset[int]) -> None:
        super().__init__(desk.tasks)
        self._desk = desk
        self._savings: list[Saving] = []
        self._stopped = threading.Event()
        self.seen, self.as_new = seen, as_new
        self.result: Result | None = None
        self.error: ExpectedError | None = None

    @property
    def is_over(self) -> bool:
        return self.result is not None or self.error is not None

    def follow(self, page: Page) -> None:
        """A page that shows how far it is: whoever leaves it gets no draft of what is in the store by then."""
        self._savings.append(page.saving)

    def start(self, draft_id: str | None) -> None:
        """Take in, and drop the draft of the page."""
        tell = self._desk.tasks.teller(self, self.told.emit)

        def act(store: Any) -> Result:
            result = take_in(store, self.seen, as_new=self.as_new, progress=tell, cancelled=self._stopped.is_set)
            if not result.cancelled:
                for saving in self._savings:
                    saving.finish()
                if draft_id is not None:
                    with store.work() as work:
                        drop(work, draft_id)
            return result

        self._desk.under_way[NAME] = self
        self._desk.tasks.store(self, act, self._done, self._failed)

    def stop(self) -> None:
        self._stopped.set()

    def shown(self) -> None:
        """A page has shown what came of it."""
        self._desk.under_way.pop(NAME, None)
        self.deleteLater()

    def _done(self, result: Result) -> None:
        self.result = result
        self._end()

    def _failed(self, error: ExpectedError) -> None:
        self.error = error
        self._end()

    def _end(self) -> None:
        self.ended.emit()
        if self._desk.under_way.get(NAME) is not self:
            return
        if self.result is not None and not self.result.cancelled:
            self._desk.say(outcome_words(self.result))
            return
        self._desk.say(explain_error(self.error)["message"] if self.error else t("import_page.cancelled"))
        self.shown()


def outcome_words(result: Result) -> str:
    """What was taken in, for whoever was elsewhere."""
    number = QLocale(current_language()).toString
    return t(
        "import_page.told",
        created=number(result.counts[Outcome.CREATED]),
        updated=number(result.counts[Outcome.UPDATED]),
        unchanged=number(result.counts[Outcome.UNCHANGED]),
        refused=number(result.counts[Outcome.REFUSED]),
    )
