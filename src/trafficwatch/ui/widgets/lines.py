# SPDX-License-Identifier: GPL-3.0-or-later
"""A list to read and choose from: each entry has a sign, a name and a line of words that may wrap.

Made for pages of up to some hundred entries that come sorted and paged from a use case. It grows with what it holds up
to a limit and scrolls by itself beyond. Arrow keys move, Enter or a click opens.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontMetrics, QKeyEvent, QPainter, QResizeEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from trafficwatch.texts import t
from trafficwatch.ui.theme import icons
from trafficwatch.ui.theme.look import FAMILY, Text, look, px
from trafficwatch.ui.theme.palette import Tone
from trafficwatch.ui.widgets.parts import TONE_ICONS, button, label

HEIGHT = 380
"""A list grows no higher than this (pixels at 100 %)."""
_WRAP = int(Qt.TextFlag.TextWordWrap | Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
_LINE = Qt.ItemDataRole.UserRole
_MEASURED = 1_000
"""So many texts keep their height."""
Index = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True, slots=True)
class Line:
    """One entry; `tone` colours the sign, whose meaning always stands in `more` as well."""

    key: str
    name: str
    more: str = ""
    tone: Tone = Tone.NEUTRAL
    icon: str = ""


class _Model(QAbstractListModel):
    def __init__(self) -> None:
        super().__init__()
        self.lines: tuple[Line, ...] = ()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: N802, B008 - Qt's name and default
        return 0 if parent.isValid() else len(self.lines)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        line = self.lines[index.row()]
        if role == _LINE:
            return line
        if role in {Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole}:
            return f"{line.name}. {line.more}" if line.more else line.name
        return None

    def put(self, lines: Sequence[Line]) -> None:
        self.beginResetModel()
        self.lines = tuple(lines)
        self.endResetModel()

    def change(self, line: Line) -> None:
        self.lines = tuple(line if each.key == line.key else each for each in self.lines)
        for row, each in enumerate(self.lines):
            if each is line:
                self.dataChanged.emit(self.index(row), self.index(row))


class _Painter(QStyledItemDelegate):
    """Draws an entry, and tells how high it is at the width of its list."""

    def __init__(self, view: QListView) -> None:
        super().__init__(view)
        self._view = view

    def sizeHint(self, _: QStyleOptionViewItem, index: Index) -> QSize:  # noqa: N802 - Qt's name
        width = self._view.viewport().width()
        name, more = self._places(index.data(_LINE), QRect(0, 0, width, 0))
        return QSize(width, max(px(44), max(name.bottom(), more.bottom()) + px(9)))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        line: Line = index.data(_LINE)
        rect, state, colours = option.rect, option.state, look().colours
        is_chosen = bool(state & QStyle.StateFlag.State_Selected)
        is_under = bool(state & QStyle.StateFlag.State_MouseOver)
        painter.save()
        ground = colours.accent if is_chosen else colours.accent_soft if is_under else colours.surface
        painter.fillRect(rect, QColor(ground))
        if index.row():
            painter.fillRect(QRect(rect.topLeft(), QSize(rect.width(), 1)), QColor(colours.line))
        ink = colours.on_accent if is_chosen else colours.tone(line.tone).ink
        sign = icons.pixmap(line.icon or TONE_ICONS[line.tone], ink, px(20), self._view.devicePixelRatioF())
        name, more = self._places(line, rect)
        painter.drawPixmap(rect.left() + px(12), name.top(), sign)
        painter.setFont(_font(bold=True))
        painter.setPen(QColor(colours.on_accent if is_chosen else colours.text))
        painter.drawText(name, _WRAP, line.name)
        painter.setFont(_font())
        painter.setPen(QColor(colours.on_accent if is_chosen else colours.soft_text))
        painter.drawText(more, _WRAP, line.more)
        painter.restore()

    def _places(self, line: Line, rect: QRect) -> tuple[QRect, QRect]:
        """Where name and words stand in an entry's rectangle."""
        left, width = rect.left() + px(44), max(px(60), rect.width() - px(58))
        name = _bounds(line.name, left, rect.top() + px(9), width, bold=True)
        more = _bounds(line.more, left, name.bottom() + px(3), width)
        return name, more if line.more else QRect(name.bottomLeft(), QSize(0, 0))


