# SPDX-License-Identifier: GPL-3.0-or-later
"""Deleting what was recorded about a person, who recruits, or who comes and goes; and taking it back.

A record is deleted with all that belongs to it, in one transaction: it says why, what goes along says with whom
(`with:person/ID`), so that restoring brings back just these, on every laptop, and not what was deleted before. A
deletion is protective: it yields only to a change that has seen it and gives a reason, which the journal keeps. Where
another device has deleted a part for a reason of its own, that part stays deleted.

To delete case data or evidence is part of handling a person and needs training. Nothing is erased here: see
`store.erasure`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import CompoundSelect, func, literal, literal_column, select, union_all

from trafficwatch.errors import InputError
from trafficwatch.models.fields import Leaving, Side
from trafficwatch.models.history import candidates
from trafficwatch.models.record_types import RECORD_TYPES
from trafficwatch.models.tables import RECORD_TABLES, local
from trafficwatch.store import ballast, belonging
from trafficwatch.store.erasure import ERASED, RecordErased, is_erased
from trafficwatch.store.records import RecordUnknown
from trafficwatch.store.training import require_training
from trafficwatch.store.work import Store, Work

DELETABLE = tuple(
    name
    for name, found in RECORD_TYPES.items()
    if name == "person" or ("person_id" in found.fields and found.fields["deleted"].owner is Side.VILLAGE)
)
"""What is recorded about a person. Volunteers leave, what the PPT alone writes is the PPT's, counts are made anew."""
ALONE = ("recruiter", "offer", "visitor", "protection_request")
"""What is about nobody of the register. A recruiter goes with all offers, and only if no journey speaks of the
recruiter: see `registry.recruiters`."""

_WITH = "with:"
_PERSON, _VOLUNTEER, _RECRUITER, _VISITOR = (
    RECORD_TABLES[name] for name in ("person", "volunteer", "recruiter", "visitor")
)

_Key = tuple[str, str]


class Reason(StrEnum):
    """Why something is deleted; a word and no text, as it goes to the PPT and everyone may read it."""

    ENTERED_TWICE = "entered_twice"
    ENTERED_WRONGLY = "entered_wrongly"
    WRONG_PERSON = "wrong_person"
    PERSON_ASKED = "person_asked"
    OTHER = "other"


MERGED = "merged"
"""What `deleted` says of a card that became part of another (`registry.merging`), beside the reasons of people."""


class MergedAway(InputError):
    """The card became part of another one: the merge can be taken back, and brings it back with all that it had."""

    key = "merged_away"


class NotDeletable(InputError):
    """Records of this type are not deleted; parameter `type`."""

    key = "not_deletable"


class PartOfDeleted(InputError):
    """What it belongs to is deleted as well, and has to be restored first."""

    key = "part_of_deleted"


class OwnTie(InputError):
    """A volunteer's own tie to a case is taken back by another one."""

    key = "own_tie"


class RestoreReasonMissing(InputError):
    """A deletion is taken back only with a reason."""

    key = "restore_reason_missing"


@dataclass(frozen=True, slots=True)
class TrashRow:
    """One deletion: `label` is the name of whom it is about, if any; `others` is how many records went along.
    `deleted_by` is a volunteer's name, '' when the deletion came from another device.
    """

    type: str
    id: str
    label: str
    reason: str
    deleted_at: str
    deleted_by: str
    others: int


@dataclass(frozen=True, slots=True)
class TrashPage:
    """Some of all deletions."""

    rows: tuple[TrashRow, ...]
    total: int


def goes_along(work: Work, type_name: str, record_id: str) -> Mapping[str, int]:
    """What deleting a record would delete, itself included: type -> how many. Raises RecordUnknown, NotDeletable."""
    return Counter(name for name, _ in _standing(work, type_name, record_id))


