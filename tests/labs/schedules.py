# SPDX-License-Identifier: GPL-3.0-or-later
"""Many random schedules of two villages and a PPT (issue 8, must show 1): `python tests/labs/schedules.py --count 10000
--seed 1 --jobs 2`. Schedule n of a run is that of the seed `seed + n` alone, and can be repeated with `--count 1`.
"""

from __future__ import annotations

import argparse
import gc
import multiprocessing
import random
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parents[1]), str(Path(__file__).parents[2] / "src")]

from schedule_mutants import FAULTS, fault  # noqa: E402 - found by the path above
from schedule_steps import run  # noqa: E402

LEAST, MOST = 15, 40


def say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def one(seed: int) -> tuple[Counter[str], str]:
    """The counts of one schedule, and what was broken in it."""
    steps = random.Random(-seed).randint(LEAST, MOST)
    memory = Path("/dev/shm")
    with tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else None) as folder:
        try:
            return run(seed, steps, Path(folder)) + Counter(schedules=1), ""
        except Exception:
            return Counter(schedules=1, violations=1), f"seed {seed}:\n{traceback.format_exc()}"


def until_seen(name: str, seed: int, count: int) -> str:
    """In which schedule a fault of the engine is seen, and by what."""
    for done, each in enumerate(range(seed, seed + count), start=1):
        is_sound = not one(each)[1]  # one that breaks without the fault tells nothing of it
        with fault(name):
            problem = one(each)[1]
        if problem and is_sound:
            return f"{name:36} schedule {done}: {problem.strip().splitlines()[-1][:150]}"
    return f"{name:36} NOT SEEN in {count}"


def main(arguments: Iterable[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    for name, default in (("count", 100), ("seed", 1), ("jobs", 1), ("stop", 5)):
        parser.add_argument(f"--{name}", type=int, default=default)
    parser.add_argument("--mutants", action="store_true", help="put faults into the engine and see each being caught")
    options = parser.parse_args(arguments if arguments is None else list(arguments))
    seeds, total, began, broken = range(options.seed, options.seed + options.count), Counter[str](), time.time(), 0
    with multiprocessing.Pool(options.jobs, gc.disable) as pool:
        if options.mutants:
            told = pool.starmap(until_seen, [(name, options.seed, options.count) for name in FAULTS], chunksize=1)
            say("\n".join(told))
            return 1 if any("NOT SEEN" in each for each in told) else 0
        for done, (counts, problem) in enumerate(pool.imap(one, seeds, chunksize=4), start=1):
            total += counts
            if problem:
                broken += 1
                say(problem)
                if broken >= options.stop:
                    pool.terminate()
                    break
            if done % 500 == 0:
                say(f"{done} schedules, {broken} broken, {time.time() - began:.0f} s")
    for name, number in sorted(total.items()):
        say(f"{name:40} {number}")
    say(f"seconds {time.time() - began:.0f}")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
