# SPDX-License-Identifier: GPL-3.0-or-later
"""Home of the village desk: what must I do today?

First the three things that are done every day, then what needs doing, each line with its one button, referrals that
press before all others; then the counts.
Danger now is one key away. What the register's rules give to do is read after all else: it looks at every journey.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from PySide6.QtCore import QLocale, Qt
from PySide6.QtWidgets import QBoxLayout, QFrame, QHBoxLayout, QVBoxLayout, QWidget

from trafficwatch.casework.follow_ups import DueRow, due_soon, overdue
from trafficwatch.casework.overview import ReferralRow, open_referrals
from trafficwatch.casework.plans import Waiting, waiting
from trafficwatch.models.casework import Urgency
from trafficwatch.models.dates import PartialDate
from trafficwatch.models.exchange import Delivery, PeerStatus
from trafficwatch.registry.browse import Leaving, RegisterCounts, counts, leaving_soon, names_of
from trafficwatch.registry.tasks import Task, tasks
from trafficwatch.registry.tasks import words as task_words
from trafficwatch.screening.overview import ScreeningRow, worrying
from trafficwatch.screening.signs import untold
from trafficwatch.sync import escrow
from trafficwatch.sync.outbox import Outbox, outbox
from trafficwatch.texts import current_language, t
from trafficwatch.texts.labels import label as words_for
from trafficwatch.ui.exchange.attention import AttentionCard
from trafficwatch.ui.exchange.moments import moment
from trafficwatch.ui.shell.backup_line import BackupLine
from trafficwatch.ui.shell.desk import Desk
from trafficwatch.ui.shell.draft_list import Begun, DraftList, begun
from trafficwatch.ui.shell.page import Page
from trafficwatch.ui.theme.look import COMPACT_FROM, look, px
from trafficwatch.ui.theme.palette import Tone
from trafficwatch.ui.village.care_words import waiting_words
from trafficwatch.ui.village.follow_up_words import due_words, late_tone, late_words
from trafficwatch.ui.village.todo import (
    CASE,
    FOLLOW_UP,
    ICONS,
    TONES,
    kind_chip,
    open_case,
    open_task,
    waiting_tone,
)
from trafficwatch.ui.widgets.parts import button, card, chip, label, picture, rule
from trafficwatch.ui.widgets.tab_order import put_in_order

MOST = 6
"""Lines of one kind; the page of that kind has them all."""
MOST_TASKS = 8
"""Tasks of the register; the page of tasks has them all."""


@dataclass(frozen=True, slots=True)
class Today:
    """All that the home page shows; `names` maps the people it speaks of to their names, `untold` counts the notes of
    signs that were reported to nobody.
    """

    leaving: tuple[Leaving, ...]
    referrals: tuple[ReferralRow, ...]
    screenings: tuple[ScreeningRow, ...]
    untold: int
    begun: Begun
    outbox: Outbox
    counts: RegisterCounts
    names: Mapping[str, str]
    follow_ups: tuple[DueRow, ...] = ()
    cases: tuple[Waiting, ...] = ()


def today(work: Any) -> Today:
    """Read what the volunteer at work must do today."""
    referrals = open_referrals(work)
    referred = {row.person_id for row in referrals}
    worries = tuple(row for row in worrying(work) if row.person_id not in referred)
    names = names_of(work, {row.person_id for row in worries})
    found = (leaving_soon(work), referrals, worries, untold(work), begun(work), outbox(work), counts(work), names)
    return Today(*found, (*overdue(work), *due_soon(work)), waiting(work))


class HomePage(Page):
    """What needs doing, the everyday buttons, the counts."""

    name = "home"
    reads_outbox = True

    def __init__(self, desk: Desk) -> None:
        name = desk.state.volunteer_name
        super().__init__(desk, t("home.title", name=name) if name else t("home.title_nobody"), _day(desk))
        emergency = button(t("home.emergency"), lambda: desk.go("emergency"), role="danger", icon_name="emergency")
        emergency.setToolTip(t("home.emergency_more"))
        self.corner.addWidget(emergency)
        self._todo_card, self._todo = card(t("home.todo"))
        self._pressing, self._tasks = self._group(), self._group()
        self._leaving: tuple[Leaving, ...] = ()
        self._is_quiet = False
        self._everyday = self._tiles()
        self._counts = QWidget()
        self.body.addWidget(self._everyday)
        self.body.addWidget(self._todo_card)
        self.attention = AttentionCard(self)
        self.body.addWidget(self.attention)
        self.drafts = DraftList(self)
        self.body.addWidget(self.drafts)
        self._counts_card, self._counts_box = card(t("home.counts"))
        self._counts_card.hide()
        self.body.addWidget(self._counts_card)
        self.body.addStretch(1)
        self._todo_card.hide()
        self._escrow = escrow.EscrowState(escrow.EscrowStatus.OFF)

    def _group(self) -> QVBoxLayout:
        """A place in the card of what is to do."""
        holder = QWidget()
        self._todo.addWidget(holder)
        made = QVBoxLayout(holder)
        made.setContentsMargins(0, 0, 0, 0)
        made.setSpacing(px(10))
        return made

    def enter(self, **_: Any) -> None:
        self.desk.tasks.store(self, escrow.state, self._keep_escrow)
        self.desk.tasks.work(self, today, self._show)
        self.attention.read()

    def _keep_escrow(self, found: escrow.EscrowState) -> None:
        self._escrow = found

    def _show(self, found: Today) -> None:
        pressing = [row for row in found.referrals if row.urgency == Urgency.IMMEDIATE or row.waits][:MOST]
        for row in pressing:
            self._pressing.addWidget(self._referral(row))
            self._pressing.addWidget(rule())
        lines = [*self._standing(found), *self._people(found, pressing)]
        for number, line in enumerate(lines):
            if number:
                self._todo.addWidget(rule())
            self._todo.addWidget(line)
        self._leaving, self._is_quiet = found.leaving, not lines
        self._todo_card.setVisible(bool(lines or pressing))
        self.desk.tasks.work(self, tasks, self._show_tasks)
        self.drafts.put(found.begun)
        self.outbox_read.emit(found.outbox)
        self._show_counts(found.counts)
        self.backup = BackupLine(self.desk)
        self.body.insertWidget(self.body.count() - 1, self.backup)
        self.backup.read()

    def _show_tasks(self, found: tuple[Task, ...]) -> None:
        """What the register's rules give to do stands first; of who leaves soon only those it says nothing about."""
        named = {task.journey_id for task in found}
        lines = [self._task(task) for task in found[:MOST_TASKS]]
        lines += [self._leaves(row) for row in self._leaving if row.journey_id not in named][:MOST]
        if len(found) > MOST_TASKS:
            everything = button(t("journey_page.todo_all", count=len(found)), lambda: self.desk.go("todo"), role="link")
            lines.insert(MOST_TASKS, everything)
        for line in lines:
            self._tasks.addWidget(line)
            if not (self._is_quiet and line is lines[-1]):
                self._tasks.addWidget(rule())
        if self._is_quiet and not lines and not self._pressing.count():
            self._todo.addWidget(label(t("home.todo_none")))
        self._todo_card.show()
        put_in_order(self)

    def _task(self, task: Task) -> QWidget:
        pressed = open_task(self.desk, task)
        return self._line(ICONS[task.kind], task_words(task), TONES[task.weight], pressed, kind_chip(task))

    def _standing(self, found: Today) -> list[QWidget]:
        """What is open about this laptop itself."""
        state, lines = self.desk.state, []
        if not (state.recovery_checked or state.practice):
            lines.append(self._line("key", t("home.recovery_line"), Tone.WARN, lambda: self.desk.go("recovery")))
        if state.ppt is None:
            lines.append(self._line("link", t("home.connect_line"), Tone.INFO, lambda: self.desk.go("connect")))
        elif state.ppt is PeerStatus.PENDING:
            lines.append(self._line("link", t("home.connect_pending"), Tone.INFO, lambda: self.desk.go("connect")))
        if self._escrow.status in escrow.WANTS_RENEWAL:
            words = t(f"escrow.card.{self._escrow.status}", ppt=self._escrow.ppt, at=moment(self._escrow.since))
            lines.append(self._line("key", words, Tone.WARN, lambda: self.desk.go("settings")))
        for key, delivery, tone in (
            ("refused_line", Delivery.REFUSED, Tone.DANGER),
            ("send_line", Delivery.WAITING, Tone.INFO),
        ):
            count = found.outbox.by_state.get(delivery.value, 0)
            if count and state.ppt is PeerStatus.ACTIVE:
                words = t(f"home.{key}", count=count)
                lines.append(self._line("send", words, tone, lambda: self.desk.go("send")))
        return lines

    def _people(self, found: Today, shown: Sequence[ReferralRow]) -> list[QWidget]:
        """What is to do for people, but the referrals that are shown already."""
        lines = [self._worry(row, found.names) for row in found.screenings[:MOST]]
        if found.untold:
            words = t("signs.home_line", count=found.untold)
            lines.insert(0, self._line("eye", words, Tone.WARN, lambda: self.desk.go("sign_notes")))
        lines += [self._waits(row) for row in found.cases[:MOST]]
        if (count := len(found.cases)) > MOST:
            go = partial(self.desk.go, "todo", kind=CASE)
            lines.append(button(t("case_page.home_all", count=count), go, role="link"))
        lines += [self._follow_up(row) for row in found.follow_ups[:MOST]]
        if (count := len(found.follow_ups)) > MOST:
            go = partial(self.desk.go, "todo", kind=FOLLOW_UP)
            lines.append(button(t("follow_up.home_more", count=count), go, role="link"))
        return lines + [self._referral(row) for row in found.referrals if row not in shown][:MOST]

    def _waits(self, row: Waiting) -> QWidget:
        tone, status = waiting_tone(row), [chip(late_words(row.late), late_tone(row.late), "clock")]
        if row.urgency == Urgency.IMMEDIATE:
            status.append(chip(words_for("urgency", row.urgency), Tone.DANGER))
        return self._line("folder", waiting_words(row), tone, open_case(self.desk, row), *status)

    def _follow_up(self, row: DueRow) -> QWidget:
        tone = late_tone(row.late)
        late = chip(late_words(row.late), tone, "clock")
        return self._line(
            "calendar", due_words(row), tone, lambda: self.desk.go("follow_ups", person_id=row.person_id), late
        )

    def _worry(self, row: ScreeningRow, names: Mapping[str, str]) -> QWidget:
        words = t("home.worry_line", name=names.get(row.person_id, ""), day=_date(row.screened_on))
        risk = chip(words_for("risk", row.risk), Tone.DANGER if row.risk == "high" else Tone.WARN)
        return self._line(
            "screening", words, Tone.WARN, lambda: self.desk.go("screening_result", screening_id=row.id), risk
        )

    def _leaves(self, row: Leaving) -> QWidget:
        words = t("home.leaving_line", name=row.name, day=_date(row.departure_on))
        about = {"person_id": row.person_id, "journey_id": row.journey_id}
        return self._line("journey", words, Tone.NEUTRAL, lambda: self.desk.go("journey", **about))

    def _referral(self, row: ReferralRow) -> QWidget:
        values: dict[str, Any] = {"name": row.person_name, "code": row.case_code}
        words = (
            t("referral_life.home_declined", **values)
            if row.waits
            else t("home.referral_line", institution=row.institution_name, **values)
            if row.institution_name
            else t("home.referral_short", **values)
        )
        status = [chip(words_for("referral_status", row.status), Tone.INFO)]
        if row.urgency in {Urgency.IMMEDIATE.value, Urgency.SOON.value}:
            is_now = row.urgency == Urgency.IMMEDIATE
            status.append(chip(words_for("urgency", row.urgency), Tone.DANGER if is_now else Tone.WARN))

        def open_it() -> None:
            self.desk.go("referral", person_id=row.person_id, referral_id=row.id)

        tone = Tone.DANGER if row.urgency == Urgency.IMMEDIATE else Tone.WARN if row.waits else Tone.NEUTRAL
        return self._line("referral", words, tone, open_it, *status)

    def _line(
        self,
        icon_name: str,
        words: str,
        tone: Tone,
        pressed: Callable[[], object] | None,
        *status: QFrame,
    ) -> QWidget:
        made = QWidget()
        row = QHBoxLayout(made)
        row.setContentsMargins(0, px(2), 0, px(2))
        row.setSpacing(px(10))
        row.addWidget(picture(icon_name, 22, look().colours.tone(tone).ink))
        text = QVBoxLayout()
        text.setSpacing(px(3))
        text.addWidget(label(words))
        row.addLayout(text, 1)
        for each in status:
            if look().zoom >= COMPACT_FROM:
                text.addWidget(each, 0, Qt.AlignmentFlag.AlignLeft)
            else:
                row.addWidget(each)
        if pressed is not None:
            opening = button(t("home.open"), pressed)
            opening.setAccessibleName(f"{opening.text()}: {words}")
            row.addWidget(opening)
        return made

    def _tiles(self) -> QWidget:
        """The three everyday jobs; stacked when the letters are big."""
        made = QWidget()
        flow = QBoxLayout(
            QBoxLayout.Direction.TopToBottom if look().zoom >= COMPACT_FROM else QBoxLayout.Direction.LeftToRight, made
        )
        flow.setContentsMargins(0, 0, 0, 0)
        flow.setSpacing(px(12))
        for key, page, icon_name in (
            ("record", "residents", "person-add"),
            ("screen", "screenings", "screening"),
            ("refer", "referrals", "referral"),
        ):
            frame, column = card()
            pressed = button(t(f"home.{key}"), lambda page=page: self.desk.go(page), icon_name=icon_name)  # type: ignore[misc]
            pressed.setAccessibleDescription(t(f"home.{key}_more"))
            column.addWidget(pressed)
            more = label(t(f"home.{key}_more"), "small")
            column.addWidget(more)
            column.addStretch(1)
            flow.addWidget(frame, 1)
        return made

    def _show_counts(self, found: RegisterCounts) -> None:
        flow = QBoxLayout(
            QBoxLayout.Direction.TopToBottom if look().zoom >= COMPACT_FROM else QBoxLayout.Direction.LeftToRight
        )
        locale = QLocale()
        for key in ("people", "planned", "away", "returned"):
            pair = QVBoxLayout()
            pair.setSpacing(0)
            pair.addWidget(label(locale.toString(getattr(found, key)), "number"))
            pair.addWidget(label(t(f"home.count_{key}"), "soft"))
            flow.addLayout(pair, 1)
        self._counts_box.addLayout(flow)
        self._counts_card.show()


def _day(desk: Desk) -> str:
    return t("home.day", day=_date(desk.today), place=desk.state.name.partition(",")[0])


def _date(edtf: str | None) -> str:
    return PartialDate.from_edtf(edtf).format(current_language()) if edtf else ""
