# SPDX-License-Identifier: GPL-3.0-or-later
"""The PPT's inbox over the internet as the desk holds it: begun and ended by an officer, whatever page is shown.

It listens on a thread of its own and hands its work on the store to the desk's worker. What it tells is counted here,
without a name or an address. Locking the desk ends it: whoever wants it to run without a desk uses `ppt serve`.
"""

from __future__ import annotations

import threading
from collections import Counter
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Qt, Signal

from trafficwatch.errors import ExpectedError

if TYPE_CHECKING:
    from trafficwatch.sync.network.serving import Event, Inbox, Ready
    from trafficwatch.ui.shell.desk import Desk

_NAME = "serving"


class Serving(QObject):
    """One inbox at most. `changed` tells that something is to be shown anew, `came` that a bundle was taken in."""

    changed = Signal()
    came = Signal()
    trouble = Signal(object)
    """An ExpectedError: it could not be begun."""
    _told = Signal(object)

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk.tasks)
        self._desk = desk
        self._inbox: Inbox | None = None
        self.is_changing = False
        self.since = ""
        self.last_at = ""
        self.counts: Counter[str] = Counter()
        self._told.connect(self._hear, Qt.ConnectionType.QueuedConnection)
        desk.tasks.before_close(self.end)

    @property
    def is_running(self) -> bool:
        return self._inbox is not None

    @property
    def port(self) -> int:
        return self._inbox.port if self._inbox is not None else 0

    @property
    def pin(self) -> str:
        return self._inbox.pin if self._inbox is not None else ""

    def start(self) -> None:
        """Begin to listen with what is set up now."""
        if self._inbox is None and not self.is_changing:
            from trafficwatch.sync.network.serving import make_ready

            self.is_changing = True
            self._desk.tasks.store(self, make_ready, self._begin)
            self.changed.emit()

    def stop(self) -> None:
        """Take no more in; what is being answered is answered. It takes a moment, so a thread waits for it."""
        if self._inbox is not None and not self.is_changing:
            self.is_changing = True
            threading.Thread(target=self._inbox.stop, name="inbox-end", daemon=True).start()
            self.changed.emit()

    def end(self) -> None:
        """The desk closes."""
        inbox, self._inbox = self._inbox, None
        if inbox is not None:
            inbox.stop()

    def failed(self, error: ExpectedError) -> None:
        self.is_changing = False
        self.changed.emit()
        self.trouble.emit(error)

    def _begin(self, ready: Ready) -> None:
        from trafficwatch.sync.network.serving import Inbox

        inbox = Inbox(ready, self._desk.tasks.hand, self._told.emit)
        try:
            inbox.start()
        except ExpectedError as error:
            self.failed(error)
            return
        self._inbox, self.is_changing = inbox, False
        self.since = datetime.now(UTC).isoformat()
        self.counts.clear()
        self.changed.emit()

    def _hear(self, event: Event) -> None:
        if event.kind == "stopped":
            self._inbox, self.is_changing = None, False
        else:
            self.counts[event.kind] += 1
        if event.kind == "taken":
            self.last_at = datetime.now(UTC).isoformat()
            self.came.emit()
        self.changed.emit()


def serving_of(desk: Desk) -> Serving:
    """The one inbox of a desk."""
    if _NAME not in desk.under_way:
        desk.under_way[_NAME] = Serving(desk)
    found: Any = desk.under_way[_NAME]
    return found  # type: ignore[no-any-return]
