# SPDX-License-Identifier: GPL-3.0-or-later
"""Merging two cards: a no since outlives taking it back, nothing agreed is lost unseen, and long names fit."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from store_tools import scratch, trained_store
from test_merging import NO, REFUSED_FIELD, YES, consent, person, shown

from trafficwatch.casework.consents import agreement_of, withdraw_consent
from trafficwatch.models.casework import Consent
from trafficwatch.models.people import Person
from trafficwatch.registry.browse import resident_card, residents
from trafficwatch.registry.merging import merge, preview, unmerge
from trafficwatch.registry.residents import agree_safe_contact
from trafficwatch.store.work import Store, Work


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    with trained_store(tmp_path_factory.mktemp("merging")) as opened:
        yield opened


@pytest.fixture
def work(store: Store) -> Iterator[Work]:
    with scratch(store) as opened:
        yield opened


# -- what was said since -----------------------------------------------------------------------------------------------


def test_a_no_since_is_not_undone_by_taking_back(work: Work) -> None:
    keep, other = person(work), person(work)
    consent(work, keep, {"share_card": NO})
    consent(work, other, {"share_card": YES})
    done = merge(work, keep, other)
    consent(work, keep, {"share_card": NO})
    back = unmerge(work, done.pair_id)
    assert [agreement_of(work, of).scopes for of in (keep, other)] == [frozenset()] * 2
    assert back.left == ("consent.valid_until",)


@pytest.mark.parametrize(
    "said", [{"scopes": {"share_card": NO}}, {"scopes": {}, "refused_fields": {REFUSED_FIELD: True}}]
)
def test_a_no_since_ends_a_yes_that_goes_back(work: Work, said: dict[str, Any]) -> None:
    keep, other = person(work), person(work)
    consent(work, other, {"share_card": YES})
    done = merge(work, keep, other)
    assert agreement_of(work, keep).card
    consent(work, keep, **said)
    assert unmerge(work, done.pair_id).left == ("consent.valid_until",)
    assert agreement_of(work, other).scopes == frozenset()


def test_a_withdrawal_since_holds_and_a_yes_that_it_does_not_touch_goes_back(work: Work) -> None:
    keep, other = person(work), person(work)
    mine = consent(work, keep, {"share_card": YES})
    consent(work, other, {"share_card": YES})
    consent(work, other, {"share_case": YES})
    done = merge(work, keep, other)
    newest = consent(work, keep, {"share_card": YES})
    withdraw_consent(work, newest, "Tidak mau lagi")
    assert unmerge(work, done.pair_id).left == ("consent.valid_until",)
    assert agreement_of(work, other).scopes == {"share_case"}
    assert work.records.get(Consent, mine).valid_until is None


def test_a_ban_since_holds_for_both(work: Work) -> None:
    keep, other = person(work), person(work)
    consent(work, keep, {"share_card": NO})
    consent(work, other, {"share_card": YES})
    agree_safe_contact(work, other, way="phone", number="0812")
    done = merge(work, keep, other)
    agree_safe_contact(work, keep, way="phone", number="0812", do_not_contact=True)
    back = unmerge(work, done.pair_id)
    cards = [resident_card(work, of).contact for of in (keep, other)]
    assert [contact and contact.do_not_contact for contact in cards] == [True, True]
    assert cards[1] is not None
    assert cards[1].number == "0812"
    assert set(back.left) == {"safe_contact.do_not_contact", "consent.valid_until"}
    assert agreement_of(work, other).scopes == frozenset()


def test_a_ban_lifted_and_set_again_since_stays(work: Work) -> None:
    keep, other = person(work), person(work)
    agree_safe_contact(work, other, do_not_contact=True)
    done = merge(work, keep, other)
    agree_safe_contact(work, keep, do_not_contact=False)
    agree_safe_contact(work, keep, do_not_contact=True)
    unmerge(work, done.pair_id)
    for of in (keep, other):
        contact = resident_card(work, of).contact
        assert contact is not None
        assert contact.do_not_contact


# -- what the merged card says -----------------------------------------------------------------------------------------


def test_what_is_lost_of_an_agreement_about_contact_is_told_before(work: Work) -> None:
    keep, other, third = person(work), person(work), person(work)
    agree_safe_contact(work, keep, way="phone", number="0811-1")
    agree_safe_contact(work, other, way="through_person", through="Bu Rosa", hours="malam")
    seen = preview(work, keep, other)
    assert seen.differs == ("safe_contact.way", "safe_contact.through", "safe_contact.hours")
    assert [(each.number, each.through) for each in seen.contacts] == [("0811-1", None), (None, "Bu Rosa")]
    taken = merge(work, third, other)
    assert (taken.contacts, taken.differs) == ((), ())
    assert taken.filled == ("safe_contact.way", "safe_contact.through", "safe_contact.hours")


def test_a_nik_that_was_seen_replaces_one_that_was_told(work: Work) -> None:
    told = {"nik": "5301081203750001", "nik_status": "told"}
    keep = person(work, **told)
    other = person(work, nik="5301081203750002", nik_status="seen")
    before = shown(work)
    done = merge(work, keep, other)
    card = work.records.get(Person, keep)
    assert (card.nik, card.nik_status) == ("5301081203750002", "seen")
    assert (done.filled, done.differs) == (("nik", "nik_status"), ())
    assert [row.id for row in residents(work, "5301081203750002").rows] == [keep]
    assert unmerge(work, done.pair_id).left == ()
    assert shown(work) == before


@pytest.mark.parametrize("size", [144, 146, 153, 200])
def test_cards_with_long_names_merge_and_are_taken_back(work: Work, size: int) -> None:
    long = ("Maria Goreti Yohana Fransiska " * 10)[: size - 1] + "x"
    keep, other = person(work, "Maria"), person(work, long, trainings={("menjahit " * 20)[:149] + "x": "2019"})
    before = shown(work)
    done = merge(work, keep, other)
    card = work.records.get(Person, keep)
    (alias,) = card.aliases
    assert long.startswith(alias)
    assert len(alias) > 130
    assert len(card.trainings) == 1
    assert unmerge(work, done.pair_id).left == ()
    assert shown(work) == before


def test_a_cut_alias_that_says_nothing_new_is_left_out(work: Work) -> None:
    long = ("Maria Goreti Yohana Fransiska " * 10)[:195]
    keep = person(work, long + "a")
    merge(work, keep, person(work, long + "b"))
    assert work.records.get(Person, keep).aliases == {}
