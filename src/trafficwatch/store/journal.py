# SPDX-License-Identifier: GPL-3.0-or-later
"""The journal: audit trail, undo and outbox in one (design 3).

Every change of a shared record adds a row in the same transaction: who, when, on which device, which record, old -> new
per key (sealed keys under the case key). Rows are chained per device: `digest` = SHA-256(salt, changes, sealed),
`link` = SHA-256(previous link, what, digest). Erasure can delete salt, changes and sealed text; the chain still holds.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, insert, select

from trafficwatch.models.exchange import canonical
from trafficwatch.models.fields import Value
from trafficwatch.models.tables import local
from trafficwatch.store.sealing import Sealer

Changes = Mapping[str, tuple[Value, Value]]
"""Wire key -> (old value, new value)."""


@dataclass(frozen=True, slots=True)
class Entry:
    """What one row of the journal says, without its chain."""

    device: str
    at: str
    volunteer: str | None
    action: str
    type: str
    id: str
    counter: int


def append(
    connection: Connection, sealer: Sealer, entry: Entry, open_changes: Changes, sealed_changes: Changes
) -> None:
    """Add a row to the device's chain, in the caller's transaction."""
    table = local.journal
    last = connection.execute(
        select(table.c.sequence, table.c.link)
        .where(table.c.device == entry.device)
        .order_by(table.c.sequence.desc())
        .limit(1)
    ).one_or_none()
    sequence, previous = (last.sequence + 1, last.link) if last else (1, b"")
    salt = os.urandom(16)
    changes = canonical({key: list(pair) for key, pair in open_changes.items()})
    sealed = None
    if sealed_changes:
        text: Value = {key: list(pair) for key, pair in sealed_changes.items()}
        sealed = sealer.seal(entry.type, entry.id, f"journal/{entry.device}/{sequence}", text)
    digest = _hash(salt, changes.encode(), sealed.data if sealed else b"")
    connection.execute(
        insert(table).values(
            device=entry.device,
            sequence=sequence,
            at=entry.at,
            volunteer=entry.volunteer,
            action=entry.action,
            type=entry.type,
            id=entry.id,
            counter=entry.counter,
            salt=salt,
            changes=changes,
            sealed=sealed,
            digest=digest,
            link=_link(previous, entry, sequence, digest),
        )
    )


def head(connection: Connection, device: str) -> str:
    """The last link of a device's chain in hex, '' for an empty one; it travels in every bundle."""
    table = local.journal
    link = connection.execute(
        select(table.c.link).where(table.c.device == device).order_by(table.c.sequence.desc()).limit(1)
    ).scalar_one_or_none()
    return link.hex() if link else ""


def broken_at(connection: Connection, device: str) -> int | None:
    """The first row of a device's chain that does not follow from the one before, None if all do."""
    table, previous, expected = local.journal, b"", 1
    for row in connection.execute(select(table).where(table.c.device == device).order_by(table.c.sequence)):
        entry = Entry(row.device, row.at, row.volunteer, row.action, row.type, row.id, row.counter)
        if (
            row.sequence != expected
            or not _content_holds(row)
            or _link(previous, entry, row.sequence, row.digest) != row.link
        ):
            return int(row.sequence)
        previous, expected = row.link, expected + 1
    return None


def _content_holds(row: Any) -> bool:
    """Whether the content is what the digest says; an erased row has none at all."""
    if row.salt is None or row.changes is None:
        return (row.salt, row.changes, row.sealed) == (None, None, None)
    return bool(_hash(row.salt, row.changes.encode(), row.sealed.data if row.sealed else b"") == row.digest)


def _link(previous: bytes, entry: Entry, sequence: int, digest: bytes) -> bytes:
    what = canonical(
        [entry.device, sequence, entry.at, entry.volunteer, entry.action, entry.type, entry.id, entry.counter]
    )
    return _hash(previous, what.encode(), digest)


def _hash(*parts: bytes) -> bytes:
    """SHA-256 over parts with their lengths, so that no two different rows feed the same bytes."""
    return hashlib.sha256(b"".join(len(part).to_bytes(8, "big") + part for part in parts)).digest()
