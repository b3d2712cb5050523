# SPDX-License-Identifier: GPL-3.0-or-later
"""The recovery code: typed into one line that groups it by itself, and shown big in numbered groups."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QGridLayout, QLineEdit, QVBoxLayout, QWidget

from trafficwatch.texts import t
from trafficwatch.ui.theme.look import look, px
from trafficwatch.ui.widgets.parts import Field, label

GROUPS, IN_GROUP = 7, 5
LETTERS = GROUPS * IN_GROUP
_PASTED = 200


class CodeField(QWidget):
    """Seven groups of five, typed with or without spaces and hyphens, in any case; says how far it is."""

    def __init__(self, words: str, hint: str = "") -> None:
        super().__init__()
        self.line = QLineEdit()
        self.line.setMaxLength(_PASTED)
        self.line.setAccessibleName(words)
        self.line.setPlaceholderText("-".join(["·" * IN_GROUP] * GROUPS))
        self.line.setInputMethodHints(Qt.InputMethodHint.ImhSensitiveData | Qt.InputMethodHint.ImhNoPredictiveText)
        self.field = Field(words, self.line, hint)
        self._count = label("", "small")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(px(4))
        column.addWidget(self.field)
        column.addWidget(self._count)
        self.line.textEdited.connect(self._group)
        self.setFocusProxy(self.line)
        self._tell()

    @property
    def code(self) -> str:
        """What was typed, in groups."""
        return self.line.text()

    @property
    def is_complete(self) -> bool:
        return len(_letters(self.code)) == LETTERS

    def wrong(self, sentence: str) -> None:
        self.field.wrong(sentence)

    def clear(self) -> None:
        self.line.clear()
        self._tell()

    def _group(self, typed: str) -> None:
        """Group what was typed; the cursor stays behind the same letter."""
        before = len(_letters(typed[: self.line.cursorPosition()]))
        letters = _letters(typed)
        self.line.setText(_grouped(letters))
        self.line.setCursorPosition(len(_grouped(letters[:before])))
        self.field.wrong("")
        self._tell()

    def _tell(self) -> None:
        self._count.setText(t("setup.code_count", count=len(_letters(self.code)), total=LETTERS))


def shown_code(code: str) -> QFrame:
    """The code in big numbered groups; a screen reader spells them."""
    made = QFrame()
    made.setProperty("box", "sunken")
    grid = QGridLayout(made)
    grid.setContentsMargins(px(18), px(14), px(18), px(14))
    grid.setHorizontalSpacing(px(44))
    grid.setVerticalSpacing(px(10))
    columns = 3 if look().zoom >= 150 else 4
    for index, group in enumerate(code.split("-")):
        cell = QVBoxLayout()
        cell.setSpacing(0)
        cell.addWidget(label(str(index + 1), "small", wraps=False))
        letters = label(group, "number", wraps=False)
        letters.setAccessibleName(t("setup.code_group", number=index + 1, letters=" ".join(group)))
        cell.addWidget(letters)
        grid.addLayout(cell, index // columns, index % columns)
    grid.setColumnStretch(columns, 1)
    return made


def _letters(typed: str) -> str:
    return "".join(char for char in typed.upper() if char.isascii() and char.isalnum())


def _grouped(letters: str) -> str:
    return "-".join(letters[start : start + IN_GROUP] for start in range(0, len(letters), IN_GROUP))
