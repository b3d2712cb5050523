# SPDX-License-Identifier: GPL-3.0-or-later
"""Writing and reading what is done for a person: one way for every kind of record of `models.care` and its kin.

Each kind asks for an ability (P2/2024 Lampiran II.D.2), stands in the person's open case, which is opened by the first
record of handling, and is checked by `casework.care_checks`. A closed case takes nothing new until it is opened again,
but for the follow-up. Only what the form changed is written. Consent, referral, disclosure and closure have ways of
their own, and `registry.trash` deletes all of them.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from trafficwatch.casework import care_checks
from trafficwatch.casework.care_checks import Known
from trafficwatch.casework.closing import CaseClosed, cases_of, is_open, open_case_of
from trafficwatch.casework.follow_ups import STARTS, plan_follow_ups
from trafficwatch.casework.guardians import guardians, name_keys
from trafficwatch.casework.referrals import open_case
from trafficwatch.casework.returning import assessments_of, deciding, is_child_on
from trafficwatch.models.care import ProtectionRequest
from trafficwatch.models.changes import changed
from trafficwatch.models.checks import FieldUnknown, check_value, flatten, tidy
from trafficwatch.models.dates import PartialDate
from trafficwatch.models.fields import Record, Shape
from trafficwatch.models.people import Person
from trafficwatch.models.record_types import RECORD_TYPES
from trafficwatch.models.staff import Ability
from trafficwatch.models.tables import RECORD_TABLES
from trafficwatch.store.agreeing import agreement_of
from trafficwatch.store.records import RecordUnknown
from trafficwatch.store.training import may_do, require_reading, require_training
from trafficwatch.store.work import Work


@dataclass(frozen=True, slots=True)
class Rule:
    """How one kind is written: the abilities of which one is enough (none: any training), the fields for the day and
    for who did it, which are filled for a new record, and whether it opens a case or stands in a closed one.
    """

    abilities: tuple[Ability, ...] = ()
    day: str = ""
    by: str = ""
    opens_case: bool = True
    after_closure: bool = False


_SCREENING, _NEEDS, _CARRYING = (Ability.SCREENING,), (Ability.NEEDS_ASSESSMENT,), (Ability.CARRYING_OUT,)
RULES: Mapping[str, Rule] = {
    "account": Rule(_SCREENING, "told_on"),
    "case_person": Rule(_SCREENING),
    "perpetrator": Rule(_SCREENING),
    "informing": Rule(_SCREENING, "told_on", "told_by"),
    "outreach": Rule(_SCREENING, "went_on", "went_by"),
    "first_aid": Rule(_SCREENING, "given_on", "given_by"),
    "needs_assessment": Rule(_NEEDS, "assessed_on", "assessed_by"),
    "plan_action": Rule(_NEEDS),
    "conflict_of_interest": Rule((), "noted_on", "volunteer_id", opens_case=False),
    "protection_request": Rule((), "asked_on", "asked_by", opens_case=False),
    "authority_report": Rule(_CARRYING, "reported_on", "reported_by"),
    "evidence_item": Rule(_CARRYING),
    "custody": Rule(_CARRYING, "given_on"),
    "accompaniment": Rule(_CARRYING),
    "legal_track": Rule(_CARRYING),
    "loss": Rule(_CARRYING),
    "support": Rule(_CARRYING, "given_on"),
    "conference": Rule(_CARRYING, "held_on"),
    "return_step": Rule(_CARRYING, "done_on", "done_by"),
    "return_safety": Rule(_CARRYING, "assessed_on", "assessed_by"),
    "placement": Rule(_CARRYING, "placed_on"),
    "follow_up": Rule((Ability.FOLLOW_UP, Ability.MONITORING), "planned_on", after_closure=True),
}
"""The kinds that are written here, in the order of a case."""
READ = (
    *(name for name in RULES if name != "protection_request"),
    "disclosure",
    "closure",
    "case_part",
    "deep_assessment",
)
"""The kinds that are about a person, and may be read together."""
_DAYS = {"plan_action": "due_on", "accompaniment": "done_on", "legal_track": "stage_on", "loss": "incurred_on"}
_DAYS |= {"disclosure": "disclosed_on", "closure": "closed_on", "case_part": "since", "deep_assessment": "assessed_on"}
_DAYS |= {"evidence_item": "obtained_on", "perpetrator": "standing_on"}
_NOT_TYPED = frozenset({"deleted", "person_id"})


def save_care(
    work: Work,
    type_name: str,
    record_id: str | None,
    fields: Mapping[str, Any],
    *,
    person_id: str | None = None,
    seen: Mapping[str, Collection[str]] | None = None,
) -> Record:
    """Save the form of a new record (`record_id` None, with the person) or of a known one; `fields` and `seen` as
    `models.changes.changed` takes them.

    Raises what `casework.care_checks` raises, CaseClosed, RecordUnknown (also for somebody else's record or link),
    AbilityNeeded, TrainingNeeded, CaseKeyNeeded.
    """
    rule, record_type = RULES[type_name], RECORD_TYPES[type_name]
    require_ability(work, type_name)
    if found := _NOT_TYPED & fields.keys():
        raise FieldUnknown(field=min(found))
    before = work.records.get(record_type.cls, record_id) if record_id else None
    about = getattr(before, "person_id", None) if before else person_id
    if before is not None and (before.deleted is not None or (person_id and person_id != about)):
        raise RecordUnknown(type=type_name)
    person = _person(work, about) if "person_id" in record_type.fields else None
    kept = dict(fields)
    if before is None:
        kept = _filled(work, rule, kept)
    if tidy(kept.get("done_on")) and "done_by" in record_type.fields:
        kept["done_by"] = kept.get("done_by") or getattr(before, "done_by", None) or work.volunteer
    changes = changed(before, kept, seen)
    saying = _as_it_would_be(type_name, before, changes)
    care_checks.check(type_name, saying, before, _known(work, person, getattr(saying, "placed_on", None)))
    if person is not None:
        _check_links(work, type_name, person.id, changes)
        if before is None:
            changes["person_id"] = person.id
            if "case_id" in record_type.fields:
                changes["case_id"] = changes.get("case_id") or _case_of(work, rule, person.id)
    saved = before.id if before else None
    if before is None or changes:
        saved = work.write(record_type.cls, saved, **changes)
    if person is not None and type_name in STARTS:
        plan_follow_ups(work, person.id)
    return work.records.get(record_type.cls, saved or "")


def require_ability(work: Work, type_name: str) -> None:
    """Raise AbilityNeeded, TrainingNeeded or CaseKeyNeeded unless who is at work may write records of this kind."""
    require_reading(work)
    abilities = RULES[type_name].abilities
    if abilities and not any(may_do(work, each) for each in abilities):
        require_training(work, abilities[0])


def care_of_person(work: Work, person_id: str) -> Mapping[str, tuple[Record, ...]]:
    """All that is recorded for a person's care: each kind with its records, the latest first."""
    require_reading(work)
    return {name: _of_person(work, name, person_id) for name in READ}


def protection_requests(work: Work) -> tuple[ProtectionRequest, ...]:
    """All requests for protection, the one that was written last first; they belong to no case."""
    require_reading(work)
    return tuple(reversed(work.records.select(ProtectionRequest)))


def _of_person(work: Work, type_name: str, person_id: str) -> tuple[Record, ...]:
    day = _DAYS.get(type_name) or (RULES[type_name].day if type_name in RULES else "")
    cls: type[Record] = RECORD_TYPES[type_name].cls
    found = work.records.select(cls, RECORD_TABLES[type_name].c.person_id == person_id)
    found.sort(key=lambda record: _first(getattr(record, day, None)))
    return tuple(reversed(found))


def _first(edtf: str | None) -> date:
    return PartialDate.from_edtf(edtf or "").earliest() or date.min


def _person(work: Work, person_id: str | None) -> Person:
    found = work.records.get(Person, person_id or "")
    if found.deleted is not None:
        raise RecordUnknown(type="person")
    return found


def _filled(work: Work, rule: Rule, fields: dict[str, Any]) -> dict[str, Any]:
    """What a new record says of itself where the form does not: today, and who is at work."""
    if rule.day and not tidy(fields.get(rule.day)):
        fields[rule.day] = tidy(fields.get("done_on")) or work.today
    if rule.by and not fields.get(rule.by):
        fields[rule.by] = work.volunteer
    return fields


def _as_it_would_be(type_name: str, before: Record | None, changes: Mapping[str, Any]) -> Record:
    """The record with the changes in it, as they will be kept; raises what no field can hold."""
    record_type = RECORD_TYPES[type_name]
    for key, value in flatten(record_type, changes):
        check_value(record_type.fields[key.partition("/")[0]], key, value)
    old = before or record_type.cls(id="")
    values: dict[str, Any] = {}
    for name, value in changes.items():
        if record_type.fields[name].shape is Shape.ELEMENTS:
            merged = {**getattr(old, name), **{key: tidy(part) for key, part in value.items()}}
            values[name] = {key: part for key, part in merged.items() if part is not None}
        else:
            values[name] = tidy(value)
    return dataclasses.replace(old, **values)


def _known(work: Work, person: Person | None, placed_on: str | None) -> Known:
    if person is None:
        return Known(work.today)
    latest = deciding(assessments_of(work, person.id))
    return Known(
        work.today,
        name_keys((person.name, *person.aliases)),
        is_child_on(person, placed_on or work.today),
        name_keys(each.guardian for each in guardians(work, person.id)),
        latest.return_verdict if latest else None,
        agreement_of(work, person.id),
    )


def _check_links(work: Work, type_name: str, person_id: str, changes: Mapping[str, Any]) -> None:
    """What a record points to that is about somebody is about the same person, and is there."""
    for link in RECORD_TYPES[type_name].links:
        to, target = changes.get(link.name), RECORD_TYPES[link.target]
        if to and "person_id" in target.fields:
            known: Any = work.records.get(target.cls, to)
            if known.person_id != person_id or known.deleted is not None:
                raise RecordUnknown(type=link.target)
            if link.name == "case_id" and not is_open(work, to):
                raise CaseClosed


def _case_of(work: Work, rule: Rule, person_id: str) -> str | None:
    """The case that a new record stands in, opened if the person has none and this kind is handling."""
    if current := open_case_of(work, person_id):
        return current.id
    known = cases_of(work, person_id)
    if not known:
        return open_case(work, person_id).id if rule.opens_case else None
    if not rule.after_closure and rule.opens_case:
        raise CaseClosed
    return known[-1].id if rule.after_closure else None
