# SPDX-License-Identifier: GPL-3.0-or-later
"""A lost laptop's data comes back from the PPT: whole, to the village that waits for it, never as a way around it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from check_tools import keys_of
from desks import (
    NOELBAKI,
    TARUS,
    Desks,
    agree,
    deliveries,
    dump,
    enrol,
    enrolled,
    found_village,
    make_bundle,
    resident,
    shared_case,
)
from peer_tools import device, opened_here

from trafficwatch.casework.consents import ReasonMissing
from trafficwatch.models.casework import Answered, ConsentScope, Referral, Screening
from trafficwatch.models.exchange import BundleKind, RecordState, Stamp
from trafficwatch.models.history import written
from trafficwatch.models.people import Person
from trafficwatch.ppt.answers import answer_referral
from trafficwatch.store.check import check
from trafficwatch.store.work import Store
from trafficwatch.sync import outgoing, restoring, wire
from trafficwatch.sync.age import NotForThisRecipient
from trafficwatch.sync.devices import DeviceUnknown, WrongDesk
from trafficwatch.sync.enrolling import reply, revoke
from trafficwatch.sync.exporting import NothingToSend, export
from trafficwatch.sync.importing import Imported, KindUnexpected, take_in
from trafficwatch.sync.partners import CoordinatorsPair

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def desks(tmp_path: Path) -> Iterator[Desks]:
    with opened_here(), enrolled(tmp_path) as found:
        yield found


@pytest.fixture
def fresh(desks: Desks) -> Iterator[Store]:
    """The laptop that takes the place of the lost one, newly enrolled."""
    store = found_village(desks.folder / "fresh", desks.clock, NOELBAKI)
    (desks.folder / "fresh-files").mkdir()
    enrol(store, desks.ppt, desks.folder / "fresh-files")
    yield store
    store.close()


def lived(desks: Desks) -> str:
    """A case that the PPT has and has answered, and a resident who did not agree; gives the person of the case."""
    person = shared_case(desks.village)
    resident(desks.village, "Orang lain")
    desks.exchange()
    with desks.ppt.work() as work:
        [referral] = work.records.select(Referral)
        answer_referral(work, referral.id, Answered.ARRIVED, None)
    return person


def restored(desks: Desks, store: Store, reason: str = "laptop hilang") -> list[Imported]:
    restoring.expect(store)
    made = restoring.restore(desks.ppt, device(store), reason, desks.stick)
    return [take_in(store, each.path) for each in made]


def test_what_the_ppt_has_comes_back_whole(desks: Desks, fresh: Store) -> None:
    person = lived(desks)
    [done] = restored(desks, fresh)
    assert done.refused == 0
    with fresh.work() as work, desks.ppt.work() as ppt:
        assert [each.name for each in work.records.select(Person)] == ["Yohanis Bere"]
        assert work.records.select(Screening)[0].finding == "suspected"
        assert work.records.select(Referral)[0].answered == Answered.ARRIVED
        for name in ("person", "consent", "screening", "case_record", "referral"):
            assert work.records.states(name) == ppt.records.states(name)
            assert {work.records.home(name, each.id) for each in work.records.states(name)} == {NOELBAKI[0]}
    receipt = outgoing.write_answer(fresh, done.receipt or "", desks.stick)
    assert take_in(desks.ppt, receipt).received == done.received
    assert keys_of(check(fresh)) == set()
    assert keys_of(check(desks.ppt)) == set()
    with desks.ppt.work() as work:
        assert person in {each.id for each in work.records.select(Person)}


def test_nothing_that_came_back_goes_out_again_and_new_work_merges(desks: Desks, fresh: Store) -> None:
    person = lived(desks)
    restored(desks, fresh)
    [made] = export(fresh, desks.stick)
    said = take_in(desks.ppt, made.path).results
    assert {result.type for result in said} <= {"volunteer", "training", "tally"}  # its own, not what came back
    assert deliveries(fresh)["person", person] == ("received", "")
    take_in(fresh, outgoing.write_answer(desks.ppt, take_in(desks.ppt, made.path).receipt or "", desks.stick))
    with pytest.raises(NothingToSend):
        export(fresh, desks.stick)
    with fresh.work() as work:
        work.write(Person, person, occupation="nelayan")
    for made in export(fresh, desks.stick):
        assert take_in(desks.ppt, made.path).refused == 0
    with desks.ppt.work() as work:
        assert work.records.get(Person, person).occupation == "nelayan"
        assert work.records.standing("person", "occupation")[person] == {"nelayan"}


def test_an_older_restore_after_newer_edits_takes_nothing_back(desks: Desks, fresh: Store) -> None:
    """Also of a laptop that still has everything: what is newer stays, and taken in again it changes nothing."""
    person = lived(desks)
    older = restoring.restore(desks.ppt, device(fresh), "hilang", desks.stick)
    restored(desks, fresh)
    with fresh.work() as work:
        work.write(Person, person, name="Yohanis B.", address="RT 2")
    for made in older:
        take_in(fresh, made.path)
    with fresh.work() as work:
        assert work.records.get(Person, person).name == "Yohanis B."
        assert work.records.standing("person", "name")[person] == {"Yohanis B."}
    before = dump(fresh)
    assert all(take_in(fresh, made.path).again for made in older)
    assert {name: rows for name, rows in dump(fresh).items() if rows != before[name]} == {}


def test_it_is_taken_in_only_where_a_coordinator_waits_for_it(desks: Desks) -> None:
    lived(desks)
    made = restoring.restore(desks.ppt, device(desks.village), "hilang", desks.stick)
    before = dump(desks.village)
    with pytest.raises(restoring.RestoreNotExpected):
        take_in(desks.village, made[0].path)
    unchanged = {name: rows for name, rows in dump(desks.village).items() if name not in {"backup", "store_info"}}
    assert unchanged == {name: rows for name, rows in before.items() if name in unchanged}
    with pytest.raises(CoordinatorsPair):
        restoring.expect(desks.helper())
    restoring.expect(desks.trained())
    desks.clock.move(days=8)
    with pytest.raises(restoring.RestoreNotExpected):
        take_in(desks.village, made[0].path)
    restoring.expect(desks.village)
    assert take_in(desks.village, made[0].path).refused == 0


def test_it_is_for_one_active_device_and_has_a_reason(desks: Desks, fresh: Store) -> None:
    lived(desks)
    with pytest.raises(ReasonMissing):
        restoring.restore(desks.ppt, device(fresh), "  ", desks.stick)
    with pytest.raises(DeviceUnknown):
        restoring.restore(desks.ppt, "0" * 16, "hilang", desks.stick)
    with pytest.raises(WrongDesk):
        restoring.restore(fresh, device(desks.village), "hilang", desks.stick)
    [made] = restoring.restore(desks.ppt, device(fresh), "hilang", desks.stick)
    restoring.expect(desks.village)
    with pytest.raises(NotForThisRecipient):
        take_in(desks.village, made.path)
    revoke(desks.ppt, device(fresh), desks.stick, "ternyata dicuri")
    with pytest.raises(DeviceUnknown):
        restoring.restore(desks.ppt, device(fresh), "hilang", desks.stick)
    with desks.ppt.work() as work:
        assert [each.device for each in restoring.other_devices(work, device(fresh))] == [device(desks.village)]


def test_a_ppt_brings_back_no_record_of_another_village(desks: Desks, fresh: Store) -> None:
    """Nor does a village, or a laptop, bring anything back in this way."""
    person = lived(desks)
    with desks.ppt.work() as work:
        state = work.records.state("person", person)
    assert state is not None
    other = RecordState("person", "0" * 8 + person[8:], state.fields)
    lines = [wire.encode_record(other, TARUS[0]), wire.encode_record(state, TARUS[0])]
    lines.append(wire.encode_record(other, "53.01"))
    with fresh.work() as work:
        hotline = work.records.states("institution")[0]
    lines.append(wire.encode_record(hotline, NOELBAKI[0]))  # at home elsewhere, as is known here
    restoring.expect(fresh)
    for line in lines:
        path = make_bundle(desks.ppt, device(fresh), BundleKind.RESTORE, [line], desks.stick / "claim.twb")
        [result] = take_in(fresh, path).results
        assert (result.state, result.reason) == ("refused", "record_of_another_village")
    path = make_bundle(fresh, device(desks.ppt), BundleKind.RESTORE, [], desks.stick / "odd.twb")
    with pytest.raises(KindUnexpected):
        take_in(desks.ppt, path)


def test_a_reply_is_no_way_around_it(desks: Desks) -> None:
    """What the village owns can't be changed by a reply, however much the laptop waits for a restore."""
    person = lived(desks)
    restoring.expect(desks.village)
    with desks.ppt.work() as work:
        state = work.records.state("person", person)
        assert state is not None
        name = written(state.fields["name"], "Orang lain", Stamp(5_000, work.info.device))
    line = wire.encode_record(RecordState("person", person, {**state.fields, "name": name}), NOELBAKI[0])
    path = make_bundle(desks.ppt, device(desks.village), BundleKind.REPLY, [line], desks.stick / "reply.twb")
    assert [result.reason for result in take_in(desks.village, path).results] == ["field_owned_elsewhere"]
    with desks.village.work() as work:
        assert work.records.get(Person, person).name == "Yohanis Bere"


def test_only_what_the_village_sent_comes_back(desks: Desks, fresh: Store) -> None:
    shared = resident(desks.village, "Yohanis Bere", private_note="Rumahnya sering gelap", occupation="nelayan")
    agree(desks.village, shared, ConsentScope.SHARE_CARD, refused=("person.occupation",))
    desks.exchange()
    restored(desks, fresh)
    with fresh.work() as work:
        back = work.records.get(Person, shared)
    assert (back.name, back.private_note, back.occupation) == ("Yohanis Bere", None, None)
    take_in(fresh, reply(desks.ppt, device(fresh), desks.stick))
