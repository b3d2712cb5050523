# SPDX-License-Identifier: GPL-3.0-or-later
"""Who gets in: bounded connections and requests, in all and of one address, before TLS and before the store.

Counting happens where the system hands a connection over, so that neither a thousand silent guests nor half a
handshake costs more than its own closing. A guest that does not get on within its time is put out. Nothing of a guest
is kept but counts by address, in memory.
"""

from __future__ import annotations

import asyncio
import ipaddress
import socket
import sys
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from uvicorn.protocols.http.h11_impl import H11Protocol

_TICKS = 200


@dataclass(frozen=True, slots=True)
class Limits:
    """How much the inbox bears. `burst` and `per_second` are what one address may spend, in new connections; an upload
    that is begun and a bundle that is refused cost more.
    """

    connections: int = 64
    connections_each: int = 16
    burst: float = 300
    per_second: float = 5
    upload_costs: float = 5
    refusal_costs: float = 60
    handshake_seconds: float = 10
    head_seconds: float = 15
    request_seconds: float = 120


class Door:
    """The counts. `enter` is asked by the listening socket, `spend` by the inbox, both on its thread."""

    def __init__(self, limits: Limits, clock: Callable[[], float]) -> None:
        self.limits = limits
        self._clock = clock
        self._inside: Counter[str] = Counter()
        self._guests: set[_Guest] = set()
        self._spent: dict[str, tuple[float, float]] = {}

    def enter(self, host: str) -> bool:
        who = _who(host)
        has_room = self._inside.total() < self.limits.connections and self._inside[who] < self.limits.connections_each
        if not has_room or not self.spend(host, 1):
            return False
        self._inside[who] += 1
        return True

    def let_in(self, guest: _Guest, host: str) -> None:
        """Count a guest until its connection is closed."""
        self._guests.add(guest)

        def leave() -> None:
            self._guests.discard(guest)
            self._inside -= Counter([_who(host)])

        guest.left = leave

    async def clear(self) -> None:
        """Put out whoever is still inside, also in the middle of a handshake."""
        for guest in list(self._guests):
            with suppress(OSError):
                guest.shutdown(socket.SHUT_RDWR)
        for _ in range(_TICKS):
            if not self._guests:
                break
            await asyncio.sleep(0.01)

    def spend(self, host: str, cost: float) -> bool:
        """Whether this address may do something of that cost now; what it may not costs nothing."""
        who, now, limits = _who(host), self._clock(), self.limits
        spent, since = self._spent.get(who, (0.0, now))
        spent = max(0.0, spent - (now - since) * limits.per_second)
        if spent + cost > limits.burst:
            return False
        if len(self._spent) > 10_000:
            self._spent = {each: (had, at) for each, (had, at) in self._spent.items() if had > limits.burst / 2}
        self._spent[who] = (spent + cost, now)
        return True

    def charge(self, host: str, cost: float) -> None:
        """Let an address pay for what it has done."""
        who, now = _who(host), self._clock()
        spent, since = self._spent.get(who, (0.0, now))
        left = max(0.0, spent - (now - since) * self.limits.per_second) + cost
        self._spent[who] = (min(left, self.limits.burst), now)


def _who(host: str) -> str:
    """One guest: an IPv4 address, or a network of IPv6, of which anybody has as many addresses as they like."""
    address = ipaddress.ip_address(host.partition("%")[0])
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is None:
        return str(ipaddress.ip_network((address, 64), strict=False))
    return str(address)


class _Guest(socket.socket):
    """A connection that tells when it is over."""

    left: Callable[[], None] = staticmethod(lambda: None)

    def close(self) -> None:
        left, self.left = self.left, lambda: None
        super().close()
        left()


class Entrance(socket.socket):
    """The listening socket."""

    door: Door

    def accept(self) -> tuple[socket.socket, Any]:
        known, address = super().accept()
        guest = _Guest(known.family, known.type, known.proto, fileno=known.detach())
        if not self.door.enter(address[0]):
            guest.close()
            raise ConnectionAbortedError
        self.door.let_in(guest, address[0])
        return guest, address


def entrance(host: str, port: int, door: Door) -> Entrance:
    """A socket that listens there; raises OSError."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    found = Entrance(family, socket.SOCK_STREAM)
    found.door = door
    try:
        if sys.platform != "win32":  # where it would let another program in beside us
            found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        found.bind((host, port))
        found.listen(128)
        found.settimeout(0)
    except OSError:
        found.close()
        raise
    return found


def event_loop(limits: Limits) -> asyncio.AbstractEventLoop:
    """A loop that waits for a handshake no longer than that, and tells nobody of guests that break off."""

    class Loop(asyncio.SelectorEventLoop):
        async def create_server(self, *args: Any, **options: Any) -> Any:
            options["ssl_handshake_timeout"] = options["ssl_shutdown_timeout"] = limits.handshake_seconds
            return await super().create_server(*args, **options)

    loop = Loop()
    loop.set_exception_handler(lambda *_: None)
    return loop


def protocol(limits: Limits) -> type[H11Protocol]:
    """HTTP for guests who may take only so long for the head of a request, and for all of it."""

    class Timed(H11Protocol):
        _deadline: asyncio.TimerHandle | None = None

        def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
            super().connection_made(transport)
            self._allow(limits.head_seconds)

        def connection_lost(self, exc: Exception | None) -> None:
            super().connection_lost(exc)
            if self._deadline:
                self._deadline.cancel()

        def data_received(self, data: bytes) -> None:
            before = self.cycle
            super().data_received(data)
            if self.cycle is not before and not self.cycle.response_complete:
                self._allow(limits.request_seconds)

        def on_response_complete(self) -> None:
            super().on_response_complete()
            self._allow(limits.head_seconds)

        def _allow(self, seconds: float) -> None:
            if self._deadline:
                self._deadline.cancel()
            self._deadline = self.loop.call_later(seconds, self.transport.abort)

    return Timed
