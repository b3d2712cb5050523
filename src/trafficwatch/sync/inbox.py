# SPDX-License-Identifier: GPL-3.0-or-later
"""What the PPT's page 'Kotak masuk' shows: villages, the bundles that came, and the cases that came in them.

Nothing is changed. What a person refused to pass on never came, and is None here. Reading one case takes the case key
and training that holds today; lists lack what is sealed for who may not read cases.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, func, literal_column, select

from trafficwatch.casework.attachments import attachment_count
from trafficwatch.casework.care import care_of_person
from trafficwatch.casework.lifecycle import status
from trafficwatch.errors import InputError
from trafficwatch.models.agreement import Agreement, agreement_on
from trafficwatch.models.casework import Answered, CaseRecord, Consent, Handover, Referral, Screening, Urgency
from trafficwatch.models.exchange import Delivery, PeerStatus
from trafficwatch.models.fields import Record, Side
from trafficwatch.models.institution import Institution
from trafficwatch.models.migration import Document, Journey
from trafficwatch.models.people import Person, SafeContact
from trafficwatch.models.recruiting import Recruiter
from trafficwatch.models.screening import Answer, Questionnaire, Rules
from trafficwatch.models.staff import Volunteer
from trafficwatch.models.tables import RECORD_TABLES, local
from trafficwatch.screening import library
from trafficwatch.screening.sessions import Screened, answers_of, evaluate_screening
from trafficwatch.store.agreeing import consents_of, disclosures_of
from trafficwatch.store.belonging import person_there
from trafficwatch.store.training import readable, require_reading
from trafficwatch.store.work import Work
from trafficwatch.sync import undoing

_ENDED = {Handover.WITHDRAWN.value, Answered.DECLINED.value, Answered.FINISHED.value}
_URGENCIES = [None, *(urgency.value for urgency in Urgency)]


@dataclass(frozen=True, slots=True)
class VillageRow:
    """One village device: since when it has its status, and what came of its bundles so far; `put_back_at` is when it
    was first heard of that its data had been put back to an older state, for the last time.
    """

    device: str
    code: str
    name: str
    status: PeerStatus
    since: str
    last_bundle_at: str | None
    bundles: int
    received: int
    refused: int
    put_back_at: str | None = None


@dataclass(frozen=True, slots=True)
class BundleRow:
    """One bundle that was taken in; `receipt` is the bundle id of its answer. `can_undo` tells that it is known what
    was before, `undone_at` when its import was undone.
    """

    bundle: str
    sender_name: str
    number: int
    kind: str
    received_at: str
    received: int
    refused: int
    receipt: str | None
    can_undo: bool = False
    undone_at: str | None = None


@dataclass(frozen=True, slots=True)
class RefusedRow:
    """One record of a bundle that was not taken in, and the reason's key."""

    type: str
    id: str
    reason: str


@dataclass(frozen=True, slots=True)
class CaseRow:
    """One case that came from a village. `status`, `urgency` and `referred_on` are those of its latest referral, None
    without one; `received_at` is when that referral, or else the case, first came.
    """

    case_id: str
    code: str
    village_name: str
    person_name: str | None
    status: str | None
    urgency: str | None
    referred_on: str | None
    received_at: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """What `screening.explanation.explain` needs beside the evaluation."""

    questionnaire: Questionnaire
    rules: Rules
    answers: Mapping[str, Answer]


@dataclass(frozen=True, slots=True)
class ReceivedCase:
    """All that came of one case. `recorded` is the latest screening, with the finding and risk that the village
    recorded: these stand. `screening` and `explanation` read its answers again by its rules, as far as they came; both
    are None if none came, or if this program does not have the questionnaire. `files` counts the evidence files.
    """

    person: Person
    contact: SafeContact | None
    agreement: Agreement
    consents: tuple[Consent, ...]
    journeys: tuple[Journey, ...]
    documents: tuple[Document, ...]
    recorded: Screening | None
    screening: Screened | None
    explanation: Explanation | None
    case: CaseRecord
    referrals: tuple[Referral, ...]
    village_name: str
    files: int = 0


