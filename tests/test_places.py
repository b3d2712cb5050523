# SPDX-License-Identifier: GPL-3.0-or-later
"""Places: the data file, codes and the search."""

from __future__ import annotations

import subprocess
import sys
import time
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trafficwatch.models.places import Place, PlaceKind, UnknownPlace, dotted, kind_of
from trafficwatch.resources import resource
from trafficwatch.texts import explain_error
from trafficwatch.village import places as module
from trafficwatch.village.places import Places, fold, plain

NOELBAKI = "53.01.08.2008"
PLACES = Places.load()
PLACES.get(NOELBAKI)


def names(query: str, **options: int | str) -> list[str]:
    return [place.name for place in PLACES.search(query, **options)]  # type: ignore[arg-type]


def first(query: str, **options: int | str) -> str:
    found = PLACES.search(query, **options)  # type: ignore[arg-type]
    return found[0].code if found else ""


def test_the_file_holds_the_whole_country_and_its_notice() -> None:
    index = PLACES._index
    levels = Counter(code.count(".") for code in index.areas)
    assert (levels[0], levels[1], levels[2], len(index.codes)) == (38, 514, 7_285, 83_762)
    assert resource("wilayah.csv.xz").stat().st_size < 520_000
    notice = resource("wilayah.NOTICE.md").read_text("utf-8")
    assert all(word in notice for word in ("ODbL", "idn-area-data 4.0.1", "Share-alike", "opendatacommons.org"))


def test_every_village_has_its_path_and_kind() -> None:
    index = PLACES._index
    kinds: Counter[str] = Counter()
    for number in range(0, len(index.codes), 7):
        place = PLACES.get(index.code(number))
        assert place.code == index.code(number)
        assert place.kind is kind_of(place.code)
        assert all((place.desa, place.kecamatan, place.kabupaten, place.provinsi))
        kinds[place.kind] += 1
    assert set(kinds) == {"desa", "kelurahan", "desa_adat"}


def test_a_kabupaten_or_kota_is_named_as_its_code_says() -> None:
    for code, name in PLACES._index.areas.items():
        if code.count(".") == 1:
            word = "Kota" if kind_of(code) is PlaceKind.KOTA else "Kabupaten"
            assert name.startswith(word), code


def test_a_place_by_code() -> None:
    place = PLACES.get(NOELBAKI)
    assert place == Place(
        NOELBAKI, PlaceKind.DESA, "Nusa Tenggara Timur", "Kabupaten Kupang", "Kupang Tengah", "Noelbaki"
    )
    assert place.path == "Noelbaki, Kec. Kupang Tengah, Kab. Kupang, Nusa Tenggara Timur"
    assert PLACES.get("5301082008") == place
    assert place.lies_in("53.01")
    assert place.lies_in(NOELBAKI)
    assert not place.lies_in("53.0")


@pytest.mark.parametrize(
    ("code", "name", "path", "kind"),
    [
        ("53", "Nusa Tenggara Timur", "Nusa Tenggara Timur", "provinsi"),
        ("53.01", "Kabupaten Kupang", "Kab. Kupang, Nusa Tenggara Timur", "kabupaten"),
        ("5371", "Kota Kupang", "Kota Kupang, Nusa Tenggara Timur", "kota"),
        ("53.01.08", "Kupang Tengah", "Kec. Kupang Tengah, Kab. Kupang, Nusa Tenggara Timur", "kecamatan"),
        ("91.03.01", "Sentani", "Distrik Sentani, Kab. Jayapura, Papua", "kecamatan"),
        (
            "91.03.01.3007",
            "Desa Adat Yoboi",
            "Desa Adat Yoboi, Distrik Sentani, Kab. Jayapura, Papua",
            "desa_adat",
        ),
    ],
)
def test_areas_of_every_level(code: str, name: str, path: str, kind: str) -> None:
    place = PLACES.get(code)
    assert (place.name, place.path, place.kind) == (name, path, kind)


@pytest.mark.parametrize(
    "code",
    ["", "99", "53.99", "53.01.99", "53.01.08.2999", "97.01.01.2001", "5", "53.01.08.9001", "a", "53.01.08.20081"],
)
def test_an_unknown_code_is_refused(code: str) -> None:
    with pytest.raises(UnknownPlace) as caught:
        PLACES.get(code)
    assert all(explain_error(caught.value, "id").values())
    assert all(explain_error(caught.value, "en").values())


def test_a_code_with_other_dots_is_not_a_code() -> None:
    with pytest.raises(UnknownPlace):
        kind_of("5301")
    assert dotted("5301") == "53.01"


@pytest.mark.parametrize(
    "query",
    [
        "noelbaki",
        "NOELBAKI",
        "  Noelbaki. ",
        "noelbak",
        "noel",
        "Nóelbaki",
        "Nulbaki",
        "noel baki",
        "nolbaki",
        "noelbkai",
        "noelbaki kupang",
        "noelbaki koepang",
        "noelbaki ntt",
        "noelbaki kec kupang tengah",
        "noelbeki kupang",
        "noelbaki kupng",
        "kupang noelbaki",
        "kupng noelbaki",
        "Desa Noelbaki",
        "Desa Noelbaki, Kec. Kupang Tengah, Kab. Kupang, Nusa Tenggara Timur",
        NOELBAKI,
        "5301082008",
    ],
)
def test_noelbaki_is_found_first(query: str) -> None:
    assert first(query, near="53.01.08.2001") == NOELBAKI


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("djatinegara", "Jatinegara"),
        ("tandjoeng priok", "Tanjung Priok"),
        ("bodjonegoro", "Bojonegoro"),
        ("ja`an", 'Ja"an'),
        ("desa adat yoboi", "Desa Adat Yoboi"),
        ("kota baru", "Kota Baru"),
    ],
)
def test_other_spellings(query: str, name: str) -> None:
    assert names(query)[0] == name


