# SPDX-License-Identifier: GPL-3.0-or-later
"""Processes that do the real thing and may be watched, hindered and killed; forked, so that each starts in no time.

`Nest` (in the laboratory) talks to one process that has loaded the program once and stretched the passphrases; every
`run` forks it. The child waits until strace has been attached, then acts on its folder. What it confirms it writes with
`writev`, which is never hindered, into a file outside that folder: one JSON line each, at last how it ended.
Linux only.
"""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import random
import select
import signal
import subprocess
import sys
import traceback
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
_SET_PTRACER, _ANY = 0x59616D61, -1


@dataclass(frozen=True, slots=True)
class Ended:
    """What a child confirmed, and how it ended: `done`, `killed`, the key of a named error, or a bug's traceback."""

    acks: tuple[dict[str, Any], ...]
    how: str
    bug: str = ""


class Nest:
    """The laboratory's end. Use as a context manager."""

    def __enter__(self) -> Nest:
        where = [str(HERE), str(HERE.parent), *os.environ.get("PYTHONPATH", "").split(os.pathsep)]
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(where)}
        self._process = subprocess.Popen(
            [sys.executable, __file__], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment
        )
        return self

    def __exit__(self, *_: object) -> None:
        with self._process:
            self._process.communicate("")

    def warm(self, root: Path) -> None:
        """Stretch the passphrases of the stores in this folder, which copies of it have in common."""
        self._say({"warm": str(root)})
        self._hear()

    def run(
        self,
        scenario: str,
        root: Path,
        acks: Path,
        *,
        seed: int = 0,
        rounds: int = 1,
        careless: str = "",
        strace: Sequence[str] = (),
        kill_after: float | None = None,
    ) -> Ended:
        """One child's life. `kill_after` seconds it is killed, unless it has ended."""
        task = {"scenario": scenario, "root": str(root), "acks": str(acks), "seed": seed, "rounds": rounds}
        self._say(task | {"careless": careless, "kill_after": kill_after})
        child = int(self._hear())
        with contextlib.ExitStack() as stack:
            if strace:
                stack.enter_context(_traced(child, strace))
            self._say({"go": True})
            status = int(self._hear())
        return _ended(acks, status)

    def _say(self, message: dict[str, Any]) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(message) + "\n")
        self._process.stdin.flush()

    def _hear(self) -> str:
        assert self._process.stdout is not None
        answer = self._process.stdout.readline()
        if not answer:
            raise RuntimeError("the nest has died")
        return answer.strip()


@contextlib.contextmanager
def _traced(child: int, arguments: Sequence[str]) -> Any:
    """strace on a child that waits; at the end it has written down everything."""
    with subprocess.Popen(["strace", *arguments, "-p", str(child)], stderr=subprocess.PIPE, text=True) as strace:
        assert strace.stderr is not None
        said = strace.stderr.readline()
        if "attached" not in said:
            raise RuntimeError(f"strace: {said}")
        yield
        strace.stderr.read()


def _ended(acks: Path, status: int) -> Ended:
    lines = [json.loads(line) for line in acks.read_bytes().splitlines()] if acks.exists() else []
    last = lines.pop() if lines and "ended" in lines[-1] else {}
    killed = os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL
    how = "killed" if killed and not last else last.get("ended", "bug")
    return Ended(tuple(lines), how, last.get("bug", "" if how != "bug" else f"wait status {status}"))


# -- the other end -----------------------------------------------------------------------------------------------------


def main() -> None:
    import scenario

    ctypes.CDLL(None).prctl(_SET_PTRACER, _ANY, 0, 0, 0)  # not inherited everywhere, so the child says it again
    for line in sys.stdin:
        task = json.loads(line)
        if "warm" in task:
            with scenario.small_ballast():
                scenario.warm(Path(task["warm"]))
            _answer("warm")
        else:
            _answer(_live(task))


def _answer(said: object) -> None:
    sys.stdout.write(f"{said}\n")
    sys.stdout.flush()


def _live(task: dict[str, Any]) -> int:
    """Fork a child for the task; its wait status."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(writing)
        ctypes.CDLL(None).prctl(_SET_PTRACER, _ANY, 0, 0, 0)
        os.read(reading, 1)
        _act(task)
        os._exit(0)
    os.close(reading)
    _answer(child)
    sys.stdin.readline()
    os.write(writing, b"g")
    os.close(writing)
    handle = os.pidfd_open(child)
    ended, _, _ = select.select([handle], [], [], task["kill_after"])
    if not ended:
        os.kill(child, signal.SIGKILL)
    status = os.waitpid(child, 0)[1]
    os.close(handle)
    return status


def _act(task: dict[str, Any]) -> None:
    import scenario
    import scenarios

    from trafficwatch.errors import ExpectedError

    file = os.open(task["acks"], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)

    def ack(**confirmed: Any) -> None:
        os.writev(file, [json.dumps(confirmed).encode() + b"\n"])

    try:
        with scenario.careless(task["careless"]), scenario.small_ballast():
            act = scenarios.SCENARIOS[task["scenario"]].act
            act(Path(task["root"]), ack, random.Random(task["seed"]), task["rounds"])
    except ExpectedError as error:
        ack(ended=error.key)
    except BaseException:
        ack(ended="bug", bug=traceback.format_exc())
    else:
        ack(ended="done")


if __name__ == "__main__":
    main()
