# SPDX-License-Identifier: GPL-3.0-or-later
"""An open store, and one transaction on it: what every use case is given.

`Store.work()` is the only way to the data. What leaves a use case is a frozen value. Leaving the `with` block commits
all or, after any exception, nothing.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DatabaseError

from trafficwatch.errors import InputError
from trafficwatch.models.exchange import RecordState, Stamp
from trafficwatch.models.fields import Record, RecordType, Side, Value
from trafficwatch.models.history import shown
from trafficwatch.models.record_types import RECORD_TYPES
from trafficwatch.models.stub import absorbed
from trafficwatch.store import clearing, info, journal
from trafficwatch.store.connection import named_errors
from trafficwatch.store.erasure import RecordErased, is_erased
from trafficwatch.store.records import Records, type_of
from trafficwatch.store.reverting import TAKEN_BACK, put_back
from trafficwatch.store.sealing import Sealer
from trafficwatch.store.vault import Keys

_CATCH_UP = 1_000
"""How far one record of another device moves our counter. Contexts decide what replaces what, the counter only which of
two unsettled values is shown; unbounded, one device could push all others beyond what they accept."""


Merging = Callable[[RecordState | None, RecordState, str], None]
"""Hears a record as it was (None: not there) and will be, and its home."""


class FieldOwnedElsewhere(InputError):
    """The other desk owns this field (design 5); parameter `field`."""

    key = "field_owned_elsewhere"


class Work:
    """One transaction: records, journal, clock and who is at work."""

    def __init__(self, connection: Connection, keys: Keys, now: datetime, folder: Path) -> None:
        self.connection = connection
        self.folder = folder
        self.now = now.isoformat(timespec="seconds")
        self.today = now.astimezone().date().isoformat()
        self.sealer = Sealer(keys.case)
        self.volunteer = keys.volunteer
        self.info = info.load(connection)
        self.records = Records(connection, self.sealer)
        self.cleared: set[tuple[str, str]] = set()
        """Records (type, id) whose content was erased or cleared away in this transaction."""
        self.merging: Merging = lambda *_: None
        """Told of each record before a merge changes it."""

    def write(self, cls: type[Record], record_id: str | None = None, /, **changes: Any) -> str:
        """Write fields of a record, new without `record_id` or with an unknown one; journals it and gives the id."""
        return self._write(cls, record_id or str(uuid.uuid4()), changes, self.info.stamps_as)

    def recount(self, cls: type[Record], record_id: str, /, **changes: Any) -> None:
        """Write what this device counts anew each time: it replaces every earlier count of this device, also one that a
        store put back to an older state has forgotten.
        """
        self._write(cls, record_id, changes, self.info.device)

    def _write(self, cls: type[Record], record_id: str, changes: Mapping[str, Any], author: str) -> str:
        record_type = type_of(cls)
        self._check_erased(record_type, record_id, changes)
        stamp = Stamp(self._known_of_us(record_type.name, record_id, author) + 1, author)
        home = self.records.home(record_type.name, record_id)
        self._check_owner(record_type, changes, home)
        changed = self.records.write(record_type.name, record_id, changes, stamp, home or self.info.code)
        if changed:
            self.info = info.set_counter(self.connection, self.info, stamp.counter)
            self._journal("change" if home else "create", record_type.name, record_id, changed)
        return record_id

    def _known_of_us(self, type_name: str, record_id: str, author: str) -> int:
        """Our counter, or what others know of us in this record if that is more: a lower stamp would be lost."""
        state = self.records.state(type_name, record_id)
        known = (field.context.get(author, 0) for field in state.fields.values()) if state else ()
        return max(self.info.counter, *known, 0)

    def _check_erased(self, record_type: RecordType, record_id: str, changes: Mapping[str, Any]) -> None:
        """What was erased for good does not come back, nor does anything new about it."""
        linked = [(link.target, changes.get(link.name)) for link in record_type.links]
        for type_name, known in ((record_type.name, record_id), *linked):
            if isinstance(known, str) and known.isascii() and is_erased(self.connection, type_name, known):
                raise RecordErased(type=type_name)

    def _check_owner(self, record_type: RecordType, changes: Mapping[str, Any], home: str | None) -> None:
        """What one side owns the other does not write: answers are the PPT's, a village's record is the village's."""
        is_ours = home in {None, self.info.code}
        for name in changes:
            field = record_type.fields.get(name)
            if field is not None and field.owner is not self.info.side and (field.owner is Side.PPT or not is_ours):
                raise FieldOwnedElsewhere(field=name)

    def take_in(self, state: RecordState, home: str) -> None:
        """Put a merged record in the place of the one known so far, and journal what it changes on the screen. One that
        was erased here stays so, and text that was put away as well.
        """
        record_type, state = RECORD_TYPES[state.type], absorbed(state)
        previous = self.records.state(state.type, state.id)
        if previous == state or is_erased(self.connection, state.type, state.id):
            return
        self.merging(previous, state, home)
        self.records.put_state(state, previous, home)
        changed: dict[str, tuple[Value, Value]] = {}
        for key, field in state.fields.items():
            old = previous.fields.get(key) if previous else None
            spec = record_type.field_of(key)
            if old != field:
                changed[key] = (shown(spec, old) if old else None, shown(spec, field))
        counters = (counter for field in state.fields.values() for counter in field.context.values())
        seen = min(max(counters, default=0), self.info.counter + _CATCH_UP)
        self.info = info.set_counter(self.connection, self.info, seen)
        self._journal("merge", state.type, state.id, changed)

    def take_back(self, present: RecordState, before: RecordState | None, home: str) -> None:
        """Make a record again what it was before a merge, none if it was not there; journals what that changes on the
        screen. Raises CaseKeyNeeded.
        """
        spec_of = RECORD_TYPES[present.type].field_of
        earlier = before.fields if before else {}
        put_back(self.connection, self.records, present, before, home)
        changed: dict[str, tuple[Value, Value]] = {}
        for key in {*present.fields, *earlier}:
            now, then = present.fields.get(key), earlier.get(key)
            if now != then:
                changed[key] = (shown(spec_of(key), now) if now else None, shown(spec_of(key), then) if then else None)
        self._journal(TAKEN_BACK, present.type, present.id, changed)

    def clear(self, present: RecordState, left: RecordState, home: str, action: str) -> None:
        """Leave that much of a record, and nothing of the rest anywhere in this store but its backups: the journal
        loses what it told of the record, and tells anew under `action` what is left. Raises CaseKeyNeeded.
        """
        put_back(self.connection, self.records, present, left, home)
        self.cleared.add((present.type, present.id))
        clearing.forget(self.connection, present, only_sealed=action == clearing.PUT_AWAY)
        spec_of = RECORD_TYPES[present.type].field_of
        stays = {key: (None, shown(spec_of(key), field)) for key, field in left.fields.items() if field.values}
        self._journal(action, present.type, present.id, stays)

    @contextmanager
    def tried(self) -> Iterator[None]:
        """What is written inside the block is seen inside it, and undone at its end."""
        savepoint, before = self.connection.begin_nested(), self.info
        try:
            yield
        except BaseException:
            with suppress(DatabaseError):  # a full disk has undone the savepoint already; its error is the one to tell
                savepoint.rollback()
            raise
        else:
            savepoint.rollback()
        finally:
            self.info = before

    def note(self, action: str, type_name: str, record_id: str, reason: str, *, sealed: bool = False) -> None:
        """Journal something that was done and changed no record, with its reason, `sealed` if that may be case text."""
        entry = journal.Entry(
            self.info.device, self.now, self.volunteer, action, type_name, record_id, self.info.counter
        )
        said: journal.Changes = {"reason": (None, reason)}
        journal.append(self.connection, self.sealer, entry, {} if sealed else said, said if sealed else {})

    def _journal(self, action: str, type_name: str, record_id: str, changed: Mapping[str, tuple[Value, Value]]) -> None:
        record_type = RECORD_TYPES[type_name]

        def is_sealed(key: str) -> bool:
            field = record_type.field_of(key)
            return record_type.sealed if field is None else field.sealed

        entry = journal.Entry(
            self.info.device, self.now, self.volunteer, action, type_name, record_id, self.info.counter
        )
        sealed = {key: pair for key, pair in changed.items() if is_sealed(key)}
        journal.append(
            self.connection,
            self.sealer,
            entry,
            {key: pair for key, pair in changed.items() if key not in sealed},
            sealed,
        )


