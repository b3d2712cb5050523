# SPDX-License-Identifier: GPL-3.0-or-later
"""What is open in a case, what is late first, and what comes next in plain words; and the cards that show it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from trafficwatch.casework.plans import NEXT, latest
from trafficwatch.models.casework import Answered, Handover
from trafficwatch.models.dates import PartialDate
from trafficwatch.models.fields import Record
from trafficwatch.texts import t
from trafficwatch.texts.exchange import type_words
from trafficwatch.texts.labels import label as words
from trafficwatch.ui.shell.desk import Desk
from trafficwatch.ui.theme.look import COMPACT_FROM, look, px
from trafficwatch.ui.theme.palette import Tone
from trafficwatch.ui.village.care_reading import CLOSED, CaseFile
from trafficwatch.ui.village.care_words import what
from trafficwatch.ui.village.resident_parts import date_words
from trafficwatch.ui.widgets.parts import button, card, chip, label, picture, rule

_ENDED = frozenset({Handover.WITHDRAWN.value, Answered.FINISHED.value})
_DUE = {"plan_action": "due_on", "accompaniment": "due_on", "follow_up": "planned_on"}
"""Types whose records wait for their day until they are done."""
FOLLOW_UP_PAGE = "follow_up"


@dataclass(frozen=True, slots=True)
class Open:
    """One thing that waits: where it is done, its words, its day ('' for none), whether the day is over."""

    page: str
    about: dict[str, Any]
    icon: str
    said: str
    day: str = ""
    is_late: bool = False


def open_things(person_id: str, file: CaseFile, today: str) -> list[Open]:
    """What waits, by its day; what has none at the end. In a closed case nothing does."""
    if file.state == CLOSED:
        return []
    found = [*_referrals(person_id, file), *_records(person_id, file, today)]
    return sorted(found, key=lambda each: (not each.is_late, each.day or "9999"))


def next_steps(person_id: str, file: CaseFile) -> list[Open]:
    """What has not been done yet of what every case needs, in its order."""
    if file.state == CLOSED:
        return []
    entry = {"person_id": person_id}

    def write(type_name: str) -> Open:
        return Open("care_entry", {"of_type": type_name, **entry}, "forward", t(f"case_page.next.{type_name}"))

    steps = [
        (file.records.get("informing"), write("informing")),
        (file.care.consents, Open("consent", entry, "consent", t("case_page.next.consent"))),
        (file.records.get("needs_assessment"), write("needs_assessment")),
        (file.records.get("plan_action"), write("plan_action")),
        (file.care.referrals, Open("referral", entry, "referral", t("case_page.next.referral"))),
    ]
    return [step for there, step in steps if not there]


def _referrals(person_id: str, file: CaseFile) -> Iterator[Open]:
    for row in file.care.referrals:
        if row.status in _ENDED:
            continue
        where = row.institution_name or t("resident.referral.somewhere")
        said = t("case_page.open.referral", where=where, status=words("referral_status", row.status))
        yield Open("referral", {"person_id": person_id, "referral_id": row.id}, "referral", said)


def _records(person_id: str, file: CaseFile, today: str) -> Iterator[Open]:
    for name, field in (_DUE | dict.fromkeys(NEXT, "next_on")).items():
        found = [each for each in file.records.get(name, ()) if getattr(each, "case_id", None) not in file.closed]
        if name in NEXT:  # a later one follows the earlier
            found = latest(name, found)
        if name == "follow_up":  # the others follow from it
            waiting = [each for each in found if getattr(each, "done_on", None) is None]
            found = sorted(waiting, key=lambda each: getattr(each, field) or "")[:1]
        for record in found:
            day = getattr(record, field)
            if not day or (name in _DUE and getattr(record, "done_on", None)):
                continue
            last = PartialDate.from_edtf(day).latest()
            is_late = last is not None and last.isoformat() < today
            yield _open(person_id, name, record, day, file, is_late=is_late)


def _open(person_id: str, name: str, record: Record, day: str, file: CaseFile, *, is_late: bool) -> Open:
    said = t("case_page.open.record", type=_first_up(type_words(name)), what=what(name, record, file.names))
    if name == "follow_up":
        said = _first_up(type_words(name))
        about = {"person_id": person_id, "follow_up_id": record.id}
        return Open(FOLLOW_UP_PAGE, about, "calendar", said, day, is_late)
    about = {"of_type": name, "person_id": person_id, "record_id": record.id}
    return Open("care_entry", about, "calendar", said, day, is_late)


def now_cards(desk: Desk, person_id: str, file: CaseFile) -> Iterator[QFrame]:
    """What waits, then what comes next."""
    waits = open_things(person_id, file, desk.today)
    made, column = card(t("case_page.now.open"))
    if not waits:
        column.addWidget(label(t("case_page.now.nothing"), "soft"))
    _put(desk, column, waits)
    yield made
    if steps := next_steps(person_id, file):
        made, column = card(t("case_page.now.next"), t("case_page.now.next_more"))
        _put(desk, column, steps)
        yield made


def _put(desk: Desk, column: QVBoxLayout, things: list[Open]) -> None:
    for number, each in enumerate(things):
        if number:
            column.addWidget(rule())
        column.addWidget(_line(desk, each))


def _line(desk: Desk, thing: Open) -> QWidget:
    made = QWidget()
    row = QHBoxLayout(made)
    row.setContentsMargins(0, px(2), 0, px(2))
    row.setSpacing(px(10))
    tone = Tone.WARN if thing.is_late else Tone.NEUTRAL
    row.addWidget(picture(thing.icon, 22, look().colours.tone(tone).ink))
    text = QVBoxLayout()
    text.setSpacing(px(3))
    text.addWidget(label(thing.said))
    row.addLayout(text, 1)
    is_stacked = look().zoom >= COMPACT_FROM
    if thing.day:
        key = "late" if thing.is_late else "due"
        when = chip(t(f"case_page.open.{key}", day=date_words(thing.day)), tone, "clock")
        text.addWidget(when, 0, Qt.AlignmentFlag.AlignLeft) if is_stacked else row.addWidget(when)
    go = button(t("home.open"), partial(desk.go, thing.page, **thing.about))
    go.setAccessibleName(f"{go.text()}: {thing.said}")
    text.addWidget(go, 0, Qt.AlignmentFlag.AlignLeft) if is_stacked else row.addWidget(go)
    return made


def _first_up(said: str) -> str:
    return said[:1].upper() + said[1:]
