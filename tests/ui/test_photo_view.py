# SPDX-License-Identifier: GPL-3.0-or-later
"""Looking at pictures and PDFs from elsewhere: within bounds, by keyboard, and never out through clipboard or drag."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Callable

import pytest
from PIL import Image
from PySide6.QtCore import QMimeData, QPoint, Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.pdfgen.canvas import Canvas

from trafficwatch.ui.gallery.evidence import photo
from trafficwatch.ui.gallery.stage import Stage
from trafficwatch.ui.widgets.given_files import (
    ENOUGH_PIXELS,
    MOST_SHEETS,
    PaperDamaged,
    PaperTooLong,
    PhotoDamaged,
    PhotoTooLarge,
    check_paper,
    read_photo,
)
from trafficwatch.ui.widgets.photo_view import LARGEST, PhotoView


def png(width: int, height: int, rows: bytes) -> bytes:
    """A PNG that claims this size, whatever it holds."""

    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def pdf(*sizes: tuple[float, float], secret: str = "") -> bytes:
    content = io.BytesIO()
    canvas = Canvas(content, encrypt=StandardEncryption(secret) if secret else None)
    for size in sizes:
        canvas.setPageSize(size)
        canvas.drawString(10, 10, "x")
        canvas.showPage()
    canvas.save()
    return content.getvalue()


# -- bounds ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("kind", "media_type"), [("JPEG", "image/jpeg"), ("PNG", "image/png"), ("WEBP", "image/webp")])
def test_every_kind_of_photo_is_shown(qapp: QApplication, kind: str, media_type: str) -> None:
    image = read_photo(photo(0, (400, 300), kind), media_type)
    assert (image.width(), image.height()) == (400, 300)
    assert image.pixelColor(200, 10).blue() > image.pixelColor(200, 10).red()


@pytest.mark.parametrize(("kind", "media_type"), [("JPEG", "image/jpeg"), ("PNG", "image/png")])
def test_a_large_photo_is_decoded_smaller(qapp: QApplication, kind: str, media_type: str) -> None:
    size = (5_000, 4_000)
    assert size[0] * size[1] > ENOUGH_PIXELS
    image = read_photo(photo(0, size, kind), media_type)
    assert (image.width(), image.height()) == (2_500, 2_000)


def test_a_photo_stands_upright(qapp: QApplication) -> None:
    content, turned = io.BytesIO(), Image.Exif()
    turned[0x0112] = 6
    Image.new("RGB", (40, 20)).save(content, "JPEG", exif=turned)
    image = read_photo(content.getvalue(), "image/jpeg")
    assert (image.width(), image.height()) == (20, 40)


def test_a_picture_that_claims_too_much_is_not_decoded(qapp: QApplication) -> None:
    with pytest.raises(PhotoTooLarge) as caught:
        read_photo(png(60_000, 60_000, b""), "image/png")
    assert caught.value.params == {"megapixels": 3_600}


@pytest.mark.parametrize(
    ("content", "media_type"),
    [
        (b"\xff\xd8\xff\xe0" + bytes(500), "image/jpeg"),
        (png(100, 100, b"")[:60], "image/png"),
        (b"RIFF\x10\0\0\0WEBPVP8 " + bytes(50), "image/webp"),
        (b"", "image/png"),
        (photo(0, (40, 30), "PNG"), "image/jpeg"),
        (b"<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'/>", "image/png"),
    ],
)
def test_a_damaged_picture_says_so(qapp: QApplication, content: bytes, media_type: str) -> None:
    """Also one that only the decoder of another kind could read: that one is not asked."""
    with pytest.raises(PhotoDamaged):
        read_photo(content, media_type)


def test_papers_within_bounds(qapp: QApplication) -> None:
    check_paper(pdf((595, 842), (842, 595), (80, 600)))
    check_paper(pdf(*[(595, 842)] * MOST_SHEETS))


@pytest.mark.parametrize(
    ("content", "error"),
    [
        (pdf(*[(595, 842)] * (MOST_SHEETS + 1)), PaperTooLong),
        (pdf((595, 842), (10, 14_000)), PaperDamaged),
        (pdf((595, 842), secret="rahasia"), PaperDamaged),
        (pdf((595, 842))[:300], PaperDamaged),
        (b"%PDF-1.7\n", PaperDamaged),
        (b"", PaperDamaged),
    ],
    ids=["too long", "a strip", "with a password", "cut", "a head", "nothing"],
)
def test_papers_beyond_bounds(qapp: QApplication, content: bytes, error: type[Exception]) -> None:
    with pytest.raises(error):
        check_paper(content)


# -- looking -----------------------------------------------------------------------------------------------------------


@pytest.fixture
def view(stage_of: Callable[[str], Stage], qtbot: QtBot) -> PhotoView:
    stage_of("village")
    made = PhotoView()
    qtbot.addWidget(made)
    made.resize(800, 600)
    made.show()
    made.show_photo(QImage.fromData(photo()))
    return made


def sheet(view: PhotoView) -> QWidget:
    found = view.area.widget()
    assert found is not None
    return found


def test_a_photo_is_whole_at_first_and_after_every_change_of_the_window(view: PhotoView) -> None:
    for size in ((800, 600), (500, 700), (1_200, 400)):
        view.resize(*size)
        room = view.area.viewport().size()
        shown = sheet(view).size()
        assert room.width() - shown.width() <= 1 or room.height() - shown.height() <= 1
        assert shown.width() <= room.width()
        assert shown.height() <= room.height()
        assert shown.width() / shown.height() == pytest.approx(4 / 3, abs=0.01)


def test_a_small_photo_is_not_blown_up(view: PhotoView) -> None:
    view.show_photo(QImage.fromData(photo(0, (100, 80))))
    assert (sheet(view).width(), view.size_words.text()) == (100, "Ukuran 100 %")


def test_the_keys_change_the_size_and_move(view: PhotoView) -> None:
    area = view.area
    whole = area.scale
    for _ in range(3):
        QTest.keyClick(area, Qt.Key.Key_Plus)
    assert area.scale == pytest.approx(whole * 1.5**3)
    bar = area.verticalScrollBar()
    assert bar.value() == pytest.approx(bar.maximum() / 2, abs=3)  # the middle stays in the middle
    before = bar.value()
    QTest.keyClick(area, Qt.Key.Key_Down)
    assert bar.value() > before
    QTest.keyClick(area, Qt.Key.Key_Minus)
    assert area.scale == pytest.approx(whole * 1.5**2)
    QTest.keyClick(area, Qt.Key.Key_0)
    assert area.scale == whole
    assert area.fits


def test_the_buttons_end_where_there_is_no_more(view: PhotoView) -> None:
    assert [each.isEnabled() for each in (view.whole, view.larger, view.smaller)] == [False, True, False]
    for _ in range(20):
        view.larger.click()
    assert view.area.scale == LARGEST
    assert [each.isEnabled() for each in (view.whole, view.larger, view.smaller)] == [True, False, True]
    assert view.size_words.text() == "Ukuran 400 %"
    assert not view.grab().isNull()
    for _ in range(20):
        view.smaller.click()
    assert view.area.fits
    view.larger.click()
    view.whole.click()
    assert view.area.fits


def test_what_is_drawn_is_the_photo(view: PhotoView) -> None:
    image = QImage.fromData(photo())
    for share in (0.3, 0.5):  # a hill, and the hill before it
        wanted = image.pixelColor(image.width() // 2, int(image.height() * share)).getRgb()
        view.whole.click()
        for _ in range(6):
            drawn = sheet(view).grab().toImage()
            found = drawn.pixelColor(drawn.width() // 2, int(drawn.height() * share)).getRgb()
            assert found == pytest.approx(wanted, abs=4)
            view.larger.click()


def test_nothing_goes_out_by_clipboard_or_drag(view: PhotoView) -> None:
    clipboard = QApplication.clipboard()
    before = QMimeData()
    before.setText("lain")
    clipboard.setMimeData(before)
    area = view.area
    QTest.keyClick(area, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClick(area, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    QTest.mousePress(area.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(50, 50))
    QTest.mouseMove(area.viewport(), QPoint(200, 200))
    QTest.mouseRelease(area.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(200, 200))
    assert clipboard.text() == "lain"
    assert not clipboard.mimeData().hasImage()
    assert not any(each.acceptDrops() for each in view.findChildren(QWidget))
    assert not area.actions()
