# SPDX-License-Identifier: GPL-3.0-or-later
"""Return, reintegration and follow-up (MEK 4; LAY 4-5; SPM E and F), and the PPT's rules for them."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from trafficwatch.models import fields
from trafficwatch.models.care import choice, line, told
from trafficwatch.models.fields import Leaving, Record, Side, date, elements, flag, link, number, record


class ReturnStepKind(StrEnum):
    """What helps to come home and to stay (MEK 4; LAY 4-5; II.B.2.a; SPM F.b.4)."""

    FAMILY_TRACING = "family_tracing"
    FAMILY_PREPARED = "family_prepared"
    NEIGHBOURS_PREPARED = "neighbours_prepared"
    FAMILY_MEDIATION = "family_mediation"
    JOURNEY_HOME = "journey_home"
    LIVELIHOOD = "livelihood"
    SCHOOLING = "schooling"
    SKILLS = "skills"
    DIGITAL_LITERACY = "digital_literacy"
    BUSINESS_TRAINING = "business_training"
    MENTORING = "mentoring"
    CAPITAL = "capital"
    FURTHER_HEALTH = "further_health"
    FURTHER_LEGAL = "further_legal"


@record("return_step", leaving=Leaving.CASE)
class ReturnStep(Record):
    """One step of return or reintegration: who gave what, when, what came of it."""

    person_id: str | None = link("person", required=True)
    case_id: str | None = link("case_record")
    step: str | None = choice(ReturnStepKind, required=True, stub=True)
    done_on: str | None = date(required=True)
    done_by: str | None = link("volunteer", required=True)
    institution_id: str | None = link("institution", sealed=True)
    words: str | None = told()
    result: str | None = told()


class ReturnVerdict(StrEnum):
    """What the assessment before a return says."""

    SAFE = "safe"
    NOT_YET = "not_yet"
    NOT_SAFE = "not_safe"


@record("return_safety", leaving=Leaving.CASE)
class ReturnSafety(Record):
    """Security, safety, social and economic state of the person and the family, before reintegration (MEK 4)."""

    person_id: str | None = link("person", required=True)
    case_id: str | None = link("case_record")
    assessed_on: str | None = date(required=True)
    assessed_by: str | None = link("volunteer", required=True)
    place: str | None = line()
    security: str | None = told()
    safety: str | None = told()
    social: str | None = told()
    economic: str | None = told()
    family_state: str | None = told()
    wishes: str | None = told()
    return_verdict: str | None = choice(ReturnVerdict, required=True, stub=True)
    conditions: str | None = told()


class PlacementKind(StrEnum):
    """Where a person goes home to (SPM F.a)."""

    FAMILY = "family"
    SUBSTITUTE_FAMILY = "substitute_family"
    COMMUNITY = "community"
    INSTITUTION = "institution"


class ChosenBy(StrEnum):
    """Who chose: an adult chooses; for a child the institution, with the child's agreement (SPM E.a, F.b.2-3)."""

    PERSON = "person"
    INSTITUTION = "institution"
    OTHER = "other"


@record("placement", leaving=Leaving.CASE)
class Placement(Record):
    """Coming to live with a family, a substitute family or a community; the three `keeps` are the criteria of SPM F.b.2
    for a child's substitute family.
    """

    person_id: str | None = link("person", required=True)
    case_id: str | None = link("case_record")
    placement: str | None = choice(PlacementKind, required=True)
    placed_on: str | None = date(required=True)
    place: str | None = line()
    carer: str | None = line()
    relation: str | None = line()
    chosen_by: str | None = choice(ChosenBy, required=True)
    institution_id: str | None = link("institution", sealed=True)
    child_agrees: bool | None = flag(sealed=True)
    child_view: str | None = told()
    keeps_safe: bool | None = flag(sealed=True)
    keeps_well: bool | None = flag(sealed=True)
    keeps_caring: bool | None = flag(sealed=True)
    reintegration_on: str | None = date()
    ended_on: str | None = date()
    words: str | None = told()


class FollowUpWay(StrEnum):
    """How somebody was followed up; home visits are the rule (SPM E.g.4, F.g.4)."""

    VISIT = "visit"
    PHONE = "phone"
    MESSAGE = "message"
    THROUGH_PERSON = "through_person"


class FollowUpItem(StrEnum):
    """What a visit looks at (SPM F.b.1, F.b.4; UU 12/2022 art. 70(3) for papers and social security)."""

    FREE_OF_TRAFFICKING = "free_of_trafficking"
    NO_STIGMA = "no_stigma"
    SOCIAL_FUNCTION = "social_function"
    LIVELIHOOD = "livelihood"
    SCHOOLING = "schooling"
    HEALTH = "health"
    LEGAL = "legal"
    PAPERS = "papers"
    SOCIAL_SECURITY = "social_security"


class ItemState(StrEnum):
    """How an item stands at a visit; not known is never no."""

    YES = "yes"
    PARTLY = "partly"
    NO = "no"
    UNKNOWN = "unknown"
    NOT_NEEDED = "not_needed"


class DangerSign(StrEnum):
    """Signs that somebody may be drawn in again [ours]."""

    NEW_OFFER = "new_offer"
    RECRUITER_RETURNS = "recruiter_returns"
    DEBT_PRESSES = "debt_presses"
    PAPERS_GONE = "papers_gone"
    LEAVES_UNPREPARED = "leaves_unprepared"
    THREATENED = "threatened"
    CUT_OFF = "cut_off"
    GONE = "gone"


@record("follow_up", leaving=Leaving.CASE)
class FollowUp(Record):
    """One planned or done contact of the follow-up. The three scales run from 1 (very hard) to 5 (very well)."""

    person_id: str | None = link("person", required=True)
    case_id: str | None = link("case_record")
    planned_on: str | None = date(required=True)
    done_on: str | None = date()
    done_by: str | None = link("volunteer")
    follow_up_way: str | None = choice(FollowUpWay)
    companion: str | None = line()
    alone_reason: str | None = told()
    items: Mapping[str, str] = elements(FollowUpItem, ItemState, sealed=True)
    mind_scale: int | None = number(sealed=True)
    mind: str | None = told()
    social_scale: int | None = number(sealed=True)
    social: str | None = told()
    economic_scale: int | None = number(sealed=True)
    economic: str | None = told()
    danger_signs: Mapping[str, bool] = elements(of=DangerSign, sealed=True)
    voice: str | None = told()
    agreed: str | None = told()
    missed_reason: str | None = told()


class FollowUpStart(StrEnum):
    """From which day the six months of SPM F.b.5 count."""

    RETURN = "return"
    REINTEGRATION = "reintegration"


@record("care_policy", leaving=Leaving.ALWAYS, owner=Side.PPT)
class CarePolicy(Record):
    """The PPT's settings of care: the start and length of follow-up, days between contacts, years that closed cases are
    kept.
    """

    set_on: str | None = date(required=True)
    follow_up_start: str | None = fields.choice(FollowUpStart, required=True)
    follow_up_months: int | None = number(required=True)
    follow_up_days: int | None = number(required=True)
    keep_years: int | None = number()
