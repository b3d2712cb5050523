# SPDX-License-Identifier: GPL-3.0-or-later
"""Searching, unlocking and saving in a store of 100,000 people, beside raw SQLCipher in the same run.

`python benchmarks/store.py [--people N] [--folder REAL_DISK] [--out FILE]`. Raw is the driver alone with the same
PRAGMAs on a copy of the same file: for searching and unlocking it runs the very statements that the program ran, for
saving it inserts the very rows that the program wrote, in one transaction. Runs of both alternate; `cpu` is what the
program's thread used, for a machine that does other work too. Stretching the passphrase is left out of unlocking.
Goals: a page for every key pressed p95 <= 50 ms, unlocking <= 2 x raw, a durable save <= 4 x raw.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch

import people
from sqlalchemy import Engine, event

from trafficwatch.models.tables import RECORD_TABLES
from trafficwatch.registry.browse import residents, similar
from trafficwatch.registry.residents import save_card
from trafficwatch.store import vault
from trafficwatch.store.connection import _PRAGMAS, open_raw
from trafficwatch.store.unlock import DATABASE, VAULT, open_store
from trafficwatch.store.work import Store

TYPED = (
    "siti aminah",
    "yohanes ber",
    "maria tefa",
    "soeharto",
    "mochamad hid",
    "djoko wid",
    "5301084101900001",
    "0812-3456-789",
    "noelbaki dusun 3",
    "suhrto",
    "kristna",
    "rw 05 seran",
    "hj siti",
    "yuliana nahabessi",
    "jusuf",
    "xaverius",
    "agustinus kl",
)
NAMES = ("Siti Aminah", "Yohanes Bere", "Muhammad", "Maria Tefa Seran", "Agustinus Un", "Dewi Rahayu Lestari", "Xaver")
Statement = tuple[str, Any, bool]


@contextmanager
def noted() -> Iterator[list[Statement]]:
    """The statements that the program runs meanwhile."""
    ran: list[Statement] = []

    def note(_connection: Any, _cursor: Any, statement: str, values: Any, _context: Any, many: bool) -> None:  # noqa: FBT001
        ran.append((statement, values, many))

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield ran
    finally:
        event.remove(Engine, "before_cursor_execute", note)


def replay(raw: Any, statements: list[Statement]) -> None:
    raw.execute("BEGIN IMMEDIATE")
    for statement, values, many in statements:
        if many:
            raw.executemany(statement, values)
        else:
            raw.execute(statement, values).fetchall()
    raw.execute("COMMIT")


Time = tuple[float, float]
"""Milliseconds on the clock, and of the processor."""


def timed(do: Callable[[], Any]) -> Time:
    start, used = time.perf_counter(), time.thread_time()
    do()
    return (time.perf_counter() - start) * 1000, (time.thread_time() - used) * 1000


def measured(of_ours: list[Time], of_raw: list[Time]) -> dict[str, float]:
    ours, raw = [clock for clock, _ in of_ours], [clock for clock, _ in of_raw]

    def p95(times: list[float]) -> float:
        return sorted(times)[int(len(times) * 0.95)]

    median, raw_median = statistics.median(ours), statistics.median(raw)
    return {
        "n": len(ours),
        "median_ms": round(median, 2),
        "p95_ms": round(p95(ours), 2),
        "worst_ms": round(max(ours), 2),
        "cpu_p95_ms": round(p95([cpu for _, cpu in of_ours]), 2),
        "raw_median_ms": round(raw_median, 2),
        "raw_p95_ms": round(p95(raw), 2),
        "raw_cpu_p95_ms": round(p95([cpu for _, cpu in of_raw]), 2),
        "ratio_median": round(median / raw_median, 2),
        "ratio_p95": round(p95(ours) / p95(raw), 2),
    }


def reading(store: Store, raw: Any, ask: list[Callable[[Any], Any]], runs: int) -> dict[str, float]:
    """Each question in a transaction of its own, as the desk asks it."""

    def once(question: Callable[[Any], Any]) -> None:
        with store.work() as work:
            question(work)

    ours, theirs = [], []
    for _ in range(runs):
        for question in ask:
            with noted() as ran:
                once(question)
            statements = [each for each in ran if not each[0].startswith("BEGIN")]
            ours.append(timed(lambda question=question: once(question)))
            theirs.append(timed(lambda statements=statements: replay(raw, statements)))
    return measured(ours, theirs)


def unlocking(folder: Path, key: bytes, runs: int) -> dict[str, float]:
    """Opening with keys that are known; raw opens the file and runs the statements that opening ran."""
    keys = vault.open_with_passphrase(vault.decode((folder / VAULT).read_bytes()), people.PASSPHRASE)
    ours, theirs = [], []
    with patch.object(vault, "open_with_passphrase", lambda *_: keys):
        with noted() as ran:
            open_store(folder, people.PASSPHRASE).close()
        statements = [each for each in ran if not each[0].startswith("BEGIN")]
        for _ in range(runs):
            opened: list[Any] = []
            ours.append(timed(lambda opened=opened: opened.append(open_store(folder, people.PASSPHRASE))))
            opened.pop().close()

            def open_and_ask(opened: list[Any] = opened) -> None:
                opened.append(open_raw(str(folder / DATABASE), key, _PRAGMAS))
                replay(opened[0], statements)

            theirs.append(timed(open_and_ask))
            opened.pop().close()
    return measured(ours, theirs)


def saving(store: Store, raw: Any, runs: int) -> dict[str, float]:
    """A whole card, by the use case and durable; raw inserts the rows that it wrote, with the journal and the index."""
    chance = random.Random(2)
    ours, theirs = [], []
    for _ in range(runs):
        card, made = people.whole_card(chance), []

        def save(card: Any = card, made: list[str] = made) -> None:
            with store.work() as work:
                made.append(save_card(work, card).person.id)

        ours.append(timed(save))
        inserts = written(store, made[0])
        theirs.append(timed(lambda inserts=inserts: replay(raw, inserts)))
    return measured(ours, theirs)


def written(store: Store, person: str) -> list[Statement]:
    """The rows that saving a new card has written, as plain inserts."""
    found: list[Statement] = []

    def take(table: str, where: str, *values: Any) -> list[Any]:
        result = run(f"SELECT * FROM {table} WHERE {where}", values)
        columns, rows = list(result.keys()), [tuple(row) for row in result]
        places = ", ".join("?" * len(columns))
        names = ", ".join(f'"{name}"' for name in columns)
        found.extend((f"INSERT INTO {table} ({names}) VALUES ({places})", row, False) for row in rows)
        return [dict(zip(columns, row, strict=True)) for row in rows]

    with store.work() as work:
        run = work.connection.exec_driver_sql
        ids = [("person", row["id"]) for row in take("person", "id = ?", person)]
        for name in ("journey", "document", "safe_contact"):
            if name in RECORD_TABLES:
                ids += [(name, row["id"]) for row in take(name, "person_id = ?", person)]
        for name, of_id in ids:
            take("record_state", "type = ? AND id = ?", name, of_id)
            take("journal", "type = ? AND id = ?", name, of_id)
        [indexed] = take("search_person", "id = ?", person)
        take("search_number", "number = ?", indexed["number"])
        text = (indexed["number"], indexed["words"])
        found.append(("INSERT INTO search_text (rowid, words) VALUES (?, ?)", text, False))
        words = [(word,) for word in indexed["words"].split()]
        found.append(("UPDATE search_word SET people = people + 1 WHERE word = ?", words, True))
        counter = json.dumps(work.info.counter)
        found.append(("UPDATE store_info SET value = ? WHERE key = 'counter'", (counter,), False))
    return found


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--people", type=int, default=100_000)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--folder", type=Path, default=None)
    parser.add_argument("--out", type=Path)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=chosen.folder) as name:
        ours, copy = people.filled(Path(name) / "ours", chosen.people), people.filled(Path(name) / "raw", chosen.people)
        store = people.opened(ours)
        key = vault.store_keys(vault.decode((ours / VAULT).read_bytes()), store.keys)[0]
        raw = open_raw(str(copy / DATABASE), key, _PRAGMAS)
        keystrokes = [text[: end + 1] for text in TYPED for end in range(len(text))]
        results = {
            "search": reading(
                store, raw, [lambda work, text=text: residents(work, text) for text in keystrokes], chosen.runs
            ),
            "list": reading(store, raw, [lambda work, at=at: residents(work, "", at) for at in range(0, 1000, 50)], 3),
            "similar": reading(store, raw, [lambda work, name=name: similar(work, name) for name in NAMES], 5),
            "save": saving(store, raw, 100),
        }
        store.close()
        raw.close()
        results["unlock"] = unlocking(ours, key, 20)
        size = (ours / DATABASE).stat().st_size
    for what, found in results.items():
        sys.stdout.write(f"{what:8} " + "  ".join(f"{key} {value}" for key, value in found.items()) + "\n")
    if chosen.out:
        about = {"people": chosen.people, "bytes": size, "load": os.getloadavg()}
        chosen.out.write_text(json.dumps({**about, **results}, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
