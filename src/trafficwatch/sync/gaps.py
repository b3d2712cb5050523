# SPDX-License-Identifier: GPL-3.0-or-later
"""Bundles that have not come, although a later one of the same sender and epoch has. Shown, never waited for.

Nothing is lost by it: what a bundle carried goes out again with the next one, until its receipt arrives.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import literal_column, select

from trafficwatch.models.tables import local
from trafficwatch.store.work import Work

_MOST = 1_000
"""So many missing numbers of one sender are named; a number may be any, and is only claimed."""


@dataclass(frozen=True, slots=True)
class Gap:
    """What is missing of one sender in one epoch; `is_current` tells that the sender has begun no later epoch."""

    device: str
    epoch: str
    missing: tuple[int, ...]
    is_current: bool


def gaps(work: Work) -> tuple[Gap, ...]:
    """The senders and epochs of which numbers are missing, in the order in which they first came."""
    table = local.bundle_in
    columns = (table.c.sender, table.c.epoch, table.c.number)
    came: dict[tuple[str, str], list[int]] = {}
    newest: dict[str, str] = {}
    for row in work.connection.execute(select(*columns).order_by(literal_column("bundle_in.rowid"))):
        if (row.sender, row.epoch) not in came:
            newest[row.sender] = row.epoch
        came.setdefault((row.sender, row.epoch), []).append(row.number)
    found = (Gap(device, epoch, missing(numbers), newest[device] == epoch) for (device, epoch), numbers in came.items())
    return tuple(gap for gap in found if gap.missing)


def missing_before(work: Work, sender: str, epoch: str, number: int) -> tuple[int, ...]:
    """The numbers of this sender and epoch that are missing before this one."""
    table = local.bundle_in
    here = (table.c.sender == sender, table.c.epoch == epoch, table.c.number < number)
    return missing([*work.connection.execute(select(table.c.number).where(*here)).scalars(), number])


def missing(numbers: Iterable[int]) -> tuple[int, ...]:
    """What is missing between 1 and the highest of these, the last so many of them."""
    came = sorted(set(numbers))
    found: list[int] = []
    for before, number in zip([0, *came], came, strict=False):
        found += range(max(before + 1, number - _MOST), number)
    return tuple(found[-_MOST:])


def ranges(numbers: Sequence[int]) -> list[tuple[int, int]]:
    """Rising numbers as stretches: 3, 4, 5, 9 is 3-5 and 9-9."""
    found: list[tuple[int, int]] = []
    for number in numbers:
        if found and found[-1][1] == number - 1:
            found[-1] = (found[-1][0], number)
        else:
            found.append((number, number))
    return found
