# SPDX-License-Identifier: GPL-3.0-or-later
"""The parts of the pages of a follow-up: what a danger leads to, the picture with its table, the contacts, the end."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QBoxLayout, QFrame, QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from trafficwatch.casework.follow_ups import FollowedUp, Point
from trafficwatch.casework.following import HIGHEST, LOWEST, SCALES, Hold, day_of, worries
from trafficwatch.models.aftercare import DangerSign, FollowUp, FollowUpItem
from trafficwatch.models.dates import PartialDate
from trafficwatch.models.staff import Ability
from trafficwatch.texts import current_language, t
from trafficwatch.texts.labels import label as words
from trafficwatch.ui.shell.desk import Desk
from trafficwatch.ui.theme.look import COMPACT_FROM, look, px
from trafficwatch.ui.theme.palette import Tone
from trafficwatch.ui.village.follow_up_words import late_tone, late_words
from trafficwatch.ui.village.resident_parts import date_words, facts
from trafficwatch.ui.widgets.fold import Fold
from trafficwatch.ui.widgets.parts import button, card, chip, label, picture, row, rule
from trafficwatch.ui.widgets.progress_chart import Course, Mark, ProgressChart

_TONES = {Hold.HOLDS: Tone.OK, Hold.NOT_YET: Tone.WARN, Hold.UNSAID: Tone.NEUTRAL}
_SIGNS = {Hold.HOLDS: "check", Hold.NOT_YET: "warning", Hold.UNSAID: "question"}
_MOST_AHEAD = 3
"""So many contacts to come are named, the others counted."""
_MOST_DONE = 6
"""So many contacts that were made stand on the page, the others below a fold."""


def may_follow_up(desk: Desk) -> bool:
    """Whether who is at work may record contacts."""
    return desk.may(Ability.FOLLOW_UP) or desk.may(Ability.MONITORING)


class WhatNow(QFrame):
    """What worries, and what it leads to: whom to call, another screening, a report."""

    def __init__(self, desk: Desk, person_id: str) -> None:
        super().__init__()
        self.setProperty("box", "bar")
        self.setProperty("tone", "danger")
        self.setAccessibleName(t("follow_up.now"))
        column = QVBoxLayout(self)
        column.setContentsMargins(px(14), px(12), px(14), px(12))
        column.setSpacing(px(8))
        column.addWidget(label(t("follow_up.now"), "heading"))
        self.signs = label("", "strong")
        column.addWidget(self.signs)
        column.addWidget(label(t("follow_up.now_help")))
        is_stacked = look().zoom >= COMPACT_FROM
        line = QBoxLayout(QBoxLayout.Direction.TopToBottom if is_stacked else QBoxLayout.Direction.LeftToRight)
        line.setSpacing(px(10))
        call = button(t("follow_up.call"), lambda: desk.go("emergency"), role="danger", icon_name="emergency")
        line.addWidget(call, 0, Qt.AlignmentFlag.AlignLeft)
        if desk.may(Ability.SCREENING):
            go = partial(desk.go, "screening", person_id=person_id)
            line.addWidget(button(t("follow_up.screen"), go, icon_name="screening"), 0, Qt.AlignmentFlag.AlignLeft)
        report = partial(desk.go, "care_entry", of_type="authority_report", person_id=person_id)
        line.addWidget(button(t("follow_up.report"), report, icon_name="send"), 0, Qt.AlignmentFlag.AlignLeft)
        line.addStretch(1)
        column.addLayout(line)
        self.hide()

    def tell(self, found: Iterable[DangerSign | FollowUpItem]) -> None:
        """Say what worries; nothing without anything."""
        said = "\n".join(f"• {worry_words(each)}" for each in found)
        if said != self.signs.text():
            self.signs.setText(said)
        self.setVisible(bool(said))


def worry_words(found: DangerSign | FollowUpItem) -> str:
    if isinstance(found, DangerSign):
        return words("danger_sign", found)
    return t(f"follow_up.worry.{found}")


# -- the picture -------------------------------------------------------------------------------------------------------


def progress_card(found: FollowedUp) -> QFrame:
    """How the person fares over time, as a picture and as a table."""
    made, column = card(t("follow_up.progress"), t("follow_up.progress_help"))
    course = Course(
        {name: t(f"follow_up.scale.{name}") for name in SCALES},
        [t(f"care_fields.scale.{step}") for step in range(LOWEST, HIGHEST + 1)],
        [Mark(point.day, point.scales, is_dangerous=bool(_worrying(point))) for point in found.course],
        [day for each in found.waiting if (day := day_of(each.planned_on))],
        found.schedule.beginning.on.earliest() if found.schedule else None,
    )
    said = "\n".join(map(point_words, found.course)) or t("follow_up.no_progress")
    chart = ProgressChart(
        course,
        name=t("follow_up.progress"),
        words=said,
        none=t("follow_up.no_progress"),
        danger=t("follow_up.danger_key"),
        ahead=t("follow_up.ahead_key"),
    )
    column.addWidget(chart)
    if found.course:
        column.addWidget(Fold(t("follow_up.as_table"), lambda: _table(found.course), "document"))
    return made


def point_words(point: Point) -> str:
    """One contact in a sentence."""
    said = [f"{t(f'follow_up.scale.{name}')}: {_step(point.scales[name])}" for name in SCALES]
    if worrying := _worrying(point):
        said.append(", ".join(map(worry_words, worrying)))
    return f"{PartialDate.of(point.day).format(current_language())}. {'; '.join(said)}."


def _worrying(point: Point) -> tuple[DangerSign | FollowUpItem, ...]:
    return worries(point.items, dict.fromkeys(point.danger_signs, True))


def _step(step: int | None) -> str:
    return t(f"care_fields.scale.{step}") if step and LOWEST <= step <= HIGHEST else t("follow_up.unsaid")


def _table(course: Sequence[Point]) -> QWidget:
    """The values in rows, the latest first; below each other when the letters are large."""
    made = QWidget()
    if look().zoom >= COMPACT_FROM:
        column = QVBoxLayout(made)
        for point in reversed(course):
            column.addWidget(label(point_words(point)))
        return made
    grid = QGridLayout(made)
    grid.setContentsMargins(px(10), px(4), px(10), px(4))
    grid.setHorizontalSpacing(px(20))
    grid.setVerticalSpacing(px(8))
    heads = [t("follow_up.day"), *(t(f"follow_up.scale.{name}") for name in SCALES), t("follow_up.signs")]
    for place, head in enumerate(heads):
        grid.addWidget(label(head, "strong"), 0, place)
    for number, point in enumerate(reversed(course), 1):
        signs = ", ".join(map(worry_words, _worrying(point))) or t("follow_up.no_signs")
        day = PartialDate.of(point.day).format(current_language())
        for place, said in enumerate([day, *(_step(point.scales[name]) for name in SCALES), signs]):
            grid.addWidget(label(said), number, place, Qt.AlignmentFlag.AlignTop)
    grid.setColumnStretch(len(heads) - 1, 1)
    return made


# -- what is planned and done ------------------------------------------------------------------------------------------


def schedule_card(found: FollowedUp, today: str) -> QFrame:
    """From when to when, how often, and when next."""
    made, column = card(t("follow_up.schedule"))
    schedule = found.schedule
    pairs: list[tuple[str, str | None]] = []
    if schedule is not None:
        since = schedule.beginning
        pairs += [
            (t(f"follow_up.since.{since.type}"), since.on.format(current_language())),
            (t("follow_up.until"), PartialDate.of(schedule.until).format(current_language())),
        ]
    following = next((each for each in found.waiting if (each.planned_on or "") >= today), None)
    pairs += [
        (t("follow_up.next"), date_words(following.planned_on) if following else ""),
        (t("follow_up.made"), t("follow_up.made_count", count=len(found.done)) if found.done else ""),
    ]
    column.addLayout(facts(pairs))
    column.addWidget(label(t("follow_up.law"), "small"))
    return made


def contacts_card(
    found: FollowedUp, today: str, record: Callable[[str], object] | None, postpone: Callable[[str], object]
) -> QFrame:
    """What waits, what is still ahead, and what was done; without `record` it can only be read."""
    made, column = card(t("follow_up.contacts"))
    ahead = [each for each in found.waiting if (each.planned_on or "") >= today]
    late = [each for each in found.waiting if (each.planned_on or "") < today]
    lines: list[QWidget] = [_waiting_line(each, today, record, postpone) for each in (*late, *ahead[:1])]
    lines += [_waiting_line(each, today, None, postpone) for each in ahead[1:_MOST_AHEAD]]
    if more := ahead[_MOST_AHEAD:]:
        lines.append(label(t("follow_up.more", count=len(more), day=date_words(more[-1].planned_on)), "soft"))
    done = found.done[::-1]
    lines += [_done_line(each, record) for each in done[:_MOST_DONE]]
    if older := done[_MOST_DONE:]:
        lines.append(Fold(t("follow_up.older", count=len(older)), lambda: _older(older, record), "calendar"))
    if found.missed:
        days = ", ".join(
            date_words(each.planned_on) for each in sorted(found.missed, key=lambda one: one.planned_on or "")
        )
        lines.append(label(t("follow_up.settled", days=days), "soft"))
    for place, line in enumerate(lines):
        if place:
            column.addWidget(rule())
        column.addWidget(line)
    if not lines:
        column.addWidget(label(t("follow_up.none_planned"), "soft"))
    return made


def _waiting_line(
    visit: FollowUp, today: str, record: Callable[[str], object] | None, postpone: Callable[[str], object]
) -> QWidget:
    day = date_words(visit.planned_on)
    now = date.fromisoformat(today)
    days = (now - (day_of(visit.planned_on) or now)).days
    state = chip(late_words(days), late_tone(days), "clock")
    buttons = []
    if record is not None:
        later = button(t("follow_up.postpone"), lambda: postpone(visit.id), icon_name="clock")
        later.setAccessibleName(t("follow_up.postpone_of", day=day))
        note = button(t("follow_up.record"), lambda: record(visit.id), icon_name="plus")
        note.setAccessibleName(t("follow_up.record_of", day=day))
        buttons = [later, note]
    return _line(day, (state, *buttons), visit.missed_reason or "")


def _done_line(visit: FollowUp, record: Callable[[str], object] | None) -> QWidget:
    day = date_words(visit.done_on)
    found = worries(visit.items, visit.danger_signs)
    asides: list[QWidget] = [chip(t("follow_up.worrying"), Tone.DANGER)] if found else []
    if record is not None:
        see = button(t("follow_up.see"), lambda: record(visit.id), role="quiet")
        see.setAccessibleName(t("follow_up.see_of", day=day))
        asides.append(see)
    parts = (
        words("follow_up_way", visit.follow_up_way) if visit.follow_up_way else t("follow_up.done"),
        ", ".join(map(worry_words, found)),
    )
    return _line(day, asides, " · ".join(part for part in parts if part), voice=visit.voice or "")


def _older(done: Sequence[FollowUp], record: Callable[[str], object] | None) -> QWidget:
    made = QWidget()
    column = QVBoxLayout(made)
    column.setContentsMargins(px(10), 0, 0, 0)
    for each in done:
        column.addWidget(_done_line(each, record))
    return made


def _line(day: str, asides: Iterable[QWidget], more: str = "", voice: str = "") -> QWidget:
    """The day with chips and buttons at its right and words below; when the letters are large, all below each other."""
    made = QWidget()
    column = QVBoxLayout(made)
    column.setContentsMargins(0, px(2), 0, px(2))
    column.setSpacing(px(4))
    is_stacked = look().zoom >= COMPACT_FROM
    head = QHBoxLayout()
    head.setSpacing(px(10))
    head.addWidget(label(day, "strong"), 1)
    column.addLayout(head)
    if more:
        column.addWidget(label(more, "soft"))
    if voice:
        column.addWidget(label(t("follow_up.quote", words=voice)))
    for each in asides:
        if is_stacked:
            column.addWidget(each, 0, Qt.AlignmentFlag.AlignLeft)
        else:
            head.addWidget(each, 0, Qt.AlignmentFlag.AlignVCenter)
    return made


# -- the end -----------------------------------------------------------------------------------------------------------


def summary_card(found: FollowedUp, close: Callable[[], object] | None) -> QFrame:
    """Once the time is over: which items hold, and the way to closing, which is decided with the person."""
    made, column = card(t("follow_up.over"), t("follow_up.over_help"))
    for hold in (Hold.NOT_YET, Hold.UNSAID, Hold.HOLDS):
        items = [item for item, said in found.holds.items() if said is hold]
        if items:
            column.addWidget(label(t(f"follow_up.hold.{hold}"), "strong"))
            column.addLayout(_items(items, hold))
    if close is not None:
        column.addWidget(button(t("follow_up.to_closing"), close, icon_name="check"), 0, Qt.AlignmentFlag.AlignLeft)
    return made


def _items(items: Sequence[FollowUpItem], hold: Hold) -> QGridLayout:
    """Items beside each other, each with a sign; below each other when the letters are large."""
    grid = QGridLayout()
    grid.setHorizontalSpacing(px(24))
    grid.setVerticalSpacing(px(4))
    columns = 1 if look().zoom >= COMPACT_FROM else 2
    for place, item in enumerate(items):
        sign = picture(_SIGNS[hold], 18, look().colours.tone(_TONES[hold]).ink)
        cell = row(sign, label(words("follow_up_item", item)), stretch_last=True)
        grid.addLayout(cell, place // columns, place % columns)
    for column in range(columns):
        grid.setColumnStretch(column, 1)
    return grid
