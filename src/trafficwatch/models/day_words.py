# SPDX-License-Identifier: GPL-3.0-or-later
"""A day in words, as the opening of an Indonesian record of handing over has it. Pure.

`Sabtu, tanggal dua puluh satu, bulan November, tahun dua ribu dua puluh enam`: in words nobody can add a stroke to. In
English, where offices do not write so, `Saturday, 21 November 2026`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from trafficwatch.models.dates import PartialDate

if TYPE_CHECKING:
    from datetime import date

_WEEKDAYS = {
    "id": ("Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu", "Minggu"),
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
}
_SMALL = (
    *("", "satu", "dua", "tiga", "empat", "lima", "enam", "tujuh", "delapan", "sembilan"),
    *("sepuluh", "sebelas"),
)


def in_words(day: date, language: Literal["id", "en"]) -> str:
    """Weekday, day, month and year."""
    written = PartialDate.of(day).format(language)
    weekday = _WEEKDAYS[language][day.weekday()]
    if language == "en":
        return f"{weekday}, {written}"
    month = written.split()[1]
    return f"{weekday}, tanggal {number_words(day.day)}, bulan {month}, tahun {number_words(day.year)}"


def number_words(number: int) -> str:
    """An Indonesian number from 1 to 9999: `dua ribu dua puluh enam`."""
    if number < len(_SMALL):
        return _SMALL[number]
    if number < 20:
        return f"{_SMALL[number - 10]} belas"
    for size, unit in ((1000, "ribu"), (100, "ratus"), (10, "puluh")):
        count, rest = divmod(number, size)
        if count:
            first = f"se{unit}" if count == 1 else f"{number_words(count)} {unit}"
            return f"{first} {number_words(rest)}".strip()
    raise AssertionError
