# SPDX-License-Identifier: GPL-3.0-or-later
"""What a locked desk is given to restore a backup with. Part of the first thing that is seen: nothing is imported."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from pathlib import Path

    from trafficwatch.village.backups import Contents, Found


class Look(Protocol):
    """What a backup holds; `secret` is a passphrase or the code on the recovery sheet of its day.

    A wrong passphrase counts as one for the store, and makes the next try wait (`too_soon`).
    """

    def __call__(self, backup: Path, secret: str, *, is_code: bool) -> Contents: ...


class Restore(Protocol):
    """Put what a backup holds in the place of the closed store."""

    def __call__(
        self,
        backup: Path,
        secret: str,
        *,
        is_code: bool,
        discard_newer: bool,
        progress: Callable[[int, int], None],
    ) -> Contents: ...


@dataclass(frozen=True, slots=True)
class Restoring:
    """All of it runs on the worker. `here` lists what can be restored beside the store, `find` what lies in a folder;
    `has_store` tells whether there is anything to take the place of, `fits` whether a backup is of this kind of desk.
    """

    here: Callable[[], tuple[Found, ...]]
    find: Callable[[Path], tuple[Found, ...]]
    look: Look
    restore: Restore
    has_store: Callable[[], bool]
    fits: Callable[[Contents], bool]
