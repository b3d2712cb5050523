# SPDX-License-Identifier: GPL-3.0-or-later
"""Looking at a store's file: does every page have its seal, does the structure hold, and what can't be read.

All of it happens on connections of its own: after one page with a broken seal SQLCipher reads nothing more on that
connection that it has not read before, and a desk must go on. The log goes into the file first: pages are looked at in
the file alone, and after a new key the check would cry wolf until the log is empty.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import sqlcipher3
from sqlalchemy import ColumnElement, Connection, Engine, Table, literal_column, select, text
from sqlalchemy.exc import DatabaseError

from trafficwatch.errors import StoreError
from trafficwatch.models.tables import RECORD_TABLES, local, metadata
from trafficwatch.store import info, search
from trafficwatch.store.connection import StoreBusy, StoreDamaged, StoreDiskFailed, StoreFull, named_errors
from trafficwatch.store.folder import open_database, read_vault
from trafficwatch.store.work import Store

_HINDERED = (StoreFull, StoreBusy, StoreDiskFailed)
_AT_MOST = 100
"""How many messages on the structure are asked for: the rest would say no more."""
_PAGE = re.compile(r"page (\d+)")
_MISFILED = re.compile(r"row (\d+) missing from index (\w+)")


class CheckNotPossible(StoreError):
    """The disk is full, or refuses: nothing can be said of the store now."""

    key = "check_not_possible"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong: its key, and where (type and id of a record, a page, a row of the journal, a table).

    Nothing in it is personal: of an element only its field is named.
    """

    key: str
    where: dict[str, Any] = field(default_factory=dict)


@contextmanager
def no_false_alarm() -> Iterator[None]:
    """A disk on which looking isn't possible is not a store that is damaged."""
    try:
        with named_errors():
            yield
    except _HINDERED:
        raise CheckNotPossible from None


def look_at_pages(store: Store) -> tuple[int, list[Finding]]:
    """How many pages there are, and which do not bear their seal."""
    with _opened(store) as engine:
        if engine is None:
            return 0, [Finding("file_unreadable")]
        raw = engine.raw_connection()
        try:
            driver: Any = raw.driver_connection
            with no_false_alarm():
                driver.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            pages = int(driver.execute("PRAGMA page_count").fetchone()[0])
            said = [str(row[0]) for row in driver.execute("PRAGMA cipher_integrity_check")]
        except (sqlcipher3.DatabaseError, StoreDamaged):
            return 0, [Finding("file_unreadable")]
        finally:
            raw.close()
    numbers = [found.group(1) for found in map(_PAGE.search, said) if found]
    found = [Finding("page", {"page": int(number)}) for number in numbers]
    return pages, found + [Finding("file_unreadable")] * (len(said) > len(numbers))


def look_at_structure(store: Store) -> list[Finding]:
    """What SQLite says of trees, indexes, the search index and links, when every page bears its seal."""
    with store.work() as work:
        execute = work.connection.exec_driver_sql
        said = [str(row[0]) for row in execute(f"PRAGMA integrity_check({_AT_MOST})")]
        found = [_of_structure(work.connection, line) for each in said if each != "ok" for line in each.splitlines()]
        links = execute("PRAGMA foreign_key_check").all()
        return [each for each in found if each] + [_of_link(work.connection, row) for row in links[:_AT_MOST]]


def find_unreadable(store: Store) -> list[Finding]:
    """The records, rows of the journal and other tables that lie on pages which can't be read."""
    found: list[Finding] = []
    with _opened(store) as engine:
        if engine is None:
            return [Finding("file_unreadable")]
        for table in metadata.sorted_tables:
            readable, is_whole = _read(engine, table, backwards=False)
            if is_whole:
                continue
            engine.dispose()  # the next connection is a new one
            readable |= _read(engine, table, backwards=True)[0]
            engine.dispose()
            found += _missing(table, _keys(engine, table), readable)
            engine.dispose()
        if not _search_is_readable(engine):
            found.append(Finding("search_damaged"))
    return found


def look_at_search(store: Store) -> list[Finding]:
    """Whether the search index agrees with the people who are there. One that does not is made anew from them: it is
    nothing but theirs.
    """
    with _opened(store) as engine:
        if engine is None:
            return [Finding("search_damaged")]
        if _search_agrees(engine):
            return []
    try:
        with store.work() as work:
            info.put(work.connection, {"search": None})
            search.ensure(work.connection)
    except (StoreDamaged, DatabaseError):
        return [Finding("search_damaged")]
    return [Finding("search_index")]


