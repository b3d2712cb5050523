# SPDX-License-Identifier: GPL-3.0-or-later
"""Taking a bundle in, step by step: open it apart, back the store up, merge or apply it, answer (design 7).

What each kind does stands in a file of its own: `reports`, `receipts`, `replies`. All that a bundle changes is one
transaction: cancelled or killed before its end it has changed nothing. A bundle that was received before changes
nothing and gives the same answer.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from contextlib import nullcontext
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import partial
from itertools import count
from pathlib import Path

from sqlalchemy import insert, select

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
from trafficwatch.store import backup, erasure
from trafficwatch.store.files import read_limited
from trafficwatch.store.sealing import CaseKeyNeeded
from trafficwatch.store.work import Store, Work
from trafficwatch.sync import (
    gaps,
    moving,
    peering,
    putting_away,
    quarantine,
    receipts,
    removing,
    replies,
    reports,
    restoring,
    transferring,
    undoing,
)
from trafficwatch.sync.bundle import SEALED_LIMIT, BundleForked, Opened, SenderUnknown, Trust
from trafficwatch.sync.devices import known_keys, opening_keys, own_keys
from trafficwatch.sync.opener import open_apart


class Stage(StrEnum):
    """The steps of an import, in order."""

    VERIFY = "verify"
    BACKUP = "backup"
    MERGE = "merge"
    RECEIPT = "receipt"


Progress = Callable[[Stage, int, int], None]
"""Hears on the worker which step it is at, how much of it is done, and how much there is."""


class ImportCancelled(BundleError):
    """Somebody cancelled the import; nothing of the bundle was taken in."""

    key = "import_cancelled"
    catalogue = "errors_import"


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
    """What came of a bundle. `missing` are the numbers before it that have not come, of which `gap` is the count;
    `receipt` is the answer's bundle id; `news` is what a reply told that was not known here. `settled` counts records
    set aside earlier that went in now, `later` are the receipts made anew for their bundles; `undone` tells of a bundle
    that came before and whose import was undone since.
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
    missing: tuple[int, ...] = ()
    settled: int = 0
    later: tuple[str, ...] = ()
    undone: bool = False

    @property
    def received(self) -> int:
        return sum(result.state is Delivery.RECEIVED for result in self.results)

    @property
    def refused(self) -> int:
        return sum(result.state is Delivery.REFUSED for result in self.results)


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


def take_in(
    store: Store,
    path: Path,
    *,
    progress: Progress | None = None,
    cancelled: Callable[[], bool] = lambda: False,
    accept_pending: bool = False,
) -> Imported:
    """Verify a bundle and apply it, after the day's backup; raises BundleError subclasses and has changed nothing.

    `cancelled` is asked between steps and before each record: ImportCancelled.
    """

    def tell(stage: Stage, done: int, total: int) -> None:
        if progress is not None:
            progress(stage, done, total)
        if cancelled():
            raise ImportCancelled

    tell(Stage.VERIFY, 0, 1)
    opened = verify(store, path, accept_pending=accept_pending)
    tell(Stage.BACKUP, 0, 1)
    if not opened.again:
        with store.work() as work:
            _taking(work, opened)
        backup.make_before(store, Reason.IMPORT, partial(tell, Stage.BACKUP))
    with store.work() as work:
        done = _received_before(work, opened) or _apply(work, opened, tell)
        cleared = bool(work.cleared)
    if cleared:
        erasure.compact(store)
    if done.kind is BundleKind.RECEIPT:
        putting_away.at_once(store)
    if not done.again:
        store.mark()
    if progress is not None:
        progress(Stage.RECEIPT, 1, 1)
    return done


