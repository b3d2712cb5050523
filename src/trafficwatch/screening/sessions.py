# SPDX-License-Identifier: GPL-3.0-or-later
"""Recording a screening: only by a trained volunteer, with the questionnaire's version kept beside the answers.

A record stays on the version in which it was begun until somebody moves it to the newest one (`upgrade_screening`).
Each answer then still says in which version it was asked; what the new one has no question for is kept and shown, and
no rule reads it.
"""

from __future__ import annotations

import contextlib
import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from types import EllipsisType

import msgspec

from trafficwatch.errors import InputError
from trafficwatch.models.casework import Finding, Risk, Screening, ScreeningWay, StopReason
from trafficwatch.models.dates import PartialDate
from trafficwatch.models.people import Person, Sex
from trafficwatch.models.screening import FINDINGS, RISKS, Answer, Evaluation, Questionnaire, Subject
from trafficwatch.models.staff import Ability
from trafficwatch.screening import library
from trafficwatch.screening.days import require_past
from trafficwatch.screening.evaluation import evaluate
from trafficwatch.screening.standing import standing
from trafficwatch.screening.wire import require_age, tidy_event
from trafficwatch.store.training import require_reading, require_training
from trafficwatch.store.work import Work


class ScreeningOfAnother(InputError):
    """The screening to go on with belongs to another person."""

    key = "screening_of_another"


class UpgradeLowers(InputError):
    """The newest version reads less out of the answers than was found: the record stays on its own; parameter `ref`."""

    key = "screening_upgrade_lowers"
    catalogue = "errors_screening"


@dataclass(frozen=True, slots=True)
class Screened:
    """A recorded screening and what it says now."""

    screening: Screening
    evaluation: Evaluation


def record_screening(
    work: Work,
    person_id: str,
    answers: Mapping[str, Answer],
    *,
    age_at_events: int | EllipsisType | None = ...,
    journey_id: str | None = None,
    questionnaire: Questionnaire | None = None,
    screening_id: str | None = None,
    note: str | None = None,
    way: ScreeningWay | None = None,
    stopped: StopReason | None = None,
    screened_on: str | None = None,
) -> Screened:
    """Record answers of a new screening or more answers of a known one; finding and risk are those of all answers.

    A known one keeps its questionnaire: answers are read by the questions that were asked. A new answer was told now if
    it does not say when, unless it comes from paper. `stopped` is why this sitting was broken off: None once it went on
    to its end. `screened_on` is the day on the paper form, today if not given. An age that is not given stays as it is;
    None takes it back.

    Raises TrainingNeeded, AbilityNeeded, CaseKeyNeeded, NotedAhead, ImpossibleAgeError, UnknownCodeError,
    ScreeningOfAnother, or RecordUnknown, also when the person or the screening is deleted, before anything is written.
    """
    volunteer = require_training(work, Ability.SCREENING)
    require_past(work, screened_on)
    standing(work, Person, person_id)
    before = standing(work, Screening, screening_id) if screening_id else None
    if before is not None and before.person_id != person_id:
        raise ScreeningOfAnother
    asked = library.get(work, before.questionnaire or "") if before else questionnaire or library.newest(work)
    for code in answers:
        asked.entry(code)
    known = answers_of(before) if before else {}
    moment = None if way is ScreeningWay.PAPER else _moment(work)
    given = {code: _given(answer, known.get(code), moment) for code, answer in answers.items()}
    recorded = before.age_at_events if before else None
    age = recorded if age_at_events is ... else age_at_events
    if age != recorded:
        require_age(age)
    evaluation = _evaluate(work, asked, person_id, age, {**known, **given})
    started = {"screened_on": screened_on or work.today, "screened_by": volunteer, "questionnaire": asked.ref}
    chosen = {"way": way.value} if way else {}
    saved = work.write(
        Screening,
        screening_id,
        person_id=person_id,
        journey_id=journey_id or (before.journey_id if before else None),
        age_at_events=age,
        answers={code: _stored(answer) for code, answer in given.items()},
        note=note if note is not None else (before.note if before else None),
        finding=evaluation.finding.value,
        risk=evaluation.risk.value,
        stopped=stopped.value if stopped else None,
        **chosen,
        **({} if before else started),
    )
    return Screened(work.records.get(Screening, saved), evaluation)


