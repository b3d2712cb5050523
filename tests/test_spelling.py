# SPDX-License-Identifier: GPL-3.0-or-later
"""One spelling for names that sound the same: the reforms of 1947 and 1972, letters that come and go, short forms."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from store_tools import LETTERS

from trafficwatch.store.spelling import fold, fold_start, plain, without_titles

OLD = {"u": "oe", "j": "dj", "y": "j", "c": "tj", "kh": "ch", "ny": "nj", "sy": "sj"}
WORDS = (
    "Suharto Sukarni Wahyudi Joko Cahyono Ahmad Syarifuddin Muhammad Fakhruddin Nurjanah Nyoman Sucipto Yohanes Yuliana"
    " Agustinus Fransiskus Khadijah Abidin Aisyah Panjaitan Rizky Wijaya Yusuf Mulyono Surya Cokroaminoto Dominikus"
    " Lusia Sunyoto Akhyar Masyhuri Jayadi Ujang Nyai Wayan Ketut Ayu Juanda Sanjaya Cucu Hidayatullah Syukur Mukhlis"
)


def old(word: str) -> str:
    """A word as it was written before 1947."""
    return re.sub("kh|ny|sy|[ujyc]", lambda found: OLD[found.group()], word.lower())


@pytest.mark.parametrize(
    "same",
    [
        "Soeharto Suharto",  # 1947
        "Soekarno Sukarno",
        "Boediono Budiono",
        "Djakarta Jakarta",  # 1972
        "Jogjakarta Yogyakarta",
        "Soerabaja Surabaya",
        "Tjirebon Cirebon",
        "Tjokroaminoto Cokroaminoto",
        "Achmad Akhmad Ahmad",
        "Chairil Khairil",
        "Njoman Nyoman",
        "Sjahrir Syahrir Shahrir",
        "Pandjaitan Panjaitan",
        "Soetjipto Sutjipto Sucipto",
        "Wahjoe Wahyu",
        "Joesoef Yusuf Jusuf",
        "Moeljono Mulyono",
        "Moh. Mohd Muh. Muhammad Muhamad Mohamad Mochamad Mochammad Mohammed",
        "Abd. Abdul Abdoel",
        "St. Siti Sitti",
        "Johanes Yohanes Yohanis Johannis",
        "Fatimah Fatima",
        "Aisyah Aisjah Aisya Aisah",
        "Maria Marya Mariya",
        "Setyawan Setiawan",
        "Suwardi Soeardi",
        "Zaenal Zainal",
        "Rizky Rizki Riski Rizqi",
        "Christina Kristina",
        "Stephanus Stefanus",
        "Theodorus Teodorus",
        "Budhi Budi",
        "Nurjannah Noerdjanah",
        "Ma'ruf Ma’ruf Maruf",
        "José Jose",
    ],
)
def test_one_name_in_many_spellings(same: str) -> None:
    names = same.split()
    assert len({fold(plain(name)[0]) for name in names}) == 1


@pytest.mark.parametrize(
    "others", ["Siti Sinta", "Maria Marta", "Budi Dedi", "Yohanes Yosef", "Ali Alo", "Bere Bria", "Ana Ina"]
)
def test_other_names_stay_apart(others: str) -> None:
    one, other = plain(others)
    assert fold(one) != fold(other)


@given(st.from_regex("[a-z]{1,16}", fullmatch=True))
def test_folding_again_changes_nothing(word: str) -> None:
    assert fold(fold(word)) == fold(word)
    assert fold_start(fold_start(word)) == fold_start(word)
    assert fold(word)


@given(st.text(LETTERS, max_size=30))
def test_plain_words_stay_plain(text: str) -> None:
    words = plain(text)
    assert plain(" ".join(words)) == words
    assert not any(set(word) & set(' "*=()') for word in words)


def test_a_name_is_the_same_as_it_was_written_before_the_reforms() -> None:
    for word in plain(WORDS):
        assert fold(old(word)) == fold(word), word


def test_titles_are_no_names() -> None:
    assert without_titles(plain("Hj. Siti Aminah")) == ["siti", "aminah"]
    assert without_titles(plain("Bapak H. Yohanes")) == ["yohanes"]
    assert without_titles(plain("Ibu")) == ["ibu"]
