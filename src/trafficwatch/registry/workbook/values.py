# SPDX-License-Identifier: GPL-3.0-or-later
"""From the text of a cell to what the card holds, field by field; `Odd` says why a cell can't be taken. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from trafficwatch.models.dates import ImpossibleDate, PartialDate
from trafficwatch.models.identity import NIK_LENGTH, check_nik, phone_key

NOTHING = frozenset({"", "-", "--"})
OLD_AGE = 110
_PHONE_LIMIT = 40

_APOSTROPHES = "'`\u2018\u2019"
_SCIENTIFIC = re.compile(r"[+-]?\d+(?:[.,]\d+)?E\+?\d+", re.ASCII | re.IGNORECASE)
_NO_DATE = re.compile(r"0{1,4}[-/.]0{1,2}[-/.]0{1,4}", re.ASCII)
_TIME = re.compile(r"[ T]\d{1,2}:\d\d(?::\d\d)?(?:\.\d+)?$", re.ASCII)
_SERIAL = re.compile(r"\d{5}(?:\.\d+)?", re.ASCII)
_SERIAL_START = date(1899, 12, 30)
_SAYS_RT = re.compile(r"\bR[TW]\b", re.IGNORECASE)
_PARTS = re.compile(r"[/,;]| (?:atau|dan) ")
_FAMILY = re.compile(r"\bno(?:mor)?\.?\s*(?:kk\b|kartu keluarga)", re.IGNORECASE)
_KK_NUMBER = re.compile(r"(?<!\d)\d{16}(?!\d)", re.ASCII)
_RT_RW = re.compile(r"\bRT\s*/\s*RW\b[\s.:]*(\d{1,3})\s*/\s*(\d{1,3})", re.IGNORECASE)
_NUMBERED = {name: re.compile(rf"\b{name}\b[\s.:]*(\d{{1,3}})\b", re.IGNORECASE) for name in ("rt", "rw")}
_LABELLED = re.compile(rf"{_FAMILY.pattern}[\W_]*(\d{{16}})(?!\d)", re.IGNORECASE | re.ASCII)
_LABEL = re.compile(rf"\W*(?:{_FAMILY.pattern}|\b(?:alamat|dusun|rt|rw)\b)", re.IGNORECASE)
_HAMLET = re.compile(r"\bdusun\b[\s.:]*(.*?)(?=[\s,]*\b(?:RT|RW|no\.?\s*kk)\b|[\s,]*$)", re.IGNORECASE)
_STREET = re.compile(r"\balamat\b[\s.:]*(.*?)(?=[\s,]*\b(?:RT|RW|dusun|no\.?\s*kk)\b|[\s,]*$)", re.IGNORECASE)


class Odd(Exception):
    """Why a cell can't be taken: a key of the texts and its parameters."""

    def __init__(self, reason: str, **params: str | int) -> None:
        super().__init__(reason)
        self.reason, self.params = reason, params


@dataclass(frozen=True, slots=True)
class Family:
    """What the row above the members of a family says."""

    kk_number: str | None = None
    address: str | None = None


def bare(text: str) -> str:
    """A cell without the apostrophe and the invisible characters that programs put around numbers; '' for nothing."""
    visible = "".join(char for char in text if unicodedata.category(char) != "Cf")
    found = " ".join(visible.strip().lstrip(_APOSTROPHES).split())
    return "" if found in NOTHING else found


def nik_of(text: str) -> str:
    """16 digits, '' for none. Whether its parts are possible is `check_nik`'s to say."""
    return _sixteen(text, "nik")


def kk_number_of(text: str) -> str:
    return _sixteen(text, "kk")


def _sixteen(text: str, kind: str) -> str:
    if _SCIENTIFIC.fullmatch(text.replace(" ", "")):
        raise Odd("digits_lost")
    digits = check_nik(text).nik
    if not digits.strip("0"):
        return ""
    if not (digits.isascii() and digits.isdecimal()):
        raise Odd(f"{kind}_not_digits")
    if len(digits) != NIK_LENGTH:
        raise Odd(f"{kind}_wrong_length", digits=len(digits))
    return digits


