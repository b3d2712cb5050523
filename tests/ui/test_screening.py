# SPDX-License-Identifier: GPL-3.0-or-later
"""Taking a screening with the keyboard alone, on real stores: what is recorded, what stops it, what a draft keeps."""

from __future__ import annotations

import json
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFrame, QLineEdit, QPushButton, QWidget
from pytestqt.qtbot import QtBot
from screening_tools import SAFE, StageOf, line_of, somebody, words

from trafficwatch.casework.overview import care_of
from trafficwatch.models.casework import Consent, Finding, Risk, Screening
from trafficwatch.models.screening import Answer, By, Value
from trafficwatch.registry.residents import plan_journey
from trafficwatch.screening import questionnaires
from trafficwatch.screening.overview import screenings_of
from trafficwatch.screening.sessions import record_screening
from trafficwatch.ui.gallery.register import ask
from trafficwatch.ui.gallery.stage import Stage
from trafficwatch.ui.shell.frame import keep_draft
from trafficwatch.ui.village.screening import CONSENT, QUESTIONS, TRIAGE, ScreeningPage
from trafficwatch.ui.village.screening_questions import QuestionsStep
from trafficwatch.ui.village.screening_steps import TriageStep
from trafficwatch.ui.widgets.answer_line import AnswerLine
from trafficwatch.ui.widgets.choice_line import ChoiceLine
from trafficwatch.village.drafts import drafts

Y, T, U = Qt.Key.Key_Y, Qt.Key.Key_T, Qt.Key.Key_U
DOWN, ENTER, DELETE = Qt.Key.Key_Down, Qt.Key.Key_Return, Qt.Key.Key_Delete
NOW = "2026-11-21T09:12+08:00"


@pytest.fixture(autouse=True)
def _clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ScreeningPage, "minute", staticmethod(lambda: NOW))


def press(page: QWidget, *keys: Qt.Key) -> None:
    """Keys to whatever has the focus."""
    for key in keys:
        QTest.keyClick(page.focusWidget() or page, key)


def focused(page: QWidget) -> QWidget | None:
    return page.window().focusWidget()


def primary(page: ScreeningPage) -> QPushButton:
    return next(button for button in page.findChildren(QPushButton) if button.property("role") == "primary")


def at(stage: Stage, step: int, *, person: str = "", **content: Any) -> ScreeningPage:
    """The page at a step, as a draft takes it up."""
    draft = {"step": step, "safety": SAFE, **content}
    return stage.page(ScreeningPage, draft=draft, person_id=person or somebody(stage))


def test_a_screening_with_keys_alone(stage_of: StageOf) -> None:
    """From 'safe to talk' to a saved record with nothing but Y, T, U, arrows and Enter."""
    stage = stage_of("village")
    person = somebody(stage)
    page = stage.page(ScreeningPage, person_id=person)
    press(page, Y, DOWN, Y, DOWN, Y, DOWN, Y, DOWN, ENTER)  # four times safe, on to the button
    assert isinstance(page.step, TriageStep)
    for _ in page.step.findChildren(AnswerLine):
        press(page, T, DOWN)
    assert focused(page) is primary(page)
    press(page, ENTER, Y, DOWN, ENTER)  # agreed
    assert isinstance(page.step, QuestionsStep)
    asked: list[str] = []
    while isinstance(line := focused(page), AnswerLine):
        asked.append(line.code)
        press(page, U if line.code == "E-PRO-TRANSPORT" else Y, DOWN)
    assert asked[:3] == ["E-PRO-RECRUIT", "E-CAR-DECEIT", "E-TUJ-LABOUR"]
    QTest.keyClick(focused(page), ENTER, Qt.KeyboardModifier.ControlModifier)
    stage.settle()
    row = ask(stage, lambda work: screenings_of(work, person))[0]
    assert stage.went == [("screening_result", {"screening_id": row.id})]
    assert (row.finding, row.risk) == (Finding.SUSPECTED, Risk.LOW)
    screening = ask(stage, lambda work: work.records.get(Screening, row.id))
    assert screening.answers["E-CAR-DECEIT"] == {"value": "yes", "at": NOW}
    assert screening.answers["T-HELD"] == {"value": "no", "at": NOW}
    assert (screening.way, screening.stopped) == ("talk", None)
    assert screening.age_at_events == 30
    consent = ask(stage, lambda work: care_of(work, person).consents)[0]
    assert consent.scopes == {"service": "agreed"}
    assert "disetujui secara lisan" in (consent.explained or "")


def test_it_is_not_asked_on_where_it_is_not_safe(stage_of: StageOf, qtbot: QtBot) -> None:
    stage = stage_of("village")
    page = stage.page(ScreeningPage, person_id=somebody(stage))
    press(page, Y, DOWN, T)
    assert "Jangan diteruskan sekarang." in words(page)
    assert primary(page).text() == "Berhenti dulu"
    with qtbot.waitSignal(page.changed):
        primary(page).click()
    assert stage.went == [("back", {})]
    kept = page.unsaved()
    assert kept is not None
    assert (kept.case_text, kept.content["safety"]) == (True, {"place": "yes", "alone": "no"})