class Store:
    """An unlocked store. Close it, and end the process, to lock.

    `findings` is what unlocking found out and the desk has to say: `mark.RESTORED`, `mark.ERASED_AGAIN`,
    `rotation.FINISHED`, `upgrading.UPGRADED`; until somebody has understood it: `mark.OLDER_STATE`,
    `rotation.BACKUPS_LEFT`.
    `mark` notes outside what the store has reached (`store.mark`): after bundles, and when it closes.
    `hurried` is set while somebody wants to lock or wipe: a backup then gives way.
    """

    def __init__(
        self,
        folder: Path,
        engine: Engine,
        keys: Keys,
        clock: Callable[[], datetime],
        closing: ExitStack | None = None,
    ) -> None:
        """`closing` is what `close` undoes, the last first."""
        self.folder = folder
        self.keys = keys
        self.findings: list[str] = []
        self.hurried = False
        self.mark: Callable[[], None] = lambda: None
        self.closing = closing or ExitStack()
        self._engine = engine
        self._clock = clock
        self.closing.callback(self._let_go)

    @contextmanager
    def work(self) -> Iterator[Work]:
        """One transaction; commits at the end of the block, undoes everything if it raises. Raises StoreFull etc."""
        with named_errors(), self._engine.begin() as connection:
            yield Work(connection, self.keys, self._clock(), self.folder)

    @contextmanager
    def bare(self) -> Iterator[Any]:
        """The driver's own connection, outside of any transaction: to look at pages, compact, or empty the WAL."""
        raw = self._engine.raw_connection()
        try:
            with named_errors():
                yield raw.driver_connection
        finally:
            raw.close()

    def reconnect(self, again: Callable[[], Engine]) -> None:
        """Let go of the database and open it anew, as when its key has changed."""
        self._let_go()
        self._engine = again()

    def close(self) -> None:
        self.closing.close()

    def _let_go(self) -> None:
        self._engine.dispose()
