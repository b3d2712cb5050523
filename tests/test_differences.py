# SPDX-License-Identifier: GPL-3.0-or-later
"""Differences: both values with who and when, settled by whom the field belongs to, and over at both desks then."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from desks import NOELBAKI, SHARED, Desks, agree, enrolled, resident, sent, shared_case
from hypothesis import given
from hypothesis import strategies as st
from sync_tools import example

from trafficwatch.casework.consents import record_consent
from trafficwatch.models.casework import Answered, Consent, ConsentScope, Referral, Screening
from trafficwatch.models.exchange import FieldState, RecordState, Stamp, canonical
from trafficwatch.models.fields import ANY, Field, Value
from trafficwatch.models.people import Person, SafeContact
from trafficwatch.models.record_types import RECORD_TYPES
from trafficwatch.registry.residents import agree_safe_contact
from trafficwatch.store.agreeing import agreement_of
from trafficwatch.store.sealing import CaseKeyNeeded, Sealer
from trafficwatch.store.work import FieldOwnedElsewhere, Store
from trafficwatch.sync import differences, importing
from trafficwatch.sync.bundle import open_bundle
from trafficwatch.sync.differences import DifferenceGone, DifferencesOpen, OpenDifference, settle
from trafficwatch.sync.importing import take_in
from trafficwatch.sync.merge import merge_records
from trafficwatch.sync.outgoing import write_answer
from trafficwatch.sync.replies import make_reply, villages
from trafficwatch.sync.undoing import ReasonNeeded

LAPTOP = "b" * 16
"""Another device that wrote without having seen what stands here."""


@pytest.fixture
def desks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desks]:
    monkeypatch.setattr(importing, "open_apart", open_bundle)  # the same reader, without a process of its own
    with enrolled(tmp_path) as found:
        yield found


def otherwise(store: Store, type_name: str, record_id: str, key: str, value: Value) -> None:
    """Another device's value for a field, that has seen nothing of it, is merged here."""
    with store.work() as work:
        present = work.records.state(type_name, record_id)
        assert present is not None
        stamp = Stamp(work.info.counter + 1, LAPTOP)
        beside = FieldState({stamp: frozenset({canonical(value)})}, {LAPTOP: stamp.counter})
        merged = merge_records(present, RecordState(type_name, record_id, {key: beside}))
        work.take_in(merged, work.records.home(type_name, record_id) or "")


def found(store: Store, until: str | None = None) -> tuple[OpenDifference, ...]:
    with store.work() as work:
        assert differences.count_open(work) == len(differences.open_differences(work))
        return differences.open_differences(work, until)


def choose(store: Store, each: OpenDifference, value: Value, reason: str = "") -> None:
    with store.work() as work:
        settle(work, each.type, each.id, each.key, value, reason)


def test_both_values_with_who_and_when(desks: Desks) -> None:
    person = resident(desks.village)
    desks.clock.move(hours=2)
    otherwise(desks.village, "person", person, "name", "Yohanes Bere")
    [one] = found(desks.village)
    assert (one.type, one.id, one.key, one.label, one.field) == ("person", person, "name", "Yohanes Bere", "Nama")
    theirs, ours = one.values
    assert (ours.value, ours.by, ours.office, ours.at[:13]) == ("Yohanis Bere", "Maria Tefa", "", "2026-11-21T01")
    assert (theirs.value, theirs.by, theirs.office, theirs.at[:13]) == ("Yohanes Bere", "", LAPTOP, "2026-11-21T03")
    assert (theirs.counts, ours.counts, ours.protects) == (True, False, False)
    assert one.settles == ""


def test_settled_here_it_is_over_at_the_other_desk(desks: Desks) -> None:
    person = resident(desks.village)
    agree(desks.village, person, *SHARED)
    otherwise(desks.village, "person", person, "name", "Yohanes Bere")
    [done] = desks.exchange()
    [there] = found(desks.ppt)
    assert there.settles == NOELBAKI[1]
    came = {each.value: each for each in there.values}
    assert (came["Yohanis Bere"].office, came["Yohanis Bere"].bundle) == (NOELBAKI[1], done.number)
    with pytest.raises(FieldOwnedElsewhere):
        choose(desks.ppt, there, "Yohanis Bere")
    [here] = found(desks.village)
    choose(desks.village, here, "Yohanis Bere Tefa")
    assert found(desks.village) == ()
    desks.exchange()
    assert found(desks.ppt) == ()
    with desks.ppt.work() as work:
        assert work.records.get(Person, person).name == "Yohanis Bere Tefa"
    with pytest.raises(DifferenceGone):
        choose(desks.village, here, "Yohanis Bere")


def test_the_shown_value_itself_can_be_chosen(desks: Desks) -> None:
    person = resident(desks.village)
    otherwise(desks.village, "person", person, "name", "Yohanes Bere")
    [one] = found(desks.village)
    choose(desks.village, one, "Yohanes Bere")
    assert found(desks.village) == ()


def test_what_the_ppt_writes_the_ppt_settles(desks: Desks) -> None:
    shared_case(desks.village)
    desks.exchange()
    with desks.ppt.work() as work:
        [referral] = work.records.select(Referral)
        work.write(Referral, referral.id, answered=Answered.ACCEPTED)
    otherwise(desks.ppt, "referral", referral.id, "answered", "arrived")
    with desks.ppt.work() as work:
        reply = make_reply(work, villages(work)[0])
    take_in(desks.village, write_answer(desks.ppt, reply, desks.stick))
    [there] = found(desks.village)
    assert (there.settles, there.key) == ("PPT", "answered")
    with pytest.raises(FieldOwnedElsewhere):
        choose(desks.village, there, "accepted")
    [here] = found(desks.ppt)
    choose(desks.ppt, here, "accepted")
    with desks.ppt.work() as work:
        reply = make_reply(work, villages(work)[0])
    take_in(desks.village, write_answer(desks.ppt, reply, desks.stick))
    assert found(desks.village) == found(desks.ppt) == ()


