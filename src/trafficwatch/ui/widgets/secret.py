# SPDX-License-Identifier: GPL-3.0-or-later
"""Typing a passphrase: hidden unless shown, with a notice when Caps Lock is on; and choosing a new one, typed twice.

Qt can't ask for Caps Lock; a letter in the opposite case of what Shift says tells it. Passphrases are never undone,
copied out, suggested by the system's keyboard, or kept in drafts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLineEdit, QProgressBar, QPushButton, QVBoxLayout, QWidget

from trafficwatch.texts import t
from trafficwatch.ui.theme import icons
from trafficwatch.ui.theme.look import look, px
from trafficwatch.ui.theme.palette import Tone
from trafficwatch.ui.widgets.parts import Field, button, label, picture, row
from trafficwatch.ui.widgets.strength import MINIMUM, Weakness, is_strong, weakness

LIMIT = 1_000


class SecretLine(QLineEdit):
    """A line for a secret. `caps` tells when Caps Lock seems to be on, and when it seems off again."""

    caps = Signal(bool)

    def __init__(self) -> None:
        super().__init__()
        self.setEchoMode(QLineEdit.EchoMode.Password)
        self.setMaxLength(LIMIT)
        self.setInputMethodHints(
            Qt.InputMethodHint.ImhSensitiveData
            | Qt.InputMethodHint.ImhNoPredictiveText
            | Qt.InputMethodHint.ImhNoAutoUppercase
        )

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        letter = event.text()
        if letter.isalpha() and letter.lower() != letter.upper():
            has_shift = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            self.caps.emit(letter.isupper() != has_shift)
        elif event.key() == Qt.Key.Key_CapsLock:
            self.caps.emit(False)  # noqa: FBT003 - unknown now; the next letter tells
        super().keyPressEvent(event)

    def show_text(self, shown: bool) -> None:  # noqa: FBT001 - the slot of a toggle
        self.setEchoMode(QLineEdit.EchoMode.Normal if shown else QLineEdit.EchoMode.Password)


class SecretField(QWidget):
    """A labelled secret with [Show] beside it and room for the Caps Lock notice."""

    def __init__(self, words: str, hint: str = "", *, can_show: bool = True) -> None:
        super().__init__()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(px(4))
        self.line = SecretLine()
        self.line.setAccessibleName(words)
        entry = QWidget()
        entry.setAccessibleName(words)
        beside = QHBoxLayout(entry)
        beside.setContentsMargins(0, 0, 0, 0)
        beside.setSpacing(px(8))
        beside.addWidget(self.line, 1)
        entry.setFocusProxy(self.line)
        self.field = Field(words, entry, hint)
        self.field.words.setBuddy(self.line)
        self.toggle: QPushButton | None = None
        if can_show:
            self.toggle = button(t("setup.show"), icon_name="eye")
            self.toggle.setCheckable(True)
            self.toggle.setAccessibleName(t("setup.show_passphrase"))
            self.toggle.toggled.connect(self.show_text)
            beside.addWidget(self.toggle)
        column.addWidget(self.field)
        self.caps_notice = _caps_notice()
        self.caps_notice.hide()
        column.addWidget(self.caps_notice)
        self.line.caps.connect(self.caps_notice.setVisible)
        self.setFocusProxy(self.line)

    @property
    def text(self) -> str:
        return self.line.text()

    def clear(self) -> None:
        self.line.clear()

    def show_text(self, shown: bool) -> None:  # noqa: FBT001 - the slot of a toggle
        self.line.show_text(shown)
        if self.toggle is not None:
            self.toggle.setText(t("setup.hide") if shown else t("setup.show"))
            self.toggle.setIcon(icons.icon("eye-off" if shown else "eye", look().colours.accent_ink))
            self.toggle.setIconSize(QSize(px(20), px(20)))

    def wrong(self, sentence: str) -> None:
        """Say what is wrong under the line; an empty sentence takes it back."""
        self.field.wrong(sentence)
        self.line.setProperty("wrong", bool(sentence))
        self.line.style().unpolish(self.line)
        self.line.style().polish(self.line)
        self.line.setAccessibleDescription(sentence)


class NewPassphrase(QWidget):
    """A new passphrase, typed twice, with advice in plain words and how good it is so far."""

    changed = Signal()

    def __init__(self, names: Callable[[], Iterable[str]] = tuple) -> None:
        """`names` gives what anybody here would try first: the volunteer's name, the village's."""
        super().__init__()
        self._names = names
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(px(8))
        self.first = SecretField(
            t("setup.new_passphrase"),
            t("setup.passphrase_advice", minimum=MINIMUM, example=t("setup.passphrase_example")),
        )
        self._bar = QProgressBar()
        self._bar.setRange(0, 3)
        self._bar.setTextVisible(False)
        self._bar.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._bar.setFixedWidth(px(120))
        self._bar.setAccessibleName(t("setup.strength"))
        self._words = label(t("setup.strength_none"), "small")
        self.second = SecretField(t("setup.passphrase_again"), can_show=False)
        column.addWidget(self.first)
        column.addLayout(row(self._bar, self._words, stretch_last=True))
        column.addWidget(self.second)
        if self.first.toggle is not None:
            self.first.toggle.toggled.connect(self.second.show_text)
        self.first.line.textChanged.connect(self._judge)
        self.second.line.textChanged.connect(self._typed_again)
        self.setFocusProxy(self.first)

    @property
    def value(self) -> str:
        return self.first.text

    def check(self) -> SecretField | None:
        """Say what is wrong, if anything; gives the line to mend."""
        found = weakness(self.value, self._names())
        self.first.wrong(self._say(found) if found else "")
        if found:
            return self.first
        is_same = self.value == self.second.text
        self.second.wrong("" if is_same else t("setup.passphrases_differ"))
        return None if is_same else self.second

    def clear(self) -> None:
        self.first.clear()
        self.second.clear()

    def _judge(self) -> None:
        self.first.wrong("")
        typed, names = self.value, tuple(self._names())
        found = weakness(typed, names)
        if not typed:
            level, words = 0, t("setup.strength_none")
        elif found:
            level, words = 1, self._say(found)
        elif is_strong(typed, names):
            level, words = 3, t("setup.strength_strong")
        else:
            level, words = 2, t("setup.strength_fair")
        self._bar.setValue(level)
        self._words.setText(words)
        self._bar.setAccessibleDescription(words)
        self.changed.emit()

    def _typed_again(self) -> None:
        self.second.wrong("")
        self.changed.emit()

    def _say(self, found: Weakness) -> str:
        length = len(" ".join(self.value.split()))
        sentences = {
            Weakness.SHORT: t("setup.weak_short", count=length, minimum=MINIMUM),
            Weakness.REPEATED: t("setup.weak_repeated"),
            Weakness.COMMON: t("setup.weak_common"),
            Weakness.NAMES: t("setup.weak_names"),
            Weakness.EXAMPLE: t("setup.weak_example"),
        }
        return sentences[found]


def _caps_notice() -> QFrame:
    made = QFrame()
    made.setProperty("box", "bar")
    made.setProperty("tone", Tone.WARN.value)
    beside = QHBoxLayout(made)
    beside.setContentsMargins(px(10), px(6), px(10), px(6))
    beside.addWidget(picture("warning", 18, look().colours.warn.ink))
    beside.addWidget(label(t("setup.caps_lock")), 1)
    made.setAccessibleName(t("setup.caps_lock"))
    return made
