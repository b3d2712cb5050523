# SPDX-License-Identifier: GPL-3.0-or-later
"""Writing a printed form where somebody chose to, as a PDF for a stick or a copy shop."""

from __future__ import annotations

from pathlib import Path

from trafficwatch.store.files import check_outside, write_whole
from trafficwatch.store.work import Store


def save_pdf(store: Store, path: Path, pdf: bytes) -> None:
    """Write a form, whole or not at all, readable by its owner alone; raises FileInStore, DiskFull and their kin.

    A file of that name is replaced: whoever chose the name has been asked.
    """
    check_outside(path, store.folder)
    write_whole(path, pdf, private=True)
