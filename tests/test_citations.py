# SPDX-License-Identifier: GPL-3.0-or-later
"""Sources of questions in the words of a reader: no English remark in an Indonesian sentence, no document lost."""

from __future__ import annotations

import re

import pytest

from trafficwatch.screening import questionnaires
from trafficwatch.texts import set_language
from trafficwatch.texts.citations import cited


@pytest.mark.parametrize(
    ("source", "told"),
    [
        ("P2/2024 art. 1(1); JUKNIS 2.1", "Permen PPPA 2/2024 pasal 1(1); Juknis 2.1"),
        ("UU 21/2007 art. 1(1) and 1(7)", "UU 21/2007 pasal 1(1) dan 1(7)"),
        ("JUKNIS 2.3, transit and receipt 1", "Juknis 2.3, transit dan penerimaan 1"),
        ("JUKNIS 2.2 (C182 art. 3(d), C138 art. 3)", "Juknis 2.2 (C182 pasal 3(d), C138 pasal 3)"),
        ("JUKNIS appendix (pemaksaan) and 2.4", "Juknis lampiran dan 2.4"),
        ("Ours; nearest: medical need (JUKNIS 4.7)", "rumusan kami; Juknis 4.7"),
        ("P2/2024 art. 1(1) (purpose or result)", "Permen PPPA 2/2024 pasal 1(1)"),
        ("JUKNIS 2.1; JUKNIS 2.1; asked for labour too", "Juknis 2.1"),
    ],
)
def test_a_source_in_indonesian(source: str, told: str) -> None:
    assert cited(source) == told


def test_a_source_in_english_stays_as_it_is_but_for_its_documents() -> None:
    set_language("en")
    assert cited("P2/2024 Lampiran I.A (online scams)") == "Ministerial Regulation 2/2024 Lampiran I.A (online scams)"


def test_every_source_of_the_questionnaire_can_be_told() -> None:
    """Each names a document or says that the question is ours, and holds no word of the English remarks."""
    for entry in questionnaires.newest().entries:
        for source in (entry.source, *entry.law):
            told = cited(source, "id")
            assert re.search(r"Permen|UU |Juknis|rumusan kami|C\d", told), source
            assert not re.search(r"\b(the|of|and|or|art|to|for|with|list|nearest)\b", told), source
