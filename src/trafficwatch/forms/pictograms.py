# SPDX-License-Identifier: GPL-3.0-or-later
"""Line drawings for consent, for who does not read: our own, in black strokes that any copier keeps.

Each is drawn on a field of 100 by 100, scaled to the size asked for.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from trafficwatch.forms.paper import INK
from trafficwatch.models.case_papers import Picture

if TYPE_CHECKING:
    from collections.abc import Callable

    from reportlab.pdfgen.canvas import Canvas

_STROKE = 4.2


def draw(canvas: Canvas, picture: Picture, x: float, y: float, size: float) -> None:
    """Draw it into the square of `size` points whose lower left corner is (x, y)."""
    canvas.saveState()
    canvas.translate(x, y)
    canvas.scale(size / 100, size / 100)
    canvas.setStrokeGray(INK)
    canvas.setFillGray(INK)
    canvas.setLineWidth(_STROKE)
    canvas.setLineCap(1)
    canvas.setLineJoin(1)
    _DRAWN[picture](canvas)
    canvas.restoreState()


def yes_mark(canvas: Canvas, x: float, y: float, size: float) -> None:
    """A tick, as a sign over the box that means yes."""
    _strokes(canvas, size, ((x, y + 0.5 * size), (x + 0.36 * size, y + 0.1 * size), (x + size, y + 0.95 * size)))


def no_mark(canvas: Canvas, x: float, y: float, size: float) -> None:
    """A cross, as a sign over the box that means no."""
    end = 0.88 * size
    _strokes(canvas, size, ((x, y), (x + end, y + end)))
    _strokes(canvas, size, ((x, y + end), (x + end, y)))


def _strokes(canvas: Canvas, size: float, points: tuple[tuple[float, float], ...]) -> None:
    canvas.saveState()
    canvas.setStrokeGray(INK)
    canvas.setLineWidth(0.17 * size)
    canvas.setLineCap(1)
    canvas.setLineJoin(1)
    _line(canvas, *points)
    canvas.restoreState()


def _line(canvas: Canvas, *points: tuple[float, float], fill: int = 0, close: bool = False) -> None:
    path = canvas.beginPath()
    path.moveTo(*points[0])
    for point in points[1:]:
        path.lineTo(*point)
    if close:
        path.close()
    canvas.drawPath(path, fill=fill)


def _person(canvas: Canvas, x: float, y: float, scale: float = 1.0) -> None:
    """Head and shoulders, (x, y) the middle of their base."""
    canvas.circle(x, y + 43 * scale, 11 * scale)
    path = canvas.beginPath()
    path.moveTo(x - 20 * scale, y)
    path.curveTo(x - 20 * scale, y + 34 * scale, x + 20 * scale, y + 34 * scale, x + 20 * scale, y)
    path.close()
    canvas.drawPath(path)


def _arrow(canvas: Canvas, start: float, end: float, y: float) -> None:
    _line(canvas, (start, y), (end, y))
    _line(canvas, (end - 9, y + 9), (end, y), (end - 9, y - 9))


def _talk(canvas: Canvas) -> None:
    """Two people, and what one says."""
    _person(canvas, 24, 6)
    _person(canvas, 76, 6)
    canvas.roundRect(28, 68, 44, 25, 8)
    _line(canvas, (40, 68), (34, 60), (49, 68))
    for x in (40, 50, 60):
        canvas.circle(x, 80.5, 2.2, fill=1)


def _hospital(canvas: Canvas) -> None:
    """Somebody on the way to a house of help."""
    _person(canvas, 15, 6, 0.72)
    _arrow(canvas, 4, 34, 58)
    canvas.rect(44, 6, 50, 66)
    _line(canvas, (38, 72), (69, 94), (100, 72))
    canvas.rect(61, 6, 16, 22)
    canvas.rect(65, 39, 8, 24, stroke=0, fill=1)
    canvas.rect(57, 47, 24, 8, stroke=0, fill=1)


def _card(canvas: Canvas) -> None:
    """A card with a face and lines."""
    canvas.roundRect(4, 18, 92, 64, 7)
    _person(canvas, 29, 27, 0.85)
    for y, end in ((66, 86), (52, 86), (38, 74)):
        _line(canvas, (56, y), (end, y))


def _folder(canvas: Canvas) -> None:
    """A folder with a written sheet in it, going to others."""
    _line(canvas, (4, 10), (4, 74), (28, 74), (36, 64), (72, 64), (72, 50))
    _line(canvas, (4, 10), (72, 10), (72, 22))
    _line(canvas, (16, 74), (16, 94), (60, 94), (60, 64))
    for y in (84, 75):
        _line(canvas, (30, y), (50, y))
    _arrow(canvas, 40, 97, 36)


def _badge(canvas: Canvas) -> None:
    """The shield of the police with its star."""
    path = canvas.beginPath()
    path.moveTo(50, 95)
    path.curveTo(66, 86, 76, 84, 88, 84)
    path.curveTo(90, 44, 80, 20, 50, 5)
    path.curveTo(20, 20, 10, 44, 12, 84)
    path.curveTo(24, 84, 34, 86, 50, 95)
    path.close()
    canvas.drawPath(path)
    radii = (24, 10)
    points = [
        (50 + radii[k % 2] * math.sin(k * math.pi / 5), 54 + radii[k % 2] * math.cos(k * math.pi / 5))
        for k in range(10)
    ]
    _line(canvas, *points, fill=1, close=True)


def _hidden(canvas: Canvas) -> None:
    """An eye that is crossed out, over numbers: nobody can be known from them."""
    path = canvas.beginPath()
    path.moveTo(14, 70)
    path.curveTo(32, 96, 68, 96, 86, 70)
    path.curveTo(68, 44, 32, 44, 14, 70)
    path.close()
    canvas.drawPath(path)
    canvas.circle(50, 70, 9, fill=1)
    canvas.saveState()
    canvas.setStrokeGray(1)
    canvas.setLineWidth(3 * _STROKE)
    _line(canvas, (22, 46), (78, 94))
    canvas.restoreState()
    canvas.setLineWidth(1.3 * _STROKE)
    _line(canvas, (22, 46), (78, 94))
    for x, height in ((16, 14), (42, 24), (68, 34)):
        canvas.rect(x, 4, 16, height, stroke=0, fill=1)


_DRAWN: dict[Picture, Callable[[Canvas], None]] = {
    Picture.TALK: _talk,
    Picture.HOSPITAL: _hospital,
    Picture.CARD: _card,
    Picture.FOLDER: _folder,
    Picture.BADGE: _badge,
    Picture.HIDDEN: _hidden,
}
