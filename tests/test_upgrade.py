# SPDX-License-Identifier: GPL-3.0-or-later
"""A store of an earlier release is brought up to date when it is unlocked: copied first, in one transaction, verified.

The traps are migrations made here, in a copy of the real ones: one that changes a table with children, and some that
must fail. What released programs wrote is upgraded in `test_golden_stores.py`.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, text
from store_tools import PASSPHRASE, content, copied, template

from trafficwatch.resources import migrations
from trafficwatch.store import schema, search, vault
from trafficwatch.store.check import check
from trafficwatch.store.connection import StoreDamaged, connect
from trafficwatch.store.files import DiskFull
from trafficwatch.store.folder import DATABASE, VAULT
from trafficwatch.store.schema import StoreNewer, UpgradeFailed
from trafficwatch.store.unlock import open_store

# -- what an upgrade refuses -------------------------------------------------------------------------------------------


def engine_of(folder: Path) -> Engine:
    return connect(folder / DATABASE, vault.store_keys(vault.decode((folder / VAULT).read_bytes()), template().keys)[0])


@pytest.fixture
def closed(tmp_path: Path) -> Path:
    return copied(tmp_path)


@pytest.fixture
def engine(closed: Path) -> Iterator[Engine]:
    found = engine_of(closed)
    yield found
    found.dispose()


def unlock_fails(folder: Path, error: type[Exception]) -> Exception:
    with pytest.raises(error) as raised:
        open_store(folder, PASSPHRASE)
    return raised.value


def test_a_newer_store_is_refused_by_name_and_untouched(closed: Path) -> None:
    engine = engine_of(closed)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
        connection.execute(text("""UPDATE store_info SET value = '"7.1"' WHERE key = 'written_by'"""))
    engine.dispose()
    before = content(closed)
    assert unlock_fails(closed, StoreNewer).params == {"version": "7.1"}  # type: ignore[attr-defined]
    assert (content(closed), (closed / "backups").exists()) == (before, False)


@pytest.mark.parametrize("change", ["DELETE FROM alembic_version", "DROP TABLE alembic_version"])
def test_a_store_without_a_version_is_damaged(closed: Path, change: str) -> None:
    engine = engine_of(closed)
    with engine.begin() as connection:
        connection.execute(text(change))
    engine.dispose()
    unlock_fails(closed, StoreDamaged)


# -- traps -------------------------------------------------------------------------------------------------------------

MIGRATION = """
import sqlalchemy as sa
from alembic import op

revision, down_revision, branch_labels, depends_on = "9000", "{head}", None, None


def upgrade() -> None:
{body}
"""
CHANGE_A_PARENT = """
    with op.batch_alter_table("parent", recreate="always") as batch:
        batch.add_column(sa.Column("more", sa.Text()))
"""
LOSE_ROWS = """    op.execute("DELETE FROM child WHERE id < 10")"""
LEAVE_ORPHANS = """    op.execute("UPDATE child SET parent_id = 'nobody' WHERE id = 3")"""
BREAK = """
    op.execute("DELETE FROM person")
    op.drop_table("draft")
    raise ValueError("a bug in a migration")
"""
CHILDREN = 1_000


@pytest.fixture
def next_migration(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Let the program know one migration more, with this body."""

    def put(body: str) -> None:
        folder = Path(shutil.copytree(migrations(), tmp_path / "migrations", dirs_exist_ok=True))
        (folder / "versions" / "9000_next.py").write_text(MIGRATION.format(head=head, body=body), "utf-8")
        monkeypatch.setattr(schema, "migrations", lambda: folder)
        monkeypatch.setattr(schema, "HEAD", "9000")

    head = schema.HEAD
    return put


@pytest.fixture
def family(engine: Engine) -> Engine:
    """A store with a table and its children, which the database deletes with their parent."""
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE parent (id TEXT PRIMARY KEY)"))
        link = "parent_id TEXT REFERENCES parent (id) ON DELETE CASCADE"
        connection.execute(text(f"CREATE TABLE child (id INTEGER PRIMARY KEY, {link})"))
        connection.execute(text("INSERT INTO parent VALUES ('one'), ('two')"))
        rows = [{"id": number, "parent": ("one", "two")[number % 2]} for number in range(CHILDREN)]
        connection.execute(text("INSERT INTO child VALUES (:id, :parent)"), rows)
    return engine


def count(engine: Engine, table: str = "child") -> int:
    with engine.connect() as connection:
        return int(connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one())


def dumped(engine: Engine) -> dict[str, Any]:
    """The schema and every row."""
    with engine.connect() as connection:
        made = connection.execute(text("SELECT name, type, sql FROM sqlite_master")).all()
        return {
            row.name: (row.sql, sorted(map(repr, connection.execute(text(f'SELECT * FROM "{row.name}"')))))
            for row in made
            if row.type == "table"
        }


