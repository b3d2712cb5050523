# SPDX-License-Identifier: GPL-3.0-or-later
"""Copies of the gallery's desks."""

from __future__ import annotations

import shutil
from pathlib import Path

from desks import Clock, reopened

from trafficwatch.store.vault import Keys
from trafficwatch.store.work import Store


def copied(found: tuple[Path, Keys], folder: Path) -> Store:
    """A copy of a desk in this folder, open."""
    shutil.copytree(found[0], folder)
    return reopened(folder, found[1], Clock())
