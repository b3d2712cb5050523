# SPDX-License-Identifier: GPL-3.0-or-later
"""Undoing the import of a bundle, until something else builds on it.

Before a bundle changes a record, the record's whole state is kept, sealed. Undoing puts every record back to it if the
present one is still exactly what the import made, and nothing links to what came with it; else it is refused and says
what builds on it. The content is not lost, for the sender may have put its text away after our receipt: it goes into
quarantine, from where it can be taken in again, to the same state as before. Receipts that were given stay true.

Kept are the states of the last 20 imports, for 30 days, together no more than 20 MB; the newest import's always.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, delete, func, insert, literal_column, select, update

from trafficwatch.errors import BundleError, InputError
from trafficwatch.models.exchange import RecordState, canonical
from trafficwatch.models.fields import Field
from trafficwatch.models.history_code import pack, unpack
from trafficwatch.models.record_types import RECORD_TYPES
from trafficwatch.models.tables import RECORD_TABLES, local
from trafficwatch.store.erasure import CoordinatorNeeded, may_erase
from trafficwatch.store.sealing import CaseKeyNeeded
from trafficwatch.store.work import Store, Work
from trafficwatch.sync import wire
from trafficwatch.sync.setting_aside import targets

KEPT, DAYS, BYTES = 20, 30, 20_000_000
UNDONE = "undone"
"""Why a record is in quarantine whose import was undone."""

_BEFORE, _IN = local.before_import, local.bundle_in
_Key = tuple[str, str]


class UndoNotPossible(InputError):
    """What was before this bundle is not known any more, or it was undone already."""

    key = "undo_not_possible"
    catalogue = "errors_import"


class ImportBuiltOn(BundleError):
    """Something builds on what the bundle brought; `obstacles` says what, parameter `count` how much."""

    key = "import_built_on"
    catalogue = "errors_import"

    def __init__(self, obstacles: Sequence[Obstacle]) -> None:
        super().__init__(count=sum(each.count for each in obstacles))
        self.obstacles = tuple(obstacles)


class ReasonNeeded(InputError):
    """What is decided here asks for a reason."""

    key = "reason_needed"
    catalogue = "errors_import"


@dataclass(frozen=True, slots=True)
class Obstacle:
    """What builds on an import: `changed` records that it brought, records that are `linked` to them, records `sent` on
    since, or a `draft` about them; of which type, and how many.
    """

    why: str
    type: str
    count: int


@dataclass(frozen=True, slots=True)
class Undone:
    """So many records were put back, and what the bundle had brought is set aside."""

    bundle: str
    records: int


@dataclass(frozen=True, slots=True)
class _Kept:
    """What is kept of one record: as it was (None: not there), its home then, what the import made of it, and by which
    bundle it had gone to whom.
    """

    key: _Key
    before: RecordState | None
    home: str
    after: str
    sent: Mapping[str, str]


# -- keeping -----------------------------------------------------------------------------------------------------------


@contextmanager
def noting(work: Work, bundle: str) -> Iterator[None]:
    """Keep what every record was that is merged inside the block. Without the case key nothing is kept: what is sealed
    is not seen.
    """
    if not work.sealer.able:
        yield
        return
    kept: dict[_Key, _Kept] = {}

    def note(previous: RecordState | None, state: RecordState, home: str) -> None:
        key = (state.type, state.id)
        first = kept.get(key)
        if first is None:
            was_home = work.records.home(*key) or home
            kept[key] = _Kept(key, previous, was_home, digest(state), _sent(work, key))
        else:
            kept[key] = _Kept(key, first.before, first.home, digest(state), first.sent)

    outer, work.merging = work.merging, note
    try:
        yield
    finally:
        work.merging = outer
    if work.cleared & kept.keys():  # nothing may be kept of what was taken out
        return
    known = {(row.type, row.id) for row in _rows(work, bundle)} if kept else set()
    if known & kept.keys():  # a record set aside came late upon one that the bundle had changed: no longer one step
        work.connection.execute(delete(_BEFORE).where(_BEFORE.c.bundle == bundle))
        return
    values = [
        {"bundle": bundle, "type": each.key[0], "id": each.key[1], "state": _seal(work, bundle, each)}
        for each in kept.values()
    ]
    if values:
        work.connection.execute(insert(_BEFORE), values)


def digest(state: RecordState) -> str:
    """A hash of a record with its whole history."""
    return hashlib.sha256(canonical(pack(state.fields)).encode()).hexdigest()


def forget(work: Work, type_name: str, record_id: str) -> None:
    """Keep nothing of a record any more: its text was put away. The imports that changed it can't be undone."""
    here = select(_BEFORE.c.bundle).where(_BEFORE.c.type == type_name, _BEFORE.c.id == record_id)
    work.connection.execute(delete(_BEFORE).where(_BEFORE.c.bundle.in_(here)))


