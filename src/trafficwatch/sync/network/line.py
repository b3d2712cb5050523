# SPDX-License-Identifier: GPL-3.0-or-later
"""One connection to a PPT's inbox, which proves itself by its pin alone before anything is said.

No authority, no name and no date is asked, so that a clock off by years does no harm. A connection that breaks raises
LineCut; what the other side says that is not in the protocol raises InboxUnexpected. Nothing is tried twice here.
"""

from __future__ import annotations

import hmac
import re
import ssl
from collections.abc import Iterator
from http.client import HTTPException, HTTPResponse, HTTPSConnection
from typing import Annotated

import msgspec

from trafficwatch.sync.network.address import parse
from trafficwatch.sync.network.certificate import pin_of
from trafficwatch.sync.network.errors import (
    CertificateWrong,
    InboxBusy,
    InboxRefused,
    InboxUnexpected,
    InboxUnreachable,
)

CONNECT_SECONDS, ANSWER_SECONDS = 20.0, 60.0
_BODY_LIMIT = 65_536
_PIECE = 16_384
_WAIT_LIMIT = 3_600
_SHA256 = Annotated[str, msgspec.Meta(pattern=r"\A[0-9a-f]{64}\Z")]
_BUNDLE = Annotated[str, msgspec.Meta(pattern=r"\A[0-9a-f\-]{36}\Z")]


class LineCut(Exception):
    """The connection broke. No error for people: it goes on from there."""


class Waiting(msgspec.Struct, frozen=True):
    """One answer that can be fetched: its name there, hash and size of its bytes, and the id of the bundle inside."""

    name: Annotated[str, msgspec.Meta(pattern=r"\A[0-9a-f\-]{1,120}\Z")]
    sha256: _SHA256
    bundle: _BUNDLE
    bytes: Annotated[int, msgspec.Meta(gt=0, le=32_000_000)]


class Line:
    """The connection; use it as a context, which connects. Raises InboxUnreachable or CertificateWrong."""

    def __init__(self, address: str, pin: str) -> None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.minimum_version = ssl.TLSVersion.TLSv1_3
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE  # the pin is what proves the other side, below
        where = parse(address)
        self._pin = pin
        self._line = HTTPSConnection(where.host, where.port, timeout=CONNECT_SECONDS, context=context)
        self._line.auto_open = 0
        self._said: HTTPResponse | None = None

    def __enter__(self) -> Line:
        try:
            self._line.connect()
        except OSError:
            raise InboxUnreachable from None
        found = self._line.sock.getpeercert(binary_form=True) or b""
        if not hmac.compare_digest(pin_of(found), self._pin):
            self._line.close()
            raise CertificateWrong
        self._line.sock.settimeout(ANSWER_SECONDS)
        return self

    def __exit__(self, *_: object) -> None:
        if self._said is not None:  # it holds the socket after the other side has hung up
            self._said.close()
        self._line.close()

    def held(self, name: str, length: int) -> tuple[int, bool]:
        """How many bytes of a bundle are there, and whether that is all of it, well arrived."""
        return _place(self._ask("HEAD", f"/v1/bundles/{name}", {"Upload-Length": str(length)}))

    def append(self, name: str, offset: int, length: int, piece: bytes) -> tuple[int, bool]:
        """Send a piece; what is there then, as from `held`."""
        headers = {"Upload-Offset": str(offset), "Upload-Length": str(length)}
        return _place(self._ask("PATCH", f"/v1/bundles/{name}", headers, piece))

    def answers(self, name: str, kind: str) -> list[Waiting] | None:
        """The answers to a bundle; None if there are none yet. Raises LineCut if the bundle is no longer there."""
        said = self._ask("GET", f"/v1/bundles/{name}/{kind}", {})
        if said.status == 202:
            return None
        if said.status == 409:
            raise LineCut
        try:
            return msgspec.json.decode(self._read(said, _BODY_LIMIT), type=list[Waiting])
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            raise InboxUnexpected from None

    def fetch(self, name: str, kind: str, answer: Waiting, start: int) -> Iterator[bytes]:
        """The bytes of an answer from `start` on, as they come."""
        said = self._ask("GET", f"/v1/bundles/{name}/{kind}/{answer.name}", {"Range": f"bytes={start}-"})
        if said.status != 206 or said.getheader("Content-Range") != f"bytes {start}-{answer.bytes - 1}/{answer.bytes}":
            raise InboxUnexpected
        left = answer.bytes - start
        while left > 0:
            piece = self._piece(said, min(left, _PIECE))
            left -= len(piece)
            yield piece
        self._read(said, 0)

    def forget(self, name: str) -> None:
        """Say that all answers to a bundle have come."""
        self._ask("DELETE", f"/v1/bundles/{name}", {})

    def _ask(self, method: str, path: str, headers: dict[str, str], body: bytes | None = None) -> HTTPResponse:
        try:
            try:
                self._line.request(method, path, body, headers)
            except OSError:  # it may have been said 'no' while we were still speaking
                if self._line.sock is None:
                    raise
            said = self._said = self._line.getresponse()
        except (OSError, HTTPException):
            raise LineCut from None
        if said.status == 403:
            raise InboxRefused
        if said.status in {429, 503}:
            raise InboxBusy(_seconds(said.getheader("Retry-After", "")))
        if said.status not in {200, 202, 204, 206, 409}:
            raise InboxUnexpected
        if said.status in {202, 204, 409} or method == "HEAD":
            self._read(said, _BODY_LIMIT)
        return said

    def _read(self, said: HTTPResponse, limit: int) -> bytes:
        """All that is left of a body; the connection is free for the next request then."""
        try:
            body = said.read(limit + 1)
        except (OSError, HTTPException):
            raise LineCut from None
        if len(body) > limit:
            raise InboxUnexpected
        return body

    def _piece(self, said: HTTPResponse, limit: int) -> bytes:
        """What has come of a body, at least a byte."""
        try:
            piece = said.read1(limit)
        except (OSError, HTTPException):
            raise LineCut from None
        if not piece:
            raise LineCut
        return piece


def _place(said: HTTPResponse) -> tuple[int, bool]:
    offset = said.getheader("Upload-Offset", "")
    if not re.fullmatch(r"[0-9]{1,12}", offset):
        raise InboxUnexpected
    return int(offset), said.getheader("Upload-Complete") == "?1"


def _seconds(text: str) -> int:
    return min(int(text), _WAIT_LIMIT) if re.fullmatch(r"[0-9]{1,6}", text) else 60
