# SPDX-License-Identifier: GPL-3.0-or-later
"""Received cases: no names in the list, the safe way first on the page, refusals named, answers step by step."""

from __future__ import annotations

import dataclasses
import uuid
from collections.abc import Callable

from exchange_tools import held, press, primary, told
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QPushButton

from trafficwatch.models.casework import Answered, Referral
from trafficwatch.models.people import Person, SafeContact
from trafficwatch.store.work import Store
from trafficwatch.ui.gallery.stage import Stage
from trafficwatch.ui.ppt.case import CasePage
from trafficwatch.ui.ppt.case_parts import contact_card
from trafficwatch.ui.ppt.cases import CasesPage
from trafficwatch.ui.widgets.element_columns import ElementColumns
from trafficwatch.ui.widgets.notice import Notice

StageOf = Callable[[str], Stage]
StoreOf = Callable[[str], Store]


def shown(page: CasePage) -> list[str]:
    return [found.text() for found in page.findChildren(QLabel) if found.isVisibleTo(page) and found.text()]


def opened(stage: Stage) -> CasePage:
    return stage.page(CasePage, case_id=stage.page(CasesPage).list.lines[0].key)


def answer_of(store: Store) -> tuple[str | None, str | None]:
    with store.work() as work:
        [referral] = work.records.select(Referral)
        return referral.answered, referral.answer_reason


def test_the_list_names_code_and_village_but_nobody(stage_of: StageOf) -> None:
    stage = stage_of("ppt")
    store = held(stage)
    page = stage.page(CasesPage)
    with store.work() as work:
        [person] = work.records.select(Person)
    [line] = page.list.lines
    assert (person.name or "-") not in f"{line.name} {line.more}"
    assert "Noelbaki" in line.name
    assert line.more.startswith("Sudah diserahkan · Sifat: Segera · Dirujuk 21 November 2026 · Masuk")
    assert page.list.hasFocus() or page.focusWidget() is page.list
    QTest.keyClick(page.list, Qt.Key.Key_Down)
    QTest.keyClick(page.list, Qt.Key.Key_Home)
    QTest.keyClick(page.list, Qt.Key.Key_Return)
    assert stage.went == [("case", {"case_id": line.key})]


def test_an_empty_desk_says_how_cases_come(stage_of: StageOf) -> None:
    stage = stage_of("ppt_empty")
    page = stage.page(CasesPage)
    assert page.list.isHidden()
    press(next(found for found in page.nothing.findChildren(type(CasePage(stage.desk).forward))))
    assert stage.went == [("inbox", {})]


def test_the_case_is_readable_and_the_safe_way_stands_first(stage_of: StageOf) -> None:
    stage = stage_of("ppt")
    page = opened(stage)
    words = shown(page)
    assert words.index("BACA DULU: CARA AMAN MENGHUBUNGI") < words.index("Yang disetujui orangnya")
    assert words.index("Yang disetujui orangnya") < words.index("Maksud dan tujuan")
    assert words[words.index("Telepon") + 1] == "tidak diberikan (orangnya menolak)"
    assert words[words.index("Agama") + 1] == "tidak diberikan (orangnya menolak)"
    assert words[words.index("Nama") + 1] == "Yohanis Oelatan"
    assert "2 isian ditolak dan tidak ikut dikirim. Jangan menanyakannya lagi." in words
    assert "Dugaan TPPO" in words
    assert page.findChildren(ElementColumns)
    assert words[-1 - words[::-1].index("Riwayat") :][2] == "Skrining"
    at = page.findChild(type(page._scroll)).verticalScrollBar()
    QTest.keyClick(page, Qt.Key.Key_PageDown)
    assert at.value() > 0


def test_a_ban_on_contact_hides_the_number(stage_of: StageOf) -> None:
    stage_of("ppt")
    made = contact_card(SafeContact(id="c", way="phone", number="0812", do_not_contact=True))
    assert isinstance(made, Notice)
    assert made.text.startswith("JANGAN MENGHUBUNGI ORANG INI")


