# SPDX-License-Identifier: GPL-3.0-or-later
"""A picture of how somebody fares over time: lines on a scale of few steps, from the first day to the last planned one.

Each line has a dash and a marker of its own, so that they can be told apart without colour; lines that run together
are drawn beside each other. A sign below a day says that something dangerous was seen then, and hollow rings where a
day is still to come. What the picture says also stands in `words`, for screen readers; the page has it as a table.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPaintEvent, QPen, QPolygonF, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from trafficwatch.ui.theme import icons
from trafficwatch.ui.theme.look import FAMILY, Text, look, px

_HEIGHT, _MARK, _GAP = 250, 11, 10
"""Pixels at 100 %: of the part with the lines, of a marker, between things."""
_DASHES: tuple[list[float], ...] = ([], [5, 2.5], [1.2, 2.2])


@dataclass(frozen=True, slots=True)
class Mark:
    """What was found on one day: line -> step, None where nothing was said."""

    day: date
    steps: Mapping[str, int | None]
    is_dangerous: bool = False


@dataclass(frozen=True, slots=True)
class Course:
    """All that the picture shows: three lines at most (name -> words), the words of the steps from the lowest up."""

    lines: Mapping[str, str]
    steps: Sequence[str]
    marks: Sequence[Mark] = ()
    ahead: Sequence[date] = ()
    begins: date | None = None


class ProgressChart(QWidget):
    """The picture; `none` is what it says as long as nothing is known, `danger` and `ahead` explain its signs."""

    def __init__(self, course: Course, *, name: str, words: str, none: str, danger: str, ahead: str) -> None:
        super().__init__()
        self._course, self._none = course, none
        self._marks = sorted(course.marks, key=lambda mark: mark.day)
        self._keys: list[tuple[str, str]] = [*course.lines.items()]
        if any(mark.is_dangerous for mark in self._marks):
            self._keys.append(("!", danger))
        if course.ahead:
            self._keys.append(("o", ahead))
        self._colours = (look().colours.accent_ink, look().colours.text, look().colours.warn.ink)
        self.setAccessibleName(name)
        self.setAccessibleDescription(words)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._font = QFont(FAMILY)
        self._font.setPixelSize(px(Text.SMALL))
        self._metrics = QFontMetrics(self._font)

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        return QSize(px(400), self._keys_height() + px(_HEIGHT) + 2 * self._metrics.height())

    minimumSizeHint = sizeHint  # noqa: N815 - Qt's name

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        super().resizeEvent(event)
        self.updateGeometry()

    def paintEvent(self, _: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(self._font)
        self._draw_keys(painter)
        left = max(map(self._metrics.horizontalAdvance, self._course.steps)) + px(2 * _GAP)
        top = self._keys_height() + px(_GAP)
        area = QRectF(left, top, self.width() - left - px(3 * _GAP), px(_HEIGHT) - 2 * px(_GAP))
        self._draw_steps(painter, area)
        if self._marks:
            self._draw_days(painter, area)
            for place, name in enumerate(self._course.lines):
                self._draw_line(painter, area, place, name)
        else:
            how = int(Qt.AlignmentFlag.AlignCenter) | int(Qt.TextFlag.TextWordWrap)
            room = px(_GAP)
            painter.fillRect(
                painter.boundingRect(area, how, self._none).adjusted(-room, -room, room, room),
                QColor(look().colours.surface),
            )
            painter.setPen(QColor(look().colours.soft_text))
            painter.drawText(area, how, self._none)
        painter.end()

    # -- the words around it -------------------------------------------------------------------------------------------

    def _placed_keys(self) -> list[tuple[str, str, float, int]]:
        """Which sign, its words, where it begins and in which row."""
        found, x, row = [], 0.0, 0
        for sign, words in self._keys:
            wide = px(44) + self._metrics.horizontalAdvance(words) + px(2 * _GAP)
            if x and x + wide > self.width():
                x, row = 0.0, row + 1
            found.append((sign, words, x, row))
            x += wide
        return found

    def _keys_height(self) -> int:
        return (self._placed_keys()[-1][3] + 1) * (self._metrics.height() + px(4)) + px(_GAP)

    def _draw_keys(self, painter: QPainter) -> None:
        high = self._metrics.height() + px(4)
        for place, (sign, words, x, row) in enumerate(self._placed_keys()):
            middle = row * high + high / 2
            if sign == "!":
                self._draw_danger(painter, QPointF(x + px(18), middle))
            elif sign == "o":
                self._draw_ring(painter, QPointF(x + px(18), middle))
            else:
                painter.setPen(self._pen(place))
                painter.drawLine(QPointF(x, middle), QPointF(x + px(36), middle))
                self._draw_marker(painter, place, QPointF(x + px(18), middle))
            painter.setPen(QColor(look().colours.text))
            painter.drawText(QPointF(x + px(44), middle + self._metrics.ascent() / 2 - px(1)), words)

    def _draw_steps(self, painter: QPainter, area: QRectF) -> None:
        for step, words in enumerate(self._course.steps, 1):
            y = self._y(area, step)
            painter.setPen(QPen(QColor(look().colours.line), 1))
            painter.drawLine(QPointF(area.left(), y), QPointF(area.right() + px(_GAP), y))
            painter.setPen(QColor(look().colours.soft_text))
            box = QRectF(0, y - self._metrics.height(), area.left() - px(_GAP), 2 * self._metrics.height())
            painter.drawText(box, int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter), words)

    def _draw_days(self, painter: QPainter, area: QRectF) -> None:
        """Each day that was, as far as there is room for it, and rings for those to come."""
        y = area.bottom() + self._metrics.height()
        taken = -1.0
        days = [*(mark.day for mark in self._marks), *self._course.ahead[-1:]]
        for day in days:
            x, words = self._x(area, day), f"{day.day}-{day.month}-{day.year}"
            wide = self._metrics.horizontalAdvance(words)
            begin = min(max(x - wide / 2, 0), self.width() - wide)
            painter.setPen(QPen(QColor(look().colours.line), 1))
            painter.drawLine(QPointF(x, area.bottom()), QPointF(x, area.bottom() + px(5)))
            if begin > taken:
                painter.setPen(QColor(look().colours.soft_text))
                painter.drawText(QPointF(begin, y + self._metrics.ascent()), words)
                taken = begin + wide + px(_GAP)
        for mark in self._marks:
            if mark.is_dangerous:
                self._draw_danger(painter, QPointF(self._x(area, mark.day), area.bottom() + px(_GAP) + px(3)))
        for day in self._course.ahead:
            self._draw_ring(painter, QPointF(self._x(area, day), area.bottom()))

    # -- lines ---------------------------------------------------------------------------------------------------------

    def _draw_line(self, painter: QPainter, area: QRectF, place: int, name: str) -> None:
        aside = (place - (len(self._course.lines) - 1) / 2) * px(6)
        known = [(mark.day, step) for mark in self._marks if (step := mark.steps.get(name)) is not None]
        points = [QPointF(self._x(area, day), self._y(area, step) + aside) for day, step in known]
        painter.setPen(self._pen(place))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPolyline(QPolygonF(points))
        for point in points:
            self._draw_marker(painter, place, point)

    def _draw_marker(self, painter: QPainter, place: int, at: QPointF) -> None:
        """A disc, a hollow square, a triangle."""
        half = px(_MARK) / 2
        colour = QColor(self._colours[place])
        painter.setPen(QPen(colour, px(2)))
        painter.setBrush(QColor(look().colours.surface) if place == 1 else colour)
        if place == 0:
            painter.drawEllipse(at, half, half)
        elif place == 1:
            painter.drawRect(QRectF(at.x() - half, at.y() - half, 2 * half, 2 * half))
        else:
            corners = [QPointF(at.x(), at.y() - half), QPointF(at.x() + half, at.y() + half)]
            painter.drawPolygon(QPolygonF([*corners, QPointF(at.x() - half, at.y() + half)]))

    def _draw_ring(self, painter: QPainter, at: QPointF) -> None:
        painter.setPen(QPen(QColor(look().colours.soft_text), px(1.5)))
        painter.setBrush(QColor(look().colours.surface))
        painter.drawEllipse(at, px(4), px(4))

    def _draw_danger(self, painter: QPainter, at: QPointF) -> None:
        size = px(16)
        drawn = icons.pixmap("warning", look().colours.danger.ink, size, self.devicePixelRatioF())
        painter.drawPixmap(round(at.x() - size / 2), round(at.y() - size / 2), drawn)

    def _pen(self, place: int) -> QPen:
        pen = QPen(QColor(self._colours[place]), px(2.5))
        if _DASHES[place]:
            pen.setDashPattern(_DASHES[place])
        return pen

    def _x(self, area: QRectF, day: date) -> float:
        days = [*(mark.day for mark in self._marks), *self._course.ahead]
        first = min([*days, *([self._course.begins] if self._course.begins else [])])
        total = (max(days) - first).days
        return area.left() + area.width() * ((day - first).days / total if total else 0.5)

    def _y(self, area: QRectF, step: int) -> float:
        return area.bottom() - area.height() * (step - 1) / (len(self._course.steps) - 1)
