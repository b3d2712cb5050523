# SPDX-License-Identifier: GPL-3.0-or-later
"""Nothing that people read ever says that someone is no victim, that it was no trafficking, or that all is well.

An early screening can only find reasons to look; that nothing was found, or that someone keeps silent, proves nothing
(JUKNIS 2.3). The hunt goes through every text of the program in both languages: the catalogues and all of `resources/`.
"""

from __future__ import annotations

import itertools
import json
import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import trafficwatch
from trafficwatch.models.screening import Answer, Subject, Value
from trafficwatch.resources import resource
from trafficwatch.screening import questionnaires
from trafficwatch.screening.evaluation import evaluate
from trafficwatch.screening.explanation import explain
from trafficwatch.screening.soundness import CLEARING, clearing_words
from trafficwatch.texts import LANGUAGES

if TYPE_CHECKING:
    from collections.abc import Iterator

HUNT = re.compile("|".join(f"(?:{each})" for each in CLEARING), re.IGNORECASE)

ALLOWED = {
    "Itu bukan tanda bahwa semuanya baik-baik saja.",
    "That does not mean that all is well.",
}
"""Sentences that say the opposite."""


def texts_of(where: str, value: object) -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield where, value
    elif isinstance(value, dict | list):
        for key, item in value.items() if isinstance(value, dict) else enumerate(value):
            yield from texts_of(f"{where}.{key}", item)


@cache
def every_text() -> dict[str, str]:
    """Every string in the JSON files that people read from, and the plain text files beside them."""
    folders = [Path(trafficwatch.__file__).parent / "texts" / "catalogues", resource()]
    found: dict[str, str] = {}
    for file in itertools.chain.from_iterable(sorted(folder.rglob("*")) for folder in folders):
        if file.suffix == ".json":
            found |= dict(texts_of(file.name, json.loads(file.read_text("utf-8"))))
        elif file.suffix in {".txt", ".md", ".html", ".csv"}:
            found |= {f"{file.name}:{number}": line for number, line in enumerate(file.read_text("utf-8").splitlines())}
    return found


def clears(text: str) -> bool:
    for allowed in ALLOWED:
        text = text.replace(allowed, "")
    return HUNT.search(text) is not None


def test_there_is_much_to_hunt_through() -> None:
    assert len(every_text()) > 3000
    names = {where.partition(".")[0] for where in every_text()}
    assert {"screening", "screening_desk", "rules-2", "screening-2"} <= names


def test_no_text_of_the_program_clears_anyone() -> None:
    assert [f"{where}: {text}" for where, text in every_text().items() if clears(text)] == []


def test_no_explanation_of_anything_clears_anyone() -> None:
    """Sentences that are harmless alone might clear someone together."""
    for questionnaire in (questionnaires.get("screening@1"), questionnaires.newest()):
        rules = questionnaires.rules(questionnaire.rules)
        for value, years, language in itertools.product([None, *Value], [None, 15, 30], LANGUAGES):
            answers = {entry.code: Answer(value) for entry in questionnaire.entries} if value else {}
            found = evaluate(questionnaire, rules, Subject(years), answers)
            for line in explain(found, questionnaire, rules, answers, language).splitlines():
                assert not clears(line), line


@pytest.mark.parametrize(
    "text",
    [
        "Orang ini bukan korban.",
        "Ia bukanlah seorang korban TPPO.",
        "Hasilnya: tidak termasuk korban perdagangan orang.",
        "Tidak terbukti sebagai korban.",
        "Ini bukan kasus TPPO.",
        "Tidak ada TPPO di sini.",
        "Tidak memenuhi unsur.",
        "Tidak ada indikasi.",
        "Tidak ada tanda-tanda yang mengkhawatirkan.",
        "Orang ini sudah aman.",
        "Hasil skriningnya negatif.",
        "Skrining ditutup karena tidak lengkap.",
        "This person is not a victim.",
        "They aren't victims of trafficking.",
        "She was never really a victim.",
        "A non-victim.",
        "There is no trafficking here.",
        "Bad work is not by itself trafficking.",
        "Trafficking is not shown; no indication of trafficking.",
        "This rules out trafficking.",
        "The person was cleared.",
        "A false alarm.",
        "They are certainly safe.",
        "The screening was negative.",
    ],
)
def test_a_text_that_clears_someone_is_seen(text: str) -> None:
    assert clears(text)
    assert clearing_words(text), "a questionnaire from elsewhere may not say it either"


@pytest.mark.parametrize(
    "text",
    [
        "Belum cukup keterangan untuk menilai. Itu bukan tanda bahwa semuanya baik-baik saja.",
        "Not enough is known to judge. That does not mean that all is well.",
        "Itu kita hormati, dan tidak berarti “tidak”.",
        "Perlu pendalaman.",
        "Bad work need not be trafficking.",
        "Hal itu sendiri belum tentu TPPO, tetapi membuat orang rentan.",
    ],
)
def test_what_says_that_nothing_is_known_is_no_clearing(text: str) -> None:
    assert not clears(text)
