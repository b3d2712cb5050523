# SPDX-License-Identifier: GPL-3.0-or-later
"""Real pages on real stores: every test gets fresh copies of the gallery's desks, made once per run."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator
from datetime import datetime, tzinfo
from pathlib import Path
from typing import Self

import pytest
from copies import copied
from desks import MORNING
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from trafficwatch.cli.gallery import stores
from trafficwatch.models.fields import Side
from trafficwatch.store import unlock
from trafficwatch.store.vault import Keys
from trafficwatch.store.work import Store
from trafficwatch.texts import set_language
from trafficwatch.ui.gallery.stage import Stage
from trafficwatch.ui.shell.settings import Settings
from trafficwatch.ui.theme.look import make_look, wear
from trafficwatch.ui.theme.palette import Theme

StageOf = Callable[[str], Stage]
QtBot.waitUntil.__kwdefaults__["timeout"] = 60_000  # a guard against hanging, no measure of speed


class _Morning(datetime):
    """The day on which the copies of the desks are opened: what was founded must not be younger."""

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> Self:
        return cls.fromtimestamp(MORNING.timestamp(), tz)


@pytest.fixture(scope="session")
def founded() -> Iterator[dict[str, tuple[Path, Keys]]]:
    """Folder and keys of each of the gallery's desks."""
    folder = Path(tempfile.mkdtemp(prefix="founded-"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(unlock, "datetime", _Morning)
        with stores(folder) as opened:
            found = {name: (store.folder, store.keys) for name, store in opened.items()}
    yield found
    shutil.rmtree(folder)


@pytest.fixture
def store_of(founded: dict[str, tuple[Path, Keys]], tmp_path: Path) -> Iterator[Callable[[str], Store]]:
    """A fresh copy of one of the gallery's desks, open."""
    opened: list[Store] = []

    def copy(name: str) -> Store:
        opened.append(copied(founded[name], tmp_path / f"{name}-{len(opened)}"))
        return opened[-1]

    yield copy
    for store in opened:
        store.close()


@pytest.fixture
def stage_of(qapp: QApplication, store_of: Callable[[str], Store]) -> Iterator[StageOf]:
    """A stage on a fresh copy of one of the gallery's desks, in light colours, Indonesian, 100 %."""
    stages: list[Stage] = []
    set_language("id")

    def make(name: str) -> Stage:
        stage = Stage(store_of(name), Settings(theme=Theme.LIGHT))
        wear(qapp, make_look(Theme.LIGHT, 100, is_ppt=stage.desk.state.side is Side.PPT))
        stages.append(stage)
        return stage

    yield make
    for stage in stages:
        stage.finish()
