# SPDX-License-Identifier: GPL-3.0-or-later
"""What travels between village and PPT, what comes again, and what never leaves (consent: test_exchange_consent)."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import pytest
from desks import (
    Desks,
    agree,
    content,
    deliveries,
    dump,
    enrolled,
    files,
    make_bundle,
    resident,
    sent,
    shared_case,
)
from sqlalchemy import select, text

from trafficwatch.models.casework import Answered, ConsentScope, Referral
from trafficwatch.models.exchange import BundleKind, RecordState, Stamp
from trafficwatch.models.history import written
from trafficwatch.models.people import Person
from trafficwatch.models.tables import local
from trafficwatch.registry.residents import plan_journey, record_person
from trafficwatch.store.work import FieldOwnedElsewhere
from trafficwatch.sync import wire
from trafficwatch.sync.exporting import NothingToSend, export
from trafficwatch.sync.importing import take_in
from trafficwatch.sync.outgoing import write_answer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

CASE_TYPES = {"person", "consent", "screening", "case_record", "referral"}


@pytest.fixture
def desks(tmp_path: Path) -> Iterator[Desks]:
    with enrolled(tmp_path) as found:
        yield found


def test_what_the_ppt_confirmed_is_not_sent_again(desks: Desks) -> None:
    person = shared_case(desks.village)
    [path] = desks.send()
    assert sent(desks.ppt, path).keys() == {*CASE_TYPES, "volunteer", "training", "tally"}
    assert set(deliveries(desks.village).values()) == {("in_bundle", "")}
    done, receipt = desks.deliver(path)
    assert (done.refused, done.gap, done.again) == (0, 0, False)
    confirmed = take_in(desks.village, receipt)
    assert confirmed.received == done.received == len(deliveries(desks.village))
    assert set(deliveries(desks.village).values()) == {("received", "")}
    before, on_stick = dump(desks.village), files(desks.stick)
    with pytest.raises(NothingToSend):
        export(desks.village, desks.stick)
    assert (dump(desks.village), files(desks.stick)) == (before, on_stick)
    with desks.ppt.work() as work:
        assert work.records.get(Person, person).name == "Yohanis Bere"


def test_only_what_changed_goes_again(desks: Desks) -> None:
    person, other = resident(desks.village, "Yohanis Bere"), resident(desks.village, "Marta Bere")
    for each in (person, other):
        agree(desks.village, each, ConsentScope.SHARE_CARD)
    desks.exchange()
    desks.clock.move(days=1)
    with desks.village.work() as work:
        record_person(work, person, address="RT 4")
        record_person(work, other, name="Marta Bere")  # saved again, nothing changed
    [path] = desks.send()
    assert sent(desks.ppt, path) == {"person": [person]}
    done, _ = desks.deliver(path)
    assert done.received == 1
    with desks.ppt.work() as work:
        found = work.records.get(Person, person)
    assert (found.name, found.address) == ("Yohanis Bere", "RT 4")


def test_a_change_after_the_export_still_goes(desks: Desks) -> None:
    """A receipt confirms what was sent, not what stands there by the time it comes back."""
    person = resident(desks.village)
    agree(desks.village, person, ConsentScope.SHARE_CARD)
    [path] = desks.send()
    with desks.village.work() as work:
        record_person(work, person, address="RT 4")
    take_in(desks.village, desks.deliver(path)[1])
    [path] = desks.send()
    assert sent(desks.ppt, path) == {"person": [person]}


def test_a_lost_stick_costs_nothing(desks: Desks) -> None:
    first = resident(desks.village, "Yohanis Bere")
    agree(desks.village, first, ConsentScope.SHARE_CARD)
    [lost] = desks.send()
    before = sent(desks.ppt, lost)
    lost.unlink()
    second = resident(desks.village, "Marta Bere")
    agree(desks.village, second, ConsentScope.SHARE_CARD)
    [path] = desks.send()
    now = sent(desks.ppt, path)
    assert {kind: set(ids) <= set(now[kind]) for kind, ids in before.items()} == dict.fromkeys(before, True)
    assert set(now["person"]) == {first, second}
    done, receipt = desks.deliver(path)
    assert (done.number, done.gap, done.refused) == (2, 1, 0)
    take_in(desks.village, receipt)
    with pytest.raises(NothingToSend):
        export(desks.village, desks.stick)


def test_the_same_bundle_twice_gives_the_same_receipt(desks: Desks) -> None:
    shared_case(desks.village)
    [path] = desks.send()
    first, receipt = desks.deliver(path)
    before, lines = dump(desks.ppt), content(desks.village, receipt)
    again, second_receipt = desks.deliver(path)
    assert (again.again, again.receipt, again.results) == (True, first.receipt, first.results)
    assert content(desks.village, second_receipt) == lines
    assert dump(desks.ppt) == before
    take_in(desks.village, receipt)
    before = dump(desks.village)
    assert take_in(desks.village, second_receipt).again
    assert dump(desks.village) == before


def test_bundles_may_come_late_and_out_of_order(desks: Desks) -> None:
    person = resident(desks.village)
    agree(desks.village, person, ConsentScope.SHARE_CARD)
    [first] = desks.send()
    with desks.village.work() as work:
        record_person(work, person, address="RT 4")
    [second] = desks.send()
    with desks.village.work() as work:
        record_person(work, person, address="RT 5", occupation="petani")
    [third] = desks.send()
    delivered = {name: desks.deliver(path) for name, path in (("third", third), ("first", first), ("second", second))}
    assert {name: (done.number, done.gap) for name, (done, _) in delivered.items()} == {
        "third": (3, 2),
        "first": (1, 0),
        "second": (2, 0),
    }
    with desks.ppt.work() as work:
        found = work.records.get(Person, person)
        differences = work.connection.execute(select(local.difference)).all()
    assert (found.address, found.occupation, differences) == ("RT 5", "petani", [])
    for name in ("third", "first", "second"):
        take_in(desks.village, delivered[name][1])
    assert set(deliveries(desks.village).values()) == {("received", "")}
    with pytest.raises(NothingToSend):  # an older receipt that comes later takes nothing back
        export(desks.village, desks.stick)


def test_more_than_a_megabyte_travels_in_several_bundles(desks: Desks) -> None:
    noise = random.Random(2)
    letters = [chr(code) for code in range(0x4E00, 0x9000)]
    person = resident(desks.village)
    agree(desks.village, person, ConsentScope.SHARE_CARD)
    with desks.village.work() as work:
        for _ in range(100):
            texts = {key: "".join(noise.choices(letters, k=2_000)) for key in ("debts", "motive")}
            plan_journey(work, person, **texts)
    paths = desks.send()
    assert len(paths) == 2
    assert all(path.stat().st_size <= 1_000_000 for path in paths)
    carried = [sent(desks.ppt, path).get("journey", []) for path in paths]
    assert sum(map(len, carried)) == len({each for ids in carried for each in ids}) == 100
    done = [desks.deliver(path) for path in paths]
    assert [(each.number, each.gap, each.refused) for each, _ in done] == [(1, 0, 0), (2, 0, 0)]
    for _, receipt in done:
        take_in(desks.village, receipt)
    with pytest.raises(NothingToSend):
        export(desks.village, desks.stick)


def test_one_bad_record_is_set_aside_with_what_refers_to_it(desks: Desks) -> None:
    bad, good = resident(desks.village, "Yohanis Bere", sex="m"), resident(desks.village, "Marta Bere")
    for each in (bad, good):
        agree(desks.village, each, ConsentScope.SHARE_CARD)
    with desks.village.work() as work:
        journey = plan_journey(work, bad, destination_country="MY").id
        kept = plan_journey(work, good, destination_country="MY").id
        work.connection.execute(text("UPDATE person SET sex = 'x' WHERE id = :id"), {"id": bad})  # a damaged program
    [path] = desks.send()
    done, receipt = desks.deliver(path)
    refused = {(result.type, result.id): result.reason for result in done.results if result.state == "refused"}
    assert refused.pop(("person", bad)) == "value_impossible"
    assert refused.pop(("journey", journey)) == "link_missing"
    assert [(kind, reason) for (kind, _), reason in refused.items()] == [("consent", "link_missing")]
    with desks.ppt.work() as work:
        assert work.records.exists("person", good)
        assert work.records.exists("journey", kept)
        assert not work.records.exists("person", bad)
        kept_aside = work.connection.execute(select(local.quarantine)).all()
        opened = [
            work.sealer.open("quarantine", row.sender, f"{row.bundle}/{row.line}", row.content) for row in kept_aside
        ]
    assert {row.reason for row in kept_aside} == {"value_impossible", "link_missing"}
    assert len(kept_aside) == 3
    assert any(bad in str(line) and "Yohanis Bere" in str(line) for line in opened)
    listed = {(line["of"], line["id"]): line for line in content(desks.village, receipt)[1] if line["type"] == "result"}
    assert len(listed) == len(done.results)
    assert (listed["person", bad]["state"], listed["person", bad]["reason"]) == ("refused", "value_impossible")
    take_in(desks.village, receipt)
    seen = deliveries(desks.village)
    assert seen["person", bad] == ("refused", "value_impossible")
    assert seen["journey", journey] == ("refused", "link_missing")
    assert seen["person", good] == ("received", "")

    with desks.village.work() as work:
        record_person(work, bad, sex="m")
    [path] = desks.send()
    assert sent(desks.ppt, path).keys() == {"person", "journey", "consent"}
    done, receipt = desks.deliver(path)
    assert (done.received, done.refused) == (3, 0)
    take_in(desks.village, receipt)
    assert set(deliveries(desks.village).values()) == {("received", "")}


def test_of_a_record_that_comes_twice_the_first_counts(desks: Desks) -> None:
    with desks.village.work() as work:
        person = record_person(work, name="Yohanis Bere").person.id
        state = work.records.state("person", person)
        code = work.info.code
    assert state is not None
    line = wire.encode_record(state, code)
    with desks.ppt.work() as work:
        ppt = work.info.device
    path = make_bundle(desks.village, ppt, BundleKind.REPORT, [line, line, "{}", "no json"], desks.stick / "odd.twb")
    done, _ = desks.deliver(path)
    assert [(result.id, result.reason) for result in done.results] == [
        (person, ""),
        (person, "record_twice"),
        ("", "line_malformed"),
        ("", "line_malformed"),
    ]
    with desks.ppt.work() as work:
        assert work.records.get(Person, person).name == "Yohanis Bere"
        kept = work.connection.execute(select(local.quarantine)).all()
    assert sorted(row.reason for row in kept) == ["line_malformed", "line_malformed", "record_twice"]


def test_a_late_refusal_takes_no_receipt_back(desks: Desks) -> None:
    """The journey goes twice in the same form: set aside with its person first, taken in with the mended one later."""
    person = resident(desks.village, sex="m")
    agree(desks.village, person, ConsentScope.SHARE_CARD)
    with desks.village.work() as work:
        journey = plan_journey(work, person, destination_country="MY").id
        work.connection.execute(text("UPDATE person SET sex = 'x'"))
    [first] = desks.send()
    with desks.village.work() as work:
        record_person(work, person, sex="m")
    [second] = desks.send()
    answers = [desks.deliver(path) for path in (first, second)]
    assert [done.refused for done, _ in answers] == [3, 0]
    for _, receipt in reversed(answers):
        take_in(desks.village, receipt)
    assert deliveries(desks.village)["journey", journey] == ("received", "")
    with pytest.raises(NothingToSend):
        export(desks.village, desks.stick)


def test_what_the_ppt_answered_survives_the_village(desks: Desks) -> None:
    shared_case(desks.village)
    desks.exchange()
    with desks.ppt.work() as work:
        [referral] = work.records.select(Referral)
        work.write(
            Referral, referral.id, answered=Answered.ACCEPTED.value, answered_on="2026-11-22", answer_reason="Bisa"
        )
    desks.clock.move(days=2)
    with desks.village.work() as work:
        work.write(Referral, referral.id, companion="Ibu kader")
    [done] = desks.exchange()
    assert (done.received, done.refused) == (1, 0)
    with desks.ppt.work() as work:
        found = work.records.get(Referral, referral.id)
    assert (found.companion, found.answered, found.answered_on) == ("Ibu kader", "accepted", "2026-11-22")
    assert found.answer_reason == "Bisa"


def test_the_village_cannot_write_what_the_ppt_owns(desks: Desks) -> None:
    shared_case(desks.village)
    before = dump(desks.village)
    with desks.village.work() as work:
        [referral] = work.records.select(Referral)
    with pytest.raises(FieldOwnedElsewhere), desks.village.work() as work:
        work.write(Referral, referral.id, answered=Answered.FINISHED.value)
    assert dump(desks.village) == before


def test_a_village_that_claims_the_answer_changes_nothing(desks: Desks) -> None:
    """Its line is signed and newer, but the field is not its own; the rest of the record is taken in."""
    shared_case(desks.village)
    desks.exchange()
    with desks.ppt.work() as work:
        [referral] = work.records.select(Referral)
        work.write(Referral, referral.id, answered=Answered.DECLINED.value)
        ppt = work.info.device
    with desks.village.work() as work:
        work.write(Referral, referral.id, companion="Ibu kader")
        state = work.records.state("referral", referral.id)
        assert state is not None
        claimed = written(None, Answered.ACCEPTED.value, Stamp(work.info.counter + 50, work.info.device))
        line = wire.encode_record(
            RecordState(state.type, state.id, {**state.fields, "answered": claimed}), work.info.code
        )
    assert '"answered":"accepted"' in line
    done, _ = desks.deliver(make_bundle(desks.village, ppt, BundleKind.REPORT, [line], desks.stick / "claim.twb"))
    assert done.received == 1
    with desks.ppt.work() as work:
        found = work.records.get(Referral, referral.id)
        assert (found.answered, found.companion) == ("declined", "Ibu kader")
        assert work.connection.execute(select(local.difference)).all() == []


def test_the_receipt_of_one_bundle_can_be_written_again(desks: Desks) -> None:
    """A receipt that got lost is sealed anew from what was signed, after the stores were closed in between."""
    shared_case(desks.village)
    [path] = desks.send()
    done, receipt = desks.deliver(path)
    lines = content(desks.village, receipt)
    receipt.unlink()
    found = write_answer(desks.ppt, done.receipt or "", desks.stick)
    assert content(desks.village, found) == lines
    assert take_in(desks.village, found).received == done.received
