# SPDX-License-Identifier: GPL-3.0-or-later
"""A visit at home: answers by single keys, what is missing while one writes, the family's sheet, drafts."""

from __future__ import annotations

import json
from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from test_journey_page import words

from trafficwatch.models.migration import HomeVisit
from trafficwatch.registry.checklists import departure_information, home_visit
from trafficwatch.registry.residents import agree_safe_contact, record_person
from trafficwatch.registry.visits import save_visit, visits_of
from trafficwatch.ui.gallery.journeys import PLANNED, do, people
from trafficwatch.ui.gallery.stage import Stage
from trafficwatch.ui.village.visit import VisitPage

StageOf = Callable[[str], Stage]


def opened(stage: Stage, *, known: bool = False, draft: dict[str, object] | None = None) -> VisitPage:
    person_id, journey_id = people(stage)[PLANNED]
    visit = visits(stage)[-1].id if known else None
    return stage.page(VisitPage, draft=draft, person_id=person_id, journey_id=journey_id, visit_id=visit)


def visits(stage: Stage) -> tuple[HomeVisit, ...]:
    person_id = people(stage)[PLANNED][0]
    found: tuple[HomeVisit, ...] = do(stage, lambda work: visits_of(work, person_id))
    return found


def test_a_visit_is_written_by_keyboard(stage_of: StageOf) -> None:
    stage = stage_of("village")
    page = opened(stage)
    assert page.form.entries["visit.visited_on"].value() == stage.desk.today
    readiness = page.form.entries["visit.readiness"].widget.lines  # type: ignore[attr-defined]
    explained = page.form.entries["visit.explained"].widget.lines  # type: ignore[attr-defined]
    readiness["papers-complete"].setFocus()
    for key in (Qt.Key.Key_Y, Qt.Key.Key_Down, Qt.Key.Key_T, Qt.Key.Key_Down, Qt.Key.Key_U):
        QTest.keyClick(page.focusWidget(), key)
    QTest.keyClick(explained["rights"], Qt.Key.Key_Y)
    QTest.keyClick(explained["job"], Qt.Key.Key_T)
    page.form.entries["visit.met"].write("Ibunya")
    QTest.keyClick(explained["job"], Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    stage.settle()
    saved = visits(stage)[0]
    assert dict(saved.readiness) == {"papers-complete": "yes", "papers-true": "no", "papers-copied": "unknown"}
    assert (dict(saved.explained), saved.met, saved.sheet_left) == ({"rights": True}, "Ibunya", None)
    assert (saved.journey_id, saved.visited_on) == (people(stage)[PLANNED][1], stage.desk.today)
    assert stage.went[-1][0] == "journey"


def test_what_is_missing_is_said_while_one_writes(stage_of: StageOf) -> None:
    stage = stage_of("village")
    page = opened(stage)
    assert page.missing.words.text() == "Belum ada yang dijawab."
    assert not page.missing.items.isVisible()
    count = len(home_visit().items) + len(departure_information().items) + 1
    page.form.entries["visit.readiness"].write({"language": "yes", "skills": "no"})
    assert page.missing.words.text() == f"{count - 1} hal untuk kunjungan berikutnya:"
    assert "Punya keterampilan untuk pekerjaan yang dijanjikan" in page.missing.items.text()
    assert "Bisa bercakap sehari-hari" not in page.missing.items.text()
    page.form.entries["visit.sheet_left"].write(True)
    assert "Lembar keluarga" not in page.missing.items.text()
    page.form.entries["visit.readiness"].write({item.code: "yes" for item in home_visit().items})
    page.form.entries["visit.explained"].write({item.code: True for item in departure_information().items})
    assert page.missing.words.text() == "Semua sudah dibicarakan."


def test_an_answer_that_is_taken_back_goes_and_what_came_meanwhile_stays(stage_of: StageOf) -> None:
    stage = stage_of("village")
    page = opened(stage, known=True)
    person_id, visit = people(stage)[PLANNED][0], visits(stage)[-1].id
    lines = page.form.entries["visit.readiness"].widget.lines  # type: ignore[attr-defined]
    QTest.keyClick(lines["language"], Qt.Key.Key_Delete)
    do(stage, lambda work: save_visit(work, person_id, {"readiness": {"skills": "yes"}}, visit))
    page.save.click()
    stage.settle()
    assert dict(visits(stage)[-1].readiness) == {"papers-complete": "no", "skills": "yes"}


def test_a_draft_brings_everything_back(stage_of: StageOf) -> None:
    stage = stage_of("village")
    page = opened(stage)
    assert page.unsaved() is None
    page.form.entries["visit.agreed"].write("Kabar tiap minggu")
    page.form.entries["visit.explained"].write({"rights": True})
    draft = page.unsaved()
    assert draft is not None
    again = opened(stage, draft=json.loads(json.dumps(draft.content)))
    assert again.unsaved() == draft
    assert "hal untuk kunjungan berikutnya" in again.missing.words.text()


def test_the_family_sheet_is_printed_from_here_unless_nobody_may_come(stage_of: StageOf) -> None:
    stage = stage_of("village")
    person_id, journey_id = people(stage)[PLANNED]
    opened(stage).print.click()
    assert stage.went == [("paper", {"kind": "family", "person_id": person_id, "journey_id": journey_id})]
    do(stage, lambda work: agree_safe_contact(work, person_id, do_not_contact=True))
    page = opened(stage)
    assert not page.print.isEnabled()
    assert "Jangan dihubungi." in words(page)


def test_a_day_to_come_is_refused_and_nothing_is_lost(stage_of: StageOf) -> None:
    stage = stage_of("village")
    before = len(visits(stage))
    page = opened(stage)
    page.form.entries["visit.met"].write("Bapaknya")
    page.form.entries["visit.visited_on"].write("2999")
    page.save.click()
    stage.settle()
    assert len(visits(stage)) == before
    assert page.save.isEnabled()
    assert page.unsaved() is not None


def test_without_a_journey_the_visit_is_the_persons(stage_of: StageOf) -> None:
    stage = stage_of("empty")
    someone = do(stage, lambda work: record_person(work, name="Agus").person.id)
    page = stage.page(VisitPage, person_id=someone)
    assert not page.print.isEnabled()
    page.form.entries["visit.met"].write("Kakaknya")
    page.save.click()
    stage.settle()
    assert stage.went == [("resident", {"person_id": someone})]
    assert do(stage, lambda work: visits_of(work, someone))[0].met == "Kakaknya"
