# SPDX-License-Identifier: GPL-3.0-or-later
"""Random schedules of two villages' laptops and a PPT, decided by a naive model (issue 8, must show 1).

Here a few of fixed seeds, and a few that hypothesis makes and shrinks; ten thousand: `python tests/labs/schedules.py
--count 10000 --seed 1 --jobs 2`.
"""

from __future__ import annotations

import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

sys.path.append(str(Path(__file__).parent / "labs"))

from schedule_steps import _AT_PPT, _AT_VILLAGE, Schedule, schedule
from schedule_world import PPT
from schedules import one

SEEDS = (1, 5, 17)
STEPS = [step.__name__ for step in {**_AT_VILLAGE, **_AT_PPT}]


@pytest.mark.parametrize("seed", SEEDS)
def test_a_random_schedule_ends_with_one_content(seed: int) -> None:
    counts, broken = one(seed)
    assert broken == ""
    assert counts["bundles"] > 0


def test_a_ppt_that_was_put_back_and_has_no_news_still_tells_its_villages(tmp_path: Path) -> None:
    """Or what it has forgotten would stay 'received' in the village, and never come again."""
    with schedule(3, tmp_path) as under_way:
        under_way.villages = ("a",)
        for step in (Schedule.resident, Schedule.consent):
            step(under_way, "a")
        under_way.reply()
        under_way.keep_copy(PPT)
        under_way.export("a")
        under_way._deliver_all()
        under_way.put_back(PPT)
        under_way.rest()


class Exchange(RuleBasedStateMachine):
    """The same steps in the order that hypothesis chooses; at the end everything is delivered, and all agree."""

    def __init__(self) -> None:
        super().__init__()
        self.closing = ExitStack()
        folder = self.closing.enter_context(tempfile.TemporaryDirectory())
        self.under_way: Schedule = self.closing.enter_context(schedule(0, Path(folder)))
        self.under_way.villages = ("a", "a2")

    @initialize(seed=st.integers(0, 2**32))
    def begin(self, seed: int) -> None:
        self.under_way.chance.seed(seed)
        for step in (Schedule.resident, Schedule.consent):
            step(self.under_way, "a")
        self.under_way.hand("a")
        self.under_way.deliver("a2", certainly=True)

    @rule(name=st.sampled_from(("a", "a2")), step=st.sampled_from([step.__name__ for step in _AT_VILLAGE]))
    def at_village(self, name: str, step: str) -> None:
        getattr(self.under_way, step)(name)

    @rule(step=st.sampled_from([step.__name__ for step in _AT_PPT]))
    def at_ppt(self, step: str) -> None:
        getattr(self.under_way, step)(PPT)

    @rule()
    def answer_all(self) -> None:
        self.under_way.reply()

    def teardown(self) -> None:
        with self.closing:
            self.under_way.rest()


Exchange.TestCase.settings = settings(
    max_examples=3, stateful_step_count=15, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck)
)
TestExchange = Exchange.TestCase
