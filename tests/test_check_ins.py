# SPDX-License-Identifier: GPL-3.0-or-later
"""When to hear from somebody who is away, and when silence has to be reported."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trafficwatch.models.migration import CheckIn, Journey, Outcome, Stage
from trafficwatch.registry.check_ins import (
    EVERY_DAYS_ABROAD,
    EVERY_DAYS_WITHIN,
    FAILED_ATTEMPTS,
    FIRST_AFTER_DAYS,
    OVERDUE_DAYS,
    QUESTIONS,
    STATUSES,
    Standing,
    every_days,
    standing,
)
from trafficwatch.texts import catalogue

LEFT = date(2026, 1, 1)


def journey(**fields: Any) -> Journey:
    return Journey(id="j", **{"stage": "departed", "destination_country": "MY", "departure_on": "2026-01-01", **fields})


def tried(days: int | None, outcome: str = "reached", **fields: Any) -> CheckIn:
    """An attempt so many days after the departure; None for no known day."""
    on = None if days is None else (LEFT + timedelta(days)).isoformat()
    return CheckIn(id="c", journey_id="j", tried_on=on, outcome=outcome, **fields)


def after(days: int, *attempts: CheckIn, **fields: Any) -> Standing:
    """The standing so many days after the departure."""
    return standing(journey(**fields), attempts, LEFT + timedelta(days))


@pytest.mark.parametrize("stage", [stage for stage in (None, *Stage) if stage is not Stage.DEPARTED])
def test_only_who_is_away_is_asked(stage: str | None) -> None:
    worrying = tried(1, answers={"free": "no"})
    assert after(900, worrying, stage=stage) == Standing("none")


@pytest.mark.parametrize(
    ("days", "status"),
    [
        (0, "not_due"),
        (FIRST_AFTER_DAYS - 1, "not_due"),
        (FIRST_AFTER_DAYS, "due"),
        (FIRST_AFTER_DAYS + OVERDUE_DAYS, "due"),
        (FIRST_AFTER_DAYS + OVERDUE_DAYS + 1, "overdue"),
        (FIRST_AFTER_DAYS + EVERY_DAYS_ABROAD - 1, "overdue"),
        (FIRST_AFTER_DAYS + EVERY_DAYS_ABROAD, "silent"),
    ],
)
def test_the_first_word_is_due_soon_after_the_departure(days: int, status: str) -> None:
    found = after(days)
    assert (found.status, found.due_on, found.last_heard_on) == (status, LEFT + timedelta(FIRST_AFTER_DAYS), None)


@pytest.mark.parametrize("outcome", ["reached", "family_heard", "declined"])
def test_a_word_starts_the_rhythm_again(outcome: str) -> None:
    heard = tried(20, outcome)
    due = 20 + EVERY_DAYS_ABROAD
    assert after(due - 1, heard).status == "not_due"
    assert after(due, heard).status == "due"
    assert after(due + OVERDUE_DAYS + 1, heard).status == "overdue"
    assert after(due + EVERY_DAYS_ABROAD, heard).status == "silent"
    assert after(due, heard).last_heard_on == LEFT + timedelta(20)


def test_the_rhythm_of_a_journey() -> None:
    assert every_days(journey()) == EVERY_DAYS_ABROAD
    assert every_days(journey(destination_country="ID")) == every_days(journey(destination_country=None))
    assert every_days(journey(destination_country="ID")) == EVERY_DAYS_WITHIN
    assert every_days(journey(check_in_days=3)) == 3
    for impossible in (0, -5):
        assert every_days(journey(check_in_days=impossible)) == EVERY_DAYS_ABROAD


def test_with_a_short_rhythm_the_first_word_is_due_earlier_and_overdue_comes_before_silent() -> None:
    assert after(3, check_in_days=3).due_on == LEFT + timedelta(3)
    assert after(3 + OVERDUE_DAYS, check_in_days=3).status == "due"
    assert after(3 + OVERDUE_DAYS + 1, check_in_days=3).status == "silent"


def test_a_rhythm_beyond_the_calendar_is_never_due() -> None:
    assert after(5, tried(1), check_in_days=10**9).due_on == date.max


@pytest.mark.parametrize("outcome", ["no_answer", "number_dead"])
def test_attempts_in_vain_are_silence(outcome: str) -> None:
    vain = [tried(day, outcome) for day in range(1, FAILED_ATTEMPTS + 1)]
    assert (after(4, *vain[:-1]).status, after(4, *vain[:-1]).failed_since) == ("not_due", FAILED_ATTEMPTS - 1)
    assert (after(4, *vain).status, after(4, *vain).failed_since) == ("silent", FAILED_ATTEMPTS)


def test_a_word_ends_the_silence() -> None:
    vain = [tried(day, "no_answer") for day in range(1, FAILED_ATTEMPTS + 1)]
    assert (after(9, *vain, tried(9)).status, after(9, *vain, tried(9)).failed_since) == ("not_due", 0)
    assert after(9, tried(9), *vain).status == "not_due"  # recorded in another order
    assert after(9, *vain, tried(3), tried(3, "no_answer")).failed_since == 1  # on one day the order of recording


def test_what_has_no_day_or_lies_ahead_counts_for_nothing() -> None:
    for attempt in (tried(None), tried(50), tried(50, answers={"free": "no"}, place="Penang")):
        assert after(FIRST_AFTER_DAYS, attempt) == after(FIRST_AFTER_DAYS)
    assert after(50, tried(50)).status == "not_due"


def test_a_word_from_before_the_departure_is_none_from_away() -> None:
    assert after(FIRST_AFTER_DAYS, tried(-3)).due_on == LEFT + timedelta(FIRST_AFTER_DAYS)


def test_away_since_nobody_knows_when_is_overdue_at_once() -> None:
    assert after(0, departure_on=None) == Standing("overdue")
    assert after(0, tried(0), departure_on=None).due_on == LEFT + timedelta(EVERY_DAYS_ABROAD)
    vain = [tried(-day, "no_answer") for day in range(FAILED_ATTEMPTS)]
    assert after(0, *vain, departure_on=None).status == "silent"


def test_of_a_day_that_is_not_known_well_the_earliest_counts() -> None:
    assert after(0, departure_on="2025").due_on == date(2025, 1, 1) + timedelta(FIRST_AFTER_DAYS)
    month = CheckIn(id="c", tried_on="2026-03", outcome="reached")
    assert after(70, month).last_heard_on == date(2026, 3, 1)


WORRYING = [(question.code, question.alarming) for question in QUESTIONS if question.alarming]


@pytest.mark.parametrize(("code", "answer"), WORRYING)
def test_a_worrying_answer_is_to_be_reported_at_once(code: str, answer: str) -> None:
    other = {"yes": "no", "no": "yes"}[answer]
    worrying, calm, unsure = (tried(5, answers={code: said}) for said in (answer, other, "unknown"))
    assert (after(5, worrying).status, after(5, worrying).alarm) == ("silent", (code,))
    assert (after(5, calm).status, after(5, calm).alarm) == ("not_due", ())
    assert after(6, worrying, tried(6)).alarm == (code,)  # a later word that does not speak of it
    assert after(6, worrying, unsure).alarm == (code,)
    assert after(6, worrying, tried(6, answers={code: other})).alarm == ()


def test_answers_that_worry_nobody() -> None:
    calm = tried(5, answers={"as_promised": "no", "wants_home": "yes", "of a newer program": "no"})
    assert after(5, calm).status == "not_due"


def test_the_last_known_place() -> None:
    attempts = (tried(3, place="Johor"), tried(9, "no_answer"), tried(7, "family_heard", place="Penang"))
    assert after(10, *attempts).last_place == "Penang"
    assert after(10, tried(3)).last_place is None


def test_every_question_and_status_has_words() -> None:
    worded = {key for key in catalogue("journey_rules") if key.startswith("check_in.")}
    assert worded == {
        *(f"check_in.{question.code}.question" for question in QUESTIONS),
        *(f"check_in.{code}.alarm" for code, _ in WORRYING),
        *(f"check_in.status.{status}" for status in STATUSES),
    }
    assert {"free", "papers", "paid", "afraid"} <= {code for code, _ in WORRYING}
    assert all(question.citation for question in QUESTIONS)


ATTEMPTS = st.lists(
    st.builds(
        tried,
        st.none() | st.integers(-40, 200),
        st.sampled_from(list(Outcome)),
        answers=st.dictionaries(
            st.sampled_from([question.code for question in QUESTIONS]),
            st.sampled_from(["yes", "no", "unknown"]),
            max_size=2,
        ),
        place=st.none() | st.just("Johor"),
    ),
    max_size=6,
)
JOURNEYS = st.builds(
    journey,
    stage=st.sampled_from(Stage),
    departure_on=st.sampled_from([None, "2026-01-01", "2026-02", "2025", "2026-03-20~"]),
    check_in_days=st.none() | st.integers(-1, 90),
    destination_country=st.sampled_from([None, "ID", "MY"]),
)


@given(JOURNEYS, ATTEMPTS, st.integers(200, 900), st.integers(0, 400))
def test_a_later_day_never_lowers_the_status(found: Journey, attempts: list[CheckIn], day: int, later: int) -> None:
    one, other = (standing(found, attempts, LEFT + timedelta(days)) for days in (day, day + later))
    assert STATUSES.index(one.status) <= STATUSES.index(other.status)
    assert (one.due_on, one.alarm, one.failed_since) == (other.due_on, other.alarm, other.failed_since)


@given(JOURNEYS, ATTEMPTS, st.integers(0, 400))
def test_one_more_attempt_in_vain_never_calms(found: Journey, attempts: list[CheckIn], day: int) -> None:
    today = LEFT + timedelta(day)
    before = standing(found, attempts, today)
    now = standing(found, [*attempts, tried(day, "no_answer")], today)
    assert STATUSES.index(before.status) <= STATUSES.index(now.status)
    assert now.last_heard_on == before.last_heard_on