def birth_date_of(text: str, today: date) -> PartialDate:
    """A date of birth, also one that a spreadsheet kept as the number of its day."""
    text = _TIME.sub("", text)
    if _NO_DATE.fullmatch(text):
        return PartialDate()
    try:
        if _SERIAL.fullmatch(text):
            found = PartialDate.of(_SERIAL_START + timedelta(int(text[:5])))
        else:
            found = PartialDate.parse(text)
    except ImpossibleDate as error:
        raise Odd(error.key, **error.params) from None
    first = found.earliest()
    if first is not None and first > today:
        raise Odd("date_in_future")
    return found


def is_very_old(born: PartialDate, today: date) -> bool:
    ages = born.age_range_on(today)
    return ages is not None and ages[0] > OLD_AGE


def phones_of(text: str) -> dict[str, str]:
    """The numbers in a cell, each with nobody known as its owner."""
    numbers = [part.strip() for part in _PARTS.split(text) if part.strip()]
    if not numbers or any(not phone_key(number) or len(number) > _PHONE_LIMIT for number in numbers):
        raise Odd("phone_unreadable")
    return dict.fromkeys(numbers, "-")


def address_of(parts: Mapping[str, str]) -> str:
    """One line from what the columns street, hamlet, rt, rw, village and district say."""
    street = parts.get("street", "")
    hamlet = re.sub(r"^dusun\b[\s.:]*", "", parts.get("hamlet", ""), flags=re.IGNORECASE)
    lines = [street]
    if hamlet and hamlet.casefold() not in street.casefold():
        lines.append(f"Dusun {hamlet}")
    if not _SAYS_RT.search(street):
        numbered = [f"{name.upper()} {number}" for name in ("rt", "rw") if (number := _number(parts, name))]
        lines.append(" ".join(numbered))
    lines += [parts.get("village", ""), parts.get("district", "")]
    return ", ".join(filter(None, lines))


def _number(parts: Mapping[str, str], name: str) -> str:
    """The number of an RT or RW: 1, 01 and 001 are one, and files of one village write them all. 0 is none."""
    number = re.sub(rf"^{name}\b[\s.:]*", "", parts.get(name, ""), flags=re.IGNORECASE).strip()
    if not (number.isascii() and number.isdecimal()):
        return number
    return f"{int(number):02}" if int(number) else ""


def family_of(text: str) -> Family | None:
    """The row above a family in a book of residents; None for any other row. Its number stands after the word KK."""
    if not (said := _FAMILY.search(text)):
        return None
    parts = {}
    if match := _RT_RW.search(text):
        parts["rt"], parts["rw"] = match.groups()
    for name, pattern in {**_NUMBERED, "hamlet": _HAMLET, "street": _STREET}.items():
        if name not in parts and (match := pattern.search(text)) and (found := match[1].strip(" ,:-")):
            parts[name] = found
    number = _KK_NUMBER.search(text, said.end())
    return Family(number[0] if number else None, address_of(parts) or None)


def names_family(cell: str) -> bool:
    """Whether a cell says "No KK"."""
    return _FAMILY.search(cell) is not None


def looks_like_name(cell: str) -> bool:
    """Whether somebody's name may stand in a cell, and no label of a family."""
    return any(char.isalpha() for char in cell) and ":" not in cell and not _LABEL.match(cell)


def looks_like_nik(cell: str, row: str) -> bool:
    """Whether a cell holds 16 digits that don't follow the word KK in the text of its row."""
    labelled = _LABELLED.search(row)
    return bool(_KK_NUMBER.fullmatch(bare(cell))) and (labelled is None or bare(cell) != labelled[1])


def looks_like_birth(cell: str, today: date) -> bool:
    try:
        return bool(bare(cell)) and birth_date_of(bare(cell), today) != PartialDate()
    except Odd:
        return False
