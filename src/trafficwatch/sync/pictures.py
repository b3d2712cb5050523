# SPDX-License-Identifier: GPL-3.0-or-later
"""Reading QR codes from pictures: photos of a screen or of paper, screenshots, scans.

A picture comes from anywhere, so it is bounded before it is looked at: bytes of the file, kind, then the pixels that it
claims, before one is unpacked. Only JPEG, PNG, WebP and BMP are opened. Pillow and zxing-cpp are loaded on first use.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterable
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from trafficwatch.errors import FileError
from trafficwatch.store.files import read_limited, regular_files

if TYPE_CHECKING:
    from PIL.Image import Image

FILE_LIMIT = 40_000_000
MEGAPIXELS = 60
_SIDES = (None, 2_600, 1_500)
"""The picture as it is, then made smaller: a code that is blurred at full size is often sharp at half of it."""
_ENDINGS = {".jpg", ".jpeg", ".png", ".webp", ".bmp"}
MOST = 40
"""Pictures that are looked at in one folder."""
_FORMATS = ("JPEG", "PNG", "WEBP", "BMP")


class PictureUnreadable(FileError):
    """The file is no picture of a kind that is read here; parameter `file`."""

    key = "picture_unreadable"
    catalogue = "errors_enrolment"


class PictureTooLarge(FileError):
    """The picture has more pixels than any camera makes; parameters `file` and `megapixels`."""

    key = "picture_too_large"
    catalogue = "errors_enrolment"


def read_codes(paths: Iterable[Path]) -> list[str]:
    """The texts of all QR codes in these pictures, each once.

    Raises FileNotReadable, FileTooLarge, PictureUnreadable, PictureTooLarge.
    """
    found: dict[str, None] = {}
    for path in paths:
        image = _open(path)
        for side in _SIDES:
            if side is None or max(image.size) > side:
                found.update(dict.fromkeys(_codes(_at_most(image, side))))
    return list(found)


def in_folder(folder: Path) -> list[Path]:
    """The pictures of a folder, by name; raises FileNotReadable."""
    return [path for path in regular_files(folder, "") if path.suffix.lower() in _ENDINGS][:MOST]


def _open(path: Path) -> Image:
    """The picture in shades of grey."""
    from PIL import Image as Pictures
    from PIL import ImageOps

    content = read_limited(path, FILE_LIMIT)
    try:
        with warnings.catch_warnings(), Pictures.open(BytesIO(content), formats=_FORMATS) as image:
            warnings.simplefilter("ignore")
            if image.width * image.height > MEGAPIXELS * 1_000_000:
                raise PictureTooLarge(file=path.name, megapixels=MEGAPIXELS)
            return ImageOps.exif_transpose(image).convert("L")
    except Pictures.DecompressionBombError:
        raise PictureTooLarge(file=path.name, megapixels=MEGAPIXELS) from None
    except PictureTooLarge:
        raise
    except Exception:  # whatever a decoder makes of a file that is no picture, or a broken one
        raise PictureUnreadable(file=path.name) from None


def _at_most(image: Image, side: int | None) -> Image:
    if side is None:
        return image
    smaller = image.copy()
    smaller.thumbnail((side, side))
    return smaller


def _codes(image: Image) -> list[str]:
    import zxingcpp

    wanted = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)
    return [each.text for each in zxingcpp.read_barcodes(image, formats=wanted)]
