# SPDX-License-Identifier: GPL-3.0-or-later
"""Nothing put away is lost: a PPT that forgets what it confirmed gets the sealed copy again (decision 0017)."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest
from canaries import hidden_in
from desks import Desks, content, deliveries, enrolled, make_bundle, shared_case
from sqlalchemy import select, update
from stub_tools import canary_case, everything, keep_ppt, put_ppt_back, read_here

from trafficwatch.models.care import Account
from trafficwatch.models.casework import Consent, Referral, Screening
from trafficwatch.models.exchange import BundleKind, Delivery
from trafficwatch.models.tables import local
from trafficwatch.store.erasure import Ground, erase
from trafficwatch.sync import age, envelopes, outgoing, putting_away, wire
from trafficwatch.sync.devices import own_keys, own_ppt
from trafficwatch.sync.exporting import NothingToSend, export
from trafficwatch.sync.importing import take_in
from trafficwatch.sync.putting_away import Stay, TextHeld
from trafficwatch.sync.receipts import ReceiptForNothing


@pytest.fixture
def desks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desks]:
    read_here(monkeypatch)
    with enrolled(tmp_path) as both:
        yield both


def copies(desks: Desks) -> list[bytes]:
    with desks.village.work() as work:
        table = local.bundle_out
        query = select(table.c.archive).where(table.c.kind == "report", table.c.archive.is_not(None))
        return list(work.connection.execute(query).scalars())


def reply(desks: Desks) -> Path:
    """Any news of the PPT, by which the village learns of its epoch."""
    with desks.ppt.work() as work:
        [device] = work.connection.execute(select(local.peer.c.device).where(local.peer.c.side == "village")).scalars()
    name = f"{secrets.token_hex(4)}.twb"
    return make_bundle(desks.ppt, device, BundleKind.REPLY, [], desks.stick / name)


def test_the_copy_is_noise_to_the_village(desks: Desks) -> None:
    person = canary_case(desks.village)
    desks.exchange()
    putting_away.put_away(desks.village, person)
    kept = copies(desks)
    assert len(kept) == 3  # consents, the file, the case
    with desks.village.work() as work:
        own = age.Identity.from_string(own_keys(work).identity)
    for each in kept:
        with pytest.raises(age.NotForThisRecipient):
            age.decrypt(each, [own])
        assert hidden_in(each) == []


def test_a_ppt_that_was_put_back_gets_all_of_it_again(desks: Desks) -> None:
    kept = keep_ppt(desks)
    person = canary_case(desks.village)
    desks.exchange()
    with desks.ppt.work() as work:
        before = {each.id: each for cls in (Account, Screening, Referral) for each in work.records.select(cls)}
    putting_away.put_away(desks.village, person)
    put_ppt_back(desks, kept)
    take_in(desks.village, reply(desks))
    for _ in range(3):  # until the PPT has confirmed all of it again
        try:
            desks.exchange()
        except NothingToSend:
            break
    with desks.ppt.work() as work:
        after = {each.id: each for cls in (Account, Screening, Referral) for each in work.records.select(cls)}
        [file] = work.connection.execute(select(local.attachment_content.c.id)).scalars()
    assert before == after != {}
    assert {state for state, _ in deliveries(desks.village).values()} == {Delivery.RECEIVED}
    assert hidden_in(everything(desks.village)) == []
    assert file
    with pytest.raises(NothingToSend):
        export(desks.village, desks.stick)


def test_a_receipt_from_before_the_ppt_was_put_back_confirms_nothing(desks: Desks) -> None:
    """It comes late, after the village has heard of the new epoch."""
    kept = keep_ppt(desks)
    person = shared_case(desks.village)
    [path] = desks.send()
    _, receipt = desks.deliver(path)
    put_ppt_back(desks, kept)
    take_in(desks.village, reply(desks))
    assert take_in(desks.village, receipt).results == ()
    assert {state for state, _ in deliveries(desks.village).values()} == {Delivery.IN_BUNDLE}
    with pytest.raises(TextHeld):
        putting_away.put_away(desks.village, person)


def test_a_receipt_that_comes_before_the_news_costs_nothing(desks: Desks) -> None:
    """The village puts away on the old word, and hears of the new epoch later."""
    kept = keep_ppt(desks)
    person = shared_case(desks.village)
    [path] = desks.send()
    _, receipt = desks.deliver(path)
    put_ppt_back(desks, kept)
    take_in(desks.village, receipt)
    assert putting_away.put_away(desks.village, person).records
    take_in(desks.village, reply(desks))
    desks.exchange()
    with desks.ppt.work() as work:
        [referral] = work.records.select(Referral)
    assert referral.purpose == "Pendampingan"


def test_between_two_epochs_of_one_backup_every_change_is_a_forgetting(desks: Desks) -> None:
    """Put back twice to the same backup: a receipt of the one comes after the other was heard of."""
    kept = keep_ppt(desks)
    person = shared_case(desks.village)
    [path] = desks.send()
    put_ppt_back(desks, kept)
    _, from_second = desks.deliver(path)
    put_ppt_back(desks, kept)
    take_in(desks.village, reply(desks))
    take_in(desks.village, from_second)
    putting_away.put_away(desks.village, person)
    take_in(desks.village, reply(desks))
    desks.exchange()
    with desks.ppt.work() as work:
        assert [each.purpose for each in work.records.select(Referral)] == ["Pendampingan"]


def test_no_receipt_but_the_one_for_just_this_form_lets_anything_go(desks: Desks) -> None:
    """Forged for another bundle, for another content, with refused records, or for a form that has changed since."""
    person = shared_case(desks.village)
    [path] = desks.send()
    manifest, lines = content(desks.ppt, path)
    with desks.ppt.work() as work:
        [device] = work.connection.execute(select(local.peer.c.device).where(local.peer.c.side == "village")).scalars()
    said = [wire.encode_control(wire.ResultLine(each["type"], each["id"], "received")) for each in lines]
    for head in (
        wire.ReceiptLine(manifest.bundle, manifest.epoch, manifest.number, "0" * 64, "2026-11-21"),
        wire.ReceiptLine("00000000-0000-4000-8000-000000000000", manifest.epoch, 1, "0" * 64, "2026-11-21"),
    ):
        forged = desks.stick / f"{secrets.token_hex(4)}.twb"
        make_bundle(desks.ppt, device, BundleKind.RECEIPT, [wire.encode_control(head), *said], forged)
        with pytest.raises(ReceiptForNothing):
            take_in(desks.village, forged)
    done = take_in(desks.ppt, path)
    receipt = outgoing.write_answer(desks.ppt, done.receipt or "", desks.stick)
    with desks.village.work() as work:
        [referral] = work.records.select(Referral)
        work.write(Referral, referral.id, purpose="lain")
    take_in(desks.village, receipt)
    take_in(desks.village, receipt)  # replayed
    with pytest.raises(TextHeld):
        putting_away.put_away(desks.village, person)
    with desks.village.work() as work:
        assert putting_away.state(work, person).stays == (Stay.UNSENT,)


def test_a_record_that_the_ppt_refused_keeps_the_whole_case_here(desks: Desks) -> None:
    person = shared_case(desks.village)
    [path] = desks.send()
    manifest, lines = content(desks.ppt, path)
    with desks.ppt.work() as work:
        [device] = work.connection.execute(select(local.peer.c.device).where(local.peer.c.side == "village")).scalars()
    with desks.village.work() as work:
        table = local.bundle_out
        hashed = work.connection.execute(
            select(table.c.manifest_hash).where(table.c.bundle == manifest.bundle)
        ).scalar_one()
    head = wire.ReceiptLine(manifest.bundle, manifest.epoch, manifest.number, hashed, "2026-11-21")
    said = [
        wire.ResultLine(each["type"], each["id"], "refused" if each["type"] == "referral" else "received", "x")
        for each in lines
    ]
    texts = [wire.encode_control(line) for line in (head, *said)]
    take_in(desks.village, make_bundle(desks.ppt, device, BundleKind.RECEIPT, texts, desks.stick / "receipt.twb"))
    with pytest.raises(TextHeld):
        putting_away.put_away(desks.village, person)
    with desks.village.work() as work:
        assert work.records.select(Referral)[0].purpose == "Pendampingan"


def test_without_a_copy_it_goes_once_more_first(desks: Desks) -> None:
    """What went out before there were copies, or came back from the PPT."""
    person = shared_case(desks.village)
    desks.exchange()
    with desks.village.work() as work:
        work.connection.execute(update(local.bundle_out).values(archive=None))
        assert putting_away.state(work, person).stays == (Stay.NO_COPY,)
    desks.clock.move(days=8)
    assert putting_away.run(desks.village).records == 0
    desks.exchange()
    desks.clock.move(days=8)
    assert putting_away.run(desks.village).people == 1
    assert len(copies(desks)) == 1


def test_copies_do_not_pile_up(desks: Desks) -> None:
    shared_case(desks.village)
    for count in range(4):
        with desks.village.work() as work:
            [referral] = work.records.select(Referral)
            work.write(Referral, referral.id, purpose=f"tujuan {count}")
        desks.send()
    assert len(copies(desks)) == 1
    desks.exchange()
    with pytest.raises(NothingToSend):
        desks.send()
    with desks.village.work() as work:
        envelopes.let_go(work)
    assert len(copies(desks)) == 1


def test_of_what_was_erased_no_copy_stays(desks: Desks) -> None:
    person = shared_case(desks.village)
    desks.exchange()
    putting_away.put_away(desks.village, person)
    with desks.village.work() as work:
        [consent] = work.records.select(Consent)
        assert own_ppt(work)
    erase(desks.village, "consent", consent.id, Ground.PERSON_ASKED)
    desks.send()
    assert copies(desks) == []
