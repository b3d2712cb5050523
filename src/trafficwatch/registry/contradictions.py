# SPDX-License-Identifier: GPL-3.0-or-later
"""Where a person's card, a journey and the papers do not agree (P2/2024 II.B.1.f.2: whether the papers are true). Pure.

`contradictions` compares what a paper itself says (`Document.states`) with the card, with the journey and with the
other papers, and names every source with its own words. It never says which one is right: a village that knew better
than the paper has stopped a forged age before (P11/2012 III.C.2.a.11; P2/2024 Lampiran I.A: age, name and address).

Names are the same in old and new spelling, in any order, with titles, with one letter for a word, and by an alias of
the card; addresses and companies when one says all that the other says. Dates that may be the same day agree. Two
dates of birth in years that cannot be the same are `age`, within the same year `birth_date`. What cannot be read, and a
temporary NIK, contradict nothing. `expired`: a paper that ends before the departure.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import combinations
from typing import Any

from trafficwatch.errors import InputError
from trafficwatch.models.dates import PartialDate
from trafficwatch.models.identity import NIK_LENGTH, check_nik
from trafficwatch.models.migration import Document, DocumentKind, Journey
from trafficwatch.models.people import Person
from trafficwatch.store.spelling import fold, plain, without_titles
from trafficwatch.texts import catalogue

PERSON, JOURNEY = "person", "journey"
"""Sources that are no paper."""

ABOUT = ("name", "age", "birth_date", "sex", "nik", "address", "country", "agency", "employer", "expired")

_ADDRESS_WORDS = (
    "jl jln jalan gg gang no nomor rt rw dusun dsn desa ds kel kelurahan kec kecamatan kab kabupaten kota prov provinsi"
)
_ADDRESS_NOISE = frozenset(_ADDRESS_WORDS.split())
_COMPANY_WORDS = "pt cv ud tbk p3mi pptkis pjtki sdn bhd ltd co inc"
_COMPANY_NOISE = frozenset(_COMPANY_WORDS.split())
_SEX = {"f": "f", "p": "f", "pr": "f", "perempuan": "f", "m": "m", "l": "m", "lk": "m", "laki": "m"}

Value = tuple[str, str]
"""A source, and what it says in its own words."""


@dataclass(frozen=True, slots=True)
class Contradiction:
    """What does not agree, and everyone who says something about it: (source, value); sources are `person`, `journey`
    or the id of a paper.
    """

    about: str
    values: tuple[Value, ...]


def contradictions(person: Person, journey: Journey | None, documents: Sequence[Document]) -> tuple[Contradiction, ...]:
    """What does not agree, in the order of `ABOUT`; papers in the given order."""

    def said(about: str, own: str | None = None, planned: str | None = None) -> tuple[Value, ...]:
        sources = [(PERSON, own), (JOURNEY, planned), *((each.id, each.states.get(about)) for each in documents)]
        return tuple((source, value) for source, value in sources if value)

    aliases = [_name(alias) for alias in person.aliases]
    births = said("birth_date", person.birth_date)
    planned = (journey.destination_country, journey.agency, journey.employer) if journey else (None,) * 3
    found = [
        ("name", said("name", person.name), lambda one, other: same_name(one, other) or _known_as(one, other, aliases)),
        ("age", births, _may_be_same_age),
        ("sex", said("sex", person.sex), _same_sex),
        ("nik", _niks(person, documents), _same_nik),
        ("address", said("address", person.address), _same_address),
        ("country", said("country", None, planned[0]), _same_country),
        ("agency", said("agency", None, planned[1]), _same_company),
        ("employer", said("employer", None, planned[2]), _same_company),
    ]
    made = [Contradiction(about, values) for about, values, agree in found if not _all_agree(values, agree)]
    if all(each.about != "age" for each in made) and not _all_agree(births, _may_be_same_day):
        made.append(Contradiction("birth_date", births))
    made += _expired(journey, documents)
    return tuple(sorted(made, key=lambda each: ABOUT.index(each.about)))


def same_name(one: str, other: str) -> bool:
    """Whether two spellings may be one name; a name of nothing but signs is like any other."""
    return _fits(_name(one), _name(other))


# -- how each is compared ----------------------------------------------------------------------------------------------


def _all_agree(values: Sequence[Value], agree: Callable[[str, str], bool]) -> bool:
    return all(agree(one, other) for (_, one), (_, other) in combinations(values, 2))


def _name(text: str) -> list[str]:
    return without_titles(plain(text))


def _known_as(one: str, other: str, aliases: Iterable[list[str]]) -> bool:
    """Whether one of two names is an alias of the person: then it says nothing against the other."""
    return any(_fits(_name(name), alias) for name in (one, other) for alias in aliases)


def _fits(one: list[str], other: list[str]) -> bool:
    """The same words in any order or written together; a single letter stands for a word that begins with it."""
    if not one or not other or fold("".join(one)) == fold("".join(other)):
        return True
    first, second = ([fold(word) for word in words] for words in (one, other))
    left = [word for word in second if word not in first]
    for word in (word for word in first if word not in second):
        match = next((each for each in left if 1 in {len(word), len(each)} and word[0] == each[0]), None)
        if match is None:
            return False
        left.remove(match)
    return len(first) == len(second)


def _date(text: str) -> PartialDate:
    """A date of a paper as stored or as typed; unknown if it can't be read."""
    for read in (PartialDate.from_edtf, PartialDate.parse):
        try:
            return read(text)
        except InputError:
            continue
    return PartialDate()


