# SPDX-License-Identifier: GPL-3.0-or-later
"""What goes at the PPT after it had been there: what was erased in the village, and what no consent covers any more.

The village tells what it erased for good, until a receipt says `removed`. What a withdrawn consent leaves uncovered the
PPT finds out itself: after each report it holds the village's records about a person against that person's own words,
by the very rule by which they leave the village (`sync.leaving`). Only a word ends a consent here: a day that ran out
does not, nor the end of a duty alone, nor a deletion. What goes leaves what follows every stop, and the receipt says
`removed`; what comes late is refused. Consent given again is a new record, and opens again. What the PPT wrote itself
stays with it.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import insert, literal_column, select, update

from trafficwatch.models.agreement import BY_DUTY, Agreement, agreement_on
from trafficwatch.models.care import Disclosure
from trafficwatch.models.casework import Decision
from trafficwatch.models.checks import is_record_id
from trafficwatch.models.exchange import Delivery, Peer, RecordResult, RecordState
from trafficwatch.models.fields import Leaving, Shape, Side
from trafficwatch.models.record_types import RECORD_TYPES
from trafficwatch.models.tables import RECORD_TABLES, local
from trafficwatch.store import belonging, clearing
from trafficwatch.store.agreeing import consents_of
from trafficwatch.store.erasure import Ground, is_erased, never_take_in, take_out_only
from trafficwatch.store.sealing import SealedValueDamaged
from trafficwatch.store.work import Work
from trafficwatch.sync import wire
from trafficwatch.sync.bundle import Opened
from trafficwatch.sync.leaving import leaves

WITHDRAWN = "consent_withdrawn"
"""Why a record was removed, or is refused: the person has taken back what it could be there for."""

_ANY_DAY = "9999-12-31"
"""Stands for today: only words end a consent here, and a village's clock may be ahead of ours."""
_SPEAKS = ("consent", "disclosure")
"""The records in which a person's words, and duties, stand."""
_Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Told:
    """One record that was erased here after the recipient had it; `removed_at` is what its receipt says."""

    type: str
    id: str
    reason: str
    erased_at: str
    removed_at: str | None


# -- erasure: who tells ------------------------------------------------------------------------------------------------


def said(work: Work, peer: Peer) -> Iterator[wire.EraseLine]:
    """What this partner has not yet confirmed of what was erased here: the own PPT of what went to it, another laptop
    of the village of everything.
    """
    if work.info.side is not Side.VILLAGE or (peer.side != Side.PPT and peer.code != work.info.code):
        return
    went = _went_to(work, peer.device) if peer.side == Side.PPT else None
    for each in told(work, peer.device):
        if each.removed_at is None and (went is None or (each.type, each.id) in went):
            yield wire.EraseLine(each.type, each.id, each.reason)


def told(work: Work, device: str) -> tuple[Told, ...]:
    """Everything that was erased here, and since when this partner has removed it, the latest first."""
    gone, heard_of = local.erasure, local.erasure_told
    known = (heard_of.c.type == gone.c.type) & (heard_of.c.id == gone.c.id) & (heard_of.c.recipient == device)
    query = select(gone, heard_of.c.removed_at).outerjoin(heard_of, known).order_by(gone.c.at.desc(), gone.c.id)
    rows = work.connection.execute(query)
    return tuple(Told(row.type, row.id, row.reason, row.at, row.removed_at) for row in rows)


def removed_there(work: Work, device: str) -> tuple[Told, ...]:
    """Of what had gone to this partner and was erased here: what became of it there."""
    went = _went_to(work, device)
    return tuple(each for each in told(work, device) if (each.type, each.id) in went)


def mark(work: Work, recipient: str, head: wire.ReceiptLine, result: RecordResult, sent_hash: str) -> None:
    """A recipient has removed a record, as its receipt for one of our bundles says; `sent_hash` is the form in which
    that bundle held what is left of it, '' if it held none.
    """
    table, heard_of = local.delivery, local.erasure_told
    here = (table.c.recipient == recipient, table.c.type == result.type, table.c.id == result.id)
    values = {"state": Delivery.REMOVED.value, "reason": result.reason, "received_hash": sent_hash}
    work.connection.execute(update(table).where(*here).values(**values))
    if is_erased(work.connection, result.type, result.id):
        key = {"recipient": recipient, "type": result.type, "id": result.id}
        row = {"bundle": head.bundle, "removed_at": head.received_at}
        this = [heard_of.c[name] == value for name, value in key.items()]
        if work.connection.execute(update(heard_of).where(*this).values(**row)).rowcount == 0:
            work.connection.execute(insert(heard_of).values(**key, **row))


def _went_to(work: Work, device: str) -> set[_Key]:
    table = local.delivery
    rows = work.connection.execute(select(table.c.type, table.c.id).where(table.c.recipient == device))
    return {(row.type, row.id) for row in rows}


