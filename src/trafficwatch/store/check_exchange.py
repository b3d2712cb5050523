# SPDX-License-Identifier: GPL-3.0-or-later
"""Holding what a store keeps about its exchange against what it was told: partners and deliveries.

These tables are no records and have no history. But the journal notes every time what a partner becomes, with a hash of
its keys; and what the PPT has received it has said in a receipt.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from typing import Any

from sqlalchemy import literal_column, select

from trafficwatch.models.exchange import BundleKind, Delivery
from trafficwatch.models.tables import local
from trafficwatch.store.check_pages import Finding
from trafficwatch.store.work import Work

PARTNER = "partner"
"""The journal's action for what a partner becomes."""
_THERE = {Delivery.RECEIVED.value, Delivery.REMOVED.value}
"""What a receipt says of a record whose form has arrived."""
_CONFIRMING = {BundleKind.RECEIPT.value, BundleKind.PEER.value, BundleKind.RESTORE.value}
"""Kinds that tell what is there: receipts, and what brought a record from there."""


def partner_words(row: Any) -> str:
    """What the journal notes of a partner: its status, and a hash of its keys."""
    return f"{row.status} {hashlib.sha256(row.signing_key + row.recipient.encode()).hexdigest()[:16]}"


def of_exchange(work: Work) -> Iterator[Finding]:
    """Partners that are not what was noted last, and deliveries that no receipt has told, or another."""
    table = local.journal
    notes = select(table.c.id, table.c.changes).where(table.c.action == PARTNER, table.c.changes.is_not(None))
    rows = work.connection.execute(notes.order_by(literal_column("journal.rowid")))
    noted = {row.id: row.changes for row in rows}
    for row in work.connection.execute(select(local.peer)):
        if row.device in noted and json.loads(noted[row.device])["reason"][1] != partner_words(row):
            yield Finding("partner", {"device": row.device})
    yield from _of_deliveries(work)


def _of_deliveries(work: Work) -> Iterator[Finding]:
    """A record is confirmed only if a receipt has said so, or if it came from there, and then it is. A partner that
    began a new epoch was put back to an older state: what it had confirmed under earlier ones may have been forgotten.
    """
    taken, delivery = local.bundle_in, local.delivery
    newest: dict[str, str] = {}
    first_seen: set[tuple[str, str]] = set()
    ever: set[tuple[str, str, str]] = set()
    lately: dict[str, set[tuple[str, str, str]]] = {}
    for row in work.connection.execute(select(taken).order_by(literal_column("bundle_in.rowid"))):
        if (row.sender, row.epoch) not in first_seen:
            first_seen.add((row.sender, row.epoch))
            newest[row.sender], lately[row.sender] = row.epoch, set()
        if row.kind in _CONFIRMING:
            said = {(row.sender, name, each) for name, each, state, _ in json.loads(row.results) if state in _THERE}
            ever |= said
            if row.epoch == newest[row.sender]:
                lately[row.sender] |= said
    for row in work.connection.execute(select(delivery)):
        key, is_confirmed = (row.recipient, row.type, row.id), row.received_hash is not None
        if (is_confirmed and key not in ever) or (not is_confirmed and key in lately.get(row.recipient, ())):
            yield Finding("delivery", {"type": row.type, "id": row.id})
