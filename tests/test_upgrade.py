# SPDX-License-Identifier: GPL-3.0-or-later
"""A store of an earlier release is brought up to date when it is unlocked: copied first, in one transaction, verified.

The golden stores are what released programs wrote (`tests/golden`). The traps are migrations made here, in a copy of
the real ones: one that changes a table with children, and some that must fail.
"""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest
from desks import HELPER_PASSPHRASE, VILLAGE_PASSPHRASE, Clock, resident
from golden.make import HERE, columns, rows
from sqlalchemy import Connection, Engine, text
from store_tools import PASSPHRASE, content, copied, template

from trafficwatch import __version__
from trafficwatch.models.backups import Reason
from trafficwatch.resources import migrations
from trafficwatch.store import backup, schema, search, snapshot, upgrading, vault
from trafficwatch.store.check import check
from trafficwatch.store.connection import StoreDamaged, connect
from trafficwatch.store.files import DiskFull
from trafficwatch.store.folder import DATABASE, VAULT
from trafficwatch.store.look import look
from trafficwatch.store.schema import StoreNewer, UpgradeFailed
from trafficwatch.store.unlock import open_store, recover_store
from trafficwatch.store.work import Store

RELEASED = sorted(path.name for path in HERE.iterdir() if path.name.isdigit())


# -- golden stores -----------------------------------------------------------------------------------------------------


@pytest.fixture(params=RELEASED)
def golden(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    return Path(shutil.copytree(HERE / request.param, tmp_path / "golden"))


def revision_of(store: Store) -> str:
    with store.work() as work:
        return str(work.connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one())


def rows_of(store: Store) -> dict[str, Any]:
    with store.work() as work:
        return rows(work.connection)


def columns_of(folder: Path) -> dict[str, list[str]]:
    """The tables of a store and their columns, as they are before anything opens it."""
    found = vault.decode((folder / VAULT).read_bytes())
    keys = vault.store_keys(found, vault.open_with_passphrase(found, VILLAGE_PASSPHRASE))
    engine = connect(folder / DATABASE, keys[0])
    with engine.connect() as connection:
        known = columns(connection)
    engine.dispose()
    return known


def recovery_code(folder: Path) -> str:
    found = re.search(r"Recovery code: `(.+)`", (folder / "README.md").read_text("utf-8"))
    assert found is not None
    return found[1]


def test_every_revision_but_the_newest_has_a_golden_store() -> None:
    """The newest gets its own when it is released."""
    made = sorted(file.name.partition("_")[0] for file in (migrations() / "versions").glob("*.py"))
    assert [revision for revision in made if revision not in RELEASED] in ([], [schema.HEAD])


def test_a_golden_store_is_upgraded_when_it_is_unlocked(golden: Path, tmp_path: Path) -> None:
    expected = json.loads((golden / "rows.json").read_text("utf-8"))
    before = columns_of(golden)
    assert before.keys() == expected.keys()
    store = open_store(golden, VILLAGE_PASSPHRASE, clock=Clock(), marks=tmp_path / "marks")
    try:
        assert store.findings == [upgrading.UPGRADED]
        assert revision_of(store) == schema.HEAD
        assert check(store).findings == ()
        with store.work() as work:
            found = rows(work.connection, before)  # migrations add columns and tables, and the upgrade notes its backup
            assert found | {"backup": None} == expected | {"backup": None}
            [row] = backup.backups(work)
            assert (row.reason, work.info.written_by) == (Reason.UPGRADE, __version__)
            assert work.connection.exec_driver_sql("PRAGMA foreign_keys").scalar_one() == 1
        resident(store, "Setelah pembaruan")
    finally:
        store.close()
    assert_backup_is_as_before(Path(row.place), expected)
    assert_again_nothing_to_do(golden, tmp_path / "marks")


def assert_backup_is_as_before(place: Path, expected: dict[str, Any]) -> None:
    """The copy made before the upgrade holds the old store, in its own schema."""
    assert look(place.parent.parent, place, VILLAGE_PASSPHRASE).counts["person"] == expected["person"]["rows"]
    found = vault.decode((place / VAULT).read_bytes())
    keys = vault.store_keys(found, vault.open_with_passphrase(found, VILLAGE_PASSPHRASE))
    with snapshot.reading(place / DATABASE, keys) as connection:
        assert snapshot.facts(connection).revision in RELEASED
    engine = connect(place / DATABASE, keys[0])
    with engine.connect() as connection:
        assert rows(connection) == expected
    engine.dispose()


def assert_again_nothing_to_do(folder: Path, marks: Path) -> None:
    store = open_store(folder, VILLAGE_PASSPHRASE, clock=Clock(), marks=marks)
    before = rows_of(store)
    assert (store.findings, before["backup"]["rows"]) == ([], 1)
    store.close()
    assert [path.name for path in (folder / "backups").iterdir()] == [Path(place).name for place in places(folder)]


def places(folder: Path) -> list[str]:
    store = open_store(folder, VILLAGE_PASSPHRASE, clock=Clock())
    with store.work() as work:
        found = [row.place for row in backup.backups(work)]
    store.close()
    return found


def test_whoever_unlocks_first_upgrades(golden: Path) -> None:
    """Without the case key, and with the sheet."""
    other = Path(shutil.copytree(golden, golden.with_name("other")))
    for store in (open_store(golden, HELPER_PASSPHRASE), recover_store(other, recovery_code(other))):
        assert (store.findings, revision_of(store)) == ([upgrading.UPGRADED], schema.HEAD)
        assert check(store).ok
        store.close()


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
