# SPDX-License-Identifier: GPL-3.0-or-later
"""On a locked desk, or on a new laptop: restoring a backup. Choose one, look what it holds, only then restore.

Nothing is replaced before somebody has seen what will be there, and has agreed to what will not. The passphrase or code
is in memory only, and let go of when restoring ends, either way. Esc goes back.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QKeyEvent, QShowEvent
from PySide6.QtWidgets import QWidget

from trafficwatch.errors import ExpectedError
from trafficwatch.texts import explain_error, t
from trafficwatch.ui.shell import paths
from trafficwatch.ui.shell.front import Front
from trafficwatch.ui.shell.restore_steps import ChooseStep, ContentsStep, Kept
from trafficwatch.ui.shell.settings import Settings
from trafficwatch.ui.shell.tasks import Tasks
from trafficwatch.ui.widgets.parts import button, label

if TYPE_CHECKING:
    from trafficwatch.ui.shell.restoring import Restoring
    from trafficwatch.village.backups import Contents, Found

WIDTH = 760
SHORT_WAIT = 300
"""Milliseconds of work that nobody needs to be told about."""
_WRONG_SECRET = {"too_soon", "wrong_passphrase", "wrong_recovery_code", "recovery_code_mistyped"}


class RestorePage(Front):
    """The way from a backup to a store. `restored` gets, on the UI thread, what was restored and whether that is all
    there ever was on this laptop.
    """

    def __init__(
        self,
        tasks: Tasks,
        *,
        restoring: Restoring,
        kept: Kept,
        restored: Callable[[Contents, bool], None],
        leave: Callable[[], None],
        settings: Settings,
        change: Callable[[Settings], None],
    ) -> None:
        """`kept` is what an earlier one, built in another language or size, had kept."""
        super().__init__(settings, change, width=WIDTH)
        self._tasks, self._restoring, self._restored, self._leave = tasks, restoring, restored, leave
        self.kept = kept
        self._is_busy = False
        self.step: ChooseStep | ContentsStep
        self._title, self._lead = label("", "title"), label("", "soft")
        for widget in (self._title, self._lead):
            self.body.addWidget(widget)
        self.body.addLayout(self.notices)
        self._room = QWidget()
        self.body.addWidget(self._room)
        self.body.addStretch(1)
        self.earlier = button(t("restore.back"), self._go_back, icon_name="back")
        self.next = button("", self._go_on)
        self.footer(self.earlier, primary=self.next)
        self._patience = QTimer(self)
        self._patience.setSingleShot(True)
        self._patience.setInterval(SHORT_WAIT)
        self._patience.timeout.connect(lambda: self.next.setText(t("restore.looking")))
        self._show()

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802 - Qt's name
        super().showEvent(event)
        self._begin_where_one_begins()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        is_enter = event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}
        if is_enter and isinstance(self.step, ChooseStep) and self.step.has_focus_in_secret():
            self._go_on()
        elif event.key() == Qt.Key.Key_Escape:
            self._go_back()
        else:
            super().keyPressEvent(event)

    def failed(self, error: ExpectedError) -> None:
        """What is wrong: at the passphrase, as a question, or at the top."""
        self._rest()
        words = explain_error(error)
        if isinstance(self.step, ChooseStep) and error.key in _WRONG_SECRET:
            known = {"wrong_passphrase": t("restore.wrong_passphrase"), "wrong_recovery_code": t("restore.wrong_code")}
            self.step.wrong(known.get(error.key, words["message"]))
            self._go_to_way_in()
        elif isinstance(self.step, ContentsStep) and error.key == "restore_loses_changes":
            self._ask(t("restore.loses", count=error.params["changes"]), t("restore.loses_more"))
        else:
            if error.key == "restore_unsure":  # something else has to be typed
                self.kept.forget()
                self._show()
            super().failed(error)
            self._begin_where_one_begins()

    def _go_to_way_in(self) -> None:
        """To the passphrase or code; what is wrong with it stands below, and has its place once it is laid out."""
        if isinstance(self.step, ChooseStep):
            self.step.way_in.setFocus(Qt.FocusReason.OtherFocusReason)
            other = self.step.other
            QTimer.singleShot(0, other, lambda: self.show_widget(other))

    # -- steps ---------------------------------------------------------------------------------------------------------

    def _show(self) -> None:
        """The step that one is at; what was typed at the other is let go of."""
        self.clear_notices()
        contents = self.kept.contents
        if contents is None:
            choosing = ChooseStep(self.kept)
            choosing.place_wanted.connect(self._ask_place)
            choosing.opened.connect(self._go_to_way_in)
            step: ChooseStep | ContentsStep = choosing
            self._title.setText(t("restore.title"))
            self._lead.setText(t("restore.intro"))
        else:
            step = ContentsStep(contents, fits=self._restoring.fits(contents), replaces=self._restoring.has_store())
            self._title.setText(t("restore.contents"))
            self._lead.setText(t("restore.contents_lead"))
        self.body.replaceWidget(self._room, step)
        self._room.hide()
        self._room.deleteLater()
        self._room = self.step = step
        self.setAccessibleName(self._title.text())
        self.footer_last()
        self._rest()
        step.show()
        self._scroll.verticalScrollBar().setValue(0)
        if contents is None:
            self._list()
        self._begin_where_one_begins()

    def _begin_where_one_begins(self) -> None:
        if isinstance(self.step, ChooseStep):
            first = self.step.first_field
        elif self.step.is_asking:
            first = self.step.no
        else:
            first = self.next if self.next.isEnabled() else self.earlier
        first.setFocus(Qt.FocusReason.OtherFocusReason)
        if self.step.isAncestorOf(first):
            QTimer.singleShot(0, first, lambda: self.show_widget(first))

    def _go_back(self) -> None:
        if self._is_busy:
            return
        if isinstance(self.step, ContentsStep) and self.step.is_asking:
            self._close_question()
        elif isinstance(self.step, ContentsStep):
            self.kept.forget()
            self._show()
        else:
            self.step.clear()
            self._leave()

    def _go_on(self) -> None:
        if self._is_busy:
            return
        if isinstance(self.step, ChooseStep):
            self._look(self.step)
        else:
            self._restore(discard_newer=False)

    # -- choosing ------------------------------------------------------------------------------------------------------

    def _ask_place(self) -> None:
        paths.open_folder(self, t("restore.where"), self.take_place)

    def take_place(self, place: Path) -> None:
        """Offer what lies in a folder or on a stick, besides what lies here."""
        self.kept.place, self.kept.chosen = place, ""
        self.clear_notices()
        self._list()

    def _list(self) -> None:
        here, find, place = self._restoring.here, self._restoring.find, self.kept.place

        def job() -> tuple[Found, ...]:
            there = find(place) if place is not None else ()
            known = {each.path for each in there}
            return (*there, *(each for each in here() if each.path not in known))

        self._tasks.do(self, job, self.show_found, slot="found")

    def show_found(self, found: tuple[Found, ...]) -> None:
        """What there is to restore."""
        if isinstance(self.step, ChooseStep):
            self.step.put(found)
            self.next.setEnabled(bool(found))
            self._begin_where_one_begins()

    # -- looking -------------------------------------------------------------------------------------------------------

    def _look(self, step: ChooseStep) -> None:
        backup = step.chosen
        if backup is None:
            return
        if not step.check():
            self._go_to_way_in()
            return
        secret, is_code = step.secret, self.kept.is_code
        self._start()
        self._patience.start()

        def looked(contents: Contents) -> None:
            self.kept.secret, self.kept.contents = secret, contents
            step.clear()
            self._show()

        self._tasks.do(self, lambda: self._restoring.look(backup, secret, is_code=is_code), looked)

    # -- restoring -----------------------------------------------------------------------------------------------------

    def _restore(self, *, discard_newer: bool) -> None:
        if not isinstance(self.step, ContentsStep):
            return
        was_new = not self._restoring.has_store()
        self._start()
        self.step.begin()
        kept = self.kept
        job = partial(
            self._restoring.restore,
            Path(kept.chosen),
            kept.secret,
            is_code=kept.is_code,
            discard_newer=discard_newer,
            progress=self._tasks.teller(self, self.step.told),
        )
        self._tasks.do(self, job, lambda contents: self._done(contents, was_new=was_new))

    def _done(self, contents: Contents, *, was_new: bool) -> None:
        self.kept.forget()
        self._restored(contents, was_new)

    def _ask(self, question: str, what: str) -> None:
        if isinstance(self.step, ContentsStep):
            no = self.step.ask(question, what, lambda: self._restore(discard_newer=True))
            no.clicked.connect(self._close_question)
            self.footer_last()
            self.next.setEnabled(False)
            self._begin_where_one_begins()

    def _close_question(self) -> None:
        if isinstance(self.step, ContentsStep):
            self.step.close_question()
            self._rest()
            self._begin_where_one_begins()

    def _start(self) -> None:
        self.clear_notices()
        self._is_busy = True
        self.step.setEnabled(isinstance(self.step, ContentsStep))  # its bar is to be seen
        self.earlier.setEnabled(False)
        self.next.setEnabled(False)

    def _rest(self) -> None:
        """Nothing is under way; the buttons are those of the step."""
        self._patience.stop()
        self._is_busy = False
        self.step.setEnabled(True)
        self.earlier.setEnabled(True)
        if isinstance(self.step, ContentsStep):
            self.step.rest()
            self.earlier.setText(t("restore.other"))
            self.next.setText(t("restore.go"))
            self.next.setEnabled(self.kept.contents is not None and self._restoring.fits(self.kept.contents))
        else:
            self.earlier.setText(t("restore.back"))
            self.next.setText(t("restore.look"))
            self.next.setEnabled(self.step.chosen is not None)
