# SPDX-License-Identifier: GPL-3.0-or-later
"""A PPT hands people's cases on to the PPT of another district (kind `transfer`).

The other PPT is an institution of the directory like any other, and a desk that was paired with this one. What goes is
what the person agreed to have referred to that institution, or what a named duty opens to it (`leaving.handed_on`):
the person with all that belongs to it, and who is named in that. A refused field is absent. When consent has ended, the
next transfer of that person carries only the end of it; what came before stays there until that office erases it.

Every record stays at home where it was: a case of a village is still that village's, and the other PPT reads it, writes
what is its own to write, and can't change what the village or the first PPT recorded. On the way in a PPT speaks for
its own code and for the villages under it, never for a village that is enrolled here, nor for this PPT, and never
for a record that is known here to be somebody else's. Questionnaires, rules and the directory are not handed on in this
way beyond the institutions that a case names; those do not go to the villages of the other PPT.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from pathlib import Path

from sqlalchemy import select

from trafficwatch.casework.consents import ReasonMissing
from trafficwatch.errors import ConsentError
from trafficwatch.models.agreement import Agreement
from trafficwatch.models.exchange import BundleKind, Delivery, Peer, RecordResult, RecordState
from trafficwatch.models.fields import Leaving, Side
from trafficwatch.models.record_types import RECORD_TYPES
from trafficwatch.models.tables import local
from trafficwatch.store import belonging
from trafficwatch.store.agreeing import agreement_of
from trafficwatch.store.erasure import RecordErased
from trafficwatch.store.records import RecordUnknown
from trafficwatch.store.training import require_reading
from trafficwatch.store.work import Store, Work
from trafficwatch.sync import attaching, peering, telling
from trafficwatch.sync.bundle import Opened
from trafficwatch.sync.devices import peers, require_side
from trafficwatch.sync.leaving import handed_on, is_deleted
from trafficwatch.sync.parcels import Exported, Made, Parcel, form_hash, make_bundles, write_bundles
from trafficwatch.sync.partners import active
from trafficwatch.sync.setting_aside import in_order, one_by_one, set_aside, targets, was_erased

TRANSFER = "transfer"
"""The journal's action."""
_NATIONAL = "national"
_NAMED = frozenset({"volunteer", "institution", "recruiter", "offer"})
"""Types about no resident of which a case names records."""
_OF_CASES = frozenset(name for name, known in RECORD_TYPES.items() if known.leaving in {Leaving.CARD, Leaving.CASE})


class TransferNotAgreed(ConsentError):
    """Somebody has not agreed to be referred to that PPT, and no duty stands for it; parameter `count`."""

    key = "transfer_not_agreed"
    catalogue = "errors_pairing"


def transfer(
    store: Store, device: str, institution: str, people: Collection[str], reason: str, folder: Path
) -> list[Exported]:
    """PPT: write bundles of these people for another PPT, which the directory knows as `institution`.

    Raises DeviceUnknown, RecordUnknown, ReasonMissing, TransferNotAgreed, CaseKeyNeeded, TrainingNeeded.
    """

    def make(work: Work) -> Iterator[Made]:
        require_side(work, Side.PPT)
        require_reading(work)
        other = active(work, device)
        if not work.records.exists("institution", institution):
            raise RecordUnknown(type="institution")
        if not reason.strip():
            raise ReasonMissing
        parcels = _parcels(work, other, institution, people)
        for person in people:
            work.note(TRANSFER, "person", person, f"{other.code}: {reason.strip()}", sealed=True)
        yield from make_bundles(work, other, BundleKind.TRANSFER, parcels, telling.said_to(work, other))

    return write_bundles(store, folder, make)


def take(work: Work, opened: Opened, step: Callable[[], None]) -> tuple[list[RecordResult], str | None]:
    """Merge what another PPT hands on, and make the receipt."""
    telling.heard(work, opened)
    results = [merge(work, opened, state, home) for state, home in one_by_one(in_order(opened), step)]
    results += set_aside(work, opened, results)
    return results, peering.answer(work, opened, results)


def merge(work: Work, opened: Opened, state: RecordState, home: str) -> RecordResult:
    """Merge one record of another PPT, or say why not."""
    if was_erased(work, state):
        return RecordResult(state.type, state.id, Delivery.REFUSED, RecordErased.key)
    is_theirs = _speaks_for(work, opened.manifest.sender.code, home)
    if not is_theirs or work.records.home(state.type, state.id) not in {None, home}:
        return RecordResult(state.type, state.id, Delivery.REFUSED, "record_of_another_village")
    if state.type not in _OF_CASES | _NAMED:
        return RecordResult(state.type, state.id, Delivery.REFUSED, "field_owned_elsewhere")
    return peering.put(work, opened, work.records.state(state.type, state.id), state, home)


def _speaks_for(work: Work, ppt: str, home: str) -> bool:
    """Whether a PPT may bring a record that is at home there."""
    enrolled = {peer.code for peer in peers(work) if peer.side == Side.VILLAGE}
    is_under = f"{home}.".startswith(f"{ppt}.")
    return is_under and home not in enrolled | {work.info.code}


def _parcels(work: Work, other: Peer, institution: str, people: Collection[str]) -> list[Parcel]:
    """What may go of these people, parents first; raises TransferNotAgreed if of somebody nothing may."""
    table = local.delivery
    rows = work.connection.execute(select(table).where(table.c.recipient == other.device))
    there = {(row.type, row.id) for row in rows if row.received_hash is not None or row.state != Delivery.REFUSED}
    found: dict[tuple[str, str], RecordState] = {}
    silent = 0
    for person in people:
        agreement = agreement_of(work, person)
        keys = belonging.group(work.connection, "person", person)
        going = list(_of_person(work, keys, agreement, institution, there))
        silent += not going
        found |= {(state.type, state.id): state for state in going}
    if silent:
        raise TransferNotAgreed(count=silent)
    found = dict(_named(work, found.values())) | found
    order = {name: position for position, name in enumerate(RECORD_TYPES)}
    parcels = []
    for (name, record), state in sorted(found.items(), key=lambda each: order[each[0][0]]):
        home = work.records.home(name, record) or work.info.code
        with_file = name == attaching.ATTACHMENT and not is_deleted(state) and (name, record) not in there
        if not with_file or (attaching.may_go(state) and attaching.can_go(work, record)):
            parcels.append(Parcel(state, home, form_hash(state), with_file=with_file))
    return parcels


def _of_person(
    work: Work,
    keys: Collection[tuple[str, str]],
    agreement: Agreement,
    institution: str,
    there: Collection[tuple[str, str]],
) -> Iterator[RecordState]:
    for name, record in keys:
        state = work.records.state(name, record)
        went_out = (name, record) in there
        departure = handed_on(state, agreement, institution, went_out=went_out) if state else None
        if departure is not None:
            yield departure.state


def _named(work: Work, states: Collection[RecordState]) -> Iterator[tuple[tuple[str, str], RecordState]]:
    """Who and what these records point to outside of the people: without it they could not be kept there."""
    wanted = list(states)
    seen: set[tuple[str, str]] = set()
    for state in wanted:
        for link in RECORD_TYPES[state.type].links:
            for target in targets(state, link.name) if link.target in _NAMED else ():
                named = work.records.state(link.target, target)
                is_known = (link.target, target) in seen or work.records.home(link.target, target) == _NATIONAL
                departure = handed_on(named, Agreement(), "") if named and not is_known else None
                if departure is not None:
                    seen.add((link.target, target))
                    wanted.append(departure.state)
                    yield (link.target, target), departure.state
