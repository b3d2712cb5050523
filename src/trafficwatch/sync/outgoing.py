# SPDX-License-Identifier: GPL-3.0-or-later
"""Numbering and making one outgoing bundle of any kind, inside the caller's transaction.

Answers (receipts, replies) are kept as made, and sealed again whenever they are asked for.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from pathlib import Path

from sqlalchemy import func, insert, select

from trafficwatch.models.exchange import BundleKind, Peer, canonical
from trafficwatch.models.tables import local
from trafficwatch.store import journal
from trafficwatch.store.files import check_outside, write_whole
from trafficwatch.store.work import Store, Work
from trafficwatch.sync import bundle, sshsig, wire
from trafficwatch.sync.devices import keys_for, peers
from trafficwatch.sync.manifest import FORMAT, Manifest, Sender, recipient_hash


def make(
    work: Work,
    recipient: Peer,
    kind: BundleKind,
    lines: Sequence[str],
    *,
    records: Mapping[str, str] | None = None,
    answers: str | None = None,
    files: Sequence[bytes] = (),
) -> tuple[str, bytes]:
    """A signed archive with the next number for this recipient; gives the bundle's id and the archive (not sealed yet).

    It is signed with the keys of ours that the recipient knows. `records` maps `type/id` to the hash of what leaves,
    for receipts to confirm. The archive of an answer is kept, so that the same answer can be given again.
    """
    own, table = keys_for(work, recipient), local.bundle_out
    here = (table.c.recipient == recipient.device, table.c.epoch == work.info.epoch)
    number = (work.connection.execute(select(func.max(table.c.number)).where(*here)).scalar_one() or 0) + 1
    previous = work.connection.execute(
        select(table.c.manifest_hash).where(*here, table.c.number == number - 1)
    ).scalar_one_or_none()
    manifest = Manifest(
        format=FORMAT,
        bundle=str(uuid.uuid4()),
        kind=kind,
        practice=work.info.practice,
        sender=Sender(work.info.side, work.info.code, own.device, sshsig.fingerprint(own.signing_key)),
        recipients=(recipient_hash(recipient.recipient),),
        epoch=work.info.epoch,
        number=number,
        previous=previous or "",
        created_at=work.now,
        journal_head=journal.head(work.connection, own.device),
        records=len(lines),
        unpacked=0,
        parent=work.info.parent,
    )
    archive, manifest_hash = bundle.pack(manifest, wire.join(lines), own.signing_seed, files)
    work.connection.execute(
        insert(table).values(
            bundle=manifest.bundle,
            recipient=recipient.device,
            kind=kind.value,
            epoch=manifest.epoch,
            number=number,
            manifest_hash=manifest_hash,
            created_at=work.now,
            records=canonical(dict(records or {})),
            answers=answers,
            archive=archive if answers else None,
        )
    )
    return manifest.bundle, archive


def write_answer(store: Store, bundle_id: str, folder: Path) -> Path:
    """Seal a reply or receipt that was made here into a folder; asked for again, the same one in its place."""
    check_outside(folder, store.folder)
    path = folder / f"{bundle_id[:8]}.twb"
    write_whole(path, sealed_answer(store, bundle_id))
    return path


def sealed_answer(store: Store, bundle_id: str) -> bytes:
    """A reply or receipt that was made here, sealed anew; of a receipt that was made anew, the newest."""
    with store.work() as work:
        table = local.bundle_out
        columns = (table.c.archive, table.c.recipient, table.c.answers)
        row = work.connection.execute(select(*columns).where(table.c.bundle == bundle_id)).one()
        while row.archive is None:
            row = work.connection.execute(select(*columns).where(table.c.bundle == row.answers)).one()
        recipient = next(peer for peer in peers(work) if peer.device == row.recipient)
    return bundle.seal(row.archive, [recipient.recipient])
