# SPDX-License-Identifier: GPL-3.0-or-later
"""`screen evaluate` on the wire: JSON bytes in, a checked document out; an evaluation in, a plain dict out.

The shapes are frozen in the interfaces and extended here: an answer may say when it was told (`at`) and in which
questionnaire (`asked`), which no rule reads; the outcome also names the rules, the reasons for a finding that is not
higher, and each duty with its words and its source (`follows`). What comes in is untrusted: anything that is not such
a document is refused by name (`NotJsonError`, `WrongShapeError`, `ImpossibleAgeError`, `UnknownQuestionnaireError`,
`UnknownCodeError`), never repaired, and no error repeats a value from the document. Empty text counts as None.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any
from unicodedata import normalize

import msgspec

from trafficwatch.errors import InputError
from trafficwatch.models.screening import Answer, Evaluation, Questionnaire, Rules, Subject, UnknownCodeError
from trafficwatch.screening import questionnaires
from trafficwatch.screening.documents import NamedTwice, named_once
from trafficwatch.screening.evaluation import evaluate
from trafficwatch.screening.explanation import explain
from trafficwatch.texts import LANGUAGES, t

if TYPE_CHECKING:
    from collections.abc import Mapping

    from trafficwatch.texts import Language

OLDEST = 120
"""The highest age in years that is believed."""

_CODE = re.compile(r"[A-Z0-9-]{1,24}")
_MEMBERS = {"questionnaire", "person", "answers"}
_PERSON = {"age_at_events", "sex"}
_ANSWER = {"value", "by", "event", "note", "at", "asked"}
_AT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(?:Z|[+-]\d\d:\d\d)?")
_ASKED = re.compile(r"[a-z]{1,30}@[1-9][0-9]{0,5}")
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
        json.loads(untrusted, object_pairs_hook=named_once, parse_int=str, parse_float=str)
    except NamedTwice:
        raise WrongShapeError(where="$") from None
    except msgspec.ValidationError as error:
        where = _WHERE.search(str(error))
        raise WrongShapeError(where=where[1] if where else "$") from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise NotJsonError from None
    require_age(incoming.person.age_at_events)
    name = incoming.questionnaire
    questionnaire = questionnaires.get(name) if name else questionnaires.newest()
    answers = {code: _tidy(answer) for code, answer in incoming.answers.items()}
    for code in answers.keys() - {entry.code for entry in questionnaire.entries}:
        raise UnknownCodeError(code=code if _CODE.fullmatch(code) else "?")
    return Document(questionnaire, incoming.person, answers)


def require_age(age: int | None) -> None:
    """Raises ImpossibleAgeError."""
    if age is not None and not 0 <= age <= OLDEST:
        raise ImpossibleAgeError(oldest=OLDEST)


def _check_members(content: dict[str, Any]) -> None:
    """A misspelt member would be an answer that nobody reads: it is refused, not ignored."""
    parts = [("$", content, _MEMBERS), ("$.person", content.get("person") or {}, _PERSON)]
    parts += [("$.answers[...]", part, _ANSWER) for part in content.get("answers", {}).values()]
    for where, part, known in parts:
        if part.keys() - known:
            raise WrongShapeError(where=where)


def _tidy(answer: Answer) -> Answer:
    """A time that is none, and a questionnaire that can't be one, stop it."""
    at, asked = _text(answer.at), _text(answer.asked)
    if at and not _is_minute(at):
        raise WrongShapeError(where="$.answers[...].at")
    if asked and not _ASKED.fullmatch(asked):
        raise WrongShapeError(where="$.answers[...].asked")
    return replace(answer, event=tidy_event(answer.event), note=_text(answer.note), at=at, asked=asked)


def tidy_event(event: str | None) -> str | None:
    """An event as it is compared: blanks, capitals and ways to write one letter tell no events apart."""
    return " ".join(normalize("NFKC", event or "").casefold().split()) or None


def _is_minute(untrusted: str) -> bool:
    """A local time to the minute, `2026-02-28T09:05`, with or without its offset as a record keeps it, `+08:00`."""
    if not _AT.fullmatch(untrusted):
        return False
    try:
        datetime.fromisoformat(untrusted)
    except ValueError:
        return False
    return True


def _text(text: str | None) -> str | None:
    return (text or "").strip() or None


def write(evaluation: Evaluation, rules: Rules, explanation: Mapping[Language, str]) -> dict[str, Any]:
    """The answer of `screen evaluate`: the fields of the interface and what was added to them, plain JSON values."""
    content: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(evaluation))
    follows = [
        {
            "duty": duty.code,
            "text": {language: t(f"screening.duty.{duty.code}", language=language) for language in LANGUAGES},
            "source": duty.source,
            "ours": duty.ours,
        }
        for duty in rules.duties
        if duty.code in evaluation.duties
    ]
    return {**content, "rules": f"{rules.id}@{rules.version}", "follows": follows, "explanation": dict(explanation)}


def answer(untrusted: bytes) -> dict[str, Any]:
    """Read, evaluate, explain, write: the whole of `screen evaluate`."""
    document = read(untrusted)
    rules = questionnaires.rules(document.questionnaire.rules)
    evaluation = evaluate(document.questionnaire, rules, document.subject, document.answers)
    explanation = {
        language: explain(evaluation, document.questionnaire, rules, document.answers, language)
        for language in LANGUAGES
    }
    return write(evaluation, rules, explanation)
