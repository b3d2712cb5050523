# SPDX-License-Identifier: GPL-3.0-or-later
"""Two laptops of one village exchange by stick (kind `peer`): everything since the other one's receipt, the same merge.

All that the village records goes, whoever agreed to what: both laptops hold the same people's data by design. Private
notes do not (`leaving.among_laptops`), nor tallies, which each device counts for the PPT. What was deleted goes as
deleted, what was erased is told of and erased there; text that was taken off a laptop after the PPT's receipt does not
come back by the other one.

What the PPT owns - its answers, findings, officers, directory - is never taken from a laptop. One that was stolen could
forge it, with a history before which the PPT's real word would count as replaced and vanish. The PPT writes to each
laptop of a village itself, whole every time, and its signature alone makes an answer. So each laptop is enrolled; what
points to something of the PPT that is not here yet is set aside, and comes again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from sqlalchemy import Row, insert, select, update

from trafficwatch.models.exchange import BundleKind, Delivery, Peer, RecordResult, RecordState
from trafficwatch.models.fields import Leaving, Side
from trafficwatch.models.record_types import RECORD_TYPES
from trafficwatch.models.tables import local
from trafficwatch.store.erasure import RecordErased
from trafficwatch.store.work import Store, Work
from trafficwatch.sync import attaching, outgoing, receipts, removing, rereading, telling
from trafficwatch.sync.bundle import Opened
from trafficwatch.sync.devices import peers, require_side
from trafficwatch.sync.exporting import NothingToSend
from trafficwatch.sync.leaving import among_laptops, is_deleted
from trafficwatch.sync.merge import merge_records
from trafficwatch.sync.parcels import Exported, Made, Parcel, form_hash, is_form, make_bundles, write_bundles
from trafficwatch.sync.partners import active
from trafficwatch.sync.setting_aside import in_order, links_missing, one_by_one, set_aside, was_erased

_TALLY = "tally"
_FOR_ALL = frozenset({Leaving.ALWAYS, Leaving.CARD})


def export(store: Store, device: str, folder: Path) -> list[Exported]:
    """Write bundles for another laptop of this village; raises DeviceUnknown, NothingToSend, DiskFull and the like."""

    def make(work: Work) -> Iterator[Made]:
        require_side(work, Side.VILLAGE)
        other = active(work, device)
        parcels, told = list(_parcels(work, other)), telling.said_to(work, other)
        if not parcels and not told:
            raise NothingToSend
        yield from make_bundles(work, other, BundleKind.PEER, parcels, told)

    return write_bundles(store, folder, make)


def waiting(work: Work, device: str) -> int:
    """How many records the next export would carry."""
    return sum(1 for _ in _parcels(work, active(work, device)))


def take(work: Work, opened: Opened, step: Callable[[], None]) -> tuple[list[RecordResult], str | None]:
    """Merge the records of another laptop of this village, and make the receipt."""
    telling.heard(work, opened)
    erased = removing.heard(work, opened)
    merged = [merge(work, opened, state, home) for state, home in one_by_one(in_order(opened), step)]
    rereading.reread(work, merged)
    results, others = removing.settled(opened, merged, erased)
    results += [*set_aside(work, opened, results), *others]
    return results, answer(work, opened, results)


def answer(work: Work, opened: Opened, results: list[RecordResult]) -> str:
    """The receipt for a bundle, in the transaction that took it in; gives its id."""
    sender = next(peer for peer in peers(work) if peer.device == opened.manifest.sender.device)
    lines = receipts.lines(opened, results, work.now)
    made, _ = outgoing.make(work, sender, BundleKind.RECEIPT, lines, answers=opened.manifest.bundle)
    return made


def merge(work: Work, opened: Opened, state: RecordState, home: str) -> RecordResult:
    """Merge one record, or say why not. A laptop speaks for its own village, and for nothing that the PPT owns."""
    if was_erased(work, state):
        return _refused(state, RecordErased.key)
    own = work.info.code
    if not home == opened.manifest.sender.code == own or work.records.home(state.type, state.id) not in {None, own}:
        return _refused(state, "record_of_another_village")
    accepted = among_laptops(state)
    if not accepted.fields:
        return _refused(state, "field_owned_elsewhere")
    done = put(work, opened, work.records.state(state.type, state.id), accepted, home)
    if done.state is Delivery.RECEIVED and not receipts.is_superseded(work, opened):
        note_there(work, opened.manifest.sender.device, accepted)
    return done


def put(work: Work, opened: Opened, previous: RecordState | None, accepted: RecordState, home: str) -> RecordResult:
    """Merge what is accepted of a whole record into what is here of it, with the file that came with it."""
    if links_missing(work, accepted, whole=previous is None):
        return _refused(accepted, "link_missing")
    if reason := attaching.why_not(work, opened, accepted):
        return _refused(accepted, reason)
    work.take_in(merge_records(previous, accepted) if previous else accepted, home)
    attaching.take(work, opened, accepted)
    return RecordResult(accepted.type, accepted.id, Delivery.RECEIVED)


def note_there(work: Work, device: str, state: RecordState) -> None:
    """Who sent a record has it in just this form: it does not go back there."""
    table, form = local.delivery, form_hash(state)
    key = {"recipient": device, "type": state.type, "id": state.id}
    here = [table.c[column] == value for column, value in key.items()]
    if work.connection.execute(update(table).where(*here).values(received_hash=form)).rowcount == 0:
        values = {"sent_hash": form, "received_hash": form, "state": Delivery.RECEIVED.value}
        work.connection.execute(insert(table).values(**key, **values))
    else:
        arrived = {"state": Delivery.RECEIVED.value, "reason": ""}
        work.connection.execute(update(table).where(*here, table.c.sent_hash == form).values(**arrived))


def _refused(state: RecordState, reason: str) -> RecordResult:
    return RecordResult(state.type, state.id, Delivery.REFUSED, reason)


def _parcels(work: Work, other: Peer) -> Iterator[Parcel]:
    """Every record of this village that the other laptop has not confirmed in this form, parents first; without the
    case key none of a case.
    """
    table, kept = local.delivery, local.record_state
    rows = work.connection.execute(select(table).where(table.c.recipient == other.device))
    sent = {(row.type, row.id): row for row in rows}
    ours = select(kept.c.type, kept.c.id).where(kept.c.home == work.info.code)
    own = {(row.type, row.id) for row in work.connection.execute(ours)}
    for name, record_type in RECORD_TYPES.items():
        is_open = work.sealer.able or not record_type.sealed or record_type.leaving in _FOR_ALL
        for state in work.records.each_state(name) if is_open and name != _TALLY else ():
            going, row = among_laptops(state), sent.get((name, state.id))
            if (name, state.id) not in own or not going.fields:
                continue
            form = form_hash(going)
            if not _is_there(row, form) and (parcel := _parcel(work, going, form, row)):
                yield parcel


def _parcel(work: Work, going: RecordState, form: str, row: Row[Any] | None) -> Parcel | None:
    """One record on its way, an attachment with its file until that has arrived; None if the file can't go."""
    is_first = row is None or not row.received_hash
    with_file = going.type == attaching.ATTACHMENT and is_first and not is_deleted(going)
    if with_file and not attaching.can_go(work, going.id):
        return None
    return Parcel(going, work.info.code, form, with_file=with_file)


def _is_there(row: Row[Any] | None, form: str) -> bool:
    """Whether the other laptop has confirmed just this form, or refused it for good as erased."""
    if row is None:
        return False
    is_over = row.state == Delivery.REFUSED and row.reason == RecordErased.key
    return is_form(row.sent_hash if is_over else row.received_hash, form)
