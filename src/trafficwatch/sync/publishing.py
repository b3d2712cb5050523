# SPDX-License-Identifier: GPL-3.0-or-later
"""From the PPT's new questionnaire to every village, by the replies that carry the directory as well.

The replies are made in the transaction that publishes: after a crash there is either neither or both. They are written
to a stick whenever one is there, as often as wanted. What a village takes in of them is `sync.importing`.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import literal_column, select

from trafficwatch.models.exchange import BundleKind, Peer, PeerStatus
from trafficwatch.models.fields import Side
from trafficwatch.models.publishing import PublishedQuestionnaire
from trafficwatch.models.tables import local
from trafficwatch.screening import library, publishing
from trafficwatch.screening.documents import MOST_BYTES
from trafficwatch.screening.xlsform import write_xlsform
from trafficwatch.store.files import check_new, check_outside, read_limited, write_whole
from trafficwatch.store.work import Store, Work
from trafficwatch.sync import outgoing
from trafficwatch.sync.devices import peers, require_side
from trafficwatch.sync.enrolling import make_reply


@dataclass(frozen=True, slots=True)
class Published:
    """A version that is asked from now on, and for how many village devices a reply waits."""

    questionnaire: PublishedQuestionnaire
    villages: int


def preview_file(store: Store, path: Path) -> publishing.Preview:
    """PPT: what publishing the questionnaire in this file would do; raises what `screening.publishing` raises."""
    untrusted_bytes = read_limited(path, MOST_BYTES)
    with store.work() as work:
        require_side(work, Side.PPT)
        return publishing.preview(work, untrusted_bytes, path.name)


def save_form(store: Store, ref: str, path: Path) -> None:
    """A version as an XLSForm, to be changed in an office program."""
    check_new(path, store.folder)
    with store.work() as work:
        asked = library.get(work, ref)
    write_whole(path, write_xlsform(asked))


def publish(store: Store, content: publishing.Content, file: str) -> Published:
    """PPT: publish a new version and make a reply for every village; raises what `screening.publishing` raises."""
    with store.work() as work:
        require_side(work, Side.PPT)
        kept = publishing.publish(work, content, file)
        found = villages(work)
        for village in found:
            make_reply(work, village)
    return Published(kept, len(found))


def villages(work: Work) -> list[Peer]:
    """The village devices that are written to."""
    return [peer for peer in peers(work) if peer.side == Side.VILLAGE and peer.status is PeerStatus.ACTIVE]


def write_replies(store: Store, folder: Path) -> tuple[Path, ...]:
    """PPT: the latest reply for every village device into one folder; written again, each in its place."""
    check_outside(folder, store.folder)
    with store.work() as work:
        require_side(work, Side.PPT)
        replies = [_latest_reply(work, village) for village in villages(work)]
    return tuple(outgoing.write_answer(store, bundle, folder) for bundle in replies)


def _latest_reply(work: Work, village: Peer) -> str:
    """Every village has one since it was approved, and publishing makes a new one."""
    table = local.bundle_out
    query = (
        select(table.c.bundle)
        .where(table.c.recipient == village.device, table.c.kind == BundleKind.REPLY.value)
        .order_by(literal_column("bundle_out.rowid").desc())
    )
    return str(work.connection.execute(query).scalars().first())
