# SPDX-License-Identifier: GPL-3.0-or-later
"""What a result opens: the law behind a fact, every answer with its version, the papers, the newest questions."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QPushButton, QWidget
from screening_tools import SAFE, StageOf

from trafficwatch.models.casework import Screening, ScreeningWay, StopReason
from trafficwatch.models.screening import Answer, By, Value
from trafficwatch.registry.residents import record_person
from trafficwatch.screening import questionnaires
from trafficwatch.screening.overview import worrying
from trafficwatch.screening.sessions import record_screening
from trafficwatch.ui.gallery.register import ask
from trafficwatch.ui.gallery.stage import Stage
from trafficwatch.ui.village.resident import ResidentPage
from trafficwatch.ui.village.screening import QUESTIONS, TRIAGE, ScreeningPage
from trafficwatch.ui.village.screening_answers import AllAnswers
from trafficwatch.ui.village.screening_print import ScreeningPrintPage
from trafficwatch.ui.village.screening_questions import QuestionsStep
from trafficwatch.ui.village.screening_result import ScreeningResultPage
from trafficwatch.ui.widgets.answer_line import AnswerLine
from trafficwatch.ui.widgets.fold import Fold
from trafficwatch.ui.widgets.pdf_preview import PdfPreview

OLD, NEW = questionnaires.get("screening@1"), questionnaires.newest()
AT = "2026-11-21T09:12+08:00"
NO_DANGER = {entry.code: Answer(Value.NO) for entry in OLD.entries if entry.risk}


def screened(stage: Stage, answers: dict[str, Answer], age: int = 30, **more: Any) -> tuple[str, str]:
    """A person and their screening."""

    def record(work: Any) -> tuple[str, str]:
        person = record_person(work, name="Marselina Taek").person.id
        return person, record_screening(work, person, answers, age_at_events=age, **more).screening.id

    return ask(stage, record)


def words(page: QWidget) -> str:
    QApplication.processEvents()
    return "\n".join(each.text() for each in page.findChildren(QLabel) if each.text() and each.isVisibleTo(page))


def press(page: QWidget, text: str) -> None:
    QApplication.processEvents()
    next(each for each in page.findChildren(QPushButton) if each.text() == text and each.isVisibleTo(page)).click()


def test_a_fact_opens_its_law_an_example_and_who_said_so(stage_of: StageOf) -> None:
    stage = stage_of("village")
    told = Answer(Value.YES, By.FAMILY, "kapal kedua", "Dijanjikan kerja di toko.", AT)
    _, screening = screened(stage, {**NO_DANGER, "E-CAR-DECEIT": told, "L-TUJ-1": Answer(Value.YES)})
    page = stage.page(ScreeningResultPage, screening_id=screening)
    deceit, sign = (
        next(fold for fold in page.findChildren(Fold) if NEW.entry(code).short.id in words(fold))
        for code in ("E-CAR-DECEIT", "L-TUJ-1")
    )
    assert "Istilah hukum" not in words(page)
    assert deceit.head.accessibleName() == f"{NEW.entry('E-CAR-DECEIT').short.id} – tertutup"
    assert deceit.head.focusPolicy() & Qt.FocusPolicy.TabFocus
    deceit.head.setFocus()
    QTest.keyClick(deceit.head, Qt.Key.Key_Return)
    shown = words(deceit)
    for expected in (
        "Istilah hukum: penipuan",
        "UU 21/2007 pasal 1(1)",
        NEW.entry("E-CAR-DECEIT").help.id,
        "Ya · Keluarga",
        "dicatat 21 November 2026 pukul 09.12 · bagian dari: kapal kedua",
        "“Dijanjikan kerja di toko.”",
    ):
        assert expected in shown
    assert deceit.head.accessibleName().endswith("– terbuka")
    QTest.keyClick(deceit.head, Qt.Key.Key_Space)
    assert "Istilah hukum" not in words(deceit)
    sign.head.click()
    assert "Ini tanda, belum unsur hukum" in words(sign)


def test_all_answers_with_the_version_in_which_each_was_asked(stage_of: StageOf) -> None:
    """What was not asked is no 'no', and what the questionnaire no longer has is not lost."""
    stage = stage_of("village")
    _, screening = screened(
        stage, {"T-HURT": Answer(Value.NO, By.PERSON, at=AT), "E-PRO-RECRUIT": Answer(Value.UNKNOWN)}
    )

    def age(work: Any) -> None:
        answers = {
            "L-CAR-DEC-1": {"value": "yes", "asked": "screening@1"},
            "X-GONE-1": {"value": "declined", "asked": "screening@99"},
        }
        work.write(Screening, screening, answers=answers)

    ask(stage, age)
    page = stage.page(ScreeningResultPage, screening_id=screening)
    every = page.findChild(AllAnswers)
    shown = words(every)
    assert f"3 pertanyaan terjawab, {len(NEW.entries) - 3} belum ditanyakan." in shown
    assert "Yang belum ditanyakan tidak berarti “tidak”." in shown
    assert OLD.entry("T-HURT").text.id not in shown
    every.fold.head.click()
    shown = words(every)
    lines = shown.splitlines()
    hurt = lines.index(NEW.entry("T-HURT").text.id)
    assert lines[hurt + 1 : hurt + 3] == ["Orangnya sendiri · dicatat 21 November 2026 pukul 09.12", "Tidak"]
    held = lines.index(NEW.entry("T-HELD").text.id)
    assert lines[held + 1] == "Belum ditanyakan"
    deceit = lines.index(OLD.entry("L-CAR-DEC-1").text.id)
    assert lines[deceit + 1].endswith("ditanyakan dengan versi 1")
    gone = lines.index("Dari pertanyaan versi lama")
    assert lines[gone + 1].startswith("Pertanyaan X-GONE-1")
    assert lines[gone + 2 : gone + 4] == ["ditanyakan dengan versi 99", "Tidak mau menjawab"]


def test_newer_questions_are_offered_and_ask_only_what_is_new(stage_of: StageOf) -> None:
    stage = stage_of("village")
    told = {**NO_DANGER, "E-PRO-RECRUIT": Answer(Value.YES)}
    person, screening = screened(stage, told, questionnaire=OLD)
    page = stage.page(ScreeningResultPage, screening_id=screening)
    assert f"pertanyaan versi 1. Sekarang ada versi {NEW.version}." in words(page)
    assert ask(stage, lambda work: work.records.get(Screening, screening)).questionnaire == "screening@1"
    press(page, "Lanjutkan dengan pertanyaan terbaru")
    stage.settle()
    assert stage.went == [("screening", {"person_id": person, "screening_id": screening})]
    assert ask(stage, lambda work: work.records.get(Screening, screening)).questionnaire == NEW.ref
    draft = {"step": QUESTIONS, "safety": SAFE, "consent": "agreed"}
    talk = stage.page(ScreeningPage, draft=draft, person_id=person, screening_id=screening)
    QApplication.processEvents()
    asked = {line.code for line in talk.step.findChildren(AnswerLine) if line.isVisibleTo(talk)}  # type: ignore[union-attr]
    assert asked
    assert asked.isdisjoint(told)
    again = stage.page(ScreeningResultPage, screening_id=screening)
    assert "Ada pertanyaan yang lebih baru" not in words(again)


@pytest.mark.parametrize(("button", "kind"), [("Cetak laporan", "report"), ("Cetak ringkasan", "summary")])
def test_a_paper_is_ready_to_print(stage_of: StageOf, button: str, kind: str) -> None:
    stage = stage_of("village")
    _, screening = screened(stage, {"T-HELD": Answer(Value.YES)})
    page = stage.page(ScreeningResultPage, screening_id=screening)
    press(page, button)
    assert stage.went == [("screening_print", {"screening_id": screening, "kind": kind})]
    shown = stage.page(ScreeningPrintPage, screening_id=screening, kind=kind)
    assert shown.findChild(PdfPreview).sheets
    assert shown.paper.print.isEnabled()
    assert shown.title.text() == {"report": "Laporan awal", "summary": "Ringkasan skrining"}[kind]


def test_without_danger_there_is_nothing_to_report_at_once(stage_of: StageOf) -> None:
    stage = stage_of("village")
    row = ask(stage, worrying)[0]
    page = stage.page(ScreeningResultPage, screening_id=row.id)
    shown = [each.text() for each in page.findChildren(QPushButton)]
    assert ("Cetak laporan" in shown, "Cetak ringkasan" in shown) == (False, True)


def test_the_list_of_a_person_tells_how_each_came_about(stage_of: StageOf) -> None:
    stage = stage_of("village")
    person, _ = screened(
        stage,
        NO_DANGER,
        questionnaire=OLD,
        way=ScreeningWay.PAPER,
        stopped=StopReason.NO_TIME,
        screened_on="2026-11-02",
    )
    shown = words(stage.page(ResidentPage, person_id=person))
    assert "Pertanyaan versi 1 · Disalin dari formulir kertas · Wawancara dihentikan: waktunya habis" in shown


def test_the_questions_of_a_modus_are_closed_and_marked_once_its_gate_is_answered_yes(stage_of: StageOf) -> None:
    stage = stage_of("village")
    person = ask(stage, lambda work: record_person(work, name="Marselina Taek", birth_date="1996-03-04").person.id)
    draft = {"step": QUESTIONS, "safety": SAFE, "consent": "agreed"}
    page = stage.page(ScreeningPage, draft=draft, person_id=person)
    assert isinstance(page.step, QuestionsStep)
    groups = page.step.groups[-len(NEW.modules) :]
    module = NEW.modules[0]
    own = {entry.code for entry in NEW.entries if entry.module == module.code}
    assert [group.head.text().partition(" – ")[0] for group in groups] == [each.label.id for each in NEW.modules]
    assert not any(group.is_open for group in groups)
    assert "Disebut dalam jawaban" not in words(page)
    ordinary = page.step.groups[-len(NEW.modules) - 1]
    ordinary.head.click()
    assert own.isdisjoint(ordinary.lines)
    gate = ordinary.lines[module.gate]
    gate.setFocus()
    QTest.keyClick(gate, Qt.Key.Key_Y)
    assert f"Membuka pertanyaan khusus: {module.label.id}" in words(gate)
    marked = [group for group in groups if "Disebut dalam jawaban" in words(group)]
    assert marked == groups[:1]
    assert "Disebut dalam jawaban" in groups[0].head.accessibleName()
    groups[0].head.click()
    assert set(groups[0].lines) == own
    QTest.keyClick(gate, Qt.Key.Key_Delete)
    assert "Disebut dalam jawaban" not in words(groups[0])


def test_a_child_is_not_asked_for_means_and_has_somebody_beside_them(stage_of: StageOf) -> None:
    stage = stage_of("village")
    person = ask(stage, lambda work: record_person(work, name="Marselina Taek", birth_date="2012-03-04").person.id)
    page = stage.page(ScreeningPage, draft={"step": TRIAGE, "safety": SAFE, "age": 14}, person_id=person)
    assert "Ia masih anak. Catat hanya yang ia ceritakan sendiri" in words(page)
    press(page, "Catat yang sudah diceritakan")
    shown = words(page)
    assert "Untuk anak, CARA tidak perlu dibuktikan." in shown
    assert "beri tahu wali yang aman" in shown
    assert page.findChildren(QLineEdit)
