# SPDX-License-Identifier: GPL-3.0-or-later
"""The list of screenings, the result page, and what who has no training sees."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QPushButton, QWidget
from pytestqt.qtbot import QtBot
from screening_tools import StageOf, words

from trafficwatch.models.screening import Answer, Value
from trafficwatch.registry.residents import record_person
from trafficwatch.screening import questionnaires
from trafficwatch.screening.overview import worrying
from trafficwatch.screening.sessions import record_screening
from trafficwatch.texts import LANGUAGES, catalogue, set_language
from trafficwatch.ui.gallery.register import ask
from trafficwatch.ui.gallery.stage import Stage
from trafficwatch.ui.shell.desk import Unsaved
from trafficwatch.ui.shell.frame import keep_draft
from trafficwatch.ui.shell.page import Page
from trafficwatch.ui.village.screening import ScreeningPage
from trafficwatch.ui.village.screening_result import ScreeningResultPage
from trafficwatch.ui.village.screenings import ScreeningsPage
from trafficwatch.ui.widgets.choice_line import ChoiceLine

NO_DANGER = {entry.code: Answer(Value.NO) for entry in questionnaires.newest().entries if entry.risk}


def yes(*codes: str) -> dict[str, Answer]:
    return {code: Answer(Value.YES, note="Mei") for code in codes}


def screened(stage: Stage, answers: dict[str, Answer], age: int | None = 30) -> tuple[str, str]:
    """A person and their screening."""

    def record(work: Any) -> tuple[str, str]:
        person = record_person(work, name="Marselina Taek").person.id
        return person, record_screening(work, person, answers, age_at_events=age).screening.id

    return ask(stage, record)


def press(page: QWidget, text: str) -> None:
    next(button for button in page.findChildren(QPushButton) if button.text() == text).click()


@pytest.mark.parametrize("page_class", [ScreeningsPage, ScreeningPage, ScreeningResultPage])
def test_who_has_no_training_is_told_kindly_what_to_do(stage_of: StageOf, page_class: type[Page]) -> None:
    stage = stage_of("untrained")
    page = stage.page(page_class, person_id="nobody", screening_id="nothing")
    shown = words(page)
    assert "Skrining dilakukan relawan terlatih" in shown
    assert "catat tanda, lapor" in shown
    assert page.findChildren(ChoiceLine) == []
    assert page.findChildren(QLineEdit) == []
    page.restore({"step": 1})
    assert page.unsaved() is None
    next(
        button
        for button in page.findChildren(QPushButton)
        if button.text() == "Kartu darurat" and button.isVisibleTo(page)
    ).click()
    assert stage.went == [("emergency", {})]


def test_a_person_is_found_and_the_screening_begins(stage_of: StageOf, qtbot: QtBot) -> None:
    stage = stage_of("village")
    person, _ = screened(stage, NO_DANGER)
    page = stage.page(ScreeningsPage)
    QTest.keyClicks(page.picker.entry, "marsel")
    qtbot.waitUntil(lambda: page.picker.found.count() == 1)
    QTest.keyClick(page.picker.entry, Qt.Key.Key_Return)
    assert stage.went == [("screening", {"person_id": person})]


def test_what_worries_is_listed_and_opened(stage_of: StageOf) -> None:
    stage = stage_of("village")
    screened(stage, NO_DANGER)
    page = stage.page(ScreeningsPage)
    shown = words(page)
    assert "Yohanis" in shown
    assert "Dugaan TPPO" in shown
    assert "Marselina" not in shown
    assert "Belum selesai" not in shown
    known = ask(stage, worrying)[0].id
    press(page, "Lihat hasil")
    assert stage.went == [("screening_result", {"screening_id": known})]


def test_a_begun_screening_is_gone_on_with(stage_of: StageOf) -> None:
    stage = stage_of("empty")
    person, screening = screened(stage, NO_DANGER)
    about = {"person_id": person, "screening_id": screening}
    left = Unsaved({"step": 1, "about": about}, person, case_text=True)
    ask(stage, keep_draft("screening", left, "8a0e2f94-0000-4000-8000-000000000001"))
    page = stage.page(ScreeningsPage)
    assert "Marselina Taek" in words(page)
    press(page, "Lanjutkan")
    [(name, given)] = stage.went
    draft = given.pop("draft")
    assert (name, given, draft.content) == ("screening", {}, left.content)  # the frame reads `about` from the draft


def test_an_empty_list_says_so(stage_of: StageOf) -> None:
    assert "Belum ada. Skrining lain" in words(stage_of("empty").page(ScreeningsPage))


@pytest.mark.parametrize(
    ("answers", "age", "wanted", "first"),
    [
        (NO_DANGER | yes("E-PRO-RECRUIT", "E-CAR-DECEIT", "E-TUJ-LABOUR"), 30, "Dugaan TPPO", "Rujuk"),
        (NO_DANGER | yes("E-PRO-RECRUIT", "L-TUJ-1"), 30, "Perlu pendalaman", "Rujuk"),
        (NO_DANGER | yes("E-PRO-RECRUIT"), 30, "Belum cukup keterangan", "Tambah jawaban"),
        (yes("E-PRO-RECRUIT", "T-HELD"), 30, "Perlu pendalaman", "Rujuk"),
    ],
)
def test_a_result_in_careful_words(
    stage_of: StageOf, answers: dict[str, Answer], age: int | None, wanted: str, first: str
) -> None:
    stage = stage_of("empty")
    _, screening = screened(stage, answers, age)
    page = stage.page(ScreeningResultPage, screening_id=screening)
    shown = words(page)
    assert wanted in shown
    assert "Ini dugaan awal, diperiksa lagi oleh PPT." in shown
    assert "Yang perlu dilakukan sekarang" in shown
    assert "korban" not in shown.lower()
    assert ("Hubungi sekarang" in shown) == ("T-HELD" in answers and answers["T-HELD"].value is Value.YES)
    primary = next(button for button in page.findChildren(QPushButton) if button.property("role") == "primary")
    assert primary.text() == first


def test_where_a_result_leads(stage_of: StageOf) -> None:
    stage = stage_of("empty")
    person, screening = screened(stage, yes("E-PRO-RECRUIT", "E-CAR-DECEIT", "E-TUJ-LABOUR"))
    page = stage.page(ScreeningResultPage, screening_id=screening)
    for text in ("Rujuk", "Tambah jawaban", "Kembali ke kartu", "Kartu darurat"):
        press(page, text)
    assert stage.went == [
        ("referral", {"person_id": person}),
        ("screening", {"person_id": person, "screening_id": screening}),
        ("resident", {"person_id": person}),
        ("emergency", {}),
    ]


def test_open_questions_about_danger_are_said_beside_the_risk(stage_of: StageOf) -> None:
    stage = stage_of("empty")
    _, screening = screened(stage, yes("E-PRO-RECRUIT"))
    shown = words(stage.page(ScreeningResultPage, screening_id=screening))
    assert "Risiko belum pasti" in shown
    assert "Masih ada 10 pertanyaan keselamatan yang belum terjawab" in shown
    assert "Risiko rendah" not in shown


def test_a_result_in_english(stage_of: StageOf) -> None:
    stage = stage_of("empty")
    _, screening = screened(stage, yes("E-PRO-RECRUIT", "E-TUJ-BEG"), 15)
    set_language("en")
    shown = words(stage.page(ScreeningResultPage, screening_id=screening))
    assert "There is reason to suspect trafficking of a child" in shown
    assert "use for begging" in shown
    assert "anak" not in shown


def test_no_text_of_the_desk_calls_a_person_a_victim() -> None:
    for key, both in catalogue("screening_desk").items():
        for language in LANGUAGES:
            assert not any(word in both[language].lower() for word in ("korban", "victim")), key
