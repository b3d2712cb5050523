# SPDX-License-Identifier: GPL-3.0-or-later
"""Writing a workbook where somebody chose to: a list that is taken out, refused rows, an empty template.

Each is written whole or not at all, and its owner alone may read it.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from trafficwatch.models.papers import ResidentsSheet
from trafficwatch.registry.lists import Wanted, export_list
from trafficwatch.store.files import check_new, write_whole
from trafficwatch.store.work import Store
from trafficwatch.texts import Language


def save_workbook(store: Store, path: Path, content: bytes) -> None:
    """Write a workbook; raises FileExists, DiskFull and their kin."""
    check_new(path, store.folder)
    write_whole(path, content, private=True)


def save_list(
    store: Store,
    path: Path,
    wanted: Wanted,
    reason: str,
    language: Language,
    make: Callable[[ResidentsSheet], bytes],
) -> None:
    """Note that a list leaves and why, then write it; raises ListReasonMissing and the errors of `save_workbook`."""
    check_new(path, store.folder)
    with store.work() as work:
        sheet = export_list(work, wanted, reason, language)
    write_whole(path, make(sheet), private=True)
