# SPDX-License-Identifier: GPL-3.0-or-later
"""The village's page 'Kirim': where every record stands, what would leave, and that looking changes nothing."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import pytest
from desks import (
    SHARED,
    Clock,
    Desks,
    agree,
    dump,
    enrolled,
    found_ppt,
    found_village,
    refer,
    resident,
    screen,
    sent,
    shared_case,
)
from sqlalchemy import delete, event

from trafficwatch.casework.consents import consents_of, withdraw_consent
from trafficwatch.models.casework import Consent, ConsentScope
from trafficwatch.models.exchange import Delivery, PeerStatus
from trafficwatch.models.migration import Journey
from trafficwatch.models.people import Person
from trafficwatch.models.tables import local
from trafficwatch.registry.residents import plan_journey, record_person
from trafficwatch.sync import enrolling
from trafficwatch.sync.devices import WrongDesk
from trafficwatch.sync.exporting import NothingToSend, preview
from trafficwatch.sync.importing import take_in
from trafficwatch.sync.outbox import (
    DeliveryPage,
    DeliveryRow,
    LeavingRow,
    Outbox,
    deliveries,
    outbox,
    what_leaves,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from trafficwatch.store.work import Store


@pytest.fixture
def desks(tmp_path: Path) -> Iterator[Desks]:
    with enrolled(tmp_path) as found:
        yield found


def head(store: Store) -> Outbox:
    with store.work() as work:
        return outbox(work)


def page(store: Store, state: Delivery | None = None, offset: int = 0, limit: int = 1_000) -> DeliveryPage:
    with store.work() as work:
        return deliveries(work, state, offset, limit)


def row(store: Store, type_name: str, about: str = "") -> DeliveryRow:
    """The one row of a type, or the one with this id or label."""
    [found] = [each for each in page(store).rows if each.type == type_name and about in {"", each.id, each.label}]
    return found


def leaving(store: Store) -> dict[str, LeavingRow]:
    with store.work() as work:
        return {each.type: each for each in what_leaves(work, 0, 1_000)}


# -- where a record stands ---------------------------------------------------------------------------------------------


def test_a_record_on_its_way(desks: Desks) -> None:
    person = resident(desks.village)
    assert (row(desks.village, "person").state, row(desks.village, "person").reason) == (None, "no_consent")
    agree(desks.village, person, ConsentScope.SHARE_CARD)
    waiting = row(desks.village, "person")
    assert (waiting.state, waiting.bundle, waiting.sent_at, waiting.label) == (
        Delivery.WAITING,
        None,
        None,
        "Yohanis Bere",
    )
    [path] = desks.send()
    carried = row(desks.village, "person")
    assert (carried.state, carried.sent_at) == (Delivery.IN_BUNDLE, "2026-11-21T01:00:00+00:00")
    assert path.name.startswith((carried.bundle or "")[:8])
    taken, receipt = desks.deliver(path)
    take_in(desks.village, receipt)
    assert row(desks.village, "person").state is Delivery.RECEIVED
    assert (row(desks.village, "person").bundle, taken.bundle) == (carried.bundle, carried.bundle)
    with desks.village.work() as work:
        record_person(work, person, address="Dusun 2")
    changed = row(desks.village, "person")
    assert (changed.state, changed.bundle) == (Delivery.WAITING, carried.bundle)


def test_a_refused_record_tells_why(desks: Desks) -> None:
    """A card from which the PPT never got its journey's person: refused with its reason."""
    person = resident(desks.village)
    agree(desks.village, person, ConsentScope.SHARE_CARD)
    desks.exchange()
    with desks.village.work() as work:
        plan_journey(work, person)
    with desks.ppt.work() as work:  # the PPT lost the card
        work.connection.execute(delete(local.difference))
        work.connection.exec_driver_sql("PRAGMA defer_foreign_keys = ON")
        work.connection.exec_driver_sql("DELETE FROM consent")
        work.connection.exec_driver_sql("DELETE FROM record_state WHERE type IN ('person', 'consent')")
        work.connection.exec_driver_sql("DELETE FROM person")
    [done] = desks.exchange()
    assert done.refused == 1
    journey = row(desks.village, "journey")
    assert (journey.state, journey.reason, journey.label) == (Delivery.REFUSED, "link_missing", "Yohanis Bere")
    assert head(desks.village).by_state["refused"] == 1


def test_consent_that_ended_holds_back(desks: Desks) -> None:
    person = resident(desks.village)
    agree(desks.village, person, ConsentScope.SHARE_CARD)
    desks.exchange()
    with desks.village.work() as work:
        withdraw_consent(work, consents_of(work, person)[0].id, "Tidak mau lagi")
    held = row(desks.village, "person")
    assert (held.state, held.reason, held.sent_at is not None) == (None, "no_consent", True)
    assert row(desks.village, "consent").state is Delivery.WAITING  # the end itself must be told


