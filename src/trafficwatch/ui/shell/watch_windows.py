# SPDX-License-Identifier: GPL-3.0-or-later
"""What Windows tells a window: that the laptop sleeps or wakes, and that the session was locked or handed over."""

from __future__ import annotations

import ctypes
import sys
from ctypes import wintypes
from typing import Any

from PySide6.QtCore import QAbstractNativeEventFilter, QByteArray, QCoreApplication, QObject, Signal

WM_POWERBROADCAST, WM_WTSSESSION_CHANGE = 0x0218, 0x02B1
PBT_APMSUSPEND, PBT_APMRESUMESUSPEND, PBT_APMRESUMEAUTOMATIC = 0x0004, 0x0007, 0x0012
WTS_CONSOLE_DISCONNECT, WTS_REMOTE_DISCONNECT, WTS_SESSION_LOGOFF, WTS_SESSION_LOCK = 0x2, 0x4, 0x6, 0x7
_THIS_SESSION = 0
_LEAVING = {
    WM_POWERBROADCAST: {PBT_APMSUSPEND, PBT_APMRESUMESUSPEND, PBT_APMRESUMEAUTOMATIC},
    WM_WTSSESSION_CHANGE: {WTS_CONSOLE_DISCONNECT, WTS_REMOTE_DISCONNECT, WTS_SESSION_LOGOFF, WTS_SESSION_LOCK},
}


def is_leaving(message: int, what: int) -> bool:
    """Whether a window's message with this first parameter says that nobody sits at the screen."""
    return what in _LEAVING.get(message, ())


def is_leaving_at(address: int) -> bool:
    """`is_leaving` for the MSG structure at an address."""
    message = wintypes.MSG.from_address(address)
    return is_leaving(message.message, message.wParam)


class WindowsWatch(QObject):
    """`left` when the laptop is about to sleep or wakes, and when the session is locked, left or ended."""

    left = Signal()

    def __init__(self, parent: QObject, window: int) -> None:
        super().__init__(parent)
        self._filter = _Filter(self)
        app = QCoreApplication.instance()
        if app is not None:
            app.installNativeEventFilter(self._filter)
        if sys.platform == "win32":
            ctypes.windll.wtsapi32.WTSRegisterSessionNotification(wintypes.HWND(window), _THIS_SESSION)


class _Filter(QAbstractNativeEventFilter):
    def __init__(self, watch: WindowsWatch) -> None:
        super().__init__()
        self._watch = watch

    def nativeEventFilter(  # noqa: N802 - Qt's name
        self, kind: QByteArray | bytes | bytearray | memoryview, message: Any
    ) -> tuple[bool, int]:
        """Looks, and lets every message go on."""
        if QByteArray(kind).startsWith(b"windows_") and is_leaving_at(int(message)):
            self._watch.left.emit()
        return False, 0
