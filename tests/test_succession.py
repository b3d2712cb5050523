# SPDX-License-Identifier: GPL-3.0-or-later
"""Laptops that are lost or stolen, and a PPT that goes on at a new machine: who hears it, and who can't claim it."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from desks import NOELBAKI, Desks, deliveries, dump, enrolled, found_ppt, found_village, make_bundle
from key_tools import known, own, refusals, reply, rotate, shared
from sqlalchemy import select

from trafficwatch.casework.consents import ReasonMissing
from trafficwatch.models.exchange import BundleKind, PeerStatus
from trafficwatch.models.fields import Side
from trafficwatch.models.tables import local
from trafficwatch.store import info
from trafficwatch.store.check import check
from trafficwatch.store.work import Store
from trafficwatch.sync import enrolling, importing, succession, wire
from trafficwatch.sync.bundle import SenderRevoked, SenderUnknown, open_bundle
from trafficwatch.sync.devices import DeviceRevoked, own_ppt, peers, save_peer, told_revoked
from trafficwatch.sync.importing import take_in
from trafficwatch.sync.inbox import villages
from trafficwatch.sync.replies import replies_due

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def desks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desks]:
    """Bundles are opened in this process, without a backup before: both have tests of their own, and take long."""
    with enrolled(tmp_path) as found:
        monkeypatch.setattr(importing, "open_apart", open_bundle)
        monkeypatch.setattr(importing.backup, "make_before", lambda *_: None)
        yield found


@pytest.fixture
def other(desks: Desks) -> Iterator[Store]:
    """A second laptop of the same village, not enrolled yet."""
    store = found_village(desks.folder / "other", desks.clock)
    yield store
    store.close()


@pytest.fixture
def new(desks: Desks) -> Iterator[Store]:
    """The office's new machine, with a store of its own."""
    store = found_ppt(desks.folder / "new", desks.clock)
    yield store
    store.close()


def ask(desks: Desks, village: Store) -> enrolling.Sheet:
    pack = enrolling.pack(desks.ppt)
    return enrolling.request(village, pack.content, pack.fingerprint)


def status(store: Store, device: str) -> PeerStatus:
    with store.work() as work:
        return next(peer.status for peer in peers(work) if peer.device == device)


# -- the next laptop of a village --------------------------------------------------------------------------------------


def test_a_village_that_lost_its_laptop_enrols_the_next_one(desks: Desks, other: Store) -> None:
    lost = own(desks.village).device
    shared(desks.village)
    [stolen] = desks.send()
    request = ask(desks, other)
    found = enrolling.read_applicant(desks.ppt, request.content)
    assert [(row.device, row.status) for row in found.known] == [(lost, PeerStatus.ACTIVE)]
    before = dump(desks.ppt)
    with pytest.raises(ReasonMissing):
        enrolling.approve(desks.ppt, request.content, request.fingerprint, desks.stick, revoked=[lost])
    assert dump(desks.ppt) == before
    _, approval = enrolling.approve(
        desks.ppt, request.content, request.fingerprint, desks.stick, revoked=[lost], reason="Hilang di kapal"
    )
    enrolling.accept(other, approval)
    with pytest.raises(SenderRevoked):
        take_in(desks.ppt, stolen)
    with desks.ppt.work() as work:
        said = work.connection.execute(select(local.journal.c.changes).where(local.journal.c.action == "revoked"))
        assert ["Hilang di kapal" in row for row in said.scalars()] == [True]
    with other.work() as work:
        assert told_revoked(work) == {lost}


def test_asking_again_with_the_same_keys_changes_nothing(desks: Desks) -> None:
    request = ask(desks, desks.village)
    with desks.ppt.work() as work:
        before = work.connection.execute(select(local.peer)).all()
    desks.clock.move(days=3)
    enrolling.approve(desks.ppt, request.content, request.fingerprint, desks.stick)
    with desks.ppt.work() as work:
        assert work.connection.execute(select(local.peer)).all() == before


def test_only_devices_of_that_village_are_revoked_with_an_approval(desks: Desks, other: Store, new: Store) -> None:
    pack = enrolling.pack(new)
    request = enrolling.request(desks.village, pack.content, pack.fingerprint)
    with pytest.raises(enrolling.DeviceUnknown):
        enrolling.approve(
            new, request.content, request.fingerprint, desks.stick, revoked=[own(other).device], reason="hilang"
        )


def test_a_laptop_that_was_put_back_is_shown_so(desks: Desks) -> None:
    shared(desks.village)
    desks.exchange()
    with desks.ppt.work() as work:
        assert [row.put_back_at for row in villages(work)] == [None]
    desks.clock.move(days=2)
    with desks.village.work() as work:
        work.info = info.start_epoch(work.connection, work.info, "b" * 16, work.info.counter + 1_000)
    shared(desks.village, "Marta Bere")
    desks.exchange()
    with desks.ppt.work() as work:
        assert [row.put_back_at for row in villages(work)] == ["2026-11-23T01:00:00+00:00"]


