# SPDX-License-Identifier: GPL-3.0-or-later
"""The questionnaires as data: complete against the sources, sound, in both languages, fit to be read aloud."""

from __future__ import annotations

import copy
import json
import re
import shutil
from typing import TYPE_CHECKING, Any

import pytest

from trafficwatch.models.screening import Element, Kind, Mode, Risk, UnknownCodeError
from trafficwatch.resources import resource
from trafficwatch.screening import questionnaires
from trafficwatch.screening.coverage import coverage, inventory
from trafficwatch.screening.questionnaires import BrokenQuestionnaireError, UnknownQuestionnaireError, parse

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from trafficwatch.models.screening import Entry

QUESTIONNAIRE = questionnaires.newest()
RULES = questionnaires.rules(QUESTIONNAIRE.rules)
ENTRIES = {entry.code: entry for entry in QUESTIONNAIRE.entries}
COVERED = {covered.list.code: covered for covered in coverage(inventory(), QUESTIONNAIRE)}


@pytest.mark.parametrize(
    ("name", "count"),
    [("labour", 43), ("general", 11), ("terms", 25), ("child_forms", 6), ("places", 8), ("case", 1)],
)
def test_every_indicator_has_a_question(name: str, count: int) -> None:
    assert len(COVERED[name].rows) == count
    assert COVERED[name].gaps == ()


def test_the_sexual_list_shows_its_gaps() -> None:
    assert len(COVERED["sexual"].rows) == 48
    assert {item.id for item in COVERED["sexual"].gaps} == {
        *("S-TUJ-1", "S-TUJ-2", "S-TUJ-3", "S-TUJ-4B", "S-FORCE-3", "S-MOVE-3", "S-WAGE-1", "S-DEC-1")
    }


def test_entries_name_only_indicators_of_the_inventory() -> None:
    known = {item.id for indicators in inventory() for item in indicators.items}
    assert {number for entry in QUESTIONNAIRE.entries for number in entry.indicators} <= known


def test_a_fact_that_stands_twice_is_asked_once() -> None:
    places = {code: {(place.element.value, place.group) for place in ENTRIES[code].places} for code in ENTRIES}
    assert places["L-CAR-DEBT-1"] == {("proses", "recruitment"), ("cara", "debt")}
    assert places["L-CAR-THREAT-1"] == {("proses", "transport"), ("cara", "threat"), ("cara", "force")}
    assert places["L-PRO-STAY-1"] == {("proses", "reception"), ("cara", "movement")}
    assert places["L-TUJ-3"] == places["L-TUJ-4"] == {("tujuan", "work"), ("cara", "wages")}
    numbers = [number for entry in QUESTIONNAIRE.entries for number in entry.indicators if number[:2] in {"L-", "S-"}]
    assert len(numbers) == len(set(numbers))


def test_the_labour_list_makes_36_questions() -> None:
    assert sum(any(number.startswith("L-") for number in entry.indicators) for entry in QUESTIONNAIRE.entries) == 36


def test_context_is_circumstances_alone() -> None:
    """Lives at work, little schooling, irregular status, minority, dependence; the stage and the border beside them."""
    assert {entry.code for entry in QUESTIONNAIRE.entries if entry.kind is Kind.CONTEXT} == {
        *("L-PRO-STAY-1", "L-CAR-VULN-1", "L-CAR-VULN-2", "L-CAR-VULN-3", "L-CAR-VULN-4", "S-CAR-VULN-5"),
        *("C-BEFORE", "C-CROSS"),
    }


def test_the_law_is_asked_term_by_term() -> None:
    asked = {e: [x.term for x in QUESTIONNAIRE.entries if x.term and x.element is e] for e in Element}
    assert len(asked[Element.PROSES]) == 6
    assert len(asked[Element.CARA]) == 11
    assert {"perekrutan", "pengangkutan", "penampungan", "pengiriman", "pemindahan", "penerimaan"} == set(
        asked[Element.PROSES]
    )
    assert all(entry.law for entry in QUESTIONNAIRE.entries if entry.kind is Kind.ELEMENT)


