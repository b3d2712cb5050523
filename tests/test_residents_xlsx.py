# SPDX-License-Identifier: GPL-3.0-or-later
"""The list of residents as a workbook, read back as an office program does: all is text, and the act is known."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from desks import cli, done, refused
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook
from paper_tools import NAME, Village, village
from sqlalchemy import select
from store_tools import PASSPHRASE

from trafficwatch.models.papers import ResidentsSheet
from trafficwatch.models.people import HouseholdRole, Marital, Residency
from trafficwatch.models.tables import local
from trafficwatch.registry.lists import EXPORTED, ListReasonMissing, Wanted, export_list
from trafficwatch.registry.residents import record_person
from trafficwatch.registry.trash import Reason, delete
from trafficwatch.registry.workbook.take_in import preview
from trafficwatch.reports.residents_xlsx import CELL_LIMIT, residents_xlsx
from trafficwatch.texts import t

WHY = "laporan ke kecamatan"


@pytest.fixture(scope="module")
def known(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Village]:
    with village(tmp_path_factory.mktemp("xlsx")) as found:
        yield found


def export(known: Village, wanted: Wanted | None = None, reason: str = WHY) -> ResidentsSheet:
    with known.store.work() as work:
        return export_list(work, wanted or Wanted(), reason, "id")


def read(content: bytes) -> dict[str, list[list[object]]]:
    book = load_workbook(io.BytesIO(content))
    assert all(cell.data_type in {"s", "n"} for page in book for row in page.iter_rows() for cell in row)
    return {page.title: [[cell.value for cell in row] for row in page.iter_rows()] for page in book}


def noted(known: Village) -> list[tuple[str, str, str, str]]:
    """What the change log says of lists that were taken out."""
    table = local.journal
    with known.store.work() as work:
        rows = work.connection.execute(select(table).where(table.c.action == "export").order_by(table.c.sequence))
        return [(row.type, row.id, row.volunteer, row.changes) for row in rows]


def test_numbers_stay_text_and_partial_dates_as_they_are(known: Village) -> None:
    sheets = read(residents_xlsx(export(known)))
    head, *rows = sheets["Warga"]
    assert head == [t(f"papers.export.{name}") for name in EXPORTED]
    maria = dict(zip(EXPORTED, rows[1], strict=True))
    assert maria["name"] == NAME
    assert (maria["nik"], maria["kk_number"]) == ("5301085708900003", "0301081203120007")
    assert (maria["birth_date"], maria["departure_on"]) == ("1990-08", "2026-12-03")
    assert maria["phones"] == "0812-0000-4411 (Ibu Maria); 0813"
    assert (maria["sex"], maria["aliases"], maria["stage"]) == ("Perempuan", "Mama Ina", "Persiapan")
    assert [row[0] for row in rows] == ["=HYPERLINK(1)", NAME, "Siti"]
    assert {value for row in rows for value in row if value is not None and not isinstance(value, str)} == set()


def test_nothing_typed_becomes_a_formula_and_no_banned_number_leaves(known: Village) -> None:
    content = residents_xlsx(export(known))
    page = load_workbook(io.BytesIO(content))["Warga"]
    assert (page["A2"].value, page["A2"].data_type, page["A2"].number_format) == ("=HYPERLINK(1)", "s", "@")
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = {name: archive.read(name).decode() for name in archive.namelist()}
    assert not any("<f>" in part or "<hyperlink" in part for part in parts.values())
    hidden = dict(zip(EXPORTED, (cell.value for cell in page[2]), strict=True))
    assert (hidden["phones"], hidden["nik"]) == (t("papers.no_contact"), "0012")
    everything = "".join(parts.values())
    assert "2000-01-01T00:00:00Z</dcterms:created>" in parts["docProps/core.xml"]  # not when, which the notes say
    assert "0811-0000-9999" not in everything
    assert "RAHASIA-SENDIRI" not in everything


def test_a_second_sheet_says_what_it_is(known: Village) -> None:
    notes = dict(read(residents_xlsx(export(known)))["Keterangan"])
    assert notes[t("papers.note.village")] == "Noelbaki"
    assert notes[t("papers.note.day")] == "21 November 2026"
    assert (notes[t("papers.note.count")], notes[t("papers.note.reason")]) == ("3", WHY)
    assert notes[t("papers.note.personal")] == t("papers.personal")
    assert notes[t("papers.note.practice")] == t("forms.practice")


def test_taking_it_out_is_noted_with_its_reason(known: Village) -> None:
    before = noted(known)
    export(known, Wanted("siti"), f"  {WHY} ")
    [(type_name, _, volunteer, changes)] = noted(known)[len(before) :]
    assert (type_name, bool(volunteer)) == ("device", True)
    assert f"{WHY} (1)" in changes
    assert "Siti" not in changes
    with pytest.raises(ListReasonMissing):
        export(known, reason="  ")
    assert len(noted(known)) == len(before) + 1


def test_what_was_taken_out_can_be_taken_in_again_and_changes_nothing(known: Village, tmp_path: Path) -> None:
    places = [{"residency": each.value} for each in Residency]
    places += [{"household_role": each.value} for each in HouseholdRole]
    places += [{"marital_status": each.value, "sex": "m"} for each in Marital]
    with known.store.work() as work:
        made = [
            record_person(work, name=f"Warga {chr(65 + number)}", nik=f"53010812059{number:05}", **fields).person.id
            for number, fields in enumerate(places, start=1)
        ]
    out = tmp_path / "warga.xlsx"
    out.write_bytes(residents_xlsx(export(known, Wanted(ids=(*made, known.maria)))))
    seen = preview(known.store, out)
    counts = {outcome.value: count for outcome, count in seen.plan.counts().items() if count}
    assert [(each.row, each.column, each.reason, each.params) for each in seen.refusals] == []
    assert (counts, seen.layout) == ({"unchanged": len(made) + 1}, "template")
    with known.store.work() as work:
        for each in made:
            delete(work, "person", each, Reason.ENTERED_TWICE)


def test_an_empty_list_is_a_workbook_too(known: Village) -> None:
    sheets = read(residents_xlsx(export(known, Wanted("tidak ada orang ini"))))
    assert len(sheets["Warga"]) == 1
    assert dict(sheets["Keterangan"])[t("papers.note.count")] == "0"


CELLS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=30) | st.sampled_from(
    ["=1+1", "+62", "-1", "@SUM(A1)", "http://x.invalid", "007", "1E5", "#N/A", "<b>", "  x  ", "a\nb", "_x0041_"]
)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(CELLS, CELLS), max_size=6))
def test_any_text_is_read_back_as_it_was(rows: list[tuple[str, str]]) -> None:
    sheet = ResidentsSheet("W", ("a", "b"), tuple(rows), "K", (("x", "y"),))
    found = read(residents_xlsx(sheet))["W"][1:]
    assert [[value or "" for value in row] for row in found][: len(rows)] == [list(row) for row in rows][: len(found)]
    assert not any(any(row) for row in rows[len(found) :])
    assert residents_xlsx(sheet) == residents_xlsx(sheet)


def test_a_text_too_long_for_a_cell_is_seen_to_be_cut() -> None:
    sheet = ResidentsSheet("W", ("a",), (("x" * (CELL_LIMIT + 1),), ("y" * CELL_LIMIT,)), "K", (("x", "y"),))
    [[cut], [whole]] = read(residents_xlsx(sheet))["W"][1:]
    assert (len(str(cut)), str(cut)[-1], whole) == (CELL_LIMIT, "…", "y" * CELL_LIMIT)


def test_the_command_writes_it(known: Village, tmp_path: Path) -> None:
    out = tmp_path / "warga.xlsx"
    start = ("--json", "--store", known.store.folder, "residents", "export", "--out", out)
    refused(cli(*start, "--reason", " ", passphrase=PASSPHRASE), "list_reason_missing")
    assert not out.exists()
    said = done(cli(*start, "--reason", WHY, passphrase=PASSPHRASE))
    assert said == {"file": str(out), "residents": 3}
    assert len(read(out.read_bytes())["Warga"]) == 4
    assert out.stat().st_mode & 0o077 == 0
    refused(cli(*start, "--reason", WHY, passphrase=PASSPHRASE), "file_exists")
