# SPDX-License-Identifier: GPL-3.0-or-later
"""The order of the questions on the paper form, as in an interview: whoever types it in meets them in the same order.

Danger now - the few direct questions that matter most - each element by its groups, direct questions before signs -
circumstances, with the gates of the modules - general signs - the modules. Every question stands there once.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from itertools import chain, zip_longest

from trafficwatch.models.screening import Element, Entry, Group, Kind, Module, Questionnaire

KEY_PER_ELEMENT = 3
"""So many direct questions of each element come first [ours]; the program begins with the same."""


class Part(StrEnum):
    """Which part of the interview a section belongs to."""

    TRIAGE = "triage"
    KEY = "key"
    ELEMENT = "element"
    AROUND = "around"
    GENERAL = "general"
    MODULE = "module"


@dataclass(frozen=True, slots=True)
class Section:
    """Questions that stand together; `group` is set for those of an element, `module` for those of a module."""

    part: Part
    entries: tuple[Entry, ...]
    group: Group | None = None
    module: Module | None = None


def sections(questionnaire: Questionnaire) -> tuple[Section, ...]:
    """All of them in their order, none without questions."""
    plain = [entry for entry in questionnaire.entries if entry.module is None]
    key = _key_questions(plain)
    rest = [entry for entry in plain if entry not in key and entry.kind not in {Kind.TRIAGE, Kind.GENERAL}]
    known = {group.code for group in questionnaire.groups}
    found = [
        Section(Part.TRIAGE, tuple(entry for entry in plain if entry.kind is Kind.TRIAGE)),
        Section(Part.KEY, key),
        *(Section(Part.ELEMENT, _of(rest, group), group) for group in _by_element(questionnaire)),
        Section(Part.AROUND, tuple(entry for entry in rest if not set(entry.groups[:1]) & known)),
        Section(Part.GENERAL, tuple(entry for entry in plain if entry.kind is Kind.GENERAL)),
        *(
            Section(Part.MODULE, tuple(e for e in questionnaire.entries if e.module == module.code), module=module)
            for module in questionnaire.modules
        ),
    ]
    return tuple(section for section in found if section.entries)


def paper_order(questionnaire: Questionnaire) -> tuple[Entry, ...]:
    """Every question once, as they follow each other on paper."""
    return tuple(chain.from_iterable(section.entries for section in sections(questionnaire)))


def _by_element(questionnaire: Questionnaire) -> list[Group]:
    order = list(Element)
    return sorted(questionnaire.groups, key=lambda group: order.index(group.element))


def _of(entries: list[Entry], group: Group) -> tuple[Entry, ...]:
    """Those that are asked under this group first, direct ones before the others."""
    found = [entry for entry in entries if entry.groups[:1] == (group.code,)]
    return tuple(sorted(found, key=lambda entry: entry.kind is not Kind.ELEMENT))


def _key_questions(entries: list[Entry]) -> tuple[Entry, ...]:
    """The first direct questions of each element, the elements in turn."""
    direct = [entry for entry in entries if entry.kind is Kind.ELEMENT and entry.max_age is None]
    columns = ([entry for entry in direct if entry.element is each][:KEY_PER_ELEMENT] for each in Element)
    return tuple(entry for row in zip_longest(*columns) for entry in row if entry)
