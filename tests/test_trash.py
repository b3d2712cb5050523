# SPDX-License-Identifier: GPL-3.0-or-later
"""Deleting and taking back: a person goes with all that belongs to it, and comes back with just that.

Two devices are two states of a record: what one would send is merged into the other by the rules of `sync.merge`.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from desks import Desks, enrolled, resident, shared_case
from sample_records import write_sample
from sqlalchemy import select
from store_tools import standing

from trafficwatch.casework import attachments
from trafficwatch.casework.overview import care_of, open_referrals
from trafficwatch.models.casework import Referral, Screening
from trafficwatch.models.exchange import FieldState, RecordState
from trafficwatch.models.migration import CheckIn, Document, HomeVisit, Journey
from trafficwatch.models.people import Person, PersonPair, Relative, SafeContact
from trafficwatch.models.record_types import RECORD_TYPES
from trafficwatch.models.tables import RECORD_TABLES, local
from trafficwatch.models.watching import SignNote
from trafficwatch.registry import browse, trash
from trafficwatch.registry.residents import agree_safe_contact, check_document, plan_journey, record_person
from trafficwatch.registry.trash import NotDeletable, PartOfDeleted, Reason, RestoreReasonMissing
from trafficwatch.screening.overview import screenings_of, worrying
from trafficwatch.store.belonging import PARENTS
from trafficwatch.store.records import RecordUnknown
from trafficwatch.store.training import TrainingNeeded
from trafficwatch.store.work import FieldOwnedElsewhere, Store, Work
from trafficwatch.sync import outbox
from trafficwatch.sync.inbox import received_cases
from trafficwatch.sync.merge import merge_records

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c49444154789c6360606000000004000127348803"
    "0000000049454e44ae426082"
)


@pytest.fixture
def desks(tmp_path: Path) -> Iterator[Desks]:
    with enrolled(tmp_path) as both:
        yield both


@pytest.fixture
def village(desks: Desks) -> Store:
    return desks.village


def with_everything(store: Store) -> str:
    """A resident with a record of every type that belongs to one; gives the person's id."""
    person = shared_case(store)
    with store.work() as work:
        journey = plan_journey(work, person, destination_country="MY", stage="plan", departure_on="2026-12-01")
        check_document(work, person, journey.id, kind="passport", found="doubtful")
        agree_safe_contact(work, person, way="phone", number="0812")
        attachments.add(work, person, "bukti.png", PNG)
        work.write(Relative, None, person_id=person, name="Yuli", relation="sibling")
        work.write(HomeVisit, None, person_id=person, journey_id=journey.id, visited_on="2026-11-20")
        work.write(CheckIn, None, person_id=person, journey_id=journey.id, outcome="no_answer")
        work.write(SignNote, None, person_id=person, noted_on="2026-11-20", noted_by=work.volunteer)
        work.write(PersonPair, None, person_id=person, other_id=person, verdict="different")  # the first link binds
        for name in trash.DELETABLE:
            if name != "person" and not of_person(work, name, person):
                write_sample(work, name, person_id=person)
    return person


def deleted(work: Work) -> dict[str, list[str | None]]:
    """What `deleted` says of every record of a person, by type."""
    return {
        name: list(work.connection.execute(select(RECORD_TABLES[name].c.deleted)).scalars()) for name in trash.DELETABLE
    }


def of_person(work: Work, type_name: str, person: str) -> list[str]:
    table = RECORD_TABLES[type_name]
    return list(work.connection.execute(select(table.c.id).where(table.c.person_id == person)).scalars())


def required_links() -> set[str]:
    return {link.name for found in RECORD_TYPES.values() for link in found.links if link.required}


# -- what goes along ---------------------------------------------------------------------------------------------------


def test_every_required_link_is_known_to_bind_or_not() -> None:
    """A new record type has to say whether it goes with what it links to."""
    free = {"institution_id", "recruiter_id", "journey_id", "other_id", "screening_id"}
    free |= {link for link in required_links() if link.endswith("_by")}
    assert required_links() == PARENTS | free
    assert {name for name in RECORD_TYPES if name not in trash.DELETABLE} == {
        "care_policy",
        "case_part",
        "deep_assessment",
        "institution",
        "offer",
        "protection_request",
        "questionnaire",
        "recruiter",
        "second_reading",
        "tally",
        "training",
        "visitor",
        "volunteer",
    }


