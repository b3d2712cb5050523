# SPDX-License-Identifier: GPL-3.0-or-later
"""What a named duty opens, to whom and how long; consent for some institutions only; who else is named in a record."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sync_tools import full_record, key_of

from trafficwatch.models.agreement import BY_DUTY, Agreement, agreement_on
from trafficwatch.models.care import TO_PPT, CasePerson, Disclosure, Duty
from trafficwatch.models.casework import Consent, ConsentScope, Decision
from trafficwatch.models.exchange import FieldState, Stamp
from trafficwatch.models.fields import Leaving, Side
from trafficwatch.models.record_types import RECORD_TYPES
from trafficwatch.store.agreeing import agreed
from trafficwatch.sync.leaving import leaves
from trafficwatch.sync.merge import merge_records

TODAY = "2026-11-21"
POLICE, CLINIC = "5c1f2a90-0000-4000-8000-000000000001", "5c1f2a90-0000-4000-8000-000000000002"
TO = st.sampled_from([TO_PPT, POLICE, CLINIC])
NAMES = [f"{name}.{field}" for name, kind in RECORD_TYPES.items() for field in kind.fields]
DISCLOSURES = st.builds(
    Disclosure,
    id=st.just("d"),
    deleted=st.sampled_from([None, None, "salah"]),
    duty=st.sampled_from([*Duty, "duty_of_a_newer_version", None]),
    disclosed_on=st.sampled_from(["2026-11-20", TODAY, "2026-11-22", "2026-11", "2026", "", None]),
    recipients=st.dictionaries(TO, st.sampled_from([True, False, "ya"])),
    lifted=st.dictionaries(st.sampled_from(NAMES), st.sampled_from([True, False, "ya"]), max_size=3),
    ended_on=st.sampled_from([None, None, TODAY, "2099", ""]),
)
CONSENTS = st.builds(
    Consent,
    id=st.just("c"),
    given_on=st.sampled_from(["2026-03-01", "2099"]),
    scopes=st.dictionaries(st.sampled_from([*ConsentScope]), st.sampled_from([*Decision]), max_size=6),
    refused_fields=st.dictionaries(st.sampled_from(NAMES), st.booleans(), max_size=4),
    recipients=st.dictionaries(TO, st.booleans(), max_size=2),
)


def disclosure(*to: str, **fields: Any) -> Disclosure:
    values = {"duty": Duty.DANGER_TO_LIFE.value, "disclosed_on": TODAY, "recipients": dict.fromkeys(to, True)}
    return Disclosure(id="d", **(values | fields))


def under(*found: Disclosure, consents: tuple[Consent, ...] = ()) -> Agreement:
    return agreement_on(consents, TODAY, found)


def reasons(type_name: str, agreement: Agreement, *, went_out: bool = False, **fields: Any) -> dict[str, str]:
    state = full_record(type_name, **({"deleted": None} | fields))
    departure = leaves(state, agreement, Side.VILLAGE, went_out=went_out)
    return departure.reasons if departure else {}


# -- what a duty opens -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("duty", Duty)
def test_a_duty_opens_what_may_be_shared_to_whom_it_names_and_to_nobody_else(duty: Duty) -> None:
    agreement = under(disclosure(POLICE, duty=duty.value))
    for scope in ConsentScope:
        assert agreement.allows(scope, POLICE) is (scope in BY_DUTY)
        assert not agreement.allows(scope, CLINIC)
        assert not agreement.allows(scope, TO_PPT)
        assert not agreement.allows(scope)
    assert {ConsentScope.SERVICE, ConsentScope.DEIDENTIFIED_USE}.isdisjoint(BY_DUTY)
    assert agreement.duty(POLICE) is duty
    assert agreement.duty(CLINIC) is agreement.duty(None) is None
    assert not agreement.card
    assert agreement.scopes == frozenset()


@pytest.mark.parametrize(
    "wrong",
    [
        {"deleted": "salah"},
        {"ended_on": TODAY},
        {"ended_on": "2099"},
        {"ended_on": ""},
        {"disclosed_on": "2026-11-22"},
        {"disclosed_on": "2026-11"},
        {"disclosed_on": None},
        {"duty": None},
        {"duty": "kewajiban baru"},
        {"recipients": {TO_PPT: False}},
        {"recipients": {TO_PPT: "ya"}},
        {"recipients": {}},
    ],
)
def test_a_duty_that_does_not_hold_opens_nothing(wrong: dict[str, Any]) -> None:
    assert under(disclosure(TO_PPT)).card
    agreement = under(disclosure(TO_PPT, **wrong))
    assert not agreement.card
    assert agreement.duty(TO_PPT) is None
    assert reasons("screening", agreement) == {}


@pytest.mark.parametrize("type_name", [name for name, kind in RECORD_TYPES.items() if kind.leaving is Leaving.CASE])
def test_a_duty_to_the_ppt_lets_the_case_leave_and_says_so(type_name: str) -> None:
    fields = [field for field in RECORD_TYPES[type_name].fields.values() if field.owner is Side.VILLAGE]
    expected = {key_of(field): "duty" for field in fields if field.leaving is not Leaving.NEVER}
    assert reasons(type_name, under(disclosure(TO_PPT))) == expected
    assert reasons(type_name, under(disclosure(POLICE))) == {}


def test_what_never_leaves_does_not_leave_under_a_duty() -> None:
    for name, kind in RECORD_TYPES.items():
        never = {key_of(field) for field in kind.fields.values() if field.leaving is Leaving.NEVER}
        assert not never & reasons(name, under(disclosure(TO_PPT))).keys()


def test_consent_is_named_before_a_duty() -> None:
    consent = Consent(id="c", given_on=TODAY, scopes={ConsentScope.SHARE_CASE.value: Decision.AGREED.value})
    agreement = under(disclosure(TO_PPT), consents=(consent,))
    assert set(reasons("screening", agreement).values()) == {"share_case"}


def test_a_refused_field_stays_until_the_duty_lifts_it_and_then_only_for_whom_it_names() -> None:
    refusing = Consent(
        id="c",
        given_on=TODAY,
        scopes={ConsentScope.SHARE_CARD.value: Decision.AGREED.value},
        refused_fields={"person.nik": True, "person.address": True},
    )
    lifting = disclosure(TO_PPT, lifted={"person.nik": True, "person.address": False})
    agreement = under(lifting, consents=(refusing,))
    assert agreement.refused_for(TO_PPT) == {"person.address"}
    assert agreement.refused_for(POLICE) == agreement.refused_for(None) == {"person.nik", "person.address"}
    found = reasons("person", agreement)
    assert (found["nik"], found["name"]) == ("duty", "share_card")
    assert "address" not in found
    assert "nik" not in reasons("person", under(replace(lifting, ended_on=TODAY), consents=(refusing,)))


def test_the_end_of_a_duty_follows_what_went_out() -> None:
    found = reasons("disclosure", under(disclosure(TO_PPT)))
    assert (found["reason"], found["duty"]) == ("duty", "duty")
    ended = reasons("disclosure", under(disclosure(TO_PPT, ended_on=TODAY)), went_out=True)
    assert {"person_id", "ended_on", "recipients/satu", "lifted/satu", "disclosed_on"} <= ended.keys()
    assert set(ended.values()) == {"follows"}
    assert not {"reason", "ordered_by", "duty"} & ended.keys()
    assert reasons("disclosure", under()) == {}


@given(st.lists(DISCLOSURES, max_size=3), DISCLOSURES, st.lists(CONSENTS, max_size=3), TO)
def test_a_duty_opens_only_to_whom_it_names_and_ending_it_never_opens_anything(
    known: list[Disclosure], another: Disclosure, consents: list[Consent], recipient: str
) -> None:
    before = agreement_on(consents, TODAY, known)
    after = agreement_on(consents, TODAY, [*known, another])
    opened = {scope for scope in ConsentScope if after.allows(scope, recipient) and not before.allows(scope, recipient)}
    lifted = before.refused_for(recipient) - after.refused_for(recipient)
    if opened or lifted:
        assert another.recipients[recipient] is True
        assert (another.deleted, another.ended_on) == (None, None)
        assert opened <= BY_DUTY
        assert all(another.lifted[name] is True for name in lifted)
    assert (after.scopes, after.refused, after.named) == (before.scopes, before.refused, before.named)
    for ended in ({"ended_on": TODAY}, {"deleted": "salah"}):
        assert agreement_on(consents, TODAY, [*known, replace(another, **ended)]) == before


@given(st.lists(DISCLOSURES, max_size=3), st.lists(CONSENTS, max_size=3), st.sampled_from(list(RECORD_TYPES)))
def test_what_leaves_under_a_duty_is_never_refused_and_never_without_one(
    known: list[Disclosure], consents: list[Consent], type_name: str
) -> None:
    agreement = agreement_on(consents, TODAY, known)
    for key, reason in reasons(type_name, agreement).items():
        name = f"{type_name}.{key.partition('/')[0]}"
        assert name not in agreement.refused_for(TO_PPT)
        assert reason != "duty" or agreement.duty(TO_PPT) is not None
        assert name not in agreement.refused or reason == "duty"


# -- consent for some institutions -------------------------------------------------------------------------------------


def given_to(*to: str, said: Decision = Decision.AGREED, **fields: Any) -> Consent:
    scopes = dict.fromkeys((ConsentScope.REFERRAL.value, ConsentScope.SHARE_CASE.value), said.value)
    return Consent(id="c", given_on=TODAY, scopes=scopes, recipients=dict.fromkeys(to, True), **fields)


@pytest.mark.parametrize(
    ("consents", "allowed"),
    [
        ([given_to()], {POLICE, CLINIC}),
        ([given_to(POLICE)], {POLICE}),
        ([given_to(POLICE), given_to(CLINIC)], {CLINIC}),  # the word that was written last
        ([given_to(POLICE), given_to()], {POLICE, CLINIC}),
        ([given_to(POLICE), given_to(CLINIC, withdrawn_on=TODAY)], set()),
        ([given_to(POLICE), given_to(CLINIC, said=Decision.REFUSED)], set()),
        ([replace(given_to(), recipients={POLICE: False})], set()),
        ([replace(given_to(), recipients={POLICE: "ya"})], set()),
    ],
)
def test_a_referral_goes_to_the_institutions_that_were_named(consents: list[Consent], allowed: set[str]) -> None:
    agreement = agreement_on(consents, TODAY)
    assert {to for to in (POLICE, CLINIC) if agreement.allows(ConsentScope.REFERRAL, to)} == allowed
    assert agreement.allows(ConsentScope.SHARE_CASE, TO_PPT) is (ConsentScope.SHARE_CASE in agreement.scopes)


@given(st.lists(CONSENTS, max_size=3), CONSENTS, st.sampled_from([*ConsentScope]), TO)
def test_another_consent_names_only_its_own_institutions(
    known: list[Consent], another: Consent, scope: ConsentScope, recipient: str
) -> None:
    before, after = agreement_on(known, TODAY), agreement_on([*known, another], TODAY)
    if after.allows(scope, recipient) and not before.allows(scope, recipient):
        assert another.scopes[scope] == Decision.AGREED
        is_limited = scope in {ConsentScope.REFERRAL, ConsentScope.REPORT} and another.recipients
        assert not is_limited or another.recipients[recipient] is True


# -- who else is named -------------------------------------------------------------------------------------------------

NAMED = [(name, field) for name, kind in RECORD_TYPES.items() for field in kind.fields.values() if field.needs]


def test_each_flag_that_is_needed_is_one_of_the_record() -> None:
    assert {f"{name}.{field.name}" for name, field in NAMED} >= {"authority_report.reporter_name", "case_person.name"}
    for name, field in NAMED:
        flag = RECORD_TYPES[name].fields[field.needs]
        assert (flag.shape.value, flag.leaving) == ("flag", field.leaving)


@pytest.mark.parametrize("said", [False, None])
def test_who_did_not_say_yes_is_not_named(said: bool | None) -> None:
    everything = Agreement(frozenset(ConsentScope))
    for name, field in NAMED:
        assert key_of(field) in reasons(name, everything)
        found = reasons(name, everything, **{field.needs: said})
        assert field.needs in found
        assert key_of(field) not in found


def test_who_said_yes_here_and_no_there_is_not_named() -> None:
    everything, name = Agreement(frozenset(ConsentScope)), "case_person"
    here = full_record(name, deleted=None)
    flags = {
        text: FieldState({Stamp(5, by * 16): frozenset({text})}, {by * 16: 5})
        for text, by in (("true", "b"), ("false", "c"))
    }
    theirs = [replace(here, fields=here.fields | {"agrees": flag}) for flag in flags.values()]
    both = leaves(merge_records(*theirs), everything, Side.VILLAGE)
    assert both is not None
    assert "agrees" in both.reasons
    assert "name" not in both.reasons
    without = replace(here, fields={key: state for key, state in here.fields.items() if key != "agrees"})
    alone = leaves(without, everything, Side.VILLAGE)
    assert alone is not None
    assert "name" not in alone.reasons


def test_a_paper_names_them_no_more_than_a_bundle_does() -> None:
    someone = CasePerson(id="p", person_id="q", role="witness", name="Saksi", agrees=True)
    assert agreed(someone, Agreement()).name == "Saksi"
    assert agreed(replace(someone, agrees=None), Agreement()).name is None
    lifting = under(disclosure(POLICE, lifted={"case_person.name": True}))
    refusing = replace(lifting, refused=frozenset({"case_person.name"}))
    assert agreed(someone, refusing, POLICE).name == "Saksi"
    assert agreed(someone, refusing, CLINIC).name is agreed(someone, refusing).name is None
