# SPDX-License-Identifier: GPL-3.0-or-later
"""The sheets of the printed referral: paper, page breaks, boxes, slip, marks, fonts, metadata."""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
import sys
from dataclasses import fields, replace
from typing import Any

import pytest
from referral_tools import (
    BARE,
    CODE,
    FULL,
    SECTIONS,
    full,
    heading,
    long_form,
    pages,
    positions,
    reader,
    squeezed,
    text,
)

from trafficwatch.forms import boxes
from trafficwatch.forms.paper import A4, BOLD, F4, MM, PAPERS, REGULAR, Paper
from trafficwatch.forms.referral import (
    blank_referral_pdf,
    referral_pdf,
)
from trafficwatch.models.directory import Service
from trafficwatch.models.forms import (
    Condition,
    FormLanguage,
    Identity,
    ReferralForm,
)
from trafficwatch.resources import resource
from trafficwatch.texts import LANGUAGES, t

# Pages


@pytest.mark.parametrize(("sheet", "millimetres"), [(A4, (210, 297)), (F4, (215, 330))])
@pytest.mark.parametrize("blank", [False, True])
def test_the_sheet_is_exact(sheet: Paper, millimetres: tuple[int, int], blank: bool) -> None:
    pdf = blank_referral_pdf(sheet, "id") if blank else referral_pdf(FULL, sheet)
    for page in reader(pdf).pages:
        assert [float(side) for side in page.mediabox] == pytest.approx(
            [0, 0, *(mm * MM for mm in millimetres)], abs=1e-3
        )
    assert PAPERS[sheet.name.lower()] is sheet


@pytest.mark.parametrize("sheet", PAPERS.values(), ids=list(PAPERS))
def test_a_typical_case_takes_two_pages_and_a_blank_form_three(sheet: Paper) -> None:
    assert len(pages(referral_pdf(FULL, sheet))) == 2
    assert len(pages(blank_referral_pdf(sheet, "id"))) == 3
    assert len(pages(blank_referral_pdf(sheet, "en", FULL.head.letterhead))) == 3


@pytest.mark.parametrize("count", [1, 7, 13, 16, 19, 22, 25, 28, 31, 34, 37, 60, 150])
def test_boxes_stay_whole_and_the_slip_is_the_foot_of_the_last_page(count: int) -> None:
    sheets = pages(referral_pdf(long_form(count), A4))
    total = len(sheets)
    for number, content in enumerate(sheets, start=1):
        assert f"Halaman {number} dari {total}" in content
        assert f"TW-RUJ · {CODE} · dicetak 21 November 2026 pukul 14.05" in content
        assert (f"SURAT RUJUKAN · {CODE}" in content) is (number > 1)
    parts = [t(f"forms.sign.{name}") for name in ("referrer", "person", "receiver", "thumb")]
    signed = [content for content in sheets if heading("signatures") in content]
    assert len(signed) == 1
    assert [part for part in parts if part not in signed[0]] == []
    slip = [t(f"forms.slip.{name}") for name in ("cut", "title", "accepted", "declined", "reason", "officer", "notice")]
    assert [part for part in slip if part not in sheets[-1]] == []
    assert not any(t("forms.slip.title") in content for content in sheets[:-1])
    assert "\n".join(sheets).count(" dari cerita") == count
    assert squeezed(sheets[-1]).index(squeezed(slip[0])) > squeezed(sheets[-1]).find("dari cerita")


@pytest.mark.parametrize("form", [FULL, long_form(60)])
def test_the_slip_carries_the_case_code_and_nothing_personal(form: ReferralForm) -> None:
    last = pages(referral_pdf(form, A4))[-1]
    slip = last[last.index(t("forms.slip.cut")) :]
    slip = slip.replace(CODE, "")
    for name in boxes.SlipTexts.__dataclass_fields__:
        slip = slip.replace(t(f"forms.slip.{name}"), "", 1)
    foot = slip.find("TW-RUJ")
    slip = slip if foot < 0 else slip[:foot]
    assert re.sub(r"[\s:]", "", slip) == ""


