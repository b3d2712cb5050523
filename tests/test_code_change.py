# SPDX-License-Identifier: GPL-3.0-or-later
"""A village gets another administrative code: both sides follow, and nothing that is under way is lost."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from desks import NOELBAKI, TARUS, agree, dump, enrol, found_village, make_bundle, resident
from peer_tools import Laptops, device, hand, shared, two_laptops

from trafficwatch.casework.consents import ReasonMissing
from trafficwatch.models.casework import ConsentScope
from trafficwatch.models.exchange import BundleKind
from trafficwatch.models.people import Person
from trafficwatch.store.work import Store
from trafficwatch.sync import moving, peering, wire
from trafficwatch.sync.bundle import SenderUnknown
from trafficwatch.sync.devices import DeviceKeyChanged, WrongDesk, peers, save_peer
from trafficwatch.sync.enrolling import reply
from trafficwatch.sync.exporting import export
from trafficwatch.sync.importing import take_in

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

OLD, NEW = NOELBAKI[0], "53.25.08.2008"


@pytest.fixture
def desks(tmp_path: Path) -> Iterator[Laptops]:
    with two_laptops(tmp_path) as found:
        yield found


def code_of(store: Store) -> str:
    with store.work() as work:
        return work.info.code


def homes(store: Store) -> set[str]:
    with store.work() as work:
        return {work.records.home("person", each.id) or "" for each in work.records.select(Person)}


def told(desks: Laptops, store: Store) -> None:
    assert take_in(store, reply(desks.ppt, device(store), desks.stick)).refused == 0


def card(store: Store, name: str) -> str:
    person = resident(store, name)
    agree(store, person, ConsentScope.SHARE_CARD)
    return person


def test_both_sides_follow_and_what_is_under_way_arrives(desks: Laptops) -> None:
    first = card(desks.village, "Yohanis Bere")
    desks.exchange()
    second = card(desks.village, "Marta Bere")
    [under_way] = export(desks.village, desks.stick)
    moving.change_code(desks.ppt, OLD, NEW, "pemekaran kabupaten")
    done = take_in(desks.ppt, under_way.path)
    assert (done.refused, done.sender, homes(desks.ppt)) == (0, NEW, {NEW})
    assert code_of(desks.village) == OLD
    told(desks, desks.village)
    assert (code_of(desks.village), homes(desks.village)) == (NEW, {NEW})
    with desks.village.work() as work:
        work.write(Person, first, occupation="nelayan")
    third = card(desks.village, "Frans Tefa")
    assert all(done.refused == 0 for done in desks.exchange())
    with desks.ppt.work() as work:
        assert {each.id for each in work.records.select(Person)} == {first, second, third}
        assert work.records.get(Person, first).occupation == "nelayan"
    assert homes(desks.ppt) == {NEW}
    assert take_in(desks.ppt, under_way.path).again


def test_a_late_reply_and_a_second_change(desks: Laptops) -> None:
    """A reply of before the change still goes in; one of an earlier change takes nothing back."""
    before = reply(desks.ppt, device(desks.village), desks.stick)
    moving.change_code(desks.ppt, OLD, NEW, "pemekaran")
    first = reply(desks.ppt, device(desks.village), desks.stick)
    moving.change_code(desks.ppt, NEW, OLD, "salah ketik")
    told(desks, desks.village)
    assert code_of(desks.village) == OLD
    for late in (first, before):
        assert take_in(desks.village, late).refused == 0
        assert code_of(desks.village) == OLD
    moving.change_code(desks.ppt, OLD, NEW, "pemekaran")
    moving.change_code(desks.ppt, NEW, "93.25.08.2008", "provinsi baru")
    told(desks, desks.village)
    assert code_of(desks.village) == "93.25.08.2008"
    with desks.village.work() as work:
        assert moving.codes(work)[OLD] == "93.25.08.2008"


def test_the_other_laptop_follows_when_the_ppt_tells_it_too(desks: Laptops) -> None:
    resident(desks.village, "Yohanis Bere")
    resident(desks.second, "Marta Bere")
    [late] = peering.export(desks.second, device(desks.village), desks.stick)
    moving.change_code(desks.ppt, OLD, NEW, "pemekaran")
    told(desks, desks.village)
    assert take_in(desks.village, late.path).refused == 0  # made under the old code
    [ahead] = peering.export(desks.village, device(desks.second), desks.stick)
    with pytest.raises(SenderUnknown):
        take_in(desks.second, ahead.path)
    told(desks, desks.second)
    assert take_in(desks.second, ahead.path).refused == 0
    hand(desks.second, desks.village, desks.stick)
    assert shared(desks.village) == shared(desks.second)
    assert homes(desks.second) == {NEW}


def test_only_the_ppt_changes_a_code_and_never_to_one_that_is_taken(desks: Laptops) -> None:
    neighbour = found_village(desks.folder / "neighbour", desks.clock, TARUS)
    (desks.folder / "neighbour-files").mkdir()
    try:
        enrol(neighbour, desks.ppt, desks.folder / "neighbour-files")
    finally:
        neighbour.close()
    before = dump(desks.ppt)
    for old, new, reason, error in (
        (OLD, TARUS[0], "pemekaran", moving.CodeTaken),
        (OLD, OLD, "pemekaran", moving.CodeTaken),
        (OLD, "53.01", "pemekaran", moving.CodeMalformed),
        ("53.01.08.9999", NEW, "pemekaran", moving.VillageUnknown),
        (OLD, NEW, " ", ReasonMissing),
    ):
        with pytest.raises(error):
            moving.change_code(desks.ppt, old, new, reason)
    with pytest.raises(WrongDesk):
        moving.change_code(desks.village, OLD, NEW, "pemekaran")
    assert dump(desks.ppt) == before
    line = wire.encode_control(wire.CodeLine(OLD, NEW))
    for sender, kind, taker in (
        (desks.second, BundleKind.PEER, desks.village),
        (desks.village, BundleKind.REPORT, desks.ppt),
    ):
        take_in(taker, make_bundle(sender, device(taker), kind, [line], desks.stick / "claim.twb"))
    other = wire.encode_control(wire.CodeLine(TARUS[0], NEW))
    take_in(
        desks.village, make_bundle(desks.ppt, device(desks.village), BundleKind.REPLY, [other], desks.stick / "o.twb")
    )
    assert (code_of(desks.village), code_of(desks.ppt), homes(desks.village)) == (OLD, "53.01", set())
    with desks.ppt.work() as work:
        assert moving.codes(work) == {}


def test_a_laptop_does_not_move_to_another_village_with_its_key(desks: Laptops) -> None:
    """It is wiped and founded anew: another village under the same key is somebody else's claim."""
    with desks.ppt.work() as work:
        known = next(peer for peer in peers(work) if peer.device == device(desks.village))
    with pytest.raises(DeviceKeyChanged), desks.ppt.work() as work:
        save_peer(work, replace(known, code=TARUS[0]))
