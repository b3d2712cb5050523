# SPDX-License-Identifier: GPL-3.0-or-later
"""Screening, consent, cases and referrals: the records that are sealed under the case key.

What stays readable without that key is only what everyone at the laptop needs to keep a person safe or to send what may
be sent: which person, which date, which scope and how far a referral is.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from trafficwatch.models.directory import Service
from trafficwatch.models.fields import (
    ANY,
    NARRATIVE_LIMIT,
    Leaving,
    Record,
    Side,
    choice,
    date,
    elements,
    link,
    number,
    record,
    text,
)


class ConsentScope(StrEnum):
    """What a person agrees to, each for itself (P2/2024 II.D.2.e; JUKNIS 4.8 for the last)."""

    SERVICE = "service"
    REFERRAL = "referral"
    SHARE_CARD = "share_card"
    SHARE_CASE = "share_case"
    REPORT = "report"
    DEIDENTIFIED_USE = "deidentified_use"


class Decision(StrEnum):
    """What the person said to one scope."""

    AGREED = "agreed"
    REFUSED = "refused"


class ConsentMethod(StrEnum):
    """How consent was given; a thumbprint is normal in the village."""

    SIGNATURE = "signature"
    THUMBPRINT = "thumbprint"
    WITNESSED = "witnessed"
    GUARDIAN = "guardian"


class Finding(StrEnum):
    """The outcome of a screening. It is initial, and never says that someone is not a victim."""

    NOT_ENOUGH = "not_enough_information"
    NEEDS_CLARIFICATION = "needs_clarification"
    SUSPECTED = "suspected"


class Risk(StrEnum):
    """Triage (P2/2024 Lampiran II.C, mechanism 1)."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


class Urgency(StrEnum):
    """How fast a referral must be answered."""

    NORMAL = "normal"
    SOON = "soon"
    IMMEDIATE = "immediate"


class Handover(StrEnum):
    """The village's half of a referral's life (interfaces: lifecycles)."""

    DRAFT = "draft"
    CONSENTED = "consented"
    HANDED_OVER = "handed_over"
    WITHDRAWN = "withdrawn"


class Answered(StrEnum):
    """The PPT's half of a referral's life."""

    ARRIVED = "arrived"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    IN_SERVICE = "in_service"
    FINISHED = "finished"


@record("consent", leaving=Leaving.CARD)
class Consent(Record):
    """What one person agreed to and refused on one day. Given again later it is a new record.

    `scopes` maps a ConsentScope to a Decision; `refused_fields` maps `record_type.field` to True: that field is absent
    from every form and bundle; False allows it again. `recipients` maps an institution's id to True: the only ones that
    a referral or report may go to; none named means any that the scope covers.
    """

    person_id: str | None = link("person", required=True)
    given_on: str | None = date(required=True, follows=True)
    valid_until: str | None = date(follows=True)
    scopes: Mapping[str, str] = elements(ConsentScope, Decision, protective=(Decision.REFUSED,), follows=True)
    refused_fields: Mapping[str, bool] = elements(protective=(True,), follows=True)
    method: str | None = choice(ConsentMethod)
    withdrawn_on: str | None = date(protective=(ANY,), follows=True)
    language: str | None = text(sealed=True, stub=True, leaving=Leaving.CASE, limit=100)
    explained: str | None = text(sealed=True, leaving=Leaving.CASE)
    witness: str | None = text(sealed=True, leaving=Leaving.CASE, limit=200)
    guardian: str | None = text(sealed=True, stub=True, leaving=Leaving.CASE, limit=200)
    guardian_relation: str | None = text(sealed=True, stub=True, leaving=Leaving.CASE, limit=200)
    recipients: Mapping[str, bool] = elements(sealed=True, stub=True, leaving=Leaving.CASE)
    child_view: str | None = text(sealed=True, leaving=Leaving.CASE)
    withdrawn_reason: str | None = text(sealed=True, leaving=Leaving.CASE)


class StopReason(StrEnum):
    """Why an interview was broken off; nothing has to be answered, and no reason weighs on the finding."""

    WISH = "wish"
    UPSET = "upset"
    UNSAFE = "unsafe"
    DISTURBED = "disturbed"
    NO_TIME = "no_time"
    OTHER = "other"


class ScreeningWay(StrEnum):
    """How the answers came in: taken down while talking, or copied from the paper form."""

    TALK = "talk"
    PAPER = "paper"