def test_the_other_laptop_trusts_a_stolen_one_no_more(desks: Desks, other: Store) -> None:
    """It hears it from the PPT; from anyone else, or late, it hears nothing."""
    request = ask(desks, other)
    _, approval = enrolling.approve(desks.ppt, request.content, request.fingerprint, desks.stick)
    enrolling.accept(other, approval)
    stolen = own(desks.village).device
    with desks.village.work() as work:
        mine = enrolling.introduce(work, "laptop")
    with other.work() as work:
        found = enrolling.enrolment.decode(mine, "laptop", practice=False)
        save_peer(work, found.peer(PeerStatus.ACTIVE))
    late = enrolling.reply(desks.ppt, own(other).device, desks.stick)
    assert status(other, stolen) is PeerStatus.ACTIVE
    enrolling.revoke(desks.ppt, stolen, desks.stick, "dicuri")
    with desks.ppt.work() as work:
        assert own(other).device in [due.device for due in replies_due(work)]
    take_in(other, enrolling.reply(desks.ppt, own(other).device, desks.stick))
    assert status(other, stolen) is PeerStatus.REVOKED
    take_in(other, late)
    assert status(other, stolen) is PeerStatus.REVOKED
    with pytest.raises(DeviceRevoked), other.work() as work:
        save_peer(work, found.peer(PeerStatus.ACTIVE))
    with other.work() as work:
        assert told_revoked(work) == {stolen}
        assert own_ppt(work).device == own(desks.ppt).device
    assert check(other).findings == ()


# -- the next machine of a PPT -----------------------------------------------------------------------------------------


def hand_over(desks: Desks, new: Store) -> Path:
    """Both PPTs read each other's pack; gives the transfer bundle."""
    for name, store in (("old", desks.ppt), ("next", new)):
        enrolling.write_pack(store, desks.folder / f"{name}.twe")
    old_digits, new_digits = enrolling.pack(desks.ppt).fingerprint, enrolling.pack(new).fingerprint
    succession.expect(new, desks.folder / "old.twe", old_digits)
    [made] = succession.hand_over(desks.ppt, desks.folder / "next.twe", new_digits, desks.stick)
    return made.path


def test_villages_follow_their_ppt_to_a_new_machine(desks: Desks, new: Store) -> None:
    person = shared(desks.village)
    desks.exchange()
    take_in(new, hand_over(desks, new))
    with desks.ppt.work() as work:
        assert [due.device for due in replies_due(work)] == [own(desks.village).device]
    take_in(desks.village, reply(desks))
    with desks.village.work() as work:
        assert own_ppt(work).device == own(new).device
        noted = work.connection.execute(select(local.journal.c.changes).where(local.journal.c.action == "succession"))
        assert [enrolling.pack(new).fingerprint in row for row in noted.scalars()] == [True]
    [path] = desks.send()
    done = take_in(new, path)
    assert done.refused == 0
    assert ("person", person) in {(result.type, result.id) for result in done.results}  # everything goes once more
    take_in(desks.village, enrolling.outgoing.write_answer(new, done.receipt or "", desks.stick))
    take_in(desks.village, reply(desks))  # the old one is still read
    assert refusals(desks.village) == []
    succession.dismiss(new, "Laptop lama dimusnahkan")
    take_in(desks.village, enrolling.reply(new, own(desks.village).device, desks.stick))
    assert status(desks.village, own(desks.ppt).device) is PeerStatus.REVOKED
    with pytest.raises(SenderRevoked):
        take_in(desks.village, reply(desks))
    assert {state for state, _ in deliveries(desks.village).values()} == {"received"}
    assert check(desks.village).findings == check(new).findings == ()


def test_keys_that_are_replaced_meanwhile_lock_nobody_out(desks: Desks, new: Store) -> None:
    transfer = hand_over(desks, new)
    rotate(desks.village)
    shared(desks.village)
    desks.exchange()
    take_in(desks.village, reply(desks))
    take_in(new, transfer)
    for _ in range(2):
        [path] = desks.send()
        done = take_in(new, path)
        assert done.refused == 0
        take_in(desks.village, enrolling.outgoing.write_answer(new, done.receipt or "", desks.stick))
        shared(desks.village, "Marta Bere")
    assert known(new, desks.village).signing_key == own(desks.village).signing_key


def successor_line(desks: Desks, new: Store) -> str:
    pack = enrolling.pack(new)
    return wire.encode_control(wire.SuccessorLine(own(new).device, b64encode(pack.content).decode()))


def test_a_village_names_no_successor(desks: Desks, new: Store) -> None:
    line = successor_line(desks, new)
    path = make_bundle(desks.village, own(desks.ppt).device, BundleKind.REPORT, [line], desks.stick / "s.twb")
    take_in(desks.ppt, path)
    assert own(new).device not in [peer.device for peer in _peers(desks.ppt)]
    assert refusals(desks.ppt) == ["successor_not_believed"]


