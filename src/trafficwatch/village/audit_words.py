# SPDX-License-Identifier: GPL-3.0-or-later
"""The values of a journalled change in words: choices, dates, names of who is meant, elements of a map.

What a newer program wrote and this one has no word for is shown as it is.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from trafficwatch.errors import InputError
from trafficwatch.models.dates import PartialDate
from trafficwatch.models.fields import Field, RecordType, Shape, Value
from trafficwatch.texts import catalogue, current_language, t
from trafficwatch.texts.exchange import type_words
from trafficwatch.texts.labels import label
from trafficwatch.texts.trail import deletion_words, field_words

_GROUPS = {
    "sex": "sex",
    "nik_status": "nik_status",
    "marital_status": "marital",
    "safe_contact.way": "contact_way",
    "screening.way": "screening_way",
    "stopped": "stop_reason",
    "reading": "reading",
    "stage": "stage",
    "procedural": "procedural",
    "document.kind": "document_kind",
    "training.kind": "training_kind",
    "institution.kind": "institution_kind",
    "seen": "seen",
    "found": "found",
    "method": "consent_method",
    "finding": "finding",
    "risk": "risk",
    "urgency": "urgency",
    "handover": "referral_status",
    "answered": "referral_status",
    "category": "category",
    "residency": "residency",
    "household_role": "household_role",
    "relation": "relation",
    "verdict": "verdict",
    "sector": "sector",
    "visa_kind": "visa_kind",
    "contract_kind": "contract_kind",
    "papers_held_by": "holder",
    "outcome": "outcome",
    "recruiter.kind": "recruiter_kind",
    "licence_seen": "seen",
    "licence_found": "found",
    "identity_seen": "seen",
}
"""Field, or type and field -> the group of `texts.labels` that has its words."""
_ELEMENTS = {"scopes": "consent_scope", "services": "service"}
"""The groups that have the words of elements."""
_ELEMENT_VALUES = {"scopes": "decision", "answers": "answer", "readiness": "answer"}
_QUESTIONS = {("journey", "answers"): "procedural", ("check_in", "answers"): "check_in"}
"""Where the questions stand that elements answer, in the words of the rules for journeys."""


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field, or one element of it, before and after, in words; '' where there was nothing."""

    field: str
    element: str
    old: str
    new: str


def change_words(
    record_type: RecordType, key: str, old: Value, new: Value, names: Mapping[tuple[str, str], str]
) -> FieldChange:
    """A journalled pair of values; `names` gives the names of linked records."""
    name, _, element = key.partition("/")
    field = record_type.fields.get(name)
    before, after = (_value(record_type, field, value, names) for value in (old, new))
    return FieldChange(field_words(record_type.name, name), _element(record_type.name, name, element), before, after)


def _element(of_type: str, name: str, element: str) -> str:
    question = f"{_QUESTIONS.get((of_type, name), '')}.{element}.question"
    if question in catalogue("journey_rules"):
        return t(f"journey_rules.{question}")
    if name == "states":
        return field_words(of_type, element)
    if name in _ELEMENTS:
        return _word(_ELEMENTS[name], element)
    if name == "refused_fields":
        type_name, _, field = element.partition(".")
        return f"{type_words(type_name)}: {field_words(type_name, field)}"
    return element


def _value(record_type: RecordType, field: Field | None, value: Value, names: Mapping[tuple[str, str], str]) -> str:
    if value is None:
        return ""
    if field is None:
        return str(value)
    if field.name == "deleted":
        return deletion_words(str(value))
    if isinstance(value, bool):
        return label("answer", "yes" if value else "no")
    if (record_type.name, field.name) == ("questionnaire", "content"):
        return t("trail.characters", count=len(str(value)))
    if field.name == "destination_country":
        return t(f"countries.{value}") if value in catalogue("countries") else str(value)
    group = _GROUPS.get(f"{record_type.name}.{field.name}") or _GROUPS.get(field.name)
    if group is not None:
        return _word(group, str(value))
    match field.shape:
        case Shape.DATE:
            return _date(str(value))
        case Shape.LINK:
            return names.get((field.target, str(value)), "") or type_words(field.target)
        case Shape.ELEMENTS:
            return _element_value(field.name, value)
    return str(value)


def _element_value(name: str, value: Value) -> str:
    if isinstance(value, dict):
        return _answer(value)
    return _word(_ELEMENT_VALUES[name], str(value)) if name in _ELEMENT_VALUES else str(value)


def _answer(value: dict[str, Any]) -> str:
    """An answer of a screening, or what is known of a contact: its word, then what was noted."""
    said = [_word("answer", str(value["value"]))] if value.get("value") else []
    return ": ".join([*said, *([str(value["note"])] if value.get("note") else [])])


def _word(group: str, value: str) -> str:
    try:
        return label(group, value)
    except KeyError:
        return value


def _date(value: str) -> str:
    try:
        return PartialDate.from_edtf(value).format(current_language())
    except InputError:
        return value
