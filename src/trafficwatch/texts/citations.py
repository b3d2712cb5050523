# SPDX-License-Identifier: GPL-3.0-or-later
"""Where a question or a rule comes from, in words that a reader of the chosen language knows. Pure.

Questionnaires keep their sources as experts write them, in English: `JUKNIS 2.3, debt bondage 2; nearest: ...`. In
Indonesian only what the word list below knows is told: document, place and list. The rest of a remark is left out, so
that no foreign word stands in the sentence; a document named in it is not.
"""

from __future__ import annotations

import re

from trafficwatch.texts import Language, current_language, t

_DOCUMENTS = {"P2/2024": "p2", "P11/2012": "p11", "JUKNIS": "juknis"}
_WORDS = (
    *("abuse_of_vulnerability", "withholding_of_documents", "restriction_of_movement", "withholding_of_wages"),
    *(
        "transport_and_transfer",
        "transit_and_receipt",
        "palermo_protocol",
        "under_18",
        "printed_twice",
        "the_worked_case",
    ),
    *("debt_bondage", "introduction", "recruitment", "destination", "for_children", "mechanism", "isolation"),
    *("transport", "appendix", "nearest", "purpose", "transit", "attempt", "labour", "origin", "sexual", "deceit"),
    *("threat", "force", "ours", "art", "and", "on"),
)
"""What sources say in English, with `_` for a space, longer words first; in Indonesian it is `citations.word.*`."""
_PLACE = r"(?: Lampiran [IVX]+(?:\.[A-Z0-9]+)*| art\. \d+(?:\(\w+\))*| \d+(?:\.\d+)*)?"
_REFERENCE = re.compile(rf"(?:P2/2024|P11/2012|JUKNIS|UU \d+/\d{{4}}){_PLACE}")
_REMARK = re.compile(r" ?\((?:[^()]|\([^()]*\))*\)")
_FOREIGN = re.compile(r"\b[a-z]{2,}")


def cited(source: str, language: Language | None = None) -> str:
    """The sources, each once, with `; ` between them."""
    chosen = language or current_language()
    return "; ".join(dict.fromkeys(filter(None, (_told(part.strip(), chosen) for part in source.split(";")))))


def _told(part: str, language: Language) -> str:
    if language == "en":
        return _documents(part, language)
    words = {name.replace("_", " "): t(f"citations.word.{name}", language=language) for name in _WORDS}
    told = _documents(part, language)
    for english, indonesian in words.items():
        told = re.sub(rf"\b{english}\b(?:(?<=art)\.)?", indonesian, told, flags=re.IGNORECASE)
    ours = set(re.findall(r"[a-z]+", " ".join(words.values())))

    def foreign(text: str) -> re.Match[str] | None:
        return next((match for match in _FOREIGN.finditer(text) if match[0] not in ours), None)

    told = _REMARK.sub(lambda remark: "" if foreign(remark[0]) else remark[0], told)
    cut = foreign(told)
    if cut is None:
        return told
    kept = told[: cut.start()].rstrip(" ,:('–")
    found = _REFERENCE.findall(part)
    if any(name in kept for name in _names(language)) or not found:
        return kept
    return "; ".join(_told(each, language) for each in found)


def _documents(text: str, language: Language) -> str:
    for short, name in _DOCUMENTS.items():
        text = text.replace(short, t(f"citations.document.{name}", language=language))
    return text


def _names(language: Language) -> list[str]:
    return [*(t(f"citations.document.{name}", language=language) for name in _DOCUMENTS.values()), "UU "]