def _may_be_same_day(one: str, other: str) -> bool:
    first, second = _date(one), _date(other)
    return _overlap((first.earliest(), first.latest()), (second.earliest(), second.latest()))


def _may_be_same_age(one: str, other: str) -> bool:
    ends = [(day.earliest(), day.latest()) for day in (_date(one), _date(other))]
    years = [(first.year if first else None, last.year if last else None) for first, last in ends]
    return _overlap(years[0], years[1])


def _overlap(one: tuple[Any, Any], other: tuple[Any, Any]) -> bool:
    """Whether two spans (first, last) meet; an unknown one meets every other."""
    return None in {*one, *other} or (one[0] <= other[1] and other[0] <= one[1])


def _same_sex(one: str, other: str) -> bool:
    first, second = (_SEX.get(next(iter(plain(text)), "")) for text in (one, other))
    return None in {first, second} or first == second


def _niks(person: Person, documents: Iterable[Document]) -> tuple[Value, ...]:
    """The NIK of the card and of the papers; on a KTP its number is the NIK."""
    papers = [
        (each.id, each.states.get("nik") or (each.number if each.kind == DocumentKind.KTP else None))
        for each in documents
    ]
    return tuple((source, nik) for source, nik in [(PERSON, person.nik), *papers] if nik and _whole(nik))


def _whole(nik: str) -> bool:
    digits = check_nik(nik).nik
    return len(digits) == NIK_LENGTH and not digits.startswith("0")


def _same_nik(one: str, other: str) -> bool:
    return check_nik(one).nik == check_nik(other).nik


def _same_address(one: str, other: str) -> bool:
    return _one_says_all(one, other, _ADDRESS_NOISE)


def _same_company(one: str, other: str) -> bool:
    return _one_says_all(one, other, _COMPANY_NOISE)


def _one_says_all(one: str, other: str, noise: frozenset[str]) -> bool:
    """Whether all words of one, but for what is written or left out at will, stand in the other."""
    mine, theirs = ({word.lstrip("0") for word in plain(text) if word not in noise} for text in (one, other))
    return mine <= theirs or theirs <= mine


def _same_country(one: str, other: str) -> bool:
    """Countries by code or by name in either language; one that has no name here is compared as written."""
    known = _countries()
    first, second = (" ".join(plain(text)) for text in (one, other))
    return known.get(first, first) == known.get(second, second)


@cache
def _countries() -> dict[str, str]:
    """Every name of a country, and its code, in small letters -> code."""
    named = catalogue("countries").items()
    return {" ".join(plain(name)): code for code, both in named for name in (code, *both.values())}


def _expired(journey: Journey | None, documents: Iterable[Document]) -> list[Contradiction]:
    leaves = _date((journey.departure_on if journey else None) or "").earliest()
    if journey is None or leaves is None:
        return []
    ended = [(each, _date(each.valid_until or "").latest()) for each in documents]
    return [
        Contradiction("expired", ((JOURNEY, journey.departure_on or ""), (each.id, each.valid_until or "")))
        for each, last in ended
        if last is not None and last < leaves
    ]
