# SPDX-License-Identifier: GPL-3.0-or-later
"""Draw every scene as PNG: `<language>-<theme>-<zoom>/<scene>.png`, 1366x768, in the frame of its desk."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from PySide6.QtCore import QMessageLogContext, QtMsgType, qInstallMessageHandler
from PySide6.QtWidgets import QApplication, QDialog, QWidget

from trafficwatch.models.fields import Side
from trafficwatch.texts import Language, current_language, set_language
from trafficwatch.ui.gallery.stage import Scene, Stage
from trafficwatch.ui.shell.entries import PPT, VILLAGE
from trafficwatch.ui.shell.frame import DeskFrame
from trafficwatch.ui.shell.page import Page
from trafficwatch.ui.shell.qt_texts import speak
from trafficwatch.ui.shell.settings import Settings
from trafficwatch.ui.shell.tasks import OpenStore
from trafficwatch.ui.theme.look import make_look, wear
from trafficwatch.ui.theme.palette import Theme

SIZE = (1366, 768)


def all_scenes() -> tuple[Scene, ...]:
    """Every scene of both desks."""
    from trafficwatch.ui.gallery import (
        care,
        case_text,
        data_rights,
        directory,
        disclosure,
        duplicates,
        escrow,
        evidence,
        exchange,
        follow_up,
        journeys,
        keeping,
        laptops,
        members,
        network,
        paper_entry,
        ppt,
        ppt_care,
        questionnaires,
        referral,
        referral_life,
        register,
        residents,
        restore,
        screening,
        second_reading,
        settling,
        setup,
        shell,
        signs,
        training,
        usb,
    )

    found = (
        setup,
        shell,
        members,
        keeping,
        data_rights,
        residents,
        journeys,
        register,
        duplicates,
        screening,
        paper_entry,
        signs,
        training,
        referral,
        care,
        case_text,
        follow_up,
        referral_life,
        directory,
        disclosure,
        evidence,
        exchange,
        usb,
        laptops,
        network,
        settling,
        ppt,
        ppt_care,
        questionnaires,
        second_reading,
        escrow,
        restore,
    )
    return tuple(scene for module in found for scene in module.SCENES)


def draw(
    stores: Mapping[str, OpenStore],
    out: Path,
    languages: Iterable[Language],
    themes: Iterable[str],
    zooms: Sequence[int],
    only: str = "",
) -> int:
    """Draw the scenes whose name starts with `only` in every combination; gives how many pictures were made."""
    app = QApplication.instance() or QApplication(["trafficwatch"])
    if not isinstance(app, QApplication):
        raise TypeError("there is an application without windows already")
    before, spoken = qInstallMessageHandler(_pass_on), current_language()
    stages = {name: Stage(store) for name, store in stores.items()}
    scenes = [scene for scene in all_scenes() if scene.name.startswith(only)]
    count = 0
    try:
        for language in languages:
            for theme in themes:
                for zoom in zooms:
                    folder = out / f"{language}-{theme}-{zoom}"
                    folder.mkdir(parents=True, exist_ok=True)
                    settings = Settings(language=language, theme=Theme(theme), zoom=zoom)
                    for scene in scenes:
                        stage = stages[scene.store]
                        dress(app, stage, settings)
                        window = put(stage, scene)
                        window.grab().save(str(folder / f"{scene.name}.png"))
                        window.deleteLater()
                        stage.clear()
                        count += 1
    finally:
        for stage in stages.values():
            stage.clear()
            stage.finish()
        qInstallMessageHandler(before)
        set_language(spoken)
    return count


def _pass_on(_: QtMsgType, __: QMessageLogContext, text: str | None) -> None:
    """Qt's messages, without those about what a platform without a screen can't do."""
    if text and not text.startswith("This plugin does not support"):
        sys.stderr.write(f"{text}\n")


def dress(app: QApplication, stage: Stage, settings: Settings) -> None:
    """Language, look and Qt's own texts for what is built next on a stage."""
    set_language(settings.language)
    speak(app, settings.language)
    wear(app, make_look(settings.theme, settings.zoom, is_ppt=stage.desk.state.side is Side.PPT))
    stage.wear(settings)


def put(stage: Stage, scene: Scene) -> QWidget:
    """A scene as it stands on the screen: a page in its desk's frame, anything else by itself."""
    widget = scene.make(stage)
    if isinstance(widget, Page):
        entries = PPT if stage.desk.state.side is Side.PPT else VILLAGE
        frame = DeskFrame(stage.desk, entries, {})
        frame.resize(*SIZE)
        focused = widget.focusWidget() or widget  # lost by moving the page into the frame
        frame.place(widget)
        shown: QWidget = frame
    else:
        shown = widget
        if not isinstance(widget, QDialog):
            shown.resize(*SIZE)
    shown.show()
    shown.activateWindow()
    if isinstance(widget, Page):
        focused.setFocus()
    stage.settle()
    return shown