def test_triage_knows_the_dangers() -> None:
    dangers = {entry.code: entry.risk for entry in QUESTIONNAIRE.entries if entry.kind is Kind.TRIAGE}
    assert {code for code, risk in dangers.items() if risk is Risk.HIGH} == {
        *("T-CHILD", "T-HURT", "T-HELD", "T-MEDICAL", "T-SUICIDE", "T-REACH", "T-SEXUAL", "T-ORGAN")
    }
    assert {code for code, risk in dangers.items() if risk is Risk.MEDIUM} == {"T-LEAVE", "T-FAMILY", "T-DEPEND"}
    for text in (ENTRIES["T-LEAVE"].text.id, ENTRIES["T-LEAVE"].text.en):
        assert f" {RULES.departure_days} " in text


@pytest.mark.parametrize("entry", QUESTIONNAIRE.entries, ids=lambda entry: entry.code)
def test_an_entry_can_be_read_aloud(entry: Entry) -> None:
    assert entry.source
    assert entry.text.id.startswith("Apakah ")
    for text in (entry.text.id, entry.text.en):
        assert text.endswith("?")
        assert text.count("?") == 1
        assert len(text) <= 110
    assert entry.help.id.startswith("Contoh: ")
    assert entry.help.en.startswith("Example: ")
    for short in (entry.short.id, entry.short.en):
        assert not short.endswith((".", "?"))
        assert short[0].islower()
    assert not re.search(
        r"\b(korban|pelaku|bersalah|mengaku|victim|guilty)\b", f"{entry.text.id} {entry.text.en}".lower()
    )
    assert not re.search(r"^Apakah (\w+ )?(tidak|belum|bukan)\b", entry.text.id), "yes to a negated question is unclear"


def test_what_only_eyes_can_answer_is_not_read_aloud() -> None:
    for entry in QUESTIONNAIRE.entries:
        assert (entry.mode is Mode.OBSERVE) == bool(
            re.match(r"Apakah (ada tanda|ceritanya|bertingkah|surat identitasnya|tampak|terlihat)", entry.text.id)
        ), entry.code


def test_every_constant_of_the_rules_is_cited() -> None:
    constants = set(json.loads(resource("questionnaires", "rules-1.json").read_bytes())) - {
        *("id", "version", "duties", "citations")
    }
    assert {citation.rule for citation in RULES.citations} == constants
    assert len(RULES.citations) == len(constants)
    for citation in RULES.citations:
        assert citation.source
        assert citation.text.id
        assert citation.text.en
    assert all(duty.source for duty in RULES.duties)


def test_data_files_hold_nothing_that_the_models_do_not_read() -> None:
    allowed = {
        *("code", "kind", "text", "short", "help", "source", "places", "mode", "term", "law"),
        *("indicators", "asks", "risk", "lookalike", "max_age", "sex"),
    }
    for part in json.loads(resource("questionnaires", "screening-1.json").read_bytes())["parts"]:
        for entry in json.loads(resource("questionnaires", f"screening-1.{part}.json").read_bytes()):
            assert set(entry) <= allowed, entry["code"]
            assert all(set(place) <= {"element", "group", "form", "max_age"} for place in entry.get("places", []))
            assert all(set(entry[words]) == {"id", "en"} for words in ("text", "short", "help"))


def test_the_newest_is_found_by_name() -> None:
    assert QUESTIONNAIRE.ref == "screening@1"
    assert questionnaires.get("screening@1") is QUESTIONNAIRE