def delete(work: Work, type_name: str, record_id: str, reason: Reason) -> int:
    """Delete a record with all that belongs to it; gives how many were deleted, 0 for one that is deleted already."""
    going = _standing(work, type_name, record_id)
    if _is_handling(going):
        require_training(work)
    if type_name == "conflict_of_interest" and _tied(work, record_id) == work.volunteer:
        raise OwnTie
    mark = _mark(type_name, record_id)
    for name, each in going:
        is_root = (name, each) == (type_name, record_id)
        work.write(RECORD_TYPES[name].cls, each, deleted=reason.value if is_root else mark)
    return len(going)


def delete_now(
    store: Store,
    type_name: str,
    record_id: str,
    reason: Reason,
    *,
    also: Callable[[Work], object] = lambda _: None,
) -> int:
    """`delete` in a transaction of its own, `also` in the same one; on a full disk the ballast makes room."""

    def act() -> int:
        with store.work() as work:
            gone = delete(work, type_name, record_id, reason)
            also(work)
        return gone

    return ballast.room(store.folder, act)


def restore(work: Work, type_name: str, record_id: str, reason: str) -> int:
    """Bring back a record and what was deleted along with it; gives how many, 0 for one that is not deleted.

    Raises RecordUnknown, RecordErased, MergedAway, PartOfDeleted and RestoreReasonMissing.
    """
    if not reason.strip():
        raise RestoreReasonMissing
    _check_type(work, type_name, record_id)
    if is_erased(work.connection, type_name, record_id):
        raise RecordErased(type=type_name)
    deleted = _deletions(work, type_name, record_id)
    if not deleted:
        return 0
    if MERGED in deleted:
        raise MergedAway
    if all(each.startswith(_WITH) for each in deleted) or _is_part_of_deleted(work, type_name, record_id):
        raise PartOfDeleted
    mark = _mark(type_name, record_id)
    known = belonging.group(work.connection, type_name, record_id)
    coming = [key for key in known if key == (type_name, record_id) or mark in _deletions(work, *key)]
    if _is_handling(coming):
        require_training(work)
    for name, each in coming:
        others = [why for why in _deletions(work, name, each) if why != mark] if each != record_id else []
        work.write(RECORD_TYPES[name].cls, each, deleted=others[0] if others else None)
    is_case = work.sealer.able and _is_handling(coming)
    work.note("restore", type_name, record_id, reason.strip(), sealed=is_case)
    return len(coming)


def trash(work: Work, offset: int = 0, limit: int = 50) -> TrashPage:
    """What was deleted and not erased, the latest first; what went along stands behind its own row."""
    gone, journal = _roots().subquery(), local.journal
    said = (
        select(func.max(literal_column("journal.rowid")))
        .where(journal.c.type == gone.c.type, journal.c.id == gone.c.id, journal.c.changes.contains('"deleted":'))
        .correlate(gone)
        .scalar_subquery()
    )
    name = func.coalesce(_PERSON.c.name, _RECRUITER.c.name, _VISITOR.c.name).label("name")
    query = (
        select(gone, name, journal.c.at, _VOLUNTEER.c.name.label("volunteer"))
        .outerjoin(_PERSON, _PERSON.c.id == gone.c.about)
        .outerjoin(_RECRUITER, _RECRUITER.c.id == gone.c.about)
        .outerjoin(_VISITOR, _VISITOR.c.id == gone.c.about)
        .outerjoin(journal, literal_column("journal.rowid") == said)
        .outerjoin(_VOLUNTEER, (_VOLUNTEER.c.id == journal.c.volunteer) & (journal.c.action != "merge"))
        .order_by(literal_column("journal.rowid").desc(), gone.c.id)
    )
    rows = work.connection.execute(query.offset(offset).limit(limit)).all()
    total = work.connection.execute(select(func.count()).select_from(gone)).scalar_one()
    along = _along(work, [_mark(row.type, row.id) for row in rows])
    return TrashPage(tuple(_row(row, along[_mark(row.type, row.id)]) for row in rows), total)


def _row(row: Any, others: int) -> TrashRow:
    return TrashRow(row.type, row.id, row.name or "", row.deleted, row.at or "", row.volunteer or "", others)