class Reading(StrEnum):
    """What a second reader at the PPT made of the first finding (P2/2024 Lampiran II.C, mechanism 2.d)."""

    CONFIRMED = "confirmed"
    CHANGED = "changed"


@record("screening", leaving=Leaving.CASE)
class Screening(Record):
    """One early screening; `answers` maps an entry's code to {value, by, event, note} (interfaces: screen evaluate)."""

    person_id: str | None = link("person", required=True)
    journey_id: str | None = link("journey")
    questionnaire: str | None = text(required=True, limit=100)
    screened_on: str | None = date(required=True)
    screened_by: str | None = link("volunteer", required=True)
    age_at_events: int | None = number(sealed=True)
    answers: Mapping[str, dict[str, Any]] = elements(sealed=True)
    note: str | None = text(sealed=True, leaving=Leaving.NEVER, private=True, limit=NARRATIVE_LIMIT)
    finding: str | None = choice(Finding, sealed=True, protective=tuple(Finding))
    risk: str | None = choice(Risk, sealed=True, stub=True, protective=tuple(Risk))
    way: str | None = choice(ScreeningWay)
    stopped: str | None = choice(StopReason, sealed=True)


@record("second_reading", leaving=Leaving.CASE, owner=Side.PPT)
class SecondReading(Record):
    """What the PPT found on reading a screening again. The first finding stays; `answers` maps a code to the value that
    the second reader would have given where it differs.
    """

    screening_id: str | None = link("screening", required=True)
    person_id: str | None = link("person", required=True)
    read_on: str | None = date(required=True)
    read_by: str | None = link("volunteer", required=True)
    reading: str | None = choice(Reading, required=True)
    finding: str | None = choice(Finding, sealed=True)
    risk: str | None = choice(Risk, sealed=True)
    reason: str | None = text(sealed=True, limit=NARRATIVE_LIMIT)
    answers: Mapping[str, str] = elements(sealed=True)


@record("case_record", leaving=Leaving.CASE)
class CaseRecord(Record):
    """The case of one person, known outside by its short code alone."""

    person_id: str | None = link("person", required=True)
    code: str | None = text(required=True, limit=16)
    opened_on: str | None = date(required=True)
    opened_by: str | None = link("volunteer", required=True)


@record("referral", leaving=Leaving.CASE)
class Referral(Record):
    """One referral to one institution; text in the order in which offices ask it. `services` maps a Service to True.

    `answered` is the PPT's word; `heard` what the village itself heard from the institution, by the tear-off reply or
    by telephone. `replaces` is the id of the declined referral that this one follows.
    """

    case_id: str | None = link("case_record", required=True)
    person_id: str | None = link("person", required=True)
    institution_id: str | None = link("institution", required=True, sealed=True)
    referred_on: str | None = date(required=True)
    referred_by: str | None = link("volunteer", required=True)
    urgency: str | None = choice(Urgency, sealed=True, stub=True, protective=tuple(Urgency))
    handover: str | None = choice(Handover, group="referral_status", protective=(Handover.WITHDRAWN,), follows=True)
    handed_over_on: str | None = date(follows=True)
    services: Mapping[str, bool] = elements(of=Service, sealed=True)
    purpose: str | None = text(sealed=True)
    chronology: str | None = text(sealed=True, limit=NARRATIVE_LIMIT)
    condition_body: str | None = text(sealed=True)
    condition_mind: str | None = text(sealed=True)
    condition_social: str | None = text(sealed=True)
    condition_spiritual: str | None = text(sealed=True)
    condition_family: str | None = text(sealed=True)
    services_given: str | None = text(sealed=True)
    needs_and_hopes: str | None = text(sealed=True)
    attachments: str | None = text(sealed=True)
    companion: str | None = text(sealed=True, limit=200)
    replaces: str | None = text(limit=36)
    heard: str | None = choice(Answered, group="referral_status")
    heard_on: str | None = date()
    heard_reason: str | None = text(sealed=True, stub=True)
    answered: str | None = choice(Answered, group="referral_status", owner=Side.PPT)
    answered_on: str | None = date(owner=Side.PPT)
    answer_reason: str | None = text(owner=Side.PPT, sealed=True)


@record("tally", leaving=Leaving.ALWAYS)
class Tally(Record):
    """Counts that always leave: how many residents and journeys the village knows, and how many cards stay at home."""

    wilayah_code: str | None = text(required=True, limit=13)
    people: int | None = number()
    people_withheld: int | None = number()
    journeys: int | None = number()
    journeys_withheld: int | None = number()
