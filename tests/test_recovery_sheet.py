# SPDX-License-Identifier: GPL-3.0-or-later
"""The printed recovery sheet: one page, every group readable by eye and by camera, nothing personal on it."""

from __future__ import annotations

import pytest
from referral_tools import pages, reader, squeezed

from trafficwatch.forms import qr
from trafficwatch.forms.paper import MM, PAPERS, Paper
from trafficwatch.forms.recovery_sheet import _Head, recovery_pdf
from trafficwatch.models.forms import FormLanguage
from trafficwatch.store import recovery_code
from trafficwatch.texts import LANGUAGES, t

CODE = recovery_code.spell(bytes(range(100, 118)))
PLACE = "Noelbaki, Kec. Kupang Tengah, Kab. Kupang, Nusa Tenggara Timur"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("paper", PAPERS.values(), ids=list(PAPERS))
def test_the_sheet_is_one_page_with_every_group_in_order(paper: Paper, language: FormLanguage) -> None:
    pdf = recovery_pdf(CODE, PLACE, paper, language)
    [page] = pages(pdf)
    found = [page.index(group) for group in CODE.split("-")]
    assert found == sorted(found)
    assert squeezed(PLACE) in squeezed(page)
    assert t("setup.paper_title", language=language) in page
    box = reader(pdf).pages[0].mediabox
    assert (round(float(box.width) / MM), round(float(box.height) / MM)) == (
        round(paper.width / MM),
        round(paper.height / MM),
    )


def test_the_longest_name_and_practice_still_fit_on_one_page() -> None:
    [page] = pages(recovery_pdf(CODE, "UPTD PPA & <b>Anak</b> " + "W" * 177, PAPERS["a4"], "id", practice=True))
    assert "LATIHAN" in page
    assert "<b>Anak</b>" in page
    assert t("setup.paper_signature", language="id") in page


def test_the_same_input_gives_the_same_bytes_and_no_trace() -> None:
    pdf = recovery_pdf(CODE, PLACE, PAPERS["f4"], "id")
    assert pdf == recovery_pdf(CODE, PLACE, PAPERS["f4"], "id")
    found = reader(pdf).metadata
    assert found is not None
    assert {found.author, found.creator, found.subject} <= {None, ""}
    assert found.title == "TW-PML"


def test_a_camera_reads_the_code_itself() -> None:
    """The QR code holds what is printed, so that a scanner types it; its modules are big enough for a cheap camera."""
    assert set(CODE) <= set("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-")
    modules = len(qr.matrix(CODE)) + 2 * qr.QUIET
    assert _Head.QR / modules > 0.8 * MM
    recovery_code.read(CODE)
