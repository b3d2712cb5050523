# SPDX-License-Identifier: GPL-3.0-or-later
"""Where else a telephone number or a name of somebody who recruits is written: recruiters, journeys, visitors.

To be pointed out, never to be judged: one number serves a family, and many people are called Anton. Numbers are
compared as they are dialled, names in old and new spelling, in any order, without titles. What belongs to deleted
people is left out.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, null, or_, select

from trafficwatch.models.identity import phone_key
from trafficwatch.models.tables import RECORD_TABLES
from trafficwatch.store.spelling import fold, plain, without_titles
from trafficwatch.store.work import Work

PHONE, NAME = "phone", "name"
"""What is the same."""

_PERSON, _JOURNEY, _RECRUITER, _VISITOR = (
    RECORD_TABLES[name] for name in ("person", "journey", "recruiter", "visitor")
)
_TAIL = 7
"""So many last digits, whatever is written between them, find the few rows that are then compared as a whole."""
_SEVERAL = re.compile(r"[,;/\n]|\bdan\b|\batau\b")
_AT_MOST = 50


@dataclass(frozen=True, slots=True)
class Mention:
    """One record that says the same: `kind` is `phone` or `name`, `value` what stands there; `name` is the recruiter's
    or visitor's, of a journey the person's, whose id is `person_id`.
    """

    type: str
    id: str
    kind: str
    value: str
    name: str
    person_id: str | None = None


def mentions(
    work: Work, phones: Iterable[str], names: Iterable[str], *, without: Iterable[tuple[str, str]] = ()
) -> tuple[Mention, ...]:
    """Who else has one of these numbers or names, at most fifty of each kind; not the records in `without`."""
    left_out = set(without)
    keys = {key for phone in phones for key in phone_keys(phone)}
    wanted = {key for name in names if (key := name_key(name))}
    found = [*_with_phone(work, keys, left_out)[:_AT_MOST], *_with_name(work, wanted, left_out)[:_AT_MOST]]
    return tuple(found)


def phone_keys(typed: str | None) -> set[str]:
    """The numbers in a field for comparing: some people write two into one."""
    keys = {phone_key(part) for part in [typed or "", *_SEVERAL.split(typed or "")]}
    return {key for key in keys if len(key) >= _TAIL}


def name_key(name: str | None) -> str:
    """A name for comparing; '' for one without letters."""
    return " ".join(sorted(fold(word) for word in without_titles(plain(name or ""))))


# -- looking -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Place:
    """A column in which numbers or names stand: `is_map` for one whose keys they are."""

    type: str
    column: ColumnElement[Any]
    is_map: bool = False


_PHONES = (
    _Place("recruiter", _RECRUITER.c.phones, is_map=True),
    _Place("journey", _JOURNEY.c.recruiter_phone),
    _Place("visitor", _VISITOR.c.phones, is_map=True),
)
_NAMES = (
    _Place("recruiter", _RECRUITER.c.name),
    _Place("recruiter", _RECRUITER.c.aliases, is_map=True),
    _Place("journey", _JOURNEY.c.recruiter_name),
    _Place("visitor", _VISITOR.c.name),
)


def _with_phone(work: Work, keys: set[str], left_out: set[tuple[str, str]]) -> list[Mention]:
    if not keys:
        return []
    ends = {"%" + "%".join(re.sub(r"\D", "", key)[-_TAIL:]) + "%" for key in keys}

    def narrowed(column: ColumnElement[Any]) -> ColumnElement[bool]:
        return or_(*(column.like(end) for end in sorted(ends)))

    return _found(work, PHONE, _PHONES, narrowed, lambda value: bool(phone_keys(value) & keys), left_out)


def _with_name(work: Work, wanted: set[str], left_out: set[tuple[str, str]]) -> list[Mention]:
    """Each name that is written is compared once, however often it is."""
    if not wanted:
        return []
    found: list[Mention] = []
    for place in _NAMES:
        written = work.connection.execute(select(place.column).distinct().where(place.column.is_not(None))).scalars()
        same = [text for text in written if any(name_key(value) in wanted for value in _values(place, text))]

        def narrowed(column: ColumnElement[Any], same: list[str] = same) -> ColumnElement[bool]:
            return column.in_(same)

        if same:
            enough = _AT_MOST + len(left_out)
            found += _found(work, NAME, (place,), narrowed, lambda value: name_key(value) in wanted, left_out, enough)
    return found


def _found(
    work: Work,
    kind: str,
    places: Iterable[_Place],
    narrowed: Callable[[ColumnElement[Any]], ColumnElement[bool]],
    fits: Callable[[str], bool],
    left_out: set[tuple[str, str]],
    limit: int | None = None,
) -> list[Mention]:
    found: dict[tuple[str, str], Mention] = {}
    for place in places:
        for row in work.connection.execute(_rows(place).where(narrowed(place.column)).limit(limit)):
            value = next((value for value in _values(place, row.said) if fits(value)), None)
            key = (place.type, row.id)
            if value is not None and key not in left_out:
                found.setdefault(key, Mention(place.type, row.id, kind, value, row.name or "", row.person_id))
    return list(found.values())


def _rows(place: _Place) -> Select[Any]:
    """Id, what stands in the column, and whose name to show, of the records that are there."""
    table = RECORD_TABLES[place.type]
    if place.type != "journey":
        columns = (table.c.id, place.column.label("said"), table.c.name, null().label("person_id"))
        return select(*columns).where(table.c.deleted.is_(None)).order_by(table.c.name, table.c.id)
    return (
        select(table.c.id, place.column.label("said"), _PERSON.c.name, table.c.person_id)
        .join(_PERSON, _PERSON.c.id == table.c.person_id)
        .where(table.c.deleted.is_(None), _PERSON.c.deleted.is_(None))
        .order_by(_PERSON.c.name, table.c.id)
    )


def _values(place: _Place, text: str) -> Iterator[str]:
    if not place.is_map:
        yield text
        return
    kept: Mapping[str, Any] = json.loads(text)
    yield from (value for value, said in kept.items() if said is not None)
