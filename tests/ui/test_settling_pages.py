# SPDX-License-Identifier: GPL-3.0-or-later
"""Settling by keyboard what an import left: differences, records set aside, an import that should not have been."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from threading import Event

import pytest
from desks import make_bundle
from exchange_tools import choose, held, press, primary, told
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from trafficwatch.models.casework import Answered, Referral
from trafficwatch.models.exchange import BundleKind, FieldState, RecordState, Stamp, canonical
from trafficwatch.models.fields import Value
from trafficwatch.models.people import Person, SafeContact
from trafficwatch.store.work import Store
from trafficwatch.sync import importing, quarantine
from trafficwatch.sync.bundle import open_bundle
from trafficwatch.sync.differences import open_differences
from trafficwatch.sync.exporting import export
from trafficwatch.sync.importing import take_in
from trafficwatch.sync.inbox import bundles
from trafficwatch.sync.merge import merge_records
from trafficwatch.ui.exchange.open_differences import OpenDifferencesPage
from trafficwatch.ui.exchange.set_aside import SetAsidePage
from trafficwatch.ui.gallery.stage import Stage
from trafficwatch.ui.ppt.inbox import InboxPage
from trafficwatch.ui.village.home import HomePage

StageOf = Callable[[str], Stage]
StoreOf = Callable[[str], Store]


@pytest.fixture(autouse=True)
def in_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importing, "open_apart", open_bundle)  # the same reader, without a process of its own


@pytest.fixture
def stick(tmp_path: Path) -> Path:
    (tmp_path / "stick").mkdir()
    return tmp_path / "stick"


def otherwise(store: Store, type_name: str, record_id: str, key: str, value: Value) -> None:
    """What another laptop wrote is merged here."""
    with store.work() as work:
        present = work.records.state(type_name, record_id)
        assert present is not None
        stamp = Stamp(work.info.counter + 1, "b" * 16)
        beside = FieldState({stamp: frozenset({canonical(value)})}, {stamp.device: stamp.counter})
        merged = merge_records(present, RecordState(type_name, record_id, {key: beside}))
        work.take_in(merged, work.records.home(type_name, record_id) or "")


def person_of(store: Store) -> Person:
    with store.work() as work:
        return work.records.select(Person)[0]


def test_a_difference_is_settled_with_a_value_or_with_another_one(stage_of: StageOf) -> None:
    stage = stage_of("village")
    village = held(stage)
    person = person_of(village)
    otherwise(village, "person", person.id, "name", "Nama dari laptop lain")
    otherwise(village, "person", person.id, "address", "RT 9")
    home = stage.page(HomePage)
    assert home.attention.isVisibleTo(home)
    assert home.attention.differences.text() == "Perbedaan data (2)"
    press(home.attention.differences)
    assert stage.went[-1] == ("open_differences", {})
    page = stage.page(OpenDifferencesPage)
    assert len(page.list.lines) == 2
    assert not page.now.isEnabled()
    page.list.point(f"person/{person.id}/address")
    assert page.radios is not None
    page.radios.radios["0"].setFocus()
    QTest.keyClick(page.radios.radios["0"], Qt.Key.Key_Space)
    primary(page)
    stage.settle()
    assert "Perbedaan data diputuskan." in told(page)
    [line] = page.list.lines
    assert "Nama dari laptop lain" in line.more
    assert page.radios is not None
    page.radios.choose("other")
    assert not page.now.isEnabled()
    assert page.third is not None
    QTest.keyClicks(page.third.entry, "Nama yang benar")
    primary(page)
    stage.settle()
    assert page.nothing.isVisibleTo(page)
    with village.work() as work:
        found = work.records.get(Person, person.id)
        assert (found.name, found.address) == ("Nama yang benar", "RT 9")
        assert open_differences(work) == ()


def test_whoever_lifts_a_ban_on_contact_says_why(stage_of: StageOf) -> None:
    stage = stage_of("village")
    village = held(stage)
    with village.work() as work:
        contact = work.write(SafeContact, None, person_id=work.records.select(Person)[0].id, do_not_contact=False)
    otherwise(village, "safe_contact", contact, "do_not_contact", value=True)
    page = stage.page(OpenDifferencesPage)
    assert page.radios is not None
    page.radios.choose("0")
    assert not page.reason_field.isVisibleTo(page)
    page.radios.choose("1")
    assert page.reason_field.isVisibleTo(page)
    primary(page)
    stage.settle()
    assert page.focusWidget() is page.reason
    with village.work() as work:
        assert open_differences(work)
    QTest.keyClicks(page.reason, "orangnya sendiri menelepon")
    primary(page)
    stage.settle()
    with village.work() as work:
        assert open_differences(work) == ()
        assert work.records.get(SafeContact, contact).do_not_contact is False


def test_what_the_village_has_to_settle_the_ppt_only_sees(stage_of: StageOf) -> None:
    stage = stage_of("ppt")
    ppt = held(stage)
    otherwise(ppt, "person", person_of(ppt).id, "name", "Nama dari laptop lain")
    page = stage.page(OpenDifferencesPage)
    assert page.radios is None
    assert not page.now.isVisibleTo(page)
    assert "Diputuskan oleh Noelbaki" in page.list.lines[0].more


def test_what_was_set_aside_is_tried_again_or_thrown_away(stage_of: StageOf, store_of: StoreOf, stick: Path) -> None:
    stage, village = stage_of("ppt"), store_of("village")
    ppt = held(stage)
    with ppt.work() as work:
        device = work.info.device
    take_in(ppt, make_bundle(village, device, BundleKind.REPORT, ["no record at all"], stick / "odd.twb"))
    inbox = stage.page(InboxPage)
    assert inbox.attention.set_aside.text() == "Catatan yang disisihkan (1)"
    assert not inbox.attention.differences.isVisibleTo(inbox)
    page = stage.page(SetAsidePage)
    [line] = page.list.lines
    assert "Baris ini rusak" in line.more
    assert not page.one.isEnabled()  # nothing of it is there to be tried
    press(page.throw)
    assert page.focusWidget() is page.reason
    QTest.keyClicks(page.reason, "baris coba-coba")
    press(page.throw)
    stage.settle()
    assert "1 catatan dibuang." in told(page)
    assert page.nothing.isVisibleTo(page)
    with ppt.work() as work:
        assert quarantine.count(work) == 0


def test_a_reason_for_one_entry_is_not_that_of_the_next(stage_of: StageOf) -> None:
    page = stage_of("ppt").page(SetAsidePage)
    first = quarantine.SetAside(("b1", -1), "referral", "r1", "line_damaged", "", "d1", "53", 1, is_kept=True)
    page.show_found([first, replace(first, place=("b2", -1), number=2)])
    one, other = (each.key for each in page.list.lines)
    QTest.keyClicks(page.reason, "salah kirim")
    page.show_found([first, replace(first, place=("b2", -1), number=2)])
    assert (page.list.current, page.reason.text()) == (one, "salah kirim")
    page.list.point(other)
    assert not page.reason.text()


def test_an_import_is_undone_and_taken_in_again(stage_of: StageOf, store_of: StoreOf, stick: Path) -> None:
    stage, village = stage_of("ppt"), store_of("village")
    ppt = held(stage)
    with village.work() as work:
        work.write(Person, None, name="Warga baru")
    [made] = export(village, stick)
    page = stage.page(InboxPage)
    press(page.one)
    choose(stage, page, made.path)
    page.list.point(made.bundle)
    stage.settle()
    assert page.undo.isVisibleTo(page)
    press(page.undo.fold.head)
    press(page.undo.now)
    assert page.focusWidget() is page.undo.reason
    QTest.keyClicks(page.undo.reason, "flashdisk tertukar")
    page.enter()  # read again, the same bundle is put
    stage.settle()
    assert page.undo.reason.text() == "flashdisk tertukar"
    press(page.undo.now)
    stage.settle()
    assert "Pengambilan dibatalkan" in told(page)
    assert "Pengambilannya dibatalkan" in page.list.lines[0].more
    assert not page.undo.isVisibleTo(page)
    assert page.attention.set_aside.isVisibleTo(page)
    aside = stage.page(SetAsidePage)
    primary(aside)
    stage.settle()
    assert aside.nothing.isVisibleTo(aside)
    with ppt.work() as work:
        assert quarantine.count(work) == 0
        assert bundles(work)[0].undone_at is None


def test_what_builds_on_an_import_is_said(stage_of: StageOf) -> None:
    stage = stage_of("ppt")
    ppt = held(stage)
    page = stage.page(InboxPage)
    with ppt.work() as work:
        [row] = bundles(work)
        referral = work.records.values("referral", "id")[0]
        work.write(Referral, referral, answered=Answered.ARRIVED)
    page.list.point(row.bundle)
    stage.settle()
    press(page.undo.fold.head)
    QTest.keyClicks(page.undo.reason, "salah")
    press(page.undo.now)
    stage.settle()
    assert "1 × Rujukan sudah berubah sesudahnya." in told(page)
    assert page.undo.now.isEnabled()


def test_cancelled_in_the_middle_of_a_file_nothing_of_it_is_there(
    stage_of: StageOf, store_of: StoreOf, stick: Path
) -> None:
    stage, village = stage_of("ppt"), store_of("village")
    ppt = held(stage)
    with village.work() as work:
        work.write(Person, None, name="Warga baru")
    [made] = export(village, stick)
    page = stage.page(InboxPage)
    free = Event()
    stage.tasks.do(page, free.wait, lambda _: None)  # the worker rests until the button was pressed
    page.take_file(made.path)
    page.progress.stop.click()
    free.set()
    stage.settle()
    assert "1 berkas belum diambil karena Anda membatalkan" in told(page)
    assert page.folder.isEnabled()
    with ppt.work() as work:
        assert made.bundle not in {row.bundle for row in bundles(work)}


def test_the_steps_of_an_import_are_told(stage_of: StageOf, store_of: StoreOf, stick: Path) -> None:
    stage, village = stage_of("ppt"), store_of("village")
    [made] = export(village, stick)
    page = stage.page(InboxPage)
    told_of: list[str] = []
    put = page.intake.steps.put
    page.intake.steps.put = lambda *step: (put(*step), told_of.append(page.intake.steps.accessibleName()))[0]  # type: ignore[method-assign]
    page.take_file(made.path)
    stage.settle()
    assert told_of[0] == "Langkah 1 dari 4: Memeriksa"
    assert [words for words in told_of if "Menggabungkan 0 dari" in words]
    assert told_of[-1] == "Langkah 4 dari 4: Tanda terima"
