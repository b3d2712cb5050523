# SPDX-License-Identifier: GPL-3.0-or-later
"""A village and a PPT with its inbox on 127.0.0.1, and between them a proxy that counts bytes and cuts the line.

Real sockets, real TLS, real stores; each store has one worker thread, as at a desk. Nothing sleeps: what the exchanger
would wait for it is spared, and asked afterwards.
"""

from __future__ import annotations

import base64
import hashlib
import os
import selectors
import socket
import ssl
import struct
import threading
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import ClassVar, TypeVar
from unittest.mock import patch

from desks import Desks, enrolled
from sqlalchemy import select

from trafficwatch.models.exchange import BundleKind, canonical
from trafficwatch.models.tables import local
from trafficwatch.store import info
from trafficwatch.store.work import Store
from trafficwatch.sync import bundle, enrolling, importing, outgoing
from trafficwatch.sync.bundle import open_bundle
from trafficwatch.sync.devices import own_ppt
from trafficwatch.sync.importing import take_in
from trafficwatch.sync.network.door import Limits
from trafficwatch.sync.network.exchanger import Exchanger, Status
from trafficwatch.sync.network.line import Line
from trafficwatch.sync.network.serving import Event, Inbox, Ready, make_ready
from trafficwatch.sync.network.settings import Settings, choose
from trafficwatch.sync.network.spool import FOLDER, Quota

T = TypeVar("T")
HOST = "127.0.0.1"
PLENTY = Limits(connections=200, connections_each=200, burst=1e9)
"""For tests of other things than limits: here all guests have one address."""
Cut = Callable[[int], int | None]
"""After how many bytes the n-th connection breaks, None for never."""


class Worker:
    """The one thread that works on a store."""

    def __init__(self, store: Store) -> None:
        self._store, self._pool = store, ThreadPoolExecutor(1)
        self.failures: list[BaseException] = []

    def run(self, use_case: Callable[[Store], T], /) -> Future[T]:
        return self._pool.submit(use_case, self._store)

    def end(self) -> None:
        self._pool.shutdown(wait=True, cancel_futures=True)


class Proxy:
    """Passes bytes on to a port, counts them, and breaks each connection after as many as `cut` says.

    `direction` is whose bytes count for the cut: "up" to the inbox, "down" from it, "both".
    """

    def __init__(self, port: int, cut: Cut = lambda _: None, direction: str = "both") -> None:
        self._target, self._cut, self._direction = port, cut, direction
        self.up = self.down = self.connections = self.cuts = 0
        self._socket = socket.create_server((HOST, 0))
        self.port = int(self._socket.getsockname()[1])
        self._threads: list[threading.Thread] = []
        self._listening = threading.Thread(target=self._listen, daemon=True)
        self._listening.start()

    def close(self) -> None:
        self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        for thread in (self._listening, *self._threads):
            thread.join(10)

    def _listen(self) -> None:
        while True:
            try:
                guest, _ = self._socket.accept()
            except OSError:
                return
            self.connections += 1
            limit = self._cut(self.connections)
            thread = threading.Thread(target=self._pass_on, args=(guest, limit), daemon=True)
            self._threads.append(thread)
            thread.start()

    def _pass_on(self, guest: socket.socket, limit: int | None) -> None:
        with guest, suppress(OSError), socket.create_connection((HOST, self._target)) as host:
            counted = 0
            with selectors.DefaultSelector() as selector:
                selector.register(guest, selectors.EVENT_READ, ("up", host))
                selector.register(host, selectors.EVENT_READ, ("down", guest))
                while True:
                    for key, _ in selector.select():
                        way, other = key.data
                        counts = self._direction in {"both", way}
                        most = min(16_384, limit - counted) if counts and limit is not None else 16_384
                        data = key.fileobj.recv(most) if most else b""
                        other.sendall(data)
                        setattr(self, way, getattr(self, way) + len(data))
                        counted += len(data) if counts else 0
                        if not most or not data:
                            self.cuts += not most
                            for each in (guest, host):
                                _break_off(each)
                            return


def _break_off(one: socket.socket) -> None:
    """Close without a farewell, as a cable does that is pulled."""
    one.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    one.close()


