# SPDX-License-Identifier: GPL-3.0-or-later
"""Taking a bundle in: open it apart, then merge or apply it in one transaction (design 7).

A *report* is merged record by record at the PPT, and its receipt is made in the same transaction: a crash before leaves
nothing, a crash after gives the same receipt again. One bad record is kept aside with its reason, and whatever refers
to it; the others go through. A *receipt* tells the village what arrived, a *reply* what the PPT says (`sync.replies`).
A bundle that was received before changes nothing and gives the same answer.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from sqlalchemy import func, insert, select, update

from trafficwatch.errors import BundleError
from trafficwatch.models.backups import Reason
from trafficwatch.models.exchange import (
    BundleKind,
    Delivery,
    PeerStatus,
    RecordResult,
    RecordState,
    canonical,
)
from trafficwatch.models.fields import Side
from trafficwatch.models.record_types import RECORD_TYPES
from trafficwatch.models.tables import local
from trafficwatch.store import backup
from trafficwatch.store.erasure import RecordErased
from trafficwatch.store.files import read_limited
from trafficwatch.store.sealing import CaseKeyNeeded
from trafficwatch.store.work import Store, Work
from trafficwatch.sync import outgoing, receipts, replies
from trafficwatch.sync.bundle import SEALED_LIMIT, BundleForked, Opened, SenderUnknown, Trust
from trafficwatch.sync.devices import own_keys, peers
from trafficwatch.sync.merge import merge_records
from trafficwatch.sync.opener import open_apart
from trafficwatch.sync.setting_aside import in_order, links_missing, set_aside, was_erased


class SenderPending(BundleError):
    """The sender is the PPT that this village has asked, and not yet been approved by."""

    key = "sender_pending"


class KindUnexpected(BundleError):
    """This desk does not take in that kind of bundle from that sender; parameter `kind`."""

    key = "kind_unexpected"


class BundleKnownOtherwise(BundleError):
    """Another sender or number used this bundle's id before."""

    key = "bundle_known_otherwise"


@dataclass(frozen=True, slots=True)
class Imported:
    """What came of a bundle. `gap` counts numbers that are missing before it; `receipt` is the answer's bundle id;
    `news` is what a reply told that was not known here.
    """

    bundle: str
    kind: BundleKind
    number: int
    sender: str
    again: bool
    gap: int
    results: tuple[RecordResult, ...]
    receipt: str | None
    news: tuple[replies.News, ...] = ()

    @property
    def received(self) -> int:
        return sum(result.state is Delivery.RECEIVED for result in self.results)

    @property
    def refused(self) -> int:
        return len(self.results) - self.received


def verify(store: Store, path: Path, *, accept_pending: bool = False) -> Opened:
    """Open and check a bundle without taking anything in; raises BundleError subclasses."""
    untrusted_bytes = read_limited(path, SEALED_LIMIT)
    with store.work() as work:
        identity, trust = own_keys(work).identity, _trust(work, accept_pending=accept_pending)
        with_pending = _trust(work, accept_pending=True)
    try:
        return open_apart(untrusted_bytes, identity, trust)
    except SenderUnknown:
        if trust != with_pending:
            open_apart(untrusted_bytes, identity, with_pending)
            raise SenderPending from None
        raise


def take_in(store: Store, path: Path, *, accept_pending: bool = False) -> Imported:
    """Verify a bundle and apply it, after the day's backup; raises BundleError subclasses and has changed nothing."""
    opened = verify(store, path, accept_pending=accept_pending)
    if not opened.again:
        with store.work() as work:
            _applier(work, opened)
        backup.make_before(store, Reason.IMPORT)
    with store.work() as work:
        earlier = _received_before(work, opened)
        if earlier is not None:
            return earlier
        gap = _gap(work, opened)
        apply = _applier(work, opened)
        _forget_confirmed(work, opened)
        before = replies.standing(work)
        results, receipt = apply(work, opened)
        _note_received(work, opened, results)
        news = replies.news(before, replies.standing(work)) if apply is replies.take else ()
    store.mark()
    return replace(_imported(opened, results, receipt, again=False, gap=gap), news=news)


def _trust(work: Work, *, accept_pending: bool) -> Trust:
    table = local.bundle_in
    rows = work.connection.execute(select(table.c.sender, table.c.epoch, table.c.number, table.c.manifest_hash))
    known = [
        replace(peer, status=PeerStatus.ACTIVE) if accept_pending and peer.status is PeerStatus.PENDING else peer
        for peer in peers(work)
    ]
    return Trust(
        recipient=own_keys(work).recipient,
        practice=work.info.practice,
        peers=known,
        received={(row.sender, row.epoch, row.number): row.manifest_hash for row in rows},
        counter=work.info.counter,
    )


