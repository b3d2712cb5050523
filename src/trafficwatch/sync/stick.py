# SPDX-License-Identifier: GPL-3.0-or-later
"""What lies on a stick: the bundles in a folder, and the order in which they are taken in.

By sender and number, so that no bundle comes before the one it builds on. A file that can't be opened has no place: why
it can't is known before anything is taken in. Nothing is changed here.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from trafficwatch.errors import ExpectedError
from trafficwatch.store.files import regular_files
from trafficwatch.store.work import Store
from trafficwatch.sync.age import NotForThisRecipient
from trafficwatch.sync.importing import verify

Order = tuple[str, str, int]


@dataclass(frozen=True, slots=True)
class Found:
    """One file: its place in the order of taking in, or the error that says why it has none."""

    path: Path
    order: Order | None = None
    error: ExpectedError | None = None


def bundles_in(folder: Path) -> list[Path]:
    """All files of a folder that are named as bundles; raises FileNotReadable."""
    return regular_files(folder, ".twb")


def look(store: Store, path: Path) -> Found:
    """Open and check one file."""
    try:
        manifest = verify(store, path).manifest
    except ExpectedError as error:
        return Found(path, error=error)
    return Found(path, (manifest.sender.device, manifest.epoch, manifest.number))


def is_for_someone_else(error: ExpectedError) -> bool:
    """Whether a file is only sealed for another desk, as our own bundles and receipts on a stick are."""
    return isinstance(error, NotForThisRecipient)
