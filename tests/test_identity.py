# SPDX-License-Identifier: GPL-3.0-or-later
"""NIK, telephone numbers, names and case codes."""

from __future__ import annotations

import re
from datetime import date

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from trafficwatch.models.dates import PartialDate
from trafficwatch.models.identity import (
    CaseCodeMistyped,
    CaseCodeUnreadable,
    NikWarning,
    check_case_code,
    check_character,
    check_nik,
    clean_name,
    new_case_code,
    phone_key,
    show_phone,
)
from trafficwatch.texts import explain_error

CODE = st.builds(new_case_code, st.just("53.01.08.2008"), st.binary(min_size=16, max_size=16))
LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


@pytest.mark.parametrize(
    ("typed", "birth", "sex", "warnings"),
    [
        ("9901084505900001", "1990-05-05", "f", []),
        ("9901080505900001", "1990-05-05", "m", []),
        ("9901084505900001", "1990", "f", []),
        ("9901084505900001", "1992~", "f", []),
        ("9901084505900001", "", None, []),
        ("9901080101050001", "2005-01-01", "m", []),
        ("9901084505900001", "1990-05-05", "m", [NikWarning.OTHER_SEX]),
        ("9901084505900001", "1990-05-06", "f", [NikWarning.OTHER_BIRTH_DATE]),
        ("9901084505900001", "1997", "m", [NikWarning.OTHER_BIRTH_DATE, NikWarning.OTHER_SEX]),
        ("9901083102900001", "1990", "m", [NikWarning.NO_SUCH_DATE]),
        ("9901080000900001", "1990", "m", [NikWarning.NO_SUCH_DATE]),
        ("9901084013900001", "1990", "m", [NikWarning.NO_SUCH_DATE]),
        ("9901088101900001", "1990", "f", [NikWarning.NO_SUCH_DATE]),
        ("9901082902000001", "2000-02-29", "m", []),
        ("990108450590001", "1990-05-05", "f", [NikWarning.WRONG_LENGTH]),
        ("99010845O5900001", "1990-05-05", "f", [NikWarning.NOT_DIGITS]),
        ("A", "1990-05-05", "f", [NikWarning.NOT_DIGITS, NikWarning.WRONG_LENGTH]),
        ("0990108999900007", "1990", "m", [NikWarning.TEMPORARY]),
        ("0", "1990", "m", [NikWarning.WRONG_LENGTH, NikWarning.TEMPORARY]),
        ("", "1990", "m", []),
        (" - ", "1990", "m", []),
    ],
)
def test_a_nik_is_kept_with_warnings(typed: str, birth: str, sex: str | None, warnings: list[NikWarning]) -> None:
    found = check_nik(typed, PartialDate.from_edtf(birth), "f" if sex == "f" else "m" if sex else None)
    assert list(found.warnings) == warnings
    assert found.nik == typed.strip(" -")


def test_a_nik_alone_can_be_checked() -> None:
    assert check_nik("9901084505900001").warnings == ()


def test_invisible_and_dividing_marks_are_dropped_from_a_nik() -> None:
    assert check_nik("'99.0108 4505-90\u200b0001\u00a0").nik == "9901084505900001"
    assert check_nik("９９０１０８４５０５９００００１") == check_nik("9901084505900001")


@given(st.text(max_size=40))
def test_any_nik_is_kept_and_checking_it_again_changes_nothing(typed: str) -> None:
    found = check_nik(typed)
    assert check_nik(found.nik) == found
    assert not any(char.isspace() for char in found.nik)


@given(st.dates(date(1900, 1, 1), date(2099, 12, 31)), st.sampled_from(["f", "m"]), st.integers(0, 9999))
def test_a_nik_made_by_the_rule_fits(born: date, sex: str, serial: int) -> None:
    day = born.day + (40 if sex == "f" else 0)
    nik = f"990108{day:02}{born.month:02}{born.year % 100:02}{serial:04}"
    birth = PartialDate.of(born)
    assert check_nik(nik, birth, "f" if sex == "f" else "m").warnings == ()
    assert NikWarning.OTHER_SEX in check_nik(nik, birth, "m" if sex == "f" else "f").warnings
    other = PartialDate(born.year + 1, born.month) if born.year < 2099 else PartialDate(born.year - 1)
    assert check_nik(nik, other).warnings == (NikWarning.OTHER_BIRTH_DATE,)


def test_a_name_loses_only_spare_space() -> None:
    assert clean_name("  Maria\t Goreti \u200b\n de  Rosari ") == "Maria Goreti de Rosari"
    assert clean_name("SUMARNI") == "SUMARNI"
    assert clean_name("\u00a0") == ""


@given(st.text(max_size=60))
def test_a_clean_name_stays_as_it_is(typed: str) -> None:
    clean = clean_name(typed)
    assert clean_name(clean) == clean
    assert clean == clean.strip()
    assert not re.search(r"\s\s", clean)


