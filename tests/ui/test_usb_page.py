# SPDX-License-Identifier: GPL-3.0-or-later
"""The page 'Pakai flashdisk' by keyboard at both desks: a round trip, and a stick that is pulled out at each step."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from exchange_tools import choose, held, press, primary, told
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QPushButton

from trafficwatch.models.exchange import Delivery
from trafficwatch.store.work import Store
from trafficwatch.sync.outbox import outbox
from trafficwatch.ui.exchange.intake import Outcome
from trafficwatch.ui.exchange.sticks import Stick
from trafficwatch.ui.exchange.usb import Step, UsbPage
from trafficwatch.ui.gallery.stage import Stage
from trafficwatch.ui.widgets.notice import Notice

StageOf = Callable[[str], Stage]
StoreOf = Callable[[str], Store]


@pytest.fixture
def stick(tmp_path: Path) -> Path:
    (tmp_path / "stick").mkdir()
    return tmp_path / "stick"


def page_of(stage: Stage, *found: Stick) -> UsbPage:
    """The page, with these sticks plugged in."""
    page = stage.page(UsbPage)
    page.watch.stop()
    page.seek = lambda: found
    page.look()
    stage.settle()
    return page


def on(stage: Stage, page: UsbPage) -> None:
    """Ctrl+Enter, and wait for what follows."""
    primary(page)
    stage.settle()


def says(page: UsbPage, words: str) -> bool:
    return any(words in each.text() for each in page.findChildren(QLabel) if each.isVisibleTo(page))


def states(stage: Stage) -> dict[str, int]:
    with held(stage).work() as work:
        return dict(outbox(work).by_state)


def test_there_and_back_by_keyboard(stage_of: StageOf, stick: Path) -> None:
    drive = Stick(stick, "FLASHDISK DESA", 12_000_000_000, 16_000_000_000, "/dev/sdz9")
    village, ppt = stage_of("village"), stage_of("ppt")
    page = page_of(village, drive)
    assert page.list.stick == drive  # the only one is chosen by itself
    on(village, page)
    assert "belum ada jawaban" in told(page)
    assert page.step is Step.WRITE
    on(village, page)
    assert page.step is Step.LET_GO
    [written] = page.written
    assert written.path.is_file()
    assert says(page, "Kode cek")
    on(village, page)  # nothing is mounted there, so the system has not said that it may be pulled out
    assert page.step is Step.LET_GO
    assert "belum mengatakan" in told(page)
    assert "boleh dicabut." not in told(page).replace("bahwa flashdisk boleh dicabut.", "")
    press(page.other)  # done by hand
    village.settle()
    assert page.step is Step.DONE
    assert says(page, "Cetak berita acara, dua lembar")
    assert states(village).get("received", 0) == 11  # what it had before, and not one more

    desk = page_of(ppt, drive)
    on(ppt, desk)
    assert "1 berkas diambil." in told(desk)
    on(ppt, desk)
    [answer] = desk.written
    assert answer.path.is_file()
    on(ppt, desk)
    press(desk.other)
    assert desk.step is Step.DONE

    press(page.other)  # another round at the village
    page.look()
    village.settle()
    on(village, page)
    assert "1 berkas diambil." in told(page)
    assert Delivery.WAITING not in states(village)
    clear = next(each for each in page.findChildren(QPushButton) if each.text().startswith("Hapus 1 paket"))
    press(clear)
    village.settle()
    assert not written.path.exists()
    assert answer.path.exists()
    on(village, page)
    assert "Tidak ada yang baru untuk dikirim." in told(page)
    assert "ditolak" not in told(page)


def test_who_cancels_the_taking_in_stays_there_and_does_it_again(stage_of: StageOf, stick: Path) -> None:
    stage = stage_of("village")
    page = page_of(stage, Stick(stick, "A", 1, 2, "/dev/sdz9"))
    page.intake.finished.disconnect(page.show_outcome)  # what came of it is told below
    on(stage, page)
    page.show_taken(Outcome(stick, (), elsewhere=1, left=2), {})
    stage.settle()
    assert page.step is Step.TAKE
    assert "2 berkas belum diambil karena Anda membatalkan" in told(page)
    assert "1 berkas lain untuk meja lain" in told(page)
    assert "belum ada jawaban" not in told(page)
    page.intake.finished.connect(page.show_outcome)
    on(stage, page)
    assert page.step is Step.WRITE


def test_what_the_ppt_refused_is_said_where_nothing_new_is_to_be_written(stage_of: StageOf, stick: Path) -> None:
    stage = stage_of("village")
    page = page_of(stage, Stick(stick, "A", 1, 2, "/dev/sdz9"))
    on(stage, page)
    page.show_nothing_new(2)
    stage.settle()
    assert "Tidak ada yang baru untuk dikirim. 2 catatan ditolak PPT; lihat di Kirim." in told(page)
    assert [each.property("tone") for each in page.findChildren(Notice) if each.isVisibleTo(page)][-1] == "warn"
    assert page.step is Step.LET_GO


def test_a_folder_will_do_as_well(stage_of: StageOf, stick: Path) -> None:
    stage = stage_of("village")
    page = page_of(stage)
    assert says(page, "Belum ada flashdisk.")
    assert not page.next.isEnabled()
    press(page.other)
    choose(stage, page, stick)
    on(stage, page)
    assert page.step is Step.LET_GO
    assert says(page, "Anda memilih folder.")
    on(stage, page)
    assert page.step is Step.DONE
    on(stage, page)
    assert stage.went == [("send", {})]


def test_of_several_sticks_one_is_chosen_by_keys(stage_of: StageOf, stick: Path, tmp_path: Path) -> None:
    locked = Stick(tmp_path, "KARTU", 0, 1, "/dev/sdx1", is_locked=True)
    drives = Stick(stick, "A", 1, 2, "/dev/sdy1"), Stick(stick / "b", "B", 1, 2, "/dev/sdz1"), locked
    page = page_of(stage_of("village"), *drives)
    assert not page.next.isEnabled()
    page.list.list.setFocus()
    assert page.list.stick == drives[0]
    QTest.keyClick(page.list.list, Qt.Key.Key_Down)
    assert page.list.stick == drives[1]
    assert page.next.isEnabled()
    QTest.keyClick(page.list.list, Qt.Key.Key_Down)
    assert not page.next.isEnabled()  # it can only be read


@pytest.mark.parametrize("step", [Step.TAKE, Step.WRITE])
def test_a_stick_pulled_out_loses_nothing_and_the_step_goes_again(
    stage_of: StageOf, stick: Path, step: Step, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage = stage_of("village")
    before = states(stage)
    page = page_of(stage, Stick(stick, "FLASHDISK DESA", 1, 2, "/dev/sdz9"))
    if step is Step.TAKE:
        shutil.rmtree(stick)
    on(stage, page)
    if step is Step.WRITE:
        shutil.rmtree(stick)
        on(stage, page)
    assert page.step is step
    assert "Flashdisk stick terlepas. Semua catatan tetap ada di laptop ini" in told(page)
    assert states(stage) == before
    stick.mkdir()
    on(stage, page)
    assert page.step > step


def test_who_is_untrained_at_the_ppt_takes_nothing_in(stage_of: StageOf, stick: Path) -> None:
    stage = stage_of("ppt")
    object.__setattr__(stage.desk.state, "trained", False)
    page = page_of(stage, Stick(stick, "A", 1, 2, "/dev/sdz9"))
    assert not page.next.isEnabled()


def test_the_paper_is_shown_and_can_be_saved(stage_of: StageOf, stick: Path) -> None:
    stage = stage_of("village")
    page = page_of(stage, Stick(stick, "A", 1, 2, "/dev/sdz9"))
    on(stage, page)
    on(stage, page)
    press(page.other)
    stage.settle()
    slip = next(each for each in page.findChildren(QPushButton) if each.text() == "Cetak berita acara serah terima")
    press(slip)
    stage.settle()
    assert page.paper.isVisibleTo(page)
    assert page.paper.tools.save.isEnabled()
