# SPDX-License-Identifier: GPL-3.0-or-later
"""Undoing the import of one bundle: a reason, and what builds on it if it can't be done any more."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from trafficwatch.sync.inbox import BundleRow
from trafficwatch.sync.undoing import ImportBuiltOn, Obstacle, Undone, undo
from trafficwatch.texts import t
from trafficwatch.texts.exchange import type_words
from trafficwatch.ui.exchange.rows import side_by_side
from trafficwatch.ui.shell.page import Page
from trafficwatch.ui.theme.palette import Tone
from trafficwatch.ui.widgets.fold import Fold
from trafficwatch.ui.widgets.parts import Field, button, label, line_edit
from trafficwatch.ui.widgets.tab_order import put_in_order

REASON_LIMIT = 200


class UndoCard(QWidget):
    """Below the bundle that is pointed at; hidden where nothing can be undone."""

    undone = Signal()

    def __init__(self, page: Page) -> None:
        super().__init__()
        self._page = page
        self._bundle = ""
        outside = QVBoxLayout(self)
        outside.setContentsMargins(0, 0, 0, 0)
        inside = QWidget(self)  # with a parent from the first: its parts keep their place for the Tab key
        inside.hide()
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(label(t("import_undo.how")))
        self.reason = line_edit(limit=REASON_LIMIT)
        self.reason_field = Field(t("import_undo.reason"), self.reason)
        column.addWidget(self.reason_field)
        self.now = button(t("import_undo.now"), self._undo, role="danger", icon_name="undo")
        column.addLayout(side_by_side(self.now))
        self.fold = Fold(t("import_undo.open"), lambda: inside)
        self.fold.toggled.connect(lambda _: put_in_order(page))
        outside.addWidget(self.fold)
        self.hide()

    def put(self, row: BundleRow | None) -> None:
        """Offer it for this bundle; a reason that was begun for it stays."""
        bundle = row.bundle if row is not None else ""
        if bundle != self._bundle:
            self._bundle = bundle
            self._empty()
        self.setVisible(row is not None and row.can_undo and self._page.desk.state.trained)

    def failed(self, error: Any) -> None:
        self.now.setEnabled(True)
        if isinstance(error, ImportBuiltOn):
            self._page.tell(t("import_undo.built_on"), Tone.WARN, more=obstacle_words(error.obstacles))
        else:
            self._page.failed(error)

    def _undo(self) -> None:
        bundle, reason = self._bundle, self.reason.text().strip()
        self.reason_field.wrong("" if reason else t("import_undo.reason_missing"))
        if not reason:
            self.reason.setFocus(Qt.FocusReason.OtherFocusReason)
            return
        self._page.clear_notices()
        self.now.setEnabled(False)
        self._page.desk.tasks.store(self, lambda store: undo(store, bundle, reason), self._done)

    def _empty(self) -> None:
        self.reason.clear()
        self.reason_field.wrong("")

    def _done(self, done: Undone) -> None:
        self.now.setEnabled(True)
        self._empty()
        words = t("import_undo.done", count=done.records)
        told = self._page.tell(words, Tone.OK, more=t("import_undo.done_more"))
        told.add_action(t("import_undo.to_list"), lambda: self._page.desk.go("set_aside"))
        self._page.desk.say(words)
        self.undone.emit()


def obstacle_words(found: Sequence[Obstacle]) -> str:
    """What builds on an import, in words."""
    said = [t(f"import_undo.why.{each.why}", count=each.count, what=type_words(each.type)) for each in found]
    return " ".join([*said, t("import_undo.built_on_how")])
