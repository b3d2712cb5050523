# SPDX-License-Identifier: GPL-3.0-or-later
"""Looking at a PDF before it is printed, and printing it: sheets, keys, paper size, scale."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtPdf import QPdfDocument
from PySide6.QtPrintSupport import QPrinter
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QScrollArea
from pytestqt.qtbot import QtBot
from referral_tools import FULL, long_form, pages, reader

from trafficwatch.forms.paper import PAPERS
from trafficwatch.forms.referral import referral_pdf
from trafficwatch.texts import t
from trafficwatch.ui.gallery.stage import Stage
from trafficwatch.ui.widgets import printing
from trafficwatch.ui.widgets.pdf_preview import PdfPreview
from trafficwatch.ui.widgets.printing import PrintingFailed, draw, make_printer, page_size, set_paper

StageOf = Callable[[str], Stage]
LONG = referral_pdf(long_form(400), PAPERS["a4"])


@pytest.fixture
def area(stage_of: StageOf, qtbot: QtBot) -> QScrollArea:
    stage_of("village")
    made = QScrollArea()
    made.setWidgetResizable(True)
    made.setWidget(PdfPreview())
    made.resize(800, 600)
    qtbot.addWidget(made)
    made.show()
    return made


def preview(area: QScrollArea) -> PdfPreview:
    found = area.widget()
    assert isinstance(found, PdfPreview)
    return found


def test_sheets_stand_below_each_other_in_their_proportions(area: QScrollArea, qtbot: QtBot) -> None:
    shown = preview(area)
    shown.show_pdf(LONG)
    qtbot.waitUntil(lambda: shown.sheets[0].is_drawn)
    assert len(shown.sheets) == len(pages(LONG)) > 3
    assert shown.words.text() == t("printing.sheets", count=len(shown.sheets))
    first, second = shown.sheets[:2]
    assert second.y() >= first.y() + first.height()
    page = first._page(first.width())
    assert page.height() / page.width() == pytest.approx(297 / 210, abs=0.01)
    assert first.height() >= page.height()


def test_only_what_comes_into_sight_is_drawn(area: QScrollArea, qtbot: QtBot) -> None:
    shown = preview(area)
    shown.show_pdf(LONG)
    qtbot.waitUntil(lambda: shown.sheets[0].is_drawn)
    assert not shown.sheets[-1].is_drawn
    shown.setFocus()
    QTest.keyClick(shown, Qt.Key.Key_End)
    qtbot.waitUntil(lambda: shown.sheets[-1].is_drawn)


def test_page_keys_go_from_sheet_to_sheet(area: QScrollArea, qtbot: QtBot) -> None:
    shown = preview(area)
    shown.show_pdf(LONG)
    qtbot.waitUntil(lambda: shown.sheets[0].is_drawn)
    bar = area.verticalScrollBar()
    tops = []
    for key in (Qt.Key.Key_PageDown, Qt.Key.Key_PageDown, Qt.Key.Key_PageUp, Qt.Key.Key_Home, Qt.Key.Key_PageUp):
        QTest.keyClick(shown, key)
        tops.append(bar.value())
    assert tops[0] < tops[1]
    assert tops[2] == tops[0]
    assert tops[3] == tops[4] < tops[0]


def test_a_screen_reader_hears_how_many_sheets_and_what_they_say(area: QScrollArea) -> None:
    shown = preview(area)
    shown.show_pdf(LONG)
    assert t("printing.sheets", count=len(shown.sheets)) in shown.accessibleName()
    assert "SURAT RUJUKAN" in shown.accessibleDescription()
    QTest.keyClick(shown, Qt.Key.Key_PageDown)
    assert "baris 399" not in shown.accessibleDescription()
    QTest.keyClick(shown, Qt.Key.Key_End)
    assert t("forms.slip.title") in shown.accessibleDescription()


def test_another_pdf_takes_the_place_of_the_first(area: QScrollArea) -> None:
    shown = preview(area)
    counts: list[int] = []
    shown.loaded.connect(counts.append)
    shown.show_pdf(LONG)
    shown.show_pdf(referral_pdf(FULL, PAPERS["f4"]))
    assert counts == [len(pages(LONG)), 2]
    assert len(shown.sheets) == 2
    shown.clear()
    assert shown.sheets == []


# -- printing ----------------------------------------------------------------------------------------------------------


def to_file(paper: str, path: Path) -> QPrinter:
    printer = make_printer(paper)
    printer.setOutputFormat(QPrinter.OutputFormat.PdfFormat)
    printer.setOutputFileName(str(path))
    set_paper(printer, paper)
    return printer


@pytest.mark.parametrize(("paper", "width", "height"), [("a4", 210, 297), ("f4", 215, 330)])
def test_the_printer_gets_our_paper_whole_and_on_one_side(
    qtbot: QtBot, tmp_path: Path, paper: str, width: int, height: int
) -> None:
    size = page_size(paper).size(page_size(paper).Unit.Millimeter)
    assert (size.width(), size.height()) == (width, height)
    printer = to_file(paper, tmp_path / "out.pdf")
    assert printer.fullPage()
    assert printer.duplex() == QPrinter.DuplexMode.DuplexNone
    assert printer.pageLayout().margins().isNull()
    assert printer.paperRect(QPrinter.Unit.Millimeter).width() == pytest.approx(width, abs=0.4)
    assert printer.docName() == t("printing.job")


@pytest.mark.parametrize("paper", ["a4", "f4"])
def test_a_printed_page_is_the_page_of_the_pdf_at_full_scale(qtbot: QtBot, tmp_path: Path, paper: str) -> None:
    source = referral_pdf(FULL, PAPERS[paper])
    path = tmp_path / "out.pdf"
    draw(source, to_file(paper, path))
    printed = reader(path.read_bytes())
    assert len(printed.pages) == len(pages(source))
    box = printed.pages[0].mediabox
    assert (box.width, box.height) == pytest.approx((PAPERS[paper].width, PAPERS[paper].height), abs=1)
    (tmp_path / "source.pdf").write_bytes(source)
    assert ink(tmp_path / "source.pdf") == pytest.approx(ink(path), abs=2)


def ink(path: Path) -> tuple[int, int, int, int]:
    """The box around all that is dark on the first page, in pixels of a small picture."""
    document = QPdfDocument()
    document.load(str(path))
    points = document.pagePointSize(0)
    image = document.render(0, points.toSize())
    dark = [
        (x, y)
        for y in range(image.height())
        for x in range(image.width())
        if image.pixelColor(x, y).alpha() and image.pixelColor(x, y).lightness() < 120
    ]
    xs, ys = [x for x, _ in dark], [y for _, y in dark]
    return min(xs), min(ys), max(xs), max(ys)


def test_a_printer_that_takes_nothing_is_an_expected_error(qtbot: QtBot, tmp_path: Path) -> None:
    printer = to_file("a4", tmp_path / "no such folder" / "out.pdf")
    with pytest.raises(PrintingFailed):
        draw(LONG, printer)


def test_the_dialog_prints_on_the_worker(
    stage_of: StageOf, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage = stage_of("village")
    path, done = tmp_path / "out.pdf", []
    monkeypatch.setattr(printing, "make_printer", lambda paper: to_file(paper, path))

    def back_to_file(printer: QPrinter, paper: str) -> None:
        """The dialog, which offers no file, took the printer off ours."""
        printer.setOutputFormat(QPrinter.OutputFormat.PdfFormat)
        printer.setOutputFileName(str(path))
        set_paper(printer, paper)

    set_paper = printing.set_paper
    monkeypatch.setattr(printing, "set_paper", back_to_file)
    owner = PdfPreview()
    qtbot.addWidget(owner)
    owner.show()
    printing.ask_and_print(owner, stage.desk, LONG, "a4", lambda: done.append(True))
    dialog = owner.findChild(printing.QPrintDialog)
    assert dialog.isVisible()
    assert not dialog.testOption(printing.QPrintDialog.PrintDialogOption.PrintToFile)  # that file everybody could read
    dialog.accept()
    qtbot.waitUntil(lambda: bool(done), timeout=20_000)
    assert len(reader(path.read_bytes()).pages) == len(pages(LONG))
