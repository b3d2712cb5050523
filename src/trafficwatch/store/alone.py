# SPDX-License-Identifier: GPL-3.0-or-later
"""One program per store: an exclusive lock of the operating system, which ends with the process, however it ends.

On Linux and macOS the folder itself is locked, which needs no file and works on a full or read-only disk; Windows locks
one byte of `in-use.lock`. A program that locks its desk starts a fresh one before it has quite ended, so the fresh one
waits a little. The lock is advisory: it keeps two windows apart, not an enemy.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

from trafficwatch.errors import StoreError
from trafficwatch.store.connection import StoreDiskFailed

WAIT = 3.0
"""Seconds that a program waits for one that is just ending."""

LOCK = "in-use.lock"
_STEP = 0.05


class StoreInUse(StoreError):
    """Another window or program has this store open."""

    key = "store_in_use"


class Hold:
    """The lock on one store folder; `release` may be called twice."""

    def __init__(self, handle: int) -> None:
        self._handle: int | None = handle

    def release(self) -> None:
        if self._handle is not None:
            os.close(self._handle)  # which ends the lock
            self._handle = None


def hold(folder: Path, *, wait: float = WAIT, sleep: Callable[[float], None] = time.sleep) -> Hold:
    """Lock the folder; raises StoreInUse after `wait` seconds of trying, StoreDiskFailed without a folder."""
    try:
        handle = _open(folder)
    except OSError:
        raise StoreDiskFailed from None
    for _ in range(int(wait / _STEP)):
        if _locked(handle):
            return Hold(handle)
        sleep(_STEP)
    if _locked(handle):
        return Hold(handle)
    os.close(handle)
    raise StoreInUse


if sys.platform == "win32":
    import msvcrt

    def _open(folder: Path) -> int:
        return os.open(folder / LOCK, os.O_RDWR | os.O_CREAT, 0o600)

    def _locked(handle: int) -> bool:
        try:
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

else:
    import fcntl

    def _open(folder: Path) -> int:
        return os.open(folder, os.O_RDONLY | os.O_DIRECTORY)

    def _locked(handle: int) -> bool:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        return True
