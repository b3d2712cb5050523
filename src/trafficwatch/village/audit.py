# SPDX-License-Identifier: GPL-3.0-or-later
"""Who changed what: the journal as a page reads it, and the undoing of the last change of a record.

Paged in SQL, the latest first. What is sealed is shown to who may read cases, and said to be there to all others; of
what was erased only that it happened. A name is shown of nobody who is deleted.

Undoing writes the old values as a new change. It is refused (`UndoImpossible`) when anything came after, when another
desk made the change, when it would take back a value that protects, and for what deleting and restoring is for.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, func, literal_column, or_, select

from trafficwatch.errors import InputError
from trafficwatch.models.exchange import FieldState, Stamp, canonical
from trafficwatch.models.fields import Field, Value
from trafficwatch.models.history import shown
from trafficwatch.models.record_types import RECORD_TYPES
from trafficwatch.models.tables import RECORD_TABLES, local
from trafficwatch.store import journal
from trafficwatch.store.reverting import TAKEN_BACK
from trafficwatch.store.sealing import SealedValueDamaged
from trafficwatch.store.training import may_read_cases, require_reading
from trafficwatch.store.work import Work
from trafficwatch.texts import t
from trafficwatch.village.audit_words import FieldChange, change_words

_JOURNAL = local.journal
_CHANGES = ("create", "change", "merge", TAKEN_BACK)
_WITH_REASON = frozenset(
    {
        "restore",
        "export",
        "key_export",
        "training_withdrawn",
        "keys_changed",
        "revoked",
        "succession",
        "refused",
        "discard",
        "settled",
        "undo_import",
    }
)
"""Actions whose reason a person typed, or which is there to be read as it is."""

_NAMED = ("person", "volunteer", "institution", "recruiter", "visitor")
"""Types whose records have a name of their own."""

Changes = dict[str, list[Value]]
_Read = tuple[Changes, bool]
_Key = tuple[str, str]


class UndoImpossible(InputError):
    """The change can't be undone; `reason` is the key of why (`trail.undo.REASON`): no_change, erased, created,
    other_desk, deletion, later_change, protective.
    """

    key = "undo_impossible"

    def __init__(self, reason: str) -> None:
        super().__init__()
        self.reason = reason


@dataclass(frozen=True, slots=True)
class TrailRow:
    """One row of the journal. `volunteer` is a name, '' for nobody known; `label` the name of whom the record is about.

    `hidden` tells that there is case text which is not shown, `erased` that the content is gone for good, `can_undo`
    that `undo` would take it.
    """

    sequence: int
    device: str
    at: str
    volunteer: str
    action: str
    type: str
    id: str
    label: str
    changes: tuple[FieldChange, ...]
    reason: str
    hidden: bool
    erased: bool
    can_undo: bool


@dataclass(frozen=True, slots=True)
class TrailPage:
    """Some rows of all that fit."""

    rows: tuple[TrailRow, ...]
    total: int


def trail(work: Work, *, person_id: str | None = None, offset: int = 0, limit: int = 50) -> TrailPage:
    """What was done, the latest first; with `person_id` all about one person."""
    where = [_about(person_id)] if person_id is not None else []
    volunteer = RECORD_TABLES["volunteer"]
    query = (
        select(_JOURNAL, volunteer.c.name)
        .outerjoin(volunteer, volunteer.c.id == _JOURNAL.c.volunteer)
        .where(*where)
        .order_by(literal_column("journal.rowid").desc())
    )
    total = work.connection.execute(select(func.count()).select_from(_JOURNAL).where(*where)).scalar_one()
    rows = work.connection.execute(query.offset(offset).limit(limit)).all()
    may_read = may_read_cases(work)
    read = [_changes(work, row, may_read=may_read) for row in rows]
    names = names_of(work, rows, (changes for changes, _ in read))
    return TrailPage(tuple(_row(work, row, found, names) for row, found in zip(rows, read, strict=True)), total)


def undo(work: Work, sequence: int) -> None:
    """Undo a change of this laptop by its number. Raises UndoImpossible, CaseKeyNeeded or TrainingNeeded."""
    query = select(_JOURNAL).where(_JOURNAL.c.device == work.info.device, _JOURNAL.c.sequence == sequence)
    row = work.connection.execute(query).one_or_none()
    if row is None:
        raise UndoImpossible("no_change")
    if row.sealed is not None:
        require_reading(work)
    changes, _ = _changes(work, row, may_read=row.sealed is not None)
    obstacle = _obstacle(work, row, changes)
    if obstacle:
        raise UndoImpossible(obstacle)
    back: dict[str, Any] = {}
    for key, (old, _new) in changes.items():
        name, slash, element = key.partition("/")
        if slash:
            back.setdefault(name, {})[element] = old
        else:
            back[name] = old
    work.write(RECORD_TYPES[row.type].cls, row.id, **back)
    work.note("undo", row.type, row.id, str(sequence))


def _obstacle(work: Work, row: Any, changes: Changes) -> str | None:
    """Why a row can't be undone, None if it can."""
    if row.changes is None:
        return "erased"
    if row.action != "change" or row.type not in RECORD_TYPES:
        return {"create": "created", "merge": "other_desk"}.get(row.action, "no_change")
    if "deleted" in changes:
        return "deletion"
    of_record = (_JOURNAL.c.type == row.type, _JOURNAL.c.id == row.id, _JOURNAL.c.action.in_(_CHANGES))
    later = select(_JOURNAL.c.sequence).where(*of_record, _JOURNAL.c.sequence > row.sequence)
    if work.connection.execute(later).first() is not None:
        return "later_change"
    record_type, state = RECORD_TYPES[row.type], work.records.state(row.type, row.id)
    for key, (old, new) in changes.items():
        field, now = record_type.field_of(key), state.fields.get(key) if state else None
        if field is None or now is None or now.differs or canonical(shown(field, now)) != canonical(new):
            return "later_change"
        if not _yields(field, new, old):
            return "protective"
    return None


