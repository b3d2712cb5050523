# SPDX-License-Identifier: GPL-3.0-or-later
"""What may stand in a field: everything a person can mean, nothing that would break another device."""

from __future__ import annotations

import unicodedata
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from store_tools import PARTS, example, record_id

from trafficwatch.errors import InputError
from trafficwatch.models.checks import (
    DEPTH_LIMIT,
    KEY_LIMIT,
    FieldUnknown,
    TextTooLong,
    ValueImpossible,
    check_value,
    flatten,
    is_record_id,
    tidy,
)
from trafficwatch.models.dates import ImpossibleDate
from trafficwatch.models.exchange import canonical
from trafficwatch.models.fields import NARRATIVE_LIMIT, TEXT_LIMIT, Field, Shape
from trafficwatch.models.record_types import RECORD_TYPES

ALL = [field for record_type in RECORD_TYPES.values() for field in record_type.fields.values()]
PERSON, CONSENT, SCREENING = (RECORD_TYPES[name] for name in ("person", "consent", "screening"))
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
)


def refused(field: Field, value: Any, key: str | None = None) -> type[InputError] | None:
    """The error that a value meets, if any; its parameters name the field and nothing personal."""
    try:
        check_value(field, key or field.name, value)
    except InputError as error:
        found = error
    else:
        return None
    assert set(found.params) <= {"field", "limit", "first", "last", "month", "day"}
    assert found.params.get("field", field.name) == field.name
    return type(found)


def element(value: Any, name: str = "satu", field: Field = PERSON.fields["phones"]) -> type[InputError] | None:
    return refused(field, value, f"{field.name}/{name}")


# -- tidying -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  Maria Seran \n", "Maria Seran"),
        ("Maria\nSeran", "Maria\nSeran"),
        ("Noe\u0308l", "No\u00ebl"),
        ("", None),
        (" \t\n\u00a0", None),
        (None, None),
        (0, 0),
        (False, False),
        ({"a": " b "}, {"a": " b "}),
    ],
)
def test_what_was_typed_is_tidied(typed: Any, kept: Any) -> None:
    assert tidy(typed) == kept


@given(st.text())
def test_tidying_twice_changes_nothing(typed: str) -> None:
    once = tidy(typed)
    assert tidy(once) == once
    assert once is None or (isinstance(once, str) and once == unicodedata.normalize("NFC", once).strip() != "")


# -- flattening --------------------------------------------------------------------------------------------------------


def test_elements_become_keys_of_their_own() -> None:
    changes = {"name": " Maria ", "phones": {"0812": " sendiri ", "a/b": None}, "aliases": {}}
    assert list(flatten(PERSON, changes)) == [("name", "Maria"), ("phones/0812", "sendiri"), ("phones/a/b", None)]


@pytest.mark.parametrize("changes", [{"nama": "Maria"}, {"id": record_id(1)}, {"phones/1": "x"}, {"": 1}])
def test_a_field_that_does_not_exist_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(FieldUnknown) as caught:
        list(flatten(PERSON, changes))
    assert caught.value.params == {"field": next(iter(changes))}


@pytest.mark.parametrize("value", [None, "0812", ["0812"], True, 7])
def test_elements_must_be_given_as_a_map(value: Any) -> None:
    with pytest.raises(ValueImpossible) as caught:
        list(flatten(PERSON, {"phones": value}))
    assert caught.value.params == {"field": "phones"}


# -- judging -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("field", ALL, ids=lambda field: field.name)
def test_each_field_takes_its_own_kind_and_none(field: Field) -> None:
    key = f"{field.name}/satu" if field.shape is Shape.ELEMENTS else field.name
    value = example(field, {field.target: record_id(1)})
    assert refused(field, value["satu"] if isinstance(value, dict) else value, key) is None
    assert refused(field, None, key) is None
    if field.shape is not Shape.ELEMENTS:
        assert refused(field, {"satu": True}) is ValueImpossible
        assert refused(field, ["satu"]) is ValueImpossible
        assert refused(field, 1.5) is ValueImpossible
    for choice in field.choices:
        assert refused(field, choice) is None


@given(st.sampled_from(ALL), JSON, st.text())
def test_anything_else_is_refused_by_name(field: Field, value: Any, name: str) -> None:
    """Whatever a bundle brings: it fits, or an expected error says that it does not."""
    key = f"{field.name}/{name}" if field.shape is Shape.ELEMENTS else field.name
    if refused(field, value, key) is None:
        assert len(canonical(value).encode()) < 4 * NARRATIVE_LIMIT


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("nik", "530101999999000"),  # 15 digits: unlikely, kept, pointed out elsewhere
        ("nik", "belum ada"),
        ("name", "A"),
        ("name", "Ñoél 🙏 O'Brien-Seran (alm.)"),
        ("address", "Dusun 1\n\tRT 2"),
        ("address", "x" * TEXT_LIMIT),
        ("birth_date", "1990-05~"),
        ("birth_date", ""),
        ("sex", "f"),
    ],
)
def test_what_is_only_unlikely_is_kept(name: str, value: str) -> None:
    assert refused(PERSON.fields[name], value) is None


