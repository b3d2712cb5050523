# SPDX-License-Identifier: GPL-3.0-or-later
"""How the records of a case stand on screens: the one table of their forms and of the line that names each of them.

A form is a few parts, each with a heading (`care_fields.part.<part>`) and its fields in the order in which one asks;
the input follows from the field's shape (`care_inputs`), its words from `texts.trail`, and a help text stands in
`care_fields.help.<type>.<field>` where somebody would hesitate. A line says what it is, on which day, by whom: of
several fields for the day the first that is known.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from trafficwatch.casework.principles import Moment
from trafficwatch.models.aftercare import ItemState
from trafficwatch.models.casework import Urgency
from trafficwatch.models.fields import Field, Shape
from trafficwatch.models.record_types import RECORD_TYPES

MONEY = frozenset({"amount", "claimed", "granted", "paid"})
"""Sums in rupiah."""
DAYS = frozenset({"delivered"})
"""Maps whose values are days."""
VALUES: Mapping[str, tuple[str, ...]] = {"urgency": tuple(Urgency), "item_state": tuple(ItemState)}
"""What the elements of a map may be set to, by the group of their words."""
FIXED = frozenset({"person_id", "case_id", "deleted"})
"""Set by the program, not asked."""
COURSE = ("before", "recruitment", "transit", "exploitation", "way_out")
OPENED_BY: Mapping[str, str] = {"account": "asked_by"}
"""Forms of which only the part with this field is open until it is answered (P2/2024 Lampiran II.D.2.i)."""


@dataclass(frozen=True, slots=True)
class FormPart:
    """Some fields under a heading."""

    name: str
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CareForm:
    """The form of one record type, and what its line says."""

    parts: tuple[FormPart, ...]
    what: tuple[str, ...]
    days: tuple[str, ...] = ()
    by: str = ""

    @property
    def fields(self) -> tuple[str, ...]:
        return tuple(name for part in self.parts for name in part.fields)


def _parts(**fields: str) -> tuple[FormPart, ...]:
    return tuple(FormPart(name, tuple(said.split())) for name, said in fields.items())


FORMS: Mapping[str, CareForm] = {
    "account": CareForm(
        _parts(
            why="told_on told_to asked_by asked_for",
            course=" ".join(COURSE),
            facts="place sector legal_status controls",
            wishes="motive wishes",
        ),
        ("sector", "place"),
        ("told_on",),
        "told_to",
    ),
    "case_person": CareForm(
        _parts(role="role agrees", who="name phone address occupation relation words"), ("role", "name", "relation")
    ),
    "perpetrator": CareForm(
        _parts(
            standing="standing standing_on standing_source",
            who="name known_as recruiter_id sex age phone address occupation",
            part="relation part",
        ),
        ("standing", "name", "known_as"),
        ("standing_on",),
    ),
    "informing": CareForm(
        _parts(when="kind told_on told_by language", topics="topics words said"), ("kind",), ("told_on",), "told_by"
    ),
    "outreach": CareForm(
        _parts(
            when="went_on went_by companion alone_reason place met institution_id", result="words result reported_to"
        ),
        ("place", "met"),
        ("went_on",),
        "went_by",
    ),
    "first_aid": CareForm(
        _parts(when="given_on given_by companion alone_reason place", acts="acts words result"),
        ("acts",),
        ("given_on",),
        "given_by",
    ),
    "needs_assessment": CareForm(
        _parts(
            when="assessed_on assessed_by",
            needs="needs",
            needed="body mind social economic legal safety family_safety",
            wishes="strengths wishes",
        ),
        ("needs",),
        ("assessed_on",),
        "assessed_by",
    ),
    "plan_action": CareForm(
        _parts(plan="action area urgency doer due_on", done="done_on result"),
        ("action",),
        ("done_on", "due_on"),
        "doer",
    ),
    "conflict_of_interest": CareForm(
        _parts(tie="volunteer_id conflict noted_on words", handing="handed_to"),
        ("conflict", "volunteer_id"),
        ("noted_on",),
    ),
    "protection_request": CareForm(
        _parts(
            who="protected name phone",
            asked="protections threat institution_id asked_on asked_by",
            status="status status_on words",
        ),
        ("protected", "name"),
        ("asked_on",),
        "asked_by",
    ),
    "authority_report": CareForm(
        _parts(
            report="kind channel institution_id unit officer reported_on reported_by",
            reporter="reporter_agrees reporter_name reporter_phone",
            summary="summary",
            answer="receipt_number lp_number articles investigator next_on result",
        ),
        ("kind", "institution_id", "lp_number"),
        ("reported_on",),
        "reported_by",
    ),
    "evidence_item": CareForm(
        _parts(piece="kind words attachment_id", origin="obtained_on obtained_from kept_at"),
        ("kind", "words"),
        ("obtained_on",),
        "obtained_from",
    ),
    "custody": CareForm(
        _parts(step="evidence_id given_on from_whom to_whom purpose condition receipt_number"),
        ("from_whom", "to_whom"),
        ("given_on",),
    ),
    "accompaniment": CareForm(
        _parts(task="task institution_id due_on", done="done_on done_by words result", delivered="delivered"),
        ("task", "institution_id"),
        ("done_on", "due_on"),
        "done_by",
    ),
    "legal_track": CareForm(
        _parts(
            stage="track legal_stage stage_on next_on institution_id case_number officer lawyer",
            money="claimed granted paid words",
        ),
        ("track", "legal_stage"),
        ("stage_on",),
        "officer",
    ),
    "loss": CareForm(_parts(loss="kind incurred_on amount words proof"), ("amount", "kind", "words"), ("incurred_on",)),
    "support": CareForm(
        _parts(support="given_on item amount support_source giver"), ("item", "support_source"), ("given_on",), "giver"
    ),
    "conference": CareForm(
        _parts(
            when="held_on led_by attended",
            headings="openness shelter trusted_people interview danger mind_care medical_care",
            agreed="agreed next_on",
        ),
        ("agreed",),
        ("held_on",),
        "led_by",
    ),
    "case_part": CareForm(
        _parts(part="institution_id part since until officer phone result"), ("institution_id", "part"), ("since",)
    ),
    "deep_assessment": CareForm(
        _parts(found="assessed_on institution_id assessor summary recommendations explained_on"),
        ("institution_id", "summary"),
        ("assessed_on",),
        "assessor",
    ),
    "return_step": CareForm(
        _parts(step="step done_on done_by institution_id words result"), ("step",), ("done_on",), "done_by"
    ),
    "return_safety": CareForm(
        _parts(
            when="assessed_on assessed_by place",
            state="security safety social economic family_state",
            verdict="wishes return_verdict conditions",
        ),
        ("return_verdict", "place"),
        ("assessed_on",),
        "assessed_by",
    ),
    "placement": CareForm(
        _parts(
            placement="placement placed_on place carer relation chosen_by institution_id",
            child="child_agrees child_view keeps_safe keeps_well keeps_caring",
            later="reintegration_on ended_on words",
        ),
        ("placement", "carer", "place"),
        ("placed_on",),
    ),
    "follow_up": CareForm(
        _parts(
            when="planned_on done_on done_by follow_up_way companion alone_reason missed_reason",
            items="items",
            progress="mind_scale mind social_scale social economic_scale economic",
            signs="danger_signs",
            voice="voice agreed",
        ),
        ("follow_up_way",),
        ("done_on", "planned_on"),
        "done_by",
    ),
    "disclosure": CareForm(
        _parts(duty="duty disclosed_on decided_by reason ordered_by recipients lifted ended_on"),
        ("duty",),
        ("disclosed_on",),
        "decided_by",
    ),
    "closure": CareForm(
        _parts(
            closing="closed_on closed_by reason person_part task_force_part remains",
            reopening="reopened_on reopened_reason",
        ),
        ("reason",),
        ("closed_on",),
        "closed_by",
    ),
}

ENTERED = tuple(
    name for name in FORMS if name not in {"follow_up", "disclosure", "closure", "case_part", "deep_assessment"}
)
"""Types that are written on the generic form; the others have pages of their own or are the PPT's."""


