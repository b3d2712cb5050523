# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether a store is whole and unchanged: pages, structure, links, journal, stamps and every value (design 3).

First the file (`check_pages`). Then the journal: each device's chain holds, and goes as far as the mark outside the
store says. Then each record against the journal: the value that is shown is the last one that was journalled, no stamp
is ahead of our counter, no journalled change is missing from the history; of an erased record nothing is left. Sealed
values are opened too, with the case key; without it only that they were not taken away is known.

A page put back from an older copy bears a valid seal, and shows as a value, a stamp or a row of which the journal says
otherwise, or which its index does not know. Unseen goes a draft that is put back, and an older confirmation (the
record is sent again). A chain that somebody with the store's key wrote anew is known by the mark alone.

Nothing is repaired here but the search index, which is made anew from the people: for the rest there are backups.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from sqlalchemy import func, literal_column, select
from sqlalchemy.exc import DatabaseError

from trafficwatch.models.exchange import FieldState, RecordState, canonical
from trafficwatch.models.fields import RecordType, Shape, Value
from trafficwatch.models.history import shown
from trafficwatch.models.history_code import unpack
from trafficwatch.models.record_types import RECORD_TYPES
from trafficwatch.models.tables import RECORD_TABLES, local
from trafficwatch.store import clearing, erasure, journal
from trafficwatch.store.check_exchange import of_exchange
from trafficwatch.store.check_pages import (
    Finding,
    find_unreadable,
    look_at_pages,
    look_at_search,
    look_at_structure,
    no_false_alarm,
)
from trafficwatch.store.connection import StoreDamaged
from trafficwatch.store.records import Records
from trafficwatch.store.reverting import TAKEN_BACK
from trafficwatch.store.sealing import SealedValueDamaged, Sealer
from trafficwatch.store.work import Store, Work

_CHANGES = frozenset({"create", "change", "merge", TAKEN_BACK, *clearing.CLEARED})
_OWN_CHANGES = frozenset({"create", "change"})
_SPOILT = (ValueError, KeyError, TypeError, AttributeError, IndexError)
"""What reading a history raises that is not one."""

Mark = tuple[int, str]
"""A row of our own chain and its link in hex, as noted outside the store."""


@dataclass(frozen=True, slots=True)
class Report:
    """What was looked at and what was found. `sealed` is whether case text was opened; `complete` is False when pages
    could not be read, and records therefore not held against the journal.
    """

    findings: tuple[Finding, ...]
    pages: int
    records: int
    entries: int
    sealed: bool
    complete: bool

    @property
    def ok(self) -> bool:
        return not self.findings


@dataclass(frozen=True, slots=True)
class _Told:
    """What the journal tells of one record: the last value of each wire key, the counter of our last change, and
    whether content was taken out of any row.
    """

    values: dict[str, Value]
    counter: int
    emptied: bool


def check(store: Store, mark: Mark | None = None) -> Report:
    """Look at everything; changes nothing but that the log is written into the file, and the search index is made anew
    if it disagrees with the people. Raises CheckNotPossible.
    """
    with no_false_alarm():
        return _check(store, mark)


def _check(store: Store, mark: Mark | None) -> Report:
    pages, findings = look_at_pages(store)
    if findings:
        return Report(tuple(findings + find_unreadable(store)), pages, 0, 0, sealed=False, complete=False)
    try:
        findings += look_at_structure(store)
        findings += look_at_search(store)
        with store.work() as work:
            findings += _of_journal(work, mark)
            findings += _of_records(work)
            findings += of_exchange(work)
            records, entries = _count(work, local.record_state), _count(work, local.journal)
            sealed = work.sealer.able
    except (StoreDamaged, DatabaseError):  # every page bears its seal, and they do not belong together
        findings += [Finding("file_unreadable"), *find_unreadable(store)]
        return Report(_once(findings), pages, 0, 0, sealed=False, complete=False)
    return Report(_once(findings), pages, records, entries, sealed=sealed, complete=True)


