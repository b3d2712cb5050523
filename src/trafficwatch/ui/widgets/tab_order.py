# SPDX-License-Identifier: GPL-3.0-or-later
"""The Tab key after parts of a page were built late: Qt appends them behind the footer, where nobody looks for them."""

from __future__ import annotations

from itertools import pairwise

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget


def put_in_order(root: QWidget) -> None:
    """Let Tab go through everything in the order of the tree: each part with all that is in it, then the next."""
    stops = [
        widget
        for widget in root.findChildren(QWidget)
        if widget.focusPolicy() & Qt.FocusPolicy.TabFocus
        and widget.focusProxy() is None
        and widget.window() is root.window()  # the list of a combo box is a window of its own
    ]
    for first, second in pairwise(stops):
        QWidget.setTabOrder(first, second)