def test_a_person_goes_with_all_that_belongs_to_it(village: Store) -> None:
    person = with_everything(village)
    other = resident(village, "Maria Seran")
    with village.work() as work:
        counts = trash.goes_along(work, "person", person)
        assert counts == dict.fromkeys(trash.DELETABLE, 1)
        assert trash.delete(work, "person", person, Reason.ENTERED_TWICE) == len(trash.DELETABLE)
        found = deleted(work)
        assert found.pop("person") == ["entered_twice", None]
        assert found == {name: [f"with:person/{person}"] for name in found}
        assert work.records.get(Person, other).deleted is None


def test_a_deleted_person_is_nowhere_to_be_seen(desks: Desks, village: Store) -> None:
    person = with_everything(village)
    with village.work() as work:
        before = {name for name, shown in seen(work, person).items() if shown}
        leaving = {each.type for each in outbox.what_leaves(work)}
        assert before == seen(work, person).keys()
        assert set(trash.DELETABLE) - leaving == {"person_pair", "sign_note"}
        trash.delete(work, "person", person, Reason.PERSON_ASKED)
        assert {name for name, shown in seen(work, person).items() if shown} == set()
        assert {each.type for each in outbox.what_leaves(work)}.isdisjoint(trash.DELETABLE)


def test_the_deletion_follows_what_went_out_and_nothing_else_does(desks: Desks, village: Store) -> None:
    person = with_everything(village)
    desks.exchange()
    with desks.ppt.work() as work:
        assert len(received_cases(work)) == len(open_referrals(work)) == 1
    with village.work() as work:
        trash.delete(work, "person", person, Reason.PERSON_ASKED)
        going = {each.type: each.reasons for each in outbox.what_leaves(work) if each.type in trash.DELETABLE}
        assert set(going.values()) == {("follows",)}
        assert {"person", "screening", "referral", "case_record", "consent"} <= set(going)
    desks.exchange()
    with desks.ppt.work() as work:
        assert received_cases(work) == ()
        assert open_referrals(work) == ()
        assert work.records.select(Referral) == []
        [row] = trash.trash(work).rows
        assert (row.reason, row.deleted_by) == ("person_asked", "")
    with village.work() as work:
        assert {each.type for each in outbox.what_leaves(work)}.isdisjoint(trash.DELETABLE)
        trash.restore(work, "person", person, "salah hapus")
    desks.exchange()
    with desks.ppt.work() as work:
        assert len(received_cases(work)) == len(open_referrals(work)) == 1


def seen(work: Work, person: str) -> dict[str, object]:
    """Where screens show anything of a person."""
    card = browse.resident_card(work, person)
    care = care_of(work, person)
    return {
        "list": browse.residents(work).total,
        "search": browse.residents(work, "Yohanis").total,
        "similar": browse.similar(work, "Yohanis Bere"),
        "leaving": browse.leaving_soon(work),
        "counts": browse.counts(work).people + browse.counts(work).planned,
        "papers": card.documents,
        "journeys": card.journeys,
        "contact": card.contact,
        "care": (*care.consents, *care.cases, *care.referrals),
        "agreement": care.agreement.scopes,
        "referrals": open_referrals(work),
        "screenings": screenings_of(work, person),
        "worrying": worrying(work),
        "evidence": attachments.attachment_count(work, person),
    }


def test_what_came_without_its_deletion_is_not_shown_either(desks: Desks, village: Store) -> None:
    """What another device added meanwhile is not deleted; its person is."""
    person = shared_case(village)
    desks.exchange()
    for store in (village, desks.ppt):
        with store.work() as work:
            home = work.records.home("person", person) or ""
            theirs = RecordState("person", person, {"deleted": standing((900, "f", "other"))})
            work.take_in(merge_records(state_of(work, "person", person), theirs), home)
            assert len(work.records.select(Referral)) == len(work.records.select(Screening)) == 1
            assert (open_referrals(work), worrying(work), received_cases(work)) == ((), (), ())


def test_deleting_one_paper_leaves_the_others(village: Store) -> None:
    with village.work() as work:
        person = record_person(work, name="Maria").person.id
        journey = plan_journey(work, person, destination_country="MY").id
        paper = check_document(work, person, journey, kind="passport").id
        assert trash.delete(work, "journey", journey, Reason.ENTERED_WRONGLY) == 1
        assert [each.id for each in work.records.select(Document)] == [paper]
        assert work.records.select(Journey) == []


