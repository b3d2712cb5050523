# SPDX-License-Identifier: GPL-3.0-or-later
"""A PDF as the sheets it will be on paper, one below the other, as wide as there is room.

`show_pdf(bytes)` loads it; a sheet is drawn when it first comes into sight, from memory alone. The whole preview takes
the focus once: PageDown and PageUp go from sheet to sheet, Home and End to the first and the last. A screen reader is
told how many sheets there are and reads the text of the sheet in sight.
"""

from __future__ import annotations

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QRect, QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QAccessible,
    QAccessibleAnnouncementEvent,
    QColor,
    QKeyEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
    QResizeEvent,
)
from PySide6.QtPdf import QPdfDocument
from PySide6.QtWidgets import QScrollArea, QVBoxLayout, QWidget

from trafficwatch.texts import t
from trafficwatch.ui.theme.look import look, px
from trafficwatch.ui.widgets.parts import empty, label

WIDEST = 900
"""Pixels at 100 %: a sheet drawn wider than that is no easier to read."""
_SHADOW = 4
_WHITE = "#ffffff"


class PdfPreview(QWidget):
    """The sheets of one PDF; `loaded` tells how many there are."""

    loaded = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(t("printing.preview"))
        self.document = QPdfDocument(self)
        self._buffer = QBuffer(self)
        self._at = 0
        column = QVBoxLayout(self)
        column.setContentsMargins(px(6), px(6), px(6), px(6))
        column.setSpacing(px(14))
        self.words = label("", "soft")
        column.addWidget(self.words)
        self._sheets = QVBoxLayout()
        self._sheets.setSpacing(px(18))
        column.addLayout(self._sheets)
        column.addStretch(1)

    @property
    def sheets(self) -> list[Sheet]:
        return [item.widget() for place in range(self._sheets.count()) if (item := self._sheets.itemAt(place))]  # type: ignore[misc]

    def show_pdf(self, pdf: bytes) -> None:
        """Show this PDF from its first sheet on."""
        self.clear()
        self.setUpdatesEnabled(False)  # until all have their places: else each would be drawn where it lies at first
        QTimer.singleShot(0, self, lambda: self.setUpdatesEnabled(True))
        self._buffer.setData(QByteArray(pdf))
        self._buffer.open(QIODevice.OpenModeFlag.ReadOnly)
        self.document.load(self._buffer)
        count = self.document.pageCount()
        for number in range(count):
            self._sheets.addWidget(Sheet(self.document, number, self.width()))
        self.words.setText(t("printing.one_sheet") if count == 1 else t("printing.sheets", count=count))
        self.setAccessibleName(f"{t('printing.preview')}. {self.words.text()}")
        self._tell()
        self.loaded.emit(count)

    def clear(self) -> None:
        """No sheets."""
        empty(self._sheets)
        self.document.close()
        self._buffer.close()
        self._at = 0
        self.words.setText("")

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        last = len(self.sheets) - 1
        steps = {
            Qt.Key.Key_PageDown: self._at + 1,
            Qt.Key.Key_PageUp: self._at - 1,
            Qt.Key.Key_Home: 0,
            Qt.Key.Key_End: last,
        }
        wanted = steps.get(Qt.Key(event.key()))
        if wanted is None or last < 0:
            super().keyPressEvent(event)
            return
        self._at = min(max(wanted, 0), last)
        self._bring(self.sheets[self._at])
        self._tell()
        said = t("printing.sheet", number=self._at + 1, count=last + 1)
        QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self, said))

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """A ring while the preview has the focus; the style sheet knows no plain widgets."""
        super().paintEvent(event)
        if self.hasFocus():
            painter = QPainter(self)
            painter.setPen(QPen(QColor(look().colours.focus), px(2)))
            painter.drawRect(self.rect().adjusted(px(1), px(1), -px(1), -px(1)))

    def _bring(self, sheet: Sheet) -> None:
        """Scroll whatever scrolls around us until the head of this sheet is at the top."""
        parent = self.parentWidget()
        while parent is not None and not isinstance(parent, QScrollArea):
            parent = parent.parentWidget()
        if parent is not None and (content := parent.widget()) is not None:
            top = sheet.mapTo(content, sheet.rect().topLeft()).y()
            parent.verticalScrollBar().setValue(top - px(12))

    def _tell(self) -> None:
        if self.sheets:
            text = self.document.getAllText(self._at).text()
            self.setAccessibleDescription(" ".join(text.split()))


class Sheet(QWidget):
    """One page of a PDF on a white sheet with a fine edge; drawn when it is first seen and again after a change."""

    def __init__(self, document: QPdfDocument, number: int, width: int) -> None:
        super().__init__()
        self._document, self._number = document, number
        self._drawn = QPixmap()
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._fit(width)  # from the first moment about as high as later: else all sheets would be in sight

    @property
    def is_drawn(self) -> bool:
        return not self._drawn.isNull()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """The width is given, the height follows from it; Qt's own height-for-width is capped by the size hint."""
        super().resizeEvent(event)
        self._fit(self.width())
        QTimer.singleShot(0, self, self._tell_height)

    def _tell_height(self) -> None:
        """Say it to all around us once more: a layout that is just placing its widgets may miss that one has grown."""
        around: QWidget | None = self
        while around is not None and not isinstance(around, QScrollArea):
            around.updateGeometry()
            around = around.parentWidget()

    def _fit(self, width: int) -> None:
        self.setFixedHeight(self._page(width).height() + px(_SHADOW))

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        colours, shadow, ratio = look().colours, px(_SHADOW), self.devicePixelRatioF()
        page = self._page(self.width())
        wanted = QSize(round(page.width() * ratio), round(page.height() * ratio))
        if self._drawn.size() != wanted:
            self._drawn = QPixmap.fromImage(self._document.render(self._number, wanted))
            self._drawn.setDevicePixelRatio(ratio)
        painter = QPainter(self)
        painter.fillRect(page.translated(shadow, shadow), QColor(colours.line))
        painter.fillRect(page, QColor(_WHITE))
        painter.drawPixmap(page.topLeft(), self._drawn)
        painter.setPen(QColor(colours.field_line))
        painter.drawRect(page.adjusted(0, 0, -1, -1))

    def _page(self, room: int) -> QRect:
        """Where the sheet of paper lies in this width: in the middle, in its own proportions."""
        points = self._document.pagePointSize(self._number)
        room = max(1, room - px(_SHADOW))
        width = min(room, px(WIDEST))
        height = round(width * points.height() / points.width())
        return QRect((room - width) // 2, 0, width, height)
