# SPDX-License-Identifier: GPL-3.0-or-later
"""Who may exchange with whom among laptops of one side: the ceremony, and the attacks of one that is not honest."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from desks import NOELBAKI, PPT, TARUS, content, dump, found_village, make_bundle, resident, shared_case
from peer_tools import Laptops, device, hand, introduce, shared, two_laptops

from trafficwatch.casework.consents import ReasonMissing
from trafficwatch.models.casework import Answered, Referral
from trafficwatch.models.exchange import BundleKind, FieldState, PeerStatus, RecordState, Stamp
from trafficwatch.models.people import Person
from trafficwatch.store.erasure import Ground, erase
from trafficwatch.store.work import Store
from trafficwatch.sync import pairing, partners, peering, wire
from trafficwatch.sync.bundle import SenderRevoked, SenderUnknown
from trafficwatch.sync.devices import DeviceRevoked, DeviceUnknown
from trafficwatch.sync.enrolling import reply, revoke
from trafficwatch.sync.enrolment import EnrolmentUnexpected, FingerprintMismatch
from trafficwatch.sync.importing import KindUnexpected, take_in
from trafficwatch.sync.leaving import among_laptops

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def desks(tmp_path: Path) -> Iterator[Laptops]:
    with two_laptops(tmp_path) as found:
        yield found


def trusted(store: Store, other: str) -> PeerStatus:
    with store.work() as work:
        return partners.partner(work, other).status


def came_of(store: Store, path: Path) -> set[tuple[str, str]]:
    return {(result.state.value, result.reason) for result in take_in(store, path).results}


def test_only_a_laptop_of_the_same_village_is_paired(desks: Laptops) -> None:
    neighbour = found_village(desks.folder / "neighbour", desks.clock, TARUS)
    folder = desks.folder / "packs"
    folder.mkdir()
    try:
        theirs = pairing.write_pack(neighbour, folder / "neighbour.twe")
        own = pairing.write_pack(desks.village, folder / "own.twe")
        before = dump(desks.village)
        with pytest.raises(pairing.NotOneVillage):
            pairing.pair(desks.village, theirs.path, theirs.fingerprint)
        with pytest.raises(pairing.PairedWithItself):
            pairing.pair(desks.village, own.path, own.fingerprint)
        with pytest.raises(EnrolmentUnexpected):
            pairing.pair(desks.ppt, own.path, own.fingerprint)
        with pytest.raises(FingerprintMismatch):
            pairing.pair(desks.second, own.path, theirs.fingerprint)
        assert dump(desks.village) == before
        with pytest.raises(DeviceUnknown):
            peering.export(desks.village, device(neighbour), desks.stick)
        assert pairing.read_claim(desks.second, own.path).code == NOELBAKI[0]
    finally:
        neighbour.close()


def test_only_a_coordinator_pairs_and_parts(desks: Laptops) -> None:
    pack = pairing.write_pack(desks.second, desks.folder / "second.twe")
    helper = desks.helper()
    for attempt in (
        lambda: pairing.write_pack(helper, desks.folder / "helper.twe"),
        lambda: pairing.pair(helper, pack.path, pack.fingerprint),
        lambda: pairing.part(helper, device(desks.second), "hilang"),
    ):
        with pytest.raises(partners.CoordinatorsPair):
            attempt()
    assert trusted(helper, device(desks.second)) is PeerStatus.ACTIVE


def test_a_laptop_that_was_parted_from_is_not_heard_any_more(desks: Laptops) -> None:
    resident(desks.second)
    [late] = peering.export(desks.second, device(desks.village), desks.stick)
    with pytest.raises(ReasonMissing):
        pairing.part(desks.village, device(desks.second), " ")
    pairing.part(desks.village, device(desks.second), "hilang di pasar")
    before = dump(desks.village)
    with pytest.raises(SenderRevoked):
        take_in(desks.village, late.path)
    with pytest.raises(DeviceUnknown):
        peering.export(desks.village, device(desks.second), desks.stick)
    assert dump(desks.village) == before
    introduce(desks.village, desks.second, desks.folder)  # a coordinator may trust it again
    assert take_in(desks.village, late.path).refused == 0


def test_a_laptop_that_the_ppt_revoked_is_parted_from_and_not_paired_again(desks: Laptops) -> None:
    second = device(desks.second)
    revoke(desks.ppt, second, desks.stick, "dicuri")
    take_in(desks.village, reply(desks.ppt, device(desks.village), desks.stick))
    assert trusted(desks.village, second) is PeerStatus.REVOKED
    pack = pairing.write_pack(desks.second, desks.folder / "again.twe")
    with pytest.raises(DeviceRevoked):
        pairing.pair(desks.village, pack.path, pack.fingerprint)


def test_a_laptop_claims_nothing_but_its_own_village(desks: Laptops) -> None:
    """Neither records of another village or of the PPT, nor ours under another home, nor a kind that is the PPT's."""
    person = resident(desks.village)
    with desks.village.work() as work:
        ours = work.records.state("person", person)
    assert ours is not None
    foreign = RecordState("person", "0" * 8 + person[8:], ours.fields)
    officer = RecordState("volunteer", "1" * 8 + person[8:], ours.fields)
    lines = [wire.encode_record(ours, TARUS[0]), wire.encode_record(foreign, TARUS[0])]
    lines.append(wire.encode_record(RecordState("volunteer", officer.id, {"name": ours.fields["name"]}), PPT[0]))
    path = make_bundle(desks.second, device(desks.village), BundleKind.PEER, lines, desks.stick / "claim.twb")
    assert came_of(desks.village, path) == {("refused", "record_of_another_village")}
    for kind in (BundleKind.REPLY, BundleKind.RESTORE, BundleKind.REPORT, BundleKind.TRANSFER):
        path = make_bundle(desks.second, device(desks.village), kind, [], desks.stick / "odd.twb")
        with pytest.raises(KindUnexpected):
            take_in(desks.village, path)
    path = make_bundle(desks.second, device(desks.ppt), BundleKind.PEER, [], desks.stick / "odd.twb")
    with pytest.raises(KindUnexpected):
        take_in(desks.ppt, path)


