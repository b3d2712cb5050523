# SPDX-License-Identifier: GPL-3.0-or-later
"""Saving: people with what belongs to them, one transaction each, with the store closed and opened now and then."""

from __future__ import annotations

import random
from pathlib import Path

from scenario import Ack, Acks, Scenario, opened, two_desks

from trafficwatch.errors import ExpectedError
from trafficwatch.models.casework import Screening
from trafficwatch.models.migration import Journey
from trafficwatch.models.people import Person
from trafficwatch.models.screening import Answer, By, Value
from trafficwatch.registry.residents import plan_journey, record_person
from trafficwatch.screening.sessions import record_screening
from trafficwatch.store.work import Store
from trafficwatch.village.drafts import drafts, keep

NAME = "Uji Coba"
ANSWERS = {"E-PRO-RECRUIT": Answer(Value.YES, By.PERSON, "di pelabuhan"), "E-TUJ-LABOUR": Answer(Value.YES, By.PERSON)}


def save(root: Path, ack: Ack, chance: random.Random, rounds: int) -> None:
    """People with a journey, a screening and a draft, each in one transaction; now and then the store is closed.

    After a named error the program goes on: the next save must work once the disk does.
    """
    store = opened(root, "village")
    for number in range(rounds):
        try:
            ack(saved=save_one(store, number, chance), number=number)
        except ExpectedError as error:
            ack(refused=error.key)
        if chance.random() < 0.1:
            store.close()
            store = opened(root, "village")
    store.close()


def save_one(store: Store, number: int, chance: random.Random) -> dict[str, str]:
    with store.work() as work:
        person = record_person(work, name=f"{NAME} {number}")
        journey = plan_journey(work, person.person.id, stage="plan", work=f"pekerjaan {number}")
        screening = record_screening(work, person.person.id, ANSWERS, age_at_events=30).screening
        typed = {"name": f"{NAME} {number}", "long": "kata " * chance.randint(0, 4000)}
        draft = keep(work, "card", typed, subject=person.person.id, case_text=True)
    return {"person": person.person.id, "journey": journey.id, "screening": screening.id, "draft": draft}


def missing_saves(root: Path, stores: dict[str, Store], acks: Acks) -> list[str]:
    with stores["village"].work() as work:
        people = {found.id: found for found in work.records.select(Person) if (found.name or "").startswith(NAME)}
        journeys = {found.person_id: found for found in work.records.select(Journey)}
        screenings = {found.person_id: found for found in work.records.select(Screening)}
        kept = {draft.subject: draft.content for draft in drafts(work)}
    wanted = [ack for ack in acks if "saved" in ack]
    lost = [f"save {ack['number']}" for ack in wanted if ack["saved"]["person"] not in people]
    for person in people.values():
        number = str(person.name).rpartition(" ")[2]
        journey, screening = journeys.get(person.id), screenings.get(person.id)
        whole = (
            journey is not None
            and journey.work == f"pekerjaan {number}"
            and screening is not None
            and screening.age_at_events == 30
            and kept.get(person.id, {}).get("name") == person.name
        )
        if not whole:
            lost.append(f"save {number} is not whole")
    return lost


SAVE = Scenario("save", two_desks, save, missing_saves, rounds=12)
