# SPDX-License-Identifier: GPL-3.0-or-later
"""Unlocking a desk: with one's passphrase, or with the recovery code from the printed sheet and a new passphrase.

The first thing that is seen, so nothing heavy is imported here. Guessing wipes nothing; after some wrong passphrases
the button waits, longer each time.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QKeyEvent, QShowEvent
from PySide6.QtWidgets import QBoxLayout, QVBoxLayout, QWidget

from trafficwatch.errors import ExpectedError
from trafficwatch.texts import explain_error, t
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
FREE_TRIES = 3
LONGEST_WAIT = 30
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
    ) -> None:
        """`recover` takes code, volunteer's name, new passphrase; `other` is a link to another desk."""
        super().__init__(settings, change, width=WIDTH)
        self._tasks, self._unlock, self._unlocked, self._recover = tasks, unlock, unlocked, recover
        self._practice = practice_passphrase
        self._wrong = 0
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
        self.recovery = self._build_recovery()
        self.recovery.hide()
        self.body.addWidget(self.entrance)
        self.body.addWidget(self.recovery)
        if other is not None:
            words, act = other
            link = button(words, act, role="link")
            self.body.addWidget(link, 0, Qt.AlignmentFlag.AlignHCenter)
        self.body.addStretch(2)
        self.press_with_enter(self.open)

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802 - Qt's name
        super().showEvent(event)
        self.passphrase.setFocus(Qt.FocusReason.OtherFocusReason)
        QTimer.singleShot(0, self, lambda: self.show_widget(self.open))

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        is_plain_enter = event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter} and not (
            event.modifiers() & Qt.KeyboardModifier.ControlModifier
        )
        if is_plain_enter and self.focusWidget() is self.passphrase.line:
            self._try()
        elif event.key() == Qt.Key.Key_Escape and self.recovery.isVisible():
            self._show_recovery(shown=False)
        else:
            super().keyPressEvent(event)

    def failed(self, error: ExpectedError) -> None:
        """What is wrong, kindly; what was typed stays for mending."""
        self._rest()
        if error.key != "wrong_passphrase":
            super().failed(error)
            (self.code if self.recovery.isVisible() else self.passphrase).setFocus(Qt.FocusReason.OtherFocusReason)
            return
        self._wrong += 1
        words = explain_error(error)
        self.clear_notices()
        self.passphrase.wrong(f"{words['message']} {t('unlock.nothing_wiped')}")
        self.passphrase.line.selectAll()
        self.passphrase.setFocus(Qt.FocusReason.OtherFocusReason)
        if self._wrong > FREE_TRIES:
            self._wait = min(2 ** (self._wrong - FREE_TRIES), LONGEST_WAIT)
            self.open.setEnabled(False)
            self._seconds.start()
            self._tick_words()

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

    def _build_recovery(self) -> QWidget:
        frame, inside = card(t("unlock.recovery"), t("unlock.recovery_how"))
        self.code = CodeField(t("setup.recovery_code"), t("unlock.code_hint"))
        self.name = line_edit(limit=200)
        self._name_field = Field(t("unlock.name"), self.name, t("unlock.name_hint"))
        self.new = NewPassphrase(lambda: [self.name.text()])
        for widget in (self.code, self._name_field, self.new):
            inside.addWidget(widget)
        self.renew = button(t("unlock.renew"), self._try_recovery, role="primary", icon_name="key")
        self.cancel = button(t("unlock.cancel"), lambda: self._show_recovery(shown=False))
        inside.addLayout(row(self.renew, self.cancel))
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

    def _show_recovery(self, *, shown: bool) -> None:
        self.clear_notices()
        self._head.setVisible(not shown)  # the long form needs the room
        self.entrance.setVisible(not shown)
        self.recovery.setVisible(shown)
        self.press_with_enter(self.renew if shown else self.open)
        (self.code if shown else self.passphrase).setFocus(Qt.FocusReason.OtherFocusReason)

    # -- waiting after wrong passphrases -------------------------------------------------------------------------------

    def _tick(self) -> None:
        self._wait -= 1
        if self._wait <= 0:
            self._seconds.stop()
            self.open.setEnabled(True)
            self.open.setText(t("unlock.open"))
        else:
            self._tick_words()

    def _tick_words(self) -> None:
        self.open.setText(t("unlock.wait", seconds=self._wait))


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
