# SPDX-License-Identifier: GPL-3.0-or-later
"""Papers and what checking them gave: only changed lines are given back, and an unknown result is never 'true'."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from trafficwatch.ui.widgets.document_checks import DocumentChecks, Paper

PASSPORT: dict[str, Any] = {
    "kind": "passport",
    "seen": "photo",
    "found": "doubtful",
    "number": "X1",
    "issuer": None,
    "checked_against": "KTP",
    "remark": None,
}


@pytest.fixture
def papers(qtbot: QtBot) -> DocumentChecks:
    made = DocumentChecks()
    qtbot.addWidget(made)
    made.show()
    return made


def shown(papers: DocumentChecks) -> str:
    return " | ".join(
        label.text() for label in papers.findChildren(QLabel) if label.text() and label.isVisibleTo(papers)
    )


def test_a_stored_line_is_short_and_unchanged(papers: DocumentChecks) -> None:
    papers.set_papers([Paper("one", PASSPORT)])
    assert shown(papers) == "Paspor | Fotonya · No. X1 | Meragukan"
    assert (papers.papers, papers.typed) == ([], [])


def test_a_result_that_nobody_recorded_is_not_true(papers: DocumentChecks) -> None:
    papers.set_papers([Paper("one", {**PASSPORT, "found": None})])
    assert "Belum diperiksa" in shown(papers)
    assert papers.papers == []


def test_only_what_was_changed_is_given_back(qtbot: QtBot, papers: DocumentChecks) -> None:
    papers.set_papers([Paper("one", PASSPORT), Paper("two", {**PASSPORT, "kind": "visa"})])
    qtbot.keyClick(papers.lines[1].toggle, Qt.Key.Key_Space)
    with qtbot.waitSignal(papers.changed):
        papers.lines[1].found.choose("true")
    assert papers.papers == [Paper("two", {"found": "true"})]
    assert "Benar" in shown(papers)


def test_a_new_line_opens_unchecked_and_can_be_taken_away(qtbot: QtBot, papers: DocumentChecks) -> None:
    papers.set_papers([])
    assert "Belum ada dokumen yang dicatat." in shown(papers)
    papers.kind.choose("visa")
    qtbot.keyClick(papers.add, Qt.Key.Key_Space)
    line = papers.lines[0]
    assert line.inside.isVisibleTo(papers)
    assert papers.focusWidget() is line.seen
    assert [(paper.id, paper.fields["kind"], paper.fields["found"]) for paper in papers.papers] == [
        (None, "visa", "unchecked")
    ]
    qtbot.keyClick(line.remove, Qt.Key.Key_Space)
    assert (papers.lines, papers.papers) == ([], [])
    assert "Belum ada dokumen yang dicatat." in shown(papers)


def test_the_next_kind_without_a_line_is_offered(qtbot: QtBot, papers: DocumentChecks) -> None:
    papers.set_papers([])
    assert papers.kind.value == "ktp"
    qtbot.keyClick(papers.add, Qt.Key.Key_Space)
    assert papers.kind.value == "kk"


def test_a_draft_brings_back_changed_and_new_lines(papers: DocumentChecks) -> None:
    papers.set_papers([Paper("one", PASSPORT)])
    papers.lines[0].found.choose("false")
    papers.kind.choose("ticket")
    papers.add.click()
    draft = papers.typed
    papers.set_papers([Paper("one", PASSPORT)])
    papers.typed = draft
    assert papers.typed == draft
    assert [line.id for line in papers.lines] == ["one", None]


def test_an_old_draft_undoes_nothing_that_came_meanwhile(papers: DocumentChecks) -> None:
    before = {**PASSPORT, "found": None, "number": None, "checked_against": None, "states": {"name": "Ana"}}
    papers.set_papers([Paper("one", before)])
    papers.lines[0].write({"remark": "fotokopi buram", "states": {"address": "Oesapa"}})
    draft = papers.typed
    since = {**PASSPORT, "found": "false", "number": "X9", "states": {"name": "Yuliana"}}
    papers.set_papers([Paper("one", since)])
    papers.typed = draft
    changes = {"remark": "fotokopi buram", "states": {"address": "Oesapa"}}
    assert draft == [{"id": "one", "kind": "passport", **changes}]
    assert papers.papers == [Paper("one", changes)]
    assert "Palsu" in shown(papers)


def test_every_input_says_which_paper_it_is_of(papers: DocumentChecks) -> None:
    papers.set_papers([Paper("one", PASSPORT)])
    line = papers.lines[0]
    assert line.seen.accessibleName() == "Paspor: Yang terlihat"
    assert line.toggle.accessibleName() == "Paspor: buka rincian"
    line.toggle.click()
    assert line.toggle.accessibleName() == "Paspor: tutup rincian"
