# SPDX-License-Identifier: GPL-3.0-or-later
"""Rows of widgets that stand beside each other, or below each other where letters are large; going to a widget."""

from __future__ import annotations

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QBoxLayout, QWidget

from trafficwatch.ui.shell.page import Page
from trafficwatch.ui.theme.look import COMPACT_FROM, look, px


def side_by_side(*widgets: QWidget) -> QBoxLayout:
    """Widgets at the left; below each other at a large zoom."""
    is_stacked = look().zoom >= COMPACT_FROM
    made = QBoxLayout(QBoxLayout.Direction.TopToBottom if is_stacked else QBoxLayout.Direction.LeftToRight)
    made.setSpacing(px(8))
    for widget in widgets:
        made.addWidget(widget)
    if not is_stacked:
        made.addStretch(1)
    return made


def bring(page: Page, widget: QWidget) -> None:
    """Go to a widget of a page that was shown only now: it has its place once the page is laid out."""
    widget.setFocus()
    QTimer.singleShot(0, widget, lambda: page.show_widget(widget))
