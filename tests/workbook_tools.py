# SPDX-License-Identifier: GPL-3.0-or-later
"""A synthetic population workbook in OpenSID's layout: names that nobody has, and dirty rows of twelve kinds.

`village_rows` gives the rows and, for every dirty one, where and why it has to be refused. The benchmark uses it too.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from xlsxwriter import Workbook

_HEADER = (
    "alamat dusun rw rt nama no_kk nik sex tempatlahir tanggallahir agama_id pendidikan_kk_id"
    " pendidikan_sedang_id pekerjaan_id status_kawin kk_level warganegara_id ayah_nik nama_ayah ibu_nik nama_ibu"
    " golongan_darah_id akta_lahir dokumen_pasport tanggal_akhir_paspor dokumen_kitas akta_perkawinan"
    " tanggalperkawinan akta_perceraian tanggalperceraian cacat_id cara_kb_id hamil ktp_el status_rekam"
    " alamat_sekarang status_dasar suku tag_id_card id_asuransi no_asuransi lat lng"
)
COLUMNS = tuple(_HEADER.split())
_FIRST = 2
"""The first rows are clean: a NIK that stands twice is refused in the later one."""
KINDS = {
    "no_such_day": ("tanggallahir", "1990-02-30"),
    "digits_lost": ("nik", 5301085705900001),
    "nik_wrong_length": ("nik", "530108570590001"),
    "nik_not_digits": ("nik", "53010857O5900001"),
    "name_missing": ("nama", ""),
    "merged_cells": ("nik", None),
    "code_unknown/sex": ("sex", "3"),
    "code_unknown/status_kawin": ("status_kawin", "Janda"),
    "date_in_future": ("tanggallahir", "2031-01-01"),
    "nik_twice": ("nik", None),
    "text_too_long": ("tempatlahir", "Kupang " * 40),
    "record_invalid": ("status_dasar", "9"),
}
"""What is wrong -> the column and what stands in it; `merged_cells` and `nik_twice` depend on the rows before."""
_SYLLABLES = ("zel", "vor", "qui", "xan", "bru", "dol", "fim", "gath", "hul", "jep", "kor", "lum", "nax", "pyr", "rud")


@dataclass(frozen=True)
class Village:
    """Rows as column -> value; `refused` are (row in the file, column, reason), `merged` rows whose no_kk reaches over
    the nik.
    """

    rows: list[dict[str, Any]]
    refused: set[tuple[int, str, str]]
    merged: set[int]


def village_rows(count: int, share: float = 0.03, seed: int = 5) -> Village:
    """So many residents; `share` of the rows are dirty, of all kinds in turn."""
    chance = random.Random(seed)
    rows = [_resident(chance, number) for number in range(count)]
    refused, merged = set[tuple[int, str, str]](), set[int]()
    places = chance.sample(range(_FIRST, count), max(len(KINDS), round(count * share)))
    dirty = set(places)
    clean = [place for place in range(count) if place not in dirty and rows[place]["nik"] != "0"]
    for number, place in enumerate(places):
        kind, (column, value) = list(KINDS.items())[number % len(KINDS)]
        if kind == "merged_cells":
            merged.add(place)
        elif kind == "nik_twice":
            rows[place]["nik"] = rows[chance.choice([one for one in clean if one < place])]["nik"]
        else:
            rows[place][column] = value
        refused.add((place + 2, column, kind.partition("/")[0]))
    return Village(rows, refused, merged)


def write_village(path: Path, village: Village) -> Path:
    """The rows as an XLSX: all cells text, but for numbers."""
    with Workbook(path, {"constant_memory": False}) as book:
        sheet = book.add_worksheet("Data Penduduk")
        for column, name in enumerate(COLUMNS):
            sheet.write_string(0, column, name)
        kk, nik = COLUMNS.index("no_kk"), COLUMNS.index("nik")
        for place, row in enumerate(village.rows):
            for column, name in enumerate(COLUMNS):
                value = row.get(name, "")
                if isinstance(value, int):
                    sheet.write_number(place + 1, column, value)
                elif value and not (place in village.merged and column == nik):
                    sheet.write_string(place + 1, column, value)
            if place in village.merged:
                sheet.merge_range(place + 1, kk, place + 1, nik, row["no_kk"])
        hidden = book.add_worksheet("Kode Data")
        hidden.hide()
    return path


def write_table(path: Path, *rows: tuple[Any, ...], sheet: str = "Data") -> Path:
    """A small XLSX."""
    with Workbook(path) as book:
        made = book.add_worksheet(sheet)
        for place, cells in enumerate(rows):
            made.write_row(place, 0, cells)
    return path


def _resident(chance: random.Random, number: int) -> dict[str, Any]:
    day, month, year = chance.randint(1, 28), chance.randint(1, 12), chance.randint(1945, 2024)
    sex = chance.choice((1, 2))
    coded = f"{day + 40 * (sex == 2):02}{month:02}{year % 100:02}"
    return {
        "alamat": f"Jl. Rekaan {chance.randint(1, 90)}",
        "dusun": chance.choice(("KARANGAN", "DUSUN REKAAN", "-")),
        "rw": f"{chance.randint(1, 9):03}",
        "rt": f"{chance.randint(1, 20):03}",
        "nama": _name(chance),
        "no_kk": f"530108{10**9 + number // 4:010}",
        "nik": "0" if number % 50 == 49 else f"530108{coded}{number % 9_999 + 1:04}",
        "sex": str(sex),
        "tempatlahir": chance.choice(("Karangan", "Rekaan Baru")),
        "tanggallahir": f"{year}-{month:02}-{day:02}",
        "agama_id": str(chance.randint(1, 6)),
        "pendidikan_kk_id": str(chance.randint(1, 10)),
        "pekerjaan_id": str(chance.randint(1, 89)),
        "status_kawin": str(chance.randint(1, 4)),
        "kk_level": str(chance.randint(1, 11)),
        "warganegara_id": "1",
        "golongan_darah_id": "13",
        "hamil": "2",
        "ktp_el": "2",
        "status_dasar": chance.choice("111112346"),
    }


def _name(chance: random.Random) -> str:
    return " ".join("".join(chance.choices(_SYLLABLES, k=3)).title() for _ in range(chance.choice((1, 2, 3, 3))))
