# SPDX-License-Identifier: GPL-3.0-or-later
"""Who may be recorded twice: like names with something beside them are offered, namesakes are not."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from store_tools import scratch, trained_store

from trafficwatch.models.dates import PartialDate
from trafficwatch.models.people import Person, PersonPair
from trafficwatch.registry import trash
from trafficwatch.registry.browse import similar
from trafficwatch.registry.duplicates import candidates, compare, keep_apart, look, pair_id
from trafficwatch.registry.likeness import LIKELY, Reason, name_words, names_alike, whole_nik, years_apart
from trafficwatch.registry.merging import merge
from trafficwatch.registry.residents import record_person
from trafficwatch.registry.trash import Reason as Why
from trafficwatch.store.records import RecordUnknown
from trafficwatch.store.work import Store, Work

SITI, OTHER_SITI = "5301085203750001", "5301086511760002"


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    with trained_store(tmp_path_factory.mktemp("duplicates")) as opened:
        yield opened


@pytest.fixture
def work(store: Store) -> Iterator[Work]:
    with scratch(store) as opened:
        yield opened


def person(work: Work, name: str, birth_date: str = "", **fields: Any) -> str:
    return record_person(work, name=name, birth_date=birth_date, **fields).person.id


def offered(work: Work) -> list[tuple[Reason, ...]]:
    return [each.reasons for each in look(work) or ()]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("H. Moh. Soelaiman", "1975~"), ("Muhammad Sulaiman", "1976")),
        (("H. Moh. Soelaiman", "1975-03-12"), ("Muhammad Sulaiman", "1976-08-30")),
        (("Hj. St. Aminah", "1980"), ("Siti Aminah", "1980-05-02")),
        (("M. Sulaiman", "1975"), ("Muhammad Sulaiman", "1975-02")),
        (("Yohanis A. Bere", "1990"), ("Bere Yohanes Agustinus", "1991")),
        (("Djoko Tjipto", "1960-01-01"), ("Joko Cipto", "1961-09-17")),
        (("Yuliana Nahabesi", "1990-05-12"), ("Yuliana Nahabessi", "1990-12-05")),
        (("Yuliana Nahabesi", "1990-05-12"), ("Yuliana Nahapesi", "1990-05-17")),
    ],
)
def test_like_names_with_close_births_are_offered(work: Work, one: Any, other: Any) -> None:
    first, second = person(work, *one), person(work, *other)
    person(work, "Petrus Tefa", "1975")
    page = candidates(work)
    assert (page.total, {page.rows[0].first.id, page.rows[0].second.id}) == (1, {first, second})


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("Siti Aminah", "1975-03-12", SITI), ("Siti Aminah", "1976-11-25", OTHER_SITI)),
        (("Siti Aminah", "1975", ""), ("Siti Aminah", "1990", "")),
        (("Siti Aminah", "", ""), ("Siti Aminah", "", "")),
        (("Ratna Nenobais", "1975", ""), ("Yuliana Nenobais", "1975", "")),
        (("Siti", "1975-03-12", ""), ("Siti", "1976-11-25", "")),
        (("Siti Aminah", "1975-03-12", ""), ("Siti Aminih", "1976-11-25", "")),
        (("Ahmad Bere", "1975-03-12", SITI), ("Ahmad Berek", "1975-03-12", OTHER_SITI)),
        (("Petrus Bere", "1975", "0301080000000001"), ("Maria Tefa", "1975", "0301080000000001")),
    ],
)
def test_namesakes_are_not_offered(work: Work, one: Any, other: Any) -> None:
    for name, birth_date, nik in (one, other):
        person(work, name, birth_date, nik=nik)
    assert offered(work) == []


def test_another_sex_is_another_person(work: Work) -> None:
    person(work, "Yuni Tefa", "1990", sex="f")
    person(work, "Yuni Tefa", "1990", sex="m")
    assert offered(work) == []


def test_a_shared_number_speaks_for_like_names_alone(work: Work) -> None:
    person(work, "Siti Aminah", "1975-03-12", nik=SITI, phones={"0812-3456-7890": "sendiri"})
    person(work, "St. Aminah", "1976-11-25", nik=OTHER_SITI, phones={"+62 812 3456 7890": "-"})
    person(work, "Petrus Tefa", "1975", phones={"081234567890": "sendiri"})
    person(work, "Maria Bere", kk_number="5301081203750009")
    person(work, "Marya Bere", kk_number="5301081203750009")
    person(work, "Yohanes Bere", kk_number="5301081203750009")
    assert set(offered(work)) == {
        (Reason.NAME, Reason.FAMILY_CARD),
        (Reason.NAME, Reason.DATE_NEAR, Reason.PHONE, Reason.OTHER_NIK),
    }


def test_sisters_on_one_family_card_are_two(work: Work) -> None:
    for name in ("Ratna Nenobais", "Yuliana Nenobais"):
        person(work, name, kk_number="5301081203750009")
    assert offered(work) == []


def test_the_same_nik_comes_first_whatever_the_name(work: Work) -> None:
    person(work, "Maria Tefa", "1990", nik=SITI)
    person(work, "Maria Tefa", "1990", nik=SITI)
    person(work, "Kristina Bere", "1960", nik=OTHER_SITI)
    person(work, "Yuliana Pah", "1999", nik=OTHER_SITI)
    found = look(work) or ()
    assert [each.reasons for each in found] == [(Reason.NIK, Reason.NAME), (Reason.NIK, Reason.OTHER_NAME)]
    assert found[0].score == 100 > found[1].score >= LIKELY


def test_an_alias_is_a_name(work: Work) -> None:
    person(work, "Yohanis Bere", "1990", aliases={"Anis Bere": True})
    person(work, "Anis Bere", "1991")
    assert offered(work) == [(Reason.NAME, Reason.DATE_FITS)]


def test_what_was_decided_is_not_asked_again(work: Work) -> None:
    one, two, three = (person(work, "Siti Aminah", "1975") for _ in range(3))
    assert len(look(work) or ()) == 3
    decided = keep_apart(work, two, one, "Adik dan kakak")
    assert (decided.id, decided.remark) == (pair_id(one, two), "Adik dan kakak")
    assert len(look(work) or ()) == 2
    merge(work, one, three)
    assert look(work) == ()
    with pytest.raises(RecordUnknown):
        keep_apart(work, one, three)
    assert len(work.records.select(PersonPair)) == 2


def test_pages_leave_out_who_was_deleted(work: Work) -> None:
    ids = [person(work, "Siti Aminah", "1975") for _ in range(3)]
    assert [len(candidates(work, offset, 2).rows) for offset in (0, 2, 4)] == [2, 1, 0]
    trash.delete(work, "person", ids[0], Why.OTHER)
    assert candidates(work).total == 1


def test_looking_can_be_stopped_and_says_how_far_it_is(work: Work) -> None:
    for _ in range(2):
        person(work, "Siti Aminah", "1975")
    told: list[tuple[int, int]] = []
    assert look(work, lambda done, total: told.append((done, total)))
    assert told[-1] == (4, 4)
    assert look(work, cancelled=lambda: True) is None


def test_cards_beside_each_other(work: Work) -> None:
    one = person(work, "H. Siti Aminah", "1975", nik=SITI, phones={"0812 3456 7890": "-"}, address="Dusun 2")
    two = person(work, "Siti Aminah", "1976", phones={"+6281234567890": "ibu"}, address="dusun 2")
    lines = compare(*(work.records.get(Person, each) for each in (one, two)))
    assert {line.field: line.same for line in lines} == {
        "name": False,
        "nik": None,
        "birth_date": False,
        "address": True,
        "phones": True,
    }


def test_the_rule_while_typing_knows_the_same_years(work: Work) -> None:
    person(work, "Muhammad Sulaiman", "1976")
    assert similar(work, "H. Moh. Soelaiman", "1975")
    assert years_apart(PartialDate(1973), PartialDate(1976))
    assert not years_apart(PartialDate(1974), PartialDate(1976))
    assert not years_apart(PartialDate(), PartialDate(1976))


@pytest.mark.parametrize(("nik", "whole"), [(SITI, SITI), ("0301080000000001", ""), ("53010852", ""), (None, "")])
def test_a_temporary_or_short_nik_tells_nobody_apart(nik: str | None, whole: str) -> None:
    assert whole_nik(nik) == whole


def test_single_letters_stand_for_one_word_each() -> None:
    whole = name_words("Muhammad Sulaiman")
    assert names_alike(name_words("M. Sulaiman"), whole) > names_alike(name_words("S. Sulaiman"), whole)
    assert names_alike(name_words("M. S."), name_words("Maria Seran")) < names_alike(whole, whole)
