# SPDX-License-Identifier: GPL-3.0-or-later
"""What the program needs of a machine, checked one by one for `trafficwatch doctor`."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import sqlcipher3

from trafficwatch.errors import StoreError
from trafficwatch.resources import resource
from trafficwatch.store import ballast, mark
from trafficwatch.store.backup import own_place
from trafficwatch.store.folder import read_vault
from trafficwatch.store.look import find

_SPACE = 200_000_000
_BACKUP_DAYS = 7
_BUILT = datetime(2026, 11, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Check:
    """One check: its key, whether it holds, and what was found (nothing personal)."""

    key: str
    ok: bool
    detail: str


def examine(folder: Path, marks: Path | None = None) -> list[Check]:
    """All checks for a store in `folder`, which need not exist yet."""
    return [*_cipher(), *_resources(), *_disk(folder), _clock(), *_precautions(folder, marks)]


def _precautions(folder: Path, marks: Path | None) -> Iterator[Check]:
    """What a desk keeps beside its store; one that only scripts open keeps nothing."""
    places = own_place(folder)
    if not os.access(places, os.R_OK):  # Path.is_dir raises where it may not look
        return
    days = sorted(path.name[:8] for path in find(places))
    age = (datetime.now(UTC).date() - datetime.strptime(days[-1], "%Y%m%d").date()).days if days else None  # noqa: DTZ007
    yield Check("backup", age is not None and age <= _BACKUP_DAYS, "-" if age is None else days[-1])
    yield Check("ballast", ballast.is_kept(folder), f"{ballast.SIZE // 2**20} MB")
    if marks is not None:
        with suppress(StoreError):
            yield Check("mark", mark.is_there(marks, folder, read_vault(folder).vault), str(marks))


def _cipher() -> Iterator[Check]:
    connection = sqlcipher3.connect(":memory:")
    version = connection.execute("PRAGMA cipher_version").fetchone()
    connection.close()
    yield Check(
        "cipher", bool(version), f"SQLCipher {version[0] if version else '-'}, SQLite {sqlcipher3.sqlite_version}"
    )


def _resources() -> Iterator[Check]:
    wanted = ("fonts/NotoSans-Regular.ttf", "wilayah.csv.xz", "directory/national.json")
    missing = [name for name in wanted if not resource(*name.split("/")).is_file()]
    yield Check("resources", not missing, ", ".join(missing) or f"{len(wanted)}/{len(wanted)}")


def _disk(folder: Path) -> Iterator[Check]:
    there = filter(os.path.exists, (folder, *folder.absolute().parents))  # Path.exists raises where it may not look
    existing = next(there)
    yield Check("rights", os.access(existing, os.W_OK), str(existing))
    free = shutil.disk_usage(existing).free
    yield Check("space", free > _SPACE, f"{free // 1_000_000} MB")


def _clock() -> Check:
    now = datetime.now(UTC)
    return Check("clock", now > _BUILT, now.isoformat(timespec="minutes"))
