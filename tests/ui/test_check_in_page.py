# SPDX-License-Identifier: GPL-3.0-or-later
"""One attempt to hear from somebody away: the safe way first, what fits the outcome, and what a worry leads to."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton
from test_journey_page import named, words

from trafficwatch.models.migration import CheckIn
from trafficwatch.registry.residents import agree_safe_contact
from trafficwatch.registry.touch import check_ins_of
from trafficwatch.ui.gallery.journeys import AWAY, PLANNED, do, people
from trafficwatch.ui.gallery.stage import Stage
from trafficwatch.ui.village.check_in import CheckInPage
from trafficwatch.ui.widgets.notice import Notice

StageOf = Callable[[str], Stage]


def opened(stage: Stage, name: str = AWAY) -> CheckInPage:
    return stage.page(CheckInPage, journey_id=people(stage)[name][1])


def last(stage: Stage) -> CheckIn:
    journey_id = people(stage)[AWAY][1]
    found: CheckIn = do(stage, lambda work: check_ins_of(work, journey_id)[-1])
    return found


def test_by_keyboard_from_the_outcome_to_the_saved_record(stage_of: StageOf) -> None:
    stage = stage_of("village")
    person_id, journey_id = people(stage)[AWAY]
    page = opened(stage)
    assert page.findChildren(Notice)[0].text.startswith("Cara aman menghubungi: Pesan singkat")
    first = page.outcome.buttons["reached"]
    assert page.focusWidget() is first
    assert not page.questions.isVisible()
    QTest.keyClick(first, Qt.Key.Key_Space)
    assert page.questions.isVisible()
    line = page.questions.lines["well"]
    line.setFocus()
    QTest.keyClick(line, Qt.Key.Key_Y)
    QTest.keyClick(line, Qt.Key.Key_Down)
    assert page.focusWidget() is page.questions.lines["free"]
    page.form.entries["check_in.place"].write("Bedok Utara")
    QTest.keyClick(page.questions.lines["free"], Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    stage.settle()
    saved = last(stage)
    assert (saved.outcome, saved.place, dict(saved.answers)) == ("reached", "Bedok Utara", {"well": "yes"})
    assert saved.tried_on == stage.desk.today
    assert stage.went == [("journey", {"person_id": person_id, "journey_id": journey_id})]
    assert page.unsaved() is None


@pytest.mark.parametrize("store", ["village", "untrained"])
def test_a_worrying_answer_says_at_once_what_to_do(stage_of: StageOf, store: str) -> None:
    stage = stage_of(store)
    page = opened(stage)
    assert not page.worry.isVisible()
    page.outcome.choose("reached")
    page.questions.lines["free"].choose("no")
    said = words(page)
    for part in ("Jawaban ini mengkhawatirkan", "Tidak bebas keluar atau menelepon", "laporkan ke PPT hari ini"):
        assert part in said
    assert "menjadi tugas untuk dilaporkan" in page.next.text()
    assert ("Mulai skrining" in [each.text() for each in page.findChildren(QPushButton)]) is (store == "village")
    named(page.worry, "Ada bahaya sekarang?").click()
    assert stage.went == [("emergency", {})]
    page.questions.lines["free"].choose("yes")
    assert not page.worry.isVisible()


def test_without_an_outcome_nothing_is_saved_and_answers_need_a_talk(stage_of: StageOf) -> None:
    stage = stage_of("village")
    before = last(stage).id
    page = opened(stage)
    page.save.click()
    stage.settle()
    assert last(stage).id == before
    assert "Pilih dulu hasilnya." in words(page)
    page.outcome.choose("reached")
    page.questions.lines["afraid"].choose("yes")
    page.outcome.choose("no_answer")
    assert not page.worry.isVisible()
    page.save.click()
    stage.settle()
    assert (last(stage).outcome, dict(last(stage).answers)) == ("no_answer", {})


def test_a_draft_brings_everything_back(stage_of: StageOf) -> None:
    stage = stage_of("village")
    page = opened(stage)
    assert page.unsaved() is None
    page.outcome.choose("family_heard")
    page.questions.lines["paid"].choose("no")
    page.form.entries["check_in.said"].write("Upah bulan lalu belum ada")
    draft = page.unsaved()
    assert draft is not None
    assert draft.subject == people(stage)[AWAY][0]
    again = stage.page(CheckInPage, draft=json.loads(json.dumps(draft.content)), journey_id=people(stage)[AWAY][1])
    assert again.unsaved() == draft
    assert again.worry.isVisible()


def test_who_has_not_left_has_no_check_in(stage_of: StageOf) -> None:
    stage = stage_of("village")
    page = opened(stage, PLANNED)
    assert "belum tercatat berangkat" in words(page)
    assert not page.save.isEnabled()
    assert not page.outcome.isVisible()


def test_who_must_not_be_contacted_is_told_first(stage_of: StageOf) -> None:
    stage = stage_of("village")
    person_id = people(stage)[AWAY][0]
    do(stage, lambda work: agree_safe_contact(work, person_id, do_not_contact=True))
    assert opened(stage).findChildren(Notice)[0].text.startswith("Jangan dihubungi.")
