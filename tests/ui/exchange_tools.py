# SPDX-License-Identifier: GPL-3.0-or-later
"""Pages of the exchange worked by keyboard alone, Qt's own file dialog included."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog, QLineEdit, QPushButton, QWidget

from trafficwatch.store.work import Store
from trafficwatch.ui.gallery.stage import Stage
from trafficwatch.ui.shell.page import Page
from trafficwatch.ui.widgets.notice import Notice


def held(stage: Stage) -> Store:
    """The store that a stage works on, to look into it while the worker rests."""
    store = stage.tasks._store
    assert isinstance(store, Store)
    return store


def primary(page: Page) -> None:
    """Ctrl+Enter, wherever the focus is."""
    QTest.keyClick(page.focusWidget() or page, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)


def press(button: QPushButton) -> None:
    """Go to a button and press Enter."""
    assert button.isVisibleTo(button.window()), button.text()
    assert button.isEnabled(), button.text()
    button.setFocus()
    QTest.keyClick(button, Qt.Key.Key_Return)


def choose(stage: Stage, page: QWidget, path: Path) -> None:
    """Go to a file or folder in the dialog that the page has opened, press Enter, and wait for what follows."""
    [dialog] = [found for found in page.findChildren(QFileDialog) if found.isVisible()]
    is_folder = path.is_dir()
    dialog.setDirectory(str(path if is_folder else path.parent))
    edit = dialog.findChild(QLineEdit, "fileNameEdit")
    edit.setText("" if is_folder else path.name)
    QTest.keyClick(edit, Qt.Key.Key_Return)
    assert not dialog.isVisible()
    stage.settle()


def type_digits(page: QWidget, entry: QLineEdit, digits: str) -> None:
    """Digits as they are heard: without blanks."""
    entry.setFocus()
    entry.clear()
    QTest.keyClicks(entry, digits.replace(" ", ""))


def told(page: Page) -> str:
    """All notices of a page."""
    return " ".join(notice.text for notice in page.findChildren(Notice) if notice.isVisibleTo(page))