def _search_agrees(engine: Engine) -> bool:
    try:
        with no_false_alarm(), engine.begin() as connection:
            connection.exec_driver_sql("INSERT INTO search_text (search_text, rank) VALUES ('integrity-check', 1)")
            return search.agrees(connection)
    except (StoreDamaged, DatabaseError):
        return False
    except (ValueError, TypeError, AttributeError):  # a person who can't be read: of that another finding tells
        return True


def _search_tables(connection: Connection) -> list[str]:
    """The tables of the search index, which are no part of the schema."""
    return list(
        connection.exec_driver_sql(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name GLOB 'search_*'"
        ).scalars()
    )


def _search_is_readable(engine: Engine) -> bool:
    try:
        with engine.connect() as connection:
            for name in _search_tables(connection):
                for _ in connection.exec_driver_sql(f'SELECT * FROM "{name}"'):  # noqa: S608 - names of our own tables
                    pass
    except DatabaseError:
        return False
    return True


@contextmanager
def _opened(store: Store) -> Iterator[Engine | None]:
    """Connections beside the desk's own; None when the file does not open any more."""
    try:
        engine = open_database(store.folder, read_vault(store.folder), store.keys)
    except _HINDERED:
        raise CheckNotPossible from None
    except StoreError:
        yield None
        return
    try:
        yield engine
    finally:
        engine.dispose()


def _read(engine: Engine, table: Table, *, backwards: bool) -> tuple[set[tuple[Any, ...]], bool]:
    """The keys of the rows that can be read from one end on, and whether that is all."""
    found: set[tuple[Any, ...]] = set()
    rowid: ColumnElement[int] = literal_column(f'"{table.name}".rowid')
    columns = list(table.primary_key.columns)
    try:
        with engine.connect() as connection:
            rows = connection.execute(select(table).order_by(rowid.desc() if backwards else rowid))
            found.update(tuple(row[column] for column in columns) for row in rows.mappings())
    except DatabaseError:
        return found, False
    return found, True


def _keys(engine: Engine, table: Table) -> set[tuple[Any, ...]] | None:
    """All keys of a table by its index alone; None if that can't be read either."""
    columns = list(table.primary_key.columns)
    try:
        with engine.connect() as connection:
            return {tuple(row) for row in connection.execute(select(*columns).order_by(*columns))}
    except DatabaseError:
        return None


def _missing(table: Table, keys: set[tuple[Any, ...]] | None, readable: set[tuple[Any, ...]]) -> list[Finding]:
    gone = sorted(keys - readable) if keys is not None else []
    if not gone:
        return [Finding("table_unreadable", {"table": table.name})]
    if table.name in RECORD_TABLES:
        return [Finding("record_unreadable", {"type": table.name, "id": key[0]}) for key in gone]
    if table is local.record_state:
        return [Finding("record_unreadable", {"type": key[0], "id": key[1]}) for key in gone]
    if table is local.attachment_content:
        return [Finding("record_unreadable", {"type": "attachment", "id": key[0]}) for key in gone]
    if table is local.journal:
        return [Finding("entry_unreadable", {"device": key[0], "sequence": key[1]}) for key in gone]
    return [Finding("table_unreadable", {"table": table.name})]


def _of_structure(connection: Connection, line: str) -> Finding | None:
    """One line of SQLite's own check; None for its headings."""
    if line.startswith("***"):
        return None
    if "FTS5" in line:
        return None  # `look_at_search` tells
    misfiled = _MISFILED.search(line)
    if misfiled:
        table = connection.execute(
            text("SELECT tbl_name FROM sqlite_master WHERE type = 'index' AND name = :name"),
            {"name": misfiled.group(2)},
        ).scalar_one_or_none()
        place = _place(connection, str(table), int(misfiled.group(1)))
        if place:
            return Finding("record_misfiled", place)
    return Finding("structure", {"detail": line[:200]})


def _of_link(connection: Connection, row: Any) -> Finding:
    """One row of the check of links: table, row, table that it points to."""
    table, rowid, target, _ = row
    place = _place(connection, str(table), int(rowid)) if rowid is not None else None
    return Finding("link", {**(place or {"type": str(table), "id": ""}), "target": str(target)})


def _place(connection: Connection, table_name: str, rowid: int) -> dict[str, Any] | None:
    """Which record a row of a table belongs to."""
    table = metadata.tables.get(table_name)
    if table is None or "id" not in table.c:
        return None
    columns = [table.c.id, table.c.type] if "type" in table.c else [table.c.id]
    here = literal_column(f'"{table.name}".rowid') == rowid
    row = connection.execute(select(*columns).where(here)).one_or_none()
    return {"type": row.type if len(columns) > 1 else table.name, "id": row.id} if row is not None else None
