# SPDX-License-Identifier: GPL-3.0-or-later
"""A known resident's card that was left half changed goes on as that resident's card, never as someone new."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from trafficwatch.registry.browse import counts, resident_card, residents
from trafficwatch.store.work import Store
from trafficwatch.texts import t
from trafficwatch.ui.gallery.stage import Stage
from trafficwatch.ui.shell.entries import VILLAGE
from trafficwatch.ui.shell.frame import DeskFrame
from trafficwatch.ui.village.home import HomePage
from trafficwatch.ui.village.resident import ResidentPage
from trafficwatch.ui.village.resident_edit import ResidentEditPage


def test_it_goes_on_from_home(qtbot: QtBot, stage_of: Callable[[str], Stage]) -> None:
    stage = stage_of("village")
    store: Store = stage.tasks._store  # type: ignore[assignment]
    with store.work() as work:
        before, person = counts(work).people, residents(work, "Yuliana").rows[0]
    pages = {page.name: page for page in (HomePage, ResidentPage, ResidentEditPage)}
    frame = DeskFrame(stage.desk, VILLAGE, pages)
    stage.desk.go, stage.desk.back = frame.go, frame.back
    qtbot.addWidget(frame)
    frame.show()
    frame.go("resident_edit", person_id=person.id)
    qtbot.waitUntil(lambda: stage.tasks.is_idle)
    name = frame.page.form.entries["person.name"].widget
    name.setText("")
    qtbot.keyClicks(name, "Yuliana Nahabesi Seran")
    frame.go_from_rail("home")
    qtbot.waitUntil(lambda: stage.tasks.is_idle)
    words = t("drafts.go_on")
    (go_on,) = [each for each in frame.page.findChildren(QPushButton) if each.text() == words]
    go_on.click()
    qtbot.waitUntil(lambda: isinstance(frame.page, ResidentEditPage) and stage.tasks.is_idle)
    frame.page.save.click()
    qtbot.waitUntil(lambda: isinstance(frame.page, ResidentPage) and stage.tasks.is_idle)
    with store.work() as work:
        assert counts(work).people == before
        assert resident_card(work, person.id).person.name == "Yuliana Nahabesi Seran"
