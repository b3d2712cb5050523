# SPDX-License-Identifier: GPL-3.0-or-later
"""The questionnaires that a desk knows: those of the program, and those that the PPT has published.

A published one lies in the store as a record, whole. A version never changes: what is published under a known ref with
other content is refused (`admit`), also when the program has it. That never happens by chance: numbers below
FIRST_PUBLISHED belong to the program, the others to the PPT. The highest version is the one that is asked; older ones
stay, so that an answer is read by the question that was asked. What this program can't read, for a newer one wrote it,
counts as not there: the version before goes on being asked.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Literal

from trafficwatch.errors import InputError
from trafficwatch.models.publishing import PublishedQuestionnaire
from trafficwatch.models.screening import Answer, Entry, Questionnaire, Rules
from trafficwatch.models.tables import RECORD_TABLES
from trafficwatch.screening import documents, questionnaires
from trafficwatch.screening.documents import NO_FILE, BrokenQuestionnaireError, Problem, check_rules, refuse
from trafficwatch.screening.questionnaires import UnknownQuestionnaireError
from trafficwatch.screening.soundness import flaws_of_change
from trafficwatch.store.work import Work

MAIN = "screening"
FIRST_PUBLISHED = 1_000
"""Versions of questions and rules that are published count from here; a release of the program never gets so far."""
_EVERYWHERE = 2
"""The program's versions up to here are at every desk. A later one may be at the village and not at its PPT, so what
was published without knowing it can't be held to it."""
_REF = re.compile(rf"{MAIN}@([1-9][0-9]{{0,5}})")
_KEPT = 16
"""So many documents are kept decoded: reading a hundred questions takes longer than asking the store for them."""


class QuestionnaireOfAnotherName(InputError):
    """Only versions of the one questionnaire for early screening are published; parameter `name`."""

    key = "questionnaire_of_another_name"
    catalogue = "errors_screening"


class VersionChanged(InputError):
    """This version is known with other content, and a version never changes; parameter `ref`."""

    key = "questionnaire_version_changed"
    catalogue = "errors_screening"


@dataclass(frozen=True, slots=True)
class Version:
    """One version of the questionnaire. `published_on` is None for one of the program; `rules` came with it, if any."""

    questionnaire: Questionnaire
    rules: Rules | None = None
    published_on: str | None = None


@dataclass(frozen=True, slots=True)
class Told:
    """One stored answer beside the question as it was asked then; `entry` is None where that version is not here.

    `counts` tells whether the record's own version has the question, so that its rules read the answer.
    """

    code: str
    answer: Answer
    ref: str
    entry: Entry | None
    counts: bool


def newest(work: Work) -> Questionnaire:
    """The version that is asked now."""
    return next(_versions(work)).questionnaire


def versions(work: Work) -> tuple[Version, ...]:
    """Every version that can be read here, the newest first."""
    return tuple(_versions(work))


def wordings(work: Work, language: Literal["id", "en"]) -> dict[str, str]:
    """The question of every code that is known here, in the newest words."""
    oldest_first = reversed(versions(work))
    return {entry.code: entry.text.of(language) for each in oldest_first for entry in each.questionnaire.entries}


def get(work: Work, ref: str) -> Questionnaire:
    """The questionnaire `id@version`; UnknownQuestionnaireError when neither store nor program has it."""
    found = _find(work, ref)
    if found is None:
        raise UnknownQuestionnaireError(ref=ref[:40])
    return found.questionnaire


def rules(work: Work, questionnaire: Questionnaire) -> Rules:
    """The rules by which a questionnaire is read: those that came with it, else those that are known by that name."""
    own = _find(work, questionnaire.ref)
    found = own.rules if own and own.rules else _rules(work, questionnaire.rules)
    if found is None:
        raise UnknownQuestionnaireError(ref=questionnaire.rules[:40])
    return found


def version(ref: str) -> int:
    """The number in `screening@number`; 0 for anything else. Pure."""
    match = _REF.fullmatch(ref)
    return int(match[1]) if match else 0


def highest(work: Work) -> int:
    """The highest version of program and store. What a screening names does not count: a village may claim any."""
    return max(_numbers(work))


