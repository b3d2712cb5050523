# SPDX-License-Identifier: GPL-3.0-or-later
"""What a person agrees to today: the word written last counts, doubt goes to the person, nothing revives by itself."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trafficwatch.models.agreement import CARD_SCOPES, CASE_SCOPES, Agreement, agreement_on
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


def test_a_scope_of_a_newer_version_opens_nothing_here() -> None:
    assert not scopes(consent(scope="share_everything")) & set(ConsentScope)


@pytest.mark.parametrize(
    ("expected", "found"),
    [
        # the word written last, whichever way it goes
        ({CARD}, [consent(said=REFUSED), consent()]),
        (set(), [consent(), consent(said=REFUSED)]),
        ({CARD}, [consent(), consent(said=REFUSED), consent()]),
        # whatever day was typed: the clock may have fallen back in between
        ({CARD}, [consent("2026-03-02", REFUSED), consent("2026-03-01")]),
        (set(), [consent("2026-03-02"), consent("2026-03-01", REFUSED)]),
        (set(), [consent("2026-03-02"), consent("", REFUSED)]),
        (set(), [consent("2026-03-02"), consent("2099", REFUSED)]),
        (set(), [consent("2026-03-02"), consent("2026-03-01", withdrawn_on="2026-03-01")]),
        # a consent that does not speak of the scope changes nothing
        ({CARD, SERVICE}, [consent("2026-03-01"), consent("2026-03-02", scope=SERVICE)]),
        ({CARD}, [consent("2026-03-01"), consent("2026-03-02", REFUSED, scope=SERVICE)]),
        # withdrawn
        (set(), [consent(withdrawn_on="2026-03-01")]),
        (set(), [consent(withdrawn_on="2099")]),
        (set(), [consent(withdrawn_on="")]),
        (set(), [consent("2026-03-01"), consent("2026-03-02", withdrawn_on="2026-03-03")]),
        ({CARD}, [consent("2026-03-02", withdrawn_on="2026-03-03"), consent("2026-03-04")]),
        # deleted
        (set(), [consent(deleted="salah orang")]),
        (set(), [consent(deleted="")]),
        (set(), [consent("2026-03-01"), consent("2026-03-02", deleted="salah orang")]),
        # lapsed: the last day still counts, an earlier consent does not revive
        ({CARD}, [consent(valid_until="2026-11-21")]),
        (set(), [consent(valid_until="2026-11-20")]),
        ({CARD}, [consent(valid_until="2026-11")]),
        (set(), [consent(valid_until="2026-10")]),
        ({CARD}, [consent(valid_until="2026")]),
        ({CARD}, [consent(valid_until="")]),
        (set(), [consent("2026-03-01"), consent("2026-03-02", valid_until="2026-03-03")]),
        # a day that may still be to come agrees to nothing yet, and hides what was before
        ({CARD}, [consent(TODAY)]),
        (set(), [consent("2026-11-22")]),
        ({CARD}, [consent("2026-10")]),
        (set(), [consent("2026-11")]),
        ({CARD}, [consent("2025")]),
        (set(), [consent("2026")]),
        ({CARD}, [consent("2026-11-06~")]),
        (set(), [consent("2026-11-07~")]),
        (set(), [consent("")]),
        (set(), [consent(None)]),
        (set(), [consent(), consent("2026-11-22")]),
        ({CARD}, [consent("2026-11-22"), consent()]),
    ],
)
def test_which_consent_decides(expected: set[str], found: list[Consent]) -> None:
    assert scopes(*found) == expected


def test_consents_may_come_from_anything_that_can_be_walked_once() -> None:
    assert agreement_on(iter([consent(), consent(scope=CASE)]), TODAY).scopes == {CARD, CASE}


# --- refused fields


def refusing(given_on: str = "2026-03-01", name: str = "person.nik", is_refused: Any = True, **fields: Any) -> Consent:
    return consent(given_on, refused_fields={name: is_refused}, **fields)


@pytest.mark.parametrize(
    ("expected", "found"),
    [
        ({"person.nik"}, [refusing()]),
        (set(), [refusing(is_refused=False)]),
        ({"person.nik", "person.religion"}, [refusing(), refusing(name="person.religion")]),
        # whatever became of the consent that refused it
        ({"person.nik"}, [refusing(), consent("2026-03-02")]),
        ({"person.nik"}, [refusing(withdrawn_on="2026-03-02"), consent("2026-03-03")]),
        ({"person.nik"}, [refusing(valid_until="2026-03-02"), consent("2026-03-03")]),
        ({"person.nik"}, [refusing(deleted="salah"), consent("2026-03-03")]),
        ({"person.nik"}, [refusing(said=REFUSED)]),
        # until a later one that holds says the opposite
        (set(), [refusing(), refusing("2026-03-02", is_refused=False)]),
        (set(), [refusing(), refusing("2026-02-28", is_refused=False)]),
        ({"person.nik"}, [refusing(is_refused=False), refusing()]),
        ({"person.nik"}, [refusing(is_refused=False), refusing("2026-02-28")]),
        ({"person.nik"}, [refusing(), refusing("2026-11-22", is_refused=False)]),
        ({"person.nik"}, [refusing(), refusing("2026-03-02", is_refused=False, withdrawn_on="2026-03-03")]),
        ({"person.nik"}, [refusing(), refusing("2026-03-02", is_refused=False, deleted="salah")]),
        ({"person.nik"}, [refusing(), refusing("", is_refused=False)]),
        # a refusal needs no day
        ({"person.nik"}, [refusing("")]),
        ({"person.nik"}, [refusing("2099")]),
        # anything but a plain no is a refusal
        ({"person.nik"}, [refusing(is_refused="no")]),
    ],
)
def test_which_fields_are_refused(expected: set[str], found: list[Consent]) -> None:
    assert agreement_on(found, TODAY).refused == expected


# --- what the scopes open


def test_the_card_leaves_with_either_scope_the_case_with_one() -> None:
    assert set(CARD_SCOPES) == {CARD, CASE}
    assert set(CASE_SCOPES) == {CASE}
    assert [scope for scope in ConsentScope if Agreement(frozenset({scope})).card] == [CARD, CASE]
    assert not Agreement().card


# --- any consents

DAYS = st.sampled_from(
    ["2026-03-01", "2026-03-02", "2026-03", "2026", "2025-12~", "2026-11-21", "2026-11-22", "", None]
)
CONSENTS = st.builds(
    Consent,
    id=st.just("c"),
    deleted=st.sampled_from([None, None, "salah"]),
    given_on=DAYS,
    valid_until=st.sampled_from([None, None, "2026-11-20", "2026-11-21"]),
    withdrawn_on=st.sampled_from([None, None, "2026-03-05"]),
    scopes=st.dictionaries(st.sampled_from([CARD, CASE, SERVICE]), st.sampled_from([AGREED, REFUSED])),
    refused_fields=st.dictionaries(st.sampled_from(["person.nik"]), st.booleans()),
)


def narrower(one: Agreement, other: Agreement) -> bool:
    """Whether nothing may leave under the one that may not under the other."""
    return one.scopes <= other.scopes and one.refused >= other.refused


@given(st.lists(CONSENTS, max_size=5), CONSENTS)
def test_another_consent_opens_nothing_that_it_does_not_itself_give(known: list[Consent], another: Consent) -> None:
    before, after = agreement_on(known, TODAY), agreement_on([*known, another], TODAY)
    assert all(another.scopes[scope] == AGREED for scope in after.scopes - before.scopes)
    assert all(another.refused_fields[name] is False for name in before.refused - after.refused)
    if another.withdrawn_on or another.deleted:
        assert narrower(after, before)


@given(
    st.lists(CONSENTS, min_size=1, max_size=5),
    st.integers(0, 4),
    st.sampled_from([{"withdrawn_on": TODAY}, {"deleted": "salah"}]),
)
def test_withdrawing_or_deleting_one_never_opens_anything(
    known: list[Consent], place: int, how: dict[str, Any]
) -> None:
    place %= len(known)
    ended = [*known[:place], replace(known[place], **how), *known[place + 1 :]]
    assert narrower(agreement_on(ended, TODAY), agreement_on(known, TODAY))


@given(st.lists(CONSENTS, max_size=5), st.sampled_from([CARD, CASE, SERVICE]))
def test_a_refusal_today_ends_a_scope_whatever_was_said_before(known: list[Consent], scope: str) -> None:
    assert scope not in scopes(*known, consent(TODAY, REFUSED, scope))


@given(st.lists(CONSENTS.filter(lambda found: str(found.given_on) < "2026-11-21"), max_size=5))
def test_time_alone_opens_nothing_but_what_was_dated_ahead(known: list[Consent]) -> None:
    days = [agreement_on(known, day) for day in ("2026-11-22", "2026-11-21", "2026-11-20")]
    assert narrower(days[0], days[1])
    assert narrower(days[1], days[2])


@given(st.lists(CONSENTS, max_size=5), st.lists(DAYS, min_size=5, max_size=5))
def test_no_day_makes_an_earlier_word_win(known: list[Consent], days: list[str | None]) -> None:
    """Whatever day stands on the consents before it, the last one that holds gives all that it says."""
    said = {CARD: AGREED, CASE: REFUSED}
    last = Consent(id="c", given_on="2026-03-01", scopes=said, refused_fields={"person.nik": False})
    dated = [replace(consent, given_on=day) for consent, day in zip(known, days, strict=False)]
    after = agreement_on([*dated, last], TODAY)
    assert (CARD in after.scopes, CASE in after.scopes, after.refused) == (True, False, frozenset())
