# SPDX-License-Identifier: GPL-3.0-or-later
"""A PPT hands a case on to the PPT of another district: by consent or duty, and no further than it may speak for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
from desks import (
    SHARED,
    TARUS,
    Desks,
    agree,
    dump,
    enrol,
    enrolled,
    found_ppt,
    found_village,
    make_bundle,
    refer,
    screen,
)
from desks import resident as record
from peer_tools import device, introduce, opened_here

from trafficwatch.casework.consents import ReasonMissing, withdraw_consent
from trafficwatch.casework.referrals import advance_referral, draft_referral, open_case
from trafficwatch.models.casework import Answered, Consent, ConsentScope, Handover, Referral
from trafficwatch.models.exchange import BundleKind, Peer, PeerStatus, RecordState
from trafficwatch.models.institution import Institution
from trafficwatch.models.people import Person
from trafficwatch.ppt.answers import answer_referral
from trafficwatch.store.work import FieldOwnedElsewhere, Store
from trafficwatch.sync import outgoing, pairing, transferring, wire
from trafficwatch.sync.age import NotForThisRecipient
from trafficwatch.sync.bundle import SenderUnknown
from trafficwatch.sync.devices import DeviceUnknown
from trafficwatch.sync.enrolling import reply
from trafficwatch.sync.importing import Imported, KindUnexpected, take_in
from trafficwatch.sync.replies import carried, villages

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

CITY = ("53.71", "UPTD PPA Kota Kupang")


@dataclass
class Offices(Desks):
    """A village, its PPT, and the PPT of the city; `city_entry` is that one in the directory of the first."""

    city: Store
    city_entry: str


@pytest.fixture
def desks(tmp_path: Path) -> Iterator[Offices]:
    with opened_here(), enrolled(tmp_path) as found:
        city = found_ppt(tmp_path / "city", found.clock, CITY)
        introduce(found.ppt, city, tmp_path)
        with found.ppt.work() as work:
            entry = work.write(Institution, None, name=CITY[1], kind="ppt")
        yield Offices(found.folder, found.stick, found.village, found.ppt, found.clock, city, entry)
        city.close()


def case(desks: Offices, name: str = "Yohanis Bere", *, refused: tuple[str, ...] = (), to: str | None = None) -> str:
    """A case at the first PPT whose person agreed to a referral, to all institutions or to one."""
    person = record(desks.village, name, occupation="nelayan")
    recipients = {"recipients": {to: True}} if to else {}
    agree(desks.village, person, *SHARED, refused=refused, **recipients)
    screen(desks.village, person)
    refer(desks.village, person)
    desks.exchange()
    return person


def handed(desks: Offices, *people: str, reason: str = "pindah ke kota") -> list[Imported]:
    made = transferring.transfer(desks.ppt, device(desks.city), desks.city_entry, people, reason, desks.stick)
    return [take_in(desks.city, each.path) for each in made]


def test_a_case_arrives_whole_and_stays_at_home_where_it_was(desks: Offices) -> None:
    person, other = case(desks), case(desks, "Marta Bere")
    with desks.ppt.work() as work:
        [referral] = [each for each in work.records.select(Referral) if each.person_id == person]
        answer_referral(work, referral.id, Answered.ARRIVED, None)
    [done] = handed(desks, person)
    assert done.refused == 0
    with desks.city.work() as work, desks.ppt.work() as ppt:
        for name in ("person", "consent", "screening", "case_record", "referral"):
            [state] = work.records.states(name)
            assert state == ppt.records.state(name, state.id)
            assert work.records.home(name, state.id) == "53.01.08.2008"
        assert not work.records.exists("person", other)
        with pytest.raises(FieldOwnedElsewhere):
            work.write(Person, person, name="Lain")
        assert {each.code for each in villages(work)} == set()
    receipt = outgoing.write_answer(desks.city, done.receipt or "", desks.stick)
    assert take_in(desks.ppt, receipt).received == done.received
    before = dump(desks.city)["person"]
    [again] = handed(desks, person)
    assert (again.refused, dump(desks.city)["person"]) == (0, before)


def test_who_did_not_agree_is_not_handed_on(desks: Offices) -> None:
    silent = record(desks.village, "Frans Tefa")
    agree(desks.village, silent, ConsentScope.SHARE_CASE)
    screen(desks.village, silent)
    person = case(desks)
    before = dump(desks.ppt)
    with pytest.raises(transferring.TransferNotAgreed) as found:
        handed(desks, person, silent)
    assert found.value.params == {"count": 1}
    with pytest.raises(ReasonMissing):
        handed(desks, person, reason=" ")
    assert dump(desks.ppt) == before
    with desks.village.work() as work:
        first = work.records.select(Institution)[0].id
    named = case(desks, "Marta Bere", to=first)
    with pytest.raises(transferring.TransferNotAgreed):
        handed(desks, named)


def test_a_refused_field_is_absent_and_the_end_of_consent_follows(desks: Offices) -> None:
    person = case(desks, refused=("person.occupation",))
    handed(desks, person)
    with desks.city.work() as work:
        assert work.records.get(Person, person).occupation is None
        [consent] = work.records.select(Consent)
    with desks.village.work() as work:
        withdraw_consent(work, consent.id, "berubah pikiran")
        work.write(Person, person, address="RT 9")
    desks.exchange()
    handed(desks, person)
    with desks.city.work() as work:
        assert work.records.get(Consent, consent.id).withdrawn_on is not None
        assert work.records.get(Person, person).address is None


def test_a_ppt_speaks_for_no_village_of_another(desks: Offices) -> None:
    """Not for a village enrolled here, nor for this PPT, nor another district, nor for the library."""
    neighbour = found_village(desks.folder / "neighbour", desks.clock, ("53.71.01.1001", TARUS[1]))
    (desks.folder / "neighbour-files").mkdir()
    try:
        enrol(neighbour, desks.city, desks.folder / "neighbour-files")
    finally:
        neighbour.close()
    person = case(desks)
    with desks.ppt.work() as work:
        state = work.records.state("person", person)
    assert state is not None
    for home in ("53.71.01.1001", "53.71.01.1002", "53.71", "53.02.01.2001", "53.010.1", "53"):
        line = wire.encode_record(RecordState("person", person, state.fields), home)
        path = make_bundle(desks.ppt, device(desks.city), BundleKind.TRANSFER, [line], desks.stick / "claim.twb")
        assert [result.reason for result in take_in(desks.city, path).results] == ["record_of_another_village"]
    policy = RecordState("questionnaire", person, {"ref": state.fields["name"]})
    line = wire.encode_record(policy, "53.01")
    path = make_bundle(desks.ppt, device(desks.city), BundleKind.TRANSFER, [line], desks.stick / "rules.twb")
    assert [result.reason for result in take_in(desks.city, path).results] == ["field_owned_elsewhere"]
    handed(desks, person)
    with desks.city.work() as work:
        known = work.records.state("person", person)
    line = wire.encode_record(RecordState("person", person, state.fields), "53.01.08.2001")
    path = make_bundle(desks.ppt, device(desks.city), BundleKind.TRANSFER, [line], desks.stick / "moved.twb")
    assert [result.reason for result in take_in(desks.city, path).results] == ["record_of_another_village"]
    with desks.city.work() as work:
        assert work.records.state("person", person) == known
    path = make_bundle(desks.ppt, device(desks.village), BundleKind.TRANSFER, [], desks.stick / "odd.twb")
    with pytest.raises(KindUnexpected):
        take_in(desks.village, path)


def test_a_named_institution_is_not_passed_on_to_the_villages_of_the_other(desks: Offices) -> None:
    """A PPT vouches for the directory of its own villages: not for one that another office handed in with a case."""
    with desks.ppt.work() as work:
        shelter = work.write(Institution, None, name="Rumah aman", kind="shelter")
    person = record(desks.village, "Yohanis Bere")
    agree(desks.village, person, *SHARED)
    take_in(desks.village, reply(desks.ppt, device(desks.village), desks.stick))
    with desks.village.work() as work:
        draft = draft_referral(work, open_case(work, person), shelter)
        advance_referral(work, draft.id, Handover.CONSENTED)
    desks.exchange()
    handed(desks, person)
    with desks.city.work() as work:
        assert work.records.exists("institution", shelter)
        village = Peer("a" * 16, "village", "53.71.01.1001", "Desa", b"", "", PeerStatus.ACTIVE, practice=False)
        assert shelter not in {state.id for state, _ in carried(work, village)}
    with desks.ppt.work() as work:
        assert shelter in {state.id for state, _ in carried(work, villages(work)[0])}


def test_a_ppt_that_is_not_paired_is_not_heard(desks: Offices) -> None:
    person = case(desks)
    made = transferring.transfer(desks.ppt, device(desks.city), desks.city_entry, [person], "pindah", desks.stick)
    pairing.part(desks.ppt, device(desks.city), "salah kantor")
    with pytest.raises(DeviceUnknown):
        handed(desks, person)
    stranger = found_ppt(desks.folder / "stranger", desks.clock, ("53.02", "UPTD PPA lain"))
    try:
        path = made[0].path
        with pytest.raises(NotForThisRecipient):
            take_in(stranger, path)
        pack = pairing.write_pack(desks.city, desks.folder / "city.twe")
        pairing.pair(stranger, pack.path, pack.fingerprint)
        path = make_bundle(stranger, device(desks.city), BundleKind.TRANSFER, [], desks.stick / "strange.twb")
        with pytest.raises(SenderUnknown):
            take_in(desks.city, path)
    finally:
        stranger.close()
