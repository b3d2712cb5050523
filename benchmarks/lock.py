# SPDX-License-Identifier: GPL-3.0-or-later
"""How long after the lock key the fresh, locked program shows unlocking: `python benchmarks/lock.py [RUNS]`.

A real desk is opened on a practice store, a name is typed into a new card, and Ctrl+L is pressed; the time runs until
the first picture of the next process. The reference in the same run is a bare Python that shows an empty Qt window.
`tests/ui/test_lock.py` runs the same scenario and looks into the memory of both processes.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from trafficwatch.cli.practice import VILLAGE_PASSPHRASE, found_practice
from trafficwatch.models.fields import Side

CANARY = "Kenarilampungxyz"
ENVIRONMENT = {**os.environ, "QT_QPA_PLATFORM": os.environ.get("QT_QPA_PLATFORM", "offscreen")}
EMPTY = """
from PySide6.QtWidgets import QApplication, QWidget
application = QApplication([])
window = QWidget()
window.show()
application.processEvents()
"""


def scenario(
    folder: Path, before_lock: Callable[[int], None] = lambda _: None, *, passphrase: str | None = None
) -> tuple[float, int]:
    """Open, type, lock; seconds from the key to the next process's first picture, and that process's id.

    `before_lock` is called with the first process's id while the typed name is on its screen. The new process goes on
    running: the caller ends it. With a `passphrase` the desk is the one in this folder, else its practice desk.
    """
    reading, writing = os.pipe()
    command = [sys.executable, __file__, "--drive", str(folder), str(writing), passphrase or ""]
    with (
        os.fdopen(reading, "rb", buffering=0) as told,
        subprocess.Popen(command, pass_fds=[writing], stdin=subprocess.PIPE, env=ENVIRONMENT) as child,
    ):
        os.close(writing)
        wait_for(told.readline, b"ready\n")
        wait_for(told.readline, b"typed\n")
        before_lock(child.pid)
        child.stdin.write(b"lock\n")
        child.stdin.flush()
        start = time.perf_counter()
        wait_for(told.readline, b"ready\n")
        seconds = time.perf_counter() - start
    return seconds, next_process(folder)


def wait_for(readline: Callable[[], bytes], expected: bytes) -> None:
    line = readline()
    if line != expected:
        raise RuntimeError(f"the desk said {line!r} instead of {expected!r}")


def next_process(folder: Path) -> int:
    """The fresh program on this store."""
    for process in Path("/proc").iterdir():
        if process.name.isdigit() and str(folder).encode() in (process / "cmdline").read_bytes().split(b"\0"):
            return int(process.name)
    raise RuntimeError("no fresh program was started")


def drive(folder: Path, told: int, passphrase: str) -> int:
    """The first process: a real desk, driven by real key events from inside."""
    from PySide6.QtCore import QObject, QSocketNotifier, Qt, QTimer
    from PySide6.QtTest import QTest
    from PySide6.QtWidgets import QApplication, QLineEdit

    from trafficwatch.app import run
    from trafficwatch.ui.shell.unlock import UnlockPage
    from trafficwatch.ui.shell.window import Shell

    class Hand(QObject):
        """Types as soon as there is something to type into."""

        def __init__(self) -> None:
            super().__init__()
            self._timer = QTimer(self, interval=20)
            self._timer.timeout.connect(self._unlock)
            self._timer.start()

        def shell(self) -> Shell:
            return next(each for each in QApplication.topLevelWidgets() if isinstance(each, Shell))

        def then(self, step: Callable[[], None]) -> None:
            self._timer.timeout.disconnect()
            self._timer.timeout.connect(step)

        def _unlock(self) -> None:
            entrance = self.shell().centralWidget()
            if isinstance(entrance, UnlockPage):
                self.then(self._write)
                QTest.keyClicks(entrance.passphrase.line, passphrase or VILLAGE_PASSPHRASE)
                QTest.keyClick(entrance.passphrase.line, Qt.Key.Key_Return)

        def _write(self) -> None:
            frame = self.shell().frame
            if frame is not None and frame.page is not None:
                frame.go("resident_edit")
                self.then(lambda: None)
                QTest.keyClicks(frame.page.findChildren(QLineEdit)[0], CANARY)
                self._notifier = QSocketNotifier(sys.stdin.fileno(), QSocketNotifier.Type.Read)
                self._notifier.activated.connect(self._lock)
                os.write(told, b"typed\n")

        def _lock(self) -> None:
            self._notifier.setEnabled(False)
            self.shell().activateWindow()  # there is no window manager who would
            QApplication.processEvents()
            QTest.keyClick(self.shell(), Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier)

    def start() -> None:
        start.hand = Hand()  # type: ignore[attr-defined]

    from trafficwatch.ui.shell import window

    shown = window.Shell.show
    window.Shell.show = lambda self: (shown(self), start())  # type: ignore[assignment, return-value]
    settings = folder / "settings.json"
    return run(Side.VILLAGE, folder, practice=not passphrase, settings_path=settings, ready_fd=told)


def empty_window() -> float:
    start = time.perf_counter()
    subprocess.run([sys.executable, "-c", EMPTY], env=ENVIRONMENT, check=True)
    return time.perf_counter() - start


def main(runs: int) -> None:
    locks, empties = [], []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        found_practice(folder / "practice", Side.VILLAGE)
        for _ in range(runs):
            seconds, process = scenario(folder)
            os.kill(process, 9)
            locks.append(seconds)
            empties.append(empty_window())
    lock, empty = statistics.median(locks), statistics.median(empties)
    sys.stdout.write(f"lock to unlock: {lock * 1000:.0f} ms, worst {max(locks) * 1000:.0f} ms; ")
    sys.stdout.write(f"empty Qt window: {empty * 1000:.0f} ms; ratio {lock / empty:.2f} (n={runs})\n")


if __name__ == "__main__":
    if sys.argv[1:2] == ["--drive"]:
        sys.exit(drive(Path(sys.argv[2]), int(sys.argv[3]), sys.argv[4]))
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 7)