def test_a_refused_field_can_hold_a_record_back(desks: Desks) -> None:
    person = resident(desks.village)
    with desks.village.work() as work:
        plan_journey(work, person)
    agree(desks.village, person, ConsentScope.SHARE_CARD, refused=("journey.person_id",))
    journey = row(desks.village, "journey")
    assert (journey.state, journey.reason) == (None, "fields_refused")
    assert row(desks.village, "person").state is Delivery.WAITING


def test_what_was_deleted_before_it_left_is_no_row(desks: Desks) -> None:
    person = resident(desks.village)
    with desks.village.work() as work:
        journey = plan_journey(work, person)
        work.write(Journey, journey.id, deleted="Salah catat")
    assert {each.type for each in page(desks.village).rows} >= {"person", "tally"}
    assert "journey" not in {each.type for each in page(desks.village).rows}
    with desks.village.work() as work:
        work.write(Person, person, deleted="Salah catat")
    assert "person" not in {each.type for each in page(desks.village).rows}


def test_labels_are_what_a_volunteer_recognises(desks: Desks) -> None:
    shared_case(desks.village, "Marta Bere")
    labels = {each.type: each.label for each in page(desks.village).rows if each.type not in {"volunteer", "training"}}
    assert labels.pop("tally") == ""
    assert set(labels) == {"person", "consent", "screening", "case_record", "referral"}
    assert set(labels.values()) == {"Marta Bere"}
    assert {each.label for each in page(desks.village).rows if each.type == "volunteer"} == {
        "Maria Tefa",
        "Serafina Manek",
    }
    assert row(desks.village, "training").label == "Maria Tefa"
    assert "institution" not in {each.type for each in page(desks.village).rows}  # these are the PPT's


def test_pages_and_filters(desks: Desks) -> None:
    for number in range(5):
        person = resident(desks.village, f"Warga {number}")
        if number < 3:
            agree(desks.village, person, ConsentScope.SHARE_CARD)
    everything = page(desks.village)
    assert len(everything.rows) == everything.total
    assert page(desks.village, None, 2, 3) == DeliveryPage(everything.rows[2:5], everything.total)
    waiting = page(desks.village, Delivery.WAITING)
    assert waiting.rows == tuple(each for each in everything.rows if each.state is Delivery.WAITING)
    assert Counter(each.type for each in waiting.rows)["person"] == 3
    assert page(desks.village, Delivery.RECEIVED) == DeliveryPage((), 0)
    assert head(desks.village).by_state == {
        "waiting": waiting.total,
        "withheld": everything.total - waiting.total,
    }


def test_without_the_case_key_a_case_waits_for_who_has_it(desks: Desks) -> None:
    person = shared_case(desks.village)
    other = resident(desks.village, "Marta")
    screen(desks.village, other)
    helper = desks.helper()
    by_label = {each.label: each for each in page(helper).rows if each.type == "screening"}
    assert (by_label["Yohanis Bere"].state, by_label["Yohanis Bere"].reason) == (Delivery.WAITING, "case_key_needed")
    assert (by_label["Marta"].state, by_label["Marta"].reason) == (None, "no_consent")
    trained = desks.trained()
    desks.exchange()
    with trained.work() as work:
        record_person(work, person, address="Dusun 2")
    helper = desks.helper()
    assert row(helper, "referral").state is Delivery.RECEIVED
    assert row(helper, "person", person).state is Delivery.WAITING


def test_what_a_trained_volunteer_sent_does_not_go_again(desks: Desks) -> None:
    """Who lacks the case key sees less of a consent than what was sent of it; what they change of it still goes."""
    person = resident(desks.village)
    consent = agree(desks.village, person, *SHARED, witness="Agus", explained="Di rumah")
    desks.exchange()
    helper = desks.helper()
    assert head(helper).by_state == {"received": page(helper).total}
    assert (leaving(helper), row(helper, "consent").state) == ({}, Delivery.RECEIVED)
    with pytest.raises(NothingToSend):
        desks.send()
    with helper.work() as work:
        withdraw_consent(work, consent, "Tidak mau lagi")
    assert leaving(helper).keys() == {"consent", "tally"}
    assert [done.refused for done in desks.exchange()] == [0]
    assert leaving(helper) == leaving(desks.trained()) == {}


def test_the_sealed_part_of_a_consent_waits_for_who_sees_it(desks: Desks) -> None:
    person = resident(desks.village)
    consent = agree(desks.village, person, *SHARED, witness="Agus")
    desks.helper()
    desks.exchange()  # the open part is sent and confirmed
    assert leaving(desks.village) == {}
    for witness in ("Agus", "Budi"):
        desks.trained()
        with desks.village.work() as work:
            work.write(Consent, consent, witness=witness)
        assert leaving(desks.village).keys() == {"consent"}
        assert row(desks.village, "consent").state is Delivery.WAITING
        desks.exchange()
        assert row(desks.village, "consent").state is Delivery.RECEIVED
        with desks.ppt.work() as work:
            assert work.records.get(Consent, consent).witness == witness


# -- what leaves -------------------------------------------------------------------------------------------------------


