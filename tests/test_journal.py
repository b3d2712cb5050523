# SPDX-License-Identifier: GPL-3.0-or-later
"""The journal: what it says of a change, and that no row of it can be changed, taken away or moved unseen."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sampling import every
from sqlalchemy import Connection, delete, insert, select, update
from store_tools import (
    VOLUNTEER,
    helper_store,
    one_of_each,
    record_id,
    reopened,
    scratch,
    standing,
    template,
    trained_store,
)

from trafficwatch.models.exchange import RecordState
from trafficwatch.models.people import Person
from trafficwatch.models.tables import Ciphertext, local
from trafficwatch.store import journal
from trafficwatch.store.journal import Entry, broken_at, head
from trafficwatch.store.sealing import CaseKeyNeeded, Sealer
from trafficwatch.store.work import Store, Work

TABLE = local.journal


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with trained_store(tmp_path) as opened:
        yield opened


@pytest.fixture
def filled(store: Store) -> Store:
    """A journal of several rows, plain and sealed ones, and a note."""
    with store.work() as work:
        one_of_each(work)
        work.note("key_export", "device", work.info.device, "Diminta PPT")
    return store


def rows(connection: Connection) -> list[Any]:
    return list(connection.execute(select(TABLE).order_by(TABLE.c.sequence)))


def at(sequence: int) -> Any:
    return TABLE.c.sequence == sequence


# -- what it says ------------------------------------------------------------------------------------------------------


def test_a_change_says_who_when_where_and_what(store: Store) -> None:
    with store.work() as work:
        person = work.write(Person, None, name="Maria", phones={"0812": "sendiri"})
        work.write(Person, person, name="Maria Seran", phones={"0812": None})
        first, second = rows(work.connection)
    for row, action, counter in ((first, "create", 1), (second, "change", 2)):
        assert (row.device, row.volunteer, row.at) == (work.info.device, VOLUNTEER, work.now)
        assert (row.action, row.type, row.id, row.counter) == (action, "person", person, counter)
        assert row.sealed is None
    assert [row.sequence for row in (first, second)] == [1, 2]
    assert json.loads(first.changes) == {"name": [None, "Maria"], "phones/0812": [None, "sendiri"]}
    assert json.loads(second.changes) == {"name": ["Maria", "Maria Seran"], "phones/0812": ["sendiri", None]}


def test_a_new_record_with_a_chosen_id_is_created(store: Store) -> None:
    with store.work() as work:
        work.write(Person, record_id(5), name="Maria")
        work.write(Person, record_id(5), name="Maria Seran")
        assert [row.action for row in rows(work.connection)] == ["create", "change"]


def test_a_merge_says_what_changed_on_the_screen(store: Store) -> None:
    with store.work() as work:
        person = work.write(Person, None, name="Maria")
        known = work.records.state("person", person)
        assert known is not None
        newer = RecordState("person", person, {**known.fields, "baru": standing((9, "f", "dari versi baru"))})
        work.take_in(newer, "53.01.08.2008")
        work.take_in(newer, "53.01.08.2008")
        _, merged = rows(work.connection)
    assert (merged.action, merged.counter) == ("merge", 9)
    assert json.loads(merged.changes) == {"baru": [None, "dari versi baru"]}


def test_case_text_is_sealed_in_its_place(filled: Store) -> None:
    with filled.work() as work:
        row = next(row for row in rows(work.connection) if row.type == "screening")
        assert json.loads(row.changes).keys() == {
            "person_id",
            "journey_id",
            "questionnaire",
            "screened_on",
            "screened_by",
            "way",
        }
        place = journal.place(row.device, row.sequence)
        opened = work.sealer.open("screening", row.id, place, row.sealed)
        assert isinstance(opened, dict)
        assert opened["changes"]["answers/satu"] == [None, True]
        assert opened["changes"]["note"] == [None, "Isi kolom"]
        assert journal.commit(opened) == row.commitment
    filled.close()
    with helper_store(filled.folder) as helper, helper.work() as work:
        assert broken_at(work.connection, work.sealer, work.info.device) is None
        with pytest.raises(CaseKeyNeeded):
            work.sealer.open("screening", row.id, place, row.sealed)


def test_a_note_keeps_its_reason(filled: Store) -> None:
    with filled.work() as work:
        row = rows(work.connection)[-1]
    assert (row.action, json.loads(row.changes)) == ("key_export", {"reason": [None, "Diminta PPT"]})


def test_each_device_has_a_chain_of_its_own(filled: Store) -> None:
    with filled.work() as work:
        own, other = work.info.device, "f" * 16
        assert head(work.connection, other) == ""
        before = head(work.connection, own)
        entry = Entry(other, work.now, None, "merge", "person", record_id(1), 4)
        journal.append(work.connection, work.sealer, entry, {"name": (None, "X")}, {})
        assert head(work.connection, own) == before
        assert len(head(work.connection, other)) == 64
        assert broken_at(work.connection, work.sealer, other) is None
        assert broken_at(work.connection, work.sealer, "0" * 16) is None


# -- that it holds -----------------------------------------------------------------------------------------------------


def test_an_honest_chain_holds_and_its_head_moves(filled: Store) -> None:
    with filled.work() as work:
        heads = {head(work.connection, work.info.device)}
        for name in ("A", "B", "C"):
            work.write(Person, None, name=name)
            heads.add(head(work.connection, work.info.device))
        assert len(heads) == 4
        assert broken_at(work.connection, work.sealer, work.info.device) is None
    filled.close()
    again = reopened(filled.folder, template().keys)
    with again.work() as work:
        assert broken_at(work.connection, work.sealer, work.info.device) is None
    again.close()


def another(value: Any) -> list[Any]:
    """What somebody might write in the place of a value."""
    if isinstance(value, Ciphertext):
        return [Ciphertext(value.data[:-1] + bytes([value.data[-1] ^ 1])), None]
    if isinstance(value, bytes):
        return [value[:-1] + bytes([value[-1] ^ 1]), b"", value + b"\0"]
    if isinstance(value, int):
        return [value + 100]
    return ["lain", ""] if isinstance(value, str) else ["lain"]


def test_any_changed_column_is_found_in_its_row(filled: Store) -> None:
    with filled.work() as work:
        device, entries = work.info.device, rows(work.connection)
    places: list[tuple[int, str, Any]] = []
    for row in entries:
        for column in TABLE.columns:
            value = getattr(row, column.name)
            if column.name in {"device", "sequence"} or (column.name in {"sealed", "commitment"} and value is None):
                continue
            forgeries = [*another(value), *([None] if column.name in {"salt", "changes"} else [])]
            places += [(row.sequence, column.name, forged) for forged in forgeries]
    assert len(places) > 150
    for sequence, name, forged in every(places, 3):
        with scratch(filled) as work:
            work.connection.execute(update(TABLE).where(at(sequence)).values({name: forged}))
            assert broken_at(work.connection, work.sealer, device) == sequence, (name, forged)
    with filled.work() as work:
        assert broken_at(work.connection, work.sealer, device) is None


def test_a_sealed_text_put_where_none_was_is_found(filled: Store) -> None:
    with scratch(filled) as work:
        plain = next(row for row in rows(work.connection) if row.sealed is None)
        work.connection.execute(update(TABLE).where(at(plain.sequence)).values(sealed=Ciphertext(b"x" * 60)))
        assert broken_at(work.connection, work.sealer, work.info.device) == plain.sequence


def test_a_row_given_to_another_device_is_found(filled: Store) -> None:
    for sequence in (1, 3):
        with scratch(filled) as work:
            work.connection.execute(update(TABLE).where(at(sequence)).values(device="f" * 16))
            assert broken_at(work.connection, work.sealer, work.info.device) == sequence + 1
            assert broken_at(work.connection, work.sealer, "f" * 16) == sequence


def test_a_deleted_row_is_found_by_the_one_after_it(filled: Store) -> None:
    with filled.work() as work:
        count, device, before = len(rows(work.connection)), work.info.device, head(work.connection, work.info.device)
    for sequence in range(1, count):
        with scratch(filled) as work:
            work.connection.execute(delete(TABLE).where(at(sequence)))
            assert broken_at(work.connection, work.sealer, device) == sequence + 1
    with scratch(filled) as work:  # the last rows are missed by the head, which the other side knows
        work.connection.execute(delete(TABLE).where(at(count)))
        assert broken_at(work.connection, work.sealer, device) is None
        assert head(work.connection, device) != before


def renumbered(work: Work, moves: dict[int, int]) -> None:
    """Give rows other numbers, by way of numbers that are free."""
    for old in moves:
        work.connection.execute(update(TABLE).where(at(old)).values(sequence=old + 1_000))
    for old, new in moves.items():
        work.connection.execute(update(TABLE).where(at(old + 1_000)).values(sequence=new))


def test_reordered_rows_are_found(filled: Store) -> None:
    with filled.work() as work:
        count, device = len(rows(work.connection)), work.info.device
    for one in range(1, count):
        for other in {one + 1, count} - {one}:
            with scratch(filled) as work:
                renumbered(work, {one: other, other: one})
                assert broken_at(work.connection, work.sealer, device) == one


def test_a_deleted_row_with_the_rest_moved_up_is_found(filled: Store) -> None:
    with scratch(filled) as work:
        count = len(rows(work.connection))
        work.connection.execute(delete(TABLE).where(at(2)))
        for sequence in range(3, count + 1):
            renumbered(work, {sequence: sequence - 1})
        assert broken_at(work.connection, work.sealer, work.info.device) == 2


def test_a_row_pushed_in_is_found(filled: Store) -> None:
    with scratch(filled) as work:
        entries = rows(work.connection)
        for sequence in range(len(entries), 2, -1):
            renumbered(work, {sequence: sequence + 1})
        work.connection.execute(insert(TABLE).values(entries[1]._asdict() | {"sequence": 3}))
        assert broken_at(work.connection, work.sealer, work.info.device) == 3


def test_a_row_made_up_whole_breaks_at_the_next(filled: Store) -> None:
    """Who recomputes one row's hashes must recompute all that follow, and the head is known elsewhere."""
    with scratch(filled) as work:
        entries = rows(work.connection)
        before = head(work.connection, work.info.device)
        work.connection.execute(delete(TABLE).where(TABLE.c.sequence >= 2))
        entry = Entry(work.info.device, work.now, VOLUNTEER, "create", "person", record_id(9), 2)
        journal.append(work.connection, Sealer(None), entry, {"name": (None, "Palsu")}, {})
        work.connection.execute(insert(TABLE), [row._asdict() for row in entries[2:]])
        assert broken_at(work.connection, work.sealer, work.info.device) == 3
        assert head(work.connection, work.info.device) == before


