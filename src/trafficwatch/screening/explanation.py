# SPDX-License-Identifier: GPL-3.0-or-later
"""An evaluation in plain words, pure: what a volunteer reads on the screen and on paper, in either language.

It names the elements and the answers that say so, what is missing and what to ask, the form of exploitation, child or
adult (both ways while the age is not known), whether consent matters, what else it looks like, the risk and the duties
that follow, and that all of it is initial. Danger comes first when there is any; what is told before a departure stands
right after the finding, whatever the finding. Notes are never quoted: only the wording of the questionnaire appears, so
that nothing personal slips into a text. No sentence says that someone is no victim.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from trafficwatch.models.screening import (
    Answer,
    Element,
    Entry,
    Evaluation,
    Finding,
    Kind,
    Mode,
    Path,
    Questionnaire,
    Reason,
    Risk,
    Rules,
    State,
    Track,
    Value,
)
from trafficwatch.texts import Language, t


@dataclass(frozen=True, slots=True)
class Line:
    """One sentence, or one item of the list that the sentence before it opens."""

    text: str
    is_item: bool = False


@dataclass(frozen=True, slots=True)
class Explained:
    """An explanation in its parts: what to do, why, what to ask next (or that questions wait), and that it is initial.

    `is_danger`: what to do comes before everything else.
    """

    action: tuple[Line, ...]
    why: tuple[Line, ...]
    next: tuple[Line, ...]
    initial: Line
    is_danger: bool

    def lines(self) -> tuple[Line, ...]:
        """All of it in reading order."""
        first = (*self.action, *self.why) if self.is_danger else (*self.why, *self.action)
        return (*first, *self.next, self.initial)


def explain(
    evaluation: Evaluation,
    questionnaire: Questionnaire,
    rules: Rules,
    answers: Mapping[str, Answer],
    language: Language,
) -> str:
    """The explanation as lines of text; `answers` are those that were evaluated with this questionnaire."""
    found = explain_in_parts(evaluation, questionnaire, rules, answers, language)
    return "\n".join(
        t("screening.item", language=language, text=line.text) if line.is_item else line.text for line in found.lines()
    )


def explain_in_parts(
    evaluation: Evaluation,
    questionnaire: Questionnaire,
    rules: Rules,
    answers: Mapping[str, Answer],
    language: Language,
) -> Explained:
    """The same in parts, for a screen that gives each its own place."""
    return _Explanation(evaluation, questionnaire, rules, answers, language).parts()


def open_dangers(evaluation: Evaluation, questionnaire: Questionnaire, answers: Mapping[str, Answer]) -> int:
    """How many questions about danger have neither a yes nor a no: as long as there are any, no risk is certain."""
    is_adult = evaluation.track is Track.ADULT
    plain = {code for code, answer in answers.items() if answer.value in {Value.YES, Value.NO}}
    return sum(
        entry.kind is Kind.TRIAGE and entry.code not in plain and not (is_adult and entry.max_age)
        for entry in questionnaire.entries
    )


def danger_words(
    evaluation: Evaluation, questionnaire: Questionnaire, answers: Mapping[str, Answer], language: Language
) -> str:
    """The dangers behind the risk. One that nobody said yes to is a childhood, known or supposed from the age."""
    implied = "was_child" if evaluation.track is Track.CHILD else "maybe_child"
    return "; ".join(
        _fact(questionnaire.entry(code), answers.get(code), language)
        if code in answers and answers[code].value is Value.YES
        else t(f"screening.danger.{implied}", language=language)
        for code in evaluation.risk_by
    )


def _fact(entry: Entry, answer: Answer | None, language: Language) -> str:
    """A fact in the words of the questionnaire, with where it comes from."""
    fact = entry.short.of(language)
    return t(f"screening.by.{answer.by}", language=language, fact=fact) if answer and answer.by else fact


class _Explanation:
    """The five values that every sentence needs, and one method per kind of sentence."""

    def __init__(
        self,
        evaluation: Evaluation,
        questionnaire: Questionnaire,
        rules: Rules,
        answers: Mapping[str, Answer],
        language: Language,
    ) -> None:
        self._evaluation = evaluation
        self._questionnaire = questionnaire
        self._rules = rules
        self._answers = answers
        self._language = language

    def parts(self) -> Explained:
        is_danger = self._evaluation.risk is not Risk.LOW
        duties = (self._say(f"duty.{code}") for code in self._evaluation.duties)
        ask = self._list("next", map(self._question, self._evaluation.next))
        return Explained(
            action=(Line(self._risk()), *self._list("duties", duties)),
            why=(*map(Line, self._why()), *self._lookalikes(), *map(Line, self._around())),
            next=(Line(self._say("stop_questions")),) if is_danger else tuple(ask),
            initial=Line(self._say("initial")),
            is_danger=is_danger,
        )

    def _why(self) -> Iterator[str]:
        yield self._finding()
        yield from self._attempt()
        yield from self._age()
        yield from self._consent()
        yield from self._elements()
        yield from self._missing()

    def _say(self, key: str, **params: str | int) -> str:
        return t(f"screening.{key}", language=self._language, **params)

    def _list(self, heading: str, items: Iterable[str]) -> Iterator[Line]:
        lines = [Line(item, is_item=True) for item in items]
        if lines:
            yield Line(self._say(heading))
            yield from lines

    def _risk(self) -> str:
        risk = self._evaluation.risk
        if risk is not Risk.LOW:
            dangers = danger_words(self._evaluation, self._questionnaire, self._answers, self._language)
            return self._say(f"risk.{risk}", dangers=dangers)
        count = open_dangers(self._evaluation, self._questionnaire, self._answers)
        return self._say("risk.low_open", count=count) if count else self._say("risk.low")

    def _finding(self) -> str:
        finding = self._evaluation.finding
        if finding is Finding.SUSPECTED:
            return self._say(f"finding.suspected.{self._evaluation.track}")
        is_general = finding is Finding.NEEDS_CLARIFICATION and not self._points_to_element()
        return self._say("finding.needs_clarification.general" if is_general else f"finding.{finding}")

    def _points_to_element(self) -> bool:
        """Whether anything but general signs and a neutral PROSES speaks."""
        found = self._evaluation.elements
        signs = (code for code in found[Element.PROSES].by if self._entry(code).kind not in self._rules.stating_kinds)
        return any(found[element].by for element in (Element.CARA, Element.TUJUAN)) or any(signs)

    def _attempt(self) -> Iterator[str]:
        if self._evaluation.attempt:
            yield self._say("attempt")
            if self._evaluation.finding is not Finding.SUSPECTED:
                yield self._say("attempt.act_now")

    def _age(self) -> Iterator[str]:
        reasons, track = self._evaluation.reasons, self._evaluation.track
        if Reason.AGE_CONTRADICTS in reasons:
            yield self._say("age.age_contradicts")
        if track is not Track.ADULT:
            yield self._say(f"age.{track}")
        if Reason.ONLY_AS_CHILD in reasons:
            yield self._say("age.only_as_child")
        elif track is Track.AGE_UNKNOWN and self._evaluation.finding is Finding.SUSPECTED:
            yield self._say("age.either_way")

    def _consent(self) -> Iterator[str]:
        """Irrelevant once a means was used, and a child's always; the sentence about a child's age says so itself."""
        track = self._evaluation.track
        if track is not Track.CHILD and self._evaluation.elements[Element.CARA].state is State.STATED:
            yield self._say(f"consent.{track}")
        elif track is Track.AGE_UNKNOWN:
            yield self._say("consent.maybe_child")

    def _elements(self) -> Iterator[str]:
        stated: list[str] = []
        for element, result in self._evaluation.elements.items():
            facts = [code for code in result.by if self._entry(code).kind in self._rules.stating_kinds]
            signs = [code for code in result.by if code not in facts]
            key = "line.stated_and_signs" if facts and signs else f"line.{result.state}"
            name = self._say(f"element.{element}")
            yield self._say(key, element=name, facts=self._facts(facts), signs=self._facts(signs))
            stated += facts
        if any(not self._answers[code].note for code in stated):
            yield self._say("who_and_when")
        yield from self._forms()

    def _forms(self) -> Iterator[str]:
        """A single sign only points to a form; a direct answer, or several signs, let it show."""
        shown: list[str] = []
        hinted: list[str] = []
        entries = [self._entry(code) for code in self._evaluation.elements[Element.TUJUAN].by]
        for form in self._evaluation.forms:
            by = [entry for entry in entries if any(place.form is form for place in entry.places)]
            is_hint = len(by) == 1 and by[0].kind not in self._rules.stating_kinds
            (hinted if is_hint else shown).append(self._say(f"form.{form}"))
        if shown:
            yield self._say("forms", forms=_enumerate(shown))
        if hinted:
            yield self._say("forms.hinted", forms=_enumerate(hinted))

    def _missing(self) -> Iterator[str]:
        """What the rule still needs; while the age is not known, what each of both does."""
        reasons, track = self._evaluation.reasons, self._evaluation.track
        child, adult = self._rules.child_path, self._rules.adult_path
        if self._evaluation.finding is not Finding.SUSPECTED or Reason.ONLY_AS_CHILD in reasons:
            if track is not Track.AGE_UNKNOWN:
                yield from self._lacking(child if track is Track.CHILD else adult)
            else:
                yield from self._lacking(child, by="if_child")
                yield from self._lacking(adult, by="if_adult")
        for reason in (Reason.NOT_CONNECTED, Reason.SAME_FACTS):
            if reason in reasons:
                yield self._say(f"missing.{reason}")

    def _lacking(self, path: Path, by: str = "") -> Iterator[str]:
        """The elements of which nothing is known, or else those of which one should be told plainly."""
        is_adult = path == self._rules.adult_path
        states = {element: self._state(element, is_adult=is_adult) for element in Element}
        unknown = [element for element in path.required if states[element] is State.UNKNOWN]
        names = ", ".join(self._say(f"element.name.{element}") for element in unknown)
        if names:
            yield self._say(f"missing.{by or 'unknown'}", elements=names)
        elif path.stated_one_of and State.STATED not in {states[element] for element in path.stated_one_of}:
            account = self._say("missing.account")
            yield self._say(f"missing.{by}", elements=account) if by else self._say("missing.stated")

    def _state(self, element: Element, *, is_adult: bool) -> State:
        """The state of an element; an adult's without what counts for a child alone."""
        entries = [
            entry
            for entry in map(self._entry, self._evaluation.elements[element].by)
            if not is_adult or any(place.element is element and place.max_age is None for place in entry.places)
        ]
        if any(entry.kind in self._rules.stating_kinds for entry in entries):
            return State.STATED
        return State.INDICATED if entries else State.UNKNOWN

    def _lookalikes(self) -> Iterator[Line]:
        """For each: why it looks like it, what would make it trafficking, what to ask."""
        explained = (
            self._say(
                "lookalike.explained", name=self._say(f"lookalike.{kind}"), why=self._say(f"lookalike.why.{kind}")
            )
            for kind in self._evaluation.lookalikes
        )
        return self._list("lookalikes", explained)

    def _around(self) -> Iterator[str]:
        gates = {module.gate for module in self._questionnaire.modules}
        told: dict[str, list[str]] = {Kind.GENERAL: [], "situation": [], Kind.CONTEXT: []}
        for entry in self._questionnaire.entries:
            key = "situation" if entry.code in gates else str(entry.kind)
            if key in told and self._value(entry) is Value.YES and entry.code not in self._rules.before_departure_codes:
                told[key].append(entry.code)
        for key, codes in told.items():
            if codes:
                yield self._say(key, facts=self._facts(codes))
        if any(answer.value in {Value.UNKNOWN, Value.DECLINED} for answer in self._answers.values()):
            yield self._say("silence")

    def _facts(self, codes: Iterable[str]) -> str:
        return "; ".join(map(self._fact, codes))

    def _fact(self, code: str) -> str:
        return _fact(self._entry(code), self._answers.get(code), self._language)

    def _question(self, code: str) -> str:
        entry = self._entry(code)
        question = entry.text.of(self._language)
        return question if entry.mode is Mode.ASK else self._say("next.observe", question=question)

    def _entry(self, code: str) -> Entry:
        return self._questionnaire.entry(code)

    def _value(self, entry: Entry) -> Value | None:
        answer = self._answers.get(entry.code)
        return answer.value if answer else None


def _enumerate(words: list[str]) -> str:
    return "; ".join(words)
