# SPDX-License-Identifier: GPL-3.0-or-later
"""A village's report at the PPT: merged record by record, with its receipt made in the same transaction (design 7).

A crash before leaves nothing, a crash after gives the same receipt again. One bad record is kept aside with its reason,
and whatever refers to it; the others go through.
"""

from __future__ import annotations

from collections.abc import Callable

from trafficwatch.models.exchange import BundleKind, Delivery, RecordResult, RecordState
from trafficwatch.models.fields import Side
from trafficwatch.models.record_types import RECORD_TYPES
from trafficwatch.store.erasure import RecordErased
from trafficwatch.store.work import Work
from trafficwatch.sync import attaching, outgoing, receipts, removing, telling
from trafficwatch.sync.bundle import Opened
from trafficwatch.sync.devices import peers
from trafficwatch.sync.merge import merge_records
from trafficwatch.sync.setting_aside import in_order, links_missing, one_by_one, set_aside, was_erased


def take(work: Work, opened: Opened, step: Callable[[], None]) -> tuple[list[RecordResult], str | None]:
    """Merge a village's records, and make the receipt."""
    telling.heard(work, opened)
    sender = opened.manifest.sender
    incoming = in_order(opened)
    erased = removing.heard(work, opened)
    merged = [merge(work, opened, state, home) for state, home in one_by_one(incoming, step)]
    results, others = removing.sweep(work, opened, merged, erased)
    results += [*set_aside(work, opened, results), *others]
    village = next(peer for peer in peers(work) if peer.device == sender.device)
    lines = receipts.lines(opened, results, work.now)
    receipt, _ = outgoing.make(work, village, BundleKind.RECEIPT, lines, answers=opened.manifest.bundle)
    return results, receipt


def merge(work: Work, opened: Opened, state: RecordState, home: str) -> RecordResult:
    """Merge one record of a village, or say why not. The village's claim reaches no further than its own records."""
    if was_erased(work, state):
        return RecordResult(state.type, state.id, Delivery.REFUSED, RecordErased.key)
    known_home = work.records.home(state.type, state.id)
    if home != opened.manifest.sender.code or known_home not in {None, home}:
        return RecordResult(state.type, state.id, Delivery.REFUSED, "record_of_another_village")
    record_type = RECORD_TYPES[state.type]
    if all(spec.owner is Side.PPT for spec in record_type.fields.values()):
        return RecordResult(state.type, state.id, Delivery.REFUSED, "field_owned_elsewhere")
    owned = {
        key: field
        for key, field in state.fields.items()
        if (spec := record_type.field_of(key)) is None or spec.owner is Side.VILLAGE
    }
    accepted = RecordState(state.type, state.id, owned)
    previous = work.records.state(state.type, state.id)
    merged = merge_records(previous, accepted) if previous else accepted
    if links_missing(work, merged, whole=True):
        return RecordResult(state.type, state.id, Delivery.REFUSED, "link_missing")
    if reason := attaching.why_not(work, opened, accepted):
        return RecordResult(state.type, state.id, Delivery.REFUSED, reason)
    work.take_in(merged, home)
    attaching.take(work, opened, accepted)
    return RecordResult(state.type, state.id, Delivery.RECEIVED)
