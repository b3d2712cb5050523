# SPDX-License-Identifier: GPL-3.0-or-later
"""Finding people by names in any spelling, with typos, by numbers; an index that is never behind, and forgets."""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext, suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from store_tools import LETTERS, scratch, trained_store
from test_spelling import old

from trafficwatch.models.people import Person
from trafficwatch.registry.browse import residents, similar
from trafficwatch.registry.residents import record_person
from trafficwatch.store import finding, info, search
from trafficwatch.store.spelling import plain
from trafficwatch.store.work import Store, Work

VILLAGERS = (
    "Suharto Tirtonegoro|Sukarni Wahyudi|Joko Cahyono|Ahmad Syarifuddin|Muhammad Fakhruddin|Siti Nurjanah"
    "|Nyoman Sucipto|Yohanes Bere|Yuliana Nahabesi|Maria Goreti Tefa|Agustinus Seran|Fransiskus Klau|Kristina Abuk"
    "|Petrus Nenobais|Khadijah Lubis|Zainal Abidin|Aisyah Panjaitan|Rizky Wijaya|Yusuf Mulyono|Surya Cokroaminoto"
    "|Benediktus Un|Dominikus Taek|Stefanus Manafe|Theresia Koten|Bernadeta Hayon|Oktovianus Fallo|Melkianus Sanam"
    "|Lusia Kase"
)
NAMES = VILLAGERS.split("|")
PHONES = ("0812-3456-7890", "+62 813 9999 0000", "62852111222", "(0380) 821234")


