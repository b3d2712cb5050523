# SPDX-License-Identifier: GPL-3.0-or-later
"""A screening in the words of its papers: facts with who said so, law, grounds, course of events."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from trafficwatch.models.agreement import Agreement
from trafficwatch.models.casework import ConsentScope, Reading, Screening, SecondReading
from trafficwatch.models.dates import PartialDate
from trafficwatch.models.migration import Journey, Stage
from trafficwatch.models.people import Person
from trafficwatch.models.recruiting import Recruiter
from trafficwatch.models.screening import (
    Answer,
    By,
    Element,
    Entry,
    Evaluation,
    Questionnaire,
    Risk,
    Rules,
    State,
    Track,
    Value,
)
from trafficwatch.models.screening_papers import AboutScreening, ElementShown, Events, Reported
from trafficwatch.models.staff import Volunteer
from trafficwatch.screening import library
from trafficwatch.texts import Language, catalogue, t
from trafficwatch.texts.citations import cited
from trafficwatch.texts.labels import label

NAMING = (ConsentScope.REPORT, ConsentScope.SHARE_CASE)
"""Scopes of which one is enough to name the person in a report."""
FEW_SIGNS = 4
"""So many signs of each element a report names; all of them stand in the summary."""
_GONE = {Stage.DEPARTED.value, Stage.RETURNED.value}


@dataclass(frozen=True, slots=True)
class Known:
    """One screening with all that its papers need; person and journey without what was refused.

    `is_grown_up`: by the day of birth the person is certainly no child today, whoever it was then.
    """

    screening: Screening
    evaluation: Evaluation
    questionnaire: Questionnaire
    rules: Rules
    answers: dict[str, Answer]
    agreement: Agreement
    person: Person
    journey: Journey | None
    recruiter: Recruiter | None
    case_code: str | None
    is_grown_up: bool

    def refuses(self, name: str) -> bool:
        return name in self.agreement.refused

    @property
    def tells(self) -> bool:
        """Whether what was answered may be passed on."""
        return not self.refuses("screening.answers")

    @property
    def tells_result(self) -> bool:
        """Whether finding and risk may be passed on, and with them what follows from both."""
        return not (self.refuses("screening.finding") or self.refuses("screening.risk"))

    @property
    def tells_age(self) -> bool:
        """Whether the age at the time may be passed on, and with it whose rule applied."""
        return not self.refuses("screening.age_at_events")


class Words:
    """A screening in the words of one language."""

    def __init__(self, known: Known, language: Language) -> None:
        self.known, self.language = known, language

    def say(self, key: str, **params: str | int) -> str:
        return t(f"screening_forms.{key}", language=self.language, **params)

    def day(self, edtf: str | None) -> str | None:
        return PartialDate.from_edtf(edtf).format(self.language) if edtf else None

    # What both papers say

    def finding(self, explained: str) -> str:
        """What was found, as it was explained if the elements and whether it is about a child may be named."""
        known = self.known
        if known.refuses("screening.finding"):
            return ""
        if known.tells and known.tells_age:
            return explained
        return label("finding", known.evaluation.finding, self.language)

    def risk(self, explained: str) -> str:
        """How great the danger is, as it was explained if the dangers, childhood among them, may be named."""
        if self.known.refuses("screening.risk"):
            return ""
        level = label("risk", self.known.evaluation.risk, self.language)
        return explained if self.known.tells and self.known.tells_age else self.say("risk", level=level)

    def duties(self, explained: Iterable[str]) -> tuple[str, ...]:
        """What follows, as it was explained: of nothing that was refused, which it would give away."""
        first = t("screening.duty.child_first", language=self.language)
        if not self.known.tells_result:
            return ()
        return tuple(duty for duty in explained if self.known.tells_age or duty != first)

    def elements(self, *, brief: bool = False) -> tuple[ElementShown, ...]:
        """All three, or none where the answers behind them were refused; `brief` calls direct facts by their legal
        terms alone, names each source once, and only a few signs.
        """
        if not self.known.tells:
            return ()
        return tuple(self._element(element, brief=brief) for element in Element)

    def _element(self, element: Element, *, brief: bool) -> ElementShown:
        known, result = self.known, self.known.evaluation.elements[element]
        entries = [known.questionnaire.entry(code) for code in result.by]
        facts = [entry for entry in entries if entry.kind in known.rules.stating_kinds]
        signs = [entry for entry in entries if entry not in facts]
        is_free = element is Element.CARA and known.evaluation.track is Track.CHILD and known.tells_age
        return ElementShown(
            element,
            label("state", result.state, self.language),
            self._tell_briefly(facts) if brief else self._tell(facts),
            self._few(signs) if brief else self._tell(signs),
            self._law(facts) if result.state is State.STATED else (),
            self.say("child_needs_no_means") if is_free else None,
        )

    def _tell(self, entries: list[Entry]) -> tuple[str, ...]:
        """Each fact with its legal term, if it has one, and who said so."""
        found = []
        for entry in entries:
            fact, source = entry.short.of(self.language), self._source(entry)
            if entry.term:
                fact = self.say("fact.termed", fact=fact, term=entry.term)
            found.append(self.say(f"fact.{source}", fact=fact) if source else fact)
        return tuple(found)

    def _tell_briefly(self, entries: list[Entry]) -> tuple[str, ...]:
        """Facts by their source, direct ones by the law's own term, which is Indonesian."""
        told: dict[By | None, list[str]] = {}
        for entry in entries:
            term = entry.term if self.language == "id" else None
            told.setdefault(self._source(entry), []).append(term or entry.short.of(self.language))
        joined = {source: "; ".join(facts) for source, facts in told.items()}
        return tuple(self.say(f"facts.{source}", facts=facts) if source else facts for source, facts in joined.items())

    def _few(self, signs: list[Entry]) -> tuple[str, ...]:
        """Some signs, and how many there are besides."""
        more = len(signs) - FEW_SIGNS
        return (*self._tell_briefly(signs[:FEW_SIGNS]), *([self.say("more_signs", count=more)] if more > 0 else []))

    def _source(self, entry: Entry) -> By | None:
        answer = self.known.answers.get(entry.code)
        return answer.by if answer else None

    def _law(self, entries: list[Entry]) -> tuple[str, ...]:
        """The law behind direct facts, each place once."""
        return tuple(dict.fromkeys(cited(law, self.language) for entry in entries for law in entry.law))

    # The summary

    def about(self, volunteer: Volunteer) -> AboutScreening:
        known, screening = self.known, self.known.screening
        role = label("category", volunteer.category, self.language)
        person = [label("sex", known.person.sex, self.language), self._age_then()]
        return AboutScreening(
            screened_on=self.day(screening.screened_on),
            screened_by=", ".join(part for part in (volunteer.name, role) if part),
            way=label("screening_way", screening.way, self.language) or None,
            person=", ".join(part for part in person if part) or None,
            track=label("track", known.evaluation.track, self.language) if known.tells_age else None,
            answers=self._answers() if known.tells else None,
            questionnaire=known.questionnaire.ref,
        )

    def _age_then(self) -> str | None:
        years = self.known.screening.age_at_events
        return self.say("age", years=years) if years is not None and self.known.tells_age else None

    def _answers(self) -> str:
        counts = Counter(answer.value for answer in self.known.answers.values())
        said = (f"{label('answer', value, self.language)} {counts[value]}" for value in Value if counts[value])
        return ", ".join(said) or "0"

    def stopped(self) -> str | None:
        reason = self.known.screening.stopped
        return self.say("stopped", reason=label("stop_reason", reason, self.language)) if reason else None

    def second(self, found: SecondReading, *, is_overtaken: bool) -> str:
        """What the PPT found; and that it did not know all that stands here, if it did not."""
        key = "second.changed" if found.reading == Reading.CHANGED else "second.same"
        finding = label("finding", found.finding or self.known.evaluation.finding, self.language)
        risk = label("risk", found.risk or self.known.evaluation.risk, self.language)
        said = self.say(key, day=self.day(found.read_on) or "", finding=finding, risk=risk)
        return f"{said} {self.say('second.overtaken')}" if is_overtaken else said

    def older(self, told: library.Told) -> str:
        return f"{told.entry.short.of(self.language)} ({told.code}, {told.ref})" if told.entry else told.code

    # The report

    def grounds(self) -> tuple[str, ...]:
        """Why the person may be named, all that hold; none without any."""
        known = self.known
        entries = [known.questionnaire.entry(code) for code in known.evaluation.risk_by]
        found = [f"ground.{scope}" for scope in NAMING if known.agreement.agrees(scope)]
        if not known.is_grown_up and any(entry.code == known.rules.child_code for entry in entries):
            is_sure = known.evaluation.track is Track.CHILD or self._is_yes(known.rules.child_code)
            found.append("ground.child" if is_sure else "ground.maybe_child")
        if any(entry.risk is Risk.HIGH and entry.code != known.rules.child_code for entry in entries):
            found.append("ground.danger")
        return tuple(map(self.say, found))

    def reported(self, today: str) -> Reported:
        person = self.known.person
        years = PartialDate.from_edtf(person.birth_date or "").age_on(date.fromisoformat(today))
        then = self._age_then() if years != self.known.screening.age_at_events else None
        ages = [None if years is None else self.say("age_now", years=years), then]
        age = ", ".join(part for part in ages if part)
        if not age and self.known.evaluation.track is Track.CHILD and self.known.tells_age:
            age = label("track", Track.CHILD, self.language)
        return Reported(person.name, age or None, label("sex", person.sex, self.language) or None)

    def events(self, *, is_named: bool) -> Events:
        """What happened; of the journey the country alone unless the person may be named."""
        known, journey = self.known, self.known.journey
        forms = [label("form", form, self.language) for form in known.evaluation.forms] if known.tells else []
        modules = [module for module in known.questionnaire.modules if self._is_yes(module.gate) and known.tells]
        found = Events(
            form="; ".join(forms) or None,
            modus="; ".join(module.label.of(self.language) for module in modules) or None,
        )
        if journey is None:
            return found
        recruiter = known.recruiter
        country = self._country(journey.destination_country)
        parties = [_with(recruiter.name, recruiter.company, *recruiter.phones)] if recruiter else []
        if not is_named:
            return replace(found, place=country, parties="; ".join(parties) or None)
        told = _with(journey.recruiter_name, journey.recruiter_phone)
        parties += [told] if told and not recruiter else []
        parties += [name for name in (journey.agency, journey.employer) if name]
        return replace(
            found,
            place=", ".join(part for part in (journey.destination_place, country) if part) or None,
            since=self._since(journey),
            work=", ".join(part for part in (label("sector", journey.sector, self.language), journey.work) if part)
            or None,
            parties="; ".join(dict.fromkeys(parties)) or None,
        )

    def _is_yes(self, code: str) -> bool:
        return code in self.known.answers and self.known.answers[code].value is Value.YES

    def _country(self, code: str | None) -> str | None:
        return t(f"countries.{code}", language=self.language) if code in catalogue("countries") else code

    def _since(self, journey: Journey) -> str | None:
        day = self.day(journey.departure_on)
        key = "departed" if journey.stage in _GONE else "leaves"
        return self.say(key, day=day) if day else None


def _with(name: str | None, *more: str | None) -> str:
    """A name with what is known of it in brackets."""
    known = ", ".join(part for part in more if part)
    return f"{name or ''} ({known})".strip() if known else name or ""
