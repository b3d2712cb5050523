# SPDX-License-Identifier: GPL-3.0-or-later
"""Finding people as one types: every word stands in name, alias, address or birth place, every number in NIK, KK number
or a telephone number.

First those whose words begin exactly so, then those spelled otherwise (`spelling.fold`; titles before the name may be
missing); while these fill no page, also those with a typed word inside of a word, then those with likely typos. Within
each, names that begin with a typed word come first, then by name and id.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import combinations

from sqlalchemy import Connection

from trafficwatch.store import search
from trafficwatch.store.spelling import fold, fold_start, plain, without_titles

ENOUGH = 50
"""With so many people found, nobody is looked for who is only likely meant."""

_NUMBER = re.compile(r"[\d\s+().\-/]*")
_MOST_WORDS = 12
_MANY = 2_000
"""So many are not sorted to show the first page of them: they are met in the order of their names."""
_MOST_ENDINGS, _MOST_INSIDE, _MOST_TYPOS = 30, 100, 20
_SHORT_PREFIX = 3
"""FTS5 has an index of beginnings up to this length."""
_TYPO_LENGTH, _TWO_TYPOS = 5, 8
_LONGEST = 200
_LAST = chr(0x10FFFF)


@dataclass(frozen=True, slots=True)
class Found:
    """Some of the people found, by id in order, and how many there are in all."""

    ids: tuple[str, ...]
    total: int


@dataclass(frozen=True, slots=True)
class _Typed:
    """What was typed, as plain words and as numbers with the ways in which each may be kept."""

    words: tuple[str, ...]
    numbers: tuple[tuple[str, ...], ...]


def everyone(connection: Connection, offset: int, limit: int) -> Found:
    """All people by name."""
    run = connection.exec_driver_sql
    ids = run("SELECT id FROM search_person ORDER BY name, id LIMIT ? OFFSET ?", (limit, offset)).scalars()
    return Found(tuple(ids), run("SELECT count(*) FROM search_person").scalar_one())


def find(connection: Connection, text: str, offset: int, limit: int) -> Found:
    """The people whom a typed text may mean; nobody for a text without letters and digits."""
    typed = _read(text)
    if not (typed.words or typed.numbers):
        return Found((), 0)
    finder = _Finder(connection, typed)
    if not typed.words:
        return finder.only_numbers(offset, limit)
    ids: list[str] = []
    total, before = 0, ""
    for level in range(4):
        if level >= 2 and total >= ENOUGH:
            break
        wanted = finder.expression(level)
        if wanted == before:
            continue
        number, page = finder.level(f"({wanted}) NOT ({before})" if before else wanted, is_exact=level == 0)
        if number and len(ids) < limit and offset < total + number:
            ids += page(max(0, offset - total), limit - len(ids))
        total, before = total + number, wanted
    return Found(tuple(ids), total)


def _read(text: str) -> _Typed:
    text = unicodedata.normalize("NFKC", text).strip()
    words: dict[str, None] = {}
    numbers: dict[tuple[str, ...], None] = {}
    for part in [text] if _NUMBER.fullmatch(text) else text.split():
        digits = "".join(char for char in part if char.isdecimal())
        if not _NUMBER.fullmatch(part) or len(digits) < search.ENOUGH_DIGITS:
            words |= dict.fromkeys(plain(part))
            continue
        dialled = search.national(part)
        has_country = part.startswith("+62") or digits.startswith(("0062", "628"))
        numbers[(digits, dialled) if has_country and len(dialled) >= search.ENOUGH_DIGITS else (digits,)] = None
    return _Typed(tuple(words)[:_MOST_WORDS], tuple(numbers)[:_MOST_WORDS])


class _Finder:
    """The queries for one typed text."""

    def __init__(self, connection: Connection, typed: _Typed) -> None:
        self._connection = connection
        self._run = connection.exec_driver_sql
        self._words = typed.words
        self._last = typed.words[-1] if typed.words else ""
        self._named = without_titles(typed.words)
        self._alternatives: dict[str, list[str]] = {word: [] for word in typed.words}
        holds = [" OR ".join("instr(n.digits, ?)" for _ in ways) for ways in typed.numbers]
        self._numbers = "".join(f" AND ({one})" for one in holds)
        self._digits = tuple(way for ways in typed.numbers for way in ways)

    def expression(self, level: int) -> str:
        """What FTS5 has to match at a level and those before it; '' where nothing can."""
        ways: tuple[Callable[[str], list[str]], ...] = (self._begins, self._spelled, self._inside, self._mistyped)
        for word in self._words:
            known = self._alternatives[word]
            known += [term for term in ways[level](word) if term not in known]
        needed = [self._alternatives[word] for word in (self._words if level == 0 else self._named)]
        return " AND ".join(f"({' OR '.join(terms)})" for terms in needed) if all(needed) else ""

    # -- what a word may stand for -----------------------------------------------------------------------------------

    def _begins(self, word: str) -> list[str]:
        """All words that begin so: a prefix where FTS5 has it at hand, else one by one as far as they are few."""
        if len(word) <= _SHORT_PREFIX:
            return [f"{_exactly(word)}*"]
        query = "SELECT word FROM search_word WHERE word >= ? AND word < ? LIMIT ?"
        found = self._run(query, (word, word + _LAST, _MOST_ENDINGS + 1)).scalars().all()
        return [f"{_exactly(word)}*"] if len(found) > _MOST_ENDINGS else list(map(_exactly, found))

    def _spelled(self, word: str) -> list[str]:
        """Words that begin otherwise and sound so."""
        whole, start = fold(word), fold_start(word)
        if len(word) < _SHORT_PREFIX:
            if len(whole) <= len(word):  # St. is Siti, while S may become anything
                return []
            start = whole
        query = (
            "SELECT word FROM search_word WHERE (folded >= ? AND folded < ? OR folded = ?)"
            " AND NOT (word >= ? AND word < ?) LIMIT ?"
        )
        values = (start, start + _LAST, whole, word, word + _LAST, _MOST_ENDINGS + 1)
        found = self._run(query, values).scalars().all()
        if len(found) > _MOST_ENDINGS:
            return [f"{_exactly(start)}*", f"{_exactly('=' + start)}*", _exactly(whole), _exactly(f"={whole}")]
        return list(map(_exactly, found))

    def _inside(self, word: str) -> list[str]:
        if len(word) < _SHORT_PREFIX:
            return []
        query = "SELECT word FROM search_word WHERE instr(word, ?) > 1 ORDER BY people DESC, word LIMIT ?"
        return [_exactly(found) for found in self._run(query, (word, _MOST_INSIDE)).scalars()]

    def _mistyped(self, word: str) -> list[str]:
        return [_exactly(found) for found in near(self._connection, word, is_begun=word == self._last)]

    # -- people ------------------------------------------------------------------------------------------------------

    def level(self, match: str, *, is_exact: bool) -> tuple[int, Callable[[int, int], list[str]]]:
        """How many people a level has, and what gives a page of them. Many who are spelled otherwise come in the order
        of the index.
        """
        if not match:
            return 0, lambda _offset, _limit: []
        source = "FROM search_text"
        if self._numbers:
            source += " CROSS JOIN search_number n ON n.number = search_text.rowid"
        source += f" WHERE search_text MATCH ?{self._numbers}"
        values = (match, *self._digits)
        query = f"SELECT search_text.rowid {source}"
        met = self._numbers_of(f"{query} LIMIT ?", (*values, _MANY + 1 if is_exact else -1))
        if is_exact and len(met) > _MANY:
            return int(self._run(f"SELECT count(*) {source}", values).scalar_one()), self._walk

        def page(offset: int, limit: int) -> list[str]:
            if len(met) > _MANY:
                return self._by_name(met[offset : offset + limit], 0, limit)
            return self._by_name(met, offset, limit)

        return len(met), page

    def only_numbers(self, offset: int, limit: int) -> Found:
        """When no word was typed. Looking through all numbers is what takes long: once, unless too many are found."""
        source = f"FROM search_number n WHERE true{self._numbers}"
        met = self._numbers_of(f"SELECT number {source} LIMIT ?", (*self._digits, _MANY + 1))
        if len(met) <= _MANY:
            return Found(tuple(self._by_name(met, offset, limit)), len(met))
        number = int(self._run(f"SELECT count(*) {source}", self._digits).scalar_one())
        return Found(tuple(self._walk(offset, limit)), number)

    def _numbers_of(self, query: str, values: tuple[str | int, ...]) -> list[int]:
        return list(self._run(query, values).scalars())

    def _by_name(self, met: list[int], offset: int, limit: int) -> list[str]:
        """A page of people by their number in the index."""
        begins, bounds = self._beginning()
        query = (
            "SELECT p.id FROM json_each(?) CROSS JOIN search_person p ON p.number = value"  # noqa: S608
            f" ORDER BY {begins} DESC, p.name, p.id LIMIT ? OFFSET ?"
        )
        return list(self._run(query, (json.dumps(met), *bounds, limit, offset)).scalars())

    def _walk(self, offset: int, limit: int) -> list[str]:
        """A page of many people in the order of names: those that begin with a typed word, then the others."""
        begins, bounds = self._beginning()
        numbers = f" CROSS JOIN search_number n ON n.number = p.number{self._numbers}" if self._numbers else ""
        holds = "".join(" AND instr(' ' || p.words, ?)" for _ in self._words)

        def look(where: str, values: Iterable[str], skipped: int, wanted: int) -> list[str]:
            query = (
                f"SELECT p.id FROM search_person p INDEXED BY ix_search_person_name{numbers} WHERE {where}"  # noqa: S608
                f"{holds} ORDER BY p.name, p.id LIMIT ? OFFSET ?"
            )
            words = (f" {word}" for word in self._words)
            return list(self._run(query, (*self._digits, *values, *words, wanted, skipped)).scalars())

        found: list[str] = []
        for word in self._first_words():
            found += look("p.name >= ? AND p.name < ?", (word, word + _LAST), 0, offset + limit - len(found))
        missing = offset + limit - len(found)
        others = look(f"NOT {begins}", bounds, max(0, offset - len(found)), min(limit, missing)) if missing > 0 else []
        return found[offset:] + others

    def _first_words(self) -> list[str]:
        """The typed words in order, without those that begin like another one."""
        return [
            word
            for word in sorted(self._words)
            if not any(word.startswith(other) for other in self._words if other != word)
        ]

    def _beginning(self) -> tuple[str, list[str]]:
        """Whether a name begins with a typed word, in SQL, and its values."""
        words = self._first_words()
        bounds = [bound for word in words for bound in (word, word + _LAST)]
        return "(" + (" OR ".join("(p.name >= ? AND p.name < ?)" for _ in words) or "false") + ")", bounds


def _exactly(word: str) -> str:
    return f'"{word}"'


def with_number(connection: Connection, digits: str) -> list[str]:
    """People who have these digits in a NIK, KK number or telephone number, as far as they are few."""
    query = (
        "SELECT p.id FROM search_number n CROSS JOIN search_person p USING (number) WHERE instr(n.digits, ?)"
        " ORDER BY p.id LIMIT ?"
    )
    return list(connection.exec_driver_sql(query, (digits.lower(), _MANY)).scalars())


# -- likely typos ------------------------------------------------------------------------------------------------------


def near(connection: Connection, word: str, *, is_begun: bool = False, shortest: int = _TYPO_LENGTH) -> list[str]:
    """Words of people that differ from a typed one by a typo or, in long ones, two; most likely first.

    A single typo leaves the first half of a word or the second one as it is: all words that share one of them are
    compared. `is_begun`: the word may not be finished yet.
    """
    if len(word) < shortest - 1 or not word.isalpha():
        return []
    from rapidfuzz import process
    from rapidfuzz.distance import OSA

    half = (len(word) + 1) // 2
    start, end = word[: half - 1], word[half:][::-1]
    rows: dict[str, tuple[str, int]] = {}
    for column, beginning in (("word", start), ("backwards", end)):
        query = (
            f"SELECT word, folded, people FROM search_word WHERE {column} >= ? AND {column} < ?"  # noqa: S608
            " AND length(word) BETWEEN ? AND ?"
        )
        longest = _LONGEST if is_begun else len(word) + 2
        values = (beginning, beginning + _LAST, max(shortest, len(word) - 2), longest)
        rows |= {row[0]: (row[1], row[2]) for row in connection.exec_driver_sql(query, values).all()}
    known = [(word, *others) for word, others in rows.items() if word.isalpha()]
    allowed = 2 if len(word) >= _TWO_TYPOS else 1
    ways = [(word, [row[0] for row in known], allowed), (fold(word), [row[1] for row in known], 1)]
    if is_begun and len(word) >= shortest:
        ways += [(word, [row[0][:length] for row in known], 1) for length in range(len(word) - 1, len(word) + 2)]
    distances: dict[int, float] = {}
    for wanted, choices, most in ways:
        for _, distance, place in process.extract(
            wanted, choices, scorer=OSA.distance, score_cutoff=most, limit=None, processor=None
        ):
            distances[place] = min(distance, distances.get(place, distance))
    order = sorted(distances, key=lambda place: (distances[place], -known[place][2], known[place][0]))
    return [known[place][0] for place in order[:_MOST_TYPOS]]


# -- likely the same person --------------------------------------------------------------------------------------------

_ALIKE_FROM = 80
_LONGER = 1.5
"""A name that is half as long again is no more than 80 % alike."""
_MAIN_PART = 0.6
_MOST_ALIKE, _MOST_NAMES = 200, 6


def alike(connection: Connection, name: str) -> dict[str, float]:
    """People with a name like this one, however it is spelled and ordered: id -> likeness from 80 to 100."""
    words = without_titles(plain(name))
    if not words:
        return {}
    from rapidfuzz import fuzz, process

    people = _candidates(connection, list(dict.fromkeys(words))[:_MOST_NAMES], " ".join(words))
    found: dict[str, float] = {}
    ways: tuple[tuple[Callable[[list[str]], list[str]], float], ...] = ((list, 0), (_folded, 1))
    for spelled, less in ways:
        names = {of_id: " ".join(spelled(without_titles(other.split()))) for of_id, other in people.items()}
        wanted = " ".join(spelled(words))
        for _, score, of_id in process.extract(
            wanted, names, scorer=fuzz.token_sort_ratio, score_cutoff=_ALIKE_FROM, limit=None, processor=None
        ):
            found[of_id] = max(found.get(of_id, 0), score - less)
    return dict(sorted(found.items(), key=lambda one: (-one[1], one[0]))[:_MOST_ALIKE])


def _candidates(connection: Connection, words: list[str], name: str) -> dict[str, str]:
    """Everybody who has two in three of the words, or begins with the one that makes most of the name; in any spelling,
    and with likely typos.
    """
    run = connection.exec_driver_sql
    ways = {word: _other_words(connection, word) for word in words}
    shortest, longest = len(name) / _LONGER, len(name) * _LONGER + 1
    found: dict[str, str] = {}
    if len(words) > 1:
        terms = [f"({' OR '.join(map(_exactly, ways[word]))})" for word in words]
        enough = combinations(terms, -(-2 * len(words) // 3))
        query = (
            "SELECT p.id, p.name FROM search_text CROSS JOIN search_person p ON p.number = search_text.rowid"
            " WHERE search_text MATCH ? AND length(p.name) BETWEEN ? AND ?"
        )
        match = " OR ".join(f"({' AND '.join(some)})" for some in enough)
        found |= {row[0]: row[1] for row in run(query, (match, shortest, longest))}
    for word in words:
        if len(word) >= _MAIN_PART * len(name):
            query = "SELECT id, name FROM search_person WHERE name >= ? AND name < ? AND length(name) BETWEEN ? AND ?"
            for other in ways[word]:
                found |= {row[0]: row[1] for row in run(query, (other, f"{other}!", shortest, longest))}
    return found


def _other_words(connection: Connection, word: str) -> list[str]:
    """A word, those that are spelled otherwise, and likely typos."""
    spelled = connection.exec_driver_sql("SELECT word FROM search_word WHERE folded = ? ORDER BY word", (fold(word),))
    return list(dict.fromkeys((word, *spelled.scalars(), *near(connection, word, shortest=4))))


def _folded(words: list[str]) -> list[str]:
    return [fold(word) for word in words]
