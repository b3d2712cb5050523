# SPDX-License-Identifier: GPL-3.0-or-later
"""What the village sends: everything since the last receipt that may leave, in bundles of at most 1 MB (design 6, 7).

Gather the records with their history, decide per record and field (`sync.leaving`), leave out what a receipt has
confirmed in just this form, and write the rest (`sync.parcels`).
"""

from __future__ import annotations

import json
import uuid
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Row, select

from trafficwatch.casework.consents import in_order_given
from trafficwatch.casework.guardians import NameKey
from trafficwatch.casework.unnamed import names_one_of, unnamed
from trafficwatch.errors import InputError
from trafficwatch.models.agreement import Agreement, agreement_on
from trafficwatch.models.care import Disclosure
from trafficwatch.models.casework import Consent, Tally
from trafficwatch.models.exchange import BundleKind, Delivery, Peer, RecordState
from trafficwatch.models.fields import Leaving, Side
from trafficwatch.models.record_types import RECORD_TYPES
from trafficwatch.models.stub import away
from trafficwatch.models.tables import local
from trafficwatch.store.erasure import RecordErased
from trafficwatch.store.work import Store, Work
from trafficwatch.sync import attaching, envelopes, telling
from trafficwatch.sync.devices import own_ppt, require_side
from trafficwatch.sync.leaving import Departure, is_deleted, leaves
from trafficwatch.sync.parcels import Exported, Made, Parcel, form_hash, is_form, make_bundles, write_bundles
from trafficwatch.sync.receipts import DISCARDED

UNSETTLED = "?"
"""Stands for the person of a record whose link to a person is an open difference."""

_TALLY_SPACE = uuid.UUID("8a1d4f2e-52f6-4d0b-9b39-40f3c4c1d3a7")


class NothingToSend(InputError):
    """Nothing that may leave is new: the PPT has confirmed it, or refused just this form for good."""

    key = "nothing_to_send"


@dataclass(frozen=True, slots=True)
class Known:
    """What decides over all records, read once: what was sent to the PPT by type and id (nothing without a PPT), and
    what each person agrees to today.
    """

    sent: Mapping[tuple[str, str], Row[Any]]
    agreements: Mapping[str, Agreement]


@dataclass(frozen=True, slots=True)
class Standing:
    """One record of this village: whom it is about ('' nobody, '?' not settled), what of it may leave now (None:
    nothing), the hash of that form, and what was sent of it before.
    """

    state: RecordState
    subject: str
    agreement: Agreement
    departure: Departure | None
    line_hash: str
    sent: Row[Any] | None

    @property
    def goes(self) -> bool:
        """Whether the next export carries it: it may leave, and is not confirmed in just this form, nor refused in it
        for good, as what the PPT has erased or discarded, or the end of what never reached it.
        """
        if self.departure is None or self.sent is None:
            return self.departure is not None
        is_end = set(self.departure.reasons.values()) == {"follows"} and not self.sent.received_hash
        is_over = self.sent.state == Delivery.REFUSED and (
            self.sent.reason in {RecordErased.key, DISCARDED} or (is_end and self.sent.reason == "link_missing")
        )
        last = self.sent.sent_hash if is_over else self.sent.received_hash
        return not is_form(last, self.line_hash)


@dataclass(frozen=True, slots=True)
class Preview:
    """What would leave now: records by type, and why; cards that stay at home; sealed records that wait."""

    counts: Mapping[str, int]
    reasons: Mapping[str, int]
    withheld: int
    waiting_for_training: int


def preview(work: Work) -> Preview:
    """Counts of what an export would send now; changes nothing."""
    known = known_today(work, own_ppt(work))
    with as_if_exported(work, known) as found:
        return preview_of(work, known, found)


def preview_of(work: Work, known: Known, found: Iterable[Standing]) -> Preview:
    """The counts of what goes among the records of this village."""
    counts: Counter[str] = Counter()
    reasons: Counter[str] = Counter()
    withheld = 0
    for each in found:
        if each.goes and each.departure:
            counts[each.state.type] += 1
            reasons.update(set(each.departure.reasons.values()))
        withheld += each.state.type == "person" and not each.agreement.card and not is_deleted(each.state)
    return Preview(dict(counts), dict(reasons), withheld, _sealed_waiting(work, known))


