# SPDX-License-Identifier: GPL-3.0-or-later
"""Two laptops of one village: what travels between them, what never does, and how both end with the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from desks import agree, content, deliveries, resident, screen, shared_case
from peer_tools import Laptops, device, hand, shared, two_laptops
from sqlalchemy import select

from trafficwatch.models.casework import Answered, ConsentScope, Referral, Screening
from trafficwatch.models.people import Person, PersonPair
from trafficwatch.models.tables import local
from trafficwatch.ppt.answers import answer_referral
from trafficwatch.sync import outgoing, peering
from trafficwatch.sync.enrolling import reply
from trafficwatch.sync.exporting import NothingToSend, export
from trafficwatch.sync.importing import take_in

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from trafficwatch.store.work import Store


@pytest.fixture
def desks(tmp_path: Path) -> Iterator[Laptops]:
    with two_laptops(tmp_path) as found:
        yield found


@pytest.fixture
def second(desks: Laptops) -> Store:
    return desks.second


def write(store: Store, person: str, **fields: str) -> None:
    with store.work() as work:
        work.write(Person, person, **fields)


def person_of(store: Store, person: str) -> Person:
    with store.work() as work:
        return work.records.get(Person, person)


def test_both_laptops_end_with_the_same(desks: Laptops, second: Store) -> None:
    """Nobody agreed to anything: between the laptops of a village that is not asked."""
    silent = resident(desks.village)
    case = shared_case(desks.village, "Marta Bere")
    other = resident(second, "Frans Tefa")
    [there] = hand(desks.village, second, desks.stick)
    [back] = hand(second, desks.village, desks.stick)
    assert (there.refused, back.refused) == (0, 0)
    assert shared(desks.village) == shared(second)
    assert {person_of(second, each).name for each in (silent, case, other)} == {
        "Yohanis Bere",
        "Marta Bere",
        "Frans Tefa",
    }
    with second.work() as work:
        assert work.records.select(Screening)[0].finding == "suspected"


def test_what_is_confirmed_does_not_go_again(desks: Laptops, second: Store) -> None:
    person = resident(desks.village)
    hand(desks.village, second, desks.stick)
    hand(second, desks.village, desks.stick)
    for one, other in ((desks.village, second), (second, desks.village)):
        with pytest.raises(NothingToSend):
            peering.export(one, device(other), desks.stick)
    write(second, person, occupation="nelayan")
    [made] = peering.export(second, device(desks.village), desks.stick)
    assert made.records == 1
    take_in(desks.village, made.path)
    assert peering.export(second, device(desks.village), desks.stick)[0].records == 1  # no receipt came back yet


def test_private_notes_stay_with_who_wrote_them(desks: Laptops, second: Store) -> None:
    person = resident(desks.village, private_note="Rumahnya sering gelap")
    screening = screen(desks.village, person)
    with desks.village.work() as work:
        work.write(Screening, screening, note="Ia menangis")
    [made] = peering.export(desks.village, device(second), desks.stick)
    lines = content(second, made.path)[1]
    keys = {f"{line['type']}.{key}" for line in lines for key in line.get("fields", {})}
    assert "person.name" in keys
    assert "screening.finding" in keys
    assert not keys & {"person.private_note", "screening.note"}
    take_in(second, made.path)
    assert person_of(second, person).private_note is None
    assert person_of(desks.village, person).private_note == "Rumahnya sering gelap"


def test_what_never_goes_to_the_ppt_goes_to_the_other_laptop(desks: Laptops, second: Store) -> None:
    one, two = resident(desks.village), resident(desks.village, "Yohanes Bere")
    with desks.village.work() as work:
        pair = work.write(PersonPair, None, person_id=one, other_id=two, verdict="different")
    hand(desks.village, second, desks.stick)
    with second.work() as work:
        assert work.records.get(PersonPair, pair).verdict == "different"
    agree(desks.village, one, ConsentScope.SHARE_CASE)
    assert "person_pair" not in {line["type"] for path in desks.send() for line in content(desks.ppt, path)[1]}


def test_one_field_changed_on_both_is_shown_on_both(desks: Laptops, second: Store) -> None:
    person = resident(desks.village, occupation="petani")
    hand(desks.village, second, desks.stick)
    write(desks.village, person, occupation="nelayan")
    write(second, person, occupation="penjahit", address="RT 3")
    hand(desks.village, second, desks.stick)
    hand(second, desks.village, desks.stick)
    assert shared(desks.village) == shared(second)
    for store in (desks.village, second):
        with store.work() as work:
            assert work.records.standing("person", "occupation")[person] == {"nelayan", "penjahit"}
        assert person_of(store, person).address == "RT 3"


def test_deleted_on_one_is_deleted_on_both(desks: Laptops, second: Store) -> None:
    person = resident(desks.village)
    hand(desks.village, second, desks.stick)
    write(second, person, deleted="salah catat")
    hand(second, desks.village, desks.stick)
    assert person_of(desks.village, person).deleted == "salah catat"


def test_a_ppt_hears_of_a_person_from_either_laptop_once(desks: Laptops, second: Store) -> None:
    """What the second laptop got from the first goes to the PPT from it too, and changes nothing there."""
    shared_case(desks.village)
    desks.exchange()
    hand(desks.village, second, desks.stick)
    with desks.ppt.work() as work:
        before = {name: list(work.records.each_state(name)) for name in ("person", "screening", "referral", "consent")}
    for made in export(second, desks.stick):
        assert take_in(desks.ppt, made.path).refused == 0
    with desks.ppt.work() as work:
        for name, states in before.items():
            assert list(work.records.each_state(name)) == states


def test_what_the_ppt_answered_comes_from_the_ppt_alone(desks: Laptops, second: Store) -> None:
    shared_case(desks.village)
    desks.exchange()
    hand(desks.village, second, desks.stick)
    with desks.ppt.work() as work:
        [referral] = work.records.select(Referral)
        answer_referral(work, referral.id, Answered.ARRIVED, None)
    take_in(desks.village, reply(desks.ppt, device(desks.village), desks.stick))
    with desks.village.work() as work:
        assert work.records.get(Referral, referral.id).answered == Answered.ARRIVED
        assert peering.waiting(work, device(second)) == 0
    take_in(second, reply(desks.ppt, device(second), desks.stick))
    with second.work() as work:
        assert work.records.get(Referral, referral.id).answered == Answered.ARRIVED


def test_a_bundle_that_came_twice_changes_nothing_and_gives_the_same_receipt(desks: Laptops, second: Store) -> None:
    resident(desks.village)
    [made] = peering.export(desks.village, device(second), desks.stick)
    first = take_in(second, made.path)
    state = shared(second)
    again = take_in(second, made.path)
    assert (again.again, again.receipt, shared(second)) == (True, first.receipt, state)
    receipt = outgoing.write_answer(second, first.receipt or "", desks.stick)
    take_in(desks.village, receipt)
    take_in(desks.village, receipt)
    with desks.village.work() as work:
        assert peering.waiting(work, device(second)) == 0
        rows = work.connection.execute(
            select(local.delivery.c.state).where(local.delivery.c.recipient == device(second))
        )
        assert {row.state for row in rows} == {"received"}


def test_without_the_case_key_the_register_is_exchanged(desks: Laptops, second: Store) -> None:
    person = resident(desks.village)
    agree(desks.village, person, ConsentScope.SHARE_CASE)
    screening = screen(desks.village, person)
    helper = desks.helper()
    hand(helper, second, desks.stick)
    with second.work() as work:
        assert work.records.exists("person", person)
        assert not work.records.exists("screening", screening)
    hand(desks.trained(), second, desks.stick)
    assert shared(desks.village) == {
        key: state for key, state in shared(second).items() if key in shared(desks.village)
    }
    assert deliveries(desks.village)