def test_what_leaves_is_what_is_sent(desks: Desks) -> None:
    shared_case(desks.village)
    resident(desks.village, "Tidak Setuju")
    with desks.village.work() as work:
        rows = what_leaves(work, 0, 1_000)
        assert what_leaves(work, 1, 2) == rows[1:3]
        counted = preview(work)
    assert Counter(each.type for each in rows) == Counter(counted.counts)
    assert Counter(reason for each in rows for reason in each.reasons) == Counter(counted.reasons)
    [path] = desks.send()
    assert {(each.type, each.id) for each in rows} == {
        (type_name, found) for type_name, ids in sent(desks.ppt, path).items() for found in ids
    }


def test_a_leaving_row_counts_fields(desks: Desks) -> None:
    person = resident(desks.village, address="Dusun 1", religion="Katolik", private_note="rahasia")
    agree(desks.village, person, *SHARED, refused=("person.religion", "person.phones"))
    screen(desks.village, person)
    found = leaving(desks.village)
    assert found["person"] == LeavingRow("person", person, "Yohanis Bere", 2, ("share_case",), ("person.religion",))
    assert found["tally"].reasons == ("always",)
    assert found["screening"].refused == 0


# -- the head ----------------------------------------------------------------------------------------------------------


def test_the_head_of_the_page(desks: Desks) -> None:
    shared_case(desks.village)
    before = head(desks.village)
    assert (before.ppt_name, before.ppt_status) == ("UPTD PPA Kabupaten Kupang", PeerStatus.ACTIVE)
    assert (before.last_sent_at, before.last_receipt_at, before.unconfirmed_bundles) == (None, None, 0)
    with desks.village.work() as work:
        assert before.preview == preview(work)
    desks.clock.move(hours=1)
    [path] = desks.send()
    assert head(desks.village).unconfirmed_bundles == 1
    assert head(desks.village).last_sent_at == "2026-11-21T02:00:00+00:00"
    desks.clock.move(hours=1)
    take_in(desks.village, desks.deliver(path)[1])
    after = head(desks.village)
    assert (after.unconfirmed_bundles, after.last_receipt_at) == (0, "2026-11-21T03:00:00+00:00")
    assert after.preview
    assert (after.preview.counts, set(after.by_state)) == ({}, {"received"})


def test_a_lost_bundle_is_not_waited_for_forever(desks: Desks) -> None:
    shared_case(desks.village)
    desks.send()[0].unlink()
    desks.send()
    assert head(desks.village).unconfirmed_bundles == 1


def test_before_and_after_the_ppt(tmp_path: Path) -> None:
    clock = Clock()
    village, ppt = found_village(tmp_path / "village", clock), found_ppt(tmp_path / "ppt", clock)
    agree(village, resident(village), ConsentScope.SHARE_CARD)
    alone = head(village)
    assert (alone.ppt_name, alone.ppt_status, alone.preview) == (None, None, None)
    assert row(village, "person").state is Delivery.WAITING
    assert "person" in leaving(village)
    pack = enrolling.write_pack(ppt, tmp_path / "pack.twe")
    request = enrolling.write_request(village, pack.path, pack.fingerprint, tmp_path / "request.twe")
    asked = head(village)
    assert (asked.ppt_name, asked.ppt_status, asked.preview) == (
        "UPTD PPA Kabupaten Kupang",
        PeerStatus.PENDING,
        None,
    )
    peer, approval = enrolling.approve(ppt, request.path, request.fingerprint, tmp_path)
    enrolling.accept(village, approval)
    assert head(village).ppt_status is PeerStatus.ACTIVE
    take_in(village, enrolling.revoke(ppt, peer.device, tmp_path, "hilang"))
    assert (head(village).ppt_status, head(village).preview) == (PeerStatus.REVOKED, None)
    village.close()
    ppt.close()


def test_looking_changes_nothing(desks: Desks) -> None:
    shared_case(desks.village)
    before = dump(desks.village)
    head(desks.village)
    page(desks.village)
    leaving(desks.village)
    assert dump(desks.village) == before


def test_looking_asks_as_little_of_many_records_as_of_few(desks: Desks) -> None:
    """The home page looks often: one query per type of record, never one per record."""
    asked = []
    for count in (2, 9):
        for number in range(count):
            person = resident(desks.village, f"Warga {number}")
            with desks.village.work() as work:
                plan_journey(work, person)
            agree(desks.village, person, *SHARED)
            screen(desks.village, person)
        statements: list[str] = []
        with desks.village.work() as work:
            event.listen(work.connection, "before_cursor_execute", lambda *said, to=statements: to.append(said[2]))
            outbox(work)
        asked.append(len(statements))
    assert asked[0] == asked[1]


def test_the_ppt_has_no_such_page(desks: Desks) -> None:
    for look in (outbox, deliveries, what_leaves):
        with pytest.raises(WrongDesk), desks.ppt.work() as work:
            look(work)


def test_a_referral_is_withheld_with_its_case(desks: Desks) -> None:
    person = resident(desks.village)
    agree(desks.village, person, ConsentScope.REFERRAL, ConsentScope.SHARE_CARD)
    refer(desks.village, person)
    assert (row(desks.village, "referral").state, row(desks.village, "referral").reason) == (None, "no_consent")
