# SPDX-License-Identifier: GPL-3.0-or-later
"""The page of double cards: what is decided there is in the store, and can be taken back there."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from conftest import StageOf
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QPushButton, QWidget

from trafficwatch.models.people import Person, PersonPair, Verdict
from trafficwatch.registry.browse import counts, residents
from trafficwatch.registry.duplicates import look
from trafficwatch.registry.merging import merges
from trafficwatch.registry.residents import agree_safe_contact
from trafficwatch.ui.gallery.duplicates import asked, fill, filled, pair_card
from trafficwatch.ui.gallery.keeping import ask
from trafficwatch.ui.gallery.stage import Stage
from trafficwatch.ui.shell.trash_page import TrashPage
from trafficwatch.ui.village.duplicate_parts import PairCard, value_words
from trafficwatch.ui.village.duplicates import DuplicatesPage


def words(page: QWidget) -> str:
    return "\n".join(label.text() for label in page.findChildren(QLabel) if label.isVisibleTo(page))


def press(stage: Stage, page: QWidget, text: str) -> None:
    """The first visible button with this text."""
    next(each for each in page.findChildren(QPushButton) if each.text() == text and each.isVisibleTo(page)).click()
    stage.settle()


def shown(page: DuplicatesPage) -> list[PairCard]:
    return [each for each in page.findChildren(PairCard) if each.isVisible()]


@pytest.fixture
def stage(stage_of: StageOf) -> Stage:
    return stage_of("village")


def test_nobody_is_twice_in_the_practice_village(stage: Stage) -> None:
    page = stage.page(DuplicatesPage)
    assert "Tidak ada kartu yang tampak ganda." in words(page)
    assert page.again.isVisible()


def test_a_pair_shows_what_is_equal_and_what_differs(stage: Stage) -> None:
    card = pair_card(filled(stage), "Soelaiman Kenari")
    said = words(card)
    for sentence in ("nama sama, tanggal lahir cocok", "Hanya di satu kartu", "Berbeda", "Sama", "sekitar 1975"):
        assert sentence in said
    assert card.same.accessibleName() == "Orang yang sama…: " + card.accessibleName()


def test_two_people_stay_two_and_that_can_be_taken_back(stage: Stage) -> None:
    page = filled(stage)
    pair_card(page, "Soelaiman Kenari").apart.click()
    stage.settle()
    assert len(shown(page)) == 1
    pairs = ask(stage, lambda work: work.records.select(PersonPair))
    assert [pair.verdict for pair in pairs] == [Verdict.DIFFERENT]
    press(stage, page, "Urungkan")
    assert len(shown(page)) == len(ask(stage, look)) == 2


def test_later_asks_again_the_next_time(stage: Stage) -> None:
    page = filled(stage)
    pair_card(page, "Soelaiman Kenari").later.click()
    stage.settle()
    assert len(shown(page)) == 1
    press(stage, page, "Cari lagi")
    assert len(shown(page)) == 2


def test_merging_by_keyboard_and_taking_it_back(stage: Stage) -> None:
    page, people = asked(stage), ask(stage, counts).people
    assert page.form is not None
    stays = page.form.pair.second.id
    QTest.keyClick(page.form.keep, Qt.Key.Key_Down)
    stage.settle()
    assert page.form.wanted[0] == stays
    said = words(page)
    assert ("jangan dihubungi" in said) is (page.form.pair.second.name == "Muhammad Sulaiman Kenari")
    assert "Perjalanan: 1" in said
    QTest.keyClick(page, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    stage.settle()
    assert "Kedua kartu sudah digabung." in words(page)
    assert ask(stage, counts).people == people - 1
    assert len(ask(stage, merges)) == 1
    press(stage, page, "Buka kartunya")
    assert stage.went == [("resident", {"person_id": stays})]
    press(stage, page, "Batalkan penggabungan")
    assert "Penggabungan dibatalkan." in words(page)
    assert (ask(stage, counts).people, ask(stage, merges)) == (people, ())


def test_what_changed_since_is_told_when_it_is_taken_back(stage: Stage) -> None:
    page = asked(stage)
    assert page.form is not None
    page.form.keep.choose(next(each.id for each in (page.form.pair.first, page.form.pair.second) if each.nik))
    stage.settle()
    stays, _ = page.form.wanted
    press(stage, page, "Gabungkan")
    ask(stage, lambda work: work.write(Person, stays, address="Dusun 9"))
    press(stage, page, "Batalkan penggabungan")
    assert "Sudah diubah sesudah digabung, jadi tetap seperti sekarang: Alamat." in words(page)


def test_agreements_that_differ_stand_there_before_merging_and_a_no_since_is_told(stage: Stage) -> None:
    ask(stage, fill)
    cards = {row.name: row.id for row in ask(stage, lambda work: residents(work, "Kenari").rows)}
    low, high = cards["Maryana Kenari"], cards["Mariana Kenari"]

    def agree(work: Any) -> None:
        agree_safe_contact(work, low, way="through_person", through="Bu Rosa", hours="malam")
        agree_safe_contact(work, high, way="phone", number="0812-3456-7899")
        work.write(Person, low, nik_status="told")

    ask(stage, agree)
    page = asked(stage, "Mariana Kenari")
    assert page.form is not None
    page.form.keep.choose(low)
    stage.settle()
    said = words(page)
    for sentence in ("Melalui: Bu Rosa", "Nomor telepon: 0812-3456-7899", "NIK 5301085205900002, yang belum dilihat"):
        assert sentence in said
    press(stage, page, "Gabungkan")
    ask(stage, lambda work: agree_safe_contact(work, low, do_not_contact=True))
    press(stage, page, "Batalkan penggabungan")
    assert "Periksa larangan itu di kedua kartu." in words(page)


def test_two_seen_niks_are_merged_with_a_reason_only(stage: Stage) -> None:
    page = asked(stage, "Mariana Kenari")
    press(stage, page, "Gabungkan")
    assert "Tulis alasannya dengan singkat." in words(page)
    assert ask(stage, merges) == ()
    assert page.form is not None
    QTest.keyClicks(page.form.reason, "NIK lama diganti")
    kept = page.unsaved()
    assert kept is not None
    page = stage.page(DuplicatesPage, draft=dict(kept.content))
    assert page.form is not None
    assert page.form.reason.text() == "NIK lama diganti"
    press(stage, page, "Gabungkan")
    pair = ask(stage, lambda work: work.records.select(PersonPair))[0]
    assert (pair.verdict, pair.remark) == (Verdict.SAME, "NIK lama diganti")


def test_escape_leaves_the_question_and_then_the_page(stage: Stage) -> None:
    page = asked(stage)
    QTest.keyClick(page, Qt.Key.Key_Escape)
    assert page.form is None
    assert len(shown(page)) == 2
    assert stage.went == []
    QTest.keyClick(page, Qt.Key.Key_Escape)
    assert stage.went == [("back", {})]


def test_a_merged_card_is_not_restored_from_the_trash(stage: Stage) -> None:
    press(stage, asked(stage), "Gabungkan")
    trash = stage.page(TrashPage)
    assert "digabung dengan kartu lain" in words(trash)
    press(stage, trash, "Pulihkan")
    QTest.keyClicks(trash.reason, "Salah")
    press(stage, trash, "Pulihkan sekarang")
    assert "Kartu ini tidak dihapus, tetapi digabung dengan kartu lain." in words(trash)


def test_the_search_can_be_stopped(stage: Stage) -> None:
    page, goes_on = filled(stage), threading.Event()
    stage.tasks.do(page, goes_on.wait, lambda _: None)
    page.look()
    page.progress.stop.click()
    goes_on.set()
    stage.settle()
    assert "Pencarian dihentikan." in words(page)
    assert "Tidak ada kartu yang tampak ganda." not in words(page)
    assert shown(page) == []
    press(stage, page, "Cari lagi")
    assert len(shown(page)) == 2


def test_an_untrained_volunteer_may_merge(stage_of: StageOf) -> None:
    stage = stage_of("untrained")
    press(stage, asked(stage), "Gabungkan")
    assert len(ask(stage, merges)) == 1
    assert ask(stage, lambda work: residents(work, "Soelaiman Kenari").total) == 1


def test_values_in_words() -> None:
    assert value_words("phones", {"081234567890": "kakak", "0380": "-"}) == "0812-3456-7890 (kakak), 0380"
    assert (value_words("sex", "f"), value_words("birth_date", "1975~")) == ("Perempuan", "sekitar 1975")
    assert (value_words("nik", None), value_words("phones", {})) == ("-", "-")
