# SPDX-License-Identifier: GPL-3.0-or-later
"""Scenes of the second reading at the PPT: the form in its states, a case with both findings, the differences."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from trafficwatch.models.casework import Finding, Reading, Risk, Screening, SecondReading
from trafficwatch.models.screening import Value
from trafficwatch.screening.questionnaires import newest
from trafficwatch.screening.second_reading import CORRECTED, NOT_ASKED, Disagreement, ReadingRow
from trafficwatch.sync.inbox import CaseCare, ReceivedCase
from trafficwatch.ui.gallery.stage import Scene, Stage
from trafficwatch.ui.ppt.case import CasePage
from trafficwatch.ui.ppt.cases import CasesPage
from trafficwatch.ui.ppt.differences import DifferencesPage
from trafficwatch.ui.ppt.second_reading import SecondReadingPage

LONG_NAME = "Maria Goreti Yosefina Anastasia Bernadeta Klaran Nahak Seran binti Antonius Fahik Taolin"
REASON = (
    "Ia sendiri menolak berangkat dan suratnya sudah kembali. Jawaban tentang utang menurut kami belum jelas: "
    "uang itu pinjaman dari koperasi, bukan dari perekrut. Mohon ditanyakan sekali lagi dengan tenang."
)


def _case_page(stage: Stage) -> CasePage:
    return stage.page(CasePage, case_id=stage.page(CasesPage).list.lines[0].key)


def _first(page: CasePage) -> tuple[ReceivedCase, Screening]:
    """The case on a page, and its screening."""
    if page.found is None or (first := page.found[0].recorded) is None:
        raise LookupError("the stage's case has a screening")
    return page.found[0], first


def _form(stage: Stage) -> SecondReadingPage:
    page = _case_page(stage)
    found, first = _first(page)
    return stage.page(SecondReadingPage, screening_id=first.id, case_id=found.case.id)


def _marked(stage: Stage) -> SecondReadingPage:
    page = _form(stage)
    for line in list(page.lines.values())[:2]:
        line.choose(Value.UNKNOWN)
        page.show_widget(line)
    return page


def _changed(stage: Stage) -> QWidget:
    page = _marked(stage)
    page.agree.choose("no")
    page.finding.choose(Finding.NEEDS_CLARIFICATION)
    page.reason.setPlainText(REASON)
    stage.settle()
    page.show_widget(page.reason)
    return page


def _wrong(stage: Stage) -> QWidget:
    page = _marked(stage)
    page.agree.choose("no")
    page.save.click()
    stage.settle()
    page.show_widget(page.reason)
    return page


def _unasked(stage: Stage) -> QWidget:
    page = _form(stage)
    fold, _ = page.folds[1]
    fold.head.click()
    stage.settle()
    page.show_widget(fold)
    return page


def _case(stage: Stage) -> QWidget:
    """Two readings of the same screening; nothing is written."""
    page = _case_page(stage)
    found, first = _first(page)
    codes = list(first.answers)[:2]
    answers = {codes[0]: Value.UNKNOWN.value, codes[1]: Value.NO.value}
    changed = SecondReading(
        id="2",
        read_on="2026-12-02",
        reading=Reading.CHANGED,
        finding=Finding.NEEDS_CLARIFICATION,
        risk=Risk.LOW,
        reason=REASON,
        answers=answers,
    )
    agreed = SecondReading(
        id="1", read_on="2026-11-23", reading=Reading.CONFIRMED, finding=first.finding, risk=first.risk
    )
    page.show_found((found, (ReadingRow(changed, LONG_NAME), ReadingRow(agreed, "")), CaseCare({}, {})))
    stage.settle()
    page.show_widget(page.second or page)
    return page


def _differences(stage: Stage) -> QWidget:
    page = stage.page(DifferencesPage)
    entries = {entry.code: entry for entry in newest().entries}
    counted: tuple[tuple[str, int, dict[tuple[str, str], int]], ...] = (
        ("L-CAR-DEBT-1", 12, {("yes", "unknown"): 4, ("yes", "no"): 1, (NOT_ASKED, "yes"): 1}),
        ("C-CROSS", 3, {("no", "yes"): 1}),
        ("X-GONE-1", 4, {("yes", "no"): 1}),
        ("E-CAR-DECEIT", 18, {("unknown", "yes"): 3, (CORRECTED, "yes"): 1}),
        ("L-CAR-THREAT-1", 15, {("yes", "declined"): 2}),
        ("E-PRO-RECRUIT", 18, {}),
        ("T-HURT", 16, {}),
    )
    page.show_found(
        [
            Disagreement(code, readings, sum(kinds.values()), kinds, entries.get(code))
            for code, readings, kinds in counted
        ]
    )
    return page


def _no_differences(stage: Stage) -> QWidget:
    return stage.page(DifferencesPage)


SCENES = (
    Scene("second-reading", "ppt", _form),
    Scene("second-marked", "ppt", _marked),
    Scene("second-changed", "ppt", _changed),
    Scene("second-wrong", "ppt", _wrong),
    Scene("second-unasked", "ppt", _unasked),
    Scene("second-case", "ppt", _case),
    Scene("second-differences", "ppt", _differences),
    Scene("second-differences-none", "ppt_empty", _no_differences),
)
