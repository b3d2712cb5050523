# SPDX-License-Identifier: GPL-3.0-or-later
"""Partial dates: what people type, what is stored, and how old somebody is."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trafficwatch.models import dates
from trafficwatch.models.dates import (
    FIRST_YEAR,
    LAST_YEAR,
    UNKNOWN,
    ImpossibleDate,
    NoSuchDay,
    NoSuchMonth,
    PartialDate,
    Precision,
    UnreadableDate,
    YearOutOfRange,
)
from trafficwatch.texts import explain_error

DAYS = st.dates(date(FIRST_YEAR, 1, 1), date(LAST_YEAR, 12, 31))


@st.composite
def partial_dates(draw: st.DrawFn) -> PartialDate:
    day = draw(DAYS)
    known = draw(st.sampled_from(list(Precision)))
    if known is Precision.UNKNOWN:
        return UNKNOWN
    return PartialDate(
        day.year,
        day.month if known is not Precision.YEAR else None,
        day.day if known is Precision.DAY else None,
        about=draw(st.booleans()),
    )


@pytest.mark.parametrize(
    ("typed", "edtf"),
    [
        ("17-5-1990", "1990-05-17"),
        ("17/05/1990", "1990-05-17"),
        ("17.5.1990", "1990-05-17"),
        ("17 Mei 1990", "1990-05-17"),
        ("17-MEI-1990", "1990-05-17"),
        ("tgl. 17 bulan Mei tahun 1990", "1990-05-17"),
        ("1990-05-17", "1990-05-17"),
        ("1990/5/17", "1990-05-17"),
        ("Mei 1990", "1990-05"),
        ("5-1990", "1990-05"),
        ("1990-05", "1990-05"),
        ("1990", "1990"),
        ("  tahun 1990 ", "1990"),
        ("sekitar 1990", "1990~"),
        ("kira-kira 1990", "1990~"),
        ("k.l. 1990", "1990~"),
        ("±1990", "1990~"),
        ("1990~", "1990~"),
        ("sekitar Mei 1990", "1990-05~"),
        ("about 17 May 1990", "1990-05-17~"),
        ("17 Pebruari 1990", "1990-02-17"),
        ("1 Nopember 1960", "1960-11-01"),
        ("2 Djuni 1950", "1950-06-02"),
        ("29-2-2000", "2000-02-29"),
        ("", ""),
        (" - ", ""),
        ("tidak tahu", ""),
    ],
)
def test_what_people_type_is_read(typed: str, edtf: str) -> None:
    assert PartialDate.parse(typed).edtf == edtf


@pytest.mark.parametrize(
    ("typed", "error", "params"),
    [
        ("31-2-1990", NoSuchDay, {"day": 31, "last": 28}),
        ("31 Feb 1992", NoSuchDay, {"day": 31, "last": 29}),
        ("29-2-1900", NoSuchDay, {"day": 29, "last": 28}),
        ("0-5-1990", NoSuchDay, {"day": 0, "last": 31}),
        ("1-13-1990", NoSuchMonth, {"month": 13}),
        ("1990-00", NoSuchMonth, {"month": 0}),
        ("1899", YearOutOfRange, {"first": 1900, "last": 2100}),
        ("2101-01-01", YearOutOfRange, {"first": 1900, "last": 2100}),
        ("17-5-90", UnreadableDate, {}),
        ("17051990", UnreadableDate, {}),
        ("Mei", UnreadableDate, {}),
        ("17 Meimei 1990", UnreadableDate, {}),
        ("sekitar", UnreadableDate, {}),
        ("~", UnreadableDate, {}),
        ("kemarin dulu", UnreadableDate, {}),
    ],
)
def test_what_is_no_date_is_refused_with_its_reason(typed: str, error: type[ImpossibleDate], params: object) -> None:
    with pytest.raises(ImpossibleDate) as caught:
        PartialDate.parse(typed)
    assert type(caught.value) is error
    assert caught.value.params == params


@pytest.mark.parametrize(
    "stored", ["1990-5-17", "1990-05-17T00:00", "199X", "1990?", "17-05-1990", "~", "1990-05-17\n"]
)
def test_other_stored_forms_are_refused(stored: str) -> None:
    with pytest.raises(UnreadableDate):
        PartialDate.from_edtf(stored)


@pytest.mark.parametrize(
    "parts", [{"month": 5}, {"day": 3}, {"about": True}, {"year": 1990, "day": 3}, {"month": 1, "day": 1}]
)
def test_a_part_without_the_larger_one_is_refused(parts: dict[str, int]) -> None:
    with pytest.raises(UnreadableDate):
        PartialDate(**parts)  # type: ignore[arg-type]


def test_every_error_has_its_sentences() -> None:
    for error in (
        ImpossibleDate(),
        UnreadableDate(),
        YearOutOfRange(first=1900, last=2100),
        NoSuchMonth(month=13),
        NoSuchDay(day=31, last=28),
    ):
        for language in ("id", "en"):
            assert all(explain_error(error, language).values())


@given(partial_dates())
def test_the_stored_form_comes_back(partial: PartialDate) -> None:
    assert PartialDate.from_edtf(partial.edtf) == partial


@given(partial_dates(), st.sampled_from(["id", "en"]))
def test_words_can_be_typed_again(partial: PartialDate, language: str) -> None:
    words = partial.format("id" if language == "id" else "en")
    assert PartialDate.parse(words) == partial
    assert PartialDate.parse(words.upper()) == partial
    assert PartialDate.parse(partial.edtf) == partial


@given(st.text() | st.from_regex(r"\A[0-9a-z ~./-]{0,14}\Z"))
def test_any_text_is_read_or_refused(typed: str) -> None:
    try:
        partial = PartialDate.parse(typed)
    except ImpossibleDate:
        return
    assert PartialDate.from_edtf(partial.edtf) == partial


def test_words() -> None:
    assert PartialDate(1990, 5, 17).format() == "17 Mei 1990"
    assert PartialDate(1990, 5, 17).format("en") == "17 May 1990"
    assert PartialDate(1990, 8, about=True).format() == "sekitar Agustus 1990"
    assert UNKNOWN.format() == "tidak diketahui"
    assert UNKNOWN.format("en") == "unknown"


def test_precision() -> None:
    typed = ["17-5-1990", "Mei 1990", "1990", "sekitar 1990", ""]
    assert [PartialDate.parse(text).precision for text in typed] == ["day", "month", "year", "year", "unknown"]


@pytest.mark.parametrize(
    ("edtf", "earliest", "latest"),
    [
        ("1990-05-17", "1990-05-17", "1990-05-17"),
        ("1990-05-17~", "1990-05-02", "1990-06-01"),
        ("1992-02", "1992-02-01", "1992-02-29"),
        ("1990-12", "1990-12-01", "1990-12-31"),
        ("1990-01~", "1989-10-01", "1990-04-30"),
        ("1990-12~", "1990-09-01", "1991-03-31"),
        ("1990", "1990-01-01", "1990-12-31"),
        ("1990~", "1988-01-01", "1992-12-31"),
    ],
)
def test_the_days_it_can_be(edtf: str, earliest: str, latest: str) -> None:
    partial = PartialDate.from_edtf(edtf)
    assert (str(partial.earliest()), str(partial.latest())) == (earliest, latest)


def test_an_unknown_date_has_no_days_and_no_age() -> None:
    assert UNKNOWN.earliest() is None
    assert UNKNOWN.latest() is None
    assert UNKNOWN.age_on(date(2026, 1, 1)) is None
    assert UNKNOWN.is_under(18, date(2026, 1, 1)) is None


def test_a_child_born_on_29_february_stays_a_child_until_1_march() -> None:
    born = PartialDate(2008, 2, 29)
    assert born.is_under(18, date(2026, 2, 28)) is True
    assert born.is_under(18, date(2026, 3, 1)) is False
    assert born.age_on(date(2026, 2, 28)) == 17


@pytest.mark.parametrize(
    ("edtf", "on", "ages", "age", "child"),
    [
        ("2008-11-21", "2026-11-20", (17, 17), 17, True),
        ("2008-11-21", "2026-11-21", (18, 18), 18, False),
        ("2008", "2026-06-01", (17, 18), None, None),
        ("2008", "2026-12-31", (18, 18), 18, False),
        ("2008-06", "2026-05-31", (17, 17), 17, True),
        ("2010~", "2026-06-01", (13, 18), None, None),
        ("2012~", "2026-06-01", (11, 16), None, True),
        ("1946~", "2026-06-01", (77, 82), None, False),
        ("2026", "2026-06-01", (0, 0), 0, True),
        ("2027", "2026-06-01", None, None, None),
    ],
)
def test_ages(edtf: str, on: str, ages: tuple[int, int] | None, age: int | None, child: bool | None) -> None:
    born, day = PartialDate.from_edtf(edtf), date.fromisoformat(on)
    assert born.age_range_on(day) == ages
    assert born.age_on(day) == age
    assert born.is_under(18, day) is child


@given(partial_dates(), DAYS)
def test_no_possible_birthday_gives_an_age_outside_the_range(born: PartialDate, on: date) -> None:
    ages, first, last = born.age_range_on(on), born.earliest(), born.latest()
    if ages is None:
        assert first is None or first > on
        return
    assert first is not None
    assert last is not None
    for day in (first, first + (last - first) // 2, last):
        if FIRST_YEAR <= day.year <= LAST_YEAR and day <= on:
            age = PartialDate.of(day).age_on(on)
            assert age is not None
            assert ages[0] <= age <= ages[1]


@given(DAYS, st.integers(0, 120))
def test_a_year_is_completed_on_the_birthday(born: date, years: int) -> None:
    leapling = (born.month, born.day) == (2, 29)
    birthday = date(born.year + years, 3, 1) if leapling else born.replace(year=born.year + years)
    partial = PartialDate.of(born)
    if not leapling or birthday != date(born.year, 3, 1):
        assert partial.age_on(birthday) == years
    if years:
        assert partial.age_on(birthday - timedelta(2)) == years - 1


def test_every_month_name_is_known() -> None:
    assert sorted(set(dates._MONTH_OF.values())) == list(range(1, 13))
    for names in dates._MONTHS.values():
        assert [dates._MONTH_OF[name.casefold()] for name in names] == list(range(1, 13))
