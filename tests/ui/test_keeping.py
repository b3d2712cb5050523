# SPDX-License-Identifier: GPL-3.0-or-later
"""Change log, trash, deleting and backups: each button does to the real store what it says."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from conftest import StageOf
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QPushButton, QWidget

from trafficwatch.models.people import Person
from trafficwatch.registry.browse import counts, residents
from trafficwatch.registry.recruiters import recruiter_card, remove_recruiter, save_offer, save_recruiter
from trafficwatch.registry.trash import trash
from trafficwatch.store.backup import backups
from trafficwatch.store.look import look
from trafficwatch.store.work import Store
from trafficwatch.ui.gallery.keeping import ask, filled_trash, first_resident
from trafficwatch.ui.gallery.stage import Stage
from trafficwatch.ui.shell.backups_page import BackupsPage
from trafficwatch.ui.shell.trail_page import TrailPage
from trafficwatch.ui.shell.trash_page import TrashPage
from trafficwatch.ui.village.resident import ResidentPage
from trafficwatch.ui.village.resident_delete import ResidentDeletePage


def words(page: QWidget) -> str:
    return "\n".join(label.text() for label in page.findChildren(QLabel) if label.isVisibleTo(page))


def press(stage: Stage, page: QWidget, text: str) -> None:
    """The first visible button with this text."""
    next(each for each in page.findChildren(QPushButton) if each.text() == text and each.isVisibleTo(page)).click()
    stage.settle()


def store_of(stage: Stage) -> Store:
    store = stage.tasks._store
    assert isinstance(store, Store)
    return store


def test_the_last_change_is_undone_and_says_so(stage_of: StageOf) -> None:
    stage = stage_of("village")
    person = first_resident(stage)
    before = ask(stage, lambda work: work.records.get(Person, person).occupation)
    ask(stage, lambda work: work.write(Person, person, occupation="Nelayan"))
    page = stage.page(TrailPage, person_id=person)
    assert "Nelayan" in words(page)
    press(stage, page, "Batalkan perubahan ini")
    assert "Perubahan dibatalkan" in words(page)
    assert ask(stage, lambda work: work.records.get(Person, person).occupation) == before


def test_a_change_that_was_followed_by_another_says_why_it_stays(stage_of: StageOf) -> None:
    stage = stage_of("village")
    person = first_resident(stage)
    ask(stage, lambda work: work.write(Person, person, occupation="Nelayan"))
    page = stage.page(TrailPage, person_id=person)
    ask(stage, lambda work: work.write(Person, person, occupation="Petani"))
    press(stage, page, "Batalkan perubahan ini")
    assert "Perubahan ini tidak dapat dibatalkan." in words(page)
    assert ask(stage, lambda work: work.records.get(Person, person).occupation) == "Petani"


def test_the_untrained_see_that_there_is_case_text_and_no_more(stage_of: StageOf) -> None:
    stage = stage_of("untrained")
    page = stage.page(TrailPage)
    shown = words(page)
    while page.pager.later.isEnabled():
        page.pager.later.click()
        stage.settle()
        shown += words(page)
    assert "Ada isi kasus; hanya untuk relawan terlatih" in shown
    assert "Kronologi:" not in shown


def test_a_resident_is_deleted_with_a_reason_and_taken_back_at_once(stage_of: StageOf) -> None:
    stage = stage_of("village")
    person, people = first_resident(stage), ask(stage, counts).people
    page = stage.page(ResidentDeletePage, person_id=person)
    press(stage, page, "Ya, hapus")
    assert "Pilih alasannya dulu." in words(page)
    page.reason.choose("entered_twice")
    press(stage, page, "Ya, hapus")
    assert ask(stage, counts).people == people - 1
    card = stage.page(ResidentPage, person_id=person)
    assert "Warga ini ada di Sampah." in words(card)
    assert not card.edit.isEnabled()
    again = stage.page(TrashPage)
    assert "tercatat dua kali" in words(again)


def test_undo_brings_a_deleted_resident_back(stage_of: StageOf) -> None:
    stage = stage_of("village")
    person, people = first_resident(stage), ask(stage, counts).people
    page = stage.page(ResidentDeletePage, person_id=person)
    page.reason.choose("entered_wrongly")
    press(stage, page, "Ya, hapus")
    press(stage, page, "Urungkan")
    assert ask(stage, counts).people == people
    assert stage.went == [("resident", {"person_id": person})]


def test_the_trash_gives_back_with_a_reason(stage_of: StageOf) -> None:
    stage = stage_of("village")
    page = filled_trash(stage)
    press(stage, page, "Pulihkan")
    press(stage, page, "Pulihkan sekarang")
    assert "Tulis alasannya dengan singkat." in words(page)
    QTest.keyClicks(page.reason, "Salah hapus")
    left = page.unsaved()
    assert left is not None
    page = stage.page(TrashPage, draft=dict(left.content))
    stage.settle()
    assert page.reason.text() == "Salah hapus"
    press(stage, page, "Pulihkan sekarang")
    assert "Sampah kosong." in words(page)
    assert ask(stage, lambda work: residents(work, "dua kali").total) == 1


def test_a_recruiter_lies_in_the_trash_too_and_is_brought_back_or_erased(stage_of: StageOf) -> None:
    stage = stage_of("village")

    def deleted(work: Any, name: str) -> str:
        of = save_recruiter(work, {"name": name}).id
        save_offer(work, of, {"work": "kebun"})
        remove_recruiter(work, of)
        return of

    back, gone = (ask(stage, lambda work, name=name: deleted(work, name)) for name in ("Pak Anton", "Bu Rina"))
    page = stage.page(TrashPage)
    assert "Perekrut: Bu Rina" in words(page)
    press(stage, page, "Hapus untuk selamanya…")
    page.ground.choose("retention_over")
    press(stage, page, "Ya, hapus untuk selamanya")
    assert "Rina" not in words(page)
    press(stage, page, "Pulihkan")
    QTest.keyClicks(page.reason, "Salah hapus")
    press(stage, page, "Pulihkan sekarang")
    assert "Sampah kosong." in words(page)
    card = ask(stage, lambda work: recruiter_card(work, back))
    assert (card.recruiter.name, card.recruiter.deleted, len(card.offers)) == ("Pak Anton", None, 1)
    lost = ask(stage, lambda work: recruiter_card(work, gone))
    assert (lost.recruiter.name, lost.recruiter.deleted, lost.offers) == (None, "erased", ())


def test_erasing_asks_for_its_ground_and_leaves_nothing(stage_of: StageOf) -> None:
    stage = stage_of("village")
    page = filled_trash(stage)
    press(stage, page, "Hapus untuk selamanya…")
    press(stage, page, "Ya, hapus untuk selamanya")
    assert "Pilih dasarnya dulu." in words(page)
    page.ground.choose("person_asked")
    press(stage, page, "Ya, hapus untuk selamanya")
    assert "Sudah dihapus untuk selamanya." in words(page)
    assert ask(stage, trash).total == 0
    assert "dua kali" not in words(stage.page(TrailPage))


def test_who_is_no_coordinator_is_not_offered_to_erase(stage_of: StageOf) -> None:
    page = filled_trash(stage_of("untrained"))
    texts = {each.text() for each in page.findChildren(QPushButton)}
    assert "Pulihkan" in texts
    assert "Hapus untuk selamanya…" not in texts


def test_a_backup_is_made_on_a_stick_listed_and_destroyed(
    stage_of: StageOf, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from trafficwatch.cli.practice import VILLAGE_PASSPHRASE

    stage, stick = stage_of("village"), tmp_path / "stick"
    stick.mkdir()
    page = stage.page(BackupsPage)
    assert "Belum ada cadangan." in words(page)

    def chosen(_owner: Any, _title: str, then: Any) -> None:
        then(stick)

    monkeypatch.setattr(stage.desk, "open_folder", chosen)
    press(stage, page, "Buat di flashdisk…")
    assert "Cadangan selesai dan sudah diperiksa." in words(page)
    [made] = ask(stage, backups)
    assert Path(made.place).parent == stick
    assert look(tmp_path, Path(made.place), VILLAGE_PASSPHRASE).records == made.records > 50
    press(stage, page, "Hapus cadangan ini…")
    press(stage, page, "Ya, hapus")
    assert "Cadangan sudah dihapus." in words(page)
    assert list(stick.iterdir()) == []


def test_a_backup_that_can_t_be_written_says_so(stage_of: StageOf, monkeypatch: pytest.MonkeyPatch) -> None:
    stage = stage_of("village")
    page = stage.page(BackupsPage)
    inside = store_of(stage).folder
    monkeypatch.setattr(stage.desk, "open_folder", lambda _owner, _title, then: then(inside))
    press(stage, page, "Buat di flashdisk…")
    assert page.stick.isEnabled()
    assert "map data program ini" in words(page)
    assert ask(stage, backups) == ()
