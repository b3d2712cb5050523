# SPDX-License-Identifier: GPL-3.0-or-later
"""Ballast: 16 MiB beside the store that are thrown overboard on a full disk, so that what matters still works.

SQLite needs room even to delete, and a lock needs room for the draft. `keep` makes the ballast at unlock while the disk
has plenty; `room` tries something and, where the disk is full, gives the ballast up and tries once more.
The bytes are random, or a disk that compresses would not keep room for them.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from trafficwatch.errors import FileError
from trafficwatch.store.connection import StoreDiskFailed, StoreFull
from trafficwatch.store.files import DiskFull, write_whole

SIZE = 16 * 1024 * 1024
_FILE = "ballast"
_PLENTY = 4 * SIZE
_NOTHING = 2**18
"""With less than this a disk is full: SQLite can't even open its log, and calls that a failing disk."""

T = TypeVar("T")


def is_kept(folder: Path) -> bool:
    """Whether the ballast lies there in full."""
    try:
        return (folder / _FILE).stat().st_size == SIZE
    except OSError:
        return False


def keep(folder: Path) -> bool:
    """Make the ballast unless it is there or the disk has less than four times its size; whether it is there then."""
    if is_kept(folder):
        return True
    try:
        if shutil.disk_usage(folder).free < _PLENTY:
            return False
        write_whole(folder / _FILE, os.urandom(SIZE), private=True)
    except (OSError, FileError):
        return False
    return True


def release(folder: Path) -> bool:
    """Give the ballast up; whether there was any. The next unlock with plenty of room makes it anew."""
    try:
        (folder / _FILE).unlink()
    except OSError:
        return False
    return True


def room(folder: Path, act: Callable[[], T]) -> T:
    """What `act` gives; on a full disk the ballast is given up and `act`, which undoes what it began, tried again."""
    try:
        with _full_is_full(folder):
            return act()
    except (StoreFull, DiskFull):
        if not release(folder):
            raise
    with _full_is_full(folder):
        return act()


@contextmanager
def _full_is_full(folder: Path) -> Iterator[None]:
    """What a disk without any room refuses is told as what it is."""
    try:
        yield
    except StoreDiskFailed:
        if _is_full(folder):
            raise StoreFull from None
        raise


def _is_full(folder: Path) -> bool:
    try:
        return shutil.disk_usage(folder).free < _NOTHING
    except OSError:
        return False