@pytest.fixture(scope="module")
def village(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """A small village; tests that change it undo what they did."""
    with trained_store(tmp_path_factory.mktemp("village")) as store:
        with store.work() as work:
            for number, name in enumerate(NAMES):
                record_person(
                    work,
                    name=name,
                    nik=f"53010841019{number:05}",
                    kk_number=f"53710205060{number:05}",
                    phones={PHONES[number % len(PHONES)]: ""} if number < len(PHONES) else {},
                    address=f"Dusun {number % 4 + 1}, RT {number:02}",
                    birth_place="Atambua" if number == 3 else None,
                )
        yield store


def found(work: Work, text: str, limit: int = 50) -> list[str]:
    return [row.name for row in residents(work, text, 0, limit).rows]


def add(work: Work, *names: str) -> None:
    for name in names:
        record_person(work, name=name)


# -- finding -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", NAMES)
def test_by_name_words_beginnings_and_old_spelling(village: Store, name: str) -> None:
    with village.work() as work:
        for text in (name, name.upper(), " ".join(reversed(name.split())), " ".join(map(old, name.split()))):
            assert found(work, text)[0] == name, text
        for word in name.split():
            for text in (word, old(word), *(word[:end] for end in range(1, len(word)))):
                assert name in found(work, text), text


@pytest.mark.parametrize(("number", "name"), [*enumerate(NAMES)][:: len(NAMES) // 5])
def test_by_numbers_however_grouped(village: Store, number: int, name: str) -> None:
    nik, kk = f"53010841019{number:05}", f"53710205060{number:05}"
    with village.work() as work:
        for text in (nik, f"{nik[:6]}.{nik[6:12]}.{nik[12:]}", nik[-8:], kk, kk[:4] + " " + kk[4:]):
            assert name in found(work, text), text


@pytest.mark.parametrize(
    ("number", "texts"),
    [
        (0, ["081234567890", "0812 3456 7890", "+62812-3456-7890", "62 812 3456", "8123456", "34567890", "+62 (0)812"]),
        (1, ["0813", "081399990000", "+6281399990000", "62813", "9999 0000"]),
        (2, ["0852111", "62852111222", "+62 852"]),
        (3, ["0380821234", "(0380) 821", "821234"]),
    ],
)
def test_by_telephone(village: Store, number: int, texts: list[str]) -> None:
    with village.work() as work:
        for text in texts:
            assert found(work, text) == [NAMES[number]], text


def test_by_place_and_number_together(village: Store) -> None:
    with village.work() as work:
        assert found(work, "atambua") == [NAMES[3]]
        assert found(work, "dusun 1 rt 04") == [NAMES[4]]
        assert found(work, "suh 0812 dusun") == [NAMES[0]]
        assert found(work, "suh 0813") == []


@settings(max_examples=150)
@given(st.data())
def test_one_typo_in_a_long_word_still_finds(village: Store, data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(NAMES))
    words = plain(name)
    place = data.draw(st.sampled_from([place for place, word in enumerate(words) if len(word) >= 5]))
    word, letter = words[place], data.draw(st.sampled_from("abcdefghijklmnopqrstuvwxyz"))
    at = data.draw(st.integers(0, len(word) - 1))
    words[place] = data.draw(
        st.sampled_from(
            [
                word[:at] + letter + word[at:],
                word[:at] + letter + word[at + 1 :],
                word[:at] + word[at + 1 :],
                word[:at] + word[at : at + 2][::-1] + word[at + 2 :],
            ]
        )
    )
    with village.work() as work:
        assert name in found(work, " ".join(words)), words
        assert name in found(work, words[place]), words


def test_exact_ones_come_before_other_spellings_and_likely_typos(village: Store) -> None:
    with scratch(village) as work:
        add(work, "Wati Sulastri", "Ana Sulastri", "Soelastri", "Sulastry Dewi", "Sulasrti", "Endang Nursulastri")
        assert found(work, "sulastri") == [
            "Ana Sulastri",
            "Wati Sulastri",
            "Soelastri",
            "Sulastry Dewi",
            "Endang Nursulastri",
            "Sulasrti",
        ]
        assert found(work, "dewi sulastri") == ["Sulastry Dewi"]


def test_titles_may_be_missing(village: Store) -> None:
    with scratch(village) as work:
        add(work, "Hj. Rosmina", "Rosmina Taek")
        assert found(work, "hj rosmina") == ["Hj. Rosmina", "Rosmina Taek"]
        assert found(work, "rosmina") == ["Rosmina Taek", "Hj. Rosmina"]


def test_likely_ones_are_shown_only_while_few_are_found(village: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(finding, "ENOUGH", 2)
    with scratch(village) as work:
        add(work, "Marlina A", "Marlyna B", "Marlisa C")
        assert found(work, "marlina") == ["Marlina A", "Marlyna B"]
        assert sorted(found(work, "marlima")) == ["Marlina A", "Marlisa C", "Marlyna B"]


@pytest.mark.parametrize("many", [0, 3, 2_000])
@pytest.mark.parametrize("text", ["", "a", "s", "su", "dusun", "rt 1", "530108", "ab d", "5301 dusun", "kristna"])
def test_pages_together_are_everyone_once(
    village: Store, monkeypatch: pytest.MonkeyPatch, text: str, many: int
) -> None:
    monkeypatch.setattr(finding, "_MANY", 2_000)
    with village.work() as work:
        at_once = residents(work, text, 0, 1_000)
        monkeypatch.setattr(finding, "_MANY", many)
        pages = [residents(work, text, offset, 3) for offset in range(0, at_once.total + 3, 3)]
        assert residents(work, text, 0, 1_000).total == at_once.total
    ids = [row.id for page in pages for row in page.rows]
    assert {page.total for page in pages} == {at_once.total}
    assert len(ids) == len(set(ids)) == at_once.total
    assert set(ids) == {row.id for row in at_once.rows}
    if text != "kristna":
        assert ids == [row.id for row in at_once.rows]


@pytest.mark.parametrize(
    "text", ['"', "*", "a*b", "=", "NOT", "suharto OR maria", "^su", "{", "( )", "\0", "²", "محمد"]
)
def test_signs_are_only_signs(village: Store, text: str) -> None:
    with village.work() as work:
        residents(work, text)
        similar(work, text, None, text)


@settings(max_examples=40)
@given(st.text(LETTERS | st.sampled_from('"*=()-:^ 0128'), max_size=20))
def test_whatever_is_typed_is_answered(village: Store, text: str) -> None:
    with village.work() as work:
        page = residents(work, text)
        assert len(page.rows) == min(page.total, 50)
        similar(work, text)


def test_other_scripts_are_found(village: Store) -> None:
    with scratch(village) as work:
        add(work, "محمد علي", "陳大文")
        assert found(work, "محمد") == ["محمد علي"]
        assert found(work, "陳大") == ["陳大文"]


def test_duplicates_in_any_spelling(village: Store) -> None:
    with village.work() as work:
        for typed, name in (
            ("Soeharto Tirtonegoro", NAMES[0]),
            ("Tirtonegoro Suhatro", NAMES[0]),
            ("Moh. Fachruddin", NAMES[4]),
            ("Hj. St. Noerdjanah", NAMES[5]),
            ("Johanis Bere", NAMES[7]),
            ("Benediktus Uun", NAMES[20]),
        ):
            assert [row.name for row in similar(work, typed)] == [name], typed
        assert similar(work, "Suharto") == similar(work, "Xaverius Lein") == ()


# -- keeping in step ---------------------------------------------------------------------------------------------------


def everything(work: Work) -> dict[str, list[Any]]:
    """All that the index holds, without its numbers; FTS5 checks itself against the words it was given."""
    run = work.connection.exec_driver_sql
    run("INSERT INTO search_text (search_text, rank) VALUES ('integrity-check', 1)")
    people = "SELECT id, name, words, digits FROM search_person JOIN search_number USING (number) ORDER BY id"
    return {
        "people": [tuple(row) for row in run(people)],
        "words": [tuple(row) for row in run("SELECT * FROM search_word ORDER BY word")],
    }


@contextmanager
def undone(store: Store) -> Iterator[Work]:
    """A transaction that leaves no trace, and no savepoint: in one the index can't be made anew."""
    with suppress(_Undo), store.work() as work:
        yield work
        raise _Undo


class _Undo(Exception): ...


CHANGES = st.fixed_dictionaries(
    {},
    optional={
        "name": st.sampled_from([*NAMES, "Moh. Ali", "Él"]),
        "aliases": st.dictionaries(st.sampled_from(["Ina", "Soe", "Mama"]), st.sampled_from([True, None])),
        "phones": st.dictionaries(st.sampled_from(PHONES), st.sampled_from(["suami", None])),
        "nik": st.sampled_from(["5301080000000001", "53A1", None]),
        "address": st.sampled_from(["Jl. Ahmad Yani 112", "", None]),
        "deleted": st.sampled_from(["salah orang", None]),
    },
)


NEW = [f"Warga {number}" for number in range(4)]


@settings(max_examples=25)
@given(st.lists(st.tuples(st.integers(0, 3), CHANGES), max_size=8), st.integers(0, 4))
def test_the_index_says_what_the_records_say(
    village: Store, steps: list[tuple[int, dict[str, Any]]], known: int
) -> None:
    """Whether people are put into it one by one, or those who are not `known` yet all at once."""
    with undone(village) as work:
        ids = [record_person(work, name=name).person.id for name in NEW[:known]]
        with work.records.index.later() if known < len(NEW) else nullcontext():
            ids += [record_person(work, name=name).person.id for name in NEW[known:]]
            for person, changes in steps:
                work.write(Person, ids[person], **changes)
        in_step = everything(work)
        info.put(work.connection, {"search": None})
        assert search.ensure(work.connection)
        assert everything(work) == in_step


def test_the_deleted_are_not_found_and_come_back(village: Store) -> None:
    with scratch(village) as work:
        person = residents(work, "atambua").rows[0].id
        work.write(Person, person, deleted="salah orang")
        assert (found(work, NAMES[3]), found(work, "atambua")) == ([], [])
        assert NAMES[3] not in [row.name for row in similar(work, NAMES[3])]
        work.write(Person, person, deleted=None)
        assert found(work, "atambua") == [NAMES[3]]


def test_who_is_forgotten_leaves_nothing(tmp_path: Path) -> None:
    with trained_store(tmp_path) as store:
        with store.work() as work:
            add(work, *NAMES)
            before = everything(work)
        for _ in range(2):
            with store.work() as work:
                person = record_person(
                    work, name="Qwertyx Zyxwvut", address="Jalan Plokijuh", phones={"0898-7654-3210": ""}
                ).person.id
                assert found(work, "qwerty plokij") == ["Qwertyx Zyxwvut"]
            assert {b"qwert", b"zyxw", b"plok"} <= traces(store)
            with store.work() as work:
                search.forget(work.connection, person)
                search.forget(work.connection, person)
                assert everything(work) == before
                assert found(work, "qwertyx") == []
            assert traces(store) == set()


def traces(store: Store) -> set[bytes]:
    """What is left in the index, whole or in part, of the one who is forgotten."""
    left = set()
    with store.work() as work:
        for table in ("search_text_data", "search_text_idx", "search_person", "search_number", "search_word"):
            for row in work.connection.exec_driver_sql(f"SELECT * FROM {table}"):
                kept = b" ".join(part if isinstance(part, bytes) else str(part).encode() for part in row)
                left |= {trace for trace in (b"qwert", b"wertyx", b"zyxw", b"plok", b"98765") if trace in kept}
    return left


def test_it_is_made_anew_when_missing_or_of_another_version(village: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[tuple[int, int]] = []
    with undone(village) as work:
        before = everything(work)
        assert not search.ensure(work.connection)
        monkeypatch.setattr(search, "VERSION", search.VERSION + 1)
        monkeypatch.setattr(search, "_AT_ONCE", 10)
        assert search.ensure(work.connection, lambda *so_far: told.append(so_far))
        assert everything(work) == before
    monkeypatch.undo()
    assert told == [(10, 28), (20, 28), (28, 28)]
    with village.work() as work:
        assert everything(work) == before
        assert info.get(work.connection, "search") == search.VERSION


def test_a_new_store_has_one(tmp_path: Path) -> None:
    with trained_store(tmp_path) as store:
        with store.work() as work, work.tried():
            add(work, "Maria Tefa")
            assert found(work, "tefa") == ["Maria Tefa"]
        with store.work() as work:
            add(work, "Maria Bere")
        with store.work() as work:
            assert (found(work, "maria"), found(work, "")) == (["Maria Bere"], ["Maria Bere"])


def test_thousands_come_and_go(tmp_path: Path) -> None:
    """Enough for FTS5 to merge and to delete inside of its pages."""
    chance = random.Random(3)
    with trained_store(tmp_path) as store, store.work() as work:
        words = ["".join(pair) for pair in itertools.product(["ba", "ce", "di", "go"], ["nur", "lis", "tem", "yah"])]
        ids = []
        for _ in range(400):
            name = " ".join(chance.sample(words, 3))
            ids.append(record_person(work, name=name).person.id)
        for person in chance.sample(ids, 250):
            search.forget(work.connection, person)
        left = everything(work)
        assert len(left["people"]) == 150
        for word in words:
            holders = {of_id for of_id, _, of_words, _ in left["people"] if word in of_words.split()}
            exact = finding.find(work.connection, word, 0, 1_000).ids[: len(holders)]
            assert set(exact) == holders
