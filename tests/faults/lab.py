# SPDX-License-Identifier: GPL-3.0-or-later
"""The laboratory as a command: `python tests/faults/lab.py --states 2000 --kills 500 --points 400 --out report.json`.

Crash states and their negative control, kills, and a disk that refuses; over all scenarios, or those given by name.
`--full-disk` has the disk full from every single write on, in every scenario. Everything but the moment of a kill
follows from `--seed`. Exit 1 if anything was lost or corrupt, or if the negative control found nothing.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from bench import Bench, Tally
    from scenario import Scenario

CONTROL = (("save", "NORMAL"), ("save", "OFF"), ("passphrase", "FILES"))
STATES_OF_A_RECORDING = 150


def main(argv: list[str] | None = None) -> int:
    sys.path.append(str(Path(__file__).parents[1]))
    from bench import Bench, lacking
    from scenarios import SCENARIOS

    asked = _asked(argv)
    if lacking():
        sys.stderr.write(f"{lacking()}\n")
        return 2
    chosen = [SCENARIOS[name] for name in asked.scenarios or SCENARIOS]
    report: dict[str, Any] = {}
    start = time.perf_counter()
    with Bench() as bench:
        for title, tally in _experiments(bench, chosen, asked):
            report[title] = asdict(tally)
            sys.stderr.write(f"{time.perf_counter() - start:7.0f} s  {title}: {_line(tally)}\n")
    found = {title: told for title, told in report.items() if not title.startswith("control")}
    control = {title: told for title, told in report.items() if title.startswith("control")}
    report["sum"] = {key: sum(told[key] for told in found.values()) for key in ("states", "lost", "corrupt")}
    report["control_sum"] = {key: sum(told[key] for told in control.values()) for key in ("states", "lost", "corrupt")}
    asked.out.write_text(json.dumps(report, indent=1) + "\n", "utf-8")
    sys.stdout.write(json.dumps({"sum": report["sum"], "control": report["control_sum"]}) + "\n")
    bad = report["sum"]["lost"] + report["sum"]["corrupt"]
    blind = any(not told["lost"] + told["corrupt"] for told in control.values())
    return 1 if bad or blind else 0


def _asked(argv: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--states", type=int, default=2000, help="power cuts, over all scenarios")
    parser.add_argument("--kills", type=int, default=500, help="kill -9, half of them while saving")
    parser.add_argument("--points", type=int, default=400, help="calls that fail, over all scenarios")
    parser.add_argument("--full-disk", action="store_true", help="the disk is full from every write on")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path, default=Path("report.json"))
    parser.add_argument("scenarios", nargs="*")
    return parser.parse_args(argv)


def _experiments(bench: Bench, chosen: list[Scenario], asked: argparse.Namespace) -> Iterator[tuple[str, Tally]]:
    from scenarios import SCENARIOS

    def share(whole: int) -> int:
        return -(-whole // len(chosen))

    for scenario in chosen:
        if asked.states:
            yield f"states {scenario.name}", _states(bench, scenario, share(asked.states), asked.seed)
    for name, careless in CONTROL if asked.states else ():
        yield f"control {careless}", _states(bench, SCENARIOS[name], share(asked.states), asked.seed, careless)
    yield from _kills(bench, chosen, asked)
    yield from _refusals(bench, chosen, asked, share(asked.points))


def _states(bench: Bench, scenario: Scenario, count: int, seed: int, careless: str = "") -> Tally:
    """Recorded anew for every so many states: chance decides what is saved, and what the keys are."""
    from bench import Tally
    from crash_states import record, replay

    tally = Tally()
    while tally.states < count:
        recording = record(bench, scenario, seed=seed, careless=careless)
        tally += replay(bench, recording, min(STATES_OF_A_RECORDING, count - tally.states), seed=seed)
        seed += 1
    return tally


def _kills(bench: Bench, chosen: list[Scenario], asked: argparse.Namespace) -> Iterator[tuple[str, Tally]]:
    from kills import kill_saving, kill_within

    others = [scenario for scenario in chosen if scenario.name != "save"]
    saving = asked.kills - asked.kills // 2 // max(len(others), 1) * len(others)
    for scenario in chosen if asked.kills else ():
        if scenario.name == "save":
            yield "kills save", kill_saving(bench, scenario, saving, seed=asked.seed)
        else:
            count = asked.kills // 2 // len(others)
            yield f"kills {scenario.name}", kill_within(bench, scenario, count, seed=asked.seed)


def _refusals(
    bench: Bench, chosen: list[Scenario], asked: argparse.Namespace, count: int
) -> Iterator[tuple[str, Tally]]:
    from hindered import hinder, points, some_of

    for scenario in chosen if asked.points or asked.full_disk else ():
        found = points(bench, scenario)
        if asked.full_disk:
            full = [each for each in found if each.error == "ENOSPC" and each.for_good]
            yield f"full disk {scenario.name}", hinder(bench, scenario, full)
        if count:
            yield f"refusals {scenario.name}", hinder(bench, scenario, some_of(found, count, asked.seed))


def _line(tally: Tally) -> str:
    endings = ", ".join(f"{ending} {count}" for ending, count in sorted(tally.endings.items()))
    return f"{tally.states} of which lost {tally.lost}, corrupt {tally.corrupt} {endings}"


if __name__ == "__main__":
    sys.exit(main())