def test_all_four_must_be_answered_first(stage_of: StageOf) -> None:
    stage = stage_of("village")
    page = stage.page(ScreeningPage, person_id=somebody(stage))
    press(page, Y)
    primary(page).click()
    assert "Jawab dahulu keempat hal ini" in words(page)
    assert isinstance(line := focused(page), ChoiceLine)
    assert line.question.startswith("Apakah orangnya bisa bicara")


def test_danger_shows_whom_to_call_and_asks_nothing_more(stage_of: StageOf) -> None:
    stage = stage_of("village")
    person = somebody(stage)
    page = at(stage, TRIAGE, person=person)
    line = line_of(page, "T-HELD")
    QTest.keyClick(line, Y)
    shown = words(page)
    assert "Hubungi sekarang" in shown
    assert "0840-0000-0803" in shown  # the police of the practice village
    assert "0840-0000-0802" not in shown  # nobody needs a doctor
    assert "Hubungi sekarang" in stage.said
    assert primary(page).text() == "Simpan hasil"
    ill = line_of(page, "T-MEDICAL")
    QTest.keyClick(ill, Y)
    assert "0840-0000-0802" in words(page)
    QTest.keyClick(ill, DELETE)
    QTest.keyClick(line, T)
    assert "Hubungi sekarang" not in words(page)
    QTest.keyClick(line, Y)
    next(button for button in page.findChildren(QPushButton) if button.text().startswith("Catat yang")).click()
    assert isinstance(page.step, QuestionsStep)
    assert "Pertanyaan lain ditunda dahulu" in words(page)
    assert not [line for line in page.step.findChildren(AnswerLine) if line.isVisibleTo(page)]
    primary(page).click()
    stage.settle()
    row = ask(stage, lambda work: screenings_of(work, person))[0]
    assert (row.risk, stage.went[-1][0]) == (Risk.HIGH, "screening_result")
    assert ask(stage, lambda work: work.records.select(Consent)) != []  # of others, none of this person
    assert ask(stage, lambda work: care_of(work, person).consents) == ()


def test_a_no_is_respected_and_recorded_nowhere(stage_of: StageOf) -> None:
    stage = stage_of("village")
    person = somebody(stage)
    page = at(stage, CONSENT, person=person)
    primary(page).click()
    assert "Tanyakan dahulu apakah orangnya setuju." in words(page)
    press(page, T)
    assert "Hormati pilihannya." in words(page)
    primary(page).click()
    stage.settle()
    assert stage.went == [("back", {})]
    assert ask(stage, lambda work: (care_of(work, person).consents, screenings_of(work, person))) == ((), ())


def test_nothing_forces_an_answer_but_an_empty_screening_is_not_saved(stage_of: StageOf) -> None:
    stage = stage_of("village")
    person = somebody(stage)
    page = at(stage, QUESTIONS, person=person, consent="agreed")
    primary(page).click()
    stage.settle()
    assert "Belum ada jawaban yang dicatat." in words(page)
    assert (stage.went, ask(stage, lambda work: screenings_of(work, person))) == ([], ())


def test_the_columns_fill_and_the_questions_follow(stage_of: StageOf) -> None:
    page = at(stage_of("village"), QUESTIONS, consent="agreed", answers={"T-HELD": {"value": "no"}}, age=30)

    def column(name: str) -> str:
        return next(
            frame.accessibleName() for frame in page.findChildren(QFrame) if frame.accessibleName().startswith(name)
        )

    assert column("CARA").startswith("CARA (dengan cara apa): Belum diketahui.")
    assert isinstance(page.step, QuestionsStep)
    group = next(group for group in page.step.groups if group.head.text().startswith("Penipuan"))
    assert group.lines == {}  # built when it is opened
    group.head.setFocus()
    press(page, ENTER, DOWN, Y)
    assert column("CARA").startswith("CARA (dengan cara apa): Disebut jelas. dibohongi soal pekerjaan")
    assert "1 dari 4 terjawab" in group.head.text()
    press(page, DELETE)
    assert column("CARA").startswith("CARA (dengan cara apa): Belum diketahui.")


def test_one_question_in_two_places_has_one_answer(stage_of: StageOf) -> None:
    no_danger = {entry.code: {"value": "no"} for entry in questionnaires.newest().entries if entry.risk}
    page = at(stage_of("village"), QUESTIONS, consent="agreed", answers=no_danger, age=30)
    assert isinstance(page.step, QuestionsStep)
    group = next(group for group in page.step.groups if group.head.text().startswith("Perekrutan"))
    group.head.click()
    upper, lower = (line for line in page.step.findChildren(AnswerLine) if line.code == "E-PRO-RECRUIT")
    QTest.keyClick(upper, Y)
    upper.findChild(QLineEdit).setFocus()
    QTest.keyClicks(upper.findChild(QLineEdit), "bulan Mei")
    assert lower.answer == Answer(Value.YES, note="bulan Mei", at=NOW)
    QTest.keyClick(lower, T)
    assert upper.answer is not None
    assert upper.answer.value is Value.NO


