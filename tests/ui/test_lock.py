# SPDX-License-Identifier: GPL-3.0-or-later
"""Locking ends the process: what was on the screen is in the old one's memory, and nowhere in the new one's."""

from __future__ import annotations

import importlib.util
import os
import sys
from pathlib import Path
from types import ModuleType

import pytest
from desks import Clock

from trafficwatch.cli.practice import VILLAGE_PASSPHRASE, found_practice
from trafficwatch.models.fields import Side
from trafficwatch.store.unlock import open_store
from trafficwatch.village.drafts import drafts

CHUNK = 1 << 24


def _benchmark() -> ModuleType:
    path = Path(__file__).parents[2] / "benchmarks/lock.py"
    spec = importlib.util.spec_from_file_location("lock_benchmark", path)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def memory_has(process: int, text: str) -> bool:
    """Whether a text stands anywhere in a process's memory, in UTF-8 or as Qt keeps it."""
    wanted = (text.encode(), text.encode("utf-16-le"))
    regions = [line.split()[:2] for line in Path(f"/proc/{process}/maps").read_text("ascii").splitlines()]
    with Path(f"/proc/{process}/mem").open("rb", buffering=0) as memory:
        for span, rights in regions:
            if not rights.startswith("r"):
                continue
            start, end = (int(part, 16) for part in span.split("-"))
            tail = b""
            for position in range(start, end, CHUNK):
                try:
                    memory.seek(position)
                    part = memory.read(min(CHUNK, end - position))
                except (OSError, OverflowError, ValueError):
                    break
                if any(each in tail + part for each in wanted):
                    return True
                tail = part[-64:]
    return False


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc")
@pytest.mark.skipif(hasattr(os, "geteuid") and os.geteuid() != 0, reason="our memory is closed to all but root")
def test_after_the_lock_nothing_typed_is_in_memory_and_the_draft_is_kept(tmp_path: Path) -> None:
    lock = _benchmark()
    found_practice(tmp_path / "practice", Side.VILLAGE)
    seen_before: list[bool] = []
    _, process = lock.scenario(tmp_path, lambda first: seen_before.append(memory_has(first, lock.CANARY)))
    try:
        assert seen_before == [True]
        assert not memory_has(process, lock.CANARY)
    finally:
        os.kill(process, 9)
    store = open_store(tmp_path / "practice", VILLAGE_PASSPHRASE, clock=Clock())
    with store.work() as work:
        (draft,) = drafts(work)
    store.close()
    assert draft.form == "resident_edit"
    assert lock.CANARY in str(draft.content)
    assert (draft.content or {}).get("at_lock") is True