def test_a_case_goes_with_its_referrals(village: Store) -> None:
    person = shared_case(village)
    with village.work() as work:
        [case] = of_person(work, "case_record", person)
        assert trash.goes_along(work, "case_record", case) == {"case_record": 1, "referral": 1}
        trash.delete(work, "case_record", case, Reason.WRONG_PERSON)
        assert len(work.records.select(Screening)) == 1
        [row] = trash.trash(work).rows
        assert (row.type, row.label, row.others) == ("case_record", "Yohanis Bere", 1)


# -- who may, and what can't be ----------------------------------------------------------------------------------------


def test_only_the_trained_delete_case_data(desks: Desks) -> None:
    person = shared_case(desks.village)
    bare = resident(desks.village, "Maria Seran")
    with desks.helper().work() as work:
        [referral] = of_person(work, "referral", person)
        for type_name, record in (("person", person), ("referral", referral)):
            with pytest.raises(TrainingNeeded):
                trash.delete(work, type_name, record, Reason.OTHER)
        assert trash.delete(work, "person", bare, Reason.OTHER) == 1
        assert deleted(work)["referral"] == [None]
    with desks.trained().work() as work:
        trash.delete(work, "person", person, Reason.OTHER)
    with desks.helper().work() as work, pytest.raises(TrainingNeeded):
        trash.restore(work, "person", person, "salah hapus")


def test_what_is_not_about_a_person_is_not_deleted(village: Store) -> None:
    with village.work() as work:
        for type_name in ("volunteer", "institution", "tally", "training"):
            with pytest.raises(NotDeletable):
                trash.delete(work, type_name, work.volunteer or "", Reason.OTHER)
        for done in (trash.delete, trash.restore):
            with pytest.raises(RecordUnknown):
                done(work, "person", "00000000-0000-4000-8000-000000000000", Reason.OTHER)


def test_the_ppt_does_not_delete_a_record_of_a_village(desks: Desks) -> None:
    person = shared_case(desks.village)
    desks.exchange()
    with pytest.raises(FieldOwnedElsewhere), desks.ppt.work() as work:
        trash.delete(work, "person", person, Reason.OTHER)


def test_deleting_twice_changes_nothing(village: Store) -> None:
    person = resident(village)
    with village.work() as work:
        assert trash.delete(work, "person", person, Reason.ENTERED_TWICE) == 1
        counter = work.info.counter
        assert trash.delete(work, "person", person, Reason.OTHER) == 0
        assert work.info.counter == counter
        assert work.records.get(Person, person).deleted == "entered_twice"


# -- taking it back ----------------------------------------------------------------------------------------------------


def test_restoring_brings_back_what_was_deleted_together(village: Store) -> None:
    person = with_everything(village)
    with village.work() as work:
        [journey], [paper] = of_person(work, "journey", person), of_person(work, "document", person)
        trash.delete(work, "document", paper, Reason.ENTERED_WRONGLY)
        trash.delete(work, "person", person, Reason.OTHER)
        assert trash.restore(work, "person", person, " salah hapus ") == len(trash.DELETABLE) - 1
        assert work.records.get(Journey, journey).deleted is None
        assert work.records.get(Document, paper).deleted == "entered_wrongly"
        assert [row.id for row in trash.trash(work).rows] == [paper]
        last = work.connection.execute(select(local.journal).order_by(local.journal.c.sequence.desc())).first()
        assert last is not None
        assert (last.action, last.type, last.id) == ("restore", "person", person)
        assert "salah hapus" not in last.changes  # with case data in the group the reason may be case text
        assert trash.restore(work, "document", paper, "ternyata benar") == 1
        assert trash.trash(work).total == 0
        assert trash.restore(work, "person", person, "lagi") == 0


def test_groups_inside_groups_stay_apart(village: Store) -> None:
    person = shared_case(village)
    with village.work() as work:
        [case], [referral] = of_person(work, "case_record", person), of_person(work, "referral", person)
        trash.delete(work, "case_record", case, Reason.OTHER)
        trash.delete(work, "person", person, Reason.OTHER)
        for type_name, part in (("referral", referral), ("case_record", case)):
            with pytest.raises(PartOfDeleted):
                trash.restore(work, type_name, part, "salah")
        trash.restore(work, "person", person, "salah")
        assert work.records.get(Referral, referral).deleted == f"with:case_record/{case}"
        with pytest.raises(PartOfDeleted):
            trash.restore(work, "referral", referral, "salah")
        assert trash.restore(work, "case_record", case, "salah") == 2
        assert work.records.get(Referral, referral).deleted is None


