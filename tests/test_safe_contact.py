# SPDX-License-Identifier: GPL-3.0-or-later
"""How somebody may be reached: a form settles nothing that nobody looked at, and a new ban is always seen."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import select
from store_tools import scratch, standing, trained_store

from trafficwatch.models.exchange import RecordState
from trafficwatch.models.people import SafeContact
from trafficwatch.models.tables import local
from trafficwatch.registry import trash
from trafficwatch.registry.browse import resident_card
from trafficwatch.registry.residents import CardInput, agree_safe_contact, record_person, save_card
from trafficwatch.registry.trash import Reason
from trafficwatch.store.work import Store, Work
from trafficwatch.sync.merge import merge_records


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    with trained_store(tmp_path_factory.mktemp("contacts")) as found:
        yield found


@pytest.fixture
def work(store: Store) -> Iterator[Work]:
    with scratch(store) as found:
        yield found


def journal_reasons(work: Work) -> list[tuple[str, str]]:
    entries = work.connection.execute(select(local.journal.c.action, local.journal.c.changes)).all()
    return [(action, changes) for action, changes in entries if action == "restore"]


def test_writing_the_hours_leaves_a_difference_open(work: Work) -> None:
    person = record_person(work, name="Maria").person.id
    contact = agree_safe_contact(work, person, way="phone", number="0812", never_tell="Perekrut").id
    theirs = {name: standing((900, "f", said)) for name, said in {"number": "0899", "never_tell": "Suami"}.items()}
    mine = work.records.state("safe_contact", contact)
    assert mine is not None
    work.take_in(merge_records(mine, RecordState("safe_contact", contact, theirs)), work.info.code)
    save_card(work, CardInput({}, contact={"hours": "malam"}), person)
    assert work.records.get(SafeContact, contact).hours == "malam"
    found = work.records.standing("safe_contact", "number"), work.records.standing("safe_contact", "never_tell")
    assert [each[contact] for each in found] == [{"0812", "0899"}, {"Perekrut", "Suami"}]


def test_a_ban_on_a_deleted_safe_contact_is_seen(work: Work) -> None:
    person = record_person(work, name="Maria").person.id
    contact = agree_safe_contact(work, person, way="phone", number="0812").id
    trash.delete(work, "safe_contact", contact, Reason.ENTERED_WRONGLY)
    save_card(work, CardInput({}, contact={"hours": None}), person)
    assert resident_card(work, person).contact is None  # nothing was agreed
    save_card(work, CardInput({}, contact={"do_not_contact": True}), person)
    found = resident_card(work, person).contact
    assert found is not None
    assert (found.id, found.do_not_contact, found.number) == (contact, True, None)  # the old number is no part of it
    assert trash.trash(work).total == 0
    [(_, said)] = journal_reasons(work)
    assert "Kesepakatan baru dicatat" in said


def test_what_went_with_a_person_stays_with_the_person(work: Work) -> None:
    person = record_person(work, name="Maria").person.id
    contact = agree_safe_contact(work, person, way="phone").id
    trash.delete(work, "person", person, Reason.OTHER)
    agree_safe_contact(work, person, do_not_contact=True)
    assert work.records.get(SafeContact, contact).deleted == f"with:person/{person}"
    trash.restore(work, "person", person, "salah hapus")
    found = resident_card(work, person).contact
    assert found is not None
    assert found.do_not_contact
