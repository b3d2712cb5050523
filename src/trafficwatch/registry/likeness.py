# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether two cards may be of one person, and what speaks for it. Pure; for suggesting only: a human being decides.

Names are compared without titles, in one spelling, in any order; a single letter may stand for any word that begins
with it. An equal name alone says little in a village, so something must stand beside it: a birth date that fits, or a
shared telephone, family card or address. What tells two people apart outweighs that: both have whole, different NIKs
and different birth dates, or another sex. The numbers are ours.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from trafficwatch.models.dates import PartialDate, Precision
from trafficwatch.models.identity import NIK_LENGTH
from trafficwatch.store.spelling import fold, plain, without_titles

NAMES_ALIKE = 80
"""From this likeness in per cent two names may be one [ours]."""
NAMES_SAME = 97
_WORDS_ALIKE = 65
YEARS = 2
"""Birth years that lie further apart are of two people, unless more is shared [ours]."""
LIKELY, VERY_LIKELY = 65, 85
"""From these scores a pair is called likely and very likely [ours]."""

_NAME = 0.5
_DATE_SAME, _DATE_FITS, _DATE_NEAR, _DATE_FAR = 30, 22, 8, -15
_SHARED, _ADDRESS, _OTHER_NIK, _SAME_NIK = 12, 6, -20, 90
_BY_ONE_LETTER = 5
_LETTER = re.compile(r"\b\w\b")
_SET_BY_OFFICES = frozenset({(1, 1), (7, 1), (12, 31)})
"""Days that are written where nobody knew the day."""


class Reason(StrEnum):
    """What speaks for one person; `date_near` and `other_nik` are what speaks against, where the rest outweighs it."""

    NIK = "nik"
    NAME = "name"
    NAME_ALIKE = "name_alike"
    DATE = "date"
    DATE_FITS = "date_fits"
    DATE_NEAR = "date_near"
    DATE_FAR = "date_far"
    PHONE = "phone"
    FAMILY_CARD = "family_card"
    ADDRESS = "address"
    OTHER_NIK = "other_nik"
    OTHER_NAME = "other_name"


@dataclass(frozen=True, slots=True)
class Traits:
    """What of a card is compared; `names` as `name_words` gives them, `phones` as `identity.phone_key`."""

    id: str
    names: tuple[str, ...]
    birth: PartialDate
    sex: str | None
    nik: str
    family_card: str
    phones: frozenset[str]
    address: str


def name_words(name: str) -> str:
    """A name for comparing: its words without titles, in one spelling, in the order of letters."""
    return " ".join(sorted(fold(word) for word in without_titles(plain(name))))


def whole_nik(nik: str | None) -> str:
    """A NIK that tells people apart, '' for none, one cut short, or a temporary one (it starts with 0)."""
    is_whole = nik is not None and len(nik) == NIK_LENGTH and nik.isdecimal() and not nik.startswith("0")
    return nik or "" if is_whole else ""


def years_apart(one: PartialDate, other: PartialDate) -> bool:
    """Whether two people were born in years too far apart to be one; not when a year is unknown."""
    return one.year is not None and other.year is not None and abs(one.year - other.year) > YEARS


def names_alike(one: str, other: str) -> float:
    """How alike two names of `name_words` are, in per cent."""
    from rapidfuzz import fuzz

    if has_letter(one) or has_letter(other):
        return _with_letters(one.split(), other.split())
    likeness = fuzz.ratio(one, other)
    return likeness if words_alike(one, other, likeness) else 0.0


def words_alike(one: str, other: str, likeness: float) -> bool:
    """Whether each word of the shorter name has one like it in the other: a long family name makes sisters alike."""
    from rapidfuzz import fuzz

    if likeness >= NAMES_SAME or has_letter(one) or has_letter(other):
        return True
    short, whole = sorted((one.split(), other.split()), key=len)
    return all(any(word == each or fuzz.ratio(word, each) >= _WORDS_ALIKE for each in whole) for word in short)


