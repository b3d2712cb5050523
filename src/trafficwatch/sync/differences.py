# SPDX-License-Identifier: GPL-3.0-or-later
"""Differences: values that were written without having seen each other, shown side by side until a person settles them.

Settling writes one value, one of these or a third, that has seen all of them: it travels like every change and ends the
difference at the other desk. What the village records the village settles, and the PPT what it records. A protective
value (withdrawn consent, a ban on contact, higher risk, a deletion) counts meanwhile and yields only with a reason.

What is sealed is looked into only for who may read cases; the others see no difference in a record of a case.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, func, literal_column, select

from trafficwatch.errors import InputError
from trafficwatch.models.exchange import FieldState, RecordState, Stamp, canonical
from trafficwatch.models.fields import Field, Leaving, RecordType, Side, Value
from trafficwatch.models.history import candidates, shown
from trafficwatch.models.record_types import RECORD_TYPES
from trafficwatch.models.tables import RECORD_TABLES, local
from trafficwatch.store import journal
from trafficwatch.store.sealing import CaseKeyNeeded, SealedValueDamaged
from trafficwatch.store.training import may_read_cases, require_reading
from trafficwatch.store.work import FieldOwnedElsewhere, Work
from trafficwatch.sync.undoing import ReasonNeeded
from trafficwatch.village.audit import names_of
from trafficwatch.village.audit_words import change_words

NEWER = "newer"
"""Who settles a field that this program does not know: nobody, until it is updated."""
_Key = tuple[str, str]


class DifferencesOpen(InputError):
    """A reporting period can't be closed while differences are open; parameter `count`."""

    key = "differences_open"
    catalogue = "errors_import"


class DifferenceGone(InputError):
    """The difference was settled meanwhile."""

    key = "difference_gone"
    catalogue = "errors_import"


@dataclass(frozen=True, slots=True)
class Standing:
    """One of the values. `words` is '' for nothing; `by` the volunteer who wrote it here, `office` whose device wrote
    it ('' this desk's), `at` when it was written here or came, `bundle` in which number of that office. `counts` tells
    that it is the one that is used meanwhile, `protects` that another one needs a reason.
    """

    value: Value
    words: str
    by: str
    office: str
    at: str
    bundle: int | None
    counts: bool
    protects: bool


@dataclass(frozen=True, slots=True)
class OpenDifference:
    """One field that more than one value stands in. `label` is the name of whom the record is about; `settles` says who
    can settle it: '' this desk, the name or code of the other, or NEWER.
    """

    type: str
    id: str
    key: str
    label: str
    field: str
    element: str
    settles: str
    values: tuple[Standing, ...]


def open_differences(work: Work, until: str | None = None) -> tuple[OpenDifference, ...]:
    """All that are open, those that can be settled here first; with `until` (an ISO day) only in records that were
    known by the end of that day.
    """
    found = [_difference(work, state, key) for state, key in _open(work, until)]
    return tuple(sorted(found, key=lambda each: (bool(each.settles), each.type, each.label, each.id, each.key)))


def count_open(work: Work) -> int:
    """How many are open, as far as who is at work may see them."""
    return sum(1 for _ in _open(work, None))


def require_settled(work: Work, until: str) -> None:
    """A reporting period ends on that day; raises DifferencesOpen, or CaseKeyNeeded for whom some are hidden."""
    if not may_read_cases(work):
        raise CaseKeyNeeded
    count = sum(1 for _ in _open(work, until))
    if count:
        raise DifferencesOpen(count=count)


def settle(work: Work, type_name: str, record_id: str, key: str, value: Value, reason: str = "") -> None:
    """Settle a difference with this value. Raises DifferenceGone, FieldOwnedElsewhere, ReasonNeeded, or what forbids
    the value.
    """
    record_type = RECORD_TYPES[type_name]
    if record_type.leaving is Leaving.CASE:
        require_reading(work)
    state, spec = work.records.state(type_name, record_id), record_type.field_of(key)
    field = state.fields.get(key) if state else None
    if field is None or not field.differs:
        raise DifferenceGone
    if spec is None or _settled_by(work, type_name, record_id, spec):
        raise FieldOwnedElsewhere(field=key.partition("/")[0])
    if _is_overruled(spec, field, value) and not reason.strip():
        raise ReasonNeeded
    name, slash, element = key.partition("/")
    change: dict[str, Any] = {name: {element: value} if slash else value}
    work.write(record_type.cls, record_id, **change)
    if reason.strip():
        work.note("settled", type_name, record_id, reason.strip(), sealed=record_type.sealed)


