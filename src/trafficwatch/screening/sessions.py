# SPDX-License-Identifier: GPL-3.0-or-later
"""Recording a screening: only by a trained volunteer, with the questionnaire's version kept beside the answers."""

from __future__ import annotations

import contextlib
import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass

import msgspec

from trafficwatch.errors import InputError
from trafficwatch.models import casework
from trafficwatch.models.people import Person, Sex
from trafficwatch.models.screening import Answer, Evaluation, Questionnaire, Subject
from trafficwatch.screening import questionnaires
from trafficwatch.screening.evaluation import evaluate
from trafficwatch.store.training import require_reading, require_training
from trafficwatch.store.work import Work


class ScreeningOfAnother(InputError):
    """The screening to go on with belongs to another person."""

    key = "screening_of_another"


@dataclass(frozen=True, slots=True)
class Screened:
    """A recorded screening and what it says now."""

    screening: casework.Screening
    evaluation: Evaluation


def record_screening(
    work: Work,
    person_id: str,
    answers: Mapping[str, Answer],
    *,
    age_at_events: int | None = None,
    journey_id: str | None = None,
    questionnaire: Questionnaire | None = None,
    screening_id: str | None = None,
    note: str | None = None,
) -> Screened:
    """Record answers of a new screening or more answers of a known one; finding and risk are those of all answers.

    A known one keeps its questionnaire: answers are read by the questions that were asked.

    Raises TrainingNeeded, CaseKeyNeeded, or UnknownCodeError before anything is written.
    """
    volunteer = require_training(work)
    before = work.records.get(casework.Screening, screening_id) if screening_id else None
    if before is not None and before.person_id != person_id:
        raise ScreeningOfAnother
    asked = questionnaires.get(before.questionnaire or "") if before else questionnaire or questionnaires.newest()
    for code in answers:
        asked.entry(code)
    all_answers = {**(answers_of(before) if before else {}), **answers}
    age = age_at_events if age_at_events is not None else (before.age_at_events if before else None)
    evaluation = _evaluate(work, asked, person_id, age, all_answers)
    started = {} if before else {"screened_on": work.today, "screened_by": volunteer, "questionnaire": asked.ref}
    saved = work.write(
        casework.Screening,
        screening_id,
        person_id=person_id,
        journey_id=journey_id or (before.journey_id if before else None),
        age_at_events=age,
        answers={code: _stored(answer) for code, answer in answers.items()},
        note=note if note is not None else (before.note if before else None),
        finding=evaluation.finding.value,
        risk=evaluation.risk.value,
        **started,
    )
    return Screened(work.records.get(casework.Screening, saved), evaluation)


def evaluate_screening(work: Work, screening_id: str) -> Screened:
    """A recorded screening, read by the rules of its own questionnaire; raises CaseKeyNeeded or TrainingNeeded."""
    require_reading(work)
    found = work.records.get(casework.Screening, screening_id)
    asked = questionnaires.get(found.questionnaire or "")
    evaluation = _evaluate(work, asked, found.person_id or "", found.age_at_events, answers_of(found))
    return Screened(found, evaluation)


def answers_of(screening: casework.Screening) -> dict[str, Answer]:
    """The stored answers as values; one that another program wrote in a way we can't read is left out, not guessed."""
    found = {}
    for code, part in screening.answers.items():
        with contextlib.suppress(msgspec.ValidationError):
            found[code] = msgspec.convert(part, Answer)
    return found


def _evaluate(
    work: Work, asked: Questionnaire, person_id: str, age: int | None, answers: Mapping[str, Answer]
) -> Evaluation:
    sex = work.records.get(Person, person_id).sex
    subject = Subject(age, Sex(sex) if sex else None)
    return evaluate(asked, questionnaires.rules(asked.rules), subject, answers)


def _stored(answer: Answer) -> dict[str, str]:
    return {name: str(value) for name, value in dataclasses.asdict(answer).items() if value is not None}
