# SPDX-License-Identifier: GPL-3.0-or-later
"""Workbooks read as text: no digit lost in silence, nothing hidden read, and no file that can end the program."""

from __future__ import annotations

import zipfile
from dataclasses import replace
from datetime import date, datetime, time
from pathlib import Path

import openpyxl
import pytest
from openpyxl.worksheet.cell_range import CellRange
from workbook_tools import write_table
from xlsxwriter import Workbook

from trafficwatch.registry.workbook import archive, sheets
from trafficwatch.registry.workbook.cells import (
    DIGITS_LOST,
    ERROR,
    MERGED,
    NO_RESULT,
    QUOTE_OPEN,
    SEVERAL_LINES,
    TOO_LONG,
)
from trafficwatch.registry.workbook.errors import (
    SheetUnknown,
    WorkbookTooLarge,
    WorkbookTooWide,
    WorkbookUnreadable,
)
from trafficwatch.registry.workbook.sheets import Sheet, open_book, read_sheet
from trafficwatch.store.files import FileNotReadable


def only(path: Path) -> Sheet:
    book = open_book(path)
    assert len(book.visible) == 1
    return read_sheet(book, book.visible[0])


def ods(path: Path, *rows: str) -> Path:
    """An ODS with a visible sheet of these rows and a hidden one."""
    named = "".join(
        f' xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
        for name in ("office", "style", "table", "text")
    )
    named += ' xmlns:calcext="urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0"'
    styles = "".join(
        f'<style:style style:name="{name}" style:family="table"><style:table-properties table:display="{shown}"/>'
        "</style:style>"
        for name, shown in (("a", "true"), ("b", "false"))
    )
    hidden = "<table:table-row><table:table-cell office:value-type='string'><text:p>x</text:p></table:table-cell>"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        made.writestr("META-INF/manifest.xml", "<manifest/>")
        made.writestr(
            "content.xml",
            f"<office:document-content{named}><office:automatic-styles>{styles}</office:automatic-styles><office:body>"
            f'<office:spreadsheet><table:table table:name="Warga" table:style-name="a">{"".join(rows)}</table:table>'
            f'<table:table table:name="Kode" table:style-name="b">{hidden}</table:table-row></table:table>'
            "</office:spreadsheet></office:body></office:document-content>",
        )
    return path


def cell(kind: str, text: str, more: str = "") -> str:
    return f'<table:table-cell office:value-type="{kind}" {more}><text:p>{text}</text:p></table:table-cell>'


def row(*cells: str, times: int = 1) -> str:
    return f'<table:table-row table:number-rows-repeated="{times}">{"".join(cells)}</table:table-row>'


