# SPDX-License-Identifier: GPL-3.0-or-later
"""Records that were set aside go in when what they lacked has come, or by a person's hand; the village learns of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from aside_tools import all_lines, known, send_lines, split
from desks import Desks, deliveries, enrolled, shared_case

from trafficwatch.models.exchange import Delivery
from trafficwatch.store.check import check
from trafficwatch.store.sealing import CaseKeyNeeded
from trafficwatch.sync import importing, quarantine
from trafficwatch.sync.bundle import open_bundle
from trafficwatch.sync.exporting import NothingToSend, export
from trafficwatch.sync.importing import take_in
from trafficwatch.sync.inbox import bundles
from trafficwatch.sync.outgoing import write_answer
from trafficwatch.sync.undoing import ReasonNeeded

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def desks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desks]:
    monkeypatch.setattr(importing, "open_apart", open_bundle)  # the same reader, without a process of its own
    with enrolled(tmp_path) as found:
        yield found


def waiting(desks: Desks) -> tuple[quarantine.SetAside, ...]:
    with desks.ppt.work() as work:
        return quarantine.kept_aside(work)


def children_first(desks: Desks) -> tuple[Path, Path]:
    """Two bundles: all but the person, then the person."""
    shared_case(desks.village)
    person, others = split(all_lines(desks), {"person"})
    return send_lines(desks, others), send_lines(desks, person)


def test_what_pointed_to_a_missing_record_goes_in_with_it_and_the_village_hears_of_it(desks: Desks) -> None:
    early, late = children_first(desks)
    first, receipt = desks.deliver(early)
    assert first.refused
    assert {each.reason for each in waiting(desks)} == {"link_missing"}
    assert {each.sender for each in waiting(desks)} == {
        "Noelbaki, Kec. Kupang Tengah, Kab. Kupang, Nusa Tenggara Timur"
    }
    assert all(each.is_kept and each.number and each.since for each in waiting(desks))
    second, newer = desks.deliver(late)
    assert (second.settled, len(second.later), waiting(desks)) == (first.refused, 1, ())
    [renewed] = [write_answer(desks.ppt, each, desks.stick) for each in second.later]
    take_in(desks.village, newer)
    take_in(desks.village, renewed)
    assert {state for state, _ in deliveries(desks.village).values()} == {Delivery.RECEIVED}
    take_in(desks.village, receipt)  # the first one, late: it takes nothing back
    assert {state for state, _ in deliveries(desks.village).values()} == {Delivery.RECEIVED}
    with pytest.raises(NothingToSend):
        export(desks.village, desks.stick)
    again = take_in(desks.ppt, early)
    assert (again.again, again.refused, again.receipt) == (True, 0, second.later[0])
    with desks.ppt.work() as work:
        assert [row.receipt for row in bundles(work)] == [second.receipt, second.later[0]]
    assert check(desks.ppt).findings == ()
    assert check(desks.village).findings == ()


def test_in_whatever_order_they_come_the_ppt_knows_the_same(desks: Desks, tmp_path: Path) -> None:
    early, late = children_first(desks)
    with enrolled(tmp_path / "other") as other:
        take_in(other.ppt, late)
        take_in(other.ppt, early)
        take_in(desks.ppt, early)
        take_in(desks.ppt, late)
        assert known(desks.ppt) == known(other.ppt)


def test_a_chain_of_missing_records_goes_in_at_once(desks: Desks) -> None:
    shared_case(desks.village)
    lines = all_lines(desks)
    referral, lines = split(lines, {"referral"})
    case, lines = split(lines, {"case_record"})
    person, rest = split(lines, {"person"})
    for part in (referral, case):
        assert desks.deliver(send_lines(desks, part))[0].refused
    done, _ = desks.deliver(send_lines(desks, rest + person))
    assert (done.refused, done.settled, len(done.later), waiting(desks)) == (0, 2, 2, ())


def test_a_record_that_opens_the_way_to_its_own_bundle_is_said_on_one_receipt(desks: Desks) -> None:
    shared_case(desks.village)
    lines = all_lines(desks)
    referral, lines = split(lines, {"referral"})
    case, lines = split(lines, {"case_record"})
    assert desks.deliver(send_lines(desks, case))[0].refused
    done, receipt = desks.deliver(send_lines(desks, lines + referral))
    assert (done.refused, done.settled, len(done.later), waiting(desks)) == (0, 2, 1, ())
    told = take_in(desks.village, receipt)
    assert all(result.state is Delivery.RECEIVED for result in told.results)


def test_what_is_sent_again_while_it_waits_waits_once(desks: Desks) -> None:
    early, late = children_first(desks)
    desks.deliver(early)
    count = len(waiting(desks))
    _, others = split(all_lines(desks), {"person"})
    desks.deliver(send_lines(desks, others))
    assert len(waiting(desks)) == count
    done, _ = desks.deliver(late)
    assert done.settled == count


def test_a_person_tries_again_or_throws_away(desks: Desks) -> None:
    early, late = children_first(desks)
    desks.deliver(early)
    places = {each.type: each.place for each in waiting(desks)}
    with desks.ppt.work() as work:
        assert quarantine.try_again(work, list(places.values())).done == 0
        with pytest.raises(ReasonNeeded):
            quarantine.discard(work, [places["screening"]], " ")
        thrown = quarantine.discard(work, [places["screening"]], "dikirim dua kali")
    assert (thrown.done, len(thrown.receipts)) == (1, 1)
    take_in(desks.village, write_answer(desks.ppt, thrown.receipts[0], desks.stick))
    assert ("refused", "discarded") in {
        state for (kind, _), state in deliveries(desks.village).items() if kind == "screening"
    }
    done, receipt = desks.deliver(late)
    assert done.settled == len(places) - 1
    take_in(desks.village, receipt)
    for each in done.later:
        take_in(desks.village, write_answer(desks.ppt, each, desks.stick))
    kinds = {kind: state for (kind, _), state in deliveries(desks.village).items()}
    assert kinds["screening"] == ("refused", "discarded")
    with pytest.raises(NothingToSend):  # the same form of it does not go again
        export(desks.village, desks.stick)
    with desks.ppt.work() as work:
        assert work.records.count("screening") == 0
    assert check(desks.ppt).findings == ()
    assert check(desks.village).findings == ()


def test_without_the_case_key_the_list_can_be_read_and_nothing_settled(desks: Desks) -> None:
    early, _ = children_first(desks)
    desks.deliver(early)
    count = len(waiting(desks))
    with desks.ppt.work() as work:
        work.sealer = type(work.sealer)(None)
        found = quarantine.kept_aside(work)
        assert (len(found), quarantine.count(work)) == (count, count)
        with pytest.raises(CaseKeyNeeded):
            quarantine.try_again(work, [each.place for each in found])
        with pytest.raises(CaseKeyNeeded):
            quarantine.discard(work, [each.place for each in found], "bukan punya kita")
