# SPDX-License-Identifier: GPL-3.0-or-later
"""Writing a card: all in one save, only what was changed, warnings that never block, drafts that lose nothing."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton, QWidget

from trafficwatch.registry.browse import ResidentCard, resident_card
from trafficwatch.registry.residents import plan_journey, record_person
from trafficwatch.ui.gallery.residents import person
from trafficwatch.ui.gallery.stage import Stage
from trafficwatch.ui.village.resident_edit import ResidentEditPage
from trafficwatch.ui.village.resident_nik import told_by

StageOf = Callable[[str], Stage]


def ask(stage: Stage, use_case: Callable[[Any], Any]) -> Any:
    found: list[Any] = []
    stage.tasks.work(stage.tasks, use_case, found.append)
    stage.settle()
    return found[0]


def stored(stage: Stage, person_id: str) -> ResidentCard:
    card: ResidentCard = ask(stage, lambda work: resident_card(work, person_id))
    return card


def saved(stage: Stage, page: ResidentEditPage) -> ResidentCard:
    """The card after saving, from the store."""
    page.save.click()
    stage.settle()
    assert stage.went[-1][0] == "resident"
    return stored(stage, stage.went[-1][1]["person_id"])


def entry(page: ResidentEditPage, key: str) -> QWidget:
    return page.form.entries[key].widget


def write(page: ResidentEditPage, key: str, typed: Any) -> None:
    page.form.entries[key].write(typed)


# -- someone new -------------------------------------------------------------------------------------------------------


def test_a_new_card_by_keyboard(stage_of: StageOf) -> None:
    stage = stage_of("village")
    page = stage.page(ResidentEditPage, name="Agustinus Seran")
    name = entry(page, "person.name")
    assert page.focusWidget() is name
    QTest.keyClick(name, Qt.Key.Key_Return)
    QTest.keyClicks(page.focusWidget(), "Agus, Pak Gus")
    birth = page.form.entries["person.birth_date"].widget
    birth.setFocus()
    QTest.keyClicks(page.focusWidget(), "sekitar 1990")
    QTest.keyClick(page.focusWidget(), Qt.Key.Key_PageDown, Qt.KeyboardModifier.ControlModifier)
    phones = page.phones.rows[0]
    QTest.keyClicks(phones.number, "081234567890")
    QTest.keyClicks(phones.owner, "istri")
    QTest.keyClick(phones.number, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    stage.settle()
    card = stored(stage, stage.went[-1][1]["person_id"])
    assert (card.person.name, dict(card.person.aliases), card.person.birth_date) == (
        "Agustinus Seran",
        {"Agus": True, "Pak Gus": True},
        "1990~",
    )
    assert dict(card.person.phones) == {"+6281234567890": "istri"}
    assert card.person.wilayah_code == stage.desk.state.code
    assert (card.contact, card.journeys, card.documents) == (None, (), ())
    assert stage.said == ["Kartu tersimpan."]


def test_every_section_is_saved_at_once(stage_of: StageOf) -> None:
    stage = stage_of("village")
    page = stage.page(ResidentEditPage, name="Agustinus Seran")
    for key, typed in {
        "contact.way": "through_person",
        "contact.through": "Ibu Rika",
        "contact.do_not_contact": True,
        "person.marital_status": "married",
        "person.private_note": "Rumah biru",
        "journey.stage": "plan",
        "journey.destination_country": "MY",
        "journey.departure_on": "Des 2026",
        "journey.recruiter_name": "Om Beni",
        "journey.debts": "8 juta",
    }.items():
        write(page, key, typed)
    page.papers.kind.choose("passport")
    page.papers.add.click()
    page.papers.lines[0].found.choose("doubtful")
    card = saved(stage, page)
    assert card.contact is not None
    assert (card.contact.way, card.contact.through, card.contact.do_not_contact) == ("through_person", "Ibu Rika", True)
    assert (card.person.marital_status, card.person.private_note) == ("married", "Rumah biru")
    [journey] = card.journeys
    assert (journey.stage, journey.destination_country, journey.departure_on) == ("plan", "MY", "2026-12")
    assert (journey.recruiter_name, journey.debts) == ("Om Beni", "8 juta")
    [paper] = card.documents
    assert (paper.kind, paper.found, paper.journey_id) == ("passport", "doubtful", journey.id)


def test_no_section_has_more_than_twelve_fields(stage_of: StageOf) -> None:
    page = stage_of("empty").page(ResidentEditPage)
    assert max(len(section.keys) for section in page.sections) <= 12
    assert sum(len(section.keys) for section in page.sections) == len(page.form.entries)


# -- someone known -----------------------------------------------------------------------------------------------------


def test_a_known_card_is_shown_and_unchanged(stage_of: StageOf) -> None:
    stage = stage_of("village")
    yuliana = person(stage, "yuliana")
    before = stored(stage, yuliana)
    page = stage.page(ResidentEditPage, person_id=yuliana)
    assert (page.form.typed(), page.unsaved()) == ({}, None)
    assert saved(stage, page) == before


@pytest.mark.parametrize("through_draft", [False, True])
def test_a_number_that_came_meanwhile_is_not_removed(stage_of: StageOf, *, through_draft: bool) -> None:
    stage = stage_of("village")
    yuliana = person(stage, "yuliana")
    ask(stage, lambda work: record_person(work, yuliana, phones={"0840-0000-0001": "ibu"}, aliases={"Yuli": True}))
    page = stage.page(ResidentEditPage, person_id=yuliana)
    write(page, "person.phones", [])
    write(page, "person.aliases", "")
    draft = page.unsaved()
    assert draft is not None
    ask(stage, lambda work: record_person(work, yuliana, phones={"0840-0000-0003": "paman"}, aliases={"Ana": True}))
    if through_draft:
        page = stage.page(ResidentEditPage, draft=json.loads(json.dumps(draft.content)), person_id=yuliana)
    kept = saved(stage, page).person
    assert (dict(kept.phones), dict(kept.aliases)) == ({"0840-0000-0003": "paman"}, {"Ana": True})


def test_only_what_was_changed_is_written(stage_of: StageOf) -> None:
    stage = stage_of("village")
    yuliana = person(stage, "yuliana")
    page = stage.page(ResidentEditPage, person_id=yuliana)
    ask(stage, lambda work: record_person(work, yuliana, occupation="Guru", phones={"0840-0000-0003": "paman"}))
    write(page, "person.education", "SMP")
    write(page, "journey.work", "")
    card = saved(stage, page)
    assert (card.person.education, card.person.occupation, card.journeys[0].work) == ("SMP", "Guru", None)
    assert "0840-0000-0003" in card.person.phones
    assert card.journeys[0].employer is None
    assert card.journeys[0].recruiter_name == "Om Beni"


def test_a_ban_can_be_taken_back(stage_of: StageOf) -> None:
    stage = stage_of("village")
    yuliana = person(stage, "yuliana")
    page = stage.page(ResidentEditPage, person_id=yuliana)
    write(page, "contact.do_not_contact", True)
    assert saved(stage, page).contact.do_not_contact is True  # type: ignore[union-attr]
    page = stage.page(ResidentEditPage, person_id=yuliana)
    write(page, "contact.do_not_contact", False)
    assert saved(stage, page).contact.do_not_contact is False  # type: ignore[union-attr]


def test_a_country_of_a_newer_version_is_kept(stage_of: StageOf) -> None:
    stage = stage_of("village")
    elisabet = person(stage, "elisabet")
    ask(stage, lambda work: plan_journey(work, elisabet, destination_country="ZZ"))
    page = stage.page(ResidentEditPage, person_id=elisabet)
    write(page, "journey.stage", "plan")
    assert saved(stage, page).journeys[0].destination_country == "ZZ"


def test_after_a_journey_that_is_over_a_new_one_can_be_planned(stage_of: StageOf) -> None:
    stage = stage_of("village")
    sumarni = person(stage, "sumarni")
    [old] = stored(stage, sumarni).journeys
    page = stage.page(ResidentEditPage, person_id=sumarni)
    page.show_section(3)
    assert page.over.isVisible()
    page.over.findChild(QPushButton).click()
    assert page.form.entries["journey.destination_country"].read() is None
    write(page, "journey.destination_country", "TW")
    write(page, "journey.stage", "plan")
    card = saved(stage, page)
    assert [journey.destination_country for journey in card.journeys] == ["TW", "HK"]
    assert card.journeys[1] == old


# -- what is wrong -----------------------------------------------------------------------------------------------------


def test_mistakes_are_listed_with_a_way_to_each(stage_of: StageOf) -> None:
    stage = stage_of("village")
    page = stage.page(ResidentEditPage)
    write(page, "person.birth_date", "31-02-1990")
    write(page, "person.phones", [["belum ada", ""]])
    page.show_section(4)
    page.save.click()
    stage.settle()
    links = page.wrong.findChildren(QPushButton)
    assert [link.text().partition(":")[0] for link in links] == ["Nama lengkap", "Tanggal lahir", "Telepon"]
    assert (stage.went, page.focusWidget()) == ([], links[0])
    links[2].click()
    assert page.focusWidget() is page.phones.rows[0].number
    links[0].click()
    assert page.focusWidget() is entry(page, "person.name")
    assert page.list.buttons[0].accessibleDescription() == "ada yang perlu diperbaiki"
    write(page, "person.name", "Agus")
    write(page, "person.birth_date", "28-02-1990")
    write(page, "person.phones", [])
    assert saved(stage, page).person.birth_date == "1990-02-28"


def test_a_text_that_is_too_long_is_pointed_out(stage_of: StageOf) -> None:
    stage = stage_of("village")
    page = stage.page(ResidentEditPage, name="Agus")
    write(page, "person.address", "x" * 2001)
    page.save.click()
    stage.settle()
    assert (stage.went, len(page.wrong.findChildren(QPushButton))) == ([], 1)


# -- NIK ---------------------------------------------------------------------------------------------------------------


def test_a_nik_fills_in_what_is_empty_and_says_so(stage_of: StageOf) -> None:
    stage = stage_of("village")
    page = stage.page(ResidentEditPage, name="Agus")
    nik = entry(page, "person.nik")
    QTest.keyClicks(nik, "5301085408010001")
    QTest.keyClick(nik, Qt.Key.Key_Return)
    stage.settle()
    assert page.form.entries["person.birth_date"].value() == "2001-08-14"
    assert page.form.entries["person.sex"].value() == "f"
    assert page.nik.filled.text() == "Terisi dari NIK: Tanggal lahir, Jenis kelamin. Periksa lagi."
    assert page.nik.region.text() == "NIK ini dibuat di Kec. Kupang Tengah, Kab. Kupang, Nusa Tenggara Timur."
    assert page.nik.warning.isHidden()


def test_a_nik_changes_nothing_that_stands_and_never_blocks(stage_of: StageOf) -> None:
    stage = stage_of("village")
    page = stage.page(ResidentEditPage, name="Agus")
    write(page, "person.birth_date", "1980")
    write(page, "person.sex", "m")
    write(page, "person.nik", "5301085408010001")
    page.nik.left()
    stage.settle()
    assert "berbeda" in page.nik.warning.text()
    card = saved(stage, page)
    assert (card.person.birth_date, card.person.sex, card.person.nik) == ("1980", "m", "5301085408010001")


@pytest.mark.parametrize(
    ("nik", "birth", "sex"),
    [
        ("5301081707850001", "1985-07-17", "m"),
        ("5301085707850001", "1985-07-17", "f"),
        ("5301080101260001", None, "m"),  # a baby or a hundred years old
        ("5301080101270001", "1927-01-01", "m"),
        ("5301083113990001", None, "m"),  # no such month
    ],
)
def test_only_what_a_nik_tells_for_certain_is_taken(nik: str, birth: str | None, sex: str) -> None:
    from datetime import date

    assert told_by(nik, date(2026, 11, 21)) == (birth, sex)


def test_a_nik_that_another_card_has_is_pointed_out(stage_of: StageOf) -> None:
    stage = stage_of("village")
    yuliana = person(stage, "yuliana")
    page = stage.page(ResidentEditPage, name="Yulia")
    write(page, "person.nik", "9901085408010001")
    page.nik.left()
    stage.settle()
    assert "Yuliana Nahabesi" in page.nik.same.text()
    page.nik.same.click()
    assert stage.went == [("resident", {"person_id": yuliana})]
    own = stage.page(ResidentEditPage, person_id=yuliana)
    own.nik.left()
    stage.settle()
    assert own.nik.same.isHidden()


# -- drafts ------------------------------------------------------------------------------------------------------------


def test_a_draft_of_a_new_card_brings_everything_back(stage_of: StageOf) -> None:
    stage = stage_of("village")
    page = stage.page(ResidentEditPage, name="Agus")
    assert page.unsaved() is None
    write(page, "person.birth_date", "31-02-1990")
    write(page, "person.phones", [["belum", "kakak"]])
    page.papers.add.click()
    page.show_section(1)
    draft = page.unsaved()
    assert draft is not None
    assert (draft.subject, draft.case_text) == (None, False)
    again = stage.page(ResidentEditPage, draft=json.loads(json.dumps(draft.content)))
    assert again.unsaved() == draft
    assert again.form.entries["person.name"].read() == "Agus"
    assert again.sections[1].isVisible()


def test_a_draft_of_a_known_card_holds_only_what_was_changed(stage_of: StageOf) -> None:
    stage = stage_of("village")
    yuliana = person(stage, "yuliana")
    page = stage.page(ResidentEditPage, person_id=yuliana)
    write(page, "person.education", "SMP")
    draft = page.unsaved()
    assert draft is not None
    assert (draft.subject, draft.content["typed"]) == (yuliana, {"person.education": "SMP"})
    ask(stage, lambda work: record_person(work, yuliana, occupation="Guru"))
    again = stage.page(ResidentEditPage, draft=dict(draft.content), person_id=yuliana)
    card = saved(stage, again)
    assert (card.person.education, card.person.occupation) == ("SMP", "Guru")


def test_a_draft_that_comes_before_the_card_waits_for_it(stage_of: StageOf) -> None:
    stage = stage_of("village")
    yuliana = person(stage, "yuliana")
    journey = stored(stage, yuliana).journeys[0].id
    draft = {"typed": {"person.education": "SMP"}, "section": 2, "journey": journey}
    page = stage.page(ResidentEditPage)
    page.enter(person_id=yuliana)
    page.restore(draft)
    assert page.unsaved() is not None
    stage.settle()
    assert page.form.typed() == {"person.education": "SMP"}
    assert page.form.entries["person.name"].read() == "Yuliana Nahabesi"


def test_edits_are_told_and_saving_settles(stage_of: StageOf) -> None:
    stage = stage_of("village")
    page = stage.page(ResidentEditPage, name="Agus")
    told: list[str] = []
    page.changed.connect(lambda: told.append("changed"))
    page.settled.connect(lambda: told.append("settled"))
    write(page, "person.education", "SMP")
    assert told == ["changed"]
    saved(stage, page)
    assert (told[-1], page.unsaved()) == ("settled", None)


def test_a_pasted_name_keeps_what_can_be_seen(stage_of: StageOf) -> None:
    stage = stage_of("empty")
    page = stage.page(ResidentEditPage, name="")
    entry(page, "person.name").setText("Siti\u202e Aminah\u2028\x00")  # type: ignore[attr-defined]
    assert saved(stage, page).person.name == "Siti Aminah"
