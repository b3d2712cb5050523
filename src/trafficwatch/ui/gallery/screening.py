# SPDX-License-Identifier: GPL-3.0-or-later
"""Scenes of screening: the list, each step, danger, breaking off, each finding, its papers, untrained, long names.

Nothing is written.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from typing import Any

from PySide6.QtWidgets import QWidget

from trafficwatch.models.casework import Finding, Risk
from trafficwatch.models.screening import Answer, By, Subject, Value
from trafficwatch.registry.browse import ResidentRow, residents
from trafficwatch.screening import library, questionnaires
from trafficwatch.screening.evaluation import evaluate
from trafficwatch.screening.overview import ScreeningRow, worrying
from trafficwatch.ui.gallery.stage import Scene, Stage
from trafficwatch.ui.shell.page import Page
from trafficwatch.ui.village.screening import QUESTIONS, ScreeningPage
from trafficwatch.ui.village.screening_answers import AllAnswers
from trafficwatch.ui.village.screening_print import ScreeningPrintPage
from trafficwatch.ui.village.screening_questions import QuestionsStep
from trafficwatch.ui.village.screening_result import Result, ScreeningResultPage, result
from trafficwatch.ui.village.screenings import Screenings, ScreeningsPage
from trafficwatch.ui.widgets.element_columns import ElementColumns
from trafficwatch.ui.widgets.fold import Fold
from trafficwatch.village.drafts import Draft

_SAFE = dict.fromkeys(("place", "alone", "unheard", "language"), "yes")
_TOLD = {
    "E-PRO-RECRUIT": {"value": "yes", "by": "person", "note": "Tetangga, bulan Mei", "at": "2026-11-21T09:12+08:00"},
    "E-CAR-DECEIT": {"value": "yes", "by": "person", "at": "2026-11-21T09:20+08:00"},
    "L-TUJ-1": {"value": "yes", "by": "family"},
    "L-CAR-DOC-1": {"value": "unknown"},
}
_NO_DANGER = {
    code: {"value": "no"}
    for code in (
        *("T-CHILD", "T-HURT", "T-HELD", "T-MEDICAL", "T-SUICIDE", "T-REACH"),
        *("T-SEXUAL", "T-ORGAN", "T-LEAVE", "T-FAMILY", "T-DEPEND"),
    )
}


class _ShownResult(ScreeningResultPage):
    def enter(self, **about: Any) -> None:
        self.show_found(about["found"])


class _ShownList(ScreeningsPage):
    def enter(self, **about: Any) -> None:
        self.show_found(about["found"])


def _ask(stage: Stage, use_case: Callable[[Any], Any]) -> Any:
    found: list[Any] = []
    stage.tasks.work(stage.tasks, use_case, found.append)
    stage.settle()
    return found[0]


def _person(stage: Stage) -> str:
    """Somebody grown up who is not recorded as screened."""
    rows: tuple[ResidentRow, ...] = _ask(stage, lambda work: residents(work, "", 0, 50)).rows
    return next((row.id for row in rows if "Yohanis" not in row.name and (row.birth_date or "2") < "2000"), rows[0].id)


def _step(number: int, **content: Any) -> Callable[[Stage], QWidget]:
    def make(stage: Stage) -> QWidget:
        draft = {"step": number, "safety": _SAFE, **content}
        return stage.page(ScreeningPage, draft=draft, person_id=_person(stage))

    return make


def _new(stage: Stage) -> QWidget:
    return stage.page(ScreeningPage, person_id=_person(stage))


def _group(stage: Stage) -> QWidget:
    """All groups, one of them open."""
    draft = {"step": QUESTIONS, "consent": "agreed", "answers": {**_NO_DANGER, **_TOLD}, "age": 24}
    page = stage.page(ScreeningPage, draft=draft, person_id=_person(stage))
    if isinstance(page.step, QuestionsStep):
        group = page.step.groups[3]
        group.head.click()
        stage.settle()
        group.head.setFocus()
        page.step.arrived.emit(next(iter(group.lines.values())))
        stage.settle()
    return page


def _modules(stage: Stage) -> QWidget:
    """The questions of known modi: one gate was answered yes, and its group is open."""
    questionnaire = questionnaires.newest()
    module = questionnaire.modules[0]
    answers = {**_NO_DANGER, **_TOLD, module.gate: {"value": "yes"}}
    draft = {"step": QUESTIONS, "safety": _SAFE, "consent": "agreed", "answers": answers, "age": 24}
    page = stage.page(ScreeningPage, draft=draft, person_id=_person(stage))
    if isinstance(page.step, QuestionsStep):
        gate, group = page.step.groups[-len(questionnaire.modules) - 1], page.step.groups[-len(questionnaire.modules)]
        gate.head.click()
        group.head.click()
        stage.settle()
        group.head.setFocus()
        page.step.arrived.emit(next(iter(group.lines.values())))
        stage.settle()
    return page


def _stopping(step: int, **content: Any) -> Callable[[Stage], QWidget]:
    """Why is it broken off?"""

    def make(stage: Stage) -> QWidget:
        draft = {"step": step, "safety": _SAFE, **content}
        page = stage.page(ScreeningPage, draft=draft, person_id=_person(stage))
        page.ask_why()
        stage.settle()
        return page

    return make


def _untrained(page: type[Page]) -> Callable[[Stage], QWidget]:
    return lambda stage: stage.page(page, person_id="")


def _result(
    age: int | None, answers: Mapping[str, Value | Answer], ref: str = "", **fields: Any
) -> Callable[[Stage], QWidget]:
    """What these answers say, read by version `ref` or the newest; `fields` of the record are as they are given."""

    def make(stage: Stage) -> QWidget:
        row = _ask(stage, worrying)[0]
        base: Result = _ask(stage, lambda work: result(work, row.id))
        asked = questionnaires.get(ref) if ref else questionnaires.newest()
        given = {code: Answer(said) if isinstance(said, Value) else said for code, said in answers.items()}
        known, rules = library.known_answers(asked, given), questionnaires.rules(asked.rules)
        found = dataclasses.replace(
            base,
            questionnaire=asked,
            rules=rules,
            answers=known,
            told=_ask(stage, lambda work: library.told(work, asked.ref, given)),
            screened=dataclasses.replace(
                base.screened,
                screening=dataclasses.replace(base.screened.screening, **fields),
                evaluation=evaluate(asked, rules, Subject(age), known),
            ),
        )
        return stage.page(_ShownResult, found=found)

    return make


def _opened_result(stage: Stage) -> QWidget:
    """The first fact of each column and the list of all answers are open."""
    seen = Answer(
        Value.YES, By.PERSON, "kapal kedua", "Dijanjikan kerja di toko.", "2026-11-21T09:20+08:00", "screening@1"
    )
    answers: dict[str, Value | Answer] = {
        **_NONE,
        **_yes("E-PRO-RECRUIT", "L-TUJ-1"),
        "E-CAR-DECEIT": seen,
        "X-OLD-1": Answer(Value.NO),
    }
    page = _result(30, answers)(stage)
    heads = [fold.head for columns in page.findChildren(ElementColumns) for fold in columns.findChildren(Fold)]
    for head in [*heads[:3], *(every.fold.head for every in page.findChildren(AllAnswers))]:
        head.click()
    stage.settle()
    heads[0].setFocus()
    if isinstance(page, ScreeningResultPage):
        page.show_widget(heads[0])
    return page


def _paper(kind: str) -> Callable[[Stage], QWidget]:
    return lambda stage: stage.page(ScreeningPrintPage, screening_id=_ask(stage, worrying)[0].id, kind=kind)


def _recorded_result(stage: Stage) -> QWidget:
    return stage.page(ScreeningResultPage, screening_id=_ask(stage, worrying)[0].id)


def _list(stage: Stage) -> QWidget:
    """Several that worry and one that was begun, with the names of this store."""
    rows = _ask(stage, lambda work: residents(work, "", 0, 4)).rows
    names = {row.id: row.name for row in rows}
    kinds = (
        (Finding.SUSPECTED, Risk.HIGH, "paper"),
        (Finding.NEEDS_CLARIFICATION, Risk.MEDIUM, "talk", "upset"),
        (Finding.SUSPECTED, Risk.LOW),
    )
    worried = tuple(
        ScreeningRow(f"{number}", row.id, f"2026-11-1{number}", "screening@1", finding, risk, 9, *more)
        for number, (row, (finding, risk, *more)) in enumerate(zip(rows, kinds, strict=False))
    )
    begun = Draft("d", "screening", rows[-1].id, "2026-11-20T09:12:00+08:00", {"stopped": "disturbed"})
    return stage.page(_ShownList, found=Screenings((begun,), worried, names))


def _empty_list(stage: Stage) -> QWidget:
    return stage.page(ScreeningsPage)


def _yes(*codes: str) -> dict[str, Value]:
    return dict.fromkeys(codes, Value.YES)


_NONE = dict.fromkeys(_NO_DANGER, Value.NO)

SCENES = (
    Scene("screenings-list", "village", _list),
    Scene("screenings-empty", "empty", _empty_list),
    Scene("screenings-untrained", "untrained", _untrained(ScreeningsPage)),
    Scene("screenings-long", "long", _list),
    Scene("screening-1-safety", "village", _new),
    Scene("screening-1-unsafe", "village", _step(0, safety={**_SAFE, "alone": "no"})),
    Scene("screening-2-triage", "village", _step(1, answers={"T-HURT": {"value": "no"}})),
    Scene(
        "screening-2-danger", "village", _step(1, answers={"T-HELD": {"value": "yes"}, "T-MEDICAL": {"value": "yes"}})
    ),
    Scene("screening-3-consent", "village", _step(2)),
    Scene("screening-3-refused", "village", _step(2, consent="refused")),
    Scene("screening-4-begin", "village", _step(3, consent="agreed", age=24)),
    Scene("screening-4-filling", "village", _step(3, consent="agreed", age=24, answers={**_NO_DANGER, **_TOLD})),
    Scene("screening-4-groups", "village", _group),
    Scene("screening-4-danger", "village", _step(3, age=16, answers=_TOLD)),
    Scene("screening-4-modules", "village", _modules),
    Scene("screening-4-child", "village", _step(3, age=14, answers={"E-PRO-RECRUIT": {"value": "yes"}})),
    Scene("screening-5-stop", "village", _stopping(3, consent="agreed", age=24, answers=_TOLD)),
    Scene("screening-5-stop-draft", "village", _stopping(1)),
    Scene(
        "screening-5-resumed",
        "village",
        _step(3, stopped="disturbed", day="2026-11-20", answers={"T-HELD": {"value": "yes"}}),
    ),
    Scene("screening-long", "long", _step(3, consent="agreed", age=36, answers={**_NO_DANGER, **_TOLD})),
    Scene("screening-untrained", "untrained", _untrained(ScreeningPage)),
    Scene("screening_result-recorded", "village", _recorded_result),
    Scene("screening_result-danger", "village", _result(15, _yes("E-PRO-RECRUIT", "T-SEXUAL", "T-SUICIDE"))),
    Scene("screening_result-look-closer", "village", _result(30, {**_NONE, **_yes("E-PRO-RECRUIT", "L-TUJ-1")})),
    Scene("screening_result-not-enough", "village", _result(None, _yes("E-PRO-RECRUIT"))),
    Scene("screening_result-opened", "village", _opened_result),
    Scene("screening_result-stopped", "village", _result(30, _yes("E-PRO-RECRUIT"), stopped="upset")),
    Scene("screening_result-older", "village", _result(30, {**_NONE, **_yes("E-PRO-RECRUIT")}, "screening@1")),
    Scene("screening_print-report", "village", _paper("report")),
    Scene("screening_print-summary", "village", _paper("summary")),
    Scene(
        "screening_print-untrained",
        "untrained",
        lambda stage: stage.page(ScreeningPrintPage, screening_id="", kind="report"),
    ),
    Scene("screening_result-untrained", "untrained", _untrained(ScreeningResultPage)),
)
