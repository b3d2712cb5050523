# SPDX-License-Identifier: GPL-3.0-or-later
"""Keys are replaced on either side while bundles are on their way, and nobody is locked out or let in by it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from desks import Desks, content, deliveries, dump, reopened
from sqlalchemy import select

from trafficwatch.models.exchange import BundleKind
from trafficwatch.models.tables import local
from trafficwatch.store import info
from trafficwatch.store.check import check
from trafficwatch.sync import enrolling, escrow, rotation, sshsig
from trafficwatch.sync.bundle import SenderUnknown
from trafficwatch.sync.devices import (
    OVERLAP_DAYS,
    DeviceKeyChanged,
    former_keys,
    known_keys,
)
from trafficwatch.sync.exporting import NothingToSend
from trafficwatch.sync.importing import take_in
from trafficwatch.sync.replies import replies_due

if TYPE_CHECKING:
    pass


from key_tools import bundle_as, desks, known, own, refusals, reply, rotate, shared, signed_by, waiting

__all__ = ["desks"]


# -- the ways of an announcement ---------------------------------------------------------------------------------------


def test_a_village_replaces_its_keys(desks: Desks) -> None:
    before = own(desks.village)
    shared(desks.village)
    [on_its_way] = desks.send()
    after = rotate(desks.village)
    assert (after.signing_key, after.recipient) != (before.signing_key, before.recipient)
    assert waiting(desks.village) == (known(desks.village, desks.ppt).name,)
    shared(desks.village, "Marta Bere")
    [path] = desks.send()
    assert signed_by(desks, path, desks.ppt) == sshsig.fingerprint(before.signing_key)
    _, receipt = desks.deliver(path)
    assert known(desks.ppt, desks.village).signing_key == after.signing_key
    assert desks.deliver(on_its_way)[0].refused == 0  # signed with the former key
    take_in(desks.village, receipt)  # sealed to the new one
    assert waiting(desks.village) == ()
    shared(desks.village, "Elisabet")
    [path] = desks.send()
    assert signed_by(desks, path, desks.ppt) == sshsig.fingerprint(after.signing_key)
    assert not any(line["type"] == "keys" for line in content(desks.ppt, path)[1])
    assert desks.deliver(path)[0].refused == 0
    assert check(desks.village).findings == check(desks.ppt).findings == ()


def test_new_keys_are_told_until_the_partner_uses_them(desks: Desks) -> None:
    """Announcements that are lost cost nothing, and one that was heard is told no more."""
    shared(desks.village)
    desks.exchange()
    rotate(desks.village)
    for lost in (desks.send(), desks.send()):
        assert [line["type"] for line in content(desks.ppt, lost[0])[1]] == ["keys"]
    desks.exchange()
    with pytest.raises(NothingToSend):
        desks.send()


def test_a_ppt_replaces_its_keys(desks: Desks) -> None:
    before, shared_before = own(desks.ppt), shared(desks.village)
    [on_its_way] = desks.send()
    after = rotate(desks.ppt)
    with desks.ppt.work() as work:
        assert [due.device for due in replies_due(work)] == [own(desks.village).device]
    assert desks.deliver(on_its_way)[0].refused == 0  # sealed to the former key
    lost, heard = reply(desks), reply(desks)
    assert lost != heard
    take_in(desks.village, heard)
    assert known(desks.village, desks.ppt).recipient == after.recipient
    assert own(desks.ppt).recipient != before.recipient
    desks.exchange()
    assert deliveries(desks.village)["person", shared_before][0] == "received"
    assert waiting(desks.ppt) == ()
    assert content(desks.village, reply(desks))[0].sender.key == sshsig.fingerprint(after.signing_key)
    take_in(desks.village, reply(desks))
    take_in(desks.village, lost)  # late: signed with the former key, and its announcement is known
    assert known(desks.village, desks.ppt).recipient == after.recipient
    with desks.ppt.work() as work:
        assert replies_due(work) == ()


def test_both_sides_at_once(desks: Desks) -> None:
    village, ppt = rotate(desks.village), rotate(desks.ppt)
    shared(desks.village)
    paths, told = desks.send(), reply(desks)
    take_in(desks.village, told)
    receipts = [desks.deliver(path)[1] for path in paths]
    for receipt in receipts:
        take_in(desks.village, receipt)
    assert known(desks.ppt, desks.village).signing_key == village.signing_key
    assert known(desks.village, desks.ppt).signing_key == ppt.signing_key
    shared(desks.village, "Marta Bere")
    desks.exchange()
    take_in(desks.village, reply(desks))
    assert waiting(desks.village) == waiting(desks.ppt) == ()
    assert {state for state, _ in deliveries(desks.village).values()} == {"received"}
    assert check(desks.village).findings == check(desks.ppt).findings == ()


@pytest.mark.parametrize("order", ["in order", "reordered", "first lost"])
def test_twice_in_a_row(desks: Desks, order: str) -> None:
    shared(desks.village)
    rotate(desks.village)
    [first] = desks.send()
    if order == "in order":
        desks.deliver(first)  # and its receipt is lost
    last = rotate(desks.village)
    [second] = desks.send()
    done, receipt = desks.deliver(second)
    assert (done.refused, known(desks.ppt, desks.village).signing_key) == (0, last.signing_key)
    if order == "reordered":
        desks.deliver(first)
    assert known(desks.ppt, desks.village).signing_key == last.signing_key
    take_in(desks.village, receipt)
    shared(desks.village, "Marta Bere")
    assert [done.refused for done in desks.exchange()] == [0]
    assert refusals(desks.ppt) == []


def test_an_announcement_that_comes_twice_changes_nothing(desks: Desks) -> None:
    shared(desks.village)
    first = rotate(desks.village)
    [path] = desks.send()
    desks.deliver(path)
    before = dump(desks.ppt)
    assert take_in(desks.ppt, path).again
    assert dump(desks.ppt) == before
    assert known(desks.ppt, desks.village).signing_key == first.signing_key


def test_a_late_announcement_never_rolls_back_to_former_keys(desks: Desks) -> None:
    """The bundle that told of the first new keys was kept by somebody until the second ones are in use."""
    rotate(desks.village)
    [kept] = desks.send()
    last = rotate(desks.village)
    desks.exchange()
    take_in(desks.village, reply(desks))
    shared(desks.village)
    desks.exchange()
    take_in(desks.ppt, kept)
    assert known(desks.ppt, desks.village).signing_key == last.signing_key


# -- the end of the overlap --------------------------------------------------------------------------------------------


def test_former_keys_hold_until_the_overlap_is_over_and_are_erased_then(desks: Desks) -> None:
    shared(desks.village)
    [early] = desks.send()
    former = own(desks.village)
    rotate(desks.village)
    shared(desks.village, "Marta Bere")
    desks.exchange()
    [late] = [reply(desks)]
    desks.clock.move(days=OVERLAP_DAYS - 1)
    assert desks.deliver(early)[0].refused == 0
    with desks.village.work() as work:
        assert [keys.identity for keys in former_keys(work)] == [former.identity]
        rotation.state(work)
        assert work.connection.execute(select(local.own_key)).all()
    desks.clock.move(days=2)
    with desks.village.work() as work:
        assert former_keys(work) == []
        assert rotation.state(work).former_until == ""
        assert not work.connection.execute(select(local.own_key)).all()
    with desks.ppt.work() as work:
        assert len(known_keys(work)) == 1
        assert len(known_keys(work, ever=True)) == 2
    take_in(desks.village, late)
    forged = bundle_as(desks, former, BundleKind.REPORT, [])
    with pytest.raises(SenderUnknown):
        take_in(desks.ppt, forged)


def test_a_ppt_goes_on_opening_what_was_sealed_to_its_former_keys(desks: Desks) -> None:
    """What villages keep sealed to it comes back on the day on which it has to be put back, years later."""
    shared(desks.village)
    [early] = desks.send()
    rotate(desks.ppt)
    desks.clock.move(days=10 * OVERLAP_DAYS)
    with desks.ppt.work() as work:
        rotation.state(work)
        assert former_keys(work) == []
    assert desks.deliver(early)[0].refused == 0


def test_who_has_heard_nothing_by_then_is_enrolled_anew(desks: Desks) -> None:
    shared(desks.village)
    rotate(desks.village)
    desks.clock.move(days=OVERLAP_DAYS + 1)
    [path] = desks.send()
    with pytest.raises(SenderUnknown):
        take_in(desks.ppt, path)
    pack = enrolling.pack(desks.ppt)
    request = enrolling.request(desks.village, pack.content, pack.fingerprint)
    with pytest.raises(DeviceKeyChanged):
        enrolling.approve(desks.ppt, request.content, request.fingerprint, desks.stick)
    _, approval = enrolling.approve(desks.ppt, request.content, request.fingerprint, desks.stick, renewed=True)
    take_in(desks.village, approval)
    assert [done.refused for done in desks.exchange()] == [0]


def test_a_store_from_before_the_rotation_goes_on_after_enrolling_anew(desks: Desks, tmp_path: Path) -> None:
    """The village's backup knows neither its own new keys nor those that the PPT has made since."""
    shared(desks.village)
    keys, folder = desks.village.keys, desks.village.folder
    desks.village.close()
    old = {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}
    desks.village = reopened(folder, keys, desks.clock)
    rotate(desks.village)
    desks.exchange()
    take_in(desks.village, reply(desks))
    rotate(desks.ppt)
    take_in(desks.village, reply(desks))
    shared(desks.village, "Marta Bere")
    desks.exchange()
    desks.village.close()
    for path in folder.iterdir():
        if path.is_file():
            path.unlink()
    for name, found in old.items():
        (folder / name).write_bytes(found)
    desks.village = reopened(folder, keys, desks.clock)
    with desks.village.work() as work:
        work.info = info.start_epoch(work.connection, work.info, "b" * 16, work.info.counter + 1_000)
    pack = enrolling.pack(desks.ppt)
    with pytest.raises(DeviceKeyChanged):
        enrolling.request(desks.village, pack.content, pack.fingerprint)
    request = enrolling.request(desks.village, pack.content, pack.fingerprint, renewed=True)
    _, approval = enrolling.approve(desks.ppt, request.content, request.fingerprint, desks.stick, renewed=True)
    enrolling.accept(desks.village, approval)
    assert [done.refused for done in desks.exchange()] == [0]
    assert check(desks.village).findings == check(desks.ppt).findings == ()