@pytest.mark.parametrize(
    ("typed", "key", "shown"),
    [
        ("0812-3456-7890", "+6281234567890", "0812-3456-7890"),
        ("+62 (0)812 3456 7890", "+6281234567890", "0812-3456-7890"),
        ("6281234567890", "+6281234567890", "0812-3456-7890"),
        ("81234567890", "+6281234567890", "0812-3456-7890"),
        ("006281234567890", "+6281234567890", "0812-3456-7890"),
        ("08123456789", "+628123456789", "0812-3456-789"),
        ("081234567890123", "+6281234567890123", "0812-3456-7890-123"),
        ("(021) 29681560", "+622129681560", "021-29681560"),
        ("0380 833322", "+62380833322", "0380-833322"),
        ("+60 12-345 6789", "+60123456789", "+60123456789"),
        ("0060 12 345 6789", "+60123456789", "+60123456789"),
        ("129", "129", "129"),
        ("1500630", "1500630", "1500630"),
        ("+62129", "62129", "62129"),
        ("0800-1000", "+628001000", "0800-1000"),
        ("62812345", "62812345", "62812345"),
        ("tidak ada", "", ""),
        ("", "", ""),
    ],
)
def test_telephone_numbers(typed: str, key: str, shown: str) -> None:
    assert phone_key(typed) == key
    assert show_phone(typed) == shown


@example("+0100000")
@example("000100000")
@given(st.from_regex(r"\A[+0-9() -]{0,20}\Z") | st.text(max_size=20))
def test_a_number_is_compared_as_it_is_shown(typed: str) -> None:
    key = phone_key(typed)
    assert phone_key(key) == key
    assert phone_key(show_phone(typed)) == key


def test_the_check_character_is_that_of_the_standard() -> None:
    # Example of the GRid standard 2.1, which prescribes ISO 7064 MOD 37,36.
    assert check_character("A12425GABC1234002") == "M"


@given(CODE)
def test_a_code_is_readable_and_checks(code: str) -> None:
    assert re.fullmatch(r"[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]", code)
    assert check_case_code(code) == code
    assert check_case_code(f" {code.lower().replace('-', ' ')}") == code


@given(CODE)
def test_letters_that_look_like_digits_are_read_as_digits(code: str) -> None:
    assert check_case_code(code.replace("1", "l").replace("0", "o")) == code
    assert check_case_code(code.replace("1", "I").replace("0", "O")) == code


@given(CODE, st.integers(0, 8), st.sampled_from(LETTERS))
def test_one_wrong_character_is_found(code: str, place: int, other: str) -> None:
    characters = list(code.replace("-", ""))
    if characters[place] == other:
        return
    characters[place] = other
    with pytest.raises(CaseCodeMistyped):
        check_case_code("".join(characters))


def test_neighbours_swapped_are_nearly_always_found() -> None:
    missed = 0
    for number in range(500):
        plain = new_case_code("53.01.08.2008", number.to_bytes(16)).replace("-", "")
        for place in range(8):
            swapped = plain[:place] + plain[place + 1] + plain[place] + plain[place + 2 :]
            if swapped != plain:
                try:
                    check_case_code(swapped)
                except CaseCodeMistyped:
                    continue
                missed += 1
    assert missed < 20


@pytest.mark.parametrize("typed", ["", "K7M2-9QXR", "K7M2-9QXR-SS", "U7M2-9QXR-S", "K7M2-9QXR-*", "Ñ7M2-9QXR-S"])
def test_what_is_no_code_is_refused(typed: str) -> None:
    with pytest.raises(CaseCodeUnreadable):
        check_case_code(typed)


@given(st.text(max_size=16))
def test_any_text_is_a_code_or_refused(typed: str) -> None:
    try:
        code = check_case_code(typed)
    except (CaseCodeUnreadable, CaseCodeMistyped):
        return
    assert check_case_code(code) == code


def test_the_code_depends_on_all_random_bytes_and_on_the_village() -> None:
    zeros = bytes(16)
    codes = {new_case_code("53.01.08.2008", zeros), new_case_code("53.01.08.2007", zeros)}
    codes |= {new_case_code("53.01.08.2008", bytes(place) + b"\1" + bytes(15 - place)) for place in range(16)}
    assert len(codes) == 18


def test_a_check_character_that_is_easily_misread_is_never_used() -> None:
    drawn = [new_case_code("53.01.08.2008", number.to_bytes(16)) for number in range(2000)]
    assert not {code[-1] for code in drawn} & set("ILOU")
    assert len(set(drawn)) == 2000


def test_too_few_random_bytes_are_a_bug() -> None:
    with pytest.raises(ValueError, match="15 random bytes"):
        new_case_code("53.01.08.2008", bytes(15))


def test_every_error_has_its_sentences() -> None:
    for error in (CaseCodeUnreadable(), CaseCodeMistyped()):
        for language in ("id", "en"):
            texts = explain_error(error, language)
            assert all(texts.values())
    example = re.search(r"\w{4}-\w{4}-\w", explain_error(CaseCodeUnreadable(), "id")["message"])
    assert example is not None
    assert check_case_code(example[0]) == example[0]
