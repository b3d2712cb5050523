# SPDX-License-Identifier: GPL-3.0-or-later
"""Withdrawal and erasure reach the PPT, and come back as signed 'removed' receipts (design 6)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from canaries import CANARY, hidden_in
from desks import (
    SHARED,
    TARUS,
    Clock,
    Desks,
    agree,
    deliveries,
    enrol,
    enrolled,
    found_village,
    make_bundle,
    resident,
    screen,
    shared_case,
)
from sqlalchemy import insert, select
from stub_tools import canary_case, everything, read_here

from trafficwatch.casework.consents import withdraw_consent
from trafficwatch.models.casework import CaseRecord, Consent, ConsentScope, Reading, Referral, Screening, SecondReading
from trafficwatch.models.exchange import BundleKind, Delivery
from trafficwatch.models.people import Person
from trafficwatch.models.tables import local
from trafficwatch.store.check import check
from trafficwatch.store.erasure import Ground, erase, is_erased
from trafficwatch.store.work import Store
from trafficwatch.sync import removing, wire
from trafficwatch.sync.exporting import NothingToSend, export
from trafficwatch.sync.importing import take_in


@pytest.fixture
def desks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desks]:
    read_here(monkeypatch)
    with enrolled(tmp_path) as both:
        yield both


def withdraw(store: Store) -> None:
    with store.work() as work:
        for consent in work.records.select(Consent):
            withdraw_consent(work, consent.id, "berubah pikiran")


def second_reading(desks: Desks, screening: str) -> str:
    with desks.ppt.work() as work:
        person = work.records.get(Screening, screening).person_id
        fields = {"read_on": "2026-11-21", "read_by": work.volunteer, "reading": Reading.CONFIRMED.value}
        return work.write(
            SecondReading, None, screening_id=screening, person_id=person, **fields, reason="dibaca ulang"
        )


def states(store: Store) -> set[str]:
    return {state for state, _ in deliveries(store).values()}


# -- withdrawal --------------------------------------------------------------------------------------------------------


def test_what_a_withdrawn_consent_leaves_uncovered_goes_at_the_ppt(desks: Desks) -> None:
    canary_case(desks.village)
    desks.exchange()
    with desks.ppt.work() as work:
        [screening] = work.records.select(Screening)
    reading = second_reading(desks, screening.id)
    assert hidden_in(everything(desks.ppt))
    withdraw(desks.village)
    [done] = desks.exchange()
    assert hidden_in(everything(desks.ppt)) == []
    assert check(desks.ppt).findings == ()
    assert {result.reason for result in done.results if result.state is Delivery.REMOVED} == {removing.WITHDRAWN}
    with desks.ppt.work() as work:
        assert work.records.get(SecondReading, reading).reason == "dibaca ulang"  # its own word stays with the PPT
        assert [each.name for each in work.records.select(Person)] == [None]
        [removal] = removing.removals(work)
    assert removal.reasons == ((removing.WITHDRAWN, removal.records),)
    told = deliveries(desks.village)
    assert {told[each.type, each.id] for each in done.results if each.state is Delivery.REMOVED} == {
        (Delivery.REMOVED, removing.WITHDRAWN)
    }
    assert told["screening", screening.id][0] == Delivery.REMOVED
    with pytest.raises(NothingToSend):
        export(desks.village, desks.stick)
    assert check(desks.village).findings == ()


def test_what_comes_late_is_refused_and_kept_nowhere(desks: Desks) -> None:
    """A stick from before the withdrawal, taken in after it."""
    shared_case(desks.village)
    with desks.village.work() as work:
        [referral] = work.records.select(Referral)
        work.write(Referral, referral.id, purpose=CANARY)
    [late] = desks.send()
    withdraw(desks.village)
    [path] = desks.send()
    desks.deliver(path)
    desks.deliver(late)
    with desks.ppt.work() as work:
        assert [each.purpose for each in work.records.select(Referral)] == [None]
    assert hidden_in(everything(desks.ppt)) == []


def test_consent_given_again_opens_again(desks: Desks) -> None:
    person = shared_case(desks.village)
    desks.exchange()
    withdraw(desks.village)
    desks.exchange()
    agree(desks.village, person, *SHARED)
    desks.exchange()
    with desks.ppt.work() as work:
        [referral] = work.records.select(Referral)
        assert (referral.purpose, work.records.get(Person, person).name) == ("Pendampingan", "Yohanis Bere")
    assert states(desks.village) == {Delivery.RECEIVED}


def test_a_field_that_is_refused_later_goes_too(desks: Desks) -> None:
    person = shared_case(desks.village)
    desks.exchange()
    agree(desks.village, person, *SHARED, refused=("referral.purpose",))
    desks.exchange()
    with desks.ppt.work() as work:
        [referral] = work.records.select(Referral)
        assert (referral.purpose, referral.companion, bool(work.records.select(Screening)[0].answers)) == (
            None,
            "Relawan desa",
            True,
        )


def test_a_day_that_ran_out_takes_nothing_away(desks: Desks) -> None:
    person = resident(desks.village)
    agree(desks.village, person, *SHARED, valid_until="2026-11-25")
    screen(desks.village, person)
    desks.exchange()
    desks.clock.move(days=10)
    resident(desks.village, "Maria Seran")
    with desks.village.work() as work:
        [consent] = work.records.select(Consent)
        work.write(Consent, consent.id, method="thumbprint")
    desks.exchange()
    with desks.ppt.work() as work:
        assert work.records.select(Screening)[0].finding == "suspected"


def test_while_a_word_is_set_aside_nothing_is_taken_for_want_of_it(desks: Desks) -> None:
    """The consent given again could not be read: what it opens stays until it can be."""
    person = shared_case(desks.village)
    desks.exchange()
    withdraw(desks.village)
    [path] = desks.send()
    with desks.ppt.work() as work:
        [device] = work.connection.execute(select(local.peer.c.device).where(local.peer.c.side == "village")).scalars()
        text = work.sealer.seal("quarantine", device, "b/1", f'{{"person_id":"{person}"}}')
        values = {"sender": device, "bundle": "b", "line": 1, "type": "consent", "id": "x", "reason": "link_missing"}
        work.connection.execute(insert(local.quarantine).values(**values, content=text))
    desks.deliver(path)
    with desks.ppt.work() as work:
        assert work.records.select(Referral)[0].purpose == "Pendampingan"


# -- erasure -----------------------------------------------------------------------------------------------------------


def test_what_is_erased_in_the_village_is_erased_at_the_ppt(desks: Desks) -> None:
    person = canary_case(desks.village)
    desks.exchange()
    with desks.ppt.work() as work:
        [screening] = work.records.select(Screening)
    reading = second_reading(desks, screening.id)
    erase(desks.village, "person", person, Ground.PERSON_ASKED)
    [done] = desks.exchange()
    assert done.refused == 0
    assert hidden_in(everything(desks.ppt)) == []
    assert check(desks.ppt).findings == ()
    with desks.ppt.work() as work:
        assert is_erased(work.connection, "person", person)
        assert work.records.get(SecondReading, reading).reason == "dibaca ulang"
        [device] = work.connection.execute(select(local.peer.c.device).where(local.peer.c.side == "village")).scalars()
        [removal] = removing.removals(work)
    assert dict(removal.reasons) == {"person_asked": removal.records}
    with desks.village.work() as work:
        [ppt] = work.connection.execute(select(local.peer.c.device)).scalars()
        told = removing.removed_there(work, ppt)
    assert told
    assert all(each.removed_at for each in told)
    assert device
    with pytest.raises(NothingToSend):
        export(desks.village, desks.stick)


def test_it_is_told_until_it_is_confirmed(desks: Desks) -> None:
    person = shared_case(desks.village)
    desks.exchange()
    erase(desks.village, "person", person, Ground.CONSENT_WITHDRAWN)
    first, second = desks.send(), desks.send()
    _, receipt = desks.deliver(second[0])
    take_in(desks.village, receipt)
    with pytest.raises(NothingToSend):
        export(desks.village, desks.stick)
    again, _ = desks.deliver(first[0])
    assert {result.state for result in again.results} == {Delivery.REMOVED, Delivery.RECEIVED}  # the tally


def test_what_never_came_stays_out(desks: Desks) -> None:
    """Erased before its stick arrived."""
    person = shared_case(desks.village)
    [late] = desks.send()
    erase(desks.village, "person", person, Ground.PERSON_ASKED)
    [path] = desks.send()
    desks.deliver(path)
    done, _ = desks.deliver(late)
    assert {result.reason for result in done.results if result.type == "person"} == {"record_erased"}
    with desks.ppt.work() as work:
        assert work.records.select(CaseRecord) == []


def test_nobody_erases_the_records_of_another_village(desks: Desks, tmp_path: Path) -> None:
    person = shared_case(desks.village)
    desks.exchange()
    other = found_village(tmp_path / "tarus", Clock(), TARUS)
    enrol(other, desks.ppt, tmp_path)
    with desks.ppt.work() as work:
        institution = work.records.values("institution", "id")[0]
        [ppt] = work.connection.execute(select(local.own_device.c.device)).scalars()
    lines = [
        wire.encode_control(wire.EraseLine("person", person, "person_asked")),
        wire.encode_control(wire.EraseLine("institution", institution, "person_asked")),
        wire.encode_control(wire.EraseLine("nonsense", "../x", "")),
    ]
    path = make_bundle(other, ppt, BundleKind.REPORT, lines, desks.stick / "forged.twb")
    done, _ = desks.deliver(path)
    other.close()
    assert [result.reason for result in done.results] == [
        "record_of_another_village",
        "field_owned_elsewhere",
        "record_type_unknown",
    ]
    with desks.ppt.work() as work:
        assert work.records.get(Person, person).name == "Yohanis Bere"
        assert work.records.exists("institution", institution)


def test_a_card_alone_goes_when_its_sharing_ends(desks: Desks) -> None:
    person = resident(desks.village)
    agree(desks.village, person, ConsentScope.SHARE_CARD)
    desks.exchange()
    withdraw(desks.village)
    desks.exchange()
    with desks.ppt.work() as work:
        assert work.records.get(Person, person).name is None
    assert deliveries(desks.village)["person", person] == (Delivery.REMOVED, removing.WITHDRAWN)


def test_a_second_laptop_does_not_bring_it_back(desks: Desks) -> None:
    """A bundle that was made before the withdrawal, of records that the PPT had and removed."""
    shared_case(desks.village)
    desks.exchange()
    with desks.village.work() as work:
        [referral] = work.records.select(Referral)
        work.write(Referral, referral.id, purpose=CANARY)
    [late] = desks.send()
    withdraw(desks.village)
    desks.exchange()
    done, _ = desks.deliver(late)
    assert ("referral", removing.WITHDRAWN) in {(each.type, each.reason) for each in done.results}
    assert {each.state for each in done.results if each.type == "referral"} == {Delivery.REFUSED}
    assert hidden_in(everything(desks.ppt)) == []
