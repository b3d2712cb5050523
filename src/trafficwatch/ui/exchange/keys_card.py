# SPDX-License-Identifier: GPL-3.0-or-later
"""The card 'Kunci laptop ini': since when this device has its keys, who knows them, and how they are replaced."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QVBoxLayout

from trafficwatch.models.fields import Side
from trafficwatch.sync.devices import OVERLAP_DAYS
from trafficwatch.sync.rotation import KeyState, rotate, state
from trafficwatch.texts import t
from trafficwatch.ui.exchange.moments import moment
from trafficwatch.ui.exchange.rows import side_by_side
from trafficwatch.ui.shell.page import Page
from trafficwatch.ui.theme.look import px
from trafficwatch.ui.theme.palette import Tone
from trafficwatch.ui.widgets.parts import Field, button, label, line_edit


class KeysCard(QFrame):
    """For the pages of both desks; replacing is asked about once more, in place, with the reason."""

    replaced = Signal()

    def __init__(self, page: Page) -> None:
        super().__init__()
        self._page = page
        self.setProperty("box", "card")
        self.setAccessibleName(t("enrolment.keys_title"))
        column = QVBoxLayout(self)
        column.setContentsMargins(px(18), px(14), px(18), px(16))
        column.setSpacing(px(10))
        column.addWidget(label(t("enrolment.keys_title"), "heading"))
        column.addWidget(label(t("enrolment.keys_what")))
        column.addWidget(label(t("enrolment.keys_not_for_theft"), "strong"))
        self.standing = label("", "soft")
        column.addWidget(self.standing)
        self.change = button(t("enrolment.keys_change"), self._ask, icon_name="key")
        column.addLayout(side_by_side(self.change))
        self.question = QFrame()
        self.question.setProperty("box", "bar")
        self.question.setProperty("tone", Tone.WARN.value)
        asked = QVBoxLayout(self.question)
        asked.setContentsMargins(px(14), px(10), px(14), px(12))
        asked.setSpacing(px(8))
        asked.addWidget(label(t("enrolment.keys_sure", days=OVERLAP_DAYS), "strong"))
        self.reason = line_edit()
        self.why = Field(t("enrolment.keys_reason"), self.reason, t("enrolment.keys_hint"))
        asked.addWidget(self.why)
        self.no = button(t("enrolment.keys_no"), self._close)
        self.yes = button(t("enrolment.keys_yes"), self._replace, role="danger")
        asked.addLayout(side_by_side(self.no, self.yes))
        column.addWidget(self.question)
        self.question.hide()

    def load(self) -> None:
        self._page.desk.tasks.work(self._page, state, self.put, slot="keys")

    def put(self, found: KeyState) -> None:
        """Say how the keys stand."""
        said = [t("enrolment.keys_since", at=moment(found.since))]
        if found.former_until:
            is_ppt = self._page.desk.state.side is Side.PPT
            until = moment(found.former_until)
            said.append(t("enrolment.keys_former_ppt") if is_ppt else t("enrolment.keys_former", at=until))
            said.append(
                t("enrolment.keys_waiting", names=", ".join(found.waiting))
                if found.waiting
                else t("enrolment.keys_all_know")
            )
        self.standing.setText(" ".join(said))

    def _ask(self) -> None:
        self.question.show()
        self.reason.setFocus()

    def _close(self) -> None:
        self.question.hide()
        self.change.setFocus()

    def _replace(self) -> None:
        self._page.clear_notices()
        reason = self.reason.text()
        self._page.desk.tasks.store(self._page, lambda store: rotate(store, reason), self._done)

    def _done(self, found: KeyState) -> None:
        self.reason.clear()
        self.question.hide()
        self.put(found)
        self._page.tell(t("enrolment.keys_done"), Tone.OK, more=t("enrolment.keys_done_next"))
        self._page.desk.say(t("enrolment.keys_done"))
        self.replaced.emit()
