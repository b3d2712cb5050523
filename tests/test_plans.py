# SPDX-License-Identifier: GPL-3.0-or-later
"""What waits in cases, for the home page: what its day brings up, what follows it, and what a closed case no longer
asks for.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from care_tools import save
from desks import Desks, enrolled, resident
from store_tools import scratch

from trafficwatch.casework.closing import close_case, open_case_of, reopen_case
from trafficwatch.casework.plans import waiting
from trafficwatch.models.care import ClosureReason
from trafficwatch.models.staff import Training
from trafficwatch.store.work import Work


@pytest.fixture(scope="module")
def desks(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desks]:
    with enrolled(Path(tmp_path_factory.mktemp("plans"))) as found:
        yield found


@pytest.fixture
def work(desks: Desks) -> Iterator[Work]:
    with scratch(desks.village) as opened:
        yield opened


@pytest.fixture(scope="module")
def maria(desks: Desks) -> str:
    return resident(desks.village, "Maria Tefa", birth_date="1990-02-01")


def day(work: Work, days: int) -> str:
    return (date.fromisoformat(work.today) + timedelta(days)).isoformat()


def shown(work: Work) -> list[tuple[str, int]]:
    return [(each.type, each.late) for each in waiting(work)]


def test_today_and_soon_wait_too_and_what_is_immediate_stands_first(work: Work, maria: str) -> None:
    save(work, maria, "plan_action", due_on=day(work, -9))
    save(work, maria, "plan_action", due_on=day(work, 0), urgency="immediate")
    save(work, maria, "plan_action", due_on=day(work, -9), done_on=day(work, 0))
    save(work, maria, "plan_action", due_on=day(work, 4), urgency="immediate")
    save(work, maria, "accompaniment", due_on=day(work, -1))
    save(work, maria, "legal_track", next_on=day(work, 3))
    assert shown(work) == [("plan_action", 0), ("plan_action", 9), ("accompaniment", 1), ("legal_track", -3)]
    assert {each.person_name for each in waiting(work)} == {"Maria Tefa"}
    for training in work.records.select(Training):
        work.write(Training, training.id, valid_until=day(work, -1))
    assert shown(work) == [("plan_action", 9), ("accompaniment", 1), ("plan_action", 0)]
    assert not [each for each in waiting(work) if each.record or each.urgency]


def test_a_conference_that_followed_settles_the_day_of_the_one_before(work: Work, maria: str) -> None:
    save(work, maria, "conference", held_on=day(work, -30), next_on=day(work, -20))
    save(work, maria, "legal_track", track="civil", stage_on=day(work, -30), next_on=day(work, -2))
    assert shown(work) == [("conference", 20), ("legal_track", 2)]
    save(work, maria, "conference", held_on=day(work, -20))
    save(work, maria, "legal_track", track="criminal", stage_on=day(work, -1))
    assert shown(work) == [("legal_track", 2)]


def test_a_closed_case_asks_for_nothing_until_it_is_opened_again(work: Work, maria: str) -> None:
    save(work, maria, "needs_assessment")
    save(work, maria, "plan_action", due_on=day(work, -9))
    save(work, maria, "conference", next_on=day(work, -1), held_on=day(work, -2))
    case = open_case_of(work, maria)
    assert case is not None
    closure = close_case(work, case.id, ClosureReason.RECOVERED, person_part="Ia setuju")
    assert shown(work) == []
    reopen_case(work, closure.id, "Ia minta dibantu lagi")
    assert shown(work) == [("plan_action", 9), ("conference", 1)]
