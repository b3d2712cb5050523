# SPDX-License-Identifier: GPL-3.0-or-later
"""Early screening as values: what is asked, what was answered, by which rules it is read, what comes out.

An element is a legal fact (PROSES, CARA, TUJUAN: UU 21/2007 art. 1(1), P2/2024 art. 1(1)); a sign only points to one
(JUKNIS 2.3). `Questionnaire` and `Rules` are versioned data from `resources/questionnaires/`; codes are permanent and
never reused. Every list keeps the order of its source. `Finding`, `Risk` and `Sex` are those of the stored records.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING, Literal

from trafficwatch.errors import InputError
from trafficwatch.models import casework, people

if TYPE_CHECKING:
    from collections.abc import Mapping

Finding = casework.Finding
Risk = casework.Risk
Sex = people.Sex

FINDINGS = tuple(Finding)
"""Weakest first."""
RISKS = tuple(Risk)
"""Lowest first."""


class UnknownCodeError(InputError):
    """An answer names a question that the questionnaire does not have."""

    key = "screening_unknown_code"


class Value(StrEnum):
    """An answer. A question without an answer was not asked; only YES speaks, none of the others is a 'no' to all."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"
    DECLINED = "declined"


class By(StrEnum):
    """Where an answer comes from; no source weighs more than another."""

    PERSON = "person"
    FAMILY = "family"
    DOCUMENT = "document"
    OBSERVED = "observed"


class Element(StrEnum):
    """The three elements of trafficking in persons."""

    PROSES = "proses"
    CARA = "cara"
    TUJUAN = "tujuan"


class Kind(StrEnum):
    """What a question can do: state an element, point to one, describe circumstances, raise attention, show danger."""

    ELEMENT = "element"
    SIGN = "sign"
    CONTEXT = "context"
    GENERAL = "general"
    TRIAGE = "triage"


class Mode(StrEnum):
    """ASK is read aloud; OBSERVE is looked at by the volunteer and never read aloud."""

    ASK = "ask"
    OBSERVE = "observe"


class State(StrEnum):
    """What is known of one element."""

    UNKNOWN = "unknown"
    INDICATED = "indicated"
    STATED = "stated"


STATES = tuple(State)
"""Weakest first."""


class Track(StrEnum):
    """Whose rule applies: an adult's, a child's (under 18), or both while the age is not known."""

    ADULT = "adult"
    CHILD = "child"
    AGE_UNKNOWN = "age_unknown"


class Form(StrEnum):
    """Forms of exploitation; the law's list is open (UU 21/2007 art. 1(7); a child's six forms: JUKNIS 2.2)."""

    LABOUR = "labour"
    SEXUAL = "sexual"
    SLAVERY_LIKE = "slavery_like"
    SERVITUDE = "servitude"
    DEBT_BONDAGE = "debt_bondage"
    ORGAN_REMOVAL = "organ_removal"
    ILLICIT_ACTIVITY = "illicit_activity"
    BEGGING = "begging"
    ARMED_CONFLICT = "armed_conflict"
    FORCED_MARRIAGE = "forced_marriage"
    SALE_OF_CHILD = "sale_of_child"
    CHILD_HAZARDOUS_WORK = "child_hazardous_work"
    CHILD_UNDER_AGE_WORK = "child_under_age_work"
    OTHER = "other"


class Lookalike(StrEnum):
    """What is not trafficking by itself, makes vulnerable, and must be examined (JUKNIS 2.2)."""

    SMUGGLING = "smuggling"
    BAD_WORKING_CONDITIONS = "bad_working_conditions"
    ILLEGAL_EMPLOYMENT = "illegal_employment"


class Reason(StrEnum):
    """Why a finding is not higher or not plainer than the states of the elements suggest."""

    NOT_CONNECTED = "not_connected"
    SAME_FACTS = "same_facts"
    ONLY_AS_CHILD = "only_as_child"
    AGE_CONTRADICTS = "age_contradicts"


@dataclass(frozen=True, slots=True)
class Words:
    """One text in both languages."""

    id: str
    en: str

    def of(self, language: Literal["id", "en"]) -> str:
        return self.id if language == "id" else self.en


@dataclass(frozen=True, slots=True)
class Place:
    """Where a fact counts: element and group; for TUJUAN the form. `max_age`: only up to that age at the events."""

    element: Element
    group: str
    form: Form | None = None
    max_age: int | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """A group of signs. `asks` names the direct questions that a sign of the group calls for."""

    code: str
    element: Element
    label: Words
    asks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Entry:
    """One question. A fact that stands under two groups is one entry with two places.

    `short` is the fact as a clause for explanations; `term` and `law` are there for elements; `indicators` are the
    numbers in the inventory of the sources; `max_age` and `sex` say whom it is asked about. An entry of a `module` is
    proposed only when the gate of its module was answered yes; it may be answered at any time.
    """

    code: str
    kind: Kind
    text: Words
    short: Words
    help: Words
    source: str
    places: tuple[Place, ...] = ()
    mode: Mode = Mode.ASK
    term: str | None = None
    law: tuple[str, ...] = ()
    indicators: tuple[str, ...] = ()
    asks: tuple[str, ...] = ()
    risk: Risk | None = None
    lookalike: Lookalike | None = None
    max_age: int | None = None
    sex: Sex | None = None
    module: str | None = None

    @property
    def element(self) -> Element | None:
        """The element under which it is asked first."""
        return self.places[0].element if self.places else None

    @property
    def groups(self) -> tuple[str, ...]:
        return tuple(place.group for place in self.places)


