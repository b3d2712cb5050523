# SPDX-License-Identifier: GPL-3.0-or-later
"""Opening a bundle in a process of its own: `python -m trafficwatch.sync.opener` (design 7).

The parent hands over the bytes, our identity and what it knows of senders by pipe; the child, with bounded memory and
time, with no environment but what starts a program and (not on Windows) unable to open any file, verifies and reads,
and answers with typed records. Whatever a malicious bundle does to the child, the parent only sees an answer whose
records it checks once more, a named error, or that there was none.
"""

from __future__ import annotations

import gc
import os
import subprocess
import sys
from pathlib import Path

import msgspec

from trafficwatch.errors import BundleError, ExpectedError, named
from trafficwatch.models.exchange import Peer
from trafficwatch.sync import age
from trafficwatch.sync.bundle import Opened, Trust, open_bundle
from trafficwatch.sync.manifest import Manifest
from trafficwatch.sync.wire import ControlLine, Incoming, Lines, RecordLine, Refused, judge, line_of

SECONDS = 120
MEMORY = 1_200_000_000
_HERE = str(Path(__file__).parents[2])
_RUN = "import sys; sys.path.insert(0, sys.argv[1]); from trafficwatch.sync.opener import main; main()"
_COMMAND = (sys.executable, "-I", "-c", _RUN, _HERE)
"""Isolated from the user's environment, but this very program: never another one that happens to be installed."""
_STARTING = ("SYSTEMROOT", "LD_LIBRARY_PATH")
"""Variables without which a program may not start; the others may hold secrets, or paths of the store."""


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
    former: list[str] = []
    codes: dict[str, str] = {}


class _Answer(msgspec.Struct):
    manifest: Manifest | None = None
    manifest_hash: str = ""
    again: bool = False
    records: list[RecordLine] = []
    control: list[ControlLine] = []
    refused: list[Refused] = []
    files: dict[str, bytes] = {}
    error: str = ""
    params: dict[str, str | int] = {}


def open_apart(untrusted_bytes: bytes, identity: str, trust: Trust) -> Opened:
    """`bundle.open_bundle` in a child process; raises the same errors, or OpenerFailed."""
    received = [(*place, manifest_hash) for place, manifest_hash in trust.received.items()]
    request = _Request(
        untrusted_bytes,
        identity,
        trust.recipient,
        trust.practice,
        list(trust.peers),
        received,
        trust.counter,
        list(trust.former),
        dict(trust.codes),
    )
    answer = _ask(request)
    manifest = answer.manifest
    if manifest is None:
        raise OpenerFailed
    records = tuple(_judged_again(line, trust.counter) for line in answer.records)
    lines = Lines(records, tuple(answer.control), tuple(answer.refused))
    return Opened(manifest, answer.manifest_hash, answer.again, lines, answer.files)


def _judged_again(line: RecordLine, known_counter: int) -> Incoming:
    """A record as this process judges it, whatever the child said."""
    state = judge(line, known_counter)
    if isinstance(state, str):
        raise OpenerFailed
    return Incoming(state, line.home)


def _ask(request: _Request) -> _Answer:
    """What the child answers; raises the error that it names, or OpenerFailed."""
    environment = {name: os.environ[name] for name in _STARTING if name in os.environ}
    sent = msgspec.msgpack.encode(request)
    try:
        done = subprocess.run(_COMMAND, input=sent, capture_output=True, timeout=SECONDS, check=True, env=environment)
        answer = msgspec.msgpack.decode(done.stdout, type=_Answer)
        error = named(answer.error, answer.params) if answer.error else None
    except (OSError, subprocess.SubprocessError, msgspec.MsgspecError, UnicodeDecodeError, RecursionError, KeyError):
        raise OpenerFailed from None
    if error is not None:
        raise error
    return answer


def _answer(request: _Request) -> _Answer:
    received = {(device, epoch, number): found for device, epoch, number, found in request.received}
    trust = Trust(
        request.recipient, request.practice, request.peers, received, request.counter, request.former, request.codes
    )
    try:
        opened = open_bundle(request.bundle, request.identity, trust)
    except ExpectedError as error:
        return _Answer(error=error.key, params=error.params)
    lines = opened.lines
    records = [line_of(incoming.state, incoming.home) for incoming in lines.records]
    return _Answer(
        opened.manifest,
        opened.manifest_hash,
        opened.again,
        records,
        list(lines.control),
        list(lines.refused),
        dict(opened.files),
    )


def _limit() -> None:
    """Bound memory, time and reach where the system can (not on Windows: there the time-out alone holds)."""
    if sys.platform == "win32":
        return
    import resource

    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (0, 0))


def _warm_up() -> None:
    """Let the libraries load what they load on first use, as long as files can be opened."""
    identity = age.generate_identity()
    age.decrypt(age.encrypt(b"", [identity.recipient()]), [identity])


def main() -> None:
    """Read one request from standard input, write one answer to standard output. What is read is needed to the end: to
    look through it for garbage again and again costs half the time.
    """
    gc.disable()
    _warm_up()
    _limit()
    request = msgspec.msgpack.decode(sys.stdin.buffer.read(), type=_Request)
    sys.stdout.buffer.write(msgspec.msgpack.encode(_answer(request)))


if __name__ == "__main__":
    main()
