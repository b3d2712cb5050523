# SPDX-License-Identifier: GPL-3.0-or-later
"""The trash: what was deleted, by whom and why; bringing it back with a reason, or erasing it for good.

Erasing is for coordinators and officers, asks for its ground and once more, and lists the backups that still hold it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from trafficwatch.errors import ExpectedError
from trafficwatch.registry.erasing import Erased, Ground, HoldingBackup, erase, holding, may_erase
from trafficwatch.registry.trash import TrashPage as Trash
from trafficwatch.registry.trash import TrashRow, restore, trash
from trafficwatch.texts import t
from trafficwatch.texts.exchange import type_words
from trafficwatch.texts.trail import deletion_words
from trafficwatch.ui.exchange.moments import moment
from trafficwatch.ui.exchange.rows import bring, side_by_side
from trafficwatch.ui.shell.desk import Desk, Unsaved
from trafficwatch.ui.shell.page import Page
from trafficwatch.ui.theme.look import px
from trafficwatch.ui.theme.palette import Tone
from trafficwatch.ui.widgets.lines import Pager
from trafficwatch.ui.widgets.parts import Choice, Field, button, card, empty, label, line_edit, rule
from trafficwatch.ui.widgets.tab_order import put_in_order

ROWS = 20


@dataclass(frozen=True, slots=True)
class Loaded:
    """What the page shows; `backups` still hold something that was erased."""

    trash: Trash
    may_erase: bool
    backups: tuple[HoldingBackup, ...]


class TrashPage(Page):
    """What was deleted."""

    name = "trash"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, t("trash.title"), t("trash.subtitle"), can_go_back=True)
        self._offset = 0
        self._asked: QWidget | None = None
        self._about: TrashRow | None = None
        self._kept: dict[str, Any] = {}
        frame, inside = card()
        self._rows = QVBoxLayout()
        self._rows.setSpacing(px(12))
        inside.addLayout(self._rows)
        self._frame = frame
        frame.hide()
        self.body.addWidget(frame)
        self.empty = label(t("trash.empty"), "soft")
        self.empty.hide()
        self.body.addWidget(self.empty)
        self.pager = Pager(ROWS)
        self.pager.turned.connect(self._read)
        self.body.addWidget(self.pager)
        self._holding, self._backups = card(t("trash.backups"), t("trash.backups_what"))
        self._lines = QVBoxLayout()
        self._backups.addLayout(self._lines)
        self._holding.hide()
        self.body.addWidget(self._holding)
        self.body.addStretch(1)

    def enter(self, **_: Any) -> None:
        self._read(0)

    def _read(self, offset: int) -> None:
        self._offset = offset
        self.desk.tasks.work(
            self,
            lambda work: Loaded(trash(work, offset, ROWS), may_erase(work), holding(work)),
            self._show,
            slot="trash",
        )

    def _show(self, found: Loaded) -> None:
        self._asked = self._about = None
        for layout in (self._rows, self._lines):
            empty(layout)
        for number, row in enumerate(found.trash.rows):
            if number:
                self._rows.addWidget(rule())
            self._rows.addWidget(self._row(row, can_erase=found.may_erase))
        self._frame.setVisible(bool(found.trash.rows))
        self.empty.setVisible(not found.trash.rows)
        self.pager.put(self._offset, len(found.trash.rows), found.trash.total)
        for each in found.backups:
            self._lines.addWidget(label(t("trash.backup", at=moment(each.made_at), place=each.place)))
        self._holding.setVisible(bool(found.backups))
        put_in_order(self)

    def _row(self, row: TrashRow, *, can_erase: bool) -> QWidget:
        made = QFrame()
        column = QVBoxLayout(made)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(px(4))
        about = f"{type_words(row.type)}: {row.label}" if row.label else type_words(row.type)
        column.addWidget(label(about, "strong"))
        who = row.deleted_by or t("trail_page.nobody")
        column.addWidget(label(f"{moment(row.deleted_at)} \u00b7 {who} \u00b7 {deletion_words(row.reason)}", "small"))
        if row.others:
            column.addWidget(label(t("trash.others", count=row.others), "small"))
        back = button(t("trash.restore"), lambda: self._ask_reason(column, row), icon_name="undo")
        back.setAccessibleName(f"{back.text()}: {about}")
        if (self._kept.get("type"), self._kept.get("id")) == (row.type, row.id):
            kept, self._kept = self._kept, {}
            QTimer.singleShot(0, made, lambda: self._go_on(column, row, str(kept.get("reason", ""))))
        buttons: list[QWidget] = [back]
        if can_erase:
            gone = button(t("trash.erase"), lambda: self._ask_ground(column, row), icon_name="trash")
            gone.setAccessibleName(f"{gone.text()}: {about}")
            buttons.append(gone)
        column.addSpacing(px(4))
        column.addLayout(side_by_side(*buttons))
        return made

    # -- asking --------------------------------------------------------------------------------------------------------

    def _ask_reason(self, column: QVBoxLayout, row: TrashRow) -> None:
        inside = self._ask(column, Tone.INFO, t("trash.restore_sure"))
        self.reason = line_edit(limit=200)
        self.reason.textEdited.connect(self.changed)
        self._about = row
        self._reason = Field(t("trash.reason"), self.reason, t("trash.reason_hint"))
        inside.addWidget(self._reason)
        self.yes = button(t("trash.restore_now"), lambda: self._restore(row))
        self.no = button(t("trash.keep"), self._close)
        inside.addLayout(side_by_side(self.yes, self.no))
        bring(self, self.reason)

    def _go_on(self, column: QVBoxLayout, row: TrashRow, reason: str) -> None:
        self._ask_reason(column, row)
        self.reason.setText(reason)

    def _ask_ground(self, column: QVBoxLayout, row: TrashRow) -> None:
        inside = self._ask(column, Tone.DANGER, t("trash.erase_sure"))
        inside.addWidget(label(t("trash.erase_what")))
        self.ground = Choice(
            [(each.value, t(f"trash.ground_{each.value}")) for each in Ground], empty=t("trash.choose")
        )
        self._ground = Field(t("trash.ground"), self.ground)
        inside.addWidget(self._ground)
        self.no = button(t("trash.keep"), self._close)
        self.yes = button(t("trash.erase_now"), lambda: self._erase(row), role="danger")
        inside.addLayout(side_by_side(self.no, self.yes))
        bring(self, self.ground)

    def _ask(self, column: QVBoxLayout, tone: Tone, words: str) -> QVBoxLayout:
        self._close()
        frame = QFrame()
        frame.setProperty("box", "bar")
        frame.setProperty("tone", tone.value)
        inside = QVBoxLayout(frame)
        inside.setContentsMargins(px(14), px(10), px(14), px(12))
        inside.setSpacing(px(8))
        inside.addWidget(label(words, "strong"))
        column.addWidget(frame)
        frame.show()
        self._asked = frame
        return inside

    def _close(self) -> None:
        if self._asked is not None:
            self._asked.hide()
            self._asked.deleteLater()
            self._asked = self._about = None

    # -- doing ---------------------------------------------------------------------------------------------------------

    def failed(self, error: ExpectedError) -> None:
        super().failed(error)
        if self._asked is not None:
            self._asked.setEnabled(True)

    def unsaved(self) -> Unsaved | None:
        """The reason that is being typed, and for what."""
        if self._asked is None or self._about is None or not self.reason.text().strip():
            return None
        return Unsaved({"type": self._about.type, "id": self._about.id, "reason": self.reason.text()})

    def restore(self, content: dict[str, Any]) -> None:
        self._kept = content
        self._read(self._offset)

    def _restore(self, row: TrashRow) -> None:
        reason = self.reason.text().strip()
        self._reason.wrong("" if reason else t("trash.reason_missing"))
        if not reason:
            bring(self, self.reason)
            return
        self._wait()
        self.desk.tasks.work(
            self, lambda work: restore(work, row.type, row.id, reason), lambda _: self._done(t("trash.restored"))
        )

    def _erase(self, row: TrashRow) -> None:
        chosen = self.ground.value
        self._ground.wrong("" if chosen else t("trash.ground_missing"))
        if not chosen:
            bring(self, self.ground)
            return
        self._wait()
        self.desk.tasks.store(self, lambda store: erase(store, row.type, row.id, Ground(chosen)), self._erased)

    def _erased(self, found: Erased) -> None:
        more = [t("trash.erased_backups", count=len(found.backups))] if found.backups else []
        if not found.compacted:
            more.append(t("trash.not_compacted"))
        self._done(t("trash.erased"), " ".join(more))

    def _wait(self) -> None:
        """Erasing may take a while: nothing is pressed twice."""
        self.clear_notices()
        if self._asked is not None:
            self._asked.setEnabled(False)

    def _done(self, said: str, more: str = "") -> None:
        self.settled.emit()
        self.tell(said, Tone.WARN if more else Tone.OK, more=more)
        self.desk.say(said)
        self._read(0)
        self.setFocus(Qt.FocusReason.OtherFocusReason)
