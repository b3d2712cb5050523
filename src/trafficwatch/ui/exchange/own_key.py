# SPDX-License-Identifier: GPL-3.0-or-later
"""What a desk shows of its own side of enrolment: its 30 digits to read out, and the PPT that it asked.

Read on the worker; nothing secret comes out of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from trafficwatch.models.exchange import PeerStatus
from trafficwatch.models.fields import Side
from trafficwatch.sync.devices import own_keys, peers
from trafficwatch.sync.enrolment import fingerprint


@dataclass(frozen=True, slots=True)
class OwnSide:
    """The digits of this desk, and name and status of its PPT; both '' and None at a PPT, or before enrolment."""

    digits: str
    ppt_name: str = ""
    ppt_status: PeerStatus | None = None


def own_side(work: Any) -> OwnSide:
    """This desk as it stands in enrolment."""
    own = own_keys(work)
    digits = fingerprint(own.signing_key, own.recipient)
    order = (PeerStatus.ACTIVE, PeerStatus.REVOKED, PeerStatus.PENDING)
    asked = [peer for peer in peers(work) if peer.side == Side.PPT and peer.device != own.device]
    ppt = min(asked, key=lambda peer: order.index(peer.status), default=None)
    return OwnSide(digits, ppt.name, ppt.status) if ppt else OwnSide(digits)
