# SPDX-License-Identifier: GPL-3.0-or-later
"""The register as screens read it, and saving a whole card: real stores, real SQL."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from desks import Desks, dump, enrolled, resident
from sqlalchemy import event

from trafficwatch.models.identity import NikWarning
from trafficwatch.models.migration import Document, Found, Journey, Stage
from trafficwatch.models.people import Person
from trafficwatch.registry.browse import (
    RegisterCounts,
    counts,
    leaving_soon,
    resident_card,
    residents,
    similar,
)
from trafficwatch.registry.residents import (
    NO_OWNER,
    CardInput,
    DocumentInput,
    agree_safe_contact,
    check_document,
    plan_journey,
    save_card,
)
from trafficwatch.store.records import RecordUnknown
from trafficwatch.store.work import Store


@pytest.fixture
def desks(tmp_path: Path) -> Iterator[Desks]:
    with enrolled(tmp_path) as found:
        yield found


@pytest.fixture
def village(desks: Desks) -> Store:
    return desks.village


def journey(store: Store, person: str, **fields: Any) -> str:
    with store.work() as work:
        return plan_journey(work, person, **fields).id


def paper(store: Store, person: str, found: str | None, of_journey: str | None = None) -> str:
    with store.work() as work:
        return check_document(work, person, of_journey, kind="passport", found=found).id


def erase(store: Store, cls: Any, record_id: str) -> None:
    with store.work() as work:
        work.write(cls, record_id, deleted="salah orang")


def names(store: Store, text: str) -> list[str]:
    with store.work() as work:
        page = residents(work, text)
    assert page.total == len(page.rows)
    return [row.name for row in page.rows]


# -- the list ----------------------------------------------------------------------------------------------------------


def test_an_empty_register_is_an_empty_page(village: Store) -> None:
    with village.work() as work:
        assert residents(work) == residents(work, "siti", 50, 10)
        assert (residents(work).rows, residents(work).total) == ((), 0)
        assert counts(work) == RegisterCounts(0, 0, 0, 0)
        assert (leaving_soon(work), similar(work, "Siti")) == ((), ())


def test_pages_go_by_name_whatever_its_capitals(village: Store) -> None:
    for name in ("maria Tefa", "Agnes Kelen", "Yohanis Bere", "Maria Abuk", "BENEDIKTA Un"):
        resident(village, name)
    gone = resident(village, "Aaron Hilang")
    erase(village, Person, gone)
    with village.work() as work:
        everyone = residents(work)
        first, second, beyond = (residents(work, "", offset, 2) for offset in (0, 2, 10))
    assert [row.name for row in everyone.rows] == [
        "Agnes Kelen",
        "BENEDIKTA Un",
        "Maria Abuk",
        "maria Tefa",
        "Yohanis Bere",
    ]
    assert (*first.rows, *second.rows) == everyone.rows[:4]
    assert (first.total, second.total, beyond.total, beyond.rows) == (5, 5, 5, ())


@pytest.mark.parametrize(
    "text",
    [
        "maria",
        "TEFA mar",
        "  maria   tefa ",
        "ina",
        "josé",
        "JOSÉ",
        "5301080000000001",
        "5301 0800 0000 0001",
        "00000001",
        "0812-3456-7890",
        "0812 3456 7890",
        "+62 812 3456 7890",
        "+62 (0)812 3456 7890",
        "62812345",
        "0062 812 3456",
        "34567890",
        "maria 0812",
        "dusun",
        "rt 03",
        "50%",
        "tefa 5301080000000001 dusun",
    ],
)
def test_each_word_is_found_somewhere(village: Store, text: str) -> None:
    resident(
        village,
        "Maria Tefa",
        aliases={"Ina José": True},
        nik="5301080000000001",
        phones={"+62 812-3456-7890": "suami"},
        address="Dusun 2, RT 03, 50% jalan",
    )
    resident(village, "Agnes Kelen", phones={"0813-9999-0000": ""}, address="Kupang")
    assert names(village, text) == ["Maria Tefa"]


@pytest.mark.parametrize(
    "text", ["marsel", "maria agnes", "suami", "true", "5%2", "mar_a", "08139999", "0812-3456-7891", "{", '"', "\\"]
)
def test_what_is_nowhere_is_not_found(village: Store, text: str) -> None:
    resident(village, "Maria Tefa", aliases={"Ina": True}, phones={"0812-3456-7890": "suami"}, address="52 RT 03")
    assert names(village, text) == []


def test_a_removed_alias_or_number_is_not_found(village: Store) -> None:
    person = resident(village, "Maria", aliases={"Ina": True}, phones={"0812-3456-7890": ""})
    with village.work() as work:
        work.write(Person, person, aliases={"Ina": None}, phones={"0812-3456-7890": None})
    assert (names(village, "ina"), names(village, "0812"), names(village, "maria")) == ([], [], ["Maria"])


def test_a_line_says_where_to_and_how_the_papers_are(village: Store) -> None:
    person = resident(village, "Maria Tefa", birth_date="1990-05", address="Dusun 2")
    old = journey(village, person, stage="returned", destination_country="HK", departure_on="2019-02")
    journey(village, person, stage="preparing", destination_country="MY", destination_place="Ipoh")
    with village.work() as work:
        work.write(Journey, old, promised_wage="baru dicatat")
    for found in (Found.DOUBTFUL, Found.FALSE, Found.TRUE, Found.UNCHECKED, None):
        paper(village, person, found)
    erase(village, Document, paper(village, person, Found.FALSE))
    with village.work() as work:
        [row] = residents(work).rows
    assert (row.id, row.birth_date, row.address) == (person, "1990-05", "Dusun 2")
    assert (row.destination, row.stage, row.doubtful) == ("MY", "preparing", 2)


@pytest.mark.parametrize(
    ("destination", "fields"),
    [
        ("Batam", {"destination_country": "ID", "destination_place": "Batam"}),
        ("ID", {"destination_country": "ID"}),
        ("Batam", {"destination_place": "Batam"}),
        (None, {}),
    ],
)
def test_within_the_country_the_place_is_said(village: Store, destination: str | None, fields: dict[str, str]) -> None:
    journey(village, resident(village), stage="plan", **fields)
    with village.work() as work:
        assert residents(work).rows[0].destination == destination


def test_a_page_takes_as_many_queries_as_a_line(village: Store) -> None:
    asked: list[str] = []

    def queries(limit: int) -> int:
        asked.clear()
        with village.work() as work:
            event.listen(work.connection.engine, "before_cursor_execute", listen)
            residents(work, limit=limit)
            event.remove(work.connection.engine, "before_cursor_execute", listen)
        return len(asked)

    def listen(*arguments: Any) -> None:
        asked.append(arguments[2])

    for number in range(5):
        person = resident(village, f"Warga {number}")
        journey(village, person, stage="plan")
        paper(village, person, Found.FALSE)
    assert queries(1) == queries(5) <= 6


# -- one card ----------------------------------------------------------------------------------------------------------


def test_a_card_has_all_of_a_person_and_nothing_of_another(village: Store) -> None:
    person, other = resident(village, "Maria"), resident(village, "Agnes")
    over = journey(village, person, stage="returned", departure_on="2025")
    older = journey(village, person, stage="departed", departure_on="2024-01-01")
    planned = journey(village, person, stage="plan")
    erase(village, Journey, journey(village, person, stage="plan"))
    journey(village, other, stage="plan")
    passport = paper(village, person, Found.TRUE)
    paper(village, other, Found.TRUE)
    with village.work() as work:
        agree_safe_contact(work, person, way="phone", number="0812")
        card, bare = resident_card(work, person), resident_card(work, other)
        with pytest.raises(RecordUnknown):
            resident_card(work, "00000000-0000-4000-8000-000000000000")
    assert (card.person.name, [found.id for found in card.journeys]) == ("Maria", [planned, older, over])
    assert [found.id for found in card.documents] == [passport]
    assert card.contact is not None
    assert (card.contact.number, bare.contact) == ("0812", None)
    erase(village, Person, person)
    with village.work() as work:
        assert resident_card(work, person).journeys == card.journeys


# -- who it may be -----------------------------------------------------------------------------------------------------


def found(store: Store, *about: str | None) -> list[str]:
    with store.work() as work:
        return [row.name for row in similar(work, *about)]


def test_search_before_add(village: Store) -> None:
    resident(village, "Yohanis Bere", birth_date="1990-05-17", nik="5301080000000001")
    resident(village, "Yohannis Berek", birth_date="1970")
    resident(village, "Maria Tefa")
    erase(village, Person, resident(village, "Yohanis Bere"))
    assert found(village, "Johanis Bere") == ["Yohanis Bere", "Yohannis Berek"]
    assert found(village, "bere  YOHANIS") == ["Yohanis Bere", "Yohannis Berek"]
    assert found(village, "Yohanis Bere", "1991") == ["Yohanis Bere"]
    assert found(village, "Yohanis Bere", "1972-03") == ["Yohannis Berek", "Yohanis Bere"]
    assert found(village, "Tefa", "", "5301 0800 0000 0001") == ["Yohanis Bere"]
    assert found(village, "Maria Tefa", None, "5301080000000001") == ["Yohanis Bere", "Maria Tefa"]
    assert found(village, "", None, "") == []
    assert found(village, "Petrus") == []


def test_at_most_five_are_shown(village: Store) -> None:
    for _ in range(7):
        resident(village, "Maria Tefa")
    assert found(village, "Maria Tefa") == ["Maria Tefa"] * 5


# -- the home page -----------------------------------------------------------------------------------------------------


def test_departures_that_are_near(village: Store) -> None:
    days = {
        "Hari ini": "2026-11-21",
        "Bulan ini": "2026-11",
        "Sekitar": "2026-12-25~",
        "Akhir": "2026-12-21",
        "Kemarin": "2026-11-20",
        "Jauh": "2026-12-22",
        "Tidak tahu": None,
    }
    ids = {name: resident(village, name) for name in days}
    planned = {name: journey(village, ids[name], stage="plan", departure_on=day) for name, day in days.items()}
    for stage in ("departed", "cancelled", "postponed", "returned"):
        journey(village, ids["Jauh"], stage=stage, departure_on="2026-11-25")
    gone = resident(village, "Hilang")
    journey(village, gone, stage="plan", departure_on="2026-11-25")
    erase(village, Person, gone)
    for paper_found in (*Found, None):
        paper(village, ids["Hari ini"], paper_found, planned["Hari ini"])
    other = journey(village, ids["Hari ini"], stage="returned")
    paper(village, ids["Hari ini"], Found.FALSE, other)
    paper(village, ids["Hari ini"], Found.DOUBTFUL)
    with village.work() as work:
        soon, week = leaving_soon(work), leaving_soon(work, 7)
    assert [each.name for each in soon] == ["Bulan ini", "Hari ini", "Sekitar", "Akhir"]
    assert [each.name for each in week] == ["Bulan ini", "Hari ini"]
    assert (soon[1].person_id, soon[1].journey_id) == (ids["Hari ini"], planned["Hari ini"])
    assert (soon[1].departure_on, soon[1].unsure_papers, soon[0].unsure_papers) == ("2026-11-21", 5, 0)


def test_a_person_counts_once_where_the_latest_journey_stands(village: Store) -> None:
    for stage in Stage:
        journey(village, resident(village), stage=stage.value)
    both = resident(village)
    journey(village, both, stage="departed", departure_on="2026-01")
    journey(village, both, stage="returned", departure_on="2026-02")
    resident(village)
    gone = resident(village)
    journey(village, gone, stage="departed")
    erase(village, Person, gone)
    with village.work() as work:
        assert counts(work) == RegisterCounts(people=8, planned=2, away=2, returned=1)


# -- saving a card -----------------------------------------------------------------------------------------------------

PERSON = {"name": "Maria  Tefa", "birth_date": "1990-05-17", "sex": "f", "phones": {"0812": "suami", "0813": ""}}


def saved(store: Store, card: CardInput, person: str | None = None) -> str:
    with store.work() as work:
        return save_card(work, card, person).person.id


def test_a_new_card_is_saved_whole(village: Store) -> None:
    card = CardInput(
        PERSON | {"nik": "5301081705900001"},
        {"stage": "plan", "destination_country": "MY"},
        None,
        (DocumentInput(None, {"kind": "passport", "seen": "copy", "found": "doubtful"}),),
        {"way": "phone", "number": "0812", "do_not_contact": False},
    )
    with village.work() as work:
        recorded = save_card(work, card)
        card_now = resident_card(work, recorded.person.id)
        volunteer = work.volunteer
    assert recorded.nik_warnings == (NikWarning.OTHER_SEX,)
    assert (card_now.person.name, card_now.person.phones) == ("Maria Tefa", {"0812": "suami", "0813": NO_OWNER})
    [planned], [passport] = card_now.journeys, card_now.documents
    assert (planned.stage, passport.journey_id) == ("plan", planned.id)
    assert (passport.checked_on, passport.checked_by, passport.found) == ("2026-11-21", volunteer, "doubtful")
    assert card_now.contact is not None
    assert card_now.contact.number == "0812"


def test_what_is_empty_is_not_written(village: Store) -> None:
    nothing = {"way": None, "number": "", "do_not_contact": False}
    person = saved(village, CardInput({"name": "Maria"}, {"stage": None, "work": ""}, None, (), nothing))
    with village.work() as work:
        card = resident_card(work, person)
    assert (card.contact, card.journeys, card.documents) == (None, (), ())


def test_saving_again_changes_only_what_the_form_changed(desks: Desks, village: Store) -> None:
    contact = {"way": "phone", "number": "0812"}
    person = saved(
        village, CardInput(PERSON, {"stage": "plan"}, None, (DocumentInput(None, {"kind": "ktp"}),), contact)
    )
    with village.work() as work:
        card = resident_card(work, person)
    planned, ktp = card.journeys[0].id, card.documents[0].id
    before = dump(village)
    desks.clock.move(days=2)
    same = CardInput(PERSON, {"stage": "plan"}, planned, (DocumentInput(ktp, {"kind": "ktp"}),), contact)
    saved(village, same, person)
    assert dump(village) == before
    saved(
        village,
        CardInput(
            {"name": "Maria Tefa", "phones": {"0813": "ibu"}},
            {"stage": "departed"},
            planned,
            (DocumentInput(ktp, {"kind": "ktp", "found": "true", "remark": "cocok"}),),
            {"do_not_contact": True},
            {"phones": frozenset(PERSON["phones"])},
        ),
        person,
    )
    with village.work() as work:
        card = resident_card(work, person)
    assert (card.person.birth_date, card.person.phones) == ("1990-05-17", {"0813": "ibu"})
    assert ([found.stage for found in card.journeys], len(card.documents)) == (["departed"], 1)
    assert (card.documents[0].found, card.documents[0].checked_on) == ("true", "2026-11-23")
    assert card.contact is not None
    assert (card.contact.do_not_contact, card.contact.number) == (True, "0812")
    saved(village, CardInput({}, documents=(DocumentInput(ktp, {"remark": "dipotret"}),)), person)
    with village.work() as work:
        card = resident_card(work, person)
    assert (card.documents[0].checked_on, card.documents[0].remark) == ("2026-11-23", "dipotret")
    assert card.contact is not None


def test_a_card_that_can_not_be_saved_leaves_nothing(village: Store) -> None:
    other = resident(village, "Agnes")
    foreign, strange = journey(village, other, stage="plan"), paper(village, other, Found.TRUE)
    before = dump(village)
    for card in (
        CardInput({"name": "Maria"}, {"stage": "plan"}, foreign),
        CardInput({"name": "Maria"}, documents=(DocumentInput(strange, {"found": "false"}),)),
    ):
        with pytest.raises(RecordUnknown):
            saved(village, card)
    with pytest.raises(RecordUnknown):
        saved(village, CardInput({"name": "Maria"}), "00000000-0000-4000-8000-000000000000")
    assert dump(village) == before
