# SPDX-License-Identifier: GPL-3.0-or-later
"""What may leave the laptop, for every field of every record type: the tables below name no field that they could miss.

The rule is told here a second time, in other words, and pinned for what must never change by accident.
"""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sync_tools import example, full_record, key_of, written_once

from trafficwatch.casework.agreement import Agreement
from trafficwatch.models.casework import ConsentScope
from trafficwatch.models.exchange import RecordState
from trafficwatch.models.fields import Field, Leaving, Side
from trafficwatch.models.record_types import RECORD_TYPES
from trafficwatch.sync.leaving import leaves

OPENED_BY: dict[Leaving, set[str]] = {
    Leaving.CARD: {"share_card", "share_case"},
    Leaving.CASE: {"share_case"},
    Leaving.NEVER: set(),
}
EVERYTHING = Agreement(frozenset(ConsentScope))
FIELDS = [
    pytest.param(name, field, id=f"{name}.{field.name}")
    for name, record_type in RECORD_TYPES.items()
    for field in record_type.fields.values()
]
SCOPES = [frozenset(found) for count in range(3) for found in itertools.combinations(ConsentScope, count)]
END_OF_CONSENT = {"person_id", "given_on", "valid_until", "scopes", "refused_fields", "withdrawn_on", "deleted"}


def gone(
    state: RecordState, agreement: Agreement, side: Side = Side.VILLAGE, *, went_out: bool = False
) -> dict[str, str]:
    """The keys that leave, each with its reason; what leaves is the record with its history as it was."""
    departure = leaves(state, agreement, side, went_out=went_out)
    if departure is None:
        return {}
    assert departure.reasons
    assert departure.state == RecordState(state.type, state.id, {key: state.fields[key] for key in departure.reasons})
    return departure.reasons


def may(field: Field, scopes: frozenset[str]) -> bool:
    return field.leaving is Leaving.ALWAYS or bool(OPENED_BY[field.leaving] & scopes)


# --- every field of every type


@pytest.mark.parametrize(("type_name", "field"), FIELDS)
def test_a_field_leaves_with_its_scope_and_only_then(type_name: str, field: Field) -> None:
    whole = full_record(type_name)
    for scopes in SCOPES:
        found = gone(whole, Agreement(scopes))
        links = [link for link in RECORD_TYPES[type_name].links if link.required]
        record_goes = all(may(link, scopes) for link in links)
        expected = may(field, scopes) and field.owner is Side.VILLAGE and record_goes
        assert (key_of(field) in found) is expected
        if expected:
            reason = found[key_of(field)]
            assert (
                reason == "always" if field.leaving is Leaving.ALWAYS else reason in OPENED_BY[field.leaving] & scopes
            )


@pytest.mark.parametrize(("type_name", "field"), FIELDS)
def test_a_field_leaves_only_from_the_side_that_owns_it(type_name: str, field: Field) -> None:
    other = Side.PPT if field.owner is Side.VILLAGE else Side.VILLAGE
    for went_out in (False, True):
        for agreement in (EVERYTHING, Agreement()):
            assert key_of(field) not in gone(full_record(type_name), agreement, other, went_out=went_out)


@pytest.mark.parametrize(("type_name", "field"), FIELDS)
def test_a_refused_field_is_absent(type_name: str, field: Field) -> None:
    agreement = Agreement(frozenset(ConsentScope), frozenset({f"{type_name}.{field.name}"}))
    for went_out in (False, True):
        found = gone(full_record(type_name), agreement, field.owner, went_out=went_out)
        assert not {key for key in found if key.partition("/")[0] == field.name}
        if field.required and field.target:
            assert found == {}


@pytest.mark.parametrize(("type_name", "field"), FIELDS)
def test_one_field_alone_leaves_as_it_would_among_others(type_name: str, field: Field) -> None:
    """Also: a record without its required links does not leave, for nobody could tell whom it is about."""
    alone = written_once(type_name, {key_of(field): example(field)})
    found = gone(alone, EVERYTHING, field.owner)
    missing = [link for link in RECORD_TYPES[type_name].links if link.required and link.name != field.name]
    assert set(found) == (set() if missing or field.leaving is Leaving.NEVER else {key_of(field)})


def test_every_element_of_a_refused_map_is_absent() -> None:
    state = written_once("person", {"name": "Maria", "phones/0812": "sendiri", "phones/0813/1": "ibu"})
    assert set(gone(state, EVERYTHING)) == {"name", "phones/0812", "phones/0813/1"}
    refused = Agreement(EVERYTHING.scopes, frozenset({"person.phones"}))
    assert set(gone(state, refused)) == {"name"}


# --- pinned, so that a changed declaration is seen


def declared(leaving: Leaving) -> set[str]:
    return {
        f"{name}.{f.name}" for name, kind in RECORD_TYPES.items() for f in kind.fields.values() if f.leaving is leaving
    }


def test_private_notes_never_leave() -> None:
    assert {"person.private_note", "screening.note"} == declared(Leaving.NEVER)


