# SPDX-License-Identifier: GPL-3.0-or-later
"""F12, 'tutup cepat': somebody walks in, and at once nothing of the desk is to be seen.

The simplest safe way is the lock itself: every window and dialog of ours goes at once, the draft is kept, the process
ends, and the fresh locked one starts behind a cover: minimised, an empty sheet under a title that says nothing. Keys
and clicks on the cover do nothing; F12 shows the locked page, and who has forgotten that closes the window and starts
the program again. On the locked page itself F12 puts the cover over it. It hides from a glance, not from a search: the
program stays in the list of what runs. The print dialog of Windows is the system's own and keeps the keys to itself.
"""

from __future__ import annotations

from PySide6.QtWidgets import QApplication, QDialog, QMainWindow, QStyle, QWidget

from trafficwatch.texts import t
from trafficwatch.ui.theme.icons import app_icon


class Cover(QWidget):
    """An empty sheet."""

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName(t("shell.neutral"))
        self.setProperty("box", "page")


def disguise(window: QMainWindow) -> None:
    """A title and an icon that say nothing."""
    window.setWindowTitle(t("shell.neutral"))
    window.setWindowIcon(window.style().standardIcon(QStyle.StandardPixmap.SP_FileIcon))


def undisguise(window: QMainWindow) -> None:
    """The program's icon; the title is the window's own business."""
    window.setWindowIcon(app_icon())


def put_away(main: QWidget) -> None:
    """Close every dialog and popup, as if it had been cancelled, and hide every window but the main one."""
    while (popup := QApplication.activePopupWidget()) is not None:
        popup.hide()
    for window in QApplication.topLevelWidgets():
        if window is main or not window.isVisible():
            continue
        if isinstance(window, QDialog):
            window.reject()
        window.hide()