def purge(work: Work) -> None:
    """Keep no more than there is room and reason for, the newest imports first."""
    size = func.sum(func.length(literal_column("before_import.state")))
    query = (
        select(_IN.c.bundle, _IN.c.received_at, size.label("size"))
        .join(_BEFORE, _BEFORE.c.bundle == _IN.c.bundle)
        .group_by(_IN.c.bundle)
        .order_by(literal_column("bundle_in.rowid").desc())
    )
    oldest = (datetime.fromisoformat(work.now) - timedelta(days=DAYS)).isoformat(timespec="seconds")
    total = 0
    for position, row in enumerate(work.connection.execute(query).all()):
        total += row.size or 0
        if position and (position >= KEPT or total > BYTES or row.received_at < oldest):
            work.connection.execute(delete(_BEFORE).where(_BEFORE.c.bundle == row.bundle))


# -- undoing -----------------------------------------------------------------------------------------------------------


def undoable(work: Work) -> frozenset[str]:
    """The bundles of which it is known what was before; whether anything builds on them only `obstacles` tells."""
    return frozenset(work.connection.execute(select(_BEFORE.c.bundle).distinct()).scalars())


def obstacles(work: Work, bundle: str) -> tuple[Obstacle, ...]:
    """What builds on an import; raises UndoNotPossible or CaseKeyNeeded."""
    return _obstacles(work, _kept(work, bundle))


def undo(store: Store, bundle: str, reason: str) -> Undone:
    """Undo the import of a bundle. Raises ImportBuiltOn, UndoNotPossible, CaseKeyNeeded, CoordinatorNeeded."""
    with store.work() as work:
        done = undo_in(work, bundle, reason)
    store.mark()
    return done


def undo_in(work: Work, bundle: str, reason: str) -> Undone:
    """The same in a transaction of the caller."""
    if not may_erase(work):
        raise CoordinatorNeeded
    if not reason.strip():
        raise ReasonNeeded
    kept = _kept(work, bundle)
    if found := _obstacles(work, kept):
        raise ImportBuiltOn(found)
    order = {name: position for position, name in enumerate(RECORD_TYPES)}
    back = sorted(kept, key=lambda each: (each.before is None, -order[each.key[0]]))
    lowest = select(func.min(local.quarantine.c.line)).where(local.quarantine.c.bundle == bundle)
    line = min(work.connection.execute(lowest).scalar_one() or 0, 0)
    sender = work.connection.execute(select(_IN.c.sender).where(_IN.c.bundle == bundle)).scalar_one()
    for each in back:
        present = _present(work, each)
        home = work.records.home(*each.key) or each.home
        line -= 1
        content = work.sealer.seal("quarantine", sender, f"{bundle}/{line}", wire.encode_record(present, home))
        values = {"sender": sender, "bundle": bundle, "line": line, "type": each.key[0], "id": each.key[1]}
        work.connection.execute(insert(local.quarantine).values(**values, reason=UNDONE, content=content))
        work.take_back(present, each.before, each.home)
    work.connection.execute(delete(_BEFORE).where(_BEFORE.c.bundle == bundle))
    work.connection.execute(update(_IN).where(_IN.c.bundle == bundle).values(undone_at=work.now))
    work.note("undo_import", "bundle", bundle, reason, sealed=True)
    return Undone(bundle, len(back))


