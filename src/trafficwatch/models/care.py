# SPDX-License-Identifier: GPL-3.0-or-later
"""Care for one person between finding and closure: the account, the people in it, help at once, needs, plan, duties.

All of it is sealed under the case key but the person, days of what is planned, and what decides whether something may
leave. A record belongs to a person; `case_id` is the case that was open when it was written.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from functools import partial

from trafficwatch.models import fields
from trafficwatch.models.casework import Urgency
from trafficwatch.models.fields import ANY, NARRATIVE_LIMIT, Leaving, Record, date, elements, flag, link, record
from trafficwatch.models.migration import Sector

told = partial(fields.text, sealed=True)
line = partial(fields.text, sealed=True, limit=200)
narrative = partial(fields.text, sealed=True, limit=NARRATIVE_LIMIT)
choice = partial(fields.choice, sealed=True)


class AskedBy(StrEnum):
    """Why private information was asked: at whose request, or for which need (P2/2024 Lampiran II.D.2.i)."""

    PPT = "ppt"
    PROFESSIONAL = "professional"
    GOVERNMENT = "government"
    NEED = "need"


class Control(StrEnum):
    """By what a person was held (JUKNIS 2.3; HTCDS means of control)."""

    PAPERS_HELD = "papers_held"
    DEBT = "debt"
    WAGES_HELD = "wages_held"
    CONFINEMENT = "confinement"
    WATCHED = "watched"
    VIOLENCE = "violence"
    THREATS = "threats"
    THREATS_TO_FAMILY = "threats_to_family"
    THREATS_OF_ARREST = "threats_of_arrest"
    NO_CONTACT = "no_contact"
    DECEIT = "deceit"
    DRUGS = "drugs"
    BELIEF = "belief"
    OTHER = "other"


@record("account", leaving=Leaving.CASE)
class Account(Record):
    """The course of events in the person's words, asked for a named reason only (II.D.2.i; JUKNIS 4.8)."""

    person_id: str | None = link("person", required=True)
    case_id: str | None = link("case_record")
    told_on: str | None = date(required=True)
    told_to: str | None = line()
    asked_by: str | None = choice(AskedBy, required=True)
    asked_for: str | None = told()
    before: str | None = narrative()
    recruitment: str | None = narrative()
    transit: str | None = narrative()
    exploitation: str | None = narrative()
    way_out: str | None = narrative()
    place: str | None = line()
    sector: str | None = choice(Sector)
    legal_status: str | None = line()
    controls: Mapping[str, bool] = elements(of=Control, sealed=True)
    motive: str | None = told()
    wishes: str | None = told()


class Role(StrEnum):
    """What somebody is in a case; nobody is called a victim before identification."""

    PRESUMED_VICTIM = "presumed_victim"
    WITNESS = "witness"
    FAMILY = "family"
    REPORTER = "reporter"
    COMPANION = "companion"
    OTHER = "other"


@record("case_person", leaving=Leaving.CASE)
class CasePerson(Record):
    """Somebody else in a case. Who it is leaves only if that person `agrees` to be named (UU 21/2007 art. 44)."""

    person_id: str | None = link("person", required=True)
    case_id: str | None = link("case_record")
    role: str | None = choice(Role, required=True)
    agrees: bool | None = flag(sealed=True)
    name: str | None = line(needs="agrees")
    phone: str | None = told(limit=40, needs="agrees")
    address: str | None = told(needs="agrees")
    occupation: str | None = line(needs="agrees")
    relation: str | None = line(needs="agrees")
    words: str | None = told(needs="agrees")


class Standing(StrEnum):
    """How far the law has come with somebody who is said to have done it (JUKNIS 4.8; suspects have rights)."""

    ALLEGED = "alleged"
    SUSPECT = "suspect"
    ACCUSED = "accused"
    CONVICTED = "convicted"


@record("perpetrator", leaving=Leaving.CASE)
class Perpetrator(Record):
    """Somebody who is said to have had a part in it; `standing` always stands beside the name."""

    person_id: str | None = link("person", required=True)
    case_id: str | None = link("case_record")
    standing: str | None = choice(Standing, required=True)
    standing_on: str | None = date(sealed=True)
    standing_source: str | None = line()
    recruiter_id: str | None = link("recruiter", sealed=True)
    name: str | None = line()
    known_as: str | None = line()
    sex: str | None = line(limit=40)
    age: str | None = line(limit=40)
    address: str | None = told()
    phone: str | None = told(limit=40)
    occupation: str | None = line()
    relation: str | None = line()
    part: str | None = told()