def export(store: Store, folder: Path) -> list[Exported]:
    """Write bundles of everything that may leave into a folder; raises NothingToSend, DiskFull and the like."""
    return write_bundles(store, folder, make)


def make(work: Work) -> Iterator[Made]:
    """Each bundle of an export, numbered and noted in the transaction; raises NothingToSend."""
    require_side(work, Side.VILLAGE)
    ppt, known = own_ppt(work), known_today(work, own_ppt(work))
    _write_tally(work, known)
    parcels, told, again = list(_parcels(work, known)), telling.said_to(work, ppt), envelopes.due(work, ppt)
    if not parcels and not told and not again:
        raise NothingToSend
    yield from again
    yield from envelopes.kept(work, make_bundles(work, ppt, BundleKind.REPORT, parcels, told))


@contextmanager
def as_if_exported(work: Work, known: Known) -> Iterator[Iterator[Standing]]:
    """The standings as an export would find them, with the tally of today, to be gone through inside the block; changes
    nothing.
    """
    with work.tried():
        _write_tally(work, known)
        yield standings(work, known)


def _parcels(work: Work, known: Known) -> Iterator[Parcel]:
    """Every record that may leave and is not yet confirmed in this form, parents first."""
    for standing in standings(work, known):
        if standing.goes and standing.departure:
            with_file = _goes_with_file(standing)
            if with_file and not attaching.can_go(work, standing.state.id):
                continue
            yield Parcel(standing.departure.state, work.info.code, standing.line_hash, with_file=with_file)


def _goes_with_file(standing: Standing) -> bool:
    is_there = standing.sent is not None and standing.sent.received_hash
    is_here = not is_deleted(standing.state) and not away(standing.state.fields)
    return standing.state.type == attaching.ATTACHMENT and not is_there and is_here


def standings(work: Work, known: Known, of: Iterable[RecordState] | None = None) -> Iterator[Standing]:
    """Every record of this village, parents first, but what was deleted and need not be told; without the case key no
    record of a case. `of` are the only ones that are looked at, all if not given.
    """
    side = work.info.side
    types = [
        name
        for name, record_type in RECORD_TYPES.items()
        if work.sealer.able or record_type.leaving is not Leaving.CASE
        if any(spec.owner is side for spec in record_type.fields.values())
    ]
    reached = {person for name in types for person in _reached_by(work, known, name)}
    listed = {*work.records.values("person", "id"), *reached, "", UNSETTLED}
    theirs = _of_others(work, types)
    secret = _unnamed_today(work)
    for state in of if of is not None else (state for name in types for state in work.records.each_state(name)):
        if (state.type, state.id) in theirs or state.type not in types:
            continue
        subject, row = subject_of(state), known.sent.get((state.type, state.id))
        if subject not in listed:  # a card deleted before it ever left takes its records along
            continue
        agreement = known.agreements.get(subject, Agreement())
        went_out = subject in reached if state.type == "consent" else _went_out(row)
        departure = None if subject == UNSETTLED else leaves(state, agreement, side, went_out=went_out)
        is_file = state.type == attaching.ATTACHMENT and not away(state.fields)
        if departure and is_file and not attaching.may_go(departure.state):
            departure = None
        if departure is not None and subject in secret and RECORD_TYPES[state.type].leaving is Leaving.CASE:
            departure = _without_names(departure, secret[subject])
        if departure is not None or not is_deleted(state):
            line_hash = form_hash(departure.state) if departure else ""
            yield Standing(state, subject, agreement, departure, line_hash, row)


def _unnamed_today(work: Work) -> dict[str, frozenset[NameKey]]:
    """Of whose case somebody must stay unnamed, and who."""
    told = {person for name in ("case_person", "authority_report") for person in work.records.values(name, "person_id")}
    return {person: names for person in told if isinstance(person, str) and (names := unnamed(work, person))}


def _without_names(departure: Departure, names: Collection[NameKey]) -> Departure:
    """What leaves of a record without the short texts that name somebody who did not agree to it."""
    state, record_type = departure.state, RECORD_TYPES[departure.state.type]

    def tells(key: str) -> bool:
        spec = record_type.field_of(key)
        said = (json.loads(text) for texts in state.fields[key].values.values() for text in texts)
        return spec is not None and any(names_one_of(names, state.type, spec, each) for each in said)

    kept = {key: reason for key, reason in departure.reasons.items() if not tells(key)}
    return Departure(RecordState(state.type, state.id, {key: state.fields[key] for key in kept}), kept)


