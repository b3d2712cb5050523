# SPDX-License-Identifier: GPL-3.0-or-later
"""All that the register gives to do, the most pressing first; narrowed to one kind, a part at a time."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame

from trafficwatch.registry.tasks import KINDS, Task, tasks, words
from trafficwatch.texts import t
from trafficwatch.ui.shell.desk import Desk
from trafficwatch.ui.shell.page import Page
from trafficwatch.ui.theme.palette import Tone
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
_PAGES = {"check_in": "check_in", "visit_due": "visit"}
"""Where a task is done; the others on the page of the journey."""


def open_task(desk: Desk, task: Task) -> Callable[[], object]:
    """What goes to where a task is done."""
    page = _PAGES.get(task.kind, "journey")
    if page == "check_in":
        return partial(desk.go, page, journey_id=task.journey_id)
    return partial(desk.go, page, person_id=task.person_id, journey_id=task.journey_id)


def kind_chip(task: Task) -> QFrame:
    return chip(t(f"journey_page.task.{task.kind}"), TONES[task.weight])


class TodoPage(Page):
    """The whole list."""

    name = "todo"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, t("journey_page.todo"), can_go_back=True)
        self._found: tuple[Task, ...] = ()
        self._shown: list[Task] = []
        kinds = [(kind, t(f"journey_page.task.{kind}")) for kind in KINDS]
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

    def enter(self, **_: Any) -> None:
        self.desk.tasks.work(self, tasks, self._show)

    def _show(self, found: tuple[Task, ...]) -> None:
        self._found = found
        self._turn(0)
        put_in_order(self)
        self.kind.setFocus()

    def _turn(self, offset: int) -> None:
        wanted = [task for task in self._found if self.kind.value in {None, task.kind}]
        self._shown = wanted[offset : offset + SIZE]
        self.list.put([self._line(number, task) for number, task in enumerate(self._shown)])
        self.list.setVisible(bool(wanted))
        self._none.setVisible(not wanted)
        self.pager.put(offset, len(self._shown), len(wanted))

    def _line(self, number: int, task: Task) -> Line:
        return Line(str(number), words(task), t(f"journey_page.task.{task.kind}"), TONES[task.weight], ICONS[task.kind])

    def _open(self, key: str) -> None:
        if key:
            open_task(self.desk, self._shown[int(key)])()