@pytest.mark.parametrize(
    ("name", "value", "error"),
    [
        ("name", "x" * 201, TextTooLong),
        ("address", "x" * (TEXT_LIMIT + 1), TextTooLong),
        ("name", "Maria\x00", ValueImpossible),
        ("name", "Maria\x1b[2J", ValueImpossible),
        ("name", "Maria\x85", ValueImpossible),
        ("name", "Maria\ud800", ValueImpossible),
        ("name", 7, ValueImpossible),
        ("name", True, ValueImpossible),
        ("sex", "x", ValueImpossible),
        ("sex", "F", ValueImpossible),
        ("sex", "", ValueImpossible),
        ("sex", 1, ValueImpossible),
    ],
)
def test_what_can_not_be_is_refused(name: str, value: Any, error: type[InputError]) -> None:
    assert refused(PERSON.fields[name], value) is error


@pytest.mark.parametrize("value", ["1990-13", "1990-02-30", "17-5-1990", "1890", "abad lalu", "1990-05-17T00:00"])
def test_an_impossible_date_is_refused(value: str) -> None:
    found = refused(PERSON.fields["birth_date"], value)
    assert found is not None
    assert issubclass(found, ImpossibleDate)


@pytest.mark.parametrize("value", [0, 1, "ya", "true", 1.0])
def test_a_flag_is_yes_or_no(value: Any) -> None:
    field = RECORD_TYPES["volunteer"].fields["left"]
    assert refused(field, value) is ValueImpossible
    assert [refused(field, flag) for flag in (True, False)] == [None, None]


@pytest.mark.parametrize(
    ("value", "fits"),
    [
        (0, True),
        (-(2**53), True),
        (2**53, True),
        (2**53 + 1, False),
        (-(2**53) - 1, False),
        (True, False),
        ("7", False),
    ],
)
def test_a_number_is_whole_and_spelled_alike_everywhere(value: Any, fits: bool) -> None:
    assert (refused(SCREENING.fields["age_at_events"], value) is None) is fits


@pytest.mark.parametrize(
    ("text", "is_id"),
    [
        (record_id(0xABC), True),
        (record_id(0xABC).upper(), False),
        (record_id(0xABC).replace("-", ""), False),
        (record_id(0xABC) + "\n", False),
        (f"{{{record_id(0xABC)}}}", False),
        ("", False),
    ],
)
def test_a_record_id_has_one_spelling(text: str, is_id: bool) -> None:
    assert is_record_id(text) is is_id
    assert (refused(CONSENT.fields["person_id"], text) is None) is is_id


# -- elements ----------------------------------------------------------------------------------------------------------


@given(PARTS)
def test_an_element_holds_text_flags_and_small_maps(value: Any) -> None:
    assert element(value) is None


@pytest.mark.parametrize(
    ("value", "error"),
    [
        ("x" * TEXT_LIMIT, None),
        ("\n" * TEXT_LIMIT, None),
        ("x" * (TEXT_LIMIT + 1), TextTooLong),
        ({"note": "x" * (TEXT_LIMIT - 11)}, None),
        ({"note": "x" * (TEXT_LIMIT - 10)}, ValueImpossible),
        ({}, None),
        (["x"], ValueImpossible),
        ({"daftar": ["x", None, 7]}, None),
        (1.5, ValueImpossible),
        (float("nan"), ValueImpossible),
        ({"nilai": 1.5}, ValueImpossible),
        (2**53 + 1, ValueImpossible),
        ({"nilai": [-(2**60)]}, ValueImpossible),
        ("\ud800", ValueImpossible),
        ({"nilai": "\x00"}, ValueImpossible),
        ({"\x00": "nilai"}, ValueImpossible),
        ({"nilai": ["\udfff"]}, ValueImpossible),
    ],
)
def test_what_an_element_may_hold(value: Any, error: type[InputError] | None) -> None:
    assert element(value) is error


def nested(depth: int, kind: type[list[Any] | dict[str, Any]]) -> Any:
    value: Any = "x"
    for _ in range(depth):
        value = [value] if kind is list else {"a": value}
    return value


@pytest.mark.parametrize("kind", [list, dict])
def test_an_element_is_not_nested_deeply(kind: type[list[Any] | dict[str, Any]]) -> None:
    assert element({"a": nested(DEPTH_LIMIT - 1, kind)}) is None
    for depth in (DEPTH_LIMIT, DEPTH_LIMIT + 1, 900, 100_000):
        assert element({"a": nested(depth, kind)}) is ValueImpossible


@pytest.mark.parametrize(
    ("name", "fits"),
    [
        ("0812 3456 7890", True),
        ("person.nik", True),
        ("a/b", True),
        ("x" * (KEY_LIMIT - len("phones/")), True),
        ("x" * (KEY_LIMIT - len("phones/") + 1), False),
        ("", False),
        ("\x00", False),
        ("\ud800", False),
    ],
)
def test_the_name_of_an_element(name: str, fits: bool) -> None:
    assert (element(True, name) is None) is fits
    assert (element(None, name) is None) is fits
