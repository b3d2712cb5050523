# SPDX-License-Identifier: GPL-3.0-or-later
"""What devices tell each other of themselves, beside records: control lines of all kinds of bundles but receipts.

A reply tells a village device how it and the other laptops of its village stand here. What is heard is applied in the
transaction that takes the bundle in, and only from the newest bundle of its sender: it is never rolled back by one that
comes late, nor by one from before the sender's store was put back. A line that is not believed changes nothing; it is
noted in the journal, and the rest of the bundle is taken in.
"""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import literal_column, select

from trafficwatch.errors import ExpectedError
from trafficwatch.models.exchange import BundleKind, Peer, PeerStatus
from trafficwatch.models.fields import Side
from trafficwatch.models.tables import local
from trafficwatch.store.work import Work
from trafficwatch.sync import moving, removing, rotation, succession, wire
from trafficwatch.sync.bundle import Opened
from trafficwatch.sync.devices import (
    DeviceRevoked,
    NotEnrolled,
    former_keys,
    note_use,
    own_keys,
    own_ppt,
    peers,
    put_told_revoked,
    set_status,
)
from trafficwatch.sync.manifest import recipient_hash
from trafficwatch.sync.network.settings import has_served, learn, own_inbox


def said_to(work: Work, peer: Peer) -> list[str]:
    """The control lines for this device, to go before the records of the next bundle for it."""
    rotation.forget(work)
    return [wire.encode_control(line) for line in _said(work, peer)]


def _said(work: Work, peer: Peer) -> Iterator[wire.ControlLine]:
    yield from rotation.said(work, peer)
    yield from removing.said(work, peer)
    if work.info.side is Side.PPT and peer.side == Side.VILLAGE:
        yield wire.DeviceLine(peer.device, peer.code, peer.status.value)
        if peer.status is PeerStatus.ACTIVE:
            yield from _of_same_village(work, peer)
            yield from moving.said(work, peer)
            yield from succession.said(work)
            if has_served(work):
                yield wire.InboxLine(*own_inbox(work))


def _of_same_village(work: Work, peer: Peer) -> Iterator[wire.DeviceLine]:
    """How the other laptops of a village stand, and the PPT that this one has succeeded if it holds no more."""
    for other in peers(work):
        is_of_village = (other.side, other.code) == (peer.side, peer.code) and other.status is not PeerStatus.PENDING
        is_predecessor = other.side == Side.PPT and other.code == work.info.code and other.status is PeerStatus.REVOKED
        if other.device != peer.device and (is_of_village or is_predecessor):
            yield wire.DeviceLine(other.device, other.code, other.status.value)


def heard(work: Work, opened: Opened) -> None:
    """Apply what the sender of an opened bundle tells of devices, before anything else of the bundle."""
    rotation.forget(work)
    sender = opened.manifest.sender.device
    if is_newest(work, opened):
        own = {recipient_hash(keys.recipient) for keys in (own_keys(work), *former_keys(work))}
        for used in own.intersection(opened.manifest.recipients):
            note_use(work, sender, used)
    if not is_newest(work, opened, but=BundleKind.RECEIPT):
        return
    for line in opened.lines.control:
        if isinstance(line, wire.DeviceLine) and line.device == work.info.device:
            _hear_of_us(work, opened, line)
    is_of_ppt = _is_own_ppt(work, sender)
    if is_of_ppt and opened.manifest.kind is BundleKind.REPLY:
        _hear_of_devices(work, opened)
    for line in opened.lines.control:
        try:
            _hear(work, opened, line, is_of_ppt=is_of_ppt)
        except ExpectedError as error:
            work.note("refused", "device", sender, f"{opened.manifest.bundle[:8]}.twb: {error.key}")


def _hear(work: Work, opened: Opened, line: wire.ControlLine, *, is_of_ppt: bool) -> None:
    """One line; `is_of_ppt` if it comes from the PPT that this village sends to."""
    sender = opened.manifest.sender
    match line:
        case wire.KeysLine():
            rotation.heard(work, sender.device, line)
        case wire.SuccessorLine():
            succession.heard(work, sender, line, is_of_ppt=is_of_ppt)
        case wire.InboxLine() if is_of_ppt and opened.manifest.kind is BundleKind.REPLY:
            learn(work, sender.device, line.address, line.pin)
        case wire.CodeLine() if is_of_ppt and opened.manifest.kind is BundleKind.REPLY:
            moving.heard(work, line)
        case wire.EnrolledLine():
            succession.take_over(work, sender, line)


def _hear_of_us(work: Work, opened: Opened, line: wire.DeviceLine) -> None:
    """Whether the PPT has approved this device."""
    if opened.manifest.kind is BundleKind.REPLY:
        set_status(work, opened.manifest.sender.device, PeerStatus(line.status))


def _hear_of_devices(work: Work, opened: Opened) -> None:
    """Trust no device any more that our PPT has revoked: laptops of our village, and the PPT's own predecessor."""
    lines = [line for line in opened.lines.control if isinstance(line, wire.DeviceLine)]
    own = {work.info.device, opened.manifest.sender.device}
    gone = frozenset(line.device for line in lines if line.status == PeerStatus.REVOKED and line.device not in own)
    put_told_revoked(work, gone)
    codes = {work.info.code, opened.manifest.sender.code}
    for peer in peers(work):
        if peer.device in gone and peer.code in codes and peer.status is not PeerStatus.REVOKED:
            set_status(work, peer.device, PeerStatus.REVOKED)


def _is_own_ppt(work: Work, sender: str) -> bool:
    try:
        return work.info.side is Side.VILLAGE and own_ppt(work).device == sender
    except (NotEnrolled, DeviceRevoked):
        return False


def is_newest(work: Work, opened: Opened, but: BundleKind | None = None) -> bool:
    """Whether no later bundle of this sender was taken in, of kinds other than `but`; a bundle from before the sender's
    store was put back is never newest.
    """
    table, manifest = local.bundle_in, opened.manifest
    query = select(table).where(table.c.sender == manifest.sender.device).order_by(literal_column("rowid"))
    rows = work.connection.execute(query).all()
    started = list(dict.fromkeys(row.epoch for row in rows))
    if manifest.epoch in started:
        is_present = manifest.epoch == started[-1]
    else:
        is_present = not rows or (manifest.parent != "" and manifest.epoch not in {row.parent for row in rows})
    later = (row for row in rows if row.epoch == manifest.epoch and row.number > manifest.number)
    return is_present and all(row.kind == but for row in later)