def field_of(found: OpenDifference) -> Field | None:
    """How the field is declared, None for one of a newer program."""
    return RECORD_TYPES[found.type].field_of(found.key)


def needs_reason(spec: Field | None, values: Iterable[Value], chosen: Value) -> bool:
    """Whether choosing this value makes a protective one of these yield."""
    standing = {Stamp(place, "standing"): frozenset({canonical(value)}) for place, value in enumerate(values, start=1)}
    return spec is not None and _is_overruled(spec, FieldState(standing, {}), chosen)


def _is_overruled(spec: Field, field: FieldState, value: Value) -> bool:
    """Whether a value would not be shown beside those that stand, however new: one of them protects more."""
    newest = Stamp(max((stamp.counter for stamp in field.values), default=0) + 1, "newest")
    beside = FieldState({**field.values, newest: frozenset({canonical(value)})}, {})
    return canonical(shown(spec, beside)) != canonical(value)


# -- finding -----------------------------------------------------------------------------------------------------------


def _open(work: Work, until: str | None) -> Iterator[tuple[RecordState, str]]:
    may_read = may_read_cases(work)
    for type_name, record_id in sorted(_records(work, sealed=may_read)):
        if RECORD_TYPES[type_name].leaving is Leaving.CASE and not may_read:
            continue
        state = work.records.state(type_name, record_id)
        keys = [key for key, field in state.fields.items() if field.differs] if state else []
        if state and keys and (until is None or _known_on(work, type_name, record_id) <= until):
            yield from ((state, key) for key in sorted(keys))


def _records(work: Work, *, sealed: bool) -> set[_Key]:
    """The records in which more than one value may stand somewhere."""
    beside, kept = local.difference, local.record_state
    found = {(row.type, row.id) for row in work.connection.execute(select(beside.c.type, beside.c.id).distinct())}
    newer = select(kept.c.type, kept.c.id).where(func.json_extract(kept.c.unknown, "$.others").is_not(None))
    found |= {(row.type, row.id) for row in work.connection.execute(newer)}
    if sealed:
        rows = work.connection.execute(select(kept.c.type, kept.c.id, kept.c.sealed).where(kept.c.sealed.is_not(None)))
        for row in rows:
            packed: Any = work.sealer.open(row.type, row.id, "state", row.sealed)
            if "others" in packed:
                found.add((row.type, row.id))
    return found


def _known_on(work: Work, type_name: str, record_id: str) -> str:
    """The day on which a record was first known here."""
    table = local.journal
    first = select(func.min(table.c.at)).where(table.c.type == type_name, table.c.id == record_id)
    at = work.connection.execute(first).scalar_one()
    return datetime.fromisoformat(at).astimezone().date().isoformat() if at else ""


def _settled_by(work: Work, type_name: str, record_id: str, spec: Field) -> str:
    """Who settles a field: '' this desk, else whose it is."""
    home = work.records.home(type_name, record_id) or work.info.code
    if spec.owner is Side.PPT:
        return "" if work.info.side is Side.PPT else "PPT"
    return "" if home == work.info.code else _office_of(work, local.peer.c.code == home) or home


def _office_of(work: Work, where: Any) -> str:
    table = local.peer
    return work.connection.execute(select(table.c.name).where(where).limit(1)).scalar_one_or_none() or ""


# -- who and when ------------------------------------------------------------------------------------------------------


