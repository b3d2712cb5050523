# SPDX-License-Identifier: GPL-3.0-or-later
"""Receipts: the PPT's signed word on every record of a bundle, and what the village makes of it (design 7).

The first line names the bundle by id, place and manifest hash, the others each record. Only a receipt makes a record
'received', and only in the very form that was sent: what changed since stays waiting.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence

from sqlalchemy import ColumnElement, literal_column, select, update

from trafficwatch.errors import BundleError
from trafficwatch.models.exchange import BundleKind, Delivery, RecordResult
from trafficwatch.models.tables import local
from trafficwatch.store.work import Work
from trafficwatch.sync import removing, telling, wire
from trafficwatch.sync.bundle import Opened

DISCARDED = "discarded"
"""Why a record is refused that was set aside and then discarded by a person: the same form of it is not sent again."""


_STATES = {state.value: state for state in (Delivery.RECEIVED, Delivery.REMOVED)}


class ReceiptForNothing(BundleError):
    """The receipt answers a bundle that this device never made, or another content."""

    key = "receipt_for_nothing"


def lines(opened: Opened, results: Iterable[RecordResult], received_at: str) -> list[str]:
    """The lines of the receipt for an opened bundle."""
    manifest = opened.manifest
    head = wire.ReceiptLine(manifest.bundle, manifest.epoch, manifest.number, opened.manifest_hash, received_at)
    said = [wire.ResultLine(result.type, result.id, result.state.value, result.reason) for result in results]
    return [wire.encode_control(head), *map(wire.encode_control, said)]


def take(work: Work, opened: Opened, step: Callable[[], None]) -> tuple[list[RecordResult], str | None]:
    """Mark what a receipt confirms; raises ReceiptForNothing."""
    telling.heard(work, opened)
    heads = [line for line in opened.lines.control if isinstance(line, wire.ReceiptLine)]
    sent = _sent(work, heads[0], opened.manifest.sender.device) if len(heads) == 1 else None
    if sent is None:
        raise ReceiptForNothing
    head, recipient = heads[0], opened.manifest.sender.device
    if is_superseded(work, opened):
        return [], None
    said = [line for line in opened.lines.control if isinstance(line, wire.ResultLine)]
    results = [
        RecordResult(line.of, line.id, _STATES.get(line.state, Delivery.REFUSED), line.reason)
        for line in said
        if line.state == Delivery.REMOVED or f"{line.of}/{line.id}" in sent
    ]
    for result in results:
        step()
        sent_hash = sent.get(f"{result.type}/{result.id}")
        if result.state is Delivery.REMOVED:
            removing.mark(work, recipient, head, result, sent_hash or "")
        elif sent_hash is not None:
            _mark(work, recipient, head.bundle, result, sent_hash)
    table = local.bundle_out
    work.connection.execute(update(table).where(table.c.bundle == head.bundle).values(received_at=head.received_at))
    return results, None


def is_superseded(work: Work, opened: Opened) -> bool:
    """Whether the sender has been put back to a backup since it made this: what it had confirmed then it may have
    forgotten, and confirms no more.
    """
    table, manifest = local.bundle_in, opened.manifest
    here = (table.c.sender == manifest.sender.device, table.c.parent == manifest.epoch)
    return work.connection.execute(select(table.c.number).where(*here)).first() is not None


def forget_confirmed(work: Work, opened: Opened) -> None:
    """A sender whose epoch is not that of its last bundle was put back to an older state: all that it had confirmed
    goes again, and all that it had removed is told again. That it had been there stays known ('' is no form).
    """
    table, sender = local.bundle_in, opened.manifest.sender.device
    last = select(table.c.epoch).where(table.c.sender == sender).order_by(literal_column("bundle_in.rowid").desc())
    epoch = work.connection.execute(last.limit(1)).scalar_one_or_none()
    if epoch == opened.manifest.epoch or is_superseded(work, opened):
        return
    delivery, made, told = local.delivery, local.bundle_out, local.erasure_told
    here = (delivery.c.recipient == sender, delivery.c.received_hash.is_not(None))
    work.connection.execute(update(delivery).where(*here).values(received_hash=""))
    had = (made.c.recipient == sender, made.c.kind == BundleKind.REPORT.value)
    known = made.c.received_at.is_not(None) | made.c.archive.is_not(None)  # a sealed copy (`sync.envelopes`)
    work.connection.execute(update(made).where(*had, known).values(received_at=""))
    work.connection.execute(update(told).where(told.c.recipient == sender).values(removed_at=None))


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

    Once the newest form that was sent is confirmed, a receipt of an older bundle that comes late takes nothing back;
    nor does it bring back what was discarded.
    """
    table = local.delivery
    here = [table.c.recipient == recipient, table.c.type == result.type, table.c.id == result.id]
    if result.reason == DISCARDED:
        was_away = _was_put_away(work, result, bundle)  # what is left of it here has another form
        _mark_discarded(work, here if was_away else [*here, table.c.sent_hash == sent_hash])
        return
    if result.state is Delivery.RECEIVED:  # '' is no form: it says no more than that it had been there
        lost = [*here, table.c.reason == DISCARDED, table.c.received_hash.is_(None)]
        work.connection.execute(update(table).where(*lost).values(received_hash=""))
    here.append(table.c.reason != DISCARDED)
    here.append(table.c.received_hash.is_(None) | (table.c.received_hash != table.c.sent_hash))
    work.connection.execute(
        update(table)
        .where(*here, (table.c.bundle == bundle) | (table.c.sent_hash == sent_hash))
        .values(state=result.state.value, reason=result.reason)
    )
    if result.state is Delivery.RECEIVED:
        work.connection.execute(update(table).where(*here).values(received_hash=sent_hash))


def _was_put_away(work: Work, result: RecordResult, bundle: str) -> bool:
    """Whether the text of a record was put away after that bundle had carried it."""
    away = local.put_away
    here = (away.c.type == result.type, away.c.id == result.id, away.c.bundle == bundle)
    return work.connection.execute(select(away.c.id).where(*here)).first() is not None


def _mark_discarded(work: Work, here: Sequence[ColumnElement[bool]]) -> None:
    """The PPT had this form, and has it no more: a person there said why."""
    table = local.delivery
    had = table.c.received_hash == table.c.sent_hash
    work.connection.execute(update(table).where(*here, had).values(received_hash=""))
    work.connection.execute(update(table).where(*here).values(state=Delivery.REFUSED.value, reason=DISCARDED))
