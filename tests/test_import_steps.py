# SPDX-License-Identifier: GPL-3.0-or-later
"""An import goes in steps that are told, can be cancelled at each of them, and knows what has not come."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import pytest
from desks import Desks, dump, enrolled, shared_case
from hypothesis import given
from hypothesis import strategies as st

from trafficwatch.sync import gaps
from trafficwatch.sync.importing import ImportCancelled, Stage, take_in

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def desks(tmp_path: Path) -> Iterator[Desks]:
    with enrolled(tmp_path) as found:
        yield found


def test_each_step_and_each_record_is_told(desks: Desks) -> None:
    shared_case(desks.village)
    [path] = desks.send()
    told: list[tuple[Stage, int, int]] = []
    done = take_in(desks.ppt, path, progress=lambda *step: told.append(step))
    assert list(dict.fromkeys(stage for stage, _, _ in told)) == list(Stage)
    merged = [(at, total) for stage, at, total in told if stage is Stage.MERGE]
    assert merged == [(at, len(done.results)) for at in range(len(done.results))]
    assert told[-1] == (Stage.RECEIPT, 1, 1)
    again: list[Stage] = []
    assert take_in(desks.ppt, path, progress=lambda stage, *_: again.append(stage)).again
    assert Stage.MERGE not in again


def test_cancelled_at_any_moment_nothing_of_it_is_there(desks: Desks) -> None:
    shared_case(desks.village)
    [path] = desks.send()
    moments: list[Stage] = []
    before = dump(desks.ppt)
    with pytest.raises(ImportCancelled):
        take_in(desks.ppt, path, progress=lambda stage, *_: moments.append(stage), cancelled=lambda: True)
    assert moments == [Stage.VERIFY]
    assert dump(desks.ppt) == before
    for stage in (Stage.BACKUP, Stage.MERGE, Stage.RECEIPT):
        before, seen = dump(desks.ppt), []
        with pytest.raises(ImportCancelled):
            take_in(
                desks.ppt,
                path,
                progress=lambda at, *_: seen.append(at),  # noqa: B023 - called within the round
                cancelled=lambda: seen.count(stage) > (stage is Stage.MERGE),  # noqa: B023 - at the second record
            )
        now = dump(desks.ppt)
        assert {name for name in now if now[name] != before[name]} <= {"backup"}, stage
        assert seen[-1] is stage
    assert not take_in(desks.ppt, path).again


def test_what_has_not_come_is_named_by_number(desks: Desks) -> None:
    shared_case(desks.village)
    paths = [path for _ in range(5) for path in desks.send()]
    assert take_in(desks.ppt, paths[1]).missing == (1,)
    with desks.ppt.work() as work:
        [gap] = gaps.gaps(work)
        assert (gap.missing, gap.is_current) == ((1,), True)
    last = take_in(desks.ppt, paths[4])
    assert (last.missing, last.gap) == ((1, 3, 4), 3)
    assert take_in(desks.ppt, paths[0]).missing == ()
    with desks.ppt.work() as work:
        assert [gap.missing for gap in gaps.gaps(work)] == [(3, 4)]
    for path in paths[2:4]:
        take_in(desks.ppt, path)
    with desks.ppt.work() as work:
        assert gaps.gaps(work) == ()


def test_a_number_that_is_only_claimed_does_not_fill_the_memory() -> None:
    assert len(gaps.missing([2**53])) == 1_000


@given(st.sets(st.integers(1, 60)))
def test_missing_numbers_are_those_that_did_not_come(came: set[int]) -> None:
    missing = gaps.missing(came)
    assert set(missing) | came == set(range(1, max(came, default=0) + 1))
    assert not set(missing) & came
    spread = [number for first, last in gaps.ranges(missing) for number in range(first, last + 1)]
    assert tuple(spread) == missing
    stretches = gaps.ranges(missing)
    assert all(second[0] > first[1] + 1 for first, second in itertools.pairwise(stretches))
