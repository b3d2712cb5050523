# SPDX-License-Identifier: GPL-3.0-or-later
"""`store backup`, `store backups`, `store restore` and what `doctor` says of them, as scripts and people see it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from desks import VILLAGE_PASSPHRASE, Desks, cli, done, enrolled, refused, resident
from platformdirs import user_state_path
from sqlalchemy import delete

from trafficwatch.models.tables import local
from trafficwatch.store import backup, ballast
from trafficwatch.store.backup import own_place
from trafficwatch.store.health import Check, examine
from trafficwatch.village.backups import make_by_hand, make_daily


@pytest.fixture
def desks(tmp_path: Path) -> Iterator[Desks]:
    with enrolled(tmp_path) as found:
        with found.village.work() as work:  # forget the backup before the PPT's first reply
            work.connection.execute(delete(local.backup))
        shutil.rmtree(own_place(found.village.folder))
        yield found


def store(desks: Desks, *words: object, passphrase: str = VILLAGE_PASSPHRASE) -> Any:
    desks.village.close()
    return cli("--json", "--store", desks.folder / "village", "store", *words, passphrase=passphrase)


def told(desks: Desks, language: str, *words: object, beside: str = "") -> str:
    desks.village.close()
    folder = desks.folder / "village"
    said = cli("--lang", language, "--store", folder, "store", *words, passphrase=VILLAGE_PASSPHRASE)
    assert (said.code, said.err) == (0, beside)
    return said.out


def told_restored(said: Any) -> Any:
    """What the first command after a restore answers, which says so beside."""
    assert (said.code, said.err) == (0, "Data di laptop ini dipulihkan dari cadangan.\n")
    return said.document


def test_a_backup_is_made_listed_and_restored(desks: Desks) -> None:
    resident(desks.village, "Maria")
    made = done(store(desks, "backup", "--to", desks.stick))
    place = Path(made["place"])
    assert (place.parent, made["reason"], sorted(path.name for path in place.iterdir())) == (
        desks.stick,
        "by_hand",
        ["store.db", "vault.json"],
    )
    beside = done(store(desks, "backup"))
    assert Path(beside["place"]).parent == desks.folder / "village" / "backups"
    listed = done(store(desks, "backups"))["backups"]
    assert [(each["id"], each["here"]) for each in listed] == [(beside["id"], True), (made["id"], True)]
    resident(desks.trained(), "Yosef")
    looked = done(store(desks, "restore", place, "--look"))
    assert (looked["made_at"], looked["counts"]["person"], looked["name"][:8]) == (made["made_at"], 1, "Noelbaki")
    assert done(store(desks, "info"))["records"]["person"] == 2
    refusal = refused(store(desks, "restore", place), "restore_loses_changes")
    assert "1 perubahan" in refusal["message"]
    assert done(store(desks, "restore", place, "--discard-newer")) == looked
    assert told_restored(store(desks, "info"))["records"]["person"] == 1
    assert [each["reason"] for each in done(store(desks, "backups"))["backups"]] == ["set_aside", "by_hand", "by_hand"]


def test_what_people_read(desks: Desks) -> None:
    assert told(desks, "id", "backups") == "Belum ada cadangan.\n"
    made = told(desks, "id", "backup", "--to", str(desks.stick))
    [place] = desks.stick.iterdir()
    assert made.startswith(f"Cadangan selesai, dibaca kembali, dan utuh: {place}\n")
    line = told(desks, "en", "backups")
    assert line.rstrip().endswith(f"[here]  {place}")
    shutil.move(place, desks.folder / "drawer")
    assert "[not here now]" in told(desks, "en", "backups")
    shutil.move(desks.folder / "drawer", place)
    seen = told(desks, "en", "restore", str(place), "--look")
    assert seen.startswith(f"Backup of {place.name[:4]}-{place.name[4:6]}-{place.name[6:8]} from Noelbaki")
    assert "which were set aside and not deleted" in told(desks, "en", "restore", str(place))
    store_now = desks.trained()
    backup.destroy(store_now, place.name)
    restored = "The data on this laptop were restored from a backup.\n"
    assert "[destroyed]" in told(desks, "en", "backups", beside=restored)


def test_with_the_recovery_code(desks: Desks, tmp_path: Path) -> None:
    desks.village.close()
    folder = tmp_path / "own"
    words = ("--json", "--store", folder, "store", "init", "--village", "53.01.08.2008", "--volunteer", "Maria Tefa")
    code = done(cli(*words, "--practice", passphrase=VILLAGE_PASSPHRASE))["recovery_code"]
    cli("--store", folder, "store", "backup", "--to", desks.stick, passphrase=VILLAGE_PASSPHRASE)
    [place] = desks.stick.iterdir()

    def restored(typed: str) -> Any:
        reading, writing = os.pipe()
        os.write(writing, f"{typed}\n".encode())
        os.close(writing)
        try:
            return cli("--json", "--store", tmp_path / "new", "store", "restore", place, "--code-fd", reading)
        finally:
            os.close(reading)

    refused(restored(code[:-1]), "recovery_code_incomplete")
    assert done(restored(code))["code"] == "53.01.08.2008"
    info = told_restored(cli("--json", "--store", tmp_path / "new", "store", "info", passphrase=VILLAGE_PASSPHRASE))
    assert info["practice"]


def test_refusals(desks: Desks) -> None:
    refused(store(desks, "backup", "--to", desks.folder / "village"), "file_in_store")
    refused(store(desks, "backup", "--to", desks.folder / "nowhere"), "file_not_writable")
    refused(store(desks, "restore", desks.stick), "no_backup")
    refused(store(desks, "restore", desks.folder / "village"), "no_backup")
    place = done(store(desks, "backup", "--to", desks.stick))["place"]
    refused(store(desks, "restore", place, passphrase="bukan frasa sandi"), "wrong_passphrase")
    desks.ppt.close()
    other = cli("--json", "--store", desks.folder / "ppt", "store", "restore", place, passphrase=VILLAGE_PASSPHRASE)
    refused(other, "backup_of_other_village")


def test_doctor_tells_of_what_a_desk_keeps(desks: Desks) -> None:
    folder, marks = desks.folder / "village", user_state_path("trafficwatch", appauthor=False) / "marks"

    def found() -> dict[str, Check]:
        return {check.key: check for check in examine(folder, marks)}

    assert found().keys() == {"cipher", "resources", "rights", "space", "clock"}
    desks.clock.move(days=-365)
    row = make_daily(desks.village)
    assert row
    now = found()
    assert [now[key].ok for key in ("backup", "ballast", "mark")] == [False, False, False]
    assert now["backup"].detail == "20251121"
    ballast.keep(folder)
    told(desks, "id", "info")  # which leaves a mark
    make_by_hand(desks.trained())
    said = cli("--json", "--store", folder, "doctor")
    states = {check["check"]: check["ok"] for check in said.document["checks"]}
    assert (states["ballast"], states["mark"], states["backup"]) == (True, True, False)
    Path(row.place).rename(folder / "backups" / "29991231-0000000")
    assert found()["backup"].ok
    shutil.rmtree(folder / "backups" / "29991231-0000000")
    shutil.rmtree(folder / "backups")
    (folder / "backups").mkdir()
    assert (found()["backup"].ok, found()["backup"].detail) == (False, "-")
