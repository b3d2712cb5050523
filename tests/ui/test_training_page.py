# SPDX-License-Identifier: GPL-3.0-or-later
"""Practice by keyboard: a story read rightly and wrongly is marked with reasons, and nothing of it is kept."""

from __future__ import annotations

from typing import Any

from conftest import StageOf
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot
from sqlalchemy import func, select

from trafficwatch.models.tables import local
from trafficwatch.screening.training import practice_cases
from trafficwatch.ui.gallery.draw import put
from trafficwatch.ui.gallery.stage import Scene
from trafficwatch.ui.shell.entries import VILLAGE
from trafficwatch.ui.shell.frame import DeskFrame
from trafficwatch.ui.shell.page import Page
from trafficwatch.ui.village.training import TrainingCasePage, TrainingPage


def kept(work: Any) -> tuple[int, int]:
    """How many changes and drafts there are."""
    counts = (select(func.count()).select_from(table) for table in (local.journal, local.draft))
    journal, drafts = (int(work.connection.execute(count).scalar_one()) for count in counts)
    return journal, drafts


def texts(page: Page) -> str:
    return "\n".join(each.text() for each in page.findChildren(QLabel) if each.isVisibleTo(page))


def test_a_case_is_read_marked_and_forgotten(stage_of: StageOf, qtbot: QtBot) -> None:
    stage = stage_of("untrained")
    before: list[tuple[int, int]] = []
    stage.tasks.work(stage.tasks, kept, before.append)
    stage.settle()
    case = practice_cases()[0]
    page = stage.page(TrainingCasePage, code=case.code)
    put(stage, Scene("case", "untrained", lambda _: page))
    keys = {"yes": Qt.Key.Key_Y, "no": Qt.Key.Key_T, "unknown": Qt.Key.Key_U, "declined": Qt.Key.Key_D}
    for number, question in enumerate(case.questions):
        line = page.lines[question.code]
        qtbot.waitUntil(line.hasFocus)
        qtbot.keyClick(line, keys["yes" if number == len(case.questions) - 1 else question.answer])
        qtbot.keyClick(line, Qt.Key.Key_Down)
    qtbot.waitUntil(page.finding.hasFocus)
    page.finding.choose("not_enough_information")
    page.first.choose("touch")
    qtbot.keyClick(page.first, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    stage.settle()
    total = len(case.questions) + 2
    said = texts(page)
    assert f"{total - 1} dari {total} terbaca tepat" in said
    assert f"Menurut cerita: Tidak tahu. {case.questions[-1].why.id}" in said
    assert said.count("Tepat: ") == len(case.questions) - 1
    page.changed.emit()
    assert page.unsaved() is None
    stage.settle()
    after: list[tuple[int, int]] = []
    stage.tasks.work(stage.tasks, kept, after.append)
    stage.settle()
    assert after == before


def test_the_list_leads_to_every_case_and_one_case_to_the_next(stage_of: StageOf) -> None:
    stage = stage_of("untrained")
    page = stage.page(TrainingPage)
    for start in page.starts:
        start.click()  # type: ignore[attr-defined]
    assert [about["code"] for name, about in stage.went if name == "training_case"] == [
        c.code for c in practice_cases()
    ]
    last = stage.page(TrainingCasePage, code=practice_cases()[-1].code)
    last.check.click()
    last._others.click()
    assert stage.went[-1] == ("training_case", {"code": practice_cases()[0].code})


def test_another_language_or_size_takes_no_answer_away_and_keeps_none(stage_of: StageOf, qtbot: QtBot) -> None:
    stage = stage_of("untrained")
    frame = DeskFrame(stage.desk, VILLAGE, {page.name: page for page in (TrainingPage, TrainingCasePage)})
    stage.desk.go, stage.desk.back = frame.go, frame.back
    qtbot.addWidget(frame)
    frame.show()
    stage.settle()
    counts: list[tuple[int, int]] = []
    stage.tasks.work(stage.tasks, kept, counts.append)
    one, other = practice_cases()[:2]
    frame.go("training_case", code=one.code)

    def shown() -> tuple[dict[str, str], str | None, str | None]:
        page = frame.page
        assert isinstance(page, TrainingCasePage)
        return {code: line.value for code, line in page.lines.items()}, page.finding.value, page.first.value

    nothing = shown()
    for line in frame.page.lines.values():
        line.choose("yes")
    frame.page.finding.choose("suspected")
    frame.page.first.choose("touch")
    filled = shown()
    assert (set(filled[0].values()), *filled[1:]) == ({"yes"}, "suspected", "touch")
    frame.page.check.click()
    frame.rebuild()
    assert "terbaca tepat" in texts(frame.page)
    assert shown() == filled
    frame.go("training_case", code=other.code)
    frame.back()
    assert shown() == nothing
    frame.page.finding.choose("suspected")
    frame.go("training")
    frame.go("training_case", code=one.code)
    assert shown() == nothing
    assert "terbaca tepat" not in texts(frame.page)
    stage.settle()
    stage.tasks.work(stage.tasks, kept, counts.append)
    stage.settle()
    assert counts[1] == counts[0]
