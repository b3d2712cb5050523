# SPDX-License-Identifier: GPL-3.0-or-later
"""NIK, telephone numbers, names and case codes: what can be said about them without asking anyone.

A NIK is 16 digits: 6 of the area where it was first given, 6 of the birth date as DDMMYY (women: day + 40), 4 of a
running number (PP 37/2007 art. 37). It is never refused: one that doesn't fit is kept as given, with warnings, because
a wrong card is itself worth knowing, and a NIK never changes when a birth date is corrected (PP 40/2019 art. 30).
One that starts with 0 is temporary, made by a village program (OpenSID) for a resident who has none.

A case code is 8 random characters and a check character, `K7M2-9QXR-S`: no name, date or place can be read from it. Its
alphabet is Crockford's base 32 (no I, L, O, U), its check ISO/IEC 7064 MOD 37,36, which finds every single wrong
character and nearly every swap of neighbours. Pure: random bytes are a parameter.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING, Literal

from trafficwatch.errors import InputError

if TYPE_CHECKING:
    from trafficwatch.models.dates import PartialDate

NIK_LENGTH = 16
CASE_CODE_RANDOM_BYTES = 16

_WOMAN_OFFSET = 40
_ALPHANUMERIC = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_AS_CROCKFORD = str.maketrans("ILO", "110")
_CODE_LENGTH = 8
_SHORT_NUMBER = 7
_MOBILE_NUMBER = 9
_SHORT_AREA_CODES = frozenset({"021", "022", "024", "031", "061"})


class NikWarning(StrEnum):
    """What is odd about a NIK; shown, never a reason to refuse it."""

    NOT_DIGITS = "not_digits"
    WRONG_LENGTH = "wrong_length"
    TEMPORARY = "temporary"
    NO_SUCH_DATE = "no_such_date"
    OTHER_BIRTH_DATE = "other_birth_date"
    OTHER_SEX = "other_sex"


@dataclass(frozen=True, slots=True)
class NikCheck:
    """A NIK as it is kept (spaces, dots, dashes and invisible characters removed) and what is odd about it."""

    nik: str
    warnings: tuple[NikWarning, ...] = ()


class CaseCodeUnreadable(InputError):
    """Not nine letters and digits of a case code."""

    key = "case_code_unreadable"


class CaseCodeMistyped(InputError):
    """The check character doesn't fit: a character is wrong or two are swapped."""

    key = "case_code_mistyped"


def check_nik(typed: str, birth: PartialDate | None = None, sex: Literal["f", "m"] | None = None) -> NikCheck:
    """A typed NIK with warnings, compared with the birth date and sex as far as they are given.

    Nothing typed gives an empty NIK without warnings. A temporary NIK says nothing about birth date or sex.
    """
    nik = "".join(char for char in unicodedata.normalize("NFKC", typed).upper() if char.isalnum())
    warnings: list[NikWarning] = []
    if not nik:
        return NikCheck(nik)
    digits = nik.isascii() and nik.isdecimal()
    if not digits:
        warnings.append(NikWarning.NOT_DIGITS)
    if len(nik) != NIK_LENGTH:
        warnings.append(NikWarning.WRONG_LENGTH)
    if nik.startswith("0"):
        warnings.append(NikWarning.TEMPORARY)
    if not warnings:
        warnings.extend(_compare(nik, birth, sex))
    return NikCheck(nik, tuple(warnings))


def _compare(nik: str, birth: PartialDate | None, sex: Literal["f", "m"] | None) -> list[NikWarning]:
    day, month, year = int(nik[6:8]), int(nik[8:10]), int(nik[10:12])
    written: Literal["f", "m"] = "f" if day > _WOMAN_OFFSET else "m"
    dates = [_date(century + year, month, day - _WOMAN_OFFSET * (written == "f")) for century in (1900, 2000)]
    possible = [encoded for encoded in dates if encoded is not None]
    if not possible:
        return [NikWarning.NO_SUCH_DATE]
    warnings = []
    first, last = (birth.earliest(), birth.latest()) if birth else (None, None)
    if first and last and not any(first <= encoded <= last for encoded in possible):
        warnings.append(NikWarning.OTHER_BIRTH_DATE)
    if sex and sex != written:
        warnings.append(NikWarning.OTHER_SEX)
    return warnings


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def clean_name(typed: str) -> str:
    """A name with single spaces and without invisible characters; nothing else is changed, capitals neither."""
    visible = (char for char in unicodedata.normalize("NFC", typed) if unicodedata.category(char) != "Cf")
    return " ".join("".join(visible).split())


