# SPDX-License-Identifier: GPL-3.0-or-later
"""Histories in the store: every state of a record comes back, differences stand until settled, newer fields stay.

Examples of one property share a store: each is undone when it has been looked at.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from store_tools import (
    A_FEW,
    LETTERS,
    PARTS,
    VILLAGE,
    filled_store,
    history_of,
    one_of_each,
    record_id,
    scratch,
    standing,
    trained_store,
    values_for,
)

from trafficwatch.models.casework import Referral
from trafficwatch.models.exchange import FieldState, RecordState, Stamp, canonical
from trafficwatch.models.fields import RecordType, Shape
from trafficwatch.models.history import candidates, shown
from trafficwatch.models.history_code import pack
from trafficwatch.models.people import Person
from trafficwatch.models.record_types import RECORD_TYPES
from trafficwatch.models.tables import RECORD_TABLES, local
from trafficwatch.store.records import type_of
from trafficwatch.store.work import Store

TYPES = [pytest.param(found, id=found.name) for found in RECORD_TYPES.values()]


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Store, dict[str, str]]]:
    """A store with one record of each type, and their ids by type; used by `scratch` alone."""
    with filled_store(tmp_path_factory.mktemp("states")) as opened:
        yield opened


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with trained_store(tmp_path) as opened:
        yield opened


STAMPS = st.builds(Stamp, st.integers(1, 9), st.sampled_from(["a" * 16, "b" * 16, "c" * 16]))
CONTEXTS = st.dictionaries(st.sampled_from(["a" * 16, "b" * 16, "d" * 16]), st.integers(0, 12))


def field_states(values: st.SearchStrategy[Any]) -> st.SearchStrategy[FieldState]:
    """Fields with none, one or several values standing."""
    texts = st.frozensets(values.map(canonical), min_size=1, max_size=2)
    return st.builds(FieldState, st.dictionaries(STAMPS, texts, max_size=3), CONTEXTS)


def histories(record_type: RecordType, made: Mapping[str, str]) -> st.SearchStrategy[dict[str, FieldState]]:
    """Any state of a record: fields, elements, and keys that this version does not know."""
    known = {
        field.name: field_states(values_for(field, made))
        for field in record_type.fields.values()
        if field.shape is not Shape.ELEMENTS
    }
    names = [field.name for field in record_type.fields.values() if field.shape is Shape.ELEMENTS] or ["baru"]
    elements = st.dictionaries(
        st.builds("{}/{}".format, st.sampled_from(names), st.text(LETTERS, max_size=4)),
        field_states(PARTS | st.none()),
        max_size=3,
    )
    newer = st.dictionaries(
        st.sampled_from(["baru", "baru/satu", "deleted/x", names[0], "id"]), field_states(PARTS | st.none()), max_size=2
    )
    return st.builds(
        lambda *parts: parts[0] | parts[1] | parts[2], st.fixed_dictionaries({}, optional=known), elements, newer
    )


@pytest.mark.parametrize("record_type", TYPES)
def test_any_history_comes_back(record_type: RecordType, shared: tuple[Store, dict[str, str]]) -> None:
    store, made = shared

    @given(histories(record_type, made), histories(record_type, made))
    @A_FEW
    def comes_back(fields: dict[str, FieldState], later: dict[str, FieldState]) -> None:
        first = RecordState(record_type.name, record_id(500), fields)
        second = RecordState(record_type.name, record_id(500), fields | later)
        with scratch(store) as work:
            for state, previous in ((first, None), (second, first)):
                work.records.put_state(state, previous, VILLAGE)
                assert work.records.state(record_type.name, record_id(500)) == state
                found: Any = work.records.get(record_type.cls, record_id(500))
                for name, field in record_type.fields.items():
                    if field.shape is not Shape.ELEMENTS:
                        held = state.fields.get(name)
                        assert getattr(found, name) == (shown(field, held) if held else None)
            assert second in work.records.states(record_type.name)

    comes_back()


def test_a_difference_stands_until_it_is_settled(store: Store) -> None:
    with store.work() as work:
        person = work.write(Person, None, name="Maria")
        apart = standing((7, "a", "Petani"), (9, "b", "Nelayan"))
        known = work.records.state("person", person)
        assert known is not None
        work.take_in(RecordState("person", person, {**known.fields, "occupation": apart}), VILLAGE)
        assert work.info.counter == 9
        assert work.records.get(Person, person).occupation == "Nelayan"
        assert [row.value for row in work.connection.execute(select(local.difference))] == ['"Petani"']
        work.write(Person, person, occupation="Nelayan")  # the value shown, chosen by a person
        settled = work.records.state("person", person)
        assert settled is not None
        device = work.info.device
        assert settled.fields["occupation"].values == {Stamp(10, device): {'"Nelayan"'}}
        assert settled.fields["occupation"].context == {"a" * 16: 7, "b" * 16: 9, device: 10}
        assert work.connection.execute(select(local.difference)).all() == []


def test_all_states_are_those_of_each_record(store: Store) -> None:
    """Each with its own differences, newer fields and sealed part."""
    with store.work() as work:
        for number in (3, 1, 2):
            made = one_of_each(work) if number == 3 else {"person": work.write(Person, record_id(number), name="Ani")}
            known = work.records.state("person", made["person"])
            assert known is not None
            apart = standing((7, "a", f"Petani {number}"), (9, "b", "Nelayan"), (9, "b", f"Guru {number}"))
            more = {"occupation": apart, "baru": standing((number, "a", number))}
            work.take_in(RecordState("person", known.id, {**known.fields, **more}), VILLAGE)
        for name in RECORD_TYPES:
            ids = sorted(work.connection.execute(select(RECORD_TABLES[name].c.id)).scalars())
            assert ids
            assert work.records.states(name) == [work.records.state(name, known) for known in ids]
        people = work.records.states("person")
        assert list(work.records.each_state("person")) == people
        assert work.records.standing("person", "occupation") == {
            found.id: {value for _, value in candidates(found.fields["occupation"])} for found in people
        }
    assert len({str(found.fields["occupation"].values) for found in people}) == 3
    assert [found.fields["occupation"].differs for found in people] == [True] * 3


def test_one_record_moves_the_counter_only_so_far(store: Store) -> None:
    """A device with a counter far ahead must not take ours along to where others refuse it."""
    with store.work() as work:
        person = work.write(Person, None, name="Maria")
        for counter, expected in ((900_000, 1_001), (900_001, 2_001), (2_500, 2_500), (7, 2_500)):
            known = work.records.state("person", person)
            assert known is not None
            theirs = standing((counter, "a", "Petani"))
            work.take_in(RecordState("person", person, {**known.fields, "occupation": theirs}), VILLAGE)
            assert work.info.counter == expected


@pytest.mark.parametrize(("cls", "column"), [(Person, "unknown"), (Referral, "sealed")])
def test_fields_of_newer_versions_stay(store: Store, cls: type[Any], column: str) -> None:
    with store.work() as work:
        made = one_of_each(work)[type_of(cls).name]
        known = work.records.state(type_of(cls).name, made)
        assert known is not None
        newer = {"baru": standing((9, "a", {"dari": 2}), (9, "b", None)), "deleted/x": standing((9, "a", True))}
        work.take_in(RecordState(known.type, made, {**known.fields, **newer}), VILLAGE)
        work.write(cls, made, deleted="ganda")
        again = work.records.state(known.type, made)
        assert again is not None
        assert {key: again.fields[key] for key in newer} == newer
        row = work.connection.execute(select(local.record_state).where(local.record_state.c.id == made)).one()
        assert [name for name in ("unknown", "sealed") if getattr(row, name) is not None] == [column]
        assert ("baru" in repr(row)) is (column == "unknown")


def test_a_history_costs_little(store: Store) -> None:
    """A typical card: as it is packed, against the bare values; then with one field corrected later."""
    card: dict[str, Any] = {
        "name": "Maria Goreti Seran",
        "nik": "5301085705900001",
        "nik_status": "seen",
        "birth_date": "1990-05-17",
        "birth_place": "Kupang",
        "sex": "f",
        "address": "Dusun 2, RT 004 RW 002, Desa Noelbaki, Kecamatan Kupang Tengah",
        "wilayah_code": VILLAGE,
        "nationality": "Indonesia",
        "occupation": "Petani",
        "phones": {"081234567890": "sendiri"},
    }
    costs = []
    with store.work() as work:
        person = work.write(Person, None, **card)
        for _ in range(2):
            known = work.records.state("person", person)
            assert known is not None
            costs.append(len(canonical(pack(known.fields))) / len(canonical(card)))
            work.write(Person, person, occupation="Nelayan")
        assert history_of(work, "person", person).keys() <= {"stamp", "context", "stamps", "contexts", "empty"}
    assert costs[0] <= 1.35
    assert costs[1] <= 1.6
    assert costs[0] > 1
