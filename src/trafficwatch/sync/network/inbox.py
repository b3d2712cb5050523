# SPDX-License-Identifier: GPL-3.0-or-later
"""What the inbox says over HTTP (docs/network.md). Whoever is a stranger hears one answer: 403, and nothing else.

    HEAD   /v1/bundles/<sha256>            how much of it is here (`Upload-Offset`)
    PATCH  /v1/bundles/<sha256>            more of it from `Upload-Offset` on, of `Upload-Length` in all
    GET    /v1/bundles/<sha256>/receipt    its answers, once it was taken in
    GET    /v1/bundles/<sha256>/waiting    the same, with all that waits for its sender
    GET    /v1/bundles/<sha256>/receipt/<name>   one answer, from any byte on (`Range`)
    DELETE /v1/bundles/<sha256>            the sender has all answers

Nobody signs in: what a bundle is, and whose, its seal and signature say. The beginning of an upload must be an age
header for this PPT, or it ends there. Store work goes to the worker; no request waits for the store itself.
"""

from __future__ import annotations

import asyncio
import re
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Route

from trafficwatch.errors import BundleError, ExpectedError
from trafficwatch.sync import age
from trafficwatch.sync.bundle import SEALED_LIMIT
from trafficwatch.sync.network import answering
from trafficwatch.sync.network.answering import Taken
from trafficwatch.sync.network.door import Door
from trafficwatch.sync.network.errors import Run
from trafficwatch.sync.network.spool import Spool, SpoolFull

PIECE_LIMIT = 4_000_000
"""Bytes of one PATCH."""
HEADER_BYTES = 4_096
"""So much of an upload shows whether it is sealed for this PPT."""
WAIT_SECONDS = 15.0
"""So long a request for answers waits for them."""
QUEUE = 20
_KEPT = 1_000
_NUMBER = re.compile(r"[0-9]{1,12}")
KINDS = ("receipt", "waiting")


@dataclass(frozen=True, slots=True)
class Event:
    """What happened, for the desk to show, without name or address; `code` is the village's, once that is proved."""

    kind: str
    code: str = ""
    count: int = 0


