# SPDX-License-Identifier: GPL-3.0-or-later
"""What waits in cases, the contacts of follow-ups that are due, then all that the register gives to do, the most
pressing first; narrowed to one kind, a part at a time. `enter(kind=...)` begins with one kind.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame

from trafficwatch.casework.follow_ups import DueRow, due_soon, overdue
from trafficwatch.casework.plans import Waiting, waiting
from trafficwatch.models.casework import Urgency
from trafficwatch.registry.tasks import KINDS, Task, tasks, words
from trafficwatch.texts import t
from trafficwatch.ui.shell.desk import Desk
from trafficwatch.ui.shell.page import Page
from trafficwatch.ui.theme.palette import Tone
from trafficwatch.ui.village.care_words import waiting_words
from trafficwatch.ui.village.follow_up_words import due_words, late_tone, late_words
from trafficwatch.ui.widgets.lines import Line, Lines, Pager
from trafficwatch.ui.widgets.parts import Choice, Field, chip, label
from trafficwatch.ui.widgets.tab_order import put_in_order

SIZE = 50
"""Tasks at once."""
TONES = {"high": Tone.DANGER, "medium": Tone.WARN, "note": Tone.INFO}
ICONS = {
    "report_silence": "emergency",
    "leaving_unsafe": "warning",
    "departure_passed": "calendar",
    "check_in": "phone",
    "papers": "document",
    "visit_due": "people",
}
CASE, FOLLOW_UP = "case", "follow_up"
"""The kinds of what no rule of the register gives to do."""
Todo = Task | DueRow | Waiting
_PAGES = {"check_in": "check_in", "visit_due": "visit"}
"""Where a task is done; the others on the page of the journey."""


def open_task(desk: Desk, task: Task) -> Callable[[], object]:
    """What goes to where a task is done."""
    page = _PAGES.get(task.kind, "journey")
    if page == "check_in":
        return partial(desk.go, page, journey_id=task.journey_id)
    return partial(desk.go, page, person_id=task.person_id, journey_id=task.journey_id)


def open_case(desk: Desk, row: Waiting) -> Callable[[], object]:
    """What goes to where something waits in a case."""
    return partial(desk.go, "person_case", person_id=row.person_id, of_type=row.type)


def waiting_tone(row: Waiting) -> Tone:
    return Tone.DANGER if row.urgency == Urgency.IMMEDIATE else late_tone(row.late)


def kind_chip(task: Task) -> QFrame:
    return chip(t(f"journey_page.task.{task.kind}"), TONES[task.weight])


class TodoPage(Page):
    """The whole list."""

    name = "todo"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, t("journey_page.todo"), can_go_back=True)
        self._found: tuple[Todo, ...] = ()
        self._shown: list[Todo] = []
        cases = [(CASE, t("case_page.home_kind")), (FOLLOW_UP, t("follow_up.title"))]
        kinds = [*cases, *((kind, t(f"journey_page.task.{kind}")) for kind in KINDS)]
        self.kind = Choice(kinds, empty=t("journey_page.all_tasks"))
        self.kind.currentIndexChanged.connect(lambda _: self._turn(0))
        self.body.addWidget(Field(t("journey_page.task_kind"), self.kind), 0, Qt.AlignmentFlag.AlignLeft)
        self._none = label(t("home.todo_none"))
        self.body.addWidget(self._none)
        self.list = Lines(t("journey_page.todo"), height=2000)
        self.list.opened.connect(self._open)
        self.body.addWidget(self.list)
        self.pager = Pager(SIZE)
        self.pager.turned.connect(self._turn)
        self.body.addWidget(self.pager)
        self.body.addStretch(1)
        for each in (self._none, self.list):
            each.hide()

    def enter(self, *, kind: str = "") -> None:  # type: ignore[override]
        if kind:
            self.kind.choose(kind)
        self.desk.tasks.work(self, _read, self._show)

    def _show(self, found: tuple[Todo, ...]) -> None:
        self._found = found
        self._turn(0)
        put_in_order(self)
        self.kind.setFocus()

    def _turn(self, offset: int) -> None:
        wanted = [task for task in self._found if self.kind.value in {None, _kind(task)}]
        self._shown = wanted[offset : offset + SIZE]
        self.list.put([self._line(number, task) for number, task in enumerate(self._shown)])
        self.list.setVisible(bool(wanted))
        self._none.setVisible(not wanted)
        self.pager.put(offset, len(self._shown), len(wanted))

    def _line(self, number: int, task: Todo) -> Line:
        if isinstance(task, DueRow):
            return Line(str(number), due_words(task), late_words(task.late), late_tone(task.late), "calendar")
        if isinstance(task, Waiting):
            return Line(str(number), waiting_words(task), late_words(task.late), waiting_tone(task), "folder")
        return Line(str(number), words(task), t(f"journey_page.task.{task.kind}"), TONES[task.weight], ICONS[task.kind])

    def _open(self, key: str) -> None:
        if key:
            task = self._shown[int(key)]
            if isinstance(task, DueRow):
                self.desk.go("follow_ups", person_id=task.person_id)
            elif isinstance(task, Waiting):
                open_case(self.desk, task)()
            else:
                open_task(self.desk, task)()


def _read(work: Any) -> tuple[Todo, ...]:
    return (*waiting(work), *overdue(work), *due_soon(work), *tasks(work))


def _kind(task: Todo) -> str:
    match task:
        case Waiting():
            return CASE
        case DueRow():
            return FOLLOW_UP
    return task.kind