def test_no_heading_stands_alone_at_the_foot_of_a_page() -> None:
    for count in range(1, 40, 2):
        for content in pages(referral_pdf(long_form(count), A4))[:-1]:
            body = content[: content.index("TW-RUJ")].strip().splitlines()
            assert not re.match(r"[A-K]\.  ", body[-1]), (count, body[-1])


def test_practice_is_marked_on_every_page_and_only_then() -> None:
    sheets = pages(referral_pdf(replace(long_form(90), head=replace(FULL.head, practice=True)), A4))
    assert len(sheets) > 2
    assert all("LATIHAN / PRACTICE" in content and t("forms.practice") in content for content in sheets)
    assert "LATIHAN" not in text(full())
    assert "PRACTICE" not in text(blank_referral_pdf(A4, "en"))


@pytest.mark.parametrize("sheet", PAPERS.values(), ids=list(PAPERS))
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_blank_form_has_every_section_and_label(sheet: Paper, language: FormLanguage) -> None:
    content = text(blank_referral_pdf(sheet, language))
    order = [f"{letter}.  {heading(key, language)}" for letter, key in zip("ABCDEFGHIJK", SECTIONS, strict=True)]
    found = positions(content, [t("forms.contact.title", language=language), *order])
    assert found == sorted(found)
    labels = [f"identity.{field.name}" for field in fields(Identity)]
    labels += [f"condition.{field.name}" for field in fields(Condition)]
    labels += ["kop.1", "case_code", "number", "consent.how", "consent.witness", "slip.title"]
    positions(content, [t(f"forms.{label}", language=language) for label in labels])
    positions(content, [t(f"records.service.{service}", language=language) for service in Service])
    assert "TW1:" not in content
    assert "None" not in content


# The file


def test_every_font_is_embedded_as_a_subset() -> None:
    for pdf in (full(), blank_referral_pdf(F4, "en")):
        names = set()
        for page in reader(pdf).pages:
            resources: Any = page["/Resources"]
            for font in resources["/Font"].values():
                names.add(font["/BaseFont"])
                assert font["/FontDescriptor"]["/FontFile2"].get_data()
                assert "/ToUnicode" in font
        assert {re.sub(r"^/[A-Z]{6}\+", "", name) for name in names} == {REGULAR, BOLD}
        assert len(pdf) < 60_000


def test_the_metadata_say_nothing_but_kind_and_code() -> None:
    found = reader(full())
    info: dict[str, Any] = dict(found.metadata or {})
    root: Any = found.trailer["/Root"]
    empty = {key for key, value in info.items() if value in ("", "/False")}
    assert info["/Title"] == f"TW-RUJ {CODE}"
    assert {"/Author", "/Creator", "/Producer", "/Subject", "/Keywords", "/Trapped"} == empty
    assert "2000" in info["/CreationDate"]
    assert root["/Lang"] == "id"
    assert str(resource()).encode() not in full()
    assert reader(blank_referral_pdf(A4, "en")).metadata == {**info, "/Title": "TW-RUJ"}


def test_viewers_are_told_full_size_and_one_side() -> None:
    root: Any = reader(full()).trailer["/Root"]
    wishes = root["/ViewerPreferences"]
    assert (wishes["/PrintScaling"], wishes["/Duplex"]) == ("/None", "/Simplex")


def test_the_same_form_gives_the_same_bytes_in_any_process_and_no_file() -> None:
    code = """
import hashlib, sys
sys.path.insert(0, sys.argv[1])
from referral_tools import A4, FULL
from trafficwatch.forms.referral import referral_pdf
def refuse(event, args):
    if event == "open" and isinstance(args[1], str) and set(args[1]) & set("wax+"):
        raise RuntimeError(args[0])
sys.addaudithook(refuse)
print(hashlib.sha256(referral_pdf(FULL, A4)).hexdigest())
"""
    here = os.path.dirname(__file__)  # noqa: PTH120
    surroundings = {**os.environ, "PYTHONHASHSEED": "7", "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(
        [sys.executable, "-c", code, here], env=surroundings, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == hashlib.sha256(full()).hexdigest()
    assert referral_pdf(FULL, A4) == full()
    assert referral_pdf(BARE, F4) != full()
