# SPDX-License-Identifier: GPL-3.0-or-later
"""What holds for every test: no window, no user's own folders, Indonesian, and the same examples in CI every time."""

from __future__ import annotations

import gc
import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

from trafficwatch.store import connection
from trafficwatch.texts import set_language

if TYPE_CHECKING:
    from collections.abc import Iterator

HERE = Path(__file__).parent
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

# What a run imports stays until its end: to look through it for garbage again and again costs a tenth of the time.
gc.set_threshold(50_000, 50, 100)

# Locking and wiping every piece of memory costs a third of the run. It stays on in every process of the program itself
# that a test starts (locking, canaries, kills, commands), and `test_connection` sees it there.
connection._FIRST = tuple(each.replace("memory_security = ON", "memory_security = OFF") for each in connection._FIRST)

# Shared and slow machines must not decide whether a property holds.
settings.register_profile("here", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True, print_blob=True, max_examples=15)
settings.load_profile("ci" if os.environ.get("CI") else "here")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """CI has fifteen minutes: what is `long`, or stands in `long.txt` as measured to take longest beside cheaper tests
    of the same page or rule, runs with `python3 dev.py test` and with LONG=every.
    """
    if not os.environ.get("CI") or os.environ.get("LONG") == "every":
        return
    listed = set((HERE / "long.txt").read_text("utf-8").split())
    names = {item: f"{item.path.relative_to(HERE).as_posix()}::{item.name}" for item in items}
    long = {
        item
        for item, name in names.items()
        if item.get_closest_marker("long")
        or not listed.isdisjoint({name, name.partition("[")[0], name.partition("::")[0]})
    }
    config.hook.pytest_deselected(items=list(long))
    items[:] = [item for item in items if item not in long]


@pytest.fixture(autouse=True)
def _own_folders(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """A test that forgets `--store` must not meet the store of whoever runs it."""
    home: Path = tmp_path_factory.getbasetemp() / "platform-folders"
    for folder in ("XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME"):
        monkeypatch.setenv(folder, str(home / folder.lower()))


@pytest.fixture(autouse=True)
def _indonesian() -> Iterator[None]:
    """The chosen language is the process's; a test that changes it must not change the next one."""
    yield
    set_language("id")
