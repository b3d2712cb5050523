# SPDX-License-Identifier: GPL-3.0-or-later
"""Reading and writing shared records: row, history, differences and journal always change together.

Everything that a use case writes goes through `Records.write`, everything that a merge changes through
`Records.put_state`. Sealed fields are sealed on the way in and opened on the way out; without the case key they read as
absent and writing them raises CaseKeyNeeded. Values are checked against the record's declaration (`models.checks`).

Of sealed fields the whole state is one ciphertext beside the row: which answers were changed, or which service was
asked for, is case text too. Who lacks the case key reads and writes the open part alone.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from enum import Enum
from functools import cache
from typing import Any, TypeVar, cast

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Connection,
    Insert,
    Select,
    Update,
    bindparam,
    delete,
    func,
    insert,
    select,
    update,
)

from trafficwatch.errors import InputError
from trafficwatch.models.checks import check_value, flatten
from trafficwatch.models.exchange import FieldState, RecordState, Stamp, canonical
from trafficwatch.models.fields import Record, RecordType, Shape, Value
from trafficwatch.models.history import shown, written
from trafficwatch.models.history_code import pack, unpack
from trafficwatch.models.record_types import RECORD_TYPES
from trafficwatch.models.stub import check_here, is_away
from trafficwatch.models.tables import RECORD_TABLES, Ciphertext, local
from trafficwatch.store import search
from trafficwatch.store.sealing import Sealer

T = TypeVar("T", bound=Record)
_TYPE_OF: dict[type, RecordType] = {record_type.cls: record_type for record_type in RECORD_TYPES.values()}


def type_of(cls: type[Record]) -> RecordType:
    """The declared record type of a record class."""
    return _TYPE_OF[cls]


class RecordUnknown(InputError):
    """There is no such record; parameter `type`."""

    key = "record_unknown"


class FieldMissing(InputError):
    """A field without which the record makes no sense is empty; parameter `field`."""

    key = "field_missing"


class LinkMissing(InputError):
    """The record that a field points to does not exist; parameter `field`."""

    key = "link_missing"


class Records:
    """The shared records of one open transaction."""

    def __init__(self, connection: Connection, sealer: Sealer) -> None:
        self._connection = connection
        self._sealer = sealer
        self.index = search.Index(connection)

    # -- reading -------------------------------------------------------------------------------------------------

    def get(self, cls: type[T], record_id: str) -> T:
        """The record as a frozen value; raises RecordUnknown. Sealed fields are None without the case key."""
        record_type = _TYPE_OF[cls]
        found = self._connection.execute(_this(record_type.name), {"wanted": record_id}).one_or_none()
        if found is None:
            raise RecordUnknown(type=record_type.name)
        return cast("T", self._value(record_type, found._asdict()))

    def select(self, cls: type[T], *where: ColumnElement[bool], with_deleted: bool = False) -> list[T]:
        """All records of a type that fit, in the order in which they were last written; deleted ones when asked for."""
        record_type = _TYPE_OF[cls]
        table, state = RECORD_TABLES[record_type.name], local.record_state
        history = (state.c.type == record_type.name) & (state.c.id == table.c.id)
        query = select(table).join(state, history).where(*where).order_by(state.c.counter, table.c.id)
        if not with_deleted:
            query = query.where(table.c.deleted.is_(None))
        return [self._value(record_type, row._asdict()) for row in self._connection.execute(query)]

    def count(self, type_name: str) -> int:
        """How many records of a type there are, without the deleted ones."""
        table = RECORD_TABLES[type_name]
        return self._connection.execute(
            select(func.count()).select_from(table).where(table.c.deleted.is_(None))
        ).scalar_one()

    def values(self, type_name: str, name: str) -> list[Any]:
        """One open column, `id` or a field, of all records of a type but the deleted ones."""
        table = RECORD_TABLES[type_name]
        return list(self._connection.execute(select(table.c[name]).where(table.c.deleted.is_(None))).scalars())

    def exists(self, type_name: str, record_id: str) -> bool:
        return self._connection.execute(_this(type_name), {"wanted": record_id}).first() is not None

    def state(self, type_name: str, record_id: str) -> RecordState | None:
        """The record with its history, fields of newer versions included; None if there is none."""
        return next(self._states(type_name, record_id), None)

    def states(self, type_name: str) -> list[RecordState]:
        """All records of a type with their history, in id order."""
        return list(self._states(type_name))

    def each_state(self, type_name: str) -> Iterator[RecordState]:
        """The same one by one: to look at thousands and keep none takes half the time."""
        return self._states(type_name)

    def standing(self, type_name: str, name: str) -> dict[str, set[Any]]:
        """All values that stand for one open field, by record id: more than one where a difference is open."""
        table, beside = RECORD_TABLES[type_name], local.difference
        found = {known: {value} for known, value in self._connection.execute(select(table.c.id, table.c[name]))}
        query = select(beside.c.id, beside.c.value).where(beside.c.type == type_name, beside.c.key == name)
        for known, value in self._connection.execute(query):
            found[known].add(json.loads(value))
        return found

    def home(self, type_name: str, record_id: str) -> str | None:
        """The code of the village or PPT that a record belongs to; None for an unknown record."""
        return self._connection.execute(_HOME, {"of_type": type_name, "wanted": record_id}).scalar_one_or_none()

    # -- writing -------------------------------------------------------------------------------------------------

    def write(
        self, type_name: str, record_id: str, changes: Mapping[str, Value], stamp: Stamp, home: str
    ) -> dict[str, tuple[Value, Value]]:
        """Write fields of a new or known record; gives what really changed (wire key -> old, new).

        `changes` holds field values; for elements a map of element -> value (None removes). Equal values are left
        alone, so that saving a form twice changes nothing. Raises InputError subclasses before anything is written.
        """
        record_type = RECORD_TYPES[type_name]
        previous = self.state(type_name, record_id)
        fields = dict(previous.fields) if previous else {}
        changed: dict[str, tuple[Value, Value]] = {}
        for key, value in flatten(record_type, changes):
            field = record_type.fields[_name(key)]
            check_value(field, key, value)
            check_here(type_name, fields, key, value)
            old = shown(field, fields[key]) if key in fields else None
            if canonical(old) == canonical(value) and not (key in fields and fields[key].differs):
                continue
            fields[key] = written(fields.get(key), value, stamp)
            changed[key] = (old, value)
        for field in record_type.fields.values():
            is_hidden = is_away(fields, field.name) or (field.sealed and previous is not None and not self._sealer.able)
            is_there = field.name in fields and shown(field, fields[field.name]) is not None
            if field.required and not is_there and not is_hidden:
                raise FieldMissing(field=field.name)
        for link in record_type.links:
            _, target = changed.get(link.name, (None, None))
            if isinstance(target, str) and not self.exists(link.target, target):
                raise LinkMissing(field=link.name)
        if changed:
            self.put_state(RecordState(type_name, record_id, fields), previous, home)
        return changed

    def put_state(self, state: RecordState, previous: RecordState | None, home: str) -> None:
        """Make a record's row, history and differences say what `state` says.

        Without the case key only the open part is written; what is sealed stays as it is.
        """
        record_type = RECORD_TYPES[state.type]
        parts: dict[_Part, dict[str, FieldState]] = {part: {} for part in _Part}
        for key, field in state.fields.items():
            parts[_part(record_type, key)][key] = field

        def chosen(key: str, field: FieldState) -> Value:
            return shown(record_type.field_of(key), field)

        packed = pack(parts[_Part.OPEN], chosen)
        values, others = packed.pop("fields", {}), packed.pop("others", {})
        packed["empty"] = [key for key, value in values.items() if value is None and "/" not in key]
        if others:
            packed["beside"] = sum(map(len, others.values()))  # so that a lost difference shows (`store.check`)
        row: dict[str, Any] = {
            "history": canonical(packed),
            "home": home,
            "counter": max(
                (counter for field in state.fields.values() for counter in field.context.values()), default=0
            ),
            "unknown": canonical(pack(parts[_Part.UNKNOWN])) if parts[_Part.UNKNOWN] else None,
        }
        if parts[_Part.SEALED]:
            sealed = pack(parts[_Part.SEALED], chosen)
            row["sealed"] = self._sealer.seal(state.type, state.id, "state", sealed)
            values |= sealed.get("fields", {})
        nothing = {key: None for key in state.fields if "/" not in key}
        self._put_row(record_type, state.id, nothing | values, is_new=previous is None)
        if previous is None:
            self._connection.execute(_NEW_STATE, {"type": state.type, "id": state.id, **row})
        else:
            self._connection.execute(_CHANGED_STATE, {"of_type": state.type, "wanted": state.id, **row})
            self._connection.execute(_NO_DIFFERENCE, {"of_type": state.type, "wanted": state.id})
        self._put_differences(record_type, state.id, others)

    # -- rows ----------------------------------------------------------------------------------------------------

    def _put_row(self, record_type: RecordType, record_id: str, values: Mapping[str, Value], *, is_new: bool) -> None:
        columns: dict[str, Any] = {}
        for field in record_type.fields.values():
            if field.sealed and not self._sealer.able:
                continue
            if field.shape is Shape.ELEMENTS:
                prefix = f"{field.name}/"
                value: Value = {key.removeprefix(prefix): values[key] for key in values if key.startswith(prefix)}
            elif field.name in values:
                value = values[field.name]
            else:
                continue
            columns[field.name] = self._to_column(record_type, record_id, field.name, value)
        new, changed = _writing(record_type.name)
        if is_new:
            self._connection.execute(new, {"id": record_id, **columns})
        elif columns:
            self._connection.execute(changed, {"wanted": record_id, **columns})
        if record_type.name == "person":
            self.index.put(record_id)

    def _to_column(self, record_type: RecordType, record_id: str, name: str, value: Value) -> Any:
        field = record_type.fields[name]
        if value is None or value == {}:
            return None
        if field.sealed:
            return self._sealer.seal(record_type.name, record_id, name, value)
        return canonical(value) if field.shape is Shape.ELEMENTS else value

    def _value(self, record_type: RecordType, row: dict[str, Any]) -> Any:
        """A row as the frozen record; elements that were removed are gone."""
        for name in _spelled(record_type.name):
            field, value = record_type.fields[name], row[name]
            if isinstance(value, Ciphertext):
                able = self._sealer.able
                value = self._sealer.open(record_type.name, row["id"], name, value) if able else None
            elif value is not None:
                value = json.loads(value)
            if field.shape is Shape.ELEMENTS:
                value = {key: part for key, part in (value or {}).items() if part is not None}
            row[name] = value
        return record_type.cls(**row)

    # -- histories -----------------------------------------------------------------------------------------------

    def _states(self, type_name: str, record_id: str | None = None) -> Iterator[RecordState]:
        """The histories of all records of a type, or of one: a query for rows and one for differences, however many."""
        names, query = _histories(type_name, one=record_id is not None)
        rows = self._connection.execute(query, {"wanted": record_id}).all()
        others = self._differences(type_name, record_id) if rows else {}
        for known, history, unknown, sealed, *stored in rows:
            packed = json.loads(history)
            values = zip(names, stored, strict=True)
            packed["fields"] = _open_values(RECORD_TYPES[type_name], values, packed.get("empty", ()))
            packed["others"] = others.get(known, {})
            fields = unpack(packed)
            if unknown is not None:
                fields |= unpack(json.loads(unknown))
            if sealed is not None and self._sealer.able:
                fields |= unpack(cast("dict[str, Any]", self._sealer.open(type_name, known, "state", sealed)))
            yield RecordState(type_name, known, fields)

    # -- differences ---------------------------------------------------------------------------------------------

    def _put_differences(self, record_type: RecordType, record_id: str, others: Mapping[str, Iterable[Any]]) -> None:
        entries = [
            {"key": key, "counter": counter, "device": device, "value": canonical(value)}
            for key, standing in others.items()
            for counter, device, value in standing
        ]
        if entries:
            of_record = {"type": record_type.name, "id": record_id}
            rows = [{**of_record, **entry, "position": position} for position, entry in enumerate(entries)]
            self._connection.execute(insert(local.difference), rows)

    def _differences(self, type_name: str, record_id: str | None) -> dict[str, dict[str, list[list[Value]]]]:
        """What stands beside the shown values: record id -> key -> entries."""
        found: dict[str, dict[str, list[list[Value]]]] = {}
        query = _standing_beside(type_name, one=record_id is not None)
        for row in self._connection.execute(query, {"wanted": record_id}):
            standing = found.setdefault(row.id, {}).setdefault(row.key, [])
            standing.append([row.counter, row.device, json.loads(row.value)])
        return found


# -- statements, built once: that takes longer than to run them for one record --------------------------------------

_STATE = local.record_state
_WANTED: BindParameter[str] = bindparam("wanted")
_THIS_STATE = (_STATE.c.type == bindparam("of_type"), _STATE.c.id == _WANTED)
_HOME = select(_STATE.c.home).where(*_THIS_STATE)
_NEW_STATE, _CHANGED_STATE = insert(_STATE), update(_STATE).where(*_THIS_STATE)
_NO_DIFFERENCE = delete(local.difference).where(
    local.difference.c.type == bindparam("of_type"), local.difference.c.id == _WANTED
)


@cache
def _this(type_name: str) -> Select[Any]:
    """The query for one record's row."""
    table = RECORD_TABLES[type_name]
    return select(table).where(table.c.id == _WANTED)


