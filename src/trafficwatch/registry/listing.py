# SPDX-License-Identifier: GPL-3.0-or-later
"""The list of residents narrowed and ordered: which of them, by what, a page at a time.

A resident's stage and country are those of the latest journey: one that is not over before those that are, then by
departure, then the one recorded last. Whether somebody is warned of, or overdue, the rules say (`registry.warnings`,
`registry.check_ins`); the database does the rest. It walks along the names of the search index and asks of each person
whether it fits: to sort or number all journeys takes seconds where memory is wiped.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, column, func, literal_column, or_, select, table

from trafficwatch.models.migration import Stage
from trafficwatch.models.people import Residency
from trafficwatch.models.tables import RECORD_TABLES
from trafficwatch.registry.check_ins import HEARD
from trafficwatch.registry.touch import due
from trafficwatch.registry.unsafe import may_be_high, warned
from trafficwatch.registry.warnings import HOME_COUNTRY
from trafficwatch.store import finding
from trafficwatch.store.finding import Found
from trafficwatch.store.work import Work

_PERSON, _JOURNEY, _CHECK_IN = (RECORD_TABLES[name] for name in ("person", "journey", "check_in"))
_NAMES = table("search_person", column("id"), column("name"))
"""Everyone who is not deleted, by plain name (`store.search`)."""
_EVERYONE = 1_000_000
_OVER = (Stage.RETURNED.value, Stage.CANCELLED.value)


class Sort(StrEnum):
    """What the list goes by; with a typed text NAME means the most likely first."""

    NAME = "name"
    DEPARTURE = "departure"
    LAST_HEARD = "last_heard"


@dataclass(frozen=True, slots=True)
class ResidentFilter:
    """Who is wanted: None and False narrow nothing. `warned` are those with a heavy warning, `overdue` those who are
    overdue or silent; `country` is ISO 3166 alpha-2, ID for within the country.
    """

    stage: Stage | None = None
    country: str | None = None
    residency: Residency | None = None
    warned: bool = False
    overdue: bool = False


def ids(work: Work, text: str, wanted: ResidentFilter, sort: Sort, offset: int, limit: int) -> Found:
    """The residents of one page by id in order, and how many there are in all.

    DEPARTURE begins with the latest; LAST_HEARD with those away: who was never heard of, then the longest ago. The
    others follow as with NAME.
    """
    is_typed = bool(text.strip())
    if wanted == ResidentFilter() and sort is Sort.NAME:
        find = finding.find(work.connection, text, offset, limit) if is_typed else None
        return find or finding.everyone(work.connection, offset, limit)
    fits = list(_fits(work, wanted))
    meant = finding.find(work.connection, text, 0, _EVERYONE).ids if is_typed else None
    if meant is not None:
        fits.append(_among(meant))
    everyone = select(_NAMES.c.id).where(*fits)
    total = work.connection.execute(everyone.with_only_columns(func.count(), maintain_column_froms=True)).scalar_one()
    found: list[str] = []
    others = everyone
    if sort is not Sort.NAME:
        first = _first(sort).where(*fits)
        number = work.connection.execute(first.with_only_columns(func.count(), maintain_column_froms=True)).scalar_one()
        if offset < number:
            found += work.connection.execute(first.order_by(*_order(sort)).offset(offset).limit(limit)).scalars()
        offset, limit = max(0, offset - number), limit - len(found)
        others = everyone.where(~_is_first(sort))
    if meant is not None:
        left = set(work.connection.execute(others).scalars())
        found += [of_id for of_id in meant if of_id in left][offset : offset + limit]
    elif limit:
        page = others.order_by(_NAMES.c.name, _NAMES.c.id).offset(offset).limit(limit)
        found += work.connection.execute(page).scalars()
    return Found(tuple(found), total)


def last_heard(work: Work, people: Collection[str]) -> dict[str, str]:
    """When each of these people was heard of last, by id."""
    said = (_CHECK_IN.c.outcome.in_(sorted(HEARD)), _CHECK_IN.c.deleted.is_(None))
    heard = select(_CHECK_IN.c.person_id, func.max(_CHECK_IN.c.tried_on).label("heard_on")).where(*said)
    query = heard.where(_CHECK_IN.c.person_id.in_(list(people))).group_by(_CHECK_IN.c.person_id)
    return {row.person_id: row.heard_on for row in work.connection.execute(query)}


# -- who fits ----------------------------------------------------------------------------------------------------------


def _fits(work: Work, wanted: ResidentFilter) -> Iterable[ColumnElement[bool]]:
    """What has to hold of a person on the list of names."""
    journey: list[ColumnElement[bool]] = []
    if wanted.stage is not None:
        journey.append(_JOURNEY.c.stage == wanted.stage.value)
    if wanted.country == HOME_COUNTRY:
        unnamed = and_(_JOURNEY.c.destination_country.is_(None), _JOURNEY.c.destination_place.is_not(None))
        journey.append(or_(_JOURNEY.c.destination_country == HOME_COUNTRY, unnamed))
    elif wanted.country is not None:
        journey.append(_JOURNEY.c.destination_country == wanted.country)
    if journey:
        yield _has_latest(*journey)
    if wanted.residency is not None:
        there = (_PERSON.c.id == _NAMES.c.id, _PERSON.c.residency == wanted.residency.value)
        yield select(_PERSON.c.id).where(*there).correlate(_NAMES).exists()
    if wanted.warned:
        yield _among(_warned(work))
    if wanted.overdue:
        yield _among(row.person_id for row in due(work) if row.standing.status in {"overdue", "silent"})


def _has_latest(*where: ColumnElement[bool]) -> ColumnElement[bool]:
    latest = select(_JOURNEY.c.id).where(_JOURNEY.c.person_id == _NAMES.c.id, *where, *_is_latest())
    return latest.correlate(_NAMES).exists()


def _is_latest() -> tuple[ColumnElement[bool], ...]:
    """That a journey is there, and none of the same person comes before it."""
    other = _JOURNEY.alias("other")
    over, other_over = (each.c.stage.in_(_OVER) & each.c.stage.is_not(None) for each in (_JOURNEY, other))
    day, other_day = (func.coalesce(each.c.departure_on, "9999") for each in (_JOURNEY, other))
    recorded_later: ColumnElement[bool] = literal_column("other.rowid > journey.rowid")
    later = or_(other_day > day, and_(other_day == day, recorded_later))
    before = or_(and_(over, ~other_over), and_(over == other_over, later))
    same = (other.c.person_id == _JOURNEY.c.person_id, other.c.id != _JOURNEY.c.id, other.c.deleted.is_(None))
    return _JOURNEY.c.deleted.is_(None), ~select(other.c.id).where(*same, before).correlate(_JOURNEY).exists()


def _warned(work: Work) -> set[str]:
    """Those of whom a journey that is not over has a heavy warning."""
    candidates = select(_JOURNEY.c.id).join(_PERSON, _PERSON.c.id == _JOURNEY.c.person_id)
    there = (_JOURNEY.c.deleted.is_(None), _PERSON.c.deleted.is_(None))
    found = warned(work, list(work.connection.execute(candidates.where(*there, may_be_high(work))).scalars()))
    return {each.person.id for each in found if each.high}


def _among(people: Iterable[str]) -> ColumnElement[bool]:
    listed = func.json_each(json.dumps(sorted(people))).table_valued("value")
    return _NAMES.c.id.in_(select(listed.c.value))


# -- who comes first ---------------------------------------------------------------------------------------------------


def _first(sort: Sort) -> Select[Any]:
    """Those on the list of names who have a place of their own in this order, with their latest journey."""
    joined = select(_NAMES.c.id).select_from(_JOURNEY).join(_NAMES, _NAMES.c.id == _JOURNEY.c.person_id)
    return joined.where(_has_place(sort), *_is_latest())


def _is_first(sort: Sort) -> ColumnElement[bool]:
    return _has_latest(_has_place(sort))


def _has_place(sort: Sort) -> ColumnElement[bool]:
    is_away: ColumnElement[bool] = _JOURNEY.c.stage == Stage.DEPARTED.value
    return is_away if sort is Sort.LAST_HEARD else _JOURNEY.c.departure_on.is_not(None)


def _order(sort: Sort) -> tuple[Any, ...]:
    if sort is Sort.DEPARTURE:
        return (_JOURNEY.c.departure_on.desc(), _NAMES.c.name, _NAMES.c.id)
    said = (_CHECK_IN.c.outcome.in_(sorted(HEARD)), _CHECK_IN.c.deleted.is_(None))
    heard = select(func.max(_CHECK_IN.c.tried_on)).where(_CHECK_IN.c.person_id == _JOURNEY.c.person_id, *said)
    return (func.coalesce(heard.correlate(_JOURNEY).scalar_subquery(), ""), _NAMES.c.name, _NAMES.c.id)
