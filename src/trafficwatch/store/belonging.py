# SPDX-License-Identifier: GPL-3.0-or-later
"""Which records are part of another: what is deleted, restored and erased with it.

A record belongs to the person, the case or the volunteer that it is about, an offer to its recruiter, a step of custody
to its piece of evidence, a card that was merged into another one to that one. Who did something (`*_by`), where a
person was referred, who recruits for a journey and which one a paper was looked at for make no part: those stay when
the other goes.
"""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import ColumnElement, Connection, select

from trafficwatch.models.fields import Field, RecordType
from trafficwatch.models.record_types import RECORD_TYPES
from trafficwatch.models.tables import RECORD_TABLES

PARENTS = frozenset({"person_id", "case_id", "volunteer_id", "evidence_id"})
"""The links by which a record is part of another."""
_OFFERS = ("offer", "recruiter_id")
"""A visitor or a journey has the same link, and is no part of the recruiter."""

_AT_ONCE = 500


def parents(record_type: RecordType) -> Iterator[Field]:
    """The links of a type by which its records are part of others."""
    return (link for link in record_type.links if link.name in PARENTS or (record_type.name, link.name) == _OFFERS)


def group(connection: Connection, type_name: str, record_id: str) -> list[tuple[str, str]]:
    """A record as (type, id) and all that belongs to it, deleted ones included; what belongs comes after."""
    found: dict[str, list[str]] = {
        type_name: _with_merged(connection, record_id) if type_name == "person" else [record_id]
    }
    for name, record_type in RECORD_TYPES.items():  # in an order in which records link only to types before their own
        table = RECORD_TABLES[name]
        known = found.setdefault(name, [])
        for link in parents(record_type):
            targets = found.get(link.target, [])
            for start in range(0, len(targets), _AT_ONCE):
                inside = table.c[link.name].in_(targets[start : start + _AT_ONCE])
                ids = connection.execute(select(table.c.id).where(inside).order_by(table.c.id)).scalars()
                known += [each for each in ids if each not in known]
    return [(name, each) for name in (type_name, *(n for n in found if n != type_name)) for each in found[name]]


def _with_merged(connection: Connection, person_id: str) -> list[str]:
    """A person and all whose cards were merged into that one."""
    table, found = RECORD_TABLES["person_pair"], [person_id]
    for each in found:
        merged = select(table.c.other_id).where(table.c.person_id == each, table.c.verdict == "same")
        found += [of_id for of_id in connection.execute(merged).scalars() if of_id not in found]
    return found


def person_there(type_name: str) -> ColumnElement[bool]:
    """Whether the person of a record is not deleted, for lists: deletions of records travel each on its own."""
    person, table = RECORD_TABLES["person"], RECORD_TABLES[type_name]
    return table.c.person_id.not_in(select(person.c.id).where(person.c.deleted.is_not(None)))
