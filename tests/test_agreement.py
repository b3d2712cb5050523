# SPDX-License-Identifier: GPL-3.0-or-later
"""What a person agrees to today: the latest word counts, doubt goes to the person, and nothing revives by itself."""

from __future__ import annotations

import itertools
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trafficwatch.casework.agreement import CARD_SCOPES, CASE_SCOPES, Agreement, agreement_on
from trafficwatch.models.casework import Consent, ConsentScope, Decision

TODAY = "2026-11-21"
AGREED, REFUSED = Decision.AGREED.value, Decision.REFUSED.value
CARD, CASE, SERVICE = ConsentScope.SHARE_CARD.value, ConsentScope.SHARE_CASE.value, ConsentScope.SERVICE.value


def consent(given_on: str | None = "2026-03-01", said: str = AGREED, scope: str = CARD, **fields: Any) -> Consent:
    return Consent(id="c", person_id="p", given_on=given_on, scopes={scope: said}, **fields)


def scopes(*consents: Consent, today: str = TODAY) -> set[str]:
    return set(agreement_on(consents, today).scopes)


def test_without_consent_nothing() -> None:
    assert agreement_on([], TODAY) == Agreement() == Agreement(frozenset(), frozenset())
    assert scopes(replace(consent(), scopes={})) == set()


@pytest.mark.parametrize("scope", ConsentScope)
def test_each_scope_for_itself(scope: ConsentScope) -> None:
    assert scopes(consent(scope=scope.value)) == {scope}
    assert scopes(consent(said=REFUSED, scope=scope.value)) == set()
    assert scopes(
        *(consent(said=REFUSED if other is scope else AGREED, scope=other.value) for other in ConsentScope)
    ) == {other for other in ConsentScope if other is not scope}


@pytest.mark.parametrize("said", ["", "ya", True, None, 5, "AGREED", {"agreed": True}])
def test_only_the_word_agreed_agrees(said: Any) -> None:
    assert scopes(consent(said=said)) == set()


def test_a_scope_of_a_newer_version_is_nobodys_consent() -> None:
    assert scopes(consent(scope="share_everything")) == set()


@pytest.mark.parametrize(
    ("expected", "found"),
    [
        # the later word, whichever way it goes, in whatever order they come
        ({CARD}, [consent("2026-03-01", REFUSED), consent("2026-03-02")]),
        (set(), [consent("2026-03-01"), consent("2026-03-02", REFUSED)]),
        ({CARD}, [consent("2026-03-01"), consent("2026-03-02", REFUSED), consent("2026-03-03")]),
        # a consent that does not speak of the scope changes nothing
        ({CARD, SERVICE}, [consent("2026-03-01"), consent("2026-03-02", scope=SERVICE)]),
        ({CARD}, [consent("2026-03-01"), consent("2026-03-02", REFUSED, scope=SERVICE)]),
        # one day says it twice: it must agree twice
        (set(), [consent(), consent(said=REFUSED)]),
        ({CARD}, [consent(), consent()]),
        (set(), [consent(), consent(withdrawn_on="2026-03-01")]),
        ({CARD}, [consent("2026-02-28", REFUSED), consent(), consent()]),
        # withdrawn
        (set(), [consent(withdrawn_on="2026-03-01")]),
        (set(), [consent(withdrawn_on="2099")]),
        (set(), [consent(withdrawn_on="")]),
        (set(), [consent("2026-03-01"), consent("2026-03-02", withdrawn_on="2026-03-03")]),
        ({CARD}, [consent("2026-03-02", withdrawn_on="2026-03-03"), consent("2026-03-04")]),
        # lapsed: the last day still counts, an earlier consent does not revive
        ({CARD}, [consent(valid_until="2026-11-21")]),
        (set(), [consent(valid_until="2026-11-20")]),
        ({CARD}, [consent(valid_until="2026-11")]),
        (set(), [consent(valid_until="2026-10")]),
        ({CARD}, [consent(valid_until="2026")]),
        ({CARD}, [consent(valid_until="")]),
        (set(), [consent("2026-03-01"), consent("2026-03-02", valid_until="2026-03-03")]),
        # dates that may be the same day: neither is the later
        (set(), [consent("2026-03-15"), consent("2026-03", REFUSED)]),
        (set(), [consent("2026-03"), consent("2026-03-15", REFUSED)]),
        (set(), [consent("2026-03-15"), consent("2026", REFUSED)]),
        (set(), [consent("2026-03-15"), consent("2026-03-01~", REFUSED)]),
        ({CARD}, [consent("2026-04-01"), consent("2026-03", REFUSED)]),
        ({CARD}, [consent("2026"), consent("2025-12", REFUSED)]),
        # no date: never earlier than another, never later
        (set(), [consent(""), consent("2020-01-01", REFUSED)]),
        (set(), [consent("2026-11-21"), consent(None, REFUSED)]),
        (set(), [consent("2026-11-21"), consent("", withdrawn_on="2020")]),
        ({CARD}, [consent(""), consent("2026-03-01")]),
    ],
)
def test_which_consent_decides(expected: set[str], found: list[Consent]) -> None:
    for order in itertools.permutations(found):
        assert scopes(*order) == expected