def admit(work: Work, content: str, file: str = NO_FILE) -> Version:
    """What a questionnaire says that is about to be kept, if it may be; `file` is how errors call it.

    Raises BrokenQuestionnaireError, QuestionnaireOfAnotherName or VersionChanged.
    """
    found = decode(content, file)
    asked = found.questionnaire
    if asked.id != MAIN:
        raise QuestionnaireOfAnotherName(name=asked.id[:40])
    known, named = _find(work, asked.ref), _rules(work, asked.rules)
    read_by = found.rules or named
    if read_by is None:
        refuse(Problem(asked.ref, "unknown_rules", other=asked.rules), file)
    check_rules(read_by, asked, file)
    if known is not None and known.questionnaire != asked:
        raise VersionChanged(ref=asked.ref)
    if named not in {None, read_by}:
        raise VersionChanged(ref=asked.rules)
    for code, number, is_new in ((asked.ref, asked.version, not known), (asked.rules, read_by.version, not named)):
        if is_new and number < FIRST_PUBLISHED:
            refuse(Problem(code, "number_of_program", first=FIRST_PUBLISHED), file)
    check_change(_earlier(work, asked.version), asked, file)
    return found


def check_change(earlier: Iterable[Questionnaire], asked: Questionnaire, file: str = NO_FILE) -> None:
    """Raise BrokenQuestionnaireError when a code no longer means what it meant in earlier versions, oldest first."""
    for code, rule, params in flaws_of_change(earlier, asked):
        refuse(Problem(code, rule, **params), file)


@lru_cache(maxsize=_KEPT)
def decode(content: str, file: str = NO_FILE) -> Version:
    """A published document as values; raises BrokenQuestionnaireError."""
    untrusted = documents.decode(content.encode(), file)
    for stranger in sorted(untrusted.keys() - {"questionnaire", "rules"}):
        refuse(Problem("JSON", "unknown_member", member=stranger), file)
    asked = documents.parse_document(untrusted.get("questionnaire"), file)
    return Version(asked, documents.parse_rules(untrusted["rules"], file) if "rules" in untrusted else None)


def known_answers(questionnaire: Questionnaire, answers: Mapping[str, Answer]) -> dict[str, Answer]:
    """The answers that this version has questions for. The others stay as they were told; no rule reads them."""
    codes = {entry.code for entry in questionnaire.entries}
    return {code: answer for code, answer in answers.items() if code in codes}


def told(work: Work, ref: str, answers: Mapping[str, Answer]) -> tuple[Told, ...]:
    """All answers of a record that is on version `ref`, each with its question in the words in which it was asked.

    In the order of that version, then those that it has no question for.
    """
    entries: dict[str, dict[str, Entry]] = {}
    for each in {ref, *(answer.asked or ref for answer in answers.values())}:
        found = _find(work, each)
        entries[each] = {entry.code: entry for entry in found.questionnaire.entries} if found else {}
    place = {code: number for number, code in enumerate(entries[ref])}
    in_order = sorted(answers, key=lambda code: (place.get(code, len(place)), code))
    return tuple(
        Told(code, answers[code], was, entries[was].get(code), code in place)
        for code, was in ((code, answers[code].asked or ref) for code in in_order)
    )


# -- what lies where ---------------------------------------------------------------------------------------------------


def _versions(work: Work) -> Iterator[Version]:
    for number in sorted(_numbers(work), reverse=True):
        if found := _find(work, f"{MAIN}@{number}"):
            yield found


def _earlier(work: Work, number: int) -> list[Questionnaire]:
    """What a version is held to wherever it comes in, oldest first."""
    found = [each for each in _versions(work) if each.questionnaire.version < number]
    held = (each for each in found if each.published_on or each.questionnaire.version <= _EVERYWHERE)
    return [each.questionnaire for each in held][::-1]


def _numbers(work: Work) -> set[int]:
    """The versions of the program and of the store."""
    published = {version(ref) for ref in set(work.records.values("questionnaire", "ref")) if ref} - {0}
    return published | set(range(1, questionnaires.newest().version + 1))


def _find(work: Work, ref: str) -> Version | None:
    """A version as it lies in the store, or as the program has it; None where it is not, or can't be read."""
    for record in work.records.select(PublishedQuestionnaire, RECORD_TABLES["questionnaire"].c.ref == ref):
        with suppress(BrokenQuestionnaireError):
            found = decode(record.content or "")
            if found.questionnaire.ref == ref:
                return replace(found, published_on=record.published_on)
    with suppress(UnknownQuestionnaireError):
        return Version(questionnaires.get(ref))
    return None


def _rules(work: Work, ref: str) -> Rules | None:
    """Rules by their name: the program's, or those that came with any questionnaire."""
    with suppress(UnknownQuestionnaireError):
        return questionnaires.rules(ref)
    came = (found.rules for found in _versions(work) if found.rules)
    return next((found for found in came if _name(found) == ref), None)


def _name(found: Rules) -> str:
    return f"{found.id}@{found.version}"
