# SPDX-License-Identifier: GPL-3.0-or-later
"""What the village sends: everything since the last receipt that may leave, in bundles of at most 1 MB (design 6, 7).

Gather the records with their history, decide per record and field (`sync.leaving`), leave out what a receipt has
confirmed in just this form, write whole records into consecutive bundles. A bundle takes its number in the transaction
that names its records; only when it is safely on the stick is that transaction committed, and only then the file
appears under its name. A full disk therefore writes nothing and loses nothing, not even a number.
"""

from __future__ import annotations

import hashlib
import json
import uuid
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Row, insert, select, update

from trafficwatch.casework.agreement import Agreement, agreement_on
from trafficwatch.casework.consents import in_order_given
from trafficwatch.errors import InputError
from trafficwatch.models.casework import Consent, Tally
from trafficwatch.models.exchange import BundleKind, Delivery, Peer, RecordState, canonical
from trafficwatch.models.fields import Leaving, Side
from trafficwatch.models.migration import Journey
from trafficwatch.models.people import Person
from trafficwatch.models.record_types import RECORD_TYPES
from trafficwatch.models.tables import local
from trafficwatch.store.files import StagedFiles
from trafficwatch.store.work import Store, Work
from trafficwatch.sync import bundle, outgoing, wire
from trafficwatch.sync.devices import own_keys, own_ppt, require_side
from trafficwatch.sync.leaving import Departure, leaves

RAW_LIMIT = 900_000
"""Bytes of record lines in one bundle: even if nothing compresses, the sealed file stays under 1 MB."""

_TALLY_SPACE = uuid.UUID("8a1d4f2e-52f6-4d0b-9b39-40f3c4c1d3a7")


class NothingToSend(InputError):
    """The PPT has confirmed everything that may leave."""

    key = "nothing_to_send"


@dataclass(frozen=True, slots=True)
class Leaver:
    """One record that leaves: its line, and the hash by which a receipt confirms this very form of it."""

    departure: Departure
    home: str
    line_hash: str

    @property
    def key(self) -> str:
        return f"{self.departure.state.type}/{self.departure.state.id}"


@dataclass(frozen=True, slots=True)
class Preview:
    """What would leave now: records by type, and why; cards that stay at home; sealed records that wait."""

    counts: Mapping[str, int]
    reasons: Mapping[str, int]
    withheld: int
    waiting_for_training: int


@dataclass(frozen=True, slots=True)
class Exported:
    """One bundle that was written."""

    path: Path
    bundle: str
    records: int


def preview(work: Work) -> Preview:
    """Counts of what an export would send now; changes nothing."""
    ppt = own_ppt(work)
    with work.tried():
        _write_tally(work)
        found = list(_leavers(work, ppt))
    reasons = Counter(reason for leaver in found for reason in set(leaver.departure.reasons.values()))
    return Preview(
        counts=dict(Counter(leaver.departure.state.type for leaver in found)),
        reasons=dict(reasons),
        withheld=_tally(work)["people_withheld"],
        waiting_for_training=_sealed_waiting(work, ppt),
    )


def export(store: Store, folder: Path) -> list[Exported]:
    """Write bundles of everything that may leave into a folder; raises NothingToSend, DiskFull and the like."""
    with StagedFiles() as files, store.work() as work:
        exported = []
        for name, sealed, bundle_id, count in _make(work):
            files.add(folder / name, sealed)
            exported.append(Exported(folder / name, bundle_id, count))
    return exported


def _make(work: Work) -> Iterator[tuple[str, bytes, str, int]]:
    """File name, sealed bytes, bundle id and record count of each bundle, numbered and noted in the transaction."""
    require_side(work, Side.VILLAGE)
    ppt, own = own_ppt(work), own_keys(work)
    _write_tally(work)
    parts = list(_split(list(_leavers(work, ppt))))
    if not parts:
        raise NothingToSend
    for part in parts:
        lines = [wire.encode_record(leaver.departure.state, leaver.home) for leaver in part]
        records = {leaver.key: leaver.line_hash for leaver in part}
        bundle_id, archive = outgoing.make(work, own, ppt, BundleKind.REPORT, lines, records=records)
        for leaver in part:
            _note_sent(work, ppt, leaver, bundle_id)
        yield f"{bundle_id[:8]}.twb", bundle.seal(archive, [ppt.recipient]), bundle_id, len(part)


