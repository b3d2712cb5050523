# SPDX-License-Identifier: GPL-3.0-or-later
"""Crash-state replay: record what a scenario does to the disk, then cut the power at random moments, many times."""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from bench import Bench, Tally
from disk_model import Disk, Op, Tree, read_tree, write_tree
from judging import judge
from recorder import STRACE, operations
from scenario import Acks, Scenario


@dataclass(frozen=True)
class Recording:
    """A folder before, and everything that was done to it."""

    scenario: Scenario
    before: Tree
    operations: tuple[Op, ...]


def record(bench: Bench, scenario: Scenario, *, seed: int = 0, careless: str = "") -> Recording:
    """Let a child do it under strace. Replayed without an accident, the operations must give what the child left."""
    before = bench.prepared(scenario)
    write_tree(bench.root, before)
    trace = bench.folder / "trace"
    ended = bench.run(scenario, seed=seed, careless=careless, strace=(*STRACE, "-o", str(trace)))
    if ended.how != "done" or any("refused" in ack for ack in ended.acks):
        raise RuntimeError(f"{scenario.name} ended with {ended}")
    done = operations(trace, bench.root, bench.acks)
    disk = Disk(before)
    for op in done:
        disk.do(op)
    if disk.now() != read_tree(bench.root):
        raise RuntimeError(f"the recording of {scenario.name} is not what happened")
    return Recording(scenario, before, tuple(done))


def states(recording: Recording, count: int, chance: random.Random) -> Iterator[tuple[Tree, Acks]]:
    """Folders as power cuts at random moments leave them, with what had been confirmed by then."""
    cuts = Counter(chance.randint(0, len(recording.operations)) for _ in range(count))
    disk, acks = Disk(recording.before), []
    for number, op in enumerate((*recording.operations, None)):
        for _ in range(cuts[number]):
            yield disk.crash(chance), tuple(acks)
        if op is not None:
            disk.do(op)
            if op.kind == "ack":
                acks.append(json.loads(op.data))


def replay(bench: Bench, recording: Recording, count: int, *, seed: int) -> Tally:
    """Cut the power so many times; where recorded is where replayed, for a store knows its place."""
    tally = Tally()
    for tree, acks in states(recording, count, random.Random(seed)):
        write_tree(bench.root, tree)
        tally.add(recording.scenario.name, judge(recording.scenario, bench.root, acks))
    return tally