MOMENTS: Mapping[str, Moment] = {
    "account": Moment.ACCOUNT,
    "case_person": Moment.ACCOUNT,
    "perpetrator": Moment.ACCOUNT,
    "informing": Moment.INFORMING,
    "outreach": Moment.OUTREACH,
    "first_aid": Moment.FIRST_AID,
    "needs_assessment": Moment.NEEDS,
    "plan_action": Moment.PLAN,
    "conflict_of_interest": Moment.CONFLICT,
    "authority_report": Moment.REPORT,
    "evidence_item": Moment.REPORT,
    "custody": Moment.REPORT,
    "accompaniment": Moment.ACCOMPANIMENT,
    "legal_track": Moment.ACCOMPANIMENT,
    "loss": Moment.ACCOMPANIMENT,
    "conference": Moment.ACCOMPANIMENT,
    "support": Moment.SUPPORT,
    "return_step": Moment.RETURN_HOME,
    "return_safety": Moment.RETURN_HOME,
    "placement": Moment.PLACEMENT,
    "follow_up": Moment.FOLLOW_UP,
}
"""Which principles are shown on a form."""


def field_of(type_name: str, name: str) -> Field:
    return RECORD_TYPES[type_name].fields[name]


def is_scale(field: Field) -> bool:
    """A number from 1 (very hard) to 5 (very well)."""
    return field.shape is Shape.NUMBER and field.name.endswith("_scale")