@dataclass
class Network:
    """The desks, the running inbox and what it told."""

    desks: Desks
    ready: Ready
    village: Worker
    ppt: Worker
    inbox: Inbox
    limits: Limits = PLENTY
    quota: Quota = Quota()  # noqa: RUF009 - frozen
    events: list[Event] = field(default_factory=list)
    statuses: list[Status] = field(default_factory=list)
    waits: list[float] = field(default_factory=list)

    @property
    def spool(self) -> Path:
        return self.desks.folder / "ppt" / FOLDER

    @property
    def own_spool(self) -> Path:
        return self.desks.folder / "village" / FOLDER

    def kinds(self) -> list[str]:
        return [event.kind for event in self.events if event.kind not in {"started", "stopped"}]

    def reach(self, port: int, pin: str = "") -> None:
        """Let the village go to that port, through a proxy or to somebody else."""

        def learn(store: Store) -> None:
            with store.work() as work:
                values = {"address": f"https://{HOST}:{port}", "pin": pin or self.ready.pin}
                work.connection.execute(local.peer.update().where(local.peer.c.side == "ppt").values(**values))

        self.village.run(learn).result()

    def exchanger(
        self, *, wait: Callable[[float | None], None] | None = None, open_line: type[Line] = Line
    ) -> Exchanger:
        def waited(seconds: float | None) -> None:
            self.waits.append(seconds or 0)
            if len(self.waits) > 500:
                raise AssertionError("no end to it")

        return Exchanger(
            self.village.run,
            self.statuses.append,
            clock=self.desks.clock,
            chance=lambda: 0.5,
            wait=wait or waited,
            open_line=open_line,
        )

    def exchange(self) -> Status:
        """One exchange on this thread, to whatever end."""
        exchanger = self.exchanger()
        exchanger.exchange()
        return exchanger.status

    @contextmanager
    def through(self, cut: Cut = lambda _: None, direction: str = "both") -> Iterator[Proxy]:
        """The way of the village leads through a proxy."""
        proxy = Proxy(self.inbox.port, cut, direction)
        self.reach(proxy.port)
        try:
            yield proxy
        finally:
            proxy.close()
            self.reach(self.inbox.port)

    def stop(self) -> None:
        self.inbox.stop()

    def serve_again(self) -> None:
        """Another inbox over the same spool and store, as after a new start."""
        self.inbox = Inbox(self.ready, self.ppt.run, self.events.append, limits=self.limits, quota=self.quota)
        self.inbox.start()
        self.reach(self.inbox.port)

    def rows(self, store: Worker, table: str) -> list[tuple[object, ...]]:
        def read(opened: Store) -> list[tuple[object, ...]]:
            with opened.work() as work:
                return [tuple(row) for row in work.connection.execute(select(getattr(local, table)))]

        return store.run(read).result()


@contextmanager
def network(
    folder: Path, *, limits: Limits = PLENTY, quota: Quota | None = None, with_opener: bool = False
) -> Iterator[Network]:
    """Two enrolled desks and a running inbox. Bundles are opened in this process, which spares many a second; the real
    way, in a process apart, is `with_opener`.
    """
    with ExitStack() as closing:
        if not with_opener:
            closing.enter_context(patch.object(importing, "open_apart", open_bundle))
        desks = closing.enter_context(enrolled(folder))
        ready = _ready(desks)
        village, ppt = Worker(desks.village), Worker(desks.ppt)
        events: list[Event] = []
        inbox = Inbox(ready, ppt.run, events.append, limits=limits, quota=quota)
        found = Network(desks, ready, village, ppt, inbox, limits, quota or Quota(), events)
        closing.callback(village.end)
        closing.callback(ppt.end)
        inbox.start()
        closing.callback(found.stop)
        found.reach(inbox.port)
        yield found


def _ready(desks: Desks) -> Ready:
    with desks.ppt.work() as work:
        choose(work, Settings(HOST, 0, f"https://{HOST}:1"))
    ready = make_ready(desks.ppt)
    [device] = [row[0] for row in _villages(desks.ppt)]
    take_in(desks.village, enrolling.reply(desks.ppt, device, desks.stick))
    return replace(ready)


def _villages(store: Store) -> list[tuple[str]]:
    with store.work() as work:
        query = select(local.peer.c.device).where(local.peer.c.side == "village")
        return [tuple(row) for row in work.connection.execute(query)]


def fill_spool(net: Network, total: int, each: int) -> None:
    """Reports of about so many sealed bytes each, of residents with a field of a newer program that does not shrink."""

    def fill(store: Store) -> None:
        folder = store.folder / FOLDER
        folder.mkdir(exist_ok=True)
        sealed = []
        with store.work() as work:
            ppt = own_ppt(work)
            for _ in range(0, total, each):
                lines = [_line(work.info.code, work.info.device) for _ in range(0, each, LINE)]
                bundle_id, archive = outgoing.make(work, ppt, BundleKind.REPORT, lines)
                content = bundle.seal(archive, [ppt.recipient])
                name = hashlib.sha256(content).hexdigest()
                (folder / name).write_bytes(content)
                sealed.append([bundle_id, name])
            info.put(work.connection, {"network_spool": sealed})

    net.village.run(fill).result()


LINE = 128_000
"""Sealed bytes of one line."""


def _line(code: str, device: str) -> str:
    values = {"name": "Yohanis Bere", "of_tomorrow": base64.b64encode(os.urandom(LINE - 400)).decode()}
    head = {"type": "person", "id": str(uuid.uuid4()), "home": code, "fields": values}
    return canonical({**head, "stamp": [1, device], "context": {device: 1}})


class CountedLine(Line):
    """A line that knows how many bytes its sockets have really sent, as the system counts them (Linux)."""

    sent: ClassVar[int] = 0

    def __init__(self, address: str, pin: str) -> None:
        super().__init__(address, pin)
        self._line._context.sslsocket_class = _CountedSocket  # type: ignore[attr-defined]


class _CountedSocket(ssl.SSLSocket):
    def _real_close(self) -> None:  # type: ignore[override]
        with suppress(OSError):
            told = self.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 256)
            CountedLine.sent += struct.unpack_from("<Q", told, _BYTES_SENT)[0]
        super()._real_close()  # type: ignore[misc]


_BYTES_SENT = 200
"""Where `tcpi_bytes_sent` stands in Linux's `struct tcp_info`."""
