# SPDX-License-Identifier: GPL-3.0-or-later
"""The register by keyboard: search, page, open, and look who is there before someone new is recorded."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from trafficwatch.registry.browse import ResidentPage
from trafficwatch.ui.gallery.stage import Stage
from trafficwatch.ui.village.residents import ResidentsPage
from trafficwatch.ui.village.residents_table import COLUMNS

StageOf = Callable[[str], Stage]


def type_text(stage: Stage, page: ResidentsPage, text: str) -> None:
    QTest.keyClicks(page.search, text)
    stage.settle()


def names(page: ResidentsPage) -> list[str]:
    model = page.table.residents
    return [str(model.index(row, 0).data()) for row in range(model.rowCount())]


def test_the_search_has_the_focus_and_all_are_listed(stage_of: StageOf) -> None:
    page = stage_of("village").page(ResidentsPage)
    assert page.focusWidget() is page.search
    assert len(names(page)) == page._found.total > 10
    assert page.count.text() == f"{page._found.total} warga"


def test_typing_finds(stage_of: StageOf) -> None:
    stage = stage_of("village")
    page = stage.page(ResidentsPage)
    type_text(stage, page, "nahabesi")
    assert names(page)
    assert all("Nahabesi" in name for name in names(page))


def test_a_search_can_be_handed_over(stage_of: StageOf) -> None:
    page = stage_of("village").page(ResidentsPage, text="sumarni")
    assert names(page) == ["Sumarni"]


def test_enter_at_once_answers_the_search_and_opens_the_only_one(stage_of: StageOf) -> None:
    stage = stage_of("village")
    page = stage.page(ResidentsPage)
    QTest.keyClicks(page.search, "sumarni")
    QTest.keyClick(page.search, Qt.Key.Key_Return)
    stage.settle()
    assert stage.went == [("resident", {"person_id": page._found.rows[0].id})]
    assert page._found.rows[0].name == "Sumarni"


def test_enter_opens_nobody_unseen_but_the_marked_one_when_it_is_shown(stage_of: StageOf) -> None:
    stage = stage_of("village")
    page = stage.page(ResidentsPage)
    QTest.keyClicks(page.search, "nahabesi")
    QTest.keyClick(page.search, Qt.Key.Key_Return)
    stage.settle()
    assert (stage.went, page.table.currentIndex().row()) == ([], 0)
    QTest.keyClick(page.search, Qt.Key.Key_Return)
    assert stage.went == [("resident", {"person_id": page._found.rows[0].id})]


def test_down_goes_into_the_list_and_up_comes_back(stage_of: StageOf) -> None:
    stage = stage_of("village")
    page = stage.page(ResidentsPage)
    QTest.keyClick(page.search, Qt.Key.Key_Down)
    assert (page.focusWidget(), page.table.currentIndex().row()) == (page.table, 0)
    QTest.keyClick(page.table, Qt.Key.Key_Down)
    QTest.keyClick(page.table, Qt.Key.Key_Return)
    assert stage.went == [("resident", {"person_id": page._found.rows[1].id})]
    QTest.keyClick(page.table, Qt.Key.Key_Up)
    QTest.keyClick(page.table, Qt.Key.Key_Up)
    assert page.focusWidget() is page.search


def test_a_click_opens(stage_of: StageOf) -> None:
    stage = stage_of("village")
    page = stage.page(ResidentsPage)
    where = page.table.visualRect(page.table.residents.index(2, 0)).center()
    QTest.mouseClick(page.table.viewport(), Qt.MouseButton.LeftButton, pos=where)
    assert stage.went == [("resident", {"person_id": page._found.rows[2].id})]


def test_fifty_at_once_and_the_rest_on_the_next_page(stage_of: StageOf) -> None:
    stage = stage_of("long")
    page = stage.page(ResidentsPage)
    assert (page.count.text(), page.before.isEnabled(), page.after.isEnabled()) == ("1–50 dari 60", False, True)
    first = names(page)
    QTest.keyClick(page.after, Qt.Key.Key_Space)
    stage.settle()
    assert (page.count.text(), page.before.isEnabled(), page.after.isEnabled()) == ("51–60 dari 60", True, False)
    assert not set(first) & set(names(page))
    type_text(stage, page, "Maria")
    assert page.count.text() == "1–50 dari 60"


def test_numbers_are_written_as_in_indonesia(stage_of: StageOf) -> None:
    page = stage_of("long").page(ResidentsPage)
    page._show("", ResidentPage(page._found.rows, 1204))
    assert page.count.text() == "1–50 dari 1.204"


def test_the_nik_is_never_in_the_list(stage_of: StageOf) -> None:
    page = stage_of("village").page(ResidentsPage, text="9901085408010001")
    model = page.table.residents
    roles = (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole)
    words = [str(model.index(0, column).data(role)) for column in range(len(COLUMNS)) for role in roles]
    assert names(page) == ["Yuliana Nahabesi"]
    assert "9901" not in " ".join(words)


def test_a_row_says_where_who_and_what_is_in_doubt(stage_of: StageOf) -> None:
    page = stage_of("village").page(ResidentsPage, text="yuliana")
    row = [page.table.residents.index(0, column).data() for column in range(len(COLUMNS))]
    assert row == [
        "Yuliana Nahabesi",
        "14 Agustus 2001",
        "Dusun Latihan I, RT 01/RW 01",
        "Malaysia",
        "Persiapan · 2 dokumen meragukan",
    ]


# -- someone new -------------------------------------------------------------------------------------------------------


def test_nobody_is_added_before_a_search(stage_of: StageOf) -> None:
    stage = stage_of("village")
    page = stage.page(ResidentsPage)
    assert not page.new.isEnabled()
    QTest.keyClicks(page.search, "Agustinus Seran")
    assert not page.new.isEnabled()  # not while the answer is still to come
    stage.settle()
    assert page.new.isEnabled()
    QTest.keyClick(page.new, Qt.Key.Key_Space)
    stage.settle()
    assert stage.went == [("resident_edit", {"name": "Agustinus Seran"})]


def test_who_may_be_the_same_person_is_shown_first(stage_of: StageOf) -> None:
    stage = stage_of("village")
    page = stage.page(ResidentsPage)
    type_text(stage, page, "Yuliana Nahabessi")
    QTest.keyClick(page.new, Qt.Key.Key_Space)
    stage.settle()
    assert (stage.went, page.alike.isVisible(), page.table.isVisible()) == ([], True, False)
    same = page.alike.buttons[0]
    assert page.focusWidget() is same
    assert "Yuliana Nahabesi" in same.accessibleName()
    same.click()
    assert stage.went[0][0] == "resident"


def test_who_is_someone_else_can_be_recorded(stage_of: StageOf) -> None:
    stage = stage_of("village")
    page = stage.page(ResidentsPage, text="Sumarni")
    page.new.click()
    stage.settle()
    QTest.keyClick(page.alike.buttons[0], Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert stage.went == [("resident_edit", {"name": "Sumarni"})]


def test_escape_goes_back_to_the_list_before_it_leaves(stage_of: StageOf) -> None:
    stage = stage_of("village")
    page = stage.page(ResidentsPage, text="Sumarni")
    page.new.click()
    stage.settle()
    QTest.keyClick(page.alike.buttons[0], Qt.Key.Key_Escape)
    assert (page.alike.isVisible(), page.table.isVisible(), stage.went) == (False, True, [])
    assert page.focusWidget() is page.search
    QTest.keyClick(page.search, Qt.Key.Key_Escape)
    assert stage.went == [("back", {})]


@pytest.mark.parametrize(
    ("typed", "about"),
    [
        ("5301080101900001", {"name": "", "nik": "5301080101900001"}),
        ("0812 9999 0000", {"name": ""}),
    ],
)
def test_a_number_does_not_become_a_name(stage_of: StageOf, typed: str, about: dict[str, str]) -> None:
    stage = stage_of("village")
    page = stage.page(ResidentsPage, text=typed)
    page.new.click()
    stage.settle()
    assert stage.went == [("resident_edit", about)]


def test_a_known_nik_is_found_before_it_is_added_again(stage_of: StageOf) -> None:
    stage = stage_of("village")
    page = stage.page(ResidentsPage, text="9901-0854-0801-0001")
    page.new.click()
    stage.settle()
    assert (stage.went, len(page.alike.buttons)) == ([], 1)


def test_no_result_and_an_empty_register_are_told_apart(stage_of: StageOf) -> None:
    page = stage_of("village").page(ResidentsPage, text="siti x")
    assert page._nobody_words.text() == "Tidak ada warga yang cocok dengan “siti x”."
    assert (page.table.isVisible(), page.new.text()) == (False, "Catat warga baru")
    stage = stage_of("empty")
    page = stage.page(ResidentsPage)
    assert page._nobody_words.text() == "Belum ada warga yang dicatat. Mulailah dengan warga pertama."
    assert (page.new.isEnabled(), page.new.text()) == (True, "Catat warga pertama")
    page.new.click()
    stage.settle()
    assert stage.went == [("resident_edit", {"name": ""})]


def test_an_answer_that_comes_too_late_changes_nothing(stage_of: StageOf, qtbot: QtBot) -> None:
    stage = stage_of("village")
    page = stage.page(ResidentsPage)
    QTest.keyClicks(page.search, "sumarni")
    page._ask()
    page.search.setText("yuliana")
    page._ask()
    stage.settle()
    assert names(page) == ["Yuliana Nahabesi"]
