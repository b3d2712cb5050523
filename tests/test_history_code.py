# SPDX-License-Identifier: GPL-3.0-or-later
"""The compact spelling of a history: whatever goes in comes out, equal histories are spelled alike."""

from __future__ import annotations

import copy
import json

from hypothesis import example as tried
from hypothesis import given
from hypothesis import strategies as st
from sync_tools import full_record, json_values, written_once

from trafficwatch.models.exchange import FieldState, Stamp, canonical
from trafficwatch.models.history import shown
from trafficwatch.models.history_code import pack, unpack
from trafficwatch.models.record_types import RECORD_TYPES

A, B = "a" * 16, "b" * 16

FIELD_STATES = st.builds(
    FieldState,
    st.dictionaries(
        st.builds(Stamp, st.integers(1, 3), st.sampled_from([A, B])),
        st.frozensets(json_values().map(canonical), min_size=1, max_size=2),
        max_size=3,
    ),
    st.dictionaries(st.sampled_from([A, B]), st.integers(0, 4)),
)
HISTORIES = st.dictionaries(st.sampled_from(["name", "nik", "phones/1", "zzz"]), FIELD_STATES, max_size=4)


@given(HISTORIES)
@tried({"name": FieldState({}, {}), "nik": FieldState({}, {A: 1})})
@tried({"name": FieldState({Stamp(1, A): frozenset({"null"})}, {}), "nik": FieldState({}, {})})
def test_any_history_comes_back_from_its_compact_spelling(fields: dict[str, FieldState]) -> None:
    packed = pack(fields)
    assert unpack(json.loads(canonical(packed))) == fields
    assert canonical(pack(dict(reversed(list(fields.items()))))) == canonical(packed)
    assert all(packed.values())


@given(HISTORIES)
def test_the_store_may_choose_another_primary_value(fields: dict[str, FieldState]) -> None:
    known = RECORD_TYPES["person"]
    packed = pack(fields, lambda key, state: shown(known.field_of(key), state))
    assert unpack(packed) == fields
    for key, value in packed.get("fields", {}).items():
        assert canonical(value) == canonical(shown(known.field_of(key), fields[key]))


def test_a_record_written_at_once_costs_one_stamp_and_one_context() -> None:
    state = written_once("person", {"name": "Maria", "nik": "5301", "sex": "f"})
    assert pack(state.fields).keys() == {"stamp", "context", "fields"}
    assert pack({}) == {}
    assert unpack({}) == {}


def test_the_spelling_of_a_difference() -> None:
    """The documented form, newest value first: a field that was written later, and one on which three values stand."""
    name = {Stamp(2, A): '"Maria"', Stamp(3, A): '"Marta"', Stamp(3, B): '"Maria"'}
    fields = {
        "name": FieldState({stamp: frozenset({text}) for stamp, text in name.items()}, {A: 3, B: 3}),
        "nik": FieldState({Stamp(1, A): frozenset({"null"})}, {A: 1}),
        "sex": FieldState({Stamp(1, A): frozenset({'"f"'})}, {A: 1}),
    }
    assert pack(fields) == {
        "stamp": [1, A],
        "context": {A: 1},
        "fields": {"name": "Maria", "nik": None, "sex": "f"},
        "stamps": {"name": [3, B]},
        "contexts": {"name": {A: 3, B: 3}},
        "others": {"name": [[3, A, "Marta"], [2, A, "Maria"]]},
    }


def test_a_shared_context_is_kept_once_however_many_fields_there_are() -> None:
    """A copy per field would let a line of 64 KB fill a hundred megabytes."""
    fields = unpack(pack(written_once("person", {f"phones/{number}": "x" for number in range(100)}).fields))
    assert len({id(found.context) for found in fields.values()}) == 1


def test_reading_changes_nothing_of_what_was_read() -> None:
    packed = pack(full_record("person").fields)
    before = copy.deepcopy(packed)
    unpack(packed)
    assert packed == before