def test_only_possible_steps_are_offered_in_turn(stage_of: StageOf) -> None:
    stage = stage_of("ppt")
    store = held(stage)
    page = opened(stage)
    press(page.arrived)
    stage.settle()
    assert answer_of(store) == (Answered.ARRIVED, None)
    assert not page.arrived.isVisibleTo(page)
    for expected, next_words in (
        (Answered.ACCEPTED, "Mulai layanan"),
        (Answered.IN_SERVICE, "Selesai"),
    ):
        primary(page)
        stage.settle()
        assert answer_of(store)[0] == expected
        assert page.forward.text() == next_words
        assert not page.decline.isVisibleTo(page)
    primary(page)
    stage.settle()
    assert answer_of(store)[0] == Answered.FINISHED
    assert not page.forward.isVisibleTo(page)
    assert "Tidak ada yang menunggu jawaban." in shown(page)
    assert "Jawaban: Selesai" in shown(page)
    assert "Tercatat: Selesai." in told(page)


def test_declining_needs_a_reason_and_a_typed_one_is_not_lost(stage_of: StageOf) -> None:
    stage = stage_of("ppt")
    store = held(stage)
    page = opened(stage)
    press(page.decline)
    press(page.decline_yes)
    assert answer_of(store) == (None, None)
    assert "Tuliskan alasannya, supaya desa tahu langkah berikutnya." in shown(page)
    QTest.keyClicks(page.reason, "Bukan wilayah kami; hubungi UPTD Kota Kupang.")
    kept = page.unsaved()
    assert kept is not None
    assert kept.case_text
    case_id = stage.page(CasesPage).list.lines[0].key
    again = stage.page(CasePage, draft=dict(kept.content), case_id=case_id)
    assert again.declining.isVisibleTo(again)
    press(again.decline_yes)
    stage.settle()
    assert answer_of(store) == (Answered.DECLINED, "Bukan wilayah kami; hubungi UPTD Kota Kupang.")
    assert again.unsaved() is None
    assert again.declining.isHidden()
    assert "Alasan jawaban: Bukan wilayah kami; hubungi UPTD Kota Kupang." in shown(again)


def choices(page: CasePage) -> list[QPushButton]:
    found = page.findChildren(QPushButton)
    return [each for each in found if each.text() == "Jawab rujukan ini" and each.isVisibleTo(page)]


def test_each_open_referral_of_a_case_has_its_own_answer(stage_of: StageOf) -> None:
    stage = stage_of("ppt")
    store = held(stage)
    with store.work() as work:
        [older] = work.records.select(Referral)
        fields = {each.name: getattr(older, each.name) for each in dataclasses.fields(Referral) if each.name != "id"}
        newer, home = str(uuid.uuid4()), work.records.home("referral", older.id)
        [stamp] = work.records.state("referral", older.id).fields["handover"].values
        work.records.write("referral", newer, {**fields, "referred_on": "2026-11-22"}, stamp, home)

    def answers() -> dict[str, str | None]:
        with store.work() as work:
            return {each.id: each.answered for each in work.records.select(Referral)}

    page = opened(stage)
    assert any("Jawaban untuk: Rujukan 22 November 2026" in said for said in shown(page))
    [choose] = choices(page)
    assert "21 November 2026" in choose.accessibleName()
    press(choose)
    stage.settle()
    assert any("Jawaban untuk: Rujukan 21 November 2026" in said for said in shown(page))
    press(page.decline)
    QTest.keyClicks(page.reason, "Bukan wilayah kami.")
    stage.settle()
    assert not choices(page)  # the reason is of one of them
    kept = page.unsaved()
    assert kept is not None
    assert kept.content["referral_id"] == older.id
    again = stage.page(CasePage, draft=dict(kept.content), case_id=older.case_id)
    press(again.decline_yes)
    stage.settle()
    assert answers() == {older.id: Answered.DECLINED, newer: None}
    primary(again)
    stage.settle()
    assert answers() == {older.id: Answered.DECLINED, newer: Answered.ACCEPTED}
    late = stage.page(CasePage, draft=dict(kept.content), case_id=older.case_id)
    assert not late.decline_yes.isEnabled()
    assert any("tidak menunggu jawaban lagi" in said for said in shown(late))
    press(late.decline_no)
    assert late.forward.text() == "Mulai layanan"
