# SPDX-License-Identifier: GPL-3.0-or-later
"""Records of bundles that were set aside, until they are settled: taken in after all, or discarded with a reason.

One that pointed to a record that was missing goes in by itself when that record arrives, in the same transaction; so
does one that the present state of its record has overtaken. The others wait for a person: the program was updated, a
difference was settled, an import was undone. Their content needs the case key.

A receipt names every record of its bundle. When one of them is settled later, a receipt for the same bundle is made
anew and takes the place of the first: one that the sender has already stays true as far as it says 'received'.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, and_, delete, func, literal_column, select, update

from trafficwatch.models.exchange import BundleKind, Delivery, PeerStatus, RecordResult, RecordState, canonical
from trafficwatch.models.fields import Side
from trafficwatch.models.record_types import RECORD_TYPES
from trafficwatch.models.tables import local
from trafficwatch.store.erasure import CoordinatorNeeded, may_erase
from trafficwatch.store.sealing import CaseKeyNeeded, SealedValueDamaged
from trafficwatch.store.work import Work
from trafficwatch.sync import (
    moving,
    outgoing,
    peering,
    receipts,
    removing,
    replies,
    reports,
    restoring,
    transferring,
    undoing,
    wire,
)
from trafficwatch.sync.bundle import Opened
from trafficwatch.sync.devices import peers
from trafficwatch.sync.manifest import FORMAT, Manifest, Sender
from trafficwatch.sync.merge import merge_records
from trafficwatch.sync.receipts import DISCARDED
from trafficwatch.sync.undoing import UNDONE, ReasonNeeded

LINK_MISSING = "link_missing"

One = Callable[[Work, Opened, RecordState, str], RecordResult]
TAKE_ONE: Mapping[tuple[Side, Side, BundleKind], One] = {
    (Side.PPT, Side.VILLAGE, BundleKind.REPORT): reports.merge,
    (Side.VILLAGE, Side.PPT, BundleKind.REPLY): replies.merge,
    (Side.VILLAGE, Side.VILLAGE, BundleKind.PEER): peering.merge,
    (Side.VILLAGE, Side.PPT, BundleKind.RESTORE): restoring.merge,
    (Side.PPT, Side.PPT, BundleKind.TRANSFER): transferring.merge,
}
"""What takes one record in again: this side, the sender's side, the kind of bundle in which it came."""

_ASIDE, _IN, _OUT = local.quarantine, local.bundle_in, local.bundle_out
_JOIN = and_(_IN.c.bundle == _ASIDE.c.bundle, _IN.c.sender == _ASIDE.c.sender)
_ORDER = {name: position for position, name in enumerate(RECORD_TYPES)}
Place = tuple[str, int]
"""Bundle and line."""


@dataclass(frozen=True, slots=True)
class SetAside:
    """One record that was set aside: why, since when, and in which bundle of whom it came. `is_kept` tells that its
    content is here: without it there is nothing to try again.
    """

    place: Place
    type: str
    id: str
    reason: str
    since: str
    device: str
    sender: str
    number: int
    is_kept: bool


@dataclass(frozen=True, slots=True)
class Settled:
    """How many records were settled, and how many wait on; the receipts that were made anew, as ids of bundles."""

    done: int
    left: int
    receipts: tuple[str, ...] = ()


def kept_aside(work: Work) -> tuple[SetAside, ...]:
    """All records that wait, those of the last bundle first."""
    peer = local.peer
    query = (
        select(_ASIDE, _ASIDE.c.content.is_not(None).label("is_kept"), _IN.c.received_at, _IN.c.number, peer.c.name)
        .join(_IN, _JOIN)
        .outerjoin(peer, peer.c.device == _ASIDE.c.sender)
        .order_by(literal_column("bundle_in.rowid").desc(), _ASIDE.c.line)
    )
    return tuple(
        SetAside(
            (row.bundle, row.line),
            row.type,
            row.id,
            row.reason,
            row.received_at,
            row.sender,
            row.name or row.sender,
            row.number,
            bool(row.is_kept),
        )
        for row in work.connection.execute(query)
    )


def count(work: Work) -> int:
    """How many records wait."""
    return work.connection.execute(select(func.count()).select_from(_ASIDE)).scalar_one()


def try_again(work: Work, places: Collection[Place]) -> Settled:
    """Take in what was set aside, as far as it can be now. Raises CaseKeyNeeded."""
    if not work.sealer.able:
        raise CaseKeyNeeded
    rows = [row for row in _rows(work) if (row.bundle, row.line) in places and row.content is not None]
    done = _take_again(work, rows)
    lost = _swept(work, done)
    kept, gone = ([row for row in done if ((row.type, row.id) in lost) is is_lost] for is_lost in (False, True))
    receipts_made = _renewed(work, kept) + _renewed(work, gone, Delivery.REMOVED, removing.WITHDRAWN)
    return Settled(len(done), len(places) - len(done), receipts_made)


