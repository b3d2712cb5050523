# SPDX-License-Identifier: GPL-3.0-or-later
"""Cards that may be of one person, for somebody to decide about: the whole register at once, in memory.

Compared are only people who share a NIK, a telephone number or a family card, and those born in close years of whom one
has no whole NIK, with a word of the name that begins alike; `likeness.judge` decides. What was decided about a pair
stays decided (`models.people.PersonPair`): it is not offered again. Nobody is ever merged by this.
"""

from __future__ import annotations

import json
import uuid
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import combinations

from sqlalchemy import select

from trafficwatch.models.dates import PartialDate
from trafficwatch.models.identity import phone_key
from trafficwatch.models.people import Person, PersonPair, Verdict
from trafficwatch.models.tables import RECORD_TABLES
from trafficwatch.registry.likeness import (
    NAMES_ALIKE,
    YEARS,
    Reason,
    Traits,
    has_letter,
    is_known,
    judge,
    name_words,
    names_alike,
    whole_nik,
    words_alike,
)
from trafficwatch.store.records import RecordUnknown
from trafficwatch.store.spelling import plain
from trafficwatch.store.work import Work

COMPARED = ("name", "aliases", "nik", "kk_number", "birth_date", "birth_place", "sex", "address", "phones")
"""The fields that stand beside each other for whoever decides."""

_PERSON, _PAIR, _JOURNEY = (RECORD_TABLES[name] for name in ("person", "person_pair", "journey"))
_BEGINNING = 3
_MOST_SHARE = 40
"""A number that more people have is nobody's own: of an office, or a zero that a program put in."""
_MAYBE = 60
"""How alike names are at least of which one has single letters: a closer look follows."""
_STEP = 1_000

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Likely:
    """Two people by id, how likely they are one (1 to 100), and what says so."""

    first: str
    second: str
    score: int
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """A field of two cards; `same` None where only one of them says anything."""

    field: str
    first: object
    second: object
    same: bool | None


@dataclass(frozen=True, slots=True)
class Pair:
    """Two cards to be looked at, and how many journeys each has."""

    first: Person
    second: Person
    score: int
    reasons: tuple[Reason, ...]
    lines: tuple[Line, ...]
    journeys: tuple[int, int]


@dataclass(frozen=True, slots=True)
class DuplicatePage:
    """Some of all pairs, the most likely first."""

    rows: tuple[Pair, ...]
    total: int


def candidates(work: Work, offset: int = 0, limit: int = 20) -> DuplicatePage:
    """Pairs nobody has decided about. Looks through the whole register: a screen keeps what `look` gives instead."""
    found = look(work) or ()
    return DuplicatePage(pairs(work, found[offset : offset + limit]), len(found))


