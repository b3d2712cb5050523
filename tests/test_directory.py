# SPDX-License-Identifier: GPL-3.0-or-later
"""The national directory, and the practice village that comes with the program."""

from __future__ import annotations

import json
import re
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trafficwatch.models.dates import PartialDate
from trafficwatch.models.directory import Bilingual, Contact, DirectoryEntry, InstitutionKind, Service, entry_id
from trafficwatch.models.identity import NikWarning, check_nik, clean_name
from trafficwatch.models.institution import Institution, contacts_to_print
from trafficwatch.models.migration import DocumentKind, Found, Procedural, Seen, Stage
from trafficwatch.models.people import Marital, NikStatus, Sex
from trafficwatch.models.staff import Category, TrainingKind
from trafficwatch.resources import resource
from trafficwatch.texts import explain_error
from trafficwatch.village.directory import DirectoryUnreadable, load_national, load_practice, parse_directory
from trafficwatch.village.places import Places

NATIONAL = {entry.slug: entry for entry in load_national()}
PRACTICE: dict[str, Any] = json.loads(resource("practice", "village.json").read_text("utf-8"))
PEOPLE = {person["slug"]: person for person in PRACTICE["people"]}


def values(entry: DirectoryEntry) -> list[str]:
    return [contact.value for contact in entry.contacts]


def test_the_numbers_of_the_national_directory() -> None:
    assert values(NATIONAL["sapa-129"]) == ["129", "08111-129-129"]
    assert values(NATIONAL["kp2mi"]) == ["0-800-1000", "+62 21 2924 4800", "0811-8080-141"]
    assert values(NATIONAL["lpsk"]) == ["148", "0857-7001-0048", "lpsk_ri@lpsk.go.id", "(021) 29681560"]
    assert values(NATIONAL["kemlu"]) == ["peduliwni.kemlu.go.id"]
    assert values(NATIONAL["kemnaker"]) == ["1500630"]


def test_unverified_numbers_are_left_out() -> None:
    assert NATIONAL["police-nearest"].contacts == ()
    assert "110" not in [value for entry in NATIONAL.values() for value in values(entry)]


def test_ids_are_fixed_by_the_slug() -> None:
    assert all(entry.id == entry_id(slug) for slug, entry in NATIONAL.items())
    assert str(NATIONAL["sapa-129"].id) == "d9d6ea10-84f5-5b6f-a2ec-3912babc198e"
    assert len(NATIONAL) == 6


def test_nothing_national_is_confirmed_yet() -> None:
    assert not any(entry.confirmed_on for entry in NATIONAL.values())
    assert {entry.area_code for entry in NATIONAL.values()} == {None}


def record(entry: DirectoryEntry, confirmed_on: str | None = None) -> Institution:
    """The shared record that a desk makes of an entry."""
    contacts = {
        f"{contact.kind}:{contact.value}": {"note": None, "sources": contact.sources or entry.sources.count}
        for contact in entry.contacts
    }
    return Institution(id=str(entry.id), name=entry.name.id, contacts=contacts, confirmed_on=confirmed_on)


def test_weak_numbers_are_printed_only_after_the_ppt_confirmed_them() -> None:
    kemnaker = NATIONAL["kemnaker"]
    assert contacts_to_print(record(kemnaker)) == []
    assert contacts_to_print(record(kemnaker, "2026-11-21")) == values(kemnaker)
    assert contacts_to_print(record(NATIONAL["kp2mi"])) == ["0-800-1000", "+62 21 2924 4800"]
    assert len(contacts_to_print(record(NATIONAL["sapa-129"]))) == 2


def test_texts_are_given_in_both_languages() -> None:
    for entry in NATIONAL.values():
        texts = [entry.name, entry.note, *(contact.note for contact in entry.contacts if contact.note)]
        assert all(text and text.id and text.en and text.id != text.en for text in texts)
    assert Bilingual("LPSK").of("en") == Bilingual("LPSK").of("id") == "LPSK"
    assert Bilingual("Polisi", "Police").of("en") == "Police"


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{}",
        b"\xff\xfe",
        b"[1]",
        b'{"format": 2, "institutions": []}',
        b'{"format": 1, "institutions": [{"slug": "x"}]}',
        b'{"format": 1, "institutions": "x"}',
    ],
)
def test_other_files_are_refused(content: bytes) -> None:
    with pytest.raises(DirectoryUnreadable) as caught:
        parse_directory(content)
    assert all(explain_error(caught.value, "id").values())


