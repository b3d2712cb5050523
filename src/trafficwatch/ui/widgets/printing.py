# SPDX-License-Identifier: GPL-3.0-or-later
"""Printing a PDF on A4 or F4: full page, one side, 100 %, at the printer's resolution.

`ask_and_print` opens Qt's print dialog without stopping the program and then draws on the worker; it says no where the
system knows no printer, and the page offers to save the PDF instead. F4 is a size of its own: without an exact match Qt
takes a German fanfold paper.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QMarginsF, QPointF, QRectF, QSize, QSizeF
from PySide6.QtGui import QPageLayout, QPageSize, QPainter
from PySide6.QtPdf import QPdfDocument
from PySide6.QtPrintSupport import QPrintDialog, QPrinter, QPrinterInfo
from PySide6.QtWidgets import QDialog, QWidget

from trafficwatch.errors import FileError
from trafficwatch.texts import t

if TYPE_CHECKING:
    from trafficwatch.ui.shell.desk import Desk

MOST_DOTS = 300
"""Dots per inch at most: a page is 35 MB then, and text of 7 points is still sharp; at 600 it would be 140 MB."""
_SIZES = {"a4": QSizeF(210, 297), "f4": QSizeF(215, 330)}


class PrintingFailed(FileError):
    """The printer took no page, or stopped."""

    key = "printing_failed"
    catalogue = "errors_printing"


def page_size(paper: str) -> QPageSize:
    """A sheet of `forms.paper.PAPERS`, exactly."""
    match = QPageSize.SizeMatchPolicy.ExactMatch
    return QPageSize(_SIZES[paper], QPageSize.Unit.Millimeter, paper.upper(), match)


def make_printer(paper: str) -> QPrinter:
    """The default printer, set to this paper: upright, whole page without margins, one side, in the worker's hands."""
    printer = QPrinter(QPrinter.PrinterMode.HighResolution)
    printer.setDocName(t("printing.job"))
    set_paper(printer, paper)
    return printer


def set_paper(printer: QPrinter, paper: str) -> None:
    """Put this paper in; the dialog may have chosen another printer with settings of its own."""
    printer.setDuplex(QPrinter.DuplexMode.DuplexNone)
    layout = QPageLayout(page_size(paper), QPageLayout.Orientation.Portrait, QMarginsF())
    layout.setMode(QPageLayout.Mode.FullPageMode)
    printer.setPageLayout(layout)
    printer.setFullPage(True)
    printer.setResolution(min(printer.resolution(), MOST_DOTS))


def has_printer() -> bool:
    """Whether the system knows a printer."""
    return bool(QPrinterInfo.availablePrinterNames())


def ask_and_print(owner: QWidget, desk: Desk, pdf: bytes, paper: str, done: Callable[[], None]) -> None:
    """Ask for printer and copies, print, then call `done`; closing the dialog prints nothing.

    An ExpectedError goes to the owner's `failed`.
    """
    printer = make_printer(paper)
    dialog = QPrintDialog(printer, owner)
    dialog.setOption(QPrintDialog.PrintDialogOption.PrintPageRange, False)  # noqa: FBT003 - Qt's signature
    dialog.setOption(QPrintDialog.PrintDialogOption.PrintToFile, False)  # noqa: FBT003 - `save_pdf` keeps it private

    def chosen() -> None:
        set_paper(printer, paper)
        desk.tasks.do(owner, lambda: draw(pdf, printer), lambda _: done())

    dialog.accepted.connect(chosen)
    dialog.finished.connect(dialog.deleteLater)
    QDialog.open(dialog)  # QPrintDialog's own wants a slot


def draw(pdf: bytes, printer: QPrinter) -> None:
    """Draw every page on a sheet of its own. Raises PrintingFailed."""
    buffer = QBuffer()
    buffer.setData(QByteArray(pdf))
    buffer.open(QIODevice.OpenModeFlag.ReadOnly)
    document = QPdfDocument()
    document.load(buffer)
    painter = QPainter()
    if not painter.begin(printer):
        raise PrintingFailed
    try:
        for number in range(document.pageCount()):
            if number and not printer.newPage():
                raise PrintingFailed
            _draw_page(document, number, painter, printer)
    finally:
        painter.end()
        document.close()


def _draw_page(document: QPdfDocument, number: int, painter: QPainter, printer: QPrinter) -> None:
    """One page at the size it says it has, from the upper left corner of the sheet: never fitted, never scaled."""
    points = document.pagePointSize(number)
    dots = min(printer.resolution(), MOST_DOTS) / 72
    image = document.render(number, QSize(round(points.width() * dots), round(points.height() * dots)))
    painter.drawImage(QRectF(QPointF(), points * (printer.resolution() / 72)), image)
