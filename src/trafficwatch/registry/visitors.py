# SPDX-License-Identifier: GPL-3.0-or-later
"""People from elsewhere who come and go: why, with whom, how long (P2/2024 II.B.1.f.2).

To be from elsewhere is no suspicion: the list knows no marks, only whether somebody is linked to a recruiter.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, select

from trafficwatch.errors import InputError
from trafficwatch.models.changes import changed
from trafficwatch.models.identity import clean_name
from trafficwatch.models.recruiting import Offer, Recruiter, Visitor
from trafficwatch.models.tables import RECORD_TABLES
from trafficwatch.registry.days import earliest, latest, require_past
from trafficwatch.registry.mentions import Mention, mentions
from trafficwatch.registry.recruiters import says
from trafficwatch.registry.residents import with_owners
from trafficwatch.registry.trash import Reason, delete
from trafficwatch.store.work import Work

_VISITOR, _RECRUITER, _OFFER = (RECORD_TABLES[name] for name in ("visitor", "recruiter", "offer"))


class LeftBeforeArriving(InputError):
    """Nobody leaves before having come."""

    key = "left_before_arriving"


@dataclass(frozen=True, slots=True)
class VisitorRow:
    """One line of the list."""

    id: str
    name: str
    origin: str | None
    purpose: str | None
    host: str | None
    arrived_on: str | None
    left_on: str | None
    recruiter_id: str | None
    recruiter_name: str | None


@dataclass(frozen=True, slots=True)
class VisitorPage:
    """Some lines of the list, and how many there are in all."""

    rows: tuple[VisitorRow, ...]
    total: int


@dataclass(frozen=True, slots=True)
class VisitorCard:
    """All that is known of a visitor: the recruiter who is linked, what that one offers, and who else has the same
    number or name.
    """

    visitor: Visitor
    recruiter: Recruiter | None
    offers: tuple[Offer, ...]
    same: tuple[Mention, ...]


def visitors(work: Work, text: str = "", offset: int = 0, limit: int = 50) -> VisitorPage:
    """Those who are here first, then those who have left, each with the latest to come first."""
    there: ColumnElement[bool] = _VISITOR.c.deleted.is_(None)
    if text.strip():
        found = json.dumps(_meant(work, text))
        there &= _VISITOR.c.id.in_(select(func.json_each(found).table_valued("value").c.value))
    total = work.connection.execute(select(func.count()).select_from(_VISITOR).where(there)).scalar_one()
    has_left = case((_VISITOR.c.left_on.is_(None), 0), else_=1)
    order = (has_left, func.coalesce(_VISITOR.c.arrived_on, "").desc(), func.lower(_VISITOR.c.name), _VISITOR.c.id)
    linked = and_(_RECRUITER.c.id == _VISITOR.c.recruiter_id, _RECRUITER.c.deleted.is_(None))
    query = select(_VISITOR, _RECRUITER.c.name.label("recruiter_name")).outerjoin(_RECRUITER, linked).where(there)
    rows = work.connection.execute(query.order_by(*order).offset(offset).limit(limit))
    return VisitorPage(
        tuple(
            VisitorRow(
                row.id,
                row.name or "",
                row.origin,
                row.purpose,
                row.host,
                row.arrived_on,
                row.left_on,
                row.recruiter_id,
                row.recruiter_name,
            )
            for row in rows
        ),
        total,
    )


def visitor_card(work: Work, visitor_id: str) -> VisitorCard:
    """One visitor; raises RecordUnknown."""
    visitor = work.records.get(Visitor, visitor_id)
    recruiter = work.records.get(Recruiter, visitor.recruiter_id) if visitor.recruiter_id else None
    offers = work.records.select(Offer, _OFFER.c.recruiter_id == recruiter.id) if recruiter else []
    without = [("visitor", visitor_id), *([("recruiter", recruiter.id)] if recruiter else [])]
    same = mentions(work, visitor.phones, [visitor.name or ""], without=without)
    return VisitorCard(visitor, recruiter, tuple(reversed(offers)), same)


def save_visitor(
    work: Work,
    fields: Mapping[str, Any],
    visitor_id: str | None = None,
    seen: Mapping[str, frozenset[str]] | None = None,
) -> Visitor:
    """Save the form of a new visitor or a known one; `seen` as in `CardInput`. Raises RecordUnknown, DayToCome,
    LeftBeforeArriving.
    """
    before = work.records.get(Visitor, visitor_id) if visitor_id else None
    kept = dict(fields)
    if kept.get("name"):
        kept["name"] = clean_name(kept["name"])
    if kept.get("phones"):
        kept["phones"] = with_owners(kept["phones"])
    changes = changed(before, kept, seen)
    require_past(work, "arrived_on", changes.get("arrived_on"))
    if changes.keys() & {"arrived_on", "left_on"}:
        came, left = (changes.get(name, getattr(before, name, None)) for name in ("arrived_on", "left_on"))
        first, last = earliest(came), latest(left)
        if first and last and last < first:
            raise LeftBeforeArriving
    if before is None:
        return work.records.get(Visitor, work.write(Visitor, None, **changes))
    if changes:
        work.write(Visitor, before.id, **changes)
    return work.records.get(Visitor, before.id)


def remove_visitor(work: Work, visitor_id: str, reason: Reason = Reason.ENTERED_WRONGLY) -> None:
    """Delete a visitor."""
    delete(work, "visitor", visitor_id, reason)


def _meant(work: Work, text: str) -> list[str]:
    """Visitors of whom every typed word begins a word of name, origin, host or purpose, or stands in a number."""
    names = ("name", "origin", "host", "purpose")
    query = select(_VISITOR.c.id, _VISITOR.c.phones, *(_VISITOR.c[name] for name in names))
    rows = work.connection.execute(query.where(_VISITOR.c.deleted.is_(None)))
    return [row.id for row in rows if says(text, row[2:], json.loads(row.phones) if row.phones else ())]
