# SPDX-License-Identifier: GPL-3.0-or-later
"""Early screening, pure: answers in, an initial evaluation out (JUKNIS 2; constants and citations: `Rules`).

Only a 'yes' speaks; 'no', 'unknown', 'declined' and 'not asked' lower nothing. Per element: *stated* (a direct question
answered yes) > *indicated* (signs, dangers going on) > *unknown*; context and general signs never fill an element.

1. Track: an adult's path, a child's (an act and a purpose, no means), or both while the age is not known.
2. Finding: `suspected` when, within one event, the elements that a path requires are at least indicated, one of those
   it names is stated, and no two of them rest on the very same answers; `needs_clarification` when a sign, a stated
   CARA or TUJUAN, or a general sign speaks for it; otherwise `not_enough_information`. Never 'not a victim'.
3. An answer without an event belongs to every event, since it may be part of each.
4. Risk: the highest danger known; a child is one. From `stop_questions_from` up no question is proposed.

Monotonic: one more 'yes' never lowers finding, risk or the state of an element. The order of answers is irrelevant.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from itertools import chain, combinations, zip_longest
from typing import TYPE_CHECKING

from trafficwatch.models.screening import (
    RISKS,
    Answer,
    Duty,
    Element,
    ElementResult,
    Entry,
    Evaluation,
    Finding,
    Form,
    Kind,
    Lookalike,
    Path,
    Place,
    Questionnaire,
    Reason,
    Risk,
    Rules,
    State,
    Subject,
    Track,
    Value,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


@dataclass(frozen=True, slots=True)
class _Fact:
    """An answer 'yes' and the event it belongs to."""

    entry: Entry
    event: str | None


@dataclass(frozen=True, slots=True)
class _Support:
    """The codes that speak for one element."""

    stated: tuple[str, ...]
    indicated: tuple[str, ...]

    @property
    def state(self) -> State:
        if self.stated:
            return State.STATED
        return State.INDICATED if self.indicated else State.UNKNOWN

    @property
    def by(self) -> tuple[str, ...]:
        return self.stated + self.indicated


_Supports = dict[Element, _Support]


class _Reach(StrEnum):
    """How far the facts lead along one path."""

    MET = "met"
    SAME_FACTS = "same_facts"
    NOT_CONNECTED = "not_connected"
    SHORT = "short"


@dataclass(frozen=True, slots=True)
class _Age:
    """What is known of the age: `years` at the events if certain; `is_child_now` counts for danger and duty.

    `is_grown_up`: whoever it was then, the person is no child today.
    """

    track: Track
    years: int | None
    is_child_now: bool
    contradicts: bool = False
    is_grown_up: bool = False


@dataclass(frozen=True, slots=True)
class _Case:
    """What is known: the facts, in the questionnaire's order, and what was asked at all."""

    questionnaire: Questionnaire
    rules: Rules
    subject: Subject
    age: _Age
    facts: tuple[_Fact, ...]
    asked: frozenset[str]

    @property
    def may_be_child(self) -> bool:
        return self.age.track is not Track.ADULT


@dataclass(frozen=True, slots=True)
class _Reading:
    """What the facts say. `supports` reads each of them as widely as the track allows."""

    supports: _Supports
    finding: Finding
    reasons: tuple[Reason, ...]
    may_be_child_victim: bool = False


def evaluate(questionnaire: Questionnaire, rules: Rules, subject: Subject, answers: Mapping[str, Answer]) -> Evaluation:
    """Evaluate the answers by code; UnknownCodeError for a code that the questionnaire does not have."""
    case = _gather(questionnaire, rules, subject, answers)
    reading = _read(case)
    dangers = _dangers(case, reading)
    risk = max((entry.risk for entry in dangers if entry.risk), key=RISKS.index, default=Risk.LOW)
    is_before_departure = any(fact.entry.code in rules.before_departure_codes for fact in case.facts)
    attempt = is_before_departure and (reading.finding is not Finding.NOT_ENOUGH or risk is not Risk.LOW)
    return Evaluation(
        track=case.age.track,
        elements={element: ElementResult(support.state, support.by) for element, support in reading.supports.items()},
        finding=reading.finding,
        attempt=attempt,
        forms=_forms(case, reading),
        lookalikes=_lookalikes(case, reading),
        risk=risk,
        risk_by=tuple(entry.code for entry in dangers),
        duties=_duties(case, reading, risk, attempt=attempt),
        next=_next(case, reading, risk),
        questionnaire=questionnaire.ref,
        reasons=reading.reasons,
    )


def _gather(questionnaire: Questionnaire, rules: Rules, subject: Subject, answers: Mapping[str, Answer]) -> _Case:
    for code in answers:
        questionnaire.entry(code)
    facts = tuple(
        _Fact(entry, answers[entry.code].event)
        for entry in questionnaire.entries
        if entry.code in answers and answers[entry.code].value is Value.YES
    )
    return _Case(questionnaire, rules, subject, _age(rules, subject, answers), facts, frozenset(answers))


