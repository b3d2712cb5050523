# SPDX-License-Identifier: GPL-3.0-or-later
"""What the register gives a volunteer to do today, by rule, the most pressing first.

    report_silence    somebody who is away has gone silent, or gave a worrying answer: report
    leaving_unsafe    a departure is near, and a heavy warning stands: postpone with the family, and triage
    departure_passed  the day of leaving is over, and nobody knows whether the person has left
    check_in          it is time to hear from somebody
    papers            a departure is near, and papers are unchecked, in doubt or not known at all
    visit_due         a visit was agreed for today or before, a departure is near without any, a postponed day has come

Who has come back with a worrying answer stays to be reported until screened. Without a known day a departure counts as
near if a heavy warning stands. The dead and the deleted make no tasks. Who must not be contacted is not visited, and of
them every task says so instead of what else would be done. The days are [ours].
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any, Literal

from sqlalchemy import ColumnElement, and_, func, or_, select

from trafficwatch.models.dates import PartialDate
from trafficwatch.models.migration import Found, Stage
from trafficwatch.models.people import Residency
from trafficwatch.models.tables import RECORD_TABLES, local
from trafficwatch.registry.days import earliest, latest
from trafficwatch.registry.touch import TouchRow, back_alarmed, due, not_to_contact
from trafficwatch.registry.unsafe import Warned, may_be_high, warned
from trafficwatch.registry.warnings import WEIGHTS, Weight
from trafficwatch.store.work import Work
from trafficwatch.texts import Language, current_language, t

LEAVING_DAYS = 30
"""[ours] A departure within these days makes tasks."""
ASK_AGAIN_DAYS = 30
"""[ours] Who postponed leaving without a day is visited now, unless there was a visit in these days."""

Kind = Literal["report_silence", "leaving_unsafe", "departure_passed", "check_in", "papers", "visit_due"]
KINDS: tuple[Kind, ...] = ("report_silence", "leaving_unsafe", "departure_passed", "check_in", "papers", "visit_due")
"""Of the same weight the first comes first."""

AGREED, FIRST, POSTPONED = "agreed", "first", "postponed"
"""Why a visit is due."""
NO_DAY, BACK, BANNED = "no_day", "back", "banned"
"""Why a task is worded in another way: no day is known, the person is back, or must not be contacted."""

_PERSON, _JOURNEY, _VISIT, _DOCUMENT = (RECORD_TABLES[name] for name in ("person", "journey", "home_visit", "document"))
_JOURNAL = local.journal
_PLANNED = (Stage.PLAN.value, Stage.PREPARING.value)
_WAITING: Mapping[str, tuple[Kind, Weight]] = {
    "silent": ("report_silence", "high"),
    "overdue": ("check_in", "medium"),
    "due": ("check_in", "note"),
}


@dataclass(frozen=True, slots=True)
class Task:
    """One thing to do: `on` is the day that it is about, as EDTF; `params` what `words` says besides."""

    kind: Kind
    person_id: str
    journey_id: str | None
    name: str
    on: str | None
    weight: Weight
    params: Mapping[str, str] = field(default_factory=dict)


def tasks(work: Work) -> tuple[Task, ...]:
    """All that is to do, the heaviest first, then by kind, then the earliest day."""
    waiting = due(work)
    found = [*map(_of_waiting, waiting), *_of_back(work), *_of_leaving(work, waiting), *_of_passed(work)]
    found += [*_of_postponed(work), *_of_visits(work)]
    banned = not_to_contact(work)
    allowed = [each for each in found if each.person_id not in banned]
    allowed += [
        replace(each, params={**each.params, "why": BANNED})
        for each in found
        if each.person_id in banned and each.kind != "visit_due"
    ]
    return tuple(sorted(allowed, key=_order))


def words(task: Task, language: Language | None = None) -> str:
    """What is to do, in a sentence with the name and the day."""
    day = PartialDate.from_edtf(task.on or "").format(language or current_language())
    kind = f"{task.kind}_{task.params['why']}" if "why" in task.params else task.kind
    return t(f"journey.task.{kind}", language=language, name=task.name, day=day)


def _order(task: Task) -> tuple[Any, ...]:
    return WEIGHTS.index(task.weight), KINDS.index(task.kind), earliest(task.on) or date.min, task.name, task.person_id


# -- those who are away ------------------------------------------------------------------------------------------------


def _of_waiting(row: TouchRow) -> Task:
    kind, weight = _WAITING[row.standing.status]
    since = row.standing.last_heard_on if kind == "report_silence" else row.standing.due_on
    params = {"failed": str(row.standing.failed_since), "alarm": ",".join(row.standing.alarm)}
    if kind == "report_silence":
        params["why"] = "alarm" if row.standing.alarm else "silent" if since else "never"
    elif since is None:
        params["why"] = "never"
    return Task(kind, row.person_id, row.journey_id, row.name, since.isoformat() if since else None, weight, params)


def _of_back(work: Work) -> Iterator[Task]:
    for row in back_alarmed(work):
        yield Task("report_silence", row.person_id, row.journey_id, row.name, row.on.isoformat(), "high", {"why": BACK})


# -- those who leave soon ----------------------------------------------------------------------------------------------


def _of_leaving(work: Work, waiting: Iterable[TouchRow]) -> Iterator[Task]:
    near = _near(work)
    visited = _visited(work, [row.id for row in near])
    for each in warned(work, [row.id for row in near], _wrong(work, near, waiting)):
        journey, person = each.journey, each.person
        about = (person.id, journey.id, person.name or "", journey.departure_on)
        if each.high:
            why = {} if journey.departure_on else {"why": NO_DAY}
            yield Task("leaving_unsafe", *about, "high", {"codes": ",".join(one.code for one in each.high), **why})
        elif journey.departure_on and ((unsure := _unsure(each)) or not each.papers):
            yield Task("papers", *about, "medium", {"unsure": str(unsure), "why": "unsure" if unsure else "none"})
        if journey.departure_on and journey.id not in visited:
            yield Task("visit_due", *about, "medium", {"why": FIRST})


def _near(work: Work) -> list[Any]:
    """Journeys before leaving whose departure may lie between today and the days from now that count; and those without
    a day of which a heavy warning may stand.
    """
    today = date.fromisoformat(work.today)
    last = today + timedelta(LEAVING_DAYS)
    day = _JOURNEY.c.departure_on
    may_be = and_(_first_of(day, work.today) <= day, day <= _first_of(day, last.isoformat()))
    query = _there(_JOURNEY.c.id, day, _JOURNEY.c.recruiter_id).where(
        or_(_JOURNEY.c.stage.is_(None), _JOURNEY.c.stage.in_(_PLANNED)),
        or_(
            may_be, day.endswith("~"), and_(day.is_(None), or_(may_be_high(work), _JOURNEY.c.recruiter_id.is_not(None)))
        ),
    )
    rows = work.connection.execute(query)
    return [row for row in rows if row.departure_on is None or _meets(row.departure_on, today, last)]


def _first_of(day: ColumnElement[Any], whole: str | ColumnElement[Any]) -> ColumnElement[Any]:
    """As much of a whole day as is known of the other one: for comparing them as texts."""
    return func.substr(whole, 1, func.length(day))


def _meets(edtf: str, first: date, last: date) -> bool:
    begins, ends = earliest(edtf), latest(edtf)
    return begins is not None and ends is not None and begins <= last and ends >= first


def _unsure(each: Warned) -> int:
    return sum(paper.found != Found.TRUE for paper in each.papers)


def _visited(work: Work, journeys: Collection[str]) -> set[str]:
    """The journeys that there was a visit for, or one since they were recorded that names no journey."""
    wanted = select(func.json_each(json.dumps(list(journeys))).table_valued("value").c.value)
    recorded = (
        select(func.min(_JOURNAL.c.at))
        .where(_JOURNAL.c.type == "journey", _JOURNAL.c.id == _JOURNEY.c.id)
        .scalar_subquery()
    )
    visit = or_(
        _VISIT.c.journey_id == _JOURNEY.c.id,
        and_(
            _VISIT.c.journey_id.is_(None),
            _VISIT.c.person_id == _JOURNEY.c.person_id,
            _VISIT.c.visited_on >= _first_of(_VISIT.c.visited_on, func.substr(func.coalesce(recorded, ""), 1, 10)),
        ),
    )
    there = (_VISIT.c.deleted.is_(None), _VISIT.c.visited_on.is_not(None))
    query = select(_JOURNEY.c.id).where(_JOURNEY.c.id.in_(wanted))
    return set(work.connection.execute(query.where(select(_VISIT.c.id).where(visit, *there).exists())).scalars())


def _wrong(work: Work, near: Iterable[Any], waiting: Iterable[TouchRow]) -> dict[str, set[str]]:
    """The journeys that went wrong of the recruiters of these: gone silent, or with a false paper."""
    recruiters = {row.recruiter_id for row in near if row.recruiter_id}
    found: dict[str, set[str]] = {}
    for row in waiting:
        if row.standing.status == "silent" and row.recruiter_id in recruiters:
            found.setdefault(row.recruiter_id or "", set()).add(row.journey_id)
    false = (
        select(_JOURNEY.c.recruiter_id, _JOURNEY.c.id)
        .join(_DOCUMENT, _DOCUMENT.c.journey_id == _JOURNEY.c.id)
        .where(_DOCUMENT.c.found == Found.FALSE.value, _DOCUMENT.c.deleted.is_(None))
        .where(_JOURNEY.c.recruiter_id.in_(sorted(recruiters)), _JOURNEY.c.deleted.is_(None))
    )
    for recruiter_id, journey_id in work.connection.execute(false) if recruiters else ():
        found.setdefault(recruiter_id, set()).add(journey_id)
    return found


# -- days that are over ------------------------------------------------------------------------------------------------


def _of_passed(work: Work) -> Iterator[Task]:
    """Planned journeys whose day of leaving is over."""
    today = date.fromisoformat(work.today)
    day = _JOURNEY.c.departure_on
    over = or_(day < _first_of(day, work.today), day.endswith("~"))
    planned = _there(_JOURNEY.c.id, _JOURNEY.c.person_id, _PERSON.c.name, day.label("day"))
    for row in work.connection.execute(planned.where(_JOURNEY.c.stage.in_(_PLANNED), over)):
        if (latest(row.day) or today) < today:
            yield Task("departure_passed", row.person_id, row.id, row.name or "", row.day, "medium")


def _of_postponed(work: Work) -> Iterator[Task]:
    """Postponed journeys whose day has come, or has never been known and nobody has asked for a while."""
    today = date.fromisoformat(work.today)
    until = _JOURNEY.c.postponed_until
    postponed = _there(_JOURNEY.c.id, _JOURNEY.c.person_id, _PERSON.c.name, until.label("day"))
    rows = work.connection.execute(postponed.where(_JOURNEY.c.stage == Stage.POSTPONED.value)).all()
    asked = _visited_since(work, today - timedelta(ASK_AGAIN_DAYS)) if rows else set()
    for row in rows:
        about = (row.person_id, row.id, row.name or "", row.day)
        if row.day is None:
            if row.person_id not in asked:
                yield Task("visit_due", *about, "medium", {"why": f"{POSTPONED}_{NO_DAY}"})
        elif (earliest(row.day) or date.max) <= today:
            yield Task("visit_due", *about, "medium", {"why": POSTPONED})


def _visited_since(work: Work, day: date) -> set[str]:
    """The people with a visit on that day or later."""
    query = select(_VISIT.c.person_id).where(_VISIT.c.visited_on > day.isoformat(), _VISIT.c.deleted.is_(None))
    return set(work.connection.execute(query).scalars())


def _of_visits(work: Work) -> Iterator[Task]:
    """Visits that were agreed for today or before, unless there was one on that day or later."""
    today = date.fromisoformat(work.today)
    later = _VISIT.alias("later")
    made = select(later.c.id).where(
        later.c.person_id == _VISIT.c.person_id, later.c.deleted.is_(None), later.c.visited_on >= _VISIT.c.next_visit_on
    )
    query = (
        select(_VISIT.c.journey_id, _VISIT.c.person_id, _PERSON.c.name, _VISIT.c.next_visit_on.label("day"))
        .join(_PERSON, _PERSON.c.id == _VISIT.c.person_id)
        .where(_VISIT.c.next_visit_on.is_not(None), _VISIT.c.deleted.is_(None), ~made.exists(), *_living())
    )
    people: set[str] = set()
    for row in sorted(work.connection.execute(query), key=lambda row: row.day):
        if (earliest(row.day) or date.max) <= today and row.person_id not in people:
            people.add(row.person_id)
            yield Task("visit_due", row.person_id, row.journey_id, row.name or "", row.day, "medium", {"why": AGREED})


def _there(*columns: Any) -> Any:
    """Journeys that are there, of people who are."""
    joined = select(*columns).join(_PERSON, _PERSON.c.id == _JOURNEY.c.person_id)
    return joined.where(_JOURNEY.c.deleted.is_(None), *_living())


def _living() -> tuple[ColumnElement[bool], ...]:
    return _PERSON.c.deleted.is_(None), func.coalesce(_PERSON.c.residency, "") != Residency.DEAD.value