def evaluate_screening(work: Work, screening_id: str) -> Screened:
    """A recorded screening, read by the rules of its own questionnaire.

    Raises CaseKeyNeeded, TrainingNeeded or RecordUnknown, also when it or its person is deleted.
    """
    require_reading(work)
    found = standing(work, Screening, screening_id)
    asked = library.get(work, found.questionnaire or "")
    evaluation = _evaluate(work, asked, found.person_id or "", found.age_at_events, answers_of(found))
    return Screened(found, evaluation)


def upgrade_screening(work: Work, screening_id: str) -> Screened:
    """Move a record to the newest version, so that what is new can be asked; on the newest one already nothing changes.

    Raises UpgradeLowers, TrainingNeeded, AbilityNeeded, CaseKeyNeeded or RecordUnknown before anything is written.
    """
    require_training(work, Ability.SCREENING)
    require_reading(work)
    before = standing(work, Screening, screening_id)
    newest = library.newest(work)
    answers = answers_of(before)
    if before.questionnaire == newest.ref:
        return evaluate_screening(work, screening_id)
    evaluation = _evaluate(work, newest, before.person_id or "", before.age_at_events, answers)
    if _is_lower(evaluation, before):
        raise UpgradeLowers(ref=newest.ref)
    work.write(
        Screening,
        screening_id,
        questionnaire=newest.ref,
        answers={
            code: _stored(replace(answer, asked=answer.asked or before.questionnaire))
            for code, answer in answers.items()
        },
        finding=evaluation.finding.value,
        risk=evaluation.risk.value,
    )
    return Screened(work.records.get(Screening, screening_id), evaluation)


def answers_of(screening: Screening) -> dict[str, Answer]:
    """The stored answers as values; one that another program wrote in a way we can't read is left out, not guessed."""
    found = {}
    for code, part in screening.answers.items():
        with contextlib.suppress(msgspec.ValidationError):
            answer = msgspec.convert(part, Answer)
            found[code] = replace(answer, event=tidy_event(answer.event))
    return found


def subject_of(person: Person, age_at_events: int | None, today: str) -> Subject:
    """What the rules need to know of a person today."""
    ages = PartialDate.from_edtf(person.birth_date or "").age_range_on(date.fromisoformat(today))
    return Subject(age_at_events, Sex(person.sex) if person.sex else None, ages[1] if ages else None)


def _evaluate(
    work: Work, asked: Questionnaire, person_id: str, age: int | None, answers: Mapping[str, Answer]
) -> Evaluation:
    subject = subject_of(work.records.get(Person, person_id), age, work.today)
    return evaluate(asked, library.rules(work, asked), subject, library.known_answers(asked, answers))


def _given(answer: Answer, before: Answer | None, moment: str | None) -> Answer:
    """An answer as it is kept: one that says what was told already keeps when and in which version that was."""
    answer = replace(answer, event=tidy_event(answer.event))
    if before and (answer.value, answer.by, answer.event) == (before.value, before.by, before.event):
        return replace(answer, at=before.at, asked=before.asked)
    is_old = before is not None and answer.at == before.at
    return replace(answer, at=answer.at if answer.at and not is_old else moment, asked=None)


def _is_lower(evaluation: Evaluation, before: Screening) -> bool:
    """Whether a reading says less than what is recorded."""
    lower_finding = before.finding is not None and FINDINGS.index(evaluation.finding) < FINDINGS.index(
        Finding(before.finding)
    )
    return lower_finding or (before.risk is not None and RISKS.index(evaluation.risk) < RISKS.index(Risk(before.risk)))


def _moment(work: Work) -> str:
    """Now, as the clock on the wall says it, to the minute."""
    return datetime.fromisoformat(work.now).astimezone().isoformat(timespec="minutes")


def _stored(answer: Answer) -> dict[str, str]:
    return {name: str(value) for name, value in dataclasses.asdict(answer).items() if value is not None}
