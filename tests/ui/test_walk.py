# SPDX-License-Identifier: GPL-3.0-or-later
"""The accessibility walk over every scene of the gallery, in both languages, at 100 % and 200 %."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from checks import failures
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QPushButton, QVBoxLayout, QWidget

from trafficwatch.store.work import Store
from trafficwatch.texts import LANGUAGES, Language
from trafficwatch.ui.gallery.draw import SIZE, all_scenes, dress, put
from trafficwatch.ui.gallery.stage import Scene, Stage
from trafficwatch.ui.shell.settings import Settings
from trafficwatch.ui.theme import palette as colours
from trafficwatch.ui.theme.palette import Theme, Tone

UI = Path(__file__).parents[2] / "src/trafficwatch/ui"
SCENES = all_scenes()


@pytest.mark.parametrize("zoom", [100, 200])
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene.name)
def test_walk(
    qapp: QApplication, store_of: Callable[[str], Store], scene: Scene, language: Language, zoom: int
) -> None:
    stage = Stage(store_of(scene.store))
    try:
        dress(qapp, stage, Settings(language=language, theme=Theme.LIGHT, zoom=zoom))
        window = put(stage, scene)
        assert failures(window) == []
        assert (window.width(), window.height()) <= SIZE
        window.deleteLater()
    finally:
        stage.finish()


@pytest.mark.parametrize("is_ppt", [False, True], ids=["village", "ppt"])
@pytest.mark.parametrize("theme", [Theme.LIGHT, Theme.DARK, Theme.CONTRAST])
def test_every_text_and_line_has_enough_contrast(theme: Theme, is_ppt: bool) -> None:
    worn = colours.palette(theme, is_ppt=is_ppt)
    pairs = [(getattr(worn, ink), getattr(worn, ground), 4.5) for ink, ground in colours.TEXT_PAIRS]
    pairs += [(getattr(worn, line), getattr(worn, ground), 3.0) for line, ground in colours.LINE_PAIRS]
    for tone in Tone:
        pair = worn.tone(tone)
        pairs += [(pair.ink, pair.soft, 4.5), (pair.ink, worn.surface, 4.5), (pair.ink, worn.ground, 4.5)]
    failing = [(ink, ground, round(colours.contrast(ink, ground), 2)) for ink, ground, least in pairs
               if colours.contrast(ink, ground) < least]  # fmt: skip
    assert failing == []


def test_no_page_has_colours_of_its_own() -> None:
    own = re.compile(r"setStyleSheet|QPalette|#[0-9a-fA-F]{6}\b")
    found = [
        f"{path.relative_to(UI)}:{number}"
        for path in UI.rglob("*.py")
        if path.parent.name != "theme"
        for number, line in enumerate(path.read_text("utf-8").splitlines(), start=1)
        if own.search(line)
    ]
    assert found == []


def test_the_walk_sees_what_is_wrong(qapp: QApplication) -> None:
    window = QWidget()
    column = QVBoxLayout(window)
    first, second = QLineEdit(), QPushButton("Simpan")
    second.setFixedSize(20, 10)
    column.addWidget(first)
    column.addWidget(second)
    text = QLabel("Teks yang terlalu panjang untuk kotaknya")
    text.setFixedWidth(30)
    column.addWidget(text)
    QWidget.setTabOrder(second, first)
    window.resize(300, 200)
    window.show()
    found = "\n".join(failures(window))
    for expected in ("no name", "words do not fit", "a text is cut", "too small to hit", "Tab goes back"):
        assert expected in found
    window.close()
