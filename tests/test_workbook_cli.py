# SPDX-License-Identifier: GPL-3.0-or-later
"""`trafficwatch residents import`, as scripts and people see it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from desks import VILLAGE_PASSPHRASE, Desks, cli, done, enrolled, refused
from workbook_tools import write_table

from trafficwatch.models.people import Person
from trafficwatch.store.unlock import open_store

ROWS = (
    ("Nama", "NIK", "Tanggal lahir", "Gol. darah"),
    ("Maria Rekaan", "5301085705900001", "17-05-1990", "A"),
    ("Siti Rekaan", "5301085705900002", "30-02-1990", "B"),
)


@pytest.fixture(scope="module")
def desks(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desks]:
    with enrolled(tmp_path_factory.mktemp("desks")) as found:
        found.village.close()
        yield found


def run(desks: Desks, *words: object, language: str = "id", as_json: bool = True) -> Any:
    options = ("--json",) if as_json else ()
    store = desks.folder / "village"
    return cli(*options, "--lang", language, "--store", store, "residents", *words, passphrase=VILLAGE_PASSPHRASE)


def people(desks: Desks) -> list[str | None]:
    store = open_store(desks.folder / "village", VILLAGE_PASSPHRASE)
    try:
        with store.work() as work:
            return [person.name for person in work.records.select(Person)]
    finally:
        store.close()


def test_a_preview_saves_nothing_and_apply_does(desks: Desks, tmp_path: Path) -> None:
    file, failed = write_table(tmp_path / "warga.xlsx", *ROWS), tmp_path / "ditolak.xlsx"
    before = people(desks)
    seen = done(run(desks, "import", file))
    assert (seen["applied"], seen["created"], seen["refused"], people(desks)) == (False, 1, 1, before)
    assert seen["columns"] == {"Nama": "name", "NIK": "nik", "Tanggal lahir": "birth_date"}
    assert (seen["not_kept"], seen["rows"]["people"]) == (["Gol. darah"], 2)

    taken = done(run(desks, "import", file, "--apply", "--failed", failed))
    assert (taken["applied"], taken["created"], taken["refused"]) == (True, 1, 1)
    assert taken["refusals"] == [
        {
            "row": 3,
            "column": "Tanggal lahir",
            "reason": "no_such_day",
            "text": "Tanggal lahir: tanggal 30 tidak ada; bulan itu hanya sampai 28",
        }
    ]
    assert people(desks) == [*before, "Maria Rekaan"]
    assert [row[1] for row in openpyxl.load_workbook(failed).worksheets[0].iter_rows(values_only=True)] == [
        "NIK",
        ROWS[2][1],
    ]

    again = done(run(desks, "import", file, "--apply"))
    assert (again["created"], again["unchanged"], again["refused"]) == (0, 1, 1)
    said = run(desks, "import", file, as_json=False).out
    assert "baris 3: Tanggal lahir: tanggal 30 tidak ada; bulan itu hanya sampai 28" in said
    assert (
        "row 3: Tanggal lahir: there is no day 30; that month ends on day 28"
        in run(desks, "import", file, language="en", as_json=False).out
    )


def test_columns_are_mapped_by_hand(desks: Desks, tmp_path: Path) -> None:
    rows = (("Siapa", "Nama", "Lahir = kapan", "NIK"), ("Rosa Rekaan", "Kebun", "1991", "5301085705910001"))
    file = write_table(tmp_path / "lain.xlsx", *rows)
    maps = ("--map", "siapa=name", "--map", "Lahir = kapan=birth_date", "--map", "NIK=", "--map", "Nama=hamlet")
    taken = done(run(desks, "import", file, *maps, "--apply"))
    assert taken["columns"] == {"Siapa": "name", "Nama": "hamlet", "Lahir = kapan": "birth_date"}
    assert (taken["created"], taken["not_kept"]) == (1, ["NIK"])
    store = open_store(desks.folder / "village", VILLAGE_PASSPHRASE)
    with store.work() as work:
        [rosa] = [person for person in work.records.select(Person) if person.name == "Rosa Rekaan"]
    store.close()
    assert (rosa.birth_date, rosa.nik, rosa.address) == ("1991", None, "Dusun Kebun")
    assert done(run(desks, "import", file, "--map", "Siapa=name"))["not_kept"] == ["Nama", "Lahir = kapan"]
    for wrong in ("Siapa", "Entah=name", "Siapa=umur"):
        assert run(desks, "import", file, "--map", wrong).code == 2
    refused(run(desks, "import", file, "--map", "Nama="), "name_column_missing")


def test_a_template_needs_no_store(desks: Desks, tmp_path: Path) -> None:
    path = tmp_path / "isian.xlsx"
    assert done(cli("--json", "residents", "import", "--template", path)) == {"template": str(path)}
    assert openpyxl.load_workbook(path).sheetnames == ["Warga", "Petunjuk"]
    refused(cli("--json", "residents", "import", "--template", path), "file_exists")


def test_what_cannot_be_taken_in_is_refused_by_name(desks: Desks, tmp_path: Path) -> None:
    file = write_table(tmp_path / "warga.xlsx", ("Satu", "Dua"), ("Maria", "1"))
    refused(run(desks, "import", file), "name_column_missing")
    refused(run(desks, "import", file, "--sheet", "Lain"), "sheet_unknown")
    refused(run(desks, "import", tmp_path / "tidak.xlsx"), "file_not_readable")
    assert run(desks, "import").code == 2
    inside = desks.folder / "village" / "ditolak.xlsx"
    refused(run(desks, "import", file, "--failed", inside), "file_in_store")
