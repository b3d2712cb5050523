# SPDX-License-Identifier: GPL-3.0-or-later
"""The PPT's villages: a request is compared before it is approved, and revoking asks once more, in plain words."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from exchange_tools import choose, held, press, primary, told, type_digits
from PySide6.QtTest import QTest

from trafficwatch.models.exchange import PeerStatus
from trafficwatch.store.work import Store
from trafficwatch.sync.enrolling import Written, write_pack, write_request
from trafficwatch.sync.inbox import villages
from trafficwatch.ui.gallery.stage import Stage
from trafficwatch.ui.ppt.villages import VillagesPage
from trafficwatch.ui.widgets.notice import Notice

StageOf = Callable[[str], Stage]
StoreOf = Callable[[str], Store]


@pytest.fixture
def stick(tmp_path: Path) -> Path:
    (tmp_path / "stick").mkdir()
    return tmp_path / "stick"


def request(village: Store, ppt: Store, stick: Path) -> Written:
    pack = write_pack(ppt, stick / "pengenal.twe")
    return write_request(village, pack.path, pack.fingerprint, stick / "permintaan.twe")


def statuses(ppt: Store) -> list[PeerStatus]:
    with ppt.work() as work:
        return [row.status for row in villages(work)]


def test_name_and_code_that_differ_are_pointed_out(stage_of: StageOf, store_of: StoreOf, stick: Path) -> None:
    stage = stage_of("ppt_empty")
    ppt = held(stage)
    asked = request(store_of("empty"), ppt, stick)
    page = stage.page(VillagesPage)
    assert page.list.empty.isVisibleTo(page)
    primary(page)
    choose(stage, page, asked.path)
    assert page.applicant.claim.text() == "Mengaku sebagai Noelbaki, Kec. Kupang Tengah."
    assert page.applicant.place.text().endswith("Noelbaki, Kec. Kupang Tengah, Kab. Kupang, Nusa Tenggara Timur")
    [doubt] = page.applicant.findChildren(Notice)
    assert "Nama dan kode tidak sama" in doubt.text
    press(next(found for found in page.applicant.findChildren(type(page.next)) if "Sisihkan" in found.text()))
    assert page.applicant.isHidden()
    assert page.next.text() == "Setujui desa…"
    assert statuses(ppt) == []


def test_wrong_digits_enrol_nobody(stage_of: StageOf, store_of: StoreOf, stick: Path) -> None:
    stage = stage_of("ppt_empty")
    ppt = held(stage)
    asked = request(store_of("empty"), ppt, stick)
    page = stage.page(VillagesPage)
    primary(page)
    choose(stage, page, asked.path)
    assert asked.fingerprint[:5] not in " ".join(
        found.text() for found in page.applicant.findChildren(type(page.applicant.claim))
    )
    type_digits(page, page.applicant.digits.entry, "1" * 30)
    primary(page)
    choose(stage, page, stick)
    assert "tidak cocok" in told(page)
    assert (statuses(ppt), list(stick.glob("*.twb"))) == ([], [])
    kept = page.unsaved()
    assert kept is not None
    again = stage.page(VillagesPage, draft=dict(kept.content))
    type_digits(again, again.applicant.digits.entry, asked.fingerprint)
    primary(again)
    choose(stage, again, stick)
    assert statuses(ppt) == [PeerStatus.ACTIVE]
    assert again.unsaved() is None


def test_revoking_asks_once_more_and_writes_the_notice(stage_of: StageOf, stick: Path) -> None:
    stage = stage_of("ppt")
    ppt = held(stage)
    page = stage.page(VillagesPage)
    assert not page.list.revoke.isVisibleTo(page)
    page.list.list.setFocus()
    page.list.list.point(page.list.list.lines[0].key)
    press(page.list.revoke)
    assert page.list.question.isVisibleTo(page)
    assert page.focusWidget() is page.list.no
    press(page.list.no)
    assert page.list.question.isHidden()
    assert statuses(ppt) == [PeerStatus.ACTIVE]
    press(page.list.revoke)
    press(page.list.yes)
    assert page.focusWidget() is page.list.reason  # without a reason nothing is asked for
    QTest.keyClicks(page.list.reason, "Hilang di kapal")
    press(page.list.yes)
    choose(stage, page, stick)
    [notice] = stick.glob("*.twb")
    assert notice.name in told(page)
    assert statuses(ppt) == [PeerStatus.REVOKED]
    assert page.list.list.lines[0].more.startswith("Dicabut sejak")
    assert not page.list.revoke.isVisibleTo(page)


def test_a_lost_approval_can_be_written_again(stage_of: StageOf, stick: Path) -> None:
    stage = stage_of("ppt")
    page = stage.page(VillagesPage)
    page.list.list.point(page.list.list.lines[0].key)
    press(page.list.reply)
    choose(stage, page, stick)
    [written] = stick.glob("*.twb")
    assert written.name in told(page)
    assert "1 paket data" in page.list.list.lines[0].more
