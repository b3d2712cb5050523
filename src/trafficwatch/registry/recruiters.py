# SPDX-License-Identifier: GPL-3.0-or-later
"""Those who recruit in the village, and what they offer (P2/2024 II.B.1.f.2, II.B.2.c).

Nobody is called safe: a licence was checked on a day, with somebody, and something was found; or it was not checked.
The same telephone number or name elsewhere is pointed out (`registry.mentions`).
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, func, select

from trafficwatch.errors import InputError
from trafficwatch.models.changes import changed
from trafficwatch.models.identity import clean_name
from trafficwatch.models.migration import Found
from trafficwatch.models.recruiting import Offer, Recruiter
from trafficwatch.models.tables import RECORD_TABLES
from trafficwatch.registry.days import require_past
from trafficwatch.registry.mentions import NAME, PHONE, Mention, mentions, phone_keys
from trafficwatch.registry.residents import with_owners
from trafficwatch.registry.trash import Reason, delete
from trafficwatch.registry.where import destination
from trafficwatch.store import belonging
from trafficwatch.store.records import RecordUnknown
from trafficwatch.store.spelling import fold, fold_start, plain
from trafficwatch.store.work import Work

_RECRUITER, _OFFER, _JOURNEY = (RECORD_TABLES[name] for name in ("recruiter", "offer", "journey"))
_PERSON, _VISITOR = RECORD_TABLES["person"], RECORD_TABLES["visitor"]
_LOOKED_AT = frozenset({Found.TRUE.value, Found.DOUBTFUL.value, Found.FALSE.value})
_CHECK = frozenset({"licence_seen", "licence_checked_with", "licence_found"})
_ENOUGH_DIGITS = 3


class RecruiterLinked(InputError):
    """Journeys or visitors still link to the recruiter; parameters `journeys`, `visitors`."""

    key = "recruiter_linked"


@dataclass(frozen=True, slots=True)
class RecruiterRow:
    """One line of the list. `checked` is the day of a check, None if there was none; `found` what it gave."""

    id: str
    name: str
    company: str | None
    checked: str | None
    checked_with: str | None
    found: str | None
    journeys: int
    offers: int


@dataclass(frozen=True, slots=True)
class RecruiterPage:
    """Some lines of the list, and how many there are in all."""

    rows: tuple[RecruiterRow, ...]
    total: int


@dataclass(frozen=True, slots=True)
class JourneyOf:
    """One journey that a recruiter is linked to."""

    id: str
    person_id: str
    name: str
    stage: str | None
    destination: str | None
    departure_on: str | None


@dataclass(frozen=True, slots=True)
class RecruiterCard:
    """All that the register knows of a recruiter; offers and journeys with the latest first."""

    recruiter: Recruiter
    checked: str | None
    offers: tuple[Offer, ...]
    journeys: tuple[JourneyOf, ...]
    same_phone: tuple[Mention, ...]
    same_name: tuple[Mention, ...]


def recruiters(work: Work, text: str = "", offset: int = 0, limit: int = 50) -> RecruiterPage:
    """Recruiters by name, or those whom a typed text may mean: by words of name, alias and company, or by digits."""
    there: ColumnElement[bool] = _RECRUITER.c.deleted.is_(None)
    if text.strip():
        there &= _RECRUITER.c.id.in_(_listed(_meant(work, text)))
    total = work.connection.execute(select(func.count()).select_from(_RECRUITER).where(there)).scalar_one()
    order = (func.lower(_RECRUITER.c.name), _RECRUITER.c.id)
    query = select(_RECRUITER).where(there).order_by(*order).offset(offset).limit(limit)
    rows = work.connection.execute(query).all()
    ids = [row.id for row in rows]
    journeys, offers = _journeys(work, ids), _count(work, _OFFER, ids)
    return RecruiterPage(
        tuple(
            RecruiterRow(
                row.id,
                row.name or "",
                row.company,
                checked_on(row),
                row.licence_checked_with,
                row.licence_found,
                journeys.get(row.id, 0),
                offers.get(row.id, 0),
            )
            for row in rows
        ),
        total,
    )


def recruiter_card(work: Work, recruiter_id: str) -> RecruiterCard:
    """One recruiter with offers, journeys and who has the same number or name; raises RecordUnknown."""
    recruiter = work.records.get(Recruiter, recruiter_id)
    query = (
        select(_JOURNEY, _PERSON.c.name)
        .join(_PERSON, _PERSON.c.id == _JOURNEY.c.person_id)
        .where(_JOURNEY.c.recruiter_id == recruiter_id, _JOURNEY.c.deleted.is_(None), _PERSON.c.deleted.is_(None))
        .order_by(func.coalesce(_JOURNEY.c.departure_on, "9999").desc(), _JOURNEY.c.id)
    )
    journeys = tuple(
        JourneyOf(row.id, row.person_id, row.name or "", row.stage, destination(row), row.departure_on)
        for row in work.connection.execute(query)
    )
    offers = work.records.select(Offer, _OFFER.c.recruiter_id == recruiter_id)
    offers.sort(key=lambda offer: offer.heard_on or "", reverse=True)
    without = [("recruiter", recruiter_id), *(("journey", each.id) for each in journeys)]
    linked = select(_VISITOR.c.id).where(_VISITOR.c.recruiter_id == recruiter_id)
    without += [("visitor", each) for each in work.connection.execute(linked).scalars()]
    same = mentions(work, recruiter.phones, [recruiter.name or "", *recruiter.aliases], without=without)
    return RecruiterCard(
        recruiter,
        checked_on(recruiter),
        tuple(offers),
        journeys,
        tuple(each for each in same if each.kind == PHONE),
        tuple(each for each in same if each.kind == NAME),
    )


def checked_on(recruiter: Any) -> str | None:
    """The day on which the licence was checked; None as long as nobody has found out anything, whatever was written."""
    day: str | None = recruiter.licence_checked_on if recruiter.licence_found in _LOOKED_AT else None
    return day


def save_recruiter(
    work: Work,
    fields: Mapping[str, Any],
    recruiter_id: str | None = None,
    seen: Mapping[str, frozenset[str]] | None = None,
) -> Recruiter:
    """Save the form of a new recruiter or a known one; `seen` as in `CardInput`. A licence that was looked at again was
    checked today, unless the form says another day. Raises RecordUnknown, DayToCome.
    """
    before = work.records.get(Recruiter, recruiter_id) if recruiter_id else None
    kept = dict(fields)
    if kept.get("name"):
        kept["name"] = clean_name(kept["name"])
    if kept.get("phones"):
        kept["phones"] = with_owners(kept["phones"])
    changes = changed(before, kept, seen)
    found = changes.get("licence_found", before.licence_found if before else None)
    if changes.keys() & _CHECK and found in _LOOKED_AT:
        changes["licence_checked_on"] = changes.get("licence_checked_on") or work.today
    require_past(work, "licence_checked_on", changes.get("licence_checked_on"))
    if before is None:
        return work.records.get(Recruiter, work.write(Recruiter, None, **changes))
    if changes:
        work.write(Recruiter, before.id, **changes)
    return work.records.get(Recruiter, before.id)


def save_offer(work: Work, recruiter_id: str, fields: Mapping[str, Any], offer_id: str | None = None) -> Offer:
    """Save what somebody offered, heard today unless it says another day; raises RecordUnknown, DayToCome."""
    work.records.get(Recruiter, recruiter_id)
    before = work.records.get(Offer, offer_id) if offer_id else None
    if before is not None and before.recruiter_id != recruiter_id:
        raise RecordUnknown(type="offer")
    kept = dict(fields) if before else {"heard_on": work.today, **fields}
    require_past(work, "heard_on", kept.get("heard_on"))
    changes = changed(before, kept)
    if before is None:
        return work.records.get(Offer, work.write(Offer, None, recruiter_id=recruiter_id, **changes))
    if changes:
        work.write(Offer, before.id, **changes)
    return work.records.get(Offer, before.id)


def remove_offer(work: Work, offer_id: str, reason: Reason = Reason.ENTERED_WRONGLY) -> None:
    """Delete an offer."""
    delete(work, "offer", offer_id, reason)


def remove_recruiter(work: Work, recruiter_id: str, reason: Reason = Reason.ENTERED_WRONGLY) -> None:
    """Delete a recruiter with all offers; refused with RecruiterLinked while a journey or a visitor links here."""
    work.records.get(Recruiter, recruiter_id)
    journeys = _journeys(work, [recruiter_id]).get(recruiter_id, 0)
    visitors = _count(work, _VISITOR, [recruiter_id]).get(recruiter_id, 0)
    if journeys or visitors:
        raise RecruiterLinked(journeys=journeys, visitors=visitors)
    delete(work, "recruiter", recruiter_id, reason)


# -- finding -----------------------------------------------------------------------------------------------------------


def _meant(work: Work, text: str) -> list[str]:
    """Recruiters of whom every typed word begins a word of name, alias or company, or stands in a number. There are few
    of them, so that all are looked at.
    """
    columns = (_RECRUITER.c.id, _RECRUITER.c.name, _RECRUITER.c.aliases, _RECRUITER.c.company, _RECRUITER.c.phones)
    rows = work.connection.execute(select(*columns).where(_RECRUITER.c.deleted.is_(None)))
    return [row.id for row in rows if says(text, (row.name, row.company, *_keys(row.aliases)), _keys(row.phones))]


def says(text: str, names: Iterable[str | None], phones: Iterable[str]) -> bool:
    """Whether every word of a typed text begins a word of these names, in old or new spelling, or the digits that it is
    stand in one of these numbers.
    """
    known = [word for name in names for word in plain(name or "")]
    starts = {*known, *(fold(word) for word in known)}
    dialled = [key for phone in phones for key in {*phone_keys(phone), "".join(filter(str.isdecimal, phone))}]
    digits = "".join(char for char in text if char.isdecimal())
    if len(digits) >= _ENOUGH_DIGITS and not any(char.isalpha() for char in text):
        national = digits.removeprefix("62").removeprefix("0")
        return any(digits in number or national in number for number in dialled)
    return all(
        any(each.startswith((word, fold_start(word))) or each == fold(word) for each in starts) for word in plain(text)
    )


def _keys(kept: str | None) -> list[str]:
    return [key for key, said in json.loads(kept).items() if said is not None] if kept else []


def _listed(ids: Collection[str]) -> Any:
    return select(func.json_each(json.dumps(list(ids))).table_valued("value").c.value)


def _journeys(work: Work, recruiter_ids: Collection[str]) -> dict[str, int]:
    """How many journeys link to each recruiter."""
    return _count(work, _JOURNEY, recruiter_ids, belonging.person_there("journey"))


def _count(work: Work, table: Any, recruiter_ids: Collection[str], *where: Any) -> dict[str, int]:
    query = (
        select(table.c.recruiter_id, func.count().label("records"))
        .where(table.c.recruiter_id.in_(list(recruiter_ids)), table.c.deleted.is_(None), *where)
        .group_by(table.c.recruiter_id)
    )
    return {row.recruiter_id: row.records for row in work.connection.execute(query)}
