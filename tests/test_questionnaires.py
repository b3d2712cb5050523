# SPDX-License-Identifier: GPL-3.0-or-later
"""The questionnaires of the program: put together from parts, version beside version, each with its rules."""

from __future__ import annotations

import hashlib
import json
import shutil
from typing import TYPE_CHECKING, Any

import pytest

from trafficwatch.models.screening import Element, Kind, Risk, UnknownCodeError
from trafficwatch.resources import resource
from trafficwatch.screening import questionnaires
from trafficwatch.screening.questionnaires import (
    BrokenQuestionnaireError,
    UnknownQuestionnaireError,
    to_document,
)
from trafficwatch.texts import t

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


QUESTIONNAIRE = questionnaires.newest()
RULES = questionnaires.rules(QUESTIONNAIRE.rules)
ENTRIES = {entry.code: entry for entry in QUESTIONNAIRE.entries}
FIRST = questionnaires.get("screening@1")


def test_the_first_version_is_what_it_was() -> None:
    """Records answered with it are read by it for as long as there are any: no byte of it changes."""
    files = [*sorted(resource("questionnaires").glob("screening-1.*")), resource("questionnaires", "rules-1.json")]
    digest = hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()
    assert digest == "2bc5c9f86da30ea593f976729cd612d0955cea14db08e3c484f3d27e9e76e95d"
    assert [entry.code for entry in FIRST.entries] == [
        entry["code"]
        for part in ("triage", "elements", "purposes", "labour", "places", "general")
        for entry in json.loads(resource("questionnaires", f"screening-1.{part}.json").read_bytes())
    ]
    assert FIRST.modules == ()


def test_a_new_version_keeps_every_question_of_the_one_before() -> None:
    """Codes are permanent; what a question counts for stays, so that old answers mean the same."""
    for old in FIRST.entries:
        new = ENTRIES[old.code]
        assert (new.kind, new.places, new.term, new.law, new.risk, new.mode) == (
            *(old.kind, old.places, old.term, old.law, old.risk, old.mode),
        ), old.code
        assert set(old.indicators) <= set(new.indicators)
    kept = [entry.code for entry in QUESTIONNAIRE.entries if entry.code in {each.code for each in FIRST.entries}]
    assert [code for code in kept if code[0] == "T"] == [e.code for e in FIRST.entries if e.kind is Kind.TRIAGE]
    changed = {entry.code for entry in FIRST.entries if ENTRIES[entry.code] != entry}
    own = json.loads(resource("questionnaires", "screening-2.reworded.json").read_bytes())
    assert changed == {entry["code"] for entry in own}, "an own entry stands only where something changed"


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


def test_every_constant_of_the_rules_is_cited() -> None:
    constants = set(json.loads(resource("questionnaires", f"rules-{RULES.version}.json").read_bytes())) - {
        *("id", "version", "duties", "citations")
    }
    assert {citation.rule for citation in RULES.citations} == constants
    assert len(RULES.citations) == len(constants)
    for citation in RULES.citations:
        assert citation.source
        assert citation.text.id
        assert citation.text.en
    assert all(duty.source for duty in RULES.duties)


def test_the_newest_is_found_by_name() -> None:
    assert QUESTIONNAIRE.ref == "screening@2"
    assert questionnaires.get("screening@2") is QUESTIONNAIRE


@pytest.mark.parametrize(
    "ref", ["screening@9", "screening@0", "screening", "", "../rules@1", "rules@1", "screening-1.triage@1", "x" * 99]
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


def _put(folder: Path, version: int, parts: list[str] | None = None, **changes: object) -> None:
    """Version 1 under another number, its parts shared unless others are named."""
    head = json.loads((folder / "screening-1.json").read_bytes())
    head |= {"version": version, "parts": parts or [f"{part}@1" for part in head["parts"]], **changes}
    (folder / f"screening-{version}.json").write_text(json.dumps(head), "utf-8")


def _put_part(folder: Path, name: str, entries: object) -> None:
    (folder / f"screening-3.{name}.json").write_text(json.dumps(entries), "utf-8")


def said(rule: str, **params: str | int) -> str:
    return t(f"questionnaire.{rule}", language=None, **params)


def refused(ref: str) -> tuple[object, object, object]:
    with pytest.raises(BrokenQuestionnaireError) as caught:
        questionnaires.get(ref)
    params = caught.value.params
    return params["file"], params["code"], params["reason"]


SHARED = ["triage@1", "elements@1", "purposes@1", "labour@1", "places@1", "general@1"]


def test_ten_is_newer_than_nine(folder: Path) -> None:
    for version in (9, 10):
        _put(folder, version)
    assert questionnaires.newest().version == 10
    assert questionnaires.newest().entries == questionnaires.get("screening@1").entries == FIRST.entries


def test_an_own_entry_takes_the_place_of_the_shared_one(folder: Path) -> None:
    again = {**to_document(FIRST)["entries"][1], "source": "ours"}
    more = {**to_document(FIRST)["entries"][-1], "code": "G-99"}
    _put(folder, 3, ["own", *SHARED])
    _put_part(folder, "own", [again, more])
    entries = questionnaires.get("screening@3").entries
    assert [entry.code for entry in entries] == ["G-99", *(entry.code for entry in FIRST.entries)]
    assert entries[2].source == "ours"
    assert entries[1:2] + entries[3:] == FIRST.entries[:1] + FIRST.entries[2:]


def test_a_broken_part_is_refused_with_its_own_file(folder: Path) -> None:
    last = to_document(FIRST)["entries"][-1]
    own = "screening-3.own.json"
    _put(folder, 3, [*SHARED, "own"])
    for entries, code, reason in (
        ([last, last], "G-11", said("twice")),
        ([{**last, "asks": ["X-1"]}], "G-11", said("asks_unknown", other="X-1")),
        ({}, "JSON", said("wrong_shape")),
        ([{**last, "text": {"id": "a"}}], "G-11", None),
    ):
        _put_part(folder, "own", entries)
        questionnaires.get.cache_clear()
        found = refused("screening@3")
        assert found[:2] == (own, code)
        assert reason is None or found[2] == reason
    (folder / own).write_text("[", "utf-8")
    assert refused("screening@3") == (own, "JSON", said("not_json"))


@pytest.mark.parametrize("part", ["none", "triage@9", "../x", "T", "labour@", 3])
def test_a_part_that_is_not_there_is_refused(folder: Path, part: Any) -> None:
    _put(folder, 3, [part])
    assert refused("screening@3") == ("screening-3.json", str(part), said("no_part"))


def test_a_file_under_another_name_is_refused(folder: Path) -> None:
    _put(folder, 3, id="interview")
    assert refused("screening@3") == ("screening-3.json", "interview@3", said("other_ref", ref="screening@3"))


def test_rules_that_do_not_fit_are_refused(folder: Path) -> None:
    _put(folder, 3, rules="rules@7")
    assert refused("screening@3") == ("screening-3.json", "screening@3", said("unknown_rules", other="rules@7"))
    _put(folder, 4, ["elements@1", "purposes@1"])
    assert refused("screening@4") == ("screening-4.json", "rules@1", said("names_unknown", other="T-CHILD"))


def test_a_name_without_any_version_is_refused() -> None:
    with pytest.raises(UnknownQuestionnaireError):
        questionnaires.newest("interview")


def test_an_unknown_code_is_refused_by_name() -> None:
    assert QUESTIONNAIRE.entry("G-01") is ENTRIES["G-01"]
    with pytest.raises(UnknownCodeError) as caught:
        QUESTIONNAIRE.entry("Q-99")
    assert caught.value.params == {"code": "Q-99"}
