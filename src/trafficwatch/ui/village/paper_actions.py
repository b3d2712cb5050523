# SPDX-License-Identifier: GPL-3.0-or-later
"""What can be done with a drawn form: print it (Ctrl+P), save it as a PDF, choose its paper.

Saving always works; printing only where the system knows a printer. `given` says that one of the two was done, `turned`
that the form must be drawn anew for another paper, which is kept in the settings.
"""

from __future__ import annotations

import dataclasses
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from trafficwatch.casework.papers import save_pdf
from trafficwatch.texts import t
from trafficwatch.ui.shell.page import Page
from trafficwatch.ui.shell.settings import PAPER_NAMES
from trafficwatch.ui.theme.look import look, px
from trafficwatch.ui.theme.palette import Tone
from trafficwatch.ui.widgets.parts import Choice, button, label
from trafficwatch.ui.widgets.printing import ask_and_print, has_printer


class PaperActions(QWidget):
    """The row above a form; `offer` gives it a PDF to act on."""

    given = Signal()
    turned = Signal(str)

    def __init__(self, page: Page, title: str, file_name: str, *, is_secret: bool) -> None:
        """`title` stands above the save dialog; a secret form comes with a warning about its file."""
        super().__init__()
        self._page, self._title, self._is_secret = page, title, is_secret
        self.file_name = file_name
        self._pdf = b""
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(px(6))
        self.print = button(t("printing.print"), self._print, icon_name="print", hint="Ctrl+P")
        self.save = button(t("printing.save"), self._save, icon_name="save")
        self.paper = Choice([(name, t(f"printing.{name}")) for name in PAPER_NAMES])
        self.paper.choose(page.desk.settings.paper)
        self.paper.currentIndexChanged.connect(self._turn)
        row = QHBoxLayout() if look().zoom < 150 else QVBoxLayout()
        row.setSpacing(px(10))
        for each in (self.print, self.save):
            row.addWidget(each)
        row.addStretch(1)
        words = label(t("printing.paper"), "soft", wraps=False)
        words.setBuddy(self.paper)
        self.paper.setAccessibleName(t("printing.paper"))
        row.addWidget(words)
        row.addWidget(self.paper)
        column.addLayout(row)
        self._scale = label("", "small")
        column.addWidget(self._scale)
        QShortcut(QKeySequence(QKeySequence.StandardKey.Print), page, self._print)
        self._tell()
        self._enable()

    @property
    def paper_name(self) -> str:
        return self.paper.value or PAPER_NAMES[0]

    def offer(self, pdf: bytes) -> None:
        """This is what is printed or saved from now on; empty for nothing."""
        self._pdf = pdf
        self._enable()

    @property
    def _may_act(self) -> bool:
        """The keys and an earlier notice reach us even where another step is shown."""
        return self.isVisible() and bool(self._pdf)

    def _enable(self) -> None:
        self.print.setEnabled(bool(self._pdf))
        self.save.setEnabled(bool(self._pdf))

    def _tell(self) -> None:
        self._scale.setText(t("printing.scale", paper=t(f"printing.{self.paper_name}")))

    def _turn(self) -> None:
        self.offer(b"")
        self._tell()
        self._page.desk.change(dataclasses.replace(self._page.desk.settings, paper=self.paper_name))
        self.turned.emit(self.paper_name)

    def _print(self) -> None:
        if not self._may_act:
            return
        if has_printer():
            ask_and_print(self._page, self._page.desk, self._pdf, self.paper_name, self._printed)
            return
        self._page.clear_notices()
        told = self._page.tell(t("printing.no_printer"), Tone.WARN, more=t("printing.no_printer_more"))
        told.add_action(t("printing.save"), self._save)

    def _printed(self) -> None:
        self._page.clear_notices()
        self._page.tell(t("printing.printed"))
        self.given.emit()

    def _save(self) -> None:
        if not self._may_act:
            return
        pdf, desk = self._pdf, self._page.desk

        def write(path: Path) -> None:
            desk.tasks.store(self._page, lambda store: save_pdf(store, path, pdf), lambda _: self._saved(path.name))

        desk.save_file(self._page, self._title, write, name=self.file_name, kinds="*.pdf")

    def _saved(self, name: str) -> None:
        self._page.clear_notices()
        self._page.tell(t("printing.saved", file=name), more=t("printing.saved_more") if self._is_secret else "")
        self.given.emit()
