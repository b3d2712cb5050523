# SPDX-License-Identifier: GPL-3.0-or-later
"""The store is no prison: SQLite3 Multiple Ciphers opens it with the raw key and reads the same rows (issue 4)."""

from __future__ import annotations

import json
import subprocess
from typing import TYPE_CHECKING, Any

import pytest
from interop_tools import run, second_reader
from sqlalchemy import text
from store_tools import one_of_each, template, trained_store

from trafficwatch.store import vault
from trafficwatch.store.unlock import DATABASE, VAULT

if TYPE_CHECKING:
    from pathlib import Path

    from trafficwatch.store.work import Store


def spelled(value: object) -> object:
    return {"hex": value.hex()} if isinstance(value, bytes) else value


def rows_of(store: Store) -> dict[str, Any]:
    """Every row as our own library reads it."""
    with store.work() as work:
        run_sql = work.connection.exec_driver_sql
        tables = run_sql("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name").scalars().all()
        return {
            table: sorted(
                (
                    [spelled(value) for value in row]
                    for row in work.connection.execute(text(f'SELECT * FROM "{table}"'))
                ),
                key=repr,
            )
            for table in tables
        }


def raw_key(folder: Path) -> str:
    found = vault.decode((folder / VAULT).read_bytes())
    return vault.store_keys(found, template().keys)[0].hex()


def test_another_program_reads_the_same_rows(tmp_path: Path) -> None:
    with trained_store(tmp_path) as store:
        with store.work() as work:
            one_of_each(work)
        ours = rows_of(store)
        folder = store.folder
    assert len(ours["journal"]) > 5
    assert len(ours["screening"]) == 1
    theirs = json.loads(run(*second_reader(), str(folder / DATABASE), stdin=raw_key(folder).encode()))
    assert {table: sorted(rows, key=repr) for table, rows in theirs.items()} == ours


def test_it_reads_nothing_with_another_key(tmp_path: Path) -> None:
    with trained_store(tmp_path) as store:
        folder = store.folder
    with pytest.raises(subprocess.SubprocessError, match="not a database"):
        run(*second_reader(), str(folder / DATABASE), stdin=b"00" * 32)
