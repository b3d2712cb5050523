# SPDX-License-Identifier: GPL-3.0-or-later
"""The frame around the one live page: going there and back, drafts, rebuilding; nothing typed is lost on the way."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from trafficwatch.errors import named
from trafficwatch.ui.gallery.stage import Stage
from trafficwatch.ui.shell.desk import Desk, Unsaved
from trafficwatch.ui.shell.entries import VILLAGE
from trafficwatch.ui.shell.frame import DRAFT_AFTER, DeskFrame, keep_draft
from trafficwatch.ui.shell.page import Page
from trafficwatch.ui.shell.settings import Settings
from trafficwatch.ui.theme.look import make_look, wear
from trafficwatch.ui.theme.palette import Theme
from trafficwatch.ui.widgets.parts import button, line_edit
from trafficwatch.village.drafts import drafts


class _Typing(Page):
    """A page with one field; saving it settles it."""

    name = "residents"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, "Menulis")
        self.field = line_edit()
        self.field.setAccessibleName("isi")
        self.field.textEdited.connect(lambda _: self.changed.emit())
        self.body.addWidget(self.field)
        self.settling = button("Simpan", self.settled.emit)
        self.footer(primary=self.settling)
        self.about: dict[str, Any] = {}

    def enter(self, **about: Any) -> None:
        self.about = about

    def unsaved(self) -> Unsaved | None:
        return Unsaved({"text": self.field.text()}) if self.field.text() else None

    def restore(self, content: dict[str, Any]) -> None:
        self.field.setText(content["text"])


class _Other(Page):
    name = "home"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, "Lain")
        self.body.addWidget(button("Tombol", role="quiet"))


@pytest.fixture
def frame(qtbot: QtBot, stage_of: Callable[[str], Stage]) -> DeskFrame:
    stage = stage_of("empty")
    made = DeskFrame(stage.desk, VILLAGE, {"residents": _Typing, "home": _Other})
    stage.desk.go = made.go
    stage.desk.back = made.back
    qtbot.addWidget(made)
    made.show()
    qtbot.waitUntil(lambda: stage.tasks.is_idle)
    return made


def page(frame: DeskFrame) -> _Typing:
    assert isinstance(frame.page, _Typing)
    return frame.page


def kept(frame: DeskFrame, qtbot: QtBot) -> list[Any]:
    tasks, found = frame.page.desk.tasks, []
    tasks.work(frame, drafts, found.append)
    qtbot.waitUntil(lambda: bool(found))
    return [{key: value for key, value in draft.content.items() if key != "about"} for draft in found[0]]


def test_what_was_typed_is_a_draft_soon_after(frame: DeskFrame, qtbot: QtBot) -> None:
    frame.go("residents")
    qtbot.keyClicks(page(frame).field, "Yohanis")
    assert DRAFT_AFTER <= 2_000
    qtbot.waitUntil(lambda: kept(frame, qtbot) == [{"text": "Yohanis"}], timeout=6_000)


def test_leaving_keeps_a_draft_and_coming_back_shows_it(frame: DeskFrame, qtbot: QtBot) -> None:
    frame.go("residents", text="x")
    qtbot.keyClicks(page(frame).field, "Yohanis")
    frame.go("home")
    assert kept(frame, qtbot) == [{"text": "Yohanis"}]
    qtbot.keyClick(frame.page, Qt.Key.Key_Escape)
    assert (page(frame).field.text(), page(frame).about) == ("Yohanis", {"text": "x"})


def test_a_saved_page_leaves_no_draft_and_is_not_gone_back_to(frame: DeskFrame, qtbot: QtBot) -> None:
    frame.go("home")
    frame.go("residents")
    qtbot.keyClicks(page(frame).field, "Yohanis")
    frame.go("home")
    frame.back()
    assert len(kept(frame, qtbot)) == 1
    qtbot.keyClick(page(frame).field, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    frame.go("home")
    assert kept(frame, qtbot) == []
    frame.back()
    assert isinstance(frame.page, _Other)


def test_one_page_keeps_one_draft(frame: DeskFrame, qtbot: QtBot) -> None:
    frame.go("residents")
    for letter in "abc":
        qtbot.keyClicks(page(frame).field, letter)
        frame.again()
    assert kept(frame, qtbot) == [{"text": "abc"}]


def test_a_draft_taken_up_again_goes_on_as_the_same_draft(frame: DeskFrame, qtbot: QtBot) -> None:
    frame.go("residents")
    qtbot.keyClicks(page(frame).field, "Yo")
    frame.go("home")
    found: list[Any] = []
    frame.page.desk.tasks.work(frame, drafts, found.extend)
    qtbot.waitUntil(lambda: bool(found))
    frame.go("residents", draft=found[0])
    qtbot.keyClicks(page(frame).field, "hanis")
    frame.go("home")
    assert kept(frame, qtbot) == [{"text": "Yohanis"}]


def test_a_draft_knows_what_its_page_was_about(frame: DeskFrame, qtbot: QtBot) -> None:
    frame.go("residents", person_id="7")
    qtbot.keyClicks(page(frame).field, "Yo")
    frame.go("home")
    found: list[Any] = []
    frame.page.desk.tasks.work(frame, drafts, found.extend)
    qtbot.waitUntil(lambda: bool(found))
    frame.go_from_rail("home")
    frame.go("residents", draft=found[0])
    assert page(frame).about == {"person_id": "7"}


def test_another_look_keeps_what_was_typed_and_where_the_focus_was(frame: DeskFrame, qtbot: QtBot) -> None:
    frame.go("residents")
    page(frame).field.setFocus()
    qtbot.keyClicks(page(frame).field, "Yohanis")
    before = page(frame)
    wear(QApplication.instance(), make_look(Theme.DARK, 150, is_ppt=False))
    frame.rebuild()
    assert page(frame) is not before
    assert page(frame).field.text() == "Yohanis"
    assert page(frame).focusWidget() is page(frame).field


def test_closing_a_page_while_work_runs_harms_nothing(frame: DeskFrame, qtbot: QtBot) -> None:
    frame.go("residents")
    tasks, answered = frame.page.desk.tasks, []
    for _ in range(20):
        tasks.work(frame.page, lambda work: work.today, answered.append)
        frame.go("home")
        frame.go("residents")
    qtbot.waitUntil(lambda: tasks.is_idle)
    assert answered == []


def test_the_rail_goes_by_keys(qtbot: QtBot, frame: DeskFrame) -> None:
    frame.go("residents")
    qtbot.keyClick(frame, Qt.Key.Key_1, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: isinstance(frame.page, _Other))


def test_settings_keep_only_what_is_allowed() -> None:
    from trafficwatch.ui.shell.settings import decode, encode

    chosen = Settings(language="en", theme=Theme.DARK, zoom=150, paper="f4", lock_after=10, place="53.01")
    assert decode(encode(chosen)) == chosen
    for broken in (b"", b"[1]", b"{", b'{"zoom": 3, "theme": 7, "language": "xx", "later": 1, "lock_after": true}'):
        assert decode(broken) == Settings()


class _Saving(_Typing):
    """Saves what was typed, as a note in the journal."""

    def enter(self, **about: Any) -> None:
        self.saving_button = button("Simpan sungguh", self._save)
        self.body.addWidget(self.saving_button)

    def _save(self) -> None:
        text = self.field.text()
        self.submit(lambda work: self._write(work, text), lambda _: self.settled.emit())

    @staticmethod
    def _write(work: Any, text: str) -> None:
        if text == "gagal":
            raise named("store_full", {})
        work.note("test", "person", "x", text)


@pytest.fixture
def saving_frame(frame: DeskFrame) -> DeskFrame:
    frame._pages = {"residents": _Saving, "home": _Other}
    return frame


@pytest.mark.parametrize("wait_for_draft", [False, True])
def test_leaving_while_a_save_runs_leaves_no_draft(saving_frame: DeskFrame, qtbot: QtBot, wait_for_draft: bool) -> None:
    saving_frame.go("home")
    saving_frame.go("residents")
    qtbot.keyClicks(page(saving_frame).field, "Yohanis")
    if wait_for_draft:
        qtbot.waitUntil(lambda: len(kept(saving_frame, qtbot)) == 1)
    page(saving_frame).saving_button.click()
    saving_frame.go("home")
    assert kept(saving_frame, qtbot) == []
    saving_frame.back()
    assert isinstance(saving_frame.page, _Other)


def test_leaving_while_a_save_fails_keeps_the_draft(saving_frame: DeskFrame, qtbot: QtBot) -> None:
    saving_frame.go("residents")
    qtbot.keyClicks(page(saving_frame).field, "gagal")
    page(saving_frame).saving_button.click()
    saving_frame.go("home")
    assert kept(saving_frame, qtbot) == [{"text": "gagal"}]


def test_what_was_taken_back_leaves_no_draft(frame: DeskFrame, qtbot: QtBot) -> None:
    frame.go("residents")
    qtbot.keyClicks(page(frame).field, "Y")
    qtbot.waitUntil(lambda: len(kept(frame, qtbot)) == 1)
    qtbot.keyClick(page(frame).field, Qt.Key.Key_Backspace)
    frame.go("home")
    assert kept(frame, qtbot) == []


def test_the_page_open_at_the_lock_is_marked_once(frame: DeskFrame, qtbot: QtBot) -> None:
    found: list[Any] = []
    tasks = frame._desk.tasks
    marked = keep_draft("residents", Unsaved({"text": "Yo"}), "11111111-1111-4111-8111-111111111111", at_lock=True)
    tasks.work(frame, marked, lambda _: None)
    tasks.work(frame, drafts, found.extend)
    qtbot.waitUntil(lambda: bool(found))
    frame.go("residents", draft=found[0])
    assert page(frame).field.text() == "Yo"
    qtbot.waitUntil(lambda: kept(frame, qtbot) == [{"text": "Yo"}])
