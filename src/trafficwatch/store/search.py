# SPDX-License-Identifier: GPL-3.0-or-later
"""The index of people inside the encrypted store: what `store.finding` looks into.

Indexed are names and aliases, address and birth place as plain words, each also in its one spelling (`=suharto`), and
NIK, KK number and telephone numbers as digits. Deleted people are not in it. `Records` puts every changed person in the
same transaction, at once or, of thousands, in the end (`Index.later`). The tables are no part of the schema: `ensure`
makes them from the people themselves when they are missing or of another version, at unlock or at the latest before any
records are read or written. FTS5 deletes securely: who is forgotten leaves nothing in it.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from itertools import islice
from typing import Any

from sqlalchemy import Connection, Select, bindparam, func, select

from trafficwatch.models.tables import RECORD_TABLES
from trafficwatch.store import info
from trafficwatch.store.spelling import fold, plain

VERSION = 1
"""To be raised whenever the tables below, or what `spelling` gives, change."""
ENOUGH_DIGITS = 3
"""A shorter number is no NIK and no telephone number: `RT 03` would find every second one."""

TABLES = ("search_text", "search_word", "search_number", "search_person")

_DIGITS = frozenset("0123456789")
_MAKE = """
CREATE TABLE search_person (
    number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, name TEXT NOT NULL, words TEXT NOT NULL
);
CREATE INDEX ix_search_person_name ON search_person (name, id);
CREATE TABLE search_number (number INTEGER PRIMARY KEY, digits TEXT NOT NULL);
CREATE TABLE search_word (
    word TEXT PRIMARY KEY, folded TEXT NOT NULL, backwards TEXT NOT NULL, people INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX ix_search_word_folded ON search_word (folded);
CREATE INDEX ix_search_word_backwards ON search_word (backwards);
CREATE VIRTUAL TABLE search_text USING fts5 (
    words, content='search_person', content_rowid='number', detail=column, columnsize=0, prefix='1 2 3',
    tokenize="ascii tokenchars '='"
);
INSERT INTO search_text (search_text, rank) VALUES ('pgsz', 3900);
INSERT INTO search_text (search_text, rank) VALUES ('secure-delete', 1);
"""
"""`pgsz`: a leaf of the default size no longer fits beside the bytes that the cipher keeps on each page. Not
`detail=none`: with secure-delete FTS5 (SQLite 3.53.4) then loses words, and keeps others, when a person changes twice
in a transaction."""
_FIELDS = ("name", "aliases", "address", "birth_place", "nik", "kk_number", "phones")
_BEGINNINGS = (1, 2, 3)
"""As `prefix` above."""
_LEAVES = """
SELECT id >> 37, id & 0x7fffffff, block FROM search_text_data WHERE id >> 37 > 0 AND ((id >> 31) & 63) = 0 ORDER BY id
"""
_AT_ONCE = 1_000


@dataclass(frozen=True, slots=True)
class _Entry:
    """What the index holds of one person; `words` in order, those that differ in spelling also as `=` and it."""

    name: str
    words: str
    digits: str


class Index:
    """The index of one open transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._waiting: set[str] | None = None
        ensure(connection)

    def put(self, person_id: str) -> None:
        """Let the index say of a person what the record says: now, or at the end of `later`."""
        if self._waiting is None:
            put(self._connection, person_id)
        else:
            self._waiting.add(person_id)

    @contextmanager
    def later(self) -> Iterator[None]:
        """Whoever is written inside the block is found after its end: for thousands of people. Who leaves it by an
        error has to undo the transaction.
        """
        self._waiting = written = set[str]()
        try:
            yield
        finally:
            self._waiting = None
        put_all(self._connection, written)


def ensure(connection: Connection, progress: Callable[[int, int], None] = lambda _done, _total: None) -> bool:
    """Make the index anew if it is missing or of another version, in the caller's transaction; whether it did.

    Never inside of a savepoint: SQLite can't commit a transaction in which the making of an FTS5 table was undone.
    """
    found = connection.exec_driver_sql("SELECT value FROM store_info WHERE key = 'search'").scalar_one_or_none()
    if found == str(VERSION):
        return False
    for table in TABLES:
        connection.exec_driver_sql(f"DROP TABLE IF EXISTS {table}")
    for statement in filter(str.strip, _MAKE.split(";")):
        connection.exec_driver_sql(statement)
    _fill(connection, progress)
    info.put(connection, {"search": VERSION})
    return True


def agrees(connection: Connection) -> bool:
    """Whether the index holds just what the records say, and finds it by every word and by how each begins. Raises the
    driver's errors, and ValueError for a person who can't be read.
    """
    run = connection.exec_driver_sql
    people = {row["id"]: _entry(row) for row in connection.execute(_people(one=False)).mappings()}
    known = "SELECT id, number, name, words, digits FROM search_person LEFT JOIN search_number USING (number)"
    rows = run(known).all()
    if {row[0]: _Entry(*row[2:]) for row in rows} != people:
        return False
    if run("SELECT count(*) FROM search_number").scalar_one() != len(people):
        return False
    numbers = {row[0]: row[1] for row in rows}
    counts = Counter(word for entry in people.values() for word in _own_words(entry))
    words = {(word, fold(word), word[::-1], people) for word, people in counts.items()}
    if {tuple(row) for row in run("SELECT word, folded, backwards, people FROM search_word")} != words:
        return False
    meant: dict[str, list[int]] = {}
    for of_id, entry in people.items():
        terms = entry.words.split()
        for match in {f'"{term}"' for term in terms} | {f'"{term[:size]}"*' for term in terms for size in _BEGINNINGS}:
            met = meant.setdefault(match, [0, 0])
            met[0], met[1] = met[0] + 1, met[1] + numbers[of_id]
    query = "SELECT count(*), sum(rowid) FROM search_text WHERE search_text MATCH ?"
    return _directory_agrees(connection) and all(
        list(run(query, (match,)).one()) == met for match, met in meant.items()
    )


def _directory_agrees(connection: Connection) -> bool:
    """Whether FTS5's directory knows every page on which words begin, and besides only those before the first that is
    left of a segment, or that one; its own check misses what the directory lacks. The name of a page is segment, level
    and number; it says in its third and fourth byte where the list of its words begins, which may be empty.
    """
    run = connection.exec_driver_sql
    first: dict[int, int] = {}
    begun = set()
    for segment, page, block in run(_LEAVES):
        first.setdefault(segment, page)
        if len(block) > int.from_bytes(block[2:4]):
            begun.add((segment, page))
    known = {(segment, page) for segment, page in run("SELECT segid, pgno >> 1 FROM search_text_idx")}
    return begun <= known and all(page <= first.get(segment, 0) for segment, page in known - begun)


def put(connection: Connection, person_id: str) -> None:
    """Let the index say of a person what the record says."""
    row = connection.execute(_people(one=True), {"wanted": person_id}).mappings().one_or_none()
    _change(connection, person_id, _entry(row) if row is not None and row["deleted"] is None else None)


def put_all(connection: Connection, person_ids: Collection[str]) -> None:
    """The same of many people: of new ones all at once, which takes a fraction of the time."""
    known = set(connection.exec_driver_sql("SELECT id FROM search_person").scalars())
    for person_id in sorted(known.intersection(person_ids)):
        put(connection, person_id)
    wanted = func.json_each(json.dumps(sorted(set(person_ids) - known))).table_valued("value")
    _add(connection, _people(one=False).where(RECORD_TABLES["person"].c.id.in_(select(wanted.c.value))))


def forget(connection: Connection, person_id: str) -> None:
    """Take a person out of the index."""
    _change(connection, person_id, None)


def national(typed: str) -> str:
    """The digits of a telephone number as it is dialled here: 0812, 62812, +62 (0)812 and 812 are 0812; those of
    another country with the country.
    """
    text, digits = typed.strip(), "".join(char for char in typed if char in _DIGITS)
    if text.startswith("+62") or digits.startswith(("0062", "628")):
        digits = digits.lstrip("0").removeprefix("62")
    elif text.startswith("+") or digits.startswith("00"):
        return digits.lstrip("0")
    return "0" + digits.lstrip("0") if digits else ""


# -- one person --------------------------------------------------------------------------------------------------------


def _change(connection: Connection, person_id: str, entry: _Entry | None) -> None:
    run = connection.exec_driver_sql
    known = run(
        "SELECT number, name, words, digits FROM search_person JOIN search_number USING (number) WHERE id = ?",
        (person_id,),
    ).one_or_none()
    number, old = (known[0], _Entry(*known[1:])) if known else (None, None)
    if entry == old:
        return
    words_differ = (entry and entry.words) != (old and old.words)
    if old and words_differ:
        run("INSERT INTO search_text (search_text, rowid, words) VALUES ('delete', ?, ?)", (number, old.words))
    if old and not entry:
        run("DELETE FROM search_person WHERE number = ?", (number,))
        run("DELETE FROM search_number WHERE number = ?", (number,))
    elif old and entry:
        run("UPDATE search_person SET name = ?, words = ? WHERE number = ?", (entry.name, entry.words, number))
        run("UPDATE search_number SET digits = ? WHERE number = ?", (entry.digits, number))
    elif entry:
        values = (person_id, entry.name, entry.words)
        number = run("INSERT INTO search_person (id, name, words) VALUES (?, ?, ?) RETURNING number", values).scalar()
        run("INSERT INTO search_number VALUES (?, ?)", (number, entry.digits))
    if entry and words_differ:
        run("INSERT INTO search_text (rowid, words) VALUES (?, ?)", (number, entry.words))
    _count(connection, _own_words(old), _own_words(entry))


def _count(connection: Connection, old: set[str], new: set[str]) -> None:
    """Keep how many people have each word; a word that nobody has any more is gone."""
    if gone := old - new:
        words = [(word,) for word in gone]
        connection.exec_driver_sql("UPDATE search_word SET people = people - 1 WHERE word = ?", words)
        connection.exec_driver_sql("DELETE FROM search_word WHERE word = ? AND people = 0", words)
    _add_words(connection, ((word, 1) for word in new - old))


def _add_words(connection: Connection, counts: Iterable[tuple[str, int]]) -> None:
    if rows := [(word, fold(word), word[::-1], people) for word, people in counts]:
        connection.exec_driver_sql(
            "INSERT INTO search_word VALUES (?, ?, ?, ?)"
            " ON CONFLICT (word) DO UPDATE SET people = people + excluded.people",
            rows,
        )


def _own_words(entry: _Entry | None) -> set[str]:
    """The words of an entry without their other spellings."""
    return {word for word in entry.words.split() if not word.startswith("=")} if entry else set()


def _entry(row: Mapping[Any, Any]) -> _Entry:
    name, nik = plain(row["name"] or ""), "".join(plain(row["nik"] or ""))
    words = {*name, *plain(row["address"] or ""), *plain(row["birth_place"] or "")}
    for alias in _elements(row["aliases"]):
        words.update(plain(alias))
    if not nik.isdecimal():
        words.update(nik.split())
    spellings = {f"={fold(word)}" for word in words if fold(word) != word}
    numbers = ["".join(plain(row["kk_number"] or "")), *map(national, _elements(row["phones"]))]
    numbers += sorted(word for word in words if word.isdecimal() and len(word) >= ENOUGH_DIGITS)
    digits = " ".join(filter(None, (nik, *numbers)))
    return _Entry(" ".join(name), " ".join(sorted(words | spellings)), digits)


def _elements(stored: str | None) -> list[str]:
    """The elements of a column that were not removed, in order."""
    return sorted(key for key, value in json.loads(stored).items() if value is not None) if stored else []


# -- all of them -------------------------------------------------------------------------------------------------------


@cache
def _people(*, one: bool) -> Select[Any]:
    """The query for what is indexed, of one person or of all who are not deleted."""
    table = RECORD_TABLES["person"]
    query = select(table.c.id, table.c.deleted, *(table.c[name] for name in _FIELDS))
    return query.where(table.c.id == bindparam("wanted") if one else table.c.deleted.is_(None))


def _fill(connection: Connection, progress: Callable[[int, int], None]) -> None:
    """Index all people."""
    total = connection.exec_driver_sql("SELECT count(*) FROM person WHERE deleted IS NULL").scalar_one()
    _add(connection, _people(one=False), lambda done: progress(done, total))


def _add(connection: Connection, query: Select[Any], progress: Callable[[int], None] = lambda _done: None) -> None:
    """Index the people of a query, none of whom is indexed, at once; the numbers go by name."""
    run = connection.exec_driver_sql
    last = run("SELECT coalesce(max(number), 0) FROM search_person").scalar_one()
    people = connection.execute(query).mappings()
    entries = iter(sorted(((row["id"], _entry(row)) for row in people), key=lambda one: (one[1].name, one[0])))
    done, counts = 0, Counter[str]()
    while chunk := list(islice(entries, _AT_ONCE)):
        first = last + done + 1
        rows = [(first + place, of_id, one.name, one.words) for place, (of_id, one) in enumerate(chunk)]
        run("INSERT INTO search_person VALUES (?, ?, ?, ?)", rows)
        run("INSERT INTO search_number VALUES (?, ?)", [(first + k, one.digits) for k, (_, one) in enumerate(chunk)])
        for _, one in chunk:
            counts.update(_own_words(one))
        done += len(chunk)
        progress(done)
    _add_words(connection, sorted(counts.items()))
    run("INSERT INTO search_text (rowid, words) SELECT number, words FROM search_person WHERE number > ?", (last,))