@pytest.mark.parametrize(
    "ref", ["screening@2", "screening@0", "screening", "", "../rules@1", "rules@1", "screening-1.triage@1", "x" * 99]
)
def test_an_unknown_questionnaire_is_refused_by_name(ref: str) -> None:
    with pytest.raises(UnknownQuestionnaireError) as caught:
        questionnaires.get(ref)
    assert caught.value.params == {"ref": ref[:40]}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder of our own with copies of the shipped files."""
    shutil.copytree(resource("questionnaires"), tmp_path, dirs_exist_ok=True)
    monkeypatch.setattr(questionnaires, "_folder", lambda: tmp_path)
    questionnaires.get.cache_clear()
    yield tmp_path
    questionnaires.get.cache_clear()


def _put(folder: Path, version: int, **changes: object) -> None:
    head = json.loads((folder / "screening-1.json").read_bytes()) | {"version": version, **changes}
    (folder / f"screening-{version}.json").write_text(json.dumps(head), "utf-8")
    for part in head["parts"]:
        shutil.copy(folder / f"screening-1.{part}.json", folder / f"screening-{version}.{part}.json")


def test_ten_is_newer_than_nine(folder: Path) -> None:
    for version in (9, 10):
        _put(folder, version)
    assert questionnaires.newest().version == 10
    assert questionnaires.get("screening@1").entries == QUESTIONNAIRE.entries


def test_a_file_under_another_name_is_refused(folder: Path) -> None:
    _put(folder, 2, id="interview")
    with pytest.raises(BrokenQuestionnaireError) as caught:
        questionnaires.get("screening@2")
    assert caught.value.params == {"problem": "screening@2: calls itself interview@2"}


def test_a_name_without_any_version_is_refused() -> None:
    with pytest.raises(UnknownQuestionnaireError):
        questionnaires.newest("interview")


def test_an_unknown_code_is_refused_by_name() -> None:
    assert QUESTIONNAIRE.entry("G-01") is ENTRIES["G-01"]
    with pytest.raises(UnknownCodeError) as caught:
        QUESTIONNAIRE.entry("Q-99")
    assert caught.value.params == {"code": "Q-99"}


SOUND: dict[str, Any] = {
    "id": "small",
    "version": 1,
    "title": {"id": "Kecil", "en": "Small"},
    "rules": "rules@1",
    "groups": [
        {"code": "recruitment", "element": "proses", "label": {"id": "a", "en": "a"}, "asks": ["E-1"]},
        {"code": "work", "element": "tujuan", "label": {"id": "a", "en": "a"}},
    ],
    "entries": [
        {
            "code": "E-1",
            "kind": "element",
            "source": "x",
            "term": "perekrutan",
            "law": ["x"],
            "places": [{"element": "proses", "group": "recruitment"}],
            **{name: {"id": "a", "en": "a"} for name in ("text", "short", "help")},
        },
        {
            "code": "T-1",
            "kind": "triage",
            "source": "x",
            "risk": "high",
            "places": [{"element": "tujuan", "group": "work", "form": "labour"}],
            **{name: {"id": "a", "en": "a"} for name in ("text", "short", "help")},
        },
    ],
}


def _with(entry: int, **changes: object) -> Callable[[dict[str, Any]], object]:
    return lambda content: content["entries"][entry].update(changes)


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (_with(1, code="E-1"), "E-1: is there twice"),
        (_with(1, code="t 1"), "t 1: is no code"),
        (_with(1, text={"id": "a", "en": " "}), "T-1: a text is missing"),
        (_with(1, source=""), "T-1: has no source"),
        (_with(1, term="x", law=["x"]), "T-1: elements, and only they, have term and law"),
        (_with(0, law=[]), "E-1: elements, and only they, have term and law"),
        (_with(1, risk=None), "T-1: triage questions, and only they, have a risk"),
        (_with(0, risk="low"), "E-1: triage questions, and only they, have a risk"),
        (_with(0, places=[]), "E-1: stands nowhere"),
        (_with(0, places=[{"element": "cara", "group": "recruitment"}]), "E-1: recruitment is no group of cara"),
        (_with(0, places=[{"element": "proses", "group": "none"}]), "E-1: none is no group of proses"),
        (_with(1, places=[{"element": "tujuan", "group": "work"}]), "T-1: places under TUJUAN, and only they"),
        (_with(1, asks=["E-9"]), "T-1: asks unknown E-9"),
        (_with(1, kind="guess"), "kind"),
        (lambda content: content["groups"][0].update(asks=["E-9"]), "recruitment: asks unknown E-9"),
        (lambda content: content.pop("rules"), "rules"),
    ],
)
def test_a_broken_questionnaire_is_refused_by_name(change: Callable[[dict[str, Any]], object], problem: str) -> None:
    assert parse(copy.deepcopy(SOUND)).ref == "small@1"
    content = copy.deepcopy(SOUND)
    change(content)
    with pytest.raises(BrokenQuestionnaireError) as caught:
        parse(content)
    assert problem in str(caught.value.params["problem"])


def test_rules_that_name_unknown_questions_are_seen() -> None:
    found = list(questionnaires.problems_of_rules(RULES, parse(copy.deepcopy(SOUND))))
    assert "rules@1: names unknown T-CHILD" in found
    assert "rules@1: names unknown T-MEDICAL" in found
    assert list(questionnaires.problems_of_rules(RULES, QUESTIONNAIRE)) == []
