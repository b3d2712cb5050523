# SPDX-License-Identifier: GPL-3.0-or-later
"""Faults put into the engine on purpose, each for a whole run: `schedules.py --mutants` says in which schedule the
laboratory sees each. One that it does not see is a hole in the laboratory.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from typing import Any
from unittest.mock import patch

from sqlalchemy import select, update

from trafficwatch.models import history
from trafficwatch.models.exchange import Delivery, FieldState, RecordResult
from trafficwatch.models.tables import local
from trafficwatch.store import info, mark, records
from trafficwatch.sync import merge, parcels, peering, receipts, replies, reports

Fault = Callable[[], AbstractContextManager[Any]]


def _covered_stays() -> AbstractContextManager[Any]:
    return patch.object(merge, "covers", lambda *_: False)


def _last_writer_wins() -> AbstractContextManager[Any]:
    whole = merge.merge_fields

    def newest(one: FieldState, other: FieldState) -> FieldState:
        found = whole(one, other)
        last = max(found.values, default=None)
        return replace(found, values={last: found.values[last]} if last else {})

    return patch.object(merge, "merge_fields", newest)


def _contexts_not_joined() -> AbstractContextManager[Any]:
    return patch.object(merge, "merge_contexts", lambda one, _: one)


def _context_forgotten_on_writing() -> AbstractContextManager[Any]:
    whole = history.written
    return patch.object(records, "written", lambda _previous, value, stamp: whole(None, value, stamp))


def _received_on_export() -> AbstractContextManager[Any]:
    whole = parcels._note_sent

    def noted(work: Any, recipient: Any, parcel: Any, bundle_id: str) -> None:
        whole(work, recipient, parcel, bundle_id)
        there = (local.delivery.c.bundle == bundle_id, local.delivery.c.id == parcel.state.id)
        work.connection.execute(update(local.delivery).where(*there).values(received_hash=parcel.form))

    return patch.object(parcels, "_note_sent", noted)


def _older_receipt_confirms_newer() -> AbstractContextManager[Any]:
    whole = receipts._mark

    def marked(work: Any, recipient: str, bundle: str, result: RecordResult, _hash: str) -> None:
        table = local.delivery
        here = (table.c.recipient == recipient, table.c.type == result.type, table.c.id == result.id)
        present = work.connection.execute(select(table.c.sent_hash).where(*here)).scalar_one()
        whole(work, recipient, bundle, result, present)

    return patch.object(receipts, "_mark", marked)


def _difference_dropped() -> AbstractContextManager[Any]:
    return patch.object(records.Records, "_put_differences", lambda *_: None)


def _protective_yields() -> AbstractContextManager[Any]:
    return patch.object(history, "_strength", lambda *_: 0)


def _received_but_not_merged() -> AbstractContextManager[Any]:
    whole = reports.merge

    def taken(work: Any, opened: Any, state: Any, home: str, *more: Any) -> RecordResult:
        if work.records.exists(state.type, state.id):
            return RecordResult(state.type, state.id, Delivery.RECEIVED)
        return whole(work, opened, state, home, *more)

    return patch.object(reports, "merge", taken)


def _restore_goes_on_as_before() -> AbstractContextManager[Any]:
    return patch.object(mark, "_start_epoch", lambda *_: None)


def _restored_author_stays() -> AbstractContextManager[Any]:
    whole = info.start_epoch

    def begun(connection: Any, of: Any, epoch: str, counter: int) -> Any:
        new = whole(connection, of, epoch, of.counter)
        info.put(connection, {"author": of.author or None})
        return replace(new, author=of.author)

    return patch.object(info, "start_epoch", begun)


def _confirmed_stays_after_restore() -> AbstractContextManager[Any]:
    return patch.object(receipts, "forget_confirmed", lambda *_: None)


def _reply_to_anybody() -> AbstractContextManager[Any]:
    def carried(_village: Any, to_all: list[Any], by_village: Mapping[str, list[Any]]) -> list[Any]:
        return to_all + [each for found in by_village.values() for each in found]

    return patch.object(replies, "_carried", carried)


def _peers_overwrite() -> AbstractContextManager[Any]:
    return patch.object(peering, "merge_records", lambda _previous, accepted: accepted)


FAULTS: Mapping[str, Fault] = {
    fault.__name__.strip("_").replace("_", " "): fault
    for fault in (
        _covered_stays,
        _last_writer_wins,
        _contexts_not_joined,
        _context_forgotten_on_writing,
        _received_on_export,
        _older_receipt_confirms_newer,
        _difference_dropped,
        _protective_yields,
        _received_but_not_merged,
        _restore_goes_on_as_before,
        _restored_author_stays,
        _confirmed_stays_after_restore,
        _reply_to_anybody,
        _peers_overwrite,
    )
}


@contextmanager
def fault(name: str) -> Iterator[None]:
    """The engine with this fault."""
    with FAULTS[name]():
        yield
