# SPDX-License-Identifier: GPL-3.0-or-later
"""All slow and all stored things happen on one worker thread, one after the other; the UI thread only draws and asks.

`do` runs any job there, `work` one transaction on the open store, `store` a use case that makes its own transactions.
The answer comes back on the UI thread, and only while the widget that asked still lives: closing a page while work runs
loses no data (the transaction ends as it would) and calls nothing that is gone. An `ExpectedError` goes to `failed`,
else to the owner's own `failed`; every other exception is a bug and is raised here, for the crash dialog.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar
from weakref import WeakSet

import shiboken6
from PySide6.QtCore import QObject, Qt, Signal

from trafficwatch.errors import ExpectedError
from trafficwatch.ui.shell.garbage import Garbage

T = TypeVar("T")
Failed = Callable[[ExpectedError], None]
THREAD = "store"


class OpenStore(Protocol):
    """What the worker holds: `store.work.Store`, which this package may not name."""

    findings: list[str]
    hurried: bool

    def work(self) -> AbstractContextManager[Any]:
        """One transaction."""

    def close(self) -> None:
        """Lock it."""


@dataclass(frozen=True, slots=True, eq=False)
class _Answer:
    owner: QObject
    slot: str
    future: Future[Any]
    done: Callable[[Any], None]
    failed: Failed | None


class Tasks(QObject):
    """The worker. `busy` tells when it starts and when nothing is left to do."""

    busy = Signal(bool)
    _answered = Signal(object)
    _told = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._pool = ThreadPoolExecutor(max_workers=1, thread_name_prefix=THREAD)
        self._answered.connect(self._deliver, Qt.ConnectionType.QueuedConnection)
        self._told.connect(self._tell, Qt.ConnectionType.QueuedConnection)
        self._store: OpenStore | None = None
        self._running = 0
        self._is_closing = False
        self._latest: dict[tuple[int, str], _Answer] = {}
        self._gone: WeakSet[QObject] = WeakSet()
        self._garbage = Garbage(self)
        self._beside: list[Callable[[], object]] = []

    @property
    def is_idle(self) -> bool:
        return self._running == 0

    @property
    def is_awaited(self) -> bool:
        """Whether more waits behind what runs now: who was not asked to work can give way."""
        return self._running > 1 or self._is_closing

    def do(
        self,
        owner: QObject,
        job: Callable[[], T],
        done: Callable[[T], None],
        failed: Failed | None = None,
        *,
        slot: str = "",
    ) -> None:
        """Run a job for a widget. Of jobs of one owner with the same `slot` only the last one is answered."""
        if threading.current_thread() is not threading.main_thread():
            raise RuntimeError("work is started from the UI thread only")
        answer = _Answer(owner, slot, self._pool.submit(job), done, failed)
        if slot:
            superseded = self._latest.get((id(owner), slot))
            if superseded is not None:
                superseded.future.cancel()
            self._latest[id(owner), slot] = answer
        self._running += 1
        if self._running == 1:
            self.busy.emit(True)  # noqa: FBT003 - a signal has no keywords
        answer.future.add_done_callback(lambda _: self._answered.emit(answer))

    def work(
        self,
        owner: QObject,
        use_case: Callable[[Any], T],
        done: Callable[[T], None],
        failed: Failed | None = None,
        *,
        slot: str = "",
        committed: Callable[[], None] = lambda: None,
    ) -> None:
        """Run `use_case(work)` in one transaction; `committed` is called on the worker once it is in the store."""

        def job() -> T:
            with self._opened().work() as work:
                value = use_case(work)
            committed()
            return value

        self.do(owner, job, done, failed, slot=slot)

    def attempt(self, owner: QObject, use_case: Callable[[Any], object], then: Callable[[bool], None]) -> None:
        """Run `use_case(work)` in one transaction, and go on however it ends; `then` is told whether it did well."""

        def job() -> bool:
            with suppress(Exception):
                with self._opened().work() as work:
                    use_case(work)
                return True
            return False

        self.do(owner, job, then)

    def store(
        self, owner: QObject, use_case: Callable[[Any], T], done: Callable[[T], None], failed: Failed | None = None
    ) -> None:
        """Run `use_case(store)`, which makes its own transactions."""
        self.do(owner, lambda: use_case(self._opened()), done, failed)

    def each(
        self,
        owner: QObject,
        jobs: Sequence[Callable[[Any], T]],
        stepped: Callable[[int, T], None],
        done: Callable[[], None],
        failed: Failed | None = None,
    ) -> Batch:
        """Run several use cases on the store one by one; the batch can be stopped between two of them."""
        batch = Batch()

        def step(position: int) -> None:
            if batch.is_cancelled or position == len(jobs):
                done()
                return

            def answered(value: T) -> None:
                stepped(position, value)
                step(position + 1)

            self.store(owner, jobs[position], answered, failed)

        step(0)
        return batch

    def teller(self, owner: QObject, tell: Callable[[int, int], None]) -> Callable[[int, int], None]:
        """What a long job calls on the worker to say how far it is; `tell` hears it on the UI thread."""
        return lambda done, total: self._told.emit((owner, tell, done, total))

    def hand(self, use_case: Callable[[Any], T]) -> Future[T]:
        """For a thread of its own (the network): a use case on the store, behind what waits already. Once the desk is
        closing nothing more is taken: the answer is CancelledError.
        """

        def job() -> T:
            if self._is_closing:
                raise CancelledError
            return use_case(self._opened())

        try:
            return self._pool.submit(job)
        except RuntimeError:  # the pool takes nothing more
            closed: Future[T] = Future()
            closed.cancel()
            return closed

    def before_close(self, end: Callable[[], object]) -> None:
        """Have what works beside the worker ended before the store is locked."""
        self._beside.append(end)

    def forget(self, owner: QObject) -> None:
        """Answer neither this object nor what is inside it any more: it will be deleted soon."""
        self._gone.add(owner)

    def take(self, store: OpenStore) -> None:
        """From now on this store is the one that is worked on. Called by the job that opened it."""
        self._store = store

    def drop(self) -> None:
        """Let go of the store without locking it."""
        self._store = None

    def hurry(self, *, is_on: bool = True) -> None:
        """Somebody wants to lock or wipe: what can be done another time gives way."""
        if self._store is not None:
            self._store.hurried = is_on

    def close(self) -> None:
        """Finish what runs and what waits, and lock the store."""
        self._is_closing = True
        self.hurry()
        for end in self._beside:
            end()
        self._pool.submit(self._close_store)
        self._pool.shutdown(wait=True)
        self._garbage.end()

    def _close_store(self) -> None:
        if self._store is not None:
            self._store.close()
            self._store = None

    def _opened(self) -> OpenStore:
        if self._store is None:
            raise RuntimeError("no store is open")
        return self._store

    def _tell(self, told: tuple[QObject, Callable[[int, int], None], int, int]) -> None:
        owner, tell, done, total = told
        if self._lives(owner):
            tell(done, total)

    def _deliver(self, answer: _Answer) -> None:
        self._running -= 1
        try:
            self._hand_over(answer)
        finally:
            if self._running == 0:
                self.busy.emit(False)  # noqa: FBT003

    def _hand_over(self, answer: _Answer) -> None:
        if answer.slot:
            if self._latest.get((id(answer.owner), answer.slot)) is not answer:
                return
            del self._latest[id(answer.owner), answer.slot]
        if not self._lives(answer.owner):
            return
        try:
            value = answer.future.result()
        except CancelledError:
            return
        except ExpectedError as error:
            (answer.failed or answer.owner.failed)(error)  # type: ignore[attr-defined]
            return
        answer.done(value)

    def _lives(self, owner: QObject) -> bool:
        if not shiboken6.isValid(owner):
            return False
        above: QObject | None = owner
        while above is not None:
            if above in self._gone:
                return False
            above = above.parent()
        return True


class Batch:
    """Several jobs under way; `cancel` lets the present one finish and starts no more."""

    def __init__(self) -> None:
        self.is_cancelled = False

    def cancel(self) -> None:
        self.is_cancelled = True
