# SPDX-License-Identifier: GPL-3.0-or-later
"""Accompaniment: the tasks at services and courts, tracks of law, losses, support in kind, case conferences.

The PPT's half stands here too: which organisations have a part in a case, and assessments in depth (MEK 3).
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from trafficwatch.models.care import choice, line, narrative, told
from trafficwatch.models.fields import Leaving, Record, Side, date, elements, link, number, record


class Task(StrEnum):
    """The task lists of MEK 4: health a-b, legal a-g, social a-c, shelter, return a-b, reintegration."""

    HEALTH_ACCESS = "health_access"
    HEALTH_PAPERS = "health_papers"
    LEGAL_REPORT = "legal_report"
    LEGAL_EVIDENCE = "legal_evidence"
    LEGAL_LAWYER = "legal_lawyer"
    LEGAL_PAPERS = "legal_papers"
    LEGAL_PRESENCE = "legal_presence"
    LEGAL_MONITORING = "legal_monitoring"
    LEGAL_INFORMING = "legal_informing"
    SOCIAL_ACCESS = "social_access"
    SOCIAL_LETTER = "social_letter"
    SOCIAL_INFORMING = "social_informing"
    SHELTER_NEEDS = "shelter_needs"
    SHELTER_REFERRAL = "shelter_referral"
    RETURN_TRACING = "return_tracing"
    RETURN_MONITORING = "return_monitoring"
    REINTEGRATION_ASSESSMENT = "reintegration_assessment"


class DeliveredTo(StrEnum):
    """To whom the result of monitoring goes (MEK 4: legal also to law enforcers, social also to the OPD)."""

    DINAS_PPPA = "dinas_pppa"
    UPTD_PPA = "uptd_ppa"
    LAW_ENFORCERS = "law_enforcers"
    OPD = "opd"
    TASK_FORCE = "task_force"


@record("accompaniment", leaving=Leaving.CASE)
class Accompaniment(Record):
    """One task; `delivered` maps a DeliveredTo to the day (ISO) on which the result was delivered there."""

    person_id: str | None = link("person", required=True)
    case_id: str | None = link("case_record")
    task: str | None = choice(Task, required=True)
    institution_id: str | None = link("institution", sealed=True)
    due_on: str | None = date()
    done_on: str | None = date()
    done_by: str | None = link("volunteer")
    words: str | None = told()
    result: str | None = told()
    delivered: Mapping[str, str] = elements(of=DeliveredTo, sealed=True)


class LegalTrack(StrEnum):
    """The three ways of LAY 6: the crime, restitution (UU 21/2007 art. 48-50), and civil law."""

    CRIMINAL = "criminal"
    RESTITUTION = "restitution"
    CIVIL = "civil"


class LegalStage(StrEnum):
    """How far a track has come."""

    REPORTED = "reported"
    INQUIRY = "inquiry"
    INVESTIGATION = "investigation"
    FILE_COMPLETE = "file_complete"
    PROSECUTION = "prosecution"
    TRIAL = "trial"
    VERDICT = "verdict"
    APPEAL = "appeal"
    EXECUTED = "executed"
    STOPPED = "stopped"


@record("legal_track", leaving=Leaving.CASE)
class LegalTrackRecord(Record):
    """One track of law and where it stands; sums in rupiah."""

    person_id: str | None = link("person", required=True)
    case_id: str | None = link("case_record")
    track: str | None = choice(LegalTrack, required=True)
    legal_stage: str | None = choice(LegalStage, required=True)
    stage_on: str | None = date(sealed=True)
    institution_id: str | None = link("institution", sealed=True)
    case_number: str | None = line()
    officer: str | None = line()
    lawyer: str | None = line()
    next_on: str | None = date()
    claimed: int | None = number(sealed=True)
    granted: int | None = number(sealed=True)
    paid: int | None = number(sealed=True)
    words: str | None = told()


class LossKind(StrEnum):
    """What restitution may cover (UU 21/2007 art. 48)."""

    INCOME = "income"
    WEALTH = "wealth"
    SUFFERING = "suffering"
    TREATMENT = "treatment"
    OTHER = "other"


@record("loss", leaving=Leaving.CASE)
class Loss(Record):
    """One line of the loss ledger, kept from the first day; `amount` in rupiah."""

    person_id: str | None = link("person", required=True)
    case_id: str | None = link("case_record")
    kind: str | None = choice(LossKind, required=True)
    incurred_on: str | None = date(sealed=True)
    amount: int | None = number(sealed=True)
    words: str | None = told(required=True)
    proof: str | None = told()


class SupportSource(StrEnum):
    """Who gives support in kind; the person never does (P2/2024 Lampiran II.D.2.m)."""

    VILLAGE = "village"
    GOVERNMENT = "government"
    ORGANISATION = "organisation"
    COMMUNITY = "community"
    VOLUNTEER = "volunteer"


@record("support", leaving=Leaving.CASE)
class Support(Record):
    """Support outside services (MEK 6): basic needs, transport; `amount` is its value in rupiah."""

    person_id: str | None = link("person", required=True)
    case_id: str | None = link("case_record")
    given_on: str | None = date(required=True)
    item: str | None = told(required=True)
    amount: int | None = number(sealed=True)
    support_source: str | None = choice(SupportSource, required=True)
    giver: str | None = line()


@record("conference", leaving=Leaving.CASE)
class Conference(Record):
    """A case conference under the seven headings of JUKNIS 4.7, and who does what afterwards."""

    person_id: str | None = link("person", required=True)
    case_id: str | None = link("case_record")
    held_on: str | None = date(required=True)
    led_by: str | None = line()
    attended: str | None = told()
    openness: str | None = told()
    shelter: str | None = told()
    trusted_people: str | None = told()
    interview: str | None = told()
    danger: str | None = told()
    mind_care: str | None = told()
    medical_care: str | None = told()
    agreed: str | None = told()
    next_on: str | None = date()


@record("case_part", leaving=Leaving.CASE, owner=Side.PPT)
class CasePart(Record):
    """What one organisation does in a case (P11/2012 IV.D, PTPAS: many members, one case, each its part)."""

    case_id: str | None = link("case_record", required=True)
    person_id: str | None = link("person", required=True)
    institution_id: str | None = link("institution", required=True)
    since: str | None = date(required=True)
    until: str | None = date()
    part: str | None = told(required=True)
    officer: str | None = line()
    phone: str | None = told(limit=40)
    result: str | None = told()


@record("deep_assessment", leaving=Leaving.CASE, owner=Side.PPT)
class DeepAssessment(Record):
    """What an authorised service found on assessing in depth (MEK 3)."""

    case_id: str | None = link("case_record", required=True)
    person_id: str | None = link("person", required=True)
    assessed_on: str | None = date(required=True)
    institution_id: str | None = link("institution")
    assessor: str | None = line()
    summary: str | None = narrative(required=True)
    recommendations: str | None = told()
    explained_on: str | None = date(sealed=True)
