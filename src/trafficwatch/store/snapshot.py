# SPDX-License-Identifier: GPL-3.0-or-later
"""Copying an encrypted database into a new file under another key, and reading what such a copy holds.

The copy is one state of the source, whatever is written to it meanwhile; it is a plain file without a log beside it, so
that it can be read on a write-protected stick. What SQL is spoken here knows no schema but what every one has had, for
older stores are copied before they are brought up to date.
"""

from __future__ import annotations

import errno
import json
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlcipher3

from trafficwatch.models.record_types import RECORD_TYPES
from trafficwatch.store.connection import StoreDamaged, StoreDiskFailed, StoreFull, named, open_raw
from trafficwatch.store.files import DiskFull, FileNotWritable, WriteNotVerified

Progress = Callable[[int, int], None]
"""Called with how much is done, and of how much."""

_READING = ("temp_store = MEMORY", "trusted_schema = OFF", "cell_size_check = ON", "mmap_size = 0")
_LIVE = (*_READING, "busy_timeout = 5000")
_WRITING = (*_READING, "locking_mode = EXCLUSIVE", "journal_mode = MEMORY", "synchronous = FULL", "secure_delete = ON")
_PAGES_AT_ONCE = 1_000


@dataclass(frozen=True, slots=True)
class Facts:
    """What a database says of itself: whose it is, the last row of its journal and its link, and how much it holds."""

    revision: str
    info: dict[str, Any]
    sequence: int
    link: bytes
    counts: dict[str, int]

    @property
    def device(self) -> str:
        return str(self.info["device"])


@contextmanager
def reading(path: Path, keys: Sequence[bytes], *, live: bool = False) -> Iterator[Any]:
    """A driver's connection in one read transaction, under the first of these keys that opens the file.

    Raises StoreDamaged or what else the disk did; what is read inside the block raises the driver's own errors. `live`
    is a store that others write to; without it the file stands alone: nothing is written beside it, and a log that lies
    there is not of it and never looked into.
    """
    connection = _open_reading(path, keys, live=live)
    try:
        connection.execute("BEGIN")
        yield connection
    finally:
        connection.close()


def facts(connection: Any) -> Facts:
    """What a database says of itself; raises StoreDamaged if it is none of ours."""
    with store_errors():
        tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        if not {"alembic_version", "store_info", "journal", "record_state"} <= tables:
            raise StoreDamaged
        [revision] = connection.execute("SELECT version_num FROM alembic_version").fetchone()
        said = {key: json.loads(value) for key, value in connection.execute("SELECT key, value FROM store_info")}
        last = connection.execute(
            "SELECT sequence, link FROM journal WHERE device = ? ORDER BY sequence DESC LIMIT 1", (said["device"],)
        ).fetchone()
        counts = {
            name: connection.execute(f"SELECT count(*) FROM {name} WHERE deleted IS NULL").fetchone()[0]  # noqa: S608
            for name in RECORD_TYPES
            if name in tables
        }
        sequence, link = last or (0, b"")
        return Facts(revision, said, sequence, bytes(link), counts)


def copy(
    source: Any, target: Path, key: bytes, change: Callable[[Any], None], progress: Progress | None = None
) -> None:
    """Copy what a reading connection sees into a new file under this key; `change` writes into it before it is safe.

    Raises the driver's errors and OSError: whoever calls knows whose disk the target is on.
    """
    os.close(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600))
    written = open_raw(str(target), key, _WRITING)
    try:
        source.backup(
            written,
            pages=_PAGES_AT_ONCE,
            progress=lambda _, left, whole: progress(whole - left, whole) if progress else None,
        )
        written.execute("PRAGMA journal_mode = DELETE")
        written.execute("BEGIN")
        change(written)
        written.execute("COMMIT")
    finally:
        written.close()
    with target.open("r+b") as file:
        os.fsync(file.fileno())
        forget_cached(file.fileno())


def verify(path: Path, key: bytes, expected: Facts, pause: Callable[[], None] = lambda: None) -> None:
    """Read a copy back from the disk: every page, what it says and how much it holds. Raises WriteNotVerified, or what
    `pause` does, which is called before each long reading.
    """
    try:
        with reading(path, [key]) as connection:
            found = facts(connection)
            is_whole = pages_hold(connection, pause)
    except (StoreDamaged, StoreDiskFailed):
        raise WriteNotVerified(file=path.parent.name) from None
    if not is_whole or (found.sequence, found.link, found.counts) != (
        expected.sequence,
        expected.link,
        expected.counts,
    ):
        raise WriteNotVerified(file=path.parent.name)


def pages_hold(connection: Any, pause: Callable[[], None] = lambda: None) -> bool:
    """Whether every page carries its right authentication code, and all of them hold together."""
    pause()
    with store_errors():
        if connection.execute("PRAGMA cipher_integrity_check").fetchall():
            return False
        pause()
        return bool(connection.execute("PRAGMA quick_check").fetchall() == [("ok",)])


@contextmanager
def store_errors() -> Iterator[None]:
    """What the driver says of a database that is read, as an error of the store."""
    try:
        yield
    except sqlcipher3.DatabaseError as error:
        raise (named(error) or StoreDamaged) from None
    except OSError:
        raise StoreDiskFailed from None


@contextmanager
def disk_errors(file: str) -> Iterator[None]:
    """What the disk of a copy did, as an error of this file; what is wrong with its source stays the store's."""
    try:
        yield
    except sqlcipher3.DatabaseError as error:
        found = named(error)
        if found is StoreFull:
            raise DiskFull(file=file) from None
        if found is None or found is StoreDiskFailed:
            raise FileNotWritable(file=file) from None
        raise found from None
    except OSError as error:
        if error.errno in {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}:
            raise DiskFull(file=file) from None
        raise FileNotWritable(file=file) from None


def forget_cached(handle: int) -> None:
    """Let the next reading come from the disk itself, where the system can be asked for that."""
    if hasattr(os, "posix_fadvise"):
        os.posix_fadvise(handle, 0, 0, os.POSIX_FADV_DONTNEED)


def _open_reading(path: Path, keys: Sequence[bytes], *, live: bool) -> Any:
    with store_errors():
        if not path.is_file():
            raise StoreDamaged
        for key in keys:
            try:
                if live:
                    return open_raw(str(path), key, _LIVE)
                return open_raw(f"{path.absolute().as_uri()}?mode=ro&immutable=1", key, _READING, uri=True)
            except sqlcipher3.DatabaseError as error:
                if named(error) is not StoreDamaged:
                    raise
        raise StoreDamaged
