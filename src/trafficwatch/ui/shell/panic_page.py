# SPDX-License-Identifier: GPL-3.0-or-later
"""The panic wipe: what only this laptop has, what goes, what can't be reached; then one word to type and one button.

Made to be quick and never by mistake: the word has the focus at once, beside the button; no passphrase is asked, for it
costs time and the desk is open anyway; nothing happens without the word, and Ctrl+Enter does not press the button.
Which backups will not go is said before, for afterwards there is no time: the program locks once the laptop's own keys
are gone, whatever else failed and wherever one has gone meanwhile. The fresh one says who can still open it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import shiboken6
from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QCheckBox, QVBoxLayout, QWidget

from trafficwatch.errors import ExpectedError
from trafficwatch.models.exchange import Delivery, PeerStatus
from trafficwatch.models.fields import Side
from trafficwatch.sync.outbox import WITHHELD, DeliveryRow, Outbox, deliveries, outbox
from trafficwatch.texts import explain_error, t
from trafficwatch.texts.exchange import delivery_words, type_words
from trafficwatch.ui.shell.desk import Desk
from trafficwatch.ui.shell.page import Page
from trafficwatch.ui.theme.look import px
from trafficwatch.ui.theme.palette import Tone
from trafficwatch.ui.widgets.lines import Line, Lines
from trafficwatch.ui.widgets.notice import Notice
from trafficwatch.ui.widgets.parts import button, card, empty, label, line_edit, row
from trafficwatch.village.panic import Keepers, keepers, wipe

MOST = 30
"""Records named of each state; the sending page has them all."""
_NOT_RECEIVED = (Delivery.WAITING, Delivery.IN_BUNDLE, Delivery.REFUSED)


@dataclass(frozen=True, slots=True)
class OnlyHere:
    """What the PPT has not received."""

    outbox: Outbox
    rows: tuple[DeliveryRow, ...]


def only_here(work: Any) -> OnlyHere:
    """Read what the PPT has not received."""
    found = outbox(work)
    states = [state for state in _NOT_RECEIVED if found.by_state.get(state.value)]
    rows = [each for state in states for each in deliveries(work, state, 0, MOST).rows]
    return OnlyHere(found, tuple(rows))


class PanicPage(Page):
    """Reached from the settings."""

    name = "panic"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, t("panic.title"), t("panic.subtitle"), can_go_back=True)
        self._is_ppt = desk.state.side is Side.PPT
        self._build_only_here()
        self._build_what_happens()
        self._build_deed()
        self.body.addStretch(1)
        self.keep = button(t("panic.keep"), desk.back)
        self.word = line_edit(placeholder=t("panic.word", word=t("panic.the_word")), limit=20)
        self.word.setAccessibleName(self.word.placeholderText())
        self.word.setMinimumWidth(px(150))
        self.word.textChanged.connect(self._enable)
        self.wipe = button(t("panic.wipe"), self._wipe, role="danger", icon_name="trash")
        self.wipe.setEnabled(False)
        self.footer(self.keep, self.word, self.wipe)

    def enter(self, **_: Any) -> None:
        self.word.setFocus(Qt.FocusReason.OtherFocusReason)
        self.desk.tasks.store(self, keepers, self._show_keepers)
        if not self._is_ppt:
            self.desk.tasks.work(self, only_here, self._show_only_here)

    def failed(self, error: Any) -> None:
        super().failed(error)
        self._enable()

    # -- building ------------------------------------------------------------------------------------------------------

    def _build_only_here(self) -> None:
        frame, column = card(t("panic.only_here"))
        self.standing = label(t("panic.only_here_ppt") if self._is_ppt else "")
        self.list = Lines(t("panic.only_here"), height=200)
        self.withheld = label("", "soft")
        self.send = button(t("panic.send"), lambda: self.desk.go("send"), icon_name="send")
        shown: tuple[QWidget, ...] = (self.standing, self.list, self.withheld)
        for each in shown:
            column.addWidget(each)
        column.addLayout(row(self.send))
        for each in (*shown[1:], self.send):
            each.hide()
        self.body.addWidget(frame)

    def _build_what_happens(self) -> None:
        frame, column = card(t("panic.what_happens"))
        column.addWidget(label(t("panic.goes")))
        self.keepers = label("")
        column.addWidget(self.keepers)
        column.addWidget(label(t("panic.cannot"), "soft"))
        self.left = label("", "soft")
        self.left.hide()
        column.addWidget(self.left)
        self.body.addWidget(frame)

    def _build_deed(self) -> None:
        frame, column = card(t("panic.deed"))
        column.addWidget(label(t("panic.how", word=t("panic.the_word"))))
        self.codes = QCheckBox(t("panic.codes_ppt") if self._is_ppt else t("panic.codes"))
        self.codes.toggled.connect(self._warn)
        column.addWidget(self.codes)
        self.warning = QVBoxLayout()
        column.addLayout(self.warning)
        self.body.addWidget(frame)

    # -- showing -------------------------------------------------------------------------------------------------------

    def _show_only_here(self, found: OnlyHere) -> None:
        states = found.outbox.by_state
        count = sum(states.get(state.value, 0) for state in _NOT_RECEIVED)
        is_connected = found.outbox.ppt_status is PeerStatus.ACTIVE
        if not is_connected:
            self.standing.setText(t("panic.not_connected"))
        else:
            self.standing.setText(t("panic.some", count=count) if count else t("panic.none"))
        self.list.put([_line(each) for each in found.rows] if is_connected else [])
        self.list.setVisible(is_connected and bool(found.rows))
        self.send.setVisible(is_connected and bool(count))
        withheld = states.get(WITHHELD, 0)
        self.withheld.setText(t("panic.withheld", count=withheld))
        self.withheld.setVisible(is_connected and bool(withheld))

    def _show_keepers(self, found: Keepers) -> None:
        key = {(True, True): "both", (True, False): "recovery", (False, True): "escrow"}
        self.keepers.setText(t(f"panic.keepers_{key.get((found.recovery, found.escrow), 'nobody')}"))
        words = _what_stays(found)
        self.left.setText(words)
        self.left.setVisible(bool(words))

    def _warn(self, also_codes: bool) -> None:  # noqa: FBT001 - a signal's argument
        empty(self.warning)
        if also_codes:
            words = t("panic.codes_warning_ppt") if self._is_ppt else t("panic.codes_warning")
            notice = Notice(words, Tone.DANGER)
            self.warning.addWidget(notice)
            notice.announce()
            QTimer.singleShot(0, notice, lambda: self.show_widget(notice))

    # -- doing ---------------------------------------------------------------------------------------------------------

    def _enable(self) -> None:
        typed = "".join(self.word.text().split()).casefold()
        self.wipe.setEnabled(typed == t("panic.the_word").casefold())

    def _wipe(self) -> None:
        self.wipe.setEnabled(False)
        self.clear_notices()
        also_codes, tasks = self.codes.isChecked(), self.desk.tasks
        tasks.hurry()
        tasks.store(tasks, lambda store: wipe(store, also_codes=also_codes), self._wiped, self._refused)

    def _wiped(self, found: Keepers) -> None:
        """Also when the page has been left meanwhile, and is no more."""
        if shiboken6.isValid(self) and (words := _what_stays(found)):
            self.tell(words, Tone.DANGER)
        self.desk.lock()

    def _refused(self, error: ExpectedError) -> None:
        self.desk.tasks.hurry(is_on=False)
        if shiboken6.isValid(self):
            self.failed(error)
        else:
            self.desk.say(explain_error(error)["message"])


def _what_stays(found: Keepers) -> str:
    """The backups that open as before, and why; '' if there are none."""
    parts = []
    if found.elsewhere:
        places = ", ".join(each.place for each in found.elsewhere)
        parts.append(t("panic.elsewhere", count=len(found.elsewhere), places=places))
    if found.unchanged:
        parts.append(t("panic.unchanged", count=len(found.unchanged), places=", ".join(found.unchanged)))
    if not found.is_listed:
        parts.append(t("panic.not_listed"))
    return "\n".join(parts)


def _line(found: DeliveryRow) -> Line:
    kind = type_words(found.type)
    tone = Tone.WARN if found.state is Delivery.REFUSED else Tone.INFO
    more = f"{kind} · {delivery_words(found.state)}" if found.label else delivery_words(found.state)
    return Line(f"{found.type}/{found.id}", found.label or kind, more, tone, "send")
