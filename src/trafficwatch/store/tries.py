# SPDX-License-Identifier: GPL-3.0-or-later
"""Wrong passphrases make the next try wait: three are free, then 2, 4, 8 ... seconds, at most 300 (design 3).

The count outlives the program in `tries.json`; what opens the store ends it. Backups carry the slots of the store, so a
wrong passphrase for one of them counts as one for the store that it would be restored into. Nothing is ever
wiped by guessing: a child or an enemy could do that. What really holds a guesser up is the key stretching; whoever can
delete the file gains a few minutes. A recovery code has 140 random bits and waits for nothing.

A clock that was set back never lengthens a wait beyond its full time. A file that can't be read or written holds nobody
up.
"""

from __future__ import annotations

import math
from contextlib import suppress
from datetime import datetime
from pathlib import Path

import msgspec

from trafficwatch.errors import FileError, StoreError
from trafficwatch.store.files import read_limited, write_whole

FREE = 3
LONGEST = 300
_FILE = "tries.json"
_LIMIT = 1_000


class TooSoon(StoreError):
    """Too many wrong passphrases; parameter `seconds`: how long to wait before the next try."""

    key = "too_soon"


class _Tries(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    wrong: int
    at: datetime


def check(folder: Path, now: datetime) -> None:
    """Raise TooSoon while the wait after the last wrong passphrase lasts."""
    tries = _read(folder)
    if tries is None:
        return
    wait = wait_after(tries.wrong)
    passed = (now - tries.at).total_seconds()
    if passed < 0:
        _write(folder, _Tries(tries.wrong, now))
        passed = 0
    if passed < wait:
        raise TooSoon(seconds=math.ceil(wait - passed))


def wait_after(wrong: int) -> int:
    """Seconds to wait after so many wrong passphrases."""
    return min(2 ** min(wrong - FREE, 9), LONGEST) if wrong > FREE else 0


def note_wrong(folder: Path, now: datetime) -> None:
    """One more wrong passphrase."""
    tries = _read(folder)
    _write(folder, _Tries(tries.wrong + 1 if tries else 1, now))


def clear(folder: Path) -> None:
    """What opens the store was typed."""
    with suppress(OSError):
        (folder / _FILE).unlink(missing_ok=True)


def _read(folder: Path) -> _Tries | None:
    try:
        found = msgspec.json.decode(read_limited(folder / _FILE, _LIMIT), type=_Tries)
    except (FileError, msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None
    return found if found.at.tzinfo is not None and found.wrong > 0 else None


def _write(folder: Path, tries: _Tries) -> None:
    with suppress(FileError):
        write_whole(folder / _FILE, msgspec.json.encode(tries), private=True)
