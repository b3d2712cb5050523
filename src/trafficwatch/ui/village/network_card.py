# SPDX-License-Identifier: GPL-3.0-or-later
"""The internet on the page 'Kirim': exchange now, pause, go on, cancel; how far it is, when it goes on, and when last
all was exchanged. It says what the PPT's inbox holds and never 'received': only a receipt does that, in the outbox.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QProgressBar, QVBoxLayout

from trafficwatch.sync.network.plan import Plan
from trafficwatch.sync.network.sending import plan
from trafficwatch.sync.network.status import Phase, Status
from trafficwatch.texts import explain_error, t
from trafficwatch.ui.exchange.moments import moment, size
from trafficwatch.ui.exchange.network import network_of
from trafficwatch.ui.exchange.rows import side_by_side
from trafficwatch.ui.shell.page import Page
from trafficwatch.ui.theme.look import px
from trafficwatch.ui.widgets.parts import button, label
from trafficwatch.ui.widgets.radios import Ticks

HOURS = (8, 12, 16, 20)
"""Of the day, at which an exchange can be planned."""
BUSY = frozenset(
    {
        Phase.PREPARING,
        Phase.CONNECTING,
        Phase.SENDING,
        Phase.WAITING_FOR_RECEIPT,
        Phase.FETCHING,
        Phase.TAKING_IN,
    }
)


class NetworkCard(QFrame):
    """Hidden until it is known whether the PPT takes bundles in over the internet."""

    settled = Signal()
    """An exchange has ended: what the outbox says may be new."""

    def __init__(self, page: Page) -> None:
        super().__init__()
        self.setProperty("box", "card")
        self._page, self._network = page, network_of(page.desk)
        column = QVBoxLayout(self)
        column.setContentsMargins(px(18), px(14), px(18), px(16))
        column.setSpacing(px(10))
        column.addWidget(label(t("network_card.title"), "heading"))
        self.said = label("", "lead")
        self.more = label("", "soft")
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName(t("network_card.title"))
        for widget in (self.said, self.bar, self.more):
            column.addWidget(widget)
        self.now = button(t("network_card.now"), self._now, icon_name="send")
        self.pause = button(t("network_card.pause"), self._pause, icon_name="clock")
        self.resume = button(t("network_card.resume"), self._resume, icon_name="forward")
        self.cancel = button(t("network_card.cancel"), self._cancel, icon_name="close")
        column.addLayout(side_by_side(self.now, self.pause, self.resume, self.cancel))
        self.planned = label(t("network_card.planned"), "strong")
        self.hours = Ticks([(str(hour), f"{hour:02}.00") for hour in HOURS])
        self.hours_what = label(t("network_card.planned_what"), "small")
        for each in (self.planned, self.hours, self.hours_what):
            column.addWidget(each)
        self.hours.changed.connect(self._plan)
        self._is_putting = False
        self._network.changed.connect(self.show_status)
        self._network.came.connect(self.settled)
        self.hide()

    def read(self) -> None:
        """Read the plan, and show how it stands."""
        self._network.look()
        self._page.desk.tasks.work(self, plan, self._put_plan, slot="plan")

    def failed(self, _: object) -> None:
        """The page itself says what keeps the store from being read."""

    def _put_plan(self, chosen: Plan) -> None:
        self._is_putting = True
        self.hours.tick({str(hour): chosen.is_on for hour in chosen.hours})
        self._is_putting = False
        status = self._network.status
        self.show_status(status if status is not None else Status(Phase.NOT_SET_UP))

    def show_status(self, status: Status) -> None:
        """Show this."""
        phase, is_busy = status.phase, status.phase in BUSY
        self.said.setText(_said(status))
        self.more.setText(_more(status))
        self.more.setVisible(bool(self.more.text()))
        done, total = (
            (status.fetched, status.to_fetch)
            if phase in {Phase.FETCHING, Phase.TAKING_IN}
            else (status.sent, status.to_send)
        )
        self.bar.setRange(0, max(1, total))
        self.bar.setValue(done)
        self.bar.setVisible(is_busy)
        is_set_up = phase is not Phase.NOT_SET_UP
        self.now.setVisible(is_set_up and not is_busy and phase is not Phase.PAUSED)
        self.now.setText(t("network_card.now_again") if phase is Phase.WAITING else t("network_card.now"))
        self.pause.setVisible(is_busy)
        self.resume.setVisible(phase is Phase.PAUSED)
        self.cancel.setVisible(is_busy or phase in {Phase.WAITING, Phase.PAUSED})
        for each in (self.planned, self.hours, self.hours_what):
            each.setVisible(is_set_up)
        self.show()

    def _now(self) -> None:
        if self._network.exchanger is not None:
            self._network.exchanger.now()

    def _pause(self) -> None:
        if self._network.exchanger is not None:
            self._network.exchanger.pause()

    def _resume(self) -> None:
        if self._network.exchanger is not None:
            self._network.exchanger.resume()

    def _cancel(self) -> None:
        if self._network.exchanger is not None:
            self._network.exchanger.cancel()
            self._network.exchanger.resume()

    def _plan(self) -> None:
        if not self._is_putting:
            hours = tuple(int(hour) for hour in self.hours.ticked)
            self._network.set_plan(Plan(is_on=bool(hours), hours=hours))


def _said(status: Status) -> str:
    """What goes on, in one sentence."""
    phase, params = status.phase, dict[str, Any]()
    if phase is Phase.SENDING:
        params = {"sent": size(status.sent), "total": size(status.to_send)}
    elif phase is Phase.FETCHING:
        params = {"fetched": size(status.fetched), "total": size(status.to_fetch)}
    elif phase is Phase.WAITING:
        params = {"at": _clock(status.next_attempt), "count": status.failures}
    elif phase is Phase.IDLE and status.last_success is None:
        return t("network_card.never")
    elif phase is Phase.IDLE:
        return t("network_card.last", at=moment(_iso(status.last_success)))
    return t(f"network_card.phase.{phase.value}", **params)


def _more(status: Status) -> str:
    """Why it does not go on, when it does, and when all was exchanged last."""
    said = []
    if status.error is not None:
        words = explain_error(status.error)
        said += [words["message"], words["safe"], words["todo"]]
    if status.phase is Phase.IDLE and status.next_attempt is not None:
        said.append(t("network_card.next", at=moment(_iso(status.next_attempt))))
    if status.phase is not Phase.IDLE and status.last_success is not None:
        said.append(t("network_card.last", at=moment(_iso(status.last_success))))
    return " ".join(said)


def _iso(at: datetime | None) -> str:
    return at.isoformat() if at else ""


def _clock(at: datetime | None) -> str:
    return f"{at.astimezone():%H.%M}" if at else ""