class InformingKind(StrEnum):
    """The first explanation, or news of how it goes on."""

    EXPLANATION = "explanation"
    PROGRESS = "progress"


class Topic(StrEnum):
    """What a person is told (P2/2024 art. 5(2)f, Lampiran II.C.5, II.D.2.j; UU 21/2007 art. 48)."""

    PROCESS = "process"
    RIGHT_TO_REFUSE = "right_to_refuse"
    RIGHT_TO_REPORT = "right_to_report"
    RIGHT_TO_PROGRESS = "right_to_progress"
    CONFIDENTIALITY = "confidentiality"
    SERVICES = "services"
    FREE_OF_CHARGE = "free_of_charge"
    RESTITUTION = "restitution"
    OWN_DATA = "own_data"


@record("informing", leaving=Leaving.CASE)
class Informing(Record):
    """What was explained to the person, and each message on how it goes on."""

    person_id: str | None = link("person", required=True)
    case_id: str | None = link("case_record")
    kind: str | None = choice(InformingKind, required=True)
    told_on: str | None = date(required=True)
    told_by: str | None = link("volunteer", required=True)
    topics: Mapping[str, bool] = elements(of=Topic, sealed=True)
    language: str | None = line(limit=100)
    words: str | None = told()
    said: str | None = told()


@record("outreach", leaving=Leaving.CASE)
class Outreach(Record):
    """Going to where a person is (penjangkauan; MEK 1.a, 1.c, 2)."""

    person_id: str | None = link("person", required=True)
    case_id: str | None = link("case_record")
    went_on: str | None = date(required=True)
    went_by: str | None = link("volunteer", required=True)
    companion: str | None = line()
    alone_reason: str | None = told()
    place: str | None = line()
    met: str | None = line()
    institution_id: str | None = link("institution", sealed=True)
    words: str | None = told()
    result: str | None = told()
    reported_to: str | None = line()


class FirstAidAct(StrEnum):
    """The six acts of psychological first aid (P2/2024 Lampiran II.C, mechanism 1.a-f)."""

    PRACTICAL_HELP = "practical_help"
    LISTENING = "listening"
    CALMING = "calming"
    BASIC_NEEDS = "basic_needs"
    LINKING = "linking"
    PROTECTING = "protecting"


@record("first_aid", leaving=Leaving.CASE)
class FirstAid(Record):
    """One time of psychological first aid; `acts` maps a FirstAidAct to True."""

    person_id: str | None = link("person", required=True)
    case_id: str | None = link("case_record")
    given_on: str | None = date(required=True)
    given_by: str | None = link("volunteer", required=True)
    place: str | None = line()
    companion: str | None = line()
    alone_reason: str | None = told()
    acts: Mapping[str, bool] = elements(of=FirstAidAct, sealed=True)
    words: str | None = told()
    result: str | None = told()


class NeedArea(StrEnum):
    """Where a person may need something (MEK 3): bio-psycho-social, economy, law, safety of person and family."""

    BODY = "body"
    MIND = "mind"
    SOCIAL = "social"
    ECONOMIC = "economic"
    LEGAL = "legal"
    SAFETY = "safety"
    FAMILY_SAFETY = "family_safety"


@record("needs_assessment", leaving=Leaving.CASE)
class NeedsAssessment(Record):
    """The initial assessment of needs; `needs` maps a NeedArea to its Urgency, the texts say what is needed."""

    person_id: str | None = link("person", required=True)
    case_id: str | None = link("case_record")
    assessed_on: str | None = date(required=True)
    assessed_by: str | None = link("volunteer", required=True)
    needs: Mapping[str, str] = elements(NeedArea, Urgency, sealed=True)
    body: str | None = told()
    mind: str | None = told()
    social: str | None = told()
    economic: str | None = told()
    legal: str | None = told()
    safety: str | None = told()
    family_safety: str | None = told()
    strengths: str | None = told()
    wishes: str | None = told()


@record("plan_action", leaving=Leaving.CASE)
class PlanAction(Record):
    """One action of the plan that was made with the person: what, who does it, until when, what came of it."""

    person_id: str | None = link("person", required=True)
    case_id: str | None = link("case_record")
    action: str | None = told(required=True)
    area: str | None = choice(NeedArea)
    urgency: str | None = choice(Urgency)
    doer: str | None = line(required=True)
    due_on: str | None = date(required=True)
    done_on: str | None = date()
    result: str | None = told()


