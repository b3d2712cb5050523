# SPDX-License-Identifier: GPL-3.0-or-later
"""Merging: the same result in every order and number of times; nothing lost that nobody replaced, nothing hidden."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sync_tools import example, record_id, written_once

from trafficwatch.models.exchange import FieldState, RecordState, Stamp, canonical
from trafficwatch.models.fields import ANY, Field, Shape, Value
from trafficwatch.models.history import candidates, covers, merge_contexts, shown, written
from trafficwatch.models.record_types import RECORD_TYPES
from trafficwatch.sync.merge import highest_counter, merge_fields, merge_records

A, B, C = "a" * 16, "b" * 16, "c" * 16
NAME = RECORD_TYPES["person"].fields["name"]

STAMPS = st.builds(Stamp, st.integers(1, 4), st.sampled_from([A, B, C]))
TEXTS = st.frozensets(st.sampled_from(['"satu"', '"dua"', "null", "true"]), min_size=1, max_size=2)
CONTEXTS = st.dictionaries(st.sampled_from([A, B, C]), st.integers(0, 5))
ANY_FIELD = st.builds(FieldState, st.dictionaries(STAMPS, TEXTS, max_size=4), CONTEXTS)
"""Also what no honest device writes: values that their context does not cover, one stamp with two values, nothing."""
FIELDS = st.dictionaries(st.sampled_from(["name", "phones/1", "zzz"]), ANY_FIELD, max_size=3)
RECORDS = FIELDS.map(lambda fields: RecordState("person", record_id(1), fields))


def covered(state: FieldState) -> FieldState:
    """The same values with a context that covers them, as every state from a bundle has."""
    context = dict(state.context)
    for stamp in state.values:
        context[stamp.device] = max(stamp.counter, context.get(stamp.device, 0))
    return FieldState(state.values, context)


HONEST_FIELD = ANY_FIELD.map(covered)


def one(value: Value, counter: int, device: str, **seen: int) -> FieldState:
    return FieldState({Stamp(counter, device): frozenset({canonical(value)})}, {**seen, device: counter})


# --- algebra


@given(RECORDS, RECORDS)
def test_commutative(one: RecordState, other: RecordState) -> None:
    assert merge_records(one, other) == merge_records(other, one)


@given(RECORDS, RECORDS, RECORDS)
def test_associative(one: RecordState, other: RecordState, third: RecordState) -> None:
    assert merge_records(merge_records(one, other), third) == merge_records(one, merge_records(other, third))


@given(RECORDS, RECORDS)
def test_idempotent_and_late_copies_change_nothing(one: RecordState, other: RecordState) -> None:
    both = merge_records(one, other)
    assert merge_records(one, one) == one
    assert merge_records(both, one) == merge_records(both, other) == both


@given(HONEST_FIELD, HONEST_FIELD)
def test_what_a_context_must_cover_stays_covered(one: FieldState, other: FieldState) -> None:
    merged = merge_fields(one, other)
    assert all(covers(merged.context, stamp) for stamp in merged.values)


@given(ANY_FIELD, ANY_FIELD)
def test_a_value_goes_only_if_the_other_side_knew_it_and_no_longer_holds_it(one: FieldState, other: FieldState) -> None:
    merged = merge_fields(one, other)
    for here, there in ((one, other), (other, one)):
        for stamp, texts in here.values.items():
            replaced = stamp not in there.values and there.context.get(stamp.device, 0) >= stamp.counter
            assert (stamp not in merged.values) if replaced else (texts <= merged.values[stamp])
    held = {(stamp, text) for side in (one, other) for stamp, texts in side.values.items() for text in texts}
    assert {(stamp, text) for stamp, texts in merged.values.items() for text in texts} <= held
    assert merged.context == merge_contexts(one.context, other.context)


def test_a_field_that_was_not_sent_is_left_alone() -> None:
    whole = written_once("person", {"name": "Maria", "nik": "5301"})
    part = RecordState("person", whole.id, {"name": one("Mariana", 2, B, **{A: 1})})
    merged = merge_records(whole, part)
    assert merged.fields["nik"] == whole.fields["nik"]
    assert merged.fields["name"] == FieldState({Stamp(2, B): frozenset({'"Mariana"'})}, {A: 1, B: 2})


@pytest.mark.parametrize("other", [("person", 2), ("journey", 1)])
def test_two_different_records(other: tuple[str, int]) -> None:
    with pytest.raises(ValueError, match="two different records"):
        merge_records(written_once("person", {}), RecordState(other[0], record_id(other[1])))


def test_highest_counter() -> None:
    assert highest_counter(RecordState("person", record_id(1))) == 0
    assert highest_counter(RecordState("person", record_id(1), {"name": one("x", 3, A, **{B: 9})})) == 9
    uncovered = FieldState({Stamp(7, A): frozenset({"1"})}, {})
    assert highest_counter(RecordState("person", record_id(1), {"name": uncovered})) == 7


# --- honest devices, partial bundles, lost, late and doubled sticks


class Write(NamedTuple):
    """One change as it really happened: `seen` are the stamps its writer knew for that field."""

    stamp: Stamp
    text: str
    seen: frozenset[Stamp]


@dataclass
class Laptop:
    """A device that keeps the program's state beside the full history, from which the truth follows."""

    device: str
    state: RecordState = field(default_factory=lambda: RecordState("person", record_id(1)))
    counter: int = 0
    history: dict[str, set[Write]] = field(default_factory=dict)

    def write(self, key: str, value: Value) -> None:
        self.counter += 1
        stamp = Stamp(self.counter, self.device)
        known = self.history.setdefault(key, set())
        known.add(Write(stamp, canonical(value), frozenset(write.stamp for write in known)))
        fields = dict(self.state.fields)
        fields[key] = written(fields.get(key), value, stamp)
        self.state = RecordState("person", self.state.id, fields)

    def pack(self, keys: frozenset[str]) -> tuple[RecordState, dict[str, set[Write]]]:
        """What a bundle would carry if consent lets only these fields go."""
        fields = {key: found for key, found in self.state.fields.items() if key in keys}
        return RecordState("person", self.state.id, fields), {key: set(self.history[key]) for key in fields}

    def take(self, stick: tuple[RecordState, dict[str, set[Write]]]) -> None:
        state, history = stick
        self.state = merge_records(self.state, state)
        self.counter = max(self.counter, highest_counter(state))
        for key, writes in history.items():
            self.history.setdefault(key, set()).update(writes)

    def check(self) -> None:
        """Just the values stand that no known change has replaced."""
        for key, writes in self.history.items():
            replaced = frozenset[Stamp]().union(*(write.seen for write in writes))
            standing = {write.stamp: frozenset({write.text}) for write in writes if write.stamp not in replaced}
            assert self.state.fields[key].values == standing
            shown_text = canonical(shown(NAME, self.state.fields[key]))
            assert shown_text in {write.text for write in writes if write.stamp in standing}