def _leavers(work: Work, ppt: Peer) -> Iterator[Leaver]:
    """Every record that may leave and is not yet confirmed in this form, parents first."""
    agreements, sent = _agreements(work), _deliveries(work, ppt)
    states = [
        state
        for name, record_type in RECORD_TYPES.items()
        if work.sealer.able or record_type.leaving is not Leaving.CASE
        for state in work.records.states(name)
    ]
    known_people = {_subject(state) for state in states if _went_out(sent.get((state.type, state.id)))}
    living = {person.id for person in work.records.select(Person)} | known_people
    for state in states:
        subject, row = _subject(state), sent.get((state.type, state.id))
        if subject and subject not in living:  # a card deleted before it ever left takes its records along
            continue
        went_out = subject in known_people if state.type == "consent" else _went_out(row)
        departure = leaves(state, agreements.get(subject, Agreement()), work.info.side, went_out=went_out)
        if departure is None:
            continue
        line_hash = _line_hash(departure.state)
        if row is None or row.received_hash != line_hash:
            yield Leaver(departure, work.records.home(state.type, state.id) or work.info.code, line_hash)


def _deliveries(work: Work, ppt: Peer) -> dict[tuple[str, str], Row[Any]]:
    table = local.delivery
    rows = work.connection.execute(select(table).where(table.c.recipient == ppt.device))
    return {(row.type, row.id): row for row in rows}


def _went_out(row: Row[Any] | None) -> bool:
    """Whether the PPT has a record, or may have it: not when all it said of it was no."""
    return row is not None and (row.received_hash is not None or row.state != Delivery.REFUSED)


def _agreements(work: Work) -> dict[str, Agreement]:
    """What each person agrees to today."""
    consents: dict[str, list[Consent]] = {}
    for consent in in_order_given(work, work.records.select(Consent, with_deleted=True)):
        consents.setdefault(consent.person_id or "", []).append(consent)
    return {person: agreement_on(found, work.today) for person, found in consents.items()}


def _subject(state: RecordState) -> str:
    """The person that a record is about, '' for none; of a record that stands for two, nobody's consent speaks."""
    if state.type == "person":
        return state.id
    link = state.fields.get("person_id")
    found = {text for texts in link.values.values() for text in texts} if link else set()
    return json.loads(found.pop()) if len(found) == 1 else "?" if found else ""


def _line_hash(state: RecordState) -> str:
    """A hash of which fields leave with which stamps. It holds no content: a stamp names a value."""
    stamps = {key: sorted(list(stamp) for stamp in field.values) for key, field in state.fields.items()}
    return hashlib.sha256(canonical(stamps).encode()).hexdigest()


def _split(leavers: Sequence[Leaver]) -> Iterator[list[Leaver]]:
    part: list[Leaver] = []
    size = 0
    for leaver in leavers:
        length = len(wire.encode_record(leaver.departure.state, leaver.home).encode()) + 1
        if part and size + length > RAW_LIMIT:
            yield part
            part, size = [], 0
        part.append(leaver)
        size += length
    if part:
        yield part


def _note_sent(work: Work, ppt: Peer, leaver: Leaver, bundle_id: str) -> None:
    table, state = local.delivery, leaver.departure.state
    key = {"recipient": ppt.device, "type": state.type, "id": state.id}
    values = {"sent_hash": leaver.line_hash, "bundle": bundle_id, "state": Delivery.IN_BUNDLE.value, "reason": ""}
    where = [table.c[column] == value for column, value in key.items()]
    if work.connection.execute(update(table).where(*where).values(**values)).rowcount == 0:
        work.connection.execute(insert(table).values(**key, **values))


def _sealed_waiting(work: Work, ppt: Peer) -> int:
    """How many case records that never arrived wait for someone with the case key."""
    if work.sealer.able:
        return 0
    table, sent = local.record_state, _deliveries(work, ppt)
    case_types = [name for name, record_type in RECORD_TYPES.items() if record_type.leaving is Leaving.CASE]
    rows = work.connection.execute(select(table.c.type, table.c.id).where(table.c.type.in_(case_types)))
    known = (sent.get((row.type, row.id)) for row in rows)
    return sum(row is None or row.received_hash is None for row in known)


def _tally(work: Work) -> dict[str, int]:
    """The counts that always leave: residents and journeys known, and how many of them only as a number."""
    agreements = _agreements(work)
    shared = {person for person, agreed in agreements.items() if agreed.card}
    people = [person.id for person in work.records.select(Person)]
    journeys = [journey.person_id for journey in work.records.select(Journey)]
    return {
        "people": len(people),
        "people_withheld": sum(person not in shared for person in people),
        "journeys": len(journeys),
        "journeys_withheld": sum(person not in shared for person in journeys),
    }


def _write_tally(work: Work) -> None:
    """One tally per device, so that two laptops of a village, or a stranger, never write the same one."""
    tally_id = str(uuid.uuid5(_TALLY_SPACE, f"{work.info.code}/{work.info.device}"))
    work.write(Tally, tally_id, wilayah_code=work.info.code, **_tally(work))
