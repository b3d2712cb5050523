# SPDX-License-Identifier: GPL-3.0-or-later
"""The emergency card, read back from its PDF: one page, the numbers in their order, nothing promised that is not so."""

from __future__ import annotations

import pytest
from referral_tools import pages, positions, reader, squeezed

from trafficwatch.forms.emergency import OWN, SITUATIONS, EmergencyCard, EmergencyNumber, emergency_pdf
from trafficwatch.forms.paper import A4, F4, Paper
from trafficwatch.models.dates import PartialDate
from trafficwatch.texts import LANGUAGES, Language, t

SAPA = EmergencyNumber("SAPA 129", ("129", "08111-129-129"), "belum diperiksa")
POLICE = EmergencyNumber("Polsek terdekat", (), "belum diperiksa")
PPT = EmergencyNumber("UPTD PPA Kupang", ("0380-555",), "diperiksa PPT 2 November 2026")
CARD = EmergencyCard("Noelbaki, Kab. Kupang", (SAPA, POLICE, PPT), PartialDate(2026, 11, 21))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("paper", [A4, F4], ids=lambda paper: paper.name)
def test_one_page_says_when_to_call_whom(paper: Paper, language: Language) -> None:
    pdf = emergency_pdf(CARD, paper, language)
    [text] = pages(pdf)
    box = reader(pdf).pages[0].mediabox
    assert (float(box.width), float(box.height)) == pytest.approx((paper.width, paper.height))
    found = squeezed(text)
    order = [
        t("emergency.card.title", language=language),
        CARD.place,
        *(t(f"emergency.when.{key}", language=language) for key in SITUATIONS),
        t("emergency.card.numbers", language=language),
    ]
    places = positions(found, [squeezed(words) for words in order])
    assert places == sorted(places)
    wanted = [t(f"emergency.do.{key}", language=language) for key in SITUATIONS]
    wanted += [t(f"emergency.card.own.{key}", language=language) for key in OWN]
    positions(found, [squeezed(words) for words in wanted])


def test_each_number_stands_with_whose_it_is_and_whether_it_was_checked() -> None:
    text = squeezed(pages(emergency_pdf(CARD, A4, "id"))[0])
    positions(text, [squeezed(words) for words in ("08111-129-129", "0380-555", PPT.checked, SAPA.checked)])
    assert squeezed(t("emergency.no_number")) in text
    assert text.count(squeezed("belum diperiksa")) == 1  # the police have no number that could be checked


def test_what_finds_no_room_is_left_out_from_the_end() -> None:
    many = tuple(
        EmergencyNumber(f"Lembaga {number} " + "panjang " * 20, (f"0380-{number}",), "x") for number in range(40)
    )
    card = EmergencyCard("Noelbaki", many, PartialDate(2026, 11, 21))
    [text] = pages(emergency_pdf(card, A4, "id"))
    kept = [number for number in range(40) if f"0380-{number}\n" in f"{text}\n" or f"0380-{number} " in text]
    assert kept == list(range(len(kept)))
    assert 2 < len(kept) < 40
    assert t("emergency.card.own.volunteer") in text


def test_the_same_card_gives_the_same_bytes_and_practice_is_marked() -> None:
    assert emergency_pdf(CARD, A4, "id") == emergency_pdf(CARD, A4, "id")
    practice = EmergencyCard(CARD.place, CARD.numbers, CARD.printed_on, practice=True)
    assert "LATIHAN" in pages(emergency_pdf(practice, A4, "id"))[0]
    assert "LATIHAN" not in pages(emergency_pdf(CARD, A4, "id"))[0]
