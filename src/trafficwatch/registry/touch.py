# SPDX-License-Identifier: GPL-3.0-or-later
"""Keeping in touch with those who are away: attempts to hear from them, and from whom it is time to hear.

Who is due is decided by `registry.check_ins` alone. What is read before leaves out, in one pass, the journeys that it
would find in order anyway; of the others all attempts are read.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache, lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Select, func, literal_column, or_, select

from trafficwatch.errors import InputError
from trafficwatch.models.checks import ValueImpossible
from trafficwatch.models.migration import CheckIn, Journey, Stage
from trafficwatch.models.people import Residency
from trafficwatch.models.tables import RECORD_TABLES
from trafficwatch.registry.check_ins import (
    FAILED,
    FAILED_ATTEMPTS,
    FIRST_AFTER_DAYS,
    HEARD,
    QUESTIONS,
    STATUSES,
    Standing,
    every_days,
    last_alarm,
    standing,
)
from trafficwatch.registry.days import require_past
from trafficwatch.registry.where import destination
from trafficwatch.store.records import FieldMissing
from trafficwatch.store.work import Work

ANSWERS = frozenset({"yes", "no", "unknown"})
"""What may be answered to a question of the register."""

_PERSON, _JOURNEY, _CHECK_IN = (RECORD_TABLES[name] for name in ("person", "journey", "check_in"))
_CONTACT, _SCREENING = RECORD_TABLES["safe_contact"], RECORD_TABLES["screening"]
_WHOLE_DAY = 10
_OF_JOURNEY = ("id", "person_id", "stage", "destination_country", "destination_place", "departure_on", "check_in_days")
_OF_ATTEMPT = ("id", "journey_id", "tried_on", "outcome", "place", "answers")
_WORRYING = tuple(f'"{asked.code}":"{asked.alarming}"' for asked in QUESTIONS if asked.alarming)
"""How worrying answers are spelled where they are kept."""
_WAITING = frozenset({"due", "overdue", "silent"})


class NotAway(InputError):
    """Nobody has left on this journey yet."""

    key = "not_away"


@dataclass(frozen=True, slots=True)
class TouchRow:
    """One journey from which it is time to hear; of who must not be contacted others have to be asked."""

    journey_id: str
    person_id: str
    name: str
    destination: str | None
    standing: Standing
    recruiter_id: str | None = None
    do_not_contact: bool = False


@dataclass(frozen=True, slots=True)
class Back:
    """A journey from which somebody came back; `on` is the day of the last word that gave cause for worry."""

    journey_id: str
    person_id: str
    name: str
    on: date


def record_check_in(work: Work, journey_id: str, fields: Mapping[str, Any]) -> CheckIn:
    """Record an attempt to hear from somebody, made today and by who is at work unless the fields say otherwise.

    Raises RecordUnknown, NotAway, FieldMissing without an outcome, DayToCome.
    """
    journey = work.records.get(Journey, journey_id)
    if journey.stage not in {Stage.DEPARTED, Stage.RETURNED}:
        raise NotAway
    kept = {"tried_on": work.today, "tried_by": work.volunteer, **fields}
    if not kept.get("outcome"):
        raise FieldMissing(field="outcome")
    require_past(work, "tried_on", kept["tried_on"])
    require_answers("answers", kept.get("answers"))
    saved = work.write(CheckIn, None, person_id=journey.person_id, journey_id=journey_id, **kept)
    return work.records.get(CheckIn, saved)


def check_ins_of(work: Work, journey_id: str) -> tuple[CheckIn, ...]:
    """The attempts made for a journey, in the order in which they were recorded."""
    return tuple(work.records.select(CheckIn, _CHECK_IN.c.journey_id == journey_id))


def due(work: Work, limit: int | None = None) -> tuple[TouchRow, ...]:
    """From whom it is time to hear, the most worrying first, then whoever has waited longest; all without a limit."""
    found = [(row, said) for row, said in _standings(work) if said.status in _WAITING]
    found.sort(key=lambda each: (-STATUSES.index(each[1].status), each[1].due_on or date.min, each[0].id))
    found = found[:limit]
    hushed = not_to_contact(work)
    names = _names(work, [row.person_id for row, _ in found])
    return tuple(
        TouchRow(
            row.id,
            row.person_id,
            names.get(row.person_id, ""),
            destination(row),
            said,
            row.recruiter_id,
            row.person_id in hushed,
        )
        for row, said in found
    )


def not_to_contact(work: Work) -> set[str]:
    """The people who must not be contacted, nor their families."""
    hushed = select(_CONTACT.c.person_id).where(_CONTACT.c.do_not_contact, _CONTACT.c.deleted.is_(None))
    return set(work.connection.execute(hushed).scalars())


def back_alarmed(work: Work) -> tuple[Back, ...]:
    """Journeys that are over and whose last word gave cause for worry, unless the person was screened since."""
    worrying = select(_CHECK_IN.c.journey_id).where(
        or_(*(_CHECK_IN.c.answers.contains(said, autoescape=True) for said in _WORRYING)), _CHECK_IN.c.deleted.is_(None)
    )
    back = select(_JOURNEY.c.id, _JOURNEY.c.person_id).where(
        _JOURNEY.c.stage == Stage.RETURNED.value,
        _JOURNEY.c.deleted.is_(None),
        _JOURNEY.c.person_id.not_in(_GONE),
        _JOURNEY.c.id.in_(worrying),
    )
    rows = work.connection.execute(back).all()
    attempts: dict[str, list[CheckIn]] = {}
    for attempt in work.connection.execute(_narrowed(_ATTEMPTS, _CHECK_IN.c.journey_id, [row.id for row in rows])):
        attempts.setdefault(attempt.journey_id, []).append(_attempt(attempt))
    screened = select(_SCREENING.c.person_id, func.max(_SCREENING.c.screened_on))
    screened = screened.where(_SCREENING.c.deleted.is_(None)).group_by(_SCREENING.c.person_id)
    last: dict[str, str] = {row[0]: row[1] for row in work.connection.execute(screened)} if rows else {}
    names, today = _names(work, [row.person_id for row in rows]), date.fromisoformat(work.today)
    found = ((row, last_alarm(attempts.get(row.id, ()), today)) for row in rows)
    return tuple(
        Back(row.id, row.person_id, names.get(row.person_id, ""), on)
        for row, on in found
        if on is not None and last.get(row.person_id, "") < on.isoformat()
    )


def silent(work: Work, journeys: Collection[str]) -> set[str]:
    """Those of some journeys that have gone silent."""
    if not journeys:
        return set()
    return {row.id for row, said in _standings(work, journeys) if said.status == "silent"}


def require_answers(field: str, answers: Mapping[str, Any] | None) -> None:
    """Raise ValueImpossible for an answer that is not yes, no, unknown or taken back."""
    if any(value not in ANSWERS and value not in {None, ""} for value in (answers or {}).values()):
        raise ValueImpossible(field=field)


# -- all who are away --------------------------------------------------------------------------------------------------


def _standings(work: Work, journeys: Collection[str] | None = None) -> Iterator[tuple[Any, Standing]]:
    """Where those stand who are away, but for some with whom all is in order.

    Plain scans of few columns: with memory that is wiped, whatever the database sorts, groups or joins costs more.
    """
    today = date.fromisoformat(work.today)
    attempts: dict[str, list[Any]] = {}
    for attempt in work.connection.execute(_narrowed(_ATTEMPTS, _CHECK_IN.c.journey_id, journeys)):
        attempts.setdefault(attempt.journey_id, []).append(attempt)
    gone = set(work.connection.execute(_GONE).scalars())
    untried: dict[tuple[Any, ...], Standing] = {}
    for row in work.connection.execute(_narrowed(_AWAY, _JOURNEY.c.id, journeys)):
        tried = attempts.get(row.id, [])
        if row.person_id in gone or not _may_be_due(row, tried, today):
            continue
        if tried:
            yield row, standing(_journey(row), list(map(_attempt, tried)), today)
            continue
        alike = (row.destination_country, row.departure_on, row.check_in_days)
        if alike not in untried:
            untried[alike] = standing(_journey(row), (), today)
        yield row, untried[alike]


def _narrowed(query: Select[Any], column: ColumnElement[Any], wanted: Collection[str] | None) -> Select[Any]:
    return query if wanted is None else query.where(column.in_(sorted(wanted)))


_ATTEMPTS = (
    select(*(_CHECK_IN.c[name] for name in _OF_ATTEMPT))
    .where(_CHECK_IN.c.deleted.is_(None))
    .order_by(literal_column("check_in.rowid"))
)
"""In the order in which they were recorded."""
_AWAY = select(*(_JOURNEY.c[name] for name in (*_OF_JOURNEY, "recruiter_id"))).where(
    _JOURNEY.c.stage == Stage.DEPARTED.value, _JOURNEY.c.deleted.is_(None)
)
_GONE = select(_PERSON.c.id).where(or_(_PERSON.c.deleted.is_not(None), _PERSON.c.residency == Residency.DEAD.value))
"""The deleted and the dead."""


def _may_be_due(row: Any, attempts: Iterable[Any], today: date) -> bool:
    """False only where `standing` finds all in order: nothing worrying, and a whole day that is not long ago."""
    heard, failed = "", 0
    for attempt in attempts:
        if attempt.outcome in FAILED:
            failed += 1
        elif attempt.outcome in HEARD and heard < (attempt.tried_on or "") <= today.isoformat():
            heard = attempt.tried_on
        if _worries(attempt.answers):
            return True
    rhythm, left = every_days(row), row.departure_on or ""
    if failed >= FAILED_ATTEMPTS:
        return True
    return not (
        (len(left) == _WHOLE_DAY and left > _before(today, min(FIRST_AFTER_DAYS, rhythm)))
        or (len(heard) == _WHOLE_DAY and heard > _before(today, rhythm) and left <= heard)
    )


@cache
def _before(today: date, days: int) -> str:
    return (today - timedelta(min(days, (today - date.min).days))).isoformat()


def _attempt(row: Any) -> CheckIn:
    """What `standing` reads of an attempt."""
    return CheckIn(
        id=row.id, tried_on=row.tried_on, outcome=row.outcome, place=row.place, answers=_answers(row.answers)
    )


@lru_cache(1_000)
def _worries(answers: str | None) -> bool:
    return any(said in (answers or "") for said in _WORRYING)


@lru_cache(1_000)
def _answers(kept: str | None) -> Mapping[str, str]:
    answers: dict[str, str] = json.loads(kept) if kept else {}
    return answers


def _journey(row: Any) -> Journey:
    """What `standing` reads of a journey."""
    return Journey(**{name: getattr(row, name) for name in _OF_JOURNEY})


def _names(work: Work, people: Iterable[str]) -> dict[str, str]:
    listed = func.json_each(json.dumps(sorted(set(people)))).table_valued("value")
    query = select(_PERSON.c.id, _PERSON.c.name).where(_PERSON.c.id.in_(select(listed.c.value)))
    return {row.id: row.name or "" for row in work.connection.execute(query)}
