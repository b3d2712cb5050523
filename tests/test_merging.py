# SPDX-License-Identifier: GPL-3.0-or-later
"""Merging two cards of one person, and taking it back: nothing is lost, no 'no' becomes a 'yes', and all comes back."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from store_tools import A_FEW, HELPER, filled_store, helper_store, record_id, scratch, trained_store, write

from trafficwatch.casework.consents import agreement_of, withdraw_consent
from trafficwatch.models.casework import Consent, ConsentScope, Decision, Screening
from trafficwatch.models.evidence import Attachment
from trafficwatch.models.fields import Side
from trafficwatch.models.migration import CheckIn, Journey
from trafficwatch.models.people import Person, PersonPair, Relative, SafeContact
from trafficwatch.models.record_types import RECORD_TYPES
from trafficwatch.registry import trash
from trafficwatch.registry.browse import resident_card, residents
from trafficwatch.registry.duplicates import look
from trafficwatch.registry.merging import (
    MergeContradicts,
    MergedIsDeleted,
    MergeLater,
    merge,
    merges,
    preview,
    unmerge,
)
from trafficwatch.registry.residents import agree_safe_contact, plan_journey, record_person
from trafficwatch.registry.trash import MergedAway, Reason
from trafficwatch.store.belonging import group
from trafficwatch.store.erasure import RecordErased, erase
from trafficwatch.store.records import RecordUnknown
from trafficwatch.store.work import Store, Work

YES, NO = Decision.AGREED.value, Decision.REFUSED.value
SCOPES = (ConsentScope.SHARE_CARD.value, ConsentScope.SHARE_CASE.value)
REFUSED_FIELD = "person.address"


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    with trained_store(tmp_path_factory.mktemp("merging")) as opened:
        yield opened


@pytest.fixture
def work(store: Store) -> Iterator[Work]:
    with scratch(store) as opened:
        yield opened


def person(work: Work, name: str = "Muhammad Sulaiman", **fields: Any) -> str:
    return record_person(work, name=name, **fields).person.id


def consent(work: Work, of: str, scopes: dict[str, str], **fields: Any) -> str:
    about = {"given_on": work.today, **fields}
    return work.write(Consent, None, person_id=of, scopes=scopes, **about)


def shown(work: Work) -> dict[str, dict[str, Any]]:
    """What every record shows; without what was decided about pairs, and without agreements that say nothing."""
    found: dict[str, dict[str, Any]] = {}
    for name, record_type in RECORD_TYPES.items():
        if name == "person_pair":
            continue
        for each in work.records.select(record_type.cls, with_deleted=True):
            values = {field: getattr(each, field) for field in record_type.fields}
            if name != "safe_contact" or any(value for field, value in values.items() if field != "person_id"):
                found[f"{name}/{each.id}"] = values
    return found


# -- merging -----------------------------------------------------------------------------------------------------------


def test_all_that_belongs_to_the_other_card_goes_along(tmp_path: Any) -> None:
    with filled_store(tmp_path) as (store, made), store.work() as work:
        keep, other = person(work, "Yohanis Bere"), made["person"]
        links = {name: found.fields["person_id"] for name, found in RECORD_TYPES.items() if "person_id" in found.fields}
        own = [name for name, link in links.items() if link.owner is Side.VILLAGE]
        done = merge(work, keep, other)
        assert done.moved == dict.fromkeys((name for name in own if name not in {"person_pair", "safe_contact"}), 1)
        left = {name for name, _ in group(work.connection, "person", other)}
        assert left == {"person", "person_pair", "safe_contact"} | (links.keys() - set(own))
        assert {name for name, _ in group(work.connection, "person", keep)} >= set(own)
        assert len(group(work.connection, "person", keep)) == len(set(group(work.connection, "person", keep)))


def test_empty_fields_are_filled_and_nothing_is_overwritten(work: Work) -> None:
    keep = person(work, "Muhammad Sulaiman", birth_date="1975", phones={"0812": "sendiri"})
    other = person(
        work, "H. Moh. Soelaiman", birth_date="1976~", address="Dusun 2", phones={"0812": "kakak", "0813": "-"}
    )
    done = merge(work, keep, other)
    card = work.records.get(Person, keep)
    assert (card.name, card.birth_date, card.address) == ("Muhammad Sulaiman", "1975", "Dusun 2")
    assert card.phones == {"0812": "sendiri", "0813": "-"}
    assert card.aliases == {"H. Moh. Soelaiman": True}
    assert set(done.filled) == {"address", "phones", "aliases"}
    assert done.differs == ("name", "birth_date")
    assert [row.id for row in residents(work, "Soelaiman").rows] == [keep]
    assert work.records.get(Person, other).deleted == "merged"


def test_who_is_deleted_or_the_same_is_not_merged(work: Work) -> None:
    one, gone = person(work), person(work)
    trash.delete(work, "person", gone, Reason.OTHER)
    for pair in ((one, one), (one, gone), (gone, one)):
        with pytest.raises(RecordUnknown):
            merge(work, *pair)


def test_two_seen_niks_need_a_reason(work: Work) -> None:
    keep = person(work, nik="5301081203750001", nik_status="seen")
    other = person(work, nik="5301081203750002", nik_status="seen")
    told = person(work, nik="5301081203750003", nik_status="told")
    with pytest.raises(MergeContradicts):
        merge(work, keep, other)
    assert preview(work, keep, other).differs == ("nik",)
    assert merge(work, keep, told).pair_id
    done = merge(work, keep, other, "NIK lama, kartunya diganti")
    assert work.records.get(Person, keep).nik == "5301081203750001"
    assert work.records.get(PersonPair, done.pair_id).remark == "NIK lama, kartunya diganti"


def test_a_look_ahead_changes_nothing(work: Work) -> None:
    keep, other = person(work), person(work, address="Dusun 2")
    plan_journey(work, other, stage="plan")
    before = shown(work)
    found = preview(work, keep, other)
    assert (found.moved, found.filled) == ({"journey": 1}, ("address",))
    assert shown(work) == before


def test_every_ban_on_contact_holds(work: Work) -> None:
    keep, other, third = person(work), person(work), person(work)
    agree_safe_contact(work, keep, way="phone", number="0812", never_tell="Ipar")
    agree_safe_contact(work, other, way="visit", number="0899", do_not_contact=True, never_tell="Perekrut")
    assert merge(work, keep, other).bans
    contact = resident_card(work, keep).contact
    assert contact is not None
    assert (contact.way, contact.number, contact.do_not_contact) == ("phone", "0812", True)
    assert contact.never_tell == "Ipar\nPerekrut"
    merge(work, third, keep)
    moved = resident_card(work, third).contact
    assert moved is not None
    assert (moved.way, moved.do_not_contact, moved.never_tell) == ("phone", True, "Ipar\nPerekrut")
    assert len(work.records.select(SafeContact)) == 1


def test_who_has_no_case_key_merges_and_takes_back(tmp_path: Any) -> None:
    with filled_store(tmp_path) as (trained, made), trained.work() as work:
        keep = person(work, "Yohanis Bere")
        before = shown(work)
    with helper_store(tmp_path / "store") as store:
        with store.work() as work:
            done = merge(work, keep, made["person"])
        with store.work() as work:
            assert work.volunteer == HELPER
            assert not work.sealer.able
            unmerge(work, done.pair_id)
    from store_tools import reopened, template

    again = reopened(tmp_path / "store", template().keys)
    with again.work() as work:
        assert shown(work) == before
    again.close()


# -- consent -----------------------------------------------------------------------------------------------------------


def test_an_older_no_outlives_a_newer_yes_of_the_other_card(work: Work) -> None:
    keep, other = person(work), person(work)
    consent(work, keep, {"share_card": NO})
    yes = consent(work, other, {"share_card": YES})
    assert merge(work, keep, other).ended == 1
    assert agreement_of(work, keep).scopes == frozenset()
    consent(work, keep, {"share_card": YES})
    assert agreement_of(work, keep).card
    assert work.records.get(Consent, yes).valid_until == "2026-11-20"


def test_a_withdrawal_outlives_a_yes_of_the_other_card(work: Work) -> None:
    keep, other = person(work), person(work)
    gone = consent(work, other, {"share_case": YES})
    consent(work, keep, {"share_case": YES, "share_card": YES})
    withdraw_consent(work, gone, "Tidak mau lagi")
    assert agreement_of(work, keep).card
    done = merge(work, keep, other)
    assert agreement_of(work, keep).scopes == frozenset()
    unmerge(work, done.pair_id)
    assert agreement_of(work, keep).card


def test_the_last_word_on_a_card_stays_the_last(work: Work) -> None:
    keep, other = person(work), person(work)
    for number, decision in ((2, YES), (1, NO)):
        about = {"person_id": other, "given_on": work.today, "scopes": {"share_card": decision}}
        work.write(Consent, record_id(number), **about)
    merge(work, keep, other)
    assert agreement_of(work, keep).scopes == frozenset()


def test_a_yes_that_nothing_speaks_against_holds(work: Work) -> None:
    keep, other = person(work), person(work)
    consent(work, other, {"share_card": YES}, refused_fields={REFUSED_FIELD: True})
    assert merge(work, keep, other).ended == 0
    found = agreement_of(work, keep)
    assert (found.card, found.refused) == (True, {REFUSED_FIELD})


GIVEN = st.fixed_dictionaries(
    {
        "on_keep": st.booleans(),
        "scopes": st.dictionaries(st.sampled_from(SCOPES), st.sampled_from((YES, NO)), min_size=1),
        "refused": st.sampled_from((None, True, False)),
        "end": st.sampled_from(("", "withdrawn", "lapsed", "deleted", "ahead")),
    }
)


@A_FEW
@given(st.lists(GIVEN, min_size=1, max_size=6))
def test_merging_never_widens_what_was_denied(store: Store, consents: list[dict[str, Any]]) -> None:
    with scratch(store) as work:
        keep, other = person(work), person(work)
        spoken: dict[str, set[str]] = {keep: set(), other: set()}
        ends = {"withdrawn": {"withdrawn_on": "2026-11-01"}, "lapsed": {"valid_until": "2026-10"}}
        ends |= {"deleted": {"deleted": "entered_wrongly"}, "ahead": {"given_on": "2026-12-24"}}
        for each in consents:
            of = keep if each["on_keep"] else other
            spoken[of] |= set(each["scopes"])
            refused = {} if each["refused"] is None else {REFUSED_FIELD: each["refused"]}
            consent(work, of, each["scopes"], refused_fields=refused, **ends.get(each["end"], {}))
        before = {of: agreement_of(work, of) for of in (keep, other)}
        dumped = shown(work)
        done = merge(work, keep, other)
        after = agreement_of(work, keep)
        for of, agreed in before.items():
            assert after.scopes.isdisjoint(spoken[of] - agreed.scopes)
            assert after.refused >= agreed.refused
        assert after.scopes <= before[keep].scopes | before[other].scopes
        unmerge(work, done.pair_id)
        assert {of: agreement_of(work, of) for of in (keep, other)} == before
        assert shown(work) == dumped


# -- taking back -------------------------------------------------------------------------------------------------------

TEXTS = st.none() | st.sampled_from(("Dusun 1", "Dusun 2"))
CARD = st.fixed_dictionaries(
    {
        "name": st.sampled_from(("Siti Aminah", "St. Aminah", "Hj. Siti Aminah")),
        "address": TEXTS,
        "religion": TEXTS,
        "nik": st.none() | st.just("5301085203750001"),
        "phones": st.dictionaries(st.sampled_from(("0812", "0813")), st.sampled_from(("-", "ibu"))),
        "aliases": st.dictionaries(st.sampled_from(("Mina", "Siti Aminah")), st.just(True)),
        "languages": st.dictionaries(st.sampled_from(("Dawan", "Tetun")), st.just("lancar")),
    }
)
CONTACT = st.none() | st.fixed_dictionaries(
    {
        "number": st.none() | st.sampled_from(("0812", "0813")),
        "do_not_contact": st.sampled_from((None, False, True)),
        "never_tell": st.none() | st.sampled_from(("Ipar", "Perekrut")),
    }
)


@A_FEW
@given(CARD, CARD, CONTACT, CONTACT, st.integers(0, 2), st.booleans())
def test_taken_back_every_record_shows_what_it_showed(
    store: Store, one: Any, two: Any, contact: Any, others: Any, journeys: int, swapped: bool
) -> None:
    with scratch(store) as work:
        keep, other = person(work, **one), person(work, **two)
        for of, agreed in ((keep, contact), (other, others)):
            if agreed is not None:
                agree_safe_contact(work, of, **agreed)
        for _ in range(journeys):
            journey = plan_journey(work, other, stage="departed")
            write(work, CheckIn, person_id=other, journey_id=journey.id, tried_on="2026-11-01")
        write(work, Attachment, person_id=other, name="ktp.jpg")
        before = shown(work)
        done = merge(work, *((other, keep) if swapped else (keep, other)))
        assert merges(work)[0].pair_id == done.pair_id
        back = unmerge(work, done.pair_id)
        assert back.left == ()
        assert shown(work) == before
        assert merges(work) == ()
        with pytest.raises(RecordUnknown):
            unmerge(work, done.pair_id)


def test_what_was_changed_or_recorded_since_stays(work: Work) -> None:
    keep, other = person(work), person(work, address="Dusun 2", occupation="Petani", phones={"0813": "-"})
    journey = plan_journey(work, other, stage="plan")
    done = merge(work, keep, other)
    work.write(Person, keep, address="Dusun 9", phones={"0813": "kakak"})
    agree_safe_contact(work, keep, way="visit")
    new = work.write(Relative, None, person_id=keep, name="Ana")
    back = unmerge(work, done.pair_id)
    card = work.records.get(Person, keep)
    assert set(back.left) == {"person.address", "person.phones"}
    assert (card.address, card.occupation, card.phones) == ("Dusun 9", None, {"0813": "kakak"})
    assert work.records.get(Relative, new).person_id == keep
    assert work.records.get(Journey, journey.id).person_id == other
    assert resident_card(work, keep).contact is not None


def test_merges_are_taken_back_from_the_last_one(work: Work) -> None:
    first, second, third = person(work), person(work), person(work)
    journey = plan_journey(work, third, stage="plan").id
    low, high = merge(work, second, third), merge(work, first, second)
    assert [each.pair_id for each in merges(work)] == [high.pair_id]
    with pytest.raises(MergeLater):
        unmerge(work, low.pair_id)
    unmerge(work, high.pair_id)
    assert work.records.get(Journey, journey).person_id == second
    unmerge(work, low.pair_id)
    assert work.records.get(Journey, journey).person_id == third


def test_the_trash_knows_a_merged_card(work: Work) -> None:
    keep, other = person(work, birth_date="1975"), person(work, birth_date="1975")
    done = merge(work, keep, other)
    assert [(row.id, row.reason) for row in trash.trash(work).rows] == [(other, "merged")]
    with pytest.raises(MergedAway):
        trash.restore(work, "person", other, "Salah")
    trash.delete(work, "person", keep, Reason.OTHER)
    with pytest.raises(MergedIsDeleted):
        unmerge(work, done.pair_id)
    trash.restore(work, "person", keep, "Salah")
    assert work.records.get(Person, other).deleted == "merged"
    unmerge(work, done.pair_id)
    assert [{each.first, each.second} for each in look(work) or ()] == [{keep, other}]


def test_erasing_the_card_that_stayed_erases_what_was_merged_into_it(tmp_path: Any) -> None:
    with trained_store(tmp_path) as store:
        with store.work() as work:
            ids = [person(work, "Kenari Lampung") for _ in range(3)]
            low = merge(work, ids[1], ids[2])
            high = merge(work, ids[0], ids[1])
        erase(store, "person", ids[0], trash_ground())
        with store.work() as work:
            assert [work.records.get(Person, each).name for each in ids] == [None, None, None]
            for pair in (low.pair_id, high.pair_id):
                with pytest.raises((RecordErased, RecordUnknown)):
                    unmerge(work, pair)


def trash_ground() -> Any:
    from trafficwatch.store.erasure import Ground

    return Ground.PERSON_ASKED


def test_a_screening_stays_sealed_and_readable(work: Work) -> None:
    keep, other = person(work), person(work)
    screened = work.write(
        Screening,
        None,
        person_id=other,
        questionnaire="juknis-2019",
        screened_on="2026-11-01",
        screened_by=work.write(RECORD_TYPES["volunteer"].cls, None, name="Maria Tefa"),
        note="Rahasia",
    )
    merge(work, keep, other)
    found = work.records.get(Screening, screened)
    assert (found.person_id, found.note) == (keep, "Rahasia")
