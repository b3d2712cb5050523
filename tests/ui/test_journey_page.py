# SPDX-License-Identifier: GPL-3.0-or-later
"""A journey: warnings with what to do, steps that are asked about, what is promised and who recruits; and its form."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QPushButton, QWidget

from trafficwatch.models.migration import Journey, Stage
from trafficwatch.registry.browse import residents
from trafficwatch.registry.journeys import save_journey
from trafficwatch.registry.procedural import questions
from trafficwatch.registry.relatives import relatives_of
from trafficwatch.registry.residents import record_person
from trafficwatch.ui.gallery import stage as gallery
from trafficwatch.ui.gallery.journeys import AWAY, PLANNED, SILENT, do, people
from trafficwatch.ui.village.home import HomePage
from trafficwatch.ui.village.journey import JourneyPage
from trafficwatch.ui.village.journey_edit import JourneyEditPage
from trafficwatch.ui.village.resident import ResidentPage
from trafficwatch.ui.village.resident_edit import ResidentEditPage
from trafficwatch.ui.village.resident_paper import ResidentPaperPage
from trafficwatch.ui.village.todo import TodoPage
from trafficwatch.ui.widgets.notice import Notice

StageOf = Callable[[str], gallery.Stage]


def words(widget: QWidget) -> str:
    return "\n".join(label.text() for label in widget.findChildren(QLabel) if label.isVisibleTo(widget))


def named(page: QWidget, text: str) -> QPushButton:
    found = (each for each in page.findChildren(QPushButton) if text in {each.text(), each.accessibleName()})
    return next(each for each in found if each.isVisibleTo(page))


def journey_of(stage: gallery.Stage, journey_id: str) -> Journey:
    found: Journey = do(stage, lambda work: work.records.get(Journey, journey_id))
    return found


def opened(stage: gallery.Stage, name: str) -> JourneyPage:
    person_id, journey_id = people(stage)[name]
    return stage.page(JourneyPage, person_id=person_id, journey_id=journey_id)


# -- reading -----------------------------------------------------------------------------------------------------------


def test_warnings_say_what_why_and_by_which_rule_and_what_to_do(stage_of: StageOf) -> None:
    stage = stage_of("village")
    page = opened(stage, PLANNED)
    said = words(page)
    for part in (
        "Yang akan berangkat masih anak",
        "Umurnya belum 18 tahun saat berangkat; anak dilindungi lebih kuat",
        "Tanda bahaya · Dasar: JUKNIS 2.2; P2/2024 II.C MEK 1",
        "Orangnya dan keluarganya yang memutuskan.",
        "KTP: 2 Maret 2009\nPaspor: 2 Maret 2004",
        "SIP3MI diperiksa",
        "Tidak lewat jalur resmi",
        "Kupang → Nunukan",
        "Rencana berangkat",
    ):
        assert part in said
    assert "aman direkrut" not in said
    named(page, "Mulai skrining").click()
    assert stage.went == [("screening", {"person_id": people(stage)[PLANNED][0]})]


@pytest.mark.parametrize(
    ("country", "answer", "said"),
    [
        ("MY", "no", "Tidak lewat jalur resmi"),
        ("ID", "no", "Ada syarat yang belum dipenuhi"),
        (None, "yes", "Semua syarat sudah dipenuhi"),
        ("ID", "unknown", "Belum diketahui"),
    ],
)
def test_within_the_country_there_is_no_official_way_to_speak_of(
    stage_of: StageOf, country: str | None, answer: str, said: str
) -> None:
    stage = stage_of("empty")
    answers = {question.code: answer for question in questions(abroad=country == "MY")}
    fields = {"destination_country": country, "answers": answers, "stage": "plan"}

    def record(work: Any) -> Journey:
        return save_journey(work, record_person(work, name="Ana").person.id, fields)

    journey = do(stage, record)
    about = {"person_id": journey.person_id, "journey_id": journey.id}
    assert said in words(stage.page(JourneyPage, **about)).splitlines()
    form = stage.page(JourneyEditPage, **about, section="procedure")
    assert any(notice.text.startswith(said) for notice in form.findChildren(Notice))


def test_without_training_one_notes_signs_and_asks_somebody_trained(stage_of: StageOf) -> None:
    page = opened(stage_of("untrained"), PLANNED)
    assert "minta relawan terlatih datang" in words(page)
    assert "Mulai skrining" not in [each.text() for each in page.findChildren(QPushButton)]


def test_silence_says_to_report_and_when_word_was_due(stage_of: StageOf) -> None:
    stage = stage_of("village")
    said = words(opened(stage, SILENT))
    for part in ("Perlu dilaporkan", "Surat-surat tidak ada padanya", "Laporkan hari ini", "Ditunggu sejak", "Poipet"):
        assert part in said
    assert "Tunda bersama keluarga" not in said
    assert "Kabar terlambat" in words(opened(stage, AWAY))


def test_without_a_journey_one_is_offered(stage_of: StageOf) -> None:
    stage = stage_of("village")
    someone = do(stage, lambda work: residents(work, "elisabet", 0, 1).rows[0].id)
    page = stage.page(JourneyPage, person_id=someone)
    assert "Belum ada rencana migrasi." in words(page)
    page.edit.click()
    assert stage.went == [("journey_edit", {"person_id": someone, "journey_id": None, "section": "plan"})]


# -- steps -------------------------------------------------------------------------------------------------------------


def test_postponing_asks_until_when_and_keeps_it(stage_of: StageOf) -> None:
    stage = stage_of("village")
    person_id, journey_id = people(stage)[PLANNED]
    page = opened(stage, PLANNED)
    named(page, "Tunda bersama keluarga").click()
    assert page.focusWidget() is page.steps.day.entry
    QTest.keyClicks(page.focusWidget(), "31-02-2027")
    page.steps.sure.click()
    stage.settle()
    assert journey_of(stage, journey_id).stage == Stage.PREPARING.value
    page.steps.day.typed = "3-2027"
    draft = page.unsaved()
    assert draft is not None
    again = stage.page(JourneyPage, draft=json.loads(json.dumps(draft.content)), person_id=person_id)
    assert again.steps.question.isVisible()
    again.steps.sure.click()
    stage.settle()
    stored = journey_of(stage, journey_id)
    assert (stored.stage, stored.postponed_until) == (Stage.POSTPONED.value, "2027-03")
    assert stage.went[-1] == ("journey", {"person_id": person_id, "journey_id": journey_id})


def test_only_steps_that_may_follow_are_offered(stage_of: StageOf) -> None:
    stage = stage_of("village")
    assert set(opened(stage, AWAY).steps.buttons) == {Stage.RETURNED}
    page = opened(stage, PLANNED)
    assert Stage.RETURNED not in page.steps.buttons
    page.steps.ask(Stage.DEPARTED)
    page.steps.day.typed = "2999"
    page.steps.sure.click()
    stage.settle()
    assert page.steps.isEnabled()
    assert journey_of(stage, people(stage)[PLANNED][1]).stage == Stage.PREPARING.value
    page.steps.keep.click()
    assert page.steps.question.isHidden()
    assert page.unsaved() is None


# -- writing -----------------------------------------------------------------------------------------------------------


def test_a_new_journey_is_written_with_its_route_and_answers(stage_of: StageOf) -> None:
    stage = stage_of("village")
    person_id, _ = people(stage)[PLANNED]
    page = stage.page(JourneyEditPage, person_id=person_id)
    page.save.click()
    stage.settle()
    assert "Belum ada yang diisi" in words(page)
    entries = page.form.entries
    entries["journey.destination_country"].write("MY")
    entries["journey.transits"].write(" Kupang,  Batam ,,Johor ")
    entries["journey.check_in_days"].write("400")
    page.save.click()
    assert "antara 1 dan 366" in words(page)
    entries["journey.check_in_days"].write("14")
    page.parts.show_section(3)
    lines = entries["journey.answers"].widget.lines  # type: ignore[attr-defined]
    QTest.keyClick(lines["adult"], Qt.Key.Key_Y)
    QTest.keyClick(lines["work_visa"], Qt.Key.Key_T)
    stage.settle()
    assert "Karena 1 hal belum dipenuhi" in words(page)
    assert not lines["village_knows"].isVisible()
    page.save.click()
    stage.settle()
    stored = journey_of(stage, stage.went[-1][1]["journey_id"])
    assert dict(stored.transits) == {"1": "Kupang", "2": "Batam", "3": "Johor"}
    assert dict(stored.answers) == {"adult": "yes", "work_visa": "no"}
    assert (stored.stage, stored.procedural, stored.check_in_days) == ("plan", "no", 14)


def test_only_what_was_changed_is_saved_and_a_draft_brings_it_back(stage_of: StageOf) -> None:
    stage = stage_of("village")
    person_id, journey_id = people(stage)[PLANNED]
    page = stage.page(JourneyEditPage, person_id=person_id, journey_id=journey_id, section="recruiter")
    assert page.parts.at == 2
    assert page.unsaved() is None
    page.form.entries["journey.transits"].write("Kupang")
    page.form.entries["journey.agency"].write("PT Latihan")
    draft = page.unsaved()
    assert draft is not None
    do(stage, lambda work: save_journey(work, person_id, {"employer": "Pak Lim"}, journey_id))
    again = stage.page(
        JourneyEditPage, draft=json.loads(json.dumps(draft.content)), person_id=person_id, journey_id=journey_id
    )
    again.save.click()
    stage.settle()
    stored = journey_of(stage, journey_id)
    assert (stored.agency, stored.employer, stored.work) == ("PT Latihan", "Pak Lim", "Panen sawit")
    assert dict(stored.transits) == {"1": "Kupang"}


def test_a_registered_recruiter_can_be_chosen(stage_of: StageOf) -> None:
    stage = stage_of("village")
    person_id, journey_id = people(stage)[AWAY]
    page = stage.page(JourneyEditPage, person_id=person_id, journey_id=journey_id, section="recruiter")
    choice: Any = page.form.entries["journey.recruiter_id"].widget
    choice.setCurrentIndex(choice.findText("Anton Lakabela"))
    page.save.click()
    stage.settle()
    assert journey_of(stage, journey_id).recruiter_id == choice.value
    assert choice.value


# -- the resident's card -----------------------------------------------------------------------------------------------


def test_the_card_lists_journeys_with_their_heaviest_warning_and_the_family(stage_of: StageOf) -> None:
    stage = stage_of("village")
    person_id, journey_id = people(stage)[PLANNED]
    page = stage.page(ResidentPage, person_id=person_id)
    said = words(page)
    for part in (
        "Yang akan berangkat masih anak",
        "Marten Kolobani",
        "Belum atau tidak boleh tahu",
        "Melayu (sedikit)",
    ):
        assert part in said
    named(page, "Buka perjalanan ke Johor, Malaysia").click()
    named(page, "Perjalanan baru").click()
    page.trail.trigger()
    page.print.click()
    assert stage.went == [
        ("journey", {"person_id": person_id, "journey_id": journey_id}),
        ("journey_edit", {"person_id": person_id}),
        ("trail", {"person_id": person_id}),
        ("paper", {"kind": "card", "person_id": person_id}),
    ]


def test_relatives_and_skills_are_written_in_the_card(stage_of: StageOf) -> None:
    stage = stage_of("village")
    person_id, _ = people(stage)[PLANNED]
    page = stage.page(ResidentEditPage, person_id=person_id)
    page.show_section(2)
    page.form.entries["person.languages"].write("Inggris (lancar), Tetun")
    page.relatives.add.click()
    box = page.relatives.boxes[2]
    assert page.focusWidget() is box.name
    box.phone.setText("0840-0000-0404")
    page.save.click()
    assert "Isi dulu nama anggota keluarga ini." in words(page)
    box.name.setText("Rosa")
    box.birth.typed = "2015"
    box.knows.choose("no")
    page.relatives.boxes[1].ticks["lives_together"].setChecked(False)
    draft = page.unsaved()
    assert draft is not None
    again = stage.page(ResidentEditPage, draft=json.loads(json.dumps(draft.content)), person_id=person_id)
    again.save.click()
    stage.settle()
    found = {each.name: each for each in do(stage, lambda work: relatives_of(work, person_id))}
    rosa, marten = found["Rosa"], found["Marten Kolobani"]
    assert (rosa.birth_date, rosa.knows_of_journey, rosa.lives_together) == ("2015", False, None)
    assert (marten.lives_together, marten.depends_on_person, len(found)) == (False, True, 3)
    languages = do(stage, lambda work: dict(residents_person(work, person_id).languages))
    assert languages == {"Inggris": "lancar", "Tetun": "-"}


def residents_person(work: Any, person_id: str) -> Any:
    from trafficwatch.models.people import Person

    return work.records.get(Person, person_id)


@pytest.mark.parametrize("kind", ["card", "family"])
def test_papers_are_drawn_and_say_who_must_not_read_them(stage_of: StageOf, kind: str) -> None:
    stage = stage_of("village")
    person_id, journey_id = people(stage)[PLANNED]
    page = stage.page(ResidentPaperPage, kind=kind, person_id=person_id, journey_id=journey_id)
    assert page.paper.print.isEnabled()
    assert page.preview.sheets
    assert ("Jangan sampai terbaca oleh: Marten Kolobani" in words(page)) is (kind == "family")


# -- what needs doing --------------------------------------------------------------------------------------------------


def test_home_shows_silence_first_and_leads_to_where_it_is_done(stage_of: StageOf) -> None:
    stage = stage_of("village")
    person_id, journey_id = people(stage)[SILENT]
    page = stage.page(HomePage)
    said = words(page._todo_card)
    assert said.index("Kabar dari Katarina Mnir mengkhawatirkan") < said.index("Domingus Kolobani rencana berangkat")
    named(page, "Buka: Kabar dari Katarina Mnir mengkhawatirkan: laporkan").click()
    assert stage.went == [("journey", {"person_id": person_id, "journey_id": journey_id})]


def test_more_tasks_than_fit_are_on_a_page_of_their_own(stage_of: StageOf) -> None:
    stage = stage_of("empty")

    def fill(work: Any) -> None:
        for number in range(9):
            someone = record_person(work, name=f"Anton {number}", birth_date="1990").person.id
            save_journey(work, someone, {"stage": "departed", "departure_on": "2020-01-01"})

    stage.tasks.work(stage.tasks, fill, lambda _: None)
    stage.settle()
    named(stage.page(HomePage), "Lihat semua (9)").click()
    assert stage.went == [("todo", {})]
    page = stage.page(TodoPage)
    assert len(page.list.lines) == 9
    page.list.opened.emit("0")
    assert stage.went[-1][0] == "journey"
    page.kind.choose("visit_due")
    assert page.list.isHidden()


def test_a_quiet_village_is_told_so(stage_of: StageOf) -> None:
    stage = stage_of("empty")
    assert stage.page(TodoPage)._none.isVisible()


def test_what_a_paper_says_is_written_and_then_compared(stage_of: StageOf) -> None:
    stage = stage_of("village")
    person_id, _ = people(stage)[AWAY]
    page = stage.page(ResidentEditPage, person_id=person_id)
    page.show_section(5)
    page.papers.add.click()
    line = page.papers.lines[0]
    line._states["name"].setText("Rosalinda Seran")
    line._states["birth_date"].setText("3-4-1991")
    page.save.click()
    stage.settle()
    said = words(opened(stage, AWAY))
    assert "Data yang tidak cocok" in said
    assert "KTP: Rosalinda Seran" in said
    again = stage.page(ResidentEditPage, person_id=person_id)
    again.papers.lines[0]._states["name"].setText("")
    again.save.click()
    stage.settle()
    assert "Rosalinda Seran" not in words(opened(stage, AWAY))
