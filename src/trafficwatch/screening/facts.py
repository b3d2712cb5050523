# SPDX-License-Identifier: GPL-3.0-or-later
"""What is known before any rule reads it, pure: the facts, the age and what was asked.

A fact is an answer 'yes'; no other answer is one. Facts keep the order of the questionnaire, so that the order of the
answers means nothing. Who is a child today by the birth date is one, whatever was answered. An age at the events that
this or the answers contradict counts as not known.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from trafficwatch.models.screening import Element, Entry, Place, Questionnaire, Rules, Subject, Track, Value

if TYPE_CHECKING:
    from collections.abc import Mapping

    from trafficwatch.models.screening import Answer


@dataclass(frozen=True, slots=True)
class Fact:
    """An answer 'yes' and the event it belongs to."""

    entry: Entry
    event: str | None


@dataclass(frozen=True, slots=True)
class Age:
    """What is known of the age: `years` at the events if certain; `is_child_now` counts for danger and duty.

    `is_grown_up`: whoever it was then, the person is no child today.
    """

    track: Track
    years: int | None
    is_child_now: bool
    contradicts: bool = False
    is_grown_up: bool = False


@dataclass(frozen=True, slots=True)
class Case:
    """What is known: the facts, and every answer by its code; a code that is missing was not asked."""

    questionnaire: Questionnaire
    rules: Rules
    subject: Subject
    age: Age
    facts: tuple[Fact, ...]
    values: Mapping[str, Value]

    @property
    def may_be_child(self) -> bool:
        return self.age.track is not Track.ADULT

    def places(self, entry: Entry, *, as_child: bool) -> tuple[Place, ...]:
        """Where the entry counts for this person; a place with a highest age is a child's alone."""
        years = self.age.years
        return tuple(
            place
            for place in entry.places
            if place.max_age is None or (as_child and (years is None or years <= place.max_age))
        )

    def elements(self, entry: Entry, *, as_child: bool) -> set[Element]:
        return {place.element for place in self.places(entry, as_child=as_child)}


def gather(questionnaire: Questionnaire, rules: Rules, subject: Subject, answers: Mapping[str, Answer]) -> Case:
    """The answers as facts; UnknownCodeError for a code that the questionnaire does not have."""
    for code in answers:
        questionnaire.entry(code)
    values = {code: answer.value for code, answer in answers.items()}
    facts = tuple(
        Fact(entry, answers[entry.code].event) for entry in questionnaire.entries if values.get(entry.code) is Value.YES
    )
    return Case(questionnaire, rules, subject, _age(rules, subject, values.get(rules.child_code)), facts, values)


def _age(rules: Rules, subject: Subject, said: Value | None) -> Age:
    years = subject.age_at_events
    is_recorded_child = subject.age_now is not None and subject.age_now < rules.adult_age
    is_child = is_recorded_child or said is Value.YES
    if years is None and not is_child:
        return Age(Track.AGE_UNKNOWN, None, is_child_now=False, is_grown_up=said is Value.NO)
    if years is None or years < rules.adult_age:
        is_denied = is_recorded_child and said is Value.NO
        return Age(Track.CHILD, years, is_child_now=is_child or said is not Value.NO, contradicts=is_denied)
    if is_child:
        return Age(Track.AGE_UNKNOWN, None, is_child_now=True, contradicts=True)
    return Age(Track.ADULT, years, is_child_now=False)
