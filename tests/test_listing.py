# SPDX-License-Identifier: GPL-3.0-or-later
"""The list of residents narrowed and ordered by page, against the same done slowly: one store of invented people."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from store_tools import VOLUNTEER, trained_store

from trafficwatch.models.migration import Journey, Stage
from trafficwatch.models.people import Person, Residency
from trafficwatch.models.staff import Volunteer
from trafficwatch.registry.browse import ResidentFilter, Sort, resident_card, residents
from trafficwatch.registry.journeys import JourneyCard, journey_card, save_journey
from trafficwatch.registry.residents import check_document, record_person
from trafficwatch.registry.touch import record_check_in
from trafficwatch.store.work import Store, Work

PEOPLE = 45


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    with trained_store(tmp_path_factory.mktemp("listing")) as found:
        with found.work() as work:
            work.write(Volunteer, VOLUNTEER, name="Maria Tefa")
            fill(work)
        yield found


@pytest.fixture
def work(store: Store) -> Iterator[Work]:
    with store.work() as found:
        yield found


def fill(work: Work) -> None:
    """People with none to three journeys, in any order of recording; the last one is deleted."""
    chance = random.Random(7)
    numbers = list(range(PEOPLE))
    chance.shuffle(numbers)
    for number in numbers:
        residency = chance.choice((None, "present", "away", "dead"))
        name = f"{chance.choice(('Maria', 'Yohanis', 'Siti'))} {chr(97 + number % 26)}{number}"
        of = record_person(work, name=name, residency=residency, birth_date="1990").person.id
        for _ in range(chance.choice((0, 1, 1, 2, 3))):
            trip(work, chance, of)
    work.write(Person, of, deleted="other")


def trip(work: Work, chance: random.Random, of: str) -> None:
    stage = chance.choice((*(each.value for each in Stage), None, "departed"))
    made = save_journey(
        work,
        of,
        {
            "stage": stage,
            "destination_country": chance.choice(("MY", "HK", "ID", None)),
            "destination_place": chance.choice(("Batam", None)),
            "departure_on": chance.choice((None, "2026-09", "2026-10-30", "2026-11-18", "2025-02-02", "2026-11-20")),
            "debt_to": chance.choice(("agen", None, None)),
        },
    )
    if chance.random() < 0.4:
        check_document(work, of, made.id, kind="visa", found=chance.choice(("true", "false", "doubtful")))
    for _ in range(chance.randint(0, 2) if stage in {"departed", "returned"} else 0):
        tried = chance.choice(("2026-11-19", "2026-10-02", "2026-06-30"))
        record_check_in(work, made.id, {"tried_on": tried, "outcome": chance.choice(("reached", "no_answer"))})
    if chance.random() < 0.1:
        work.write(Journey, made.id, deleted="other")


@dataclass(frozen=True)
class Known:
    """What the slow way reads of one person, once."""

    residency: str | None
    latest: Journey | None
    cards: tuple[JourneyCard, ...]
    last_heard_on: str | None


@pytest.fixture(scope="module")
def known(store: Store) -> dict[str, Known]:
    """Everyone, in the order of the list."""
    with store.work() as work:
        found = {}
        for row in residents(work, "", 0, 1_000).rows:
            card = resident_card(work, row.id)
            cards = tuple(journey_card(work, each.id) for each in card.journeys)
            latest = next(iter(card.journeys), None)
            found[row.id] = Known(card.person.residency, latest, cards, row.last_heard_on)
            assert row.departure_on == (latest.departure_on if latest else None)
        return found


def typed(work: Work, text: str) -> list[str]:
    return [row.id for row in residents(work, text, 0, 1_000).rows]


def fits(of: Known, wanted: ResidentFilter) -> bool:
    country = of.latest.destination_country if of.latest else None
    if of.latest and country is None and of.latest.destination_place:
        country = "ID"
    late = {"overdue", "silent"}
    return all(
        (
            wanted.stage is None or (of.latest is not None and of.latest.stage == wanted.stage),
            wanted.country is None or country == wanted.country,
            wanted.residency is None or of.residency == wanted.residency,
            not wanted.warned or any(each.weight == "high" for card in of.cards for each in card.warnings),
            not wanted.overdue or (of.residency != "dead" and any(card.standing.status in late for card in of.cards)),
        )
    )


def place(of: Known, sort: Sort) -> Any:
    if sort is Sort.LAST_HEARD:
        return (0, of.last_heard_on or "") if of.latest and of.latest.stage == Stage.DEPARTED else (1, "")
    if sort is Sort.DEPARTURE and of.latest and of.latest.departure_on:
        return (0, *(-ord(char) for char in of.latest.departure_on.ljust(10)))
    return (1,)


FILTERS = [
    *(ResidentFilter(stage=stage) for stage in Stage),
    *(ResidentFilter(country=country) for country in ("MY", "ID", "TW")),
    ResidentFilter(residency=Residency.AWAY),
    ResidentFilter(warned=True),
    ResidentFilter(overdue=True),
    ResidentFilter(stage=Stage.DEPARTED, country="HK"),
    ResidentFilter(residency=Residency.PRESENT, warned=True),
]


@pytest.mark.parametrize("wanted", FILTERS)
def test_narrowing_gives_who_fits_in_the_order_of_the_list(
    work: Work, known: dict[str, Known], wanted: ResidentFilter
) -> None:
    for text in ("", "maria"):
        expected = [of for of in typed(work, text) if fits(known[of], wanted)]
        page = residents(work, text, 0, 1_000, wanted)
        assert [row.id for row in page.rows] == expected
        assert page.total == len(expected)


def test_the_filters_tell_people_apart(known: dict[str, Known]) -> None:
    numbers = [sum(fits(of, wanted) for of in known.values()) for wanted in FILTERS]
    assert all(number < len(known) for number in numbers)
    assert numbers.count(0) == 1


@pytest.mark.parametrize("sort", list(Sort))
@pytest.mark.parametrize("wanted", [ResidentFilter(), ResidentFilter(country="MY"), ResidentFilter(overdue=True)])
def test_sorting_keeps_everyone_and_pages_meet(
    work: Work, known: dict[str, Known], sort: Sort, wanted: ResidentFilter
) -> None:
    for text in ("", "siti"):
        expected = [of for of in typed(work, text) if fits(known[of], wanted)]
        expected.sort(key=lambda of: place(known[of], sort))
        whole = residents(work, text, 0, 1_000, wanted, sort)
        assert whole.total == len(expected)
        assert [place(known[row.id], sort) for row in whole.rows] == [place(known[of], sort) for of in expected]
        tail = [row.id for row in whole.rows if place(known[row.id], sort)[0] == 1]
        assert tail == [of for of in expected if place(known[of], sort)[0] == 1]
        pages = [residents(work, text, start, 9, wanted, sort) for start in range(0, len(expected) + 9, 9)]
        assert [row.id for page in pages for row in page.rows] == [row.id for row in whole.rows]


def test_rows_say_when_somebody_was_heard_of(known: dict[str, Known]) -> None:
    assert {"2026-11-19", "2026-10-02", None} <= {of.last_heard_on for of in known.values()}
