# SPDX-License-Identifier: GPL-3.0-or-later
"""What a person who sees badly, or has no mouse, needs of any window; each check gives its failures as sentences."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QAccessible
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractScrollArea,
    QApplication,
    QCheckBox,
    QComboBox,
    QHeaderView,
    QLabel,
    QLineEdit,
    QPushButton,
    QRadioButton,
    QScrollArea,
    QWidget,
)

from trafficwatch.ui.theme.look import px

LEAST_TARGET = 32
"""Pixels at 100 %."""
MOST_TABS = 400


def failures(window: QWidget) -> list[str]:
    """All failures of a window that is shown."""
    return [*unnamed(window), *clipped(window), *too_small(window), *wrong_order(window)]


def focusable(window: QWidget) -> list[QWidget]:
    """What the Tab key should reach."""
    return [
        widget
        for widget in window.findChildren(QWidget)
        if widget.isVisibleTo(window)
        and widget.isEnabled()
        and widget.focusPolicy() & Qt.FocusPolicy.TabFocus
        and widget.focusProxy() is None
    ]


def spoken(widget: QWidget) -> str:
    """What a screen reader calls a widget."""
    interface = QAccessible.queryAccessibleInterface(widget)
    return interface.text(QAccessible.Text.Name).strip() if interface else ""


def called(widget: QWidget) -> str:
    return f"{type(widget).__name__} '{spoken(widget)[:40]}'"


def unnamed(window: QWidget) -> Iterator[str]:
    for widget in focusable(window):
        if not spoken(widget):
            yield f"no name for a screen reader: {type(widget).__name__} in {type(widget.parentWidget()).__name__}"


def clipped(window: QWidget) -> Iterator[str]:
    """Words that do not fit into what shows them."""
    for widget in window.findChildren(QWidget):
        if not widget.isVisibleTo(window):
            continue
        if isinstance(widget, QLabel) and widget.text() and not widget.pixmap().width():
            yield from _clipped_label(widget)
        elif isinstance(widget, QPushButton | QCheckBox | QRadioButton) and widget.text():
            if widget.width() < widget.minimumSizeHint().width() or widget.height() < widget.minimumSizeHint().height():
                yield f"words do not fit: {called(widget)} {widget.width()} < {widget.minimumSizeHint().width()}"
        elif isinstance(widget, QComboBox):
            room = widget.width() - px(28) - 2 * px(10)
            if widget.fontMetrics().horizontalAdvance(widget.currentText()) > room:
                yield f"the choice does not fit: {called(widget)} '{widget.currentText()[:40]}'"
        elif isinstance(widget, QHeaderView) and widget.orientation() is Qt.Orientation.Horizontal:
            yield from _clipped_heads(widget)
        elif isinstance(widget, QScrollArea) and widget.widget() is not None:
            over = widget.widget().minimumSizeHint().width() - widget.viewport().width()
            if over > 0 and widget.viewport().width() > 0:
                yield f"a page is {over} px wider than its window"
    yield from _overlapping(window)


def _clipped_label(widget: QLabel) -> Iterator[str]:
    inside = widget.contentsRect()
    if widget.wordWrap():
        needed = widget.heightForWidth(widget.width())
        if needed > widget.height() + 1:
            yield f"a text is cut below: '{widget.text()[:50]}' {widget.height()} < {needed}"
        words = widget.text().replace("\u200b", " ").split()  # a line may end there too
        widest = max((widget.fontMetrics().horizontalAdvance(word) for word in words), default=0)
        if widest > inside.width() + 1:
            yield f"a word is cut: '{widget.text()[:50]}' {inside.width()} < {widest}"
    elif widget.fontMetrics().horizontalAdvance(widget.text()) > inside.width() + 1:
        yield f"a text is cut: '{widget.text()[:50]}' {inside.width()}"


def _clipped_heads(header: QHeaderView) -> Iterator[str]:
    for section in range(header.count()):
        if header.isSectionHidden(section):
            continue
        words = str(header.model().headerData(section, Qt.Orientation.Horizontal) or "")
        if header.fontMetrics().horizontalAdvance(words) > header.sectionSize(section):
            yield f"a table's head is cut: '{words}'"


def _overlapping(window: QWidget) -> Iterator[str]:
    """Siblings in a layout that lie upon each other."""
    for parent in [window, *window.findChildren(QWidget)]:
        if parent.layout() is None or not parent.isVisibleTo(window):
            continue
        children = [
            child
            for child in parent.findChildren(QWidget, options=Qt.FindChildOption.FindDirectChildrenOnly)
            if child.isVisibleTo(window) and not child.isWindow() and not child.size().isEmpty()
        ]
        managed = [child for child in children if _in_layout(parent.layout(), child)]
        for position, first in enumerate(managed):
            for second in managed[position + 1 :]:
                common = first.geometry().intersected(second.geometry())
                if common.width() > 2 and common.height() > 2:
                    yield f"lie upon each other: {called(first)} and {called(second)}"


def _in_layout(layout: object, child: QWidget) -> bool:
    items = (layout.itemAt(index) for index in range(layout.count()))  # type: ignore[attr-defined]
    return any(item.widget() is child or (item.layout() and _in_layout(item.layout(), child)) for item in items)


def too_small(window: QWidget) -> Iterator[str]:
    for widget in focusable(window):
        if isinstance(widget, QAbstractScrollArea) or widget.height() >= px(LEAST_TARGET):
            continue
        if isinstance(widget, QAbstractButton | QLineEdit | QComboBox):
            yield f"too small to hit: {called(widget)} {widget.height()} px"


def walked(window: QWidget) -> list[QWidget]:
    """What the Tab key reaches, in its order, starting at the first."""
    window.activateWindow()
    start = window.nextInFocusChain()
    while start is not window and start not in focusable(window):
        start = start.nextInFocusChain()
    start.setFocus(Qt.FocusReason.TabFocusReason)
    found: list[QWidget] = []
    for _ in range(MOST_TABS):
        focused = QApplication.focusWidget()
        if focused is None or (found and focused is found[0]):
            break
        if found and focused is found[-1]:
            break  # a trap: the key moved nothing
        found.append(focused)
        QTest.keyClick(focused, Qt.Key.Key_Tab)
    return found


def wrong_order(window: QWidget) -> Iterator[str]:
    """Traps, what Tab never reaches, and what it reaches in another order than the eye."""
    order = walked(window)
    expected = focusable(window)
    for widget in expected:
        if widget not in order and not _stands_for(widget, order):
            yield f"Tab never reaches {called(widget)} (reached {len(order)} of {len(expected)})"
    for first, second in pairwise(order):
        if _is_before(window, second, first):
            yield f"Tab goes back from {called(first)} to {called(second)}"


def _stands_for(widget: QWidget, order: list[QWidget]) -> bool:
    """Of buttons of which only one can be chosen, Tab reaches one; the arrow keys do the rest."""
    if isinstance(widget, QAbstractButton) and (widget.autoExclusive() or widget.group()):
        group = widget.group()
        peers = group.buttons() if group else widget.parentWidget().findChildren(type(widget))
        return any(peer in order for peer in peers)
    return isinstance(widget, QAbstractItemView) and widget.model() is not None and not widget.model().rowCount()


def _is_before(window: QWidget, one: QWidget, other: QWidget) -> bool:
    """Whether the eye comes to `one` before `other`: above it in the same column, or left of it in the same row."""
    here, there = _place(window, _seen_from(one, other)), _place(window, _seen_from(other, one))
    is_above = here.bottom() < there.top() and here.left() <= there.right()
    is_same_row = here.top() <= there.bottom() and there.top() <= here.bottom()
    return is_above or (is_same_row and here.right() < there.left())


def _seen_from(widget: QWidget, other: QWidget) -> QWidget:
    """The widget, or the scroll area that it is in and the other one is not: that stays where it is."""
    parent, seen = widget.parentWidget(), widget
    while parent is not None:
        if isinstance(parent, QScrollArea) and not parent.isAncestorOf(other):
            seen = parent
        parent = parent.parentWidget()
    return seen


def _place(window: QWidget, widget: QWidget) -> QRect:
    """Where a widget lies, as if nothing were scrolled."""
    place = widget.mapTo(window, QPoint(0, 0))
    parent = widget.parentWidget()
    while parent is not None and parent is not window:
        if isinstance(parent, QScrollArea):
            place += QPoint(parent.horizontalScrollBar().value(), parent.verticalScrollBar().value())
        parent = parent.parentWidget()
    return QRect(place, widget.size())
