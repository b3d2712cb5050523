# SPDX-License-Identifier: GPL-3.0-or-later
"""Scenes of the page 'Pakai flashdisk' at both desks: every step, and what can go wrong at it."""

from __future__ import annotations

import tempfile
from pathlib import Path

from PySide6.QtWidgets import QWidget

from trafficwatch.errors import named
from trafficwatch.models.exchange import BundleKind
from trafficwatch.sync.usb import Old, Written
from trafficwatch.ui.exchange.intake import Outcome
from trafficwatch.ui.exchange.sticks import Stick
from trafficwatch.ui.exchange.usb import Step, UsbPage
from trafficwatch.ui.gallery.exchange import taken
from trafficwatch.ui.gallery.stage import Scene, Stage

FOLDER = Path(tempfile.gettempdir())
STICK = Stick(FOLDER, "FLASHDISK DESA", 12_300_000_000, 15_900_000_000, "/dev/sdb1")
WRITTEN = (
    Written(FOLDER / "0d5b7c11.twb", "0d5b7c11", 7, 412, 612_000, "7F3A 09C2 11B4 E0D9"),
    Written(FOLDER / "5e90aa02.twb", "5e90aa02", 8, 96, 143_000, "C41D 8802 5AF0 3B67"),
)
OLD = (
    Old(FOLDER / "81c3f4d7.twb", "81c3f4d7", 5, "2026-10-12T02:10:00+00:00", answered=True),
    Old(FOLDER / "94d0be10.twb", "94d0be10", 6, "2026-11-02T03:40:00+00:00", answered=False),
)


def _page(stage: Stage, *found: Stick) -> UsbPage:
    page = stage.page(UsbPage)
    page.watch.stop()
    stage.settle()
    page.show_sticks(found)
    return page


def _at(stage: Stage, step: Step) -> UsbPage:
    page = _page(stage, STICK)
    page.stick = STICK
    page.put(step)
    stage.settle()
    return page


def _plug_in(stage: Stage) -> QWidget:
    locked = Stick(Path("/media/KARTU"), "KARTU KAMERA", 0, 7_900_000_000, "/dev/sdc1", is_locked=True)
    return _page(stage, STICK, locked)


def _came(stage: Stage) -> QWidget:
    page = _at(stage, Step.PLUG_IN)
    kind = BundleKind.REPORT if page.is_at_ppt else BundleKind.RECEIPT
    page.show_taken(taken(kind, "53.01"), {"0d5b7c11.twb": "7F3A 09C2 11B4 E0D9"})
    stage.settle()
    page.show_old(() if page.is_at_ppt else OLD)
    return page


def _nothing(stage: Stage) -> QWidget:
    page = _at(stage, Step.PLUG_IN)
    page.show_taken(Outcome(FOLDER, ()), {})
    stage.settle()
    return page


def _written(stage: Stage) -> QWidget:
    page = _at(stage, Step.WRITE)
    page.show_written(WRITTEN, (WRITTEN,))
    return page


def _not_released(stage: Stage) -> QWidget:
    page = _at(stage, Step.WRITE)
    page.show_written(WRITTEN, (WRITTEN,))
    page.clear_notices()
    page.show_released(False)  # noqa: FBT003 - as the worker answers
    return page


def _released(stage: Stage) -> QWidget:
    page = _at(stage, Step.WRITE)
    page.show_written(WRITTEN, (WRITTEN,))
    page.clear_notices()
    page.show_released(True)  # noqa: FBT003 - as the worker answers
    return page


def _gone(stage: Stage) -> QWidget:
    page = _at(stage, Step.WRITE)
    page.failed(named("stick_gone", {"file": "FLASHDISK DESA"}))
    return page


def _full(stage: Stage) -> QWidget:
    page = _at(stage, Step.WRITE)
    page.failed(named("stick_full", {"megabytes": 3, "free": 1}))
    page.show_old(OLD)
    return page


SCENES = (
    Scene("usb-1-none", "village", _page),
    Scene("usb-1-plug-in", "village", _plug_in),
    Scene("usb-2-came", "village", _came),
    Scene("usb-2-nothing", "village", _nothing),
    Scene("usb-3-gone", "village", _gone),
    Scene("usb-3-full", "village", _full),
    Scene("usb-4-written", "village", _written),
    Scene("usb-4-not-released", "village", _not_released),
    Scene("usb-5-released", "village", _released),
    Scene("usb-ppt-1-plug-in", "ppt", _plug_in),
    Scene("usb-ppt-2-came", "ppt", _came),
    Scene("usb-ppt-4-written", "ppt", _written),
    Scene("usb-ppt-5-released", "ppt", _released),
)