def test_erased_content_still_holds(filled: Store) -> None:
    with filled.work() as work:
        for row in rows(work.connection)[::2]:
            work.connection.execute(
                update(TABLE).where(at(row.sequence)).values(salt=None, changes=None, sealed=None, commitment=None)
            )
        assert broken_at(work.connection, work.sealer, work.info.device) is None
    with scratch(filled) as work:
        work.write(Person, None, name="Sesudah")
        assert broken_at(work.connection, work.sealer, work.info.device) is None


@pytest.mark.parametrize(
    "forged",
    [
        {"changes": '{"name":[null,"Palsu"]}'},
        {"salt": b"s" * 16},
        {"sealed": Ciphertext(b"x" * 60)},
        {"commitment": b"c" * 32},
    ],
)
def test_nothing_is_put_in_the_place_of_erased_content(filled: Store, forged: dict[str, Any]) -> None:
    with scratch(filled) as work:
        erased: dict[str, Any] = {"salt": None, "changes": None, "sealed": None, "commitment": None}
        work.connection.execute(update(TABLE).where(at(2)).values(erased | forged))
        assert broken_at(work.connection, work.sealer, work.info.device) == 2


def test_an_erased_row_is_still_bound_to_what_it_was_about(filled: Store) -> None:
    with scratch(filled) as work:
        work.connection.execute(
            update(TABLE).where(at(2)).values(salt=None, changes=None, sealed=None, commitment=None, action="erase")
        )
        assert broken_at(work.connection, work.sealer, work.info.device) == 2


def test_equal_changes_hash_differently(store: Store) -> None:
    """The salt keeps an erased value from being guessed from its hash."""
    with store.work() as work:
        for number in (1, 2):
            work.write(Person, record_id(number), name="Maria")
        first, second = rows(work.connection)
    assert first.changes == second.changes
    assert first.digest != second.digest
    assert len(first.salt) == len(second.salt) == 16
