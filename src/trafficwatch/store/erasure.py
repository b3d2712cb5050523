# SPDX-License-Identifier: GPL-3.0-or-later
"""Erasure: the content of a record goes for good, and of all that belongs to it; only that it happened stays.

What is left of a record is its tombstone: ids (its own, and those of what it was part of), `deleted` = `erased`, and
journal rows without content, whose chain still holds. Rows, histories, differences, journal, drafts, records kept
aside, files and the search index lose the content in one transaction; then the database is written anew without free
space and its log emptied. Nothing that arrives later brings it back (`Work.write`, `Work.take_in`).

Backups made before still hold it: `holding` lists them until they are destroyed. Without the case key a record kept
aside whose content only mentions the erased one can't be found.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

import sqlcipher3
from sqlalchemy import Connection, and_, bindparam, delete, func, insert, select, tuple_, update

from trafficwatch.errors import ConsentError, InputError
from trafficwatch.models.exchange import RecordState, Stamp
from trafficwatch.models.history import written
from trafficwatch.models.record_types import RECORD_TYPES
from trafficwatch.models.staff import Category, Volunteer
from trafficwatch.models.tables import RECORD_TABLES, local
from trafficwatch.store import belonging, clearing, info
from trafficwatch.store.folder import resolved
from trafficwatch.store.records import Records, RecordUnknown
from trafficwatch.store.sealing import SealedValueDamaged, Sealer

if TYPE_CHECKING:
    from trafficwatch.store.work import Store, Work

ERASED = "erased"
"""What `deleted` says of an erased record, and the journal's action."""

_Key = tuple[str, str]
_TOMBSTONE = select(local.erasure.c.id).where(
    local.erasure.c.type == bindparam("of_type"), local.erasure.c.id == bindparam("wanted")
)


class RecordErased(InputError):
    """The record was erased for good, and nothing is recorded about it any more; parameter `type`."""

    key = "record_erased"


class CoordinatorNeeded(ConsentError):
    """Erasing is for coordinators, and at the PPT for officers."""

    key = "coordinator_needed"


class Ground(StrEnum):
    """Why a record is erased: its time is over, consent was taken back, or the person asked."""

    RETENTION_OVER = "retention_over"
    CONSENT_WITHDRAWN = "consent_withdrawn"
    PERSON_ASKED = "person_asked"


@dataclass(frozen=True, slots=True)
class HoldingBackup:
    """A backup that still holds `records` records which were erased after it was made."""

    id: str
    made_at: str
    place: str
    records: int


@dataclass(frozen=True, slots=True)
class Erased:
    """How many records were erased, and the backups that still hold any. `compacted` is False when the disk had no room
    to write the database anew: the content is gone from it all the same, and `compact` can be tried again.
    """

    records: int
    backups: tuple[HoldingBackup, ...]
    compacted: bool


def erase(store: Store, type_name: str, record_id: str, ground: Ground) -> Erased:
    """Erase a record and all that belongs to it; raises RecordUnknown. Done again it changes nothing."""
    with store.work() as work:
        known, count = take_out(work, type_name, record_id, ground)
        backups = holding(work, known)
    return Erased(count, backups, compact(store))


def take_out(work: Work, type_name: str, record_id: str, ground: Ground) -> tuple[Collection[_Key], int]:
    """Erase in a transaction of the caller, who lets `compact` follow; the record and all that belongs to it, and how
    many of them were still there. Raises RecordUnknown.
    """
    if not work.records.exists(type_name, record_id):
        raise RecordUnknown(type=type_name)
    known = belonging.group(work.connection, type_name, record_id)
    return known, take_out_only(work, known, ground)


def take_out_only(work: Work, known: Collection[_Key], ground: Ground) -> int:
    """The same of just these records, of which none is unknown."""
    going = [key for key in known if not is_erased(work.connection, *key)]
    _drop_content(work, going)
    for key in going:
        _leave_tombstone(work, *key, ground)
    work.cleared.update(going)
    return len(going)


def never_take_in(work: Work, key: _Key, ground: Ground) -> None:
    """Note as erased for good what is not here, and drop what was kept aside of it: it stays out when it comes."""
    if is_erased(work.connection, *key):
        return
    _drop_content(work, [key])
    values = {"type": key[0], "id": key[1], "at": work.now, "volunteer": work.volunteer, "reason": ground.value}
    work.connection.execute(insert(local.erasure).values(**values))
    work.cleared.add(key)


def may_erase(work: Work) -> bool:
    """Whether who is at work may erase."""
    me = [each for each in work.records.select(Volunteer) if each.id == work.volunteer]
    return bool(me) and me[0].category in {Category.COORDINATOR, Category.OFFICER}


def is_erased(connection: Connection, type_name: str, record_id: str) -> bool:
    """Whether a record was erased here."""
    return connection.execute(_TOMBSTONE, {"of_type": type_name, "wanted": record_id}).first() is not None


