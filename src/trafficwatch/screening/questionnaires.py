# SPDX-License-Identifier: GPL-3.0-or-later
"""The questionnaires and rules that come with the program, as versioned data: the only I/O of screening.

`resources/questionnaires/<id>-<version>.json` holds the head of a questionnaire (title, groups, modules, which rules
read it); its `parts` are files beside it, `<id>-<version>.<part>.json`, each a list of entries, asked in that order.
A part may be shared from another version (`labour@1`); an entry in an own part with the same code then takes its place,
so that a version says in full only what it changes. A version that has been used is never edited: codes are permanent.
What a questionnaire must be is checked in `documents`.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Any

from trafficwatch.errors import InputError
from trafficwatch.resources import resource
from trafficwatch.screening.documents import (
    BrokenQuestionnaireError,
    Problem,
    check_rules,
    decode,
    parse_document,
    parse_rules,
    problems,
    problems_of_rules,
    refuse,
    to_document,
)

if TYPE_CHECKING:
    from pathlib import Path

    from trafficwatch.models.screening import Questionnaire, Rules

__all__ = [
    "BrokenQuestionnaireError",
    "Problem",
    "UnknownQuestionnaireError",
    "check_rules",
    "get",
    "newest",
    "parse_document",
    "parse_rules",
    "problems",
    "problems_of_rules",
    "rules",
    "to_document",
]

_REF = re.compile(r"([a-z]{1,30})@([1-9][0-9]{0,5})")
_FILE = re.compile(r"([a-z]{1,30})-([1-9][0-9]{0,5})\.json")
_PART = re.compile(r"([a-z]{1,30})(?:@([1-9][0-9]{0,5}))?")
_MAIN = "screening"


class UnknownQuestionnaireError(InputError):
    """No questionnaire with this id and version is installed."""

    key = "screening_unknown_questionnaire"


@cache
def get(ref: str) -> Questionnaire:
    """The questionnaire `id@version`.

    UnknownQuestionnaireError when it is not installed, BrokenQuestionnaireError when it contradicts itself.
    """
    head = _file(ref)
    content = decode(head.read_bytes(), head.name)
    if "adult_path" in content:  # the rules lie beside the questionnaires and are none
        raise UnknownQuestionnaireError(ref=ref[:40])
    files: dict[str, str] = {}
    if "parts" in content:
        content["entries"] = list(_entries(head, content.pop("parts"), files))
    questionnaire = parse_document(content, head.name, files)
    if questionnaire.ref != ref:
        refuse(Problem(questionnaire.ref, "other_ref", ref=ref), head.name)
    try:
        read_by = rules(questionnaire.rules)
    except UnknownQuestionnaireError:
        refuse(Problem(questionnaire.ref, "unknown_rules", other=questionnaire.rules), head.name)
    check_rules(read_by, questionnaire, head.name)
    return questionnaire


def newest(name: str = _MAIN) -> Questionnaire:
    """The highest installed version of a questionnaire."""
    found = [match for path in _folder().iterdir() if (match := _FILE.fullmatch(path.name)) and match[1] == name]
    return get(f"{name}@{max((int(match[2]) for match in found), default=0)}")


@cache
def rules(ref: str) -> Rules:
    """The rules `id@version` by which a questionnaire is read."""
    file = _file(ref)
    return parse_rules(file.read_bytes(), file.name)


def _entries(head: Path, parts: Any, files: dict[str, str]) -> list[Any]:
    """The entries of all parts in their order; `files` learns in which file each code stands."""
    if not isinstance(parts, list):
        refuse(Problem("parts", "wrong_shape"), head.name)
    read = [_part(head, part) for part in parts]
    shared = {code for is_own, file, entries in read if not is_own for entry in entries if (code := _code(entry))}
    own: dict[str, tuple[str, Any]] = {}
    for is_own, file, entries in read:
        for entry in entries if is_own else ():
            own.setdefault(_code(entry), (file, entry))
    found = []
    for is_own, file, entries in read:
        for entry in entries:
            code = _code(entry)
            if is_own and code in shared and own[code][1] is entry:
                continue  # it stands in the place of the shared one
            where, standing = own.get(code, (file, entry)) if not is_own else (file, entry)
            files[code] = where
            found.append(standing)
    return found


def _part(head: Path, name: Any) -> tuple[bool, str, list[Any]]:
    """Whether a part is the questionnaire's own, its file, its entries."""
    match = _PART.fullmatch(name) if isinstance(name, str) else None
    if match is None:
        refuse(Problem(str(name), "no_part"), head.name)
    stem = f"{head.stem.rpartition('-')[0]}-{match[2]}" if match[2] else head.stem
    file = head.with_name(f"{stem}.{match[1]}.json")
    if not file.is_file():
        refuse(Problem(match[0], "no_part"), head.name)
    entries = decode(file.read_bytes(), file.name, list)
    return match[2] is None, file.name, entries


def _code(entry: Any) -> str:
    code = entry.get("code") if isinstance(entry, dict) else None
    return code if isinstance(code, str) else ""


def _folder() -> Path:
    return resource("questionnaires")


def _file(ref: str) -> Path:
    if match := _REF.fullmatch(ref):
        file = _folder() / f"{match[1]}-{match[2]}.json"
        if file.is_file():
            return file
    raise UnknownQuestionnaireError(ref=ref[:40])
