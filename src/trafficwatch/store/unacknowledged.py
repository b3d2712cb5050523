# SPDX-License-Identifier: GPL-3.0-or-later
"""What unlocking found out and nobody has answered for yet: a row of `store_info`, {finding: since when}.

Noted in the transaction that deals with it, told at every unlock, and forgotten when a volunteer has understood it.
"""

from __future__ import annotations

from trafficwatch.store import info
from trafficwatch.store.work import Work

_ROW = "unacknowledged"


def note(work: Work, finding: str) -> None:
    """Keep a finding; one that came again counts from now."""
    info.put(work.connection, {_ROW: {**noted(work), finding: work.now}})


def noted(work: Work) -> dict[str, str]:
    """The findings that wait for somebody, each with its moment."""
    found: dict[str, str] = info.get(work.connection, _ROW) or {}
    return found


def forget(work: Work, finding: str) -> bool:
    """Whether it was still waiting."""
    left = noted(work)
    was_there = left.pop(finding, None) is not None
    info.put(work.connection, {_ROW: left or None})
    return was_there
