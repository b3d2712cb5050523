# SPDX-License-Identifier: GPL-3.0-or-later
"""Dates as people know them: a day, a month, a year, about, or unknown.

Stored as EDTF (ISO 8601-2:2019, levels 0 and 1), of which these forms only: `1990-05-17`, `1990-05`, `1990`, each with
`~` when it is approximate, and the empty string when nothing is known. Typed dates are read day first, with Indonesian
or English month names in today's and older spelling; nothing is ever guessed: two-digit years are refused.

How far "about" reaches is our policy, not the standard's: `ABOUT_DAYS`, `ABOUT_MONTHS`, `ABOUT_YEARS` to either side.
Ages are completed years. Whoever was born on 29 February becomes a year older on 1 March in other years, so that a
child stays a child for the longer time. Pure: today is a parameter.

    ImpossibleDate
    +-- UnreadableDate    not a date in any form we know
    +-- YearOutOfRange    outside 1900..2100
    +-- NoSuchMonth       month 0 or above 12
    +-- NoSuchDay         a day that the month doesn't have
"""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import lru_cache
from typing import Literal

from trafficwatch.errors import InputError

FIRST_YEAR, LAST_YEAR = 1900, 2100
ABOUT_DAYS, ABOUT_MONTHS, ABOUT_YEARS = 15, 3, 2

_EDTF = re.compile(r"(\d{4})(?:-(\d\d)(?:-(\d\d))?)?(~?)", re.ASCII)
_TYPED = (
    re.compile(r"(?P<year>\d{4})(?: (?P<month>\d{1,2}|[a-z]+)(?: (?P<day>\d{1,2}))?)?", re.ASCII),
    re.compile(r"(?:(?:(?P<day>\d{1,2}) )?(?P<month>\d{1,2}|[a-z]+) )?(?P<year>\d{4})", re.ASCII),
)
_ABOUT = re.compile(r"^(?:sekitar|sktr|kira kira|kira2|kurang lebih|k l|kl|about|around|circa|ca|c|±|~) ?(?=.)|~$")
_NOISE = re.compile(r"\b(?:tanggal|tgl|bulan|bln|tahun|thn|th)\b")
_UNKNOWN = frozenset({"", "tidak tahu", "tidak diketahui", "tdk tahu", "tdk th", "unknown", "not known"})
_MONTHS: dict[str, tuple[str, ...]] = {
    "id": (
        "Januari", "Februari", "Maret", "April", "Mei", "Juni",
        "Juli", "Agustus", "September", "Oktober", "November", "Desember",
    ),
    "en": (
        "January", "February", "March", "April", "May", "June",
        "July", "August", "September", "October", "November", "December",
    ),
}  # fmt: skip
_SPELLINGS = (
    "jan januari january djanuari",
    "feb peb februari february pebruari",
    "mar mrt maret march maart",
    "apr april",
    "mei may mai",
    "jun juni june djuni",
    "jul juli july djuli",
    "agu ags agt agus agust aug agustus august",
    "sep sept september",
    "okt oct oktober october",
    "nov nop november nopember",
    "des dec desember december",
)
_MONTH_OF = {word: month for month, words in enumerate(_SPELLINGS, 1) for word in words.split()}
_WORDS = {"id": ("sekitar ", "tidak diketahui"), "en": ("about ", "unknown")}


class ImpossibleDate(InputError):
    """What was typed is no date; catch this one, the subclasses say why."""

    key = "impossible_date"


class UnreadableDate(ImpossibleDate):
    """Not a date in any form we know."""

    key = "unreadable_date"


class YearOutOfRange(ImpossibleDate):
    """Params: `first`, `last`."""

    key = "year_out_of_range"


class NoSuchMonth(ImpossibleDate):
    """Params: `month` as typed."""

    key = "no_such_month"


class NoSuchDay(ImpossibleDate):
    """Params: `day` as typed, `last` day of that month."""

    key = "no_such_day"


