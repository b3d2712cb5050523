# SPDX-License-Identifier: GPL-3.0-or-later
"""The values of a journalled change in words: choices, dates, names of who is meant, elements of a map.

What a newer program wrote and this one has no word for is shown as it is.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from trafficwatch.errors import InputError
from trafficwatch.models.care import TO_PPT
from trafficwatch.models.dates import PartialDate
from trafficwatch.models.fields import Field, RecordType, Shape, Value
from trafficwatch.models.record_types import RECORD_TYPES
from trafficwatch.texts import catalogue, current_language, t
from trafficwatch.texts.exchange import type_words
from trafficwatch.texts.labels import label
from trafficwatch.texts.trail import deletion_words, field_words

_GROUPS = {"institution.kind": "institution_kind"}
"""Texts that hold a value with words of its own, by type and field."""
_ANSWERS = {"answers", "readiness"}
"""Maps whose values are answers."""
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
    return FieldChange(
        field_words(record_type.name, name), _element(record_type.name, name, element, names), before, after
    )


def _element(of_type: str, name: str, element: str, names: Mapping[tuple[str, str], str]) -> str:
    question = f"{_QUESTIONS.get((of_type, name), '')}.{element}.question"
    if question in catalogue("journey_rules"):
        return t(f"journey_rules.{question}")
    if name == "states":
        return field_words(of_type, element)
    if name in {"refused_fields", "lifted"}:
        type_name, _, field = element.partition(".")
        return f"{type_words(type_name)}: {field_words(type_name, field)}"
    if name == "recipients":
        return "PPT" if element == TO_PPT else names.get(("institution", element), "") or type_words("institution")
    kept = RECORD_TYPES[of_type].fields.get(name)
    return _word(kept.group, element) if kept is not None and kept.group else element


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
    group = _GROUPS.get(f"{record_type.name}.{field.name}") or (field.group if field.shape is Shape.CHOICE else "")
    if group:
        return _word(group, str(value))
    match field.shape:
        case Shape.DATE:
            return _date(str(value))
        case Shape.LINK:
            return names.get((field.target, str(value)), "") or type_words(field.target)
        case Shape.ELEMENTS:
            return _element_value(field, value)
    return str(value)


def _element_value(field: Field, value: Value) -> str:
    if isinstance(value, dict):
        return _answer(value)
    if field.name == "delivered":
        return _date(str(value))
    group = "answer" if field.name in _ANSWERS else field.value_group
    return _word(group, str(value)) if group else str(value)


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
