# SPDX-License-Identifier: GPL-3.0-or-later
"""The recovery sheet: the code is hidden before it is asked for, really checked, and never left behind."""

from __future__ import annotations

import io
import sys
import threading
from pathlib import Path

import pytest
from conftest import StageOf
from pypdf import PdfReader
from PySide6.QtCore import Qt
from PySide6.QtPrintSupport import QPrintDialog
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from trafficwatch.store.unlock import recover_store
from trafficwatch.ui.gallery.stage import Stage
from trafficwatch.ui.shell.recovery_page import RecoveryPage
from trafficwatch.ui.widgets.printing import has_printer
from trafficwatch.village.setup import setup_state


def fresh_code(stage: Stage) -> str:
    """A new code, made as the page makes it."""
    page = stage.page(RecoveryPage)
    page.renew.click()
    stage.settle()
    name, about = stage.went.pop()
    assert name == "recovery"
    return str(about["code"])


def words(page: RecoveryPage) -> str:
    return " ".join(label.text() for label in page.findChildren(QLabel) if label.isVisibleTo(page))


def test_a_code_that_was_never_checked_is_replaced(stage_of: StageOf) -> None:
    stage = stage_of("empty")
    code = fresh_code(stage)
    assert stage.desk.state.recovery_checked is False
    store = stage.tasks._store
    recover_store(store.folder, code).close()  # type: ignore[union-attr]


def test_the_code_is_hidden_while_it_is_typed_from_the_paper(stage_of: StageOf) -> None:
    stage = stage_of("empty")
    code = fresh_code(stage)
    page = stage.page(RecoveryPage, code=code)
    assert all(group in words(page) for group in code.split("-"))
    QTest.keyClick(page.written, Qt.Key.Key_Return)
    assert not any(group in words(page) for group in code.split("-"))
    assert page.field is not None
    QTest.keyClicks(page.field.line, code.lower())
    QTest.keyClick(page.field.line, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    stage.settle()
    assert stage.desk.state.recovery_checked
    with stage.tasks._store.work() as work:  # type: ignore[union-attr]
        assert setup_state(work).recovery_checked
    assert stage.said == ["Lembar pemulihan cocok."]
    page.later.click()
    page.connect_now.click()
    assert [name for name, _ in stage.went] == ["home", "connect"]


def test_a_slip_names_its_group_and_an_old_sheet_is_refused(stage_of: StageOf) -> None:
    stage = stage_of("empty")
    old = fresh_code(stage)
    code = fresh_code(stage)
    page = stage.page(RecoveryPage, code=code)
    page.written.click()
    assert page.field is not None
    slip = ("0" if code[0] != "0" else "1") + code[1:]
    for typed, said in ((slip, "Kelompok ke-1"), (old, "bukan milik brankas data ini"), (code[:-2], "belum lengkap")):
        page.field.clear()
        QTest.keyClicks(page.field.line, typed)
        page.check.click()
        stage.settle()
        assert said in page.field.field._error.text()
    assert stage.desk.state.recovery_checked is False


def test_the_code_is_in_no_draft_and_a_checked_page_shows_none(stage_of: StageOf) -> None:
    stage = stage_of("empty")
    code = fresh_code(stage)
    page = stage.page(RecoveryPage, code=code)
    assert page.unsaved() is None
    page.written.click()
    assert page.field is not None
    QTest.keyClicks(page.field.line, code)
    assert page.unsaved() is None
    page.check.click()
    stage.settle()
    again = stage.page(RecoveryPage, code=code)  # as the window builds it anew in another language
    assert not any(group in words(again) for group in code.split("-"))
    assert again._code == ""


def test_who_has_the_sheet_only_types_it(stage_of: StageOf) -> None:
    stage = stage_of("ppt_empty")
    code = fresh_code(stage)
    page = stage.page(RecoveryPage)
    page._show_check()
    assert page.field is not None
    QTest.keyClicks(page.field.line, code)
    page.check.click()
    stage.settle()
    page.begin.click()
    assert stage.went == [("inbox", {})]


def test_who_is_not_trained_is_told_who_can_make_a_new_code(stage_of: StageOf) -> None:
    stage = stage_of("untrained")
    page = stage.page(RecoveryPage)
    page.renew.click()
    stage.settle()
    assert stage.went == []
    assert page._notices.count() == 1


def test_the_sheet_is_saved_whole_but_never_beside_the_data(qtbot: QtBot, stage_of: StageOf, tmp_path: Path) -> None:
    stage = stage_of("empty")
    code = fresh_code(stage)
    page = stage.page(RecoveryPage, code=code)
    store = stage.tasks._store
    page._save(store.folder / "lembar.pdf")  # type: ignore[union-attr]
    stage.settle()
    assert not (store.folder / "lembar.pdf").exists()  # type: ignore[union-attr]
    page._save(tmp_path / "no such folder" / "lembar.pdf")
    stage.settle()
    assert page._notices.count() == 1
    page._save(tmp_path / "lembar.pdf")
    stage.settle()
    text = PdfReader(io.BytesIO((tmp_path / "lembar.pdf").read_bytes())).pages[0].extract_text()
    assert all(group in text for group in code.split("-"))
    assert list(tmp_path.glob("lembar.pdf*")) == [tmp_path / "lembar.pdf"]
    if sys.platform != "win32":
        assert (tmp_path / "lembar.pdf").stat().st_mode & 0o777 == 0o600


def test_the_sheet_is_what_was_shown_when_it_was_asked_for(stage_of: StageOf, tmp_path: Path) -> None:
    stage = stage_of("empty")
    code = fresh_code(stage)
    page = stage.page(RecoveryPage, code=code)
    go_on = threading.Event()
    stage.tasks.do(page, go_on.wait, lambda _: None)
    page._save(tmp_path / "lembar.pdf")
    page._code = ""
    go_on.set()
    stage.settle()
    text = PdfReader(tmp_path / "lembar.pdf").pages[0].extract_text()
    assert all(group in text for group in code.split("-"))


@pytest.mark.skipif(has_printer(), reason="this system knows a printer")
def test_without_a_printer_one_is_told_to_save(stage_of: StageOf) -> None:
    stage = stage_of("empty")
    page = stage.page(RecoveryPage, code=fresh_code(stage))
    page._print()
    stage.settle()
    assert page.findChild(QPrintDialog) is None
    assert page._notices.count() == 1