class Precision(StrEnum):
    """How much of a date is known."""

    DAY = "day"
    MONTH = "month"
    YEAR = "year"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class PartialDate:
    """A date as far as it is known; without a year it is unknown. Raises ImpossibleDate for what the calendar lacks."""

    year: int | None = None
    month: int | None = None
    day: int | None = None
    about: bool = False

    def __post_init__(self) -> None:
        if self.year is None:
            if self.month is not None or self.day is not None or self.about:
                raise UnreadableDate
            return
        if not FIRST_YEAR <= self.year <= LAST_YEAR:
            raise YearOutOfRange(first=FIRST_YEAR, last=LAST_YEAR)
        if self.month is None:
            if self.day is not None:
                raise UnreadableDate
            return
        if not 1 <= self.month <= 12:
            raise NoSuchMonth(month=self.month)
        last = monthrange(self.year, self.month)[1]
        if self.day is not None and not 1 <= self.day <= last:
            raise NoSuchDay(day=self.day, last=last)

    @classmethod
    def from_edtf(cls, text: str) -> PartialDate:
        """The stored form; UnreadableDate for any other."""
        return _from_edtf(text)

    @classmethod
    def of(cls, day: date) -> PartialDate:
        """A whole calendar day."""
        return cls(day.year, day.month, day.day)

    @classmethod
    def parse(cls, typed: str) -> PartialDate:
        """What a person typed: `17-5-1990`, `17 Mei 1990`, `Mei 1990`, `1990`, `sekitar 1990`, `1990-05-17`."""
        words = " ".join(re.sub(r"[-/.,\s]+", " ", typed.casefold()).split())
        if words in _UNKNOWN:
            return cls()
        rest = _ABOUT.sub("", words)
        about = rest != words
        rest = " ".join(_NOISE.sub(" ", rest).split())
        match = _TYPED[0].fullmatch(rest) or _TYPED[1].fullmatch(rest)
        if match is None:
            raise UnreadableDate
        return cls(int(match["year"]), _month(match["month"]), _number(match["day"]), about=about)

    @property
    def edtf(self) -> str:
        """The stored form."""
        if self.year is None:
            return ""
        parts = [f"{self.year:04}", *(f"{part:02}" for part in (self.month, self.day) if part is not None)]
        return "-".join(parts) + ("~" if self.about else "")

    @property
    def precision(self) -> Precision:
        if self.day is not None:
            return Precision.DAY
        if self.month is not None:
            return Precision.MONTH
        return Precision.UNKNOWN if self.year is None else Precision.YEAR

    def earliest(self) -> date | None:
        """The first day it can be; None if unknown."""
        if self.year is None:
            return None
        if self.month is None:
            return date(self.year - self.about * ABOUT_YEARS, 1, 1)
        if self.day is None:
            return _first_of(self.year, self.month - self.about * ABOUT_MONTHS)
        return date(self.year, self.month, self.day) - timedelta(self.about * ABOUT_DAYS)

    def latest(self) -> date | None:
        """The last day it can be; None if unknown."""
        if self.year is None:
            return None
        if self.month is None:
            return date(self.year + self.about * ABOUT_YEARS, 12, 31)
        if self.day is None:
            return _first_of(self.year, self.month + 1 + self.about * ABOUT_MONTHS) - timedelta(1)
        return date(self.year, self.month, self.day) + timedelta(self.about * ABOUT_DAYS)

    def age_range_on(self, on: date) -> tuple[int, int] | None:
        """Lowest and highest age in years on a day, for a date of birth; None if unknown or born only after it."""
        first, last = self.earliest(), self.latest()
        if first is None or last is None or first > on:
            return None
        return max(0, _age(last, on)), _age(first, on)

    def age_on(self, on: date) -> int | None:
        """Age in years on a day; None if the date isn't known well enough to tell."""
        ages = self.age_range_on(on)
        return ages[0] if ages and ages[0] == ages[1] else None

    def is_under(self, years: int, on: date) -> bool | None:
        """Whether a person born then is younger than `years` on a day; None if the date can't tell."""
        ages = self.age_range_on(on)
        if ages is None or ages[0] < years <= ages[1]:
            return None
        return ages[1] < years

    def format(self, language: Literal["id", "en"] = "id") -> str:
        """In words: `17 Mei 1990`, `sekitar 1990`, `tidak diketahui`."""
        about, unknown = _WORDS[language]
        if self.year is None:
            return unknown
        month = _MONTHS[language][self.month - 1] if self.month else None
        words = " ".join(str(part) for part in (self.day, month, self.year) if part is not None)
        return about + words if self.about else words


UNKNOWN = PartialDate()


@lru_cache(maxsize=1 << 16)  # long lists compare the same days again and again
def _from_edtf(text: str) -> PartialDate:
    if not text:
        return PartialDate()
    match = _EDTF.fullmatch(text)
    if match is None:
        raise UnreadableDate
    year, month, day, about = match.groups()
    return PartialDate(int(year), _number(month), _number(day), about=bool(about))


def _number(digits: str | None) -> int | None:
    return None if digits is None else int(digits)


def _month(typed: str | None) -> int | None:
    if typed is None or typed.isdecimal():
        return _number(typed)
    if typed not in _MONTH_OF:
        raise UnreadableDate
    return _MONTH_OF[typed]


def _first_of(year: int, month: int) -> date:
    """First day of a month, counted on over the end of the year."""
    years, months = divmod(month - 1, 12)
    return date(year + years, months + 1, 1)


def _age(born: date, on: date) -> int:
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))
