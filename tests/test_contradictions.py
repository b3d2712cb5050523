# SPDX-License-Identifier: GPL-3.0-or-later
"""Where card, journey and papers do not agree, and what is only another way to write the same."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trafficwatch.models.migration import Document, Journey
from trafficwatch.models.people import Person
from trafficwatch.registry.contradictions import ABOUT, Contradiction, contradictions, same_name
from trafficwatch.texts import catalogue

NIK, OTHER_NIK = "5301086505900003", "5301086505900004"
STATED = ("name", "birth_date", "sex", "nik", "address", "country", "agency", "employer")


def person(**fields: Any) -> Person:
    return Person(id="p", **fields)


def journey(**fields: Any) -> Journey:
    return Journey(id="j", person_id="p", **fields)


def paper(place: int = 1, **fields: Any) -> Document:
    return Document(id=f"d{place}", person_id="p", kind=fields.pop("kind", "passport"), **fields)


def about(*found: Contradiction) -> list[str]:
    return [each.about for each in found]


def between(what: str, one: str, other: str) -> bool:
    """Whether two papers that say this contradict each other, about this and nothing else."""
    found = contradictions(person(), None, [paper(1, states={what: one}), paper(2, states={what: other})])
    assert len(found) <= 1
    return bool(found)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("H. Moh. Soelaiman", "Muhammad Sulaiman"),
        ("MARIA GORETI BANO", "Maria Goreti Bano"),
        ("Bere Yohanis", "Yohanes Bere"),
        ("Nur Hasanah", "Nurhasanah"),
        ("M. Sulaiman", "Muhammad Sulaiman"),
        ("Siti A", "Siti Aminah"),
        ("-", "Siti Aminah"),
    ],
)
def test_one_name_in_two_spellings(one: str, other: str) -> None:
    assert same_name(one, other)
    assert not between("name", one, other)


@pytest.mark.parametrize(
    ("one", "other"),
    [("Siti Aminah", "Siti Rohani"), ("Siti", "Siti Aminah"), ("S. Aminah", "T. Aminah"), ("A. Aminah", "Budi Siti")],
)
def test_two_names(one: str, other: str) -> None:
    assert not same_name(one, other)
    assert between("name", one, other)


def test_every_source_is_named_with_its_own_words() -> None:
    papers = [paper(1, states={"name": "Maria Bano"}), paper(2), paper(3, states={"name": "Marya Bano"})]
    assert contradictions(person(name="Maria Bano"), None, papers) == ()
    papers.append(paper(4, states={"name": "Rosa Tefa"}))
    [found] = contradictions(person(name="Maria Bano"), None, papers)
    assert found == Contradiction(
        "name", (("person", "Maria Bano"), ("d1", "Maria Bano"), ("d3", "Marya Bano"), ("d4", "Rosa Tefa"))
    )


def test_an_alias_of_the_card_is_no_contradiction() -> None:
    papers = [paper(states={"name": "Mama Yuli"})]
    assert about(*contradictions(person(name="Yuliana Bere", aliases={"Rosa": True}), None, papers)) == ["name"]
    assert contradictions(person(name="Yuliana Bere", aliases={"Yuli": True}), None, papers) == ()


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("1990-05-25", "1990-05-25", []),
        ("1990-05-25", "1990", []),
        ("1990~", "1991-03-02", []),
        ("1990-05-25", "25 Mei 1990", []),
        ("1990-05-25", "25-06-1990", ["birth_date"]),
        ("1990-05", "1990-06", ["birth_date"]),
        ("2010-05-25", "2003-05-25", ["age"]),
        ("2010", "17 Agustus 2003", ["age"]),
        ("2010", "tak terbaca", []),
        ("2010", "30-02-2003", []),
    ],
)
def test_dates_of_birth(one: str, other: str, expected: list[str]) -> None:
    found = contradictions(person(birth_date=one), None, [paper(states={"birth_date": other})])
    assert about(*found) == expected
    assert all(each.values == (("person", one), ("d1", other)) for each in found)


def test_sex() -> None:
    assert about(*contradictions(person(sex="f"), None, [paper(states={"sex": "Laki-laki"})])) == ["sex"]
    assert contradictions(person(sex="f"), None, [paper(states={"sex": "P"})]) == ()
    assert contradictions(person(sex="f"), None, [paper(states={"sex": "?"})]) == ()


def test_nik() -> None:
    spaced = f"{NIK[:6]} {NIK[6:]}"
    assert contradictions(person(nik=NIK), None, [paper(states={"nik": spaced})]) == ()
    assert about(*contradictions(person(nik=NIK), None, [paper(states={"nik": OTHER_NIK})])) == ["nik"]
    for unsaying in ("0" * 16, "123", "-"):
        assert contradictions(person(nik=NIK), None, [paper(states={"nik": unsaying})]) == ()


def test_the_number_of_a_ktp_is_a_nik_and_no_other_number_is() -> None:
    [found] = contradictions(person(nik=NIK), None, [paper(kind="ktp", number=OTHER_NIK)])
    assert found.values == (("person", NIK), ("d1", OTHER_NIK))
    assert contradictions(person(nik=NIK), None, [paper(kind="kk", number=OTHER_NIK), paper(2, kind="ktp")]) == ()


@pytest.mark.parametrize(
    ("what", "one", "other", "differ"),
    [
        ("address", "RT 004 RW 02, Desa Noelbaki", "Noelbaki RT.4/RW.2", False),
        ("address", "Dusun Oehau, Noelbaki", "Noelbaki", False),
        ("address", "Noelbaki RT 4", "Tarus RT 4", True),
        ("agency", "PT. Maju Jaya", "P3MI MAJU JAYA", False),
        ("agency", "PT Maju Jaya", "PT Mundur Jaya", True),
        ("employer", "Tan Sdn. Bhd.", "Tan", False),
        ("employer", "Tan", "Lim", True),
        ("country", "MY", "Malaysia", False),
        ("country", "Jepang", "Japan", False),
        ("country", "MY", "Taiwan", True),
        ("country", "Negeri Jauh", "negeri jauh", False),
    ],
)
def test_places_and_companies(what: str, one: str, other: str, differ: bool) -> None:
    assert between(what, one, other) is differ


def test_the_plan_is_a_source_too() -> None:
    plan = journey(destination_country="MY", agency="PT Maju", employer="Tan")
    papers = [paper(states={"country": "TW", "agency": "PT Mundur", "employer": "Lim"})]
    found = contradictions(person(), plan, papers)
    assert about(*found) == ["country", "agency", "employer"]
    assert [each.values[0] for each in found] == [("journey", "MY"), ("journey", "PT Maju"), ("journey", "Tan")]


@pytest.mark.parametrize(
    ("until", "leaves", "expected"),
    [
        ("2026-11-30", "2026-12-01", True),
        ("2026-12-01", "2026-12-01", False),
        ("2026-12", "2026-12-01", False),
        ("2026-11", "2026-12", True),
        (None, "2026-12-01", False),
        ("2026-11-30", None, False),
    ],
)
def test_a_paper_that_ends_before_the_departure(until: str | None, leaves: str | None, expected: bool) -> None:
    found = contradictions(person(), journey(departure_on=leaves), [paper(valid_until=until)])
    assert found == ((Contradiction("expired", (("journey", leaves or ""), ("d1", until or ""))),) if expected else ())
    assert contradictions(person(), None, [paper(valid_until=until)]) == ()


def test_each_kind_has_words_and_its_place_in_the_order() -> None:
    papers = [
        paper(1, valid_until="2020", states=dict.fromkeys(STATED, "Satu") | {"nik": OTHER_NIK, "birth_date": "1980"}),
        paper(2, states={"sex": "L"}),
    ]
    card = person(name="Dua", birth_date="1990", sex="f", nik=NIK, address="Dua")
    found = contradictions(
        card, journey(destination_country="MY", agency="B", employer="C", departure_on="2026"), papers
    )
    assert about(*found) == [each for each in ABOUT if each != "birth_date"]
    worded = {key.partition(".")[2] for key in catalogue("journey_rules") if key.startswith("contradiction.")}
    assert worded == set(ABOUT)


WORDS = st.sampled_from(["", "-", "Maria Bano", "M. Bano", "2001", "1990-05-25", NIK, "MY", "Malaysia", "PT Tan", "f"])
PAPERS = st.lists(st.dictionaries(st.sampled_from(STATED), WORDS), max_size=4)


@given(PAPERS, WORDS)
def test_one_paper_more_never_hides_a_contradiction(stated: list[dict[str, str]], name: str) -> None:
    papers = [paper(number, states=states) for number, states in enumerate(stated)]
    fewer, all_of_them = (contradictions(person(name=name), None, some) for some in (papers[:-1], papers))
    before, after = ({*about(*each)} for each in (fewer, all_of_them))
    assert before - {"birth_date"} <= after
    assert "birth_date" not in before or after & {"birth_date", "age"}
    for each in all_of_them:
        assert len({source for source, _ in each.values}) > 1


@given(PAPERS)
def test_copies_of_one_paper_agree(stated: list[dict[str, str]]) -> None:
    for states in stated:
        assert contradictions(person(), None, [paper(number, states=states) for number in range(3)]) == ()
