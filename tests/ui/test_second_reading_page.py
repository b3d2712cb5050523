# SPDX-License-Identifier: GPL-3.0-or-later
"""Reading a screening again on the screen: by keyboard alone, both findings in sight, nothing lost on the way."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from exchange_tools import held, press, primary, told
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QPushButton, QWidget

from trafficwatch.models.casework import Finding, Reading, Screening, SecondReading
from trafficwatch.models.screening import Answer, Value
from trafficwatch.screening.second_reading import Disagreement
from trafficwatch.screening.sessions import record_screening
from trafficwatch.store.work import Store
from trafficwatch.sync.exporting import export
from trafficwatch.sync.importing import take_in
from trafficwatch.ui.gallery.stage import Stage
from trafficwatch.ui.ppt.case import CasePage
from trafficwatch.ui.ppt.cases import CasesPage
from trafficwatch.ui.ppt.differences import DifferencesPage
from trafficwatch.ui.ppt.second_reading import SecondReadingPage

StageOf = Callable[[str], Stage]
READ = "Baca ulang skrining ini"
DECEIT = "E-CAR-DECEIT"


def shown(page: QWidget) -> list[str]:
    return [found.text() for found in page.findChildren(QLabel) if found.isVisibleTo(page) and found.text()]


def button_of(page: QWidget, words: str) -> QPushButton:
    return next(found for found in page.findChildren(QPushButton) if found.text() == words)


def case_page(stage: Stage) -> CasePage:
    return stage.page(CasePage, case_id=stage.page(CasesPage).list.lines[0].key)


@pytest.fixture
def stage(stage_of: StageOf) -> Stage:
    return stage_of("ppt")


@pytest.fixture
def page(stage: Stage) -> SecondReadingPage:
    """The page, reached from the case."""
    press(button_of(case_page(stage), READ))
    name, about = stage.went[-1]
    assert name == "second_reading"
    return stage.page(SecondReadingPage, **about)


def readings(stage: Stage) -> list[SecondReading]:
    with held(stage).work() as work:
        return work.records.select(SecondReading)


def first_of(stage: Stage) -> Screening:
    with held(stage).work() as work:
        [found] = work.records.select(Screening)
    return found


def test_another_finding_by_keyboard_and_both_on_the_case(stage: Stage, page: SecondReadingPage) -> None:
    before = first_of(stage)
    lines = list(page.lines.values())
    lines[0].setFocus()
    QTest.keyClick(lines[0], Qt.Key.Key_Down)
    assert page.focusWidget() is lines[1]
    line = page.lines[DECEIT]
    line.setFocus()
    QTest.keyClick(line, Qt.Key.Key_U)
    assert "Dicatat: Ya" in shown(line)
    assert any(words.startswith("Dengan nilai dari Anda") for words in shown(page))
    page.agree.setFocus()
    QTest.keyClick(page.agree, Qt.Key.Key_T)
    page.finding.setFocus()
    QTest.keyClicks(page.finding, "Perlu")
    QTest.keyClicks(page.reason, "Belum jelas siapa yang membohongi.")
    primary(page)
    stage.settle()
    [second] = readings(stage)
    assert (second.reading, second.finding) == (Reading.CHANGED, Finding.NEEDS_CLARIFICATION)
    assert (second.reason, dict(second.answers)) == ("Belum jelas siapa yang membohongi.", {DECEIT: "unknown"})
    assert first_of(stage) == before
    assert page.unsaved() is None
    assert stage.went[-1][0] == "case"
    words = shown(stage.page(CasePage, **stage.went[-1][1]))
    assert words.index("Temuan pertama: Dugaan TPPO. Risiko: Rendah.") < words.index("Berbeda dari pembacaan pertama")
    assert {"Dugaan TPPO", "Perlu pendalaman", "Belum jelas siapa yang membohongi."} <= set(words)
    assert any(each.endswith("Dicatat: Ya. Pembaca kedua: Tidak tahu.") for each in words)


def test_agreeing_asks_for_nothing_more(stage: Stage, page: SecondReadingPage) -> None:
    primary(page)
    assert "Pilih dulu: setuju atau tidak." in shown(page)
    assert readings(stage) == []
    QTest.keyClick(page.agree, Qt.Key.Key_Y)
    assert "Pilih dulu: setuju atau tidak." not in shown(page)
    assert not page.finding_field.isVisibleTo(page)
    primary(page)
    stage.settle()
    [second] = readings(stage)
    assert (second.reading, second.finding) == (Reading.CONFIRMED, first_of(stage).finding)
    words = shown(case_page(stage))
    assert "Sama dengan pembacaan pertama" in words
    assert "Belum dibaca ulang di PPT." not in words


def test_a_change_says_what_is_missing(stage: Stage, page: SecondReadingPage) -> None:
    page.agree.choose("no")
    primary(page)
    assert {
        "Temuan dan risikonya masih sama dengan yang pertama. Ubah salah satu, atau pilih setuju.",
        "Tuliskan alasannya.",
    } <= set(shown(page))
    page.risk.choose("high")
    page.finding.choose(None)
    primary(page)
    assert "Pilih temuannya." in shown(page)
    assert readings(stage) == []


def test_a_mark_is_taken_back_and_a_question_without_answer_can_be_marked(page: SecondReadingPage) -> None:
    line = page.lines[DECEIT]
    line.choose(Value.NO)
    assert line.mark is Value.NO
    line.setFocus()
    QTest.keyClick(line, Qt.Key.Key_Delete)
    assert (line.mark, line.value) == (None, Value.YES.value)
    line.choose(Value.YES)
    assert page.unsaved() is None
    assert "T-HURT" not in page.lines
    fold, codes = page.folds[0]
    assert "T-HURT" in codes
    press(fold.head)
    page.lines["T-HURT"].choose(Value.YES)
    assert "Tidak ada jawabannya" in shown(page.lines["T-HURT"])
    assert any("Risiko: Tinggi" in words for words in shown(page))


def test_what_was_begun_comes_back(stage: Stage, page: SecondReadingPage) -> None:
    about = stage.went[-1][1]
    page.lines[DECEIT].choose(Value.NO)
    press(page.folds[0][0].head)
    page.lines["T-HURT"].choose(Value.YES)
    page.agree.choose("no")
    page.risk.choose("high")
    page.reason.setPlainText("Masih diancam")
    left = page.unsaved()
    assert left is not None
    assert (left.case_text, left.subject) == (True, first_of(stage).person_id)
    again = stage.page(SecondReadingPage, draft=dict(left.content), **about)
    assert (again.lines[DECEIT].mark, again.lines["T-HURT"].mark) == (Value.NO, Value.YES)
    assert again.unsaved() == left


def test_a_draft_that_comes_before_the_screening_is_kept(stage: Stage, page: SecondReadingPage) -> None:
    early = SecondReadingPage(stage.desk)
    content = {"marks": {DECEIT: "no"}, "reason": "Lain"}
    early.restore(content)
    left = early.unsaved()
    assert left is not None
    assert (left.content, left.case_text) == (content, True)
    early.deleteLater()


def test_differences_are_listed_with_their_counts(stage: Stage) -> None:
    press(button_of(stage.page(CasesPage), "Perbedaan per pertanyaan"))
    assert stage.went[-1] == ("differences", {})
    page = stage.page(DifferencesPage)
    assert "Belum ada perbedaan" in shown(page)
    page.show_found(
        [
            Disagreement("X-ONE", 4, 2, {("yes", "no"): 2}),
            Disagreement("X-TWO", 8, 2, {("not_asked", "yes"): 1, ("corrected", "no"): 1}),
            Disagreement("X-THREE", 9, 0, {}),
        ]
    )
    assert [(line.name, line.more) for line in page.list.lines] == [
        ("50 % · X-ONE", "Sedikit: baru 4 pembacaan. 2 dari 4 pembacaan berbeda: Ya → Tidak (2). X-ONE"),
        (
            "25 % · X-TWO",
            "2 dari 8 pembacaan berbeda: sudah diperbaiki desa → Tidak (1), tanpa jawaban → Ya (1). X-TWO",
        ),
    ]
    assert "1 pertanyaan lain selalu dibaca sama." in shown(page)
    assert "Belum ada perbedaan" not in shown(page)


# -- a newer version comes meanwhile -----------------------------------------------------------------------------------

NEWER = "Desa sudah mengirim versi yang lebih baru"


@pytest.fixture
def newer(stage: Stage, store_of: Callable[[str], Store], tmp_path: Path) -> Callable[[], None]:
    """The village corrects an answer, finds danger, and the PPT takes that in."""
    village = store_of("village")

    def come() -> None:
        with village.work() as work:
            first = work.records.get(Screening, first_of(stage).id)
            answers = {DECEIT: Answer(Value.NO), "T-HURT": Answer(Value.YES)}
            record_screening(work, first.person_id or "", answers, screening_id=first.id)
        for made in export(village, tmp_path):
            take_in(held(stage), made.path)

    return come


def test_nothing_unseen_is_agreed_with(stage: Stage, page: SecondReadingPage, newer: Callable[[], None]) -> None:
    seen = first_of(stage)
    page.lines["E-PRO-RECRUIT"].choose(Value.UNKNOWN)
    page.lines[DECEIT].choose(Value.NO)
    page.reason.setPlainText("Sesuai catatan")
    page.agree.choose("yes")
    newer()
    now = first_of(stage)
    assert (now.finding, now.risk) != (seen.finding, seen.risk)
    primary(page)
    stage.settle()
    assert readings(stage) == []
    assert NEWER in told(page)
    assert page.agree.value == ""
    assert (page.finding.value, page.risk.value) == (now.finding, now.risk)
    assert page.reason.toPlainText() == "Sesuai catatan"
    assert "Risiko: Tinggi" in shown(page)
    assert "T-HURT" in page.lines
    marks = {code: line.mark for code, line in page.lines.items() if line.mark}
    assert marks == {"E-PRO-RECRUIT": Value.UNKNOWN}  # the village's value of the other is now the reader's own
    page.agree.choose("yes")
    primary(page)
    stage.settle()
    [second] = readings(stage)
    assert (second.finding, second.risk, second.reason) == (now.finding, now.risk, "Sesuai catatan")
    assert dict(second.answers) == {"E-PRO-RECRUIT": "unknown"}


def test_a_draft_over_a_newer_version_asks_again(
    stage: Stage, page: SecondReadingPage, newer: Callable[[], None]
) -> None:
    about = stage.went[-1][1]
    page.agree.choose("no")
    page.finding.choose("needs_clarification")
    page.reason.setPlainText("Belum jelas")
    left = page.unsaved()
    assert left is not None
    same = stage.page(SecondReadingPage, draft=dict(left.content), **about)
    assert (same.agree.value, told(same)) == ("no", "")
    newer()
    again = stage.page(SecondReadingPage, draft=dict(left.content), **about)
    assert NEWER in told(again)
    assert again.agree.value == ""
    assert again.reason.toPlainText() == "Belum jelas"
    assert (again.finding.value, again.risk.value) == ("needs_clarification", first_of(stage).risk)