@cache
def _writing(type_name: str) -> tuple[Insert, Update]:
    """What writes the row of a new record and that of a known one."""
    table = RECORD_TABLES[type_name]
    return insert(table), update(table).where(table.c.id == _WANTED)


@cache
def _spelled(type_name: str) -> list[str]:
    """The fields whose columns do not hold their values as they are: sealed ones and elements."""
    fields = RECORD_TYPES[type_name].fields.values()
    return [field.name for field in fields if field.sealed or field.shape is Shape.ELEMENTS]


@cache
def _histories(type_name: str, *, one: bool) -> tuple[list[str], Select[Any]]:
    """The open fields of a type, and the query for id, history, unknown, sealed and those fields."""
    kept, table = local.record_state, RECORD_TABLES[type_name]
    names = [name for name, field in RECORD_TYPES[type_name].fields.items() if not field.sealed]
    query = (
        select(kept.c.id, kept.c.history, kept.c.unknown, kept.c.sealed, *(table.c[name] for name in names))
        .join(table, table.c.id == kept.c.id)
        .where(kept.c.type == type_name)
        .order_by(kept.c.id)
    )
    return names, query.where(kept.c.id == bindparam("wanted")) if one else query


@cache
def _standing_beside(type_name: str, *, one: bool) -> Select[Any]:
    """The query for what stands beside the shown values."""
    table = local.difference
    query = select(table).where(table.c.type == type_name).order_by(table.c.id, table.c.position)
    return query.where(table.c.id == bindparam("wanted")) if one else query


