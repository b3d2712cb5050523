# SPDX-License-Identifier: GPL-3.0-or-later
"""The page 'Dua laptop' by keyboard: introduced, exchanged and parted; and the PPT gives a village its data back."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from exchange_tools import choose, held, press, primary, told, type_digits
from peer_tools import device
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QPushButton
from sqlalchemy import select

from trafficwatch.models.people import Person
from trafficwatch.models.tables import local
from trafficwatch.store.work import Store
from trafficwatch.sync import pairing, peering
from trafficwatch.sync.importing import take_in
from trafficwatch.sync.outgoing import write_answer
from trafficwatch.ui.exchange.laptops import LaptopsPage, short
from trafficwatch.ui.gallery.stage import Stage
from trafficwatch.ui.ppt.bring_back import BringBackPage

StageOf = Callable[[str], Stage]
StoreOf = Callable[[str], Store]


@pytest.fixture
def stick(tmp_path: Path) -> Path:
    (tmp_path / "stick").mkdir()
    return tmp_path / "stick"


def called(page: LaptopsPage, words: str) -> QPushButton:
    [found] = [each for each in page.findChildren(QPushButton) if each.text() == words and each.isVisibleTo(page)]
    return found


def introduced(stage: Stage, other: Store, folder: Path) -> LaptopsPage:
    """The other laptop trusts this one already; this page reads its file and types its digits."""
    page = stage.page(LaptopsPage)
    press(page.write_own)
    choose(stage, page, folder / "own.twe")
    pairing.pair(other, folder / "own.twe", page.own.digits.text())
    theirs = pairing.write_pack(other, folder / "theirs.twe")
    press(page.open_other)
    choose(stage, page, theirs.path)
    type_digits(page, page.typed.entry, theirs.fingerprint)
    press(page.trust)
    stage.settle()
    return page


def test_two_laptops_are_introduced_exchange_and_part(stage_of: StageOf, store_of: StoreOf, stick: Path) -> None:
    stage, other = stage_of("village"), store_of("empty")
    page = introduced(stage, other, stick)
    assert "sekarang dipercaya di sini" in told(page)
    with held(stage).work() as work:
        waiting = peering.waiting(work, device(other))
    assert waiting > 0
    press(called(page, "Tulis untuk laptop ini"))
    choose(stage, page, stick)
    assert f"{waiting} catatan ditulis" in told(page)
    for path in sorted(stick.glob("*.twb")):
        write_answer(other, take_in(other, path).receipt or "", stick)
    with other.work() as work:
        assert work.records.count("person") > 0
        work.write(Person, work.records.select(Person)[0].id, address="RT 2 / RW 1")
    peering.export(other, device(held(stage)), stick)
    press(page.take)
    choose(stage, page, stick)
    stage.settle()
    assert "tanda terima ditulis" in told(page)
    with held(stage).work() as work:
        assert peering.waiting(work, device(other)) == 0
        assert any(each.address == "RT 2 / RW 1" for each in work.records.select(Person))
    other_name = short(device(other))
    press(called(page, "Hentikan kepercayaan"))
    assert page.part_title.text() == f"Hentikan kepercayaan pada laptop {other_name}"
    page.clear_notices()
    press(called(page, "Hentikan kepercayaan sekarang"))
    assert page.focusWidget() is page.reason.entry
    assert any(each.text() == "Tulis alasannya dulu." for each in page.reason.findChildren(QLabel))
    assert not told(page)
    QTest.keyClicks(page.reason.entry, "bukan laptop ini")
    press(called(page, "Hentikan kepercayaan"))  # asked anew: what was typed before is not its reason
    QTest.keyClicks(page.reason.entry, "hilang di pasar")
    press(called(page, "Hentikan kepercayaan sekarang"))
    stage.settle()
    assert f"Laptop {other_name} tidak dipercaya lagi" in told(page)
    with held(stage).work() as work:
        said = work.connection.execute(select(local.journal.c.changes).where(local.journal.c.action == "revoked"))
        assert ["hilang di pasar" in each for each in said.scalars()] == [True]
    assert not [
        each
        for each in page.findChildren(QPushButton)
        if each.text() == "Tulis untuk laptop ini" and each.isVisibleTo(page)
    ]


def test_wrong_digits_trust_nobody(stage_of: StageOf, store_of: StoreOf, stick: Path) -> None:
    stage, other = stage_of("village"), store_of("empty")
    page = stage.page(LaptopsPage)
    theirs = pairing.write_pack(other, stick / "theirs.twe")
    press(page.open_other)
    choose(stage, page, theirs.path)
    press(page.trust)
    assert "30 angka" in page.typed.hint.text()
    type_digits(page, page.typed.entry, "1" * 30)
    press(page.trust)
    stage.settle()
    assert "tidak cocok" in told(page)
    kept = page.unsaved()
    assert kept is not None
    again = stage.page(LaptopsPage, draft=dict(kept.content))
    assert again.typed.text == "11111 11111 11111 11111 11111 11111"


def test_who_is_no_coordinator_exchanges_only(stage_of: StageOf) -> None:
    page = stage_of("untrained").page(LaptopsPage)
    assert not any(each.isEnabled() for each in (page.write_own, page.open_other, page.wait))
    assert page.not_yours.isVisibleTo(page)


def test_a_laptop_says_that_it_waits_and_the_ppt_writes(stage_of: StageOf, store_of: StoreOf, stick: Path) -> None:
    village = stage_of("village")
    page = village.page(LaptopsPage)
    press(page.wait)
    village.settle()
    assert page.waits.isVisibleTo(page)
    assert not page.wait.isVisibleTo(page)
    ppt = stage_of("ppt")
    desk = ppt.page(BringBackPage, device=device(held(village)))
    primary(desk)
    assert desk.field.findChild(type(desk.village)) is not None
    assert list(stick.iterdir()) == []
    desk.reason.setText("laptop hilang")
    primary(desk)
    choose(ppt, desk, stick)
    assert "catatan ditulis" in told(desk)
    press(page.take)
    choose(village, page, stick)
    village.settle()
    assert "1 tanda terima ditulis" in told(page)
