# SPDX-License-Identifier: GPL-3.0-or-later
"""The page 'Kirim': says what stands, shows what leaves and why, makes bundles and takes receipts in, by keyboard."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from exchange_tools import choose, held, press, primary, told
from PySide6.QtTest import QTest

from trafficwatch.models.exchange import Delivery
from trafficwatch.models.people import Person
from trafficwatch.registry.residents import plan_journey
from trafficwatch.store.work import Store
from trafficwatch.sync.importing import take_in
from trafficwatch.sync.outbox import outbox
from trafficwatch.sync.outgoing import write_answer
from trafficwatch.texts.labels import label as value_label
from trafficwatch.ui.gallery.stage import Stage
from trafficwatch.ui.village.send import SendPage
from trafficwatch.ui.village.send_cards import todo_words
from trafficwatch.ui.village.send_standing import StandingCard
from trafficwatch.ui.widgets.parts import label

LINKED = ("screening", "referral", "case_record", "document", "journey", "safe_contact", "consent", "person")
StageOf = Callable[[str], Stage]
StoreOf = Callable[[str], Store]


@pytest.fixture
def stick(tmp_path: Path) -> Path:
    (tmp_path / "stick").mkdir()
    return tmp_path / "stick"


def texts(widget: StandingCard) -> list[str]:
    return [found.text() for found in widget.findChildren(type(label())) if found.isVisibleTo(widget)]


def deliver(ppt: Store, path: Path, stick: Path) -> None:
    """The PPT takes a bundle in and puts its receipt onto the stick."""
    done = take_in(ppt, path)
    write_answer(ppt, done.receipt or "", stick)


def send(stage: Stage, page: SendPage, stick: Path) -> list[Path]:
    before = set(stick.glob("*.twb"))
    press(page.make)
    choose(stage, page, stick)
    return sorted(set(stick.glob("*.twb")) - before)


def exchange(stage: Stage, page: SendPage, ppt: Store, stick: Path) -> None:
    """Out, in, and the receipts back."""
    page.enter()
    stage.settle()
    for path in send(stage, page, stick):
        deliver(ppt, path, stick)
    press(page.receipts)
    choose(stage, page, stick)


def test_it_says_what_stands_and_what_would_leave(stage_of: StageOf) -> None:
    stage = stage_of("village")
    store = held(stage)
    page = stage.page(SendPage)
    with store.work() as work:
        found = outbox(work)
    assert found.preview is not None
    shown = texts(page.standing)
    for state in (Delivery.WAITING, Delivery.IN_BUNDLE, Delivery.RECEIVED):
        assert shown[shown.index(value_label("delivery", state.value)) - 1] == str(found.by_state.get(state.value, 0))
    assert any(words.startswith(f"Belum terkirim: {found.by_state['waiting']} catatan menunggu") for words in shown)
    leaving = texts(page.leaving)  # type: ignore[arg-type]
    assert (
        f"Tetap di laptop: {found.preview.withheld} warga tanpa persetujuan. PPT hanya menerima jumlahnya." in leaving
    )
    assert "Selalu dikirim" in leaving
    assert page.leaving.list.isHidden()
    press(page.leaving.toggle)
    stage.settle()
    assert len(page.leaving.list.lines) == sum(found.preview.counts.values())
    assert all("isian." in line.more for line in page.leaving.list.lines)


def test_out_and_receipt_back_by_keyboard(stage_of: StageOf, store_of: StoreOf, stick: Path) -> None:
    stage, ppt = stage_of("village"), store_of("ppt")
    page = stage.page(SendPage)
    [bundle] = send(stage, page, stick)
    assert bundle.name in told(page)
    assert "belum dianggap diterima sampai tanda terimanya" in told(page)
    assert "1 paket data sudah dibuat, tetapi tanda terimanya belum diambil." in texts(page.standing)
    assert any(words.startswith("Nomor 2, dibuat ") for words in texts(page.standing))
    assert page.make.isEnabled()  # what has no receipt goes again, as often as it takes
    again = next(each for each in page.standing.findChildren(type(page.make)) if each.text() == "Buat paket lagi")
    press(again)
    assert stage.went == [("usb", {})]
    deliver(ppt, bundle, stick)
    press(page.receipts)
    choose(stage, page, stick)
    [line] = page.result_list.lines
    assert line.name.startswith("Tanda terima nomor")
    assert "1 berkas lain untuk meja lain" in told(page)  # the village's own bundle lies there too
    assert "Semua yang boleh dikirim sudah diterima PPT." in texts(page.standing)
    assert not page.make.isEnabled()
    press(page.one_receipt)
    choose(stage, page, next(path for path in stick.glob("*.twb") if path != bundle))
    assert "Sudah pernah diterima" in page.result_list.lines[0].more


def test_the_list_tells_each_record_and_can_be_narrowed(stage_of: StageOf, stick: Path) -> None:
    stage = stage_of("village")
    page = stage.page(SendPage)
    assert page.each.pager.words.text().startswith("1–50 dari")
    press(page.each.pager.later)
    stage.settle()
    assert page.each.pager.words.text().startswith("51–")
    page.each.filter.setFocus()
    QTest.keyClicks(page.each.filter, "Diterima")
    page.each.filter.activated.emit(page.each.filter.currentIndex())
    stage.settle()
    assert page.each.list.lines
    assert all(line.more.startswith("Diterima PPT.") for line in page.each.list.lines)
    page.each.filter.choose(Delivery.REFUSED)
    page.each.ask(0)
    stage.settle()
    assert page.each.list.isHidden()
    assert page.each.empty.isVisibleTo(page)


def test_what_was_refused_is_shown_with_reason_and_remedy(stage_of: StageOf, store_of: StoreOf, stick: Path) -> None:
    stage, ppt = stage_of("village"), store_of("ppt")
    village = held(stage)
    page = stage.page(SendPage)
    exchange(stage, page, ppt, stick)
    with ppt.work() as work:  # the PPT loses the card
        person = work.records.select(Person)[0].id
        work.connection.exec_driver_sql("PRAGMA defer_foreign_keys = ON")
        for table in ("difference", *LINKED):
            work.connection.exec_driver_sql(f"DELETE FROM {table}")
            work.connection.exec_driver_sql(f"DELETE FROM record_state WHERE type = '{table}'")
    with village.work() as work:
        plan_journey(work, person)
    exchange(stage, page, ppt, stick)
    assert any("1 catatan ditolak." in line.more for line in page.result_list.lines)
    see = next(found for found in page.standing.findChildren(type(page.make)) if found.text() == "Lihat yang ditolak")
    press(see)
    stage.settle()
    assert page.each.list.lines
    for line in page.each.list.lines:
        assert "Catatan yang dirujuk belum sampai, atau ikut ditolak." in line.more
        assert todo_words("link_missing") in line.more


def test_a_place_that_can_not_be_written_changes_nothing(stage_of: StageOf, tmp_path: Path) -> None:
    stage = stage_of("village")
    page = stage.page(SendPage)
    before = texts(page.standing)
    stage.desk.open_folder = lambda owner, title, then, **_: then(tmp_path / "pulled-out")
    press(page.make)
    stage.settle()
    assert told(page)
    assert texts(page.standing) == before
    assert page.make.isEnabled()


def test_without_a_ppt_the_way_leads_to_it(stage_of: StageOf) -> None:
    stage = stage_of("empty")
    page = stage.page(SendPage)
    assert page.leaving.isHidden()
    assert not page.receipts.isVisibleTo(page)
    primary(page)
    assert stage.went == [("connect", {})]


def test_who_is_untrained_sees_the_same_truth(stage_of: StageOf) -> None:
    page = stage_of("untrained").page(SendPage)
    assert page.make.isEnabled()
    assert any("Persetujuan" in line.name or "Kasus" in line.name for line in page.each.list.lines)
