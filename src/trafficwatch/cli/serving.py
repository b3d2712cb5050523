# SPDX-License-Identifier: GPL-3.0-or-later
"""`trafficwatch ppt serve`: the HTTPS inbox, until it is told to stop."""

from __future__ import annotations

import signal
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import click

from trafficwatch.cli.common import Desk, pass_desk
from trafficwatch.texts import t

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType

    from trafficwatch.store.work import Store
    from trafficwatch.sync.network.inbox import Event


@click.command("serve")
@click.option("--host", help="Address of this computer to listen on; remembered.")
@click.option("--port", type=click.IntRange(0, 65_535), help="Port to listen on; remembered.")
@click.option("--address", help="What villages are told, https://host:port; '' tells them nothing. Remembered.")
@pass_desk
def serve(desk: Desk, host: str | None, port: int | None, address: str | None) -> None:
    """Take bundles in over HTTPS, until Ctrl+C; what is being written to the store is finished first."""
    from trafficwatch.sync.network.serving import Inbox, make_ready

    stopped = threading.Event()
    with desk.open() as opened, ThreadPoolExecutor(1, thread_name_prefix="store") as worker:
        chosen = {"host": host, "port": port, "address": address}
        _choose(opened, {key: value for key, value in chosen.items() if value is not None})
        ready = make_ready(opened)
        inbox = Inbox(ready, lambda use_case: worker.submit(use_case, opened), _teller(desk))
        before = {each: signal.signal(each, _stopper(stopped)) for each in (signal.SIGINT, signal.SIGTERM)}
        try:
            inbox.start()
            known = ready.settings
            text = t("network.serving", address=known.address or "-", host=known.host, port=inbox.port)
            document = {"host": known.host, "port": inbox.port, "address": known.address, "pin": inbox.pin}
            desk.say(document, f"{text}\n{t('network.pin', pin=inbox.pin)}")
            while not stopped.wait(1):  # a wait without an end would not hear signals on Windows
                pass
            inbox.stop()
        finally:
            for each, handler in before.items():
                signal.signal(each, handler)


def _choose(opened: Store, chosen: dict[str, str | int]) -> None:
    from dataclasses import replace

    from trafficwatch.sync.network.settings import choose, settings

    with opened.work() as work:
        choose(work, replace(settings(work), **chosen))  # type: ignore[arg-type]


def _teller(desk: Desk) -> Callable[[Event], None]:
    """One line per event: what, of which village, how many records."""

    def tell(event: Event) -> None:
        text = t(f"network.event_{event.kind}", code=event.code, count=event.count)
        desk.say({"event": event.kind, "code": event.code, "count": event.count}, text)

    return tell


def _stopper(stopped: threading.Event) -> Callable[[int, FrameType | None], None]:
    def stop(_: int, __: FrameType | None) -> None:
        stopped.set()

    return stop
