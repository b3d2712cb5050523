# SPDX-License-Identifier: GPL-3.0-or-later
"""Who is believed: enrolment, revocation, keys, other villages' records, receipts that answer nothing of ours."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from desks import (
    NOELBAKI,
    TARUS,
    Clock,
    Desks,
    agree,
    content,
    dump,
    enrol,
    enrolled,
    files,
    found_ppt,
    found_village,
    make_bundle,
    resident,
    sent,
)
from sqlalchemy import text, update

from trafficwatch.models.casework import ConsentScope
from trafficwatch.models.exchange import BundleKind, PeerStatus
from trafficwatch.models.people import Person
from trafficwatch.models.tables import local
from trafficwatch.store.sealing import CaseKeyNeeded
from trafficwatch.store.work import Store
from trafficwatch.sync import age, bundle, enrolling, sshsig, wire
from trafficwatch.sync.bundle import BundleForked, ForAnotherRecipient, PracticeRefused, SenderRevoked, SenderUnknown
from trafficwatch.sync.devices import DeviceKeyChanged, DeviceRevoked, NotEnrolled, own_keys, own_ppt, peers
from trafficwatch.sync.enrolment import EnrolmentPracticeRefused, EnrolmentUnexpected, FingerprintMismatch
from trafficwatch.sync.exporting import export
from trafficwatch.sync.importing import KindUnexpected, take_in
from trafficwatch.sync.receipts import ReceiptForNothing

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def desks(tmp_path: Path) -> Iterator[Desks]:
    with enrolled(tmp_path) as found:
        yield found


@pytest.fixture
def neighbour(desks: Desks) -> Iterator[Store]:
    """A second village of the same PPT."""
    store = found_village(desks.folder / "neighbour", desks.clock, TARUS)
    folder = desks.folder / "neighbour-files"
    folder.mkdir()
    enrol(store, desks.ppt, folder)
    yield store
    store.close()


def shared_card(store: Store, name: str = "Yohanis Bere") -> str:
    person = resident(store, name)
    agree(store, person, ConsentScope.SHARE_CARD)
    return person


def device(store: Store) -> str:
    with store.work() as work:
        return work.info.device


def believes(store: Store, other: str) -> PeerStatus:
    with store.work() as work:
        return next(peer.status for peer in peers(work) if peer.device == other)


# -- whose records -----------------------------------------------------------------------------------------------------


def test_a_record_of_another_village_is_refused(desks: Desks, neighbour: Store) -> None:
    person = shared_card(desks.village)
    desks.exchange()
    own = shared_card(neighbour, "Marta Bere")
    with desks.village.work() as work:
        state = work.records.state("person", person)
    assert state is not None
    with neighbour.work() as work:
        work.records.put_state(state, None, TARUS[0])  # the neighbour has the id and claims the record
    [made] = export(neighbour, desks.stick)
    with neighbour.work() as work:
        assert work.records.home("person", person) == TARUS[0]
    lines = [wire.encode_record(state, TARUS[0]), wire.encode_record(state, NOELBAKI[0])]
    done, _ = desks.deliver(made.path)
    assert done.refused == 0
    assert sent(desks.ppt, made.path)["person"] == [own]
    for line in lines:
        path = make_bundle(neighbour, device(desks.ppt), BundleKind.REPORT, [line], desks.stick / "claim.twb")
        done, receipt = desks.deliver(path)
        assert [(result.state, result.reason) for result in done.results] == [("refused", "record_of_another_village")]
        assert content(neighbour, receipt)[1][1]["reason"] == "record_of_another_village"
    with desks.ppt.work() as work:
        assert work.records.home("person", person) == NOELBAKI[0]
        assert work.records.get(Person, person).name == "Yohanis Bere"


def test_a_bundle_of_an_unknown_village_is_refused(desks: Desks) -> None:
    stranger = found_village(desks.folder / "stranger", desks.clock, TARUS)
    try:
        resident(stranger)
        pack = enrolling.write_pack(desks.ppt, desks.folder / "pack.twe")
        enrolling.write_request(stranger, pack.path, pack.fingerprint, desks.folder / "request.twe")
        with pytest.raises(NotEnrolled):
            export(stranger, desks.stick)
        path = make_bundle(stranger, device(desks.ppt), BundleKind.REPORT, [], desks.stick / "unknown.twb")
    finally:
        stranger.close()
    before, on_stick = dump(desks.ppt), files(desks.stick)
    with pytest.raises(SenderUnknown):
        take_in(desks.ppt, path)
    assert (dump(desks.ppt), files(desks.stick)) == (before, on_stick)


def test_each_desk_takes_in_only_its_kinds(desks: Desks) -> None:
    shared_card(desks.village)
    for kind in (BundleKind.REPLY, BundleKind.PEER, BundleKind.RESTORE, BundleKind.TRANSFER):
        path = make_bundle(desks.village, device(desks.ppt), kind, [], desks.stick / "odd.twb")
        with pytest.raises(KindUnexpected):
            take_in(desks.ppt, path)
    path = make_bundle(desks.ppt, device(desks.village), BundleKind.REPORT, [], desks.stick / "odd.twb")
    with pytest.raises(KindUnexpected):
        take_in(desks.village, path)


def test_a_bundle_that_was_passed_on_is_refused(desks: Desks) -> None:
    """Who opened a bundle may seal it for somebody else; the signed head still names the first recipient."""
    shared_card(desks.village)
    [path] = desks.send()
    other = found_ppt(desks.folder / "other", desks.clock, ("53.02", "UPTD PPA lain"))
    try:
        enrol(desks.village, other, desks.stick)
        with desks.ppt.work() as work:
            archive = bundle.unseal(path.read_bytes(), own_keys(work).identity)
        with other.work() as work:
            path.write_bytes(bundle.seal(archive, [own_keys(work).recipient]))
        with pytest.raises(ForAnotherRecipient):
            take_in(other, path)
    finally:
        other.close()


def test_another_content_under_a_known_number_is_a_fork(desks: Desks, tmp_path: Path) -> None:
    """A laptop that was put back to an older state, or copied, uses a number twice."""
    import shutil

    shared_card(desks.village)
    desks.village.close()
    shutil.copytree(tmp_path / "village", tmp_path / "copy")
    village = desks.trained()
    desks.exchange()
    village.close()
    shutil.rmtree(tmp_path / "village")
    (tmp_path / "copy").rename(tmp_path / "village")
    desks.trained()
    shared_card(desks.village, "Marta Bere")
    [path] = desks.send()
    before = dump(desks.ppt)
    with pytest.raises(BundleForked) as raised:
        take_in(desks.ppt, path)
    assert raised.value.params == {"number": 1}
    assert dump(desks.ppt) == before


# -- receipts ----------------------------------------------------------------------------------------------------------


def test_a_receipt_of_another_village_does_not_open(desks: Desks, neighbour: Store) -> None:
    for store in (desks.village, neighbour):
        shared_card(store)
    [path] = desks.send()
    export(neighbour, desks.stick)
    _, receipt = desks.deliver(path)
    before = dump(neighbour)
    with pytest.raises(age.NotForThisRecipient):
        take_in(neighbour, receipt)
    assert dump(neighbour) == before


@pytest.mark.parametrize("change", ["bundle", "epoch", "number", "manifest", "nothing said", "said twice"])
def test_a_receipt_that_answers_nothing_of_ours_is_refused(desks: Desks, change: str) -> None:
    shared_card(desks.village)
    [path] = desks.send()
    manifest, _ = content(desks.ppt, path)
    with desks.village.work() as work:
        row = work.connection.execute(local.bundle_out.select()).one()
    said = {
        "bundle": manifest.bundle,
        "epoch": manifest.epoch,
        "number": manifest.number,
        "manifest": row.manifest_hash,
    }
    wrong = {"bundle": device(desks.ppt) * 2, "epoch": "0" * 16, "number": 7, "manifest": "0" * 64}
    head = wire.ReceiptLine(**{**said, **({change: wrong[change]} if change in wrong else {})}, received_at="2026")
    lines = [wire.encode_control(head)] * {"nothing said": 0, "said twice": 2}.get(change, 1)
    lines += [wire.encode_control(wire.ResultLine("person", "x", "received"))]
    forged = make_bundle(desks.ppt, device(desks.village), BundleKind.RECEIPT, lines, desks.stick / "receipt.twb")
    before = dump(desks.village)
    with pytest.raises(ReceiptForNothing):
        take_in(desks.village, forged)
    assert dump(desks.village) == before


def test_a_receipt_speaks_only_of_what_its_bundle_held(desks: Desks) -> None:
    person = shared_card(desks.village)
    [path] = desks.send()
    later = shared_card(desks.village, "Marta Bere")
    desks.send()
    manifest, _ = content(desks.ppt, path)
    with desks.village.work() as work:
        first = work.connection.execute(local.bundle_out.select().order_by(local.bundle_out.c.number)).first()
    assert first is not None
    head = wire.ReceiptLine(manifest.bundle, manifest.epoch, 1, first.manifest_hash, "2026")
    said = [wire.ResultLine("person", each, "received") for each in (person, later)]
    lines = [wire.encode_control(head), *map(wire.encode_control, said)]
    receipt = make_bundle(desks.ppt, device(desks.village), BundleKind.RECEIPT, lines, desks.stick / "receipt.twb")
    assert [result.id for result in take_in(desks.village, receipt).results] == [person]


# -- enrolment and revocation ------------------------------------------------------------------------------------------


def test_a_revoked_device_is_refused_and_learns_it(desks: Desks) -> None:
    shared_card(desks.village)
    [waiting] = desks.send()
    notice = enrolling.revoke(desks.ppt, device(desks.village), desks.stick, "hilang")
    before = dump(desks.ppt)
    with pytest.raises(SenderRevoked):
        take_in(desks.ppt, waiting)
    assert dump(desks.ppt) == before
    take_in(desks.village, notice)
    before, on_stick = dump(desks.village), files(desks.stick)
    with pytest.raises(DeviceRevoked):
        export(desks.village, desks.stick)
    assert (dump(desks.village), files(desks.stick)) == (before, on_stick)


def test_a_revoked_device_can_be_enrolled_again(desks: Desks) -> None:
    shared_card(desks.village)
    take_in(desks.village, enrolling.revoke(desks.ppt, device(desks.village), desks.stick, "hilang"))
    enrol(desks.village, desks.ppt, desks.stick)
    [done] = desks.exchange()
    assert done.refused == 0


def test_of_several_ppts_the_one_enrolled_with_last_is_sent_to(desks: Desks) -> None:
    """A PPT that got a new laptop is another device; whatever its number, the village sends everything there."""
    shared_card(desks.village)
    desks.exchange()
    for number in range(4):
        replaced = found_ppt(desks.folder / f"new-{number}", desks.clock)
        enrol(desks.village, replaced, desks.stick)
        with desks.village.work() as work:
            chosen = own_ppt(work).device
        [path] = desks.send()
        assert take_in(replaced, path).refused == 0
        assert chosen == device(replaced)
        replaced.close()
    take_in(desks.village, enrolling.reply(desks.ppt, device(desks.village), desks.stick))  # news of the old one
    with desks.village.work() as work:
        assert own_ppt(work).device == chosen


def test_an_older_reply_never_rolls_the_status_back(desks: Desks) -> None:
    """An approval that was kept and comes after the revocation changes nothing."""
    ppt, village = device(desks.ppt), device(desks.village)
    request = enrolling.write_request(desks.village, *pack_of(desks), desks.stick / "request.twe")
    _, older = enrolling.approve(desks.ppt, request.path, request.fingerprint, desks.stick)
    revoked = enrolling.revoke(desks.ppt, village, desks.stick, "hilang")
    take_in(desks.village, revoked)
    assert believes(desks.village, ppt) is PeerStatus.REVOKED
    with pytest.raises(SenderRevoked):
        take_in(desks.village, older)
    enrolling.write_request(desks.village, *pack_of(desks), desks.stick / "request.twe")
    assert believes(desks.village, ppt) is PeerStatus.PENDING
    enrolling.accept(desks.village, older)
    assert believes(desks.village, ppt) is PeerStatus.PENDING
    with pytest.raises(NotEnrolled), desks.village.work() as work:
        own_ppt(work)


def pack_of(desks: Desks) -> tuple[Path, str]:
    for left in desks.stick.glob("*.twe"):
        left.unlink()
    pack = enrolling.write_pack(desks.ppt, desks.stick / "pack.twe")
    return pack.path, pack.fingerprint


def test_another_key_under_a_known_name_is_refused(desks: Desks) -> None:
    with desks.village.work() as work:
        changed = update(local.own_device).values(signing_seed=sshsig.generate_private_key())
        work.connection.execute(changed)
    request = enrolling.write_request(desks.village, *pack_of(desks), desks.stick / "request.twe")
    before = dump(desks.ppt)
    with pytest.raises(DeviceKeyChanged):
        enrolling.approve(desks.ppt, request.path, request.fingerprint, desks.stick)
    assert dump(desks.ppt) == before


@pytest.mark.parametrize(("key", "value"), [("device", '"00000000000000aa"'), ("code", f'"{TARUS[0]}"')])
def test_a_known_key_under_another_name_is_refused(desks: Desks, key: str, value: str) -> None:
    with desks.village.work() as work:
        work.connection.execute(text("UPDATE store_info SET value = :v WHERE key = :k"), {"v": value, "k": key})
        if key == "device":
            work.connection.execute(text("UPDATE own_device SET device = :v"), {"v": value.strip('"')})
    request = enrolling.write_request(desks.village, *pack_of(desks), desks.stick / "request.twe")
    with pytest.raises(DeviceKeyChanged):
        enrolling.approve(desks.ppt, request.path, request.fingerprint, desks.stick)


def test_wrong_digits_enrol_nobody(desks: Desks) -> None:
    path, digits = pack_of(desks)
    wrong = digits.replace(digits[-1], str((int(digits[-1]) + 1) % 10))
    before = dump(desks.village)
    with pytest.raises(FingerprintMismatch):
        enrolling.write_request(desks.village, path, wrong, desks.stick / "request.twe")
    assert dump(desks.village) == before
    assert not (desks.stick / "request.twe").exists()
    request = enrolling.write_request(desks.village, path, digits.replace(" ", "-"), desks.stick / "request.twe")
    before = dump(desks.ppt)
    with pytest.raises(FingerprintMismatch):
        enrolling.approve(desks.ppt, request.path, digits, desks.stick)
    with pytest.raises(EnrolmentUnexpected):
        enrolling.approve(desks.ppt, path, digits, desks.stick)
    assert dump(desks.ppt) == before


def test_practice_and_real_desks_never_meet(desks: Desks) -> None:
    practice = found_village(desks.folder / "practice", desks.clock, TARUS, practice=True)
    try:
        path, digits = pack_of(desks)
        with pytest.raises(EnrolmentPracticeRefused):
            enrolling.write_request(practice, path, digits, desks.stick / "request.twe")
    finally:
        practice.close()
    shared_card(desks.village)
    with desks.village.work() as work:  # a laptop whose mark was changed after it was enrolled
        work.connection.execute(text("UPDATE store_info SET value = 'true' WHERE key = 'practice'"))
    [path] = desks.send()
    before = dump(desks.ppt)
    with pytest.raises(PracticeRefused):
        take_in(desks.ppt, path)
    assert dump(desks.ppt) == before


def test_a_ppt_without_its_case_key_takes_no_report_in(desks: Desks) -> None:
    from trafficwatch.store.vault import Keys

    shared_card(desks.village)
    [path] = desks.send()
    desks.ppt.keys = Keys(desks.ppt.keys.master, None, desks.ppt.keys.volunteer)
    before = dump(desks.ppt)
    with pytest.raises(CaseKeyNeeded):
        take_in(desks.ppt, path)
    assert dump(desks.ppt) == before


def test_the_clock_decides_nothing(desks: Desks) -> None:
    """A laptop whose clock runs more than a year behind is believed like any other."""
    desks.clock.move(days=-500)
    shared_card(desks.village)
    [done] = desks.exchange()
    assert (done.refused, Clock().now > desks.clock.now) == (0, True)
