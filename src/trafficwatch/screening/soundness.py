# SPDX-License-Identifier: GPL-3.0-or-later
"""What no questionnaire from elsewhere may switch off, whoever signed it. Pure: what is broken, never an error.

1. Rules keep the law: who is a child, which elements an adult's and a child's way need, what may fill an element, and
   that danger, a child and an attempt call for duties that nothing takes back.
2. A code keeps what it means: a question about danger never weighs less than before, an element never loses its place.
3. No text says that somebody is cleared: an early screening can't find that out (JUKNIS 2.3).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator

from trafficwatch.models.screening import RISKS, Element, Entry, Kind, Questionnaire, Risk, Rules

ADULT_AGE = 18
"""UU 21/2007 art. 1(5)."""

_VICTIM = r"(?:korban|penyintas|penyintasnya|korbannya)"
_CRIME = r"(?:tppo|perdagangan (?:orang|manusia))"
CLEARING = [
    # Indonesian
    rf"\b(?:bukan|bukanlah|bukannya|tidak|tak|tiada|belum) (?:\w+ ){{0,3}}{_VICTIM}\b",
    rf"\b(?:bukan|bukanlah|tidak ada|tidak terjadi|tanpa|bebas dari) (?:\w+ ){{0,2}}{_CRIME}\b",
    rf"\b(?:tidak|tak) (?:termasuk|terbukti|memenuhi|mengalami|menjadi) (?:\w+ ){{0,3}}(?:{_VICTIM}|{_CRIME}|unsur)\b",
    rf"\b{_VICTIM} (?:palsu|bohongan|gadungan)\b",
    r"\b(?:sudah|dinyatakan|dipastikan|pasti|benar-benar) (?:aman|selamat)\b",
    r"\btidak ada (?:dugaan|indikasi|tanda-tanda|tanda bahaya|masalah|unsur|yang perlu dikhawatirkan)\b",
    r"\b(?:hasilnya|hasil skrining\w*) (?:negatif|bersih|aman)\b",
    r"\b(?:kasus|skrining|dugaan)\w* (?:ditutup|gugur|dibatalkan) karena\b",
    # English
    r"\b(?:not|no|never|isn't|wasn't|aren't|weren't|nor) (?:\w+ ){0,3}(?:victim|survivor)s?\b",
    r"\bnon-?victims?\b",
    r"\b(?<!need )(?:not|no|isn't|wasn't|free of|ruled out|rules out) (?:\w+ ){0,2}(?:human )?trafficking\b",
    r"\b(?:no|without) (?:suspicion|indication|sign|elements?) of (?:human )?traffick",
    r"\b(?:cleared|all clear|in the clear|false alarm|nothing to worry about|not trafficked|untrafficked)\b",
    r"\b(?:is|are|was|were) (?:certainly|definitely|surely) (?:safe|fine|well)\b",
    r"\b(?:screening|result)s? (?:is |was )?negative\b",
]
_HUNT = re.compile("|".join(f"(?:{each})" for each in CLEARING), re.IGNORECASE)
_STEMS = (
    *("korban", "penyintas", "tppo", "perdagangan", "unsur", "aman", "selamat", "tidak ada", "hasil"),
    *("ditutup", "gugur", "dibatalkan"),
    *("victim", "survivor", "traffick", "clear", "alarm", "worry", "certainly", "definitely", "surely", "negative"),
)
"""Whatever is hunted for holds one of them; the hunt itself is too slow for every text."""

Flaw = tuple[str, str, dict[str, str]]
"""The code where it stands, the rule that it breaks, what the sentence names."""


def clearing_words(text: str) -> str:
    """The words of a text that say that somebody is cleared, '' when there are none; however they are spaced."""
    plain = " ".join(unicodedata.normalize("NFKC", text).replace("\u2019", "'").split())
    lowered = plain.lower()
    found = _HUNT.search(plain) if any(stem in lowered for stem in _STEMS) else None
    return found[0] if found else ""


def flaws_of_law(rules: Rules) -> Iterator[tuple[str, dict[str, str]]]:
    """Rule by rule how rules switch off what the law or the protocol holds fixed."""
    if rules.adult_age != ADULT_AGE:
        yield "adult_age", {}
    if set(rules.adult_path.required) != set(Element):
        yield "adult_path", {}
    if set(rules.child_path.required) != {Element.PROSES, Element.TUJUAN} or rules.child_path.stated_one_of:
        yield "child_path", {}
    if Kind.ELEMENT not in rules.stating_kinds or Kind.SIGN not in rules.indicating_kinds:
        yield "kinds", {}
    if not {Element.CARA, Element.TUJUAN} <= set(rules.clarifying_stated):
        yield "clarifying", {}
    if RISKS.index(rules.stop_questions_from) > RISKS.index(Risk.MEDIUM):
        yield "stops_late", {}
    held = [duty for duty in rules.duties if duty.yields_to is None]
    called_for = {
        "high": any(Risk.HIGH in duty.risks for duty in held),
        "medium": any(Risk.MEDIUM in duty.risks for duty in held),
        "child": any(duty.child for duty in held),
        "attempt": any(duty.attempt for duty in held),
    }
    yield from (("no_duty", {"other": name}) for name, there in called_for.items() if not there)


def flaws_of_change(earlier: Iterable[Questionnaire], asked: Questionnaire) -> Iterator[Flaw]:
    """What a version makes of codes that earlier ones had, oldest first: the last one that had a code is held to.

    So a question that is left out in one version comes back in the next as nothing else.
    """
    known = {entry.code: entry for questionnaire in earlier for entry in questionnaire.entries}
    for entry in asked.entries:
        if before := known.get(entry.code):
            yield from _flaws_of_entry(before, entry)


def _flaws_of_entry(before: Entry, entry: Entry) -> Iterator[Flaw]:
    if entry.kind is not before.kind:
        yield entry.code, "kind_changed", {"other": before.kind.value}
        return
    if entry.kind in (Kind.ELEMENT, Kind.TRIAGE):
        has = {place.element for place in entry.places}
        lost = [place.element for place in before.places if place.element not in has]
        yield from ((entry.code, "element_lost", {"other": element.value}) for element in dict.fromkeys(lost))
    if entry.risk and before.risk and RISKS.index(entry.risk) < RISKS.index(before.risk):
        yield entry.code, "risk_lowered", {"other": before.risk.value}
