# SPDX-License-Identifier: GPL-3.0-or-later
"""The QR code on paper: what it says, and that a viewer shows it so."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QSize
from PySide6.QtPdf import QPdfDocument
from referral_tools import (
    CODE,
    FULL,
    pages,
)

from trafficwatch.forms import boxes, qr
from trafficwatch.forms.paper import MM, PAPERS, Paper
from trafficwatch.forms.referral import (
    referral_pdf,
)
from trafficwatch.models.forms import (
    FormHead,
    FormKind,
)

# The QR code


def dark(pdf: bytes, page: int, x: float, y: float, size: float) -> list[list[bool]]:
    """The modules of the code in that square (points), as a PDF viewer shows them."""
    document, device = QPdfDocument(), QBuffer()
    device.setData(QByteArray(pdf))
    device.open(QIODevice.OpenModeFlag.ReadOnly)
    document.load(device)
    points = document.pagePointSize(page)
    image = document.render(page, QSize(round(points.width() * 4), round(points.height() * 4)))
    count = len(qr.matrix(qr.payload(FormKind.REFERRAL, CODE)))
    step = size / (count + 2 * qr.QUIET)
    centre = [(qr.QUIET + number + 0.5) * step for number in range(-1, count + 1)]
    shown = [
        [image.pixelColor(round((x + right) * 4), round((points.height() - y - size + down) * 4)).black() > 128
         and image.pixelColor(round((x + right) * 4), round((points.height() - y - size + down) * 4)).alpha() > 128
         for right in centre] for down in centre
    ]  # fmt: skip
    document.close()
    return shown


@pytest.mark.parametrize("sheet", PAPERS.values(), ids=list(PAPERS))
def test_the_code_on_the_slip_is_the_payload_with_its_white_margin(sheet: Paper) -> None:
    pdf = referral_pdf(FULL, sheet)
    size = boxes.TitleBlock.QR
    x = sheet.margin_x + sheet.text_width - size + 7
    top = sheet.margin_bottom + boxes.ReplySlip(boxes.SlipTexts(*[""] * 11), CODE, "").slip
    shown = dark(pdf, len(pages(pdf)) - 1, x, top - 6 - size, size)
    rows = [[bool(module) for module in row] for row in qr.matrix(qr.payload(FormKind.REFERRAL, CODE))]
    white = [False] * (len(rows) + 2)
    assert shown == [white, *([False, *row, False] for row in rows), white]
    assert size >= 25 * MM


def test_the_payload_is_kind_code_and_check() -> None:
    assert qr.payload(FormKind.REFERRAL, CODE) == f"TW1:RUJ:{CODE}:DMCT"
    assert qr.read(f"TW1:RUJ:{CODE}:DMCT") == (FormKind.REFERRAL, CODE)
    with pytest.raises(ValueError, match="case code"):
        qr.payload(FormKind.REFERRAL, "")


CODES = st.from_regex(r"[A-Z0-9](?:[A-Z0-9-]{0,14}[A-Z0-9])?", fullmatch=True)


@given(CODES, st.integers(0, 40), st.sampled_from("0123456789ABCDEFGHJKMNPQRSTVWXYZ-:"))
def test_a_payload_is_read_back_and_one_wrong_character_almost_never(code: str, place: int, char: str) -> None:
    good = qr.payload(FormKind.REFERRAL, code)
    assert qr.read(good) == (FormKind.REFERRAL, code)
    assert set(good) <= set("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-:")
    place %= len(good)
    bad = good[:place] + char + good[place + 1 :]
    found = qr.read(bad)
    assert found is None or qr.payload(*found) == bad


@given(st.text())
def test_any_scanned_text_is_read_or_refused(untrusted: str) -> None:
    assert qr.read(untrusted) is None


@pytest.mark.parametrize("code", ["a", "-A", "A-", "A" * 17, "A B", "A\n", "Siti", "Á"])
def test_a_case_code_of_another_shape_is_a_bug(code: str) -> None:
    with pytest.raises(ValueError, match="case code"):
        FormHead(FormKind.REFERRAL, code, "id")
