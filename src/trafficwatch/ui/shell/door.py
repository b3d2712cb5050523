# SPDX-License-Identifier: GPL-3.0-or-later
"""What the window is given of the program around it, without naming the store. Part of the first thing that is seen."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

    from trafficwatch.models.fields import Side
    from trafficwatch.ui.shell.page import PageClass
    from trafficwatch.ui.shell.rail import Entry
    from trafficwatch.ui.shell.restoring import Restoring
    from trafficwatch.ui.shell.settings import Settings
    from trafficwatch.ui.shell.tasks import OpenStore
    from trafficwatch.village.places import Places


@dataclass(frozen=True, slots=True)
class Door:
    """`prepare`, `unlock`, `recover`, `request` and `found` run on the worker; `unlock`, `recover`
    and `found` open a store, `request` copies a village's request for the PPT's help into a folder.

    `switch` starts again with the practice store, or from it with the real one; `restart` is told whether a draft was
    lost and whether to hide: the next program's `draft_lost` says so after unlocking, its `hidden` starts it covered.
    `make_room` gives up what takes room on the disk for the moment when it is full.
    """

    side: Side
    practice: bool
    has_store: Callable[[], bool]
    ways: Callable[[], Collection[str]]
    prepare: Callable[[], None]
    unlock: Callable[[str], OpenStore]
    recover: Callable[[str, str, str], OpenStore]
    request: Callable[[Path], Any] | None
    found: Callable[[Any, str, str, bool], tuple[OpenStore, str]]
    restoring: Restoring
    practice_passphrase: str | None
    switch: Callable[[], None]
    pages: Callable[[Side], tuple[Sequence[Entry], Mapping[str, PageClass]]]
    places: Callable[[], Places]
    make_room: Callable[[], bool]
    save_settings: Callable[[Settings], None]
    restart: Callable[[bool, bool], None]
    draft_lost: bool = False
    hidden: bool = False