def test_a_stolen_laptop_cannot_forge_or_silence_what_the_ppt_answers(desks: Laptops) -> None:
    """A forged answer whose history claims to have seen all that the PPT will ever write would make its word vanish."""
    shared_case(desks.village)
    hand(desks.village, desks.second, desks.stick)
    with desks.second.work() as work:
        [referral] = work.records.select(Referral)
        state = work.records.state("referral", referral.id)
    assert state is not None
    ppt = device(desks.ppt)
    stamp = Stamp(900_000, ppt)
    forged = FieldState({stamp: frozenset({f'"{Answered.FINISHED}"'})}, {ppt: 900_000})
    fields = {**state.fields, "answered": forged}
    line = wire.encode_record(RecordState("referral", referral.id, fields), NOELBAKI[0])
    path = make_bundle(desks.second, device(desks.village), BundleKind.PEER, [line], desks.stick / "forged.twb")
    assert came_of(desks.village, path) == {("received", "")}
    only = wire.encode_record(RecordState("referral", referral.id, {"answered": forged}), NOELBAKI[0])
    path = make_bundle(desks.second, device(desks.village), BundleKind.PEER, [only], desks.stick / "only.twb")
    assert came_of(desks.village, path) == {("refused", "field_owned_elsewhere")}
    with desks.village.work() as work:
        kept = work.records.state("referral", referral.id)
        assert kept is not None
        assert "answered" not in kept.fields
        assert work.records.get(Referral, referral.id).answered is None


def test_a_private_note_that_is_sent_all_the_same_is_not_taken(desks: Laptops) -> None:
    person = resident(desks.second, private_note="Rumahnya sering gelap")
    with desks.second.work() as work:
        state = work.records.state("person", person)
    assert state is not None
    assert "private_note" not in among_laptops(state).fields
    line = wire.encode_record(state, NOELBAKI[0])
    path = make_bundle(desks.second, device(desks.village), BundleKind.PEER, [line], desks.stick / "note.twb")
    assert came_of(desks.village, path) == {("received", "")}
    with desks.village.work() as work:
        assert work.records.get(Person, person).private_note is None


def test_a_stranger_and_an_unpaired_laptop_are_refused(desks: Laptops) -> None:
    """Trust is not mutual by itself: who only trusts is not trusted."""
    third = found_village(desks.folder / "third", desks.clock, NOELBAKI)
    try:
        pack = pairing.write_pack(desks.village, desks.folder / "village.twe")
        pairing.pair(third, pack.path, pack.fingerprint)
        resident(third)
        [made] = peering.export(third, device(desks.village), desks.stick)
        assert {line["home"] for line in content(desks.village, made.path)[1]} == {NOELBAKI[0]}
        before = dump(desks.village)
        with pytest.raises(SenderUnknown):
            take_in(desks.village, made.path)
        assert dump(desks.village) == before
    finally:
        third.close()


def test_what_was_erased_on_one_laptop_is_erased_on_the_other_and_stays_so(desks: Laptops) -> None:
    person = resident(desks.village)
    hand(desks.village, desks.second, desks.stick)
    [late] = [*_written(desks.second, person, desks)]
    erase(desks.village, "person", person, Ground.PERSON_ASKED)
    hand(desks.village, desks.second, desks.stick)
    with desks.second.work() as work:
        assert work.records.get(Person, person).name is None
    assert ("refused", "record_erased") in came_of(desks.village, late)
    assert shared(desks.second)["person", person].fields.keys() <= {"deleted"}


def _written(store: Store, person: str, desks: Laptops) -> Iterator[Path]:
    """A bundle of a change that is still under way."""
    with store.work() as work:
        work.write(Person, person, occupation="nelayan")
    yield from (made.path for made in peering.export(store, device(desks.village), desks.stick))
