# SPDX-License-Identifier: GPL-3.0-or-later
"""Locking ends the process: what was on the screen is in the old one's memory, and nowhere in the new one's."""

from __future__ import annotations

import importlib.util
import os
import sys
from pathlib import Path
from types import ModuleType

import pytest
from desks import NOELBAKI, TRAINING, Clock

from trafficwatch.models.fields import Side
from trafficwatch.models.staff import Category
from trafficwatch.store import vault
from trafficwatch.store.unlock import open_store
from trafficwatch.store.vault import Stretching
from trafficwatch.village.drafts import drafts
from trafficwatch.village.founding import NewMember, found_desk

CHUNK = 1 << 24
PASSPHRASE = "lumbung padi biru sembilan"


def _benchmark() -> ModuleType:
    path = Path(__file__).parents[2] / "benchmarks/lock.py"
    spec = importlib.util.spec_from_file_location("lock_benchmark", path)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def held_in_memory(process: int, wanted: dict[str, bytes]) -> set[str]:
    """Which of these stand anywhere in a process's memory."""
    found: set[str] = set()
    longest = max(map(len, wanted.values()))
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
                found |= {name for name, secret in wanted.items() if secret in tail + part}
                tail = part[-longest:]
    return found


def secrets_of(folder: Path, typed: str) -> dict[str, bytes]:
    """What must not be left: what was typed, the passphrase, and every key, as bytes and as SQLCipher is given it."""
    found = vault.decode((folder / "vault.json").read_bytes())
    keys = vault.open_with_passphrase(found, PASSPHRASE)
    assert keys.case is not None
    raw = {"master key": keys.master, "case key": keys.case, "store key": vault.store_keys(found, keys)[0]}
    texts = {"typed": typed, "passphrase": PASSPHRASE}
    return {
        **raw,
        **{f"{name} in hex": key.hex().encode() for name, key in raw.items()},
        **{f"{name} in HEX": key.hex().upper().encode() for name, key in raw.items()},
        **{name: text.encode() for name, text in texts.items()},
        **{f"{name}, wide": text.encode("utf-16-le") for name, text in texts.items()},
    }


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc")
@pytest.mark.skipif(hasattr(os, "geteuid") and os.geteuid() != 0, reason="our memory is closed to all but root")
def test_after_the_lock_nothing_typed_and_no_key_is_in_memory_and_the_draft_is_kept(tmp_path: Path) -> None:
    lock = _benchmark()
    folder, member = tmp_path / "desk", NewMember("Maria Tefa", Category.COORDINATOR, PASSPHRASE, TRAINING)
    code, name = NOELBAKI
    found_desk(
        folder, member, side=Side.VILLAGE, code=code, name=name, practice=False, stretching=Stretching(), clock=Clock()
    )[0].close()
    secrets, before = secrets_of(folder, lock.CANARY), list[tuple[int, set[str]]]()
    _, process = lock.scenario(
        folder, lambda first: before.append((first, held_in_memory(first, secrets))), passphrase=PASSPHRASE
    )
    try:
        [(first, held)] = before
        assert held >= {"typed", "master key", "case key", "store key in hex"}  # the search finds what is there
        assert not Path(f"/proc/{first}").exists()
        assert held_in_memory(process, secrets) == set()
    finally:
        os.kill(process, 9)
    store = open_store(folder, PASSPHRASE, clock=Clock())
    with store.work() as work:
        (draft,) = drafts(work)
    store.close()
    assert draft.form == "resident_edit"
    assert lock.CANARY in str(draft.content)
    assert (draft.content or {}).get("at_lock") is True