def _once(findings: list[Finding]) -> tuple[Finding, ...]:
    return tuple({(found.key, canonical(found.where)): found for found in findings}.values())


def _count(work: Work, table: Any) -> int:
    return int(work.connection.execute(select(func.count()).select_from(table)).scalar_one())


# -- the journal -------------------------------------------------------------------------------------------------------


def _of_journal(work: Work, mark: Mark | None) -> Iterator[Finding]:
    table = local.journal
    for device in work.connection.execute(select(table.c.device).distinct()).scalars().all():
        broken = journal.broken_at(work.connection, work.sealer, device)
        if broken is not None:
            yield Finding("chain", {"device": device, "sequence": broken})
    if mark is not None:
        here = (table.c.device == work.info.device, table.c.sequence == mark[0])
        link = work.connection.execute(select(table.c.link).where(*here)).scalar_one_or_none()
        if link is None and mark[0]:
            yield Finding("behind_mark", {"sequence": mark[0]})
        elif link is not None and bytes(link).hex() != mark[1]:
            yield Finding("chain_rewritten", {"sequence": mark[0]})
    highest = work.connection.execute(select(func.max(table.c.counter))).scalar_one() or 0
    if highest > work.info.counter:
        yield Finding("counter_behind", {"counter": work.info.counter})


# -- the records -------------------------------------------------------------------------------------------------------


def _of_records(work: Work) -> Iterator[Finding]:
    gone = {(row.type, row.id) for row in work.connection.execute(select(local.erasure))}
    for record_type in RECORD_TYPES.values():
        yield from _without_half(work, record_type.name)
        yield from _without_difference(work, record_type.name)
        entries = _entries(work, record_type)
        told_id, told = next(entries, ("", None))
        for record_id, state in _states(work, record_type.name):
            while told is not None and told_id < record_id:
                yield Finding("record_missing", {"type": record_type.name, "id": told_id})
                told_id, told = next(entries, ("", None))
            is_told = told is not None and told_id == record_id
            if (record_type.name, record_id) in gone:
                yield from _of_erased(work, record_type, record_id)
            else:
                yield from _of_record(work, record_type, record_id, state, told if is_told else None)
            if is_told:
                told_id, told = next(entries, ("", None))
        while told is not None:
            yield Finding("record_missing", {"type": record_type.name, "id": told_id})
            told_id, told = next(entries, ("", None))


def _without_half(work: Work, type_name: str) -> Iterator[Finding]:
    """Rows without a history, and histories without a row."""
    table, kept = RECORD_TABLES[type_name], local.record_state
    histories = select(kept.c.id).where(kept.c.type == type_name)
    rows = select(table.c.id)
    for query in (
        rows.where(table.c.id.not_in(histories)),
        histories.where(kept.c.id.not_in(rows)),
    ):
        for record_id in work.connection.execute(query).scalars():
            yield Finding("record_halved", {"type": type_name, "id": record_id})


def _without_difference(work: Work, type_name: str) -> Iterator[Finding]:
    """Records of which not as many values stand beside the shown ones as their history says."""
    kept, beside = local.record_state, local.difference
    counted = select(func.count()).where(beside.c.type == kept.c.type, beside.c.id == kept.c.id).scalar_subquery()
    said = func.coalesce(func.json_extract(kept.c.history, "$.beside"), 0)
    query = select(kept.c.id).where(kept.c.type == type_name, func.json_valid(kept.c.history) == 1, said != counted)
    for record_id in work.connection.execute(query).scalars():
        yield Finding("difference", {"type": type_name, "id": record_id})


