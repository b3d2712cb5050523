# SPDX-License-Identifier: GPL-3.0-or-later
"""Unlocking a desk: with one's passphrase, or with a new one and the code from the printed sheet or from the PPT.

The first thing that is seen, so nothing heavy is imported here. Guessing wipes nothing; after some wrong passphrases
the store makes the next try wait, and the button says how long. After a panic wipe it says who can still open the desk.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QKeyEvent, QShowEvent
from PySide6.QtWidgets import QBoxLayout, QPushButton, QVBoxLayout, QWidget

from trafficwatch.errors import ExpectedError
from trafficwatch.texts import explain_error, t
from trafficwatch.ui.shell.ask_ppt import AskPpt
from trafficwatch.ui.shell.front import Front, mark
from trafficwatch.ui.shell.settings import Settings
from trafficwatch.ui.shell.tasks import Tasks
from trafficwatch.ui.theme.look import COMPACT_FROM, look, px
from trafficwatch.ui.theme.palette import Tone
from trafficwatch.ui.widgets.code_line import CodeField
from trafficwatch.ui.widgets.notice import Notice
from trafficwatch.ui.widgets.parts import Field, button, card, label, line_edit, row
from trafficwatch.ui.widgets.secret import NewPassphrase, SecretField

WIDTH = 560
WAYS = frozenset({"passphrase", "recovery"})
SHORT_WAIT = 300
"""Milliseconds of work that nobody needs to be told about."""


class UnlockPage(Front):
    """The locked desk. `unlock` and `recover` run on the worker, `unlocked` gets what they give on the UI thread."""

    def __init__(
        self,
        tasks: Tasks,
        *,
        unlock: Callable[[str], Any],
        unlocked: Callable[[Any], None],
        recover: Callable[[str, str, str], Any],
        practice_passphrase: str | None,
        settings: Settings,
        change: Callable[[Settings], None],
        other: tuple[str, Callable[[], None]] | None,
        request: Callable[[Path], Any] | None = None,
        ways: Collection[str] = WAYS,
        restore: Callable[[], None] | None = None,
    ) -> None:
        """`recover` takes code, volunteer's name, new passphrase; `other` is a link to another desk.

        `request` copies the request for the PPT's help into a folder, None where there is no such help; `ways` are the
        kinds of slots that the vault has; `restore` leads to restoring a backup.
        """
        super().__init__(settings, change, width=WIDTH)
        self._tasks, self._unlock, self._unlocked, self._recover = tasks, unlock, unlocked, recover
        self._practice = practice_passphrase
        self._ways = ways
        self._has_volunteers = "passphrase" in ways
        self._wait = 0
        self._seconds = QTimer(self)
        self._seconds.setInterval(1_000)
        self._seconds.timeout.connect(self._tick)
        self._patience = QTimer(self)
        self._patience.setSingleShot(True)
        self._patience.setInterval(SHORT_WAIT)
        self._patience.timeout.connect(lambda: self._main_button().setText(t("unlock.opening")))
        self.body.addStretch(1)
        self._head = QWidget()
        self._head.setLayout(_mark())
        self.body.addWidget(self._head)
        self.body.addLayout(self.notices)
        self.entrance = self._build_entrance()
        self.recovery = self._build_recovery(has_ppt=request is not None)
        if not self._has_volunteers:
            self.body.addWidget(_wiped(ways))
        self.body.addWidget(self.entrance)
        self.body.addWidget(self.recovery)
        self.recovery.hide()
        self.ask_ppt = AskPpt(tasks, self, request) if request is not None else None
        if self.ask_ppt is not None:
            self.ask_ppt.typing_wanted.connect(lambda: self._show_recovery(shown=True, by_ppt=True))
            self.ask_ppt.left.connect(lambda: self._show_recovery(shown=True))
            self.body.addWidget(self.ask_ppt)
            self.ask_ppt.hide()
        links = [(t("restore.link"), restore)] if restore is not None else []
        for words, act in [*links, *([other] if other is not None else [])]:
            self.body.addWidget(button(words, act, role="link"), 0, Qt.AlignmentFlag.AlignHCenter)
        self.body.addStretch(2)
        self.press_with_enter(self.open)
        if not self._has_volunteers:
            self.cancel.hide()
            self.entrance.hide()
            if ways:
                self._show_recovery(shown=True)

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802 - Qt's name
        super().showEvent(event)
        self._first_field().setFocus(Qt.FocusReason.OtherFocusReason)
        if self._has_volunteers:
            QTimer.singleShot(0, self, lambda: self.show_widget(self._main_button()))

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        is_plain_enter = event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter} and not (
            event.modifiers() & Qt.KeyboardModifier.ControlModifier
        )
        if is_plain_enter and self.focusWidget() is self.passphrase.line:
            self._try()
        elif event.key() == Qt.Key.Key_Escape and self._ways and not self.entrance.isVisible():
            self._show_recovery(shown=not self.recovery.isVisible())
        else:
            super().keyPressEvent(event)

    def failed(self, error: ExpectedError) -> None:
        """What is wrong, kindly; what was typed stays for mending."""
        self._rest()
        if error.key == "too_soon":
            self._wait_for(int(error.params["seconds"]))
            if not self.entrance.isHidden():
                return
        if error.key != "wrong_passphrase":
            super().failed(error)
            self._first_field().setFocus(Qt.FocusReason.OtherFocusReason)
            return
        words = explain_error(error)
        self.clear_notices()
        self.passphrase.wrong(f"{words['message']} {t('unlock.nothing_wiped')}")
        self.passphrase.line.selectAll()
        self.passphrase.setFocus(Qt.FocusReason.OtherFocusReason)

    # -- building ------------------------------------------------------------------------------------------------------

    def _build_entrance(self) -> QWidget:
        made = QWidget()
        column = QVBoxLayout(made)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(px(14))
        if self._practice is not None:
            notice = Notice(t("unlock.practice"), Tone.WARN, more=t("unlock.practice_passphrase", words=self._practice))
            notice.add_action(t("unlock.open_practice"), self._open_practice)
            column.addWidget(notice)
        frame, inside = card()
        inside.addWidget(label(t("unlock.locked")))
        self.passphrase = SecretField(t("unlock.passphrase"))
        self.passphrase.line.textEdited.connect(lambda: self.passphrase.wrong(""))
        inside.addWidget(self.passphrase)
        self.open = button(t("unlock.open"), self._try, role="primary", icon_name="unlock")
        self.forgot = button(t("unlock.forgot"), lambda: self._show_recovery(shown=True), role="link")
        foot = row(self.open, spacing=16)
        foot.addWidget(self.forgot)
        inside.addLayout(foot)
        column.addWidget(frame)
        return made

    def _build_recovery(self, *, has_ppt: bool) -> QWidget:
        frame, inside = card()
        self._recovery_title, self._recovery_how = label("", "heading"), label("", "soft")
        inside.addWidget(self._recovery_title)
        inside.addWidget(self._recovery_how)
        self.code = CodeField(t("setup.recovery_code"), t("unlock.code_hint"))
        self.name = line_edit(limit=200)
        self._name_field = Field(t("unlock.name"), self.name, t("unlock.name_hint"))
        self.new = NewPassphrase(lambda: [self.name.text()])
        for widget in (self.code, self._name_field, self.new):
            inside.addWidget(widget)
        self.renew = button(t("unlock.renew"), self._try_recovery, role="primary", icon_name="key")
        self.cancel = button(t("unlock.cancel"), lambda: self._show_recovery(shown=False))
        inside.addLayout(row(self.renew, self.cancel))
        self.no_sheet = button(t("escrow.ask.link"), self._show_ask_ppt, role="link")
        self.no_sheet.setVisible(has_ppt)
        inside.addWidget(self.no_sheet, 0, Qt.AlignmentFlag.AlignLeft)
        return frame

    # -- opening -------------------------------------------------------------------------------------------------------

    def _try(self) -> None:
        typed = self.passphrase.text
        if not typed or not self.open.isEnabled():
            return
        self._start()
        self._tasks.do(self, lambda: self._unlock(typed), self._done)

    def _open_practice(self) -> None:
        self.passphrase.line.setText(self._practice or "")
        self._try()

    def _try_recovery(self) -> None:
        self.code.wrong("" if self.code.is_complete else t("setup.code_incomplete"))
        name = " ".join(self.name.text().split())
        self._name_field.wrong("" if name else t("unlock.name_missing"))
        wrong = self.new.check()
        if not self.code.is_complete:
            self.code.setFocus(Qt.FocusReason.OtherFocusReason)
        elif not name:
            self.name.setFocus(Qt.FocusReason.OtherFocusReason)
        elif wrong is not None:
            wrong.setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            code, passphrase = self.code.code, self.new.value
            self._start()
            self._tasks.do(self, lambda: self._recover(code, name, passphrase), self._done)

    def _start(self) -> None:
        self.clear_notices()
        self.passphrase.wrong("")
        self.entrance.setEnabled(False)
        self.recovery.setEnabled(False)
        self._patience.start()

    def _rest(self) -> None:
        self._patience.stop()
        self.entrance.setEnabled(True)
        self.recovery.setEnabled(True)
        if self.ask_ppt is not None:
            self.ask_ppt.rest()
        self.open.setText(t("unlock.open"))
        self.renew.setText(t("unlock.renew"))

    def _done(self, opened: Any) -> None:
        self._patience.stop()
        self.passphrase.clear()
        self.code.clear()
        self.new.clear()
        self._unlocked(opened)

    def _main_button(self) -> Any:
        return self.renew if self.recovery.isVisible() else self.open

    def _show_recovery(self, *, shown: bool, by_ppt: bool = False) -> None:
        """The form for a new passphrase, with the code from the sheet or the one that the PPT has read out."""
        shown = shown or not self._has_volunteers
        title = t("escrow.ask.typing") if by_ppt else t("unlock.recovery")
        self._recovery_title.setText(title)
        self._recovery_how.setText(t("escrow.ask.typing_how") if by_ppt else t("unlock.recovery_how"))
        self.recovery.setAccessibleName(title)
        self.no_sheet.setText(t("escrow.ask.link_back") if by_ppt else t("escrow.ask.link"))
        self._show(self.recovery if shown else self.entrance, self.renew if shown else self.open)

    def _show_ask_ppt(self) -> None:
        if self.ask_ppt is not None:
            self._show(self.ask_ppt, self.ask_ppt.primary)

    def _show(self, wanted: QWidget, primary: QPushButton) -> None:
        """Show one of the three parts, and begin at its first field."""
        self.clear_notices()
        self._head.setVisible(wanted is self.entrance)  # the long forms need the room
        for part in (self.entrance, self.recovery, self.ask_ppt):
            if part is not None:
                part.setVisible(part is wanted)
        self.press_with_enter(primary)
        self._first_field().setFocus(Qt.FocusReason.OtherFocusReason)

    def _first_field(self) -> QWidget:
        if self.ask_ppt is not None and self.ask_ppt.isVisible():
            return self.ask_ppt.save
        return self.code if self.recovery.isVisible() else self.passphrase

    # -- waiting after wrong passphrases -------------------------------------------------------------------------------

    def _wait_for(self, seconds: int) -> None:
        """What was typed stays, and can be tried when the time is over."""
        self._wait = seconds
        self.open.setEnabled(False)
        self._seconds.start()
        self.passphrase.wrong(t("unlock.too_soon"))
        self.passphrase.setFocus(Qt.FocusReason.OtherFocusReason)
        self._tick_words()

    def _tick(self) -> None:
        self._wait -= 1
        if self._wait <= 0:
            self._seconds.stop()
            self.open.setEnabled(True)
            self.open.setText(t("unlock.open"))
            self.passphrase.wrong("")
        else:
            self._tick_words()

    def _tick_words(self) -> None:
        self.open.setText(t("unlock.wait", seconds=self._wait))


def _wiped(ways: Collection[str]) -> Notice:
    """What a panic wipe has left."""
    if not ways:
        return Notice(t("unlock.nobody"), Tone.DANGER, more=t("unlock.nobody_more"))
    key = {True: "recovery", False: "escrow"}["recovery" in ways] if len(ways) == 1 else "both"
    return Notice(t("unlock.wiped"), Tone.WARN, more=t(f"unlock.wiped_{key}"))


def _mark() -> QBoxLayout:
    """The mark, the program's name, and what it is for; in big letters only what is needed."""
    name = label("TrafficWatch", "title", wraps=False)
    if look().zoom >= COMPACT_FROM:
        beside = row(mark(), name, spacing=14)
        beside.insertStretch(0, 1)
        beside.setContentsMargins(0, 0, 0, 0)
        return beside
    made = QVBoxLayout()
    made.setContentsMargins(0, 0, 0, 0)
    made.setSpacing(px(4))
    made.addWidget(mark(), 0, Qt.AlignmentFlag.AlignHCenter)
    made.addSpacing(px(6))
    for words in (name, label(t("unlock.purpose"), "soft")):
        words.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        made.addWidget(words)
    made.addSpacing(px(6))
    return made
