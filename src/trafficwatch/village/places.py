# SPDX-License-Identifier: GPL-3.0-or-later
"""All villages of Indonesia, offline: find one by name, give one by code.

`Places.load()` costs nothing; the file is read at the first question. 83,762 names are kept as three long strings
(as written, plain, folded) with the start of every name, so that a search is a scan in C and memory stays small.

What `search` finds, best first:
1. the name itself; 2. the name in another spelling (`Koepang`, `Suka Maju` for Sukamaju);
3. names that begin with the words; 4. names of which a later word begins with them; 5. as 3 in another spelling;
6. names one or two letters away (rapidfuzz; only when little else was found, and none of 1 and 2).
Words that are not part of the name narrow by kecamatan, kabupaten or provinsi: `noelbaki kupang`, `oebelo ntt`;
if nothing fits, they may be misspelt too, or stand before the name.
"""

from __future__ import annotations

import csv
import io
import lzma
import re
import unicodedata
from array import array
from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from functools import cached_property
from heapq import nsmallest
from itertools import accumulate
from typing import TYPE_CHECKING

from trafficwatch.models.places import Place, UnknownPlace, dotted, kind_of
from trafficwatch.resources import resource

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

# 1947 and 1972 spelling reforms; `j` stood for today's y, so that j and y share one class.
_OLD_SPELLING = (("tj", "c"), ("dj", "j"), ("ch", "kh"), ("oe", "u"), ("j", "y"))
_DROPPED = re.compile("['’‘`´ʼ\"*\u0300-\u036f]+")
_OTHER = re.compile(r"[^a-z0-9\n]+")
_TITLES = frozenset({"desa", "kelurahan", "kel", "ds"})
_LEVELS = frozenset({"kec", "kecamatan", "distrik", "kab", "kabupaten", "kota", "prov", "propinsi", "provinsi"})
_SHORT_NAMES = {
    "12": "sumut", "13": "sumbar", "16": "sumsel", "19": "babel", "21": "kepri", "31": "dki", "32": "jabar",
    "33": "jateng", "34": "diy", "35": "jatim", "52": "ntb", "53": "ntt", "61": "kalbar", "62": "kalteng",
    "63": "kalsel", "64": "kaltim", "65": "kaltara", "71": "sulut", "72": "sulteng", "73": "sulsel", "74": "sultra",
    "76": "sulbar", "82": "malut", "53.02": "tts", "53.03": "ttu",
}  # fmt: skip

_EXACT, _FOLDED, _PREFIX, _WORD, _FOLDED_PREFIX, _SIMILAR = range(6)
_MOST_WORDS = 12
_SHORTEST_FOLDED = 4
_FEW = 5

_Rank = tuple[int, int, int]


def plain(text: str) -> str:
    """Lower case, no accents or apostrophes, every other mark a space, single spaces."""
    return " ".join(_letters(unicodedata.normalize("NFKD", text)).split())


def fold(text: str) -> str:
    """The plain text without spaces and in one spelling: `Koepang` is `Kupang`, `Suka Maju` is `Sukamaju`."""
    return _respell(plain(text).replace(" ", ""))


def _letters(text: str) -> str:
    return _OTHER.sub(" ", _DROPPED.sub("", text.lower()))


def _respell(text: str) -> str:
    for old, new in _OLD_SPELLING:
        text = text.replace(old, new)
    return text


def _slips(word: str) -> int:
    """How many letters of a word may be missing, wrong, doubled or swapped."""
    return 1 if len(word) < 7 else 2


class _Lines:
    """Many short ASCII strings in one, each between two line breaks."""

    def __init__(self, text: str) -> None:
        self.text = text
        lengths = (len(line) + 1 for line in text[1:-1].split("\n"))
        self.starts = array("I", accumulate(lengths, initial=1))

    def line(self, index: int) -> str:
        return self.text[self.starts[index] : self.starts[index + 1] - 1]

    def lines(self, start: int, stop: int) -> list[str]:
        return self.text[self.starts[start] : self.starts[stop] - 1].split("\n")

    def find(self, start: str, words: str) -> Iterator[tuple[int, bool]]:
        """Every line in which `words` follow `start` (line break or space), and whether the line ends with them."""
        needle = start + words
        position = self.text.find(needle)
        while position >= 0:
            end = position + len(needle)
            yield bisect_right(self.starts, position + 1) - 1, self.text[end] == "\n"
            position = self.text.find(needle, end)