@dataclass(frozen=True, slots=True)
class CaseCare:
    """All that is recorded of care in a case, kind by kind, the latest first; `names` are those of who and what it
    points to, by id.
    """

    records: Mapping[str, tuple[Record, ...]]
    names: Mapping[str, str]


def villages(work: Work) -> tuple[VillageRow, ...]:
    """Every village device that is known here, by name."""
    peer, taken = local.peer, local.bundle_in
    came: dict[str, list[Row[Any]]] = {}
    for each in work.connection.execute(select(taken)):
        came.setdefault(each.sender, []).append(each)
    found = []
    for row in work.connection.execute(select(peer).where(peer.c.side == Side.VILLAGE.value)):
        bundles_in = came.get(row.device, [])
        counts = sum((_counts(each.results) for each in bundles_in), Counter[str]())
        found.append(
            VillageRow(
                device=row.device,
                code=row.code,
                name=row.name,
                status=PeerStatus(row.status),
                since=row.since,
                last_bundle_at=max((each.received_at for each in bundles_in), default=None),
                bundles=len(bundles_in),
                received=counts[Delivery.RECEIVED],
                refused=counts[Delivery.REFUSED],
                put_back_at=_put_back(bundles_in),
            )
        )
    return tuple(sorted(found, key=lambda row: (row.name, row.device)))


def names(work: Work) -> dict[str, str]:
    """The names of all devices that are known here, by device."""
    return {row.device: row.name for row in work.connection.execute(select(local.peer.c.device, local.peer.c.name))}


def _put_back(bundles_in: Sequence[Row[Any]]) -> str | None:
    """When the first bundle came of each epoch that follows another one: the last of these."""
    first = {row.epoch: row.received_at for row in reversed(bundles_in) if row.parent}
    return max(first.values(), default=None)


def bundles(work: Work, offset: int = 0, limit: int = 50) -> tuple[BundleRow, ...]:
    """The bundles that were taken in, the last one first."""
    taken, peer, answer = local.bundle_in, local.peer, local.bundle_out
    query = (
        select(taken, peer.c.name, answer.c.bundle.label("receipt"))
        .outerjoin(peer, peer.c.device == taken.c.sender)
        .outerjoin(answer, answer.c.answers == taken.c.bundle)
        .order_by(literal_column("bundle_in.rowid").desc())
    )
    found, undoable = [], undoing.undoable(work)
    for row in work.connection.execute(query.offset(offset).limit(limit)):
        counts = _counts(row.results)
        received, refused = counts[Delivery.RECEIVED], counts[Delivery.REFUSED]
        name = row.name or row.sender
        can_undo, undone_at = row.bundle in undoable, row.undone_at
        told = (row.bundle, name, row.number, row.kind, row.received_at, received, refused, row.receipt)
        found.append(BundleRow(*told, can_undo, undone_at))
    return tuple(found)


def refused_of(work: Work, bundle: str) -> tuple[RefusedRow, ...]:
    """The records of a bundle that were refused, and why."""
    table = local.bundle_in
    results = work.connection.execute(select(table.c.results).where(table.c.bundle == bundle)).scalar_one_or_none()
    return tuple(
        RefusedRow(type_name, record_id, reason)
        for type_name, record_id, state, reason in json.loads(results or "[]")
        if state == Delivery.REFUSED
    )