def _applier(work: Work, opened: Opened) -> Callable[[Work, Opened], tuple[list[RecordResult], str | None]]:
    """Which side takes in which kind from which side; raises KindUnexpected, or CaseKeyNeeded for case text."""
    table = {
        (Side.PPT, Side.VILLAGE, BundleKind.REPORT): _take_report,
        (Side.VILLAGE, Side.PPT, BundleKind.RECEIPT): receipts.take,
        (Side.VILLAGE, Side.PPT, BundleKind.REPLY): replies.take,
    }
    found = table.get((work.info.side, Side(opened.manifest.sender.side), opened.manifest.kind))
    if found is None:
        raise KindUnexpected(kind=opened.manifest.kind.value)
    if found is _take_report and not work.sealer.able:
        raise CaseKeyNeeded
    if found is replies.take and not work.sealer.able and replies.needs_case_key(opened):
        raise replies.ReplyNeedsCaseKey
    return found


def _take_report(work: Work, opened: Opened) -> tuple[list[RecordResult], str | None]:
    """Merge a village's records, and make the receipt."""
    sender = opened.manifest.sender
    incoming = in_order(opened)
    results = [_merge(work, state, home, sender.code) for state, home in incoming]
    results += set_aside(work, opened, results)
    village = next(peer for peer in peers(work) if peer.device == sender.device)
    lines = receipts.lines(opened, results, work.now)
    receipt, _ = outgoing.make(work, own_keys(work), village, BundleKind.RECEIPT, lines, answers=opened.manifest.bundle)
    return results, receipt


def _merge(work: Work, state: RecordState, home: str, sender_code: str) -> RecordResult:
    """Merge one record of a village, or say why not. The village's claim reaches no further than its own records."""
    if was_erased(work, state):
        return RecordResult(state.type, state.id, Delivery.REFUSED, RecordErased.key)
    known_home = work.records.home(state.type, state.id)
    if home != sender_code or known_home not in {None, home}:
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
    if links_missing(work, accepted, whole=True):
        return RecordResult(state.type, state.id, Delivery.REFUSED, "link_missing")
    previous = work.records.state(state.type, state.id)
    work.take_in(merge_records(previous, accepted) if previous else accepted, home)
    return RecordResult(state.type, state.id, Delivery.RECEIVED)


def _forget_confirmed(work: Work, opened: Opened) -> None:
    """A sender that starts a new epoch was put back to an older state: what it had confirmed before goes again. That it
    had been there stays known ('' is no form).
    """
    table, sender, epoch = local.bundle_in, opened.manifest.sender.device, opened.manifest.epoch
    known = select(table.c.epoch).where(table.c.sender == sender, table.c.epoch == epoch)
    if work.connection.execute(known).first() is None:
        here = (local.delivery.c.recipient == sender, local.delivery.c.received_hash.is_not(None))
        work.connection.execute(update(local.delivery).where(*here).values(received_hash=""))


def _note_received(work: Work, opened: Opened, results: Iterable[RecordResult]) -> None:
    manifest = opened.manifest
    work.connection.execute(
        insert(local.bundle_in).values(
            sender=manifest.sender.device,
            epoch=manifest.epoch,
            number=manifest.number,
            bundle=manifest.bundle,
            kind=manifest.kind.value,
            manifest_hash=opened.manifest_hash,
            received_at=work.now,
            results=canonical([[r.type, r.id, r.state.value, r.reason] for r in results]),
        )
    )


def _received_before(work: Work, opened: Opened) -> Imported | None:
    """What came of this bundle when it was taken in earlier; another content under its number is a fork."""
    manifest, table, out = opened.manifest, local.bundle_in, local.bundle_out
    row = work.connection.execute(
        select(table.c.results, table.c.manifest_hash).where(
            table.c.sender == manifest.sender.device,
            table.c.epoch == manifest.epoch,
            table.c.number == manifest.number,
        )
    ).one_or_none()
    if row is None:
        if work.connection.execute(select(table.c.number).where(table.c.bundle == manifest.bundle)).first():
            raise BundleKnownOtherwise
        return None
    if row.manifest_hash != opened.manifest_hash:
        raise BundleForked(number=manifest.number)
    results = [RecordResult(kind, rid, Delivery(state), why) for kind, rid, state, why in json.loads(row.results)]
    receipt = work.connection.execute(select(out.c.bundle).where(out.c.answers == manifest.bundle)).scalar_one_or_none()
    return _imported(opened, results, receipt, again=True, gap=0)


def _gap(work: Work, opened: Opened) -> int:
    """How many numbers of this sender and epoch are missing before this bundle. Shown, never waited for."""
    table, manifest = local.bundle_in, opened.manifest
    before = work.connection.execute(
        select(func.count()).where(
            table.c.sender == manifest.sender.device,
            table.c.epoch == manifest.epoch,
            table.c.number < manifest.number,
        )
    ).scalar_one()
    return manifest.number - 1 - int(before)


def _imported(
    opened: Opened, results: Iterable[RecordResult], receipt: str | None, *, again: bool, gap: int
) -> Imported:
    manifest = opened.manifest
    code = manifest.sender.code
    return Imported(manifest.bundle, manifest.kind, manifest.number, code, again, gap, tuple(results), receipt)
