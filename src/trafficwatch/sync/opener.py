# SPDX-License-Identifier: GPL-3.0-or-later
"""Opening a bundle in a process of its own: `python -m trafficwatch.sync.opener` (design 7).

The parent hands over the bytes, our identity and what it knows of senders by pipe; the child, with bounded memory and
time and without any access to the store, verifies and reads, and answers with typed records. Whatever a malicious
bundle does to the child, the parent only sees an answer, a named error, or that there was none.
"""

from __future__ import annotations

import subprocess
import sys
from typing import cast

import msgspec

from trafficwatch.errors import BundleError, ExpectedError, named
from trafficwatch.models.exchange import Peer
from trafficwatch.sync.bundle import Opened, Trust, open_bundle
from trafficwatch.sync.manifest import Manifest
from trafficwatch.sync.wire import ControlLine, Incoming, Lines, RecordLine, Refused, encode_record, to_state

SECONDS = 120
MEMORY = 1_200_000_000


class OpenerFailed(BundleError):
    """The bundle could not be read within the limits of memory and time."""

    key = "opener_failed"


class _Request(msgspec.Struct):
    bundle: bytes
    identity: str
    recipient: str
    practice: bool
    peers: list[Peer]
    received: list[tuple[str, str, int, str]]
    counter: int


class _Answer(msgspec.Struct):
    manifest: Manifest | None = None
    manifest_hash: str = ""
    again: bool = False
    records: list[RecordLine] = []
    control: list[ControlLine] = []
    refused: list[Refused] = []
    error: str = ""
    params: dict[str, str | int] = {}


def open_apart(untrusted_bytes: bytes, identity: str, trust: Trust) -> Opened:
    """`bundle.open_bundle` in a child process; raises the same errors, or OpenerFailed."""
    received = [(*place, manifest_hash) for place, manifest_hash in trust.received.items()]
    request = _Request(
        untrusted_bytes, identity, trust.recipient, trust.practice, list(trust.peers), received, trust.counter
    )
    command = [sys.executable, "-I", "-m", "trafficwatch.sync.opener"]
    try:
        done = subprocess.run(
            command, input=msgspec.msgpack.encode(request), capture_output=True, timeout=SECONDS, check=True
        )
        answer = msgspec.msgpack.decode(done.stdout, type=_Answer)
    except (subprocess.SubprocessError, msgspec.MsgspecError):
        raise OpenerFailed from None
    if answer.error:
        raise named(answer.error, answer.params)
    records = tuple(Incoming(to_state(line), line.home) for line in answer.records)
    lines = Lines(records, tuple(answer.control), tuple(answer.refused))
    return Opened(cast("Manifest", answer.manifest), answer.manifest_hash, answer.again, lines)


def _answer(request: _Request) -> _Answer:
    received = {(device, epoch, number): found for device, epoch, number, found in request.received}
    trust = Trust(request.recipient, request.practice, request.peers, received, request.counter)
    try:
        opened = open_bundle(request.bundle, request.identity, trust)
    except ExpectedError as error:
        return _Answer(error=error.key, params=error.params)
    lines = opened.lines
    records = [
        msgspec.json.decode(encode_record(incoming.state, incoming.home), type=RecordLine) for incoming in lines.records
    ]
    return _Answer(
        opened.manifest, opened.manifest_hash, opened.again, records, list(lines.control), list(lines.refused)
    )


def _limit() -> None:
    """Bound memory and processor time where the system can (not on Windows: there the time-out alone holds)."""
    if sys.platform == "win32":
        return
    import resource

    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def main() -> None:
    """Read one request from standard input, write one answer to standard output."""
    _limit()
    request = msgspec.msgpack.decode(sys.stdin.buffer.read(), type=_Request)
    sys.stdout.buffer.write(msgspec.msgpack.encode(_answer(request)))


if __name__ == "__main__":
    main()