def _obstacles(work: Work, kept: Sequence[_Kept]) -> tuple[Obstacle, ...]:
    found: Counter[tuple[str, str]] = Counter()
    for each in kept:
        state = work.records.state(*each.key)
        if state is None or digest(state) != each.after:
            found["changed", each.key[0]] += 1
        elif _sent(work, each.key) != each.sent:
            found["sent", each.key[0]] += 1
    created: dict[str, set[str]] = {}
    for each in kept:
        if each.before is None:
            created.setdefault(each.key[0], set()).add(each.key[1])
    own = {each.key for each in kept}
    for name, record_type in RECORD_TYPES.items():
        linked: set[str] = set()
        for link in record_type.links:
            if link.target in created:
                linked |= set(_linked(work, name, link, created[link.target]))
        if count := sum((name, each) not in own for each in linked):
            found["linked", name] += count
    subjects = work.connection.execute(select(local.draft.c.subject)).scalars().all()
    for name, ids in created.items():
        if count := sum(subject in ids for subject in subjects):
            found["draft", name] += count
    return tuple(Obstacle(why, name, count) for (why, name), count in sorted(found.items()))


def _linked(work: Work, name: str, link: Field, ids: set[str]) -> Iterator[str]:
    """The records of a type that point to one of these, also by a value that stands beside the shown one."""
    if link.sealed:
        for state in work.records.each_state(name):
            if not ids.isdisjoint(targets(state, link.name)):
                yield state.id
        return
    table, beside = RECORD_TABLES[name], local.difference
    for found, target in work.connection.execute(select(table.c.id, table.c[link.name])):
        if target in ids:
            yield found
    query = select(beside.c.id, beside.c.value).where(beside.c.type == name, beside.c.key == link.name)
    for found, value in work.connection.execute(query):
        if json.loads(value) in ids:
            yield found


def _present(work: Work, each: _Kept) -> RecordState:
    state = work.records.state(*each.key)
    if state is None:
        raise UndoNotPossible
    return state


# -- rows --------------------------------------------------------------------------------------------------------------


def _kept(work: Work, bundle: str) -> list[_Kept]:
    if not work.sealer.able:
        raise CaseKeyNeeded
    found = [_open(work, row) for row in _rows(work, bundle)]
    if not found:
        raise UndoNotPossible
    return found


def _rows(work: Work, bundle: str) -> Sequence[Row[Any]]:
    return work.connection.execute(select(_BEFORE).where(_BEFORE.c.bundle == bundle)).all()


def _seal(work: Work, bundle: str, each: _Kept) -> Any:
    content: dict[str, Any] = {"home": each.home, "after": each.after, "sent": dict(each.sent)}
    if each.before is not None:
        content["before"] = pack(each.before.fields)
    return work.sealer.seal("before_import", bundle, f"{each.key[0]}/{each.key[1]}", content)


def _open(work: Work, row: Row[Any]) -> _Kept:
    found: Any = work.sealer.open("before_import", row.bundle, f"{row.type}/{row.id}", row.state)
    before = RecordState(row.type, row.id, unpack(found["before"])) if "before" in found else None
    return _Kept((row.type, row.id), before, found["home"], found["after"], found["sent"])


def _sent(work: Work, key: _Key) -> dict[str, str]:
    """By which bundle a record went to whom last."""
    table = local.delivery
    query = select(table.c.recipient, table.c.bundle).where(table.c.type == key[0], table.c.id == key[1])
    return {row.recipient: row.bundle for row in work.connection.execute(query) if row.bundle}
