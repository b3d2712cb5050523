# SPDX-License-Identifier: GPL-3.0-or-later
"""What devices tell each other of themselves, beside records: control lines of reports and replies.

A reply tells a village device how it stands here. What is heard is applied in the transaction that takes the bundle in,
and a standing only from the newest reply: it is never rolled back by one that comes late.
"""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import select

from trafficwatch.models.exchange import BundleKind, Peer, PeerStatus
from trafficwatch.models.fields import Side
from trafficwatch.models.tables import local
from trafficwatch.store.work import Work
from trafficwatch.sync import wire
from trafficwatch.sync.bundle import Opened
from trafficwatch.sync.devices import set_status


def said_to(work: Work, peer: Peer) -> list[str]:
    """The control lines for this device, to go before the records of the next report or reply."""
    return [wire.encode_control(line) for line in _said(work, peer)]


def heard(work: Work, opened: Opened) -> None:
    """Apply what the sender of an opened bundle tells of devices."""
    for line in opened.lines.control:
        if isinstance(line, wire.DeviceLine) and line.device == work.info.device and _is_newest_reply(work, opened):
            set_status(work, opened.manifest.sender.device, PeerStatus(line.status))


def _said(work: Work, peer: Peer) -> Iterator[wire.ControlLine]:
    if work.info.side is Side.PPT and peer.side == Side.VILLAGE:
        yield wire.DeviceLine(peer.device, peer.code, peer.status.value)


def _is_newest_reply(work: Work, opened: Opened) -> bool:
    """Whether no later reply of this sender was taken in: a device list is never rolled back."""
    table, manifest = local.bundle_in, opened.manifest
    later = select(table.c.number).where(
        table.c.sender == manifest.sender.device,
        table.c.epoch == manifest.epoch,
        table.c.kind == BundleKind.REPLY.value,
        table.c.number > manifest.number,
    )
    return work.connection.execute(later).first() is None