def test_consents_may_come_from_anything_that_can_be_walked_once() -> None:
    assert agreement_on(iter([consent(), consent(scope=CASE)]), TODAY).scopes == {CARD, CASE}


# --- refused fields


@pytest.mark.parametrize(
    ("expected", "found"),
    [
        ({"person.nik"}, [consent(refused_fields={"person.nik": True})]),
        (set(), [consent(refused_fields={"person.nik": False})]),
        # what holds for one scope holds for all: the field is absent from every form and bundle
        ({"person.nik"}, [consent(refused_fields={"person.nik": True}), consent("2026-03-02", scope=CASE)]),
        # a consent given again says anew what is refused
        (set(), [consent(refused_fields={"person.nik": True}), consent("2026-03-02")]),
        # but not while it may be the same day
        ({"person.nik"}, [consent("2026-03", refused_fields={"person.nik": True}), consent("2026-03-02")]),
        ({"person.nik", "person.religion"}, [
            consent(refused_fields={"person.nik": True}), consent(refused_fields={"person.religion": True})
        ]),
    ],
)  # fmt: skip
def test_which_fields_are_refused(expected: set[str], found: list[Consent]) -> None:
    for order in itertools.permutations(found):
        assert agreement_on(order, TODAY).refused == expected


# --- what the scopes open


def test_the_card_leaves_with_either_scope_the_case_with_one() -> None:
    assert set(CARD_SCOPES) == {CARD, CASE}
    assert set(CASE_SCOPES) == {CASE}
    assert [scope for scope in ConsentScope if Agreement(frozenset({scope})).card] == [CARD, CASE]
    assert not Agreement().card


# --- any consents

DAYS = st.sampled_from(["2026-03-01", "2026-03-02", "2026-03", "2026", "2025-12~", "", None])
CONSENTS = st.builds(
    Consent,
    id=st.just("c"),
    given_on=DAYS,
    valid_until=st.sampled_from([None, None, "2026-11-20", "2026-11-21"]),
    withdrawn_on=st.sampled_from([None, None, "2026-03-05"]),
    scopes=st.dictionaries(st.sampled_from([CARD, CASE, SERVICE]), st.sampled_from([AGREED, REFUSED])),
    refused_fields=st.dictionaries(st.sampled_from(["person.nik"]), st.booleans()),
)


@given(st.lists(CONSENTS, max_size=5), CONSENTS)
def test_another_consent_opens_no_scope_that_it_does_not_agree_to(known: list[Consent], another: Consent) -> None:
    before, after = scopes(*known), scopes(*known, another)
    for scope in after - before:
        assert another.scopes[scope] == AGREED
        assert another.withdrawn_on is None


@given(st.lists(CONSENTS, min_size=1, max_size=5), st.data())
def test_withdrawing_never_opens_anything(known: list[Consent], data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(known) - 1))
    withdrawn = [*known[:place], replace(known[place], withdrawn_on="2026-11-21"), *known[place + 1 :]]
    assert scopes(*withdrawn) <= scopes(*known)


@given(st.lists(CONSENTS, max_size=5), st.sampled_from([CARD, CASE, SERVICE]))
def test_a_refusal_today_ends_a_scope_whatever_was_said_before(known: list[Consent], scope: str) -> None:
    assert scope not in scopes(*known, consent(TODAY, REFUSED, scope))


@given(st.lists(CONSENTS, max_size=5))
def test_time_alone_opens_nothing(known: list[Consent]) -> None:
    assert (
        scopes(*known, today="2026-11-22") <= scopes(*known, today="2026-11-21") <= scopes(*known, today="2026-11-20")
    )


@given(st.lists(CONSENTS, max_size=4), st.randoms(use_true_random=False))
def test_order_does_not_matter(known: list[Consent], random: Any) -> None:
    shuffled = list(known)
    random.shuffle(shuffled)
    assert agreement_on(shuffled, TODAY) == agreement_on(known, TODAY)
