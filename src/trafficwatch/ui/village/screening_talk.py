# SPDX-License-Identifier: GPL-3.0-or-later
"""One screening while it is taken: what is known of the person, what was answered so far, what that says now.

`Opened` is what the store knows (`open_talk`), `Talk` what the volunteer adds; its content is what a draft keeps.
Evaluating is pure and quick, so it is done after every answer; an answer keeps the minute in which it was given.
`save_talk` records answers, and the spoken consent to being asked unless the person agrees to service already, in one
transaction. No Qt here.

A talk that was broken off, or goes on on another day, begins with its first step again: whether it is safe to talk, and
whether one may ask, holds for the moment alone. What was told stays.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import date, datetime
from typing import Any

import msgspec

from trafficwatch.casework.consents import record_consent
from trafficwatch.casework.overview import InstitutionRow, care_of, institutions
from trafficwatch.models.casework import ConsentScope, Decision, ScreeningWay, StopReason
from trafficwatch.models.dates import PartialDate
from trafficwatch.models.migration import Journey, Stage
from trafficwatch.models.people import Person
from trafficwatch.models.screening import (
    RISKS,
    Answer,
    Entry,
    Evaluation,
    Questionnaire,
    Rules,
    Subject,
    Value,
)
from trafficwatch.registry.browse import resident_card
from trafficwatch.screening import library
from trafficwatch.screening.evaluation import evaluate
from trafficwatch.screening.sessions import answers_of, evaluate_screening, record_screening, subject_of
from trafficwatch.texts import current_language, t

OLDEST = 120
_GONE = {Stage.DEPARTED.value, Stage.RETURNED.value}


def this_minute() -> str:
    """The local time as answers keep it."""
    return datetime.now().astimezone().isoformat(timespec="minutes")


@dataclass(frozen=True, slots=True)
class Opened:
    """What the store knows when a screening begins or goes on; `age` is that at the events, if it is certain."""

    person: Person
    subject: Subject
    questionnaire: Questionnaire
    rules: Rules
    answers: Mapping[str, Answer]
    age: int | None
    age_is_recorded: bool
    age_is_at_departure: bool
    has_agreed: bool
    institutions: tuple[InstitutionRow, ...]


def open_talk(work: Any, person_id: str, screening_id: str | None) -> Opened:
    """Read all that a screening of this person starts from."""
    card = resident_card(work, person_id)
    done = evaluate_screening(work, screening_id).screening if screening_id else None
    asked = library.get(work, done.questionnaire or "") if done else library.newest(work)
    gone = next((each for each in card.journeys if each.stage in _GONE), None)
    recorded = done.age_at_events if done else None
    age, at_departure = _age(card.person, gone, work.today)
    return Opened(
        card.person,
        subject_of(card.person, recorded, work.today),
        asked,
        library.rules(work, asked),
        answers_of(done) if done else {},
        age if recorded is None else recorded,
        recorded is not None,
        at_departure,
        ConsentScope.SERVICE in care_of(work, person_id).agreement.scopes,
        institutions(work),
    )


def _age(person: Person, gone: Journey | None, today: str) -> tuple[int | None, bool]:
    """The age at the departure of who has left, else today's; None if the days can't tell for certain.

    Today's age for what happened years ago would hide a child.
    """
    born = PartialDate.from_edtf(person.birth_date or "")
    if gone is None:
        return born.age_on(date.fromisoformat(today)), False
    left = PartialDate.from_edtf(gone.departure_on or "")
    first, last = left.earliest(), left.latest()
    ages = {born.age_on(first), born.age_on(last)} if first and last else {None}
    return (ages.pop(), True) if len(ages) == 1 else (None, True)


@dataclass(slots=True)
class Talk:
    """What the volunteer has taken down so far. `safety` maps a question of the first step to its answer; `stopped` is
    why the talk was broken off when nothing was told that a screening could keep; `stopping` is the reason chosen while
    it is being asked, empty before one is, None while it isn't asked.
    """

    opened: Opened
    answers: dict[str, Answer] = field(default_factory=dict)
    age: int | None = None
    safety: dict[str, str] = field(default_factory=dict)
    consent: str = ""
    note: str = ""
    step: int = 0
    stopped: str = ""
    stopping: str | None = None
    minute: Callable[[], str] = this_minute

    @classmethod
    def begin(cls, opened: Opened, minute: Callable[[], str] = this_minute) -> Talk:
        """With what is recorded already."""
        return cls(opened, dict(opened.answers), opened.age, minute=minute)

    def evaluate(self) -> Evaluation:
        opened = self.opened
        subject = replace(opened.subject, age_at_events=self.age)
        known = library.known_answers(opened.questionnaire, self.answers)
        return evaluate(opened.questionnaire, opened.rules, subject, known)

    def is_danger(self, evaluation: Evaluation) -> bool:
        """Whether help is called before anything else is asked."""
        return RISKS.index(evaluation.risk) >= RISKS.index(self.opened.rules.stop_questions_from)

    def concerns(self, entry: Entry) -> bool:
        """Whether a question is for this person; what was answered stays in sight."""
        is_of_age = entry.max_age is None or self.age is None or self.age <= entry.max_age
        sex = self.opened.person.sex
        return entry.code in self.answers or (is_of_age and (entry.sex is None or not sex or entry.sex.value == sex))

    def says_yes(self, code: str) -> bool:
        return code in self.answers and self.answers[code].value is Value.YES

    def take(self, code: str, answer: Answer | None) -> bool:
        """Keep an answer and when it was given; what is recorded can be changed but not taken back: then False."""
        before = self.answers.get(code)
        if answer is not None:
            is_new = before is None or before.value is not answer.value
            self.answers[code] = replace(answer, at=self.minute(), asked=None) if is_new else answer
        elif code in self.opened.answers:
            self.answers[code] = self.opened.answers[code]
            return False
        else:
            self.answers.pop(code, None)
        return True

    @property
    def new_answers(self) -> dict[str, Answer]:
        return {code: answer for code, answer in self.answers.items() if self.opened.answers.get(code) != answer}

    @property
    def is_saved(self) -> bool:
        """Whether what a paper says is in a record already."""
        return bool(self.opened.answers) and not self.new_answers and self.age == self.opened.age

    @property
    def is_touched(self) -> bool:
        """Whether anything would be lost."""
        said = self.safety or self.consent or self.note or self.stopped
        return bool(self.new_answers or said or self.age != self.opened.age)

    def content(self) -> dict[str, Any]:
        """As JSON for a draft, with what each answer and the age were put over: the records may change meanwhile."""
        opened, new = self.opened, self.new_answers
        typed = {} if self.age == opened.age else {"age": self.age, "age_over": opened.age}
        return {
            "step": self.step,
            "answers": {code: _kept(answer) for code, answer in new.items()},
            "over": {code: _kept(opened.answers[code]) for code in new if code in opened.answers},
            **typed,
            "safety": dict(self.safety),
            "consent": self.consent,
            "note": self.note,
            "stopped": self.stopped,
            "stopping": self.stopping,
            "day": self.minute()[:10],
        }

    def take_up(self, content: Mapping[str, Any]) -> tuple[str, ...]:
        """Go on with a draft; questions that the questionnaire no longer has are left out.

        Of one that was broken off, or left on another day, only what was told is taken up. Where the records changed
        since, they hold; gives the sentences that say so.
        """
        told = self._take_up_answers(content), self._take_up_age(content)
        self.note = content.get("note", "")
        self.stopped = content.get("stopped", "")
        today = self.minute()[:10]
        if self.stopped or content.get("day", today) != today:
            self.safety, self.consent, self.step, self.stopping = {}, "", 0, None
        else:
            self.safety = dict(content.get("safety", {}))
            self.consent = content.get("consent", "")
            self.step = content.get("step", 0)
            self.stopping = content.get("stopping")
        return tuple(filter(None, told))

    def _take_up_answers(self, content: Mapping[str, Any]) -> str:
        recorded = self.opened.answers
        kept = msgspec.convert(content.get("answers", {}), dict[str, Answer])
        over = msgspec.convert(content.get("over", {}), dict[str, Answer])
        changed = []
        for entry in self.opened.questionnaire.entries:
            code = entry.code
            if code not in kept:
                continue
            if code not in recorded or _is_same(recorded[code], over.get(code)):
                self.answers[code] = kept[code]
            elif not _is_same(recorded[code], kept[code]):
                changed.append(entry.short.of(current_language()))
        return t("screening_desk.draft_answers", questions="; ".join(changed)) if changed else ""

    def _take_up_age(self, content: Mapping[str, Any]) -> str:
        opened, age = self.opened.age, content.get("age")
        if "age" not in content or age == opened:
            return ""
        if content.get("age_over", opened) != opened:
            return t("screening_desk.draft_age")
        self.age = age
        return ""


def _kept(answer: Answer) -> dict[str, str]:
    """An answer as JSON."""
    return {name: str(value) for name, value in asdict(answer).items() if value is not None}


def _is_same(one: Answer, other: Answer | None) -> bool:
    """Whether it is one answer; moving the record to newer questions only adds in which it was asked."""
    return other is not None and replace(one, asked=None) == replace(other, asked=None)


def save_talk(work: Any, talk: Talk, screening_id: str | None, stopped: StopReason | None = None) -> str:
    """Record the screening, `stopped` if it was broken off; gives its id."""
    person_id = talk.opened.person.id
    if talk.consent == Decision.AGREED and not talk.opened.has_agreed:
        record_consent(
            work,
            person_id,
            {ConsentScope.SERVICE.value: Decision.AGREED.value},
            explained=t("screening_desk.consent_record"),
        )
    done = record_screening(
        work,
        person_id,
        talk.new_answers,
        age_at_events=talk.age,
        questionnaire=talk.opened.questionnaire,
        screening_id=screening_id,
        note=talk.note or None,
        way=None if screening_id else ScreeningWay.TALK,
        stopped=stopped,
    )
    return done.screening.id
