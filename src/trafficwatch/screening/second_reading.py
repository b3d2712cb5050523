# SPDX-License-Identifier: GPL-3.0-or-later
"""A screening read a second time, by an officer of the PPT (P2/2024 Lampiran II.C, mechanism 2.d).

The first finding stays as the village recorded it: a second reading is a record of its own that only the PPT may write,
and every one of them is kept. The reader agrees, or gives another finding or risk with the reason; per question the
reader may say which value he or she would have given. What differs is counted per question: not to judge a volunteer,
but to find questions that are understood in two ways.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Any

from trafficwatch.errors import ConsentError, InputError
from trafficwatch.models.casework import Finding, Reading, Risk, Screening, SecondReading
from trafficwatch.models.people import Person
from trafficwatch.models.screening import (
    Answer,
    Entry,
    Evaluation,
    Questionnaire,
    Rules,
    Subject,
    UnknownCodeError,
    Value,
)
from trafficwatch.models.staff import Ability, Volunteer
from trafficwatch.models.tables import RECORD_TABLES
from trafficwatch.screening import library
from trafficwatch.screening.evaluation import evaluate
from trafficwatch.screening.sessions import answers_of, subject_of
from trafficwatch.screening.standing import standing
from trafficwatch.store.training import require_reading, require_training
from trafficwatch.store.work import Work

ENOUGH = 5
"""Fewer readings than these say little about a question (ours)."""
NOT_ASKED, CORRECTED = "not_asked", "corrected"
"""Stand for the first value: of a question that has no answer, and of one whose answer the village has since changed to
what the second reader would have given.
"""


class ReadingReasonMissing(ConsentError):
    """Another finding is given with a reason only."""

    key = "second_reading_reason_missing"
    catalogue = "errors_screening"


class NothingChanged(InputError):
    """The reading calls itself changed, but finding and risk are those of the first."""

    key = "second_reading_nothing_changed"
    catalogue = "errors_screening"


class NothingToConfirm(InputError):
    """No finding or risk came with the screening, so there is none to agree with."""

    key = "second_reading_nothing_to_confirm"
    catalogue = "errors_screening"


class ScreeningChangedMeanwhile(InputError):
    """The village sent other answers, another finding or risk since the reader saw the screening."""

    key = "second_reading_screening_changed"
    catalogue = "errors_screening"


@dataclass(frozen=True, slots=True)
class Seen:
    """What a reader had before the eyes: a reading is of that and of nothing that came later.

    `digest` stands for answers, age and questionnaire: a draft need not hold a second copy of them.
    """

    finding: str | None
    risk: str | None
    digest: str

    @classmethod
    def of(cls, first: Screening) -> Seen:
        told = json.dumps([first.questionnaire, first.age_at_events, dict(first.answers)], sort_keys=True)
        return cls(first.finding, first.risk, hashlib.sha256(told.encode()).hexdigest())


@dataclass(frozen=True, slots=True)
class ReadingRow:
    """One second reading and its reader's name; '' where that officer is not known here any more."""

    record: SecondReading
    reader: str


@dataclass(frozen=True, slots=True)
class Asked:
    """The questionnaire of a screening, and what reads its answers."""

    questionnaire: Questionnaire
    rules: Rules
    subject: Subject

    def evaluate(self, told: Iterable[library.Told], marks: Mapping[str, Value]) -> Evaluation:
        """What the rules say of the answers as the second reader would have given them. Pure."""
        answers = {each.code: each.answer for each in told}
        given = {
            code: replace(answers[code], value=value) if code in answers else Answer(value)
            for code, value in marks.items()
        }
        known = library.known_answers(self.questionnaire, answers | given)
        return evaluate(self.questionnaire, self.rules, self.subject, known)


@dataclass(frozen=True, slots=True)
class ToRead:
    """A screening as the second reader finds it. `told` are its answers with the questions as they were asked.

    `asked` is None where this program does not have the questionnaire, or no answer came.
    """

    screening: Screening
    person_name: str
    told: tuple[library.Told, ...]
    asked: Asked | None
    readings: tuple[ReadingRow, ...]


@dataclass(frozen=True, slots=True)
class Disagreement:
    """How second readers saw one question. `readings` are those that had to do with it, `differ` those that would have
    given another value; `kinds` counts (first value, second value). `entry` is the newest wording, if it is known.
    """

    code: str
    readings: int
    differ: int
    kinds: Mapping[tuple[str, str], int]
    entry: Entry | None = None

    @property
    def share(self) -> float:
        return self.differ / self.readings

    @property
    def is_few(self) -> bool:
        return self.readings < ENOUGH