class Conflict(StrEnum):
    """What ties a volunteer to a case too closely (P2/2024 Lampiran II.D.2.h)."""

    RELATIVE_OF_PERSON = "relative_of_person"
    RELATIVE_OF_RECRUITER = "relative_of_recruiter"
    WORKS_WITH_RECRUITER = "works_with_recruiter"
    OWES_OR_IS_OWED = "owes_or_is_owed"
    OTHER = "other"


@record("conflict_of_interest", leaving=Leaving.CASE)
class ConflictOfInterest(Record):
    """A volunteer's tie to the person or to who recruited, and who takes over."""

    person_id: str | None = link("person", required=True)
    case_id: str | None = link("case_record")
    volunteer_id: str | None = link("volunteer", required=True)
    conflict: str | None = choice(Conflict, required=True, stub=True)
    noted_on: str | None = date(required=True)
    words: str | None = told()
    handed_to: str | None = link("volunteer")


class Duty(StrEnum):
    """The named duties under which something is shared without consent (design 6)."""

    CHILD_IN_DANGER = "child_in_danger"
    DANGER_TO_LIFE = "danger_to_life"
    ORDER_OF_LAW = "order_of_law"


TO_PPT = "ppt"
"""The recipient that stands for the district's PPT in `Disclosure.recipients`."""


@record("disclosure", leaving=Leaving.CARD)
class Disclosure(Record):
    """Sharing without consent under a named duty, with its reason; shown in red and audited.

    `recipients` maps an institution's id, or `ppt`, to True. `lifted` maps `record_type.field` to True: refused fields
    that this duty needs all the same. It holds until `ended_on`.
    """

    person_id: str | None = link("person", required=True)
    case_id: str | None = link("case_record")
    duty: str | None = fields.choice(Duty, required=True)
    disclosed_on: str | None = date(required=True, follows=True)
    decided_by: str | None = link("volunteer", required=True)
    recipients: Mapping[str, bool] = elements(follows=True)
    lifted: Mapping[str, bool] = elements(follows=True)
    ended_on: str | None = date(protective=(ANY,), follows=True)
    reason: str | None = told(required=True, leaving=Leaving.CASE)
    ordered_by: str | None = line(leaving=Leaving.CASE)


class ClosureReason(StrEnum):
    """Why a case is closed; none of them says what the person is not."""

    RECOVERED = "recovered"
    OWN_WISH = "own_wish"
    HANDED_ON = "handed_on"
    MOVED_AWAY = "moved_away"
    UNREACHABLE = "unreachable"
    DIED = "died"
    OTHER = "other"


@record("closure", leaving=Leaving.CASE)
class Closure(Record):
    """The end of a case, with the person and the task force (P11/2012 IV.D.3.b); reopened, it stays written."""

    person_id: str | None = link("person", required=True)
    case_id: str | None = link("case_record", required=True)
    closed_on: str | None = date(required=True)
    closed_by: str | None = link("volunteer", required=True)
    reason: str | None = choice(ClosureReason, required=True, stub=True)
    person_part: str | None = told()
    task_force_part: str | None = told()
    remains: str | None = told()
    reopened_on: str | None = date(protective=(ANY,))
    reopened_reason: str | None = told()


class Protected(StrEnum):
    """For whom protection is asked (P2/2024 Lampiran BAB V)."""

    PERSON = "person"
    REPORTER = "reporter"
    VOLUNTEER = "volunteer"


class Protection(StrEnum):
    """What is asked for (BAB V): personal safety in three forms, a hidden identity, no prosecution."""

    GUARD = "guard"
    HOME = "home"
    SAFE_HOUSE = "safe_house"
    IDENTITY = "identity"
    PROSECUTION = "prosecution"


class ProtectionStatus(StrEnum):
    """How far a request for protection has come."""

    PREPARED = "prepared"
    ASKED = "asked"
    GRANTED = "granted"
    REFUSED = "refused"
    ENDED = "ended"


@record("protection_request", leaving=Leaving.NEVER)
class ProtectionRequest(Record):
    """A request for protection, kept apart from any case: it names none."""

    protected: str | None = choice(Protected, required=True)
    name: str | None = line()
    phone: str | None = told(limit=40)
    protections: Mapping[str, bool] = elements(of=Protection, sealed=True)
    institution_id: str | None = link("institution", sealed=True)
    asked_on: str | None = date(required=True)
    asked_by: str | None = link("volunteer", required=True)
    status: str | None = choice(ProtectionStatus, required=True)
    status_on: str | None = date()
    threat: str | None = told()
    words: str | None = told()