def holding(work: Work, records: Collection[_Key] | None = None) -> tuple[HoldingBackup, ...]:
    """The backups that hold what was erased or cleared away later, or any of these records, the latest first."""
    table, kept = local.journal, local.backup
    own = [table.c.device == work.info.device]
    if records is not None:
        own.append(tuple_(table.c.type, table.c.id).in_(list(records)))
    first = select(table.c.type, table.c.id, func.min(table.c.sequence).label("first")).where(*own)
    lived = first.group_by(table.c.type, table.c.id).subquery()
    ended = select(table.c.type, table.c.id, func.max(table.c.sequence).label("last")).where(
        *own, table.c.action.in_([ERASED, *clearing.CLEARED])
    )
    gone = ended.group_by(table.c.type, table.c.id).subquery()
    both = and_(lived.c.type == gone.c.type, lived.c.id == gone.c.id)
    inside = and_(kept.c.sequence >= lived.c.first, kept.c.sequence < gone.c.last)
    columns = (kept.c.id, kept.c.made_at, kept.c.place)
    query = (
        select(*columns, func.count().label("records"))
        .join(lived, inside)
        .join(gone, both)
        .where(kept.c.gone_at.is_(None))
        .group_by(*columns)
        .order_by(kept.c.made_at.desc(), kept.c.id)
    )
    rows = work.connection.execute(query)
    return tuple(HoldingBackup(row.id, row.made_at, resolved(row.place, work.folder), row.records) for row in rows)


def compact(store: Store) -> bool:
    """Write the database anew without free space, and empty its log; False when there is no room for it."""
    with store.bare() as driver:
        try:
            driver.execute("VACUUM")
        except sqlcipher3.DatabaseError:
            done = False
        else:
            done = True
        return not driver.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0] and done


def _drop_content(work: Work, going: Collection[_Key]) -> None:
    """Take the content out of everything but the records' own rows."""
    ids = {record_id for _, record_id in going}
    execute = work.connection.execute
    for table, empty in (
        (local.journal, {"salt": None, "changes": None, "sealed": None, "commitment": None}),
        (local.quarantine, {"content": None}),
    ):
        for type_name, record_id in going:
            execute(update(table).where(table.c.type == type_name, table.c.id == record_id).values(**empty))
    before = local.before_import
    execute(delete(before).where(tuple_(before.c.type, before.c.id).in_(list(going))))
    execute(delete(local.attachment_content).where(local.attachment_content.c.id.in_(ids)))
    execute(delete(local.pinned).where(local.pinned.c.person_id.in_(ids)))
    execute(delete(local.put_away).where(local.put_away.c.id.in_(ids)))
    draft = local.draft
    for each in ids:
        execute(delete(draft).where((draft.c.subject == each) | draft.c.content.contains(each)))
    _drop_mentions(work, ids)


def _drop_mentions(work: Work, ids: Collection[str]) -> None:
    """Take the content of records kept aside, and sealed drafts, that mention what is erased."""
    if not work.sealer.able:
        return
    aside, draft = local.quarantine, local.draft
    for row in work.connection.execute(select(aside).where(aside.c.content.is_not(None))).all():
        try:
            text = str(work.sealer.open("quarantine", row.sender, f"{row.bundle}/{row.line}", row.content))
        except SealedValueDamaged:
            continue
        if any(each in text for each in ids):
            here = (aside.c.sender == row.sender, aside.c.bundle == row.bundle, aside.c.line == row.line)
            work.connection.execute(update(aside).where(*here).values(content=None))
    for row in work.connection.execute(select(draft).where(draft.c.sealed.is_not(None))).all():
        try:
            text = str(work.sealer.open("draft", row.id, "content", row.sealed))
        except SealedValueDamaged:
            continue
        if any(each in text for each in ids):
            work.connection.execute(delete(draft).where(draft.c.id == row.id))


def _leave_tombstone(work: Work, type_name: str, record_id: str, ground: Ground) -> None:
    """Leave of a record its ids and that it was erased."""
    table, kept = RECORD_TABLES[type_name], local.record_state
    records = Records(work.connection, Sealer(None))  # what is sealed is not looked at: it may be damaged
    previous, home = records.state(type_name, record_id), records.home(type_name, record_id)
    if previous is None or home is None:
        raise RecordUnknown(type=type_name)
    author = work.info.stamps_as
    known = (field.context.get(author, 0) for field in previous.fields.values())
    stamp = Stamp(max(work.info.counter, *known, 0) + 1, author)
    left = {name: previous.fields[name] for name in tombstone_links(type_name) if name in previous.fields}
    left["deleted"] = written(previous.fields.get("deleted"), ERASED, stamp)
    nothing = {column.name: None for column in table.columns if column.name != "id"}
    work.connection.execute(update(table).where(table.c.id == record_id).values(**nothing))
    records.put_state(RecordState(type_name, record_id, left), previous, home)
    here = (kept.c.type == type_name, kept.c.id == record_id)
    work.connection.execute(update(kept).where(*here).values(sealed=None, unknown=None))
    work.info = info.set_counter(work.connection, work.info, stamp.counter)
    work.connection.execute(
        insert(local.erasure).values(
            type=type_name, id=record_id, at=work.now, volunteer=work.volunteer, reason=ground.value
        )
    )
    work.note(ERASED, type_name, record_id, ground.value)


def tombstone_links(type_name: str) -> list[str]:
    """The links that stay in a tombstone: those without which the PPT could not be told of the deletion."""
    return [link.name for link in RECORD_TYPES[type_name].links if link.required and not link.sealed]
