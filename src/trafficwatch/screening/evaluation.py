# SPDX-License-Identifier: GPL-3.0-or-later
"""Early screening, pure: answers in, an initial evaluation out (JUKNIS 2; constants and citations: `Rules`).

Only a 'yes' speaks; 'no', 'unknown', 'declined' and 'not asked' lower nothing. Per element: *stated* (a direct question
answered yes) > *indicated* (signs, dangers going on) > *unknown*; context and general signs never fill an element.

1. Track: an adult's path, a child's (an act and a purpose, no means), or both while the age is not known.
2. Finding: `suspected` when, within one event, the elements that a path requires are at least indicated, one of those
   it names is stated, and no two or more of them rest on re-used answers alone; `needs_clarification` when a sign, a
   stated CARA or TUJUAN, or a general sign speaks for it; otherwise `not_enough_information`. Never 'not a victim'.
3. An answer without an event belongs to every event, since it may be part of each.
4. Attempt: before departure as soon as anything speaks for it or endangers; nobody need have been exploited.
5. Risk: the highest danger known; a child is one. From `stop_questions_from` up no question is proposed.

Monotonic: one more 'yes' never lowers finding, risk, attempt or the state of an element. The order is irrelevant.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from enum import StrEnum
from itertools import chain, combinations
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
    Lookalike,
    Path,
    Questionnaire,
    Reason,
    Risk,
    Rules,
    State,
    Subject,
    Track,
)
from trafficwatch.screening.facts import Case, Fact, gather
from trafficwatch.screening.proposing import propose

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


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
class _Reading:
    """What the facts say. `supports` reads each of them as widely as the track allows."""

    supports: _Supports
    finding: Finding
    reasons: tuple[Reason, ...]
    may_be_child_victim: bool = False


def evaluate(questionnaire: Questionnaire, rules: Rules, subject: Subject, answers: Mapping[str, Answer]) -> Evaluation:
    """Evaluate the answers by code; UnknownCodeError for a code that the questionnaire does not have."""
    case = gather(questionnaire, rules, subject, answers)
    reading = _read(case)
    dangers = _dangers(case, reading)
    risk = max((entry.risk for entry in dangers if entry.risk), key=RISKS.index, default=Risk.LOW)
    is_before_departure = any(fact.entry.code in rules.before_departure_codes for fact in case.facts)
    speaks = reading.finding is not Finding.NOT_ENOUGH or any(_is_of_journey(rules, entry) for entry in dangers)
    attempt = is_before_departure and speaks
    elements = {element: ElementResult(support.state, support.by) for element, support in reading.supports.items()}
    asks_on = RISKS.index(risk) < RISKS.index(rules.stop_questions_from)
    return Evaluation(
        track=case.age.track,
        elements=elements,
        finding=reading.finding,
        attempt=attempt,
        forms=_forms(case, reading),
        lookalikes=_lookalikes(case, reading),
        risk=risk,
        risk_by=tuple(entry.code for entry in dangers),
        duties=_duties(case, reading, risk, attempt=attempt),
        next=propose(case, elements, reading.reasons) if asks_on else (),
        questionnaire=questionnaire.ref,
        reasons=reading.reasons,
    )


def _read(case: Case) -> _Reading:
    supports = _support(case, case.facts, as_child=case.may_be_child)
    is_child = case.age.track is Track.CHILD
    as_adult = _Reach.SHORT if is_child else _reach(case, case.rules.adult_path, as_child=False)
    as_child = _reach_of_child(case) if case.may_be_child else _Reach.SHORT
    reasons = [Reason.AGE_CONTRADICTS] if case.age.contradicts else []
    if _Reach.MET in {as_adult, as_child}:
        is_unsure = case.age.track is Track.AGE_UNKNOWN and as_child is _Reach.MET
        if is_unsure and as_adult is not _Reach.MET:
            reasons.append(Reason.ONLY_AS_CHILD)
        return _Reading(supports, Finding.SUSPECTED, tuple(reasons), may_be_child_victim=is_unsure)
    if _Reach.NOT_CONNECTED in {as_adult, as_child}:
        reasons.append(Reason.NOT_CONNECTED)
    if _Reach.SAME_FACTS in {as_adult, as_child}:
        reasons.append(Reason.SAME_FACTS)
    finding = Finding.NEEDS_CLARIFICATION if _speaks(case, supports) else Finding.NOT_ENOUGH
    return _Reading(supports, finding, tuple(reasons))


def _support(case: Case, facts: Iterable[Fact], *, as_child: bool) -> _Supports:
    stated: dict[Element, list[str]] = {element: [] for element in Element}
    indicated: dict[Element, list[str]] = {element: [] for element in Element}
    for fact in facts:
        is_stating = fact.entry.kind in case.rules.stating_kinds
        if is_stating or fact.entry.kind in case.rules.indicating_kinds:
            into = stated if is_stating else indicated
            for element in case.elements(fact.entry, as_child=as_child):
                into[element].append(fact.entry.code)
    return {element: _Support(tuple(stated[element]), tuple(indicated[element])) for element in Element}


def _reach_of_child(case: Case) -> _Reach:
    """What counts for children alone may make two facts one, so the facts are read without it too: it never lowers."""
    wide, narrow = (_reach(case, case.rules.child_path, as_child=is_wide) for is_wide in (True, False))
    return _Reach.MET if narrow is _Reach.MET else wide


def _reach(case: Case, path: Path, *, as_child: bool) -> _Reach:
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
    """Whether, of any two or more required elements, an answer stands under one alone."""
    groups = chain.from_iterable(combinations(path.required, size) for size in range(2, len(path.required) + 1))
    return all(1 in Counter(chain.from_iterable(supports[e].by for e in group)).values() for group in groups)


def _speaks(case: Case, supports: _Supports) -> bool:
    return (
        any(support.indicated for support in supports.values())
        or any(supports[element].stated for element in case.rules.clarifying_stated)
        or any(fact.entry.kind in case.rules.clarifying_kinds for fact in case.facts)
    )


def _dangers(case: Case, reading: _Reading) -> tuple[Entry, ...]:
    """The dangers that are known, highest first; a child is one even when only the age says so.

    Who may be a child, and would be a victim as one, is treated as one until the age is known. That an adult's path is
    met too changes nothing: one more answer must not lower the risk.
    """
    known = {fact.entry.code for fact in case.facts}
    if case.age.is_child_now or (reading.may_be_child_victim and not case.age.is_grown_up):
        known.add(case.rules.child_code)
    entries = case.questionnaire.entries
    return tuple(entry for risk in reversed(RISKS) for entry in entries if entry.risk is risk and entry.code in known)


def _is_of_journey(rules: Rules, entry: Entry) -> bool:
    """Whether a danger speaks of those who send somebody away; being a child or ill does not."""
    return not rules.journey_dangers or entry.code in rules.journey_dangers


def _forms(case: Case, reading: _Reading) -> tuple[Form, ...]:
    """The forms of exploitation that the answers under TUJUAN point to, stated ones first."""
    entries = (case.questionnaire.entry(code) for code in reading.supports[Element.TUJUAN].by)
    places = chain.from_iterable(case.places(entry, as_child=case.may_be_child) for entry in entries)
    return tuple(dict.fromkeys(place.form for place in places if place.form))


def _lookalikes(case: Case, reading: _Reading) -> tuple[Lookalike, ...]:
    """What else the facts look like; once the elements speak for trafficking it is no look-alike any more."""
    seen = {fact.entry.lookalike for fact in case.facts}
    return () if reading.finding is Finding.SUSPECTED else tuple(kind for kind in Lookalike if kind in seen)


def _duties(case: Case, reading: _Reading, risk: Risk, *, attempt: bool) -> tuple[str, ...]:
    duties = [duty for duty in case.rules.duties if _follows(duty, case, reading, risk, attempt=attempt)]
    codes = {duty.code for duty in duties}
    return tuple(duty.code for duty in duties if duty.yields_to not in codes)


def _follows(duty: Duty, case: Case, reading: _Reading, risk: Risk, *, attempt: bool) -> bool:
    if not (duty.findings or duty.risks or duty.codes or duty.child or duty.attempt):
        return True
    as_child = case.age.is_child_now or (reading.may_be_child_victim and not case.age.is_grown_up)
    return (
        reading.finding in duty.findings
        or risk in duty.risks
        or any(fact.entry.code in duty.codes for fact in case.facts)
        or (duty.child and as_child)
        or (duty.attempt and attempt)
    )
