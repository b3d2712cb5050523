# SPDX-License-Identifier: GPL-3.0-or-later
"""What may leave the laptop, for every field of every record type: the tables below name no field that they could miss.

The rule is told here a second time, in other words, and pinned for what must never change by accident.
"""

from __future__ import annotations

import itertools
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sync_tools import example, full_record, key_of, written_once

from trafficwatch.models.agreement import Agreement
from trafficwatch.models.casework import ConsentScope
from trafficwatch.models.exchange import FieldState, RecordState, Stamp
from trafficwatch.models.fields import Field, Leaving, Side
from trafficwatch.models.record_types import RECORD_TYPES
from trafficwatch.sync.leaving import leaves
from trafficwatch.sync.merge import merge_records

OPENED_BY: dict[Leaving, set[str]] = {
    Leaving.CARD: {"share_card", "share_case"},
    Leaving.CASE: {"share_case"},
    Leaving.NEVER: set(),
}
NOTHING, EVERYTHING = Agreement(), Agreement(frozenset(ConsentScope))
FIELDS = [
    pytest.param(name, field, id=f"{name}.{field.name}")
    for name, record_type in RECORD_TYPES.items()
    for field in record_type.fields.values()
]
SCOPES = [frozenset(found) for count in range(3) for found in itertools.combinations(ConsentScope, count)]


def alive(type_name: str, **others: Any) -> RecordState:
    """A record with a value in every field, except that it is not deleted."""
    return full_record(type_name, deleted=None, **others)


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


def following(type_name: str, side: Side = Side.VILLAGE) -> set[str]:
    """What goes after a record of this type that went out, once it may no longer leave: the stop, and whose it is."""
    if RECORD_TYPES[type_name].leaving is Leaving.NEVER:
        return set()
    fields = RECORD_TYPES[type_name].fields.values()
    found = {key_of(f) for f in fields if f.owner is side and (f.follows or (f.required and f.target))}
    return found if all(link.owner is side for link in fields if link.required and link.target) else set()


# --- every field of every type


@pytest.mark.parametrize(("type_name", "field"), FIELDS)
def test_a_field_leaves_with_its_scope_and_only_then(type_name: str, field: Field) -> None:
    for scopes in SCOPES:
        found = gone(alive(type_name), Agreement(scopes))
        links = [link for link in RECORD_TYPES[type_name].links if link.required]
        expected = may(field, scopes) and field.owner is Side.VILLAGE and all(may(link, scopes) for link in links)
        assert (key_of(field) in found) is expected
        if expected:
            reason = found[key_of(field)]
            assert (
                reason == "always" if field.leaving is Leaving.ALWAYS else reason in OPENED_BY[field.leaving] & scopes
            )


@pytest.mark.parametrize(("type_name", "field"), FIELDS)
def test_a_field_leaves_only_from_the_side_that_owns_it(type_name: str, field: Field) -> None:
    other = Side.PPT if field.owner is Side.VILLAGE else Side.VILLAGE
    for state in (alive(type_name), full_record(type_name)):
        for went_out in (False, True):
            for agreement in (EVERYTHING, NOTHING):
                assert key_of(field) not in gone(state, agreement, other, went_out=went_out)


@pytest.mark.parametrize(("type_name", "field"), FIELDS)
def test_a_refused_field_is_absent(type_name: str, field: Field) -> None:
    """Only a stop that belongs to what the recipient has already goes after it."""
    refused = Agreement(frozenset(ConsentScope), frozenset({f"{type_name}.{field.name}"}))
    found = gone(alive(type_name), refused, field.owner)
    assert key_of(field) not in found
    if field.required and field.target:
        assert found == {}
    after = gone(alive(type_name), refused, field.owner, went_out=True)
    assert after.get(key_of(field)) == ("follows" if key_of(field) in following(type_name, field.owner) else None)


@pytest.mark.parametrize(("type_name", "field"), FIELDS)
def test_one_field_alone_leaves_as_it_would_among_others(type_name: str, field: Field) -> None:
    """Also: a record without its required links does not leave, for nobody could tell whom it is about."""
    value = None if field.name == "deleted" else example(field)
    found = gone(written_once(type_name, {key_of(field): value}), EVERYTHING, field.owner)
    missing = [link for link in RECORD_TYPES[type_name].links if link.required and link.name != field.name]
    assert set(found) == (set() if missing or field.leaving is Leaving.NEVER else {key_of(field)})


