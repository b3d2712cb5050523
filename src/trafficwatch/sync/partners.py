# SPDX-License-Identifier: GPL-3.0-or-later
"""The desks of the own side that this one exchanges with: the other laptops of a village, the PPTs of other districts.

Whom a laptop exchanges with is decided by a coordinator, at the PPT by an officer: no office stands between two laptops
of a village (`sync.pairing`).
"""

from __future__ import annotations

from trafficwatch.errors import ConsentError
from trafficwatch.models.exchange import Peer, PeerStatus
from trafficwatch.models.fields import Side
from trafficwatch.store.erasure import may_erase
from trafficwatch.store.work import Work
from trafficwatch.sync.devices import DeviceUnknown, peers


class CoordinatorsPair(ConsentError):
    """Whom this laptop exchanges with is decided by a coordinator, at the PPT by an officer."""

    key = "coordinators_pair"
    catalogue = "errors_pairing"


def partners(work: Work) -> tuple[Peer, ...]:
    """The other laptops of this village, or the PPTs of other districts; active or not."""
    own = work.info
    same = [peer for peer in peers(work) if peer.side == own.side and peer.device != own.device]
    return tuple(peer for peer in same if (peer.code == own.code) == (own.side is Side.VILLAGE))


def partner(work: Work, device: str) -> Peer:
    """One of them; raises DeviceUnknown."""
    found = next((peer for peer in partners(work) if peer.device == device), None)
    if found is None:
        raise DeviceUnknown(device=device)
    return found


def active(work: Work, device: str) -> Peer:
    """One that is trusted; raises DeviceUnknown."""
    found = partner(work, device)
    if found.status is not PeerStatus.ACTIVE:
        raise DeviceUnknown(device=device)
    return found


def may_pair(work: Work) -> bool:
    """Whether who is at work decides whom this laptop exchanges with; the same people may erase."""
    return may_erase(work)


def require_coordinator(work: Work) -> None:
    if not may_pair(work):
        raise CoordinatorsPair
