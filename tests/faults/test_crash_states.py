# SPDX-License-Identifier: GPL-3.0-or-later
"""A slice of the laboratory for every run; `lab.py` does it by the thousand.

What a power cut may leave is first shown on a few operations by hand; then real ones are recorded, cut and opened
again. That the laboratory can fail is shown by stores that do not wait for the disk.
"""

from __future__ import annotations

import random

import pytest
from bench import Bench
from crash_states import record, replay
from disk_model import Disk, Op
from scenarios import SCENARIOS

SLICE = {"save": 6, "import": 2, "remove-member": 3, "restore": 3, "upgrade": 3}


def left_by(disk: Disk, crashes: int = 300) -> set[tuple[tuple[str, bytes | None], ...]]:
    chance = random.Random(1)
    return {tuple(sorted(disk.crash(chance).items())) for _ in range(crashes)}


def test_what_was_synced_stays_and_the_rest_is_anything() -> None:
    disk = Disk({"f": b"old"})
    disk.do(Op("write", "f", b"new"))
    assert left_by(disk) == {(("f", b"old"),), (("f", b"new"),)}
    disk.do(Op("sync", "f"))
    assert left_by(disk) == {(("f", b"new"),)}


def test_a_write_is_torn_between_sectors() -> None:
    disk = Disk({"f": b"a" * 1024})
    disk.do(Op("write", "f", b"b" * 1024))
    assert {content for ((_, content),) in left_by(disk)} == {
        first * 512 + second * 512 for first in (b"a", b"b") for second in (b"a", b"b")
    }


def test_a_hole_is_zero() -> None:
    disk = Disk({"f": b""})
    disk.do(Op("write", "f", b"a" * 512))
    disk.do(Op("write", "f", b"b" * 512, 512))
    assert (("f", bytes(512) + b"b" * 512),) in left_by(disk)


def test_a_name_is_safe_when_its_folder_is() -> None:
    disk = Disk({"d": None, "d/f": b"old"})
    for op in (Op("create", "d/t"), Op("write", "d/t", b"new"), Op("rename", "d/t", other="d/f")):
        disk.do(op)
    found = left_by(disk)
    assert (("d", None), ("d/f", b"")) in found
    assert (("d", None), ("d/f", b"old"), ("d/t", b"new")) in found
    disk.do(Op("sync", "d/f"))
    disk.do(Op("sync", "d"))
    assert left_by(disk) == {(("d", None), ("d/f", b"new"))} == {tuple(sorted(disk.now().items()))}


def test_names_change_in_their_order() -> None:
    disk = Disk({"a": b"1", "b": b"2"})
    disk.do(Op("rename", "a", other="b"))
    disk.do(Op("remove", "b"))
    assert left_by(disk) == {(("a", b"1"), ("b", b"2")), (("b", b"1"),), ()}


@pytest.mark.parametrize(("name", "count"), SLICE.items())
def test_after_a_power_cut_everything_confirmed_is_there(bench: Bench, name: str, count: int) -> None:
    tally = replay(bench, record(bench, SCENARIOS[name], seed=7), count, seed=7)
    assert (tally.states, tally.failed, tally.examples) == (count, 0, [])


@pytest.mark.parametrize(
    ("name", "careless"),
    [("save", "NORMAL"), ("save", "OFF"), pytest.param("passphrase", "FILES", marks=pytest.mark.long)],
)
def test_a_program_that_does_not_wait_for_the_disk_loses(bench: Bench, name: str, careless: str) -> None:
    """The negative control: the laboratory sees it."""
    tally = replay(bench, record(bench, SCENARIOS[name], seed=7, careless=careless), 8, seed=7)
    assert tally.failed > 2
    assert (tally.corrupt > 0) == (careless != "NORMAL")
