# SPDX-License-Identifier: GPL-3.0-or-later
"""The schema version of a store: made at set-up, read at every unlock, brought up to date inside unlock (design 3).

A newer store is refused by name, untouched. An older one is copied first; then all migrations run in one transaction,
so that after any accident the old or the new schema stands. Foreign keys are off meanwhile: Alembic's way to change a
table is to drop it and to rename another, and with them on the children of every row would go without an error.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, Engine, func, select, table, text
from sqlalchemy.exc import DatabaseError, MultipleResultsFound, NoResultFound

from trafficwatch import __version__
from trafficwatch.errors import ExpectedError, StoreError
from trafficwatch.resources import migrations
from trafficwatch.store import search
from trafficwatch.store.connection import StoreDamaged, named_errors

HEAD = "0006"
"""The revision that this program writes; a test holds it to the newest file in `migrations/versions`."""


class StoreNewer(StoreError):
    """A newer program has changed the store; parameter `version` is that program's."""

    key = "store_newer"


class UpgradeFailed(StoreError):
    """An older store could not be brought up to date; it is as it was."""

    key = "upgrade_failed"


class _RowsLost(Exception):
    """A migration has lost rows, or left some that point to nothing."""


def create(engine: Engine) -> None:
    """Make all tables of the newest schema in one transaction."""
    with engine.begin() as connection:
        _migrate(connection)


def upgrade(engine: Engine, back_up: Callable[[], Callable[[Connection], None]]) -> bool:
    """Bring an older store up to date; whether there was anything to do.

    `back_up` copies the store first and gives what notes the copy in the new schema, in the same transaction. Raises
    StoreNewer, StoreDamaged without a version, UpgradeFailed, what `back_up` raises, or what the disk did.
    """
    if _revision(engine) == HEAD:
        return False
    note = back_up()
    try:
        with named_errors(), _without_foreign_keys(engine), engine.begin() as connection:
            before = _rows(connection)
            _migrate(connection)
            _verify(connection, before)
            writer = {"version": json.dumps(__version__)}
            connection.execute(text("UPDATE store_info SET value = :version WHERE key = 'written_by'"), writer)
            note(connection)
    except ExpectedError:
        raise
    except Exception as error:
        raise UpgradeFailed from error
    return True


def _revision(engine: Engine) -> str:
    """The revision of the store, one that this program knows."""
    try:
        with named_errors(), engine.begin() as connection:
            revision = str(connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one())
            if revision not in {file.name.partition("_")[0] for file in (migrations() / "versions").glob("*.py")}:
                raise StoreNewer(version=_writer(connection) or revision)
    except (DatabaseError, NoResultFound, MultipleResultsFound):
        raise StoreDamaged from None
    return revision


def _migrate(connection: Connection) -> None:
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(migrations()))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def _writer(connection: Connection) -> str:
    """The version of the program that wrote the schema, '' if the store does not say."""
    written = connection.execute(text("SELECT value FROM store_info WHERE key = 'written_by'")).scalar_one_or_none()
    return str(written or "").strip('"')


@contextmanager
def _without_foreign_keys(engine: Engine) -> Iterator[None]:
    """Foreign keys are off for the connection; SQLite changes that outside a transaction only."""
    _set_foreign_keys(engine, on=False)
    try:
        yield
    finally:
        _set_foreign_keys(engine, on=True)


def _set_foreign_keys(engine: Engine, *, on: bool) -> None:
    raw = engine.raw_connection()
    try:
        cursor = raw.cursor()
        cursor.execute(f"PRAGMA foreign_keys = {int(on)}")
        if cursor.execute("PRAGMA foreign_keys").fetchone() != (int(on),):
            raise RuntimeError("foreign keys can't be switched inside a transaction")
    finally:
        raw.close()


def _rows(connection: Connection) -> dict[str, int]:
    """How many rows each table has; the search index, which is made anew from the others, is left out."""
    names = connection.execute(
        text("SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND name NOT LIKE 'sqlite_%'")
    ).scalars()
    counted = {name: select(func.count()).select_from(table(name)) for name in list(names) if name not in search.TABLES}
    return {name: connection.execute(count).scalar_one() for name, count in counted.items()}


def _verify(connection: Connection, before: dict[str, int]) -> None:
    """Every table that stays has the rows it had, every link leads somewhere, the pages hold together."""
    now = _rows(connection)
    changed = sorted(name for name in before.keys() & now.keys() if before[name] != now[name])
    dangling = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
    if changed or dangling:
        raise _RowsLost(", ".join({*changed, *(str(row[0]) for row in dangling)}))
    if connection.exec_driver_sql("PRAGMA integrity_check").scalar_one() != "ok":
        raise _RowsLost("integrity_check")