def test_spellings_that_are_one() -> None:
    for old, new in (
        ("Koepang", "Kupang"),
        ("Tjiledoeg", "Ciledug"),
        ("Djokja", "Jokya"),
        ("Achmad", "Akhmad"),
        ("Suka Maju", "Sukamaju"),
    ):
        assert fold(old) == fold(new)
    assert fold("Kupang") != fold("Kepung")
    assert plain("  Nóel-Ba’aki (TIMUR) ") == "noel baaki timur"


def test_likenesses_are_offered_only_when_the_name_was_not_found() -> None:
    assert names("noelbaki") == ["Noelbaki"]
    assert names("sangkanmani") == ["Sangkanmanik", "Sangkanwangi"]


def test_a_whole_path_is_read_as_a_name_before_the_comma() -> None:
    readings = PLACES._before_comma("Desa Noelbaki, Kec. Kupang Tengah, NTT")
    assert [reading.name for reading in readings] == ["desa noelbaki", "noelbaki"]
    assert PLACES._before_comma("noelbaki kupang") == PLACES._before_comma(", kupang") == []


def test_the_name_itself_comes_before_longer_ones_and_other_spellings_come_too() -> None:
    found = names("sukamaju", limit=2000)
    assert found.index("Sukamaju") < found.index("Suka Maju") < found.index("Sukamaju Baru")
    assert "Suka Maju" in names("suka madjoe", limit=200)


def test_later_words_of_a_name_are_found() -> None:
    assert "Kampung Baru" in names("baru", limit=3000)


def test_the_own_surroundings_come_first() -> None:
    near = PLACES.search("sidomulyo", near="35.01.01.2001")
    assert [place.lies_in("35.01") for place in near[:2]] == [True, True]
    assert not PLACES.search("sidomulyo")[0].lies_in("35.01")
    assert all(place.lies_in("53.01") for place in PLACES.search("oe", near="53.01")[:5])


def test_a_place_narrowed_to_where_it_does_not_lie_is_not_claimed() -> None:
    assert NOELBAKI not in [place.code for place in PLACES.search("noelbaki jawa")]


def test_the_first_digits_of_a_code() -> None:
    found = PLACES.search("53.01.08")
    assert found
    assert all(place.lies_in("53.01.08") for place in found)
    assert len(PLACES.search("53", limit=7)) == 7
    assert PLACES.search("99") == []


@pytest.mark.parametrize("query", ["", " ", "?!", "zzzzqqqq", "5", "xqzw kupang"])
def test_nothing_found(query: str) -> None:
    assert PLACES.search(query, limit=5) == [] or query == "5"


def test_a_letter_is_enough_to_begin() -> None:
    found = PLACES.search("n", limit=5)
    assert len(found) == 5
    assert all(plain(place.name).startswith("n") for place in found)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 83_761))
def test_every_village_is_found_by_its_own_path(number: int) -> None:
    place = PLACES.get(PLACES._index.code(number))
    assert place.code in [found.code for found in PLACES.search(place.path, limit=5, near=place.code)]
    assert plain(place.name) in [plain(found.name) for found in PLACES.search(place.name, limit=5)]


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=30) | st.from_regex(r"\A[a-z0-9. ]{0,20}\Z"), st.integers(0, 5))
def test_any_query_is_answered(query: str, limit: int) -> None:
    found = PLACES.search(query, limit=limit)
    assert len(found) <= limit
    assert len({place.code for place in found}) == len(found)


@given(st.text(max_size=40))
def test_plain_and_folded_texts_stay_as_they_are(text: str) -> None:
    assert plain(plain(text)) == plain(text)
    assert fold(plain(text)) == fold(text)


def test_loading_costs_nothing_and_reading_little() -> None:
    script = (
        "import sys, time; from trafficwatch.village.places import Places; lazy = 'rapidfuzz' not in sys.modules;"
        "a = time.process_time(); p = Places.load(); b = time.process_time(); p.get('53'); c = time.process_time();"
        "print(lazy and 'rapidfuzz' not in sys.modules, b - a < 0.01, c - b)"
    )
    seconds = []
    for _ in range(3):
        done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
        lazy, cheap, taken = done.stdout.split()
        assert (lazy, cheap) == ("True", "True")
        seconds.append(float(taken))
    assert min(seconds) < 0.4


def test_a_search_is_fast_enough_to_type_along() -> None:
    PLACES.search("noelbeki kupang")
    slowest = 0.0
    for query in ("n", "no", "noe", "noelb", "noelbaki", "noelbeki", "noelbaki kupang", "zzzzqqqq"):
        best = min(_seconds(query) for _ in range(3))
        slowest = max(slowest, best)
    assert slowest < 0.5


def _seconds(query: str) -> float:
    start = time.process_time()
    PLACES.search(query)
    return time.process_time() - start


def test_memory_stays_small() -> None:
    index = PLACES._index
    held = (index.codes, index.names, index.name_starts, index.plain.text, index.plain.starts, index.folded.text)
    assert sum(sys.getsizeof(part) for part in held) < 6_000_000


def test_a_short_name_may_differ_by_one_letter_only() -> None:
    assert module._slips("oesao") == 1
    assert module._slips("noelbaki") == 2
