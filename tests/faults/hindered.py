# SPDX-License-Identifier: GPL-3.0-or-later
"""A disk that refuses: one system call fails, the next one, or all from the k-th on, for every k that there is.

Each time the program must name what happened and leave a sound store; what it confirmed is there.
"""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from bench import Bench, Tally
from disk_model import write_tree
from judging import Verdict, judge
from scenario import Scenario

from trafficwatch.errors import BundleError, FileError, StoreError, _subclasses

REFUSED: dict[str, tuple[str, ...]] = {
    "ENOSPC": ("pwrite64", "write", "ftruncate", "fsync", "mkdir"),
    "EIO": ("pwrite64", "write", "ftruncate", "fsync", "pread64", "rename", "unlink"),
}
"""What may fail, and how. Acknowledgements are written with another call, or nobody would hear of them."""
_CALLS = sorted({call for calls in REFUSED.values() for call in calls})
_NAMED = {cls.key for base in (StoreError, FileError, BundleError) for cls in _subclasses(base)}
_ROUNDS = 2
"""More would only repeat what the disk has refused before."""
_LINE = re.compile(r"^(\d+) +(\w+)\(")


@dataclass(frozen=True, slots=True)
class Point:
    """One way to hinder a process: this call fails, from the `first` time on, for good or once."""

    error: str
    call: str
    first: int
    for_good: bool

    @property
    def strace(self) -> tuple[str, ...]:
        when = f"{self.first}{'+' if self.for_good else ''}"
        inject = f"inject={self.call}:error={self.error}:when={when}"
        return "-f", "-o", "/dev/null", "-e", f"trace={self.call}", "-e", inject


def points(bench: Bench, scenario: Scenario) -> list[Point]:
    """All ways to hinder a scenario, by what it does when nothing does."""
    write_tree(bench.root, bench.prepared(scenario))
    trace = bench.folder / "calls"
    ended = bench.run(scenario, rounds=_ROUNDS, strace=("-f", "-o", str(trace), "-e", f"trace={','.join(_CALLS)}"))
    if ended.how != "done":
        raise RuntimeError(f"{scenario.name} ended with {ended}")
    seen = [found.groups() for line in trace.read_text("ascii", "replace").splitlines() if (found := _LINE.match(line))]
    calls = Counter(call for process, call in seen if process == seen[0][0])
    return [
        Point(error, call, first, for_good)
        for error, some in REFUSED.items()
        for call in some
        for first in range(1, calls[call] + 1)
        for for_good in (False, True)
    ]


def hinder(bench: Bench, scenario: Scenario, some: Sequence[Point]) -> Tally:
    tally = Tally()
    for point in some:
        write_tree(bench.root, bench.prepared(scenario))
        ended = bench.run(scenario, rounds=_ROUNDS, strace=point.strace)
        said = [ending for ending in (ended.how, *(ack.get("refused") for ack in ended.acks)) if ending]
        verdict = judge(scenario, bench.root, ended.acks)
        unnamed = [ending for ending in said if ending not in _NAMED | {"done"}]
        if unnamed:
            verdict = Verdict(verdict.lost, (*verdict.corrupt, f"{unnamed} {ended.bug}"))
        tally.add(f"{scenario.name} {point}", verdict, said[-1] if said[0] == "done" else said[0])
    return tally


def some_of(found: Sequence[Point], count: int, seed: int) -> Sequence[Point]:
    """So many points at random, all of them if there are no more."""
    return random.Random(seed).sample(list(found), min(count, len(found)))
