# SPDX-License-Identifier: GPL-3.0-or-later
"""Journeys of residents who migrate, and the papers they hold (P2/2024 II.B.1.f.2; UU 18/2017 art. 13)."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from trafficwatch.models.fields import Leaving, Record, choice, date, elements, flag, link, number, record, text


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


class Sector(StrEnum):
    """The kind of work that was promised."""

    DOMESTIC_WORK = "domestic_work"
    CARE = "care"
    PLANTATION = "plantation"
    FARMING = "farming"
    FISHING = "fishing"
    SHIPPING = "shipping"
    CONSTRUCTION = "construction"
    FACTORY = "factory"
    MINING = "mining"
    SHOP_OR_RESTAURANT = "shop_or_restaurant"
    ENTERTAINMENT = "entertainment"
    ONLINE_WORK = "online_work"
    MARRIAGE = "marriage"
    STUDY = "study"
    OTHER = "other"


class VisaKind(StrEnum):
    """For what the visa was given, as far as it is known."""

    WORK = "work"
    VISIT = "visit"
    PILGRIMAGE = "pilgrimage"
    STUDY = "study"
    NOT_NEEDED = "not_needed"
    NONE = "none"
    UNKNOWN = "unknown"


class ContractKind(StrEnum):
    """What there is of an agreement about the work."""

    READ_AND_SIGNED = "read_and_signed"
    SIGNED_UNREAD = "signed_unread"
    SPOKEN = "spoken"
    NONE = "none"
    UNKNOWN = "unknown"


class Holder(StrEnum):
    """Who keeps the passport and the other papers."""

    PERSON = "person"
    FAMILY = "family"
    RECRUITER = "recruiter"
    EMPLOYER = "employer"
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
    MARRIAGE_BOOK = "marriage_book"
    SCHOOL_CERTIFICATE = "school_certificate"
    JOB_ORDER = "job_order"
    PRE_DEPARTURE_BRIEFING = "pre_departure_briefing"
    SOCIAL_SECURITY = "social_security"
    E_PMI = "e_pmi"
    TRAVEL_STATEMENT = "travel_statement"
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
    """One journey, planned or made, abroad or within the country (`destination_country` ISO 3166 alpha-2).

    `transits` maps an order ('1', '2') to a place on the way, `answers` a question of `registry.procedural` to
    yes, no or unknown. `check_in_days` is how often somebody wants to hear from the person, in days.
    """

    person_id: str | None = link("person", required=True)
    stage: str | None = choice(Stage)
    destination_country: str | None = text(limit=2)
    destination_place: str | None = text(limit=200)
    sector: str | None = choice(Sector)
    work: str | None = text(limit=200)
    employer: str | None = text(limit=200)
    employer_address: str | None = text()
    employer_phone: str | None = text(limit=40)
    recruiter_id: str | None = link("recruiter")
    recruiter_name: str | None = text(limit=200)
    recruiter_phone: str | None = text(limit=40)
    agency: str | None = text(limit=200)
    companions: str | None = text(limit=200)
    transits: Mapping[str, str] = elements()
    departure_on: str | None = date()
    expected_return_on: str | None = date()
    returned_on: str | None = date()
    postponed_until: str | None = date()
    promised_wage: str | None = text(limit=200)
    promised_terms: str | None = text()
    costs: str | None = text()
    debts: str | None = text()
    debt_to: str | None = text(limit=200)
    motive: str | None = text()
    visa_kind: str | None = choice(VisaKind)
    contract_kind: str | None = choice(ContractKind)
    papers_held_by: str | None = choice(Holder)
    procedural: str | None = choice(Procedural)
    answers: Mapping[str, str] = elements()
    check_in_days: int | None = number()


@record("document", leaving=Leaving.CARD)
class Document(Record):
    """One paper of a person: how it was seen, against what it was checked and what was found.

    `states` maps what the paper itself says (name, birth_date, nik, address, country, agency, employer, years,
    official, relation) to its words, for comparing papers with each other.
    """

    person_id: str | None = link("person", required=True)
    journey_id: str | None = link("journey")
    kind: str | None = choice(DocumentKind, required=True)
    number: str | None = text(limit=100)
    issuer: str | None = text(limit=200)
    issued_on: str | None = date()
    valid_until: str | None = date()
    states: Mapping[str, str] = elements()
    seen: str | None = choice(Seen)
    checked_against: str | None = text(limit=200)
    checked_on: str | None = date()
    checked_by: str | None = link("volunteer")
    found: str | None = choice(Found, protective=(Found.UNCHECKED, Found.DOUBTFUL, Found.FALSE))
    remark: str | None = text()


class Outcome(StrEnum):
    """What came of trying to hear from somebody who is away."""

    REACHED = "reached"
    FAMILY_HEARD = "family_heard"
    NO_ANSWER = "no_answer"
    NUMBER_DEAD = "number_dead"
    DECLINED = "declined"


@record("check_in", leaving=Leaving.CARD)
class CheckIn(Record):
    """One attempt to hear from a person who is away. `answers` maps a question of `registry.check_ins` to yes, no or
    unknown; `place` is where the person is now.
    """

    person_id: str | None = link("person", required=True)
    journey_id: str | None = link("journey", required=True)
    tried_on: str | None = date()
    tried_by: str | None = link("volunteer")
    outcome: str | None = choice(Outcome)
    place: str | None = text(limit=200)
    answers: Mapping[str, str] = elements()
    said: str | None = text()


@record("home_visit", leaving=Leaving.CARD)
class HomeVisit(Record):
    """One visit at home before a departure (P2/2024 II.B.1.f.1). `readiness` maps an item of the checklist to yes, no
    or unknown; `explained` an item of what is owed before departure (PP 59/2021 art. 4(4)) to True.
    """

    person_id: str | None = link("person", required=True)
    journey_id: str | None = link("journey")
    visited_on: str | None = date()
    visited_by: str | None = link("volunteer")
    accompanied_by: str | None = text(limit=200)
    met: str | None = text(limit=200)
    readiness: Mapping[str, str] = elements()
    explained: Mapping[str, bool] = elements()
    sheet_left: bool | None = flag()
    agreed: str | None = text()
    next_visit_on: str | None = date()