def _apply(work: Work, opened: Opened, tell: Progress) -> Imported:
    """What the bundle changes, all of it."""
    opened = moving.renamed(work, opened)
    manifest, total, at = opened.manifest, len(opened.lines.records) or len(opened.lines.control), count()
    take = _taking(work, opened)
    receipts.forget_confirmed(work, opened)
    before = replies.standing(work)
    with undoing.noting(work, manifest.bundle) if manifest.kind in _CAN_BE_UNDONE else nullcontext():
        results, receipt = take(work, opened, lambda: tell(Stage.MERGE, min(next(at), total), total))
    tell(Stage.RECEIPT, 0, 1)
    _note_received(work, opened, results)
    settled = quarantine.settle_by_import(work, opened)
    if settled.done and take is reports.take:  # what went in late may have been the word that ends a consent
        removing.sweep(work, opened, [], [])
    undoing.purge(work)
    news = replies.news(before, replies.standing(work)) if take is replies.take else ()
    done = _received_before(work, opened) if settled.receipts else None
    missing = gaps.missing_before(work, manifest.sender.device, manifest.epoch, manifest.number)
    later = tuple(each for each in settled.receipts if done is None or each != done.receipt)
    told = done or _imported(opened, results, receipt, again=False)
    return replace(told, again=False, news=news, missing=missing, gap=len(missing), settled=settled.done, later=later)


def _trust(work: Work, *, accept_pending: bool) -> Trust:
    table = local.bundle_in
    rows = work.connection.execute(select(table.c.sender, table.c.epoch, table.c.number, table.c.manifest_hash))
    known = [
        replace(peer, status=PeerStatus.ACTIVE) if accept_pending and peer.status is PeerStatus.PENDING else peer
        for peer in known_keys(work)
    ]
    return Trust(
        recipient=own_keys(work).recipient,
        practice=work.info.practice,
        peers=known,
        received={(row.sender, row.epoch, row.number): row.manifest_hash for row in rows},
        counter=work.info.counter,
        former=[keys.identity for keys in opening_keys(work)[1:]],
        codes=moving.codes(work),
    )


Take = Callable[[Work, Opened, Callable[[], None]], tuple[list[RecordResult], str | None]]
"""Takes an opened bundle in, and steps before each record; gives what became of each, and the id of the answering
bundle if one was made.
"""

_TAKES: Mapping[tuple[Side, Side, BundleKind], Take] = {
    (Side.PPT, Side.VILLAGE, BundleKind.REPORT): reports.take,
    (Side.VILLAGE, Side.PPT, BundleKind.RECEIPT): receipts.take,
    (Side.VILLAGE, Side.PPT, BundleKind.REPLY): replies.take,
    (Side.VILLAGE, Side.VILLAGE, BundleKind.PEER): peering.take,
    (Side.VILLAGE, Side.PPT, BundleKind.RESTORE): restoring.take,
    (Side.PPT, Side.PPT, BundleKind.TRANSFER): transferring.take,
    (Side.VILLAGE, Side.VILLAGE, BundleKind.RECEIPT): receipts.take,
    (Side.PPT, Side.VILLAGE, BundleKind.RECEIPT): receipts.take,
    (Side.PPT, Side.PPT, BundleKind.RECEIPT): receipts.take,
}
"""Who takes in which kind from whom: this side, the sender's side, the kind."""
_WITH_CASE_KEY = frozenset({BundleKind.REPORT, BundleKind.RESTORE, BundleKind.TRANSFER})
_CAN_BE_UNDONE = frozenset({BundleKind.REPORT, BundleKind.PEER})


def _taking(work: Work, opened: Opened) -> Take:
    """What takes this bundle in; raises KindUnexpected, or CaseKeyNeeded for case text."""
    kind = opened.manifest.kind
    found = _TAKES.get((work.info.side, Side(opened.manifest.sender.side), kind))
    if found is None:
        raise KindUnexpected(kind=kind.value)
    if kind in _WITH_CASE_KEY and not work.sealer.able:
        raise CaseKeyNeeded
    if kind in {BundleKind.REPLY, BundleKind.PEER} and not work.sealer.able and replies.needs_case_key(opened):
        raise replies.ReplyNeedsCaseKey if kind is BundleKind.REPLY else CaseKeyNeeded
    return found


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
        select(table.c.results, table.c.manifest_hash, table.c.undone_at).where(
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
    return replace(_imported(opened, results, receipt, again=True), undone=row.undone_at is not None)


def _imported(opened: Opened, results: Iterable[RecordResult], receipt: str | None, *, again: bool) -> Imported:
    manifest = opened.manifest
    return Imported(
        manifest.bundle, manifest.kind, manifest.number, manifest.sender.code, again, 0, tuple(results), receipt
    )
