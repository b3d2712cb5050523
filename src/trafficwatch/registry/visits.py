# SPDX-License-Identifier: GPL-3.0-or-later
"""Visits at home before a departure: what was asked, what was explained, what is still missing (P2/2024 II.B.1.f.1)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from trafficwatch.models.changes import changed
from trafficwatch.models.migration import HomeVisit, Journey
from trafficwatch.models.people import Person
from trafficwatch.models.tables import RECORD_TABLES
from trafficwatch.registry.checklists import departure_information, home_visit
from trafficwatch.registry.days import earliest, require_past
from trafficwatch.registry.touch import require_answers
from trafficwatch.store.records import RecordUnknown
from trafficwatch.store.work import Work

SHEET = "sheet_left"
"""What is missing besides items of the lists: the sheet that stays with the family."""

_VISIT = RECORD_TABLES["home_visit"]


def save_visit(
    work: Work,
    person_id: str,
    fields: Mapping[str, Any],
    visit_id: str | None = None,
    seen: Mapping[str, frozenset[str]] | None = None,
) -> HomeVisit:
    """Save the form of a new visit, made today and by who is at work unless it says otherwise, or of a known one.

    Raises RecordUnknown, also for somebody else's journey or visit, DayToCome, ValueImpossible.
    """
    work.records.get(Person, person_id)
    before = work.records.get(HomeVisit, visit_id) if visit_id else None
    if before is not None and before.person_id != person_id:
        raise RecordUnknown(type="home_visit")
    kept = dict(fields) if before else {"visited_on": work.today, "visited_by": work.volunteer, **fields}
    of_journey = kept.get("journey_id")
    if of_journey and work.records.get(Journey, of_journey).person_id != person_id:
        raise RecordUnknown(type="journey")
    require_past(work, "visited_on", kept.get("visited_on"))
    require_answers("readiness", kept.get("readiness"))
    changes = changed(before, kept, seen)
    if before is None:
        return work.records.get(HomeVisit, work.write(HomeVisit, None, person_id=person_id, **changes))
    if changes:
        work.write(HomeVisit, before.id, **changes)
    return work.records.get(HomeVisit, before.id)


def visits_of(work: Work, person_id: str) -> tuple[HomeVisit, ...]:
    """The visits at somebody's home, the latest first."""
    found = work.records.select(HomeVisit, _VISIT.c.person_id == person_id)
    found.sort(key=lambda visit: str(earliest(visit.visited_on) or ""))
    return tuple(reversed(found))


def what_is_missing(visit: HomeVisit) -> tuple[str, ...]:
    """What the next visit should settle: items that were not answered yes, what was not explained, and the sheet."""
    asked = [item.code for item in home_visit().items if visit.readiness.get(item.code) != "yes"]
    owed = [item.code for item in departure_information().items if not visit.explained.get(item.code)]
    return (*asked, *owed, *(() if visit.sheet_left else (SHEET,)))