def test_unknown_fields_of_a_newer_file_are_ignored() -> None:
    assert parse_directory(b'{"format": 1, "institutions": [], "season": "dry"}') == ()


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(content: bytes) -> None:
    try:
        parse_directory(content)
    except DirectoryUnreadable:
        return


def test_every_service_of_the_law_has_a_practice_institution() -> None:
    offered = {service for entry in load_practice() for service in entry.services}
    assert offered == set(Service)
    assert {entry.kind for entry in load_practice()} <= set(InstitutionKind)


def test_the_practice_village_is_marked_and_lies_where_it_says() -> None:
    assert PRACTICE["practice"] is True
    assert "latihan" in PRACTICE["village"]["name"]
    assert Places.load().get(PRACTICE["village"]["code"]).name == "Noelbaki"
    assert all("latihan" in entry.name.id for entry in load_practice())


def test_nobody_real_can_be_meant_by_the_practice_people() -> None:
    text = json.dumps(PRACTICE, ensure_ascii=False)
    for person in PRACTICE["people"]:
        assert re.match(r"99|099|$", person["nik"]), person["slug"]
    numbers = re.findall(r'"(?:number|phone|recruiter_phone)": "((?:0|\+)[^"]+)"', text)
    assert len(numbers) > 15
    assert all(number.startswith(("0840-0000-", "+999 0000 ")) for number in numbers)
    assert not re.search(r"\b\d{16}\b", re.sub(r"\b0?99\d+", "", text))


def test_the_practice_people_fit_the_vocabulary() -> None:
    assert len(PEOPLE) == len(PRACTICE["people"]) == 13
    for person in PEOPLE.values():
        assert clean_name(person["name"]) == person["name"]
        NikStatus(person["nik_status"])
        Sex(person["sex"])
        Marital(person["marital_status"])
        PartialDate.from_edtf(person["birth_date"])
        assert (person["nik_status"] == "none") == (person["nik"] == "")
        journey = person["journey"]
        if journey:
            Stage(journey["stage"])
            Procedural(journey["procedural"])
            PartialDate.from_edtf(journey["departure_on"])
            assert re.fullmatch("[A-Z]{2}", journey["destination_country"])
        for document in person["documents"]:
            DocumentKind(document["kind"])
            Seen(document["seen"])
            Found(document["found"])
    for volunteer in PRACTICE["volunteers"]:
        Category(volunteer["category"])
        for training in volunteer["trainings"]:
            TrainingKind(training["kind"])
            PartialDate.from_edtf(training["completed_on"])


def test_the_practice_people_cover_the_hard_cases() -> None:
    on = date(2026, 11, 21)
    birth = {slug: PartialDate.from_edtf(person["birth_date"]) for slug, person in PEOPLE.items()}
    warnings = {
        slug: list(check_nik(person["nik"], birth[slug], person["sex"]).warnings) for slug, person in PEOPLE.items()
    }
    assert warnings.pop("merlin") == [NikWarning.WRONG_LENGTH]
    assert warnings.pop("yakoba") == [NikWarning.TEMPORARY]
    assert warnings.pop("kornelis") == [NikWarning.OTHER_BIRTH_DATE]
    assert not any(warnings.values())
    assert birth["merlin"].is_under(18, on) is True
    assert birth["yakoba"].is_under(60, on) is False
    assert birth["petrus"].edtf == ""
    assert any(" " not in person["name"] for person in PEOPLE.values())
    assert max(len(person["name"]) for person in PEOPLE.values()) > 70
    assert {person["nik_status"] for person in PEOPLE.values()} == set(NikStatus)
    journeys = [person["journey"] for person in PEOPLE.values() if person["journey"]]
    assert {journey["stage"] for journey in journeys} == set(Stage)
    assert "ID" in {journey["destination_country"] for journey in journeys}
    found = {document["found"] for person in PEOPLE.values() for document in person["documents"]}
    assert found == set(Found)
    trained = [bool(volunteer["trainings"]) for volunteer in PRACTICE["volunteers"]]
    assert sorted(trained) == [False, True]


def test_contacts_are_values() -> None:
    assert NATIONAL["sapa-129"].contacts[1] == Contact(NATIONAL["sapa-129"].contacts[1].kind, "08111-129-129")