def phone_key(typed: str) -> str:
    """A telephone number for comparing: `+` and digits with the country, digits alone for short numbers, '' for none.

    `0812...`, `62812...`, `+62 (0)812...` and `812...` are the same number. Of other countries only numbers with `+`
    or `00` are recognised.
    """
    text = unicodedata.normalize("NFKC", typed).strip()
    digits = "".join(char for char in text if char in "0123456789")
    if text.startswith("+") and not digits.startswith("0"):  # no country begins with 0
        whole = digits
    elif digits.startswith("00"):
        whole = digits.lstrip("0")
    elif digits.startswith("0"):
        whole = "62" + digits[1:]
    elif digits.startswith("8") and len(digits) >= _MOBILE_NUMBER:
        whole = "62" + digits
    elif digits.startswith("628") and len(digits) > _MOBILE_NUMBER:
        whole = digits
    else:
        return digits
    if whole.startswith("62"):
        whole = "62" + whole[2:].lstrip("0")
    return "+" + whole if len(whole) > _SHORT_NUMBER else digits


def show_phone(typed: str) -> str:
    """A telephone number for reading: `0812-3456-7890`, `021-29681560`, other countries as `+60123456789`."""
    key = phone_key(typed)
    if not key.startswith("+62"):
        return key
    digits = "0" + key[3:]
    if key.startswith("+628"):
        return "-".join(re.findall(".{4}(?=..)|.+", digits))
    area = 3 if digits[:3] in _SHORT_AREA_CODES else 4
    return f"{digits[:area]}-{digits[area:]}"


def new_case_code(village_code: str, random_bytes: bytes) -> str:
    """A new case code from at least 16 fresh random bytes.

    The village code is mixed in, not shown: two laptops that were copied from one another, and so draw the same bytes,
    still get different codes in different villages. ValueError if there are too few bytes.
    """
    if len(random_bytes) < CASE_CODE_RANDOM_BYTES:
        raise ValueError(f"{len(random_bytes)} random bytes, {CASE_CODE_RANDOM_BYTES} needed")
    seed = village_code.encode() + b"\0" + random_bytes
    check, attempt, code = "", 0, ""
    # MOD 37,36 may give one of the four letters that are easily misread: then the next code is taken.
    while not check or check not in _CROCKFORD:
        number = int.from_bytes(hashlib.sha256(b"trafficwatch case code" + bytes([attempt]) + seed).digest())
        code = "".join(_CROCKFORD[number >> 5 * place & 31] for place in range(_CODE_LENGTH))
        check, attempt = check_character(code), attempt + 1
    return _grouped(code + check)


def check_case_code(typed: str) -> str:
    """A typed case code in its written form; i, l and o are read as 1, 1 and 0.

    CaseCodeUnreadable or CaseCodeMistyped if it can't be one.
    """
    code = re.sub(r"[\s-]+", "", typed).upper().translate(_AS_CROCKFORD)
    if len(code) != _CODE_LENGTH + 1 or any(char not in _CROCKFORD for char in code):
        raise CaseCodeUnreadable
    if check_character(code[:-1]) != code[-1]:
        raise CaseCodeMistyped
    return _grouped(code)


def check_character(text: str) -> str:
    """The check character of ISO/IEC 7064 MOD 37,36 for digits and capital letters."""
    remainder = 36
    for char in text:
        remainder = (remainder + _ALPHANUMERIC.index(char)) % 36 or 36
        remainder = remainder * 2 % 37
    return _ALPHANUMERIC[(37 - remainder) % 36]


def _grouped(code: str) -> str:
    return f"{code[:4]}-{code[4:8]}-{code[8]}"
