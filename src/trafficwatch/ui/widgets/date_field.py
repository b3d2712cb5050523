# SPDX-License-Identifier: GPL-3.0-or-later
"""A date with its precision in one line of text: `21-11-1990`, `Nov 1990`, `1990`, `sekitar 1990`, `tidak tahu`.

While someone types, the line below says how it is understood; what is wrong is said when the field is left. T in an
empty field is today, where today makes sense; whoever goes on typing letters wanted a word ("tidak tahu") and gets it.
"""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from trafficwatch.models.dates import ImpossibleDate, PartialDate, Precision
from trafficwatch.texts import current_language, explain_error, t
from trafficwatch.ui.theme.look import px
from trafficwatch.ui.widgets.parts import label, line_edit

LONGEST = 60


class DateField(QWidget):
    """The input; `edtf` is what is stored, `typed` what stands in the line."""

    changed = Signal()
    left = Signal()
    """The line lost the focus, or Enter was pressed in it."""

    def __init__(self, words: str = "", *, today: str = "", allows_today: bool = False) -> None:
        """`words` name the field to a screen reader; `today` is an ISO date, needed for `allows_today`."""
        super().__init__()
        self._today = today if allows_today else ""
        self._is_shortcut = False
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(px(4))
        self.entry = line_edit(limit=LONGEST)
        self.entry.setAccessibleName(words)
        self.entry.installEventFilter(self)
        column.addWidget(self.entry)
        self.setFocusProxy(self.entry)
        self._understood = label("", "small")
        self._problem = label("", "error")
        self._problem.hide()
        column.addWidget(self._understood)
        column.addWidget(self._problem)
        self.entry.textChanged.connect(self._typed)
        self.entry.editingFinished.connect(self._judge)
        self._read()

    @property
    def typed(self) -> str:
        """The text as it stands, for drafts."""
        return self.entry.text()

    @typed.setter
    def typed(self, text: str) -> None:
        self.entry.setText(text)
        self._judge()

    @property
    def edtf(self) -> str | None:
        """The date as it is stored; None when nothing is known, and while the text is no date."""
        return (self._parsed() or PartialDate()).edtf or None

    @property
    def is_valid(self) -> bool:
        """Whether the text is a date, or empty."""
        return self._parsed() is not None

    @property
    def problem(self) -> str:
        """What is wrong with the text, in words; empty when nothing is."""
        try:
            PartialDate.parse(self.entry.text())
        except ImpossibleDate as error:
            return explain_error(error)["message"]
        return ""

    def set_edtf(self, edtf: str | None) -> None:
        """Show a stored date as one would type it."""
        self.typed = written(PartialDate.from_edtf(edtf or ""))

    def show_problem(self) -> None:
        """Say at once what is wrong, as when the field is left."""
        self._judge()

    def setFocus(self, reason: Qt.FocusReason = Qt.FocusReason.OtherFocusReason) -> None:  # noqa: N802 - Qt's name
        """Stand in the line, whether or not Qt knows it as the proxy."""
        self.entry.setFocus(reason)

    def setAccessibleName(self, name: str) -> None:  # noqa: N802 - Qt's name
        super().setAccessibleName(name)
        self.entry.setAccessibleName(name)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            return self._pressed(event)
        return super().eventFilter(watched, event)

    def _pressed(self, event: QKeyEvent) -> bool:
        is_plain = event.modifiers() in {Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier}
        if self._today and is_plain and event.key() == Qt.Key.Key_T and not self.entry.text():
            self.entry.setText(written(PartialDate.from_edtf(self._today)))
            self._is_shortcut = True
            return True
        if self._is_shortcut and event.text().isalpha():
            self.entry.setText("t")
        if event.text():
            self._is_shortcut = False
        return False

    def _parsed(self) -> PartialDate | None:
        try:
            return PartialDate.parse(self.entry.text())
        except ImpossibleDate:
            return None

    def _typed(self) -> None:
        self._read()
        self.changed.emit()

    def _read(self) -> None:
        """Say how the text is understood; a text that may still become a date is no mistake yet."""
        found = self._parsed()
        if not self.entry.text().strip():
            hint = t("widgets.date.hint_today") if self._today else t("widgets.date.hint")
        else:
            hint = t("widgets.date.understood", date=found.format(current_language())) if found else ""
        self._understood.setText(hint or t("widgets.date.not_yet"))
        self.entry.setAccessibleDescription(hint)
        self._mark("")

    def _judge(self) -> None:
        self._mark(self.problem)
        self.left.emit()

    def _mark(self, problem: str) -> None:
        self._problem.setText(problem)
        self._problem.setVisible(bool(problem))
        self._understood.setVisible(not problem)
        if problem:
            self.entry.setAccessibleDescription(problem)
        if self.entry.property("wrong") != bool(problem):
            self.entry.setProperty("wrong", bool(problem))
            self.entry.style().unpolish(self.entry)
            self.entry.style().polish(self.entry)


def written(date: PartialDate) -> str:
    """A date as people here write it: whole days in digits, the rest in words; '' when nothing is known."""
    if date.precision is Precision.UNKNOWN:
        return ""
    if date.precision is not Precision.DAY:
        return date.format(current_language())
    about = t("widgets.date.about") + " " if date.about else ""
    return f"{about}{date.day:02}-{date.month:02}-{date.year}"