def _yields(field: Field, new: Value, old: Value) -> bool:
    """Whether a value gives way to the one before it: the rule of differences, with the old value as the newer one."""
    both = {Stamp(1, "new"): frozenset({canonical(new)}), Stamp(2, "old"): frozenset({canonical(old)})}
    return canonical(shown(field, FieldState(both, {}))) == canonical(old)


# -- rows --------------------------------------------------------------------------------------------------------------


def _about(person_id: str) -> ColumnElement[bool]:
    """Rows of a person, and of every record that names that person."""
    parts = [and_(_JOURNAL.c.type == "person", _JOURNAL.c.id == person_id)]
    for name, record_type in RECORD_TYPES.items():
        if "person_id" in record_type.fields:
            table = RECORD_TABLES[name]
            named = select(table.c.id).where(table.c.person_id == person_id)
            parts.append(and_(_JOURNAL.c.type == name, _JOURNAL.c.id.in_(named)))
    return or_(*parts)


def _changes(work: Work, row: Any, *, may_read: bool) -> _Read:
    """What a row says was changed, or its reason; and whether there is more that is not shown."""
    found: Changes = json.loads(row.changes) if row.changes is not None else {}
    if row.sealed is None:
        return found, False
    if not may_read:
        return found, True
    try:
        sealed: Any = work.sealer.open(row.type, row.id, journal.place(row.device, row.sequence), row.sealed)
    except SealedValueDamaged:
        return found, True
    return found | sealed["changes"], False


def _row(work: Work, row: Any, read: _Read, names: Mapping[_Key, str]) -> TrailRow:
    changes, hidden = read
    record_type = RECORD_TYPES.get(row.type)
    words: list[FieldChange] = []
    if record_type is not None and row.action in _CHANGES:
        words = [change_words(record_type, key, old, new, names) for key, (old, new) in changes.items()]
    is_own = row.device == work.info.device and row.action == "change" and not hidden
    return TrailRow(
        sequence=row.sequence,
        device=row.device,
        at=row.at,
        volunteer=row.name or "",
        action=row.action,
        type=row.type,
        id=row.id,
        label=names.get((row.type, row.id), ""),
        changes=tuple(words),
        reason=_reason(row.action, changes),
        hidden=hidden,
        erased=row.changes is None,
        can_undo=is_own and _obstacle(work, row, changes) is None,
    )


def _reason(action: str, changes: Changes) -> str:
    if "reason" not in changes:
        return ""
    said = str(changes["reason"][1])
    if action == "erased":
        return t(f"trail.ground.{said}")
    return said if action in _WITH_REASON else ""


# -- names -------------------------------------------------------------------------------------------------------------


def names_of(work: Work, rows: Iterable[Any], changes: Iterable[Changes]) -> dict[_Key, str]:
    """The names of whom these rows are about, and of the records that their values point to."""
    wanted: dict[str, set[str]] = {name: set() for name in _NAMED}
    of_records: dict[str, set[str]] = {}
    for row, changed in zip(rows, changes, strict=True):
        of_records.setdefault(row.type, set()).add(row.id)
        record_type = RECORD_TYPES.get(row.type)
        for link in record_type.links if record_type else ():
            for value in changed.get(link.name, ()):
                wanted.setdefault(link.target, set()).add(str(value))
    owners: dict[_Key, _Key] = {}
    for type_name, ids in of_records.items():
        owners |= _owners(work, type_name, ids)
    for target, owner in owners.values():
        wanted[target].add(owner)
    found = {key: name for target in _NAMED for key, name in _named(work, target, wanted[target])}
    return found | {record: found[owner] for record, owner in owners.items() if owner in found}


def _owners(work: Work, type_name: str, ids: set[str]) -> dict[_Key, _Key]:
    """Whom each of these records is about: record -> one that has a name."""
    if type_name in _NAMED:
        return {(type_name, each): (type_name, each) for each in ids}
    record_type = RECORD_TYPES.get(type_name)
    fields = record_type.fields if record_type else {}
    link = next((name for name in ("person_id", "volunteer_id", "recruiter_id") if name in fields), None)
    if link is None:
        return {}
    table = RECORD_TABLES[type_name]
    query = select(table.c.id, table.c[link]).where(table.c.id.in_(ids), table.c[link].is_not(None))
    return {(type_name, row[0]): (link.removesuffix("_id"), row[1]) for row in work.connection.execute(query)}


def _named(work: Work, type_name: str, ids: set[str]) -> Iterable[tuple[_Key, str]]:
    table = RECORD_TABLES[type_name]
    query = select(table.c.id, table.c.name).where(table.c.id.in_(ids), table.c.deleted.is_(None))
    return (((type_name, row.id), row.name or "") for row in work.connection.execute(query))