def test_a_ban_on_contact_counts_until_it_is_settled_with_a_reason(desks: Desks) -> None:
    person = resident(desks.village)
    with desks.village.work() as work:
        contact = agree_safe_contact(work, person, do_not_contact=False).id
    otherwise(desks.village, "safe_contact", contact, "do_not_contact", value=True)
    with desks.village.work() as work:
        assert work.records.get(SafeContact, contact).do_not_contact is True
    [one] = found(desks.village)
    assert {each.value: (each.counts, each.protects) for each in one.values} == {
        True: (True, True),
        False: (False, False),
    }
    with pytest.raises(ReasonNeeded):
        choose(desks.village, one, value=False)
    choose(desks.village, one, value=False, reason="orangnya sendiri menelepon")
    with desks.village.work() as work:
        assert work.records.get(SafeContact, contact).do_not_contact is False
    assert found(desks.village) == ()


def test_while_it_is_open_a_refusal_keeps_the_card_at_home(desks: Desks) -> None:
    person = resident(desks.village)
    consent = agree(desks.village, person, *SHARED)
    for scope in (ConsentScope.SHARE_CARD, ConsentScope.SHARE_CASE):
        otherwise(desks.village, "consent", consent, f"scopes/{scope.value}", "refused")
    with desks.village.work() as work:
        assert not agreement_of(work, person).card
    assert "person" not in sent(desks.ppt, desks.send()[0])
    [one] = [each for each in found(desks.village) if each.key.endswith("share_case")]
    with pytest.raises(ReasonNeeded):
        choose(desks.village, one, "agreed")
    choose(desks.village, one, "agreed", "ditanya lagi bersama wali")
    with desks.village.work() as work:
        assert agreement_of(work, person).card


def test_a_withdrawal_on_another_laptop_counts_at_once(desks: Desks) -> None:
    person = resident(desks.village)
    with desks.village.work() as work:
        consent = record_consent(work, person, {"share_case": "agreed"}, withdrawn_on=None).id
        work.write(Consent, consent, withdrawn_on="2026-11-20")
    otherwise(desks.village, "consent", consent, "withdrawn_on", None)
    with desks.village.work() as work:
        assert not agreement_of(work, person).card
    [one] = found(desks.village)
    with pytest.raises(ReasonNeeded):
        choose(desks.village, one, None)


def test_what_is_sealed_is_shown_to_who_may_read_cases_alone(desks: Desks) -> None:
    shared_case(desks.village)
    with desks.village.work() as work:
        [screening] = work.records.select(Screening)
    otherwise(desks.village, "screening", screening.id, "risk", "very_high" if screening.risk != "very_high" else "low")
    otherwise(desks.village, "screening", screening.id, "screened_on", "2026-11-01")
    otherwise(desks.village, "person", screening.person_id or "", "name", "Yohanes Bere")
    assert {each.key for each in found(desks.village)} == {"risk", "screened_on", "name"}
    with desks.village.work() as work:
        work.sealer = work.records._sealer = Sealer(None)
        assert {each.key for each in differences.open_differences(work)} == {"name"}
        with pytest.raises(CaseKeyNeeded):
            differences.require_settled(work, "2026-12-31")


def test_a_period_ends_only_without_differences_of_its_time(desks: Desks) -> None:
    early = resident(desks.village)
    desks.clock.move(days=3)
    late = resident(desks.village, "Maria Seran")
    for person in (early, late):
        otherwise(desks.village, "person", person, "name", "Nama Lain")
    with desks.village.work() as work:
        differences.require_settled(work, "2026-11-20")
        with pytest.raises(DifferencesOpen) as caught:
            differences.require_settled(work, "2026-11-21")
        assert caught.value.params == {"count": 1}
        with pytest.raises(DifferencesOpen) as caught:
            differences.require_settled(work, "2026-11-24")
        assert caught.value.params == {"count": 2}
    assert [each.id for each in found(desks.village, "2026-11-21")] == [early]
    for each in found(desks.village):
        choose(desks.village, each, "Nama Benar")
    with desks.village.work() as work:
        differences.require_settled(work, "2026-11-24")


PROTECTIVE = [spec for kind in RECORD_TYPES.values() for spec in kind.fields.values() if spec.protective]


def strength(spec: Field, value: Value) -> int:
    if value is None:
        return 0
    if spec.protective == (ANY,):
        return 1
    return spec.protective.index(value) + 1 if value in spec.protective else 0


@given(st.data())
def test_only_what_protects_less_needs_a_reason(data: Any) -> None:
    spec = data.draw(st.sampled_from(PROTECTIVE))
    values = [None, example(spec), *(value for value in spec.protective if value != ANY)]
    standing = data.draw(st.lists(st.sampled_from(values), min_size=1, max_size=4))
    chosen = data.draw(st.sampled_from(values))
    expected = max(strength(spec, value) for value in standing) > strength(spec, chosen)
    assert differences.needs_reason(spec, standing, chosen) == expected
