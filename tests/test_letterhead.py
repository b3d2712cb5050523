# SPDX-License-Identifier: GPL-3.0-or-later
"""Whose letter a referral is: the place of the desk stands above it, as on village letters."""

from __future__ import annotations

from pathlib import Path

import pytest
from desks import agree, enrolled, refer, resident
from referral_tools import pages, positions

from trafficwatch.casework.referral_form import referral_form
from trafficwatch.forms.paper import A4
from trafficwatch.forms.referral import referral_pdf
from trafficwatch.models.casework import ConsentScope
from trafficwatch.models.fields import Side
from trafficwatch.models.forms import Letterhead
from trafficwatch.models.letterhead import letterhead_of
from trafficwatch.store.info import Info


def info(side: Side, code: str, name: str) -> Info:
    return Info(side, code, name, device="d", epoch="e", practice=False, written_by="1", created_at="2026-11-21")


@pytest.mark.parametrize(
    ("code", "name", "expected"),
    [
        (
            "53.01.08.2008",
            "Noelbaki, Kec. Kupang Tengah, Kab. Kupang, Nusa Tenggara Timur",
            Letterhead(("KABUPATEN KUPANG", "KECAMATAN KUPANG TENGAH"), "DESA NOELBAKI", "Nusa Tenggara Timur"),
        ),
        (
            "53.71.01.1004",
            "Oesapa, Kec. Kelapa Lima, Kota Kupang, Nusa Tenggara Timur",
            Letterhead(("KOTA KUPANG", "KECAMATAN KELAPA LIMA"), "KELURAHAN OESAPA", "Nusa Tenggara Timur"),
        ),
        (
            "91.03.01.3002",
            "Yoboi, Distrik Sentani, Kab. Jayapura, Papua",
            Letterhead(("KABUPATEN JAYAPURA", "DISTRIK SENTANI"), "DESA ADAT YOBOI", "Papua"),
        ),
        ("53.01.08.2008", "Noelbaki", Letterhead((), "DESA NOELBAKI")),
        ("posko-1", "Posko Oebelo", Letterhead((), "POSKO OEBELO")),
    ],
)
def test_a_village_stands_below_its_kecamatan_and_kabupaten(code: str, name: str, expected: Letterhead) -> None:
    assert letterhead_of(info(Side.VILLAGE, code, name)) == expected


def test_an_office_stands_by_its_own_name() -> None:
    office = "UPTD PPA, Kab. Kupang"
    assert letterhead_of(info(Side.PPT, "53.01", office)) == Letterhead(unit=office)


def test_the_referral_says_whose_letter_it_is(tmp_path: Path) -> None:
    with enrolled(tmp_path) as desks:
        person = resident(desks.village)
        agree(desks.village, person, ConsentScope.REFERRAL)
        referral = refer(desks.village, person)
        with desks.village.work() as work:
            own = referral_form(work, referral.id, "id")
            other = referral_form(work, referral.id, "id", Letterhead(unit="GUGUS TUGAS"))
    first_page = pages(referral_pdf(own, A4))[0]
    lines = ["KABUPATEN KUPANG", "KECAMATAN KUPANG TENGAH", "DESA NOELBAKI", "Nusa Tenggara Timur", "SURAT RUJUKAN"]
    found = positions(first_page, lines)
    assert found == sorted(found)
    assert other.head.letterhead == Letterhead(unit="GUGUS TUGAS")
