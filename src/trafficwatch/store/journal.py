# SPDX-License-Identifier: GPL-3.0-or-later
"""The journal: audit trail, undo and outbox in one (design 3).

Every change of a shared record adds a row in the same transaction: who, when, on which device, which record, old -> new
per key (sealed keys under the case key). Rows are chained per device: `digest` = SHA-256(salt, changes, commitment),
`link` = SHA-256(previous link, what, digest). The commitment is SHA-256 over the sealed changes and a salt that is
sealed with them: it tells nothing without the case key, and holds when another case key seals the same. Erasure can
delete salt, changes, commitment and sealed text; the chain still holds.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, bindparam, insert, select

from trafficwatch.models.exchange import canonical
from trafficwatch.models.fields import Value
from trafficwatch.models.tables import local
from trafficwatch.store.sealing import SealedValueDamaged, Sealer

Changes = Mapping[str, tuple[Value, Value]]
"""Wire key -> (old value, new value)."""

_NEW = insert(local.journal)
_LAST = (
    select(local.journal.c.sequence, local.journal.c.link)
    .where(local.journal.c.device == bindparam("of_device"))
    .order_by(local.journal.c.sequence.desc())
    .limit(1)
)
"""Built once: that takes longer than to run them."""


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
    last = connection.execute(_LAST, {"of_device": entry.device}).one_or_none()
    sequence, previous = (last.sequence + 1, last.link) if last else (1, b"")
    salt = os.urandom(16)
    changes = canonical({key: list(pair) for key, pair in open_changes.items()})
    sealed, commitment = None, None
    if sealed_changes:
        text: Value = {
            "changes": {key: list(pair) for key, pair in sealed_changes.items()},
            "salt": os.urandom(16).hex(),
        }
        sealed = sealer.seal(entry.type, entry.id, place(entry.device, sequence), text)
        commitment = commit(text)
    digest = _hash(salt, changes.encode(), commitment or b"")
    row = {
        "device": entry.device,
        "sequence": sequence,
        "at": entry.at,
        "volunteer": entry.volunteer,
        "action": entry.action,
        "type": entry.type,
        "id": entry.id,
        "counter": entry.counter,
        "salt": salt,
        "changes": changes,
        "sealed": sealed,
        "commitment": commitment,
        "digest": digest,
        "link": _link(previous, entry, sequence, digest),
    }
    connection.execute(_NEW, row)


def head(connection: Connection, device: str) -> str:
    """The last link of a device's chain in hex, '' for an empty one; it travels in every bundle."""
    table = local.journal
    link = connection.execute(
        select(table.c.link).where(table.c.device == device).order_by(table.c.sequence.desc()).limit(1)
    ).scalar_one_or_none()
    return link.hex() if link else ""


def broken_at(connection: Connection, sealer: Sealer, device: str) -> int | None:
    """The first row of a device's chain that does not follow from the one before, None if all do.

    Without the case key sealed changes are not looked into: then only that nobody took them away is known.
    """
    table, previous, expected = local.journal, b"", 1
    for row in connection.execute(select(table).where(table.c.device == device).order_by(table.c.sequence)):
        entry = Entry(row.device, row.at, row.volunteer, row.action, row.type, row.id, row.counter)
        if (
            row.sequence != expected
            or not _content_holds(row)
            or (sealer.able and not _sealed_holds(sealer, row))
            or _link(previous, entry, row.sequence, row.digest) != row.link
        ):
            return int(row.sequence)
        previous, expected = row.link, expected + 1
    return None


def _content_holds(row: Any) -> bool:
    """Whether the content is what the digest says; an erased row has none at all."""
    if row.salt is None or row.changes is None:
        return (row.salt, row.changes, row.sealed, row.commitment) == (None, None, None, None)
    if (row.sealed is None) != (row.commitment is None):
        return False
    return bool(_hash(row.salt, row.changes.encode(), row.commitment or b"") == row.digest)


def _sealed_holds(sealer: Sealer, row: Any) -> bool:
    """Whether the sealed changes are what the row is committed to."""
    if row.sealed is None:
        return True
    try:
        return commit(sealer.open(row.type, row.id, place(row.device, row.sequence), row.sealed)) == bytes(
            row.commitment
        )
    except SealedValueDamaged:
        return False


def place(device: str, sequence: int) -> str:
    """The key under which the sealed changes of a row are sealed."""
    return f"journal/{device}/{sequence}"


def commit(text: Value) -> bytes:
    """The commitment to the sealed changes of a row and their salt."""
    return _hash(canonical(text).encode())


def _link(previous: bytes, entry: Entry, sequence: int, digest: bytes) -> bytes:
    what = canonical(
        [entry.device, sequence, entry.at, entry.volunteer, entry.action, entry.type, entry.id, entry.counter]
    )
    return _hash(previous, what.encode(), digest)


def _hash(*parts: bytes) -> bytes:
    """SHA-256 over parts with their lengths, so that no two different rows feed the same bytes."""
    return hashlib.sha256(b"".join(len(part).to_bytes(8, "big") + part for part in parts)).digest()
