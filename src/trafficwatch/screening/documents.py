# SPDX-License-Identifier: GPL-3.0-or-later
"""Questionnaires and rules as documents, pure: untrusted JSON in, a sound value out, and back.

A questionnaire that comes from elsewhere (a signed bundle, a spreadsheet) must not be able to break an interview: it is
taken whole and sound or refused with `BrokenQuestionnaireError`, which names the file, the code and the reason; nothing
else is ever raised. It is bounded in size, holds no unprintable character and no member that nobody would read, and:

1. Codes are unique; every text stands in both languages; every entry has a source.
2. What is named exists: groups with their element, modules, gates, the questions that are asked next, the rules.
3. A gate is an ordinary question about circumstances, outside its module; nothing leads back to itself.
4. Rules name only questions and duties that there are, and keep what the law holds fixed (`soundness`).
5. No text clears anybody.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import fields
from graphlib import CycleError, TopologicalSorter
from typing import Any, NoReturn, TypeVar

import msgspec

from trafficwatch.errors import InputError
from trafficwatch.models.screening import Element, Entry, Kind, Questionnaire, Rules
from trafficwatch.screening.soundness import clearing_words, flaws_of_law
from trafficwatch.texts import LANGUAGES, catalogue, t

NO_FILE = "-"
"""Stands for a document that came from no file."""
MOST_BYTES = 5_000_000
MOST_ENTRIES = 2_000
MOST_PARTS = 200
"""Groups, modules; also places of an entry, codes in a list, duties and citations."""
OLDEST = 120

_LONGEST = {"text": 300, "help": 1_500, "short": 300, "source": 400, "title": 200, "label": 200}
_LONGEST_OTHER = 200
_SHOWN = 80
_CODE = re.compile(r"(?=.{1,24}\Z)[A-Z][A-Z0-9]*(-[A-Z0-9]+)+", re.ASCII)
_NAME = re.compile(r"[a-z][a-z0-9_]{0,29}", re.ASCII)
_ID = re.compile(r"[a-z]{1,30}", re.ASCII)
_REF = re.compile(r"[a-z]{1,30}@[1-9][0-9]{0,5}", re.ASCII)
_HIGHEST_VERSION = 999_999
_UNPRINTABLE = {"Cc", "Cf", "Cn", "Co", "Cs"}
_LISTS = ("entries", "groups", "modules")
_ENTRY_PATH = re.compile(r"\$\.entries\[(\d+)\]")

_Document = TypeVar("_Document", Questionnaire, Rules)


class BrokenQuestionnaireError(InputError):
    """A questionnaire or rules contradict themselves; parameters `file` (or `-`), `code` and `reason`."""

    key = "screening_broken_questionnaire"


class Problem:
    """One contradiction: the code where it stands and the rule that it breaks; `reason` says it in words."""

    def __init__(self, code: str, rule: str, **params: str | int) -> None:
        self.code = shown(code) or "?"
        self.rule = rule
        self._params = {name: shown(value) if isinstance(value, str) else value for name, value in params.items()}

    @property
    def reason(self) -> str:
        """In the language that the program speaks now."""
        return t(f"questionnaire.{self.rule}", language=None, **self._params)

    def __str__(self) -> str:
        return f"{self.code}: {self.reason}"


def parse_document(
    untrusted: bytes | Mapping[str, Any], file: str = NO_FILE, files: Mapping[str, str] | None = None
) -> Questionnaire:
    """A whole questionnaire from JSON, or from what JSON decodes to; raises BrokenQuestionnaireError and nothing else.

    `files` names the file of a code when a questionnaire lies in several.
    """
    content = decode(untrusted, file)
    entries = content.get("entries")
    if isinstance(entries, list | tuple) and len(entries) > MOST_ENTRIES:
        refuse(Problem("entries", "too_many", most=MOST_ENTRIES), file)
    questionnaire = _convert(content, Questionnaire, file, files or {})
    found = (*_strangers(content, questionnaire), *problems(questionnaire))
    for problem in found:
        refuse(problem, (files or {}).get(problem.code, file))
    return questionnaire


def parse_rules(untrusted: bytes | Mapping[str, Any], file: str = NO_FILE) -> Rules:
    """Rules from JSON or what it decodes to; raises BrokenQuestionnaireError and nothing else."""
    content = decode(untrusted, file)
    rules = _convert(content, Rules, file, {})
    if not 1 <= rules.version <= _HIGHEST_VERSION:
        refuse(Problem(rules.id, "no_version"), file)
    name = f"{rules.id}@{rules.version}"
    known = msgspec.to_builtins(rules)
    for problem in (*_unread(name, content, known), *_texts_of(name, known), *_flaws_of_rules(rules)):
        refuse(problem, file)
    return rules


def to_document(questionnaire: Questionnaire) -> dict[str, Any]:
    """The questionnaire as one self-contained JSON document; `parse_document` gives it back."""
    content = _members(questionnaire)
    for name in _LISTS:
        content[name] = [
            {member: value for member, value in part.items() if value is not None and value != ()}
            for part in content[name]
        ]
    return content


def check_rules(rules: Rules, questionnaire: Questionnaire, file: str = NO_FILE) -> None:
    """Raise BrokenQuestionnaireError when the rules name what the questionnaire does not have."""
    for problem in problems_of_rules(rules, questionnaire):
        refuse(problem, file)


def refuse(problem: Problem, file: str) -> NoReturn:
    raise BrokenQuestionnaireError(file=shown(file) or NO_FILE, code=problem.code, reason=problem.reason) from None


def shown(untrusted: str) -> str:
    """As much of a foreign text as may stand in an error."""
    return "".join(each for each in untrusted[:_SHOWN] if each.isprintable())


# -- reading -----------------------------------------------------------------------------------------------------------


def decode(untrusted: bytes | Mapping[str, Any], file: str, kind: type = dict) -> Any:
    """What the JSON says, if it is of this kind."""
    content: Any = untrusted
    if isinstance(untrusted, bytes):
        if len(untrusted) > MOST_BYTES:
            refuse(Problem("JSON", "too_large", most=MOST_BYTES // 1_000_000), file)
        try:
            content = msgspec.json.decode(untrusted)
            json.loads(untrusted, object_pairs_hook=named_once, parse_int=str, parse_float=str)
        except NamedTwice as error:
            refuse(Problem("JSON", "repeated_member", member=error.args[0]), file)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            refuse(Problem("JSON", "not_json"), file)
    if not isinstance(content, kind):
        refuse(Problem("JSON", "wrong_shape"), file)
    return content


class NamedTwice(ValueError):
    """Of two members with one name a reader would take one, another program the other."""


def named_once(members: list[tuple[str, Any]]) -> None:
    names: set[str] = set()
    for name, _ in members:
        if name in names:
            raise NamedTwice(name)
        names.add(name)


def _convert(content: Any, kind: type[_Document], file: str, files: Mapping[str, str]) -> _Document:
    try:
        return msgspec.convert(content, kind)
    except (msgspec.ValidationError, RecursionError, OverflowError) as error:
        message = str(error)
        code = "JSON"
        if found := _ENTRY_PATH.search(message):
            told = content["entries"][int(found[1])]
            named = told.get("code") if isinstance(told, Mapping) else None
            code = named if named and isinstance(named, str) else f"entries[{found[1]}]"
        rule = "untranslated" if re.search(r"missing required field `(?:id|en)` - at", message) else "wrong_part"
        problem = Problem(code, rule, what=message)
    refuse(problem, files.get(problem.code, file))


def _strangers(content: Mapping[str, Any], questionnaire: Questionnaire) -> Iterator[Problem]:
    """Members that nobody reads: one that is misspelt would be lost without a word."""
    known = _members(questionnaire)
    for name in _LISTS:
        for part, told in zip(known[name], content.get(name, ()), strict=True):
            yield from _unread(part["code"], told, part)
    yield from _unread(questionnaire.id, {name: content[name] for name in content if name not in _LISTS}, known)


def _unread(code: str, given: Any, known: Any) -> Iterator[Problem]:
    if isinstance(given, Mapping) and isinstance(known, Mapping):
        for name, value in given.items():
            if name in known:
                yield from _unread(code, value, known[name])
            else:
                yield Problem(code, "unknown_member", member=name if isinstance(name, str) else "?")
    elif isinstance(given, list | tuple) and isinstance(known, list | tuple):
        for value, read in zip(given, known, strict=True):
            yield from _unread(code, value, read)


def _members(questionnaire: Questionnaire) -> dict[str, Any]:
    """As plain values, without what the questionnaire keeps for looking up."""
    return {each.name: msgspec.to_builtins(getattr(questionnaire, each.name)) for each in fields(questionnaire)}


# -- checking ----------------------------------------------------------------------------------------------------------


def problems(questionnaire: Questionnaire) -> Iterator[Problem]:
    """What contradicts itself in a questionnaire; nothing when it is sound."""
    yield from _problems_of_head(questionnaire)
    codes = [entry.code for entry in questionnaire.entries]
    known = set(codes)
    groups = {group.code: group.element for group in questionnaire.groups}
    modules = {module.code for module in questionnaire.modules}
    yield from (Problem(code, "twice") for code in _repeated(codes))
    for group in questionnaire.groups:
        yield from _texts_of(group.code, msgspec.to_builtins(group))
        yield from (Problem(group.code, "asks_unknown", other=code) for code in group.asks if code not in known)
    for entry in questionnaire.entries:
        yield from _texts_of(entry.code, msgspec.to_builtins(entry))
        yield from (Problem(entry.code, rule, **params) for rule, params in _flaws_of_entry(entry, groups))
        yield from (Problem(entry.code, "asks_unknown", other=code) for code in entry.asks if code not in known)
        if entry.module is not None and entry.module not in modules:
            yield Problem(entry.code, "unknown_module", other=entry.module)
    yield from _problems_of_modules(questionnaire)
    yield from _circles(questionnaire)


def problems_of_rules(rules: Rules, questionnaire: Questionnaire) -> Iterator[Problem]:
    """What the rules name and the questionnaire does not have."""
    name = f"{rules.id}@{rules.version}"
    if name != questionnaire.rules:
        yield Problem(questionnaire.ref, "unknown_rules", other=questionnaire.rules)
    kinds = {entry.code: entry.kind for entry in questionnaire.entries}
    named = [rules.child_code, *rules.before_departure_codes, *(code for duty in rules.duties for code in duty.codes)]
    yield from (Problem(name, "names_unknown", other=code) for code in named if code not in kinds)
    if kinds.get(rules.child_code, Kind.TRIAGE) is not Kind.TRIAGE:
        yield Problem(name, "child_is_no_danger", other=rules.child_code)


def _problems_of_head(questionnaire: Questionnaire) -> Iterator[Problem]:
    name = questionnaire.id if _ID.fullmatch(questionnaire.id) else "id"
    if name == "id":
        yield Problem(name, "no_name")
    if not 1 <= questionnaire.version <= _HIGHEST_VERSION:
        yield Problem(name, "no_version")
    if not _REF.fullmatch(questionnaire.rules):
        yield Problem(name, "unknown_rules", other=questionnaire.rules)
    yield from _texts_of(name, msgspec.to_builtins(questionnaire.title), "title")
    if not questionnaire.entries:
        yield Problem(name, "no_entries")
    for parts in (questionnaire.groups, questionnaire.modules):
        if len(parts) > MOST_PARTS:
            yield Problem(name, "too_many", most=MOST_PARTS)
        for code in _repeated([part.code for part in parts]):
            yield Problem(code, "twice")
        yield from (Problem(part.code, "no_name") for part in parts if not _NAME.fullmatch(part.code))


def _flaws_of_entry(entry: Entry, groups: Mapping[str, Element]) -> Iterator[tuple[str, dict[str, str]]]:
    """Rule by rule what an entry breaks, with what the sentence names."""
    if not _CODE.fullmatch(entry.code):
        yield "no_code", {}
    if (entry.kind is Kind.ELEMENT) != bool(entry.term and entry.law):
        yield "term_and_law", {}
    if (entry.kind is Kind.TRIAGE) != (entry.risk is not None):
        yield "risk", {}
    if entry.kind in (Kind.ELEMENT, Kind.SIGN) and not entry.places:
        yield "no_place", {}
    for place in entry.places:
        if place.group not in groups:
            yield "unknown_group", {"other": place.group}
        elif groups[place.group] is not place.element:
            yield "other_element", {"other": place.group, "element": place.element.value}
        if (place.element is Element.TUJUAN) != (place.form is not None):
            yield "form", {}
    ages = (entry.max_age, *(place.max_age for place in entry.places))
    if any(age is not None and not 0 <= age <= OLDEST for age in ages):
        yield "age", {}


def _problems_of_modules(questionnaire: Questionnaire) -> Iterator[Problem]:
    entries = {entry.code: entry for entry in questionnaire.entries}
    used = {entry.module for entry in questionnaire.entries}
    for module in questionnaire.modules:
        yield from _texts_of(module.code, msgspec.to_builtins(module))
        gate = entries.get(module.gate)
        if gate is None:
            yield Problem(module.code, "unknown_gate", other=module.gate)
        elif gate.module == module.code:
            yield Problem(module.gate, "own_gate", other=module.code)
        elif gate.kind is not Kind.CONTEXT:
            yield Problem(module.gate, "gate_kind", other=module.code)
        if module.code not in used:
            yield Problem(module.code, "empty_module")


def _circles(questionnaire: Questionnaire) -> Iterator[Problem]:
    """A question that leads back to itself, by what is asked next or through the gate of a module."""
    leads = {entry.code: list(entry.asks) for entry in questionnaire.entries}
    for module in questionnaire.modules:
        behind = (entry.code for entry in questionnaire.entries if entry.module == module.code)
        leads.setdefault(module.gate, []).extend(behind)
    try:
        TopologicalSorter(leads).prepare()
    except CycleError as error:
        circle: list[str] = error.args[1]
        yield Problem(circle[0], "circle", path=" > ".join(reversed(circle)))


def _flaws_of_rules(rules: Rules) -> Iterator[Problem]:
    duties = [duty.code for duty in rules.duties]
    name = f"{rules.id}@{rules.version}"
    if not _REF.fullmatch(name):
        yield Problem("id", "no_name")
    yield from (Problem(code, "twice") for code in _repeated(duties))
    for duty in rules.duties:
        if f"duty.{duty.code}" not in catalogue("screening"):
            yield Problem(duty.code, "duty_without_words")
        if duty.yields_to is not None and duty.yields_to not in duties:
            yield Problem(duty.code, "names_unknown", other=duty.yields_to)
    counts = (rules.next_count, rules.departure_days, rules.adult_age)
    if not all(1 <= count <= OLDEST for count in counts):
        yield Problem(name, "no_count")
    yield from (Problem(name, rule, **params) for rule, params in flaws_of_law(rules))


def _texts_of(code: str, value: Any, name: str = "") -> Iterator[Problem]:
    """Texts of a part that are empty, too long, or hold what can't be shown; lists that are too long."""
    if isinstance(value, str):
        if not value.strip():
            yield Problem(code, "no_text", name=name)
        elif len(value) > _LONGEST.get(name, _LONGEST_OTHER):
            yield Problem(code, "too_long", name=name, most=_LONGEST.get(name, _LONGEST_OTHER))
        elif not value.isprintable() and any(unicodedata.category(each) in _UNPRINTABLE for each in value):
            yield Problem(code, "unprintable", name=name)
        elif words := clearing_words(value):
            yield Problem(code, "clears", name=name, what=words)
    elif isinstance(value, Mapping):
        for member, inner in value.items():
            yield from _texts_of(code, inner, name if member in LANGUAGES and name else member)
    elif isinstance(value, list | tuple):
        if len(value) > MOST_PARTS:
            yield Problem(code, "too_many", most=MOST_PARTS)
        for inner in value:
            yield from _texts_of(code, inner, name)


def _repeated(codes: list[str]) -> list[str]:
    return sorted({code for code in codes if codes.count(code) > 1})
