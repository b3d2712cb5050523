# SPDX-License-Identifier: GPL-3.0-or-later
"""A follow-up of six months in the real window, by keyboard: planned by coming home, overdue, done, drawn."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta, tzinfo
from pathlib import Path
from typing import Any, Self

import pytest
from desks import MORNING, Clock, reopened
from hands import Hands, Key, Modifier
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QLabel, QPushButton, QWidget
from pytestqt.qtbot import QtBot
from seats import Sit, seating

from trafficwatch.casework.care import save_care
from trafficwatch.casework.follow_ups import follow_up_of
from trafficwatch.casework.following import plan
from trafficwatch.models.aftercare import FollowUp
from trafficwatch.models.dates import PartialDate
from trafficwatch.registry.residents import agree_safe_contact, record_person
from trafficwatch.store import unlock
from trafficwatch.store.vault import Keys
from trafficwatch.store.work import Store
from trafficwatch.texts import t
from trafficwatch.texts.labels import label
from trafficwatch.texts.trail import field_words
from trafficwatch.ui.gallery.follow_up import come_home
from trafficwatch.ui.gallery.stage import Stage
from trafficwatch.ui.village.follow_up import FollowUpPage
from trafficwatch.ui.village.follow_ups import FollowUpsPage
from trafficwatch.ui.village.gate import GateCard
from trafficwatch.ui.village.home import HomePage
from trafficwatch.ui.widgets.progress_chart import Course, Mark, ProgressChart

NAME = "Melkiana Tnunay"
CTRL = Modifier.ControlModifier
LATE = 40
"""Days after coming home."""
HOME = MORNING.date()
PLANNED = plan(HOME, 6, 30)
STEPS = {"mind": 2, "social": 3, "economic": 4}
VOICE = "saya mulai jualan"


class Later(datetime):
    """The clock of the program that is started again, some weeks after."""

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> Self:
        return cls.fromtimestamp((MORNING + timedelta(LATE)).timestamp(), tz)


@pytest.fixture
def sit(qtbot: QtBot, founded: dict[str, tuple[Path, Keys]], tmp_path: Path) -> Iterator[Sit]:
    with seating(qtbot, founded, tmp_path) as found:
        yield found


def come_home_today(store: Store) -> str:
    """Somebody comes home on the morning of the founding; that alone plans the six months."""
    with store.work() as work:
        person = record_person(work, name=NAME, birth_date="1997-08-05").person.id
        agree_safe_contact(work, person, way="through_person", through="Mama Yosefina")
        come_home(work, person, 0)
        found = follow_up_of(work, person)
        assert [each.planned_on for each in found.waiting] == [str(day) for day in PLANNED]
    store.close()
    return person


def words(day: date) -> str:
    return PartialDate.of(day).format("id")


def on_page(hands: Hands, of: type[QWidget]) -> Any:
    frame = hands._shell.frame
    assert frame is not None
    assert frame.page is not None
    return frame.page.findChild(of)


def test_six_months_from_home_to_overdue_to_done_and_drawn(
    sit: Sit, founded: dict[str, tuple[Path, Keys]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    come_home_today(reopened(tmp_path / "village", founded["village"][1], Clock()))
    monkeypatch.setattr(unlock, "datetime", Later)
    hands = sit().unlock()
    days = LATE - (PLANNED[0] - HOME).days
    line = t("follow_up.home_line", name=NAME, day=words(PLANNED[0]))
    assert hands.sees(line)
    assert hands.sees(t("follow_up.late", days=days))
    assert hands.sees("Mama Yosefina"), "how to reach the person stands beside it"

    hands.press_button(f"{t('home.open')}: {line}")
    assert hands.sees(t("follow_up.title"))
    empty = picture_of(on_page(hands, ProgressChart))
    hands.press_button(t("follow_up.record_contact"))
    assert hands.sees(t("follow_up.contact_title"))
    hands.do(Key.Key_Return, CTRL)
    assert hands.sees(t("follow_up.alone_wrong")), "who goes alone says why"
    hands.fill(field_words("follow_up", "alone_reason"), "rumahnya dekat")
    hands.choose(label("follow_up_item", "no_stigma"), label("item_state", "partly"))
    for step in STEPS.values():
        hands.pick(t("care_fields.scale.1"), t(f"care_fields.scale.{step}"), Key.Key_Right)
    hands.fill(field_words("follow_up", "voice"), VOICE)
    hands.do(Key.Key_Return, CTRL)

    assert hands.sees(t("follow_up.title"))
    assert hands.sees(words(HOME + timedelta(LATE)))
    assert hands.sees(VOICE)
    assert not hands.sees(t("follow_up.late", days=days))
    chart = on_page(hands, ProgressChart)
    assert picture_of(chart) != empty
    said = chart.accessibleDescription()
    for name, step in STEPS.items():
        assert f"{t(f'follow_up.scale.{name}')}: {t(f'care_fields.scale.{step}')}" in said
    hands.press_button(t("follow_up.as_table"))
    assert hands.sees(t("follow_up.no_signs"))
    hands.do(Key.Key_1, CTRL)
    assert not hands.sees(NAME), "and the home page is done with it"


# -- the page and its picture by themselves ----------------------------------------------------------------------------


def ask(stage: Stage, use_case: Callable[[Any], Any]) -> Any:
    found: list[Any] = []
    stage.tasks.work(stage.tasks, use_case, found.append)
    stage.settle()
    return found[0]


def home(work: Any) -> str:
    """Somebody who came home some weeks ago."""
    of_id: str = record_person(work, name=NAME, birth_date="1997-08-05").person.id
    come_home(work, of_id, LATE)
    return of_id


def picture_of(widget: QWidget) -> QImage:
    return widget.grab().toImage()


def chart(*marks: Mark, ahead: tuple[date, ...] = ()) -> ProgressChart:
    lines = {name: name for name in ("mind", "social", "economic")}
    made = ProgressChart(
        Course(lines, ["1", "2", "3", "4", "5"], marks, ahead, HOME),
        name="chart",
        words="words",
        none="nothing yet",
        danger="danger",
        ahead="ahead",
    )
    made.resize(700, made.sizeHint().height())
    return made


def test_lines_are_told_apart_without_colour(stage_of: Callable[[str], Stage]) -> None:
    """By the marker and by the dash, each by itself, as the key shows them in black and white."""
    stage_of("village")
    made = chart()
    picture = picture_of(made).convertToFormat(QImage.Format.Format_Mono, Qt.ImageConversionFlag.ThresholdDither)
    for left, right in ((10, 27), (27, 36)):
        signs = [picture.copy(round(x) + left, 0, right - left, 20) for _, _, x, _ in made._placed_keys()]
        assert len(signs) == 3
        assert all(one != other for n, one in enumerate(signs) for other in signs[n + 1 :])


def test_the_picture_says_what_was_found(stage_of: Callable[[str], Stage]) -> None:
    stage_of("village")
    seen = [
        picture_of(each)
        for each in (
            chart(),
            chart(Mark(HOME, {})),
            chart(Mark(HOME, {"mind": 3})),
            chart(Mark(HOME, {"mind": 4})),
            chart(Mark(HOME, {"social": 3})),
            chart(Mark(HOME, {"mind": 3}, is_dangerous=True)),
            chart(Mark(HOME, {"mind": 3}), ahead=(HOME + timedelta(30),)),
        )
    ]
    assert all(one != other for n, one in enumerate(seen) for other in seen[n + 1 :])


def test_a_missed_contact_gets_a_new_day_and_its_reason(stage_of: Callable[[str], Stage]) -> None:
    stage = stage_of("village")
    person = ask(stage, home)
    page = stage.page(FollowUpsPage, person_id=person)
    asked = page._found.waiting[0] if page._found else None
    assert asked is not None
    page._ask(asked.id)
    page.postponing.save.click()
    assert page.postponing.isVisible(), "without a day and a reason nothing is put off"
    page.postponing.day.typed = "1-1-2020"
    page.postponing.reason.setPlainText("rumah kosong")
    page.postponing.save.click()
    stage.settle()
    assert ("follow_ups", {"person_id": person}) not in stage.went, "nor to a day that is over"
    draft = page.unsaved()
    assert draft is not None
    assert draft.case_text
    again = stage.page(FollowUpsPage, draft=dict(draft.content), person_id=person)
    day = date.fromisoformat(stage.desk.today) + timedelta(3)
    again.postponing.day.typed = f"{day.day}-{day.month}-{day.year}"
    again.postponing.save.click()
    stage.settle()
    assert stage.went[-1] == ("follow_ups", {"person_id": person})
    found = ask(stage, lambda work: follow_up_of(work, person))
    [moved] = [each for each in found.waiting if each.id == asked.id]
    assert moved.planned_on == day.isoformat()
    assert moved.missed_reason == t(
        "follow_up.missed_line", day=words(date.fromisoformat(asked.planned_on or "")), reason="rumah kosong"
    )


def test_the_end_is_spoken_of_after_a_contact_and_below_what_is_late(stage_of: Callable[[str], Stage]) -> None:
    stage = stage_of("village")

    def long_ago(work: Any) -> str:
        of_id: str = record_person(work, name=NAME, birth_date="1997-08-05").person.id
        come_home(work, of_id, 200)
        return of_id

    def heads(page: FollowUpsPage) -> list[str]:
        said = [each.text() for each in page.findChildren(QLabel) if each.isVisible()]
        return [each for each in said if each in {t("follow_up.over"), t("follow_up.contacts")}]

    person = ask(stage, long_ago)
    assert heads(stage.page(FollowUpsPage, person_id=person)) == [t("follow_up.contacts")], "nobody was seen yet"
    made = {"follow_up_way": "phone", "done_on": stage.desk.today}
    ask(stage, lambda work: save_care(work, "follow_up", None, made, person_id=person))
    page = stage.page(FollowUpsPage, person_id=person)
    tops = {each.text(): each.mapTo(page, each.rect().topLeft()).y() for each in page.findChildren(QLabel)}
    assert tops[t("follow_up.over")] > tops[t("follow_up.contacts")]


def test_danger_leads_on_at_once(stage_of: Callable[[str], Stage]) -> None:
    stage = stage_of("village")
    person = ask(stage, home)
    page = stage.page(FollowUpPage, person_id=person)
    assert page.worry is not None
    assert page.worry.isHidden()
    page.form.write({"follow_up.items": {"no_stigma": "no"}, "follow_up.danger_signs": {"threatened": True}})
    assert page.worry.isVisible()
    for said in (t("follow_up.worry.no_stigma"), label("danger_sign", "threatened")):
        assert said in page.worry.signs.text()
    for made in page.worry.findChildren(QPushButton):
        made.click()
    assert [name for name, _ in stage.went] == ["emergency", "screening", "care_entry"]
    assert stage.went[-1][1] == {"of_type": "authority_report", "person_id": person}


def test_the_untrained_see_only_that_a_contact_is_due(stage_of: Callable[[str], Stage]) -> None:
    stage = stage_of("untrained")

    def planned(work: Any) -> str:
        of_id: str = record_person(work, name=NAME, birth_date="1997-08-05").person.id
        agree_safe_contact(work, of_id, do_not_contact=True)
        day = date.fromisoformat(work.today) - timedelta(9)
        work.write(FollowUp, None, person_id=of_id, planned_on=day.isoformat())
        return of_id

    def texts(page: QWidget) -> str:
        return "\n".join(each.text() for each in page.findChildren(QLabel) if each.isVisibleTo(page))

    person = ask(stage, planned)
    said = texts(stage.page(HomePage))
    assert NAME in said
    assert t("follow_up.late", days=9) in said
    assert t("follow_up.home_banned", name="", day="").rpartition(". ")[2] in said, "and not to go there"
    page = stage.page(FollowUpsPage, person_id=person)
    assert t("follow_up.late", days=9) in texts(page)
    assert page.findChild(GateCard) is not None
    assert not page.record.isVisible()
    assert page.findChild(ProgressChart) is None
