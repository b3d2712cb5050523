# SPDX-License-Identifier: GPL-3.0-or-later
"""The list of residents narrowed and ordered, coming back to it, and taking it out on paper or as a workbook."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from trafficwatch.models.migration import Stage as JourneyStage
from trafficwatch.models.papers import Column
from trafficwatch.models.people import Residency
from trafficwatch.registry.browse import residents
from trafficwatch.registry.listing import ResidentFilter, Sort
from trafficwatch.registry.residents import record_person
from trafficwatch.ui.gallery.register import ask
from trafficwatch.ui.gallery.residents import person
from trafficwatch.ui.gallery.stage import Stage
from trafficwatch.ui.shell.entries import VILLAGE
from trafficwatch.ui.shell.frame import DeskFrame
from trafficwatch.ui.shell.settings import Settings
from trafficwatch.ui.theme.look import make_look, wear
from trafficwatch.ui.theme.palette import Theme
from trafficwatch.ui.village.resident import ResidentPage
from trafficwatch.ui.village.residents import ResidentsPage
from trafficwatch.ui.village.residents_filter import ResidentsFilter, packed, unpacked
from trafficwatch.ui.village.residents_out import ListExportPage, ListPrintPage
from trafficwatch.village.audit import trail

StageOf = Callable[[str], Stage]


def names(page: ResidentsPage) -> list[str]:
    model = page.table.residents
    return [str(model.index(row, 0).data()) for row in range(model.rowCount())]


def rows(stage: Stage, **wanted: Any) -> list[str]:
    return [row.name for row in ask(stage, lambda work: residents(work, "", 0, 50, **wanted)).rows]


def choose(on: Stage, page: ResidentsPage, *, sort: Sort = Sort.NAME, **wanted: Any) -> None:
    page.filter.choose(ResidentFilter(**wanted), sort)
    on.settle()


# -- filters -----------------------------------------------------------------------------------------------------------


def test_the_stage_is_chosen_by_keyboard(stage_of: StageOf) -> None:
    stage = stage_of("village")
    page = stage.page(ResidentsPage)
    everybody = len(names(page))
    page.filter.stage.setFocus()
    QTest.keyClick(page.filter.stage, Qt.Key.Key_Down)
    stage.settle()
    assert page.filter.wanted == ResidentFilter(stage=JourneyStage.PLAN)
    assert names(page) == rows(stage, wanted=ResidentFilter(stage=JourneyStage.PLAN))
    assert 0 < len(names(page)) < everybody
    page.filter.nothing.click()
    stage.settle()
    assert len(names(page)) == everybody
    assert page.filter.nothing.isHidden()


@pytest.mark.parametrize(
    "wanted",
    [
        {"country": "MY"},
        {"warned": True},
        {"overdue": True},
        {"residency": Residency.AWAY},
        {"stage": JourneyStage.PREPARING, "country": "MY"},
    ],
)
def test_every_filter_reaches_the_list(stage_of: StageOf, wanted: dict[str, Any]) -> None:
    stage = stage_of("village")
    someone = person(stage, "sumarni")
    ask(stage, lambda work: record_person(work, someone, residency="away"))
    page = stage.page(ResidentsPage)
    choose(stage, page, **wanted)
    assert names(page) == rows(stage, wanted=ResidentFilter(**wanted))
    assert len(names(page)) < 14


def test_no_one_fits_is_told_as_that(stage_of: StageOf) -> None:
    stage = stage_of("village")
    page = stage.page(ResidentsPage)
    choose(stage, page, stage=JourneyStage.CANCELLED, country="JP")
    assert names(page) == []
    said = [each.text() for each in page.findChildren(QLabel) if each.isVisibleTo(page)]
    assert "Tidak ada warga yang cocok dengan saringan ini." in said
    assert not page.new.isEnabled()
    assert page.new.text() == "Catat warga baru"
    assert not page.filter.isHidden()


def test_the_order_shows_its_day(stage_of: StageOf) -> None:
    stage = stage_of("village")
    page = stage.page(ResidentsPage)
    head = page.table.horizontalHeader()
    choose(stage, page, sort=Sort.DEPARTURE)
    model = page.table.residents
    assert model.headerData(1, Qt.Orientation.Horizontal) == "Berangkat"
    assert names(page) == rows(stage, sort=Sort.DEPARTURE)
    assert model.index(0, 1).data() == "15 Maret 2027"
    choose(stage, page, sort=Sort.LAST_HEARD)
    assert model.headerData(1, Qt.Orientation.Horizontal) == "Kabar terakhir"
    assert head.isVisible()


def test_a_new_filter_begins_at_the_first_page(stage_of: StageOf) -> None:
    stage = stage_of("long")
    page = stage.page(ResidentsPage)
    page.after.click()
    stage.settle()
    assert page.where()["offset"] == 50
    choose(stage, page, stage=JourneyStage.PREPARING)
    assert (page.where()["offset"], page.count.text()) == (0, "1–50 dari 60")


def test_a_filter_goes_as_json() -> None:
    for wanted in (
        ResidentFilter(),
        ResidentFilter(JourneyStage.DEPARTED, "MY", Residency.AWAY, warned=True, overdue=True),
    ):
        assert unpacked(packed(wanted)) == wanted
    assert packed(ResidentFilter()) == {}


def test_it_folds_when_the_letters_are_large(stage_of: StageOf, qapp: QApplication) -> None:
    stage = stage_of("village")
    stage.wear(Settings(theme=Theme.LIGHT, zoom=200))
    wear(qapp, make_look(Theme.LIGHT, 200, is_ppt=False))
    page = stage.page(ResidentsPage)
    assert not page.filter.panel.isVisible()
    assert page.title.isHidden()
    QTest.keyClick(page.filter.opens, Qt.Key.Key_Space)
    assert page.filter.panel.isVisible()
    choose(stage, page, country="MY", warned=True)
    assert page.filter.opens.text() == "Saring dan urutkan (2 dipakai)"


def test_changed_is_told_once(qtbot: QtBot, stage_of: StageOf) -> None:
    stage_of("village")
    made = ResidentsFilter()
    qtbot.addWidget(made)
    told: list[int] = []
    made.changed.connect(lambda: told.append(1))
    made.choose(ResidentFilter(JourneyStage.PLAN, "MY", warned=True), Sort.DEPARTURE)
    assert told == [1]
    made.clear()
    assert (told, made.sort) == ([1, 1], Sort.DEPARTURE)


def test_coming_back_from_a_card_shows_the_list_as_it_was(qtbot: QtBot, stage_of: StageOf) -> None:
    stage = stage_of("village")
    pages = {page.name: page for page in (ResidentsPage, ResidentPage)}
    frame = DeskFrame(stage.desk, VILLAGE, pages)
    stage.desk.go, stage.desk.back = frame.go, frame.back
    qtbot.addWidget(frame)
    frame.show()
    frame.go("residents")
    qtbot.waitUntil(lambda: stage.tasks.is_idle)
    page: Any = frame.page
    choose(stage, page, sort=Sort.DEPARTURE, stage=JourneyStage.PREPARING)
    before = names(page)
    page.table.opened.emit(0)
    qtbot.waitUntil(lambda: isinstance(frame.page, ResidentPage) and stage.tasks.is_idle)
    frame.back()
    qtbot.waitUntil(lambda: isinstance(frame.page, ResidentsPage) and stage.tasks.is_idle)
    assert names(frame.page) == before  # type: ignore[arg-type]
    frame.go_from_rail("residents")
    qtbot.waitUntil(lambda: stage.tasks.is_idle)
    assert len(names(frame.page)) > len(before)  # type: ignore[arg-type]


# -- taking it out -----------------------------------------------------------------------------------------------------


def test_the_menu_hands_on_what_is_listed(stage_of: StageOf) -> None:
    stage = stage_of("village")
    page = stage.page(ResidentsPage, text="nahabesi")
    choose(stage, page, sort=Sort.DEPARTURE, stage=JourneyStage.PREPARING)
    listed = {"text": "nahabesi", "narrowed": {"stage": "preparing"}, "sort": "departure"}
    for action, wanted in zip(
        page.menu.actions(),
        (("import_residents", {}), ("list_print", listed), ("list_export", listed)),
        strict=True,
    ):
        action.trigger()
        assert stage.went.pop() == wanted


def test_an_empty_register_offers_the_workbook(stage_of: StageOf) -> None:
    stage = stage_of("empty")
    page = stage.page(ResidentsPage)
    assert [action.isEnabled() for action in page.menu.actions()] == [True, False, False]
    page.first.click()
    assert stage.went == [("import_residents", {})]
    assert not page.filter.isVisible()


def test_a_printed_list_has_the_columns_that_were_chosen(stage_of: StageOf) -> None:
    stage = stage_of("village")
    page = stage.page(ListPrintPage, narrowed={"stage": "preparing"}, sort="departure")
    assert not page.columns[Column.NIK].isChecked()
    text = page.preview.document.getAllText(0).text()
    assert "Yuliana" in text
    assert "Sumarni" not in text
    assert "9901085408010001" not in text
    page.columns[Column.NIK].click()
    stage.settle()
    assert "9901085408010001" in page.preview.document.getAllText(0).text()


def test_a_workbook_leaves_only_with_a_reason(stage_of: StageOf, tmp_path: Path) -> None:
    stage = stage_of("village")
    page = stage.page(ListExportPage, narrowed={"stage": "preparing"})
    assert page.count.text() == "3 warga"
    out = tmp_path / "daftar.xlsx"
    asked: list[Path] = []

    def save_file(_owner: object, _title: str, then: Callable[[Path], None], **_: str) -> None:
        asked.append(out)
        then(out)

    stage.desk.save_file = save_file
    page.save.click()
    stage.settle()
    assert asked == []
    assert not out.exists()
    assert page.focusWidget() is page.reason
    QTest.keyClicks(page.reason, "pendataan RT 01")
    left = page.unsaved()
    assert left is not None
    page.save.click()
    stage.settle()
    sheet = openpyxl.load_workbook(io.BytesIO(out.read_bytes())).worksheets[0]
    assert sorted(str(row[0]) for row in sheet.iter_rows(min_row=2, values_only=True)) == sorted(
        rows(stage, wanted=ResidentFilter(stage=JourneyStage.PREPARING))
    )
    assert page.unsaved() is None
    assert "pendataan RT 01" in str(ask(stage, trail))
    again = stage.page(ListExportPage, draft=dict(left.content))
    assert again.reason.text() == "pendataan RT 01"


def test_a_file_that_exists_is_not_overwritten_and_nothing_is_noted(stage_of: StageOf, tmp_path: Path) -> None:
    stage = stage_of("village")
    page = stage.page(ListExportPage)
    out = tmp_path / "daftar.xlsx"
    out.write_bytes(b"other")
    stage.desk.save_file = lambda _owner, _title, then, **_: then(out)
    page.reason.setText("pendataan RT 02")
    page.save.click()
    stage.settle()
    assert out.read_bytes() == b"other"
    assert (page.reason.text(), page.save.isEnabled()) == ("pendataan RT 02", True)
    assert "pendataan RT 02" not in str(ask(stage, trail))
