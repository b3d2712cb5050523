# SPDX-License-Identifier: GPL-3.0-or-later
"""The migrations make exactly the tables that the program declares, and depend on nothing that will change."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, inspect, text
from sqlalchemy.dialects import sqlite

from trafficwatch.models.record_types import RECORD_TYPES
from trafficwatch.models.tables import RECORD_TABLES, metadata
from trafficwatch.resources import migrations
from trafficwatch.store import schema
from trafficwatch.store.connection import connect

VERSIONS = sorted((migrations() / "versions").glob("*.py"))


@pytest.fixture
def migrated(tmp_path: Path) -> Iterator[Engine]:
    engine = connect(tmp_path / "migrated.db", bytes(32))
    schema.create(engine)
    yield engine
    engine.dispose()


@pytest.fixture
def declared(tmp_path: Path) -> Iterator[Engine]:
    engine = connect(tmp_path / "declared.db", bytes(32))
    metadata.create_all(engine)
    yield engine
    engine.dispose()


def described(engine: Engine) -> dict[str, dict[str, Any]]:
    """Every table: columns (a migration adds them at the end), keys and indexes by name."""
    found = inspect(engine)

    def by_name(entries: list[Any]) -> list[Any]:
        return sorted(entries, key=lambda entry: str(entry["name"]))

    return {
        table: {
            "columns": sorted(
                (column["name"], column["type"].compile(sqlite.dialect()), column["nullable"], str(column["default"]))
                for column in found.get_columns(table)
            ),
            "primary key": found.get_pk_constraint(table),
            "foreign keys": by_name(found.get_foreign_keys(table)),
            "unique": by_name(found.get_unique_constraints(table)),
            "indexes": by_name(found.get_indexes(table)),
            "checks": by_name(found.get_check_constraints(table)),
        }
        for table in found.get_table_names()
        if table != "alembic_version"
    }


def test_the_migrations_make_what_is_declared(migrated: Engine, declared: Engine) -> None:
    made, wanted = described(migrated), described(declared)
    assert made.keys() == wanted.keys() == metadata.tables.keys()
    for table in wanted:
        assert made[table] == wanted[table], table


def test_the_comparison_sees_a_difference(declared: Engine) -> None:
    before = described(declared)
    for change in (
        "ALTER TABLE person ADD COLUMN baru TEXT",
        "DROP INDEX ix_journal_record",
        "CREATE UNIQUE INDEX satu ON person (nik)",
        "ALTER TABLE delivery RENAME TO kiriman",
    ):
        with declared.begin() as connection:
            connection.execute(text(change))
        now = described(declared)
        assert now != before
        before = now


def test_head_is_the_newest_migration(migrated: Engine) -> None:
    with migrated.connect() as connection:
        assert connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one() == schema.HEAD
    assert VERSIONS[-1].name.startswith(f"{schema.HEAD}_")


def test_the_migrations_form_one_line() -> None:
    revisions = [module_values(file) for file in VERSIONS]
    assert [found["down_revision"] for found in revisions] == [None, *(found["revision"] for found in revisions[:-1])]
    assert [file.name.partition("_")[0] for file in VERSIONS] == [found["revision"] for found in revisions]


def module_values(file: Path) -> dict[str, Any]:
    """The constants at the top of a module."""
    return {
        target.id: node.value.value
        for node in ast.parse(file.read_text("utf-8")).body
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant)
        for target in node.targets
        if isinstance(target, ast.Name)
    }


@pytest.mark.parametrize("file", VERSIONS, ids=lambda file: file.stem)
def test_a_migration_stands_alone(file: Path) -> None:
    """What it imports of the program would change, and with it what old stores are upgraded to."""
    imported = {
        name
        for node in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(node, (ast.Import, ast.ImportFrom))
        for name in ([node.module] if isinstance(node, ast.ImportFrom) else [alias.name for alias in node.names])
    }
    assert imported <= {"sqlalchemy", "alembic"}


def test_no_foreign_key_cascades(migrated: Engine) -> None:
    """A record is deleted by a tombstone, never by the database."""
    links = [link for table in described(migrated).values() for link in table["foreign keys"]]
    assert len(links) > 10
    assert [link["options"] for link in links if link["options"]] == []


def test_every_field_has_a_column_and_sealed_ones_hold_bytes(migrated: Engine) -> None:
    made = described(migrated)
    for name, record_type in RECORD_TYPES.items():
        columns = {column: kind for column, kind, *_ in made[name]["columns"]}
        assert columns.keys() == {"id", *record_type.fields}
        assert {column for column, kind in columns.items() if kind == "BLOB"} == {
            field.name for field in record_type.fields.values() if field.sealed
        }
        assert RECORD_TABLES[name].name == name


def test_making_the_tables_is_one_transaction(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    engine = connect(tmp_path / "half.db", bytes(32))
    with monkeypatch.context() as patched:
        patched.setattr("alembic.op.create_index", None)
        with pytest.raises(TypeError):
            schema.create(engine)
    assert inspect(engine).get_table_names() == []
    schema.create(engine)
    assert inspect(engine).has_table("journal")
    engine.dispose()