def test_nothing_is_restored_without_a_reason(village: Store) -> None:
    person = resident(village)
    with village.work() as work:
        trash.delete(work, "person", person, Reason.OTHER)
        with pytest.raises(RestoreReasonMissing):
            trash.restore(work, "person", person, "  ")
        assert work.records.get(Person, person).deleted == "other"


def test_the_trash_lists_the_latest_first(desks: Desks, village: Store) -> None:
    people = [resident(village, name) for name in ("Ana", "Budi", "Citra")]
    for person in people:
        desks.clock.move(minutes=1)
        with village.work() as work:
            trash.delete(work, "person", person, Reason.ENTERED_TWICE)
    with village.work() as work:
        page = trash.trash(work, offset=0, limit=2)
        assert ([row.label for row in page.rows], page.total) == (["Citra", "Budi"], 3)
        assert [row.label for row in trash.trash(work, offset=2, limit=2).rows] == ["Ana"]
        first = page.rows[0]
        assert (first.deleted_at, first.deleted_by, first.others) == (work.now, "Maria Tefa", 0)


# -- two devices -------------------------------------------------------------------------------------------------------


def state_of(work: Work, type_name: str, record: str) -> RecordState:
    found = work.records.state(type_name, record)
    assert found is not None
    return found


def came(work: Work, type_name: str, record: str, field: FieldState) -> None:
    """Another device's word on the deletion of a record arrives."""
    theirs = RecordState(type_name, record, {"deleted": field})
    work.take_in(merge_records(state_of(work, type_name, record), theirs), work.info.code)


def test_restoring_reaches_the_device_that_had_seen_the_deletion(village: Store) -> None:
    person = resident(village)
    with village.work() as work:
        trash.delete(work, "person", person, Reason.OTHER)
        there = state_of(work, "person", person)
        trash.restore(work, "person", person, "salah hapus")
        here = state_of(work, "person", person)
    for one, other in ((here, there), (there, here)):
        assert merge_records(one, other).fields["deleted"] == here.fields["deleted"]


def test_a_deletion_that_the_restoring_had_not_seen_stands(village: Store) -> None:
    person = resident(village)
    with village.work() as work:
        trash.delete(work, "person", person, Reason.OTHER)
        trash.restore(work, "person", person, "salah hapus")
        came(work, "person", person, standing((1, "f", "person_asked")))
        assert work.records.get(Person, person).deleted == "person_asked"
        assert browse.residents(work).total == 0
        trash.restore(work, "person", person, "sudah ditanyakan lagi")
        assert work.records.get(Person, person).deleted is None
        assert not state_of(work, "person", person).fields["deleted"].differs


def test_a_part_that_another_device_deleted_for_itself_stays_deleted(village: Store) -> None:
    with village.work() as work:
        person = record_person(work, name="Maria").person.id
        journeys = [plan_journey(work, person, destination_country="MY").id for _ in range(2)]
        trash.delete(work, "person", person, Reason.OTHER)
        came(work, "journey", journeys[0], standing((1, "f", "entered_twice")))
        assert trash.restore(work, "person", person, "salah hapus") == 3
        assert work.records.get(Journey, journeys[0]).deleted == "entered_twice"
        assert work.records.get(Journey, journeys[1]).deleted is None
        assert [row.id for row in trash.trash(work).rows] == [journeys[0]]


def test_two_devices_that_delete_the_same_person_agree(village: Store) -> None:
    with village.work() as work:
        person = record_person(work, name="Maria").person.id
        journey = plan_journey(work, person, destination_country="MY").id
        contact = agree_safe_contact(work, person, way="visit").id
        trash.delete(work, "person", person, Reason.OTHER)
        came(work, "person", person, standing((900, "f", "entered_twice")))
        came(work, "journey", journey, standing((901, "f", f"with:person/{person}")))
        assert trash.trash(work).total == 1
        assert trash.restore(work, "person", person, "masih tinggal di sini") == 3
        assert (work.records.get(Journey, journey).deleted, work.records.get(SafeContact, contact).deleted) == (
            None,
        ) * 2
