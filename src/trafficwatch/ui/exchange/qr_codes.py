# SPDX-License-Identifier: GPL-3.0-or-later
"""An enrolment file as QR codes on the screen, to be photographed, printed or saved; and codes read from pictures."""

from __future__ import annotations

from base64 import b64decode, b64encode
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QSizePolicy, QVBoxLayout, QWidget

from trafficwatch.forms import qr
from trafficwatch.sync.enrolling import Sheet, Source
from trafficwatch.sync.enrolment_qr import joined, parts
from trafficwatch.sync.pictures import in_folder, read_codes
from trafficwatch.texts import current_language, t
from trafficwatch.ui.exchange.rows import side_by_side
from trafficwatch.ui.shell.desk import Desk
from trafficwatch.ui.shell.page import Page
from trafficwatch.ui.theme.look import look, px
from trafficwatch.ui.theme.palette import Tone
from trafficwatch.ui.widgets.parts import button, label

_SIDE, _MOST = 290, 400
"""Width of a code on the screen, which is whole to be seen at any zoom: modules of three to five points."""


def read_folder(folder: Path) -> bytes:
    """The enrolment file whose codes are in the pictures of a folder."""
    return joined(read_codes(in_folder(folder)))


def kept(source: Source) -> str:
    """A source as a draft keeps it."""
    return f"qr:{b64encode(source).decode()}" if isinstance(source, bytes) else str(source)


def taken_up(text: str) -> Source:
    """A source from a draft."""
    return b64decode(text.removeprefix("qr:")) if text.startswith("qr:") else Path(text)


class QrPicture(QWidget):
    """One code, always black on white: a camera reads it in a dark theme too."""

    def __init__(self, text: str, words: str) -> None:
        super().__init__()
        self._rows = qr.matrix(text)
        self.setAccessibleName(words)
        side = min(px(_SIDE), _MOST)
        self.setFixedSize(side, side)

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(Qt.GlobalColor.white))
        step = self.width() / (len(self._rows) + 2 * qr.QUIET)
        for number, row in enumerate(self._rows):
            for column, dark in enumerate(row):
                if dark:
                    left, top = (qr.QUIET + column) * step, (qr.QUIET + number) * step
                    painter.fillRect(QRectF(left, top, step, step), QColor(Qt.GlobalColor.black))
        painter.end()


class QrCodes(QFrame):
    """The codes of one enrolment file; hidden until there is one to show."""

    def __init__(self, page: Page) -> None:
        super().__init__()
        self._page = page
        self._sheet: Sheet | None = None
        self.setProperty("box", "card")
        self.setAccessibleName(t("enrolment.qr_title"))
        column = QVBoxLayout(self)
        column.setContentsMargins(px(18), px(14), px(18), px(16))
        column.setSpacing(px(10))
        column.addWidget(label(t("enrolment.qr_title"), "heading"))
        column.addWidget(label(t("enrolment.qr_how")))
        self._codes = QWidget()
        self._grid = QGridLayout(self._codes)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(px(12))
        self._codes.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Maximum)
        column.addWidget(self._codes)
        self.print = button(t("enrolment.qr_print"), self._print, icon_name="print")
        self.save = button(t("enrolment.qr_save"), self._ask_where, icon_name="save")
        self.close_codes = button(t("enrolment.qr_hide"), self.clear, role="quiet", icon_name="close")
        column.addLayout(side_by_side(self.print, self.save, self.close_codes))
        self.hide()

    def put(self, sheet: Sheet) -> None:
        """Show the codes of this file."""
        self.clear()
        self._sheet = sheet
        codes = parts(sheet.content)
        columns = 3 if look().zoom < 125 else 2
        for index, code in enumerate(codes):
            words = t("enrolment.qr_part", number=index + 1, total=len(codes))
            cell = QWidget()
            inside = QVBoxLayout(cell)
            inside.setContentsMargins(0, 0, 0, 0)
            inside.addWidget(QrPicture(code, words))
            inside.addWidget(label(words, "small"))
            self._grid.addWidget(cell, index // columns, index % columns)
        self.show()

    def clear(self) -> None:
        """Show nothing."""
        while (item := self._grid.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        self._sheet = None
        self.hide()

    def _print(self) -> None:
        from trafficwatch.ui.widgets.printing import has_printer

        if not has_printer():
            self._page.tell(t("printing.no_printer"), Tone.WARN).add_action(t("printing.save"), self._ask_where)
            return
        desk = self._page.desk
        if self._sheet is not None:
            desk.tasks.do(self._page, partial(_drawn, desk, self._sheet), self._send_to_printer)

    def _send_to_printer(self, pdf: bytes) -> None:
        from trafficwatch.ui.widgets.printing import ask_and_print

        desk = self._page.desk
        ask_and_print(self, desk, pdf, desk.settings.paper, lambda: desk.say(t("enrolment.qr_printed")))

    def _ask_where(self) -> None:
        if self._sheet is not None:
            name = t("enrolment.qr_file_ppt_pack")
            if self._sheet.kind != "ppt_pack":
                name = t("enrolment.qr_file_village_request")
            self._page.desk.save_file(self._page, t("enrolment.qr_save"), self._save, name=name, kinds="*.pdf")

    def _save(self, path: Path) -> None:
        from trafficwatch.casework.papers import save_pdf

        desk, sheet = self._page.desk, self._sheet
        if sheet is not None:
            desk.tasks.store(
                self._page,
                lambda store: save_pdf(store, path, _drawn(desk, sheet)),
                lambda _: self._tell_saved(path),
            )

    def _tell_saved(self, path: Path) -> None:
        self._page.tell(t("enrolment.qr_saved", file=path.name), Tone.OK)


def _drawn(desk: Desk, sheet: Sheet) -> bytes:
    from trafficwatch.forms.enrolment_sheet import enrolment_pdf
    from trafficwatch.forms.paper import PAPERS

    language: Any = current_language()
    return enrolment_pdf(
        sheet.kind,
        sheet.name,
        sheet.day,
        sheet.fingerprint,
        parts(sheet.content),
        PAPERS[desk.settings.paper],
        language,
        practice=desk.state.practice,
    )
