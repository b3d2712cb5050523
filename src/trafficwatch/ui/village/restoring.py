# SPDX-License-Identifier: GPL-3.0-or-later
"""What a draft changed in a list, put onto what is loaded now: what came since the draft was begun stays.

Each takes what stood there when the draft was begun, what was typed, and what stands there now.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from trafficwatch.models.identity import phone_key


def answers(before: Mapping[str, Any], mine: Mapping[str, Any], now: Mapping[str, Any]) -> dict[str, Any]:
    """Answers by question: those that were given or taken back are mine, the others those of now."""
    kept = {code: said for code, said in now.items() if code not in before or code in mine}
    return kept | {code: said for code, said in mine.items() if before.get(code) != said}


def phones(before: Sequence[Any], mine: Sequence[Any], now: Sequence[Any]) -> list[Any]:
    """Rows of number and owner; one whose owner was written anew is mine."""
    mine_by, old = ({_number(row): list(row) for row in rows} for rows in (mine, before))
    written = {number: row for number, row in mine_by.items() if old.get(number) != row}
    kept = [row for row in now if _number(row) in mine_by or _number(row) not in old]
    there = {_number(row) for row in kept}
    return [written.get(_number(row), row) for row in kept] + [
        row for number, row in written.items() if number not in there
    ]


def line(parts: Callable[[str], Sequence[str]], before: str, mine: str, now: str, *, between: str) -> str:
    """Elements in one line: without what was taken out, with what was added."""
    old, wanted, there = parts(before), parts(mine), parts(now)
    if list(old) == list(there):
        return mine
    kept = [each for each in there if each in wanted or each not in old]
    return between.join(kept + [each for each in wanted if each not in old and each not in kept])


def _number(row: Sequence[str]) -> str:
    return phone_key(row[0]) or row[0]
