# SPDX-License-Identifier: GPL-3.0-or-later
"""Choose a resident by typing a part of the name, the NIK or the address.

What was typed is looked up after a short pause, on the worker; the first line found is marked. In the field Enter picks
the marked line (an unanswered search is answered first, and then picks only if one resident fits) and Down goes into
the list; in the list Enter picks, Up on the first line goes back, and typing goes on in the field.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QKeyEvent
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from trafficwatch.errors import ExpectedError
from trafficwatch.models.dates import PartialDate
from trafficwatch.texts import explain_error, t
from trafficwatch.ui.theme.look import px
from trafficwatch.ui.widgets.parts import label, line_edit

if TYPE_CHECKING:
    from trafficwatch.registry.browse import ResidentPage, ResidentRow
    from trafficwatch.ui.shell.desk import Desk

PAUSE = 150
"""Milliseconds without typing after which the search begins."""
MOST = 8
"""Lines at once: who finds none among them types more."""
_SHOWN = 4


class PersonPicker(QWidget):
    """A search field with its finds below; `picked` carries the person's id and name."""

    picked = Signal(str, str)

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(px(6))
        self.entry = line_edit(placeholder=t("picker.hint"), limit=200)
        self.entry.setAccessibleName(t("picker.name"))
        self.entry.setAccessibleDescription(t("picker.keys"))
        self.entry.setClearButtonEnabled(True)
        self.entry.textEdited.connect(self._typed)
        self.entry.textChanged.connect(lambda text: None if text else self.clear())
        column.addWidget(self.entry)
        self.found = QListWidget()
        self.found.setAccessibleName(t("picker.found"))
        self.found.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.found.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.found.setUniformItemSizes(True)
        self.found.itemClicked.connect(self._pick)
        self.found.installEventFilter(self)
        self.found.hide()
        column.addWidget(self.found)
        self.words = label("", "small")
        self.words.hide()
        column.addWidget(self.words)
        self.setFocusProxy(self.entry)
        self._asked = ""  # what was asked for: an answer to anything else is old
        self._picks_next = False
        self._pause = QTimer(self, singleShot=True, interval=PAUSE)
        self._pause.timeout.connect(self._ask)

    def clear(self) -> None:
        """Empty again, ready for the next search."""
        self._pause.stop()
        self._asked = ""
        self._picks_next = False
        self.entry.clear()  # comes here once more through its signal, and then no further
        self.found.clear()
        self.found.hide()
        self.words.hide()

    def failed(self, error: ExpectedError) -> None:
        """The search could not be answered."""
        self._say(explain_error(error)["message"])

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Keys that the field leaves to us."""
        is_plain = not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter} and is_plain and self.entry.text().strip():
            if self._pause.isActive() or self._asked != self.entry.text().strip():
                self._picks_next = True
                self._ask()
            elif (item := self.found.currentItem()) is not None:
                self._pick(item)
        elif event.key() == Qt.Key.Key_Down and self.found.count():
            self.found.setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            super().keyPressEvent(event)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """Keys in the list: Enter picks, Up on the first line and typing go back to the field."""
        if watched is self.found and event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            item = self.found.currentItem()
            if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space} and item is not None:
                self._pick(item)
                return True
            if event.key() == Qt.Key.Key_Up and self.found.currentRow() <= 0:
                self.entry.setFocus(Qt.FocusReason.OtherFocusReason)
                return True
            if event.key() == Qt.Key.Key_Backspace or (event.text().isprintable() and event.text().strip()):
                self.entry.setFocus(Qt.FocusReason.OtherFocusReason)
                self.entry.event(event)
                return True
        return super().eventFilter(watched, event)

    def _typed(self, text: str) -> None:
        self._picks_next = False
        if text.strip():
            self._pause.start()

    def _ask(self) -> None:
        self._pause.stop()
        text = self.entry.text().strip()
        self._asked = text

        def look(work: Any) -> ResidentPage:
            from trafficwatch.registry.browse import residents

            return residents(work, text, 0, MOST)

        self._desk.tasks.work(self, look, self._show, slot="people")

    def _show(self, page: ResidentPage) -> None:
        if self._asked != self.entry.text().strip():
            return
        self.found.clear()
        for row in page.rows:
            self.found.addItem(_item(row))
        self.found.setVisible(bool(page.rows))
        if page.rows:
            self.found.setCurrentRow(0)
            lines = min(_SHOWN, len(page.rows))
            self.found.setFixedHeight(lines * self.found.sizeHintForRow(0) + 2 * self.found.frameWidth() + px(4))
        if self._picks_next and len(page.rows) == 1:
            self._pick(self.found.item(0))
            return
        self._picks_next = False
        if not page.rows:
            self._say(t("picker.none", text=self._asked))
        elif page.total > len(page.rows):
            self._say(t("picker.more", shown=len(page.rows), total=page.total))
        else:
            self._say(t("picker.all", total=page.total))

    def _pick(self, item: QListWidgetItem) -> None:
        person_id, name = item.data(Qt.ItemDataRole.UserRole)
        self.clear()
        self.picked.emit(person_id, name)

    def _say(self, sentence: str) -> None:
        self.words.setText(sentence)
        self.words.show()
        QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self.words, sentence))


def _item(row: ResidentRow) -> QListWidgetItem:
    """Two lines: the name; the year of birth and the address, so that namesakes can be told apart."""
    year = PartialDate.from_edtf(row.birth_date or "").year
    born = t("picker.born", year=year) if year else t("picker.born_unknown")
    item = QListWidgetItem("\n".join([row.name, " · ".join([born, *([row.address] if row.address else [])])]))
    item.setData(Qt.ItemDataRole.UserRole, (row.id, row.name))
    item.setToolTip(item.text())
    item.setData(Qt.ItemDataRole.AccessibleTextRole, item.text().replace("\n", ", "))
    return item