def _of_others(work: Work, types: Collection[str]) -> set[tuple[str, str]]:
    """Records of types that we write which belong to another desk: the PPT's officers, who came with its replies."""
    table = local.record_state
    query = select(table.c.type, table.c.id).where(table.c.home != work.info.code, table.c.type.in_(types))
    return {(row.type, row.id) for row in work.connection.execute(query)}


def _reached_by(work: Work, known: Known, type_name: str) -> Iterator[str]:
    """The people of whom the PPT has a record of this type, or may have it."""
    went_out = {record for (of, record), row in known.sent.items() if of == type_name and _went_out(row)}
    if type_name == "person":
        yield from went_out
    elif went_out and "person_id" in RECORD_TYPES[type_name].fields:
        people = work.records.standing(type_name, "person_id")
        yield from (_settled(people.get(record, set())) for record in went_out)


def known_today(work: Work, ppt: Peer | None) -> Known:
    table = local.delivery
    sent = work.connection.execute(select(table).where(table.c.recipient == ppt.device)) if ppt else ()
    return Known({(row.type, row.id): row for row in sent}, _agreements_today(work))


def _went_out(row: Row[Any] | None) -> bool:
    """Whether the PPT has a record, or may have it: not when all it said of it was no."""
    return row is not None and (row.received_hash is not None or row.state != Delivery.REFUSED)


def _agreements_today(work: Work) -> dict[str, Agreement]:
    """What each person agrees to today, and what a duty opens."""
    consents: dict[str, list[Consent]] = {}
    duties: dict[str, list[Disclosure]] = {}
    for consent in work.records.select(Consent, with_deleted=True):
        consents.setdefault(consent.person_id or "", []).append(consent)
    for disclosure in work.records.select(Disclosure):
        duties.setdefault(disclosure.person_id or "", []).append(disclosure)
    return {
        person: agreement_on(_ordered(work, consents.get(person, [])), work.today, duties.get(person, ()))
        for person in consents.keys() | duties.keys()
    }


def _ordered(work: Work, consents: list[Consent]) -> list[Consent]:
    return in_order_given(work, consents) if len(consents) > 1 else consents


def subject_of(state: RecordState) -> str:
    """The person that a record is about, '' for none; of a record that stands for two, nobody's consent speaks."""
    return state.id if state.type == "person" else _settled(people_of(state))


def people_of(state: RecordState) -> frozenset[str]:
    """All who stand in the link of a record to a person."""
    link = state.fields.get("person_id")
    return frozenset(json.loads(text) for texts in link.values.values() for text in texts) if link else frozenset()


def _settled(people: Collection[str]) -> str:
    """Of all that stand for the person of one record, the person; '' for none."""
    return UNSETTLED if len(people) > 1 else next(iter(people), "")


def _sealed_waiting(work: Work, known: Known) -> int:
    """How many case records that never arrived wait for someone with the case key."""
    if work.sealer.able:
        return 0
    table = local.record_state
    case_types = [name for name, record_type in RECORD_TYPES.items() if record_type.leaving is Leaving.CASE]
    rows = work.connection.execute(select(table.c.type, table.c.id).where(table.c.type.in_(case_types)))
    sent = (known.sent.get((row.type, row.id)) for row in rows)
    return sum(row is None or row.received_hash is None for row in sent)


def _tally(work: Work, known: Known) -> dict[str, int]:
    """The counts that always leave: residents and journeys known, and how many of them only as a number."""
    shared = {person for person, agreed in known.agreements.items() if agreed.card}
    people = work.records.values("person", "id")
    journeys = work.records.values("journey", "person_id")
    return {
        "people": len(people),
        "people_withheld": sum(person not in shared for person in people),
        "journeys": len(journeys),
        "journeys_withheld": sum(person not in shared for person in journeys),
    }


def _write_tally(work: Work, known: Known) -> None:
    """One tally per device, so that two laptops of a village, or a stranger, never write the same one."""
    tally_id = str(uuid.uuid5(_TALLY_SPACE, f"{work.info.code}/{work.info.device}"))
    work.recount(Tally, tally_id, wilayah_code=work.info.code, **_tally(work, known))
