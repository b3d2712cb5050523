# SPDX-License-Identifier: GPL-3.0-or-later
"""What is under way can't be pressed again, can be after a failure, and the worker gets values of its own."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from exchange_tools import held, press, told
from PySide6.QtWidgets import QWidget

from trafficwatch.models.casework import Referral, Screening
from trafficwatch.models.people import Person
from trafficwatch.models.screening import Answer, Value
from trafficwatch.store.work import Work
from trafficwatch.ui.gallery.stage import Stage
from trafficwatch.ui.ppt.case import CasePage
from trafficwatch.ui.ppt.cases import CasesPage
from trafficwatch.ui.ppt.inbox import InboxPage
from trafficwatch.ui.ppt.villages import VillagesPage
from trafficwatch.ui.village.screening import QUESTIONS, ScreeningPage

StageOf = Callable[[str], Stage]


@contextmanager
def held_up(stage: Stage) -> Iterator[None]:
    """The worker begins nothing new inside the block; at its end all that was asked for is done."""
    gate = threading.Event()
    stage.tasks.do(stage.tasks, lambda: gate.wait(60), bool)
    try:
        yield
    finally:
        gate.set()
        stage.settle()


def able(*widgets: QWidget) -> set[bool]:
    return {each.isEnabled() for each in widgets}


# -- the PPT's case ----------------------------------------------------------------------------------------------------


def case_page(stage: Stage) -> CasePage:
    return stage.page(CasePage, case_id=stage.page(CasesPage).list.lines[0].key)


def test_declining_is_pressed_once(stage_of: StageOf) -> None:
    stage = stage_of("ppt")
    page = case_page(stage)
    buttons = (page.forward, page.arrived, page.decline, page.decline_yes, page.decline_no)
    press(page.decline)
    page.reason.setPlainText("Bukan wilayah kami")
    with held_up(stage):
        press(page.decline_yes)
        assert able(*buttons) == {False}
    assert page.declining.isHidden()
    assert [name for name in ("forward", "arrived", "decline") if not getattr(page, name).isEnabled()] == []


def test_a_declined_answer_that_failed_can_be_given_again(stage_of: StageOf) -> None:
    stage = stage_of("ppt")
    page = case_page(stage)
    press(page.decline)
    page.reason.setPlainText("x" * 200_000)
    press(page.decline_yes)
    assert able(page.decline_yes, page.decline_no) == {False}
    stage.settle()
    assert told(page)
    assert able(page.decline_yes, page.decline_no, page.decline) == {True}
    with held(stage).work() as work:
        assert [each.answered for each in work.records.select(Referral)] == [None]


def test_a_case_is_read_by_the_id_it_was_asked_with(stage_of: StageOf) -> None:
    stage = stage_of("ppt")
    page = case_page(stage)
    page.title.setText("")
    with held_up(stage):
        page._load()
        page._case_id = "another"
    assert page.title.text()


# -- the PPT's villages and inbox --------------------------------------------------------------------------------------


def test_revoking_that_wrote_no_file_shows_in_the_list(stage_of: StageOf, tmp_path: Path) -> None:
    stage = stage_of("ppt")
    page = stage.page(VillagesPage)
    [line] = page.list.list.lines
    page.list.list.point(line.key)
    buttons = (page.list.reply, page.list.revoke)
    with held_up(stage):
        page._revoke(line.key, tmp_path / "gone", "Laptop hilang")
        assert able(*buttons) == {False}
    assert able(*buttons) == {True}
    assert told(page)
    assert page.list.list.lines[0].more.startswith("Dicabut sejak")
    with held_up(stage):
        page._reply(line.key, tmp_path)
        assert able(*buttons) == {False}
    assert able(*buttons) == {True}


def test_receipts_are_written_once_at_a_time(stage_of: StageOf, tmp_path: Path) -> None:
    stage = stage_of("ppt")
    page = stage.page(InboxPage)
    page.list.point(page.list.lines[0].key)
    receipt = page._rows[page.list.current].receipt
    assert receipt is not None
    buttons = (page.receipt, page.write_all, page.write_elsewhere)
    for folder in (tmp_path / "gone", tmp_path):
        with held_up(stage):
            page._write(folder, [receipt])
            assert able(*buttons) == {False}
        assert able(*buttons) == {True}
    assert list(tmp_path.glob("*.twb"))


# -- the village's screening -------------------------------------------------------------------------------------------


def test_what_is_answered_while_it_is_saved_is_not_half_saved(stage_of: StageOf) -> None:
    stage = stage_of("village")
    with held(stage).work() as work:
        who = work.write(Person, None, name="Marselina Taek")
    page = stage.page(ScreeningPage, person_id=who)
    assert page._talk is not None
    page._talk.answers["E-CAR-DECEIT"] = Answer(Value.YES)
    page._show_step(QUESTIONS)
    step = page.step
    assert step is not None
    with held_up(stage):
        page._save()
        assert able(step, page._on, page._previous) == {False}
        page._talk.answers["E-PRO-RECRUIT"] = Answer(Value.YES)
    assert stage.went[-1][0] == "screening_result"
    with held(stage).work() as work:
        assert set(of(work, who)[0].answers) == {"E-CAR-DECEIT"}


def test_a_screening_that_could_not_be_saved_goes_on(stage_of: StageOf) -> None:
    stage = stage_of("village")
    with held(stage).work() as work:
        who = work.write(Person, None, name="Marselina Taek")
    page = stage.page(ScreeningPage, person_id=who)
    assert page._talk is not None
    page._talk.answers["E-CAR-DECEIT"] = Answer(Value.YES)
    page._talk.note = "x" * 200_000
    page._show_step(QUESTIONS)
    page._save()
    stage.settle()
    assert told(page)
    assert page.step is not None
    assert able(page.step, page._on, page._previous) == {True}
    with held(stage).work() as work:
        assert of(work, who) == []


def of(work: Work, who: str) -> list[Screening]:
    return [each for each in work.records.select(Screening) if each.person_id == who]
