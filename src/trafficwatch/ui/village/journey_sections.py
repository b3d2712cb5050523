# SPDX-License-Identifier: GPL-3.0-or-later
"""The sections of the form of a journey: plan, work, who recruits and what it costs, and the official way."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from functools import partial
from typing import Any

from PySide6.QtWidgets import QVBoxLayout, QWidget

from trafficwatch.models.migration import ContractKind, Holder, Journey, Sector, Stage, VisaKind
from trafficwatch.registry.procedural import QUESTIONS_ABROAD, QUESTIONS_WITHIN, Decision, decide, questions
from trafficwatch.registry.warnings import is_abroad
from trafficwatch.texts import t
from trafficwatch.texts.labels import label as words
from trafficwatch.ui.shell.desk import Desk
from trafficwatch.ui.theme.palette import Tone
from trafficwatch.ui.village import restoring
from trafficwatch.ui.village.countries import countries
from trafficwatch.ui.village.journey_answers import Answers, Asked
from trafficwatch.ui.village.resident_form import Entry, Form
from trafficwatch.ui.village.resident_sections import Section
from trafficwatch.ui.widgets.notice import Notice
from trafficwatch.ui.widgets.parts import Choice, label

DECISION_TONES = {"yes": Tone.OK, "no": Tone.WARN, "unknown": Tone.NEUTRAL}
_MOST_DAYS = 366


def plan(desk: Desk, form: Form) -> Section:
    made = _section("plan")
    made.place(
        form.choice("journey.stage", _options("stage", Stage)),
        form.date("journey.departure_on", desk.today, allows_today=True),
    )
    made.place(form.choice("journey.destination_country", countries()), form.line("journey.destination_place"))
    made.place(form.line("journey.transits"))
    made.place(form.line("journey.companions"), form.date("journey.expected_return_on", desk.today))
    made.place(form.text("journey.motive"))
    made.place(form.line("journey.check_in_days", 3))
    _transits(form)
    _days(form)
    return made


def work(form: Form) -> Section:
    made = _section("work")
    made.place(form.choice("journey.sector", _options("sector", Sector)), form.line("journey.work"))
    made.place(form.line("journey.employer"), form.line("journey.employer_phone", 40))
    made.place(form.text("journey.employer_address"))
    made.place(form.line("journey.promised_wage"))
    made.place(form.text("journey.promised_terms"))
    made.place(
        form.choice("journey.visa_kind", _options("visa_kind", VisaKind)),
        form.choice("journey.contract_kind", _options("contract_kind", ContractKind)),
    )
    made.place(form.choice("journey.papers_held_by", _options("holder", Holder)))
    return made


def recruiter(form: Form) -> Section:
    made = _section("recruiter")
    registered = form.choice("journey.recruiter_id", ())
    made.place(registered)
    made.place(form.line("journey.recruiter_name"), form.line("journey.recruiter_phone", 40))
    made.place(form.line("journey.agency"))
    made.place(form.text("journey.costs"))
    made.place(form.text("journey.debts"))
    made.place(form.line("journey.debt_to"))
    return made


def offer_recruiters(form: Form, known: Iterable[tuple[str, str]]) -> None:
    """Let one of the registered recruiters be chosen."""
    chosen: Choice = form.entries["journey.recruiter_id"].widget  # type: ignore[assignment]
    chosen.blockSignals(True)  # noqa: FBT003 - Qt's signature
    while chosen.count() > 1:
        chosen.removeItem(1)
    for recruiter_id, name in known:
        chosen.addItem(name, recruiter_id)
    chosen.blockSignals(False)  # noqa: FBT003


def procedure(form: Form) -> Section:
    """The questions that decide whether a journey goes the official way, and what they decide so far."""
    made = _section("procedure")
    made.place(label(t("journey_page.procedure_help"), "soft"))
    asked = {question.code: question for question in (*QUESTIONS_ABROAD, *QUESTIONS_WITHIN)}
    lines = [
        Asked(code, t(f"journey_rules.procedural.{code}.question"), t(f"journey_rules.procedural.{code}.why"))
        for code in asked
    ]
    answers = Answers(lines, made.title)
    verdict = Verdict()
    made.place(verdict)
    made.place(answers)
    form.add("journey.answers", answers.entry(), answers.changed)
    country = form.entries["journey.destination_country"]

    def judge() -> None:
        abroad = is_abroad(Journey(id="", destination_country=country.value()))
        answers.ask({question.code for question in questions(abroad=abroad)})
        verdict.tell(decide(answers.answers, abroad=abroad), abroad=abroad)

    answers.changed.connect(judge)
    country.widget.currentIndexChanged.connect(lambda _: judge())  # type: ignore[attr-defined]
    judge()
    return made


class Verdict(QWidget):
    """What the answers decide so far, in words."""

    def __init__(self) -> None:
        super().__init__()
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._said: Notice | None = None

    def tell(self, decision: Decision, *, abroad: bool) -> None:
        if self._said is not None:
            self._column.removeWidget(self._said)
            self._said.hide()
            self._said.deleteLater()
        self._said = Notice(
            decided(decision, abroad=abroad), DECISION_TONES[decision.procedural], more=why_decided(decision)
        )
        self._column.addWidget(self._said)


def decided(decision: Decision, *, abroad: bool) -> str:
    """What the answers decide; within the country there is no official way to speak of."""
    if abroad or decision.procedural == "unknown":
        return t(f"journey_page.decision.{decision.procedural}")
    return t(f"journey_page.decision.within_{decision.procedural}")


def why_decided(decision: Decision) -> str:
    """The reason of a decision in a sentence."""
    if decision.procedural == "no":
        return t("journey_page.decision.no_by", count=len(decision.by))
    if decision.procedural == "yes":
        return t("journey_page.decision.yes_by", count=len(decision.by))
    return t("journey_page.decision.open", count=len(decision.open))


def _section(name: str) -> Section:
    return Section(name, t(f"journey_page.section.{name}"))


def _options(group: str, values: type[StrEnum]) -> list[tuple[str, str]]:
    return [(each.value, words(group, each.value)) for each in values]


def _transits(form: Form) -> None:
    """Places on the way stand in one line, in the order of the journey; each keeps its number as far as they go."""
    old = form.entries["journey.transits"]
    numbers: list[str] = []

    def parts(text: str) -> list[str]:
        return [tidy for place in text.split(",") if (tidy := " ".join(place.split()))]

    def value() -> dict[str, str]:
        places = parts(str(old.read()))
        last = max((int(number) for number in numbers if number.isdecimal()), default=0)
        more = (str(number) for number in range(last + 1, last + 1 + len(places)))
        return dict(zip([*numbers, *more], places, strict=False))

    def load(value: Any) -> None:
        known = {number: place for number, place in (value or {}).items() if place}
        numbers[:] = sorted(known, key=lambda number: (len(number), number))
        old.write(", ".join(known[number] for number in numbers))

    merge = partial(restoring.line, parts, between=", ")
    form.entries["journey.transits"] = Entry(old.widget, old.box, old.read, old.write, value, load, merge=merge)


def _days(form: Form) -> None:
    """How often to hear from somebody is a number of days, or nothing for the usual."""
    old = form.entries["journey.check_in_days"]

    def value() -> int | None:
        typed = str(old.read()).strip()
        return int(typed) if typed.isascii() and typed.isdecimal() else None

    def problem() -> str:
        typed = str(old.read()).strip()
        days = value()
        return t("journey_page.error.days") if typed and not (days and days <= _MOST_DAYS) else ""

    def load(value: Any) -> None:
        old.write("" if value is None else str(value))

    form.entries["journey.check_in_days"] = Entry(old.widget, old.box, old.read, old.write, value, load, problem)