def test_every_element_of_a_refused_map_is_absent() -> None:
    state = written_once("person", {"name": "Maria", "phones/0812": "sendiri", "phones/0813/1": "ibu"})
    assert set(gone(state, EVERYTHING)) == {"name", "phones/0812", "phones/0813/1"}
    refused = Agreement(EVERYTHING.scopes, frozenset({"person.phones"}))
    assert set(gone(state, refused)) == {"name"}


# --- after the end


@pytest.mark.parametrize("side", Side)
@pytest.mark.parametrize("type_name", RECORD_TYPES)
def test_a_deleted_record_tells_that_it_is_deleted_and_nothing_else(type_name: str, side: Side) -> None:
    """Deleted anywhere: also while another device, which has not seen it, still holds the record."""
    unaware = RecordState(
        type_name,
        full_record(type_name).id,
        {"deleted": FieldState({Stamp(9, "b" * 16): frozenset({"null"})}, {"b" * 16: 9})},
    )
    for deleted in (full_record(type_name), merge_records(full_record(type_name), unaware)):
        for agreement in (EVERYTHING, NOTHING):
            assert gone(deleted, agreement, side) == {}
            assert gone(deleted, agreement, side, went_out=True) == dict.fromkeys(following(type_name, side), "follows")


@pytest.mark.parametrize(
    "type_name", [name for name, kind in RECORD_TYPES.items() if kind.leaving is not Leaving.ALWAYS]
)
def test_when_consent_has_ended_only_the_stop_goes_after_what_went_out(type_name: str) -> None:
    state = alive(type_name, zzz="baru")
    assert leaves(state, NOTHING, Side.VILLAGE) is None
    assert gone(state, NOTHING, went_out=True) == dict.fromkeys(following(type_name), "follows")


def test_what_a_withdrawal_does_not_reveal() -> None:
    """The person refused `consent.method`, so that it never left: the end of consent must not be the occasion."""
    consent = alive("consent")
    refused = Agreement(frozenset({ConsentScope.SHARE_CARD}), frozenset({"consent.method"}))
    for agreement in (refused, Agreement(frozenset(), refused.refused), NOTHING):
        assert "method" not in gone(consent, agreement, went_out=True)
    assert {
        key
        for key in gone(consent, NOTHING, went_out=True)
        if RECORD_TYPES["consent"].fields[key.partition("/")[0]].sealed
    } == set()


@pytest.mark.parametrize("scope", ["share_card", "share_case"])
def test_while_consent_holds_it_makes_no_difference_what_went_out(scope: ConsentScope) -> None:
    for type_name in RECORD_TYPES:
        before = gone(alive(type_name), Agreement(frozenset({scope})))
        after = gone(alive(type_name), Agreement(frozenset({scope})), went_out=True)
        assert before == {key: reason for key, reason in after.items() if reason != "follows"}


# --- pinned, so that a changed declaration is seen


def declared(leaving: Leaving) -> set[str]:
    return {
        f"{name}.{f.name}" for name, kind in RECORD_TYPES.items() for f in kind.fields.values() if f.leaving is leaving
    }


STAYS = ("visitor", "person_pair", "sign_note", "protection_request")


def test_what_never_leaves() -> None:
    """Visitors, look-alikes, requests for protection, private notes, and who told of a recruiter."""
    whole = {f"{name}.{field}" for name in STAYS for field in RECORD_TYPES[name].fields}
    notes = {"person.private_note", "screening.note", "recruiter.told_by", "offer.told_by"}
    assert declared(Leaving.NEVER) == notes | whole


@pytest.mark.parametrize("type_name", STAYS)
def test_of_what_stays_not_even_its_end_leaves(type_name: str) -> None:
    """Whatever the person agreed to, and whatever a delivery claims that went out."""
    for state in (alive(type_name, zzz="baru"), full_record(type_name)):
        for side in Side:
            assert gone(state, EVERYTHING, side, went_out=True) == {}


def test_what_is_about_no_resident_always_leaves_and_nothing_else() -> None:
    always = {"volunteer", "training", "tally", "recruiter", "offer"}
    assert {name.partition(".")[0] for name in declared(Leaving.ALWAYS)} == always | {
        "institution",
        "questionnaire",
        "care_policy",
    }
    for name in always:
        assert set(gone(alive(name), NOTHING)) == set(alive(name).fields) - {"told_by"}
    assert gone(alive("institution"), NOTHING, went_out=True) == {}
    assert len(gone(alive("institution"), NOTHING, Side.PPT)) == len(alive("institution").fields)


