# SPDX-License-Identifier: GPL-3.0-or-later
"""Where on a page somebody was: kept when the desk locks or is built anew, and found again on the new page.

A place is JSON, for the draft. The widget is known by its kind and what it is called, else (in another language) by its
place among all widgets of the page.
"""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt, QTimer
from PySide6.QtGui import QTextCursor
from PySide6.QtWidgets import QLineEdit, QPlainTextEdit, QTextEdit, QWidget

from trafficwatch.ui.shell.tasks import Tasks

Place = dict[str, Any]


def place_on(page: QWidget) -> Place | None:
    """Which widget of the page has the focus, and where its cursor stands."""
    widget, widgets = page.focusWidget(), page.findChildren(QWidget)
    if widget is None or widget not in widgets:
        return None
    alike = [each for each in widgets if _called(each) == _called(widget)]
    kind, name = _called(widget)
    return {
        "kind": kind,
        "name": name,
        "nth": alike.index(widget),
        "position": widgets.index(widget),
        "cursor": _cursor(widget),
    }


def go_to(page: QWidget, place: Place) -> QWidget | None:
    """Put the focus there; gives the widget, None if there is none like it now."""
    widgets = page.findChildren(QWidget)
    alike = [each for each in widgets if _called(each) == (place["kind"], place["name"])]
    found = alike[place["nth"]] if place["nth"] < len(alike) else None
    if found is None and place["position"] < len(widgets):
        found = widgets[place["position"]]
        found = found if _called(found)[0] == place["kind"] else None
    if found is None or not found.isVisibleTo(page) or not found.isEnabled():
        return None
    found.setFocus(Qt.FocusReason.OtherFocusReason)
    if place["cursor"] is not None:
        _put_cursor(found, *place["cursor"])
    return found


class Return(QObject):
    """Goes to a place once the page has loaded; not when somebody is already at work on it."""

    def __init__(self, page: QWidget, place: Place, tasks: Tasks) -> None:
        super().__init__(page)
        self._page, self._place, self._tasks = page, place, tasks
        self._is_over = False
        app = QCoreApplication.instance()
        if app is not None:
            app.installEventFilter(self)
        tasks.busy.connect(self._try)
        go_to(page, place)
        QTimer.singleShot(0, self, self._try)

    def eventFilter(self, _: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        if event.type() in {QEvent.Type.KeyPress, QEvent.Type.MouseButtonPress}:
            self._end()
        return False

    def _try(self) -> None:
        if not self._is_over and self._tasks.is_idle and go_to(self._page, self._place) is not None:
            self._end()

    def _end(self) -> None:
        if self._is_over:
            return
        self._is_over = True
        self._tasks.busy.disconnect(self._try)
        app = QCoreApplication.instance()
        if app is not None:
            app.removeEventFilter(self)
        self.deleteLater()


def _called(widget: QWidget) -> tuple[str, str]:
    return type(widget).__name__, widget.accessibleName()


def _cursor(widget: QWidget) -> list[int] | None:
    """Anchor and position."""
    if isinstance(widget, QLineEdit):
        at = widget.cursorPosition()
        start = widget.selectionStart()
        if start < 0:
            return [at, at]
        return [widget.selectionEnd() if at == start else start, at]
    if isinstance(widget, QPlainTextEdit | QTextEdit):
        cursor = widget.textCursor()
        return [cursor.anchor(), cursor.position()]
    return None


def _put_cursor(widget: QWidget, anchor: int, position: int) -> None:
    if isinstance(widget, QLineEdit):
        widget.setCursorPosition(anchor)
        widget.cursorForward(position > anchor, abs(position - anchor))
        if anchor == position:
            widget.deselect()
    elif isinstance(widget, QPlainTextEdit | QTextEdit):
        last = len(widget.toPlainText())
        cursor = widget.textCursor()
        cursor.setPosition(min(anchor, last))
        cursor.setPosition(min(position, last), QTextCursor.MoveMode.KeepAnchor)
        widget.setTextCursor(cursor)
