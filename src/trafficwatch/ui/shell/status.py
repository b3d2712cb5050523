# SPDX-License-Identifier: GPL-3.0-or-later
"""The status line: what was just done, whether something runs, and how far the data are on their way to the PPT.

It says only what is known: 'received' is the PPT's signed receipt and nothing less (interfaces: delivery).
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout

from trafficwatch.models.dates import PartialDate
from trafficwatch.models.exchange import Delivery, PeerStatus
from trafficwatch.texts import current_language, t
from trafficwatch.ui.shell.tasks import Tasks
from trafficwatch.ui.theme.look import px
from trafficwatch.ui.widgets.parts import label

if TYPE_CHECKING:
    from trafficwatch.sync.outbox import Outbox

SHORT_WAIT = 300
"""Milliseconds of work that nobody needs to be told about."""
_MONTH = 3
"""Letters of a month that are enough to know it."""


class StatusLine(QFrame):
    """One line at the bottom of the window."""

    def __init__(self, tasks: Tasks) -> None:
        super().__init__()
        self.setProperty("box", "status")
        row = QHBoxLayout(self)
        row.setContentsMargins(px(16), px(4), px(16), px(4))
        row.setSpacing(px(18))
        self._said = label("", "small")
        self._busy = label(t("shell.working"), "small", wraps=False)
        self._busy.hide()
        self._network = label("", "small", wraps=False)
        self._network.hide()
        self._delivery = label("", "small")
        self._delivery.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        row.addWidget(self._said, 1)
        row.addWidget(self._busy)
        row.addWidget(self._network)
        row.addWidget(self._delivery, 2)
        self._patience = QTimer(self)
        self._patience.setSingleShot(True)
        self._patience.setInterval(SHORT_WAIT)
        self._patience.timeout.connect(self._busy.show)
        tasks.busy.connect(self._is_busy)

    def say(self, sentence: str) -> None:
        """What was just done, with the time; a screen reader hears it."""
        self._said.setText(f"{datetime.now().astimezone():%H.%M} · {sentence}")
        QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self._said, sentence))

    def show_delivery(self, outbox: Outbox) -> None:
        """How far the village's records are on their way."""
        self._delivery.setText(delivery_words(outbox))

    def show_network(self, words: str) -> None:
        """What the exchange over the internet is doing, '' for nothing."""
        self._network.setText(words)
        self._network.setVisible(bool(words))

    def _is_busy(self, busy: bool) -> None:  # noqa: FBT001 - a signal's argument
        if busy:
            self._patience.start()
        else:
            self._patience.stop()
            self._busy.hide()


def delivery_words(outbox: Outbox) -> str:
    """One sentence about the outbox: what waits stands first, and since when."""
    if outbox.ppt_status is not PeerStatus.ACTIVE:
        return t("shell.not_connected")
    waiting = outbox.by_state.get(Delivery.WAITING.value, 0)
    under_way = outbox.by_state.get(Delivery.IN_BUNDLE.value, 0)
    refused = outbox.by_state.get(Delivery.REFUSED.value, 0)
    parts = []
    if waiting and outbox.waiting_since is not None:
        parts.append(t("shell.waiting_since", count=waiting, day=_day(outbox.waiting_since)))
    elif waiting:
        parts.append(t("shell.waiting", count=waiting))
    parts += [
        t(f"shell.{key}", count=count) for key, count in (("under_way", under_way), ("refused", refused)) if count
    ]
    return " · ".join(parts) or t("shell.all_received")


def _day(at: str) -> str:
    """A day as short as a line can have it: `12 Nov`."""
    words = PartialDate.of(datetime.fromisoformat(at).astimezone().date()).format(current_language())
    day, month, *_ = words.split()
    return f"{day} {month[:_MONTH]}"
