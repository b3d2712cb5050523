# SPDX-License-Identifier: GPL-3.0-or-later
"""A backup gives way to whoever wants to lock or wipe: both would else wait behind it, with the keys in memory."""

from __future__ import annotations

from trafficwatch.errors import StoreError
from trafficwatch.store.snapshot import Progress
from trafficwatch.store.work import Store


class BackupGaveWay(StoreError):
    """The backup was broken off, and nothing is left of it."""

    key = "backup_gave_way"


def giving_way(store: Store, progress: Progress | None) -> Progress:
    """Tells `progress`, and raises BackupGaveWay once the store is hurried."""

    def told(done: int, total: int) -> None:
        if progress is not None:
            progress(done, total)
        if store.hurried:
            raise BackupGaveWay

    return told