def test_a_childs_questions_are_for_children(stage_of: StageOf) -> None:
    page = at(stage_of("village"), QUESTIONS, consent="agreed", age=30)
    assert isinstance(page.step, QuestionsStep)
    group = next(group for group in page.step.groups if group.head.text().startswith("Kerja paksa"))
    group.head.click()
    assert group.lines["E-TUJ-HAZARD"].isHidden()
    page.step.age.clear()
    QTest.keyClicks(page.step.age, "16")
    assert not group.lines["E-TUJ-HAZARD"].isHidden()
    assert "Risiko: Tinggi" in words(page)  # a child


def test_a_draft_brings_everything_back(stage_of: StageOf) -> None:
    stage = stage_of("village")
    person = somebody(stage)
    page = at(stage, QUESTIONS, person=person, consent="agreed", age=19)
    assert isinstance(page.step, QuestionsStep)
    QTest.keyClick(line_of(page, "T-HURT"), U)
    left = page.unsaved()
    assert left is not None
    assert (left.subject, left.case_text) == (person, True)
    json.dumps(left.content)
    ask(stage, keep_draft("screening", left, "8a0e2f94-0000-4000-8000-000000000001"))
    draft = ask(stage, drafts)[0]
    again = stage.page(ScreeningPage, draft=draft.content, **draft.content["about"])
    assert isinstance(again.step, QuestionsStep)
    assert again.step.age.text() == "19"
    assert again.step.talk.answers == {"T-HURT": Answer(Value.UNKNOWN, at=NOW)}
    assert again.unsaved() == left


def test_a_draft_that_comes_before_the_store_has_answered_is_taken_up(stage_of: StageOf) -> None:
    """The shell restores right after entering, and may leave again before anything is loaded."""
    stage = stage_of("village")
    person = somebody(stage)
    content = {"step": TRIAGE, "safety": SAFE, "answers": {"T-HURT": {"value": "no"}}}
    page = ScreeningPage(stage.desk)
    page.enter(person_id=person)
    page.restore(content)
    left = page.unsaved()
    assert left is not None
    assert left.content == content
    stage.settle()
    assert isinstance(page.step, TriageStep)
    assert line_of(page, "T-HURT").answer == Answer(Value.NO)
    page.deleteLater()


def test_more_answers_to_an_earlier_screening(stage_of: StageOf) -> None:
    stage = stage_of("village")
    person = somebody(stage)
    told = {"E-PRO-RECRUIT": Answer(Value.YES, By.FAMILY), "T-HURT": Answer(Value.NO)}
    first = ask(stage, lambda work: record_screening(work, person, told, age_at_events=20)).screening.id
    page = stage.page(ScreeningPage, draft={"step": TRIAGE, "safety": SAFE}, person_id=person, screening_id=first)
    QTest.keyClick(line_of(page, "T-HURT"), DELETE)
    assert line_of(page, "T-HURT").value == "no"
    assert any("tidak bisa dihapus" in sentence for sentence in stage.said)
    QTest.keyClick(line_of(page, "T-REACH"), Y)
    primary(page).click()
    stage.settle()
    rows = ask(stage, lambda work: screenings_of(work, person))
    assert [(row.id, row.answers, row.risk) for row in rows] == [(first, 3, Risk.HIGH)]


@pytest.mark.parametrize(
    ("birth_date", "departure", "age", "hint"),
    [
        ("1996-03-04", None, "30", "umurnya hari ini"),
        ("1996-03-04", "2014-01", "17", "hari berangkat"),
        ("1996", None, "", "Kosongkan bila belum tahu"),
        ("1996-03-04", "2014", "", "Kosongkan bila belum tahu"),  # 17 or 18 then
    ],
)
def test_the_age_is_taken_from_the_card_and_never_guessed(
    stage_of: StageOf, birth_date: str, departure: str | None, age: str, hint: str
) -> None:
    stage = stage_of("village")
    person = somebody(stage, birth_date=birth_date)
    if departure:
        ask(stage, lambda work: plan_journey(work, person, stage="returned", departure_on=departure))
    page = stage.page(ScreeningPage, person_id=person)
    page.restore({**page.step.talk.content(), "step": QUESTIONS})  # type: ignore[union-attr]
    assert isinstance(page.step, QuestionsStep)
    assert page.step.age.text() == age
    assert hint in words(page)


def test_an_untouched_page_leaves_no_draft(stage_of: StageOf) -> None:
    stage = stage_of("village")
    assert stage.page(ScreeningPage, person_id=somebody(stage)).unsaved() is None
