# SPDX-License-Identifier: GPL-3.0-or-later
"""What one laptop of a village writes to another, for every field of every record type; and what is handed on."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sync_tools import full_record, written_once

from trafficwatch.models.agreement import Agreement
from trafficwatch.models.casework import ConsentScope
from trafficwatch.models.exchange import Stamp
from trafficwatch.models.fields import Leaving, Side
from trafficwatch.models.record_types import RECORD_TYPES
from trafficwatch.sync.leaving import among_laptops, handed_on
from trafficwatch.sync.merge import merge_records

NAMES = st.sampled_from(list(RECORD_TYPES))
INSTITUTION = "11111111-1111-4111-8111-111111111111"
AGREED = Agreement(frozenset({ConsentScope.REFERRAL}))


def test_what_is_private_is_named() -> None:
    """A new field is between laptops at once: who writes a private one says so."""
    private = {f"{name}.{f.name}" for name, kind in RECORD_TYPES.items() for f in kind.fields.values() if f.private}
    assert private == {"person.private_note", "screening.note"}
    for name in private:
        kind, _, field = name.partition(".")
        assert RECORD_TYPES[kind].fields[field].leaving is Leaving.NEVER


@pytest.mark.parametrize("type_name", RECORD_TYPES)
def test_what_the_village_owns_goes_and_nothing_else(type_name: str) -> None:
    kind = RECORD_TYPES[type_name]
    state = full_record(type_name, zzz="baru")
    going = among_laptops(state)
    assert {key: going.fields[key] for key in going.fields} == {key: state.fields[key] for key in going.fields}
    for key in state.fields:
        spec = kind.field_of(key)
        writes = any(field.owner is Side.VILLAGE for field in kind.fields.values())
        expected = writes if spec is None else spec.owner is Side.VILLAGE and not spec.private
        assert (key in going.fields) is expected, key


@given(NAMES, st.integers(1, 5), st.integers(1, 5), st.booleans())
def test_it_is_all_the_same_whether_one_merges_before_or_after(name: str, one: int, two: int, forked: bool) -> None:
    keys = list(full_record(name).fields)
    devices = ("a" * 16, ("a" if forked else "b") * 16)
    states = [
        written_once(name, dict.fromkeys(keys, value), stamp=Stamp(counter, device))
        for value, counter, device in zip(("satu", "dua"), (one, two), devices, strict=True)
    ]
    merged = merge_records(*states)
    assert among_laptops(merged) == merge_records(*map(among_laptops, states))
    assert among_laptops(among_laptops(merged)) == among_laptops(merged)


@pytest.mark.parametrize("type_name", RECORD_TYPES)
def test_nothing_is_handed_on_without_consent_to_that_office(type_name: str) -> None:
    state = full_record(type_name, deleted=None)
    always = RECORD_TYPES[type_name].leaving is Leaving.ALWAYS
    for agreement in (
        Agreement(),
        Agreement(frozenset({ConsentScope.SHARE_CASE})),
        Agreement(frozenset({ConsentScope.REFERRAL}), named={ConsentScope.REFERRAL: frozenset({"other"})}),
    ):
        assert (handed_on(state, agreement, INSTITUTION) is not None) is always
    going = handed_on(state, AGREED, INSTITUTION)
    assert (going is not None) is (RECORD_TYPES[type_name].leaving is not Leaving.NEVER)
    for key in going.state.fields if going else ():
        spec = RECORD_TYPES[type_name].field_of(key)
        assert spec is not None
        assert spec.leaving is not Leaving.NEVER


def test_a_refused_field_is_not_handed_on_and_the_end_is() -> None:
    state = full_record("consent", deleted=None)
    refused = Agreement(AGREED.scopes, frozenset({"consent.method"}))
    going = handed_on(state, refused, INSTITUTION)
    assert going is not None
    assert "method" not in going.state.fields
    assert handed_on(state, Agreement(), INSTITUTION) is None
    after = handed_on(state, Agreement(), INSTITUTION, went_out=True)
    assert after is not None
    assert set(after.reasons.values()) == {"follows"}
    assert "withdrawn_on" in after.state.fields
