# SPDX-License-Identifier: GPL-3.0-or-later
"""`screen evaluate` on the wire: the frozen shapes, and every way a document can be wrong, by name."""

from __future__ import annotations

import contextlib
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trafficwatch.errors import ExpectedError, InputError
from trafficwatch.models.screening import Answer, By, Sex, Subject, UnknownCodeError, Value
from trafficwatch.resources import resource
from trafficwatch.screening import questionnaires, wire
from trafficwatch.screening.questionnaires import BrokenQuestionnaireError, UnknownQuestionnaireError
from trafficwatch.screening.wire import ImpossibleAgeError, NotJsonError, WrongShapeError
from trafficwatch.texts import LANGUAGES, explain_error

PRACTICE = ["before-departure", "child", "everything-unknown", "maid", "worked-case"]


def document(**parts: Any) -> bytes:
    return json.dumps(parts).encode()


def test_a_document_is_read() -> None:
    answers = {"G-01": {"value": "yes", "by": "family", "event": " a ", "note": " "}, "G-02": {"value": "no"}}
    found = wire.read(document(questionnaire="screening@1", person={"age_at_events": 17, "sex": "f"}, answers=answers))
    assert found.questionnaire.ref == "screening@1"
    assert found.subject == Subject(17, Sex.FEMALE)
    assert found.answers == {"G-01": Answer(Value.YES, By.FAMILY, "a"), "G-02": Answer(Value.NO)}


def test_what_is_left_out_is_not_known() -> None:
    found = wire.read(b"{}")
    newest = questionnaires.newest().ref
    assert (found.questionnaire.ref, found.subject, found.answers) == (newest, Subject(), {})
    assert wire.read(document(questionnaire=None)).questionnaire.ref == newest


def test_the_answer_has_the_frozen_fields_and_those_that_were_added() -> None:
    found = wire.answer(resource("practice", "worked-case.json").read_bytes())
    assert set(found) == {
        *("track", "elements", "finding", "attempt", "forms", "lookalikes", "risk", "risk_by", "duties", "next"),
        *("explanation", "questionnaire"),
        *("rules", "reasons", "follows"),
    }
    assert {name: set(part) for name, part in found["elements"].items()} == {
        name: {"state", "by"} for name in ("proses", "cara", "tujuan")
    }
    assert set(found["explanation"]) == {"id", "en"}
    assert json.loads(json.dumps(found)) == found


def test_what_follows_is_told_with_its_words_and_its_source() -> None:
    told = {code: {"value": "yes"} for code in ("C-BEFORE", "E-CAR-FORGE", "E-PRO-RECRUIT")}
    found = wire.answer(document(questionnaire="screening@2", person={"age_at_events": 30}, answers=told))
    assert (found["questionnaire"], found["rules"], found["reasons"]) == ("screening@2", "rules@2", [])
    assert [part["duty"] for part in found["follows"]] == found["duties"]
    cited = {duty.code: (duty.source, duty.ours) for duty in questionnaires.rules("rules@2").duties}
    for part in found["follows"]:
        assert (part["source"], part["ours"]) == cited[part["duty"]]
        for language in LANGUAGES:
            assert part["text"][language] in found["explanation"][language]
    delay = next(part for part in found["follows"] if part["duty"] == "delay_departure")
    assert delay["ours"]
    assert delay["text"]["en"].startswith("Help to delay the departure")


def test_why_a_finding_is_not_higher_is_told() -> None:
    told = {"L-CAR-DEBT-1": {"value": "yes"}, "E-TUJ-LABOUR": {"value": "yes"}}
    assert wire.answer(document(person={"age_at_events": 30}, answers=told))["reasons"] == ["same_facts"]


@pytest.mark.parametrize("name", PRACTICE)
def test_practice_cases_are_documents_without_names(name: str) -> None:
    content = json.loads(resource("practice", f"{name}.json").read_bytes())
    assert set(content) == {"questionnaire", "person", "answers"}
    assert wire.answer(resource("practice", f"{name}.json").read_bytes())["questionnaire"] == "screening@1"
    assert set(content["person"]) == {"age_at_events", "sex"}