def test_a_ppt_that_was_succeeded_or_revoked_names_no_successor(desks: Desks, new: Store) -> None:
    take_in(new, hand_over(desks, new))
    take_in(desks.village, reply(desks))
    third = found_ppt(desks.folder / "third", desks.clock)
    line = successor_line(desks, third)
    to = own(desks.village).device
    path = make_bundle(desks.ppt, to, BundleKind.REPLY, [line], desks.stick / "s.twb")
    take_in(desks.village, path)
    assert refusals(desks.village) == ["successor_not_believed"]
    succession.dismiss(new, "selesai")
    take_in(desks.village, enrolling.reply(new, to, desks.stick))
    path = make_bundle(desks.ppt, to, BundleKind.REPLY, [line], desks.stick / "t.twb")
    with pytest.raises(SenderRevoked):
        take_in(desks.village, path)
    assert own(third).device not in [peer.device for peer in _peers(desks.village)]
    third.close()


def _peers(store: Store) -> list[enrolling.Peer]:
    with store.work() as work:
        return peers(work)


@pytest.mark.parametrize("change", ["another device", "a village's file", "cut", "no base64"])
def test_a_successor_that_is_not_what_the_line_says(desks: Desks, new: Store, other: Store, change: str) -> None:
    pack = enrolling.pack(new).content
    if change == "a village's file":
        pack = ask(desks, other).content
    device = "0" * 16 if change == "another device" else own(new).device
    text = {"cut": b64encode(pack[:-512]).decode(), "no base64": "*" * 40}.get(change, b64encode(pack).decode())
    line = wire.encode_control(wire.SuccessorLine(device, text))
    path = make_bundle(desks.ppt, own(desks.village).device, BundleKind.REPLY, [line], desks.stick / "s.twb")
    take_in(desks.village, path)
    assert len(refusals(desks.village)) == 1
    with desks.village.work() as work:
        assert own_ppt(work).device == own(desks.ppt).device


def test_nobody_hands_villages_over_unasked(desks: Desks, new: Store, other: Store) -> None:
    """Another PPT that is known here, and even a village, can't enrol devices by a line."""
    keys = own(other)
    line = wire.encode_control(
        wire.EnrolledLine(keys.device, NOELBAKI[0], "Desa", keys.signing_key.hex(), keys.recipient, "active")
    )
    path = make_bundle(desks.village, own(desks.ppt).device, BundleKind.REPORT, [line], desks.stick / "e.twb")
    take_in(desks.ppt, path)
    assert refusals(desks.ppt) == ["successor_not_believed"]
    pack, stranger = enrolling.pack(desks.ppt), desks.ppt
    with new.work() as work:  # known, but nobody said that it is the one before
        save_peer(work, enrolling.enrolment.decode(pack.content, "ppt_pack", practice=False).peer(PeerStatus.ACTIVE))
    with stranger.work() as work:
        save_peer(
            work,
            enrolling.enrolment.decode(enrolling.pack(new).content, "ppt_pack", practice=False).peer(PeerStatus.ACTIVE),
        )
    path = make_bundle(stranger, own(new).device, BundleKind.TRANSFER, [line], desks.stick / "f.twb")
    take_in(new, path)
    assert keys.device not in [peer.device for peer in _peers(new)]
    assert refusals(new) == ["successor_not_believed"]


def test_the_successor_is_of_the_same_office_and_its_digits_are_compared(desks: Desks, new: Store) -> None:
    elsewhere = found_ppt(desks.folder / "belu", desks.clock, ("53.04", "UPTD PPA Belu"))
    written = enrolling.write_pack(elsewhere, desks.folder / "belu.twe")
    elsewhere.close()
    with pytest.raises(succession.SuccessorElsewhere):
        succession.hand_over(desks.ppt, written.path, written.fingerprint, desks.stick)
    written = enrolling.write_pack(new, desks.folder / "next.twe")
    with pytest.raises(enrolling.enrolment.FingerprintMismatch):
        succession.hand_over(desks.ppt, written.path, "1" * 30, desks.stick)
    own_pack = enrolling.write_pack(desks.ppt, desks.folder / "own.twe")
    with pytest.raises(succession.SuccessorElsewhere):
        succession.expect(desks.ppt, own_pack.path, own_pack.fingerprint)


def test_a_bundle_of_a_device_with_keys_of_another_is_refused(desks: Desks, other: Store) -> None:
    """Signed by a device that nobody knows, under the name of one that is enrolled."""
    with desks.village.work() as work:
        values = {"signing_seed": own(other).signing_seed}
        work.connection.execute(local.own_device.update().values(**values))
    path = make_bundle(desks.village, own(desks.ppt).device, BundleKind.REPORT, [], desks.stick / "x.twb")
    with pytest.raises(SenderUnknown):
        take_in(desks.ppt, path)
    assert replace(known(desks.ppt, desks.village), name="").side == Side.VILLAGE
