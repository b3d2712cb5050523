# SPDX-License-Identifier: GPL-3.0-or-later
"""`screen evaluate` on the wire: JSON bytes in, a checked document out; an evaluation in, a plain dict out.

The shapes are frozen in the interfaces. What comes in is untrusted: anything that is not such a document is refused by
name (`NotJsonError`, `WrongShapeError`, `ImpossibleAgeError`, `UnknownQuestionnaireError`, `UnknownCodeError`), never
repaired, and no error repeats a value from the document. Empty text counts as None.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import msgspec

from trafficwatch.errors import InputError
from trafficwatch.models.screening import Answer, Evaluation, Questionnaire, Subject, UnknownCodeError
from trafficwatch.screening import questionnaires
from trafficwatch.screening.evaluation import evaluate
from trafficwatch.screening.explanation import explain
from trafficwatch.texts import LANGUAGES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from trafficwatch.texts import Language

OLDEST = 120
"""The highest age in years that is believed."""

_CODE = re.compile(r"[A-Z0-9-]{1,24}")
_MEMBERS = {"questionnaire", "person", "answers"}
_PERSON = {"age_at_events", "sex"}
_ANSWER = {"value", "by", "event", "note"}
_WHERE = re.compile(r"`(\$[^`]*)`")


class NotJsonError(InputError):
    """The file is not JSON text in UTF-8."""

    key = "screening_not_json"


class WrongShapeError(InputError):
    """The document is JSON but no screening; `where` is the path to the part that is wrong."""

    key = "screening_wrong_shape"


class ImpossibleAgeError(InputError):
    """An age below 0 or above `oldest` years."""

    key = "screening_impossible_age"


@dataclass(frozen=True, slots=True)
class Document:
    """What `screen evaluate` reads."""

    questionnaire: Questionnaire
    subject: Subject
    answers: dict[str, Answer]


@dataclass(frozen=True, slots=True)
class _Incoming:
    questionnaire: str | None = None
    person: Subject = field(default_factory=Subject)
    answers: dict[str, Answer] = field(default_factory=dict)


def read(untrusted: bytes) -> Document:
    """A screening from JSON; without a questionnaire the newest is taken. Raises the errors named above."""
    try:
        incoming = msgspec.json.decode(untrusted, type=_Incoming)
        _check_members(msgspec.json.decode(untrusted))
    except msgspec.ValidationError as error:
        where = _WHERE.search(str(error))
        raise WrongShapeError(where=where[1] if where else "$") from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise NotJsonError from None
    age = incoming.person.age_at_events
    if age is not None and not 0 <= age <= OLDEST:
        raise ImpossibleAgeError(oldest=OLDEST)
    name = incoming.questionnaire
    questionnaire = questionnaires.get(name) if name else questionnaires.newest()
    answers = {code: _tidy(answer) for code, answer in incoming.answers.items()}
    for code in answers.keys() - {entry.code for entry in questionnaire.entries}:
        raise UnknownCodeError(code=code if _CODE.fullmatch(code) else "?")
    return Document(questionnaire, incoming.person, answers)


def _check_members(content: dict[str, Any]) -> None:
    """A misspelt member would be an answer that nobody reads: it is refused, not ignored."""
    parts = [("$", content, _MEMBERS), ("$.person", content.get("person") or {}, _PERSON)]
    parts += [("$.answers[...]", part, _ANSWER) for part in content.get("answers", {}).values()]
    for where, part, known in parts:
        if part.keys() - known:
            raise WrongShapeError(where=where)


def _tidy(answer: Answer) -> Answer:
    """Blanks and capitals tell no events apart."""
    event = _text(answer.event)
    return replace(answer, event=event.casefold() if event else None, note=_text(answer.note))


def _text(text: str | None) -> str | None:
    return (text or "").strip() or None


def write(evaluation: Evaluation, explanation: Mapping[Language, str]) -> dict[str, Any]:
    """The answer of `screen evaluate`: exactly the fields of the interface, plain JSON values."""
    content: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(evaluation))
    del content["reasons"]  # the explanation says them in words
    return {**content, "explanation": dict(explanation)}


def answer(untrusted: bytes) -> dict[str, Any]:
    """Read, evaluate, explain, write: the whole of `screen evaluate`."""
    document = read(untrusted)
    rules = questionnaires.rules(document.questionnaire.rules)
    evaluation = evaluate(document.questionnaire, rules, document.subject, document.answers)
    explanation = {
        language: explain(evaluation, document.questionnaire, rules, document.answers, language)
        for language in LANGUAGES
    }
    return write(evaluation, explanation)
