# SPDX-License-Identifier: GPL-3.0-or-later
"""QR codes, a village's next laptop and replaced keys through the pages of both desks."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from exchange_tools import choose, held, press, primary, told, type_digits
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from trafficwatch.models.exchange import PeerStatus
from trafficwatch.sync import enrolling
from trafficwatch.sync.enrolment_qr import joined
from trafficwatch.sync.inbox import villages
from trafficwatch.sync.pictures import read_codes
from trafficwatch.ui.exchange.qr_codes import QrPicture
from trafficwatch.ui.gallery.stage import Stage
from trafficwatch.ui.ppt.villages import VillagesPage
from trafficwatch.ui.village.connect import ConnectPage

StageOf = Callable[[str], Stage]


@pytest.fixture
def stick(tmp_path: Path) -> Path:
    (tmp_path / "stick").mkdir()
    return tmp_path / "stick"


def photographed(page: QWidget, folder: Path) -> None:
    """A picture of each code on the screen."""
    for number, code in enumerate(page.findChildren(QrPicture)):
        assert code.grab().save(str(folder / f"{number}.png"))


def test_a_village_is_enrolled_from_pictures_of_the_screens(stage_of: StageOf, stick: Path) -> None:
    ppt, village = stage_of("ppt_empty"), stage_of("empty")
    desk, page = ppt.page(VillagesPage), village.page(ConnectPage)
    press(desk.enrol.codes)
    ppt.settle()
    photographed(desk, stick)
    assert joined(read_codes(sorted(stick.iterdir()))) == desk.codes._sheet.content
    digits = " ".join(desk.enrol.own.digits.text().split())
    press(page.read_codes)
    choose(village, page, stick)
    assert "UPTD PPA Kabupaten Kupang" in page.claim.text()
    type_digits(page, page.typed.entry, digits)
    primary(page)
    choose(village, page, stick / "permintaan.twe")
    for left in stick.iterdir():
        left.unlink()
    press(page.show_codes)
    village.settle()
    photographed(page, stick)
    press(desk.enrol.pictures)
    choose(ppt, desk, stick)
    assert "Noelbaki" in desk.applicant.claim.text()
    assert not desk.applicant.old
    type_digits(desk, desk.applicant.digits.entry, page.own.digits.text().replace("\n", ""))
    primary(desk)
    choose(ppt, desk, stick)
    assert [path.suffix for path in stick.iterdir()].count(".twb") == 1


def test_pictures_without_a_code_are_named(stage_of: StageOf, stick: Path) -> None:
    stage = stage_of("empty")
    page = stage.page(ConnectPage)
    press(page.read_codes)
    choose(stage, page, stick)
    assert "Tidak ada kode QR" in told(page)


def test_the_lost_laptop_is_revoked_with_the_approval(stage_of: StageOf, stick: Path) -> None:
    ppt, village = stage_of("ppt"), stage_of("empty")
    [lost] = known(ppt)
    pack = enrolling.pack(held(ppt))
    request = enrolling.write_request(held(village), pack.content, pack.fingerprint, stick / "permintaan.twe")
    desk = ppt.page(VillagesPage)
    primary(desk)
    choose(ppt, desk, request.path)
    box = desk.applicant.old[lost]
    assert desk.applicant.why.isHidden()
    box.click()
    assert desk.applicant.reason.isVisibleTo(desk)
    QTest.keyClicks(desk.applicant.reason, "Hilang di kapal")
    type_digits(desk, desk.applicant.digits.entry, request.fingerprint)
    primary(desk)
    choose(ppt, desk, stick)
    assert known(ppt)[lost] is PeerStatus.REVOKED
    assert len(known(ppt)) == 2


def known(stage: Stage) -> dict[str, PeerStatus]:
    with held(stage).work() as work:
        return {row.device: row.status for row in villages(work)}


def test_keys_are_replaced_with_a_reason(stage_of: StageOf) -> None:
    stage = stage_of("village")
    page = stage.page(ConnectPage)
    stage.settle()
    before = page.keys.standing.text()
    press(page.keys.change)
    press(page.keys.yes)
    stage.settle()
    assert page.keys.standing.text() == before  # without a reason nothing happens
    QTest.keyClicks(page.keys.reason, "Relawan lama berhenti")
    press(page.keys.yes)
    stage.settle()
    assert "Kunci sudah diganti." in told(page)
    assert "Belum tahu kunci baru: UPTD PPA Kabupaten Kupang" in page.keys.standing.text()
