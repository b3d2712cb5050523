# SPDX-License-Identifier: GPL-3.0-or-later
"""Questionnaires and rules from elsewhere: taken whole and sound, or refused by file, code and reason; nothing else."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from trafficwatch.resources import resource
from trafficwatch.screening import questionnaires
from trafficwatch.screening.documents import MOST_BYTES, MOST_ENTRIES
from trafficwatch.screening.questionnaires import BrokenQuestionnaireError, parse_document, parse_rules, to_document
from trafficwatch.texts import LANGUAGES, catalogue, explain_error, t

if TYPE_CHECKING:
    from trafficwatch.models.screening import Questionnaire

FIRST = questionnaires.get("screening@1")
QUESTIONNAIRE = questionnaires.newest()
RULES = questionnaires.rules(QUESTIONNAIRE.rules)


def said(rule: str, **params: str | int) -> str:
    return t(f"questionnaire.{rule}", language=None, **params)


SOUND: dict[str, Any] = {
    "id": "small",
    "version": 1,
    "title": {"id": "Kecil", "en": "Small"},
    "rules": QUESTIONNAIRE.rules,
    "groups": [
        {"code": "recruitment", "element": "proses", "label": {"id": "a", "en": "a"}, "asks": ["E-1"]},
        {"code": "work", "element": "tujuan", "label": {"id": "a", "en": "a"}},
    ],
    "modules": [{"code": "boats", "label": {"id": "a", "en": "a"}, "gate": "C-1"}],
    "entries": [
        {
            "code": code,
            "source": "x",
            **{name: {"id": "a", "en": "a"} for name in ("text", "short", "help")},
            **more,
        }
        for code, more in {
            "E-1": {
                "kind": "element",
                "term": "perekrutan",
                "law": ["x"],
                "places": [{"element": "proses", "group": "recruitment"}],
            },
            "T-1": {
                "kind": "triage",
                "risk": "high",
                "places": [{"element": "tujuan", "group": "work", "form": "labour"}],
            },
            "C-1": {"kind": "context", "asks": ["E-1"]},
            "M-1": {
                "kind": "sign",
                "module": "boats",
                "places": [{"element": "proses", "group": "recruitment"}],
            },
        }.items()
    ],
}
E, T, C, M = range(4)
Change = Callable[[dict[str, Any]], object]


def _with(entry: int, **changes: object) -> Change:
    return lambda content: content["entries"][entry].update(changes)


def _head(**changes: object) -> Change:
    return lambda content: content.update(changes)


def _module(**changes: object) -> Change:
    return lambda content: content["modules"][0].update(changes)


BROKEN: list[tuple[Change, str, str, dict[str, str | int]]] = [
    (_with(T, code="E-1"), "E-1", "twice", {}),
    (_with(T, code="t 1"), "t 1", "no_code", {}),
    (_with(T, code="T-" + "1" * 23), "T-" + "1" * 23, "no_code", {}),
    (_with(T, text={"id": "a", "en": " "}), "T-1", "no_text", {"name": "text"}),
    (_with(T, source=""), "T-1", "no_text", {"name": "source"}),
    (_with(T, help={"id": "a" * 1_501, "en": "a"}), "T-1", "too_long", {"name": "help", "most": 1_500}),
    (_with(T, short={"id": "a\u202eb", "en": "a"}), "T-1", "unprintable", {"name": "short"}),
    (_with(T, short={"id": "a\ud800", "en": "a"}), "T-1", "unprintable", {"name": "short"}),
    (_with(T, term="x", law=["x"]), "T-1", "term_and_law", {}),
    (_with(E, law=[]), "E-1", "term_and_law", {}),
    (_with(T, risk=None), "T-1", "risk", {}),
    (_with(E, risk="low"), "E-1", "risk", {}),
    (_with(E, places=[]), "E-1", "no_place", {}),
    (
        _with(E, places=[{"element": "cara", "group": "recruitment"}]),
        *("E-1", "other_element", {"other": "recruitment", "element": "cara"}),
    ),
    (_with(E, places=[{"element": "proses", "group": "none"}]), "E-1", "unknown_group", {"other": "none"}),
    (_with(T, places=[{"element": "tujuan", "group": "work"}]), "T-1", "form", {}),
    (_with(T, max_age=121), "T-1", "age", {}),
    (_with(T, asks=["E-9"]), "T-1", "asks_unknown", {"other": "E-9"}),
    (_with(T, asks=["E-1"] * 201), "T-1", "too_many", {"most": 200}),
    (_with(T, maxage=17), "T-1", "unknown_member", {"member": "maxage"}),
    (_with(M, module="none"), "M-1", "unknown_module", {"other": "none"}),
    (_with(M, asks=["M-1"]), "M-1", "circle", {"path": "M-1 > M-1"}),
    (_with(M, asks=["C-1"]), "C-1", "circle", {"path": "C-1 > M-1 > C-1"}),
    (_with(E, asks=["C-1"]), "E-1", "circle", {"path": "E-1 > C-1 > E-1"}),
    (_with(C, module="boats"), "C-1", "own_gate", {"other": "boats"}),
    (_module(gate="E-1"), "E-1", "gate_kind", {"other": "boats"}),
    (_module(gate="C-9"), "boats", "unknown_gate", {"other": "C-9"}),
    (_module(label={"id": "a", "en": ""}), "boats", "no_text", {"name": "label"}),
    (_module(code="two words"), "two words", "no_name", {}),
    (_with(M, module=None), "boats", "empty_module", {}),
    (lambda content: content["groups"][0].update(asks=["E-9"]), "recruitment", "asks_unknown", {"other": "E-9"}),
    (lambda content: content["groups"][1].update(code="recruitment"), "recruitment", "twice", {}),
    (_head(id="Small"), "id", "no_name", {}),
    (_head(version=0), "small", "no_version", {}),
    (_head(version=10**5_000), "small", "no_version", {}),
    (_head(rules="rules"), "small", "unknown_rules", {"other": "rules"}),
    (_head(entries=[]), "small", "no_entries", {}),
    (_head(title={"id": "", "en": "a"}), "small", "no_text", {"name": "title"}),
    (_head(parts=["triage"]), "small", "unknown_member", {"member": "parts"}),
    (lambda content: content.update(entries=content["entries"] * 501), "entries", "too_many", {"most": MOST_ENTRIES}),
]


@pytest.mark.parametrize(("change", "code", "rule", "params"), BROKEN)
def test_a_broken_questionnaire_is_refused_by_file_code_and_reason(
    change: Change, code: str, rule: str, params: dict[str, str | int]
) -> None:
    assert parse_document(copy.deepcopy(SOUND)).ref == "small@1"
    content = copy.deepcopy(SOUND)
    change(content)
    with pytest.raises(BrokenQuestionnaireError) as caught:
        parse_document(content, "kuesioner.json")
    assert caught.value.params == {"file": "kuesioner.json", "code": code, "reason": said(rule, **params)}
    for language in LANGUAGES:
        assert "kuesioner.json" in (message := explain_error(caught.value, language)["message"])
        assert f"{code}: {said(rule, **params)}." in message


@pytest.mark.parametrize(
    ("change", "code", "rule"),
    [
        (_with(T, text={"id": "a"}), "T-1", "untranslated"),
        (_with(T, kind="guess"), "T-1", "wrong_part"),
        (_with(T, places=[{"element": "end", "group": "work"}]), "T-1", "wrong_part"),
        (lambda content: content["entries"][T].pop("code"), "entries[1]", "wrong_part"),
        (lambda content: content.update(entries=[1]), "entries[0]", "wrong_part"),
        (_with(T, code=10**5_000), "entries[1]", "wrong_part"),
        (_head(groups=3), "JSON", "wrong_part"),
        (lambda content: content.pop("rules"), "JSON", "wrong_part"),
        (lambda content: content["groups"][0].update(label={"en": "a"}), "JSON", "untranslated"),
    ],
)
def test_what_has_the_wrong_shape_is_refused_at_its_place(change: Change, code: str, rule: str) -> None:
    content = copy.deepcopy(SOUND)
    change(content)
    with pytest.raises(BrokenQuestionnaireError) as caught:
        parse_document(content)
    assert (caught.value.params["file"], caught.value.params["code"]) == ("-", code)
    assert str(caught.value.params["reason"]).startswith(said(rule, what="|").split("|")[0])


@pytest.mark.parametrize(
    "untrusted", [b"", b"[]", b"{", b"\xff", b'{"id": "\xed\xa0\x80"}', b"[" * 100_000, b"1", 7, None]
)
def test_what_is_no_questionnaire_at_all_is_refused(untrusted: Any) -> None:
    with pytest.raises(BrokenQuestionnaireError) as caught:
        parse_document(untrusted)
    assert caught.value.params["code"] == "JSON"


def test_what_is_too_large_is_refused_unread() -> None:
    with pytest.raises(BrokenQuestionnaireError) as caught:
        parse_document(b" " * (MOST_BYTES + 1))
    assert caught.value.params["reason"] == said("too_large", most=5)


def test_nothing_foreign_stands_in_a_refusal_unbounded() -> None:
    content = copy.deepcopy(SOUND)
    content["entries"][T]["code"] = "\x1b[31m" + "x" * 5_000
    with pytest.raises(BrokenQuestionnaireError) as caught:
        parse_document(content, "a\nb" * 100)
    assert all(len(str(param)) < 300 and str(param).isprintable() for param in caught.value.params.values())


@pytest.mark.parametrize("asked", [FIRST, QUESTIONNAIRE], ids=lambda asked: asked.ref)
def test_a_document_gives_back_the_questionnaire(asked: Questionnaire) -> None:
    document = to_document(asked)
    assert "parts" not in document
    assert parse_document(document) == asked
    assert parse_document(msgspec.json.encode(document)) == asked
    assert to_document(parse_document(document)) == document


def test_reading_a_document_changes_nothing_in_it() -> None:
    content = copy.deepcopy(SOUND)
    content["entries"][T]["max_age"] = 0
    before = copy.deepcopy(content)
    assert to_document(parse_document(content))["entries"][T]["max_age"] == 0
    assert content == before


json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=8)
    | st.sampled_from(["E-1", "C-1", "id"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


@given(st.binary(max_size=40) | st.dictionaries(st.sampled_from([*SOUND, "parts"]) | st.text(max_size=4), json_values))
def test_no_content_raises_anything_else(untrusted: Any) -> None:
    with suppress(BrokenQuestionnaireError):
        parse_document(untrusted)
    with suppress(BrokenQuestionnaireError):
        parse_rules(untrusted)


@given(st.data(), json_values)
def test_no_change_of_a_sound_one_raises_anything_else(data: st.DataObject, value: Any) -> None:
    content = copy.deepcopy(SOUND)
    at: Any = content
    while True:
        keys = sorted(at) if isinstance(at, dict) else list(range(len(at)))
        key = data.draw(st.sampled_from(keys))
        if not isinstance(at[key], dict | list) or not at[key] or data.draw(st.booleans()):
            break
        at = at[key]
    at[key] = value
    with suppress(BrokenQuestionnaireError):
        found = parse_document(content)
        assert parse_document(to_document(found)) == found


def _rules(**changes: object) -> dict[str, Any]:
    return json.loads(resource("questionnaires", f"rules-{RULES.version}.json").read_bytes()) | changes


@pytest.mark.parametrize(
    ("changes", "code", "rule", "params"),
    [
        ({"next_count": 0}, QUESTIONNAIRE.rules, "no_count", {}),
        ({"version": 10**5_000}, "rules", "no_version", {}),
        ({"citation": []}, QUESTIONNAIRE.rules, "unknown_member", {"member": "citation"}),
        ({"duties": [{"code": "fly", "source": "x", "ours": True}]}, "fly", "duty_without_words", {}),
        (
            {"duties": [{"code": "first_aid", "source": "x", "ours": True, "yields_to": "fly"}]},
            *("first_aid", "names_unknown", {"other": "fly"}),
        ),
    ],
)
def test_broken_rules_are_refused(changes: dict[str, Any], code: str, rule: str, params: dict[str, str]) -> None:
    assert parse_rules(_rules()) == RULES
    with pytest.raises(BrokenQuestionnaireError) as caught:
        parse_rules(_rules(**changes), "aturan.json")
    assert caught.value.params == {"file": "aturan.json", "code": code, "reason": said(rule, **params)}


def _path(*required: str, stated: tuple[str, ...] = ()) -> dict[str, Any]:
    return {"required": list(required), "stated_one_of": list(stated)}


def _duties(**changes: object) -> list[dict[str, Any]]:
    """The duties of danger, of a child and of an attempt, changed."""
    found: list[dict[str, Any]] = _rules()["duties"]
    return [duty | {name: value for name, value in changes.items() if name in duty} for duty in found]


@pytest.mark.parametrize(
    ("changes", "rule", "params"),
    [
        ({"adult_age": 1}, "adult_age", {}),
        ({"adult_age": 21}, "adult_age", {}),
        ({"adult_path": _path("proses", "tujuan")}, "adult_path", {}),
        ({"child_path": _path("proses", "cara", "tujuan")}, "child_path", {}),
        ({"child_path": _path("tujuan")}, "child_path", {}),
        ({"child_path": _path("proses", "tujuan", stated=("tujuan",))}, "child_path", {}),
        ({"stating_kinds": []}, "kinds", {}),
        ({"indicating_kinds": ["triage"]}, "kinds", {}),
        ({"clarifying_stated": ["cara"]}, "clarifying", {}),
        ({"stop_questions_from": "high"}, "stops_late", {}),
        ({"duties": []}, "no_duty", {"other": "high"}),
        ({"duties": _duties(risks=["high"])}, "no_duty", {"other": "medium"}),
        ({"duties": _duties(child=False)}, "no_duty", {"other": "child"}),
        ({"duties": _duties(attempt=False)}, "no_duty", {"other": "attempt"}),
        ({"duties": [duty | {"yields_to": "first_aid"} for duty in _duties()]}, "no_duty", {"other": "high"}),
    ],
)
def test_rules_cannot_switch_the_law_off(changes: dict[str, Any], rule: str, params: dict[str, str]) -> None:
    with pytest.raises(BrokenQuestionnaireError) as caught:
        parse_rules(_rules(**changes), "aturan.json")
    reason = said(rule, **params)
    assert caught.value.params == {"file": "aturan.json", "code": QUESTIONNAIRE.rules, "reason": reason}


@pytest.mark.parametrize(
    ("read", "untrusted", "member"),
    [
        (parse_document, b'{"version":8,"version":3}', "version"),
        (parse_document, b'{"entries":[{"risk":"high","r\\u0069sk":"low"}]}', "risk"),
        (parse_rules, b'{"adult_path":{"required":[],"required":[]}}', "required"),
    ],
)
def test_a_member_that_is_named_twice_is_refused(read: Any, untrusted: bytes, member: str) -> None:
    with pytest.raises(BrokenQuestionnaireError) as caught:
        read(untrusted, "kuesioner.json")
    reason = said("repeated_member", member=member)
    assert caught.value.params == {"file": "kuesioner.json", "code": "JSON", "reason": reason}


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("Bila tidak, orang ini bukan korban.", "bukan korban"),
        ("Orang ini BUKAN\u00a0 korban.", "BUKAN korban"),
        ("They aren\u2019t a victim.", "aren't a victim"),
    ],
)
@pytest.mark.parametrize("name", ["text", "short", "help"])
def test_no_text_clears_anybody(text: str, what: str, name: str) -> None:
    content = copy.deepcopy(SOUND)
    _with(T, **{name: {"id": text, "en": text}})(content)
    with pytest.raises(BrokenQuestionnaireError) as caught:
        parse_document(content, "kuesioner.json")
    reason = said("clears", name=name, what=what)
    assert caught.value.params == {"file": "kuesioner.json", "code": "T-1", "reason": reason}


def test_rules_that_name_unknown_questions_are_seen() -> None:
    found = [str(problem) for problem in questionnaires.problems_of_rules(RULES, parse_document(SOUND))]
    for code in ("T-CHILD", "T-MEDICAL"):
        assert f"{QUESTIONNAIRE.rules}: {said('names_unknown', other=code)}" in found
    assert list(questionnaires.problems_of_rules(RULES, QUESTIONNAIRE)) == []
    for changes, rule, other in (
        ({"child_code": "G-01"}, "child_is_no_danger", "G-01"),
        ({"version": 99}, "unknown_rules", QUESTIONNAIRE.rules),
    ):
        with pytest.raises(BrokenQuestionnaireError) as caught:
            questionnaires.check_rules(parse_rules(_rules(**changes)), QUESTIONNAIRE, "kuesioner.json")
        assert caught.value.params["reason"] == said(rule, other=other)


def test_every_reason_is_tried() -> None:
    """A reason that no test sees refused could as well never be given."""
    tried = {rule for _, _, rule, _ in BROKEN}
    elsewhere = {"untranslated", "wrong_part", "not_json", "wrong_shape", "too_large", "no_part", "other_ref"}
    of_rules = {"no_count", "duty_without_words", "names_unknown", "child_is_no_danger"}
    of_rules |= {"adult_age", "adult_path", "child_path", "kinds", "clarifying", "stops_late", "no_duty"}
    elsewhere |= {"repeated_member", "clears", "kind_changed", "element_lost", "risk_lowered", "number_of_program"}
    assert tried | elsewhere | of_rules == set(catalogue("questionnaire"))
