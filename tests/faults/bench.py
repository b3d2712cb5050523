# SPDX-License-Identifier: GPL-3.0-or-later
"""A place to work at: one folder that is laid out, acted upon, broken and judged again and again, and the counting."""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from disk_model import Tree, read_tree
from judging import Verdict
from nest import Ended, Nest
from scenario import Scenario, small_ballast, warm


def lacking() -> str:
    """What this machine lacks for the laboratory, '' for nothing."""
    if sys.platform != "linux":
        return "system calls are watched on Linux"
    return "" if shutil.which("strace") else "strace is not here"


@dataclass
class Tally:
    """What became of many accidents."""

    states: int = 0
    lost: int = 0
    corrupt: int = 0
    endings: dict[str, int] = field(default_factory=dict)
    examples: list[str] = field(default_factory=list)

    @property
    def failed(self) -> int:
        return self.lost + self.corrupt

    def add(self, name: str, verdict: Verdict, ending: str = "") -> None:
        self.states += 1
        self.lost += bool(verdict.lost)
        self.corrupt += bool(verdict.corrupt)
        if ending:
            self.endings[ending] = self.endings.get(ending, 0) + 1
        if not verdict.sound and len(self.examples) < 5:
            self.examples.append(f"{name}: {verdict.lost} {verdict.corrupt}")

    def __iadd__(self, other: Tally) -> Tally:
        self.states += other.states
        self.lost += other.lost
        self.corrupt += other.corrupt
        self.examples += other.examples[: 5 - len(self.examples)]
        for ending, count in other.endings.items():
            self.endings[ending] = self.endings.get(ending, 0) + count
        return self


class Bench:
    """Use as a context manager. In memory where there is room for that: no disk is needed to model one."""

    def __enter__(self) -> Bench:
        self._stack = ExitStack()
        shelf = "/dev/shm" if Path("/dev/shm").is_dir() else None
        self.folder = Path(self._stack.enter_context(tempfile.TemporaryDirectory(dir=shelf))).resolve()
        self.root, self.acks = self.folder / "root", self.folder / "acks"
        self._stack.enter_context(small_ballast())
        self.nest = self._stack.enter_context(Nest())
        self._prepared: dict[str, Tree] = {}
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def prepared(self, scenario: Scenario) -> Tree:
        """The folder on which the scenario acts, made once."""
        if scenario.name not in self._prepared:
            shutil.rmtree(self.root, ignore_errors=True)
            scenario.prepare(self.root)
            self._prepared[scenario.name] = read_tree(self.root)
            warm(self.root)
            self.nest.warm(self.root)
        return self._prepared[scenario.name]

    def run(self, scenario: Scenario, *, rounds: int | None = None, strace: Sequence[str] = (), **how: Any) -> Ended:
        """Let a child act on the root as it lies there."""
        self.acks.unlink(missing_ok=True)
        return self.nest.run(
            scenario.name, self.root, self.acks, rounds=rounds or scenario.rounds, strace=strace, **how
        )