def _swept(work: Work, done: Iterable[Row[Any]]) -> set[tuple[str, str]]:
    """At the PPT, what may not stay though it could be taken in: whose consent has ended meanwhile."""
    if work.info.side is not Side.PPT:
        return set()
    by_device: dict[str, list[tuple[str, str]]] = {}
    for row in done:
        by_device.setdefault(row.sender, []).append((row.type, row.id))
    known = {peer.device: peer.code for peer in peers(work) if peer.side == Side.VILLAGE}
    found = [removing.swept(work, keys, each, known[each]) for each, keys in by_device.items() if each in known]
    return {key for lost in found for key in lost}


def settle_by_import(work: Work, opened: Opened) -> Settled:
    """After a bundle was taken in: what it has made possible, and what it has overtaken."""
    if not work.sealer.able or not opened.lines.records:
        return Settled(0, 0)
    bundle, came = opened.manifest.bundle, {(each.state.type, each.state.id) for each in opened.lines.records}
    rows = [row for row in _rows(work) if row.content is not None]
    _drop_overtaken(work, bundle, rows)
    again = [row for row in rows if row.reason == LINK_MISSING]
    known = [row for row in rows if row.reason != LINK_MISSING and row.bundle != bundle and (row.type, row.id) in came]
    known = [row for row in known if _is_known(work, row)]
    done = _take_again(work, [*again, *known])
    return Settled(len(done), len(rows) - len(done), _renewed(work, done))


def discard(work: Work, places: Collection[Place], reason: str) -> Settled:
    """Throw records away that were set aside; the sender is told. Raises CaseKeyNeeded, CoordinatorNeeded or
    ReasonNeeded.
    """
    if not work.sealer.able:
        raise CaseKeyNeeded
    if not may_erase(work):
        raise CoordinatorNeeded
    if not reason.strip():
        raise ReasonNeeded
    rows = [row for row in _rows(work) if (row.bundle, row.line) in places]
    for row in rows:
        _drop(work, row)
        files = local.attachment_content
        if row.type == "attachment" and not work.records.exists(row.type, row.id):
            work.connection.execute(delete(files).where(files.c.id == row.id))
        work.note("discard", "bundle", row.bundle, f"{row.type} {row.id}: {reason}", sealed=True)
    told = [row for row in rows if row.type in RECORD_TYPES]
    return Settled(len(rows), 0, _renewed(work, told, Delivery.REFUSED, DISCARDED))


# -- taking in again ---------------------------------------------------------------------------------------------------


def _rows(work: Work) -> Sequence[Row[Any]]:
    query = select(_ASIDE).join(_IN, _JOIN).order_by(literal_column("bundle_in.rowid"), _ASIDE.c.line)
    return work.connection.execute(query).all()


def _take_again(work: Work, rows: Iterable[Row[Any]]) -> list[Row[Any]]:
    """Those that went in, parents first, round after round while one opens the way to another."""
    waiting = sorted(rows, key=lambda row: (_ORDER.get(row.type, len(_ORDER)), -row.line))
    done: list[Row[Any]] = []
    opened: dict[str, tuple[Opened, bool]] = {}
    while waiting:
        left = []
        for row in waiting:
            if row.bundle not in opened:
                opened[row.bundle] = _as_opened(work, row.bundle, row.sender)
            reason = _why_not(work, *opened[row.bundle], row)
            if reason:
                left.append(row)
                _say(work, row, reason)
            else:
                done.append(row)
                _drop(work, row)
        if len(left) == len(waiting):
            break
        waiting = left
    for bundle in {row.bundle for row in done}:
        waits = select(_ASIDE.c.line).where(_ASIDE.c.bundle == bundle, _ASIDE.c.reason == UNDONE)
        if work.connection.execute(waits).first() is None:
            work.connection.execute(update(_IN).where(_IN.c.bundle == bundle).values(undone_at=None))
    return done


def _why_not(work: Work, opened: Opened, is_noted: bool, row: Row[Any]) -> str:  # noqa: FBT001 - beside what it is of
    """Take one record in; why it can't be, '' if it was."""
    lines = _content(work, row)
    if lines.refused or not lines.records:
        return lines.refused[0].reason if lines.refused else str(row.reason)
    take = TAKE_ONE.get((work.info.side, Side(opened.manifest.sender.side), opened.manifest.kind))
    if take is None:
        return str(row.reason)
    state, home = lines.records[0].state, lines.records[0].home
    with undoing.noting(work, row.bundle) if is_noted else nullcontext():
        result = take(work, opened, state, moving.codes(work).get(home, home))
    return result.reason if result.state is Delivery.REFUSED else ""


def _content(work: Work, row: Row[Any]) -> wire.Lines:
    try:
        text = str(work.sealer.open("quarantine", row.sender, f"{row.bundle}/{row.line}", row.content))
    except SealedValueDamaged:
        return wire.Lines((), (), ())
    return wire.split(text.encode(), work.info.counter)


