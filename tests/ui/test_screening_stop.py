# SPDX-License-Identifier: GPL-3.0-or-later
"""Breaking a screening off and going on on another day: what is kept, what is asked anew, what is never lost."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QPushButton, QRadioButton
from pytestqt.qtbot import QtBot
from screening_tools import SAFE, StageOf, line_of, pressed, somebody, words

from trafficwatch.models.casework import Screening
from trafficwatch.models.screening import Answer, Value
from trafficwatch.screening.overview import screenings_of
from trafficwatch.screening.sessions import record_screening
from trafficwatch.ui.gallery.register import ask
from trafficwatch.ui.gallery.stage import Stage
from trafficwatch.ui.shell.entries import VILLAGE
from trafficwatch.ui.shell.frame import DeskFrame, keep_draft
from trafficwatch.ui.village.screening import CONSENT, QUESTIONS, SAFETY, TRIAGE, ScreeningPage
from trafficwatch.ui.village.screening_print import ScreeningPrintPage
from trafficwatch.ui.village.screening_result import ScreeningResultPage
from trafficwatch.ui.village.screening_steps import SafetyStep, TriageStep
from trafficwatch.ui.village.screening_stop import StopStep
from trafficwatch.ui.village.screenings import ScreeningsPage
from trafficwatch.village.drafts import drafts

TODAY, TOMORROW = "2026-11-21T09:12+08:00", "2026-11-22T16:05+08:00"
ENTER = Qt.Key.Key_Return


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The minute it is; put another one first."""
    now = [TODAY]
    monkeypatch.setattr(ScreeningPage, "minute", staticmethod(lambda: now[0]))
    return now


def at(stage: Stage, person: str, step: int, **content: Any) -> ScreeningPage:
    return stage.page(ScreeningPage, draft={"step": step, "safety": SAFE, **content}, person_id=person)


def test_what_was_told_is_kept_and_says_that_it_was_broken_off(stage_of: StageOf) -> None:
    """With keys alone: the button, a reason, Ctrl+Enter."""
    stage = stage_of("village")
    person = somebody(stage)
    page = at(stage, person, QUESTIONS, consent="agreed", age=30)
    QTest.keyClick(line_of(page, "T-HURT"), Qt.Key.Key_T)
    stop = pressed(page, "Hentikan wawancara")
    stop.setFocus()
    QTest.keyClick(stop, ENTER)
    assert isinstance(page.step, StopStep)
    assert "Jawaban yang sudah ada (1) disimpan" in words(page)
    first = page.focusWidget()
    assert isinstance(first, QRadioButton)
    assert not first.isChecked()  # nobody chooses for them
    QTest.keyClick(first, ENTER, Qt.KeyboardModifier.ControlModifier)
    assert "Pilih dahulu satu alasan." in words(page)
    upset = page.step.reasons.buttons()[1]
    upset.setFocus()
    QTest.keyClick(upset, ENTER)
    QTest.keyClick(upset, ENTER, Qt.KeyboardModifier.ControlModifier)
    stage.settle()
    [row] = ask(stage, lambda work: screenings_of(work, person))
    assert (row.stopped, row.answers, stage.went[-1]) == ("upset", 1, ("screening_result", {"screening_id": row.id}))
    result = stage.page(ScreeningResultPage, screening_id=row.id)
    shown = words(result)
    assert "Wawancara dihentikan: orangnya terlalu sedih, takut, atau lelah" in shown
    assert "Dampingi sampai ia lebih tenang." in shown
    pressed(result, "Lanjutkan wawancara").click()
    assert stage.went[-1] == ("screening", {"person_id": person, "screening_id": row.id})
    again = stage.page(ScreeningPage, person_id=person, screening_id=row.id)
    assert isinstance(again.step, SafetyStep)
    again.restore({"step": QUESTIONS, "safety": SAFE, "consent": "agreed"})
    QTest.keyClick(line_of(again, "T-HELD"), Qt.Key.Key_T)
    pressed(again, "Simpan hasil").click()
    stage.settle()
    screening = ask(stage, lambda work: work.records.get(Screening, row.id))
    assert (screening.stopped, len(screening.answers)) == (None, 2)  # it went on to its end