# -- erasure: who hears ------------------------------------------------------------------------------------------------


def heard(work: Work, opened: Opened) -> list[RecordResult]:
    """Erase what the sender's village has erased for good, as far as it is at home there; what is not here stays out.
    What the PPT wrote itself about that person stays with it.
    """
    lines = [line for line in opened.lines.control if isinstance(line, wire.EraseLine)]
    results = [result for line in lines for result in _erase(work, line, opened.manifest.sender.code)]
    return list({(each.type, each.id): each for each in results}.values())


def _erase(work: Work, line: wire.EraseLine, code: str) -> list[RecordResult]:
    """Erase a record with all that belongs to it here: the sender does not know what was recorded elsewhere."""
    ground = Ground(line.reason) if line.reason in set(Ground) else Ground.PERSON_ASKED
    known = RECORD_TYPES.get(line.of)
    if known is None or not is_record_id(line.id):
        return [RecordResult(line.of[:40], line.id[:36], Delivery.REFUSED, "record_type_unknown")]
    if all(field.owner is Side.PPT for field in known.fields.values()):
        return [RecordResult(line.of, line.id, Delivery.REFUSED, "field_owned_elsewhere")]
    going = [(line.of, line.id)]
    home = work.records.home(line.of, line.id)
    if home is None:
        never_take_in(work, (line.of, line.id), ground)
    elif home != code:
        return [RecordResult(line.of, line.id, Delivery.REFUSED, "record_of_another_village")]
    else:
        group = belonging.group(work.connection, line.of, line.id)
        going = [key for key in group if work.records.home(*key) == code and not is_erased(work.connection, *key)]
        going = [
            key for key in going if any(field.owner is Side.VILLAGE for field in RECORD_TYPES[key[0]].fields.values())
        ]
        take_out_only(work, going, ground)
        going = list(dict.fromkeys([(line.of, line.id), *going]))
    return [RecordResult(*key, Delivery.REMOVED, ground.value) for key in going]


# -- consent: the PPT holds what it has against the person's words -----------------------------------------------------


def sweep(
    work: Work, opened: Opened, results: Sequence[RecordResult], erased: Sequence[RecordResult]
) -> tuple[list[RecordResult], list[RecordResult]]:
    """Take out what may be here no longer of the people whom this report is about. Gives the results of its records,
    and those of others that lost something or were `erased`.
    """
    sender = opened.manifest.sender
    brought = {(each.state.type, each.state.id): each.state for each in opened.lines.records}
    lost = swept(work, brought, sender.device, sender.code)
    judged = [_result(each, lost.get((each.type, each.id)), brought) for each in results]
    told_of, others = settled(opened, judged, erased)
    return told_of, [*(RecordResult(*key, Delivery.REMOVED, WITHDRAWN) for key in lost if key not in brought), *others]


def swept(work: Work, records: Collection[_Key], device: str, code: str) -> dict[_Key, frozenset[str]]:
    """Take out what may be here no longer of the people whom these records of a village are about, as its device has
    told; gives the records that lost something, and the keys of that.
    """
    lost: dict[_Key, frozenset[str]] = {}
    for person_id in _people(work, records):
        agreement = may_stay(work, person_id)
        if agreement is not None and not _words_wait(work, device, person_id):
            lost |= dict(_of_person(work, person_id, code, agreement))
    for key, keys in lost.items():
        _take_out(work, key, keys)
    return lost


def settled(
    opened: Opened, results: Sequence[RecordResult], erased: Sequence[RecordResult]
) -> tuple[list[RecordResult], list[RecordResult]]:
    """The results of the records of a bundle when some of them were `erased` with it, and the results of others."""
    gone = {(each.type, each.id): each for each in erased}
    brought = {(each.state.type, each.state.id) for each in opened.lines.records}
    told_of = [gone.get((each.type, each.id), each) for each in results]
    return told_of, [each for key, each in gone.items() if key not in brought]


def may_stay(work: Work, person_id: str) -> Agreement | None:
    """What the PPT may keep of a person; None if nobody has said a word that ends anything. What a volunteer deleted
    counts as if it stood: that can be taken back, and what was taken out for it could not.
    """
    consents = [replace(each, valid_until=None, deleted=None) for each in consents_of(work, person_id)]
    about = RECORD_TABLES["disclosure"].c.person_id == person_id
    disclosures = [replace(each, deleted=None) for each in work.records.select(Disclosure, about, with_deleted=True)]
    has_ended = any(_ends(each) for each in consents)
    has_refused = any(is_refused for each in consents for is_refused in each.refused_fields.values())
    return agreement_on(consents, _ANY_DAY, disclosures) if has_ended or has_refused else None


def _ends(consent: Any) -> bool:
    """Whether a consent was taken back, or says no to sharing."""
    if consent.withdrawn_on is not None:
        return True
    return any(decision == Decision.REFUSED for scope, decision in consent.scopes.items() if scope in BY_DUTY)


