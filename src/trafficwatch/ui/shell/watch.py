# SPDX-License-Identifier: GPL-3.0-or-later
"""Notices that the laptop was left: it sleeps or wakes, or its session was locked. Says `left`, once for each.

Two ways, because none is sure alone: the system tells (`watch_linux`, `watch_windows`), and on every system the clock
that goes on while the laptop sleeps runs away from the one that stands still. Setting the date moves neither, except
where the system has no such clock (macOS): there a new date may lock the desk once.
"""

from __future__ import annotations

import ctypes
import sys
import time
from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer, Signal

TICK = 1_000
"""Milliseconds between two looks at the clocks; after waking it takes no longer until the desk locks."""
ASLEEP = 2.0
"""Seconds between the two clocks from which the laptop must have slept."""

Clocks = Callable[[], tuple[float, float]]


class Watch(QObject):
    """Watches until it is deleted."""

    left = Signal()

    def __init__(self, parent: QObject | None = None, *, clocks: Clocks | None = None) -> None:
        """`clocks` gives the seconds that the laptop was awake and the seconds that passed, from any start."""
        super().__init__(parent)
        self._clocks = clocks or now
        self._last = self._clocks()
        self._timer = QTimer(self, interval=TICK)
        self._timer.timeout.connect(self._tick)
        self._timer.start()

    def listen(self, window: int) -> None:
        """Listen to what the system tells; `window` is the native handle of the program's window."""
        if sys.platform == "win32":
            from trafficwatch.ui.shell.watch_windows import WindowsWatch

            WindowsWatch(self, window).left.connect(self.left)
        elif sys.platform.startswith("linux"):
            from trafficwatch.ui.shell.watch_linux import LinuxWatch

            LinuxWatch(self).left.connect(self.left)

    def _tick(self) -> None:
        found = self._clocks()
        if slept(self._last, found):
            self.left.emit()
        self._last = found


def slept(before: tuple[float, float], after: tuple[float, float]) -> bool:
    """Whether more time passed than the laptop was awake."""
    awake, passed = after[0] - before[0], after[1] - before[1]
    return passed - awake >= ASLEEP


def now() -> tuple[float, float]:
    """Seconds awake, seconds passed."""
    if sys.platform == "win32":
        awake = ctypes.c_ulonglong()  # in units of 100 ns; what `time.monotonic` counts there goes on during sleep
        ctypes.windll.kernel32.QueryUnbiasedInterruptTime(ctypes.byref(awake))
        return awake.value / 10_000_000, time.monotonic()
    if sys.platform == "linux":
        return time.monotonic(), time.clock_gettime(time.CLOCK_BOOTTIME)
    return time.monotonic(), time.time()