def test_without_an_answer_it_stays_a_draft_that_begins_anew(stage_of: StageOf) -> None:
    stage = stage_of("village")
    person = somebody(stage)
    page = at(stage, person, TRIAGE)
    pressed(page, "Hentikan wawancara").click()
    assert "Belum ada jawaban baru." in words(page)
    pressed(page, "Kembali ke wawancara").click()
    assert isinstance(page.step, TriageStep)
    pressed(page, "Hentikan wawancara").click()
    assert isinstance(page.step, StopStep)
    page.step.reasons.buttons()[2].click()
    pressed(page, "Hentikan dan simpan").click()
    assert stage.went == [("back", {})]
    left = page.unsaved()
    assert left is not None
    ask(stage, keep_draft("screening", left, "8a0e2f94-0000-4000-8000-000000000001"))
    assert ask(stage, lambda work: screenings_of(work, person)) == ()
    assert "Wawancara dihentikan: tempatnya tidak aman lagi" in words(stage.page(ScreeningsPage))
    draft = ask(stage, drafts)[0]
    again = stage.page(ScreeningPage, draft=draft.content, person_id=person)
    assert isinstance(again.step, SafetyStep)
    assert "hanya lewat cara itu" in words(again)
    assert again.step.is_safe is None
    for line in again.step.lines.values():
        QTest.keyClick(line, Qt.Key.Key_Y)
    kept = again.unsaved()
    assert kept is not None
    assert (kept.content["stopped"], kept.content["safety"]) == ("", SAFE)


@pytest.mark.parametrize(("minute", "step"), [(TODAY, QUESTIONS), (TOMORROW, SAFETY)])
def test_on_another_day_it_is_asked_anew_whether_it_is_safe(
    stage_of: StageOf, clock: list[str], minute: str, step: int
) -> None:
    """What was told stays, and a danger that was told comes before everything else."""
    stage = stage_of("village")
    person = somebody(stage)
    left = at(stage, person, QUESTIONS, consent="agreed", answers={"T-HELD": {"value": "yes"}}).unsaved()
    assert left is not None
    clock[0] = minute
    page = stage.page(ScreeningPage, draft=dict(left.content), person_id=person)
    assert page._talk is not None
    assert (page._talk.step, page._talk.answers) == (step, {"T-HELD": Answer(Value.YES)})
    assert (page._talk.safety, page._talk.consent) == ((SAFE, "agreed") if step else ({}, ""))
    assert "Hubungi sekarang" in words(page)


def test_a_danger_is_there_again_when_the_desk_brings_the_draft_back(
    stage_of: StageOf, clock: list[str], qtbot: QtBot
) -> None:
    """The whole way: leave in the middle, find it in the list, go on tomorrow, report at once, and come back to it."""
    stage = stage_of("village")
    person = somebody(stage)
    pages = (ScreeningPage, ScreeningsPage, ScreeningResultPage, ScreeningPrintPage)
    frame = DeskFrame(stage.desk, VILLAGE, {page.name: page for page in pages})
    stage.desk.go, stage.desk.back = frame.go, frame.back
    qtbot.addWidget(frame)
    frame.show()
    frame.go("screening", person_id=person)
    stage.settle()
    begun = frame.page
    assert isinstance(begun, ScreeningPage)
    begun.restore({"step": TRIAGE, "safety": SAFE})
    QTest.keyClick(line_of(begun, "T-HELD"), Qt.Key.Key_Y)
    frame.go_from_rail("screenings")
    stage.settle()
    clock[0] = TOMORROW
    pressed(frame, "Lanjutkan").click()
    stage.settle()
    again = frame.page
    assert isinstance(again, ScreeningPage)
    assert isinstance(again.step, SafetyStep)
    assert "Hubungi sekarang" in words(again)
    pressed(again, "Simpan dan cetak laporan").click()
    stage.settle()
    assert isinstance(frame.page, ScreeningPrintPage)
    assert frame.page.paper.print.isEnabled()
    frame.back()
    stage.settle()
    assert isinstance(frame.page, ScreeningResultPage)
    [row] = ask(stage, lambda work: screenings_of(work, person))
    assert (row.answers, row.risk, ask(stage, drafts)) == (1, "high", ())