KEYS = ("name", "nik", "phones/1")
STEPS = st.one_of(
    st.tuples(st.just("write"), st.integers(0, 2), st.sampled_from(KEYS), st.sampled_from(["x", "y", None])),
    st.tuples(st.just("pack"), st.integers(0, 2), st.frozensets(st.sampled_from(KEYS)), st.none()),
    st.tuples(st.just("take"), st.integers(0, 2), st.integers(0, 9), st.none()),
)


@given(st.lists(STEPS, max_size=40))
def test_no_schedule_of_honest_devices_loses_a_value(steps: list[tuple[str, int, object, Value]]) -> None:
    laptops = [Laptop(A), Laptop(B), Laptop(C)]
    sticks: list[tuple[RecordState, dict[str, set[Write]]]] = []
    for step, who, what, value in steps:
        laptop = laptops[who]
        if step == "write":
            laptop.write(str(what), value)
        elif step == "pack":
            sticks.append(laptop.pack(frozenset(what)))  # type: ignore[call-overload]
        elif sticks:
            laptop.take(sticks[int(str(what)) % len(sticks)])
        laptop.check()
    for _ in range(2):
        for laptop in laptops:
            for other in laptops:
                laptop.take(other.pack(frozenset(KEYS)))
            laptop.check()
    assert laptops[0].state == laptops[1].state == laptops[2].state


# --- differences and what is shown


def test_changes_that_did_not_see_each_other_stay_and_are_listed_newest_first() -> None:
    start = one("Maria", 1, A)
    here, there = written(start, "Mariana", Stamp(2, A)), written(start, "Mariam", Stamp(2, B))
    merged = merge_fields(here, there)
    assert merged.differs
    assert candidates(merged) == [(Stamp(2, B), "Mariam"), (Stamp(2, A), "Mariana")]
    assert shown(NAME, merged) == "Mariam"


def test_settling_a_difference_ends_it_everywhere() -> None:
    start = one("Maria", 1, A)
    here, there = written(start, "Mariana", Stamp(2, A)), written(start, "Mariam", Stamp(2, B))
    settled = written(merge_fields(here, there), "Mariana", Stamp(3, C))
    for late in (here, there, start):
        assert merge_fields(settled, late) == settled
    assert not settled.differs


@given(HONEST_FIELD, st.sampled_from([A, B, C]), st.integers(1, 3))
def test_a_change_with_a_new_stamp_replaces_all_it_saw_and_nothing_takes_it_back(
    seen: FieldState, device: str, ahead: int
) -> None:
    """New means above all that the field knows of this device: a stamp below that is taken for an old one elsewhere."""
    changed = written(seen, "baru", Stamp(seen.context.get(device, 0) + ahead, device))
    assert [value for _, value in candidates(changed)] == ["baru"]
    assert merge_fields(seen, changed) == changed