@pytest.mark.parametrize(
    ("untrusted", "error", "params"),
    [
        (b"", NotJsonError, {}),
        (b"not json", NotJsonError, {}),
        (b'{"answers": {}', NotJsonError, {}),
        (b'{"questionnaire": "\xff"}', NotJsonError, {}),
        (b"[" * 100_000, WrongShapeError, {"where": "$"}),
        (b'{"x": ' + b"[" * 100_000, NotJsonError, {}),
        (b"[]", WrongShapeError, {"where": "$"}),
        (b'{"answers": []}', WrongShapeError, {"where": "$.answers"}),
        (b'{"answers": {"G-01": {}}}', WrongShapeError, {"where": "$.answers[...]"}),
        (b'{"answers": {"G-01": {"value": "Siti"}}}', WrongShapeError, {"where": "$.answers[...].value"}),
        (b'{"answers": {"G-01": "yes"}}', WrongShapeError, {"where": "$.answers[...]"}),
        (b'{"answers": {"G-01": {"value": "yes", "at": 9}}}', WrongShapeError, {"where": "$.answers[...].at"}),
        (
            b'{"answers": {"G-01": {"value": "yes", "at": "2026-02-28T09:05+8"}}}',
            WrongShapeError,
            {"where": "$.answers[...].at"},
        ),
        (b'{"answers": {"G-01": {"value": "yes", "at": "Siti"}}}', WrongShapeError, {"where": "$.answers[...].at"}),
        (
            b'{"answers": {"G-01": {"value": "yes", "at": "2026-02-30T09:05"}}}',
            *(WrongShapeError, {"where": "$.answers[...].at"}),
        ),
        (
            b'{"answers": {"G-01": {"value": "yes", "at": "2026-02-28T09:05:07"}}}',
            *(WrongShapeError, {"where": "$.answers[...].at"}),
        ),
        (
            b'{"answers": {"G-01": {"value": "yes", "asked": "Siti"}}}',
            *(WrongShapeError, {"where": "$.answers[...].asked"}),
        ),
        (b'{"answers": {"G-01": {"value": "yes", "when": ""}}}', WrongShapeError, {"where": "$.answers[...]"}),
        (b'{"person": {"sex": "x"}}', WrongShapeError, {"where": "$.person.sex"}),
        (b'{"person": {"age_at_events": "17"}}', WrongShapeError, {"where": "$.person.age_at_events"}),
        (b'{"person": {"age_at_events": true}}', WrongShapeError, {"where": "$.person.age_at_events"}),
        (b'{"person": {"age_at_events": 17.5}}', WrongShapeError, {"where": "$.person.age_at_events"}),
        (b'{"person": {"age_at_events": -1}}', ImpossibleAgeError, {"oldest": 120}),
        (b'{"person": {"age_at_events": 121}}', ImpossibleAgeError, {"oldest": 120}),
        (b'{"person": {"age_at_events": 9999999999999999999999}}', ImpossibleAgeError, {"oldest": 120}),
        (b'{"questionnaire": "screening@9"}', UnknownQuestionnaireError, {"ref": "screening@9"}),
        (b'{"questionnaire": "../../x@1"}', UnknownQuestionnaireError, {"ref": "../../x@1"}),
        (b'{"answers": {"Q-1": {"value": "yes"}}}', UnknownCodeError, {"code": "Q-1"}),
    ],
)
def test_a_wrong_document_is_refused_by_name(
    untrusted: bytes, error: type[InputError], params: dict[str, str | int]
) -> None:
    with pytest.raises(error) as caught:
        wire.answer(untrusted)
    assert type(caught.value) is error
    assert caught.value.params == params
    assert "Siti" not in str(caught.value.params)


@pytest.mark.parametrize("age", [0, 120])
def test_the_ages_at_the_border_are_believed(age: int) -> None:
    assert wire.read(document(person={"age_at_events": age})).subject.age_at_events == age


@pytest.mark.parametrize(
    "error",
    [
        NotJsonError(),
        WrongShapeError(where="$.answers"),
        ImpossibleAgeError(oldest=120),
        UnknownQuestionnaireError(ref="screening@9"),
        BrokenQuestionnaireError(file="kuesioner.json", code="E-1", reason="ada dua"),
        UnknownCodeError(code="Q-1"),
    ],
    ids=lambda error: error.key,
)
def test_every_error_has_its_sentences(error: ExpectedError) -> None:
    for language in LANGUAGES:
        sentences = explain_error(error, language)
        assert all(sentence.endswith(".") for sentence in sentences.values())
        for param in error.params.values():
            assert str(param) in sentences["message"]


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


@given(st.binary(max_size=40) | json_values.map(lambda value: json.dumps(value).encode()))
def test_no_bytes_break_it(untrusted: bytes) -> None:
    with contextlib.suppress(InputError):
        wire.answer(untrusted)


@given(st.fixed_dictionaries({}, optional=dict.fromkeys(("questionnaire", "person", "answers"), json_values)))
def test_no_parts_break_it(parts: dict[str, Any]) -> None:
    with contextlib.suppress(InputError):
        wire.answer(document(**parts))


@pytest.mark.parametrize(
    "at", ["2026-11-21T01:00", "2026-11-21T01:00+00:00", "2026-11-21T09:00+08:00", "2026-11-21T01:00Z"]
)
def test_a_time_as_a_record_keeps_it_is_read(at: str) -> None:
    assert wire.read(document(answers={"G-01": {"value": "yes", "at": at}})).answers["G-01"].at == at


@pytest.mark.parametrize(
    "twice",
    [
        b'{"answers": {"T-HELD": {"value": "yes"}, "T-HELD": {"value": "no"}}}',
        b'{"person": {"age_at_events": 16}, "person": {}}',
        b'{"answers": {"T-HELD": {"value": "yes", "value": "no"}}}',
    ],
)
def test_of_two_members_with_one_name_none_is_taken(twice: bytes) -> None:
    with pytest.raises(wire.WrongShapeError):
        wire.read(twice)