def test_what_follows_is_a_stop_and_never_case_text() -> None:
    found = {f"{name}.{f.name}" for name, kind in RECORD_TYPES.items() for f in kind.fields.values() if f.follows}
    assert found == {
        *(f"{name}.deleted" for name in RECORD_TYPES),
        *(f"consent.{name}" for name in ("given_on", "valid_until", "scopes", "refused_fields", "withdrawn_on")),
        *("safe_contact.do_not_contact", "referral.handover", "referral.handed_over_on"),
        *(f"disclosure.{name}" for name in ("disclosed_on", "recipients", "lifted", "ended_on")),
    }
    for kind in RECORD_TYPES.values():
        for field in kind.fields.values() if kind.leaving is not Leaving.NEVER else ():
            if field.follows or (field.required and field.target):
                assert field.leaving is not Leaving.NEVER
            if field.follows:
                assert not field.sealed


def test_what_is_sealed_leaves_with_the_case_or_never() -> None:
    sealed = {f.leaving for kind in RECORD_TYPES.values() for f in kind.fields.values() if f.sealed}
    assert sealed == {Leaving.CASE, Leaving.NEVER}


def test_whoever_a_record_is_about_is_named_in_it() -> None:
    """The agreement that decides is found by `person_id`: a type without it must be free of anyone's consent."""
    for name, kind in RECORD_TYPES.items():
        if kind.leaving is not Leaving.ALWAYS and name not in {"person", *STAYS}:
            assert kind.fields["person_id"].required
            assert not kind.fields["person_id"].sealed


def test_what_the_ppt_owns() -> None:
    owned = {
        f"{name}.{f.name}" for name, kind in RECORD_TYPES.items() for f in kind.fields.values() if f.owner is Side.PPT
    }
    whole = {"institution", "questionnaire", "second_reading", "care_policy", "case_part", "deep_assessment"}
    assert {name for name in owned if name.partition(".")[0] not in whole} == {
        "referral.answered",
        "referral.answered_on",
        "referral.answer_reason",
    }


# --- fields of newer versions


@pytest.mark.parametrize("type_name", RECORD_TYPES)
def test_an_unknown_field_leaves_as_its_record_does(type_name: str) -> None:
    kind = RECORD_TYPES[type_name]
    state = alive(type_name, zzz="baru", **{"zzz/satu": 1})
    for scopes in SCOPES:
        expected = kind.leaving is Leaving.ALWAYS or bool(OPENED_BY[kind.leaving] & scopes)
        ours = any(field.owner is Side.VILLAGE for field in kind.fields.values())
        for went_out in (False, True):
            found = gone(state, Agreement(scopes), went_out=went_out)
            assert ("zzz" in found) is ("zzz/satu" in found) is (expected and ours)
    refused = Agreement(EVERYTHING.scopes, frozenset({f"{type_name}.zzz"}))
    assert not {"zzz", "zzz/satu"} & gone(state, refused, went_out=True).keys()


def test_an_empty_record_does_not_leave() -> None:
    for name in RECORD_TYPES:
        for side in Side:
            assert gone(written_once(name, {}), EVERYTHING, side, went_out=True) == {}


# --- any agreement


@given(
    st.sampled_from(list(RECORD_TYPES)),
    st.frozensets(st.sampled_from(ConsentScope)),
    st.frozensets(
        st.sampled_from([f"{name}.{f}" for name, kind in RECORD_TYPES.items() for f in kind.fields]), max_size=4
    ),
    st.sampled_from(Side),
    st.booleans(),
    st.booleans(),
)
def test_less_agreement_never_lets_more_leave(
    type_name: str, scopes: frozenset[str], refused: frozenset[str], side: Side, went_out: bool, deleted: bool
) -> None:
    state = full_record(type_name, zzz="baru") if deleted else alive(type_name, zzz="baru")
    found = gone(state, Agreement(scopes, refused), side, went_out=went_out)
    assert found.keys() <= gone(state, EVERYTHING, side, went_out=went_out).keys()
    for key, reason in found.items():
        field = RECORD_TYPES[type_name].field_of(key)
        assert field is None or (field.owner is side and field.leaving is not Leaving.NEVER)
        if reason == "follows":
            assert went_out
            assert key in following(type_name, side)
        else:
            assert f"{type_name}.{key.partition('/')[0]}" not in refused
            assert not deleted
