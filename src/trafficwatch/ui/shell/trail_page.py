# SPDX-License-Identifier: GPL-3.0-or-later
"""Who changed what: the change log, the latest first, about all or about one person; the last change can be undone.

What a volunteer may not read is said to be there and not shown.
"""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from trafficwatch.errors import ExpectedError
from trafficwatch.texts import t
from trafficwatch.texts.exchange import type_words
from trafficwatch.texts.trail import action_words
from trafficwatch.ui.exchange.moments import moment
from trafficwatch.ui.exchange.rows import side_by_side
from trafficwatch.ui.shell.desk import Desk
from trafficwatch.ui.shell.page import Page
from trafficwatch.ui.theme.look import px
from trafficwatch.ui.theme.palette import Tone
from trafficwatch.ui.village.attachment_words import wrappable
from trafficwatch.ui.widgets.lines import Pager
from trafficwatch.ui.widgets.parts import button, card, chip, empty, label, rule
from trafficwatch.ui.widgets.tab_order import put_in_order
from trafficwatch.village.audit import TrailPage as Trail
from trafficwatch.village.audit import TrailRow, UndoImpossible, trail, undo
from trafficwatch.village.audit_words import FieldChange

ROWS = 20


class TrailPage(Page):
    """`enter(person_id=...)` shows what was done about one person, else everything."""

    name = "trail"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, t("trail_page.title"), t("trail_page.subtitle"), can_go_back=True)
        self._person: str | None = None
        self._offset = 0
        frame, inside = card()
        self._rows = QVBoxLayout()
        self._rows.setSpacing(px(10))
        inside.addLayout(self._rows)
        self._frame = frame
        frame.hide()
        self.body.addWidget(frame)
        self.empty = label(t("trail_page.empty"), "soft")
        self.empty.hide()
        self.body.addWidget(self.empty)
        self.pager = Pager(ROWS)
        self.pager.turned.connect(self._read)
        self.body.addWidget(self.pager)
        self.body.addStretch(1)

    def enter(self, *, person_id: str | None = None, **_: Any) -> None:
        self._person = person_id
        self._read(0)

    def failed(self, error: ExpectedError) -> None:
        super().failed(error)
        if isinstance(error, UndoImpossible):
            self.clear_notices()
            self.tell(t("trail_page.not_undone"), Tone.WARN, more=t(f"trail.undo.{error.reason}"))
            self._read(self._offset)

    def _read(self, offset: int) -> None:
        self._offset = offset
        person = self._person
        self.desk.tasks.work(
            self, lambda work: trail(work, person_id=person, offset=offset, limit=ROWS), self._show, slot="trail"
        )

    def _show(self, found: Trail) -> None:
        empty(self._rows)
        for number, row in enumerate(found.rows):
            if number:
                self._rows.addWidget(rule())
            self._rows.addWidget(self._row(row))
        self._frame.setVisible(bool(found.rows))
        self.empty.setVisible(not found.rows)
        self.pager.put(self._offset, len(found.rows), found.total)
        put_in_order(self)

    def _row(self, row: TrailRow) -> QWidget:
        made = QFrame()
        column = QVBoxLayout(made)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(px(4))
        about = ": ".join(part for part in (type_words(row.type), row.label) if part)
        column.addWidget(label(f"{action_words(row.action)} \u00b7 {about}", "strong"))
        who = row.volunteer or t("trail_page.nobody")
        column.addWidget(label(f"{moment(row.at)} \u00b7 {who}", "small"))
        for change in row.changes:
            column.addWidget(label(wrappable(change_line(change))))
        if row.reason:
            column.addWidget(label(t("trail_page.reason", reason=row.reason)))
        if row.erased:
            column.addLayout(side_by_side(chip(t("trail_page.erased"))))
        elif row.hidden:
            column.addLayout(side_by_side(chip(t("trail_page.hidden"), Tone.NEUTRAL, "lock")))
        if row.can_undo:
            undoing = button(t("trail_page.undo"), lambda: self._undo(row.sequence), icon_name="undo")
            undoing.setAccessibleName(f"{undoing.text()}: {about}, {moment(row.at)}")
            column.addLayout(side_by_side(undoing))
        return made

    def _undo(self, sequence: int) -> None:
        self.clear_notices()
        self.desk.tasks.work(self, lambda work: undo(work, sequence), lambda _: self._undone())

    def _undone(self) -> None:
        self.tell(t("trail_page.undone"))
        self.desk.say(t("trail_page.undone"))
        self._read(0)
        self.setFocus(Qt.FocusReason.OtherFocusReason)


def change_line(change: FieldChange) -> str:
    """One field: what it was and what it became."""
    name = " \u00b7 ".join(part for part in (change.field, change.element) if part)
    if not change.old:
        return t("trail_page.set", field=name, new=change.new)
    if not change.new:
        return t("trail_page.taken", field=name, old=change.old)
    return t("trail_page.changed", field=name, old=change.old, new=change.new)