def _difference(work: Work, state: RecordState, key: str) -> OpenDifference:
    record_type, field = RECORD_TYPES[state.type], state.fields[key]
    spec, standing = record_type.field_of(key), candidates(field)
    wrote = _Journal(work, state.type, state.id, key)
    names = names_of(work, [wrote], [{key.partition("/")[0]: [value for _, value in standing]}])
    used = canonical(shown(spec, field))
    values = tuple(
        _standing(work, record_type, key, stamp, value, names, wrote, is_used=canonical(value) == used)
        for stamp, value in standing
    )
    said = change_words(record_type, key, None, None, names)
    settles = NEWER if spec is None else _settled_by(work, state.type, state.id, spec)
    label = names.get((state.type, state.id), "")
    return OpenDifference(state.type, state.id, key, label, said.field, said.element, settles, values)


def _standing(
    work: Work,
    record_type: RecordType,
    key: str,
    stamp: Stamp,
    value: Value,
    names: Mapping[_Key, str],
    wrote: _Journal,
    *,
    is_used: bool,
) -> Standing:
    words = change_words(record_type, key, None, value, names).new
    protects = needs_reason(record_type.field_of(key), [value], None)
    own = wrote.here(stamp)
    if own is not None:
        return Standing(value, words, own.name or "", "", own.at, None, is_used, protects)
    sender = _sender(work, stamp.device)
    at, bundle = wrote.came(value, sender)
    office = _office_of(work, local.peer.c.device == sender) or sender
    return Standing(value, words, "", office, at, bundle, is_used, protects)


def _sender(work: Work, author: str) -> str:
    """The device that stamps as this author: itself, or as an epoch that it began."""
    table = local.bundle_in
    found = work.connection.execute(select(table.c.sender).where(table.c.epoch == author).limit(1)).scalar_one_or_none()
    return found or author


class _Journal:
    """What the journal tells of one field of one record."""

    def __init__(self, work: Work, type_name: str, record_id: str, key: str) -> None:
        self.type, self.id = type_name, record_id
        self._work, self._key = work, key
        table, volunteer = local.journal, RECORD_TABLES["volunteer"]
        query = (
            select(table, volunteer.c.name)
            .outerjoin(volunteer, volunteer.c.id == table.c.volunteer)
            .where(table.c.type == type_name, table.c.id == record_id, table.c.changes.is_not(None))
            .order_by(literal_column("journal.rowid"))
        )
        self._rows: Sequence[Row[Any]] = work.connection.execute(query).all()

    def here(self, stamp: Stamp) -> Row[Any] | None:
        """The row of the value with this stamp, if it was written at this desk."""
        own = {self._work.info.device, self._work.info.stamps_as}
        rows = (row for row in self._rows if row.action in {"create", "change"} and row.counter == stamp.counter)
        return next((row for row in rows if stamp.device in own or row.device == stamp.device), None)

    def came(self, value: Value, sender: str) -> tuple[str, int | None]:
        """When a value came, and with which number of the sender: with the change that first showed it, else with the
        last one that touched the field.
        """
        merges = [(row, self._pair(row)) for row in self._rows if row.action == "merge"]
        touched = [(row, pair) for row, pair in merges if pair is not None]
        showing = [row for row, pair in touched if canonical(pair[1]) == canonical(value)]
        row = showing[0] if showing else touched[-1][0] if touched else None
        return (row.at, self._bundle(row.at, sender)) if row is not None else ("", None)

    def _pair(self, row: Row[Any]) -> list[Value] | None:
        changes: dict[str, list[Value]] = json.loads(row.changes)
        if row.sealed is not None and self._work.sealer.able:
            place = journal.place(row.device, row.sequence)
            try:
                opened: Any = self._work.sealer.open(row.type, row.id, place, row.sealed)
            except SealedValueDamaged:
                return changes.get(self._key)
            changes |= opened["changes"]
        return changes.get(self._key)

    def _bundle(self, at: str, sender: str) -> int | None:
        """The number of the sender's bundle that was taken in then and held this record."""
        table = local.bundle_in
        query = select(table.c.number, table.c.results).where(table.c.sender == sender, table.c.received_at == at)
        rows = self._work.connection.execute(query).all()
        held = [row.number for row in rows if any(each[:2] == [self.type, self.id] for each in json.loads(row.results))]
        return held[-1] if held else None
