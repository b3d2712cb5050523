# SPDX-License-Identifier: GPL-3.0-or-later
"""Looking at pictures and PDFs that came from elsewhere: never trusted, always within bounds.

What a file says of its own size is read before anything is decoded, by the decoder of its recognised kind alone. A
large photo is decoded smaller, as far as a screen can show it. For the worker thread: it may take a moment.
"""

from __future__ import annotations

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QSize
from PySide6.QtGui import QImage, QImageReader
from PySide6.QtPdf import QPdfDocument

from trafficwatch.errors import FileError

MOST_PIXELS = 110_000_000
"""Of a photo that is opened at all; the largest cameras of telephones have 108 million."""
ENOUGH_PIXELS = 16_000_000
"""Beyond that a photo is decoded at half its size, or a quarter."""
MOST_MEGABYTES = 256
"""Memory that one picture may take while it is decoded."""
MOST_SHEETS = 300
MOST_STRETCHED = 8
"""A page of a PDF may be that many times as high as it is wide, or the other way round."""


class PhotoDamaged(FileError):
    """The picture can't be decoded."""

    key = "photo_damaged"


class PhotoTooLarge(FileError):
    """The picture has more pixels than can be shown here; parameter `megapixels`."""

    key = "photo_too_large"


class PaperDamaged(FileError):
    """The PDF can't be read, has no pages or odd ones, or asks for a password."""

    key = "paper_damaged"


class PaperTooLong(FileError):
    """The PDF has more pages than can be shown here; parameter `sheets`."""

    key = "paper_too_long"


def read_photo(untrusted_content: bytes, media_type: str) -> QImage:
    """The picture, upright, at most about ENOUGH_PIXELS large. Raises PhotoDamaged, PhotoTooLarge."""
    buffer = _opened(untrusted_content)
    QImageReader.setAllocationLimit(MOST_MEGABYTES)
    reader = QImageReader(buffer, QByteArray(media_type.partition("/")[2].encode()))
    reader.setDecideFormatFromContent(False)
    reader.setAutoTransform(True)
    size = reader.size()
    if not size.isValid():
        raise PhotoDamaged
    pixels = size.width() * size.height()
    if pixels > MOST_PIXELS:
        raise PhotoTooLarge(megapixels=pixels // 1_000_000)
    smaller = 1
    while pixels / smaller**2 > ENOUGH_PIXELS:
        smaller *= 2
    if smaller > 1:
        reader.setScaledSize(QSize(max(1, size.width() // smaller), max(1, size.height() // smaller)))
    image = reader.read()
    if image.isNull():
        raise PhotoDamaged
    return image


def check_paper(untrusted_content: bytes) -> None:
    """Raise PaperDamaged or PaperTooLong for a PDF that can't be shown sheet by sheet."""
    document, buffer = QPdfDocument(), _opened(untrusted_content)
    try:
        document.load(buffer)
        count = document.pageCount()
        if document.error() is not QPdfDocument.Error.None_ or count < 1:
            raise PaperDamaged
        if count > MOST_SHEETS:
            raise PaperTooLong(sheets=count)
        for number in range(count):
            points = document.pagePointSize(number)
            shorter, longer = sorted((points.width(), points.height()))
            if shorter < 1 or longer > MOST_STRETCHED * shorter:
                raise PaperDamaged
    finally:
        document.close()


def _opened(content: bytes) -> QBuffer:
    buffer = QBuffer()
    buffer.setData(QByteArray(content))
    buffer.open(QIODevice.OpenModeFlag.ReadOnly)
    return buffer