class InboxPages:
    """The pages, on the inbox's thread alone."""

    def __init__(
        self, spool: Spool, door: Door, identities: list[age.Identity], run: Run, tell: Callable[[Event], None]
    ) -> None:
        self._spool, self._door, self._identities, self._run, self._tell = spool, door, identities, run, tell
        self._writers: dict[str, object] = {}
        self._finishing: set[str] = set()
        self._refused: OrderedDict[str, None] = OrderedDict()
        self._taken: OrderedDict[str, Taken] = OrderedDict()
        self._work: dict[tuple[str, str], asyncio.Task[None]] = {}

    def app(self) -> Starlette:
        """The application; anything that is no page of it is answered as a stranger is."""
        path = "/v1/bundles/{name}"
        routes = [
            Route(path, self._guarded(self._ask), methods=["HEAD"]),
            Route(path, self._guarded(self._append), methods=["PATCH"]),
            Route(path, self._guarded(self._forget), methods=["DELETE"]),
            Route(path + "/{kind}", self._guarded(self._answers), methods=["GET"]),
            Route(path + "/{kind}/{answer}", self._guarded(self._answer), methods=["GET"]),
        ]
        strange = dict.fromkeys((404, 405), _stranger)
        return Starlette(routes=routes, exception_handlers={**strange, Exception: _stranger})

    def _guarded(self, page: Callable[[Request, str], Any]) -> Callable[[Request], Any]:
        async def guarded(request: Request) -> Response:
            name = str(request.path_params["name"])
            if not re.fullmatch(r"[0-9a-f]{64}", name) or name in self._refused:
                return _refusal()
            try:
                found: Response = await page(request, name)
            except ClientDisconnect:
                return _refusal()
            return found

        return guarded

    # -- uploads -------------------------------------------------------------------------------------------------------

    async def _ask(self, request: Request, name: str) -> Response:
        self._writers.pop(name, None)  # whoever was writing has lost the line, or soon hears where to go on
        if not self._is_done(name) and 0 < self._spool.held(name) == _number(request, "Upload-Length"):
            await self._finish(request, name)
        return self._at(name, 200)

    async def _append(self, request: Request, name: str) -> Response:
        offset, length, size = (_number(request, key) for key in ("Upload-Offset", "Upload-Length", "Content-Length"))
        if offset is None or length is None or size is None or not 0 < size <= min(PIECE_LIMIT, length - offset):
            return _refusal()
        if length > SEALED_LIMIT:
            return _refusal()
        if self._is_done(name) or offset != self._spool.held(name):
            return self._at(name, 409)
        if offset == 0 and not self._door.spend(_host(request), self._door.limits.upload_costs):
            return _later(30)
        try:
            self._spool.begin(name, length)
            return await self._receive(request, name, length)
        except SpoolFull:
            return _later(60)

    async def _receive(self, request: Request, name: str, length: int) -> Response:
        """Take in the body as it comes, so that a cut costs only what was under way."""
        writer = self._writers[name] = object()
        is_ours = False
        async for data in request.stream():
            if self._writers.get(name) is not writer:  # somebody else goes on with this bundle
                return self._at(name, 409)
            if data:
                self._spool.append(name, data)
            if not is_ours and self._spool.held(name) >= min(HEADER_BYTES, length):
                if not self._is_ours(name):
                    return self._refuse(_host(request), name)
                is_ours = True
        self._writers.pop(name, None)
        if self._spool.held(name) == length:
            await self._finish(request, name)
        return _refusal() if name in self._refused else self._at(name, 204)

    def _is_ours(self, name: str) -> bool:
        return age.is_for(self._spool.start(name, HEADER_BYTES), self._identities)

    async def _finish(self, request: Request, name: str) -> None:
        """An upload of the length that it should have: it is the bundle that it is named by, or it is dropped."""
        if name in self._finishing:
            return
        self._finishing.add(name)
        try:
            is_whole = await asyncio.to_thread(self._spool.complete, name)
        finally:
            self._finishing.discard(name)
        if is_whole and self._start(name, "receipt", _host(request)) is None:
            self._tell(Event("later"))  # the queue is full; its answers are asked for again

    def _at(self, name: str, status: int) -> Response:
        done = {"Upload-Complete": "?1"} if self._is_done(name) else {}
        return Response(status_code=status, headers={"Upload-Offset": str(self._spool.held(name)), **done})

    def _is_done(self, name: str) -> bool:
        return self._spool.bundle(name) is not None

    def _refuse(self, host: str, name: str) -> Response:
        """Drop a bundle that need not come again."""
        self._spool.drop(name)
        self._writers.pop(name, None)
        self._refused[name] = None
        if len(self._refused) > _KEPT:
            self._refused.popitem(last=False)
        self._door.charge(host, self._door.limits.refusal_costs)
        self._tell(Event("refused"))
        return _refusal()

    # -- answers -------------------------------------------------------------------------------------------------------

    async def _answers(self, request: Request, name: str) -> Response:
        kind = str(request.path_params["kind"])
        if kind not in KINDS:
            return _refusal()
        if self._spool.answers(name, kind) is None:
            if not self._is_done(name):
                return self._at(name, 409)
            task = self._start(name, kind, _host(request))
            if task is None:
                return _later(30)
            done, _ = await asyncio.wait([task], timeout=WAIT_SECONDS)
            if not done:
                return Response(status_code=202)
            if name in self._refused:
                return _refusal()
        found = self._spool.answers(name, kind)
        return _later(60) if found is None else JSONResponse([each._asdict() for each in found])

    async def _answer(self, request: Request, name: str) -> Response:
        kind, answer = (str(request.path_params[key]) for key in ("kind", "answer"))
        file = self._spool.answer_file(name, kind, answer) if kind in KINDS else None
        return _refusal() if file is None else FileResponse(file, media_type="application/octet-stream")

    async def _forget(self, _: Request, name: str) -> Response:
        if any(self._spool.answers(name, kind) is not None for kind in KINDS):
            self._spool.drop(name)
        return Response(status_code=204)

    def _start(self, name: str, kind: str, host: str) -> asyncio.Task[None] | None:
        """Hand a bundle to the worker, once at a time; None if too many wait there."""
        path = self._spool.bundle(name)
        if (name, kind) not in self._work and path is not None and len(self._work) < QUEUE:
            task = asyncio.create_task(self._take(name, kind, path, host))
            self._work[name, kind] = task
            task.add_done_callback(lambda _: self._work.pop((name, kind), None))
        return self._work.get((name, kind))

    async def _take(self, name: str, kind: str, path: Path, host: str) -> None:
        """Keep what came of a bundle. What failed here may be tried again, but for what is no bundle of a device that
        may send any.
        """
        try:
            if kind == "waiting" and (first := self._work.get((name, "receipt"))):
                await asyncio.wait([first])
                if name in self._refused:
                    return
            taken = self._taken.get(name)
            if taken is None or kind == "receipt":
                taken = await asyncio.wrap_future(self._run(lambda store: answering.take(store, path)))
                self._remember(name, taken)
                self._tell(Event("again" if taken.again else "taken", taken.code, taken.records))
            if kind == "receipt":
                self._spool.answer(name, kind, taken.receipts)
            else:
                bundle = taken.bundle
                waiting = await asyncio.wrap_future(self._run(lambda store: answering.all_waiting(store, bundle)))
                self._spool.answer(name, kind, waiting)
        except BundleError:
            self._refuse(host, name)
        except ExpectedError:
            self._tell(Event("later"))
        except Exception:  # a bug of ours; the guest hears 'later'
            self._tell(Event("failed"))

    def _remember(self, name: str, taken: Taken) -> None:
        """Which bundle an upload was, without its receipts, which are in the spool."""
        self._taken[name] = replace(taken, receipts=())
        if len(self._taken) > _KEPT:
            self._taken.popitem(last=False)


def _number(request: Request, key: str) -> int | None:
    value = request.headers.get(key, "")
    return int(value) if _NUMBER.fullmatch(value) else None


def _host(request: Request) -> str:
    return request.client.host if request.client else "::"


def _refusal() -> Response:
    return Response(status_code=403, headers={"Connection": "close"})


def _later(seconds: int) -> Response:
    return Response(status_code=503, headers={"Retry-After": str(seconds)})


async def _stranger(_: Request, __: Exception) -> Response:
    return _refusal()
