# SPDX-License-Identifier: GPL-3.0-or-later
"""Copies: a backup on a stick, a restore, and the upgrade of a store that an earlier release has left."""

from __future__ import annotations

import json
import random
import shutil
import tempfile
from datetime import timedelta
from functools import cache
from pathlib import Path

from desks import MORNING, VILLAGE_PASSPHRASE, Clock
from golden.make import HERE, columns, rows
from saving import missing_saves, save_one
from scenario import Ack, Acks, Scenario, opened, quick, two_desks
from sqlalchemy import text

from trafficwatch.models.people import Person
from trafficwatch.store import backup, look, restore, schema, vault
from trafficwatch.store.connection import connect
from trafficwatch.store.folder import DATABASE, VAULT
from trafficwatch.store.work import Store

OLDEST = "0001"
LATER = "Sesudah Cadangan"


# -- backups -----------------------------------------------------------------------------------------------------------


def village_with_a_save(root: Path) -> None:
    two_desks(root)
    village = opened(root, "village")
    save_one(village, 0, random.Random(0))
    village.close()


def back_up(root: Path, ack: Ack, chance: random.Random, rounds: int) -> None:
    """By hand onto the stick, a save, and the automatic one of the next day."""
    village = opened(root, "village", clock=Clock(MORNING + timedelta(days=1)))
    ack(backup=backup.make(village, root / "stick", "by_hand").place)
    ack(saved=save_one(village, 1, chance), number=1)
    made = backup.make_daily(village)
    assert made is not None
    ack(backup=made.place)
    village.close()


def missing_backups(root: Path, stores: dict[str, Store], acks: Acks) -> list[str]:
    """What was confirmed is known and whole, and so is everything that looks like a backup."""
    places = {Path(ack["backup"]) for ack in acks if "backup" in ack}
    found = {path for place in (root / "stick", root / "village" / "backups") for path in look.find(place)}
    with stores["village"].work() as work:
        known = {Path(row.place) for row in backup.backups(work)}
    with quick():
        for path in found:
            look.look(root / "village", path, VILLAGE_PASSPHRASE)
    lost = [f"backup {number}" for number, place in enumerate(sorted(places)) if place not in found & known]
    return [*lost, *missing_saves(root, stores, acks)]


# -- restoring ---------------------------------------------------------------------------------------------------------


def village_with_a_backup(root: Path) -> None:
    """A backup on the stick, and a change that it does not hold."""
    village_with_a_save(root)
    village = opened(root, "village")
    Path(backup.make(village, root / "stick", "by_hand").place).rename(root / "stick" / "cadangan")
    save_one(village, 1, random.Random(1))
    village.close()


def restore_backup(root: Path, ack: Ack, chance: random.Random, rounds: int) -> None:
    with quick():
        restore.restore(
            root / "village",
            root / "stick" / "cadangan",
            VILLAGE_PASSPHRASE,
            discard_newer=True,
            marks=root / "marks",
            clock=Clock(),
        )
    ack(restored=True)
    village = opened(root, "village")
    ack(saved=save_one(village, 2, chance), number=2)
    village.close()


def missing_restored(root: Path, stores: dict[str, Store], acks: Acks) -> list[str]:
    """The present store or the restored one, whole; once confirmed, the restored one. The backup is as it was."""
    with stores["village"].work() as work:
        names = {str(found.name) for found in work.records.select(Person)}
    lost = missing_saves(root, stores, acks)
    if any("restored" in ack for ack in acks) and "Uji Coba 1" in names:
        lost.append("the restore")
    with quick():
        if look.look(root / "village", root / "stick" / "cadangan", VILLAGE_PASSPHRASE).counts["person"] != 1:
            lost.append("the backup")
    return lost


# -- upgrading ---------------------------------------------------------------------------------------------------------


def golden_village(root: Path) -> None:
    (root / "stick").mkdir(parents=True)
    shutil.copytree(HERE / OLDEST, root / "village")


def upgrade(root: Path, ack: Ack, chance: random.Random, rounds: int) -> None:
    village = opened(root, "village")
    ack(upgraded=schema.HEAD)
    ack(saved=save_one(village, 0, chance), number=0)
    village.close()


def missing_upgraded(root: Path, stores: dict[str, Store], acks: Acks) -> list[str]:
    """Every row that the older store had, but for what the save adds; no copy that the store does not know."""
    expected = json.loads((HERE / OLDEST / "rows.json").read_text("utf-8"))
    grown = {"person", "journey", "screening", "draft", "journal", "record_state"}
    with stores["village"].work() as work:
        found = rows(work.connection, _columns_of_the_oldest())
        revision = work.connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one()
    lost = [name for name in expected if name not in grown and found[name] != expected[name]]
    lost += [name for name in grown if found[name]["rows"] < expected[name]["rows"]]
    return [*lost, *([] if revision == schema.HEAD else ["the upgrade"]), *missing_saves(root, stores, acks)]


@cache
def _columns_of_the_oldest() -> dict[str, list[str]]:
    """What the older store had, before the upgrade added columns."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(shutil.copytree(HERE / OLDEST, Path(name) / "village"))
        kept = vault.decode((folder / VAULT).read_bytes())
        engine = connect(
            folder / DATABASE, vault.store_keys(kept, vault.open_with_passphrase(kept, VILLAGE_PASSPHRASE))[0]
        )
        with engine.connect() as connection:
            found = columns(connection)
        engine.dispose()
    return found


BACKUP = Scenario("backup", village_with_a_save, back_up, missing_backups)
RESTORE = Scenario("restore", village_with_a_backup, restore_backup, missing_restored)
UPGRADE = Scenario("upgrade", golden_village, upgrade, missing_upgraded)
