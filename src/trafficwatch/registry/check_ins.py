# SPDX-License-Identifier: GPL-3.0-or-later
"""When to hear from somebody who is away, and what silence means (P2/2024 II.B.1.f.2: tracing who left). Pure.

`standing` gives one status for a journey, from the attempts made so far:

    none      not away
    not_due   heard from, or left, not long ago
    due       it is time to ask
    overdue   over `OVERDUE_DAYS` past that day, or away since nobody knows when and never heard from
    silent    overdue by a whole rhythm as well, or `FAILED_ATTEMPTS` in vain since the last word, or a worrying answer:
              a task to report

For the same attempts a later day never lowers it. All numbers are [ours]; the seeds ask for tracing, not for a rhythm.
The person, or the family, being heard counts; so does one who declines, whose wish is kept with the next attempt. What
was tried after today, or on no known day, counts for nothing. Of a day that is not known well the earliest counts.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from trafficwatch.models.dates import PartialDate
from trafficwatch.models.migration import CheckIn, Journey, Outcome, Stage

EVERY_DAYS_ABROAD = 30
"""[ours]"""
EVERY_DAYS_WITHIN = 30
"""[ours]"""
FIRST_AFTER_DAYS = 7
"""[ours] The first word is due this long after the departure."""
OVERDUE_DAYS = 7
"""[ours] From when on a word that is due is overdue."""
FAILED_ATTEMPTS = 3
"""[ours] So many attempts in vain are silence."""
HOME_COUNTRY = "ID"

Status = Literal["none", "not_due", "due", "overdue", "silent"]
STATUSES: tuple[Status, ...] = ("none", "not_due", "due", "overdue", "silent")
"""The most worrying last."""

HEARD = frozenset({Outcome.REACHED, Outcome.FAMILY_HEARD, Outcome.DECLINED})
FAILED = frozenset({Outcome.NO_ANSWER, Outcome.NUMBER_DEAD})


@dataclass(frozen=True, slots=True)
class Question:
    """What to ask when somebody is reached: the answer that worries, '' for none, and where the question comes from.

    Sentences: `journey_rules.check_in.CODE.question`, and `.alarm` where an answer worries.
    """

    code: str
    alarming: str
    citation: str


QUESTIONS = (
    Question("well", "no", "[ours]"),
    Question("free", "no", "JUKNIS 2.3"),
    Question("papers", "no", "JUKNIS 2.3; P2/2024 I.A"),
    Question("paid", "no", "JUKNIS 2.3"),
    Question("afraid", "yes", "JUKNIS 2.3"),
    Question("as_promised", "", "P2/2024 I.A"),
    Question("wants_home", "", "[ours]"),
)


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a journey stands with its check-ins; `alarm` are the questions whose last answer worries."""

    status: Status
    due_on: date | None = None
    last_heard_on: date | None = None
    last_place: str | None = None
    failed_since: int = 0
    alarm: tuple[str, ...] = ()


def every_days(journey: Journey) -> int:
    """The rhythm of a journey in days."""
    if journey.check_in_days is not None and journey.check_in_days > 0:
        return journey.check_in_days
    return EVERY_DAYS_WITHIN if journey.destination_country in {None, HOME_COUNTRY} else EVERY_DAYS_ABROAD


def standing(journey: Journey, attempts: Sequence[CheckIn], today: date) -> Standing:
    """Where a journey stands on a day; `attempts` in the order in which they were recorded."""
    if journey.stage != Stage.DEPARTED:
        return Standing("none")
    tried = sorted(_dated(attempts, today), key=lambda found: found[0])
    heard = [place for place, (_, attempt) in enumerate(tried) if attempt.outcome in HEARD]
    last = tried[heard[-1]][0] if heard else None
    failed = sum(attempt.outcome in FAILED for _, attempt in tried[heard[-1] if heard else 0 :])
    due = _due_on(journey, last)
    alarm = _alarm(attempt for _, attempt in tried)
    late = (today - due).days if due else 0
    status: Status = "overdue" if due is None or late > OVERDUE_DAYS else "not_due" if late < 0 else "due"
    if alarm or failed >= FAILED_ATTEMPTS or (status == "overdue" and late >= every_days(journey)):
        status = "silent"
    place = next((attempt.place for _, attempt in reversed(tried) if attempt.place), None)
    return Standing(status, due, last, place, failed, alarm)


def last_alarm(attempts: Sequence[CheckIn], today: date) -> date | None:
    """The day of the last worrying answer that no later one took back, None for none; whatever the journey's stage."""
    tried = sorted(_dated(attempts, today), key=lambda found: found[0])
    alarming = {(asked.code, asked.alarming) for asked in QUESTIONS if asked.code in _alarm(each for _, each in tried)}
    return max((day for day, attempt in tried if alarming & set(attempt.answers.items())), default=None)


def _dated(attempts: Iterable[CheckIn], today: date) -> list[tuple[date, CheckIn]]:
    days = [(PartialDate.from_edtf(attempt.tried_on or "").earliest(), attempt) for attempt in attempts]
    return [(day, attempt) for day, attempt in days if day is not None and day <= today]


def _due_on(journey: Journey, last: date | None) -> date | None:
    """When the next word is due: a rhythm after the last one, or a while after the departure; None for at once, if
    neither is known.
    """
    rhythm = every_days(journey)
    left = PartialDate.from_edtf(journey.departure_on or "").earliest()
    if last is not None and (left is None or last >= left):
        return _after(last, rhythm)
    return _after(left, min(FIRST_AFTER_DAYS, rhythm)) if left else None


def _after(day: date, days: int) -> date:
    """That many days later, as far as there is a calendar."""
    return day + timedelta(min(days, (date.max - day).days))


def _alarm(attempts: Iterable[CheckIn]) -> tuple[str, ...]:
    """The questions whose last answer of yes or no is the one that worries."""
    latest: dict[str, str] = {}
    for attempt in attempts:
        latest |= {code: said for code, said in attempt.answers.items() if said in {"yes", "no"}}
    return tuple(asked.code for asked in QUESTIONS if asked.alarming and latest.get(asked.code) == asked.alarming)
