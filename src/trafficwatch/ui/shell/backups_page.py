# SPDX-License-Identifier: GPL-3.0-or-later
"""Backups of this desk: when the last one was made, one more by hand, where they lie, destroying one.

"Done" is said only after the backup was read back from the disk and verified. Restoring begins on the locked desk: it
takes the place of what is open here.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QProgressBar, QVBoxLayout, QWidget

from trafficwatch.errors import ExpectedError
from trafficwatch.texts import t
from trafficwatch.ui.exchange.moments import moment, size
from trafficwatch.ui.exchange.rows import bring, side_by_side
from trafficwatch.ui.shell.desk import Desk
from trafficwatch.ui.shell.page import Page
from trafficwatch.ui.theme.look import px
from trafficwatch.ui.theme.palette import Tone
from trafficwatch.ui.widgets.notice import Notice
from trafficwatch.ui.widgets.parts import button, card, chip, empty, label, row, rule
from trafficwatch.ui.widgets.tab_order import put_in_order
from trafficwatch.village.backups import BackupRow, backups, destroy, is_away, is_reachable, make_by_hand

MOST = 30
"""So many are listed; by rule there are hardly more."""


@dataclass(frozen=True, slots=True)
class Known:
    """A backup, whether it can be reached now, and whether it lies outside of the laptop."""

    row: BackupRow
    is_here: bool
    is_away: bool


def known(store: Any) -> tuple[Known, ...]:
    """The backups that were not destroyed, the latest first."""
    with store.work() as work:
        made = [each for each in backups(work) if each.gone_at is None]
    return tuple(Known(each, is_reachable(each), is_away(each, store.folder)) for each in made)


class BackupsPage(Page):
    """What there is, and one more."""

    name = "backups"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, t("backups.title"), t("backups.subtitle"), can_go_back=True)
        self._asked: QWidget | None = None
        self._last = QVBoxLayout()
        self.body.addLayout(self._last)
        self._busy, inside = card()
        self._how_far = label(t("backups.making"), "strong")
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._bar.setAccessibleName(t("backups.making"))
        inside.addWidget(self._how_far)
        inside.addWidget(self._bar)
        self._busy.hide()
        self.body.addWidget(self._busy)
        frame, inside = card(t("backups.how"), t("backups.how_what"))
        inside.addWidget(label(t("backups.restore_how"), "soft"))
        self.body.addWidget(frame)
        self._frame, inside = card(t("backups.known"))
        self._rows = QVBoxLayout()
        self._rows.setSpacing(px(10))
        inside.addLayout(self._rows)
        self._frame.hide()
        self.body.addWidget(self._frame)
        self.body.addStretch(1)
        self.here = button(t("backups.make_here"), lambda: self._make(None), icon_name="save")
        self.stick = button(t("backups.make_stick"), self._ask_where, role="primary", icon_name="stick")
        self.footer(self.here, primary=self.stick)

    def enter(self, **_: Any) -> None:
        self._read()

    def failed(self, error: ExpectedError) -> None:
        self._rest()
        super().failed(error)

    def _read(self) -> None:
        self.desk.tasks.store(self, known, self._show)

    def _show(self, found: tuple[Known, ...]) -> None:
        self._asked = None
        for layout in (self._rows, self._last):
            empty(layout)
        if found:
            latest = found[0].row
            words = t("backups.last", at=moment(latest.made_at), count=latest.records, size=size(latest.size))
            away = [each for each in found if each.is_away]
            more = t("backups.away", at=moment(away[0].row.made_at)) if away else t("backups.none_away")
            self._last.addWidget(Notice(words, Tone.OK if away else Tone.WARN, more=more))
        else:
            self._last.addWidget(Notice(t("backups.none"), Tone.WARN, more=t("backups.none_away")))
        for number, each in enumerate(found[:MOST]):
            if number:
                self._rows.addWidget(rule())
            self._rows.addWidget(self._row(each))
        self._frame.setVisible(bool(found))
        put_in_order(self)

    def _row(self, each: Known) -> QWidget:
        made, backup = QFrame(), each.row
        column = QVBoxLayout(made)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(px(4))
        day = moment(backup.made_at)
        column.addWidget(label(f"{day} \u00b7 {t(f'backups.reason_{backup.reason.value}')}", "strong"))
        column.addWidget(label(t("backups.holds", count=backup.records, size=size(backup.size)), "small"))
        column.addWidget(label(backup.place, "small"))
        if not each.is_here:
            column.addLayout(row(chip(t("backups.not_here"))))
            return made
        gone = button(t("backups.destroy"), lambda: self._ask(column, backup), icon_name="trash")
        gone.setAccessibleName(f"{gone.text()}: {day}")
        column.addLayout(side_by_side(gone))
        return made

    # -- making --------------------------------------------------------------------------------------------------------

    def _ask_where(self) -> None:
        self.desk.open_folder(self, t("backups.where"), self._make)

    def _make(self, place: Path | None) -> None:
        self.clear_notices()
        for each in (self.here, self.stick):
            each.setEnabled(False)
        self.show_making()
        teller = self.desk.tasks.teller(self, self.told)
        self.desk.tasks.store(self, lambda store: make_by_hand(store, place, teller), self._made)

    def show_making(self) -> None:
        """That one is being made; how far is not known yet."""
        self._bar.setRange(0, 0)
        self._busy.show()

    def told(self, done: int, total: int) -> None:
        """How far the copy is, in pages of the database."""
        self._bar.setRange(0, total)
        self._bar.setValue(done)

    def _made(self, made: BackupRow) -> None:
        self._rest()
        self.tell(t("backups.made"), more=t("backups.made_more", place=made.place))
        self.desk.say(t("backups.made"))
        self._read()

    def _rest(self) -> None:
        self._busy.hide()
        for each in (self.here, self.stick):
            each.setEnabled(True)

    # -- destroying ----------------------------------------------------------------------------------------------------

    def _ask(self, column: QVBoxLayout, backup: BackupRow) -> None:
        self._close()
        frame = QFrame()
        frame.setProperty("box", "bar")
        frame.setProperty("tone", Tone.DANGER.value)
        inside = QVBoxLayout(frame)
        inside.setContentsMargins(px(14), px(10), px(14), px(12))
        inside.setSpacing(px(8))
        inside.addWidget(label(t("backups.destroy_sure"), "strong"))
        inside.addWidget(label(t("backups.destroy_what")))
        self.no = button(t("backups.keep"), self._close)
        self.yes = button(t("backups.destroy_yes"), lambda: self._destroy(backup.id), role="danger")
        inside.addLayout(side_by_side(self.no, self.yes))
        column.addWidget(frame)
        frame.show()
        self._asked = frame
        bring(self, self.no)

    def _close(self) -> None:
        if self._asked is not None:
            self._asked.hide()
            self._asked.deleteLater()
            self._asked = None

    def _destroy(self, backup_id: str) -> None:
        self.clear_notices()
        self.desk.tasks.store(self, lambda store: destroy(store, backup_id), lambda _: self._destroyed())

    def _destroyed(self) -> None:
        self.tell(t("backups.destroyed"))
        self.desk.say(t("backups.destroyed"))
        self._read()
        self.setFocus(Qt.FocusReason.OtherFocusReason)
