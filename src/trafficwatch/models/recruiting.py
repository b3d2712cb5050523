# SPDX-License-Identifier: GPL-3.0-or-later
"""Those who recruit, what they offer, and people from elsewhere who come and go (P2/2024 II.B.1.f.2).

Nobody is ever 'safe' here: a licence was checked on a day at a place, or it was not. Recruiters, offers and places
leave as information for a report (P2/2024 II.E), without who told (design 6).
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from trafficwatch.models.fields import Leaving, Record, choice, date, elements, link, record, text
from trafficwatch.models.migration import Found, Sector, Seen


class RecruiterKind(StrEnum):
    """What somebody who recruits is."""

    PERSON = "person"
    COMPANY = "company"
    TRAINING_CENTRE = "training_centre"
    OTHER = "other"


@record("recruiter", leaving=Leaving.ALWAYS)
class Recruiter(Record):
    """Somebody who recruits in the village; `phones` maps a number to what is known of it, `aliases` a name and
    `places` a place to True. `licence` is the SIP3MI of the company.
    """

    name: str | None = text(required=True, limit=200)
    kind: str | None = choice(RecruiterKind)
    aliases: Mapping[str, bool] = elements()
    phones: Mapping[str, str] = elements()
    company: str | None = text(limit=200)
    address: str | None = text()
    places: Mapping[str, bool] = elements()
    licence: str | None = text(limit=100)
    licence_seen: str | None = choice(Seen)
    licence_checked_with: str | None = text(limit=200)
    licence_checked_on: str | None = date()
    licence_found: str | None = choice(Found, protective=(Found.UNCHECKED, Found.DOUBTFUL, Found.FALSE))
    remark: str | None = text()
    told_by: str | None = text(limit=200, leaving=Leaving.NEVER)


@record("offer", leaving=Leaving.ALWAYS)
class Offer(Record):
    """What somebody offered in the village."""

    recruiter_id: str | None = link("recruiter", required=True)
    heard_on: str | None = date()
    place: str | None = text(limit=200)
    destination_country: str | None = text(limit=2)
    destination_place: str | None = text(limit=200)
    sector: str | None = choice(Sector)
    work: str | None = text(limit=200)
    wage: str | None = text(limit=200)
    terms: str | None = text()
    told_by: str | None = text(limit=200, leaving=Leaving.NEVER)


@record("visitor", leaving=Leaving.NEVER)
class Visitor(Record):
    """Somebody from elsewhere who comes and goes. It stays in the village: to be from elsewhere is no suspicion."""

    name: str | None = text(required=True, limit=200)
    phones: Mapping[str, str] = elements()
    origin: str | None = text(limit=200)
    identity_seen: str | None = choice(Seen)
    purpose: str | None = text(limit=200)
    host: str | None = text(limit=200)
    arrived_on: str | None = date()
    left_on: str | None = date()
    recruiter_id: str | None = link("recruiter")
    remark: str | None = text()
