# SPDX-License-Identifier: GPL-3.0-or-later
"""A screening taken up again after the records changed or the page was built anew; whom to call in large letters."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from screening_tools import SAFE, StageOf, line_of, pressed, somebody, words

from trafficwatch.models.screening import Answer, Value
from trafficwatch.registry.residents import record_person
from trafficwatch.screening import questionnaires
from trafficwatch.screening.overview import screenings_of
from trafficwatch.screening.sessions import record_screening
from trafficwatch.ui.gallery.draw import dress
from trafficwatch.ui.gallery.register import ask
from trafficwatch.ui.shell.entries import VILLAGE
from trafficwatch.ui.shell.frame import DeskFrame
from trafficwatch.ui.shell.page import Page
from trafficwatch.ui.shell.settings import Settings
from trafficwatch.ui.theme.palette import Theme
from trafficwatch.ui.village.screening import QUESTIONS, TRIAGE, ScreeningPage
from trafficwatch.ui.village.screening_help import CallCard
from trafficwatch.ui.village.screening_questions import QuestionsStep
from trafficwatch.ui.village.screening_result import ScreeningResultPage
from trafficwatch.ui.village.screening_steps import ConsentStep, TriageStep
from trafficwatch.ui.village.screening_stop import StopStep
from trafficwatch.ui.widgets.answer_line import AnswerLine
from trafficwatch.ui.widgets.choice_line import ChoiceLine

NOW = "2026-11-21T09:12+08:00"


@pytest.fixture(autouse=True)
def _clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ScreeningPage, "minute", staticmethod(lambda: NOW))


def left(page: ScreeningPage) -> dict[str, Any]:
    """What a draft of it keeps."""
    found = page.unsaved()
    assert found is not None
    return dict(found.content)


def test_a_birth_date_that_was_put_right_holds_in_a_draft_from_before(stage_of: StageOf) -> None:
    """Else a child would be asked as an adult."""
    stage = stage_of("village")
    person = somebody(stage)
    begun = {"step": QUESTIONS, "safety": SAFE, "consent": "agreed"}
    untouched = left(stage.page(ScreeningPage, draft=begun, person_id=person))
    page = stage.page(ScreeningPage, draft=begun, person_id=person)
    assert isinstance(page.step, QuestionsStep)
    page.step.age.clear()
    QTest.keyClicks(page.step.age, "35")
    typed = left(page)
    again = stage.page(ScreeningPage, draft=typed, person_id=person)
    assert isinstance(again.step, QuestionsStep)
    assert again.step.age.text() == "35"
    ask(stage, lambda work: record_person(work, person, birth_date="2011-03-04"))
    for draft, is_told in ((untouched, False), (typed, True)):
        page = stage.page(ScreeningPage, draft=draft, person_id=person)
        assert isinstance(page.step, QuestionsStep)
        assert page.step.age.text() == "15"
        assert "Risiko: Tinggi" in words(page)
        assert ("Umur di draf ini tidak dipakai" in words(page)) is is_told


def test_a_newer_answer_in_the_record_is_not_overwritten_by_an_old_draft(stage_of: StageOf) -> None:
    stage = stage_of("village")
    person = somebody(stage)
    told = {"T-HURT": Answer(Value.NO), "T-REACH": Answer(Value.NO)}
    known = ask(stage, lambda work: record_screening(work, person, told)).screening.id
    about = {"person_id": person, "screening_id": known}
    page = stage.page(ScreeningPage, draft={"step": TRIAGE, "safety": SAFE}, **about)
    for code in told:
        QTest.keyClick(line_of(page, code), Qt.Key.Key_U)
    QTest.keyClick(line_of(page, "T-FAMILY"), Qt.Key.Key_T)
    draft = left(page)
    ask(stage, lambda work: record_screening(work, person, {"T-HURT": Answer(Value.YES)}, screening_id=known))
    again = stage.page(ScreeningPage, draft=draft, **about)
    assert [line_of(again, code).value for code in ("T-HURT", "T-REACH", "T-FAMILY")] == ["yes", "unknown", "no"]
    hurt, reach = (questionnaires.newest().entry(code).short.id for code in told)
    notice = next(line for line in words(again).splitlines() if line.startswith("Catatan berubah sejak draf ini"))
    assert hurt in notice
    assert reach not in notice
    assert "Catatan berubah" not in words(stage.page(ScreeningPage, draft=left(again), **about))  # told once


def test_danger_taken_back_proposes_nothing_before_somebody_agreed(stage_of: StageOf) -> None:
    stage = stage_of("village")
    person = somebody(stage)
    draft = {"step": TRIAGE, "safety": SAFE, "answers": {"T-HELD": {"value": "yes"}}}
    page = stage.page(ScreeningPage, draft=draft, person_id=person)
    pressed(page, "Catat yang sudah diceritakan").click()
    step = page.step
    assert isinstance(step, QuestionsStep)
    step.talk.take("T-HELD", Answer(Value.NO))
    step.touched.emit()
    assert step.talk.evaluate().next
    assert "Hubungi sekarang" not in words(page)
    assert not [line for line in step.findChildren(AnswerLine) if line.isVisibleTo(page)]
    assert "belum menyetujui untuk ditanya" in words(page)
    assert pressed(page, "Simpan hasil").isEnabled()
    pressed(page, "Sebelumnya").click()
    assert isinstance(page.step, ConsentStep)
    QTest.keyClick(page.step.line, Qt.Key.Key_Y)
    pressed(page, "Lanjut").click()
    stage.settle()
    assert isinstance(page.step, QuestionsStep)
    assert [line for line in page.step.findChildren(AnswerLine) if line.isVisibleTo(page)]


def test_a_page_built_anew_still_asks_why_it_is_broken_off(stage_of: StageOf, qtbot: QtBot) -> None:
    stage = stage_of("village")
    person = somebody(stage)
    frame = DeskFrame(stage.desk, VILLAGE, {ScreeningPage.name: ScreeningPage})
    qtbot.addWidget(frame)
    frame.show()
    frame.go("screening", person_id=person)
    stage.settle()
    page = frame.page
    assert isinstance(page, ScreeningPage)
    page.restore({"step": TRIAGE, "safety": SAFE})
    for reason in (None, "upset"):
        if reason is None:
            pressed(page, "Hentikan wawancara").click()
        else:
            assert isinstance(page.step, StopStep)
            page.step.reasons.buttons()[1].click()
        frame.rebuild()
        stage.settle()
        page = frame.page
        assert isinstance(page, ScreeningPage)
        assert isinstance(page.step, StopStep)
        assert page.step.reason == reason
    pressed(page, "Kembali ke wawancara").click()
    frame.rebuild()
    stage.settle()
    assert isinstance(frame.page, ScreeningPage)
    assert isinstance(frame.page.step, TriageStep)


@pytest.mark.parametrize("step", [TRIAGE, QUESTIONS])
def test_in_large_letters_the_numbers_to_call_are_in_sight(stage_of: StageOf, qapp: QApplication, step: int) -> None:
    stage = stage_of("village")
    person = somebody(stage)
    dress(qapp, stage, Settings(theme=Theme.LIGHT, zoom=200))
    draft = {"step": step, "safety": SAFE, "answers": {"T-HELD": {"value": "yes"}}}
    page = stage.page(ScreeningPage, draft=draft, person_id=person)
    assert is_first(page)
    assert not isinstance(page.focusWidget(), ChoiceLine)  # no key answers a question that nobody sees
    pressed(page, "Simpan hasil").click()
    stage.settle()
    [row] = ask(stage, lambda work: screenings_of(work, person))
    assert is_first(stage.page(ScreeningResultPage, screening_id=row.id))


def is_first(page: Page) -> bool:
    """Whether the card of whom to call begins at the top of what is in sight."""
    calls = page.findChild(CallCard)
    return 0 <= calls.mapTo(page._scroll.viewport(), QPoint(0, 0)).y() < 40
