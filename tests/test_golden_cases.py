# SPDX-License-Identifier: GPL-3.0-or-later
"""Golden cases: what the rules must say of people's stories, each with the place in the sources that asks for it.

`golden_cases/<theme>.json` is a list of cases. `answers` holds what was told (`*` stands for every question);
`no_danger`: every danger that is not named was asked about and answered no. `rule` is the constant of the rules whose
boundary the case stands at, `side` on which side. `expected` is a part of what `screen evaluate` says: `elements` by
their states, duties and sentences that must or must not be there, the questions that come first.
"""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from trafficwatch.models.screening import Kind, Lookalike
from trafficwatch.screening import questionnaires, wire

if TYPE_CHECKING:
    from collections.abc import Callable

Case = dict[str, Any]

FOLDER = Path(__file__).parent / "golden_cases"
CASES: list[Case] = [case for file in sorted(FOLDER.glob("*.json")) for case in json.loads(file.read_text("utf-8"))]
DOCUMENTS = {"P2/2024", "P11/2012", "JUKNIS", "SPM", "UU 6/2011"}
MEMBERS = {
    *("id", "title", "citation", "rule", "side", "questionnaire", "person", "no_danger", "answers", "expected"),
}


def outcome(case: Case) -> dict[str, Any]:
    """What `screen evaluate` says of the case."""
    entries = questionnaires.get(case["questionnaire"]).entries
    told = dict(case["answers"])
    everywhere = told.pop("*", None)
    rest = {entry.code: everywhere for entry in entries} if everywhere else {}
    if case["no_danger"]:
        dangers = (entry for entry in entries if entry.kind is Kind.TRIAGE and not entry.max_age)
        rest |= {entry.code: {"value": "no"} for entry in dangers}
    document = {"questionnaire": case["questionnaire"], "person": case["person"], "answers": rest | told}
    return wire.answer(json.dumps(document).encode())


READ: dict[str, Callable[[dict[str, Any], Any], bool]] = {
    "elements": lambda found, want: {name: part["state"] for name, part in found["elements"].items()} == want,
    "duties_with": lambda found, want: set(want) <= set(found["duties"]),
    "duties_without": lambda found, want: not set(want) & set(found["duties"]),
    "duties_first": lambda found, want: found["duties"][: len(want)] == want,
    "next_first": lambda found, want: found["next"][: len(want)] == want,
    "next_count": lambda found, want: len(found["next"]) == want,
    "says": lambda found, want: all(text in found["explanation"]["id"] for text in want),
    "says_not": lambda found, want: not any(text in found["explanation"]["id"] for text in want),
}
"""How an expectation is compared that is not simply equal to the member of its name."""


@pytest.mark.parametrize("case", CASES, ids=lambda case: str(case["id"]))
def test_a_golden_case(case: Case) -> None:
    found = outcome(case)
    for name, want in case["expected"].items():
        is_so = READ[name](found, want) if name in READ else found[name] == want
        assert is_so, f"{name}: {want} is wanted of {json.dumps(found, ensure_ascii=False, indent=1)}"


def test_the_cases_are_sound() -> None:
    assert len(CASES) >= 48
    assert [code for code, count in Counter(case["id"] for case in CASES).items() if count > 1] == []
    for case in CASES:
        assert set(case) == MEMBERS, case["id"]
        assert case["title"]
        assert case["expected"]
        assert case["citation"], case["id"]
        for citation in case["citation"]:
            assert citation["document"] in DOCUMENTS, case["id"]
            assert citation["place"], case["id"]


def test_every_rule_has_cases_on_both_sides_of_its_boundary() -> None:
    sides = {(case["rule"], case["side"]) for case in CASES}
    constants = {citation.rule for citation in questionnaires.rules("rules@2").citations}
    assert sides == {(rule, side) for rule in constants for side in ("met", "not_met")}


def test_every_module_every_look_alike_and_every_danger_has_its_case() -> None:
    newest = questionnaires.newest()
    told = {code for case in CASES for code, answer in case["answers"].items() if answer["value"] == "yes"}
    assert {module.gate for module in newest.modules} <= told
    assert {entry.code for entry in newest.entries if entry.kind is Kind.TRIAGE} <= told
    alike = {kind for case in CASES for kind in case["expected"].get("lookalikes", ())}
    assert alike == set(Lookalike)
