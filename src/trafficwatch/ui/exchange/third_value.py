# SPDX-License-Identifier: GPL-3.0-or-later
"""A value that is none of those that stand, typed or chosen as the field wants it."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QPlainTextEdit, QVBoxLayout, QWidget

from trafficwatch.models.fields import Field, Shape, Value
from trafficwatch.texts import t
from trafficwatch.texts.labels import label as value_label
from trafficwatch.ui.widgets.date_field import DateField
from trafficwatch.ui.widgets.parts import Choice, text_edit

_YES_NO = ("yes", "no")


class ThirdValue(QWidget):
    """One input; `value` is None while there is none that could be stored."""

    changed = Signal()

    def __init__(self, field: Field, words: str, today: str) -> None:
        super().__init__()
        self._field = field
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        self.entry: QPlainTextEdit | Choice | DateField
        if field.shape is Shape.DATE:
            self.entry = DateField(words, today=today)
            self.entry.changed.connect(self.changed)
        elif field.shape is Shape.TEXT:
            self.entry = text_edit(lines=2)
            self.entry.textChanged.connect(self.changed)
        else:
            self.entry = Choice(_options(field), empty=t("differences.choose"))
            self.entry.currentIndexChanged.connect(lambda _: self.changed.emit())
        self.entry.setAccessibleName(words)
        column.addWidget(self.entry)
        self.setFocusProxy(self.entry)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)

    @property
    def value(self) -> Value:
        if isinstance(self.entry, DateField):
            return self.entry.edtf
        if isinstance(self.entry, QPlainTextEdit):
            typed = self.entry.toPlainText().strip()
            return typed if 0 < len(typed) <= self._field.limit else None
        chosen = self.entry.value
        return chosen == _YES_NO[0] if chosen and self._field.shape is Shape.FLAG else chosen


def third_value(field: Field | None, words: str, today: str) -> ThirdValue | None:
    """The input for a field, None where only the values that stand can be chosen among."""
    kinds = {Shape.TEXT, Shape.DATE, Shape.CHOICE, Shape.FLAG}
    if field is None or field.shape not in kinds or field.name == "deleted":
        return None
    return ThirdValue(field, words, today)


def _options(field: Field) -> list[tuple[str, str]]:
    if field.shape is Shape.FLAG:
        return [(each, value_label("answer", each)) for each in _YES_NO]
    return [(each, value_label(field.group, each)) for each in field.choices]
