# SPDX-License-Identifier: GPL-3.0-or-later
"""A questionnaire as an XLSForm and back: nothing is lost, pyxform takes it, and what is odd is refused by name."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import msgspec
import pytest
from desks import cli, done, refused
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet
from pyxform.xls2xform import convert

from trafficwatch.models.screening import Mode, Questionnaire, Words
from trafficwatch.screening import questionnaires
from trafficwatch.screening.documents import BrokenQuestionnaireError, to_document
from trafficwatch.screening.xlsform import read_xlsform, write_xlsform
from trafficwatch.texts import t

VERSIONS = ("screening@1", "screening@2")
XFORMS = "{http://www.w3.org/2002/xforms}"
LABEL, HINT = "label::Bahasa Indonesia (id)", "hint::Bahasa Indonesia (id)"
Sheets = dict[str, Worksheet]
Edit = Callable[[Sheets], object]


def small() -> Questionnaire:
    """Some questions of every kind, with a module: quick to write and to read."""
    whole = questionnaires.get("screening@2")
    module = next(each for each in whole.modules if sum(entry.module == each.code for entry in whole.entries) < 9)
    chosen = [*whole.entries[:3], *(entry for entry in whole.entries if entry.places and not entry.module)][:14]
    chosen += [entry for entry in whole.entries if entry.code == module.gate or entry.module == module.code]
    observed = next(entry for entry in whole.entries if entry.mode is Mode.OBSERVE)
    codes = {entry.code for entry in (*chosen, observed)}
    entries = tuple(
        replace(entry, asks=tuple(code for code in entry.asks if code in codes))
        for entry in dict.fromkeys((*chosen, observed))
    )
    groups = tuple(replace(each, asks=tuple(c for c in each.asks if c in codes)) for each in whole.groups)
    return replace(whole, entries=entries, groups=groups, modules=(module,))


SMALL = small()
FILE = write_xlsform(SMALL)


def edited(*edits: Edit, content: bytes = FILE) -> bytes:
    """The workbook as somebody left it in an office program."""
    book = load_workbook(BytesIO(content))
    for edit in edits:
        edit({sheet.title: sheet for sheet in book.worksheets})
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def cell(sheet: Worksheet, column: str, row: int) -> Any:
    heads = [each.value for each in sheet[1]]
    return sheet.cell(row, heads.index(column) + 1)


def row_of(sheet: Worksheet, name: str) -> int:
    """The row that begins, or is, what has this name."""
    head = "name" if "name" in [each.value for each in sheet[1]] else "code"
    return next(row for row in range(2, sheet.max_row + 1) if cell(sheet, head, row).value == name)


def put(sheet: str, row: str | int, column: str, value: str | None) -> Edit:
    def edit(sheets: Sheets) -> None:
        found = sheets[sheet]
        cell(found, column, row_of(found, row) if isinstance(row, str) else row).value = value

    return edit


def refusal(content: bytes) -> Mapping[str, str | int]:
    with pytest.raises(BrokenQuestionnaireError) as caught:
        read_xlsform(content, "tanya.xlsx")
    assert caught.value.params["file"] == "tanya.xlsx"
    return caught.value.params


def packed(parts: Mapping[str, str | bytes], content: bytes = FILE, *, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """The workbook with these members in the place of its own."""
    out = BytesIO()
    with zipfile.ZipFile(BytesIO(content)) as old, zipfile.ZipFile(out, "w", method) as new:
        for name in old.namelist():
            if name not in parts:
                new.writestr(name, old.read(name))
        for name, part in parts.items():
            new.writestr(name, part)
    return out.getvalue()


# -- there and back ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("ref", VERSIONS)
def test_nothing_is_lost_there_and_back(ref: str) -> None:
    asked = questionnaires.get(ref)
    content = write_xlsform(asked)
    assert read_xlsform(content, "a.xlsx") == asked
    assert write_xlsform(asked) == content


words = st.text(st.characters(exclude_categories=["Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"]), min_size=1, max_size=40)
texts = words.filter(str.strip) | st.sampled_from(["=1+1", " _x0041_ ", "${A} & <b>", "'", "Amati saja", "1e5", "007"])


@settings(max_examples=15)
@given(st.lists(texts, min_size=6, max_size=6), st.integers(0, len(SMALL.entries) - 1))
def test_every_text_comes_back_as_it_was(said: list[str], place: int) -> None:
    entries = list(SMALL.entries)
    pairs = [Words(*said[start : start + 2]) for start in (0, 2, 4)]
    entries[place] = replace(entries[place], text=pairs[0], help=pairs[1], short=pairs[2])
    asked = replace(SMALL, entries=tuple(entries), title=pairs[1])
    assert read_xlsform(write_xlsform(asked), "a.xlsx") == asked


def test_pyxform_makes_a_form_with_every_question() -> None:
    asked = questionnaires.newest()
    made = convert(BytesIO(write_xlsform(asked)), validate=False, file_type=".xlsx")
    assert made.warnings == []
    form = ElementTree.fromstring(made.xform)
    questions = {each.get("ref", "").rpartition("/")[2] for each in form.iter(f"{XFORMS}select1")}
    assert questions == {entry.code for entry in asked.entries}
    languages = [each.get("lang") for each in form.iter(f"{XFORMS}translation")]
    assert languages == ["Bahasa Indonesia (id)", "English (en)"]
    shown = {
        each.get("nodeset", "").rpartition("/")[2]: each.get("relevant", "") for each in form.iter(f"{XFORMS}bind")
    }
    for entry in asked.entries:
        gate = next((each.gate for each in asked.modules if each.code == entry.module), None)
        assert (f"/{gate} " in shown[entry.code]) if gate else not shown[entry.code]
    [head] = form.iter(f"{XFORMS}data")
    assert (head.get("id"), head.get("version")) == (asked.id, str(asked.version))


def test_what_is_only_looked_at_says_so_to_everybody() -> None:
    [observed] = [entry for entry in SMALL.entries if entry.mode is Mode.OBSERVE]
    sheet = load_workbook(BytesIO(FILE))["survey"]
    for row in range(2, sheet.max_row + 1):
        hint = cell(sheet, HINT, row).value or ""
        is_observed = cell(sheet, "name", row).value == observed.code
        assert hint.endswith(t("xlsform.observe", language="id")) == is_observed


# -- changed in an office program --------------------------------------------------------------------------------------


def test_other_words_a_new_question_and_one_less() -> None:
    reworded, gone = SMALL.entries[3].code, SMALL.entries[5].code

    def add(sheets: Sheets) -> None:
        sheet = sheets["survey"]
        below = row_of(sheet, reworded)
        values = [each.value for each in sheet[below]]
        sheet.insert_rows(below + 1)
        for column, value in enumerate(values, start=1):
            sheet.cell(below + 1, column).value = value
        cell(sheet, "name", below + 1).value = "N-NEW-1"

    def remove(sheets: Sheets) -> None:
        sheets["survey"].delete_rows(row_of(sheets["survey"], gone))
        for sheet in (sheets["survey"], sheets["x_groups"]):
            asks = "x_asks" if sheet.title == "survey" else "asks"
            for row in range(2, sheet.max_row + 1):
                left = [code for code in (cell(sheet, asks, row).value or "").split() if code != gone]
                cell(sheet, asks, row).value = ", ".join(left)

    content = edited(
        add, remove, put("survey", reworded, LABEL, "Apakah ini lain?"), put("settings", 2, "version", "7")
    )
    found = read_xlsform(content, "a.xlsx")
    assert found.ref == "screening@7"
    before = {entry.code: entry for entry in SMALL.entries}
    codes = [entry.code for entry in SMALL.entries if entry.code != gone]
    codes.insert(codes.index(reworded) + 1, "N-NEW-1")
    assert [entry.code for entry in found.entries] == codes
    assert found.entry(reworded).text == replace(before[reworded].text, id="Apakah ini lain?")
    assert found.entry("N-NEW-1").places == before[reworded].places


def test_numbers_and_sheets_in_other_hands() -> None:
    """A version that the office program took for a number, blanks around a code, a sheet's name in capitals."""

    def as_number(sheets: Sheets) -> None:
        cell(sheets["settings"], "version", 2).value = 2
        first = cell(sheets["survey"], "x_kind", row_of(sheets["survey"], SMALL.entries[0].code))
        first.value = f" {first.value} "
        sheets["settings"].title = "other"
        sheets["settings"].title = "Settings"  # openpyxl takes the two spellings for one name

    assert read_xlsform(edited(as_number), "a.xlsx") == SMALL


