# SPDX-License-Identifier: GPL-3.0-or-later
"""Setting up a desk for the first time: welcome, place, who answers for it. The recovery sheet follows on its own page.

Stands while there is no store; nothing heavy is imported before one is founded. The place is kept in the settings, so
that a laptop that went dark goes on there; what else was typed is in memory only (`kept`).
"""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

from trafficwatch.errors import ExpectedError
from trafficwatch.models.fields import Side
from trafficwatch.texts import t
from trafficwatch.ui.shell.first_run_steps import Kept, MemberStep, PlaceStep, Welcome, step_names
from trafficwatch.ui.shell.front import Front
from trafficwatch.ui.shell.settings import Settings
from trafficwatch.ui.shell.tasks import Tasks
from trafficwatch.ui.widgets.parts import button, empty
from trafficwatch.ui.widgets.steps import StepBar

if TYPE_CHECKING:
    from trafficwatch.village.founding import NewMember
    from trafficwatch.village.places import Places

WIDTH = 760
WELCOME, PLACE, MEMBER = range(3)
SHORT_WAIT = 300
"""Milliseconds of work that nobody needs to be told about."""


class FirstRun(Front):
    """The way to a desk. `found` runs on the worker; `founded` gets its store and code on the UI thread."""

    def __init__(
        self,
        tasks: Tasks,
        *,
        side: Side,
        found: Callable[[NewMember, str, str, bool], tuple[Any, str]],
        founded: Callable[[Any, str], None],
        practice: Callable[[], None],
        restore: Callable[[], None] | None = None,
        settings: Settings,
        change: Callable[[Settings], None],
        places: Callable[[], Places],
        kept: Kept | None = None,
    ) -> None:
        """`kept` is what an earlier one, built in another language or size, had kept."""
        super().__init__(settings, change, width=WIDTH)
        self._tasks, self._side = tasks, side
        self._found, self._founded, self._practice, self._restore = found, founded, practice, restore
        self._places = functools.cache(places)
        self.kept = kept or Kept(step=PLACE if settings.place else WELCOME, code=settings.place)
        self.step: QWidget = self
        self.earlier = button(t("setup.back"), lambda: self._show(self.kept.step - 1), icon_name="back")
        self.next = button(t("setup.next"), self._go_on)
        self._patience = QTimer(self)
        self._patience.setSingleShot(True)
        self._patience.setInterval(SHORT_WAIT)
        self._patience.timeout.connect(lambda: self.next.setText(t("setup.founding")))
        self.footer(self.earlier, primary=self.next)
        self._show(self.kept.step)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        if event.key() == Qt.Key.Key_Escape and self.kept.step > WELCOME and self.earlier.isEnabled():
            self._show(self.kept.step - 1)
        else:
            super().keyPressEvent(event)

    def failed(self, error: ExpectedError) -> None:
        self._rest()
        super().failed(error)

    def _show(self, step: int) -> None:
        """One step; the earlier widget goes, what was typed there is kept."""
        self.kept.step = step
        empty(self.body)
        self.clear_notices()
        if step == WELCOME:
            self.step = Welcome(self._side, lambda: self._show(PLACE), self._practice, self._restore)
            self.body.addStretch(1)
        else:
            self.body.addWidget(StepBar(step_names(self._side), step - 1))
            if step == PLACE:
                self.step = PlaceStep(self._side, self._tasks, self._places, self.kept, self._keep_place)
            else:
                self.step = MemberStep(self._side, self.kept)
        self.body.addLayout(self.notices)
        self.body.addWidget(self.step)
        self.body.addStretch(2)
        self.footer_last()
        self._footer.setVisible(step != WELCOME)
        self._rest()
        self.step.show()
        self.step.setFocus(Qt.FocusReason.OtherFocusReason)
        self._scroll.verticalScrollBar().setValue(0)

    def _go_on(self) -> None:
        wrong = self.step.check() if isinstance(self.step, PlaceStep) else None
        if isinstance(self.step, MemberStep):
            wrong = self.step.form.check()
        if wrong is not None:
            wrong.setFocus(Qt.FocusReason.OtherFocusReason)
            self.show_widget(wrong)
        elif isinstance(self.step, PlaceStep):
            self._show(MEMBER)
        elif isinstance(self.step, MemberStep):
            self._found_desk(self.step)

    def _keep_place(self, code: str) -> None:
        self._settings = dataclasses.replace(self._settings, place=code)
        self._change(self._settings)

    def _found_desk(self, step: MemberStep) -> None:
        joining, code, office = step.form.joining, self.kept.code, self.kept.office
        found, places = self._found, self._places

        def job() -> tuple[Any, str]:
            return found(joining.member(), code, office or places().get(code).path, False)  # noqa: FBT003

        step.setEnabled(False)
        self.earlier.setEnabled(False)
        self.next.setEnabled(False)
        self._patience.start()
        self._tasks.do(self, job, self._done)

    def _done(self, opened: tuple[Any, str]) -> None:
        self._patience.stop()
        self._founded(*opened)

    def _rest(self) -> None:
        self._patience.stop()
        self.step.setEnabled(True)
        self.earlier.setEnabled(True)
        self.next.setEnabled(True)
        self.next.setText(t("setup.found") if self.kept.step == MEMBER else t("setup.next"))
