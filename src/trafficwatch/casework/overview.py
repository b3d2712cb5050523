# SPDX-License-Identifier: GPL-3.0-or-later
"""Care as screens read it: which institutions serve this desk, what is done for a person, which referrals are open.

Who may not read cases reads the same lists without what is sealed: no institution, no urgency.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import select

from trafficwatch.casework.consents import in_order_given
from trafficwatch.casework.lifecycle import followed, status, unfinished
from trafficwatch.models.agreement import Agreement, agreement_on
from trafficwatch.models.casework import CaseRecord, Consent, Referral, Urgency
from trafficwatch.models.institution import Institution, Reach, doubt, reach_of, serves
from trafficwatch.models.referral_life import was_declined
from trafficwatch.models.tables import RECORD_TABLES
from trafficwatch.store.agreeing import disclosures_of
from trafficwatch.store.belonging import person_there
from trafficwatch.store.training import readable
from trafficwatch.store.work import Work

_MOST_URGENT_FIRST = [Urgency.IMMEDIATE.value, Urgency.SOON.value]


@dataclass(frozen=True, slots=True)
class InstitutionRow:
    """One institution; `contacts` are those that may be used, `reach` says how. `confirmed_on` None means that no PPT
    has checked it yet, `doubt` (as in `models.institution`) that one should ask before relying on it.
    """

    id: str
    name: str
    kind: str | None
    area_code: str | None
    services: frozenset[str]
    contacts: tuple[str, ...]
    confirmed_on: str | None
    is_national: bool
    reach: tuple[Reach, ...] = ()
    checked_by: str | None = None
    doubt: str = ""
    address: str | None = None
    hours: str | None = None


@dataclass(frozen=True, slots=True)
class ReferralRow:
    """One referral; `status` is where it stands (`casework.lifecycle.status`), `waits` whether it was declined and the
    village has not decided yet what to do instead.
    """

    id: str
    case_code: str
    person_id: str
    person_name: str
    institution_name: str
    status: str
    urgency: str | None
    referred_on: str | None
    answered_on: str | None
    handed_over_on: str | None = None
    heard_on: str | None = None
    waits: bool = False


@dataclass(frozen=True, slots=True)
class Care:
    """What a person agrees to today, and what is done for that person, the latest first."""

    agreement: Agreement
    consents: tuple[Consent, ...]
    cases: tuple[CaseRecord, ...]
    referrals: tuple[ReferralRow, ...]


def institutions(work: Work, service: str | None = None) -> tuple[InstitutionRow, ...]:
    """Those that serve this desk's place: first those that offer the service, if one is given, then the nearest."""
    found = [_institution(each, work.today) for each in work.records.select(Institution)]
    return tuple(
        sorted(
            (row for row in found if serves(row.area_code, work.info.code)),
            key=lambda row: (
                service is not None and service not in row.services,
                -len(row.area_code or ""),
                row.name.casefold(),
            ),
        )
    )


def care_of(work: Work, person_id: str) -> Care:
    """Consent, cases and referrals of one person."""
    records = readable(work)
    of_person = RECORD_TABLES["consent"].c.person_id == person_id
    consents = in_order_given(work, records.select(Consent, of_person, with_deleted=True))
    cases = records.select(CaseRecord, RECORD_TABLES["case_record"].c.person_id == person_id)
    referrals = records.select(Referral, RECORD_TABLES["referral"].c.person_id == person_id)
    return Care(
        agreement_on(consents, work.today, disclosures_of(work, person_id)),
        tuple(consent for consent in reversed(consents) if consent.deleted is None),
        tuple(reversed(cases)),
        _rows(work, reversed(referrals)),
    )


def referral_of(work: Work, referral_id: str) -> tuple[Referral, str]:
    """One referral and the code of its case; without training what is sealed is not there. Raises RecordUnknown."""
    referral = readable(work).get(Referral, referral_id)
    return referral, work.records.get(CaseRecord, referral.case_id or "").code or ""


def open_referrals(work: Work) -> tuple[ReferralRow, ...]:
    """All that are neither finished nor withdrawn, nor declined and followed by another: the most urgent first, of
    these the declined ones that wait for a decision, then the longest waiting.
    """
    rows = _rows(work, unfinished(readable(work).select(Referral, person_there("referral"))))
    return tuple(sorted(rows, key=lambda row: (_order(row.urgency), not row.waits, row.referred_on or "")))


def next_of(work: Work, referral_id: str) -> tuple[ReferralRow, ...]:
    """The referrals that follow a declined one, the latest first."""
    after = readable(work).select(Referral, RECORD_TABLES["referral"].c.replaces == referral_id)
    return _rows(work, reversed(after))


def _order(urgency: str | None) -> int:
    return _MOST_URGENT_FIRST.index(urgency) if urgency in _MOST_URGENT_FIRST else len(_MOST_URGENT_FIRST)


def _institution(found: Institution, today: str) -> InstitutionRow:
    reach = tuple(reach_of(found))
    return InstitutionRow(
        found.id,
        found.name or "",
        found.kind,
        found.area_code,
        frozenset(name for name, offered in found.services.items() if offered),
        tuple(each.value for each in reach),
        found.confirmed_on,
        is_national=not found.area_code,
        reach=reach,
        checked_by=found.checked_by,
        doubt=doubt(found.confirmed_on, today),
        address=found.address,
        hours=found.hours,
    )


def _rows(work: Work, referrals: Iterable[Referral]) -> tuple[ReferralRow, ...]:
    """The lines of these referrals in their order, with a few queries whatever their number."""
    found = list(referrals)
    declined = {each.id for each in found if was_declined(each)}
    after = readable(work).select(Referral, RECORD_TABLES["referral"].c.replaces.in_(declined)) if declined else ()
    waiting = declined - followed(after)
    names = {
        type_name: _texts(work, type_name, column, {getattr(each, link) or "" for each in found})
        for type_name, column, link in (
            ("case_record", "code", "case_id"),
            ("person", "name", "person_id"),
            ("institution", "name", "institution_id"),
        )
    }
    return tuple(
        ReferralRow(
            each.id,
            names["case_record"].get(each.case_id or "", ""),
            each.person_id or "",
            names["person"].get(each.person_id or "", ""),
            names["institution"].get(each.institution_id or "", ""),
            status(each),
            each.urgency,
            each.referred_on,
            each.answered_on,
            each.handed_over_on,
            each.heard_on,
            each.id in waiting,
        )
        for each in found
    )


def _texts(work: Work, type_name: str, column: str, ids: set[str]) -> dict[str, str]:
    """One text column of some records by id."""
    table = RECORD_TABLES[type_name]
    rows = work.connection.execute(select(table.c.id, table.c[column]).where(table.c.id.in_(ids)))
    return {of_id: text or "" for of_id, text in rows}