def _people(work: Work, records: Collection[_Key]) -> list[str]:
    """Whom these records are about, as they stand here."""
    found: dict[str, None] = {}
    for type_name, record_id in records:
        table = RECORD_TABLES[type_name]
        column = table.c.id if type_name == "person" else table.c.get("person_id")
        if column is not None:
            row = work.connection.execute(select(column).where(table.c.id == record_id)).scalar_one_or_none()
            found |= {row: None} if row else {}
    return list(found)


def _words_wait(work: Work, sender: str, person_id: str) -> bool:
    """Whether a consent or a duty of this person was set aside: what it says is not known here yet, and nothing is
    taken out for want of it.
    """
    table = local.quarantine
    here = (table.c.sender == sender, table.c.type.in_(_SPEAKS), table.c.content.is_not(None))
    for row in work.connection.execute(select(table).where(*here)):
        try:
            text = str(work.sealer.open("quarantine", row.sender, f"{row.bundle}/{row.line}", row.content))
        except SealedValueDamaged:
            return True
        if person_id in text:
            return True
    return False


def _of_person(work: Work, person_id: str, code: str, agreement: Agreement) -> Iterator[tuple[_Key, frozenset[str]]]:
    """Each record of the village about a person that holds what may be here no longer, and the keys of that."""
    for name, record_type in RECORD_TYPES.items():
        if record_type.leaving in {Leaving.ALWAYS, Leaving.NEVER}:
            continue
        table = RECORD_TABLES[name]
        about = table.c.id if name == "person" else table.c.get("person_id")
        if about is None:
            continue
        for record_id in work.connection.execute(select(table.c.id).where(about == person_id)).scalars().all():
            if work.records.home(name, record_id) != code or is_erased(work.connection, name, record_id):
                continue
            state = work.records.state(name, record_id)
            if state is not None and (keys := _too_much(state, agreement)):
                yield (name, record_id), keys


def _too_much(state: RecordState, agreement: Agreement) -> frozenset[str]:
    """The keys of a village's record that may be here no longer. Of one that was deleted nothing new leaves: what is
    here of it is judged as if it stood.
    """
    record_type = RECORD_TYPES[state.type]
    standing = RecordState(state.type, state.id, {key: each for key, each in state.fields.items() if key != "deleted"})
    departure = leaves(standing, agreement, Side.VILLAGE, went_out=True)
    may = departure.state.fields.keys() if departure else ()
    found = set()
    for key, field in standing.fields.items():
        spec = record_type.field_of(key)
        follows = spec is not None and (spec.follows or (spec.required and spec.shape is Shape.LINK))
        follows = follows or (state.type in _SPEAKS and spec is not None and not spec.sealed)
        if field.values and key not in may and not follows and (spec is None or spec.owner is Side.VILLAGE):
            found.add(key)
    return frozenset(found)


def _take_out(work: Work, key: _Key, keys: frozenset[str]) -> None:
    state, home = work.records.state(*key), work.records.home(*key)
    if state is None or home is None:
        return
    left = RecordState(*key, {name: field for name, field in state.fields.items() if name not in keys})
    work.clear(state, left, home, clearing.REMOVED)
    aside = local.quarantine
    here = (aside.c.type == key[0], aside.c.id == key[1])
    work.connection.execute(update(aside).where(*here).values(content=None))
    if key[0] == "attachment":
        clearing.drop_file(work.connection, key[1])


def _result(result: RecordResult, lost: frozenset[str] | None, brought: dict[_Key, RecordState]) -> RecordResult:
    """What is said of a report's record: refused if it brought what may not be here, removed if that had been here."""
    if not lost or result.state is not Delivery.RECEIVED:
        return result
    is_late = bool(lost & brought[result.type, result.id].fields.keys())
    return replace(result, state=Delivery.REFUSED if is_late else Delivery.REMOVED, reason=WITHDRAWN)


# -- what the PPT's pages tell -----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Removal:
    """What one report took away here, without names: when, which village, how many records, and why."""

    at: str
    village: str
    records: int
    reasons: tuple[tuple[str, int], ...]


def removals(work: Work, limit: int = 10) -> tuple[Removal, ...]:
    """What was removed here lately, the latest first."""
    table, peer = local.bundle_in, local.peer
    query = (
        select(table.c.received_at, table.c.results, peer.c.name)
        .outerjoin(peer, peer.c.device == table.c.sender)
        .where(table.c.results.contains(f'"{Delivery.REMOVED.value}"'))
        .order_by(literal_column("bundle_in.rowid").desc())
    )
    found = []
    for row in work.connection.execute(query.limit(limit)):
        why = Counter(reason for _, _, state, reason in json.loads(row.results) if state == Delivery.REMOVED)
        found.append(Removal(row.received_at, row.name or "", why.total(), tuple(sorted(why.items()))))
    return tuple(each for each in found if each.records)