FIRST, MODULE = SMALL.entries[0].code, SMALL.modules[0]
BEHIND = next(entry.code for entry in SMALL.entries if entry.module)


@pytest.mark.parametrize(
    ("edit", "code", "reason"),
    [
        (put("survey", FIRST, "type", "text"), FIRST, "type"),
        (put("survey", FIRST, "x_places", "cara"), FIRST, "places"),
        (put("survey", BEHIND, "relevant", "${A-B} = 'no'"), BEHIND, "relevant"),
        (put("survey", f"module.{MODULE.code}", LABEL, "Lain"), f"module.{MODULE.code}", "group_words"),
        (put("survey", f"module.{MODULE.code}", "name", "own"), "own", "group_unknown"),
        (put("choices", "unknown", "name", "perhaps"), "choices", "choices"),
        (put("settings", 3, "version", "3"), "settings", "settings"),
        (put("survey", 1, "x_law", "x_source"), "survey", "no_column"),
        (lambda sheets: sheets["survey"].parent.remove(sheets["x_groups"]), "x_groups", "no_sheet"),
        (lambda sheets: setattr(sheets["survey"].cell(1, 40), "value", "name"), "survey", "column_twice"),
        (lambda sheets: setattr(sheets["survey"].cell(4, 40), "value", "apa"), "survey 4", "unknown_column"),
        (put("survey", 4, "name", "=A1"), "survey!B4", "formula"),
    ],
)
def test_what_would_be_lost_or_misread_is_refused(edit: Edit, code: str, reason: str) -> None:
    found = refusal(edited(edit))
    words = t(f"xlsform.reason.{reason}", language="id", column="\0", type="\0").split("\0")
    assert found["code"] == code
    assert str(found["reason"]).startswith(words[0])
    assert str(found["reason"]).endswith(words[-1])


