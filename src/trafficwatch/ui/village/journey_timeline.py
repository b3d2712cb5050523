# SPDX-License-Identifier: GPL-3.0-or-later
"""What happened on a journey, one below the other along a line: day, words, who; what is still to come drawn hollow."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from trafficwatch.models.dates import PartialDate
from trafficwatch.registry.timeline import CHECK_IN, DEPARTED, PAPER, RETURNED, VISIT, Event, words
from trafficwatch.texts import current_language, t
from trafficwatch.ui.theme import icons
from trafficwatch.ui.theme.look import look, px
from trafficwatch.ui.widgets.parts import button, label

_ICONS = {
    "planned": "calendar",
    DEPARTED: "journey",
    "postponed": "clock",
    "expected_back": "calendar",
    RETURNED: "home",
    PAPER: "document-check",
    VISIT: "people",
    CHECK_IN: "phone",
}
_HAPPENED = frozenset({DEPARTED, RETURNED, PAPER, VISIT, CHECK_IN})
_CIRCLE, _ICON = 34, 18
"""Pixels at 100 %."""


class Timeline(QWidget):
    """The events in their order; `open_visit` is called with the id of a visit that somebody wants to see."""

    def __init__(self, events: Sequence[Event], open_visit: Callable[[str], object]) -> None:
        super().__init__()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        for place, event in enumerate(events):
            column.addWidget(_line(event, open_visit, is_first=not place, is_last=place == len(events) - 1))


def day_words(event: Event) -> str:
    return PartialDate.from_edtf(event.on).format(current_language()) if event.on else t("journey_page.no_day")


def _line(event: Event, open_visit: Callable[[str], object], *, is_first: bool, is_last: bool) -> QWidget:
    made = QWidget()
    row = QHBoxLayout(made)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(px(12))
    mark = _Mark(_ICONS[event.kind], is_past=event.kind in _HAPPENED, is_first=is_first, is_last=is_last)
    row.addWidget(mark)
    column = QVBoxLayout()
    column.setContentsMargins(0, px(6), 0, px(12))
    column.setSpacing(px(1))
    day = day_words(event)
    said = t("journey_page.event_by", day=day, name=event.by) if event.by else day
    column.addWidget(label(said, "small"))
    column.addWidget(label(words(event), "strong"))
    column.addStretch(1)
    row.addLayout(column, 1)
    if event.kind == VISIT and event.record:
        see = button(t("journey_page.open"), partial(open_visit, event.record), role="quiet")
        see.setAccessibleName(t("journey_page.open_visit", day=day))
        row.addWidget(see, 0, Qt.AlignmentFlag.AlignTop)
    return made


class _Mark(QWidget):
    """The icon in its circle, and the line that leads to the next one."""

    def __init__(self, icon_name: str, *, is_past: bool, is_first: bool, is_last: bool) -> None:
        super().__init__()
        self._icon, self._is_past, self._is_first, self._is_last = icon_name, is_past, is_first, is_last
        self.setFixedWidth(px(_CIRCLE) + px(4))

    def paintEvent(self, _: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        colours, size = look().colours, px(_CIRCLE)
        middle, centre = self.width() // 2, px(6) + size // 2
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(colours.line), px(2)))
        painter.drawLine(middle, centre if self._is_first else 0, middle, centre if self._is_last else self.height())
        pen = QPen(QColor(colours.accent), px(2))
        if not self._is_past:
            pen.setStyle(Qt.PenStyle.DashLine)
        painter.setPen(pen)
        painter.setBrush(QColor(colours.accent_soft if self._is_past else colours.surface))
        painter.drawEllipse(QPoint(middle, centre), size // 2, size // 2)
        drawn = icons.pixmap(self._icon, colours.accent_ink, px(_ICON), self.devicePixelRatioF())
        painter.drawPixmap(middle - px(_ICON) // 2, centre - px(_ICON) // 2, drawn)
        painter.end()
