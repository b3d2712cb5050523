# SPDX-License-Identifier: GPL-3.0-or-later
"""A slice of the two laboratories of hostile bundles: flips and cuts of a golden one, and generated malformed ones.

The whole runs outside: `python tests/labs/flips.py`, `python tests/labs/fuzz_bundles.py --count 1000000`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from labs.flips import damaged
from labs.fuzz_inputs import GOLDEN, LAYERS, Inputs
from labs.fuzz_world import World

from trafficwatch.models.fields import Side

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    made = World(tmp_path_factory.mktemp("world"))
    yield made
    made.close()


def test_flips_and_cuts_of_a_golden_bundle_change_nothing(world: World) -> None:
    content = (GOLDEN / "everything.twb").read_bytes()
    before = world.dump(Side.PPT)
    tried = [flaw for number, flaw in enumerate(damaged(content)) if number % 2_503 == 0]
    assert len(tried) > 40
    assert [flaw for flaw, bad in tried if world.take(Side.PPT, bad) == ""] == []
    assert world.dump(Side.PPT) == before
    for _, bad in tried[:: len(tried) // 2]:
        assert world.apart(Side.PPT, bad) == world.here(Side.PPT, bad) != ""


def test_generated_malformed_bundles_are_refused_by_name_and_spoil_no_store(world: World) -> None:
    inputs = Inputs(seed=7)
    made = [inputs.make(number) for number in range(150)]
    assert {each.layer for each in made} == LAYERS.keys()
    verdicts = [world.feed(each.side, each.content) for each in made]
    assert sum(verdict.merged for verdict in verdicts) > 5
    assert sum(not verdict.merged for verdict in verdicts) > 100
    world.check()
    assert world.findings == []


def test_the_same_number_gives_the_same_bundle() -> None:
    one, other = Inputs(seed=7), Inputs(seed=7)
    assert [one.make(number) for number in range(40)] == [other.make(number) for number in reversed(range(40))][::-1]
    assert Inputs(seed=8).make(0).content != one.make(0).content