def _entries(work: Work, record_type: RecordType) -> Iterator[tuple[str, _Told | None]]:
    """What the journal tells of each record of a type, in id order; nothing of one that is gone with its import."""
    table = local.journal
    query = (
        select(table)
        .where(table.c.type == record_type.name)
        .order_by(table.c.id, literal_column("journal.rowid"))
        .execution_options(yield_per=500)
    )
    for record_id, rows in groupby(work.connection.execute(query), lambda row: str(row.id)):
        values: dict[str, Value] = {}
        counter, emptied, last = 0, False, ""
        for row in rows:
            last = row.action if row.action in _CHANGES else last
            if row.changes is None:
                emptied = True
                continue
            if row.action in clearing.CLEARED:  # tells anew all that was left then
                emptied = False
            if row.action not in _CHANGES:
                continue
            if row.action in _OWN_CHANGES and (work.sealer.able or row.sealed is None):
                counter = max(counter, row.counter)
            values |= {key: pair[1] for key, pair in _changes(work, row).items()}
        if last == TAKEN_BACK and not any(value is not None for value in values.values()):
            continue
        yield record_id, _Told(values, counter, emptied)


def _changes(work: Work, row: Any) -> dict[str, list[Value]]:
    """Old and new values of a row; what is no journal any more is the chain's finding."""
    try:
        found: dict[str, list[Value]] = json.loads(row.changes)
        if row.sealed is not None and work.sealer.able:
            opened: Any = work.sealer.open(row.type, row.id, journal.place(row.device, row.sequence), row.sealed)
            found |= opened["changes"]
    except (SealedValueDamaged, *_SPOILT):
        return {}
    return found


def _states(work: Work, type_name: str) -> Iterator[tuple[str, RecordState | None]]:
    """The open part of every history of a type in id order, None for one that is none."""
    records, last = Records(work.connection, Sealer(None)), ""
    try:
        for state in records.each_state(type_name):
            yield state.id, state
            last = state.id
    except _SPOILT:
        kept = local.record_state
        rest = select(kept.c.id).where(kept.c.type == type_name, kept.c.id > last).order_by(kept.c.id)
        for record_id in work.connection.execute(rest).scalars().all():
            try:
                yield record_id, records.state(type_name, record_id)
            except _SPOILT:
                yield record_id, None


def _of_record(
    work: Work, record_type: RecordType, record_id: str, state: RecordState | None, told: _Told | None
) -> Iterator[Finding]:
    where: dict[str, Any] = {"type": record_type.name, "id": record_id}
    if state is None:
        yield Finding("history", where)
        return
    if told is None:
        yield Finding("not_journalled", {**where, "field": ""})
        return
    if told.emptied:
        yield Finding("emptied", where)
        return
    fields = dict(state.fields)
    if record_type.sealed and work.sealer.able:
        sealed = _sealed_fields(work, record_type, record_id)
        if sealed is None:
            yield Finding("sealed", {**where, "field": ""})
            return
        fields |= sealed
        yield from _of_sealed_columns(work, record_type, record_id, sealed)
        if record_type.name == "attachment":
            yield from _of_file(work, record_id, fields)
    yield from _of_values(work, record_type, where, fields, told)


def _of_values(
    work: Work, record_type: RecordType, where: dict[str, Any], fields: dict[str, FieldState], told: _Told
) -> Iterator[Finding]:
    """What is shown is what was journalled last; nothing is ahead of us, and no change of ours is missing."""
    actual = {key: shown(record_type.field_of(key), state) for key, state in fields.items()}
    for key in sorted(told.values.keys() | actual.keys()):
        value = actual.get(key)
        if key not in told.values:
            if value is not None:
                yield Finding("not_journalled", {**where, "field": _name(key)})
        elif canonical(value) != canonical(told.values[key]):
            yield Finding("value", {**where, "field": _name(key)})
    ours = {work.info.device, work.info.stamps_as}
    counters = [(author, counter) for state in fields.values() for author, counter in state.context.items()]
    if any(author in ours and counter > work.info.counter for author, counter in counters):
        yield Finding("stamp_ahead", where)
    if max((counter for _, counter in counters), default=0) < told.counter:
        yield Finding("history", where)


