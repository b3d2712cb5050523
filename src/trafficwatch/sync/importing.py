# SPDX-License-Identifier: GPL-3.0-or-later
"""Taking a bundle in: open it apart, then merge or apply it in one transaction (design 7).

What each kind does stands in a file of its own: `reports`, `receipts`, `replies`. A bundle that was received before
changes nothing and gives the same answer.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
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
    canonical,
)
from trafficwatch.models.fields import Side
from trafficwatch.models.tables import local
from trafficwatch.store import backup
from trafficwatch.store.files import read_limited
from trafficwatch.store.sealing import CaseKeyNeeded
from trafficwatch.store.work import Store, Work
from trafficwatch.sync import receipts, replies, reports
from trafficwatch.sync.bundle import SEALED_LIMIT, BundleForked, Opened, SenderUnknown, Trust
from trafficwatch.sync.devices import own_keys, peers
from trafficwatch.sync.opener import open_apart


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
            _taking(work, opened)
        backup.make_before(store, Reason.IMPORT)
    with store.work() as work:
        earlier = _received_before(work, opened)
        if earlier is not None:
            return earlier
        gap = _gap(work, opened)
        take = _taking(work, opened)
        _forget_confirmed(work, opened)
        before = replies.standing(work)
        results, receipt = take(work, opened)
        _note_received(work, opened, results)
        news = replies.news(before, replies.standing(work)) if take is replies.take else ()
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


Take = Callable[[Work, Opened], tuple[list[RecordResult], str | None]]
"""Takes an opened bundle in; gives what became of each record, and the id of the answering bundle if one was made."""

_TAKES: Mapping[tuple[Side, Side, BundleKind], Take] = {
    (Side.PPT, Side.VILLAGE, BundleKind.REPORT): reports.take,
    (Side.VILLAGE, Side.PPT, BundleKind.RECEIPT): receipts.take,
    (Side.VILLAGE, Side.PPT, BundleKind.REPLY): replies.take,
}
"""Who takes in which kind from whom: this side, the sender's side, the kind."""
_WITH_CASE_KEY = frozenset({BundleKind.REPORT})


def _taking(work: Work, opened: Opened) -> Take:
    """What takes this bundle in; raises KindUnexpected, or CaseKeyNeeded for case text."""
    kind = opened.manifest.kind
    found = _TAKES.get((work.info.side, Side(opened.manifest.sender.side), kind))
    if found is None:
        raise KindUnexpected(kind=kind.value)
    if kind in _WITH_CASE_KEY and not work.sealer.able:
        raise CaseKeyNeeded
    if kind is BundleKind.REPLY and not work.sealer.able and replies.needs_case_key(opened):
        raise replies.ReplyNeedsCaseKey
    return found


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
            parent=manifest.parent,
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