class _Part(Enum):
    """Where the history of a key is kept."""

    OPEN = "open"
    SEALED = "sealed"
    UNKNOWN = "unknown"


def is_sealed(record_type: RecordType, key: str) -> bool:
    """Whether only who has the case key sees a wire key. Keys of newer versions are sealed wherever anything of their
    record type is: nobody knows what they hold.
    """
    field = record_type.field_of(key)
    return record_type.sealed if field is None else field.sealed


def _part(record_type: RecordType, key: str) -> _Part:
    if is_sealed(record_type, key):
        return _Part.SEALED
    return _Part.UNKNOWN if record_type.field_of(key) is None else _Part.OPEN


def _name(key: str) -> str:
    """The field that a wire key (`field` or `field/element`) names."""
    return key.partition("/")[0]


def _open_values(
    record_type: RecordType, stored: Iterable[tuple[str, Any]], empty: Collection[str]
) -> dict[str, Value]:
    """A row's open values by wire key; `empty` tells a field that holds None from one never written."""
    found: dict[str, Value] = {}
    for name, value in stored:
        if value is None:
            if name in empty:
                found[name] = None
        elif record_type.fields[name].shape is Shape.ELEMENTS:
            found |= {f"{name}/{key}": part for key, part in json.loads(value).items()}
        else:
            found[name] = value
    return found
