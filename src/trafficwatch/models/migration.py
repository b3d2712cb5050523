# SPDX-License-Identifier: GPL-3.0-or-later
"""Journeys of residents who migrate, and the papers they hold (P2/2024 II.B.1.f.2; UU 18/2017 art. 13)."""

from __future__ import annotations

from enum import StrEnum

from trafficwatch.models.fields import Leaving, Record, choice, date, link, record, text


class Stage(StrEnum):
    """Where a journey stands."""

    PLAN = "plan"
    PREPARING = "preparing"
    DEPARTED = "departed"
    RETURNED = "returned"
    POSTPONED = "postponed"
    CANCELLED = "cancelled"


class Procedural(StrEnum):
    """Whether the journey follows the official procedure, as far as it is known."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


class DocumentKind(StrEnum):
    """The papers of UU 18/2017 art. 13, and those of a resident that the village can check."""

    KTP = "ktp"
    KK = "kk"
    BIRTH_CERTIFICATE = "birth_certificate"
    MARITAL_STATEMENT = "marital_statement"
    FAMILY_PERMISSION = "family_permission"
    COMPETENCE_CERTIFICATE = "competence_certificate"
    HEALTH_STATEMENT = "health_statement"
    PASSPORT = "passport"
    VISA = "visa"
    PLACEMENT_AGREEMENT = "placement_agreement"
    WORK_AGREEMENT = "work_agreement"
    TICKET = "ticket"
    OTHER = "other"


class Seen(StrEnum):
    """In which form the volunteer saw a paper."""

    ORIGINAL = "original"
    COPY = "copy"
    PHOTO = "photo"
    TOLD = "told"
    NO = "no"


class Found(StrEnum):
    """What checking a paper gave (P2/2024 II.B.1.f.2: whether the papers held are true)."""

    TRUE = "true"
    DOUBTFUL = "doubtful"
    FALSE = "false"
    UNCHECKED = "unchecked"


@record("journey", leaving=Leaving.CARD)
class Journey(Record):
    """One journey, planned or made, abroad or within the country (`destination_country` ISO 3166 alpha-2)."""

    person_id: str | None = link("person", required=True)
    stage: str | None = choice(Stage)
    destination_country: str | None = text(limit=2)
    destination_place: str | None = text(limit=200)
    work: str | None = text(limit=200)
    employer: str | None = text(limit=200)
    recruiter_name: str | None = text(limit=200)
    recruiter_phone: str | None = text(limit=40)
    agency: str | None = text(limit=200)
    departure_on: str | None = date()
    promised_wage: str | None = text(limit=200)
    debts: str | None = text()
    motive: str | None = text()
    procedural: str | None = choice(Procedural)


@record("document", leaving=Leaving.CARD)
class Document(Record):
    """One paper of a person: how it was seen, against what it was checked and what was found."""

    person_id: str | None = link("person", required=True)
    journey_id: str | None = link("journey")
    kind: str | None = choice(DocumentKind, required=True)
    number: str | None = text(limit=100)
    issuer: str | None = text(limit=200)
    seen: str | None = choice(Seen)
    checked_against: str | None = text(limit=200)
    checked_on: str | None = date()
    checked_by: str | None = link("volunteer")
    found: str | None = choice(Found, protective=(Found.UNCHECKED, Found.DOUBTFUL, Found.FALSE))
    remark: str | None = text()
