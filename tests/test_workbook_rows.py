# SPDX-License-Identifier: GPL-3.0-or-later
"""What a row says, in every layout that villages have: codes, dates, families, and the traps of exports."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from workbook_tools import COLUMNS

from trafficwatch.registry.workbook.cells import SheetRow
from trafficwatch.registry.workbook.rows import PersonRow, Reading, read_rows
from trafficwatch.registry.workbook.take_in import codes, layouts
from trafficwatch.registry.workbook.values import Odd, address_of, birth_date_of, family_of

TODAY = date(2026, 11, 21)
SIAK = (
    "Nomor KK;NIK;Nama Penduduk;Status;Tempat Lahir;Tanggal Lahir;Kelamin;NIK Ayah;Ayah;NIK Ibu;Ibu;Status Kawin;SHDK;"
    "Agama;Kecamatan;Desa/Kel;Alamat;RW;RT;Pendidikan;Pekerjaan;Deskripsi Pekerjaan;Gol. Darah;Cacat;Cetak KTP"
)
BIP_2012 = "NO;NIK;NAMA;JK;TMPT LHR;TGL LHR;KTPEL;AGAMA;STATUS;HUB. KEL;PENDIDIKAN;PEKERJAAN;NAMA IBU;NAMA AYAH"
BIP_2016 = "No;Nama Lengkap;NIK;Tempat Lahir;Tgl;JK (Lk/Pr);SHDK;Agama;Pendidikan;Pekerjaan;Ibu;Ayah"
BIP_EKTP = (
    "No;Nama Lengkap;NIK;Tempat Lahir;Tgl;JK (Lk/Pr);Stat Kwn;Gol. Drh;SHDK;Agama;Pendidikan;Pekerjaan;Ibu;Ayah;No Akta"
)


def read(*lines: tuple[str, ...], today: date = TODAY) -> Reading:
    found = layouts().find(lines)
    assert found is not None
    rows = [SheetRow(number, cells) for number, cells in enumerate(lines[found.place + 1 :], found.place + 2)]
    return read_rows(rows, found, layouts().columns(found), codes(), today)


def opensid(**cells: str) -> PersonRow:
    values = {"nama": "Maria Rekaan", **cells}
    [row] = read(COLUMNS, tuple(values.get(name, "") for name in COLUMNS)).rows
    return row


def one(heading: str, cell: str) -> PersonRow:
    [row] = read(("Nama", "NIK", "Alamat", heading), ("Maria Rekaan", "", "", cell)).rows
    return row


def reasons(row: PersonRow) -> list[tuple[str, str]]:
    return [(finding.column, finding.reason) for finding in row.refusals]


@pytest.mark.parametrize(
    ("name", "header"),
    [
        ("opensid", COLUMNS),
        ("opensid", tuple(reversed(COLUMNS))),
        ("siak", tuple(SIAK.split(";"))),
        ("bip2012", tuple(BIP_2012.split(";"))),
        ("bip2016", tuple(BIP_2016.split(";"))),
        ("bip_ektp", tuple(BIP_EKTP.split(";"))),
        ("free", ("NAMA", "N I K", "tgl. lahir")),
        (None, ("Nama", "Jumlah", "Harga")),
        (None, ("nik", "alamat", "rt")),
        (None, ()),
    ],
)
def test_a_layout_is_known_by_its_columns(name: str | None, header: tuple[str, ...]) -> None:
    found = layouts().recognise(header)
    assert (found.name if found else None) == name


def test_titles_may_stand_above_the_header() -> None:
    titles = [("DAFTAR PENDUDUK",), ("Desa Karangan", "Nama: NIK"), ()] * 6
    found = layouts().find([*titles, ("Nama", "NIK", "Alamat"), ("Nama", "NIK", "Alamat", "RT")])
    assert found is not None
    assert found.place == 19
    assert layouts().find([*titles, (), (), ("Nama", "NIK", "Alamat")]) is None


def test_opensid_codes_as_numbers_and_as_words_say_the_same() -> None:
    numbers = opensid(sex="2", agama_id="3", status_kawin="04", kk_level="3", pekerjaan_id="79", status_dasar="6")
    words = opensid(
        sex="pr",
        agama_id="KATHOLIK",
        status_kawin="CM",
        kk_level=" Istri ",
        pekerjaan_id="PELAUT",
        status_dasar="Pergi",
    )
    expected = {
        "name": "Maria Rekaan",
        "sex": "f",
        "religion": "Katolik",
        "marital_status": "widowed",
        "household_role": "wife",
        "occupation": "Pelaut",
        "residency": "away",
    }
    assert dict(numbers.fields) == dict(words.fields) == expected


@pytest.mark.parametrize(
    ("code", "residency"), [("1", "present"), ("2", "dead"), ("3", "moved"), ("4", "missing"), ("6", "away")]
)
def test_the_status_says_whether_somebody_lives_here(code: str, residency: str) -> None:
    assert opensid(status_dasar=code).fields["residency"] == residency


@pytest.mark.parametrize(
    ("code", "reason"), [("9", "record_invalid"), ("Tidak Valid", "record_invalid"), ("5", "code_unknown")]
)
def test_a_status_that_is_none_is_refused(code: str, reason: str) -> None:
    assert reasons(opensid(status_dasar=code)) == [("status_dasar", reason)]


def test_the_export_in_words_writes_the_status_from_the_wrong_table() -> None:
    assert opensid(status_dasar="TETAP").fields["residency"] == "present"
    dead = opensid(status_dasar="TIDAK TETAP")
    assert (dead.fields["residency"], [finding.reason for finding in dead.remarks]) == (
        "dead",
        ["dead_by_export_words"],
    )
    assert reasons(one("Status Penduduk", "Tidak tetap")) == [("Status Penduduk", "code_unknown")]
    assert "nationality" not in opensid(ktp_el="WNI").fields  # the other trap: never read at all


def test_nothing_about_migration_is_read_out_of_work() -> None:
    assert opensid(pekerjaan_id="23").fields.keys() == {"name", "occupation"}


@pytest.mark.parametrize(
    ("cell", "stored"),
    [
        ("17-05-1990", "1990-05-17"),
        ("17/5/1990", "1990-05-17"),
        ("1990-05-17", "1990-05-17"),
        ("1990-05-17 00:00:00", "1990-05-17"),
        ("'17 Mei 1990", "1990-05-17"),
        ("33010", "1990-05-17"),
        ("Mei 1990", "1990-05"),
        ("1990", "1990"),
        ("sekitar 1990", "1990~"),
        ("0000-00-00", None),
        ("-", None),
    ],
)
def test_a_date_of_birth_is_read_as_it_is_written(cell: str, stored: str | None) -> None:
    row = one("Tanggal lahir", cell)
    assert (row.fields.get("birth_date"), row.refusals) == (stored, ())


@pytest.mark.parametrize(
    ("cell", "reason", "params"),
    [
        ("30-02-1990", "no_such_day", {"day": 30, "last": 28}),
        ("5/17/1990", "no_such_month", {"month": 17}),
        ("17-05-90", "unreadable_date", {}),
        ("kemarin", "unreadable_date", {}),
        ("17-05-1890", "year_out_of_range", {"first": 1900, "last": 2100}),
        ("22-11-2026", "date_in_future", {}),
        ("2027", "date_in_future", {}),
    ],
)
def test_an_impossible_date_is_refused_by_its_column(cell: str, reason: str, params: dict[str, Any]) -> None:
    [found] = one("Tanggal lahir", cell).refusals
    assert (found.row, found.column, found.reason, found.params) == (2, "Tanggal lahir", reason, params)


@given(st.text(max_size=30))
def test_any_text_is_a_date_or_refused(text: str) -> None:
    try:
        born = birth_date_of(text, TODAY)
    except Odd:
        return
    assert born.earliest() is None or born.earliest() <= TODAY  # type: ignore[operator]


@pytest.mark.parametrize(
    ("cell", "nik", "status"),
    [
        ("5301085705900001", "5301085705900001", "told"),
        ("'5301 0857 0590 0001\u00a0", "5301085705900001", "told"),
        ("0", None, "none"),
        ("", None, None),
        ("-", None, None),
    ],
)
def test_a_nik_keeps_its_digits(cell: str, nik: str | None, status: str | None) -> None:
    row = opensid(nik=cell)
    assert (row.fields.get("nik"), row.fields.get("nik_status"), row.refusals) == (nik, status, ())


@pytest.mark.parametrize(
    ("cell", "reason"),
    [
        ("530108570590001", "nik_wrong_length"),
        ("53010857O5900001", "nik_not_digits"),
        ("5,30109E+15", "digits_lost"),
        ("5.301085705900001e+15", "digits_lost"),
    ],
)
def test_a_nik_that_lost_something_is_refused(cell: str, reason: str) -> None:
    assert reasons(opensid(nik=cell)) == [("nik", reason)]
    assert reasons(opensid(no_kk=cell)) == [("no_kk", reason.replace("nik_", "kk_"))]


def test_a_nik_with_impossible_parts_is_kept_with_the_reason() -> None:
    row = opensid(nik="5301083213900001", tanggallahir="1990-05-17")
    assert (row.refusals, [finding.reason for finding in row.remarks]) == ((), ["nik_no_such_date"])
    row = opensid(nik="5301085705900001", tanggallahir="1991-05-17", sex="1")
    assert {finding.reason for finding in row.remarks} == {"nik_other_birth_date", "nik_other_sex"}
    assert row.fields["nik"] == "5301085705900001"


def test_marked_cells_refuse_only_where_they_are_used() -> None:
    found = layouts().find([("Nama", "NIK", "Alamat", "Lain")])
    assert found is not None
    row = SheetRow(2, ("Maria", "", "x", "y"), {1: "merged_cells", 3: "error_value"})
    [read_row] = read_rows([row], found, layouts().columns(found), codes(), TODAY).rows
    assert reasons(read_row) == [("NIK", "merged_cells")]


def test_what_the_card_cannot_hold_is_refused() -> None:
    assert reasons(opensid(nama="")) == [("nama", "name_missing")]
    assert reasons(opensid(tempatlahir="x" * 201)) == [("tempatlahir", "text_too_long")]
    assert reasons(opensid(alamat="a\x07b")) == [("alamat", "value_impossible")]
    assert reasons(one("No HP", "0812" + "\x07")) == [("No HP", "value_impossible")]
    assert [finding.reason for finding in opensid(nama="Maria 2").remarks] == ["name_with_digits"]


def test_the_address_is_one_line() -> None:
    row = opensid(alamat="Jl. Rekaan 1", dusun="DUSUN KARANGAN", rt="3", rw="001")
    assert row.fields["address"] == "Jl. Rekaan 1, Dusun KARANGAN, RT 03 RW 01"
    assert address_of({"street": "RT 3 Karangan", "rt": "003", "hamlet": "karangan"}) == "RT 3 Karangan"
    assert address_of({"rt": "0", "rw": "2", "village": "Karangan"}) == "RW 02, Karangan"


def test_phones_are_kept_without_an_owner() -> None:
    assert one("No HP", "0812-0000-0001 / 081300000002").fields["phones"] == {
        "0812-0000-0001": "-",
        "081300000002": "-",
    }
    row = one("No HP", "tidak ada")
    assert ("phones" in row.fields, [finding.reason for finding in row.remarks]) == (False, ["phone_unreadable"])


def test_a_siak_export_is_read() -> None:
    cells = dict.fromkeys(SIAK.split(";"), "")
    cells |= {
        "Nama Penduduk": "MARIA REKAAN",
        "Kelamin": "Perempuan",
        "SHDK": "KEPALA KELUARGA",
        "Desa/Kel": "Karangan",
    }
    cells |= {"Status Kawin": "Cerai Hidup", "Alamat": "Jl. Rekaan", "RT": "001", "NIK Ayah": "5301080101600001"}
    [row] = read(tuple(cells), tuple(cells.values())).rows
    assert dict(row.fields) == {
        "name": "MARIA REKAAN",
        "sex": "f",
        "household_role": "head",
        "marital_status": "divorced",
        "address": "Jl. Rekaan, RT 01, Karangan",
    }


@pytest.mark.parametrize("header", [BIP_2012, BIP_2016, BIP_EKTP])
def test_a_book_of_residents_is_grouped_by_family(header: str) -> None:
    columns = header.split(";")
    name = "NAMA" if "NAMA" in columns else "Nama Lengkap"

    def member(of: str) -> tuple[str, ...]:
        return tuple({name: of, "JK": "L", "JK (Lk/Pr)": "Lk"}.get(column, "") for column in columns)

    reading = read(
        ("BUKU INDUK PENDUDUK",),
        tuple(columns),
        ("1", "2", "3", "4", "5"),
        ("No. KK : 5301080101900001", "", "ALAMAT : Jl. Rekaan RT/RW : 001/002 DUSUN : Karangan"),
        member("Maria Rekaan"),
        member("Siti Rekaan"),
        tuple(columns),
        ("Nomor KK", ":", "tidak ada"),
        member("Lain Rekaan"),
    )
    counted = reading.counted
    assert (counted.people, counted.families, counted.headings, counted.after_end) == (3, 2, 2, 0)
    first, second, third = reading.rows
    address = "Jl. Rekaan, Dusun Karangan, RT 01 RW 02"
    assert [(row.fields["kk_number"], row.fields["address"]) for row in (first, second)] == [
        ("5301080101900001", address)
    ] * 2
    assert ("kk_number" in third.fields, [finding.reason for finding in third.remarks]) == (
        False,
        ["family_without_kk"],
    )
    assert third.fields["sex"] == "m"


def test_a_name_is_no_family_heading() -> None:
    assert family_of("Maria Rekaan 5301080101900001") is None
    assert family_of("NO KK 5301080101900001") is not None


def test_opensid_stops_at_its_end_mark() -> None:
    end = ["", "###", *[""] * 41]
    person = ["Maria" if name == "nama" else "" for name in COLUMNS]
    reading = read(COLUMNS, tuple(person), tuple(end), tuple(person))
    assert (len(reading.rows), reading.counted.after_end) == (1, 2)


@given(st.lists(st.text(max_size=12), min_size=43, max_size=43))
def test_any_row_is_a_resident_that_the_card_can_hold_or_refused(cells: list[str]) -> None:
    for row in read(COLUMNS, tuple(cells)).rows:
        assert row.refusals or row.fields["name"]
        assert all(finding.row == 2 and finding.column in COLUMNS for finding in (*row.refusals, *row.remarks))


FAMILY = ("No. KK : 5301080101900001 Alamat: Jl Mawar RT 1 RW 2",)


@pytest.mark.parametrize(
    "member",
    [
        ("2", "Yosef Rekaan", "5301081705880002", "", "17-05-1988", "", "", "", "", "", "pecah dari No KK lama", ""),
        ("", "Yosef Rekaan (No KK hilang)", "5301081705880002", "", "17-05-1988"),
        ("", "Yosef Rekaan (No KK hilang)", "5301081705880002"),
        ("No KK?", "Yosef Rekaan", "", "", "17-05-1988"),
    ],
)
def test_a_resident_who_says_no_kk_is_no_family(member: tuple[str, ...]) -> None:
    reading = read(tuple(BIP_2016.split(";")), FAMILY, member, ("3", "Anak Rekaan"))
    assert (reading.counted.people, reading.counted.families) == (2, 1)
    assert [row.fields["kk_number"] for row in reading.rows] == ["5301080101900001"] * 2


@pytest.mark.parametrize(
    "heading",
    [
        FAMILY,
        ("", "", "No. KK : 5301080101900001"),
        ("No. KK", "Kepala Keluarga: Yosef", "5301080101900001", "Alamat", "Dusun 1"),
        ("NO KK", ":", "5301080101900001"),
        ("Keluarga 5301081705880002, nomor KK 5301080101900001",),
    ],
)
def test_the_number_of_a_family_stands_after_the_word(heading: tuple[str, ...]) -> None:
    reading = read(tuple(BIP_2016.split(";")), heading, ("1", "Anak Rekaan"))
    assert (reading.counted.families, reading.rows[0].fields["kk_number"]) == (1, "5301080101900001")


def test_a_row_that_is_broken_is_refused_whole() -> None:
    lines = ("Nama", "NIK", "Alamat"), ("Maria Rekaan", "", "RT 1 RW 2")
    found = layouts().find(lines)
    assert found is not None
    row = SheetRow(2, lines[1], broken="several_lines", lines=2)
    [read_row] = read_rows([row], found, layouts().columns(found), codes(), TODAY).rows
    assert [(one.column, one.reason, one.params) for one in read_row.refusals] == [
        ("Nama", "several_lines", {"lines": 2})
    ]
