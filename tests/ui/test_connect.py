# SPDX-License-Identifier: GPL-3.0-or-later
"""The whole enrolment ceremony through the pages of both desks, by keyboard alone, with real files on a stick."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from exchange_tools import choose, held, press, primary, told, type_digits
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from trafficwatch.store.work import Store
from trafficwatch.sync.enrolling import revoke
from trafficwatch.sync.importing import take_in
from trafficwatch.sync.inbox import villages
from trafficwatch.ui.gallery.stage import Stage
from trafficwatch.ui.ppt.villages import VillagesPage
from trafficwatch.ui.village.connect import ConnectPage

WRONG = "00000 11111 22222 33333 44444 55555"
StageOf = Callable[[str], Stage]


@pytest.fixture
def stick(tmp_path: Path) -> Path:
    (tmp_path / "stick").mkdir()
    return tmp_path / "stick"


@pytest.fixture
def pack(stage_of: StageOf, stick: Path) -> tuple[Stage, Path, str]:
    """The PPT has written its pack: its stage, the file, the digits that its officer sees."""
    stage = stage_of("ppt_empty")
    page = stage.page(VillagesPage)
    press(page.enrol.pack)
    choose(stage, page, stick / "pengenal-ppt.twe")
    assert "pengenal-ppt.twe tertulis" in told(page)
    return stage, stick / "pengenal-ppt.twe", " ".join(page.enrol.own.digits.text().split())


def ask(stage: Stage, pack: Path, digits: str, request: Path) -> ConnectPage:
    """The village takes the pack, types the digits and writes its request."""
    page = stage.page(ConnectPage)
    primary(page)
    choose(stage, page, pack)
    type_digits(page, page.typed.entry, digits)
    primary(page)
    choose(stage, page, request)
    return page


def test_the_whole_ceremony_by_keyboard(stage_of: StageOf, pack: tuple[Stage, Path, str], stick: Path) -> None:
    ppt, file, digits = pack
    village = stage_of("empty")
    page = ask(village, file, digits, stick / "permintaan.twe")
    assert page.next.text() == "Ambil persetujuan…"
    own = page.own.digits
    assert own.isVisibleTo(page)
    assert "UPTD PPA Kabupaten Kupang" in page.waiting_for.text()
    assert digits not in " ".join(own.text().split())

    desk = ppt.page(VillagesPage)
    primary(desk)
    choose(ppt, desk, stick / "permintaan.twe")
    assert "Noelbaki, Kec. Kupang Tengah" in desk.applicant.claim.text()
    assert "Noelbaki, Kec. Kupang Tengah, Kab. Kupang, Nusa Tenggara Timur" in desk.applicant.place.text()
    type_digits(desk, desk.applicant.digits.entry, own.text().replace("\n", ""))
    primary(desk)
    choose(ppt, desk, stick)
    [approval] = stick.glob("*.twb")
    assert approval.name in told(desk)
    assert desk.applicant.isHidden()
    [line] = desk.list.list.lines
    assert line.more.startswith("Terdaftar sejak")

    primary(page)
    choose(village, page, approval)
    assert page.next.text() == "Ke halaman Kirim"
    assert "UPTD PPA Kabupaten Kupang" in page.partner.text()
    assert village.went == [("reread", {}), ("reread", {})]
    primary(page)
    assert village.went[-1] == ("send", {})


def test_wrong_digits_write_nothing_and_can_be_typed_again(
    stage_of: StageOf, pack: tuple[Stage, Path, str], stick: Path
) -> None:
    _, file, digits = pack
    village = stage_of("empty")
    page = ask(village, file, WRONG, stick / "permintaan.twe")
    assert "tidak cocok" in told(page)
    assert not (stick / "permintaan.twe").exists()
    assert page.next.isEnabled()
    assert page.typed.entry.hasSelectedText()
    QTest.keyClicks(page.typed.entry, digits)
    primary(page)
    choose(village, page, stick / "permintaan.twe")
    assert (stick / "permintaan.twe").exists()


def test_incomplete_digits_ask_for_the_rest_and_open_no_dialog(
    stage_of: StageOf, pack: tuple[Stage, Path, str]
) -> None:
    stage = stage_of("empty")
    page = stage.page(ConnectPage)
    primary(page)
    choose(stage, page, pack[1])
    type_digits(page, page.typed.entry, "73518 2049")
    primary(page)
    assert page.typed.hint.text().startswith("Kelompok ke-2 baru 4 angka")
    with pytest.raises(ValueError, match="expected 1"):
        choose(stage, page, pack[1])


def test_the_ppts_digits_are_never_shown_here(stage_of: StageOf, pack: tuple[Stage, Path, str]) -> None:
    stage = stage_of("empty")
    page = stage.page(ConnectPage)
    primary(page)
    choose(stage, page, pack[1])
    assert page.claim.text() == "Berkas ini mengaku sebagai UPTD PPA Kabupaten Kupang."
    assert not page.own.isVisibleTo(page)
    shown = " ".join(widget.text() for widget in page.findChildren(type(page.claim)) if widget.isVisibleTo(page))
    assert pack[2][:5] not in shown


def test_another_file_than_a_pack_is_refused_in_words(stage_of: StageOf, stick: Path) -> None:
    (stick / "foto.twe").write_bytes(b"no enrolment at all")
    stage = stage_of("empty")
    page = stage.page(ConnectPage)
    primary(page)
    choose(stage, page, stick / "foto.twe")
    assert "bukan berkas pendaftaran" in told(page)
    assert page.next.text() == "Pilih berkas PPT…"


def test_typed_digits_survive_a_lock(stage_of: StageOf, pack: tuple[Stage, Path, str]) -> None:
    stage = stage_of("empty")
    page = stage.page(ConnectPage)
    assert page.unsaved() is None
    primary(page)
    choose(stage, page, pack[1])
    type_digits(page, page.typed.entry, "7351820")
    kept = page.unsaved()
    assert kept is not None
    again = stage.page(ConnectPage, draft=dict(kept.content))
    assert (again.typed.text, again.next.text()) == ("73518 20", "Tulis berkas permintaan…")
    assert "UPTD PPA" in again.claim.text()


def test_it_goes_on_where_it_stands(stage_of: StageOf, pack: tuple[Stage, Path, str], stick: Path) -> None:
    _, file, digits = pack
    stage = stage_of("empty")
    shown = ask(stage, file, digits, stick / "permintaan.twe").own.digits.text()
    again = stage.page(ConnectPage)
    assert (again.next.text(), again.own.digits.text()) == ("Ambil persetujuan…", shown)
    press(again.again)
    assert again.next.text() == "Pilih berkas PPT…"
    QTest.keyClick(again, Qt.Key.Key_Escape)
    assert stage.went[-1] == ("back", {})


def test_a_revoked_laptop_is_told_so(stage_of: StageOf, store_of: Callable[[str], Store], tmp_path: Path) -> None:
    ppt, stage = store_of("ppt"), stage_of("village")
    village = held(stage)
    with ppt.work() as work:
        [row] = villages(work)
    take_in(village, revoke(ppt, row.device, tmp_path, "hilang"))
    page = stage.page(ConnectPage)
    assert "telah mencabut laptop ini" in told(page)
    assert page.next.text() == "Pilih berkas PPT…"
