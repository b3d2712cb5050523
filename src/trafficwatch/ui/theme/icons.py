# SPDX-License-Identifier: GPL-3.0-or-later
"""The program's own icons: drawn once in black in `resources/icons/`, tinted here in the colour the theme asks for.

An unknown name is a bug and raises FileNotFoundError. Needs a running QApplication.
"""

from __future__ import annotations

from functools import cache

from PySide6.QtCore import QByteArray, QRectF, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from trafficwatch.resources import resource

_INK = "#000"
_SIZES = (16, 20, 24, 32, 48)
_APP_SIZES = (16, 24, 32, 48, 64, 128, 256)


@cache
def icon(name: str, colour: str) -> QIcon:
    """An icon of one colour, sharp at the usual sizes on plain and dense screens."""
    tinted = QIcon()
    for size in _SIZES:
        for ratio in (1.0, 2.0):
            tinted.addPixmap(pixmap(name, colour, size, ratio))
    return tinted


@cache
def pixmap(name: str, colour: str, size: int, ratio: float) -> QPixmap:
    """A picture of `size` logical pixels for a screen with this device pixel ratio."""
    drawing = resource("icons", f"{name}.svg").read_text("utf-8")
    # Qt's SVG knows no #AARRGGBB
    return _drawn(drawing.replace(f'"{_INK}"', f'"{QColor(colour).name()}"'), size, ratio)


@cache
def app_icon() -> QIcon:
    """The program's mark, for windows and the task bar."""
    drawing = resource("icons", "app.svg").read_text("utf-8")
    mark = QIcon()
    for size in _APP_SIZES:
        mark.addPixmap(_drawn(drawing, size, 1.0))
    return mark


def _drawn(drawing: str, size: int, ratio: float) -> QPixmap:
    side = round(size * ratio)
    canvas = QPixmap(side, side)
    canvas.fill(Qt.GlobalColor.transparent)
    painter = QPainter(canvas)
    QSvgRenderer(QByteArray(drawing.encode())).render(painter, QRectF(0, 0, side, side))
    painter.end()
    canvas.setDevicePixelRatio(ratio)
    return canvas
