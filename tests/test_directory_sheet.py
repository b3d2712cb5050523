# SPDX-License-Identifier: GPL-3.0-or-later
"""The directory on paper, read back from its PDF: by area, numbers with whose they are, nothing left out."""

from __future__ import annotations

from dataclasses import replace

import pytest
from referral_tools import pages, positions, squeezed

from trafficwatch.forms.directory import DirectorySheet, SheetEntry, directory_pdf
from trafficwatch.forms.paper import A4, F4, Paper
from trafficwatch.models.dates import PartialDate
from trafficwatch.texts import LANGUAGES, Language, t

POLICE = SheetEntry("Polsek Tarus", (), ("Polisi",), "belum diperiksa")
PPT = SheetEntry(
    "UPTD PPA Kupang", ("0380-555", "0812-999 (WhatsApp)"), ("Bantuan hukum",), "diperiksa 2 November 2026 oleh Petrus"
)
SHEET = DirectorySheet(
    "Noelbaki", "", (("Kec. Kupang Tengah", (POLICE,)), ("Kab. Kupang", (PPT,))), PartialDate(2026, 11, 21)
)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("paper", [A4, F4], ids=lambda paper: paper.name)
def test_one_page_says_whom_to_call_where(paper: Paper, language: Language) -> None:
    [text] = pages(directory_pdf(SHEET, paper, language))
    found = squeezed(text)
    order = [t("directory.sheet.title", language=language), "Noelbaki", "Kec. Kupang Tengah", "Polsek Tarus"]
    order += ["Kab. Kupang", "UPTD PPA Kupang"]
    places = positions(found, [squeezed(words) for words in order])
    assert places == sorted(places)
    positions(found, [squeezed(words) for words in (*PPT.contacts, *PPT.more, PPT.checked)])
    assert squeezed(t("emergency.no_number", language=language)) in found
    assert squeezed("belum diperiksa") not in found.replace(squeezed(t("directory.sheet.note", language=language)), "")


def test_a_long_list_goes_on_and_loses_nobody() -> None:
    many = tuple(
        replace(PPT, name=f"Lembaga {number} " + "panjang " * 12, contacts=(f"0380-{number:04}",))
        for number in range(60)
    )
    found = pages(directory_pdf(replace(SHEET, service="Pemulangan", groups=(("Kab. Kupang", many),)), A4, "id"))
    assert len(found) > 2
    assert all(f"0380-{number:04}" in "".join(found) for number in range(60))
    assert "Pemulangan" in found[0]
