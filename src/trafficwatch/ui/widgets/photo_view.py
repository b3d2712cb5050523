# SPDX-License-Identifier: GPL-3.0-or-later
"""A photo to look at: whole at first, larger as far as one wants, moved with the arrow keys.

Plus and minus change the size, zero shows the whole again; buttons above do the same. The picture lives in memory
alone: it can't be selected, copied or dragged out of the program.
"""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QAccessible,
    QAccessibleAnnouncementEvent,
    QImage,
    QKeyEvent,
    QPainter,
    QPaintEvent,
    QPixmap,
    QResizeEvent,
)
from PySide6.QtWidgets import QApplication, QFrame, QScrollArea, QVBoxLayout, QWidget

from trafficwatch.texts import t
from trafficwatch.ui.theme.look import px
from trafficwatch.ui.widgets.parts import button, label, row

STEP = 1.5
LARGEST = 4.0
"""Screen pixels for each pixel of the photo."""
_LEAST_HEIGHT = 180


class PhotoView(QWidget):
    """One photo with the buttons for its size."""

    def __init__(self) -> None:
        super().__init__()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(px(8))
        self.area = _Area()
        self.whole = button(t("evidence.photo.whole"), self.area.fit)
        self.larger = button(t("evidence.photo.larger"), self.area.enlarge, icon_name="plus")
        self.smaller = button(t("evidence.photo.smaller"), self.area.shrink, icon_name="minus")
        self.size_words = label("", "soft", wraps=False)
        column.addLayout(row(self.whole, self.larger, self.smaller, self.size_words))
        column.addWidget(self.area, 1)
        self.area.turned.connect(self._tell)

    def show_photo(self, image: QImage) -> None:
        """Show this one, whole."""
        self.area.take(image)

    def _tell(self) -> None:
        area = self.area
        self.size_words.setText(t("evidence.photo.size", percent=round(area.scale * 100)))
        self.whole.setEnabled(not area.fits)
        self.larger.setEnabled(area.scale < LARGEST)
        self.smaller.setEnabled(area.scale > area.fitting)
        if self.isAncestorOf(QApplication.focusWidget() or self):
            QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self, self.size_words.text()))


class _Area(QScrollArea):
    """The window onto the photo; takes the focus. `turned` says that the size changed."""

    turned = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.fits = True
        self.scale = 1.0
        self._sheet = _Sheet()
        self.setProperty("box", "call")
        self.setFrameShape(QFrame.Shape.StyledPanel)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.setMinimumHeight(px(_LEAST_HEIGHT))
        self.setAccessibleName(t("evidence.photo.name"))
        self.setAccessibleDescription(t("evidence.photo.keys"))
        self.setWidget(self._sheet)

    @property
    def fitting(self) -> float:
        """The scale at which the whole photo is in sight; a small one is not blown up."""
        photo, room = self._sheet.photo.size(), self.maximumViewportSize()
        if photo.isEmpty():
            return 1.0
        return min(1.0, room.width() / photo.width(), room.height() / photo.height())

    def take(self, image: QImage) -> None:
        self._sheet.photo = image
        self.fit()

    def fit(self) -> None:
        self.fits = True
        self._set(self.fitting)

    def enlarge(self) -> None:
        self.fits = False
        self._set(min(LARGEST, self.scale * STEP))

    def shrink(self) -> None:
        if self.scale / STEP <= self.fitting:
            self.fit()
        else:
            self._set(self.scale / STEP)

    def _set(self, scale: float) -> None:
        """Change the size around the middle of what is in sight."""
        bars = (self.horizontalScrollBar(), self.verticalScrollBar())
        middles = [(bar.value() + bar.pageStep() / 2) / self.scale for bar in bars]
        self.scale = scale
        self._sheet.setFixedSize((self._sheet.photo.size().toSizeF() * scale).toSize().expandedTo(QSize(1, 1)))
        self._sheet.forget()
        for bar, middle in zip(bars, middles, strict=True):
            bar.setValue(round(middle * scale - bar.pageStep() / 2))
        self.turned.emit()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        super().resizeEvent(event)
        if self.fits:
            self.fit()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        steps = {
            Qt.Key.Key_Plus: self.enlarge,
            Qt.Key.Key_Equal: self.enlarge,
            Qt.Key.Key_Minus: self.shrink,
            Qt.Key.Key_0: self.fit,
        }
        step = steps.get(Qt.Key(event.key()))
        if step is not None and not event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            step()
        elif self.fits or event.key() == Qt.Key.Key_Escape:
            event.ignore()  # nothing to move: the keys are the page's
        else:
            super().keyPressEvent(event)


class _Sheet(QWidget):
    """The photo at one scale; made smaller it is drawn once, made larger only the part in sight."""

    def __init__(self) -> None:
        super().__init__()
        self.photo = QImage()
        self._drawn = QPixmap()

    def forget(self) -> None:
        self._drawn = QPixmap()
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        if self.photo.isNull():
            return
        painter = QPainter(self)
        factor = self.photo.width() / self.width()
        if factor > 1:
            self._draw_small(painter)
            return
        seen = QRectF(event.rect())
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        source = QRectF(seen.x() * factor, seen.y() * factor, seen.width() * factor, seen.height() * factor)
        painter.drawImage(seen, self.photo, source)

    def _draw_small(self, painter: QPainter) -> None:
        ratio = self.devicePixelRatioF()
        wanted = (self.size().toSizeF() * ratio).toSize()
        if self._drawn.size() != wanted:
            smooth = Qt.TransformationMode.SmoothTransformation
            ignored = Qt.AspectRatioMode.IgnoreAspectRatio
            self._drawn = QPixmap.fromImage(self.photo.scaled(wanted, ignored, smooth))
            self._drawn.setDevicePixelRatio(ratio)
        painter.drawPixmap(0, 0, self._drawn)
