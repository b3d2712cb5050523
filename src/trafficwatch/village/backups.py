# SPDX-License-Identifier: GPL-3.0-or-later
"""Backups as a desk uses them: made by hand or by themselves, listed, destroyed, looked into and restored.

What restores works on a closed store, from a locked desk. All of it may run on a worker; values come out.
"""

from __future__ import annotations

import os
import re
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from sqlalchemy import select

from trafficwatch.models.backups import BackupRow, Contents, Reason
from trafficwatch.models.tables import RECORD_TABLES
from trafficwatch.store import backup
from trafficwatch.store.backup import backups, destroy, due, is_reachable, make_daily
from trafficwatch.store.folder import DATABASE, VAULT
from trafficwatch.store.giving_way import BackupGaveWay
from trafficwatch.store.look import find, look
from trafficwatch.store.restore import restore
from trafficwatch.store.snapshot import Progress
from trafficwatch.store.work import Store

__all__ = [
    "BackupGaveWay",
    "BackupRow",
    "Contents",
    "Found",
    "Missing",
    "backups",
    "destroy",
    "due",
    "find",
    "found_here",
    "found_in",
    "is_away",
    "is_reachable",
    "look",
    "make_by_hand",
    "make_daily",
    "missing_away",
    "restore",
]

OLD = 30
"""After so many days the last backup outside of this laptop is old."""

_DAY = re.compile(r"(\d{4})(\d{2})(\d{2})-[0-9a-f]{7}")


@dataclass(frozen=True, slots=True)
class Found:
    """What can be restored, as far as it shows before it is opened: its day (as ISO date, by its name) and its size.

    `is_aside` is a whole store: one that an earlier restore took the place of, or a copy somebody made.
    """

    path: Path
    day: str
    size: int
    is_aside: bool


@dataclass(frozen=True, slots=True)
class Missing:
    """There is no recent backup outside of this laptop; `last` is when the last one was made, None if there is none."""

    last: str | None


def make_by_hand(store: Store, place: Path | None = None, progress: Progress | None = None) -> BackupRow:
    """A verified backup on a stick or in a folder, or beside the store; it stays until somebody destroys it."""
    return backup.make(store, place or backup.own_place(store.folder), Reason.BY_HAND, progress)


def is_away(row: BackupRow, folder: Path) -> bool:
    """Whether a backup was made outside of the store's own folder, which goes where the laptop goes."""
    inside = backup.own_place(folder)
    return row.reason is Reason.BY_HAND and os.path.realpath(Path(row.place).parent) != os.path.realpath(inside)


def missing_away(store: Store) -> Missing | None:
    """Whether this desk should be asked for a backup on a stick; never in practice, or while nobody is recorded."""
    with store.work() as work:
        if work.info.practice or work.connection.execute(select(RECORD_TABLES["person"].c.id).limit(1)).first() is None:
            return None
        made, today = backups(work), date.fromisoformat(work.today)
    last = next((row.made_at for row in made if row.gone_at is None and is_away(row, store.folder)), None)
    if last is None or (today - date.fromisoformat(last[:10])).days > OLD:
        return Missing(last)
    return None


def found_in(place: Path, folder: Path) -> tuple[Found, ...]:
    """What can be restored into the store in `folder` from a place that somebody chose, the latest first."""
    backed_up = [*find(place), *find(place / backup.FOLDER)]
    whole = [] if place in backed_up or _is_same(place, folder) or not _is_store(place) else [place]
    return _sorted(backed_up, whole)


def found_here(folder: Path) -> tuple[Found, ...]:
    """What can be restored from the folder of the store itself: its own backups, and stores that were set aside."""
    try:
        aside = [path for path in folder.glob("before-restore-*") if _is_store(path)]
    except OSError:
        aside = []
    return _sorted(find(backup.own_place(folder)), aside)


def _sorted(backed_up: list[Path] | tuple[Path, ...], aside: list[Path]) -> tuple[Found, ...]:
    found = [_found(path, is_aside=False) for path in backed_up] + [_found(path, is_aside=True) for path in aside]
    return tuple(sorted(found, key=lambda each: each.day, reverse=True))


def _found(path: Path, *, is_aside: bool) -> Found:
    size, day = 0, ""
    with suppress(OSError):
        known = (path / DATABASE).stat()
        size, day = known.st_size, datetime.fromtimestamp(known.st_mtime, UTC).date().isoformat()
    if named := _DAY.search(path.name):
        with suppress(ValueError):
            day = date(*(int(part) for part in named.groups())).isoformat()
    return Found(path, day, size, is_aside)


def _is_store(path: Path) -> bool:
    try:
        return (path / VAULT).is_file() and (path / DATABASE).is_file()
    except OSError:
        return False


def _is_same(one: Path, other: Path) -> bool:
    try:
        return one.samefile(other)
    except OSError:
        return False
