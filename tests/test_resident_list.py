# SPDX-License-Identifier: GPL-3.0-or-later
"""The printed list of residents: every one on it once, in order, page x of y, no number unless asked for."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from desks import cli, done
from hypothesis import given
from hypothesis import strategies as st
from paper_tools import COLUMNS, NAME, QUICK, Village, listing, village
from referral_tools import pages, reader, squeezed, text
from reportlab.pdfbase import pdfmetrics
from store_tools import PASSPHRASE
from test_printed_text import NASTY

from trafficwatch.forms import paper, tables
from trafficwatch.forms.paper import A4, BOLD, F4, PAPERS, Paper
from trafficwatch.forms.resident_list import SHARES, resident_list_pdf
from trafficwatch.forms.tables import PAD
from trafficwatch.models.forms import FormLanguage
from trafficwatch.models.migration import Stage
from trafficwatch.models.papers import Column, ListForm
from trafficwatch.registry import lists
from trafficwatch.registry.listing import ResidentFilter
from trafficwatch.registry.lists import ListTooLong, Wanted, list_form
from trafficwatch.registry.trash import Reason, delete
from trafficwatch.texts import LANGUAGES, t


@pytest.fixture(scope="module")
def known(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Village]:
    with village(tmp_path_factory.mktemp("list")) as found:
        yield found


def made(known: Village, wanted: Wanted, columns: tuple[Column, ...] = lists.COLUMNS) -> ListForm:
    with known.store.work() as work:
        return list_form(work, wanted, "id", columns)


# On paper


@pytest.mark.parametrize("sheet", PAPERS.values(), ids=list(PAPERS))
@pytest.mark.parametrize("count", [1, 19, 20, 21, 60, 300])
def test_every_row_stands_once_below_its_head(sheet: Paper, count: int) -> None:
    found = pages(resident_list_pdf(listing(count), sheet))
    assert (len(found) == 1) is (count == 1 or (count <= 21 and len(found) == 1))
    for number, content in enumerate(found, start=1):
        assert t("forms.page", page=number, total=len(found)) in content
        assert "\n".join([t("papers.list.number"), t("papers.column.name")]) in content
    content = "\n".join(found)
    shown = [int(number) for number in re.findall(r"^Warga (\d+)$", content, re.MULTILINE)]
    assert shown == [number for number in range(1, count + 1) if number % 3]
    assert squeezed(content).count(squeezed(NAME)) == count // 3
    assert squeezed(t("papers.list.count_of", count=count, about="yang cocok dengan “Lewo”")) in squeezed(found[0])
    assert squeezed(t("papers.personal")) in squeezed(found[0])
    assert all("RAHASIA" in each for each in found[1:])


def test_a_number_is_never_cut() -> None:
    form = replace(listing(0), columns=tuple(Column), rows=(("5301085708900003",) * len(Column),))
    assert "…" not in text(resident_list_pdf(form, A4))
    lines = tables.Row(["5301085708900003"], [40], 9).lines[0]
    assert (len(lines) > 1, "".join(lines)) == (True, "5301085708900003")
    assert tables.Row(["kata " * 200], [60], 9).lines[0][-1].endswith("…")


def test_an_empty_list_says_so() -> None:
    [content] = pages(resident_list_pdf(listing(0), A4))
    assert t("papers.list.none") in content
    assert t("papers.column.name") not in content


def test_title_and_language_are_in_the_file() -> None:
    found = reader(resident_list_pdf(listing(3), F4))
    assert (found.metadata or {})["/Title"] == "TW-DWG 2026-11-21"
    assert found.trailer["/Root"]["/Lang"] == "id"
    assert resident_list_pdf(listing(3), F4) == resident_list_pdf(listing(3), F4)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_column_has_a_width_and_a_head_that_is_not_cut(language: FormLanguage) -> None:
    form = replace(listing(2), columns=tuple(Column), rows=(("x",) * len(Column),))
    form = replace(form, head=replace(form.head, language=language))
    content = squeezed(text(resident_list_pdf(form, A4)))
    assert set(SHARES) == set(Column)
    for column in Column:
        assert squeezed(t(f"papers.column.{column}", language=language)) in content
    paper.font_face()
    room = A4.text_width * SHARES[Column.STAGE] / (6 + sum(SHARES[column] for column in COLUMNS)) - 2 * PAD
    assert pdfmetrics.stringWidth("Sudah berangkat", BOLD, 0.9 * A4.text_pt) < room + 6


@QUICK
@given(st.lists(st.tuples(NASTY, NASTY), max_size=12))
def test_any_text_can_be_printed(rows: list[tuple[str, str]]) -> None:
    form = replace(listing(0), columns=(Column.NAME, Column.ADDRESS), rows=tuple(rows))
    assert len(pages(resident_list_pdf(form, A4))) >= 1


# From the register


def test_everybody_by_name_without_a_number(known: Village) -> None:
    found = made(known, Wanted())
    assert [row[0] for row in found.rows] == ["=HYPERLINK(1)", NAME, "Siti"]
    assert found.rows[1] == (NAME, "Agustus 1990", "Dusun Lewo Kukung", "Hong Kong", "Persiapan")
    assert found.rows[2] == ("Siti", "", "", "", "")
    assert found.about is None
    content = text(resident_list_pdf(found, A4))
    assert not any(number in content for number in ("5301085708900003", "0812-0000-4411", "0301081203120007"))


def test_chosen_columns_show_numbers_but_not_of_whom_nobody_may_contact(known: Village) -> None:
    found = made(known, Wanted(), (Column.NIK, Column.KK, Column.PHONE, Column.SEX, Column.DEPARTURE))
    assert found.rows[1] == (
        "5301085708900003", "0301081203120007", "0812-0000-4411 (Ibu Maria); 0813", "Perempuan", "3 Desember 2026",
    )  # fmt: skip
    assert found.rows[0] == ("0012", "", t("papers.no_contact"), "", "")
    assert "0811-0000-9999" not in repr(found)


def test_a_list_is_what_the_screen_shows(known: Village) -> None:
    typed = made(known, Wanted("wungubelen"))
    assert [row[0] for row in typed.rows] == [NAME]
    assert typed.about == t("papers.list.of", text="wungubelen")
    assert made(known, Wanted("5301")).about == t("papers.list.by_number")  # no number in spite of the promise
    leaving = made(known, Wanted(narrowed=ResidentFilter(stage=Stage.PREPARING, country="HK")))
    assert ([row[0] for row in leaving.rows], leaving.about) == ([NAME], "Persiapan, Hong Kong")
    picked = made(known, Wanted(ids=(known.bare, "0" * 36, known.maria)))
    assert [row[0] for row in picked.rows] == ["Siti", NAME]
    with known.store.work() as work, work.tried():
        delete(work, "person", known.bare, Reason.ENTERED_TWICE)
        assert [row[0] for row in list_form(work, Wanted(ids=(known.bare, known.maria)), "id").rows] == [NAME]


def test_a_list_that_is_too_long_is_refused(known: Village, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lists, "ROWS_LIMIT", 2)
    with pytest.raises(ListTooLong) as error:
        made(known, Wanted())
    assert error.value.params == {"count": 3, "limit": 2}
    assert len(made(known, Wanted(ids=(known.bare, known.maria))).rows) == 2


def test_the_command_writes_a_list(known: Village, tmp_path: Path) -> None:
    store = ("--json", "--store", known.store.folder, "form", "list")
    columns = ("--column", "name", "--column", "nik")
    done(cli(*store, "--search", "siti", "--out", tmp_path / "a.pdf", passphrase=PASSPHRASE))
    done(cli(*store, known.maria, *columns, "--out", tmp_path / "b.pdf", passphrase=PASSPHRASE))
    first, second = (text((tmp_path / f"{name}.pdf").read_bytes()) for name in "ab")
    assert ("Siti" in first, "Siti" in second) == (True, False)
    assert ("5301085708900003" in first, "5301085708900003" in second) == (False, True)
