# SPDX-License-Identifier: GPL-3.0-or-later
"""Records in and out of the store: what is typed comes back, what can't be changes nothing and says why.

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
    VILLAGE,
    dump,
    filled_store,
    one_of_each,
    record_id,
    scratch,
    trained_store,
    values_for,
    write,
)

from trafficwatch.errors import InputError
from trafficwatch.models.casework import Referral, Screening
from trafficwatch.models.checks import FieldUnknown, TextTooLong, ValueImpossible, tidy
from trafficwatch.models.exchange import Stamp
from trafficwatch.models.fields import RecordType, Shape
from trafficwatch.models.institution import Institution
from trafficwatch.models.people import Person, SafeContact, Sex
from trafficwatch.models.record_types import RECORD_TYPES
from trafficwatch.models.tables import RECORD_TABLES, local
from trafficwatch.store.records import FieldMissing, LinkMissing, RecordUnknown, type_of
from trafficwatch.store.work import FieldOwnedElsewhere, Store, Work

TYPES = [pytest.param(found, id=found.name) for found in RECORD_TYPES.values()]


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Store, dict[str, str]]]:
    """A store with one record of each type, and their ids by type; used by `scratch` alone."""
    with filled_store(tmp_path_factory.mktemp("records")) as opened:
        yield opened


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with trained_store(tmp_path) as opened:
        yield opened


def journalled(work: Work) -> int:
    return len(work.connection.execute(select(local.journal.c.sequence)).all())


def kept(record_type: RecordType, values: Mapping[str, Any]) -> dict[str, Any]:
    """How values read back once they were written: tidied, without the elements that were removed."""
    found: dict[str, Any] = {}
    for field in record_type.fields.values():
        if field.shape is Shape.ELEMENTS:
            elements = {key: tidy(value) for key, value in values.get(field.name, {}).items()}
            found[field.name] = {key: value for key, value in elements.items() if value is not None}
        else:
            found[field.name] = tidy(values.get(field.name))
    return found


# -- there and back ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("record_type", TYPES)
def test_what_is_written_is_read(record_type: RecordType, shared: tuple[Store, dict[str, str]]) -> None:
    store, made = shared
    possible = st.fixed_dictionaries(
        {field.name: values_for(field, made) for field in record_type.fields.values() if field.required},
        optional={field.name: values_for(field, made) for field in record_type.fields.values() if not field.required},
    )

    @given(possible, possible)
    @A_FEW
    def there_and_back(values: dict[str, Any], later: dict[str, Any]) -> None:
        with scratch(store) as work:
            known = write(work, record_type.cls, **values)
            assert work.records.get(record_type.cls, known) == record_type.cls(id=known, **kept(record_type, values))
            write(work, record_type.cls, known, **later)
            for name, value in later.items():
                if isinstance(value, dict):
                    later[name] = {**values.get(name, {}), **value}
            now = kept(record_type, {**values, **later})
            assert work.records.get(record_type.cls, known) == record_type.cls(id=known, **now)
            counter, rows = work.info.counter, journalled(work)
            write(work, record_type.cls, known, **later)
            assert (work.info.counter, journalled(work)) == (counter, rows)

    there_and_back()


def test_saving_a_form_twice_changes_nothing(store: Store) -> None:
    form: dict[str, Any] = {"name": " Maria ", "sex": Sex.FEMALE, "phones": {"0812": "sendiri", "0813": None}}
    with store.work() as work:
        person = work.write(Person, None, **form)
        before = dump(work.connection)
        assert work.write(Person, person, **form) == person
        assert work.write(Person, person) == person
        work.write(Person, person, address=None, aliases={})
        assert dump(work.connection) == before
        assert work.info.counter == 1
    with store.work() as work:
        assert work.info.counter == 1
        work.write(Person, person, address="Dusun 1")
        assert work.info.counter == 2
    with store.work() as work:
        assert work.info.counter == 2


def test_elements_come_and_go_one_by_one(store: Store) -> None:
    with store.work() as work:
        person = work.write(Person, None, name="Maria", phones={"0812": "sendiri"})
        work.write(Person, person, phones={"0813": "tetangga"})
        assert work.records.get(Person, person).phones == {"0812": "sendiri", "0813": "tetangga"}
        work.write(Person, person, phones={"0812": None, "0813": "bibi"})
        assert work.records.get(Person, person).phones == {"0813": "bibi"}
        work.write(Person, person, phones={"0813": None})
        assert work.records.get(Person, person).phones == {}
        work.write(Person, person, phones={"0812": "sendiri"})
        assert work.records.get(Person, person).phones == {"0812": "sendiri"}
        known = work.records.state("person", person)
        assert known is not None
        assert {key: max(field.values) for key, field in known.fields.items()} == {
            "name": Stamp(1, work.info.device),
            "phones/0812": Stamp(5, work.info.device),
            "phones/0813": Stamp(4, work.info.device),
        }


def test_a_deleted_record_is_kept_and_not_shown(store: Store) -> None:
    with store.work() as work:
        first, second = (work.write(Person, record_id(number), name="Maria") for number in (1, 2))
        assert [person.id for person in work.records.select(Person)] == [first, second]
        work.write(Person, first, deleted="tercatat dua kali")
        assert [person.id for person in work.records.select(Person)] == [second]
        assert [person.id for person in work.records.select(Person, with_deleted=True)] == [second, first]
        assert work.records.select(Person, RECORD_TABLES["person"].c.name == "Yohanis") == []
        assert (work.records.values("person", "id"), work.records.values("person", "name")) == ([second], ["Maria"])
        assert work.records.get(Person, first).deleted == "tercatat dua kali"
        assert work.records.count("person") == 1
        assert work.records.exists("person", first)


def test_what_is_not_there(store: Store) -> None:
    with store.work() as work:
        with pytest.raises(RecordUnknown) as caught:
            work.records.get(Person, record_id(1))
        assert caught.value.params == {"type": "person"}
        assert work.records.state("person", record_id(1)) is None
        assert work.records.home("person", record_id(1)) is None
        assert not work.records.exists("person", record_id(1))
        assert (work.records.count("person"), work.records.states("person")) == (0, [])
        work.write(Person, record_id(1), name="Maria")
        assert work.records.home("person", record_id(1)) == VILLAGE
        assert [found.id for found in work.records.states("person")] == [record_id(1)]
    assert type_of(Person).name == "person"


# -- what can't be -----------------------------------------------------------------------------------------------------

IMPOSSIBLE: list[tuple[type[Any], dict[str, Any], type[InputError], dict[str, Any]]] = [
    (Person, {"name": "  "}, FieldMissing, {"field": "name"}),
    (Person, {"nik": "53"}, FieldMissing, {"field": "name"}),
    (Person, {"name": "A", "nama": "B"}, FieldUnknown, {"field": "nama"}),
    (Person, {"name": "A", "sex": "x"}, ValueImpossible, {"field": "sex"}),
    (Person, {"name": "A", "phones": {"": "x"}}, ValueImpossible, {"field": "phones"}),
    (Person, {"name": "A" * 201}, TextTooLong, {"field": "name", "limit": 200}),
    (SafeContact, {"way": "visit"}, FieldMissing, {"field": "person_id"}),
    (SafeContact, {"person_id": "Maria"}, ValueImpossible, {"field": "person_id"}),
    (SafeContact, {"person_id": record_id(77)}, LinkMissing, {"field": "person_id"}),
    (Screening, {"questionnaire": "x@1", "screened_on": "2026"}, FieldMissing, {"field": "person_id"}),
]


@pytest.mark.parametrize(("cls", "values", "error", "params"), IMPOSSIBLE)
def test_what_can_not_be_is_refused_before_anything_is_written(
    store: Store, cls: type[Any], values: dict[str, Any], error: type[InputError], params: dict[str, Any]
) -> None:
    with store.work() as work:
        before = dump(work.connection)
        with pytest.raises(error) as caught:
            work.write(cls, None, **values)
        assert caught.value.params == params
        assert dump(work.connection) == before
        assert work.info.counter == 0


def test_a_wrong_field_undoes_the_whole_piece_of_work(store: Store) -> None:
    with store.work() as work:
        before = dump(work.connection)
    with pytest.raises(ValueImpossible), store.work() as work:  # noqa: PT012 - the commit is part of what is tested
        person = work.write(Person, None, name="Maria")
        work.write(SafeContact, None, person_id=person, way="berteriak")
    with store.work() as work:
        assert dump(work.connection) == before


def test_a_required_field_is_not_emptied(store: Store) -> None:
    with store.work() as work:
        person = work.write(Person, None, name="Maria", nik="53")
        with pytest.raises(FieldMissing):
            work.write(Person, person, nik="54", name=None)
        assert work.records.get(Person, person) == Person(id=person, name="Maria", nik="53")


def test_a_nik_of_15_digits_is_kept(store: Store) -> None:
    with store.work() as work:
        person = work.write(Person, None, name="Maria", nik=" 530101999999000 ")
        assert work.records.get(Person, person).nik == "530101999999000"


def test_links_are_looked_up_when_they_change(shared: tuple[Store, dict[str, str]]) -> None:
    store, made = shared
    for record_type in RECORD_TYPES.values():
        for link in record_type.links:
            with scratch(store) as work:
                with pytest.raises(LinkMissing) as caught:
                    write(work, record_type.cls, made[record_type.name], **{link.name: record_id(77)})
                assert caught.value.params == {"field": link.name}
                write(work, record_type.cls, made[record_type.name], **{link.name: made[link.target]})
                if not link.required:
                    write(work, record_type.cls, made[record_type.name], **{link.name: None})
    with scratch(store) as work:  # a record of another type is no target, a deleted one is
        with pytest.raises(LinkMissing):
            work.write(SafeContact, None, person_id=made["volunteer"])
        work.write(Person, made["person"], deleted="ganda")
        work.write(SafeContact, None, person_id=made["person"])


def test_what_the_other_desk_owns_is_not_written(store: Store) -> None:
    with store.work() as work:
        made = one_of_each(work)
        before = dump(work.connection)
        for cls, changes in ((Referral, {"answered": "accepted"}), (Institution, {"name": "Rumah aman"})):
            for of_id in (None, made[type_of(cls).name]):
                with pytest.raises(FieldOwnedElsewhere) as caught:
                    work.write(cls, of_id, **changes)
                assert caught.value.params == {"field": next(iter(changes))}
        assert dump(work.connection) == before


# -- undoing -----------------------------------------------------------------------------------------------------------


def test_what_is_tried_is_seen_and_undone(store: Store) -> None:
    with store.work() as work:
        work.write(Person, record_id(1), name="Maria")
        before = dump(work.connection)
        with work.tried():
            work.write(Person, record_id(1), name="Lain")
            work.write(Person, record_id(2), name="Yohanis")
            assert (work.records.count("person"), work.info.counter) == (2, 3)
        assert dump(work.connection) == before
        assert work.info.counter == 1
        with pytest.raises(KeyError), work.tried():  # noqa: PT012
            work.write(Person, record_id(1), name="Lain")
            raise KeyError
        work.write(Person, record_id(3), name="Sesudah")
        assert work.info.counter == 2
    with store.work() as work:
        assert {person.name for person in work.records.select(Person)} == {"Maria", "Sesudah"}


@pytest.mark.parametrize("error", [KeyError, KeyboardInterrupt, FieldMissing])
def test_an_error_undoes_all_of_the_work(store: Store, error: type[BaseException]) -> None:
    with store.work() as work:
        before = dump(work.connection)
    with pytest.raises(error), store.work() as work:  # noqa: PT012
        one_of_each(work)
        raise error
    with store.work() as work:
        assert dump(work.connection) == before
        assert work.write(Person, None, name="Sesudah")
