# SPDX-License-Identifier: GPL-3.0-or-later
"""Every value that a screen may show has a word in both languages, and no word stands for nothing."""

from __future__ import annotations

from enum import StrEnum
from itertools import chain

import pytest

from trafficwatch.models.casework import (
    Answered,
    ConsentMethod,
    ConsentScope,
    Decision,
    Finding,
    Handover,
    Reading,
    Risk,
    ScreeningWay,
    StopReason,
    Urgency,
)
from trafficwatch.models.directory import InstitutionKind, Service
from trafficwatch.models.exchange import Delivery
from trafficwatch.models.fields import Shape
from trafficwatch.models.migration import (
    ContractKind,
    DocumentKind,
    Found,
    Holder,
    Outcome,
    Procedural,
    Sector,
    Seen,
    Stage,
    VisaKind,
)
from trafficwatch.models.people import (
    ContactWay,
    HouseholdRole,
    Marital,
    NikStatus,
    Relation,
    Residency,
    Sex,
    Verdict,
)
from trafficwatch.models.record_types import RECORD_TYPES
from trafficwatch.models.recruiting import RecruiterKind
from trafficwatch.models.screening import By, Element, Form, State, Track, Value
from trafficwatch.models.staff import Category, TrainingKind
from trafficwatch.texts import LANGUAGES, Language, catalogue, set_language
from trafficwatch.texts.labels import label

GROUPS: dict[str, tuple[type[StrEnum], ...]] = {
    "answer": (Value,),
    "by": (By,),
    "category": (Category,),
    "consent_method": (ConsentMethod,),
    "consent_scope": (ConsentScope,),
    "contact_way": (ContactWay,),
    "contract_kind": (ContractKind,),
    "decision": (Decision,),
    "delivery": (Delivery,),
    "document_kind": (DocumentKind,),
    "element": (Element,),
    "finding": (Finding,),
    "form": (Form,),
    "found": (Found,),
    "holder": (Holder,),
    "household_role": (HouseholdRole,),
    "institution_kind": (InstitutionKind,),
    "marital": (Marital,),
    "nik_status": (NikStatus,),
    "outcome": (Outcome,),
    "procedural": (Procedural,),
    "reading": (Reading,),
    "recruiter_kind": (RecruiterKind,),
    "referral_status": (Handover, Answered),
    "relation": (Relation,),
    "residency": (Residency,),
    "risk": (Risk,),
    "sector": (Sector,),
    "screening_way": (ScreeningWay,),
    "seen": (Seen,),
    "service": (Service,),
    "sex": (Sex,),
    "stage": (Stage,),
    "state": (State,),
    "stop_reason": (StopReason,),
    "track": (Track,),
    "training_kind": (TrainingKind,),
    "urgency": (Urgency,),
    "verdict": (Verdict,),
    "visa_kind": (VisaKind,),
}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("group", GROUPS)
def test_every_value_has_its_own_word(group: str, language: Language) -> None:
    words = [label(group, value.value, language) for value in chain(*GROUPS[group])]
    assert all(words)
    assert len(set(words)) == len(words)


def test_no_word_stands_for_nothing() -> None:
    groups = {key.partition(".")[0] for key in catalogue("records") if "." in key}
    words = {key for key in catalogue("records") if "." in key}
    assert words == {f"{group}.{value}" for group in groups for value in chain(*GROUPS[group])}


def test_every_choice_of_a_record_has_words() -> None:
    known = {frozenset(value.value for value in chain(*enums)) for enums in GROUPS.values()}
    for record_type in RECORD_TYPES.values():
        for field in record_type.fields.values():
            if field.shape is Shape.CHOICE:
                assert any(set(field.choices) <= values for values in known), (record_type.name, field.name)


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
