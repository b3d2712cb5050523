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
from trafficwatch.screening import wire
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
    assert (found.questionnaire.ref, found.subject, found.answers) == ("screening@1", Subject(), {})
    assert wire.read(document(questionnaire=None)).questionnaire.ref == "screening@1"


def test_the_answer_has_exactly_the_frozen_fields() -> None:
    found = wire.answer(resource("practice", "worked-case.json").read_bytes())
    assert set(found) == {
        *("track", "elements", "finding", "attempt", "forms", "lookalikes", "risk", "risk_by", "duties", "next"),
        *("explanation", "questionnaire"),
    }
    assert {name: set(part) for name, part in found["elements"].items()} == {
        name: {"state", "by"} for name in ("proses", "cara", "tujuan")
    }
    assert set(found["explanation"]) == {"id", "en"}
    assert json.loads(json.dumps(found)) == found


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
        BrokenQuestionnaireError(problem="E-1: stands nowhere"),
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