@dataclass(frozen=True, slots=True)
class _Index:
    codes: array[int]
    names: bytes
    name_starts: array[int]
    plain: _Lines
    folded: _Lines
    areas: dict[str, str]
    kecamatan: list[str]
    firsts: array[int]

    def name(self, index: int) -> str:
        return self.names[self.name_starts[index] : self.name_starts[index + 1] - 1].decode()

    def code(self, index: int) -> str:
        return dotted(str(self.codes[index]))

    def group(self, index: int) -> int:
        """Which kecamatan a village belongs to."""
        return bisect_right(self.firsts, index) - 1

    def bounds(self, group: int) -> tuple[int, int]:
        return self.firsts[group], self.firsts[group + 1]


def _read(path: Path) -> _Index:
    codes, firsts = array("Q"), array("I")
    names: list[str] = []
    areas: dict[str, str] = {}
    kecamatan: list[str] = []
    base = 0
    rows = csv.reader(io.StringIO(lzma.decompress(path.read_bytes()).decode()))
    next(rows)
    for code, name in rows:
        if len(code) == 4:
            codes.append(base + int(code))
            names.append(name)
            continue
        areas[code] = name
        if len(code) == 8:
            base = int(code.replace(".", "")) * 10_000
            kecamatan.append(code)
            firsts.append(len(names))
    firsts.append(len(names))
    text = "\n".join(names)
    simple = f"\n{_letters(text)}\n".replace(" \n", "\n").replace("\n ", "\n")
    encoded = [len(name.encode()) + 1 for name in names]
    return _Index(
        codes=codes,
        names=text.encode(),
        name_starts=array("I", accumulate(encoded, initial=0)),
        plain=_Lines(simple),
        folded=_Lines(_respell(simple.replace(" ", ""))),
        areas=areas,
        kecamatan=kecamatan,
        firsts=firsts,
    )


@dataclass(frozen=True, slots=True)
class _Reading:
    """One way to read a query: the words of the name, and the kecamatan it may lie in (None: anywhere)."""

    name: str
    groups: frozenset[int] | None
    narrowed: int


