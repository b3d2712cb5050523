# SPDX-License-Identifier: GPL-3.0-or-later
"""From the PPT's new questionnaire to every village, by the replies that carry the directory as well.

The replies are made in the transaction that publishes: after a crash there is either neither or both. They are written
to a stick whenever one is there, as often as wanted. What a village takes in of them is `sync.importing`.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from trafficwatch.models.fields import Side
from trafficwatch.models.publishing import PublishedQuestionnaire
from trafficwatch.screening import library, publishing
from trafficwatch.screening.documents import MOST_BYTES
from trafficwatch.screening.xlsform import write_xlsform
from trafficwatch.store.files import check_new, check_outside, read_limited, write_whole
from trafficwatch.store.work import Store
from trafficwatch.sync import outgoing
from trafficwatch.sync.devices import require_side
from trafficwatch.sync.replies import make_replies, ready_replies, villages


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
        make_replies(work, found)
    return Published(kept, len(found))


def write_replies(store: Store, folder: Path) -> tuple[Path, ...]:
    """PPT: the reply for every village device into one folder, a fresh one where there is news; written again, each in
    its place.
    """
    check_outside(folder, store.folder)
    with store.work() as work:
        require_side(work, Side.PPT)
        ready = ready_replies(work)
    return tuple(outgoing.write_answer(store, bundle, folder) for bundle in ready)
