# SPDX-License-Identifier: GPL-3.0-or-later
"""The address of an inbox: `https://host` or `https://host:port`, nothing else. Pure."""

from __future__ import annotations

import re
from typing import NamedTuple

from trafficwatch.sync.network.errors import AddressImpossible

_ADDRESS = re.compile(
    r"https://(?:([a-z0-9](?:[a-z0-9.\-]{0,251}[a-z0-9])?)|\[([0-9a-f:.]{2,45})\])(?::([1-9][0-9]{0,4}))?/?"
)
_HTTPS = 443


class Address(NamedTuple):
    """Where to connect to."""

    host: str
    port: int


def parse(text: str) -> Address:
    """The host and port of an address; raises AddressImpossible."""
    found = _ADDRESS.fullmatch(text)
    port = int(found[3] or _HTTPS) if found else 0
    if found is None or port > 65_535:
        raise AddressImpossible
    return Address(found[1] or found[2], port)


def is_inbox(address: str, pin: str) -> bool:
    """Whether this is a whole inbox, or none at all (both '')."""
    if not address and not pin:
        return True
    try:
        parse(address)
    except AddressImpossible:
        return False
    return re.fullmatch(r"[0-9a-f]{64}", pin) is not None
