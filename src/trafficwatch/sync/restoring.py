# SPDX-License-Identifier: GPL-3.0-or-later
"""A village gets back what its PPT has, after a laptop was lost or put back to an old backup (kind `restore`).

The PPT chooses a device that is enrolled and active, and gives a reason. All that is at home in the village of that
device goes, whole, with what a reply carries: the village once sent it, so nobody is asked again. What it never sent
(private notes, people who did not agree) is lost with the laptop, and nothing here can bring it back.

Everywhere else a PPT can't write what a village owns, and a restore must not become the way around that. So a village
takes one in only while it waits for it: a coordinator has said so (`expect`), for a week. Values merge with their
histories, so newer ones stay, and what is taken in again changes nothing. What came from the PPT in a form is confirmed
in that form: it does not go there again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import select

from trafficwatch.casework.consents import ReasonMissing
from trafficwatch.errors import BundleError
from trafficwatch.models.exchange import BundleKind, Delivery, Peer, RecordResult, RecordState
from trafficwatch.models.fields import Side
from trafficwatch.models.record_types import RECORD_TYPES
from trafficwatch.models.tables import local
from trafficwatch.store import info
from trafficwatch.store.erasure import RecordErased
from trafficwatch.store.sealing import CaseKeyNeeded
from trafficwatch.store.work import Store, Work
from trafficwatch.sync import attaching, peering, receipts, replies, telling
from trafficwatch.sync.bundle import Opened
from trafficwatch.sync.devices import DeviceUnknown, peers, require_side
from trafficwatch.sync.leaving import among_laptops, is_deleted
from trafficwatch.sync.parcels import Exported, Made, Parcel, form_hash, make_bundles, write_bundles
from trafficwatch.sync.partners import require_coordinator
from trafficwatch.sync.pinning import for_merge
from trafficwatch.sync.setting_aside import in_order, one_by_one, set_aside, was_erased

GIVEN_BACK = "given_back"
"""The journal's action on both sides."""
_EXPECTED = "restore_expected"
_WAITS = timedelta(days=7)


class RestoreNotExpected(BundleError):
    """Nobody has said on this laptop that it waits for its data."""

    key = "restore_not_expected"
    catalogue = "errors_pairing"


def restore(store: Store, device: str, reason: str, folder: Path) -> list[Exported]:
    """PPT: write all that is here of this device's village; raises DeviceUnknown, ReasonMissing, CaseKeyNeeded."""

    def make(work: Work) -> Iterator[Made]:
        require_side(work, Side.PPT)
        village = next((each for each in replies.villages(work) if each.device == device), None)
        if village is None:
            raise DeviceUnknown(device=device)
        if not reason.strip():
            raise ReasonMissing
        if not work.sealer.able:
            raise CaseKeyNeeded
        work.note(GIVEN_BACK, "device", device, reason.strip())
        yield from make_bundles(
            work, village, BundleKind.RESTORE, _parcels(work, village), telling.said_to(work, village)
        )

    return write_bundles(store, folder, make)


def expect(store: Store) -> None:
    """Village: for a week this laptop takes in what the PPT has of its village; raises CoordinatorsPair."""
    with store.work() as work:
        require_side(work, Side.VILLAGE)
        require_coordinator(work)
        info.put(work.connection, {_EXPECTED: work.now})
        work.note(GIVEN_BACK, "device", work.info.device, "expected")


def is_expected(work: Work) -> bool:
    """Whether this laptop waits for its data; a clock that was set back does not make the week longer than twice."""
    since = info.get(work.connection, _EXPECTED)
    return since is not None and abs(datetime.fromisoformat(work.now) - datetime.fromisoformat(since)) < _WAITS


def other_devices(work: Work, device: str) -> tuple[Peer, ...]:
    """PPT: the other active devices of the same village, which one that is lost may still be among."""
    code = next((peer.code for peer in peers(work) if peer.device == device), "")
    return tuple(each for each in replies.villages(work) if each.code == code and each.device != device)


def take(work: Work, opened: Opened, step: Callable[[], None]) -> tuple[list[RecordResult], str | None]:
    """Merge what the PPT has of this village, and make the receipt; raises RestoreNotExpected."""
    if not is_expected(work):
        raise RestoreNotExpected
    telling.heard(work, opened)
    results = [merge(work, opened, state, home) for state, home in one_by_one(in_order(opened), step)]
    results += set_aside(work, opened, results)
    return results, peering.answer(work, opened, results)


def merge(work: Work, opened: Opened, state: RecordState, home: str) -> RecordResult:
    """Merge one record of a restore: of this village whole, of the PPT as in a reply."""
    own = work.info.code
    if home != own:
        return replies.merge(work, opened, state, home)
    if was_erased(work, state):
        return RecordResult(state.type, state.id, Delivery.REFUSED, RecordErased.key)
    if work.records.home(state.type, state.id) not in {None, own}:
        return RecordResult(state.type, state.id, Delivery.REFUSED, "record_of_another_village")
    done = peering.put(work, opened, for_merge(work, work.records.state(state.type, state.id), state), state, home)
    if done.state is Delivery.RECEIVED and not receipts.is_superseded(work, opened):
        peering.note_there(work, opened.manifest.sender.device, among_laptops(state))
    return done


def _parcels(work: Work, village: Peer) -> list[Parcel]:
    """All of this village, and what every reply to it carries, parents first."""
    table = local.record_state
    rows = work.connection.execute(select(table.c.type, table.c.id).where(table.c.home == village.code))
    theirs = {(row.type, row.id) for row in rows}
    found = [
        (state, village.code)
        for name in RECORD_TYPES
        for state in work.records.each_state(name)
        if (name, state.id) in theirs
    ]
    found += [(state, home) for state, home in replies.carried(work, village) if (state.type, state.id) not in theirs]
    order = {name: position for position, name in enumerate(RECORD_TYPES)}
    found.sort(key=lambda each: order[each[0].type])
    return [Parcel(state, home, form_hash(state), with_file=_has_file(work, state)) for state, home in found]


def _has_file(work: Work, state: RecordState) -> bool:
    return state.type == attaching.ATTACHMENT and not is_deleted(state) and attaching.can_go(work, state.id)
