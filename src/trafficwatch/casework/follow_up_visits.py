# SPDX-License-Identifier: GPL-3.0-or-later
"""Recording a contact of a follow-up, and putting one off.

One that could not be made gets a new day, and keeps, day by day, why: the person is never left without a next contact.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any, cast

from trafficwatch.casework.care import save_care
from trafficwatch.casework.following import day_of
from trafficwatch.models.aftercare import FollowUp
from trafficwatch.models.checks import ValueImpossible
from trafficwatch.models.dates import PartialDate
from trafficwatch.store.records import FieldMissing
from trafficwatch.store.work import Work
from trafficwatch.texts import current_language, t

Seen = Mapping[str, Collection[str]]


def record_follow_up(
    work: Work,
    follow_up_id: str | None,
    fields: Mapping[str, Any],
    *,
    person_id: str | None = None,
    seen: Seen | None = None,
) -> FollowUp:
    """Record a contact as made, today and by who is at work unless the fields say otherwise, or correct one that was; a
    planned one, or without an id one that nobody had planned, about `person_id`. Raises what `save_care` raises.
    """
    visit = work.records.get(FollowUp, follow_up_id) if follow_up_id else None
    kept = dict(fields)
    if visit is None or not visit.done_on:
        kept = {"done_on": work.today, "done_by": work.volunteer, **kept}
    if visit is None:
        kept.setdefault("planned_on", kept["done_on"])
    return cast("FollowUp", save_care(work, "follow_up", follow_up_id, kept, person_id=person_id, seen=seen))


def postpone_follow_up(work: Work, follow_up_id: str, planned_on: str, reason: str) -> FollowUp:
    """Give a contact another day from today on, and say why. Raises FieldMissing without a reason, and ValueImpossible
    for a day that is over or not known to the day, and for a contact that was made.
    """
    visit = work.records.get(FollowUp, follow_up_id)
    if visit.done_on:
        raise ValueImpossible(field="done_on")
    if not reason.strip():
        raise FieldMissing(field="missed_reason")
    day = day_of(planned_on)
    if day is None or PartialDate.of(day).edtf != planned_on or day < date.fromisoformat(work.today):
        raise ValueImpossible(field="planned_on")
    before = PartialDate.from_edtf(visit.planned_on or "").format(current_language())
    line = t("follow_up.missed_line", day=before, reason=reason.strip())
    said = f"{visit.missed_reason}\n{line}" if visit.missed_reason else line
    return cast(
        "FollowUp", save_care(work, "follow_up", follow_up_id, {"planned_on": planned_on, "missed_reason": said})
    )