def nothing_copied() -> Callable[[Connection], None]:
    return lambda connection: None


def test_changing_a_table_keeps_the_children_of_its_rows(family: Engine, next_migration: Callable[[str], None]) -> None:
    next_migration(CHANGE_A_PARENT)
    assert schema.upgrade(family, nothing_copied)
    assert (count(family), count(family, "parent")) == (CHILDREN, 2)
    with family.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar_one() == 1
        assert connection.exec_driver_sql("SELECT more FROM parent").all() == [(None,), (None,)]
    with family.begin() as connection:
        connection.execute(text("DELETE FROM parent WHERE id = 'one'"))
    assert count(family) == CHILDREN // 2
    assert not schema.upgrade(family, nothing_copied)


def test_with_foreign_keys_on_the_children_would_be_gone(
    family: Engine, next_migration: Callable[[str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The trap is real; and what falls into it is found, and undone."""
    next_migration(CHANGE_A_PARENT)
    monkeypatch.setattr(schema, "_without_foreign_keys", lambda engine: nullcontext())
    with pytest.raises(UpgradeFailed) as raised:
        schema.upgrade(family, nothing_copied)
    assert (str(raised.value.__cause__), count(family)) == ("child", CHILDREN)
    monkeypatch.setattr(schema, "_verify", lambda connection, before: None)
    schema.upgrade(family, nothing_copied)
    assert count(family) == 0


@pytest.mark.parametrize("body", [LOSE_ROWS, LEAVE_ORPHANS, BREAK], ids=["rows", "orphans", "bug"])
def test_a_migration_that_fails_changes_nothing(
    family: Engine, next_migration: Callable[[str], None], body: str
) -> None:
    next_migration(body)
    before = dumped(family)
    with pytest.raises(UpgradeFailed):
        schema.upgrade(family, nothing_copied)
    assert dumped(family) == before
    with family.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar_one() == 1
    next_migration(CHANGE_A_PARENT)
    assert schema.upgrade(family, nothing_copied)


def test_a_failed_upgrade_leaves_no_copy_and_the_older_program_opens_the_store(
    closed: Path, next_migration: Callable[[str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    next_migration(BREAK)
    for _ in range(3):
        unlock_fails(closed, UpgradeFailed)
        assert list((closed / "backups").iterdir()) == []
    monkeypatch.undo()
    store = open_store(closed, PASSPHRASE)
    assert (store.findings, check(store).ok) == ([], True)
    store.close()


def test_without_a_backup_nothing_is_begun(closed: Path, next_migration: Callable[[str], None]) -> None:
    next_migration(LOSE_ROWS)
    (closed / "backups").write_bytes(b"not a folder")
    engine = engine_of(closed)
    before = dumped(engine)
    engine.dispose()
    with pytest.raises(Exception, match=r"^(disk_full|file_not_writable|file_not_readable)$"):
        open_store(closed, PASSPHRASE)
    engine = engine_of(closed)
    assert dumped(engine) == before

    def full() -> Callable[[Connection], None]:
        raise DiskFull(file="backups")

    with pytest.raises(DiskFull):
        schema.upgrade(engine, full)
    assert dumped(engine) == before
    engine.dispose()


def test_the_backup_is_noted_with_the_upgrade_or_not_at_all(
    family: Engine, next_migration: Callable[[str], None]
) -> None:
    next_migration(CHANGE_A_PARENT)

    def fails() -> Callable[[Connection], None]:
        def note(connection: Connection) -> None:
            connection.execute(text("INSERT INTO parent (id) VALUES ('noted')"))
            raise ValueError

        return note

    with pytest.raises(UpgradeFailed):
        schema.upgrade(family, fails)
    assert (count(family, "parent"), count(family)) == (2, CHILDREN)


def test_a_migration_may_leave_the_search_index_behind(engine: Engine, next_migration: Callable[[str], None]) -> None:
    """It is made anew from the people, as soon as anybody looks for the old one."""
    with engine.begin() as connection:
        search.ensure(connection)
        connection.execute(text("INSERT INTO search_person VALUES (1, 'x', 'Maria', 'maria')"))
        connection.execute(text("INSERT INTO search_number VALUES (1, '081')"))
        connection.execute(text("INSERT INTO search_word VALUES ('maria', 'maria', 'airam', 1)"))
    next_migration(
        """    for name in ("person", "number", "word"):
        op.execute(f"DELETE FROM search_{name}")"""
    )
    assert schema.upgrade(engine, nothing_copied)
