# SPDX-License-Identifier: GPL-3.0-or-later
"""The PPT's inbox: many files of a stick with an answer for each, receipts back, and nothing of a stranger."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from exchange_tools import choose, held, press, primary, told
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from trafficwatch.models.exchange import BundleKind
from trafficwatch.store.work import Store
from trafficwatch.sync.exporting import export
from trafficwatch.sync.importing import take_in
from trafficwatch.sync.inbox import bundles
from trafficwatch.ui.gallery.stage import Stage
from trafficwatch.ui.ppt.inbox import InboxPage

StageOf = Callable[[str], Stage]
StoreOf = Callable[[str], Store]


@pytest.fixture
def stick(tmp_path: Path) -> Path:
    (tmp_path / "stick").mkdir()
    return tmp_path / "stick"


def known(stage: Stage, store: Store) -> int:
    stage.settle()
    with store.work() as work:
        return len(bundles(work))


def test_a_whole_stick_is_taken_in_and_answered(stage_of: StageOf, store_of: StoreOf, stick: Path) -> None:
    stage, village = stage_of("ppt"), store_of("village")
    first = export(village, stick)[0].path
    second = export(village, stick)[0].path
    shutil.copy(first, stick / "salinan.twb")
    (stick / "rusak.twb").write_bytes(second.read_bytes()[:-40])
    (stick / "catatan.txt").write_text("bukan paket data")
    page = stage.page(InboxPage)
    primary(page)
    choose(stage, page, stick)
    assert "3 berkas diambil. 1 tidak dapat diambil" in told(page)
    names = [line.name for line in page.result_list.lines]
    assert [name.split(" dari ")[0] for name in names] == [
        "Laporan desa nomor 2",
        "Laporan desa nomor 2",
        "Laporan desa nomor 3",
        "rusak.twb",
    ]
    assert "Noelbaki" in names[0]
    assert "Sudah pernah diterima" in page.result_list.lines[1].more
    assert "tidak utuh" in page.result_list.lines[3].more
    assert (stick / "rusak.twb").exists()
    assert page.write_all.hasFocus() or page.focusWidget() is page.write_all
    press(page.write_all)
    stage.settle()
    assert "3 tanda terima tersimpan." in told(page)
    receipts = sorted(set(stick.glob("*.twb")) - {first, second, stick / "salinan.twb", stick / "rusak.twb"})
    assert [take_in(village, path).kind for path in receipts] == [BundleKind.RECEIPT] * 2
    assert len(page.list.lines) == 3


def test_a_strangers_bundle_is_refused_and_left(stage_of: StageOf, store_of: StoreOf, stick: Path) -> None:
    path = export(store_of("village"), stick)[0].path
    stage = stage_of("ppt_empty")
    page = stage.page(InboxPage)
    assert page.nothing.isVisibleTo(page)
    press(page.one)
    choose(stage, page, path)
    assert told(page)
    assert path.exists()
    assert page.result.isHidden()
    assert page.folder.isEnabled()
    press(page.folder)
    choose(stage, page, stick)
    assert "Tidak ada paket data untuk meja ini" in told(page)
    assert "1 berkas lain untuk meja lain" in told(page)


def test_a_receipt_can_be_had_again(stage_of: StageOf, store_of: StoreOf, stick: Path) -> None:
    stage, village = stage_of("ppt"), store_of("village")
    page = stage.page(InboxPage)
    page.list.setFocus()
    QTest.keyClick(page.list, Qt.Key.Key_Down)
    QTest.keyClick(page.list, Qt.Key.Key_Home)
    press(page.receipt)
    choose(stage, page, stick)
    [receipt] = stick.glob("*.twb")
    assert receipt.name in told(page)
    assert take_in(village, receipt).again


def test_cancel_keeps_what_was_taken_in(stage_of: StageOf, store_of: StoreOf, stick: Path) -> None:
    stage, village = stage_of("ppt"), store_of("village")
    ppt = held(stage)
    for _ in range(3):
        export(village, stick)
    page = stage.page(InboxPage)
    before = known(stage, ppt)
    seen: list[str] = []

    def stop_after_one(words: str) -> None:
        seen.append(words)
        if words == "1 dari 3 berkas":
            page.progress.stop.click()

    step = page.progress.step
    page.progress.step = lambda done: (step(done), stop_after_one(page.progress.count.text()))[0]  # type: ignore[method-assign]
    page.take_folder(stick)
    stage.settle()
    assert "Memeriksa 3 dari 3 berkas" in seen
    assert known(stage, ppt) in {before + 1, before + 2}
    assert "berkas belum diambil karena Anda membatalkan" in told(page)
    assert page.progress.isHidden()
    assert page.folder.isEnabled()


def test_what_was_refused_is_told_for_the_bundle(stage_of: StageOf, store_of: StoreOf, stick: Path) -> None:
    from desks import make_bundle

    stage, village = stage_of("ppt"), store_of("village")
    ppt = held(stage)
    with ppt.work() as work:
        device = work.info.device
    take_in(ppt, make_bundle(village, device, BundleKind.REPORT, ["no record at all"], stick / "odd.twb"))
    page = stage.page(InboxPage)
    page.list.setFocus()
    page.list.point(page.list.lines[0].key)
    stage.settle()
    assert "1 catatan dari paket data" in page.detail.text()
    [line] = page.refused.lines
    assert line.more == "Baris ini rusak dan tidak dapat dibaca."
    page.list.point(page.list.lines[1].key)
    stage.settle()
    assert page.refused.isHidden()
