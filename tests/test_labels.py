# SPDX-License-Identifier: GPL-3.0-or-later
"""Every value that a screen may show has a word in both languages, and no word stands for nothing."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

import pytest

from trafficwatch.models.casework import Answered, Handover
from trafficwatch.models.directory import InstitutionKind
from trafficwatch.models.exchange import Delivery
from trafficwatch.models.fields import Shape
from trafficwatch.models.record_types import RECORD_TYPES
from trafficwatch.models.screening import By, Element, Form, State, Track, Value
from trafficwatch.texts import LANGUAGES, Language, catalogue, set_language
from trafficwatch.texts.labels import label

BESIDE: dict[str, type[StrEnum]] = {
    "answer": Value,
    "by": By,
    "delivery": Delivery,
    "element": Element,
    "form": Form,
    "institution_kind": InstitutionKind,
    "state": State,
    "track": Track,
}
"""Groups of words that are no choice of a record."""


def _groups() -> dict[str, set[str]]:
    found = {name: _values(enum) for name, enum in BESIDE.items()}
    found["referral_status"] = _values(Handover) | _values(Answered)
    for record_type in RECORD_TYPES.values():
        for field in record_type.fields.values():
            if field.group and field.group not in found:
                found[field.group] = set(field.choices or field.options)
    found["decision"] = set(RECORD_TYPES["consent"].fields["scopes"].protective) | {"agreed"}
    found["item_state"] = {"yes", "partly", "no", "unknown", "not_needed"}
    return found


def _values(enum: Iterable[StrEnum]) -> set[str]:
    return {value.value for value in enum}


GROUPS = _groups()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("group", GROUPS)
def test_every_value_has_its_own_word(group: str, language: Language) -> None:
    words = [label(group, value, language) for value in GROUPS[group]]
    assert all(words)
    assert len(set(words)) == len(words)


def test_no_word_stands_for_nothing() -> None:
    groups = {key.partition(".")[0] for key in catalogue("records") if "." in key}
    words = {key for key in catalogue("records") if "." in key}
    assert words == {f"{group}.{value}" for group in groups for value in GROUPS[group]}


def test_every_choice_of_a_record_has_words() -> None:
    for record_type in RECORD_TYPES.values():
        for field in record_type.fields.values():
            assert (field.shape is not Shape.CHOICE) or set(field.choices) <= GROUPS[field.group], (record_type, field)
            assert not field.value_group or field.value_group in GROUPS


def test_the_chosen_language_speaks() -> None:
    assert (label("stage", "plan"), label("finding", "suspected"), label("stage", None)) == (
        "Rencana",
        "Dugaan TPPO",
        "",
    )
    set_language("en")
    assert (label("stage", "plan"), label("stage", "plan", "id")) == ("Planned", "Rencana")


def test_an_unknown_value_is_a_bug() -> None:
    with pytest.raises(KeyError):
        label("stage", "no_such_stage")
