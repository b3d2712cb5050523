# SPDX-License-Identifier: GPL-3.0-or-later
"""Lines of a bundle: every record comes back as it was; whatever else comes is named and kept apart, never a crash."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sync_tools import as_json, full_record, json_values, record_id

from trafficwatch.errors import ExpectedError
from trafficwatch.models.checks import check_value, is_record_id
from trafficwatch.models.exchange import FieldState, RecordState, Stamp
from trafficwatch.models.history import candidates, covers, shown
from trafficwatch.models.record_types import RECORD_TYPES
from trafficwatch.sync import wire
from trafficwatch.sync.merge import FAR_AHEAD, highest_counter, merge_records
from trafficwatch.sync.wire import DeviceLine, Incoming, ReceiptLine, ResultLine

A, B = "a" * 16, "b" * 16
HOME = "53.01.08.2008"
RECEIPT = ReceiptLine(record_id(9), "e" * 16, 1, "f" * 64, "2026-11-21T01:00:00+00:00")


def taken(*lines: str | bytes, known_counter: int = 0) -> wire.Lines:
    return wire.split(b"\n".join(each if isinstance(each, bytes) else each.encode() for each in lines), known_counter)


def line(**parts: Any) -> bytes:
    """A sound record line with some of its parts replaced; a part that is ... is left out."""
    sound = {
        "type": "person",
        "id": record_id(1),
        "home": HOME,
        "stamp": [1, A],
        "context": {A: 1},
        "fields": {"name": "Maria", "phones/0812": "sendiri"},
    }
    return as_json({key: value for key, value in (sound | parts).items() if value is not ...})


def reasons(*lines: str | bytes) -> list[str]:
    found = taken(*lines)
    assert not found.records
    assert not found.control
    return [refused.reason for refused in found.refused]


# --- round trips


@pytest.mark.parametrize("type_name", RECORD_TYPES)
def test_a_record_of_every_type_comes_back(type_name: str) -> None:
    state = full_record(type_name, zzz={"dari": ["versi baru", 1.5, None]})
    encoded = wire.encode_record(state, HOME)
    assert taken(encoded) == wire.Lines((Incoming(state, HOME),), (), ())
    assert "\n" not in encoded
    assert json.loads(encoded).keys() == {"type", "id", "home", "stamp", "context", "fields"}


@pytest.mark.parametrize("type_name", RECORD_TYPES)
def test_differences_removals_and_other_contexts_come_back(type_name: str) -> None:
    state = full_record(type_name)
    key = next(iter(state.fields))
    history = FieldState({Stamp(1, A): frozenset({'"x"', '"y"'}), Stamp(2, B): frozenset({"null"})}, {A: 5, B: 2})
    changed = RecordState(state.type, state.id, {**state.fields, key: history})
    encoded = wire.encode_record(changed, HOME)
    assert wire.judge(msgspec.json.decode(encoded, type=wire.RecordLine), 2**60) == changed
    assert json.loads(encoded)["fields"][key] is None


CONTROL: list[wire.ControlLine] = [
    RECEIPT,
    ResultLine("person", record_id(1), "refused", "link_missing"),
    DeviceLine(A, HOME, "revoked"),
    wire.EraseLine("person", record_id(1), "retention"),
    wire.KeysLine(A, "a" * 64, "age1pq1x", "tanda tangan"),
    wire.SuccessorLine(A, "cGFrZXQ="),
    wire.CodeLine(HOME, "92.01"),
    wire.InboxLine("", ""),
    wire.EnrolledLine(A, HOME, "Noelbaki", "a" * 64, "age1pq1x", "active"),
]


@pytest.mark.parametrize("control", CONTROL, ids=lambda found: type(found).__name__)
def test_a_control_line_of_every_kind_comes_back(control: wire.ControlLine) -> None:
    assert taken(wire.encode_control(control)).control == (control,)


def test_every_control_type_is_known_and_none_is_a_record() -> None:
    found = {json.loads(wire.encode_control(control))["type"] for control in CONTROL}
    assert found == wire.CONTROL_TYPES
    assert not wire.CONTROL_TYPES & RECORD_TYPES.keys()


def test_lines_are_joined_with_a_line_feed_after_each() -> None:
    assert wire.join(["a", "b"]) == b"a\nb\n"
    assert wire.join([]) == b""
    assert wire.split(b"", 0) == wire.Lines((), (), ())
    assert len(taken(line(), b"", line(id=record_id(2)), b"").records) == 2


def test_one_bad_line_leaves_the_others() -> None:
    found = taken(line(), b"{", line(id=record_id(2)), wire.encode_control(RECEIPT))
    assert [incoming.state.id for incoming in found.records] == [record_id(1), record_id(2)]
    assert found.control == (RECEIPT,)
    assert found.refused == (wire.Refused(2, "", "", "line_malformed", ""),)


def test_unknown_fields_are_kept_and_travel_on() -> None:
    state = taken(line(fields={"name": "M", "baru": {"a": [1, 2.5]}, "baru/x": "y", "name/1": 1})).records[0].state
    again = taken(wire.encode_record(state, HOME)).records[0].state
    assert again == state
    assert candidates(again.fields["baru"]) == [(Stamp(1, A), {"a": [1, 2.5]})]
    assert RECORD_TYPES["person"].field_of("name/1") is RECORD_TYPES["person"].field_of("phones") is None


def test_a_field_in_which_no_value_stands_is_not_sent_and_not_taken() -> None:
    """It says nothing but that everything known elsewhere is void: an honest device never gets there."""
    nothing = RecordState("person", record_id(1), {"nik": FieldState({}, {B: 9}), **full_record("tally").fields})
    assert "nik" not in json.loads(wire.encode_record(nothing, HOME))["fields"]
    assert B not in wire.encode_record(nothing, HOME)


def test_unknown_members_of_a_line_are_dropped() -> None:
    state = taken(line(baru={"apa": "saja"})).records[0].state
    assert "baru" not in state.fields


def test_removing_is_always_possible() -> None:
    fields = dict.fromkeys(("name", "sex", "birth_date", "phones/1", "deleted"))
    assert taken(line(fields=fields)).records[0].state.fields.keys() == fields.keys()


# --- bad lines


def nested(value: bytes, key: bytes = b"zzz") -> bytes:
    """A record with this raw JSON in a field."""
    return line(fields={}).replace(b'"fields": {}', b'"fields": {"' + key + b'": ' + value + b"}")


@pytest.mark.parametrize(
    ("reason", "bad"),
    [
        ("line_malformed", b"x"),
        ("line_malformed", b"[]"),
        ("line_malformed", b"{}"),
        ("line_malformed", b"null"),
        ("line_malformed", b" "),
        ("line_malformed", b"\xef\xbb\xbf" + line()),
        ("line_malformed", line().decode().encode("utf-16-be")),
        ("line_malformed", line() + line()),
        ("line_malformed", line()[:-1]),
        ("line_malformed", line(type=5)),
        ("line_malformed", line(id=...)),
        ("line_malformed", line(home=None)),
        ("line_malformed", line(stamp=[1])),
        ("line_malformed", line(stamp=[1.5, A])),
        ("line_malformed", line(stamp=[True, A])),
        ("line_malformed", line(stamp={"1": A})),
        ("line_malformed", line(context={A: "1"})),
        ("line_malformed", line(fields=["name"])),
        ("line_malformed", line(others={"name": [[1, A]]})),
        ("line_malformed", nested(b"NaN")),
        ("line_malformed", nested(b"-Infinity")),
        ("line_malformed", nested(b"1e999")),
        ("line_malformed", nested(b"1" * 5_000)),
        ("line_malformed", nested(b'"\\ud800"')),
        ("line_malformed", nested(b'"\xed\xa0\x80"')),
        ("line_malformed", nested(b'{"\\udc00": 1}')),
        ("line_malformed", nested(b"[" * 100_000)),
        ("line_malformed", line(type="nope")[:-1] + b', "baru": "\xff"}'),
        ("line_malformed", line(junk="x" * wire.LINE_LIMIT)),
        ("line_malformed", b'{"type": "receipt"}'),
        ("line_malformed", wire.encode_control(RECEIPT).replace(":1,", ":0,").encode()),
        ("line_malformed", wire.encode_control(RECEIPT).replace(":1,", f":{10**400},").encode()),
        ("line_malformed", wire.encode_control(DeviceLine(A, HOME, "pwned")).encode()),
        ("line_malformed", wire.encode_control(DeviceLine(A, HOME, "active\n")).encode()),
        ("line_malformed", b'{"type": "person", ' + wire.encode_control(RECEIPT).encode()[1:]),
        ("record_type_unknown", line(type="nope")),
        ("record_type_unknown", line(type="Person")),
        ("record_malformed", line(id="1")),
        ("record_malformed", line(id=record_id(0xABC).upper())),
        ("record_malformed", line(id=record_id(1) + "\n")),
        ("record_malformed", line(id="../../etc/passwd")),
        ("record_malformed", line(home="")),
        ("record_malformed", line(home="5" * 21)),
        ("record_malformed", line(home="53.01\u202e")),
        ("record_malformed", line(home="53.01\n")),
        ("history_malformed", line(stamp=...)),
        ("history_malformed", line(stamp=[0, A])),
        ("history_malformed", line(stamp=[-1, A])),
        ("history_malformed", line(stamp=[2**53, A], context={A: 2**53})),
        ("history_malformed", line(stamp=[10**400, A], context={A: 10**400})),
        ("history_malformed", line(stamp=[1, "A" * 16], context={"A" * 16: 1})),
        ("history_malformed", line(stamp=[1, A[1:]], context={A[1:]: 1})),
        ("history_malformed", line(stamp=[1, A + "\n"], context={A + "\n": 1})),
        ("history_malformed", line(context=...)),
        ("history_malformed", line(context={B: 1})),
        ("history_malformed", line(stamp=[2, A])),
        ("history_malformed", line(context={A: 1, B: 0})),
        ("history_malformed", line(stamps={"name": [2, A]})),
        ("history_malformed", line(stamps={"nik": [1, A]})),
        ("history_malformed", line(stamp=..., stamps={"name": [1, A]})),
        ("history_malformed", line(contexts={"name": {}})),
        ("history_malformed", line(contexts={"nik": {A: 3}})),
        ("history_malformed", line(contexts={"name": {A: -1}})),
        ("history_malformed", line(others={"name": [[2, A, "x"]]})),
        ("history_malformed", line(others={"nik": [[1, A, "x"]]})),
        ("history_malformed", line(others={"name": [[1, "x", "x"]]})),
        ("history_malformed", line(context={A: 1} | {f"{number:016x}": 1 for number in range(wire.CONTEXT_LIMIT)})),
        ("history_malformed", line(fields={f"baru/{number}": 1 for number in range(wire.KEYS_LIMIT + 1)})),
        ("history_malformed", line(fields={"": 1})),
        ("history_malformed", line(fields={"phones/" + "1" * 154: "x"})),
        ("stamp_far_ahead", line(stamp=[FAR_AHEAD + 1, A], context={A: FAR_AHEAD + 1})),
        ("stamp_far_ahead", line(context={A: 1, B: FAR_AHEAD + 1})),
        ("stamp_far_ahead", line(contexts={"name": {A: 1, B: FAR_AHEAD + 1}})),
        ("value_impossible", nested(b"[" * 21 + b"]" * 21)),
        ("value_impossible", nested(b'{"a": ' * 21 + b"1" + b"}" * 21)),
        ("value_impossible", nested(b"%d" % 2**70)),
        ("value_impossible", nested(b"-9007199254740993")),
        ("value_impossible", nested(b"1" * 4_000, key=b"phones/1")),
        ("value_impossible", line(fields={"name": 5})),
        ("value_impossible", line(fields={"name": ["Maria"]})),
        ("value_impossible", line(fields={"name": "Ma\u0000ria"})),
        ("value_impossible", line(fields={"sex": "x"})),
        ("value_impossible", line(fields={"phones/": "x"})),
        ("value_impossible", line(fields={"phones/\u0007": "x"})),
        ("value_impossible", line(fields={"phones/1": ["x"]})),
        ("value_impossible", line(fields={"phones/1": {"a": "x" * 2_000}})),
        ("text_too_long", line(fields={"phones/1": "x" * 2_001})),
        ("value_impossible", line(others={"name": [[1, A, 5]]})),
        ("value_impossible", line(type="journey", fields={"person_id": "1"})),
        ("value_impossible", line(type="safe_contact", fields={"do_not_contact": 1})),
        ("value_impossible", line(type="tally", fields={"people": 1.0})),
        ("value_impossible", line(type="tally", fields={"people": True})),
        ("value_impossible", line(type="tally", fields={"people": 2**53 + 1})),
        ("text_too_long", line(fields={"name": "x" * 201})),
        ("unreadable_date", line(fields={"birth_date": "kemarin"})),
        ("no_such_day", line(fields={"birth_date": "2026-02-30"})),
        ("year_out_of_range", line(fields={"birth_date": "9999"})),
    ],
)
def test_bad_line(reason: str, bad: bytes) -> None:
    assert reasons(bad) == [reason]


def test_nesting_that_can_be_read_but_not_spelled_again() -> None:
    """JSON is read some levels deeper than it is written, so a limit of our own must come first."""
    for depth in range(700, 1_000):
        assert reasons(nested(b"[" * depth + b"]" * depth))[0] in {"value_impossible", "line_malformed"}


@pytest.mark.parametrize(
    "good",
    [
        nested(b"[" * 20 + b"]" * 20),
        nested(b"9007199254740992"),
        nested(b"1.5e300"),
        line(stamp=[FAR_AHEAD, A], context={A: FAR_AHEAD}),
        line(context={A: 1} | {f"{number:016x}": 1 for number in range(wire.CONTEXT_LIMIT - 1)}),
        line(fields={f"baru/{number}": 1 for number in range(wire.KEYS_LIMIT)}),
        line(fields={"phones/" + "1" * 153: "x", "z": 1}),
        line(junk="x" * (wire.LINE_LIMIT - len(line(junk="")))),
        line(contexts={"name": {A: 3}}),
        line(others={"name": [[1, A, "Marta"], [1, A, "Maria"]]}),
        line(stamp=..., stamps={"name": [1, A], "phones/0812": [1, A]}),
    ],
)
def test_just_inside_the_limits(good: bytes) -> None:
    assert len(taken(good).records) == 1


def test_what_is_far_ahead_depends_on_what_is_known() -> None:
    ahead = line(stamp=[FAR_AHEAD + 5, A], context={A: FAR_AHEAD + 5})
    assert taken(ahead, known_counter=4).refused[0].reason == "stamp_far_ahead"
    assert taken(ahead, known_counter=5).records


def test_the_second_line_of_a_record_is_kept_apart_whatever_became_of_the_first() -> None:
    assert [found.reason for found in taken(line(), line(fields={"name": "Lain"})).refused] == ["record_twice"]
    assert reasons(line(fields={"sex": "x"}), line()) == ["value_impossible", "record_twice"]
    assert len(taken(line(), line(type="journey", fields={})).records) == 2


def test_duplicate_keys_count_once_as_the_last_of_them_in_every_json_reader() -> None:
    doubled = line(fields={"name": "Maria"})[:-2] + b', "name": "Marta"}, "id": "' + record_id(5).encode() + b'"}'
    state = taken(doubled).records[0].state
    assert state.id == record_id(5) == json.loads(doubled)["id"]
    assert shown(RECORD_TYPES["person"].fields["name"], state.fields["name"]) == "Marta"


def test_a_refused_line_is_named_and_kept_whole() -> None:
    bad = line(type="x" * 99, id="y" * 99)
    assert taken(bad).refused == (wire.Refused(1, "x" * 40, "y" * 36, "record_type_unknown", bad.decode()),)


# --- anything at all


def check_all(found: wire.Lines) -> None:
    """Whatever was taken in obeys the rules of fields and contexts, merges, and comes back."""
    for state, home in ((incoming.state, incoming.home) for incoming in found.records):
        record_type = RECORD_TYPES[state.type]
        assert is_record_id(state.id)
        assert highest_counter(state) <= FAR_AHEAD
        for key, field_state in state.fields.items():
            field = record_type.field_of(key)
            for stamp, value in candidates(field_state):
                assert covers(field_state.context, stamp)
                if field is not None:
                    check_value(field, key, value)
            assert all(covers(field_state.context, stamp) for stamp in field_state.values)
        assert merge_records(state, state) == state
        assert [incoming.state for incoming in taken(wire.encode_record(state, home)).records] == [state]
    for refused in found.refused:
        assert refused.reason
        assert len(refused.type) <= 40


@given(st.binary(max_size=200))
def test_any_bytes(content: bytes) -> None:
    check_all(wire.split(content, 0))


SOUND = [wire.encode_record(full_record(name), HOME).encode() for name in RECORD_TYPES]
SOUND += [line(others={"name": [[1, A, "x"]]}, contexts={"nik": {B: 2}}, stamps={"name": [1, A]})]
SOUND += [wire.encode_control(control).encode() for control in CONTROL]
PIECES = st.sampled_from([b'"', b"{", b"}", b"[", b"]", b",", b":", b"null", b"true", b"-1", b"1e9", b"\\ud800", b"\n"])
EDITS = st.lists(st.tuples(st.floats(0, 1), st.integers(0, 12), PIECES | st.binary(min_size=1, max_size=3)), max_size=4)


@given(st.sampled_from(SOUND), EDITS)
def test_sound_lines_with_bytes_changed(content: bytes, edits: list[tuple[float, int, bytes]]) -> None:
    for place, dropped, added in edits:
        start = int(place * len(content))
        content = content[:start] + added + content[start + dropped :]
    check_all(wire.split(content, 0))


JSON = json_values()
DEVICES = st.sampled_from([A, B, "x"])
COUNTERS = st.sampled_from([1, 2, 3, 0, FAR_AHEAD, FAR_AHEAD + 1])
KEYS = st.sampled_from(
    ["name", "sex", "birth_date", "deleted", "phones/1", "phones/", "baru", "scopes/x", "do_not_contact"]
)
VALUES = st.sampled_from(["Maria", "f", "1990", "1990-02-30", True, None, "x" * 201]) | JSON
CONTEXT = st.dictionaries(DEVICES, COUNTERS, max_size=2) | st.just({A: 3, B: 3})
PARTS = {
    "stamp": st.tuples(COUNTERS, DEVICES) | st.just(...),
    "context": CONTEXT,
    "fields": st.dictionaries(KEYS, VALUES, max_size=4),
    "stamps": st.dictionaries(KEYS, st.tuples(COUNTERS, DEVICES), max_size=2) | st.just({}),
    "contexts": st.dictionaries(KEYS, CONTEXT, max_size=2) | st.just({}),
    "others": st.dictionaries(KEYS, st.lists(st.tuples(COUNTERS, DEVICES, VALUES), max_size=3), max_size=2)
    | st.just({}),
    "type": st.sampled_from([*RECORD_TYPES, "nope"]),
}


@given(st.fixed_dictionaries(PARTS))
def test_lines_of_the_right_shape_with_any_content(parts: dict[str, Any]) -> None:
    check_all(taken(line(**parts)))


@given(st.sampled_from(SOUND[: len(RECORD_TYPES)]), st.sampled_from(["id", "home", "stamp", "context", "fields"]), JSON)
def test_one_part_replaced_by_any_json(content: bytes, part: str, value: Any) -> None:
    check_all(taken(as_json(json.loads(content) | {part: value})))


def test_an_error_of_a_value_carries_no_value() -> None:
    field = RECORD_TYPES["person"].fields["name"]
    with pytest.raises(ExpectedError) as caught:
        check_value(field, "name", "Maria" * 100)
    assert "Maria" not in str(caught.value.params)