def _roots() -> CompoundSelect[Any]:
    """The records that were deleted for themselves."""
    parts = []
    for name in (*DELETABLE, *ALONE):
        table = RECORD_TABLES[name]
        about = table.c.get("person_id", table.c.recruiter_id if name == "offer" else table.c.id)
        columns = (literal(name).label("type"), table.c.id, table.c.deleted, about.label("about"))
        is_root = (table.c.deleted.is_not(None), table.c.deleted != ERASED, ~table.c.deleted.startswith(_WITH))
        parts.append(select(*columns).where(*is_root))
    return union_all(*parts)


def _along(work: Work, marks: Iterable[str]) -> Counter[str]:
    """How many records went along, by the mark that they bear."""
    wanted, found = list(marks), Counter[str]()
    for name in (*DELETABLE, *ALONE):
        deleted = RECORD_TABLES[name].c.deleted
        counted = select(deleted, func.count().label("records")).where(deleted.in_(wanted)).group_by(deleted)
        found.update({row.deleted: row.records for row in work.connection.execute(counted)})
    return found


def _mark(type_name: str, record_id: str) -> str:
    """What `deleted` says of the records that go along with one."""
    return f"{_WITH}{type_name}/{record_id}"


def _standing(work: Work, type_name: str, record_id: str) -> list[_Key]:
    """A record and all that belongs to it, as far as it is not deleted; nothing if the record itself is."""
    _check_type(work, type_name, record_id)
    if _deletions(work, type_name, record_id):
        return []
    known = belonging.group(work.connection, type_name, record_id)
    return [key for key in known if _is_ours(key[0]) and not _deletions(work, *key)]


def _is_ours(type_name: str) -> bool:
    """Whether the village may delete such records; the PPT's stay its own."""
    return RECORD_TYPES[type_name].fields["deleted"].owner is Side.VILLAGE


def _deletions(work: Work, type_name: str, record_id: str) -> list[str]:
    """All reasons that stand for the deletion of a record, the newest first."""
    table, beside = RECORD_TABLES[type_name], local.difference
    shown = work.connection.execute(select(table.c.deleted).where(table.c.id == record_id)).scalar_one_or_none()
    if shown is None:  # a deletion is protective: where one stands beside anything, one is shown
        return []
    where = (beside.c.type == type_name, beside.c.id == record_id, beside.c.key == "deleted")
    if work.connection.execute(select(beside.c.value).where(*where)).first() is None:
        return [str(shown)]
    state = work.records.state(type_name, record_id)
    return [str(value) for _, value in candidates(state.fields["deleted"]) if value is not None] if state else []


def _tied(work: Work, tie_id: str) -> str | None:
    """Whose tie this is."""
    table = RECORD_TABLES["conflict_of_interest"]
    return work.connection.execute(select(table.c.volunteer_id).where(table.c.id == tie_id)).scalar_one_or_none()


def _is_part_of_deleted(work: Work, type_name: str, record_id: str) -> bool:
    """Whether a record that this one belongs to is deleted."""
    table = RECORD_TABLES[type_name]
    for link in belonging.parents(RECORD_TYPES[type_name]):
        parent = RECORD_TABLES[link.target]
        query = select(parent.c.deleted).join(table, table.c[link.name] == parent.c.id).where(table.c.id == record_id)
        if work.connection.execute(query).scalar_one_or_none() is not None:
            return True
    return False


def _check_type(work: Work, type_name: str, record_id: str) -> None:
    if type_name not in {*DELETABLE, *ALONE}:
        raise NotDeletable(type=type_name)
    if not work.records.exists(type_name, record_id):
        raise RecordUnknown(type=type_name)


def _is_handling(keys: Iterable[_Key]) -> bool:
    """Whether there are case data or evidence among these records."""
    types = (RECORD_TYPES[name] for name, _ in keys)
    return any(found.leaving is Leaving.CASE or found.sealed for found in types)
