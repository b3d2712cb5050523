# SPDX-License-Identifier: GPL-3.0-or-later
"""What the laboratory does to real stores: each scenario is prepared, acted by a child process, and judged afterwards.

A root holds two enrolled desks (`village`, `ppt`), their `stick` and their `marks`. `act` confirms with `ack` what the
program has said is done; `missing` looks, after any accident, for what was confirmed and is not there, and for halves.
Everything goes through the real `open_store`; only the stretching of a passphrase is done once per process.
"""

from __future__ import annotations

import contextlib
import os
import random
import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest.mock import patch

import desks
from desks import PPT_PASSPHRASE, VILLAGE_PASSPHRASE, Clock

from trafficwatch.store import ballast, connection, vault_slots
from trafficwatch.store.unlock import open_store
from trafficwatch.store.work import Store

Acks = Sequence[dict[str, Any]]
Ack = Callable[..., None]

PASSPHRASES = {"village": VILLAGE_PASSPHRASE, "ppt": PPT_PASSPHRASE}


@dataclass(frozen=True)
class Scenario:
    """`rounds` are enough for a recording; `stores` are those that must open afterwards."""

    name: str
    prepare: Callable[[Path], None]
    act: Callable[[Path, Ack, random.Random, int], None]
    missing: Callable[[Path, dict[str, Store], Acks], list[str]]
    rounds: int = 1
    stores: tuple[str, ...] = ("village",)
    open: Callable[[Path, str, Acks], Store] = lambda root, name, acks: opened(root, name)


def quick() -> contextlib.AbstractContextManager[object]:
    """Passphrases are stretched once per process, for copies have their salts in common."""
    return patch.object(vault_slots, "_stretch", desks._stretched)


def opened(root: Path, name: str, passphrase: str = "", *, clock: Clock | None = None) -> Store:
    """A desk's store as its volunteer unlocks it."""
    with quick():
        return open_store(root / name, passphrase or PASSPHRASES[name], clock=clock or Clock(), marks=root / "marks")


def warm(root: Path) -> None:
    """Stretch the passphrases that copies of these stores have in common."""
    for name in PASSPHRASES:
        if (root / name).is_dir():
            opened(root, name).close()


@contextlib.contextmanager
def small_ballast() -> Iterator[None]:
    """Thousands of folders are written; 16 MiB in each of them would only take time."""
    with patch.object(ballast, "SIZE", 65_536):
        yield


@contextlib.contextmanager
def careless(how: str) -> Iterator[None]:
    """The negative control of the crash states: inside the block the program does not wait for the disk.

    "NORMAL" and "OFF" are what the database then does of its own, "FILES" leaves out the syncing of all other files.
    """
    wanted = tuple(pragma.replace("synchronous = FULL", f"synchronous = {how}") for pragma in connection._PRAGMAS)
    assert wanted != connection._PRAGMAS
    with contextlib.ExitStack() as stack:
        if how == "FILES":
            stack.enter_context(patch.object(os, "fsync", lambda handle: None))
        elif how:
            stack.enter_context(patch.object(connection, "_PRAGMAS", wanted))
        yield


def two_desks(root: Path) -> None:
    """Copies of two enrolled desks, closed, with an empty stick."""
    template, _ = desks._template()
    root.mkdir()
    for name in PASSPHRASES:
        shutil.copytree(template / name, root / name)
        opened(root, name).close()
    (root / "stick").mkdir()
