# SPDX-License-Identifier: GPL-3.0-or-later
"""On the locked screen: asking the PPT for the code that opens this laptop, when passphrase and sheet are both lost.

Saves the sealed request file and shows its digits to read out; the code that comes back by telephone is typed into the
recovery form. Part of the first thing that is seen: nothing heavy is imported here.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QFrame, QPushButton, QVBoxLayout, QWidget

from trafficwatch.texts import t
from trafficwatch.ui.exchange.rows import side_by_side
from trafficwatch.ui.shell import paths
from trafficwatch.ui.shell.front import Front
from trafficwatch.ui.shell.tasks import Tasks
from trafficwatch.ui.theme.look import px
from trafficwatch.ui.theme.palette import Tone
from trafficwatch.ui.widgets.digits import DigitsShown
from trafficwatch.ui.widgets.notice import Notice
from trafficwatch.ui.widgets.parts import button, empty, label, set_role


class AskPpt(QFrame):
    """`request` runs on the worker: it copies the request file into a folder and gives its path and digits."""

    typing_wanted = Signal()
    """The PPT has read the code out."""
    left = Signal()

    def __init__(self, tasks: Tasks, owner: Front, request: Callable[[Path], Any]) -> None:
        """What fails is told by the `owner`."""
        super().__init__()
        self._tasks, self._owner, self._request = tasks, owner, request
        self.setProperty("box", "card")
        self.setAccessibleName(t("escrow.ask.title"))
        column = QVBoxLayout(self)
        column.setContentsMargins(px(18), px(14), px(18), px(16))
        column.setSpacing(px(10))
        column.addWidget(label(t("escrow.ask.title"), "heading"))
        column.addWidget(label(t("escrow.ask.intro"), "soft"))
        column.addWidget(label(t("escrow.ask.first")))
        self.save = button(t("escrow.ask.save"), self._ask, icon_name="stick")
        column.addLayout(side_by_side(self.save))
        self._next = QWidget()
        after = QVBoxLayout(self._next)
        after.setContentsMargins(0, 0, 0, 0)
        after.setSpacing(px(10))
        self._saved = QVBoxLayout()
        after.addLayout(self._saved)
        after.addWidget(label(t("escrow.ask.call")))
        self.digits = DigitsShown()
        after.addWidget(self.digits)
        after.addWidget(label(t("escrow.ask.then")))
        column.addWidget(self._next)
        self._next.hide()
        self.have_code = button(t("escrow.ask.have_code"), self.typing_wanted.emit, icon_name="key")
        self.back = button(t("escrow.ask.back"), self.left.emit)
        column.addLayout(side_by_side(self.have_code, self.back))
        self.primary = self.save
        self._lead_to(self.save)

    def _ask(self) -> None:
        paths.open_folder(self._owner, t("escrow.ask.choose"), self.save_into)

    def save_into(self, folder: Path) -> None:
        """Copy the request file there, and say what comes next."""
        self.save.setEnabled(False)
        self._tasks.do(self._owner, lambda: self._request(folder), self.show_saved)

    def show_saved(self, made: Any) -> None:
        """The file is there: its name, and the digits to read out."""
        self.rest()
        empty(self._saved)
        notice = Notice(t("escrow.ask.saved", file=made.path.name), Tone.OK)
        self._saved.addWidget(notice)
        self.digits.put(made.digits)
        self._next.show()
        self._lead_to(self.have_code)
        self._owner.press_with_enter(self.have_code)
        notice.announce()
        self.digits.digits.setFocus(Qt.FocusReason.OtherFocusReason)
        QTimer.singleShot(0, self, self._show_end)

    def rest(self) -> None:
        """Nothing is under way any more."""
        self.save.setEnabled(True)

    def _lead_to(self, primary: QPushButton) -> None:
        """First the file is saved, then the code is typed: one button at a time is the one to press."""
        self.primary = primary
        for each in (self.save, self.have_code):
            set_role(each, "primary" if each is primary else "")
            each.style().unpolish(each)
            each.style().polish(each)

    def _show_end(self) -> None:
        """What comes next stands below: it has its place once the panel is laid out."""
        self._owner.show_widget(self.have_code)