def test_a_stamp_that_the_field_knows_already_names_no_new_value() -> None:
    """Why a device must count on from the highest counter that a field's context knows of itself."""
    seen = one("Maria", 1, A, **{B: 9})
    lost = merge_fields(seen, written(seen, "Mariana", Stamp(5, B)))
    assert candidates(lost) == []


def test_a_change_that_saw_only_one_side_leaves_the_other_standing() -> None:
    start = one("Maria", 1, A)
    here, there = written(start, "Mariana", Stamp(2, A)), written(start, "Mariam", Stamp(2, B))
    merged = merge_fields(written(here, "Mariani", Stamp(3, C)), there)
    assert [value for _, value in candidates(merged)] == ["Mariani", "Mariam"]


def test_the_same_value_twice_is_no_difference() -> None:
    merged = merge_fields(one("Maria", 1, A), one("Maria", 2, B))
    assert not merged.differs
    assert candidates(merged) == [(Stamp(2, B), "Maria")]


def test_a_stamp_used_twice_by_a_copied_laptop_keeps_both_values() -> None:
    merged = merge_fields(one("Maria", 1, A), one("Marta", 1, A))
    assert merged.differs
    assert candidates(merged) == [(Stamp(1, A), "Marta"), (Stamp(1, A), "Maria")]
    assert shown(NAME, merged) == shown(NAME, merge_fields(one("Marta", 1, A), one("Maria", 1, A)))


def test_nothing_known_shows_nothing() -> None:
    assert shown(NAME, FieldState({}, {})) is None
    assert candidates(FieldState({}, {A: 3})) == []


def test_a_field_of_a_newer_version_shows_its_newest_value() -> None:
    assert shown(None, merge_fields(one("lama", 1, A), one("baru", 2, B))) == "baru"


PROTECTIVE = [
    pytest.param(spec, id=f"{name}.{spec.name}")
    for name, record_type in RECORD_TYPES.items()
    for spec in record_type.fields.values()
    if spec.protective
]


def ordinary(spec: Field) -> list[Value]:
    """Values of this field that protect nobody, None among them."""
    others: dict[Shape, list[Value]] = {
        Shape.FLAG: [False],
        Shape.CHOICE: list(spec.choices),
        Shape.ELEMENTS: [False, "agreed"],
    }
    return [None, *(value for value in others.get(spec.shape, []) if value not in spec.protective)]


@pytest.mark.parametrize("spec", PROTECTIVE)
def test_a_protective_value_is_shown_against_every_newer_one_that_did_not_see_it(spec: Field) -> None:
    protective = [example(spec)] if spec.protective == (ANY,) else list(spec.protective)
    for strength, value in enumerate(protective):
        for weaker in [*ordinary(spec), *protective[:strength]]:
            merged = merge_fields(one(value, 1, A), one(weaker, 9, B))
            assert merged.differs
            assert shown(spec, merged) == value


@pytest.mark.parametrize("spec", PROTECTIVE)
def test_a_protective_value_yields_to_a_change_that_saw_it(spec: Field) -> None:
    value = example(spec) if spec.protective == (ANY,) else spec.protective[-1]
    assert shown(spec, written(one(value, 1, A), None, Stamp(2, B))) is None


def test_what_protects_people_is_declared_protective() -> None:
    wanted = {
        ("consent", "withdrawn_on"),
        ("consent", "scopes"),
        ("consent", "refused_fields"),
        ("safe_contact", "do_not_contact"),
        ("screening", "risk"),
        ("screening", "finding"),
        ("referral", "handover"),
        *((name, "deleted") for name in RECORD_TYPES),
    }
    assert wanted <= {
        (name, key) for name, kind in RECORD_TYPES.items() for key, f in kind.fields.items() if f.protective
    }


@given(ANY_FIELD, st.sampled_from([None, NAME, RECORD_TYPES["person"].fields["deleted"]]))
def test_what_is_shown_stands_and_does_not_depend_on_order(state: FieldState, spec: Field | None) -> None:
    texts = [text for found in state.values.values() for text in found]
    value = shown(spec, state)
    assert canonical(value) in texts or (value is None and not texts)
    assert shown(spec, FieldState(dict(reversed(list(state.values.items()))), state.context)) == value
    newest = max(state.values, default=None)
    if newest is not None and (spec is None or not spec.protective):
        assert canonical(value) in state.values[newest]
    assert sorted({canonical(found) for _, found in candidates(state)}) == sorted(set(texts))
    assert all(json.loads(text) in [found for _, found in candidates(state)] for text in texts)