class Lines(QListView):
    """The list. `pointed` tells which entry is current ('' for none), `opened` which was opened."""

    pointed = Signal(str)
    opened = Signal(str)

    def __init__(self, words: str, *, height: int = HEIGHT) -> None:
        super().__init__()
        self._most = height
        self._rows = _Model()
        self.setModel(self._rows)
        self.setItemDelegate(_Painter(self))
        self.setAccessibleName(words)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setEditTriggers(QListView.EditTrigger.NoEditTriggers)
        self.setMouseTracking(True)
        self.selectionModel().currentChanged.connect(lambda now, _: self.pointed.emit(self._key(now)))
        self.clicked.connect(lambda index: self.opened.emit(self._key(index)))

    @property
    def lines(self) -> tuple[Line, ...]:
        return self._rows.lines

    @property
    def current(self) -> str:
        """Key of the current entry, '' for none."""
        return self._key(self.currentIndex())

    def put(self, lines: Sequence[Line]) -> None:
        """Show these; the current entry stays current if it is still there."""
        before = self.current
        self._rows.put(lines)
        if before:
            self.point(before)
        self._fit()

    def change(self, line: Line) -> None:
        """Show one entry anew, where it stands; the list keeps its height."""
        self._rows.change(line)

    def point(self, key: str) -> None:
        """Make an entry the current one."""
        for row, line in enumerate(self.lines):
            if line.key == key:
                self.setCurrentIndex(self._rows.index(row))

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        is_enter = event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter} and not event.modifiers()
        if is_enter and self.current:
            self.opened.emit(self.current)
        elif is_enter or event.key() == Qt.Key.Key_Escape:
            event.ignore()
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        super().resizeEvent(event)
        if event.oldSize().width() != event.size().width():
            self._fit()

    def _fit(self) -> None:
        self.scheduleDelayedItemsLayout()
        total = sum(self.sizeHintForRow(row) for row in range(len(self.lines)))
        self.setFixedHeight(min(total + 2 * px(2), px(self._most)))

    def _key(self, index: Index) -> str:
        return self.lines[index.row()].key if index.isValid() and index.row() < len(self.lines) else ""


class Pager(QWidget):
    """Which part of a long list is shown, and buttons to the parts beside it; hidden when all of it is."""

    turned = Signal(int)
    """The offset that is wanted."""

    def __init__(self, size: int) -> None:
        super().__init__()
        self.size_of_page = size
        self._offset = 0
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(px(8))
        self.words = label("", "soft")
        self.earlier = button(t("exchange_desk.pager.earlier"), lambda: self._turn(-1), icon_name="back")
        self.later = button(t("exchange_desk.pager.later"), lambda: self._turn(1), icon_name="forward")
        line.addWidget(self.words, 1)
        line.addWidget(self.earlier)
        line.addWidget(self.later)
        self.hide()

    def put(self, offset: int, count: int, total: int | None = None, *, goes_on: bool = False) -> None:
        """`count` entries are shown from `offset`; `total` where it is known, else whether it `goes_on`."""
        self._offset = offset
        first, last = offset + 1, offset + count
        self.words.setText(
            t("exchange_desk.pager.of", first=first, last=last, total=total)
            if total is not None
            else t("exchange_desk.pager.here", first=first, last=last)
        )
        has_more = goes_on if total is None else offset + count < total
        self.earlier.setEnabled(offset > 0)
        self.later.setEnabled(has_more)
        self.setVisible(offset > 0 or has_more)

    def _turn(self, pages: int) -> None:
        self.turned.emit(max(0, self._offset + pages * self.size_of_page))


def _font(*, bold: bool = False) -> QFont:
    made = QFont(FAMILY)
    made.setPixelSize(px(Text.BODY))
    made.setBold(bold)
    return made


def _bounds(text: str, left: int, top: int, width: int, *, bold: bool = False) -> QRect:
    return QRect(left, top, width, _height(text, width, px(Text.BODY), bold=bold))


@lru_cache(_MEASURED)
def _height(text: str, width: int, size: int, *, bold: bool) -> int:  # noqa: ARG001 - `size` is that of the font
    """Qt asks for the height of every entry again whenever one of them changes."""
    found = QFontMetrics(_font(bold=bold)).boundingRect(QRect(0, 0, width, 100_000), _WRAP, text)
    return found.height()
