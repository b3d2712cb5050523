# SPDX-License-Identifier: GPL-3.0-or-later
"""What the inbox has done in the store, each by one use case: taking a bundle in, and sealing the answers to it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import literal_column, select

from trafficwatch.models.exchange import BundleKind, PeerStatus
from trafficwatch.models.fields import Side
from trafficwatch.models.tables import local
from trafficwatch.store.work import Store
from trafficwatch.sync import replies
from trafficwatch.sync.devices import peers
from trafficwatch.sync.importing import take_in
from trafficwatch.sync.outgoing import sealed_answer

RECEIPTS = 20
"""So many receipts, the last ones, are offered again: one may have been renewed at the PPT, or got lost on a stick."""


Answers = tuple[tuple[str, bytes], ...]
"""Bundle ids and sealed bytes."""


@dataclass(frozen=True, slots=True)
class Taken:
    """A bundle that was taken in, now or before, and its receipts."""

    bundle: str
    code: str
    again: bool
    records: int
    receipts: Answers


def take(store: Store, path: Path) -> Taken:
    """Take a bundle in; one that was taken in before has the same receipt. Raises what `take_in` does."""
    done = take_in(store, path)
    receipts = _sealed(store, [*([done.receipt] if done.receipt else []), *done.later])
    return Taken(done.bundle, done.sender, done.again, done.received + done.refused, receipts)


def all_waiting(store: Store, bundle: str) -> Answers:
    """All that waits for the sender of a bundle that was taken in: its receipt, the last ones, and the reply."""
    taken, made = local.bundle_in, local.bundle_out
    with store.work() as work:
        sender = work.connection.execute(select(taken.c.sender).where(taken.c.bundle == bundle)).scalar_one()
        peer = next(peer for peer in peers(work) if peer.device == sender)
        receipts = select(made.c.bundle).where(
            made.c.recipient == sender, made.c.kind == BundleKind.RECEIPT.value, made.c.archive.is_not(None)
        )
        last = receipts.order_by(literal_column("bundle_out.rowid").desc()).limit(RECEIPTS)
        ids = [*work.connection.scalars(receipts.where(made.c.answers == bundle)), *work.connection.scalars(last)]
        if peer.side == Side.VILLAGE and peer.status is PeerStatus.ACTIVE:
            ids.append(replies.ready_reply(work, sender))
    return _sealed(store, ids)


def _sealed(store: Store, bundles: Sequence[str]) -> Answers:
    return tuple((bundle, sealed_answer(store, bundle)) for bundle in dict.fromkeys(bundles))
