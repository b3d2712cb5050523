# SPDX-License-Identifier: GPL-3.0-or-later
"""kill -9 at random moments: what the process confirmed is there, whatever it was doing."""

from __future__ import annotations

import random
import time
from typing import Any

from bench import Bench, Tally
from disk_model import write_tree
from judging import judge
from scenario import Scenario

ENDLESS = 100_000
CYCLES = 20
"""So often the same store lives through a kill before a fresh one is taken."""
LONGEST = 0.4


def kill_saving(bench: Bench, scenario: Scenario, count: int, *, seed: int) -> Tally:
    """One store, killed while it saves, opened and killed again; what was ever confirmed must stay."""
    chance, tally = random.Random(seed), Tally()
    acks: list[dict[str, Any]] = []
    for number in range(count):
        if number % CYCLES == 0:
            write_tree(bench.root, bench.prepared(scenario))
            acks = []
        after = chance.uniform(0.005, LONGEST)
        ended = bench.run(scenario, rounds=ENDLESS, seed=chance.randrange(2**32), kill_after=after)
        if ended.how != "killed":
            raise RuntimeError(f"{scenario.name} ended with {ended.how} {ended.bug}")
        acks += ended.acks
        tally.add(scenario.name, judge(scenario, bench.root, acks), f"{ended.how} {scenario.name}")
    return tally


def kill_within(bench: Bench, scenario: Scenario, count: int, *, seed: int) -> Tally:
    """A fresh store each time, killed at a random moment of what takes a while."""
    chance, tally = random.Random(seed), Tally()
    write_tree(bench.root, bench.prepared(scenario))
    start = time.perf_counter()
    bench.run(scenario)
    longest = time.perf_counter() - start
    for _ in range(count):
        write_tree(bench.root, bench.prepared(scenario))
        ended = bench.run(scenario, seed=chance.randrange(2**32), kill_after=chance.uniform(0, longest))
        if ended.how not in {"killed", "done"}:
            raise RuntimeError(f"{scenario.name} ended with {ended.how} {ended.bug}")
        tally.add(scenario.name, judge(scenario, bench.root, ended.acks), f"{ended.how} {scenario.name}")
    return tally