def read_again(
    work: Work,
    screening_id: str,
    reading: Reading,
    finding: Finding | None = None,
    risk: Risk | None = None,
    reason: str | None = None,
    answers: Mapping[str, Value] | None = None,
    *,
    seen: Seen,
) -> SecondReading:
    """Record a second reading of what was `seen`. CONFIRMED takes finding and risk from the first; CHANGED takes what
    is given, and for what is not given the first's. `answers`: code -> the value that the reader would have given; one
    that is equal to the first says nothing.

    Raises TrainingNeeded, AbilityNeeded, CaseKeyNeeded, RecordUnknown, ScreeningChangedMeanwhile, UnknownCodeError,
    ReadingReasonMissing, NothingChanged, NothingToConfirm or, at a village desk, FieldOwnedElsewhere, before anything
    is written.
    """
    require_reading(work)
    reader = require_training(work, Ability.SCREENING)
    first = standing(work, Screening, screening_id)
    if seen != Seen.of(first):
        raise ScreeningChangedMeanwhile
    said = (reason or "").strip()
    is_confirmed = reading is Reading.CONFIRMED
    second = (first.finding, first.risk) if is_confirmed else (finding or first.finding, risk or first.risk)
    if None in second:
        raise NothingToConfirm
    if not is_confirmed and second == (first.finding, first.risk):
        raise NothingChanged
    if not is_confirmed and not said:
        raise ReadingReasonMissing
    saved = work.write(
        SecondReading,
        screening_id=screening_id,
        person_id=first.person_id,
        read_on=work.today,
        read_by=reader,
        reading=reading.value,
        finding=second[0],
        risk=second[1],
        reason=said or None,
        answers=_differing(work, first, answers or {}),
    )
    return work.records.get(SecondReading, saved)


def readings_of(work: Work, screening_id: str) -> tuple[ReadingRow, ...]:
    """All second readings of one screening, the newest first; raises CaseKeyNeeded or TrainingNeeded."""
    require_reading(work)
    found = work.records.select(SecondReading, RECORD_TABLES["second_reading"].c.screening_id == screening_id)
    names = {each.id: each.name or "" for each in work.records.select(Volunteer)}
    return tuple(ReadingRow(each, names.get(each.read_by or "", "")) for each in reversed(found))


def to_read(work: Work, screening_id: str) -> ToRead:
    """All that a second reader needs; raises RecordUnknown, CaseKeyNeeded or TrainingNeeded."""
    require_reading(work)
    first = standing(work, Screening, screening_id)
    person = work.records.get(Person, first.person_id or "")
    ref, answers, asked = first.questionnaire or "", answers_of(first), None
    if answers:
        with suppress(InputError):  # a village's program may be newer than this one
            questionnaire = library.get(work, ref)
            subject = subject_of(person, first.age_at_events, work.today)
            asked = Asked(questionnaire, library.rules(work, questionnaire), subject)
    return ToRead(first, person.name or "", library.told(work, ref, answers), asked, readings_of(work, screening_id))


def disagreements(work: Work) -> tuple[Disagreement, ...]:
    """Per question how second readers saw it, the greatest share of differences first, of these the most readings.

    Of one reader only the last reading of a screening counts: who corrects himself disagrees with nobody.
    Raises CaseKeyNeeded or TrainingNeeded.
    """
    require_reading(work)
    firsts = {each.id: answers_of(each) for each in work.records.select(Screening)}
    last = {(each.screening_id or "", each.read_by): each for each in work.records.select(SecondReading)}
    counted: dict[str, _Count] = {}
    for (screening_id, _), reading in last.items():
        first = firsts.get(screening_id, {})
        for code in first.keys() | reading.answers.keys() if screening_id in firsts else ():
            counted.setdefault(code, _Count()).add(first.get(code), reading.answers.get(code))
    entries = _entries(work)
    found = (
        Disagreement(code, count.readings, sum(count.kinds.values()), dict(count.kinds), entries.get(code))
        for code, count in counted.items()
    )
    return tuple(sorted(found, key=lambda each: (-each.share, -each.readings, each.code)))


@dataclass(slots=True)
class _Count:
    readings: int = 0
    kinds: Counter[tuple[str, str]] = field(default_factory=Counter)

    def add(self, first: Answer | None, second: Any) -> None:
        """One reading of one question; `second` is None where the reader would have given the same value."""
        self.readings += 1
        if second is not None:
            before = first.value.value if first else NOT_ASKED
            self.kinds[CORRECTED if before == second else before, str(second)] += 1


def _differing(work: Work, first: Screening, answers: Mapping[str, Value]) -> dict[str, str]:
    """The marked values that are not those of the first reading; UnknownCodeError for a question that nobody knows."""
    given = answers_of(first)
    known = {*first.answers, *_codes(work, first.questionnaire or "")}
    for code in answers:
        if code not in known:
            raise UnknownCodeError(code=code[:40])
    return {code: value.value for code, value in answers.items() if code not in given or given[code].value is not value}


def _codes(work: Work, ref: str) -> Iterable[str]:
    try:
        return [entry.code for entry in library.get(work, ref).entries]
    except InputError:
        return ()


def _entries(work: Work) -> dict[str, Entry]:
    """Every question that is known here, in its newest words."""
    oldest_first = reversed(library.versions(work))
    return {entry.code: entry for version in oldest_first for entry in version.questionnaire.entries}
