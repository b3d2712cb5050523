# SPDX-License-Identifier: GPL-3.0-or-later
"""What waits to be carried to the villages: a line for each with news, and one button that writes all replies."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from trafficwatch.sync.publishing import write_replies
from trafficwatch.sync.replies import ReplyDue, replies_due
from trafficwatch.texts import t
from trafficwatch.ui.exchange.rows import side_by_side
from trafficwatch.ui.shell.page import Page
from trafficwatch.ui.theme.look import px
from trafficwatch.ui.theme.palette import Tone
from trafficwatch.ui.widgets.parts import button, card, empty, label

MOST = 8
"""Villages by name; of the others only their number."""


def due_words(due: ReplyDue) -> str:
    """What waits for one village."""
    return t("ppt_care.due.answers", count=due.answers) if due.answers else t("ppt_care.due.other")


class DueCard(QWidget):
    """The card on a page; hidden while nothing waits."""

    written = Signal()

    def __init__(self, page: Page) -> None:
        super().__init__()
        self._page = page
        outside = QVBoxLayout(self)
        outside.setContentsMargins(0, 0, 0, 0)
        frame, column = card(t("ppt_care.due.title"), t("ppt_care.due.more"))
        outside.addWidget(frame)
        self._lines = QVBoxLayout()
        self._lines.setSpacing(px(4))
        column.addLayout(self._lines)
        self.write = button(t("ppt_care.due.write"), self._ask, icon_name="stick")
        column.addLayout(side_by_side(self.write))
        self.hide()

    def read(self) -> None:
        """Read and show what waits."""
        self._page.desk.tasks.work(self, replies_due, self.put, slot="due")

    def failed(self, error: Any) -> None:
        """What keeps replies from being written the page says."""
        self.write.setEnabled(True)
        self._page.failed(error)

    def put(self, due: Sequence[ReplyDue]) -> None:
        """Show these."""
        empty(self._lines)
        for each in due[:MOST]:
            self._lines.addWidget(label(t("ppt_care.due.line", name=each.name, what=due_words(each))))
        if len(due) > MOST:
            self._lines.addWidget(label(t("ppt_care.due.others", count=len(due) - MOST), "soft"))
        self.setVisible(bool(due))

    def _ask(self) -> None:
        self._page.desk.open_folder(self._page, t("ppt_desk.villages.choose_stick"), self.write_to)

    def write_to(self, folder: Path) -> None:
        """Write the reply of every village into this folder."""
        self._page.clear_notices()
        self.write.setEnabled(False)
        self._page.desk.tasks.store(self, lambda store: write_replies(store, folder), self._done)

    def _done(self, paths: Sequence[Path]) -> None:
        self.write.setEnabled(True)
        words = t("ppt_care.due.written", count=len(paths))
        self._page.tell(words, Tone.OK, more=t("ppt_care.due.written_more"))
        self._page.desk.say(words)
        self.written.emit()
        self.read()
