# SPDX-License-Identifier: GPL-3.0-or-later
"""Who must stay unnamed in what leaves of a case: others in it, and reporters, who have not said yes to being named.

A name that was kept back in one place comes out by another: from whom a piece of evidence came, who told it, who came
along. So every short text that holds such a name is left blank, in whatever record it stands; in long texts nobody can
tell names from other words. The person's own names stay, and so does the name of who is said to have done it.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from typing import Any, TypeVar

from trafficwatch.casework.guardians import NameKey, name_keys
from trafficwatch.models.care import CasePerson
from trafficwatch.models.fields import Field, Record, Shape
from trafficwatch.models.people import Person
from trafficwatch.models.reporting import AuthorityReport
from trafficwatch.models.tables import RECORD_TABLES
from trafficwatch.store.records import type_of
from trafficwatch.store.work import Work

SHORT = 200
"""A text of at most so many characters may be a name."""
_SAID_TO_HAVE_DONE_IT = frozenset({"perpetrator.name", "perpetrator.known_as"})

T = TypeVar("T", bound=Record)


def unnamed(work: Work, person_id: str) -> frozenset[NameKey]:
    """Who has not said yes to being named on papers about this person. What is sealed counts only with the case key."""
    read = work.records
    others = read.select(CasePerson, RECORD_TABLES["case_person"].c.person_id == person_id)
    reports = read.select(AuthorityReport, RECORD_TABLES["authority_report"].c.person_id == person_id)
    person = read.get(Person, person_id)
    names = {each.name for each in others if each.agrees is not True}
    names |= {each.reporter_name for each in reports if each.reporter_agrees is not True}
    return name_keys(names) - name_keys((person.name, *person.aliases))


def without_names(found: T, names: Collection[NameKey]) -> T:
    """The record without short texts that name one of these; a field with a flag of its own goes by that flag."""
    record_type = type_of(type(found))
    withheld: dict[str, Any] = {
        field.name: None
        for field in record_type.fields.values()
        if names_one_of(names, record_type.name, field, getattr(found, field.name))
    }
    return replace(found, **withheld)


def names_one_of(names: Collection[NameKey], type_name: str, field: Field, text: str | None) -> bool:
    """Whether a field that may hold a name is one of these names, or holds all the words of one that has several."""
    is_short = field.shape is Shape.TEXT and field.limit <= SHORT
    if not names or not is_short or field.needs or f"{type_name}.{field.name}" in _SAID_TO_HAVE_DONE_IT:
        return False
    said = name_keys((text,))
    return any(key == name or (len(name) > 1 and set(name) <= set(key)) for key in said for name in names)