def received_cases(work: Work) -> tuple[CaseRow, ...]:
    """The cases of all villages: open ones first, of these the most urgent, of these the newest."""
    names, arrived = _village_names(work), _arrivals(work)
    referrals = {referral.case_id: referral for referral in readable(work).select(Referral)}
    found = []
    for case in work.records.select(CaseRecord, person_there("case_record")):
        home = work.records.home("case_record", case.id) or ""
        if home == work.info.code or case.code is None:  # an own one, or one whose consent was withdrawn
            continue
        referral = referrals.get(case.id)
        found.append(
            CaseRow(
                case_id=case.id,
                code=case.code or "",
                village_name=names.get(home, home),
                person_name=work.records.get(Person, case.person_id or "").name,
                status=status(referral) if referral else None,
                urgency=referral.urgency if referral else None,
                referred_on=referral.referred_on if referral else None,
                received_at=arrived.get(referral.id if referral else "") or arrived.get(case.id, ""),
            )
        )
    found.sort(key=lambda row: row.received_at, reverse=True)
    return tuple(sorted(found, key=lambda row: (row.status in _ENDED, -_URGENCIES.index(row.urgency))))


def received_case(work: Work, case_id: str) -> ReceivedCase:
    """One case with all that came with it; raises RecordUnknown, CaseKeyNeeded or TrainingNeeded."""
    require_reading(work)
    case = work.records.get(CaseRecord, case_id)
    person = work.records.get(Person, case.person_id or "")
    home = work.records.home("case_record", case.id) or ""
    consents = tuple(consents_of(work, person.id))
    recorded = next(reversed(work.records.select(Screening, _about(person, "screening"))), None)
    screening, explanation = _read_again(work, recorded) if recorded and recorded.answers else (None, None)
    return ReceivedCase(
        person=person,
        contact=next(reversed(work.records.select(SafeContact, _about(person, "safe_contact"))), None),
        agreement=agreement_on(consents, work.today, disclosures_of(work, person.id)),
        consents=consents,
        journeys=tuple(work.records.select(Journey, _about(person, "journey"))),
        documents=tuple(work.records.select(Document, _about(person, "document"))),
        recorded=recorded,
        screening=screening,
        explanation=explanation,
        case=case,
        referrals=tuple(work.records.select(Referral, RECORD_TABLES["referral"].c.case_id == case.id)),
        village_name=_village_names(work).get(home, home),
        files=attachment_count(work, person.id),
    )


def case_care(work: Work, case_id: str) -> CaseCare:
    """The care of one case; raises RecordUnknown, CaseKeyNeeded or TrainingNeeded."""
    require_reading(work)
    records = care_of_person(work, work.records.get(CaseRecord, case_id).person_id or "")
    names = {each.id: each.name or "" for kind in (Volunteer, Institution, Recruiter) for each in _all(work, kind)}
    evidence = {each.id: getattr(each, "words", None) or "" for each in records.get("evidence_item", ())}
    return CaseCare(records, names | evidence)


def _all(work: Work, cls: type[Any]) -> list[Any]:
    return work.records.select(cls, with_deleted=True)


def _read_again(work: Work, recorded: Screening) -> tuple[Screened | None, Explanation | None]:
    """The screening by the rules of its own questionnaire; a village's program may be newer than this one."""
    try:
        asked = library.get(work, recorded.questionnaire or "")
        screened = evaluate_screening(work, recorded.id)
        read_by = library.rules(work, asked)
    except InputError:
        return None, None
    return screened, Explanation(asked, read_by, library.known_answers(asked, answers_of(recorded)))


def _about(person: Person, type_name: str) -> Any:
    return RECORD_TABLES[type_name].c.person_id == person.id


def _village_names(work: Work) -> dict[str, str]:
    table = local.peer
    rows = work.connection.execute(select(table.c.code, table.c.name).where(table.c.side == Side.VILLAGE.value))
    return {row.code: row.name for row in rows}


def _arrivals(work: Work) -> dict[str, str]:
    """When each case and referral was first merged here, by the journal."""
    table = local.journal
    query = select(table.c.id, func.min(table.c.at).label("at")).where(
        table.c.action == "merge", table.c.type.in_(["case_record", "referral"])
    )
    return {row.id: row.at for row in work.connection.execute(query.group_by(table.c.id))}


def _counts(results: str) -> Counter[str]:
    """How many records of a bundle were received and refused."""
    return Counter(state for _, _, state, _ in json.loads(results))
