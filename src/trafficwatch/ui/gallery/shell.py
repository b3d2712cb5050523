# SPDX-License-Identifier: GPL-3.0-or-later
"""Scenes of the shell itself: home in its states, the crash dialog, an error on a page."""

from __future__ import annotations

from datetime import datetime

from PySide6.QtWidgets import QWidget

from trafficwatch.errors import named
from trafficwatch.texts import t
from trafficwatch.ui.gallery.setup import LONG_NAME
from trafficwatch.ui.gallery.stage import Scene, Stage
from trafficwatch.ui.ppt.inbox import InboxPage
from trafficwatch.ui.shell.crash import CrashDialog
from trafficwatch.ui.shell.draft_list import Begun
from trafficwatch.ui.shell.entries import VILLAGE
from trafficwatch.ui.shell.frame import DeskFrame
from trafficwatch.ui.shell.hiding import Cover
from trafficwatch.ui.shell.panic_page import PanicPage
from trafficwatch.ui.village.home import HomePage
from trafficwatch.village.drafts import Draft

REPORT = "TrafficWatch 0.1.0, Python 3.11.2, Windows\nZeroDivisionError\n  home.py:88 _show\n  tasks.py:161 _deliver"


def _home(stage: Stage) -> QWidget:
    return stage.page(HomePage)


def _error(stage: Stage) -> QWidget:
    page = stage.page(HomePage)
    page.failed(named("store_disk_failed", {}))
    return page


def _panic(stage: Stage) -> PanicPage:
    return stage.page(PanicPage)


def _panic_ready(stage: Stage) -> QWidget:
    page = _panic(stage)
    page.codes.setChecked(True)
    page.word.setText(t("panic.the_word"))
    stage.settle()
    page.show_widget(page.codes)
    return page


def _locks_soon(stage: Stage) -> QWidget:
    frame = DeskFrame(stage.desk, VILLAGE, {"home": HomePage})
    frame.go("home")
    frame.warn(True)  # noqa: FBT003 - a slot
    return frame


def _drafts(stage: Stage) -> QWidget:
    page = stage.page(InboxPage)
    now = datetime.fromisoformat(f"{stage.desk.today}T10:32:00+08:00").isoformat()
    found = (
        Draft("1", "case", "7", now, {"reason": "Belum ada tempat"}),
        Draft("2", "villages", None, now, {"request": "permintaan.twe"}),
        Draft("3", "case", None, now, None),
    )
    page.drafts.put(Begun(found, {"7": LONG_NAME}))
    return page


def _crash(_: Stage) -> QWidget:
    return CrashDialog(REPORT)


SCENES = (
    Scene("home-full", "village", _home),
    Scene("home-empty", "empty", _home),
    Scene("home-untrained", "untrained", _home),
    Scene("home-long", "long", _home),
    Scene("home-error", "village", _error),
    Scene("home-locks-soon", "village", _locks_soon),
    Scene("inbox-drafts", "ppt", _drafts),
    Scene("panic", "village", _panic),
    Scene("panic-ready", "village", _panic_ready),
    Scene("panic-not-connected", "empty", _panic),
    Scene("panic-long", "long", _panic),
    Scene("panic-ppt", "ppt", _panic),
    Scene("hidden", "empty", lambda _: Cover()),
    Scene("crash-dialog", "village", _crash),
)
