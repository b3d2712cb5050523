# SPDX-License-Identifier: GPL-3.0-or-later
"""The upgrade of an older store inside unlock: a backup first, noted in the upgraded store; none stays if it fails."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, Engine

from trafficwatch.models.backups import BackupRow, Reason
from trafficwatch.store import backup, schema
from trafficwatch.store.vault import Keys
from trafficwatch.store.work import Work

UPGRADED = "upgraded"


def bring_up_to_date(folder: Path, engine: Engine, keys: Keys, now: datetime) -> list[str]:
    """Bring the store to this program's schema; what the desk has to say of it.

    Raises as `schema.upgrade`, and as `backup.write`: without room for a backup nothing is begun.
    """
    made: list[BackupRow] = []

    def back_up() -> Callable[[Connection], None]:
        place, at = backup.own_place(folder), now.isoformat(timespec="seconds")
        row, key = backup.write(folder, keys, place, Reason.UPGRADE, at)
        made.append(row)
        return lambda connection: backup.note(Work(connection, keys, now, folder), row, key)

    try:
        return [UPGRADED] if schema.upgrade(engine, back_up) else []
    except BaseException:
        for row in made:  # the store is as it was, and each new try would leave another copy of it
            shutil.rmtree(row.place, ignore_errors=True)
        raise
