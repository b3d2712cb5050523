# SPDX-License-Identifier: GPL-3.0-or-later
"""Following up on somebody who came home: when, how it goes, and whether it holds (SPM F.b.1, F.b.4, F.b.5). Pure.

Contacts are spread evenly from the day that the PPT's rule names to the end, never further apart than its days and
never over less than six months. A contact settles all that was planned for its day or before. An item holds once it
stood well at the last `LAST_CONTACTS` contacts that say anything of it. Nothing of this closes a case.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from trafficwatch.models.aftercare import (
    CarePolicy,
    DangerSign,
    FollowUp,
    FollowUpItem,
    FollowUpStart,
    ItemState,
    Placement,
    ReturnStep,
    ReturnStepKind,
)
from trafficwatch.models.care import Closure, ClosureReason
from trafficwatch.models.dates import PartialDate

LEAST_MONTHS = 6
"""SPM F.b.5."""
MOST_MONTHS = 60
"""[ours] A longer rule is taken for a slip of the pen."""
EVERY_DAYS = 30
"""[ours]"""
LAST_CONTACTS = 2
"""[ours]"""
SCALES = ("mind", "social", "economic")
"""What is told in words and on a scale from 1 (very hard) to 5 (very well), whose field is `<name>_scale`."""
LOWEST, HIGHEST = 1, 5

ENDS_FOLLOW_UP = frozenset(
    {ClosureReason.OWN_WISH, ClosureReason.DIED, ClosureReason.MOVED_AWAY, ClosureReason.HANDED_ON}
)
"""Reasons for which a case is closed that end its follow-up early."""

_WELL = frozenset({ItemState.YES.value, ItemState.NOT_NEEDED.value})
_SAID = frozenset(state.value for state in ItemState) - {ItemState.UNKNOWN.value}
_WORRYING_WHEN_NO = (FollowUpItem.FREE_OF_TRAFFICKING, FollowUpItem.NO_STIGMA)


@dataclass(frozen=True, slots=True)
class Rule:
    """What the PPT set, or our own [ours]: from when, over how many months, at most how many days apart."""

    start: FollowUpStart = FollowUpStart.REINTEGRATION
    months: int = LEAST_MONTHS
    days: int = EVERY_DAYS


@dataclass(frozen=True, slots=True)
class Beginning:
    """Since when somebody is followed up: the day as it is known, and the record that says so."""

    on: PartialDate
    type: str
    id: str
    case_id: str | None


class Hold(StrEnum):
    """Whether an item stood well at the last contacts."""

    HOLDS = "holds"
    NOT_YET = "not_yet"
    UNSAID = "unsaid"


def rule_of(policies: Iterable[CarePolicy]) -> Rule:
    """The newest rule of the PPT, with what is missing or impossible in it put right."""
    newest = max(policies, key=lambda each: (each.set_on or "", each.id), default=None)
    if newest is None:
        return Rule()
    known = newest.follow_up_start if newest.follow_up_start in set(FollowUpStart) else None
    days = newest.follow_up_days or 0
    return Rule(
        FollowUpStart(known) if known else Rule().start,
        min(max(newest.follow_up_months or 0, LEAST_MONTHS), MOST_MONTHS),
        days if days > 0 else EVERY_DAYS,
    )


def plan(start: date, months: int, days: int, latest: date | None = None) -> tuple[date, ...]:
    """The days of the contacts, the last one that many months after the start; `latest` is the last day on which the
    start may have been, where it is not known well.
    """
    end = _months_after(latest or start, max(months, LEAST_MONTHS))
    total = (end - start).days
    count = -(-total // max(days, 1))
    return tuple(start + timedelta(total * number // count) for number in range(1, count + 1))


def beginning(rule: Rule, placements: Iterable[Placement], steps: Iterable[ReturnStep]) -> Beginning | None:
    """From when the follow-up counts: the newest placement or journey home, as the rule says; None as long as nobody
    came home. Where the one is missing the other one counts.
    """
    home = [
        Beginning(PartialDate.from_edtf(each.done_on or ""), "return_step", each.id, each.case_id)
        for each in steps
        if each.step == ReturnStepKind.JOURNEY_HOME and each.done_on
    ]
    placed = [
        Beginning(PartialDate.from_edtf(_from(rule, each)), "placement", each.id, each.case_id)
        for each in placements
        if each.placed_on
    ]
    first, second = (home, placed) if rule.start is FollowUpStart.RETURN else (placed, home)
    known = [each for each in first or second if each.on.earliest() is not None]
    return max(known, key=lambda each: (each.on.earliest() or date.min, each.id), default=None)


def stopping(closures: Sequence[Closure]) -> Closure | None:
    """The closure that ends the follow-up early, unless it was taken back."""
    found = [each for each in closures if each.reason in ENDS_FOLLOW_UP and not each.reopened_on]
    return max(found, key=lambda each: (each.closed_on or "", each.id), default=None)


def day_of(edtf: str | None) -> date | None:
    """The earliest day of a stored date, None for none."""
    return PartialDate.from_edtf(edtf or "").earliest()


def open_ones(visits: Iterable[FollowUp]) -> list[FollowUp]:
    """What is planned and neither done nor settled by a later contact, the earliest first."""
    known = list(visits)
    last = max((day for each in known if (day := day_of(each.done_on))), default=date.min)
    waiting = [each for each in known if not each.done_on and (day_of(each.planned_on) or date.min) > last]
    return sorted(waiting, key=lambda each: (each.planned_on or "", each.id))


def are_given_up(waiting: Iterable[FollowUp], today: str) -> bool:
    """Whether the day of each contact that waits has come, and it is written why it could not be made."""
    days = ((each, PartialDate.from_edtf(each.planned_on or "").latest() or date.max) for each in waiting)
    return all(each.missed_reason and day <= date.fromisoformat(today) for each, day in days)


def done_ones(visits: Iterable[FollowUp]) -> list[FollowUp]:
    """The contacts that were made, the earliest first."""
    return sorted((each for each in visits if each.done_on), key=lambda each: (each.done_on or "", each.id))


def worries(items: Mapping[str, str], danger_signs: Mapping[str, bool]) -> tuple[DangerSign | FollowUpItem, ...]:
    """What of a contact asks for help now: signs of danger, and two items that stand at no."""
    said = tuple(each for each in _WORRYING_WHEN_NO if items.get(each) == ItemState.NO)
    return (*said, *(sign for sign in DangerSign if danger_signs.get(sign)))


def holding(visits: Iterable[FollowUp]) -> dict[FollowUpItem, Hold]:
    """Item -> whether it stood well at the last contacts that say anything of it."""
    done = done_ones(visits)
    found: dict[FollowUpItem, Hold] = {}
    for item in FollowUpItem:
        said = [each.items[item] for each in done if each.items.get(item) in _SAID][-LAST_CONTACTS:]
        is_well = len(said) == LAST_CONTACTS and set(said) <= _WELL
        found[item] = Hold.HOLDS if is_well else Hold.NOT_YET if said else Hold.UNSAID
    return found


def _from(rule: Rule, placement: Placement) -> str:
    day = placement.placed_on or ""
    return (placement.reintegration_on or day) if rule.start is FollowUpStart.REINTEGRATION else day


def _months_after(day: date, months: int) -> date:
    """The same day that many months later, or the last of that month."""
    years, month = divmod(day.month - 1 + months, 12)
    year = day.year + years
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