# -- what else is sealed to a key --------------------------------------------------------------------------------------


def test_escrow_and_the_exported_key_keep_working(desks: Desks) -> None:
    escrow.set_up(desks.village)
    rotate(desks.village)
    asked = escrow.request(desks.village.folder, desks.stick)
    before = own(desks.ppt)
    rotate(desks.ppt)
    opened = escrow.open_request(desks.ppt, asked.path)
    assert opened.device == own(desks.village).device
    assert escrow.read_out(desks.ppt, opened, asked.digits, "Lembar hilang")
    desks.exchange()
    take_in(desks.village, reply(desks))
    assert escrow.state(desks.village).status is escrow.EscrowStatus.OTHER_PPT  # to be renewed while it still opens
    enrolling.export_identity(desks.ppt, desks.stick / "ppt.key", "Amplop")
    lines = (desks.stick / "ppt.key").read_text().splitlines()
    assert [line for line in lines if not line.startswith("#")] == [own(desks.ppt).identity, before.identity]


def test_a_pack_from_before_the_rotation(desks: Desks) -> None:
    """The village knows the former keys from it: it is answered with them, until they hold no more."""
    pack = enrolling.pack(desks.ppt)
    rotate(desks.ppt)
    enrol_again = enrolling.request(desks.village, pack.content, pack.fingerprint)
    _, approval = enrolling.approve(desks.ppt, enrol_again.content, enrol_again.fingerprint, desks.stick)
    take_in(desks.village, approval)
    assert known(desks.village, desks.ppt).signing_key == own(desks.ppt).signing_key
    desks.clock.move(days=OVERLAP_DAYS + 1)
    with pytest.raises(enrolling.PackOutdated):
        enrolling.approve(desks.ppt, enrol_again.content, enrol_again.fingerprint, desks.stick)
