# SPDX-License-Identifier: GPL-3.0-or-later
"""A desk must not die after some thousand calls into Qt (docs/decisions/0007)."""

from __future__ import annotations

import os
import subprocess
import sys

CALLS = """
{first}
from PySide6.QtWidgets import QApplication, QLabel
app = QApplication([])
label = QLabel()
for _ in range(100_000):
    label.setText("x")
print("alive", flush=True)
"""


def test_a_hundred_thousand_calls_into_qt_are_survived() -> None:
    done = subprocess.run(
        [sys.executable, "-c", CALLS.format(first="import trafficwatch.ui")],
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (0, "alive\n")