def test_the_first_step_and_a_refusal_have_their_own_way_out(stage_of: StageOf) -> None:
    stage = stage_of("village")
    person = somebody(stage)
    for step, content in ((SAFETY, {}), (CONSENT, {"consent": "refused"})):
        page = at(stage, person, step, **content)
        assert "Hentikan wawancara" not in [each.text() for each in page.findChildren(QPushButton) if each.isVisible()]
    assert "Hentikan wawancara" in [
        each.text() for each in at(stage, person, CONSENT).findChildren(QPushButton) if each.isVisible()
    ]


def test_an_answer_keeps_the_minute_in_which_it_was_given(stage_of: StageOf, clock: list[str]) -> None:
    stage = stage_of("village")
    person = somebody(stage)
    told = {"T-HURT": Answer(Value.NO, at="2026-11-02T08:00+08:00", asked="screening@1")}
    known = ask(stage, lambda work: record_screening(work, person, told)).screening.id
    page = stage.page(ScreeningPage, draft={"step": TRIAGE, "safety": SAFE}, person_id=person, screening_id=known)
    line = line_of(page, "T-HELD")
    QTest.keyClick(line, Qt.Key.Key_Y)
    assert "dicatat 21 November 2026 pukul 09.12" in words(line)
    clock[0] = TOMORROW
    note = line.findChild(QLineEdit)
    note.setFocus()
    QTest.keyClicks(note, "di mes")
    assert line.answer == Answer(Value.YES, note="di mes", at=TODAY)
    line.setFocus()
    QTest.keyClick(line, Qt.Key.Key_T)
    assert line.answer == Answer(Value.NO, note="di mes", at=TOMORROW)
    hurt = line_of(page, "T-HURT")
    QTest.keyClick(hurt, Qt.Key.Key_Y)
    assert hurt.answer == Answer(Value.YES, at=TOMORROW)  # by the question of today
    left = page.unsaved()
    assert left is not None
    assert left.content["answers"]["T-HELD"]["at"] == TOMORROW


def test_a_danger_is_saved_and_reported_at_once(stage_of: StageOf) -> None:
    stage = stage_of("village")
    person = somebody(stage)
    page = at(stage, person, TRIAGE)
    QTest.keyClick(line_of(page, "T-HELD"), Qt.Key.Key_Y)
    pressed(page, "Simpan dan cetak laporan").click()
    stage.settle()
    [row] = ask(stage, lambda work: screenings_of(work, person))
    assert stage.went == [
        ("screening_result", {"screening_id": row.id}),
        ("screening_print", {"screening_id": row.id, "kind": "report"}),
    ]
    draft = {"step": TRIAGE, "safety": SAFE, "age": 30}
    again = stage.page(ScreeningPage, draft=draft, person_id=person, screening_id=row.id)
    for words_of, kind in (("Cetak laporan", "report"), ("Cetak ringkasan", "summary")):  # nothing new was told
        pressed(again, words_of).click()
        assert stage.went[-1] == ("screening_print", {"screening_id": row.id, "kind": kind})
    assert len(stage.went) == 4
    QTest.keyClick(line_of(again, "T-HURT"), Qt.Key.Key_T)
    assert pressed(again, "Simpan dan cetak laporan").isEnabled()
