# SPDX-License-Identifier: GPL-3.0-or-later
"""A panel beside a long page that stays in sight while the page scrolls."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPoint
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QScrollArea, QWidget

from trafficwatch.ui.theme.look import px

GAP = 12
"""Room above the panel once it stays behind (pixels at 100 %)."""


class Sticky(QWidget):
    """Holds `panel` at the top of what `scroll` shows, as far as its own height allows."""

    def __init__(self, scroll: QScrollArea, panel: QWidget, width: int) -> None:
        super().__init__()
        self._scroll, self._panel = scroll, panel
        panel.setParent(self)
        panel.installEventFilter(self)
        self.setFixedWidth(width)
        scroll.verticalScrollBar().valueChanged.connect(lambda _: self._follow())

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        if watched is self._panel and event.type() == QEvent.Type.LayoutRequest:
            self._follow()
        return super().eventFilter(watched, event)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        super().resizeEvent(event)
        self._follow()

    def _follow(self) -> None:
        width = self.width()
        hint = self._panel.sizeHint().height()
        height = self._panel.heightForWidth(width) if self._panel.hasHeightForWidth() else hint
        self.setMinimumHeight(height)
        page = self._scroll.widget()
        top = self.mapTo(page, QPoint(0, 0)).y() if page is not None and page.isAncestorOf(self) else 0
        offset = self._scroll.verticalScrollBar().value() - top + px(GAP)
        self._panel.setGeometry(0, max(0, min(offset, self.height() - height)), width, height)
