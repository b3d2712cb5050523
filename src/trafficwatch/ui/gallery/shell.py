# SPDX-License-Identifier: GPL-3.0-or-later
"""Scenes of the shell itself: home in its states, the crash dialog, an error on a page."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from trafficwatch.errors import named
from trafficwatch.ui.gallery.stage import Scene, Stage
from trafficwatch.ui.shell.crash import CrashDialog
from trafficwatch.ui.village.home import HomePage

REPORT = "TrafficWatch 0.1.0, Python 3.11.2, Windows\nZeroDivisionError\n  home.py:88 _show\n  tasks.py:161 _deliver"


def _home(stage: Stage) -> QWidget:
    return stage.page(HomePage)


def _error(stage: Stage) -> QWidget:
    page = stage.page(HomePage)
    page.failed(named("store_disk_failed", {}))
    return page


def _crash(_: Stage) -> QWidget:
    return CrashDialog(REPORT)


SCENES = (
    Scene("home-full", "village", _home),
    Scene("home-empty", "empty", _home),
    Scene("home-untrained", "untrained", _home),
    Scene("home-long", "long", _home),
    Scene("home-error", "village", _error),
    Scene("crash-dialog", "village", _crash),
)
