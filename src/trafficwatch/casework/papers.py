# SPDX-License-Identifier: GPL-3.0-or-later
"""Writing a printed form where somebody chose to, as a PDF for a stick or a copy shop."""

from __future__ import annotations

from pathlib import Path

from trafficwatch.store.files import check_new, write_whole
from trafficwatch.store.work import Store


def save_pdf(store: Store, path: Path, pdf: bytes) -> None:
    """Write a form, whole or not at all, readable by its owner alone; raises FileExists, DiskFull and their kin."""
    check_new(path, store.folder)
    write_whole(path, pdf, private=True)
