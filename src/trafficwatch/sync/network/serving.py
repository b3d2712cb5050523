# SPDX-License-Identifier: GPL-3.0-or-later
"""The PPT's inbox over HTTPS, on a thread of its own: `trafficwatch ppt serve`, and the same from the desk.

It holds no store: what has to be done there is handed to the worker (`Run`). It writes no log; what happens is told as
events without a name or an address. Starlette and uvicorn are imported here, at the PPT alone.
"""

from __future__ import annotations

import asyncio
import logging
import ssl
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import uvicorn

from trafficwatch.models.fields import Side
from trafficwatch.store.work import Store
from trafficwatch.sync import age
from trafficwatch.sync.devices import opening_keys, require_side
from trafficwatch.sync.network.certificate import own_certificate, server_context
from trafficwatch.sync.network.door import Door, Entrance, Limits, entrance, event_loop, protocol
from trafficwatch.sync.network.errors import PortTaken, Run
from trafficwatch.sync.network.inbox import Event, InboxPages
from trafficwatch.sync.network.settings import Settings, settings
from trafficwatch.sync.network.spool import FOLDER, Quota, Spool

__all__ = ["Event", "Inbox", "Ready", "make_ready"]

_GRACE = 5


@dataclass(frozen=True, slots=True)
class Ready:
    """What an inbox needs of the store, made once at its start."""

    spool: Path
    settings: Settings
    pin: str
    context: ssl.SSLContext = field(repr=False)
    identities: tuple[age.Identity, ...] = field(repr=False)


def make_ready(store: Store) -> Ready:
    """PPT: certificate, keys and settings for an inbox. Raises WrongDesk, DiskFull and the like."""
    with store.work() as work:
        require_side(work, Side.PPT)
        certificate, chosen = own_certificate(work), settings(work)
        keys = opening_keys(work)
    identities = tuple(age.Identity.from_string(each.identity) for each in keys)
    return Ready(store.folder / FOLDER, chosen, certificate.pin, server_context(certificate, store.folder), identities)


class Inbox:
    """One inbox. `start` and `stop` are called by its owner, `tell` on the inbox's own thread."""

    def __init__(
        self,
        ready: Ready,
        run: Run,
        tell: Callable[[Event], None] = lambda _: None,
        *,
        limits: Limits | None = None,
        quota: Quota | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.pin = ready.pin
        self.port = ready.settings.port
        self._host = ready.settings.host
        self._limits = limits or Limits()
        self._door = Door(self._limits, time.monotonic)
        spool = Spool(ready.spool, clock, quota or Quota())
        self._tell = tell
        config = uvicorn.Config(
            InboxPages(spool, self._door, list(ready.identities), run, tell).app(),
            http=protocol(self._limits),
            ws="none",
            lifespan="off",
            log_config=None,
            log_level=logging.CRITICAL + 1,
            access_log=False,
            proxy_headers=False,
            server_header=False,
            date_header=False,
            ssl_context_factory=lambda *_: ready.context,
            timeout_graceful_shutdown=_GRACE,
            h11_max_incomplete_event_size=8_192,
        )
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._serve, name="inbox", daemon=True)

    def start(self) -> None:
        """Listen; raises PortTaken."""
        try:
            self._entrance = entrance(self._host, self.port, self._door)
        except OSError:
            raise PortTaken(port=self.port) from None
        self.port = int(self._entrance.getsockname()[1])
        self._thread.start()
        self._tell(Event("started"))

    def stop(self) -> None:
        """Take no more in, let running answers end, and come back when the thread has."""
        self._server.should_exit = True
        self._thread.join()
        self._tell(Event("stopped"))

    def _serve(self) -> None:
        with asyncio.Runner(loop_factory=lambda: event_loop(self._limits)) as runner:
            runner.run(self._work(self._entrance))

    async def _work(self, listening: Entrance) -> None:
        await self._server.serve(sockets=[listening])
        await self._door.clear()
