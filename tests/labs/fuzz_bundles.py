# SPDX-License-Identifier: GPL-3.0-or-later
"""The fuzzer as a command: `python tests/labs/fuzz_bundles.py --count 1000000 --seed 1 --jobs 2`.

Each input is a bundle that is wrong on one layer (`fuzz_inputs`), handed to a real desk (`fuzz_world`); what passes all
checks is merged into its store. Counts per layer and outcome, the slowest input, the most memory of a worker, and what
a check of the stores found. Anything but a named refusal, more than 5 s of the processor or 300 MB is a finding: the
input is kept in `--keep`, and the exit code is 1. One of `--apart` inputs is also opened in the child process, which
must say the same.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import signal
import sys
import tempfile
import time
import traceback
from collections import Counter
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

TESTS = Path(__file__).parents[1]
SECONDS, MEGABYTES = 5.0, 300
_STUCK = 120


class Stuck(BaseException):
    """An input did not come back."""


@dataclass
class Tally:
    """What one worker saw; `outcomes` counts by layer and outcome."""

    inputs: int = 0
    merged: int = 0
    records: int = 0
    set_aside: int = 0
    apart: int = 0
    checked: int = 0
    slowest: float = 0.0
    slowest_input: int = -1
    megabytes: int = 0
    outcomes: dict[str, dict[str, int]] = field(default_factory=dict)
    findings: list[str] = field(default_factory=list)

    def add(self, other: Tally) -> None:
        for name in ("inputs", "merged", "records", "set_aside", "apart", "checked"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        if other.slowest > self.slowest:
            self.slowest, self.slowest_input = other.slowest, other.slowest_input
        self.megabytes = max(self.megabytes, other.megabytes)
        self.findings += other.findings
        for layer, found in other.outcomes.items():
            self.outcomes[layer] = dict(Counter(self.outcomes.get(layer, {})) + Counter(found))


def run(numbers: range, seed: int, keep: Path, apart: int) -> Tally:
    """Make and hand over these inputs, one after the other."""
    import resource

    from labs.fuzz_inputs import Inputs
    from labs.fuzz_world import World

    tally, inputs = Tally(), Inputs(seed)
    signal.signal(signal.SIGALRM, _stuck)
    shared = Path("/dev/shm")
    with tempfile.TemporaryDirectory(dir=shared if shared.is_dir() else None) as folder:
        world = World(Path(folder))
        for number in numbers:
            made = inputs.make(number)
            start = time.process_time()
            signal.alarm(_STUCK)
            try:
                verdict = world.feed(made.side, made.content)
                if apart and number % apart == 0:
                    _same_apart(world, made, tally)
            except (Exception, Stuck):
                _keep(keep, made, tally)
                continue
            finally:
                signal.alarm(0)
            _count(tally, made, verdict, time.process_time() - start)
            if tally.inputs % 20_000 == 0:
                sys.stderr.write(f"{time.strftime('%X')} {tally.inputs} of {len(numbers)}, {len(tally.findings)}\n")
        world.check()
        world.close()
    tally.findings += world.findings
    tally.checked = world.checked
    tally.megabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1000
    return tally


def _stuck(_signal: int, _frame: Any) -> None:
    raise Stuck


def _same_apart(world: Any, made: Any, tally: Tally) -> None:
    tally.apart += 1
    here, there = world.here(made.side, made.content), world.apart(made.side, made.content)
    assert here == there, f"here {here or 'opened'}, in the child {there or 'opened'}"


def _count(tally: Tally, made: Any, verdict: Any, seconds: float) -> None:
    tally.inputs += 1
    tally.merged += verdict.merged
    tally.records += verdict.records
    tally.set_aside += verdict.set_aside
    found = tally.outcomes.setdefault(made.layer, {})
    found[verdict.outcome] = found.get(verdict.outcome, 0) + 1
    if seconds > tally.slowest:
        tally.slowest, tally.slowest_input = seconds, made.number


def _keep(keep: Path, made: Any, tally: Tally) -> None:
    tally.inputs += 1
    keep.mkdir(parents=True, exist_ok=True)
    (keep / f"{made.number}-{made.layer}.twb").write_bytes(made.content)
    (keep / f"{made.number}-{made.layer}.txt").write_text(traceback.format_exc(), "utf-8")
    tally.findings.append(f"{made.number} ({made.layer}): {traceback.format_exc().splitlines()[-1][:200]}")


def _work(task: tuple[range, int, Path, int]) -> dict[str, Any]:
    return asdict(run(*task))


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=1_000_000)
    parser.add_argument("--first", type=int, default=0, help="the number of the first input")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--apart", type=int, default=5_000, help="every how many are opened in the child, too; 0 none")
    parser.add_argument("--keep", type=Path, default=Path("fuzz-findings"))
    parser.add_argument("--out", type=Path)
    asked = parser.parse_args(argv)
    start, total = time.perf_counter(), Tally()
    tasks = [
        (range(asked.first + job, asked.first + asked.count, asked.jobs), asked.seed, asked.keep, asked.apart)
        for job in range(asked.jobs)
    ]
    with multiprocessing.get_context("spawn").Pool(asked.jobs) as pool:
        for found in pool.imap_unordered(_work, tasks):
            total.add(Tally(**found))
    report = {"seed": asked.seed, "seconds": round(time.perf_counter() - start), **asdict(total)}
    text = json.dumps(report, indent=1, sort_keys=True)
    sys.stdout.write(text + "\n")
    if asked.out:
        asked.out.write_text(text + "\n", "utf-8")
    return 1 if total.findings or total.slowest > SECONDS or total.megabytes > MEGABYTES else 0


sys.path[:0] = [path for path in (str(TESTS),) if path not in sys.path]
if __name__ == "__main__":
    sys.exit(main())
