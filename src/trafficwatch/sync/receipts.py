# SPDX-License-Identifier: GPL-3.0-or-later
"""Receipts: the PPT's signed word on every record of a bundle, and what the village makes of it (design 7).

The first line names the bundle by id, place and manifest hash, the others each record. Only a receipt makes a record
'received', and only in the very form that was sent: what changed since stays waiting.
"""

from __future__ import annotations

import json
from collections.abc import Iterable

from sqlalchemy import select, update

from trafficwatch.errors import BundleError
from trafficwatch.models.exchange import Delivery, RecordResult
from trafficwatch.models.tables import local
from trafficwatch.store.work import Work
from trafficwatch.sync import wire
from trafficwatch.sync.bundle import Opened


class ReceiptForNothing(BundleError):
    """The receipt answers a bundle that this device never made, or another content."""

    key = "receipt_for_nothing"


def lines(opened: Opened, results: Iterable[RecordResult], received_at: str) -> list[str]:
    """The lines of the receipt for an opened bundle."""
    manifest = opened.manifest
    head = wire.ReceiptLine(manifest.bundle, manifest.epoch, manifest.number, opened.manifest_hash, received_at)
    said = [wire.ResultLine(result.type, result.id, result.state.value, result.reason) for result in results]
    return [wire.encode_control(head), *map(wire.encode_control, said)]


def take(work: Work, opened: Opened) -> tuple[list[RecordResult], str | None]:
    """Mark what a receipt confirms; raises ReceiptForNothing."""
    heads = [line for line in opened.lines.control if isinstance(line, wire.ReceiptLine)]
    sent = _sent(work, heads[0], opened.manifest.sender.device) if len(heads) == 1 else None
    if sent is None:
        raise ReceiptForNothing
    results = [
        RecordResult(
            line.of, line.id, Delivery.RECEIVED if line.state == Delivery.RECEIVED else Delivery.REFUSED, line.reason
        )
        for line in opened.lines.control
        if isinstance(line, wire.ResultLine) and f"{line.of}/{line.id}" in sent
    ]
    for result in results:
        _mark(work, opened.manifest.sender.device, heads[0].bundle, result, sent[f"{result.type}/{result.id}"])
    table = local.bundle_out
    work.connection.execute(
        update(table).where(table.c.bundle == heads[0].bundle).values(received_at=heads[0].received_at)
    )
    return results, None


def _sent(work: Work, head: wire.ReceiptLine, recipient: str) -> dict[str, str] | None:
    """What that bundle held, `type/id` -> hash of its form; None if it is not one of ours to this recipient."""
    table = local.bundle_out
    row = work.connection.execute(select(table).where(table.c.bundle == head.bundle)).one_or_none()
    if row is None or (row.recipient, row.epoch, row.number, row.manifest_hash) != (
        recipient,
        head.epoch,
        head.number,
        head.manifest,
    ):
        return None
    sent: dict[str, str] = json.loads(row.records)
    return sent


def _mark(work: Work, recipient: str, bundle: str, result: RecordResult, sent_hash: str) -> None:
    """One record of one bundle: its state, unless a later bundle holds a newer form of it, and its confirmed form.

    Once the newest form that was sent is confirmed, a receipt of an older bundle that comes late takes nothing back.
    """
    table = local.delivery
    here = [table.c.recipient == recipient, table.c.type == result.type, table.c.id == result.id]
    here.append(table.c.received_hash.is_(None) | (table.c.received_hash != table.c.sent_hash))
    work.connection.execute(
        update(table)
        .where(*here, (table.c.bundle == bundle) | (table.c.sent_hash == sent_hash))
        .values(state=result.state.value, reason=result.reason)
    )
    if result.state is Delivery.RECEIVED:
        work.connection.execute(update(table).where(*here).values(received_hash=sent_hash))