class Places:
    """The areas of one file; load it once and share it."""

    def __init__(self, path: Path) -> None:
        self._path = path

    @classmethod
    def load(cls) -> Places:
        """The areas that come with the program; nothing is read before the first question."""
        return cls(resource("wilayah.csv.xz"))

    def get(self, code: str) -> Place:
        """The area of any level with this code, dotted or not; UnknownPlace if there is none."""
        whole = dotted(code)
        if whole.count(".") == 3:
            index = self._at(int(whole.replace(".", "")))
            if index is not None:
                return self._place(index)
        elif whole in self._index.areas:
            return self._area(whole)
        raise UnknownPlace(code=whole)

    def search(self, query: str, limit: int = 20, near: str = "") -> list[Place]:
        """At most `limit` desa/kelurahan for words, or the first digits of a code; best first.

        Of equally good ones, those come first that share the most of the code `near` (usually the own village).
        """
        if re.fullmatch(r"[\d.\s]*\d\d[\d.\s]*", query, re.ASCII):
            return [self._place(index) for index in self._by_code(re.sub(r"\D", "", query), limit)]
        words = plain(query).split()[:_MOST_WORDS]
        found: dict[int, _Rank] = {}
        readings = self._before_comma(query)
        for reading in readings:
            self._collect(found, reading)
        for name_last, lenient in ((False, False), (True, False), (False, True), (True, True)):
            if not found:
                more = list(self._readings(words, name_last=name_last, lenient=lenient))
                readings += more
                for reading in more:
                    self._collect(found, reading)
        if len(found) < min(limit, _FEW) and all(tier > _FOLDED for tier, _, _ in found.values()):
            for reading in readings:
                self._guess(found, reading, limit)
        near_parts = near.split(".")

        def order(index: int) -> tuple[int, int, int, int, int, int]:
            tier, narrowed, unlike = found[index]
            return tier, unlike, narrowed, -self._shared(index, near_parts), len(self._index.plain.line(index)), index

        return [self._place(index) for index in nsmallest(limit, found, key=order)]

    @cached_property
    def _index(self) -> _Index:
        return _read(self._path)

    @cached_property
    def _parents(self) -> list[str]:
        """Per kecamatan the words of its path, as written and respelled, each after a space."""
        areas = self._index.areas
        paths = []
        for code in self._index.kecamatan:
            above = (code, code[:5], code[:2])
            words = plain(" ".join([*(areas[part] for part in above), *(_SHORT_NAMES.get(part, "") for part in above)]))
            paths.append(f" {words} {_respell(words)} ")
        return paths

    @cached_property
    def _parent_words(self) -> list[str]:
        return sorted({word for path in self._parents for word in path.split()})

    def _before_comma(self, query: str) -> list[_Reading]:
        """The reading of a whole path, `Noelbaki, Kec. Kupang Tengah, ...`: the name stands before the first comma."""
        head, _, tail = (plain(part) for part in query.partition(","))
        words = [word for word in tail.split() if word not in _LEVELS]
        groups = self._groups(words, lenient=False) if head and words else frozenset()
        name = head.partition(" ")[2] if head.partition(" ")[0] in _TITLES else head
        return [_Reading(text, groups, 0) for text in dict.fromkeys((head, name))] if groups else []

    def _readings(self, words: list[str], *, name_last: bool, lenient: bool) -> Iterator[_Reading]:
        for drop in (0, 1) if len(words) > 1 and words[0] in _TITLES else (0,):
            kept = words[drop:]
            for size in range(len(kept), 0, -1):
                name = kept[-size:] if name_last else kept[:size]
                rest = kept[:-size] if name_last else kept[size:]
                rest = [word for word in rest if word not in _LEVELS]
                groups = self._groups(rest, lenient=lenient) if rest else None
                if groups is None or groups:
                    yield _Reading(" ".join(name), groups, len(kept) - size)

    def _groups(self, words: list[str], *, lenient: bool) -> frozenset[int]:
        """The kecamatan whose path has words beginning with all of `words`, or when lenient, words like them."""
        groups: Iterable[int] = range(len(self._parents))
        for word in words:
            alike = self._likely(word) if lenient else []
            needles = [f" {word}", f" {_respell(word)}", *(f" {other} " for other in alike)]
            groups = [group for group in groups if any(needle in self._parents[group] for needle in needles)]
        return frozenset(groups)

    def _likely(self, word: str) -> list[str]:
        """The words of parents' names that may have been meant."""
        from rapidfuzz import process
        from rapidfuzz.distance import OSA

        likest = process.extract(word, self._parent_words, scorer=OSA.distance, score_cutoff=_slips(word), limit=None)
        return [other for other, _, _ in likest]

    def _collect(self, found: dict[int, _Rank], reading: _Reading) -> None:
        simple, folded = reading.name, _respell(reading.name.replace(" ", ""))
        lines, other = self._index.plain, self._index.folded
        scans = (
            (lines, "\n", simple, _EXACT, _PREFIX),
            (lines, " ", simple, _WORD, _WORD),
            (other, "\n", folded, _FOLDED, _FOLDED_PREFIX),
        )
        for where, start, text, whole_tier, tier in scans if len(folded) >= _SHORTEST_FOLDED else scans[:2]:
            for index, whole in where.find(start, text):
                self._add(found, index, reading, (whole_tier if whole else tier, reading.narrowed, 0))

    def _add(self, found: dict[int, _Rank], index: int, reading: _Reading, rank: _Rank) -> None:
        if reading.groups is not None and self._index.group(index) not in reading.groups:
            return
        if index not in found or rank < found[index]:
            found[index] = rank

    def _guess(self, found: dict[int, _Rank], reading: _Reading, limit: int) -> None:
        """Add names that look like the one typed."""
        folded = _respell(reading.name.replace(" ", ""))
        if len(folded) < _SHORTEST_FOLDED:
            return
        from rapidfuzz import process
        from rapidfuzz.distance import OSA

        groups = [(0, len(self._index.codes))] if reading.groups is None else map(self._index.bounds, reading.groups)
        bounds = [(start, stop) for start, stop in groups if start < stop]
        indexes = [index for start, stop in bounds for index in range(start, stop)]
        names = [name for start, stop in bounds for name in self._index.folded.lines(start, stop)]
        likest = process.extract(folded, names, scorer=OSA.distance, score_cutoff=_slips(folded), limit=limit)
        for _, distance, position in likest:
            self._add(found, indexes[position], reading, (_SIMILAR, reading.narrowed, round(distance)))

    def _by_code(self, digits: str, limit: int) -> range:
        first = bisect_left(self._index.codes, int(digits[:10].ljust(10, "0")))
        last = bisect_right(self._index.codes, int(digits[:10].ljust(10, "9")))
        return range(first, min(last, first + limit))

    def _at(self, code: int) -> int | None:
        index = bisect_left(self._index.codes, code)
        return index if index < len(self._index.codes) and self._index.codes[index] == code else None

    def _shared(self, index: int, near: list[str]) -> int:
        kecamatan = self._index.kecamatan[self._index.group(index)].split(".")
        return next((n for n, (a, b) in enumerate(zip(kecamatan, near, strict=False)) if a != b), min(3, len(near)))

    def _place(self, index: int) -> Place:
        code = self._index.code(index)
        return self._area(code, self._index.name(index))

    def _area(self, code: str, desa: str = "") -> Place:
        areas, size = self._index.areas, len(code)
        return Place(
            code=code,
            kind=kind_of(code),
            provinsi=areas[code[:2]],
            kabupaten=areas[code[:5]] if size >= 5 else "",
            kecamatan=areas[code[:8]] if size >= 8 else "",
            desa=desa,
        )
