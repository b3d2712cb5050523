# SPDX-License-Identifier: GPL-3.0-or-later
"""The laptop was left: it slept, or its session was locked. A real message bus says so as a desktop would."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from ctypes import addressof, wintypes
from typing import Any

import pytest
from PySide6.QtCore import QObject, QTimer
from PySide6.QtTest import QSignalSpy
from pytestqt.qtbot import QtBot

from trafficwatch.ui.shell import watch
from trafficwatch.ui.shell.watch import Watch, now, slept
from trafficwatch.ui.shell.watch_windows import (
    PBT_APMRESUMEAUTOMATIC,
    PBT_APMSUSPEND,
    WM_POWERBROADCAST,
    WM_WTSSESSION_CHANGE,
    WTS_SESSION_LOCK,
    is_leaving,
    is_leaving_at,
)

PBT_POWER_CHANGED, WTS_SESSION_UNLOCK, WM_KEYDOWN = 0x000A, 0x8, 0x0100


# -- the clocks --------------------------------------------------------------------------------------------------------


class Clocks:
    """Seconds awake, seconds passed; `sleep` moves only the second."""

    def __init__(self) -> None:
        self.awake = self.passed = 1_000.0

    def __call__(self) -> tuple[float, float]:
        return self.awake, self.passed

    def run(self, seconds: float) -> None:
        self.awake += seconds
        self.passed += seconds


def ticks(watched: Watch) -> None:
    (timer,) = watched.findChildren(QTimer)
    timer.timeout.emit()


def test_a_sleep_between_two_ticks_is_noticed_once(qapp: QObject) -> None:
    clocks = Clocks()
    watched = Watch(clocks=clocks)
    left = QSignalSpy(watched.left)
    clocks.run(1)
    ticks(watched)
    clocks.run(3_600)  # a busy laptop is not a sleeping one
    ticks(watched)
    assert left.count() == 0
    clocks.passed += 5
    ticks(watched)
    ticks(watched)
    assert left.count() == 1
    (timer,) = watched.findChildren(QTimer)
    assert (timer.isActive(), timer.interval()) == (True, watch.TICK)


def test_the_clocks_of_this_system_run_alike_while_it_is_awake() -> None:
    before = now()
    sum(range(2_000_000))
    after = now()
    assert after[0] > before[0]
    assert after[1] > before[1]
    assert not slept(before, after)
    assert abs((after[1] - before[1]) - (after[0] - before[0])) < 0.1


# -- Windows -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("message", "what", "expected"),
    [
        (WM_POWERBROADCAST, PBT_APMSUSPEND, True),
        (WM_POWERBROADCAST, PBT_APMRESUMEAUTOMATIC, True),
        (WM_POWERBROADCAST, PBT_POWER_CHANGED, False),
        (WM_WTSSESSION_CHANGE, WTS_SESSION_LOCK, True),
        (WM_WTSSESSION_CHANGE, WTS_SESSION_UNLOCK, False),
        (WM_KEYDOWN, WTS_SESSION_LOCK, False),
        (WM_KEYDOWN, PBT_APMSUSPEND, False),
    ],
)
def test_what_windows_says(message: int, what: int, expected: bool) -> None:
    assert is_leaving(message, what) is expected
    sent = wintypes.MSG()
    sent.message, sent.wParam = message, what
    assert is_leaving_at(addressof(sent)) is expected


# -- Linux -------------------------------------------------------------------------------------------------------------

needs_bus = pytest.mark.skipif(
    not sys.platform.startswith("linux") or not (shutil.which("dbus-daemon") and shutil.which("dbus-monitor")),
    reason="needs a message bus",
)


@pytest.fixture
def address() -> Iterator[str]:
    """A message bus of our own."""
    command = ["dbus-daemon", "--session", "--nofork", "--nopidfile", "--print-address=1"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as daemon:
        assert daemon.stdout is not None
        yield daemon.stdout.readline().strip()
        daemon.terminate()


class Desktop:
    """Speaks on the bus as logind and the screen lockers do, and answers to nobody."""

    def __init__(self, address: str) -> None:
        from PySide6.QtDBus import QDBusConnection

        self._bus = QDBusConnection.connectToBus(address, f"desktop-{address}")
        assert self._bus.registerService("org.freedesktop.login1")

    def says(self, path: str, interface: str, name: str, *arguments: Any) -> None:
        from PySide6.QtDBus import QDBusMessage

        message = QDBusMessage.createSignal(path, interface, name)
        message.setArguments(list(arguments))
        assert self._bus.send(message)


@needs_bus
@pytest.mark.parametrize(
    ("path", "interface", "name", "arguments"),
    [
        ("/org/freedesktop/login1", "org.freedesktop.login1.Manager", "PrepareForSleep", (True,)),
        ("/org/freedesktop/login1", "org.freedesktop.login1.Manager", "PrepareForSleep", (False,)),
        ("/org/freedesktop/login1/session/_31", "org.freedesktop.login1.Session", "Lock", ()),
        ("/org/freedesktop/ScreenSaver", "org.freedesktop.ScreenSaver", "ActiveChanged", (True,)),
        ("/org/gnome/ScreenSaver", "org.gnome.ScreenSaver", "ActiveChanged", (True,)),
    ],
)
def test_what_a_linux_desktop_says(
    qtbot: QtBot, address: str, path: str, interface: str, name: str, arguments: tuple[Any, ...]
) -> None:
    from PySide6.QtDBus import QDBusConnection

    from trafficwatch.ui.shell.watch_linux import LinuxWatch

    desktop = Desktop(address)
    bus = QDBusConnection.connectToBus(address, f"watch-{address}")
    owner = QObject()
    watched = LinuxWatch(owner, bus, bus)
    left = QSignalSpy(watched.left)
    desktop.says("/org/gnome/ScreenSaver", "org.gnome.ScreenSaver", "ActiveChanged", False)
    desktop.says("/org/freedesktop/login1", "org.freedesktop.login1.Session", "Unlock")
    desktop.says(path, interface, name, *arguments)
    qtbot.waitUntil(lambda: left.count() > 0)
    assert left.count() == 1


@needs_bus
def test_sleep_waits_for_us(address: str) -> None:
    """A stand-in for logind hears that sleep must wait; the child runs on the bus that the environment names."""
    code = (
        "import sys; from PySide6.QtCore import QCoreApplication, QObject, QTimer\n"
        "from trafficwatch.ui.shell.watch import Watch\n"
        "app = QCoreApplication([]); watched = Watch()\n"
        "watched.left.connect(lambda: (print('left', flush=True), app.quit()))\n"
        "watched.listen(0); print('listening', flush=True); sys.exit(app.exec())"
    )
    monitor = subprocess.Popen(
        ["dbus-monitor", "--address", address, "interface='org.freedesktop.login1.Manager'"],
        stdout=subprocess.PIPE,
        text=True,
    )
    desktop = Desktop(address)
    assert monitor.stdout is not None
    try:
        monitor.stdout.readline()
        with subprocess.Popen(
            [sys.executable, "-c", code],
            stdout=subprocess.PIPE,
            text=True,
            env={"DBUS_SYSTEM_BUS_ADDRESS": address, "PATH": "", "QT_QPA_PLATFORM": "offscreen"},
        ) as child:
            assert child.stdout is not None
            assert child.stdout.readline() == "listening\n"
            heard = ""
            while '"delay"' not in heard:
                heard += monitor.stdout.readline()
            assert "member=Inhibit" in heard
            desktop.says("/org/freedesktop/login1", "org.freedesktop.login1.Manager", "PrepareForSleep", True)
            assert child.stdout.readline() == "left\n"
            assert child.wait(60) == 0
    finally:
        monitor.kill()
        monitor.communicate()