def test_volunteers_training_counts_and_the_directory_always_leave_and_nothing_else() -> None:
    assert {name.partition(".")[0] for name in declared(Leaving.ALWAYS)} == {
        "volunteer",
        "training",
        "tally",
        "institution",
    }
    for name in ("volunteer", "training", "tally"):
        assert set(gone(full_record(name), Agreement())) == set(full_record(name).fields)
    assert gone(full_record("institution"), Agreement()) == {}
    assert len(gone(full_record("institution"), Agreement(), Side.PPT)) == len(full_record("institution").fields)


def test_what_is_sealed_leaves_with_the_case_or_never() -> None:
    sealed = {f.leaving for kind in RECORD_TYPES.values() for f in kind.fields.values() if f.sealed}
    assert sealed == {Leaving.CASE, Leaving.NEVER}


def test_whoever_a_record_is_about_is_named_in_it() -> None:
    """The agreement that decides is found by `person_id`: a type without it must be free of anyone's consent."""
    for name, kind in RECORD_TYPES.items():
        if kind.leaving is not Leaving.ALWAYS and name != "person":
            assert kind.fields["person_id"].required


def test_what_the_ppt_owns() -> None:
    owned = {
        f"{name}.{f.name}" for name, kind in RECORD_TYPES.items() for f in kind.fields.values() if f.owner is Side.PPT
    }
    institution = {f"institution.{name}" for name in RECORD_TYPES["institution"].fields}
    assert owned - institution == {"referral.answered", "referral.answered_on", "referral.answer_reason"}


# --- withdrawal


def test_a_withdrawal_tells_whose_consent_ended_and_nothing_else() -> None:
    consent = full_record("consent", zzz="baru")
    found = gone(consent, Agreement(), went_out=True)
    assert {key.partition("/")[0] for key in found} == END_OF_CONSENT
    assert set(found.values()) == {"withdrawal"}
    assert gone(consent, Agreement()) == {}
    assert leaves(consent, Agreement(), Side.VILLAGE) is None


@pytest.mark.parametrize("type_name", [name for name in RECORD_TYPES if name != "consent"])
def test_after_a_withdrawal_no_other_record_leaves_because_it_went_out_before(type_name: str) -> None:
    state = full_record(type_name)
    assert gone(state, Agreement(), went_out=True) == gone(state, Agreement())


def test_the_withdrawal_of_a_refused_field_does_not_reveal_it() -> None:
    """The consent refused `consent.method`, so that never left; the end of the consent must not be the occasion."""
    consent = full_record("consent")
    refused = Agreement(frozenset({ConsentScope.SHARE_CARD}), frozenset({"consent.method"}))
    assert "method" not in gone(consent, refused)
    assert "method" not in gone(consent, refused, went_out=True)
    assert "method" not in gone(consent, Agreement(), went_out=True)


@pytest.mark.parametrize("scope", ["share_card", "share_case"])
def test_while_another_consent_holds_a_withdrawn_one_leaves_under_it(scope: ConsentScope) -> None:
    agreement = Agreement(frozenset({scope}))
    consent = full_record("consent")
    assert gone(consent, agreement, went_out=True) == gone(consent, agreement)
    assert "withdrawn_on" in gone(consent, agreement)


# --- fields of newer versions


@pytest.mark.parametrize("type_name", RECORD_TYPES)
def test_an_unknown_field_leaves_as_its_record_does(type_name: str) -> None:
    kind = RECORD_TYPES[type_name]
    state = full_record(type_name, zzz="baru", **{"zzz/satu": 1})
    for scopes in SCOPES:
        expected = kind.leaving is Leaving.ALWAYS or bool(OPENED_BY[kind.leaving] & scopes)
        ours = any(field.owner is Side.VILLAGE for field in kind.fields.values())
        found = gone(state, Agreement(scopes))
        assert ("zzz" in found) is ("zzz/satu" in found) is (expected and ours)
    refused = Agreement(EVERYTHING.scopes, frozenset({f"{type_name}.zzz"}))
    assert not {"zzz", "zzz/satu"} & gone(state, refused).keys()


def test_an_empty_record_does_not_leave() -> None:
    assert all(gone(written_once(name, {}), EVERYTHING, side) == {} for name in RECORD_TYPES for side in Side)


# --- any agreement


@given(
    st.sampled_from(list(RECORD_TYPES)),
    st.frozensets(st.sampled_from(ConsentScope)),
    st.frozensets(
        st.sampled_from([f"{name}.{f}" for name, kind in RECORD_TYPES.items() for f in kind.fields]), max_size=4
    ),
    st.sampled_from(Side),
    st.booleans(),
)
def test_less_agreement_never_lets_more_leave(
    type_name: str, scopes: frozenset[str], refused: frozenset[str], side: Side, went_out: bool
) -> None:
    state = full_record(type_name, zzz="baru")
    found = gone(state, Agreement(scopes, refused), side, went_out=went_out)
    assert found.keys() <= gone(state, EVERYTHING, side, went_out=went_out).keys()
    for key in found:
        field = RECORD_TYPES[type_name].field_of(key)
        assert field is None or (field.owner is side and field.leaving is not Leaving.NEVER)
        if f"{type_name}.{key.partition('/')[0]}" in refused:
            assert (type_name, went_out, Agreement(scopes).card) == ("consent", True, False)
            assert key.partition("/")[0] in END_OF_CONSENT
