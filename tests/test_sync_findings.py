# SPDX-License-Identifier: GPL-3.0-or-later
"""What strangers found who tried to lose, leak or deny something by a sequence nobody had thought of."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from desks import NOELBAKI, Desks, enrol, enrolled, found_village, shared_case
from stub_tools import keep_ppt, put_ppt_back, read_here

from trafficwatch.models.casework import Consent, Referral, Screening
from trafficwatch.models.exchange import Delivery
from trafficwatch.models.people import Person
from trafficwatch.store.work import Store
from trafficwatch.sync import moving, outgoing, pinning, putting_away, quarantine, restoring, undoing
from trafficwatch.sync.importing import take_in
from trafficwatch.sync.outbox import deliveries
from trafficwatch.sync.pinning import PinReason


@pytest.fixture
def desks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desks]:
    read_here(monkeypatch)
    with enrolled(tmp_path) as both:
        yield both


def purposes(store: Store) -> list[str | None]:
    with store.work() as work:
        return [each.purpose for each in work.records.select(Referral)]


def device(store: Store) -> str:
    with store.work() as work:
        return work.info.device


def write_purpose(store: Store, purpose: str) -> None:
    with store.work() as work:
        [referral] = work.records.select(Referral)
        work.write(Referral, referral.id, purpose=purpose)


def take_all_again(desks: Desks) -> quarantine.Settled:
    with desks.ppt.work() as work:
        return quarantine.try_again(work, [each.place for each in quarantine.kept_aside(work)])


def test_asking_text_back_of_a_ppt_that_was_put_back_loses_no_newer_text(desks: Desks) -> None:
    """What it brings is older than what was put away: that stays away, and its sealed copy goes again."""
    person = shared_case(desks.village)
    desks.exchange()
    kept = keep_ppt(desks)
    write_purpose(desks.village, "Versi kedua")
    desks.exchange()
    putting_away.put_away(desks.village, person)
    put_ppt_back(desks, kept)
    with desks.village.work() as work:
        pinning.pin(work, person, PinReason.HANDLING)
    restoring.expect(desks.village)
    for made in restoring.restore(desks.ppt, device(desks.village), "Diminta kembali", desks.stick):
        take_in(desks.village, made.path)
    assert purposes(desks.village) == [None]
    desks.exchange()
    assert purposes(desks.ppt) == ["Versi kedua"]


def test_nobody_is_enrolled_under_a_code_that_another_village_had(desks: Desks) -> None:
    shared_case(desks.village)
    desks.exchange()
    moving.change_code(desks.ppt, NOELBAKI[0], "53.01.08.2099", "Pemekaran")
    other = found_village(desks.folder / "other", desks.clock, NOELBAKI)
    try:
        with pytest.raises(moving.CodeTaken):
            enrol(other, desks.ppt, desks.stick)
    finally:
        other.close()


def test_what_is_taken_in_again_goes_when_the_consent_has_ended_meanwhile(desks: Desks) -> None:
    shared_case(desks.village)
    [first] = desks.exchange()
    undoing.undo(desks.ppt, first.bundle, "Keliru")
    with desks.village.work() as work:
        [consent] = work.records.select(Consent)
        work.write(Consent, consent.id, withdrawn_on="2026-11-21")
    desks.exchange()
    done = take_all_again(desks)
    with desks.ppt.work() as work:
        assert [each.name for each in work.records.select(Person)] == [None]
    assert purposes(desks.ppt) == [None]
    for receipt in done.receipts:
        take_in(desks.village, outgoing.write_answer(desks.ppt, receipt, desks.stick))
    with desks.village.work() as work:
        rows = deliveries(work, Delivery.RECEIVED, 0, 100).rows
    assert not {"person", "screening", "referral"} & {row.type for row in rows}


def test_who_threw_away_what_was_put_away_is_not_said_to_have_it(desks: Desks) -> None:
    person = shared_case(desks.village)
    [first] = desks.exchange()
    putting_away.put_away(desks.village, person)
    undoing.undo(desks.ppt, first.bundle, "Keliru")
    with desks.ppt.work() as work:
        places = [each.place for each in quarantine.kept_aside(work)]
        done = quarantine.discard(work, places, "Keliru")
    for receipt in done.receipts:
        take_in(desks.village, outgoing.write_answer(desks.ppt, receipt, desks.stick))
    with desks.village.work() as work:
        states = {row.type: row.state for row in deliveries(work, None, 0, 100).rows}
        [screening] = work.records.select(Screening)
        assert screening.id
        assert {states["screening"], states["referral"]} == {Delivery.REFUSED}
        assert putting_away.state(work, person).refused == 2
