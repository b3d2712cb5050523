# SPDX-License-Identifier: GPL-3.0-or-later
"""The engine of the papers of case work, read back from PDFs: what stands where, and what leaves no trace."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest
from case_paper_tools import LONG_NAME, STORY, form_of, head
from hypothesis import given, settings
from hypothesis import strategies as st
from paper_tools import QUICK
from referral_tools import pages, positions, reader, squeezed, text
from reportlab.pdfbase import pdfmetrics
from test_printed_text import NASTY

from trafficwatch.forms.case_paper import _CasePaper, case_paper_pdf
from trafficwatch.forms.paper import A4, BOLD, F4, MM, PAPERS, REGULAR, Paper
from trafficwatch.forms.sheet import page_count
from trafficwatch.models.case_papers import (
    CLASSIFICATION,
    KINDS,
    CaseForm,
    Decision,
    Decisions,
    Items,
    Line,
    Lines,
    Notice,
    Picture,
    Prose,
    Scale,
    Section,
    Signature,
    Table,
    Ticks,
    file_number,
    numbered,
)
from trafficwatch.models.forms import ContactRule, FormKind, Letterhead
from trafficwatch.texts import t

SECTIONS = (
    Section(
        "SATU",
        (
            Lines(
                (
                    Line("Nama", LONG_NAME),
                    Line("NIK", "5301", half=True),
                    Line("Agama", "Katolik", half=True),
                    Line("Alamat", STORY, rows=2),
                    Line("Tidak diisi"),
                ),
                numbered=True,
            ),
            Ticks((("Aman", True), ("Rawan", False)), "Rumah"),
            Ticks((("Kosong", False),), "Kosong sama sekali"),
        ),
        "isi yang perlu",
    ),
    Section("DUA", (Prose(STORY, label="Cerita"), Prose(label="Tanpa cerita"), Items(("KTP", "Tiket"), label="Surat"))),
    Section(
        "TIGA",
        (
            Table(("Apa", "Siapa", "Catatan"), (3, 2, 2), (("Antar", LONG_NAME, ""), ("", "", "")), ("Baris",)),
            Scale((("Tidur", 2), ("Makan", None)), "buruk", "baik"),
            Decisions((Decision("Dirujuk", agreed=True, about="ke UPTD"), Decision("Dilaporkan")), "Ya", "Tidak"),
            Notice("AWAS", "Jangan telepon"),
        ),
    ),
    Section("KOSONG", (Prose(), Lines((Line("Hampa"),)), Table(("X",), (1,)), Items(), Scale((), "a", "b"))),
)
SIGNED = (Signature("Pemohon", LONG_NAME, thumb=True), Signature("Petugas", "Yohana", "Relawan"))
FULL = form_of(*SECTIONS, about=(Line("Hari", "Sabtu"),), text="Kalimat awal.", signatures=SIGNED, notes=("Nota.",))
BLANK = replace(FULL, head=form_of(blank=True).head)


def inside(pdf: bytes, sheet: Paper) -> list[tuple[float, float, str]]:
    """Where each piece of text on the pages begins; all of it ends before the margin, too."""
    found: list[tuple[float, float, str]] = []

    def visit(piece: str, cm: list[float], tm: list[float], font: dict[str, str] | None, size: float) -> None:
        if not piece.strip() or not font or cm[1]:  # nothing, or the watermark
            return
        x, y = tm[4] + cm[4], tm[5] + cm[5]
        name = BOLD if "Bold" in font["/BaseFont"] else REGULAR
        end = max(pdfmetrics.stringWidth(line, name, size) for line in piece.rstrip().splitlines())
        assert sheet.margin_x - 1 < x, piece
        assert x + end < sheet.width - sheet.margin_x + 1, piece
        assert 25 < y < sheet.height - 25, piece
        found.append((x, y, piece.strip()))

    for page in reader(pdf).pages:
        page.extract_text(visitor_text=visit)
    return found


# What stands where


@pytest.mark.parametrize("sheet", PAPERS.values(), ids=list(PAPERS))
def test_every_value_is_printed_in_its_order(sheet: Paper) -> None:
    pdf = case_paper_pdf(numbered(FULL, "012/LRN/XI/2026"), sheet)
    content = squeezed(text(pdf))
    said = [
        t("forms.contact.title"), "DESA LEWO RANA", "FORMULIR CONTOH", "460/012/LRN/XI/2026", "Sabtu", "Kalimat awal.",
        "A.  SATU", "1. Nama", LONG_NAME, "2. NIK", "3. Agama", "Katolik", "4. Alamat", STORY, "Rumah", "Aman", "Rawan",
        "B.  DUA", "Cerita:", "Surat", "Tiket", "C.  TIGA", "Siapa", "Antar", "Tidur", "Dirujuk", "ke UPTD", "AWAS",
        "Jangan telepon", "Pemohon", "Petugas", "Relawan", "Nota.",
    ]  # fmt: skip
    places = positions(content, [squeezed(each) for each in said])
    assert places == sorted(places)
    inside(pdf, sheet)
    box = reader(pdf).pages[0].mediabox
    size = (210, 297) if sheet is A4 else (215, 330)
    assert [float(side) for side in box] == pytest.approx([0, 0, *(mm * MM for mm in size)], abs=1e-3)


def test_what_is_absent_leaves_no_trace_and_letters_close_up() -> None:
    content = text(case_paper_pdf(FULL, A4))
    gone = ["Tidak diisi", "Kosong sama sekali", "Tanpa cerita", "Catatan", "Makan", "Dilaporkan", "KOSONG", "Hampa"]
    assert [word for word in [*gone, "isi yang perlu", "Baris", "D.  "] if word in content] == []
    assert re.findall(r"^ ?([A-K])\.  ", content, re.MULTILINE) == ["A", "B", "C"]
    without = replace(FULL, sections=(SECTIONS[3], *SECTIONS[1:3]))
    assert text(case_paper_pdf(without, A4)).count("A.  DUA") == 1


@pytest.mark.parametrize("sheet", PAPERS.values(), ids=list(PAPERS))
def test_the_blank_form_has_every_label_and_nothing_that_was_told(sheet: Paper) -> None:
    content = text(case_paper_pdf(BLANK, sheet))
    labels = ["Tidak diisi", "Kosong sama sekali", "Tanpa cerita", "Catatan", "Makan", "Dilaporkan", "D.  KOSONG"]
    positions(content, [*labels, "Hampa", "isi yang perlu", "Baris", "Nomor: 460/", t("case_forms.kop.1")])
    told = [LONG_NAME.split()[0], "Katolik", "pelabuhan", "Tiket", "Antar", "Jangan telepon", "TW1:", "None", "DESA"]
    assert [word for word in told if word in content.replace(LONG_NAME, "") and word != "Maria"] == []


def test_a_loose_second_sheet_of_a_blank_form_has_a_box_for_the_code() -> None:
    first, second = pages(case_paper_pdf(BLANK, A4))
    assert "FORMULIR CONTOH" in second
    assert t("forms.case_code") in second
    assert "Halaman 2 dari 2" in second
    assert "Halaman 1 dari 2" in first


def test_nobody_signs_a_page_that_says_nothing() -> None:
    for rows in range(26, 38, 3):
        lines = Lines(tuple(Line(f"Baris {number}", "isi") for number in range(rows)))
        last = pages(case_paper_pdf(form_of(Section("X", (lines,)), signatures=SIGNED), A4))[-1]
        assert "Pemohon" in last
        assert "Baris" in last[: last.index("Pemohon")]


@pytest.mark.parametrize(("lines", "usual"), [(33, 2), (95, 3)])
def test_letters_get_smaller_to_save_a_page(lines: int, usual: int) -> None:
    form = form_of(Section("X", (Lines((Line("Baris", "isi"),) * lines),)), signatures=SIGNED)
    assert page_count(_CasePaper(form, A4).story, A4) == usual
    assert len(pages(case_paper_pdf(form, A4))) == usual - 1


@pytest.mark.parametrize("count", [1, 9, 14, 40])
def test_pages_are_counted_as_they_are_printed(count: int) -> None:
    form = form_of(Section("X", (Prose("\n".join([STORY] * count)),)), SECTIONS[2], signatures=SIGNED)
    laid = _CasePaper(form, F4)
    expected = page_count(laid.story, F4)
    assert len(reader(laid.built("x")).pages) == expected


def test_a_blank_form_fills_its_pages_with_lines() -> None:
    few = replace(BLANK, sections=(Section("X", (Prose(rows=3),)),))
    [content] = reader(case_paper_pdf(few, A4)).pages
    assert content.get_contents().get_data().count(b".6 1.8] 0 d") > 20  # type: ignore[union-attr]  # dotted lines


def test_four_signatures_stand_in_two_rows_with_the_same_lines() -> None:
    boxes = tuple(Signature(f"Kotak {number}", role="x" if number == 1 else None) for number in range(4))
    pdf = case_paper_pdf(form_of(SECTIONS[1], signatures=boxes), A4)
    found = {piece: (x, y) for x, y, piece in inside(pdf, A4)}
    places = [found[f"Kotak {number}"] for number in range(4)]
    assert places[0][1] == places[1][1] > places[2][1] == places[3][1]
    assert places[0][0] == places[2][0] < places[1][0] == places[3][0]


# The contact rule, the number, the marks around


def test_the_contact_rule_stands_first_and_a_ban_hides_every_way() -> None:
    rule = ContactRule(do_not_contact=True, number="0812", never_tell="Pak Yanto")
    content = text(case_paper_pdf(replace(FULL, contact=rule), A4))
    assert content.startswith(t("forms.contact.title"))
    positions(content, [t("forms.contact.forbidden"), "Pak Yanto"])
    assert "0812" not in content
    asked = squeezed(text(case_paper_pdf(replace(FULL, contact=ContactRule()), A4)))
    assert squeezed(t("case_forms.contact.unknown")) in asked
    free = text(case_paper_pdf(replace(FULL, contact=None, confidential=False), A4))
    assert t("forms.contact.title") not in free
    assert t("forms.confidential") not in free
    assert t("case_forms.code") in free


def test_a_number_stands_under_its_classification_code() -> None:
    top = head(FormKind.INTAKE)
    assert file_number(top) is None
    assert file_number(replace(top, number="012/XI")) == "460/012/XI"
    assert file_number(replace(top, number="460/012/XI")) == "460/012/XI"
    assert file_number(replace(top, kind=FormKind.REPORT_SUMMARY, number="7")) == "331/7"
    assert file_number(replace(top, kind=FormKind.BREACH, number="7")) == "7"
    assert file_number(replace(top, case_code="")) == "460/"
    assert CLASSIFICATION.keys() < set(KINDS)
    assert len({kind.code for kind in FormKind}) == len(FormKind)


def test_a_long_title_stands_in_two_lines_beside_code_and_qr_and_clear_of_the_practice_box() -> None:
    long = replace(
        form_of(Section("X", (Prose("\n".join([STORY] * 20)),)), signatures=SIGNED),
        title="ASESMEN KEBUTUHAN DAN RENCANA TINDAKAN",
        head=head(FormKind.NEEDS, practice=True),
    )
    found = inside(case_paper_pdf(long, A4), A4)
    lines = [x for x, _, piece in found if piece in {"ASESMEN KEBUTUHAN", "DAN RENCANA TINDAKAN"}]
    assert len(lines) == 2
    assert all(x > A4.margin_x + 42 * MM for x in lines)
    running, at = next((x + len(piece), y) for x, y, piece in found if piece.startswith("ASESMEN") and "·" in piece)
    box = max(x for x, y, piece in found if piece == t("forms.practice") and abs(y - at) < 1)
    assert box > running + 150


def test_the_file_says_its_title_and_language_and_is_the_same_every_time() -> None:
    pdf = case_paper_pdf(FULL, F4)
    found = reader(pdf)
    root: Any = found.trailer["/Root"]
    info: dict[str, Any] = dict(found.metadata or {})
    assert info["/Title"] == "TW-PGD LRN-7Q4M-X"
    assert root["/Lang"] == "id"
    assert case_paper_pdf(FULL, F4) == pdf
    assert "TW-PGD · LRN-7Q4M-X · dicetak 21 November 2026 pukul 14.05" in text(pdf)


def test_every_pictogram_is_drawn_its_own_way_and_nothing_is_coloured() -> None:
    def drawn(picture: Picture) -> bytes:
        asked = Decisions((Decision("Boleh?", agreed=False, picture=picture),), "Ya", "Tidak")
        [page] = reader(case_paper_pdf(form_of(Section("X", (asked,)), SECTIONS[2]), A4)).pages
        return bytes(page.get_contents().get_data())  # type: ignore[union-attr]

    found = {drawn(picture) for picture in Picture}
    assert len(found) == len(Picture)
    for content in found:
        triples = re.findall(rb"([\d.]+) ([\d.]+) ([\d.]+) (?:rg|RG)\b", content)
        assert all(len(set(triple)) == 1 for triple in triples)
        assert not re.search(rb"\s[kK]\s", content)


@given(st.data())
@settings(QUICK, max_examples=3)
def test_any_text_can_be_printed_anywhere(data: st.DataObject) -> None:
    def some() -> str:
        return data.draw(NASTY)

    parts = (
        Lines((Line(some(), some(), half=True), Line(some(), some(), half=True), Line(some(), some())), numbered=True),
        Prose(some(), label=some()),
        Items((some(),), label=some()),
        Table(("Apa", "Siapa"), (1, 2), ((some(), some()),)),
        Ticks(((some(), True), (some(), False)), some(), columns=2),
        Scale(((some(), 3),), "a", "b"),
        Decisions((Decision(some(), agreed=True, about=some()),), "Ya", "Tidak"),
        Notice(some(), some()),
    )
    signatures = (Signature(some(), some(), some()),)
    form = CaseForm(
        replace(head(FormKind.NEEDS, number=some()), letterhead=Letterhead((some(),), some(), some())), "CONTOH",
        ContactRule(never_tell=some()), (Section(some(), parts, some()),), (Line(some(), some()),), some(),
        (Notice(some(), some()),), some(), signatures, (some(),),
    )  # fmt: skip
    for printed in (form, replace(form, head=replace(form.head, case_code=""))):
        assert case_paper_pdf(printed, A4).startswith(b"%PDF")


def test_marks_are_printed_as_they_were_typed() -> None:
    typed = "<b>tebal</b> & </para> [%s]"
    parts = (Lines((Line(typed, typed),)), Prose(typed, label=typed), Table((typed,), (1,), ((typed,),)))
    content = squeezed(text(case_paper_pdf(form_of(Section("X", parts)), A4)))
    assert content.count(squeezed(typed)) == 6
