# SPDX-License-Identifier: GPL-3.0-or-later
"""Recruiters on the screen: found, told as checked or not, never as safe; their offers; and who has the same number."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QPushButton, QWidget

from trafficwatch.models.recruiting import Recruiter
from trafficwatch.registry.recruiters import RecruiterCard, recruiter_card, recruiters, save_recruiter
from trafficwatch.registry.residents import plan_journey
from trafficwatch.texts import t
from trafficwatch.ui.gallery.register import ask, known
from trafficwatch.ui.gallery.residents import person
from trafficwatch.ui.gallery.stage import Stage
from trafficwatch.ui.theme.palette import Tone
from trafficwatch.ui.village.recruiter import RecruiterPage
from trafficwatch.ui.village.recruiter_edit import RecruiterEditPage
from trafficwatch.ui.village.recruiter_words import licence_sign, licence_words
from trafficwatch.ui.village.recruiters import RecruitersPage
from trafficwatch.ui.village.register_tabs import LISTS, RegisterTabs
from trafficwatch.ui.village.residents import ResidentsPage
from trafficwatch.ui.village.visitors import VisitorsPage

StageOf = Callable[[str], Stage]


def card(stage: Stage, recruiter_id: str) -> RecruiterCard:
    return ask(stage, lambda work: recruiter_card(work, recruiter_id))


def said(widget: QWidget) -> str:
    return "\n".join(each.text() for each in widget.findChildren(QLabel) if each.isVisibleTo(widget))


def typed(stage: Stage, page: RecruitersPage, text: str) -> list[str]:
    QTest.keyClicks(page.search, text)
    stage.settle()
    return [line.name for line in page.list.lines]


def press(page: QWidget, words: str) -> QPushButton:
    (found,) = [
        each for each in page.findChildren(QPushButton) if each.text() == words and each.isVisibleTo(page.window())
    ]
    found.click()
    return found


# -- the list ----------------------------------------------------------------------------------------------------------


def test_each_one_says_how_the_licence_was_checked(stage_of: StageOf) -> None:
    stage = stage_of("village")
    known(stage)
    page = stage.page(RecruitersPage)
    lines = {line.name: line for line in page.list.lines}
    anton = lines["Anton Lasarus · PT Langit Timur"]
    assert anton.more == "SIP3MI diperiksa 3 Mei 2026 di BP3MI Kupang: meragukan · 2 tawaran"
    assert lines["Yosef Tallo"].more == "Izin (SIP3MI) belum diperiksa"
    assert lines["Ibu Rini"].more == "SIP3MI diperiksa Juli 2026: palsu"
    assert lines["LPK Bina Kerja"].more == "SIP3MI diperiksa 11 Juni 2026 di Disnaker: cocok"


def test_nobody_is_ever_shown_as_safe(stage_of: StageOf) -> None:
    for found in (None, "unchecked", "true", "doubtful", "false"):
        assert licence_sign(found)[0] is not Tone.OK
        assert licence_sign(found)[1] not in {"success", "check"}
        assert not re.search(r"\b(aman|safe|resmi|dipercaya)\b", licence_words(found, "2026-05-03", "BP3MI"))
    stage = stage_of("village")
    people = known(stage)
    page = stage.page(RecruiterPage, recruiter_id=people["LPK Bina Kerja"])
    assert not re.search(r"\b[Aa]man\b", said(page))
    assert "Periksa lagi untuk setiap keberangkatan." in said(page)


def test_a_check_without_a_day_says_so() -> None:
    assert licence_words("false", None, None) == "SIP3MI diperiksa (tanggal tidak diketahui): palsu"


def test_it_is_searched_by_name_company_and_number(stage_of: StageOf) -> None:
    stage = stage_of("village")
    known(stage)
    page = stage.page(RecruitersPage)
    assert page.focusWidget() is page.search
    assert typed(stage, page, "langit") == ["Anton Lasarus · PT Langit Timur"]
    page.search.clear()
    assert typed(stage, page, "0812-3450-0011") == ["Anton Lasarus · PT Langit Timur", "Yosef Tallo"]
    page.search.clear()
    assert typed(stage, page, "zz") == []
    assert "Tidak ada perekrut yang cocok dengan “zz”." in said(page)


def test_enter_opens_the_only_one(stage_of: StageOf) -> None:
    stage = stage_of("village")
    people = known(stage)
    page = stage.page(RecruitersPage, text="rini")
    QTest.keyClick(page.search, Qt.Key.Key_Return)
    assert stage.went == [("recruiter", {"recruiter_id": people["Ibu Rini"]})]


def test_down_goes_into_the_list_and_enter_opens(stage_of: StageOf) -> None:
    stage = stage_of("village")
    people = known(stage)
    page = stage.page(RecruitersPage)
    QTest.keyClick(page.search, Qt.Key.Key_Down)
    assert page.focusWidget() is page.list
    QTest.keyClick(page.list, Qt.Key.Key_Down)
    QTest.keyClick(page.list, Qt.Key.Key_Return)
    assert stage.went == [("recruiter", {"recruiter_id": people["Ibu Rini"]})]


def test_an_empty_list_says_what_to_do(stage_of: StageOf) -> None:
    page = stage_of("empty").page(RecruitersPage)
    assert t("recruiters.empty") in said(page)
    assert page.list.isHidden()


def test_coming_back_finds_the_search_again(stage_of: StageOf) -> None:
    stage = stage_of("village")
    known(stage)
    page = stage.page(RecruitersPage, text="anton")
    again = stage.page(RecruitersPage, **page.where())
    assert [line.name for line in again.list.lines] == ["Anton Lasarus · PT Langit Timur"]


# -- the tabs ----------------------------------------------------------------------------------------------------------


def test_the_lists_stand_beside_each_other(stage_of: StageOf) -> None:
    stage = stage_of("empty")
    for page_class in (ResidentsPage, RecruitersPage, VisitorsPage):
        page = stage.page(page_class)
        (tabs,) = page.findChildren(RegisterTabs)
        assert [name for name, each in tabs.buttons.items() if each.isChecked()] == [page.name]
        tabs.buttons[page.name].click()
        assert tabs.buttons[page.name].isChecked()
        assert stage.went == []
        for name in LISTS:
            if name != page.name:
                tabs.buttons[name].click()
                assert stage.went.pop() == (name, {})


# -- one of them -------------------------------------------------------------------------------------------------------


def test_the_same_number_is_pointed_out_with_a_way_there(stage_of: StageOf) -> None:
    stage = stage_of("village")
    people = known(stage)
    page = stage.page(RecruiterPage, recruiter_id=people["Yosef Tallo"])
    assert said(page.same).splitlines() == ["Nomor telepon sama: 0812-3450-0011"] * 2
    press(page, "Perekrut: Anton Lasarus")
    assert stage.went.pop() == ("recruiter", {"recruiter_id": people["Anton Lasarus"]})
    press(page, "Orang dari luar: Anton L.")
    assert stage.went.pop() == ("visitor", {"visitor_id": people["Anton L."]})


def test_journeys_that_are_linked_are_listed(stage_of: StageOf) -> None:
    stage = stage_of("village")
    people = known(stage)
    sumarni = person(stage, "sumarni")
    about = {"recruiter_id": people["Ibu Rini"], "stage": "plan", "destination_country": "TW"}
    ask(stage, lambda work: plan_journey(work, sumarni, **about))
    page = stage.page(RecruiterPage, recruiter_id=people["Ibu Rini"])
    assert "Rencana · Taiwan" in said(page)
    press(page, "Sumarni")
    assert stage.went.pop() == ("resident", {"person_id": sumarni})


def test_an_offer_is_written_down(stage_of: StageOf) -> None:
    stage = stage_of("village")
    recruiter_id = known(stage)["Yosef Tallo"]
    page = stage.page(RecruiterPage, recruiter_id=recruiter_id)
    page.add.click()
    stage.settle()
    assert page.focusWidget() is page.offer.first
    page.keep.click()
    assert t("recruiters.offer.nothing") in said(page)
    page.offer.form.entries["offer.work"].write("Jaga toko")
    page.offer.form.entries["offer.wage"].write("Rp 4 juta")
    page.keep.click()
    stage.settle()
    (offer,) = card(stage, recruiter_id).offers
    assert (offer.work, offer.wage, offer.heard_on) == ("Jaga toko", "Rp 4 juta", stage.desk.today)
    assert "Jaga toko · upah Rp 4 juta" in said(page)
    assert (page.offer.isHidden(), page.unsaved()) == (True, None)


def test_what_was_typed_of_an_offer_is_kept(stage_of: StageOf) -> None:
    stage = stage_of("village")
    recruiter_id = known(stage)["Yosef Tallo"]
    page = stage.page(RecruiterPage, recruiter_id=recruiter_id)
    page.add.click()
    page.offer.form.entries["offer.work"].write("Jaga toko")
    left = page.unsaved()
    assert left is not None
    again = stage.page(RecruiterPage, draft=dict(left.content), recruiter_id=recruiter_id)
    assert again.offer.form.entries["offer.work"].read() == "Jaga toko"
    assert not again.offer.isHidden()


def test_an_offer_is_deleted_at_the_second_press(stage_of: StageOf) -> None:
    stage = stage_of("village")
    recruiter_id = known(stage)["Anton Lasarus"]
    page = stage.page(RecruiterPage, recruiter_id=recruiter_id)
    (first, _) = [each for each in page.findChildren(QPushButton) if each.text() == t("recruiters.offer.remove")]
    first.click()
    stage.settle()
    assert len(card(stage, recruiter_id).offers) == 2
    first.click()
    stage.settle()
    assert len(card(stage, recruiter_id).offers) == 1


def test_one_who_is_linked_is_not_deleted(stage_of: StageOf) -> None:
    stage = stage_of("village")
    people = known(stage)
    page = stage.page(RecruiterPage, recruiter_id=people["Anton Lasarus"])
    page.delete.click()
    page.sure.click()
    stage.settle()
    assert stage.went == []
    assert not page.delete.isHidden()
    assert card(stage, people["Anton Lasarus"]).recruiter.name == "Anton Lasarus"


def test_one_who_was_recorded_by_mistake_is_deleted(stage_of: StageOf) -> None:
    stage = stage_of("village")
    people = known(stage)
    page = stage.page(RecruiterPage, recruiter_id=people["Ibu Rini"])
    page.delete.click()
    page.sure.click()
    stage.settle()
    assert stage.went == [("recruiters", {})]
    assert "Ibu Rini" not in {row.name for row in ask(stage, recruiters).rows}


# -- the form ----------------------------------------------------------------------------------------------------------


def form(stage: Stage, **about: Any) -> RecruiterEditPage:
    return stage.page(RecruiterEditPage, **about)


def saved(stage: Stage, page: RecruiterEditPage) -> Recruiter:
    page.save.click()
    stage.settle()
    name, about = stage.went[-1]
    assert name == "recruiter"
    return card(stage, about["recruiter_id"]).recruiter


def test_somebody_new_by_keyboard(stage_of: StageOf) -> None:
    stage = stage_of("village")
    page = form(stage, name="Berto")
    assert page.focusWidget() is page.form.entries["recruiter.name"].widget
    QTest.keyClicks(page.focusWidget(), " Nahak")
    QTest.keyClicks(page.phones.rows[0].number, "081234599999")
    page.form.entries["recruiter.places"].write("pasar, dermaga")
    page.form.entries["recruiter.licence_found"].write("false")
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    stage.settle()
    one = card(stage, stage.went[-1][1]["recruiter_id"]).recruiter
    assert (one.name, list(one.phones), set(one.places)) == ("Berto Nahak", ["+6281234599999"], {"pasar", "dermaga"})
    assert (one.licence_found, one.licence_checked_on) == ("false", stage.desk.today)


def test_a_name_is_needed(stage_of: StageOf) -> None:
    stage = stage_of("village")
    page = form(stage)
    page.save.click()
    stage.settle()
    assert stage.went == []
    assert t("resident.error.needed") in said(page)
    assert page.focusWidget() is page.form.entries["recruiter.name"].widget


def test_only_what_was_changed_is_saved(stage_of: StageOf) -> None:
    stage = stage_of("village")
    recruiter_id = known(stage)["Anton Lasarus"]
    page = form(stage, recruiter_id=recruiter_id)
    page.form.entries["recruiter.aliases"].write("Om Anton, Pak Las")
    ask(stage, lambda work: save_recruiter(work, {"company": "PT Lain"}, recruiter_id))
    one = saved(stage, page)
    assert (one.company, set(one.aliases)) == ("PT Lain", {"Om Anton", "Pak Las"})
    assert (one.licence_found, one.licence_checked_on) == ("doubtful", "2026-05-03")


def test_a_draft_goes_on_as_the_same_recruiter(stage_of: StageOf) -> None:
    stage = stage_of("village")
    recruiter_id = known(stage)["Anton Lasarus"]
    page = form(stage, recruiter_id=recruiter_id)
    assert page.unsaved() is None
    page.form.entries["recruiter.remark"].write("datang tiap pasar")
    left = page.unsaved()
    assert left is not None
    again = stage.page(RecruiterEditPage, draft=dict(left.content), recruiter_id=recruiter_id)
    assert saved(stage, again).remark == "datang tiap pasar"
    assert len(ask(stage, recruiters).rows) == 4
