# SPDX-License-Identifier: GPL-3.0-or-later
"""One line typed from the paper form as an answer: `E-PRO-RECRUIT Y O`, `recruit y`, `debt-3 u`, or just `t`. Pure.

A line is a code, an answer (Y T U D, N for T) and who says so (O orangnya, K keluarga, D dokumen, L dilihat). Of the
code its tail is enough, or beginnings of its parts, as long as it means one question; zeros before a number may be left
out. Without a code the answer is for the question `here`, without an answer the line only looks a question up.

Nothing is guessed: what is unknown or means several questions is refused, with the codes it may have meant.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from trafficwatch.models.screening import Answer, By, Entry, Mode, Questionnaire, Value

VALUES = {"Y": Value.YES, "T": Value.NO, "N": Value.NO, "U": Value.UNKNOWN, "D": Value.DECLINED}
SOURCES = {"O": By.PERSON, "K": By.FAMILY, "D": By.DOCUMENT, "L": By.OBSERVED}
NEAREST = 3
"""Codes named beside one that is unknown."""

_BREAK = re.compile(r"[\s=:;,]+")
_PART = re.compile(r"[^A-Z0-9]+")
_LONGEST = 200


class Trouble(StrEnum):
    """Why a line is refused."""

    NOTHING = "nothing"
    UNKNOWN = "unknown"
    AMBIGUOUS = "ambiguous"
    NO_SUCH_ANSWER = "no_such_answer"
    NO_SUCH_SOURCE = "no_such_source"


@dataclass(frozen=True, slots=True)
class Entered:
    """What a line says: the question it means, and the answer if there is one."""

    code: str
    value: Value | None = None
    by: By | None = None


@dataclass(frozen=True, slots=True)
class Problem:
    """A line that is refused: what of it, and the codes that it may have meant."""

    trouble: Trouble
    typed: str = ""
    codes: tuple[str, ...] = ()


def parse(line: str, questionnaire: Questionnaire, here: str = "") -> Entered | Problem:
    """What a typed line means; never raises."""
    codes = [entry.code for entry in questionnaire.entries]
    words = [word for word in _BREAK.split(line[:_LONGEST].upper()) if word]
    value, by, rest = None, None, words
    if len(words) > 1 and words[-1] in SOURCES and words[-2] in VALUES:
        value, by, rest = VALUES[words[-2]], SOURCES[words[-1]], words[:-2]
    elif words and words[-1] in VALUES:
        value, rest = VALUES[words[-1]], words[:-1]
    typed = "-".join(rest)
    if not _parts(typed):
        if value is None or here not in codes:
            return Problem(Trouble.NOTHING)
        return Entered(here, value, by)
    found = meant(typed, codes)
    if len(found) == 1:
        return Entered(found[0], value, by)
    if found:
        return Problem(Trouble.AMBIGUOUS, typed, found)
    return _lost(rest, codes) if value is None else Problem(Trouble.UNKNOWN, typed, _nearest(typed, codes))


def meant(typed: str, codes: Sequence[str]) -> tuple[str, ...]:
    """The codes that something typed can mean: itself, else by its tail, else by the beginnings of its parts."""
    wanted = _parts(typed)
    if not wanted:
        return ()
    exact = "-".join(part for part in _PART.split(typed.upper()) if part)
    if exact in codes:
        return (exact,)
    parts = {code: _parts(code) for code in codes}
    ways = (
        lambda of: of == wanted,
        lambda of: of[-len(wanted) :] == wanted,
        lambda of: any(_begins(of[start : start + len(wanted)], wanted) for start in range(len(of))),
    )
    for fits in ways:
        if found := tuple(code for code in codes if fits(parts[code])):
            return found
    return ()


def answer(entered: Entered, entry: Entry, before: Answer | None) -> Answer | None:
    """The answer that a line gives to its question; what was noted beside it stays. None if it gives none.

    A yes to what is only looked at counts as seen, unless the line says who says so.
    """
    if entered.value is None:
        return None
    is_seen = entered.value is Value.YES and entry.mode is Mode.OBSERVE
    by = entered.by or (before.by if before and before.value is entered.value else None)
    note, event = (before.note, before.event) if before else (None, None)
    return Answer(entered.value, by or (By.OBSERVED if is_seen else None), event, note)


def _lost(words: list[str], codes: Sequence[str]) -> Problem:
    """A line without an answer whose code is unknown: perhaps a wrong letter stands behind a known one."""
    last = words[-1]
    if len(last) == 1 and len(words) > 1:
        if words[-2] in VALUES and (len(words) == 2 or len(meant("-".join(words[:-2]), codes)) == 1):
            return Problem(Trouble.NO_SUCH_SOURCE, last)
        if len(meant("-".join(words[:-1]), codes)) == 1:
            return Problem(Trouble.NO_SUCH_ANSWER, last)
    typed = "-".join(words)
    return Problem(Trouble.UNKNOWN, typed, _nearest(typed, codes))


def _parts(code: str) -> tuple[str, ...]:
    """The parts of a code, numbers without leading zeros."""
    return tuple(part.lstrip("0") or "0" if part.isdigit() else part for part in _PART.split(code.upper()) if part)


def _begins(parts: Sequence[str], wanted: Sequence[str]) -> bool:
    return len(parts) == len(wanted) and all(
        part == typed if typed.isdigit() else part.startswith(typed) for part, typed in zip(parts, wanted, strict=True)
    )


def _nearest(typed: str, codes: Iterable[str]) -> tuple[str, ...]:
    from rapidfuzz import process

    return tuple(code for code, _, _ in process.extract(typed, list(codes), limit=NEAREST))
