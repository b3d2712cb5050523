# SPDX-License-Identifier: GPL-3.0-or-later
"""What a desk shows of its own side of enrolment: its 30 digits to read out, and the PPT that it asked.

Read on the worker; nothing secret comes out of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from trafficwatch.models.exchange import PeerStatus
from trafficwatch.sync.devices import latest_ppt, own_keys, since_when
from trafficwatch.sync.enrolment import fingerprint


@dataclass(frozen=True, slots=True)
class OwnSide:
    """The digits of this desk; name, status and digits of its PPT, and since when it has that status: empty and None at
    a PPT, or before enrolment.
    """

    digits: str
    ppt_name: str = ""
    ppt_status: PeerStatus | None = None
    ppt_digits: str = ""
    ppt_since: str = ""


def own_side(work: Any) -> OwnSide:
    """This desk as it stands in enrolment."""
    own = own_keys(work)
    digits = fingerprint(own.signing_key, own.recipient)
    ppt = latest_ppt(work)
    if ppt is None:
        return OwnSide(digits)
    theirs = fingerprint(ppt.signing_key, ppt.recipient)
    return OwnSide(digits, ppt.name, ppt.status, theirs, since_when(work, ppt.device))
