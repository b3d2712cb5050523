# SPDX-License-Identifier: GPL-3.0-or-later
"""A slice of what `lab.py` does by the hundred: kill -9, and calls that fail."""

from __future__ import annotations

import pytest
from bench import Bench
from hindered import Point, hinder, points, some_of
from kills import kill_saving, kill_within
from scenarios import SCENARIOS


def test_a_killed_program_loses_nothing_confirmed(bench: Bench) -> None:
    tally = kill_saving(bench, SCENARIOS["save"], 6, seed=3)
    assert (tally.states, tally.failed, tally.examples) == (6, 0, [])


@pytest.mark.parametrize("name", ["remove-member", "restore"])
def test_what_was_broken_off_is_finished_or_undone(bench: Bench, name: str) -> None:
    tally = kill_within(bench, SCENARIOS[name], 3, seed=3)
    assert (tally.states, tally.failed, tally.examples) == (3, 0, [])


@pytest.mark.parametrize("name", ["save", pytest.param("backup", marks=pytest.mark.long)])
def test_a_call_that_fails_is_named_and_spoils_nothing(bench: Bench, name: str) -> None:
    found = points(bench, SCENARIOS[name])
    tally = hinder(bench, SCENARIOS[name], some_of(found, 5, 3))
    assert (tally.states, tally.failed, tally.examples) == (5, 0, [])


@pytest.mark.long
def test_a_disk_that_is_full_from_the_first_write_on_is_told(bench: Bench) -> None:
    """And the hindrance is real: the save is refused."""
    tally = hinder(bench, SCENARIOS["save"], [Point("ENOSPC", "pwrite64", 1, for_good=True)])
    assert (tally.failed, tally.examples) == (0, [])
    assert tally.endings.keys() <= {"store_full", "store_disk_failed"}
