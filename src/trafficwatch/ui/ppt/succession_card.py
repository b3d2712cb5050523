# SPDX-License-Identifier: GPL-3.0-or-later
"""The card 'Kantor pindah ke laptop baru' of the page 'Desa': both PPT laptops read each other's file and digits."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from PySide6.QtWidgets import QFrame, QVBoxLayout

from trafficwatch.models.exchange import PeerStatus
from trafficwatch.sync.parcels import Exported
from trafficwatch.sync.succession import Standing, dismiss, expect, hand_over, standing
from trafficwatch.texts import t
from trafficwatch.texts.exchange import status_words
from trafficwatch.ui.exchange.rows import side_by_side
from trafficwatch.ui.shell.page import Page
from trafficwatch.ui.theme.look import px
from trafficwatch.ui.theme.palette import Tone
from trafficwatch.ui.widgets.digits import DigitsEntry
from trafficwatch.ui.widgets.parts import Field, button, label, line_edit


class SuccessionCard(QFrame):
    """What was agreed so far, and what can be done at the old and at the new laptop."""

    def __init__(self, page: Page) -> None:
        super().__init__()
        self._page = page
        self._pack: Path | None = None
        self._is_old = False
        self.setProperty("box", "card")
        self.setAccessibleName(t("enrolment.succession_title"))
        column = QVBoxLayout(self)
        column.setContentsMargins(px(18), px(14), px(18), px(16))
        column.setSpacing(px(10))
        column.addWidget(label(t("enrolment.succession_title"), "heading"))
        column.addWidget(label(t("enrolment.succession_move"), "strong"))
        column.addWidget(label(t("enrolment.succession_other")))
        self.standing = label("", "strong")
        column.addWidget(self.standing)
        self.new = button(t("enrolment.succession_expect"), lambda: self._ask(is_old=False), icon_name="folder")
        self.old = button(t("enrolment.succession_hand_over"), lambda: self._ask(is_old=True), icon_name="folder")
        for each in (self.new, self.old):
            column.addLayout(side_by_side(each))
        self.compare = QFrame()
        compared = QVBoxLayout(self.compare)
        compared.setContentsMargins(0, 0, 0, 0)
        compared.setSpacing(px(8))
        self.digits = DigitsEntry(t("enrolment.succession_digits"))
        compared.addWidget(self.digits)
        self.trust = button(t("enrolment.succession_go"), self._trust)
        compared.addLayout(side_by_side(self.trust))
        column.addWidget(self.compare)
        self.leave = QFrame()
        leaving = QVBoxLayout(self.leave)
        leaving.setContentsMargins(0, 0, 0, 0)
        leaving.setSpacing(px(8))
        self.reason = line_edit()
        leaving.addWidget(Field(t("enrolment.reason"), self.reason, t("enrolment.reason_hint")))
        self.dismiss = button(t("enrolment.succession_dismiss"), self._dismiss, role="danger")
        leaving.addLayout(side_by_side(self.dismiss))
        column.addWidget(self.leave)
        for hidden in (self.standing, self.compare, self.leave):
            hidden.hide()

    def load(self) -> None:
        self._page.desk.tasks.work(self._page, standing, self.put, slot="succession")

    def put(self, found: Standing) -> None:
        """Say who follows this PPT, or whom it follows."""
        old, new = found.predecessor, found.successor
        said = [t("enrolment.succession_successor", name=new.name)] if new else []
        if old:
            said.append(t("enrolment.succession_predecessor", name=old.name, status=status_words(old.status.value)))
        self.standing.setText(" ".join(said))
        self.standing.setVisible(bool(said))
        self.leave.setVisible(old is not None and old.status is not PeerStatus.REVOKED)

    def _ask(self, *, is_old: bool) -> None:
        self._is_old = is_old
        title = t("enrolment.succession_hand_over") if is_old else t("enrolment.succession_expect")
        self._page.desk.open_file(self._page, title, self._chosen, kinds="*.twe")

    def _chosen(self, path: Path) -> None:
        self._pack = path
        self.digits.put("")
        self.compare.show()
        self.digits.setFocus()

    def _trust(self) -> None:
        if self.digits.complain():
            return
        desk, pack, digits = self._page.desk, self._pack, self.digits.text
        if self._is_old:
            desk.open_folder(self._page, t("ppt_desk.villages.choose_stick"), self._hand_over)
        elif pack is not None:
            self._page.clear_notices()
            desk.tasks.store(self._page, lambda store: expect(store, pack, digits), self._expected)

    def _hand_over(self, folder: Path) -> None:
        pack, digits = self._pack, self.digits.text
        if pack is not None:
            self._page.clear_notices()
            self._page.desk.tasks.store(self._page, lambda store: hand_over(store, pack, digits, folder), self._handed)

    def _expected(self, _found: Any) -> None:
        self._tell(t("enrolment.succession_expected"))

    def _handed(self, made: list[Exported]) -> None:
        self._tell(t("enrolment.succession_handed", file=", ".join(each.path.name for each in made)))

    def _dismiss(self) -> None:
        reason = self.reason.text()
        self._page.clear_notices()
        self._page.desk.tasks.store(
            self._page,
            lambda store: dismiss(store, reason),
            lambda _: self._tell(t("enrolment.succession_dismissed")),
        )

    def _tell(self, words: str) -> None:
        self._pack = None
        self.compare.hide()
        self.reason.clear()
        self._page.tell(words, Tone.OK)
        self._page.desk.say(words)
        self.load()