def _age(rules: Rules, subject: Subject, answers: Mapping[str, Answer]) -> _Age:
    said = answers[rules.child_code].value if rules.child_code in answers else None
    years = subject.age_at_events
    if years is None:
        if said is Value.YES:
            return _Age(Track.CHILD, None, is_child_now=True)
        return _Age(Track.AGE_UNKNOWN, None, is_child_now=False, is_grown_up=said is Value.NO)
    if years < rules.adult_age:
        return _Age(Track.CHILD, years, said is not Value.NO)
    if said is Value.YES:
        return _Age(Track.AGE_UNKNOWN, None, is_child_now=True, contradicts=True)
    return _Age(Track.ADULT, years, is_child_now=False)


def _read(case: _Case) -> _Reading:
    supports = _support(case, case.facts, as_child=case.may_be_child)
    reaches = {}
    if case.age.track is not Track.CHILD:
        reaches[Track.ADULT] = _reach(case, case.rules.adult_path, as_child=False)
    if case.may_be_child:
        reaches[Track.CHILD] = _reach(case, case.rules.child_path, as_child=True)
    reasons = [Reason.AGE_CONTRADICTS] if case.age.contradicts else []
    if _Reach.MET in reaches.values():
        if case.age.track is Track.AGE_UNKNOWN and reaches[Track.ADULT] is not _Reach.MET:
            reasons.append(Reason.ONLY_AS_CHILD)
        unsure = case.age.track is Track.AGE_UNKNOWN and reaches[Track.CHILD] is _Reach.MET
        return _Reading(supports, Finding.SUSPECTED, tuple(reasons), may_be_child_victim=unsure)
    if _Reach.NOT_CONNECTED in reaches.values():
        reasons.append(Reason.NOT_CONNECTED)
    if _Reach.SAME_FACTS in reaches.values():
        reasons.append(Reason.SAME_FACTS)
    finding = Finding.NEEDS_CLARIFICATION if _speaks(case, supports) else Finding.NOT_ENOUGH
    return _Reading(supports, finding, tuple(reasons))


def _support(case: _Case, facts: Iterable[_Fact], *, as_child: bool) -> _Supports:
    stated: dict[Element, list[str]] = {element: [] for element in Element}
    indicated: dict[Element, list[str]] = {element: [] for element in Element}
    for fact in facts:
        is_stating = fact.entry.kind in case.rules.stating_kinds
        if is_stating or fact.entry.kind in case.rules.indicating_kinds:
            into = stated if is_stating else indicated
            for element in _elements(case, fact.entry, as_child=as_child):
                into[element].append(fact.entry.code)
    return {element: _Support(tuple(stated[element]), tuple(indicated[element])) for element in Element}


def _places(case: _Case, entry: Entry, *, as_child: bool) -> tuple[Place, ...]:
    """Where the entry counts for this person; a place with a highest age is a child's alone."""
    years = case.age.years
    return tuple(
        place
        for place in entry.places
        if place.max_age is None or (as_child and (years is None or years <= place.max_age))
    )


def _elements(case: _Case, entry: Entry, *, as_child: bool) -> set[Element]:
    return {place.element for place in _places(case, entry, as_child=as_child)}


def _reach(case: _Case, path: Path, *, as_child: bool) -> _Reach:
    reach = _Reach.SHORT
    for event in {fact.event for fact in case.facts}:
        connected = (fact for fact in case.facts if fact.event in {event, None})
        supports = _support(case, connected, as_child=as_child)
        if _is_complete(path, supports):
            if not case.rules.own_facts or _have_own_facts(path, supports):
                return _Reach.MET
            reach = _Reach.SAME_FACTS
    if reach is _Reach.SHORT and _is_complete(path, _support(case, case.facts, as_child=as_child)):
        return _Reach.NOT_CONNECTED
    return reach


def _is_complete(path: Path, supports: _Supports) -> bool:
    return all(supports[element].by for element in path.required) and (
        not path.stated_one_of or any(supports[element].stated for element in path.stated_one_of)
    )


def _have_own_facts(path: Path, supports: _Supports) -> bool:
    """Whether no two required elements rest on the very same answers."""
    return all(set(supports[a].by) != set(supports[b].by) for a, b in combinations(path.required, 2))


def _speaks(case: _Case, supports: _Supports) -> bool:
    return (
        any(support.indicated for support in supports.values())
        or any(supports[element].stated for element in case.rules.clarifying_stated)
        or any(fact.entry.kind in case.rules.clarifying_kinds for fact in case.facts)
    )


