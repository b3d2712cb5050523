# SPDX-License-Identifier: GPL-3.0-or-later
"""The encrypted database connection: SQLCipher through SQLAlchemy, with a gate that refuses to run without a cipher.

A malformed raw key would silently be taken as a passphrase, a forgotten one would make a plain file: so the key must
be 32 bytes, the library must answer `cipher_version`, and a file that starts like plain SQLite is refused. ATTACH of a
real file is denied by an authorizer (VACUUM attaches the empty name). `synchronous=FULL` because NORMAL lost
acknowledged commits in 43 % of simulated power cuts. What the disk does to the store is named (`named_errors`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlcipher3
from sqlalchemy import Engine, create_engine, event
from sqlalchemy.exc import DatabaseError
from sqlalchemy.pool import StaticPool

from trafficwatch.errors import StoreError

_STATEMENTS = 1_000
"""So many statements stay prepared: under `cipher_memory_security` every piece of memory that preparing one takes is
locked and wiped, and with the driver's 128 a save spent half of its time on that."""
_FIRST = ("cipher_memory_security = ON", "cipher_log_level = NONE")
_PRAGMAS = (
    "temp_store = MEMORY",
    "trusted_schema = OFF",
    "cell_size_check = ON",
    "secure_delete = ON",
    "journal_mode = WAL",
    "synchronous = FULL",
    "foreign_keys = ON",
    "cache_size = -65536",
    "mmap_size = 0",
    "busy_timeout = 5000",
)
_SQLITE_OK, _SQLITE_DENY, _SQLITE_ATTACH = 0, 1, 24


class StoreNotEncrypted(StoreError):
    """The file is plain SQLite, or the library has no cipher: nothing is written."""

    key = "store_not_encrypted"


class StoreDamaged(StoreError):
    """The store does not open with its key: damaged, or it belongs to another vault."""

    key = "store_damaged"


class StoreFull(StoreError):
    """The disk is full: the change was not saved, everything before it is."""

    key = "store_full"


class StoreBusy(StoreError):
    """Another window or program holds the store."""

    key = "store_busy"


class StoreDiskFailed(StoreError):
    """The disk refused to read or write the store: a failing disk, a read-only folder, a limit of the file system."""

    key = "store_disk_failed"


_REKEY_BROKEN_OFF = (
    "An error occurred with PRAGMA key or rekey. PRAGMA key requires a key of one or more characters. PRAGMA rekey can "
    "only be run on an existing encrypted database. Use sqlcipher_export() and ATTACH to convert encrypted/plaintext "
    "databases."
)
"""All that SQLCipher says when the disk fails while it gives a database a new key."""
_NAMED: dict[str, type[StoreError]] = {
    "file is not a database": StoreDamaged,
    "database disk image is malformed": StoreDamaged,
    "database or disk is full": StoreFull,
    "database is locked": StoreBusy,
    "database table is locked": StoreDiskFailed,  # by our own change of keys, which the disk has broken off
    "disk I/O error": StoreDiskFailed,
    _REKEY_BROKEN_OFF: StoreDiskFailed,
    "unable to open database file": StoreDiskFailed,
    "attempt to write a readonly database": StoreDiskFailed,
}


@contextmanager
def named_errors() -> Iterator[None]:
    """Raise what the disk did as a StoreError; any other error of the database is a bug and stays what it is."""
    try:
        yield
    except (DatabaseError, sqlcipher3.DatabaseError) as error:  # SQLAlchemy's, and the driver's own (`Store.bare`)
        found = named(error.orig if isinstance(error, DatabaseError) else error)
        if found is None:
            raise
        raise found from None


def named(error: object) -> type[StoreError] | None:
    """What the disk did, by the driver's words; None for anything else."""
    return _NAMED.get(str(error))


def connect(path: Path, key: bytes) -> Engine:
    """An engine over one encrypted file; one connection, transactions begin IMMEDIATE. Raises StoreError subclasses."""
    if len(key) != 32:
        raise ValueError("a raw key has 32 bytes")
    if path.exists():
        with path.open("rb") as file:
            if file.read(16).startswith(b"SQLite format 3"):
                raise StoreNotEncrypted
    engine = create_engine(
        "sqlite+pysqlite://",
        module=sqlcipher3,
        creator=_creator(path, key),
        poolclass=StaticPool,
        hide_parameters=True,  # an unexpected error must not print what was being written
    )
    event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN IMMEDIATE"))
    with named_errors(), engine.connect():
        return engine


def open_raw(database: str, key: bytes, pragmas: Sequence[str], *, uri: bool = False) -> Any:
    """A driver's connection to an encrypted file, with the gate and these PRAGMAs; the driver's own errors."""
    connection = sqlcipher3.connect(
        database, isolation_level=None, check_same_thread=False, uri=uri, cached_statements=_STATEMENTS
    )
    try:
        for pragma in _FIRST:
            connection.execute(f"PRAGMA {pragma}")
        connection.execute(f"PRAGMA key = \"x'{key.hex()}'\"")
        if not connection.execute("PRAGMA cipher_version").fetchone():
            raise StoreNotEncrypted
        for pragma in pragmas:
            connection.execute(f"PRAGMA {pragma}")
        connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
        connection.set_authorizer(_authorize)
    except BaseException:
        connection.close()
        raise
    return connection


def _creator(path: Path, key: bytes) -> Callable[[], Any]:
    return lambda: open_raw(str(path), key, _PRAGMAS)


def _authorize(action: int, first: str | None, *_rest: str | None) -> int:
    """`first` is the file's name; None when it is only known later (a parameter, an expression), so denied as well."""
    return _SQLITE_DENY if action == _SQLITE_ATTACH and first != "" else _SQLITE_OK
