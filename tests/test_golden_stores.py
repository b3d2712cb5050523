# SPDX-License-Identifier: GPL-3.0-or-later
"""The stores that released programs wrote (`tests/golden`) are brought up to date when they are unlocked.

What they held stays as it was, and the copy made before holds the old store in its own schema.
"""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from typing import Any

import pytest
from desks import HELPER_PASSPHRASE, Clock, resident
from golden.make import HERE, columns, rows
from sqlalchemy import text

from trafficwatch import __version__
from trafficwatch.models.backups import Reason
from trafficwatch.models.casework import Screening
from trafficwatch.models.tables import RECORD_TABLES
from trafficwatch.resources import migrations
from trafficwatch.screening import library
from trafficwatch.screening.second_reading import readings_of
from trafficwatch.screening.sessions import answers_of
from trafficwatch.screening.signs import notes
from trafficwatch.store import backup, schema, snapshot, upgrading, vault
from trafficwatch.store.check import check
from trafficwatch.store.connection import connect
from trafficwatch.store.folder import DATABASE, VAULT
from trafficwatch.store.look import look
from trafficwatch.store.unlock import open_store, recover_store
from trafficwatch.store.work import Store

GOLDEN = sorted(path.parent.name for path in HERE.glob(f"*/{VAULT}"))
RELEASED = sorted({name.partition("-")[0] for name in GOLDEN})
OLDER = [name for name in GOLDEN if not name.startswith(schema.HEAD)]


@pytest.fixture(params=OLDER)
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
    keys = vault.store_keys(found, vault.open_with_passphrase(found, passphrase(folder)))
    engine = connect(folder / DATABASE, keys[0])
    with engine.connect() as connection:
        known = columns(connection)
    engine.dispose()
    return known


def passphrase(folder: Path) -> str:
    return said(folder, r"\(trained\)")


def recovery_code(folder: Path) -> str:
    return said(folder, "Recovery code")


def said(folder: Path, what: str) -> str:
    found = re.search(rf"{what}: `(.+)`", (folder / "README.md").read_text("utf-8"))
    assert found is not None
    return found[1]


def test_every_revision_but_the_newest_has_a_golden_store() -> None:
    """The newest gets its own when it is released."""
    made = sorted(file.name.partition("_")[0] for file in (migrations() / "versions").glob("*.py"))
    assert [revision for revision in made if revision not in RELEASED] in ([], [schema.HEAD])


@pytest.mark.parametrize("revision", [name for name in RELEASED if name >= "0004"])
def test_the_golden_stores_of_a_revision_hold_a_record_of_every_type(revision: str) -> None:
    stores = [HERE / name for name in GOLDEN if name.startswith(revision)]
    described = [json.loads((store / "rows.json").read_text("utf-8")) for store in stores]
    types = RECORD_TABLES.keys() & described[0].keys()
    assert {name for name in types if not any(tables[name]["rows"] for tables in described)} == set()


def test_what_came_with_0004_says_the_same_after_an_upgrade(tmp_path: Path) -> None:
    for name in ("0004", "0004-ppt"):
        shutil.copytree(HERE / name, tmp_path / name)
    village, ppt = (open_store(tmp_path / name, passphrase(tmp_path / name)) for name in ("0004", "0004-ppt"))
    with village.work() as work:
        talks = [row for row in work.records.select(Screening) if row.stopped]
        assert [(row.way, row.stopped, row.questionnaire) for row in talks] == [("talk", "upset", "screening@2")] * 2
        for answer in (answers_of(row)["E-PRO-RECRUIT"] for row in talks):
            assert (answer.asked, answer.note, str(answer.at)[:10]) == ("screening@1", "Bibi", "2026-11-21")
        assert [row.told_to for row in notes(work).rows] == ["Kepala desa"] * 2
        assert library.newest(work).ref == "screening@1000"
    with ppt.work() as work:
        read = [row.record for each in work.records.select(Screening) for row in readings_of(work, each.id)]
    said = {(row.reading, row.risk == "high", row.reason, *row.answers.items()) for row in read}
    assert said == {("confirmed", False, None), ("changed", True, "Ada ancaman", ("E-CAR-DECEIT", "no"))}
    village.close()
    ppt.close()


def test_a_golden_store_is_upgraded_when_it_is_unlocked(golden: Path, tmp_path: Path) -> None:
    expected = json.loads((golden / "rows.json").read_text("utf-8"))
    before = columns_of(golden)
    assert before.keys() == expected.keys()
    store = open_store(golden, passphrase(golden), clock=Clock(), marks=tmp_path / "marks")
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
    assert_backup_is_as_before(Path(row.place), passphrase(golden), expected)
    assert_again_nothing_to_do(golden, tmp_path / "marks")


def assert_backup_is_as_before(place: Path, passphrase: str, expected: dict[str, Any]) -> None:
    """The copy made before the upgrade holds the old store, in its own schema."""
    assert look(place.parent.parent, place, passphrase).counts["person"] == expected["person"]["rows"]
    found = vault.decode((place / VAULT).read_bytes())
    keys = vault.store_keys(found, vault.open_with_passphrase(found, passphrase))
    with snapshot.reading(place / DATABASE, keys) as connection:
        assert snapshot.facts(connection).revision in RELEASED
    engine = connect(place / DATABASE, keys[0])
    with engine.connect() as connection:
        assert rows(connection) == expected
    engine.dispose()


def assert_again_nothing_to_do(folder: Path, marks: Path) -> None:
    store = open_store(folder, passphrase(folder), clock=Clock(), marks=marks)
    before = rows_of(store)
    assert (store.findings, before["backup"]["rows"]) == ([], 1)
    store.close()
    assert [path.name for path in (folder / "backups").iterdir()] == [Path(place).name for place in places(folder)]


def places(folder: Path) -> list[str]:
    store = open_store(folder, passphrase(folder), clock=Clock())
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
