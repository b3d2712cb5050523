# SPDX-License-Identifier: GPL-3.0-or-later
"""The list of residents: one page of rows, all of one height, the NIK never among them.

In columns, or, when the letters are large, two lines a row. Enter or a click opens a row, Up on the first one leaves
the list. A screen reader hears the same words that are painted.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QKeyEvent, QPainter, QPen
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from trafficwatch.models.dates import PartialDate
from trafficwatch.models.migration import Stage
from trafficwatch.registry.listing import Sort
from trafficwatch.texts import current_language, t
from trafficwatch.texts.labels import label as words
from trafficwatch.ui.theme.look import COMPACT_FROM, Text, look, px
from trafficwatch.ui.theme.palette import Tone
from trafficwatch.ui.village.countries import country_name

if TYPE_CHECKING:
    from trafficwatch.registry.browse import ResidentRow

Index = QModelIndex | QPersistentModelIndex
COLUMNS = ("name", "birth", "address", "destination", "status")
_DAYS = {Sort.NAME: "birth", Sort.DEPARTURE: "departure", Sort.LAST_HEARD: "last_heard"}
"""What the column of days shows when the list goes by it."""
_WIDTHS = {"birth": 145, "destination": 140, "status": 335}
"""Pixels at 100 % of the columns that don't stretch."""
STAGE_TONES = {
    Stage.PLAN.value: Tone.INFO,
    Stage.PREPARING.value: Tone.INFO,
    Stage.DEPARTED.value: Tone.NEUTRAL,
    Stage.RETURNED.value: Tone.NEUTRAL,
    Stage.POSTPONED.value: Tone.NEUTRAL,
    Stage.CANCELLED.value: Tone.NEUTRAL,
}
CHIPS = Qt.ItemDataRole.UserRole
"""Role under which a cell has its chips: (words, tone) each."""


def birth_words(edtf: str | None) -> str:
    """A date of birth in words, '' when nothing is known."""
    return PartialDate.from_edtf(edtf).format(current_language()) if edtf else ""


def chips_of(row: ResidentRow) -> list[tuple[str, Tone]]:
    """What stands out about a resident: where the journey is, papers in doubt."""
    found = [(words("stage", row.stage), STAGE_TONES[row.stage])] if row.stage else []
    if row.doubtful:
        found.append((t("residents.list.doubtful", count=row.doubtful), Tone.WARN))
    return found


class ResidentModel(QAbstractTableModel):
    """The rows of the present page."""

    def __init__(self, parent: QWidget, *, two_lines: bool) -> None:
        super().__init__(parent)
        self.columns = ("name",) if two_lines else COLUMNS
        self.rows: Sequence[ResidentRow] = ()
        self.sorting = Sort.NAME

    def show(self, rows: Sequence[ResidentRow]) -> None:
        self.beginResetModel()
        self.rows = rows
        self.endResetModel()
        self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, len(self.columns) - 1)

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: N802, B008 - Qt's name and default
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: N802, B008
        return 0 if parent.isValid() else len(self.columns)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:  # noqa: N802
        if orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            column = self.columns[section]
            return t(f"residents.list.{_DAYS[self.sorting]}") if column == "birth" else t(f"residents.list.{column}")
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        row, column = self.rows[index.row()], self.columns[index.column()]
        if role in {Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole}:
            return self.text(row, column)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            whole = [self.text(row, each) for each in COLUMNS] if column == "name" else [self.text(row, column)]
            return ", ".join(part for part in whole if part)
        if role == CHIPS:
            return chips_of(row)
        return None

    def text(self, row: ResidentRow, column: str) -> str:
        match column:
            case "name":
                return row.name
            case "birth":
                return self.day(row)
            case "address":
                return " ".join((row.address or "").split())
            case "destination":
                return country_name(row.destination)
        return " · ".join(said for said, _ in chips_of(row))

    def day(self, row: ResidentRow) -> str:
        """The day that the list goes by; of birth where it goes by names."""
        match self.sorting:
            case Sort.DEPARTURE:
                return birth_words(row.departure_on)
            case Sort.LAST_HEARD:
                return birth_words(row.last_heard_on)
        return birth_words(row.birth_date)


