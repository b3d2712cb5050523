# SPDX-License-Identifier: GPL-3.0-or-later
"""Until when a paper is valid: written as any date, kept in drafts, and pointed out when it ends before leaving."""

from __future__ import annotations

import json
from collections.abc import Callable

from checks import failures
from PySide6.QtTest import QTest
from test_journey_page import words

from trafficwatch.models.migration import Document
from trafficwatch.registry.browse import resident_card
from trafficwatch.registry.residents import check_document
from trafficwatch.ui.gallery.journeys import PLANNED, do, people
from trafficwatch.ui.gallery.stage import Stage
from trafficwatch.ui.village.journey import JourneyPage
from trafficwatch.ui.village.resident import ResidentPage
from trafficwatch.ui.village.resident_edit import ResidentEditPage
from trafficwatch.ui.widgets.document_checks import Paper

StageOf = Callable[[str], Stage]


def test_an_expired_paper_is_written_down_and_pointed_out(stage_of: StageOf) -> None:
    stage = stage_of("village")
    person_id, journey_id = people(stage)[PLANNED]
    journey = stage.page(JourneyPage, person_id=person_id, journey_id=journey_id)
    assert "Masa berlaku" not in words(journey)

    page = stage.page(ResidentEditPage, person_id=person_id)
    page.show_section(len(page.sections) - 1)
    page.papers.kind.choose("passport")
    page.papers.add.click()
    line = page.papers.lines[-1]
    issued, until = (line.dates[name] for name in ("issued_on", "valid_until"))
    assert until.entry.accessibleName() == "Paspor: Berlaku sampai"
    stage.settle()
    assert [found for found in failures(page) if "Tab" in found] == []
    QTest.keyClicks(issued.entry, "Mei 2015")
    QTest.keyClicks(until.entry, "31-06-2020")
    page.save.click()
    stage.settle()
    assert stage.went == []
    assert "Dokumen: " in next(each.text() for each in page.findChildren(type(page.save)) if "Dokumen: " in each.text())
    page.papers.setFocus()
    assert page.focusWidget() is until.entry

    draft = page.unsaved()
    assert draft is not None
    again = stage.page(ResidentEditPage, draft=json.loads(json.dumps(draft.content)), person_id=person_id)
    assert again.unsaved() == draft
    until = again.papers.lines[-1].dates["valid_until"]
    assert until.typed == "31-06-2020"
    until.typed = "30-06-2020"
    assert "berlaku sampai 30 Juni 2020" in words(again.papers)
    again.save.click()
    stage.settle()
    assert stage.went == [("resident", {"person_id": person_id})]
    paper = do(stage, lambda work: resident_card(work, person_id)).documents[-1]
    assert (paper.kind, paper.issued_on, paper.valid_until) == ("passport", "2015-05", "2020-06-30")

    assert "berlaku sampai 30 Juni 2020" in words(stage.page(ResidentPage, person_id=person_id))
    said = words(stage.page(JourneyPage, person_id=person_id, journey_id=journey_id))
    assert "Masa berlaku" in said
    assert "Paspor: 30 Juni 2020" in said


def test_a_stored_date_is_shown_unchanged_and_can_be_taken_away(stage_of: StageOf) -> None:
    stage = stage_of("village")
    person_id, journey_id = people(stage)[PLANNED]
    fields = {"kind": "visa", "issued_on": "2015-05", "valid_until": "2020-06-30"}
    known: str = do(stage, lambda work: check_document(work, person_id, journey_id, **fields)).id
    page = stage.page(ResidentEditPage, person_id=person_id)
    line = page.papers.lines[-1]
    assert [day.typed for day in line.dates.values()] == ["Mei 2015", "30-06-2020"]
    assert page.papers.papers == []
    line.dates["valid_until"].typed = ""
    assert page.papers.papers == [Paper(known, {"valid_until": None})]
    page.save.click()
    stage.settle()
    paper = do(stage, lambda work: work.records.get(Document, known))
    assert (paper.issued_on, paper.valid_until) == ("2015-05", None)
