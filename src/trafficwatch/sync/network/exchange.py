# SPDX-License-Identifier: GPL-3.0-or-later
"""One exchange with the PPT's inbox: send what is in the spool, fetch the answers, take them in. Any part may break.

Each `attempt` asks first how far the other side is, so nothing counts as sent but what the inbox says it holds, and
nothing as received but by a signed receipt. Pieces are as large as the line bears: a sixteenth of what the last
connection carried before it broke, so that little is sent twice.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from trafficwatch.errors import ExpectedError
from trafficwatch.store.files import DiskFull
from trafficwatch.sync.network import sending
from trafficwatch.sync.network.errors import InboxRefused, InboxUnexpected, Run
from trafficwatch.sync.network.line import Line, LineCut, Waiting
from trafficwatch.sync.network.sending import Prepared, Sealed
from trafficwatch.sync.network.spool import FOLDER
from trafficwatch.sync.network.status import Phase

SMALLEST, LARGEST = 8_192, 1_048_576
_PART = 16
"""A piece is that part of what a connection carries, for a cut costs about a piece."""
_AT_FIRST = 524_288
_SLOW = 10.0
"""A piece that takes longer makes pausing slow: the next ones are smaller."""
_POLLS = 40


class Exchange:
    """What is kept from one attempt to the next. `tell` changes the status, `check` raises when it has to stop."""

    def __init__(
        self,
        run: Run,
        tell: Callable[..., None],
        check: Callable[[], None],
        open_line: Callable[[str, str], Line] = Line,
    ) -> None:
        self._run, self._tell, self._check, self._open_line = run, tell, check, open_line
        self._borne = _AT_FIRST
        self._carried = 0
        self._most = LARGEST
        self._reached: dict[str, int] = {}
        self._there: set[str] = set()
        self.progress = 0
        """Bytes that arrived on either side so far: what an attempt adds to it was not in vain."""
        self.trouble: ExpectedError | None = None
        """What was refused, here or there, while the rest went on."""

    def attempt(self) -> None:
        """Go on from wherever both sides are, to the end; raises LineCut, NetworkError, or what the store says."""
        self.trouble = None
        self._tell(phase=Phase.PREPARING)
        prepared = self._run(sending.prepare).result()
        whole = sum(each.bytes for each in prepared.sealed)
        self._tell(phase=Phase.CONNECTING, sent=0, to_send=whole, bundles=len(prepared.sealed), confirmed=0)
        self._carried = 0
        try:
            with self._open_line(prepared.address, prepared.pin) as line:
                self._through(line, prepared)
            self._there.clear()
            self._reached.clear()
        except LineCut:
            self._borne = self._carried or self._borne // 2
            raise
        except OSError:  # the line's own have other names: this is the disk of the spool
            raise DiskFull(file=FOLDER) from None

    def _through(self, line: Line, prepared: Prepared) -> None:
        before, last = 0, len(prepared.sealed)
        self._tell(phase=Phase.SENDING)
        for sealed in prepared.sealed:
            with self._unless_refused(sealed):
                self._send(line, sealed, before)
            before += sealed.bytes
        for position, sealed in enumerate(prepared.sealed, start=1):
            with self._unless_refused(sealed):
                self._answers(line, sealed, "waiting" if position == last else "receipt")
            self._tell(confirmed=position)

    @contextmanager
    def _unless_refused(self, sealed: Sealed) -> Iterator[None]:
        """Let go of a bundle that the inbox refuses: the same bytes would be refused again."""
        try:
            yield
        except InboxRefused:
            self._run(lambda store: sending.let_go(store, sealed)).result()
            raise

    # -- sending -------------------------------------------------------------------------------------------------------

    def _send(self, line: Line, sealed: Sealed, before: int) -> None:
        if sealed.sha256 in self._there:
            return
        held, is_done = line.held(sealed.sha256, sealed.bytes)
        self._got_on(sealed, held)
        with sealed.path.open("rb") as file:
            while not is_done:
                self._check()
                if held >= sealed.bytes:  # the last bytes are there and are being looked at
                    raise LineCut
                self._tell(sent=before + held)
                file.seek(held)
                piece, begun = file.read(self._fitting()), time.monotonic()
                reached, is_done = line.append(sealed.sha256, held, sealed.bytes, piece)
                self._carried += len(piece)
                self._got_on(sealed, reached)
                held = reached
                if time.monotonic() - begun > _SLOW:
                    self._most = max(SMALLEST, len(piece) // 2)
        self._there.add(sealed.sha256)
        self._tell(sent=before + sealed.bytes)

    def _got_on(self, sealed: Sealed, held: int) -> None:
        """The inbox says how much it holds: also what it got of a piece that nobody heard the end of is progress."""
        self.progress += max(0, held - self._reached.get(sealed.sha256, 0))
        self._reached[sealed.sha256] = held

    def _fitting(self) -> int:
        """Bytes of the next piece."""
        return max(SMALLEST, min(max(self._borne, self._carried) // _PART, self._most))

    # -- answers -------------------------------------------------------------------------------------------------------

    def _answers(self, line: Line, sealed: Sealed, kind: str) -> None:
        """Fetch and take in the answers to one bundle, and let go of it."""
        self._tell(phase=Phase.WAITING_FOR_RECEIPT)
        waiting = self._listed(line, sealed, kind)
        bundles = tuple(each.bundle for each in waiting)
        wanted = self._run(lambda store: sending.wanted(store, bundles)).result()
        missing = [each for each in waiting if each.bundle in wanted]
        whole, before = sum(each.bytes for each in missing), 0
        for each in missing:
            self._tell(phase=Phase.FETCHING, fetched=before, to_fetch=whole)
            path = self._fetch(line, sealed, kind, each, before)
            before += each.bytes
            self._tell(phase=Phase.TAKING_IN, fetched=before)
            self._take(path)
        self._run(lambda store: sending.let_go(store, sealed)).result()
        line.forget(sealed.sha256)

    def _listed(self, line: Line, sealed: Sealed, kind: str) -> list[Waiting]:
        for _ in range(_POLLS):
            self._check()
            try:
                found = line.answers(sealed.sha256, kind)
            except LineCut:
                self._there.discard(sealed.sha256)  # if the inbox has lost it, it has to be asked
                raise
            if found is not None:
                return found
        raise LineCut

    def _fetch(self, line: Line, sealed: Sealed, kind: str, answer: Waiting, before: int) -> Path:
        path = sealed.path.with_name(f"{answer.sha256}.part")
        held = path.stat().st_size if path.is_file() else 0
        if held > answer.bytes:
            path.unlink()
            held = 0
        with path.open("ab") as file:
            for piece in line.fetch(sealed.sha256, kind, answer, held) if held < answer.bytes else ():
                self._check()
                file.write(piece)
                held += len(piece)
                self.progress += len(piece)
                self._tell(fetched=before + held)
        if hashlib.sha256(path.read_bytes()).hexdigest() != answer.sha256:
            path.unlink()
            raise InboxUnexpected
        return path

    def _take(self, path: Path) -> None:
        """Take one answer in; one that can't be is offered again next time, and the others go on."""
        try:
            self._run(lambda store: sending.take(store, path)).result()
        except ExpectedError as error:
            self.trouble = error
