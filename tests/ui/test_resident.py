# SPDX-License-Identifier: GPL-3.0-or-later
"""A resident's card: safe contact first, only what is known, and no handling without training."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QPushButton, QWidget

from trafficwatch.registry.browse import residents
from trafficwatch.registry.residents import agree_safe_contact, record_person
from trafficwatch.ui.gallery.residents import person
from trafficwatch.ui.gallery.stage import Stage
from trafficwatch.ui.village.resident import ResidentPage
from trafficwatch.ui.widgets.notice import Notice

StageOf = Callable[[str], Stage]


def do(stage: Stage, use_case: Callable[[Any], object]) -> None:
    stage.tasks.work(stage.tasks, use_case, lambda _: None)
    stage.settle()


def words(widget: QWidget) -> str:
    return "\n".join(label.text() for label in widget.findChildren(QLabel) if label.isVisibleTo(widget))


def card(stage: Stage, text: str) -> ResidentPage:
    return stage.page(ResidentPage, person_id=person(stage, text))


def button_named(page: ResidentPage, name: str) -> QPushButton:
    return next(each for each in page.findChildren(QPushButton) if each.accessibleName() == name or each.text() == name)


def test_the_head_says_who_it_is(stage_of: StageOf) -> None:
    page = card(stage_of("village"), "yuliana")
    assert page.title.text() == "Yuliana Nahabesi"
    assert page.subtitle.text() == "25 tahun · Perempuan · Dusun Latihan I, RT 01/RW 01 · Noelbaki"


def test_the_whole_card_stands_there(stage_of: StageOf) -> None:
    said = words(card(stage_of("village"), "yuliana"))
    for part in (
        "9901085408010001 (Terlihat di kartu)",
        "Noelbaki, 14 Agustus 2001",
        "0840-0000-0001 (sendiri)",
        "Johor, Malaysia",
        "5 Desember 2026",
        "Om Beni",
        "Tidak sesuai prosedur",
        "Fotonya · No. LATIHAN-0001",
        "Meragukan",
        "Palsu atau tidak cocok",
        "Nomor surat tidak ada di buku surat desa.",
        "2 dokumen meragukan",
    ):
        assert part in said


def test_a_child_is_seen_at_a_glance(stage_of: StageOf) -> None:
    assert "Anak, di bawah 18 tahun" in words(card(stage_of("village"), "merlin"))


def test_the_safe_way_stands_first(stage_of: StageOf) -> None:
    stage = stage_of("village")
    sumarni = person(stage, "sumarni")
    do(
        stage,
        lambda work: agree_safe_contact(
            work, sumarni, way="through_person", through="Ibu Rika", hours="sore", never_tell="perekrut"
        ),
    )
    first = card(stage, "sumarni").inside.findChildren(Notice)[0]
    assert first.text == "Cara aman menghubungi: melalui Ibu Rika · sore Jangan beri tahu: perekrut"


def test_with_a_ban_nothing_stands_beside_it_but_whom_never_to_tell(stage_of: StageOf) -> None:
    stage = stage_of("village")
    sumarni = person(stage, "sumarni")
    do(
        stage,
        lambda work: agree_safe_contact(
            work, sumarni, do_not_contact=True, way="phone", number="0840-0000-0999", never_tell="perekrut"
        ),
    )
    page = card(stage, "sumarni")
    first = page.inside.findChildren(Notice)[0]
    assert (first.text, first.property("tone")) == ("Jangan dihubungi. Jangan beri tahu: perekrut", "danger")
    assert "0840-0000-0999" not in words(page)


def test_without_an_agreed_way_it_says_so(stage_of: StageOf) -> None:
    assert "belum disepakati" in card(stage_of("village"), "sumarni").inside.findChildren(Notice)[0].text


def test_care_is_listed_and_opens(stage_of: StageOf) -> None:
    stage = stage_of("village")
    page = card(stage, "yohanis")
    said = words(page)
    assert "Dirujuk dan data rujukan diserahkan kepada lembaga penerima" in said
    assert "Dugaan TPPO" in said
    see = next(each for each in page.findChildren(QPushButton) if each.accessibleName().startswith("Lihat hasil"))
    see.click()
    refer = next(each for each in page.findChildren(QPushButton) if each.accessibleName().startswith("Buka rujukan"))
    refer.click()
    assert [page for page, _ in stage.went] == ["screening_result", "referral"]
    assert stage.went[1][1].keys() == {"person_id", "referral_id"}


@pytest.mark.parametrize(
    ("text", "page_name"),
    [("Ubah", "resident_edit"), ("Persetujuan", "consent"), ("Rujuk", "referral"), ("Skrining", "screening")],
)
def test_what_can_be_done_is_about_this_person(stage_of: StageOf, text: str, page_name: str) -> None:
    stage = stage_of("village")
    yuliana = person(stage, "yuliana")
    page = stage.page(ResidentPage, person_id=yuliana)
    button_named(page, text).click()
    assert stage.went == [(page_name, {"person_id": yuliana})]


def test_f2_edits_and_ctrl_enter_screens(stage_of: StageOf) -> None:
    stage = stage_of("village")
    page = card(stage, "yuliana")
    QTest.keyClick(page.edit, Qt.Key.Key_F2)
    QTest.keyClick(page.edit, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert [page for page, _ in stage.went] == ["resident_edit", "screening"]


def test_without_training_nobody_screens_or_refers_and_is_told_why(stage_of: StageOf) -> None:
    stage = stage_of("untrained")
    page = card(stage, "yohanis")
    assert [each.isEnabled() for each in (page.screening, page.refer, page.consent, page.edit)] == [
        False,
        False,
        True,
        True,
    ]
    said = words(page)
    why = "Skrining, rujukan, dan berkas bukti hanya untuk relawan terlatih."
    assert why in said
    for each in (page.screening, page.refer, page.evidence):
        assert each.accessibleDescription() == why
    assert not page.evidence.isEnabled()
    assert "Dugaan TPPO" not in said
    assert "Hasilnya hanya terbuka bagi relawan terlatih." in said
    assert "UPTD PPA" not in said


def test_of_someone_hardly_known_only_what_is_known_stands(stage_of: StageOf) -> None:
    said = words(card(stage_of("village"), "elisabet"))
    assert "21–22 tahun · Perempuan · Noelbaki" in said
    for nothing in ("Belum ada rencana migrasi.", "Belum pernah diskrining.", "Belum ada persetujuan yang berlaku."):
        assert nothing in said
    assert "Agama" not in said


def test_a_country_and_a_number_that_we_do_not_know_are_shown_as_they_are(stage_of: StageOf) -> None:
    from trafficwatch.registry.residents import plan_journey

    stage = stage_of("empty")

    def fill(work: Any) -> None:
        someone = record_person(work, name="Anton", phones={"belum jelas": ""}).person
        plan_journey(work, someone.id, destination_country="ZZ", stage="plan")

    do(stage, fill)
    said = words(card(stage, "anton"))
    assert "ZZ" in said
    assert "belum jelas" in said


def test_a_card_that_is_not_there_is_explained(stage_of: StageOf) -> None:
    stage = stage_of("village")
    page = stage.page(ResidentPage, person_id="00000000-0000-4000-8000-000000000000")
    assert page.findChildren(Notice)
    assert not page.edit.isEnabled()
    found: list[Any] = []
    stage.tasks.work(stage.tasks, lambda work: residents(work).total, found.append)
    stage.settle()
    assert found[0] > 0
