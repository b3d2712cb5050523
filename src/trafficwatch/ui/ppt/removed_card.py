# SPDX-License-Identifier: GPL-3.0-or-later
"""What was removed at the PPT because it was taken back: when, for which village, how much and why; no names."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtWidgets import QVBoxLayout, QWidget

from trafficwatch.sync.removing import Removal, removals
from trafficwatch.texts import catalogue, t
from trafficwatch.ui.exchange.moments import moment
from trafficwatch.ui.shell.page import Page
from trafficwatch.ui.theme.look import px
from trafficwatch.ui.widgets.parts import card, empty, label

MOST = 5


class RemovedCard(QWidget):
    """The card on a page; hidden while nothing was removed."""

    def __init__(self, page: Page) -> None:
        super().__init__()
        self._page = page
        outside = QVBoxLayout(self)
        outside.setContentsMargins(0, 0, 0, 0)
        frame, column = card(t("put_away.removed.title"), t("put_away.removed.more"))
        outside.addWidget(frame)
        self._lines = QVBoxLayout()
        self._lines.setSpacing(px(4))
        column.addLayout(self._lines)
        self.hide()

    def read(self) -> None:
        """Read and show the latest."""
        self._page.desk.tasks.work(self, lambda work: removals(work, MOST), self.put, slot="removed")

    def failed(self, error: Any) -> None:
        """What keeps them from being read the page says."""
        self._page.failed(error)

    def put(self, found: Sequence[Removal]) -> None:
        """Show these."""
        empty(self._lines)
        for each in found:
            why = ", ".join(_words(reason) for reason, _ in each.reasons)
            said = t("put_away.removed.line", day=moment(each.at), village=each.village, count=each.records, why=why)
            self._lines.addWidget(label(said))
        self.setVisible(bool(found))


def _words(reason: str) -> str:
    known = f"removed.reason.{reason}" in catalogue("put_away")
    return t(f"put_away.removed.reason.{reason if known else 'other'}")