def _as_opened(work: Work, bundle: str, sender: str) -> tuple[Opened, bool]:
    """The head of a bundle that was taken in, and whether its import can be undone: what goes in late is noted too."""
    row = work.connection.execute(select(_IN).where(_IN.c.bundle == bundle, _IN.c.sender == sender)).one()
    peer = next((each for each in peers(work) if each.device == sender), None)
    said = Sender(peer.side if peer else "", peer.code if peer else "", sender, "")
    manifest = Manifest(
        format=FORMAT,
        bundle=bundle,
        kind=BundleKind(row.kind),
        practice=work.info.practice,
        sender=said,
        recipients=(),
        epoch=row.epoch,
        number=row.number,
        previous="",
        created_at=row.received_at,
        journal_head="",
        records=1,
        unpacked=0,
        parent=row.parent,
    )
    is_noted = row.undone_at is not None or bundle in undoing.undoable(work)
    return Opened(manifest, row.manifest_hash, again=True, lines=wire.Lines((), (), ())), is_noted


def _is_known(work: Work, row: Row[Any]) -> bool:
    """Whether the record as it stands has seen all that was set aside of it."""
    lines, present = _content(work, row), work.records.state(row.type, row.id)
    return present is not None and bool(lines.records) and merge_records(present, lines.records[0].state) == present


def _drop_overtaken(work: Work, bundle: str, rows: list[Row[Any]]) -> None:
    """A record that came again and was set aside again stands there once, as far as the later one has seen it all."""
    newer = {(row.sender, row.type, row.id): row for row in rows if row.bundle == bundle}
    for row in [row for row in rows if row.bundle != bundle and (row.sender, row.type, row.id) in newer]:
        old, new = _content(work, row).records, _content(work, newer[row.sender, row.type, row.id]).records
        if old and new and merge_records(new[0].state, old[0].state) == new[0].state:
            _drop(work, row)
            rows.remove(row)


def _here(row: Row[Any]) -> tuple[Any, ...]:
    return (_ASIDE.c.sender == row.sender, _ASIDE.c.bundle == row.bundle, _ASIDE.c.line == row.line)


def _drop(work: Work, row: Row[Any]) -> None:
    work.connection.execute(delete(_ASIDE).where(*_here(row)))


def _say(work: Work, row: Row[Any], reason: str) -> None:
    if row.reason not in {reason, UNDONE}:
        work.connection.execute(update(_ASIDE).where(*_here(row)).values(reason=reason))


# -- receipts ----------------------------------------------------------------------------------------------------------


def _renewed(
    work: Work, rows: Iterable[Row[Any]], state: Delivery = Delivery.RECEIVED, reason: str = ""
) -> tuple[str, ...]:
    """Note what became of records, and make the receipts of their bundles anew where that says something else."""
    by_bundle: dict[tuple[str, str], list[Row[Any]]] = {}
    for row in rows:
        by_bundle.setdefault((row.bundle, row.sender), []).append(row)
    made = []
    for (bundle, sender), settled in by_bundle.items():
        here = (_IN.c.bundle == bundle, _IN.c.sender == sender)
        came = work.connection.execute(select(_IN.c.results, _IN.c.received_at).where(*here)).one()
        results = json.loads(came.results)
        for row in settled:
            _put_result(results, row, [row.type, row.id, state.value, reason])
        said = canonical(results)
        if said == came.results:
            continue
        work.connection.execute(update(_IN).where(*here).values(results=said))
        found = [RecordResult(name, each, Delivery(of), why) for name, each, of, why in results]
        receipt = _make_receipt(work, bundle, sender, found, came.received_at)
        made += [receipt] if receipt else []
    return tuple(made)


def _put_result(results: list[list[str]], row: Row[Any], said: list[str]) -> None:
    """In the place of what was said of this very record."""
    of_record = [place for place, each in enumerate(results) if each[:2] == said[:2]]
    same = [place for place in of_record if results[place][3] == row.reason]
    for place in (same or of_record)[:1]:
        results[place] = said


def _make_receipt(
    work: Work, bundle: str, sender: str, results: Sequence[RecordResult], received_at: str
) -> str | None:
    """The receipt of a bundle anew, if one was made and its sender is still answered."""
    here = (_OUT.c.answers == bundle, _OUT.c.kind == BundleKind.RECEIPT.value)
    peer = next((each for each in peers(work) if each.device == sender), None)
    if peer is None or peer.status is not PeerStatus.ACTIVE:
        return None
    if work.connection.execute(select(_OUT.c.bundle).where(*here)).first() is None:
        return None
    lines = receipts.lines(_as_opened(work, bundle, sender)[0], results, received_at)
    receipt, _ = outgoing.make(work, peer, BundleKind.RECEIPT, lines, answers=bundle)
    former = update(_OUT).where(*here, _OUT.c.bundle != receipt)
    work.connection.execute(former.values(answers=receipt, archive=None))  # who asks for it gets the new one
    return receipt