class ResidentTable(QTableView):
    """The view; `opened` carries the number of a row, `left_upwards` gives the keys back to the search field."""

    opened = Signal(int)
    left_upwards = Signal()

    def __init__(self) -> None:
        super().__init__()
        two_lines = look().zoom >= COMPACT_FROM
        self.residents = ResidentModel(self, two_lines=two_lines)
        self.setModel(self.residents)
        self.setItemDelegate(_TwoLines(self) if two_lines else _Cells(self))
        self.setAccessibleName(t("residents.list.title"))
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setTabKeyNavigation(False)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        rows = self.verticalHeader()
        rows.hide()
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        rows.setMinimumSectionSize(1)
        rows.setDefaultSectionSize(px(62 if two_lines else 44))
        head = self.horizontalHeader()
        head.setHighlightSections(False)
        head.setSectionsClickable(False)
        head.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        head.setVisible(not two_lines)
        for place, column in enumerate(self.residents.columns):
            if column in _WIDTHS:
                head.setSectionResizeMode(place, QHeaderView.ResizeMode.Fixed)
                head.resizeSection(place, px(_WIDTHS[column]))
            else:
                head.setSectionResizeMode(place, QHeaderView.ResizeMode.Stretch)
        self.setMinimumHeight(px(62 * 2 if two_lines else 44 * 6))
        self.clicked.connect(lambda index: self.opened.emit(index.row()))

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        is_enter = event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}
        if is_enter and not event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            if self.currentIndex().isValid():
                self.opened.emit(self.currentIndex().row())
        elif event.key() == Qt.Key.Key_Up and self.currentIndex().row() <= 0:
            self.left_upwards.emit()
        elif is_enter or event.key() == Qt.Key.Key_Escape:
            event.ignore()
        else:
            super().keyPressEvent(event)


class _Painter(QStyledItemDelegate):
    """What both ways of painting a row share: the ground, a line below, text, chips."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:  # noqa: N802, ARG002 - Qt's name
        return QSize(px(100), px(44))

    def _ground(self, painter: QPainter, option: QStyleOptionViewItem) -> bool:
        """Fill the cell and draw the line below it; whether the row is chosen."""
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        rect: QRect = option.rect
        colours = look().colours
        painter.fillRect(rect, QColor(colours.accent if chosen else colours.surface))
        painter.setPen(QPen(QColor(colours.line), 1))
        painter.drawLine(rect.bottomLeft(), rect.bottomRight())
        return chosen

    def _text(self, painter: QPainter, rect: QRect, text: str, colour: str, size: int, *, bold: bool = False) -> None:
        font = QFont(painter.font())
        font.setPixelSize(px(size))
        font.setBold(bold)
        painter.setFont(font)
        painter.setPen(QColor(colour))
        fitting = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, rect.width())
        painter.drawText(rect, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, fitting)

    def _chips(self, painter: QPainter, rect: QRect, chips: Sequence[tuple[str, Tone]]) -> int:
        """Chips from the left as far as there is room; how much room they took."""
        font = QFont(painter.font())
        font.setPixelSize(px(Text.SMALL))
        font.setBold(True)
        painter.setFont(font)
        left, height = rect.left(), painter.fontMetrics().height() + px(6)
        for said, tone in chips:
            pair = look().colours.tone(tone)
            width = min(painter.fontMetrics().horizontalAdvance(said) + px(18), rect.right() - left)
            if width < px(40):
                break
            box = QRect(left, rect.center().y() - height // 2, width, height)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(QColor(pair.ink), 1))
            painter.setBrush(QColor(pair.soft))
            painter.drawRoundedRect(box, height / 2, height / 2)
            inner = box.adjusted(px(8), 0, -px(8), 0)
            fitting = painter.fontMetrics().elidedText(said, Qt.TextElideMode.ElideRight, inner.width())
            painter.drawText(inner, Qt.AlignmentFlag.AlignCenter, fitting)
            left += width + px(6)
        return left - rect.left()


class _Cells(_Painter):
    """A cell of the table in columns."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        painter.save()
        chosen = self._ground(painter, option)
        rect: QRect = option.rect.adjusted(px(8), 0, -px(8), 0)
        column = COLUMNS[index.column()]
        colours = look().colours
        if column == "status":
            self._chips(painter, rect, index.data(CHIPS))
        else:
            ink = colours.on_accent if chosen else colours.text
            self._text(painter, rect, index.data(), ink, Text.BODY, bold=column == "name")
        painter.restore()


class _TwoLines(_Painter):
    """A whole row: the name, below it chips, destination and address."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        painter.save()
        chosen = self._ground(painter, option)
        rect: QRect = option.rect.adjusted(px(8), px(4), -px(8), -px(4))
        colours = look().colours
        first = QRect(rect.left(), rect.top(), rect.width(), rect.height() // 2)
        second = QRect(rect.left(), first.bottom() + 1, rect.width(), rect.height() - first.height())
        ink = colours.on_accent if chosen else colours.text
        self._text(painter, first, index.data(), ink, Text.BODY, bold=True)
        taken = self._chips(painter, second, index.data(CHIPS))
        model: ResidentModel = index.model()  # type: ignore[assignment]
        row = model.rows[index.row()]
        more = (model.day(row), country_name(row.destination), model.text(row, "address"))
        soft = colours.on_accent if chosen else colours.soft_text
        rest = second.adjusted(taken, 0, 0, 0)
        self._text(painter, rest, " · ".join(part for part in more if part), soft, Text.SMALL)
        painter.restore()