def _of_erased(work: Work, record_type: RecordType, record_id: str) -> Iterator[Finding]:
    """Of an erased record there is a tombstone, and no content in the journal."""
    table, kept, entries = RECORD_TABLES[record_type.name], local.record_state, local.journal
    row = work.connection.execute(select(table).where(table.c.id == record_id)).mappings().one_or_none()
    left = {name for name, value in row.items() if value is not None} if row is not None else set()
    allowed = {"id", "deleted", *erasure.tombstone_links(record_type.name)}
    here = (kept.c.type == record_type.name, kept.c.id == record_id)
    state = work.connection.execute(select(kept.c.sealed, kept.c.unknown).where(*here)).one()
    there = (entries.c.type == record_type.name, entries.c.id == record_id, entries.c.action.in_(_CHANGES))
    told = select(func.count()).where(*there, entries.c.changes.is_not(None) | entries.c.sealed.is_not(None))
    if left - allowed or tuple(state) != (None, None) or work.connection.execute(told).scalar_one():
        yield Finding("erased_is_back", {"type": record_type.name, "id": record_id})


# -- what is sealed ----------------------------------------------------------------------------------------------------


def _sealed_fields(work: Work, record_type: RecordType, record_id: str) -> dict[str, FieldState] | None:
    """The sealed part of a history; None if it does not open."""
    kept = local.record_state
    here = (kept.c.type == record_type.name, kept.c.id == record_id)
    sealed = work.connection.execute(select(kept.c.sealed).where(*here)).scalar_one()
    if sealed is None:
        return {}
    try:
        packed: Any = work.sealer.open(record_type.name, record_id, "state", sealed)
        return unpack(packed)
    except (SealedValueDamaged, *_SPOILT):
        return None


def _of_sealed_columns(
    work: Work, record_type: RecordType, record_id: str, fields: dict[str, FieldState]
) -> Iterator[Finding]:
    """The sealed columns of a row say what its history says."""
    table = RECORD_TABLES[record_type.name]
    sealed = [field for field in record_type.fields.values() if field.sealed]
    row = work.connection.execute(select(*(table.c[field.name] for field in sealed)).where(table.c.id == record_id))
    for field, value in zip(sealed, row.one_or_none() or (), strict=False):
        standing = {key: state for key, state in fields.items() if _name(key) == field.name and state.values}
        expected = {key: shown(field, state) for key, state in standing.items()}
        if field.shape is Shape.ELEMENTS:
            known: Value = {key.partition("/")[2]: part for key, part in expected.items()}
        else:
            known = expected.get(field.name)
        try:
            opened = None if value is None else work.sealer.open(record_type.name, record_id, field.name, value)
        except (SealedValueDamaged, ValueError):
            yield Finding("sealed", {"type": record_type.name, "id": record_id, "field": field.name})
            continue
        if canonical(None if opened == {} else opened) != canonical(None if known == {} else known):
            yield Finding("value", {"type": record_type.name, "id": record_id, "field": field.name})


def _of_file(work: Work, record_id: str, fields: dict[str, FieldState]) -> Iterator[Finding]:
    """The file of an attachment is there, opens, and is the one that was added; unless it was cleared away."""
    table = local.attachment_content
    sealed = work.connection.execute(select(table.c.content).where(table.c.id == record_id)).scalar_one_or_none()
    added = shown(None, fields["sha256"]) if "sha256" in fields else None
    if sealed is None and added is None:
        return
    try:
        content = work.sealer.open_bytes("attachment", record_id, "content", sealed) if sealed else None
    except SealedValueDamaged:
        content = None
    if content is None or hashlib.sha256(content).hexdigest() != added:
        yield Finding("file", {"type": "attachment", "id": record_id})


def _name(key: str) -> str:
    """The field of a wire key; what an element is called may be personal."""
    return key.partition("/")[0]
