# SPDX-License-Identifier: GPL-3.0-or-later
"""Who leaves the page while a workbook is being taken in is told what came of it, and loses nothing."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hands import Key, Modifier
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot
from seats import Sit, seating
from test_import_page import checked, people, said

from trafficwatch.store.vault import Keys
from trafficwatch.ui.gallery.register import village_rows, workbook
from trafficwatch.ui.gallery.stage import Stage
from trafficwatch.ui.village import import_intake
from trafficwatch.ui.village.home import HomePage
from trafficwatch.ui.village.import_residents import ImportResidentsPage

StageOf = Callable[[str], Stage]


@pytest.fixture
def sit(qtbot: QtBot, founded: dict[str, tuple[Path, Keys]], tmp_path: Path) -> Iterator[Sit]:
    with seating(qtbot, founded, tmp_path) as found:
        yield found


class Gate:
    """The worker waits here before it takes in."""

    def __init__(self) -> None:
        self.reached, self.open = threading.Event(), threading.Event()
        self._whole = import_intake.take_in

    def take_in(self, store: Any, seen: Any, **rest: Any) -> Any:
        self.reached.set()
        assert self.open.wait(60)
        return self._whole(store, seen, **rest)

    def press(self, page: ImportResidentsPage) -> None:
        page.next.click()
        assert self.reached.wait(60)


@pytest.fixture
def gate(monkeypatch: pytest.MonkeyPatch) -> Gate:
    made = Gate()
    monkeypatch.setattr(import_intake, "take_in", made.take_in)
    return made


def test_the_outcome_is_told_elsewhere_and_shown_to_whoever_comes_back(sit: Sit, gate: Gate, tmp_path: Path) -> None:
    seat = sit()
    hands = seat.unlock()
    frame = seat.shell.frame
    assert frame is not None
    path = tmp_path / "warga.csv"
    path.write_text("Nama;NIK\nZeltara Vorqui;5301085705900001\nBrudol Fimgath;12\n", "utf-8")
    frame._drafting.setInterval(0)
    frame.go("import_residents")
    hands.settle()
    page = frame.page
    assert isinstance(page, ImportResidentsPage)
    page.take(path)
    hands.settle()
    hands.do(Key.Key_Return, Modifier.ControlModifier)
    assert [draft.form for draft in seat.drafts()] == ["import_residents"]

    gate.press(page)
    hands.press(Key.Key_1, Modifier.ControlModifier)
    gate.open.set()
    hands.settle()
    assert isinstance(frame.page, HomePage)
    told = "1 warga baru, 0 kartu dilengkapi, 0 sama, 1 baris ditolak."
    assert told in "\n".join(each.text() for each in frame.status.findChildren(QLabel))
    assert seat.drafts() == ()

    frame.go("import_residents")
    hands.settle()
    page = frame.page
    assert isinstance(page, ImportResidentsPage)
    assert page.result.text() == "1 warga baru, 0 kartu dilengkapi."
    assert (page.keep_refused.isVisible(), page.next.text()) == (True, "Lihat daftar warga")
    frame.go("home")
    frame.go("import_residents")
    hands.settle()
    page = frame.page
    assert isinstance(page, ImportResidentsPage)
    assert page.next.text() == "Pilih berkas …"  # told once


def test_who_comes_back_meanwhile_sees_how_far_it_is_and_can_stop_it(
    stage_of: StageOf, gate: Gate, tmp_path: Path
) -> None:
    stage = stage_of("village")
    before = people(stage)
    page = checked(stage, workbook(tmp_path, "warga", village_rows(stage)))
    left = page.unsaved()
    assert left is not None
    gate.press(page)
    stage.clear()
    again = ImportResidentsPage(stage.desk)
    again.show()
    again.enter()
    again.restore(dict(left.content))
    assert (again.next.isEnabled(), again.progress.stop.isEnabled()) == (False, True)
    again.progress.stop.click()
    gate.open.set()
    stage.settle()
    assert "Dibatalkan. Tidak ada yang dimasukkan." in said(again)
    assert (again.next.text(), again.next.isEnabled(), people(stage)) == ("Masukkan 3 warga", True, before)
    again.next.click()
    stage.settle()
    assert (again.result.text(), people(stage)) == ("3 warga baru, 0 kartu dilengkapi.", before + 3)
    again.deleteLater()


def test_what_was_cancelled_and_left_is_told_and_leads_back_to_the_check(
    stage_of: StageOf, gate: Gate, tmp_path: Path
) -> None:
    stage = stage_of("village")
    page = checked(stage, workbook(tmp_path, "warga", village_rows(stage)))
    left = page.unsaved()
    assert left is not None
    gate.press(page)
    page.progress.stop.click()
    page.hide()  # left, and not yet gone
    gate.open.set()
    stage.settle()
    assert stage.said == ["Dibatalkan. Tidak ada yang dimasukkan."]
    again = stage.page(ImportResidentsPage, draft=dict(left.content))
    assert (again.next.text(), again.next.isEnabled()) == ("Masukkan 3 warga", True)
