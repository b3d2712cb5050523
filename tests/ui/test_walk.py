# SPDX-License-Identifier: GPL-3.0-or-later
"""The walk over every scene of the gallery: what a person who sees badly, or has no mouse, needs; and the UI thread."""

from __future__ import annotations

import itertools
import os
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from checks import failures
from copies import copied
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QPushButton, QVBoxLayout, QWidget

from trafficwatch.store.vault import Keys
from trafficwatch.store.work import Store, Work
from trafficwatch.texts import LANGUAGES, Language
from trafficwatch.ui.gallery.draw import SIZE, all_scenes, dress, put
from trafficwatch.ui.gallery.stage import Scene, Stage
from trafficwatch.ui.shell.page import Page
from trafficwatch.ui.shell.settings import Settings
from trafficwatch.ui.theme import palette as colours
from trafficwatch.ui.theme.look import make_look, wear
from trafficwatch.ui.theme.palette import Theme, Tone

UI = Path(__file__).parents[2] / "src/trafficwatch/ui"
SCENES = all_scenes()


EVERY = os.environ.get("WALK") == "every"
NTH = 5 if os.environ.get("CI") else 1
COMBINATIONS = list(itertools.product(LANGUAGES, (100, 200)))
IN_TURN = (("id", 200), ("en", 200), ("id", 100), ("en", 100))
WALKS = [
    pytest.param(scene, language, zoom, id=f"{scene.name}-{language}-{zoom}")
    for language, zoom in COMBINATIONS
    for number, scene in sorted(enumerate(SCENES), key=lambda found: found[1].store)
    if EVERY or (IN_TURN[number // NTH % len(IN_TURN)] == (language, zoom) and number % NTH == 0)
]
"""`WALK=every` walks every scene in both languages at both sizes; otherwise each scene is walked once, in turn, in CI
every fifth one. What looks the same goes together: changing the look takes as long as a page.
"""


@pytest.fixture(scope="module")
def opened_by() -> Iterator[list[threading.Thread]]:
    """Which thread opened each transaction."""
    threads: list[threading.Thread] = []
    real: Callable[[Store], AbstractContextManager[Work]] = Store.work

    def work(store: Store) -> AbstractContextManager[Work]:
        threads.append(threading.current_thread())
        return real(store)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Store, "work", work)
        yield threads


@pytest.fixture(scope="module")
def stages(
    qapp: QApplication, founded: dict[str, tuple[Path, Keys]], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, Stage]]:
    """One stage for each of the gallery's desks; scenes only look."""
    folder = tmp_path_factory.mktemp("walk")
    stores = {name: copied(found, folder / name) for name, found in founded.items()}
    made = {name: Stage(store) for name, store in stores.items()}
    yield made
    for name, stage in made.items():
        stage.finish()
        stores[name].close()


@pytest.mark.parametrize(("scene", "language", "zoom"), WALKS)
def test_walk(
    qapp: QApplication,
    stages: dict[str, Stage],
    opened_by: list[threading.Thread],
    scene: Scene,
    language: Language,
    zoom: int,
) -> None:
    """Names, words that fit, targets, the order of Tab; and that no page works on the store in the UI thread."""
    stage = stages[scene.store]
    opened_by.clear()
    dress(qapp, stage, Settings(language=language, theme=Theme.LIGHT, zoom=zoom))
    window = put(stage, scene)
    try:
        assert failures(window) == []
        assert window.width() <= SIZE[0]
        assert window.height() <= SIZE[1]
        assert threading.main_thread() not in opened_by
    finally:
        window.hide()
        window.deleteLater()
        stage.clear()


def test_a_page_that_works_on_the_ui_thread_is_seen(
    qapp: QApplication, stages: dict[str, Stage], store_of: Callable[[str], Store], opened_by: list[threading.Thread]
) -> None:
    store = store_of("empty")

    class _Careless(Page):
        name = "home"

        def enter(self, **_: object) -> None:
            with store.work() as work:
                self.subtitle.setText(work.today)

    opened_by.clear()
    dress(qapp, stages["empty"], Settings())
    scene = Scene("careless", "empty", lambda stage: stage.page(lambda desk: _Careless(desk, "Tergesa")))
    put(stages["empty"], scene).deleteLater()
    stages["empty"].clear()
    assert threading.main_thread() in opened_by


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
        and path.name not in {"pdf_preview.py", "evidence.py"}  # paper is white in every theme, a photo has its own
        for number, line in enumerate(path.read_text("utf-8").splitlines(), start=1)
        if own.search(line)
    ]
    assert found == []


def test_the_walk_sees_what_is_wrong(qapp: QApplication) -> None:
    wear(qapp, make_look(Theme.LIGHT, 100, is_ppt=False))
    window = QWidget()
    column = QVBoxLayout(window)
    first, middle, second = QLineEdit(), QLineEdit(), QPushButton("Simpan")
    second.setStyleSheet("min-height: 0px; max-height: 12px")
    second.setFixedWidth(20)
    for widget in (first, middle, second):
        column.addWidget(widget)
    text = QLabel("Teks yang terlalu panjang untuk kotaknya")
    text.setFixedWidth(30)
    column.addWidget(text)
    QWidget.setTabOrder(first, second)
    QWidget.setTabOrder(second, middle)
    window.resize(300, 200)
    window.show()
    window.activateWindow()
    QApplication.processEvents()
    found = "\n".join(failures(window))
    for expected in ("no name", "words do not fit", "a text is cut", "too small to hit", "Tab goes back"):
        assert expected in found
    window.close()
