# SPDX-License-Identifier: GPL-3.0-or-later
"""In the real window, by keyboard: whoever gives no word stands on the home page, and in the end is to be reported."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hands import Hands, Key, Modifier
from pytestqt.qtbot import QtBot
from seats import Seat, Sit, seating

from trafficwatch.models.dates import PartialDate
from trafficwatch.registry.check_ins import FAILED_ATTEMPTS, FIRST_AFTER_DAYS, OVERDUE_DAYS
from trafficwatch.registry.journeys import save_journey
from trafficwatch.registry.residents import record_person
from trafficwatch.store.vault import Keys
from trafficwatch.texts import t
from trafficwatch.texts.labels import label

LATE, LONG_SILENT = "Melkianus Tnunay", "Ferdinanda Kase"
CTRL = Modifier.ControlModifier


@pytest.fixture
def sit(qtbot: QtBot, founded: dict[str, tuple[Path, Keys]], tmp_path: Path) -> Iterator[Sit]:
    with seating(qtbot, founded, tmp_path) as found:
        yield found


def away(seat: Seat, name: str, days: int) -> date:
    """Record somebody who left so many days ago and was never heard from; when the first word was due."""

    def record(work: Any) -> date:
        left = date.fromisoformat(work.today) - timedelta(days)
        person = record_person(work, name=name, birth_date="1997-08-05").person.id
        journey = {"stage": "departed", "departure_on": left.isoformat(), "destination_country": "MY"}
        save_journey(work, person, journey)
        return left + timedelta(FIRST_AFTER_DAYS)

    found: list[date] = []
    seat.tasks.work(seat.tasks, record, found.append)
    seat.qtbot.waitUntil(lambda: bool(found))
    return found[0]


def go_home(hands: Hands) -> None:
    hands.do(Key.Key_1, CTRL)


def open_line(hands: Hands, words: str) -> None:
    """Press the button of the line of the home page that says so."""
    assert hands.sees(words)
    hands.press_button(f"{t('home.open')}: {words}")


def try_in_vain(hands: Hands) -> None:
    """On the page of the attempt, whose focus is on the first outcome: nobody answers."""
    hands.pick(label("outcome", "reached"), label("outcome", "no_answer"), Key.Key_Right)
    hands.do(Key.Key_Return, CTRL)


def test_no_word_leads_from_the_home_page_to_a_report(sit: Sit) -> None:
    seat = sit()
    hands = seat.unlock()
    due = away(seat, LATE, FIRST_AFTER_DAYS + OVERDUE_DAYS + 1)
    away(seat, LONG_SILENT, 400)
    go_home(hands)
    day = PartialDate.of(due).format("id")
    overdue = t("journey.task.check_in", name=LATE, day=day)
    report = t("journey.task.report_silence_never", name=LATE)
    assert hands.sees(t("journey.task.report_silence_never", name=LONG_SILENT)), "silence alone is to be reported"

    assert not hands.sees(report)
    open_line(hands, overdue)
    for number in range(FAILED_ATTEMPTS):
        if number:
            hands.press_button(t("journey_page.check_in"))
        assert hands.sees(t("check_in.title"))
        assert hands.sees(LATE)
        try_in_vain(hands)
    go_home(hands)
    assert not hands.sees(overdue)

    open_line(hands, report)
    assert hands.sees(t("journey_page.silent_help"))
    hands.press_button(t("journey_page.emergency"))
    assert hands.sees(t("emergency.title"))
    hands.do(Key.Key_Escape)
    hands.press_button(t("journey_page.screen"))
    assert hands.sees(t("screening_desk.title"))
    assert hands.sees(LATE)
