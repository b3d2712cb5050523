# SPDX-License-Identifier: GPL-3.0-or-later
"""The recovery sheet: the code is shown to be written down or printed, then hidden and asked for from the paper.

The code is in memory only, for as long as this page is about it; it goes into no draft. If it was lost before it was
checked, a new one takes its place. After the check a village is led on to its PPT, which may wait.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from trafficwatch.errors import ExpectedError
from trafficwatch.models.fields import Side
from trafficwatch.texts import Language, current_language, explain_error, t
from trafficwatch.ui.shell.desk import Desk
from trafficwatch.ui.shell.first_run_steps import step_names
from trafficwatch.ui.shell.page import Page
from trafficwatch.ui.theme.look import px
from trafficwatch.ui.theme.palette import Tone
from trafficwatch.ui.widgets.code_line import CodeField, shown_code
from trafficwatch.ui.widgets.notice import Notice
from trafficwatch.ui.widgets.parts import button, card, label, row
from trafficwatch.ui.widgets.steps import StepBar

SHEET, PPT = 2, 3
"""Places of the sheet and of the PPT in the step bar."""


class RecoveryPage(Page):
    """`enter(code=...)` shows a fresh code; without one the page says how far things are."""

    name = "recovery"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, t("setup.sheet"))
        self._code = ""
        self._phase: QWidget | None = None
        self.body.addStretch(1)
        self.field: CodeField | None = None

    def enter(self, *, code: str = "", **_: Any) -> None:
        """Shows the code, asks for it, or offers a new one, as the desk stands."""
        self._code = "" if self.desk.state.recovery_checked else code
        if self.desk.state.recovery_checked:
            self._show_done(is_fresh=False)
        elif code:
            self._show_code()
        else:
            self._show_lost()

    def failed(self, error: ExpectedError) -> None:
        """A mistyped group is told at the line, everything else at the top."""
        if self.field is not None and error.key in {"recovery_code_mistyped", "wrong_recovery_code"}:
            words = explain_error(error)
            self.clear_notices()
            self.field.wrong(f"{words['message']} {words['todo']}")
            self.field.setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            super().failed(error)

    # -- what is shown -------------------------------------------------------------------------------------------------

    def _show_code(self) -> None:
        column = self._new_phase(SHEET)
        column.addWidget(label(t("setup.sheet_why")))
        column.addWidget(shown_code(self._code))
        keeping = button(t("setup.sheet_print"), self._print, icon_name="print")
        saving = button(t("setup.sheet_save"), self._ask_where, icon_name="save")
        column.addLayout(row(keeping, saving))
        column.addWidget(label(t("setup.sheet_or_write"), "soft"))
        column.addWidget(Notice(t("setup.sheet_keep"), Tone.WARN, more=t("setup.sheet_keep_more")))
        self.written = button(t("setup.sheet_written"), self._show_check)
        self._end(column, self.written)

    def _show_check(self) -> None:
        column = self._new_phase(SHEET)
        frame, inside = card(t("setup.check"), t("setup.check_how"))
        self.field = CodeField(t("setup.recovery_code"), t("setup.code_hint"))
        inside.addWidget(self.field)
        column.addWidget(frame)
        if self._code:
            other = button(t("setup.see_again"), self._show_code, icon_name="eye")
        else:
            other = button(t("setup.back"), self._show_lost, icon_name="back")
        self.check = button(t("setup.check_now"), self._confirm)
        self._end(column, self.check, other)

    def _show_lost(self) -> None:
        column = self._new_phase(SHEET)
        column.addWidget(label(t("setup.lost")))
        frame, inside = card(t("setup.lost_new"), t("setup.lost_new_what"))
        self.renew = button(t("setup.renew_code"), self._renew)
        inside.addLayout(row(self.renew))
        column.addWidget(frame)
        frame, inside = card(t("setup.lost_have"), t("setup.lost_have_what"))
        inside.addLayout(row(button(t("setup.type_code"), self._show_check)))
        column.addWidget(frame)
        self.renew.setProperty("role", "primary")
        self._put(self.renew)

    def _show_done(self, *, is_fresh: bool) -> None:
        state = self.desk.state
        is_ppt = state.side is Side.PPT
        column = self._new_phase(PPT)
        column.addWidget(Notice(t("setup.checked"), Tone.OK, more=t("setup.checked_more")))
        needs_ppt = not is_ppt and state.ppt is None
        if needs_ppt:
            frame, inside = card(t("setup.connect"), t("setup.connect_why"))
            self.connect_now = button(t("setup.connect_now"), lambda: self.desk.go("connect"), role="primary")
            self.later = button(t("setup.later"), self._go_home)
            inside.addLayout(row(self.connect_now, self.later))
            inside.addWidget(label(t("setup.connect_later"), "small"))
            column.addWidget(frame)
        else:
            self.begin = button(t("setup.begin"), self._go_home, role="primary")
            column.addLayout(row(self.begin))
        if not is_fresh:
            frame, inside = card(t("setup.lost_again"), t("setup.lost_again_what"))
            self.renew = button(t("setup.renew_code"), self._renew)
            inside.addLayout(row(self.renew))
            column.addWidget(frame)
        self._put(self.connect_now if needs_ppt else self.begin)
        self.settled.emit()

    def _new_phase(self, step: int) -> QVBoxLayout:
        self.clear_notices()
        self.field = None
        if self._phase is not None:
            self._phase.hide()
            self._phase.deleteLater()
        self._phase = QWidget()
        column = QVBoxLayout(self._phase)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(px(14))
        column.addWidget(StepBar(step_names(self.desk.state.side), step))
        return column

    def _put(self, focus: QWidget) -> None:
        """Show the phase that was filled, and begin at this widget."""
        if self._phase is not None:
            self.body.insertWidget(self.body.count() - 1, self._phase)
            self._phase.show()
        focus.setFocus(Qt.FocusReason.OtherFocusReason)

    def _end(self, column: QVBoxLayout, primary: Any, *others: Any) -> None:
        """The way on from a phase, below it."""
        primary.setProperty("role", "primary")
        self._primary = primary
        column.addLayout(row(primary, *others))
        self._put(self.field or primary)

    # -- doing ---------------------------------------------------------------------------------------------------------

    def _confirm(self) -> None:
        if self.field is None:
            return
        if not self.field.is_complete:
            self.field.wrong(t("setup.code_incomplete"))
            self.field.setFocus(Qt.FocusReason.OtherFocusReason)
            return
        typed = self.field.code

        def use_case(store: Any) -> None:
            from trafficwatch.village.setup import confirm_recovery_sheet

            confirm_recovery_sheet(store, typed)

        self.desk.tasks.store(self, use_case, lambda _: self._confirmed())

    def _confirmed(self) -> None:
        self.desk.state = dataclasses.replace(self.desk.state, recovery_checked=True)
        self._code = ""
        self.desk.say(t("setup.checked"))
        self._show_done(is_fresh=True)

    def _renew(self) -> None:
        def use_case(store: Any) -> str:
            from trafficwatch.village.setup import renew_recovery_code

            return renew_recovery_code(store)

        self.desk.tasks.store(self, use_case, self._renewed)

    def _renewed(self, code: str) -> None:
        """The page anew, about this code: whoever comes back to the earlier one must not find a code that is void."""
        self.desk.state = dataclasses.replace(self.desk.state, recovery_checked=False)
        self.settled.emit()
        self.desk.go("recovery", code=code)

    def _go_home(self) -> None:
        self.desk.go("inbox" if self.desk.state.side is Side.PPT else "home")

    # -- on paper ------------------------------------------------------------------------------------------------------

    def _sheet(self) -> Callable[[], bytes]:
        """Draws on the worker what is known and chosen now; the worker asks nothing of the page."""
        code, state, paper, language = self._code, self.desk.state, self.desk.settings.paper, current_language()
        return lambda: sheet(code, state.name, paper, language, practice=state.practice)

    def _print(self) -> None:
        from trafficwatch.ui.widgets.printing import ask_and_print, has_printer

        if not has_printer():
            self.clear_notices()
            told = self.tell(t("printing.no_printer"), Tone.WARN, more=t("setup.sheet_or_write"))
            told.add_action(t("printing.save"), self._ask_where)
            return

        def ready(pdf: bytes) -> None:
            ask_and_print(self, self.desk, pdf, self.desk.settings.paper, lambda: self.desk.say(t("setup.printed")))

        self.desk.tasks.do(self, self._sheet(), ready)

    def _ask_where(self) -> None:
        self.desk.save_file(self, t("setup.sheet_where"), self._save, name=t("setup.sheet_file"), kinds="*.pdf")

    def _save(self, path: Path) -> None:
        self.clear_notices()
        drawn = self._sheet()

        def use_case(store: Any) -> None:
            from trafficwatch.casework.papers import save_pdf

            save_pdf(store, path, drawn())

        self.desk.tasks.store(self, use_case, lambda _: self._saved(path.name))

    def _saved(self, file: str) -> None:
        self.tell(t("setup.sheet_saved", file=file), more=t("setup.sheet_saved_more"))


def sheet(code: str, name: str, paper: str, language: Language, *, practice: bool) -> bytes:
    """The printed sheet of this desk."""
    from trafficwatch.forms.paper import PAPERS
    from trafficwatch.forms.recovery_sheet import recovery_pdf

    return recovery_pdf(code, name, PAPERS[paper], language, practice=practice)
