# SPDX-License-Identifier: GPL-3.0-or-later
"""What a Linux desktop tells over D-Bus: logind before and after sleep and when it locks a session; screen lockers when
they come on.

While it listens, logind waits a moment before the laptop sleeps (a delay lock, freed when our process ends), so that
the desk is locked before its memory is kept for the night. Where there is no D-Bus nothing is heard, and the clocks of
`watch` notice sleep all the same.
"""

from __future__ import annotations

from PySide6.QtCore import SLOT, QObject, Signal, Slot
from PySide6.QtDBus import QDBusConnection, QDBusMessage, QDBusPendingCall, QDBusPendingCallWatcher

LOGIND, LOGIND_PATH = "org.freedesktop.login1", "/org/freedesktop/login1"
MANAGER, SESSION = "org.freedesktop.login1.Manager", "org.freedesktop.login1.Session"
LOCKERS = ("org.freedesktop.ScreenSaver", "org.gnome.ScreenSaver", "org.cinnamon.ScreenSaver", "org.mate.ScreenSaver")
WHY = "TrafficWatch"
"""Shown by `systemd-inhibit --list` to whoever asks who delays sleep: the program's name, in any language."""


class LinuxWatch(QObject):
    """`left` when the laptop is about to sleep or wakes, and when a session is locked.

    The lock of any session counts: two at once are rare on a village laptop, and locking too often harms nobody.
    """

    left = Signal()

    def __init__(
        self, parent: QObject, system: QDBusConnection | None = None, session: QDBusConnection | None = None
    ) -> None:
        super().__init__(parent)
        self._system = system or QDBusConnection.systemBus()
        self._session = session or QDBusConnection.sessionBus()
        self._delay: QDBusPendingCallWatcher | None = None
        if self._system.isConnected():
            self._hear(self._system, LOGIND, LOGIND_PATH, MANAGER, "PrepareForSleep", "sleeps(bool)")
            self._hear(self._system, LOGIND, "", SESSION, "Lock", "locked()")
            self._delay = self._ask_for_delay()
        if self._session.isConnected():
            for locker in LOCKERS:  # whoever sends it: a name without an owner yet is heard later too
                self._hear(self._session, "", "", locker, "ActiveChanged", "locker_changed(bool)")

    @Slot(bool)
    def sleeps(self, _going: bool) -> None:  # noqa: FBT001 - a signal's argument
        self.left.emit()

    @Slot()
    def locked(self) -> None:
        self.left.emit()

    @Slot(bool)
    def locker_changed(self, is_on: bool) -> None:  # noqa: FBT001 - a signal's argument
        if is_on:
            self.left.emit()

    def _hear(self, bus: QDBusConnection, service: str, path: str, interface: str, name: str, slot: str) -> None:
        bus.connect(service, path, interface, name, self, SLOT(slot))  # type: ignore[call-overload] # wants str

    def _ask_for_delay(self) -> QDBusPendingCallWatcher:
        """The answer holds the lock; who waits for it waits for the end of this object."""
        message = QDBusMessage.createMethodCall(LOGIND, LOGIND_PATH, MANAGER, "Inhibit")
        message.setArguments(["sleep", WHY, WHY, "delay"])
        call: QDBusPendingCall = self._system.asyncCall(message)
        return QDBusPendingCallWatcher(call, self)
