# SPDX-License-Identifier: GPL-3.0-or-later
"""Questionnaires and rules as versioned data: read, checked, kept. The only I/O of screening.

`resources/questionnaires/<id>-<version>.json` holds the head of a questionnaire (title, groups, which rules read it);
its `parts` are files beside it, `<id>-<version>.<part>.json`, each a list of entries, asked in that order. A version
that has been used is never edited: codes are permanent, changes make a new version.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Any

import msgspec

from trafficwatch.errors import InputError
from trafficwatch.models.screening import Element, Entry, Kind, Questionnaire, Rules
from trafficwatch.resources import resource

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_REF = re.compile(r"([a-z]{1,30})@([1-9][0-9]{0,5})")
_FILE = re.compile(r"([a-z]{1,30})-([1-9][0-9]{0,5})\.json")
_CODE = re.compile(r"[A-Z][A-Z0-9]*(-[A-Z0-9]+)+")
_MAIN = "screening"


class UnknownQuestionnaireError(InputError):
    """No questionnaire with this id and version is installed."""

    key = "screening_unknown_questionnaire"


class BrokenQuestionnaireError(InputError):
    """A questionnaire or rules file contradicts itself; `problem` names the code and the rule it breaks."""

    key = "screening_broken_questionnaire"


@cache
def get(ref: str) -> Questionnaire:
    """The questionnaire `id@version`; UnknownQuestionnaireError when it is not installed."""
    file = _file(ref)
    content = msgspec.json.decode(file.read_bytes())
    if "adult_path" in content:  # the rules lie beside the questionnaires and are none
        raise UnknownQuestionnaireError(ref=_shown(ref))
    for part in content.pop("parts", ()):
        content.setdefault("entries", []).extend(
            msgspec.json.decode(file.with_name(f"{file.stem}.{part}.json").read_bytes())
        )
    questionnaire = parse(content)
    if questionnaire.ref != ref:
        raise BrokenQuestionnaireError(problem=f"{_shown(ref)}: calls itself {questionnaire.ref}")
    _check(problems_of_rules(rules(questionnaire.rules), questionnaire))
    return questionnaire


def newest(name: str = _MAIN) -> Questionnaire:
    """The highest installed version of a questionnaire."""
    found = [match for path in _folder().iterdir() if (match := _FILE.fullmatch(path.name)) and match[1] == name]
    return get(f"{name}@{max((int(match[2]) for match in found), default=0)}")


@cache
def rules(ref: str) -> Rules:
    """The rules `id@version` by which a questionnaire is read."""
    return msgspec.json.decode(_file(ref).read_bytes(), type=Rules)


def parse(untrusted_content: dict[str, Any]) -> Questionnaire:
    """A whole questionnaire from decoded JSON, checked; BrokenQuestionnaireError when it contradicts itself."""
    try:
        questionnaire = msgspec.convert(untrusted_content, Questionnaire)
    except msgspec.ValidationError as error:
        raise BrokenQuestionnaireError(problem=str(error)) from error
    _check(problems(questionnaire))
    return questionnaire


def problems(questionnaire: Questionnaire) -> Iterator[str]:
    """What contradicts itself in a questionnaire, as `code: rule`; nothing when it is sound."""
    codes = [entry.code for entry in questionnaire.entries]
    groups = {group.code: group.element for group in questionnaire.groups}
    yield from (f"{code}: is there twice" for code in sorted({code for code in codes if codes.count(code) > 1}))
    for group in questionnaire.groups:
        yield from (f"{group.code}: asks unknown {code}" for code in group.asks if code not in codes)
    for entry in questionnaire.entries:
        yield from (f"{entry.code}: {problem}" for problem in _problems_of_entry(entry, groups))
        yield from (f"{entry.code}: asks unknown {code}" for code in entry.asks if code not in codes)


def _problems_of_entry(entry: Entry, groups: dict[str, Element]) -> Iterator[str]:
    if not _CODE.fullmatch(entry.code):
        yield "is no code"
    if not all(text.strip() for words in (entry.text, entry.short, entry.help) for text in (words.id, words.en)):
        yield "a text is missing"
    if not entry.source.strip():
        yield "has no source"
    if (entry.kind is Kind.ELEMENT) != bool(entry.term and entry.law):
        yield "elements, and only they, have term and law"
    if (entry.kind is Kind.TRIAGE) != (entry.risk is not None):
        yield "triage questions, and only they, have a risk"
    if entry.kind in (Kind.ELEMENT, Kind.SIGN) and not entry.places:
        yield "stands nowhere"
    for place in entry.places:
        if groups.get(place.group) is not place.element:
            yield f"{place.group} is no group of {place.element}"
        if (place.element is Element.TUJUAN) != (place.form is not None):
            yield "places under TUJUAN, and only they, have a form"


def problems_of_rules(rules: Rules, questionnaire: Questionnaire) -> Iterator[str]:
    """Codes that the rules name and the questionnaire does not have."""
    codes = {entry.code for entry in questionnaire.entries}
    named = [rules.child_code, *rules.before_departure_codes, *(code for duty in rules.duties for code in duty.codes)]
    yield from (f"{rules.id}@{rules.version}: names unknown {code}" for code in named if code not in codes)


def _check(found: Iterator[str]) -> None:
    for problem in found:
        raise BrokenQuestionnaireError(problem=problem)


def _folder() -> Path:
    return resource("questionnaires")


def _file(ref: str) -> Path:
    if match := _REF.fullmatch(ref):
        file = _folder() / f"{match[1]}-{match[2]}.json"
        if file.is_file():
            return file
    raise UnknownQuestionnaireError(ref=_shown(ref))


def _shown(ref: str) -> str:
    return ref[:40]
