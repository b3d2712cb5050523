# SPDX-License-Identifier: GPL-3.0-or-later
"""How long the register takes with 100,000 people and 60,000 journeys, against the goals of issue 5.

Recruiters, journeys, papers, visits and check-ins are inserted in bulk into a copy of the store of `people`, with no
more of a history than reading needs. Goals: what the home page asks < 1 s, a page of a list < 100 ms, narrowed < 1 s.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import people
from sqlalchemy import insert, select

from trafficwatch.models.exchange import canonical
from trafficwatch.models.migration import Stage
from trafficwatch.models.tables import RECORD_TABLES, local
from trafficwatch.registry.browse import ResidentFilter, Sort, counts, leaving_soon, residents
from trafficwatch.registry.journeys import journey_card
from trafficwatch.registry.recruiters import recruiter_card, recruiters
from trafficwatch.registry.tasks import tasks
from trafficwatch.registry.touch import due
from trafficwatch.registry.visitors import visitors
from trafficwatch.store.work import Store, Work

JOURNEYS, RECRUITERS, VISITORS = 60_000, 2_000, 2_000
Rows = dict[str, list[dict[str, Any]]]


def fill(store: Store) -> None:
    chance = random.Random(3)
    with store.work() as work:
        known = list(work.connection.execute(select(RECORD_TABLES["person"].c.id)).scalars())
        today = date.fromisoformat(work.today)
        have = list(work.connection.execute(select(RECORD_TABLES["journey"].c.id)).scalars())
        ids = [_id(chance) for _ in range(RECRUITERS)]
        _insert(work, {"recruiter": [_recruiter(chance, one) for one in ids]})
        _insert(work, {"visitor": [_visitor(chance, ids) for _ in range(VISITORS)]})
        rows: Rows = {name: [] for name in ("journey", "document", "home_visit", "check_in")}
        for person in chance.sample(known, min(len(known), JOURNEYS - len(have))):
            for name, row in _journey(chance, person, ids, today):
                rows[name].append({"id": _id(chance), **row})
        _insert(work, rows)


def _recruiter(chance: random.Random, of_id: str) -> dict[str, Any]:
    found = chance.choice((None, None, "true", "doubtful", "unchecked"))
    return {
        "id": of_id,
        "name": people.card(chance)["name"],
        "phones": canonical({_phone(chance): "-"}),
        "licence_found": found,
        "licence_checked_on": "2026-03-01" if found else None,
    }


def _visitor(chance: random.Random, recruiters: list[str]) -> dict[str, Any]:
    linked = chance.choice(recruiters) if chance.random() < 0.2 else None
    name = people.card(chance)["name"]
    return {"id": _id(chance), "name": name, "phones": canonical({_phone(chance): "-"}), "recruiter_id": linked}


def _journey(
    chance: random.Random, person: str, recruiters: list[str], today: date
) -> Iterator[tuple[str, dict[str, Any]]]:
    """A journey with papers; of who is away with up to six attempts, half of the people in touch until now."""
    stage, of_id = chance.choice(("plan", "departed", "departed", "returned")), _id(chance)
    left = today + timedelta(chance.randint(-1500, -1) if stage != "plan" else chance.randint(-200, 400))
    linked = chance.choice(recruiters) if chance.random() < 0.5 else None
    yield (
        "journey",
        {
            "id": of_id,
            "person_id": person,
            "stage": stage,
            "destination_country": chance.choice(("MY", "HK", "TW", "SG", "SA", "ID")),
            "departure_on": left.isoformat(),
            "recruiter_id": linked,
            "recruiter_name": people.card(chance)["name"] if chance.random() < 0.1 else "Pak Anton",
            "recruiter_phone": _phone(chance),
            "debts": "lima juta" if chance.random() < 0.2 else None,
            "debt_to": "agen" if chance.random() < 0.1 else None,
        },
    )
    if chance.random() < 0.5:
        found = chance.choice(("true", "true", "doubtful", "false", "unchecked"))
        yield "document", {"person_id": person, "journey_id": of_id, "kind": "passport", "found": found}
    if chance.random() < 0.2:
        visited = {"visited_on": (left - timedelta(20)).isoformat(), "next_visit_on": left.isoformat()}
        yield "home_visit", {"person_id": person, "journey_id": of_id, **visited}
    if stage == "departed":
        last = today - timedelta(chance.randint(0, 28) if chance.random() < 0.5 else chance.randint(0, 900))
        for number in range(chance.randint(0, 6)):
            on = (last - timedelta(30 * number)).isoformat()
            said = {"outcome": chance.choice(("reached", "reached", "no_answer")), "tried_on": on}
            answers = canonical({"well": "yes", "paid": chance.choice(("yes", "yes", "yes", "no"))})
            yield "check_in", {"person_id": person, "journey_id": of_id, "answers": answers, **said}


def _phone(chance: random.Random) -> str:
    return f"08{chance.randint(11, 59)}-{chance.randint(1000, 9999)}-{chance.randint(1000, 9999)}"


def _id(chance: random.Random) -> str:
    return str(uuid.UUID(int=chance.getrandbits(128), version=4))


def _insert(work: Work, rows: Rows) -> None:
    for name, made in rows.items():
        columns = dict.fromkeys(key for row in made for key in row)
        work.connection.execute(insert(RECORD_TABLES[name]), [dict.fromkeys(columns) | row for row in made])
        history = {"type": name, "history": "{}", "home": work.info.code, "counter": 1}
        work.connection.execute(insert(local.record_state), [{**history, "id": row["id"]} for row in made])


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--people", type=int, default=100_000)
    parser.add_argument("--runs", type=int, default=3)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        store = people.opened(people.filled(Path(name) / "store", chosen.people))
        fill(store)
        with store.work() as work:
            journey = work.records.values("journey", "id")[-1]
            recruiter = work.records.values("recruiter", "id")[0]
        asked: dict[str, Callable[[Work], Any]] = {
            "tasks": lambda work: len(tasks(work)),
            "due": lambda work: len(due(work)),
            "counts": lambda work: counts(work).away,
            "leaving_soon": lambda work: len(leaving_soon(work)),
            "journey card": lambda work: len(journey_card(work, journey).shared),
            "recruiters": lambda work: recruiters(work, "", 1_000, 50).total,
            "recruiters, typed": lambda work: recruiters(work, "maria te").total,
            "recruiter card": lambda work: len(recruiter_card(work, recruiter).journeys),
            "visitors": lambda work: visitors(work).total,
            "list": lambda work: residents(work).total,
            "list, page 1000": lambda work: residents(work, "", 50_000).total,
            "by departure": lambda work: residents(work, sort=Sort.DEPARTURE).total,
            "by last heard": lambda work: residents(work, sort=Sort.LAST_HEARD).total,
            "departed": lambda work: residents(work, wanted=ResidentFilter(stage=Stage.DEPARTED)).total,
            "departed, typed": lambda work: residents(work, "maria", wanted=ResidentFilter(Stage.DEPARTED)).total,
            "country": lambda work: residents(work, wanted=ResidentFilter(country="HK")).total,
            "warned": lambda work: residents(work, wanted=ResidentFilter(warned=True)).total,
            "overdue": lambda work: residents(work, wanted=ResidentFilter(overdue=True)).total,
        }
        for what, ask in asked.items():
            times, found = [], 0
            for _ in range(chosen.runs):
                start, used = time.perf_counter(), time.thread_time()
                with store.work() as work:
                    found = ask(work)
                times.append(((time.perf_counter() - start) * 1000, (time.thread_time() - used) * 1000))
            clock, cpu = (round(min(each), 1) for each in zip(*times, strict=True))
            sys.stdout.write(f"{what:20} best {clock:8} ms  cpu {cpu:8} ms  found {found}\n")
        store.close()


if __name__ == "__main__":
    main()
