# SPDX-License-Identifier: GPL-3.0-or-later
"""A second laptop of the village of `desks`, enrolled and paired, and what both tests of peers and restore ask."""

from __future__ import annotations

import atexit
import contextlib
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from unittest.mock import patch

from desks import NOELBAKI, Clock, Desks, enrol, enrolled, found_village, reopened

from trafficwatch.models.exchange import RecordState
from trafficwatch.models.record_types import RECORD_TYPES
from trafficwatch.store.vault import Keys
from trafficwatch.store.work import Store
from trafficwatch.sync import bundle, importing, outgoing, pairing, peering
from trafficwatch.sync.importing import Imported, take_in
from trafficwatch.sync.leaving import among_laptops


def device(store: Store) -> str:
    with store.work() as work:
        return work.info.device


def introduce(one: Store, other: Store, folder: Path) -> None:
    """Each writes its file, the other reads it and types the digits."""
    for number, (writer, reader) in enumerate(((one, other), (other, one))):
        pack = pairing.write_pack(writer, folder / f"pack-{device(one)}-{number}.twe")
        pairing.pair(reader, pack.path, pack.fingerprint)


@contextlib.contextmanager
def opened_here() -> Iterator[None]:
    """Bundles are opened in this process, by the same code: that a child does it is tested elsewhere and takes long."""
    with patch.object(importing, "open_apart", bundle.open_bundle):
        yield


@cache
def _template() -> tuple[Path, dict[str, Keys]]:
    """A village with two laptops, paired and enrolled, and its PPT; and the keys to open them."""
    folder = Path(tempfile.mkdtemp(prefix="laptops-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    with opened_here(), enrolled(folder) as desks:
        second = found_village(folder / "second", desks.clock, NOELBAKI)
        (folder / "files").mkdir()
        enrol(second, desks.ppt, folder / "files")
        introduce(desks.village, second, folder / "files")
        keys = {"village": desks.village.keys, "ppt": desks.ppt.keys, "second": second.keys}
        second.close()
    return folder, keys


@dataclass
class Laptops(Desks):
    """Two enrolled desks and a second laptop of the village, paired with the first."""

    second: Store

    def close(self) -> None:
        self.second.close()
        super().close()


@contextlib.contextmanager
def two_laptops(folder: Path) -> Iterator[Laptops]:
    """A copy of a village with two laptops and of its PPT, with an empty stick."""
    template, keys = _template()
    for name in keys:
        shutil.copytree(template / name, folder / name)
    (folder / "stick").mkdir()
    clock = Clock()
    village, ppt, second = (reopened(folder / name, keys[name], clock) for name in ("village", "ppt", "second"))
    desks = Laptops(folder, folder / "stick", village, ppt, clock, second)
    try:
        with opened_here():
            yield desks
    finally:
        desks.close()


def hand(giver: Store, taker: Store, stick: Path) -> list[Imported]:
    """One laptop writes for the other, which takes it in and gives receipts back."""
    taken = []
    for made in peering.export(giver, device(taker), stick):
        done = take_in(taker, made.path)
        take_in(giver, outgoing.write_answer(taker, done.receipt or "", stick))
        taken.append(done)
    return taken


def shared(store: Store) -> dict[tuple[str, str], RecordState]:
    """All of the village but what does not travel between its laptops."""
    with store.work() as work:
        found = {
            (name, state.id): among_laptops(state)
            for name in RECORD_TYPES
            if name != "tally"
            for state in work.records.each_state(name)
            if work.records.home(name, state.id) == work.info.code
        }
    return {key: state for key, state in found.items() if state.fields}
