# SPDX-License-Identifier: GPL-3.0-or-later
"""A village's settings of escrow: whether the PPT could help to open this laptop, setting it up, turning it off.

Trained volunteers only, for the code opens case text too. Turning it off is asked about once more, in place.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from trafficwatch.sync.escrow import WANTS_RENEWAL, EscrowState, EscrowStatus, set_up, state, turn_off
from trafficwatch.texts import t
from trafficwatch.ui.exchange.moments import moment
from trafficwatch.ui.exchange.rows import bring, side_by_side
from trafficwatch.ui.shell.desk import Desk
from trafficwatch.ui.shell.page import Page
from trafficwatch.ui.theme.look import px
from trafficwatch.ui.theme.palette import Tone
from trafficwatch.ui.widgets.parts import button, chip, empty, label, row

_TONES = {
    EscrowStatus.NOT_CONNECTED: Tone.NEUTRAL,
    EscrowStatus.OFF: Tone.NEUTRAL,
    EscrowStatus.READY: Tone.OK,
}


class EscrowCard(QFrame):
    """The card; `read` asks the store how things stand. What fails is told by the page."""

    def __init__(self, desk: Desk, page: Page) -> None:
        super().__init__()
        self._desk, self._page = desk, page
        self._status = EscrowStatus.OFF
        self.setProperty("box", "card")
        self.setAccessibleName(t("escrow.card.title"))
        column = QVBoxLayout(self)
        column.setContentsMargins(px(18), px(14), px(18), px(16))
        column.setSpacing(px(10))
        column.addWidget(label(t("escrow.card.title"), "heading"))
        column.addWidget(label(t("escrow.card.what"), "soft"))
        self._chip = QVBoxLayout()
        column.addLayout(self._chip)
        self.how = label("")
        column.addWidget(self.how)
        self.untrained = label(t("escrow.card.untrained"), "soft")
        column.addWidget(self.untrained)
        self.set_up = button("", self._set_up, icon_name="key")
        self.off = button(t("escrow.card.turn_off"), self._ask)
        column.addLayout(side_by_side(self.set_up, self.off))
        self.question = self._build_question()
        column.addWidget(self.question)
        for each in (self.untrained, self.set_up, self.off, self.question):
            each.hide()

    def read(self) -> None:
        """Ask how things stand."""
        self._desk.tasks.store(self._page, state, self.show_state)

    def show_state(self, found: EscrowState) -> None:
        """How things stand, and what can be done about it."""
        self._status = status = found.status
        empty(self._chip)
        words = t(f"escrow.card.chip_{status.value}")
        self._chip.addLayout(row(chip(words, _TONES.get(status, Tone.WARN))))
        self.how.setText(t(f"escrow.card.{status.value}", ppt=found.ppt, at=moment(found.since)))
        is_trained, is_ready = self._desk.state.trained, status is EscrowStatus.READY
        can_act = is_trained and status is not EscrowStatus.NOT_CONNECTED
        has_some = is_ready or status in WANTS_RENEWAL
        self.untrained.setVisible(not is_trained)
        self.set_up.setText(t("escrow.card.set_up") if status is EscrowStatus.OFF else t("escrow.card.again"))
        self.set_up.setVisible(can_act and not is_ready)
        self.off.setVisible(can_act and has_some)
        self.question.hide()
        self._enable(is_able=True)

    def rest(self) -> None:
        """What was asked for has failed: it can be asked for again."""
        self._enable(is_able=True)

    # -- doing ---------------------------------------------------------------------------------------------------------

    def _build_question(self) -> QFrame:
        frame = QFrame()
        frame.setProperty("box", "bar")
        frame.setProperty("tone", Tone.WARN.value)
        asked = QVBoxLayout(frame)
        asked.setContentsMargins(px(14), px(10), px(14), px(12))
        asked.setSpacing(px(8))
        asked.addWidget(label(t("escrow.card.sure"), "strong"))
        self.no = button(t("escrow.card.keep"), self._close)
        self.yes = button(t("escrow.card.turn_off_yes"), self._turn_off, role="danger")
        asked.addLayout(side_by_side(self.no, self.yes))
        return frame

    def _ask(self) -> None:
        self.question.show()
        bring(self._page, self.no)

    def _close(self) -> None:
        self.question.hide()
        self.off.setFocus(Qt.FocusReason.OtherFocusReason)

    def _set_up(self) -> None:
        self._do(set_up, t("escrow.card.said_ready"), self.off)

    def _turn_off(self) -> None:
        self._do(turn_off, t("escrow.card.said_off"), self.set_up)

    def _do(self, use_case: Callable[[Any], EscrowState], said: str, then: QWidget) -> None:
        def done(found: EscrowState) -> None:
            self.show_state(found)
            self._desk.say(said)
            then.setFocus(Qt.FocusReason.OtherFocusReason)

        self._page.clear_notices()
        self._enable(is_able=False)
        self._desk.tasks.store(self._page, use_case, done)

    def _enable(self, *, is_able: bool) -> None:
        for each in (self.set_up, self.off, self.yes, self.no):
            each.setEnabled(is_able)
