# SPDX-License-Identifier: GPL-3.0-or-later
"""Cyclic garbage is collected by the UI thread between two events, and at no other time.

Python collects wherever something happens to be allocated: on the worker, or while Qt ends a page. Shiboken's wrappers
are half taken apart then, and looking at them kills the program (seen: SIGSEGV in `visit_decref`, on the worker, while
the UI thread was inside `~QWidget`). So collecting by itself is off while a worker lives, and a timer does it instead.
"""

from __future__ import annotations

import gc
from typing import ClassVar

from PySide6.QtCore import QObject, QTimer

INTERVAL = 1_000
"""Milliseconds; a job makes a few megabytes of garbage in that time."""


class Garbage(QObject):
    """Collects from its making until `end`; several may live at once."""

    _living: ClassVar[int] = 0
    _was_on: ClassVar[bool] = True

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        if not Garbage._living:
            Garbage._was_on = gc.isenabled()
        Garbage._living += 1
        gc.disable()
        self._timer = QTimer(self, interval=INTERVAL)
        self._timer.timeout.connect(collect)
        self._timer.start()

    def end(self) -> None:
        """After the last one it is as it was before the first."""
        self._timer.stop()
        Garbage._living -= 1
        if not Garbage._living and Garbage._was_on:
            gc.enable()


def collect() -> None:
    """The oldest generation that is due, and with it the younger ones, by Python's own thresholds."""
    counts, limits = gc.get_count(), gc.get_threshold()
    due = [generation for generation in range(3) if counts[generation] > limits[generation]]
    if due:
        gc.collect(due[-1])
