# SPDX-License-Identifier: GPL-3.0-or-later
"""Exchanges in the background: by plan and on click, with pause, cancel and back-off. No Qt, no store.

One thread of its own does all network; every use case on the store is handed to the desk's worker (`Run`), in short
transactions. So whatever the network does, session and store don't notice. All methods may be called from any thread;
`tell` is called on the exchanger's own.
"""

from __future__ import annotations

import random
import threading
from collections.abc import Callable
from concurrent.futures import CancelledError
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from trafficwatch.errors import ExpectedError, NetworkError
from trafficwatch.store.work import Store
from trafficwatch.sync.devices import NotEnrolled
from trafficwatch.sync.network import sending
from trafficwatch.sync.network.errors import InboxBusy, InboxRefused, InboxUnknown, InboxUnreachable, Run
from trafficwatch.sync.network.exchange import Exchange
from trafficwatch.sync.network.line import Line, LineCut
from trafficwatch.sync.network.plan import Plan, next_due, pause_after
from trafficwatch.sync.network.status import Phase, Status

__all__ = ["Exchanger", "Phase", "Status"]

_BRIEF = 1.0
"""Seconds before going on after a cut, if the connection had got on."""


class _Stopped(Exception):
    """Somebody has paused, cancelled or closed."""


def _now() -> datetime:
    return datetime.now().astimezone()


class Exchanger:
    """The background exchange of one village desk. `start` begins its thread; `close` ends it, at the latest after what
    it is waiting for.
    """

    def __init__(
        self,
        run: Run,
        tell: Callable[[Status], None] = lambda _: None,
        *,
        clock: Callable[[], datetime] = _now,
        chance: Callable[[], float] = random.random,
        wait: Callable[[float | None], None] | None = None,
        open_line: Callable[[str, str], Line] = Line,
    ) -> None:
        self._run, self._heard, self._clock, self._chance = run, tell, clock, chance
        self._exchange = Exchange(run, self._tell, self._check, open_line)
        self._woken = threading.Event()
        self._wait = wait or self._sleep
        self._status = Status()
        self._plan = Plan(is_on=False)
        self._spread = chance()
        self._tried: datetime | None = None
        self._is_wanted = self._is_paused = self._is_closed = False
        self._must_plan = True
        self._thread = threading.Thread(target=self._loop, name="exchange", daemon=True)

    @property
    def status(self) -> Status:
        return self._status

    def start(self) -> None:
        self._thread.start()

    def now(self) -> None:
        """Exchange at once, also while it waits after a failure."""
        self._is_wanted = True
        self._is_paused = False
        self._woken.set()

    def pause(self) -> None:
        """Stop after the piece that is under way, until `resume` or `now`; what has arrived stays there."""
        self._is_paused = True
        self._woken.set()

    def resume(self) -> None:
        self._is_paused = False
        self._woken.set()

    def cancel(self) -> None:
        """End the present exchange; the next one, by plan or on click, goes on where it was."""
        self._is_wanted = False
        self._woken.set()

    def replan(self) -> None:
        """The plan was changed."""
        self._must_plan = True
        self._woken.set()

    def close(self) -> None:
        """End the thread; nothing is told any more."""
        self._is_closed = True
        self._woken.set()

    def join(self, seconds: float | None = None) -> bool:
        """Wait for the thread's end; whether it has ended."""
        self._thread.join(seconds)
        return not self._thread.is_alive()

    # -- on the thread -------------------------------------------------------------------------------------------------

    def _loop(self) -> None:
        try:
            while not self._is_closed:
                self._once()
        except CancelledError:  # the desk has closed
            return

    def _once(self) -> None:
        """Do what is due, or wait for it."""
        if self._must_plan:
            self._must_plan = False
            self._plan, done = self._run(_planned).result()
            self._tell(last_success=done)
        if self._is_paused:
            self._tell(phase=Phase.PAUSED, next_attempt=None)
            self._wait(None)
            return
        now = self._clock()
        last = max((each for each in (self._tried, self._status.last_success) if each), default=None)
        due = next_due(self._plan, last, now, self._spread)
        if self._is_wanted or (due is not None and due <= now):
            self._is_wanted = True
            self._tried = now
            self.exchange()
            return
        resting = self._status.phase if self._status.phase in {Phase.REFUSED, Phase.NOT_SET_UP} else Phase.IDLE
        self._tell(phase=resting, next_attempt=due)
        self._wait((due - now).total_seconds() if due else None)

    def exchange(self) -> None:
        """One exchange, tried until it is done, refused, or stopped by somebody."""
        failures = 0
        self._is_wanted = True
        while True:
            progress = self._exchange.progress
            try:
                self._check()
                self._exchange.attempt()
            except _Stopped:
                return
            except (NotEnrolled, InboxUnknown) as error:
                self._end(Phase.NOT_SET_UP, error)
                return
            except (NetworkError, LineCut) as error:
                if isinstance(error, InboxRefused):
                    self._end(Phase.REFUSED, error)
                    return
                failures = 0 if self._exchange.progress > progress else failures + 1
                self._rest(failures, error)
            except ExpectedError as error:
                self._end(Phase.REFUSED, error)
                return
            else:
                self._succeed(self._clock())
                return

    def _succeed(self, now: datetime) -> None:
        self._run(lambda store: sending.note_done(store, now)).result()
        self._end(Phase.IDLE, self._exchange.trouble, last_success=now)

    def _rest(self, failures: int, error: Exception) -> None:
        """Wait before the next attempt: shortly if the last one got on, else longer each time."""
        seconds = pause_after(failures, self._chance()) if failures else _BRIEF * (0.5 + self._chance())
        if isinstance(error, InboxBusy):
            seconds = max(seconds, error.seconds * (1 + self._chance() / 4))
        said = error if isinstance(error, NetworkError) else InboxUnreachable() if failures else None
        due = self._clock() + timedelta(seconds=seconds)
        self._tell(phase=Phase.WAITING, failures=failures, next_attempt=due, error=said)
        self._wait(seconds)

    def _end(self, phase: Phase, error: ExpectedError | None, **changes: Any) -> None:
        self._is_wanted = False
        self._tell(phase=phase, error=error, failures=0, next_attempt=None, **changes)

    def _check(self) -> None:
        if self._is_closed or self._is_paused or not self._is_wanted:
            raise _Stopped

    def _tell(self, **changes: Any) -> None:
        changed = replace(self._status, **changes)
        if changed != self._status and not self._is_closed:
            self._status = changed
            self._heard(changed)

    def _sleep(self, seconds: float | None) -> None:
        self._woken.wait(seconds)
        self._woken.clear()


def _planned(store: Store) -> tuple[Plan, datetime | None]:
    with store.work() as work:
        return sending.plan(work), sending.last_done(work)
