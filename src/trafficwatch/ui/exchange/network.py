# SPDX-License-Identifier: GPL-3.0-or-later
"""The exchange over the network as the desk sees it: one exchanger for an unlocked desk, whatever page is shown.

It runs on a thread of its own and hands its work on the store to the desk's worker; what it tells is heard on the UI
thread. Nothing that goes wrong there reaches the session, and locking ends it before the store is closed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Qt, Signal

from trafficwatch.texts import t

if TYPE_CHECKING:
    from trafficwatch.sync.network.exchanger import Exchanger
    from trafficwatch.sync.network.plan import Plan
    from trafficwatch.sync.network.status import Status
    from trafficwatch.ui.shell.desk import Desk

_NAME = "network"
_RESTING = frozenset({"idle", "not_set_up", "paused", "refused"})


class Network(QObject):
    """The exchanger of one desk. `changed` tells every change, `came` that an exchange has ended."""

    changed = Signal(object)
    came = Signal()
    _told = Signal(object)

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk.tasks)
        self._desk = desk
        self._exchanger: Exchanger | None = None
        self.status: Status | None = None
        self._told.connect(self._hear, Qt.ConnectionType.QueuedConnection)
        desk.tasks.before_close(self.end)

    @property
    def exchanger(self) -> Exchanger | None:
        """None while this desk knows no inbox."""
        return self._exchanger

    def look(self) -> None:
        """Begin as soon as this desk knows an inbox."""
        if self._exchanger is None:
            self._desk.tasks.work(self, _known, self._begin, slot="inbox")

    def set_plan(self, plan: Plan) -> None:
        """Exchange by itself at these hours from now on."""
        from trafficwatch.sync.network.sending import set_plan

        self._desk.tasks.work(self, lambda work: set_plan(work, plan), lambda _: self._replan())

    def words(self) -> str:
        """What it does, for the status line; '' while it rests."""
        if self.status is None or self.status.phase.value in _RESTING:
            return ""
        if self.status.next_attempt is not None:
            return t("shell.network_waits", at=f"{self.status.next_attempt.astimezone():%H.%M}")
        return t("shell.network_busy")

    def end(self) -> None:
        """Stop for good; its thread takes nothing more to the worker."""
        if self._exchanger is not None:
            self._exchanger.close()

    def failed(self, _: object) -> None:
        """Without its settings there is no exchange; the pages say what is wrong with the store."""

    def _begin(self, address: str) -> None:
        if not address or self._exchanger is not None:
            return
        from trafficwatch.sync.network.exchanger import Exchanger

        self._exchanger = Exchanger(self._desk.tasks.hand, self._told.emit)
        self.status = self._exchanger.status
        self._exchanger.start()
        self.changed.emit(self.status)

    def _replan(self) -> None:
        if self._exchanger is not None:
            self._exchanger.replan()

    def _hear(self, status: Status) -> None:
        before, self.status = self.status, status
        self.changed.emit(status)
        if before is not None and before.last_success != status.last_success:
            self.came.emit()


def network_of(desk: Desk) -> Network:
    """The one exchange of a desk."""
    if _NAME not in desk.under_way:
        desk.under_way[_NAME] = Network(desk)
    found: Network = desk.under_way[_NAME]
    return found


def _known(work: Any) -> str:
    from trafficwatch.sync.network.sending import inbox_known

    return inbox_known(work)