def look(
    work: Work,
    progress: Progress = lambda _done, _total: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> tuple[Likely, ...] | None:
    """All pairs nobody has decided about, the most likely first; None when it was cancelled."""
    people: list[Traits] = []
    total = 2 * work.records.count("person")
    for person in _people(work):
        people.append(person)
        if len(people) % _STEP == 0:
            progress(len(people), total)
            if cancelled():
                return None

    def compared(done: int, of_all: int) -> None:
        progress(total // 2 + total // 2 * done // of_all, total)

    decided = {
        frozenset(row)
        for row in work.connection.execute(
            select(_PAIR.c.person_id, _PAIR.c.other_id).where(_PAIR.c.verdict.is_not(None), _PAIR.c.deleted.is_(None))
        )
    }
    found: dict[tuple[int, int], tuple[int, tuple[Reason, ...]]] = {}
    for number, (one, other, likeness) in enumerate(_compared(people, compared, cancelled)):
        if number % _STEP == 0 and cancelled():
            return None
        pair = (one, other) if one < other else (other, one)
        if pair not in found and (judged := judge(people[one], people[other], likeness)):
            found[pair] = judged
    if cancelled():
        return None
    likely = (Likely(people[one].id, people[other].id, *judged) for (one, other), judged in found.items())
    left = (each for each in likely if frozenset((each.first, each.second)) not in decided)
    return tuple(sorted(left, key=lambda each: (-each.score, each.first, each.second)))


def pairs(work: Work, likely: Sequence[Likely]) -> tuple[Pair, ...]:
    """The cards of these pairs; one of which somebody is deleted meanwhile is left out."""
    ids = {of_id for each in likely for of_id in (each.first, each.second)}
    people = {person.id: person for person in work.records.select(Person, _PERSON.c.id.in_(ids))}
    rows = work.connection.execute(
        select(_JOURNEY.c.person_id).where(_JOURNEY.c.person_id.in_(ids), _JOURNEY.c.deleted.is_(None))
    ).scalars()
    journeys: dict[str, int] = defaultdict(int)
    for person_id in rows:
        journeys[person_id] += 1
    return tuple(
        Pair(
            people[each.first],
            people[each.second],
            each.score,
            each.reasons,
            compare(people[each.first], people[each.second]),
            (journeys[each.first], journeys[each.second]),
        )
        for each in likely
        if each.first in people and each.second in people
    )


def compare(first: Person, second: Person) -> tuple[Line, ...]:
    """What two cards say, field by field; what neither says is left out."""
    found = []
    for name in COMPARED:
        one, other = getattr(first, name), getattr(second, name)
        if one or other:
            is_same = _plainly(name, one) == _plainly(name, other) if one and other else None
            found.append(Line(name, one, other, is_same))
    return tuple(found)


def pair_id(first: str, second: str) -> str:
    """The id of the record about two people, the same on every laptop and in whichever order they are named."""
    low, high = sorted((first, second))
    return str(uuid.uuid5(uuid.UUID(low), high))


def keep_apart(work: Work, first: str, second: str, remark: str = "") -> PersonPair:
    """Somebody who knows them says that these are two people; raises RecordUnknown."""
    low, high = sorted((first, second))
    if low == high or work.records.get(Person, low).deleted or work.records.get(Person, high).deleted:
        raise RecordUnknown(type="person")
    known = pair_id(low, high)
    work.write(PersonPair, known, person_id=low, other_id=high, verdict=Verdict.DIFFERENT.value, remark=remark)
    return work.records.get(PersonPair, known)


def ask_again(work: Work, first: str, second: str) -> None:
    """Nobody has decided about these two after all; raises RecordUnknown."""
    known = work.records.get(PersonPair, pair_id(first, second))
    if known.verdict == Verdict.DIFFERENT:
        work.write(PersonPair, known.id, verdict=None, remark=None)


def _plainly(name: str, value: object) -> object:
    """A field for saying whether two cards agree: writing aside."""
    if name == "phones" and isinstance(value, Mapping):
        return {phone_key(number) for number in value}
    if isinstance(value, Mapping):
        return {tuple(plain(each)) for each in value}
    return tuple(plain(str(value)))


# -- everybody ---------------------------------------------------------------------------------------------------------


def _people(work: Work) -> Iterator[Traits]:
    names = ("id", "name", "aliases", "birth_date", "sex", "nik", "kk_number", "phones", "address")
    born = cache(PartialDate.from_edtf)
    query = select(*(_PERSON.c[name] for name in names)).where(_PERSON.c.deleted.is_(None)).order_by(_PERSON.c.id)
    for row in work.connection.execute(query).all():
        named = dict.fromkeys(name_words(name) for name in (row.name or "", *_elements(row.aliases)))
        yield Traits(
            row.id,
            tuple(filter(None, named)),
            born(row.birth_date or ""),
            row.sex,
            whole_nik(row.nik),
            whole_nik(row.kk_number),
            frozenset(filter(None, map(phone_key, _elements(row.phones)))),
            " ".join(plain(row.address or "")),
        )


def _elements(stored: str | None) -> list[str]:
    return [key for key, value in json.loads(stored).items() if value is not None] if stored else []


def _compared(
    people: Sequence[Traits], progress: Progress, cancelled: Callable[[], bool]
) -> Iterator[tuple[int, int, float | None]]:
    """Pairs of positions worth a closer look, with the likeness of their names where it is known already."""
    for shared in _sharing(people).values():
        if len(shared) <= _MOST_SHARE:
            yield from ((one, other, None) for one, other in combinations(sorted(shared), 2))
    yield from _born_closely(people, progress, cancelled)


def _sharing(people: Sequence[Traits]) -> Mapping[tuple[str, str], set[int]]:
    """Who has a NIK, a telephone number, a family card or, beside a NIK, a day of birth with the same initials."""
    found: dict[tuple[str, str], set[int]] = defaultdict(set)
    for place, person in enumerate(people):
        shared = [("nik", person.nik), ("kk", person.family_card), *(("phone", number) for number in person.phones)]
        if person.nik and is_known(person.birth):
            initials = ("".join(word[0] for word in name.split()) for name in person.names)
            shared += [("date", f"{person.birth.edtf} {each}") for each in initials]
        for kind, value in shared:
            if value:
                found[kind, value].add(place)
    return found


_Named = dict[str, list[int]]
_ByYear = dict[int, dict[str, _Named]]


def _born_closely(
    people: Sequence[Traits], progress: Progress, cancelled: Callable[[], bool]
) -> Iterator[tuple[int, int, float | None]]:
    """Pairs with like names who were born within a few years, of which at least one has no whole NIK: two with
    different ones are two people, unless they share what `_sharing` looks for.
    """
    unknown, known = (_by_year(people, has_nik=has_nik) for has_nik in (False, True))
    total = sum(len(named) for keys in unknown.values() for named in keys.values())
    done = 0
    for year in sorted(unknown):
        for key, named in unknown[year].items():
            if cancelled():
                return
            near = [unknown[after].get(key, {}) for after in range(year + 1, year + YEARS + 1) if after in unknown]
            near += [known[any_].get(key, {}) for any_ in range(year - YEARS, year + YEARS + 1) if any_ in known]
            blocks: list[_Named] = [named, *near]
            places = [found for block in blocks for found in block.values()]
            for first, second, likeness in _alike([name for block in blocks for name in block], len(named)):
                for one in places[first]:
                    yield from ((one, other, likeness) for other in places[second] if first != second or one < other)
            done += len(named)
        progress(done, total)


def _by_year(people: Sequence[Traits], *, has_nik: bool) -> _ByYear:
    """Positions by year of birth, by how a word of the name begins, and by name."""
    found: _ByYear = defaultdict(lambda: defaultdict(lambda: defaultdict(list)))
    for place, person in enumerate(people):
        if person.birth.year is not None and bool(person.nik) is has_nik:
            for name in person.names:
                for key in _beginnings(name):
                    found[person.birth.year][key][name].append(place)
    return found


def _beginnings(name: str) -> set[str]:
    """Under which keys a name is met: how each of its words begins; of a single word also how it ends."""
    words = [word for word in name.split() if len(word) > 1] or name.split()
    ends = {f"-{words[0][-_BEGINNING:]}"} if len(words) == 1 else set()
    return {word[:_BEGINNING] for word in words} | ends


def _alike(names: Sequence[str], wanted: int) -> Iterator[tuple[int, int, float]]:
    """Of the first `wanted` names, each with itself and with those after it that are like it."""
    from rapidfuzz import fuzz, process

    lettered = [place for place, name in enumerate(names) if has_letter(name)]
    shortened = [names[place] for place in lettered]
    for first, name in enumerate(names[:wanted]):
        is_short = has_letter(name)
        hits = process.extract(
            name,
            names[first:],
            scorer=fuzz.ratio,
            score_cutoff=_MAYBE if is_short else NAMES_ALIKE,
            limit=None,
            processor=None,
        )
        found = {first + at: likeness for _, likeness, at in hits}
        if shortened and not is_short:
            more = process.extract(name, shortened, scorer=fuzz.ratio, score_cutoff=_MAYBE, limit=None, processor=None)
            found |= {lettered[at]: likeness for _, likeness, at in more if lettered[at] > first}
        for second in found:
            if is_short or has_letter(names[second]):
                found[second] = names_alike(name, names[second])
        for second, likeness in found.items():
            if likeness >= NAMES_ALIKE and words_alike(name, names[second], likeness):
                yield first, second, likeness
