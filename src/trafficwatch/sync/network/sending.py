# SPDX-License-Identifier: GPL-3.0-or-later
"""The village's side of an exchange over the network, as far as it touches the store: short use cases, one each.

What goes is made once and kept sealed in the spool (`spool` in the store's folder) until its answers are here, so that
whatever is resumed is the same bytes. With nothing to send a report without records goes: the knock that brings what
waits at the PPT. Nothing in the spool opens on this laptop.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import select

from trafficwatch.models.exchange import BundleKind, Peer, PeerStatus
from trafficwatch.models.fields import Side
from trafficwatch.models.tables import local
from trafficwatch.store import info
from trafficwatch.store.files import StagedFiles
from trafficwatch.store.work import Store, Work
from trafficwatch.sync import bundle, exporting, outgoing
from trafficwatch.sync.devices import own_ppt, peers, require_side
from trafficwatch.sync.importing import Imported, take_in
from trafficwatch.sync.network.errors import InboxUnknown
from trafficwatch.sync.network.plan import Plan
from trafficwatch.sync.network.settings import has_inbox
from trafficwatch.sync.network.spool import FOLDER
from trafficwatch.sync.parcels import Made

_SPOOL, _PLAN, _DONE = "network_spool", "network_plan", "network_done"
"""Rows of `store_info`: bundles in the spool with the hash of their sealed bytes; the plan; when all was exchanged."""


@dataclass(frozen=True, slots=True)
class Sealed:
    """One sealed bundle in the spool; `sha256` is its name there and at the inbox."""

    bundle: str
    sha256: str
    path: Path
    bytes: int


@dataclass(frozen=True, slots=True)
class Prepared:
    """What an exchange begins with: where to, and what goes, in this order."""

    address: str
    pin: str
    sealed: tuple[Sealed, ...]


def prepare(store: Store) -> Prepared:
    """What is to be sent: what is in the spool still, else everything since the last receipt, else a knock.

    Raises NotEnrolled, DeviceRevoked, InboxUnknown, DiskFull and the like.
    """
    with store.work() as work:
        require_side(work, Side.VILLAGE)
        ppt = own_ppt(work)
        if not has_inbox(ppt):
            raise InboxUnknown
        waiting = _waiting(work, ppt)
        _note(work, waiting)
    folder = store.folder / FOLDER
    folder.mkdir(mode=0o700, exist_ok=True)
    if not waiting:
        for left in folder.iterdir():
            with suppress(OSError):
                left.unlink()
    return Prepared(ppt.address, ppt.pin, waiting or _export(store, ppt))


def _export(store: Store, ppt: Peer) -> tuple[Sealed, ...]:
    folder = store.folder / FOLDER
    with StagedFiles() as files, store.work() as work:
        made = []
        for each in _make(work, ppt):
            name = hashlib.sha256(each.sealed).hexdigest()
            files.add(folder / name, each.sealed, private=True)
            made.append(Sealed(each.bundle, name, folder / name, len(each.sealed)))
        _note(work, tuple(made))
    store.mark()
    return tuple(made)


def _make(work: Work, ppt: Peer) -> Iterator[Made]:
    try:
        yield from exporting.make(work)
    except exporting.NothingToSend:
        bundle_id, archive = outgoing.make(work, ppt, BundleKind.REPORT, [])
        yield Made(bundle_id, bundle.seal(archive, [ppt.recipient]), 0)


def _waiting(work: Work, ppt: Peer) -> tuple[Sealed, ...]:
    """What is in the spool for this PPT: all its answers are not here yet."""
    made, folder = local.bundle_out, work.folder / FOLDER
    query = select(made.c.bundle).where(made.c.recipient == ppt.device, made.c.kind == BundleKind.REPORT.value)
    known = set(work.connection.execute(query).scalars())
    found = ((bundle_id, name, folder / name) for bundle_id, name in info.get(work.connection, _SPOOL) or ())
    return tuple(
        Sealed(bundle_id, name, path, path.stat().st_size)
        for bundle_id, name, path in found
        if bundle_id in known and path.is_file()
    )


def _note(work: Work, sealed: tuple[Sealed, ...]) -> None:
    info.put(work.connection, {_SPOOL: [[each.bundle, each.sha256] for each in sealed] or None})


def let_go(store: Store, sealed: Sealed) -> None:
    """A bundle whose answers are all here, or that the inbox refuses: the next export makes it anew if it must."""
    with store.work() as work:
        _note(work, tuple(each for each in _waiting(work, own_ppt(work)) if each.bundle != sealed.bundle))
    sealed.path.unlink(missing_ok=True)


def wanted(store: Store, bundles: tuple[str, ...]) -> frozenset[str]:
    """Which of these answers are not here yet."""
    table = local.bundle_in
    with store.work() as work:
        here = set(work.connection.execute(select(table.c.bundle).where(table.c.bundle.in_(bundles))).scalars())
    return frozenset(bundles) - here


def take(store: Store, path: Path) -> Imported:
    """Take an answer in, which is then needed no longer; raises what `take_in` does."""
    try:
        return take_in(store, path)
    finally:
        path.unlink(missing_ok=True)


def note_done(store: Store, at: datetime) -> None:
    """All of an exchange is done."""
    with store.work() as work:
        info.put(work.connection, {_DONE: at.isoformat()})


def last_done(work: Work) -> datetime | None:
    """When all was exchanged last."""
    said = info.get(work.connection, _DONE)
    return datetime.fromisoformat(said) if said else None


def plan(work: Work) -> Plan:
    """When exchanges happen by themselves."""
    said = info.get(work.connection, _PLAN)
    return Plan(said["is_on"], tuple(said["hours"])) if said else Plan()


def set_plan(work: Work, chosen: Plan) -> None:
    """Choose when exchanges happen by themselves."""
    require_side(work, Side.VILLAGE)
    hours = tuple(sorted({hour for hour in chosen.hours if 0 <= hour < 24}))
    info.put(work.connection, {_PLAN: asdict(Plan(chosen.is_on, hours))})


def inbox_known(work: Work) -> str:
    """The address of the PPT's inbox, '' if this village knows none."""
    active = (peer for peer in peers(work) if peer.side == Side.PPT and peer.status is PeerStatus.ACTIVE)
    return next((peer.address for peer in active if has_inbox(peer)), "")