@dataclass(frozen=True, slots=True)
class Module:
    """Questions for one known modus (P2/2024 Lampiran I.A); `gate` is the question whose yes opens them."""

    code: str
    label: Words
    gate: str


@dataclass(frozen=True)  # no slots, and no default on the class: what is looked up after every answer is indexed once
class Questionnaire:
    """A versioned set of questions; `rules` names the rules by which its answers are read."""

    id: str
    version: int
    title: Words
    rules: str
    groups: tuple[Group, ...]
    entries: tuple[Entry, ...]
    modules: tuple[Module, ...] = field(default_factory=tuple)

    @property
    def ref(self) -> str:
        return f"{self.id}@{self.version}"

    def entry(self, code: str) -> Entry:
        """The question with this code; UnknownCodeError when there is none."""
        if entry := self._entries.get(code):
            return entry
        raise UnknownCodeError(code=code[:40])

    def group(self, code: str) -> Group:
        """The group with this code; the loader has proved that it exists."""
        return self._groups[code]

    @cached_property
    def _entries(self) -> Mapping[str, Entry]:
        return {entry.code: entry for entry in self.entries}

    @cached_property
    def _groups(self) -> Mapping[str, Group]:
        return {group.code: group for group in self.groups}


@dataclass(frozen=True, slots=True)
class Path:
    """A way to 'suspected': all `required` elements at least indicated, one of `stated_one_of` (if any) stated."""

    required: tuple[Element, ...]
    stated_one_of: tuple[Element, ...] = ()


@dataclass(frozen=True, slots=True)
class Duty:
    """A duty that follows when any of its conditions holds; without conditions always; never beside `yields_to`."""

    code: str
    source: str
    ours: bool
    findings: tuple[Finding, ...] = ()
    risks: tuple[Risk, ...] = ()
    codes: tuple[str, ...] = ()
    child: bool = False
    attempt: bool = False
    yields_to: str | None = None


@dataclass(frozen=True, slots=True)
class Citation:
    """Where one constant of the rules comes from; `ours` marks policy that the sources do not state."""

    rule: str
    source: str
    ours: bool
    text: Words


@dataclass(frozen=True, slots=True)
class Rules:
    """The constants of the evaluation, each with a citation; what the sources leave open is marked as ours."""

    id: str
    version: int
    adult_age: int
    adult_path: Path
    child_path: Path
    stating_kinds: tuple[Kind, ...]
    indicating_kinds: tuple[Kind, ...]
    clarifying_kinds: tuple[Kind, ...]
    clarifying_stated: tuple[Element, ...]
    own_facts: bool
    child_code: str
    before_departure_codes: tuple[str, ...]
    departure_days: int
    stop_questions_from: Risk
    next_count: int
    duties: tuple[Duty, ...]
    citations: tuple[Citation, ...]
    journey_dangers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """What is known about one question. `event` groups facts of one journey and its people; None is the one journey.

    `at` is when it was told (local time, ISO 8601 to the minute); `asked` the questionnaire in which it was asked, when
    that is not the one of the screening. Neither is read by any rule.
    """

    value: Value
    by: By | None = None
    event: str | None = None
    note: str | None = None
    at: str | None = None
    asked: str | None = None


@dataclass(frozen=True, slots=True)
class Subject:
    """Of the person only what the rules need: age in years at the events, sex as on the card, age in years today.

    `age_now` is the most that the birth date allows, so that who is under age by it certainly is a child.
    """

    age_at_events: int | None = None
    sex: Sex | None = None
    age_now: int | None = None


@dataclass(frozen=True, slots=True)
class ElementResult:
    """One element: its state and the codes of the answers that say so, direct facts before signs."""

    state: State
    by: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Evaluation:
    """The outcome (interfaces: `screen evaluate`), with `reasons` beside it for the explanation. It is initial."""

    track: Track
    elements: Mapping[Element, ElementResult]
    finding: Finding
    attempt: bool
    forms: tuple[Form, ...]
    lookalikes: tuple[Lookalike, ...]
    risk: Risk
    risk_by: tuple[str, ...]
    duties: tuple[str, ...]
    next: tuple[str, ...]
    questionnaire: str
    reasons: tuple[Reason, ...] = ()
