# SPDX-License-Identifier: GPL-3.0-or-later
"""Copying a paper form: codes or single keys, refusals, danger, what is recorded under which day, sealed drafts."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QPushButton, QWidget

from trafficwatch.casework.overview import care_of
from trafficwatch.models.casework import Risk, Screening
from trafficwatch.registry.residents import record_person
from trafficwatch.screening.days import NotedAhead
from trafficwatch.screening.overview import screenings_of
from trafficwatch.screening.sessions import record_screening
from trafficwatch.ui.gallery.register import ask
from trafficwatch.ui.gallery.stage import Stage
from trafficwatch.ui.shell.frame import keep_draft
from trafficwatch.ui.village.paper_entry import PaperEntryPage
from trafficwatch.ui.village.screenings import ScreeningsPage
from trafficwatch.village.drafts import drafts

StageOf = Callable[[str], Stage]
Y, T, U, D = Qt.Key.Key_Y, Qt.Key.Key_T, Qt.Key.Key_U, Qt.Key.Key_D
DOWN, UP, ENTER, DELETE = Qt.Key.Key_Down, Qt.Key.Key_Up, Qt.Key.Key_Return, Qt.Key.Key_Delete


def somebody(stage: Stage) -> str:
    person: str = ask(stage, lambda work: record_person(work, name="Marselina Taek", birth_date="1996-03-04").person.id)
    return person


def opened(stage: Stage, person: str = "", draft: dict[str, Any] | None = None) -> PaperEntryPage:
    return stage.page(PaperEntryPage, draft=draft, person_id=person or somebody(stage))


def words(page: QWidget) -> str:
    QApplication.processEvents()
    return "\n".join(label.text() for label in page.findChildren(QLabel) if label.isVisibleTo(page))


def enter(page: PaperEntryPage, *lines: str) -> None:
    for line in lines:
        page.quick.line.clear()
        QTest.keyClicks(page.quick.line, line)
        QTest.keyClick(page.quick.line, ENTER)


def said(page: PaperEntryPage) -> dict[str, tuple[str, str | None]]:
    assert page._talk is not None
    return {code: (each.value.value, each.by) for code, each in page._talk.answers.items()}


def left(page: PaperEntryPage) -> dict[str, Any]:
    draft = page.unsaved()
    assert draft is not None
    assert draft.case_text
    content: dict[str, Any] = json.loads(json.dumps(draft.content))
    return content


def save(stage: Stage, page: PaperEntryPage) -> Screening:
    page.save.click()
    stage.settle()
    page_name, about = stage.went[-1]
    assert page_name == "screening_result"
    screening: Screening = ask(stage, lambda work: work.records.get(Screening, about["screening_id"]))
    return screening


def test_a_form_is_copied_by_codes_alone(stage_of: StageOf) -> None:
    stage = stage_of("village")
    person = somebody(stage)
    press = next(each for each in stage.page(ScreeningsPage).findChildren(QPushButton) if "kertas" in each.text())
    press.click()
    assert stage.went.pop() == ("paper_entry", {})
    choosing = stage.page(PaperEntryPage)
    choosing.picker.picked.emit(person, "Marselina Taek")
    assert stage.went.pop() == ("paper_entry", {"person_id": person})
    page = opened(stage, person)
    QTest.keyClicks(page.head.on.entry, "14-11-2026")
    page.head.agreed.choose("agreed")
    page.head.stopped.choose("no_time")
    enter(page, "t", "T", "recruit y o", "E-CAR-DECEIT Y K", "tuj-labour y", "L-CAR-DOC-1 u")
    assert "L-CAR-DOC-1: Tidak tahu" in words(page)
    assert said(page) == {
        "T-CHILD": ("no", None),
        "T-HURT": ("no", None),
        "E-PRO-RECRUIT": ("yes", "person"),
        "E-CAR-DECEIT": ("yes", "family"),
        "E-TUJ-LABOUR": ("yes", None),
        "L-CAR-DOC-1": ("unknown", None),
    }
    done = save(stage, page)
    assert (done.screened_on, done.way, done.stopped) == ("2026-11-14", "paper", "no_time")
    assert done.age_at_events == 30
    assert done.answers["E-CAR-DECEIT"] == {"value": "yes", "by": "family"}
    consent = ask(stage, lambda work: care_of(work, person).consents)[0]
    assert (consent.scopes, consent.given_on) == ({"service": "agreed"}, "2026-11-14")
    assert page.unsaved() is None


def test_an_answer_alone_is_for_the_chosen_question_and_goes_on(stage_of: StageOf) -> None:
    stage = stage_of("village")
    page = opened(stage)
    order = [line.key for line in page.list.lines]
    assert order[:2] == ["T-CHILD", "T-HURT"]
    assert order.index("E-TUJ-LABOUR") < order.index("E-CAR-THREAT") < order.index("M-HOME-1")  # as on paper
    QTest.keyClick(page.quick.line, DOWN)
    assert "Dipilih: T-HURT." in words(page)
    enter(page, "u")
    assert (said(page), page.list.current) == ({"T-HURT": ("unknown", None)}, "T-HELD")
    enter(page, order[-1] + " t")
    assert page.list.current == order[-1]
    assert stage.said[-1] == "Itu pertanyaan terakhir."


def test_an_unknown_code_is_refused_with_the_nearest_and_what_means_many_with_all(stage_of: StageOf) -> None:
    page = opened(stage_of("village"))
    enter(page, "E-PRO-RECRIUT y")
    assert "Tidak ada kode “E-PRO-RECRIUT”. Yang paling mirip: E-PRO-RECRUIT, " in words(page)
    enter(page, "debt-3 y")
    assert "“DEBT-3” bisa berarti beberapa kode: L-CAR-DEBT-3, S-CAR-DEBT-3." in words(page)
    enter(page, "G-04 x")
    assert "“X” bukan jawaban." in words(page)
    assert (said(page), page.unsaved()) == ({}, None)
    QTest.keyClicks(page.quick.line, "held")
    assert "“X” bukan jawaban." not in words(page)
    enter(page, "held")
    assert (page.list.current, said(page)) == ("T-HELD", {})


def test_the_list_by_single_keys(stage_of: StageOf) -> None:
    """Y T U D answer; after a yes O K D L say who; Delete takes back; no letter searches the list."""
    page = opened(stage_of("village"))
    page.list.point("E-PRO-RECRUIT")
    page.list.setFocus()
    line = page.list.lines
    steps = (
        (Y, ("yes", None)),
        (Qt.Key.Key_K, ("yes", "family")),
        (D, ("yes", "document")),
        (Qt.Key.Key_O, ("yes", "person")),
        (T, ("no", None)),
        (D, ("declined", None)),
        (Qt.Key.Key_N, ("no", None)),
        (U, ("unknown", None)),
        (Qt.Key.Key_K, ("unknown", None)),
        (Qt.Key.Key_G, ("unknown", None)),
        (Y, ("yes", None)),
    )
    for key, answer in steps:
        QTest.keyClick(page.list, key)
        assert said(page) == {"E-PRO-RECRUIT": answer}
        assert page.list.current == "E-PRO-RECRUIT"
    shown = next(each for each in page.list.lines if each.key == "E-PRO-RECRUIT")
    assert (shown.name, shown.icon) == ("E-PRO-RECRUIT · Ya", "chip-stated")
    assert len(page.list.lines) == len(line)
    QTest.keyClick(page.list, DELETE)
    assert (said(page), page.unsaved()) == ({}, None)
    QTest.keyClick(page.list, DOWN)
    below = page.list.current
    QTest.keyClick(page.list, ENTER)
    QTest.keyClick(page.list, UP)
    assert page.list.current == below != "E-PRO-RECRUIT"


def test_the_question_below_the_list_takes_a_note_and_walks(stage_of: StageOf) -> None:
    stage = stage_of("village")
    page = opened(stage)
    enter(page, "recruit y o", "recruit")
    line = page.line
    assert line is not None
    assert line.code == "E-PRO-RECRUIT"
    line._note.setText("bulan Mei")
    line._note.textEdited.emit("bulan Mei")
    assert left(page)["answers"]["E-PRO-RECRUIT"] == {"value": "yes", "by": "person", "note": "bulan Mei"}
    enter(page, "recruit y k")
    assert left(page)["answers"]["E-PRO-RECRUIT"] == {"value": "yes", "by": "family", "note": "bulan Mei"}
    before = page.list.current
    assert page.line is not None
    page.line.setFocus()
    QTest.keyClick(page.line, DOWN)
    assert page.list.current != before
    assert page.focusWidget() is page.line
    QTest.keyClick(page.line, T)
    assert said(page)[page.list.current] == ("no", None)


def test_danger_says_whom_to_call_and_entry_goes_on(stage_of: StageOf) -> None:
    stage = stage_of("village")
    person = somebody(stage)
    page = opened(stage, person)
    assert page.danger.isHidden()
    QTest.keyClicks(page.head.on.entry, "14-11-2026")
    enter(page, "T-HELD y o")
    assert "Hubungi sekarang" in words(page)
    assert "0840-0000-0803" in words(page)
    assert "Hubungi sekarang" in stage.said
    enter(page, "E-PRO-RECRUIT y")
    assert set(said(page)) == {"T-HELD", "E-PRO-RECRUIT"}
    report = next(each for each in page.danger.findChildren(QPushButton) if each.text() == "Simpan dan cetak laporan")
    report.click()
    stage.settle()
    row = ask(stage, lambda work: screenings_of(work, person))[0]
    assert (row.risk, row.answers) == (Risk.HIGH, 2)
    assert stage.went[-1] == ("screening_print", {"screening_id": row.id, "kind": "report"})
    assert ask(stage, lambda work: care_of(work, person).consents) == ()


def test_the_count_knows_what_the_form_asks_of_this_person(stage_of: StageOf) -> None:
    page = opened(stage_of("village"))

    def counted() -> tuple[int, int]:
        numbers = [int(word) for word in page.quick.count.text().split() if word.isdigit()]
        return numbers[0], numbers[1]

    none, expected = counted()
    assert none == 0
    enter(page, "c-home y")
    one, with_module = counted()
    assert one == 1
    assert with_module == expected + sum(line.key.startswith("M-HOME-") for line in page.list.lines)
    page.head.age.clear()
    QTest.keyClicks(page.head.age, "12")
    assert counted()[1] > with_module  # what is asked about children alone


def test_without_a_day_or_an_answer_nothing_is_saved(stage_of: StageOf) -> None:
    stage = stage_of("village")
    person = somebody(stage)
    page = opened(stage, person)
    page.save.click()
    assert "Tulis tanggal wawancaranya" in words(page)
    page.head.on.typed = "1-1-2027"
    page.save.click()
    assert "Tanggal itu belum tiba." in words(page)
    page.head.on.typed = "3-3-1996"
    page.save.click()
    assert "Saat itu orangnya belum lahir." in words(page)
    page.head.on.typed = "1-11-2026"
    page.save.click()
    assert "Belum ada jawaban yang dicatat." in words(page)
    stage.settle()
    assert (stage.went, ask(stage, lambda work: screenings_of(work, person))) == ([], ())

    def ahead(work: Any) -> None:
        with pytest.raises(NotedAhead):
            record_screening(work, person, {}, screened_on="2027-01-01")

    ask(stage, ahead)


def test_a_second_form_of_the_same_day_is_pointed_out_and_may_be_saved(stage_of: StageOf) -> None:
    stage = stage_of("village")
    person = somebody(stage)
    for times in (1, 2):
        page = opened(stage, person)
        page.head.on.typed = "14-11-2026"
        assert ("Sudah ada skrining orang ini pada tanggal itu." in words(page)) is (times == 2)
        enter(page, "T-CHILD t")
        save(stage, page)
        assert len(ask(stage, lambda work: screenings_of(work, person))) == times
    page = opened(stage, person)
    page.head.on.typed = "15-11-2026"
    assert "Sudah ada skrining" not in words(page)
    page.head.on.typed = "Nov 2026"
    assert "Mungkin sudah ada skrining orang ini dari waktu itu." in words(page)
    assert "tulis juga harinya" in words(page)


def test_a_draft_is_sealed_and_brings_everything_back(stage_of: StageOf) -> None:
    stage = stage_of("village")
    person = somebody(stage)
    page = opened(stage, person)
    assert page.unsaved() is None
    page.head.on.typed = "Nov 2026"
    page.head.stopped.choose("upset")
    page.note.setPlainText("Ditulis Maria")
    enter(page, "E-PRO-RECRUIT y o", "C-HOME y")
    draft = page.unsaved()
    assert draft is not None
    assert (draft.subject, draft.case_text) == (person, True)
    ask(stage, keep_draft("paper_entry", draft, "00000000-0000-4000-8000-000000000001"))
    again = opened(stage, person, left(page))
    assert again.unsaved() == draft
    assert "E-PRO-RECRUIT · Ya (Orangnya sendiri)" in {line.name for line in again.list.lines}
    helper = stage_of("untrained")
    assert all(each.form != "paper_entry" for each in ask(helper, drafts))


def test_the_age_is_that_of_the_interview_unless_it_is_typed(stage_of: StageOf) -> None:
    stage = stage_of("village")
    person = ask(stage, lambda work: record_person(work, name="Marselina Taek", birth_date="2007-03-04").person.id)
    page = opened(stage, person)
    talk = page._talk
    assert talk is not None
    assert (talk.age, page.head.age.text()) == (19, "19")
    ages = {"14-11-2024": 17, "Nov 2024": 17, "2025": None, "4-3-2025": 18, "": 19}
    for day, age in ages.items():
        page.head.on.typed = day
        assert (talk.age, page.head.age.text()) == (age, "" if age is None else str(age)), day
        assert ("umurnya pada tanggal wawancara" in words(page)) is bool(day and age)
    page.head.on.typed = "14-11-2024"
    again = opened(stage, person, left(page))
    assert again._talk is not None
    assert again._talk.age == 17
    again.head.on.typed = "14-11-2025"
    assert again._talk.age == 18
    again.head.age.clear()
    QTest.keyClicks(again.head.age, "16")
    again.head.on.typed = "14-11-2024"
    assert again._talk.age == 16
    typed = opened(stage, person, left(again))
    typed.head.on.typed = "14-11-2025"
    enter(typed, "T-HURT t")
    assert save(stage, typed).age_at_events == 16


def test_a_refusal_on_paper_is_no_consent_and_asks_for_care(stage_of: StageOf) -> None:
    stage = stage_of("village")
    person = somebody(stage)
    page = opened(stage, person)
    page.head.on.typed = "14-11-2026"
    page.head.agreed.choose("refused")
    assert "Salin hanya yang diceritakannya sendiri" in words(page)
    page.head.agreed.choose("agreed")
    assert "Salin hanya" not in words(page)
    page.head.agreed.choose("refused")
    enter(page, "T-HURT y o")
    save(stage, page)
    consent = ask(stage, lambda work: care_of(work, person).consents)[0]
    assert (consent.scopes, consent.given_on) == ({"service": "refused"}, "2026-11-14")
    assert not ask(stage, lambda work: care_of(work, person).agreement.scopes)


def test_what_was_typed_goes_to_the_right_person_after_a_wrong_one(stage_of: StageOf) -> None:
    stage = stage_of("village")
    page = opened(stage)
    page.head.on.typed = "14-11-2026"
    page.head.agreed.choose("agreed")
    page.note.setPlainText("Ditulis Maria")
    page.head.age.clear()
    QTest.keyClicks(page.head.age, "16")
    enter(page, "recruit y o")
    over: list[bool] = []
    page.settled.connect(lambda: over.append(True))
    page.other.click()
    name, about = stage.went.pop()
    assert (name, set(about), over) == ("paper_entry", {"draft"}, [True])  # no draft of the wrong person is left
    choosing = stage.page(PaperEntryPage, draft=dict(about["draft"].content))
    assert left(choosing)["answers"] == {"E-PRO-RECRUIT": {"value": "yes", "by": "person"}}
    right = ask(stage, lambda work: record_person(work, name="Maria Taek", birth_date="2012-03-04").person.id)
    choosing.picker.picked.emit(right, "Maria Taek")
    name, about = stage.went.pop()
    assert about["person_id"] == about["draft"].subject == right
    copied = opened(stage, right, dict(about["draft"].content))
    assert copied._talk is not None
    assert (said(copied), copied._talk.age) == ({"E-PRO-RECRUIT": ("yes", "person")}, 14)
    done = save(stage, copied)
    assert (done.person_id, done.screened_on, done.note, done.age_at_events) == (
        right,
        "2026-11-14",
        "Ditulis Maria",
        14,
    )


def test_who_has_no_training_copies_nothing(stage_of: StageOf) -> None:
    stage = stage_of("untrained")
    page = stage.page(PaperEntryPage)
    assert "Skrining dilakukan relawan terlatih" in words(page)
    assert not page.save.isVisible()
    assert page.unsaved() is None