def judge(one: Traits, other: Traits, likeness: float | None = None) -> tuple[int, tuple[Reason, ...]] | None:
    """The score up to 100 and what speaks for one person, None if too little does; `likeness` of the names if known."""
    if likeness is None:
        likeness = max((names_alike(a, b) for a in one.names for b in other.names), default=0)
    if one.nik and one.nik == other.nik:
        named = Reason.OTHER_NAME if likeness < NAMES_ALIKE else _named(likeness)
        return min(100, round(_SAME_NIK + likeness / 10) - 25 * (named is Reason.OTHER_NAME)), (Reason.NIK, named)
    if likeness < NAMES_ALIKE or (one.sex and other.sex and one.sex != other.sex):
        return None
    dated, points = _dated(one.birth, other.birth)
    is_other = bool(one.nik and other.nik)
    has_phone = bool(one.phones & other.phones)
    has_card = bool(one.family_card) and one.family_card == other.family_card
    has_address = bool(one.address) and one.address == other.address
    if is_other and (likeness < NAMES_SAME or not (has_phone or dated is Reason.DATE)):
        return None
    if dated is None and not (has_phone or has_card or has_address):
        return None
    is_telling = likeness >= NAMES_SAME and any(" " in name for name in one.names)
    if dated is Reason.DATE_NEAR and not (is_telling or has_phone or has_card):
        return None
    if dated is Reason.DATE_FAR and (is_other or not (has_phone or has_card)):
        return None
    shared = ((has_phone, Reason.PHONE, _SHARED), (has_card, Reason.FAMILY_CARD, _SHARED))
    found = [(reason, more) for is_so, reason, more in (*shared, (has_address, Reason.ADDRESS, _ADDRESS)) if is_so]
    found += [(Reason.OTHER_NIK, _OTHER_NIK)] if is_other else []
    score = round(likeness * _NAME) + points + sum(more for _, more in found)
    reasons = (_named(likeness), *([dated] if dated else []), *(reason for reason, _ in found))
    return max(1, min(100, score)), reasons


def _named(likeness: float) -> Reason:
    return Reason.NAME if likeness >= NAMES_SAME else Reason.NAME_ALIKE


def _dated(one: PartialDate, other: PartialDate) -> tuple[Reason | None, int]:
    """What the birth dates say."""
    if one.year is None or other.year is None:
        return None, 0
    if years_apart(one, other):
        return Reason.DATE_FAR, _DATE_FAR
    if not (is_known(one) and is_known(other)):
        return Reason.DATE_FITS, _DATE_FITS
    if one == other:
        return Reason.DATE, _DATE_SAME
    is_slip = sum(a != b for a, b in zip(one.edtf, other.edtf, strict=True)) == 1
    is_swapped = (one.year, one.month, one.day) == (other.year, other.day, other.month)
    return (Reason.DATE_FITS, _DATE_FITS) if is_slip or is_swapped else (Reason.DATE_NEAR, _DATE_NEAR)


def is_known(birth: PartialDate) -> bool:
    """Whether the very day is known."""
    is_day = birth.precision is Precision.DAY and not birth.about
    return is_day and (birth.month, birth.day) not in _SET_BY_OFFICES


# -- single letters ----------------------------------------------------------------------------------------------------


def has_letter(name: str) -> bool:
    """Whether a name has a word of one letter, which may stand for a whole one."""
    return _LETTER.search(name) is not None


def _with_letters(one: list[str], other: list[str]) -> float:
    """The likeness where single letters stand for words of the other name that begin so; a little less than whole."""
    from rapidfuzz import fuzz

    taken = dict(_stands_for(one, other)), dict(_stands_for(other, one))
    whole = (
        " ".join(sorted(found.get(word, word) for word in name))
        for name, found in zip((one, other), taken, strict=True)
    )
    return max(0.0, fuzz.ratio(*whole) - _BY_ONE_LETTER * (len(taken[0]) + len(taken[1])))


def _stands_for(short: list[str], whole: list[str]) -> Iterator[tuple[str, str]]:
    free = [word for word in whole if word not in short and len(word) > 1]
    for letter in (word for word in short if len(word) == 1 and word not in whole):
        meant = next((word for word in free if word.startswith(letter)), None)
        if meant is not None:
            free.remove(meant)
            yield letter, meant
