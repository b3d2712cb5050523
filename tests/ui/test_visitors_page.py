# SPDX-License-Identifier: GPL-3.0-or-later
"""People from elsewhere on the screen: who is here, who has left; told without suspicion."""

from __future__ import annotations

import re
from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from trafficwatch.models.recruiting import Visitor
from trafficwatch.registry.visitors import visitor_card, visitors
from trafficwatch.texts import LANGUAGES, catalogue
from trafficwatch.ui.gallery.register import ask, known
from trafficwatch.ui.gallery.stage import Stage
from trafficwatch.ui.theme.palette import Tone
from trafficwatch.ui.village.visitor import VisitorPage
from trafficwatch.ui.village.visitors import VisitorsPage

StageOf = Callable[[str], Stage]


def stored(stage: Stage, visitor_id: str) -> Visitor:
    return ask(stage, lambda work: visitor_card(work, visitor_id)).visitor


def ids(stage: Stage) -> dict[str, str]:
    return {row.name: row.id for row in ask(stage, visitors).rows}


def said(widget: QWidget) -> str:
    return "\n".join(each.text() for each in widget.findChildren(QLabel) if each.isVisibleTo(widget))


def test_who_is_here_comes_first(stage_of: StageOf) -> None:
    stage = stage_of("village")
    known(stage)
    page = stage.page(VisitorsPage)
    assert [line.name for line in page.list.lines] == ["Anton L.", "Ferdinan Bria", "Suster Veronika"]
    here, there, left = (line.more for line in page.list.lines)
    assert here.startswith("Di sini sejak 25 April 2026 · dari Atambua · mencari pekerja kebun")
    assert here.endswith("perekrut: Anton Lasarus")
    assert there == "Sedang di sini · dari Kefamenanu · berdagang kain"
    assert left == "Sudah pergi 31 Januari 2026 · dari Ende · mengunjungi keluarga"


def test_nobody_is_marked_for_being_from_elsewhere(stage_of: StageOf) -> None:
    stage = stage_of("village")
    known(stage)
    page = stage.page(VisitorsPage)
    assert {line.tone for line in page.list.lines} == {Tone.NEUTRAL}
    texts = " ".join(both[language] for both in catalogue("visitors").values() for language in LANGUAGES)
    assert not re.search(r"curiga|mencurigakan|awasi|waspada|suspect|suspici|watch", texts, re.IGNORECASE)


def test_it_is_searched_by_host_and_origin(stage_of: StageOf) -> None:
    stage = stage_of("village")
    known(stage)
    page = stage.page(VisitorsPage)
    QTest.keyClicks(page.search, "nahabesi")
    stage.settle()
    assert [line.name for line in page.list.lines] == ["Anton L."]
    QTest.keyClick(page.search, Qt.Key.Key_Return)
    QTest.keyClick(page.list, Qt.Key.Key_Return)
    assert stage.went == [("visitor", {"visitor_id": ids(stage)["Anton L."]})]


def test_somebody_new_by_keyboard(stage_of: StageOf) -> None:
    stage = stage_of("village")
    page = stage.page(VisitorsPage, text="Dominggus")
    page.new.click()
    assert stage.went.pop() == ("visitor", {"name": "Dominggus"})
    form = stage.page(VisitorPage, name="Dominggus")
    name = form.form.entries["visitor.name"].widget
    assert form.focusWidget() is name
    QTest.keyClicks(name, " Kase")
    form.form.entries["visitor.arrived_on"].write("1-11-2026")
    QTest.keyClick(name, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    stage.settle()
    assert stage.went == [("visitors", {})]
    one = stored(stage, ids(stage)["Dominggus Kase"])
    assert (one.arrived_on, one.left_on, one.recruiter_id) == ("2026-11-01", None, None)


def test_the_recruiter_is_chosen_by_name_and_shown(stage_of: StageOf) -> None:
    stage = stage_of("village")
    people = known(stage)
    page = stage.page(VisitorPage, visitor_id=people["Anton L."])
    entry = page.form.entries["visitor.recruiter_id"]
    assert entry.widget.currentText() == "Anton Lasarus · PT Langit Timur"
    assert "SIP3MI diperiksa 3 Mei 2026 di BP3MI Kupang: meragukan" in said(page)
    assert "Menawarkan: Petik sawit · Malaysia · Sabah" in said(page)
    assert "Nomor telepon sama: 0812-3450-0011" in said(page.same)
    assert page.unsaved() is None
    entry.write(people["Yosef Tallo"])
    page.save.click()
    stage.settle()
    assert stored(stage, people["Anton L."]).recruiter_id == people["Yosef Tallo"]


def test_nobody_leaves_before_coming(stage_of: StageOf) -> None:
    stage = stage_of("village")
    people = known(stage)
    page = stage.page(VisitorPage, visitor_id=people["Anton L."])
    page.form.entries["visitor.left_on"].write("1-1-2026")
    page.save.click()
    stage.settle()
    assert (stage.went, stored(stage, people["Anton L."]).left_on) == ([], None)
    assert page.save.isEnabled()
    left = page.unsaved()
    assert left is not None
    assert left.content["typed"] == {"visitor.left_on": "1-1-2026"}


def test_a_draft_waits_for_what_it_is_about(qtbot: QtBot, stage_of: StageOf) -> None:
    stage = stage_of("village")
    people = known(stage)
    draft = {"typed": {"visitor.left_on": "20-11-2026"}, "seen": {"phones": []}, "name": "Anton L."}
    page = VisitorPage(stage.desk)
    qtbot.addWidget(page)
    page.enter(visitor_id=people["Anton L."])
    page.restore(draft)  # the frame doesn't wait for the record either
    left = page.unsaved()
    assert left is not None
    assert left.content == draft
    stage.settle()
    page.save.click()
    stage.settle()
    one = stored(stage, people["Anton L."])
    assert (one.left_on, one.origin, list(one.phones)) == ("2026-11-20", "Atambua", ["+6281234500011"])


def test_an_entry_by_mistake_is_deleted_after_a_question(stage_of: StageOf) -> None:
    stage = stage_of("village")
    people = known(stage)
    page = stage.page(VisitorPage, visitor_id=people["Ferdinan Bria"])
    page.delete.click()
    assert "Ferdinan Bria" in ids(stage)
    (keep,) = [each for each in page.findChildren(QPushButton) if each.text() == "Jangan hapus"]
    keep.click()
    page.delete.click()
    page.sure.click()
    stage.settle()
    assert (stage.went, "Ferdinan Bria" in ids(stage)) == ([("visitors", {})], False)


def test_an_empty_list_says_what_to_do(stage_of: StageOf) -> None:
    page = stage_of("empty").page(VisitorsPage)
    assert "Belum ada tamu yang dicatat." in said(page)
    assert page.list.isHidden()