@pytest.mark.parametrize(
    ("edit", "code"),
    [
        (put("survey", FIRST, LABEL, None), FIRST),
        (put("survey", FIRST, "x_source", None), FIRST),
        (put("survey", FIRST, "x_kind", "guess"), FIRST),
        (put("survey", FIRST, "x_max_age", "seventeen"), FIRST),
        (put("survey", BEHIND, "name", FIRST), FIRST),
        (put("survey", FIRST, "x_asks", "E-NO-ONE"), FIRST),
        (put("survey", MODULE.gate, "x_module", MODULE.code), MODULE.gate),
        (put("x_modules", MODULE.code, "gate", "E-NO-ONE"), MODULE.code),
        (put("settings", 2, "version", "two"), "JSON"),
    ],
)
def test_a_broken_questionnaire_is_refused_with_its_code(edit: Edit, code: str) -> None:
    assert refusal(edited(edit))["code"] == code


# -- hostile files -----------------------------------------------------------------------------------------------------


def sheet_of(rows: str) -> str:
    return f'<worksheet xmlns="urn:x"><sheetData>{rows}</sheetData></worksheet>'


SURVEY = "xl/worksheets/sheet1.xml"
LINE = '<row r="{0}"><c r="A{0}"><v>1</v></c></row>'
BOMB = "0" * 20_000_000
DOCTYPE = '<!DOCTYPE x [<!ENTITY a "b">]><worksheet xmlns="urn:x"/>'


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (lambda: b"", "unreadable"),
        (lambda: b"PK\x03\x04 nothing", "unreadable"),
        (lambda: FILE[: len(FILE) // 2], "unreadable"),
        (lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" * 200, "unreadable"),
        (lambda: b"PK" + bytes(3_000_000), "too_large"),
        (lambda: packed({SURVEY: BOMB}), "too_large"),
        (lambda: packed({SURVEY: DOCTYPE}), "unreadable"),
        (lambda: packed({SURVEY: "<worksheet>"}), "unreadable"),
        (lambda: packed({SURVEY: BOMB[:12_000_000]}), "unreadable"),  # one endless word: slow for a parser in pieces
        (lambda: packed({SURVEY: sheet_of('<row><c t="s"><v>99999</v></c></row>')}), "unreadable"),
        (lambda: packed({}, method=zipfile.ZIP_BZIP2), "unreadable"),
        (lambda: packed({"xl/vbaProject.bin": b"macro"}), "macro"),
        (lambda: packed({SURVEY: sheet_of("".join(map(LINE.format, range(1, 200_001))))}), "too_wide"),
        (lambda: packed({SURVEY: sheet_of('<row><c r="XFD1048576"><v>1</v></c></row>')}), "too_wide"),
        (lambda: packed({SURVEY: sheet_of("<row>" + "<c><v>1</v></c>" * 61 + "</row>")}), "too_wide"),
    ],
)
def test_a_hostile_workbook_is_refused_in_a_sentence(content: Callable[[], bytes], reason: str) -> None:
    assert refusal(content())["reason"] == t(f"xlsform.reason.{reason}", language="id")


def test_a_part_that_says_less_than_it_unpacks_to_is_refused() -> None:
    """The size in the archive's list is made small: nothing is unpacked beyond it, and the check sum fails."""
    content = bytearray(packed({SURVEY: BOMB}))
    listed = content.rindex(SURVEY.encode()) - 46
    content[listed + 24 : listed + 28] = (1_000).to_bytes(4, "little")
    assert refusal(bytes(content))["reason"] == t("xlsform.reason.unreadable", language="id")


@settings(max_examples=40)
@given(st.lists(st.tuples(st.integers(0, len(FILE) - 1), st.integers(0, 255)), min_size=1, max_size=4))
def test_a_damaged_workbook_is_read_rightly_or_refused(bytes_changed: list[tuple[int, int]]) -> None:
    content = bytearray(FILE)
    for place, value in bytes_changed:
        content[place] = value
    with suppress(BrokenQuestionnaireError):
        assert isinstance(read_xlsform(bytes(content), "a.xlsx"), Questionnaire)


# -- the command line --------------------------------------------------------------------------------------------------


def test_written_and_checked_on_the_command_line(tmp_path: Path) -> None:
    form = tmp_path / "tanya.xlsx"
    said = done(cli("--json", "screen", "xlsform", "--questionnaire", "screening@1", "--out", form))
    assert said == {"questionnaire": "screening@1", "entries": 97, "file": str(form)}
    assert done(cli("--json", "screen", "check", form)) == said
    assert "Tidak ada yang salah" in cli("screen", "check", form).out
    refused(cli("--json", "screen", "xlsform", "--out", form), "file_exists")


@pytest.mark.parametrize("name", ["salah.xlsx", "salah.json", "terbit.json", "aturan.json"])
def test_what_is_wrong_is_said_with_file_code_and_reason(tmp_path: Path, name: str) -> None:

    document = to_document(SMALL)
    broken = document | {"entries": [document["entries"][0] | {"source": " "}, *document["entries"][1:]]}
    contents = {
        "salah.xlsx": edited(put("survey", FIRST, "x_source", None)),
        "salah.json": msgspec.json.encode(broken),
        "terbit.json": msgspec.json.encode({"questionnaire": broken}),
        "aturan.json": msgspec.json.encode(document | {"rules": "rules@99"}),
    }
    file = tmp_path / name
    file.write_bytes(contents[name])
    said = refused(cli("--json", "screen", "check", file), "screening_broken_questionnaire")
    assert name in said["message"]
    assert (SMALL.ref if name == "aturan.json" else FIRST) in said["message"]