def _dangers(case: _Case, reading: _Reading) -> tuple[Entry, ...]:
    """The dangers that are known, highest first; a child is one even when only the age says so.

    Who may be a child, and would be a victim as one, is treated as one until the age is known. That an adult's path is
    met too changes nothing: one more answer must not lower the risk.
    """
    known = {fact.entry.code for fact in case.facts}
    if case.age.is_child_now or (reading.may_be_child_victim and not case.age.is_grown_up):
        known.add(case.rules.child_code)
    entries = case.questionnaire.entries
    return tuple(entry for risk in reversed(RISKS) for entry in entries if entry.risk is risk and entry.code in known)


def _forms(case: _Case, reading: _Reading) -> tuple[Form, ...]:
    """The forms of exploitation that the answers under TUJUAN point to, stated ones first."""
    entries = (case.questionnaire.entry(code) for code in reading.supports[Element.TUJUAN].by)
    places = chain.from_iterable(_places(case, entry, as_child=case.may_be_child) for entry in entries)
    return tuple(dict.fromkeys(place.form for place in places if place.form))


def _lookalikes(case: _Case, reading: _Reading) -> tuple[Lookalike, ...]:
    """What else the facts look like; once the elements speak for trafficking it is no look-alike any more."""
    seen = {fact.entry.lookalike for fact in case.facts}
    return () if reading.finding is Finding.SUSPECTED else tuple(kind for kind in Lookalike if kind in seen)


def _duties(case: _Case, reading: _Reading, risk: Risk, *, attempt: bool) -> tuple[str, ...]:
    duties = [duty for duty in case.rules.duties if _follows(duty, case, reading, risk, attempt=attempt)]
    codes = {duty.code for duty in duties}
    return tuple(duty.code for duty in duties if duty.yields_to not in codes)


def _follows(duty: Duty, case: _Case, reading: _Reading, risk: Risk, *, attempt: bool) -> bool:
    if not (duty.findings or duty.risks or duty.codes or duty.child or duty.attempt):
        return True
    as_child = case.age.is_child_now or Reason.ONLY_AS_CHILD in reading.reasons
    return (
        reading.finding in duty.findings
        or risk in duty.risks
        or any(fact.entry.code in duty.codes for fact in case.facts)
        or (duty.child and as_child)
        or (duty.attempt and attempt)
    )


def _next(case: _Case, reading: _Reading, risk: Risk) -> tuple[str, ...]:
    """The next-best questions: dangers; what the signs call for; direct questions in turn; then signs in turn."""
    if RISKS.index(risk) >= RISKS.index(case.rules.stop_questions_from):
        return ()
    wanted = _wanted(case, reading)
    candidates = chain(
        (entry for entry in case.questionnaire.entries if entry.kind is Kind.TRIAGE),
        (
            entry
            for entry in _called_for(case)
            if not _elements(case, entry, as_child=case.may_be_child).isdisjoint(wanted)
        ),
        _in_turn(case, Kind.ELEMENT, wanted),
        _in_turn(case, Kind.SIGN, [e for e in wanted if reading.supports[e].state is State.UNKNOWN]),
    )
    still_open = (entry.code for entry in candidates if entry.code not in case.asked and _is_relevant(case, entry))
    return tuple(dict.fromkeys(still_open))[: case.rules.next_count]


def _wanted(case: _Case, reading: _Reading) -> list[Element]:
    """The elements that are still too weak for the path; none once it is complete (no more questions than needed)."""
    path = case.rules.child_path if case.age.track is Track.CHILD else case.rules.adult_path
    supports = reading.supports
    is_none_stated = not any(supports[element].stated for element in path.stated_one_of)
    return [
        element
        for element in path.required
        if supports[element].state is State.UNKNOWN
        or (element in path.stated_one_of and is_none_stated)
        or (Reason.SAME_FACTS in reading.reasons and not supports[element].stated)
    ]


def _called_for(case: _Case) -> Iterable[Entry]:
    """The questions that the facts themselves call for, and those of their groups."""
    for fact in case.facts:
        groups = (case.questionnaire.group(group).asks for group in fact.entry.groups)
        for code in chain(fact.entry.asks, *groups):
            yield case.questionnaire.entry(code)


def _in_turn(case: _Case, kind: Kind, elements: list[Element]) -> Iterable[Entry]:
    """The questions of each element in turn, so that no element has to wait for another."""
    columns = (_questions_for(case, kind, element) for element in elements)
    return (entry for row in zip_longest(*columns) for entry in row if entry)


def _questions_for(case: _Case, kind: Kind, element: Element) -> list[Entry]:
    """The questions of one kind for an element; those that are asked under another one come last."""
    entries = [
        entry
        for entry in case.questionnaire.entries
        if entry.kind is kind and element in _elements(case, entry, as_child=case.may_be_child)
    ]
    return sorted(entries, key=lambda entry: entry.element is not element)


def _is_relevant(case: _Case, entry: Entry) -> bool:
    years, sex = case.age.years, case.subject.sex
    is_of_age = entry.max_age is None or years is None or years <= entry.max_age
    return is_of_age and (entry.sex is None or sex is None or entry.sex is sex)