def test_every_kind_of_cell_becomes_the_text_that_it_shows(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    values = (
        " Maria  Rekaan ",
        3,
        3.5,
        123456789012345,
        date(1990, 5, 17),
        datetime.combine(date(1990, 5, 17), time(3, 4)),
        time(3, 4),
        True,
    )
    book.active.append(values)
    book.save(tmp_path / "a.xlsx")
    [row] = only(tmp_path / "a.xlsx").rows
    shown = ("Maria Rekaan", "3", "3.5", "123456789012345", "1990-05-17", "1990-05-17 03:04:00", "03:04:00", "TRUE")
    assert (row.number, row.cells, dict(row.odd)) == (1, shown, {})


def test_cells_that_cannot_be_trusted_are_marked(tmp_path: Path) -> None:
    with Workbook(tmp_path / "a.xlsx") as book:
        sheet = book.add_worksheet()
        sheet.write_number(1, 0, 5301085705900001)
        sheet.write_string(1, 1, "5301085705900001")
        sheet.write_formula(1, 2, "=1/0", None, "#DIV/0!")
        sheet.write_formula(1, 3, '="Maria"', None, "Maria")
        sheet.write_string(1, 4, "x" * 2_001)
        sheet.merge_range(1, 5, 2, 6, "bersama")
        sheet.write_string(2, 7, "x")
    found = only(tmp_path / "a.xlsx")
    row, below = found.rows
    assert dict(below.odd) == {5: MERGED, 6: MERGED}
    assert dict(row.odd) == {0: DIGITS_LOST, 2: ERROR, 4: TOO_LONG, 6: MERGED}
    assert (row.number, row.cells[1], row.cells[3], len(row.cells[4])) == (2, "5301085705900001", "Maria", 2_000)
    assert (found.formulas, found.merged) == (2, 3)


def test_a_formula_that_was_never_calculated_is_marked(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.append(["Maria", "=1+1"])
    book.save(tmp_path / "a.xlsx")
    [row] = only(tmp_path / "a.xlsx").rows
    assert dict(row.odd) == {1: NO_RESULT}


def test_rows_and_columns_keep_their_places(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active["C5"] = "Maria"
    book.active["D9"] = "Siti"
    book.save(tmp_path / "a.xlsx")
    found = only(tmp_path / "a.xlsx")
    assert [(row.number, row.cells) for row in found.rows] == [(5, ("", "", "Maria", "")), (9, ("", "", "", "Siti"))]
    assert (found.total, found.empty) == (9, 7)


def test_hidden_sheets_are_named_and_not_read(tmp_path: Path) -> None:
    with Workbook(tmp_path / "a.xlsx") as book:
        book.add_worksheet("Warga").write_string(0, 0, "Maria")
        for name in ("Kode", "Rahasia"):
            hidden = book.add_worksheet(name)
            hidden.write_string(0, 0, "x")
            hidden.hide() if name == "Kode" else hidden.very_hidden()
    found = open_book(tmp_path / "a.xlsx")
    assert (found.visible, found.hidden) == (("Warga",), ("Kode", "Rahasia"))
    with pytest.raises(SheetUnknown):
        read_sheet(found, "Kode")


def test_an_ods_is_read_like_an_xlsx(tmp_path: Path) -> None:
    name, nik = cell("string", "Maria"), cell("float", "5301085705900000", 'office:value="5301085705900001"')
    born, empty = cell("date", "17/05/90", 'office:date-value="1990-05-17"'), "<table:table-cell/>"
    path = ods(tmp_path / "a.ods", row(empty, times=3), row(empty, name, nik, born), row(empty, times=1_000_000))
    found = only(path)
    [read] = found.rows
    assert (read.number, read.cells[1], read.cells[3], dict(read.odd)) == (4, "Maria", "1990-05-17", {2: DIGITS_LOST})
    assert (open_book(path).hidden, found.total) == (("Kode",), 4)


def test_two_hundred_thousand_empty_rows_are_counted(tmp_path: Path) -> None:
    path = ods(tmp_path / "a.ods", row(cell("string", "Maria")), row(times=200_000), row(cell("string", "Siti")))
    found = only(path)
    assert ([row.number for row in found.rows], found.empty) == ([1, 200_002], 200_000)
    book = openpyxl.Workbook()
    book.active["A1"], book.active["A200002"] = "Maria", "Siti"
    book.save(tmp_path / "a.xlsx")
    found = only(tmp_path / "a.xlsx")
    assert ([row.number for row in found.rows], found.empty) == ([1, 200_002], 200_000)


@pytest.mark.parametrize("reference", ["XFD1048576", "A300001", "GS1"])
def test_cells_in_far_corners_are_refused_before_memory_runs_out(tmp_path: Path, reference: str) -> None:
    book = openpyxl.Workbook()
    book.active["A1"], book.active[reference] = "Maria", "x"
    book.save(tmp_path / "a.xlsx")
    with pytest.raises(WorkbookTooWide):
        open_book(tmp_path / "a.xlsx")


def test_a_block_that_no_laptop_holds_is_refused(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active["A1"], book.active["GR300000"] = "Maria", "x"  # within both limits, 60 million cells
    book.save(tmp_path / "a.xlsx")
    with pytest.raises(WorkbookTooWide):
        open_book(tmp_path / "a.xlsx")
    repeated = row(cell("string", "x", 'table:number-columns-repeated="16384"'), times=1_000_000)
    with pytest.raises(WorkbookTooWide):
        open_book(ods(tmp_path / "a.ods", repeated))


def renamed(old: Path, new: Path, names: dict[str, str], more: tuple[str, ...] = ()) -> Path:
    """A workbook whose members have other names; `more` members hold nothing."""
    with zipfile.ZipFile(old) as packed, zipfile.ZipFile(new, "w", zipfile.ZIP_DEFLATED) as made:
        for name in packed.namelist():
            made.writestr(names.get(name, name), packed.read(name))
        for name in more:
            made.writestr(name, "<a/>")
    return new


@pytest.mark.parametrize("name", ["xl/Worksheets/sheet1.xml", "XL/WORKSHEETS/SHEET1.XML", r"xl\worksheets\sheet1.xml"])
def test_a_sheet_is_walked_however_its_member_is_spelled(tmp_path: Path, name: str) -> None:
    names = {"xl/worksheets/sheet1.xml": name}
    book = openpyxl.Workbook()
    book.active["A1"] = "Maria"
    book.save(tmp_path / "a.xlsx")
    assert only(renamed(tmp_path / "a.xlsx", tmp_path / "b.xlsx", names)).rows[0].cells == ("Maria",)
    book.active["GR80000"] = "x"
    book.save(tmp_path / "a.xlsx")
    with pytest.raises(WorkbookTooWide):
        open_book(renamed(tmp_path / "a.xlsx", tmp_path / "b.xlsx", names))


@pytest.mark.parametrize("more", ["xl/Worksheets/sheet1.xml", "content.xml", "xl/workbook.bin"])
def test_a_workbook_that_can_be_read_in_two_ways_is_refused(tmp_path: Path, more: str) -> None:
    write_table(tmp_path / "a.xlsx", ("Nama", "NIK"))
    with pytest.raises(WorkbookUnreadable):
        open_book(renamed(tmp_path / "a.xlsx", tmp_path / "b.xlsx", {}, (more,)))


def test_a_sheet_that_was_not_walked_is_never_read(tmp_path: Path) -> None:
    book = open_book(write_table(tmp_path / "a.xlsx", ("Nama", "NIK")))
    with pytest.raises(WorkbookUnreadable):
        read_sheet(replace(book, walked={}), "Data")


@pytest.mark.parametrize("reach", ["A1:GR1048576", "A1:XFD3"])
def test_merged_cells_reach_no_farther_than_the_sheet(tmp_path: Path, reach: str) -> None:
    book = openpyxl.Workbook()
    book.active.append(["Nama", "NIK", "Alamat"])
    book.active.append(["Maria", "1", "RT 1"])
    book.active.merged_cells.add(reach)
    book.save(tmp_path / "a.xlsx")
    found = only(tmp_path / "a.xlsx")
    assert ([dict(row.odd) for row in found.rows], found.merged) == (
        [{1: MERGED, 2: MERGED}, {0: MERGED, 1: MERGED, 2: MERGED}],
        5,
    )


def test_merged_cells_that_lie_on_one_another_are_refused(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.append(["Nama", "NIK"])
    book.active.merged_cells.ranges |= {CellRange("A1:B1"), CellRange("A1:B2")}
    book.save(tmp_path / "a.xlsx")
    with pytest.raises(WorkbookUnreadable):
        only(tmp_path / "a.xlsx")


def test_errors_empty_results_and_merged_cells_of_an_ods_are_marked(tmp_path: Path) -> None:
    formula = 'table:formula="of:=A1"'
    error = cell("string", "#N/A", f'{formula} office:string-value="" calcext:value-type="error"')
    old_error = cell("float", "Err:502", f'{formula} office:value="0"')
    nothing = cell("string", "", f'{formula} office:string-value=""')
    result, covered = cell("string", "Maria", formula), "<table:covered-table-cell/>"
    path = ods(
        tmp_path / "a.ods",
        row(error, old_error, nothing, result, cell("string", "#N/A")),
        row(covered, cell("string", "x"), covered, times=3),
        row('<table:covered-table-cell table:number-columns-repeated="16384"/>', times=1_000_000),
    )
    found = only(path)
    below = {0: MERGED, 2: MERGED}
    assert [dict(row.odd) for row in found.rows] == [{0: ERROR, 1: ERROR, 2: NO_RESULT}, below, below, below]
    assert (found.formulas, found.merged, found.total) == (4, 6, 4)


def test_what_unpacks_to_too_much_or_lies_about_it_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write_table(tmp_path / "a.xlsx", ("Nama", "NIK"))
    with zipfile.ZipFile(path) as packed:
        largest = max(packed.infolist(), key=lambda one: one.file_size)
    content = path.read_bytes()
    lying = content.replace(largest.file_size.to_bytes(4, "little"), (10).to_bytes(4, "little"))
    assert lying != content
    (tmp_path / "b.xlsx").write_bytes(lying)
    with pytest.raises(WorkbookUnreadable):
        open_book(tmp_path / "b.xlsx")
    monkeypatch.setattr(archive, "UNPACKED_LIMIT", 1_000)
    with pytest.raises(WorkbookTooLarge):
        open_book(path)
    monkeypatch.setattr(sheets, "FILE_LIMIT", 100)
    with pytest.raises(WorkbookTooLarge):
        open_book(path)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"   \n",
        b"PK\x03\x04 no archive",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 no workbook",
        b"<html><table><tr><td>nama</td></tr></table></html>",
        b"nama;nik\0\0\0",
        b"\xff\xfe\x00",
        "<".encode("utf-16"),
        b'nama;nik\n"' + b"x" * 200_000,
    ],
)
def test_what_is_no_table_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a.xls"
    path.write_bytes(content)
    with pytest.raises(WorkbookUnreadable):
        only(path)


@pytest.mark.parametrize("member", ["xl/worksheets/sheet1.xml", "xl/workbook.xml", "xl/sharedStrings.xml"])
@pytest.mark.parametrize(
    "content", [b"<worksheet><sheetData><row>", b"\x00\xff", b"<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>"]
)
def test_a_damaged_workbook_is_refused(tmp_path: Path, member: str, content: bytes) -> None:
    whole = write_table(tmp_path / "a.xlsx", ("Nama", "NIK"), ("Maria", "1"))
    with zipfile.ZipFile(whole) as old, zipfile.ZipFile(tmp_path / "b.xlsx", "w") as new:
        for name in old.namelist():
            new.writestr(name, content if name == member else old.read(name))
    with pytest.raises(WorkbookUnreadable):
        only(tmp_path / "b.xlsx")


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(FileNotReadable):
        open_book(tmp_path / "a.xlsx")
    (tmp_path / "b.xlsx").mkdir()
    with pytest.raises(FileNotReadable):
        open_book(tmp_path / "b.xlsx")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("separator", [";", ",", "\t"])
def test_a_csv_is_read_in_any_encoding_and_with_any_separator(tmp_path: Path, encoding: str, separator: str) -> None:
    lines = [
        ("Nama", "NIK", "Alamat"),
        ("José Ñoño", "5301085705900001", "RT 1\nRW 2"),
        ("", "", ""),
        ("Siti", "0", ""),
    ]
    text = "\r\n".join(separator.join(f'"{part}"' if "\n" in part else part for part in line) for line in lines)
    path = tmp_path / "warga.csv"
    path.write_bytes(text.encode(encoding))
    found = only(path)
    assert [row.cells for row in found.rows] == [lines[0], ("José Ñoño", "5301085705900001", "RT 1 RW 2"), lines[3]]
    assert (open_book(path).encoding, found.name, found.empty) == (encoding, "warga", 1)


def test_commas_inside_of_names_are_no_separators(tmp_path: Path) -> None:
    path = tmp_path / "warga.csv"
    path.write_text("Nama;NIK\nMaria, S.Pd, M.Pd;1\nSiti, S.Ag, M.Ag;2\n", "utf-8")
    assert [row.cells for row in only(path).rows] == [
        ("Nama", "NIK"),
        ("Maria, S.Pd, M.Pd", "1"),
        ("Siti, S.Ag, M.Ag", "2"),
    ]


def test_a_quote_that_nothing_closes_costs_one_row(tmp_path: Path) -> None:
    lines = ["Nama;NIK;Alamat", '"Haji Dul;1;Dusun 1', *(f"Orang {n};{n};Dusun {n}" for n in range(300))]
    path = tmp_path / "warga.csv"
    path.write_text("\n".join(lines), "utf-8")
    found = only(path)
    assert [row.number for row in found.rows] == list(range(1, 303))
    assert [(row.number, row.broken, row.lines) for row in found.rows if row.broken] == [(2, QUOTE_OPEN, 1)]
    assert found.rows[1].cells == ('"Haji Dul', "1", "Dusun 1")


@pytest.mark.parametrize(
    ("broken", "expected"),
    [
        (['"Haji Dul;1;Dusun 1', "Maria;2;Dusun 2", 'Sri";3;Dusun 3'], [(SEVERAL_LINES, 3)]),
        (['Dul;1;"RT 1', 'RW 2"'], [("", 2)]),
        (['Dul;"1;Dusun 1', 'Maria;2";Dusun 2'], [(SEVERAL_LINES, 2)]),
        (['Dul;1;"RT 1;', 'RW 2"'], [(SEVERAL_LINES, 2)]),
        (['"Dul', "Maria", 'Sri"'], [(SEVERAL_LINES, 3)]),
        (['"Haji" Dul;1;Dusun 1', 'Ny. Sri;2;Jl. "Melati"'], [(QUOTE_OPEN, 1), ("", 1)]),
        (['"Haji Dul;1;', 'Ny. Sri;2;"Melati"'], [(QUOTE_OPEN, 1), ("", 1)]),
        (['"Haji ""Dul""";1;'], [("", 1)]),
    ],
)
def test_no_line_of_a_csv_disappears_in_a_quote(
    tmp_path: Path, broken: list[str], expected: list[tuple[str, int]]
) -> None:
    path = tmp_path / "warga.csv"
    path.write_text("\n".join(["Nama;NIK;Alamat", *broken, "Siti;4;Dusun 4"]), "utf-8")
    first, *rows, last = only(path).rows
    assert [(row.broken, row.lines) for row in rows] == expected
    assert (first.broken, last.broken, last.cells) == ("", "", ("Siti", "4", "Dusun 4"))


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_line_break_in_a_cell_of_a_csv_is_a_blank_and_the_rows_are_counted_as_the_office_shows_them(
    tmp_path: Path, end: str
) -> None:
    path = tmp_path / "warga.csv"
    lines = ['"Nama', 'lengkap",NIK,Alamat', 'Dul,1,"Jl. Mawar, RT 1', "", 'RW 2"', "Siti,2,Dusun 4", '"Haji" Ali,3,x']
    path.write_bytes(end.join(lines).encode())
    found = only(path)
    assert [(row.number, row.cells, row.broken) for row in found.rows] == [
        (1, ("Nama lengkap", "NIK", "Alamat"), ""),
        (2, ("Dul", "1", "Jl. Mawar, RT 1 RW 2"), ""),
        (3, ("Siti", "2", "Dusun 4"), ""),
        (4, ('"Haji" Ali', "3", "x"), QUOTE_OPEN),
    ]
    assert found.total == 4
