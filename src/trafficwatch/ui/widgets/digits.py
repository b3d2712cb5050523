# SPDX-License-Identifier: GPL-3.0-or-later
"""The 30 digits of a key's fingerprint: typed as the other side reads them out, or shown to be read out.

They are typed into one field, so that a screen reader and a copied line both work; the field sets them in groups of
five. A blank typed by hand ends a group early, so that a digit that was missed stays in its group and is named there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtWidgets import QFrame, QLabel, QLineEdit, QVBoxLayout, QWidget

from trafficwatch.texts import t
from trafficwatch.ui.theme.look import px
from trafficwatch.ui.widgets.parts import label

GROUP = 5
GROUPS = 6
DIGITS = GROUP * GROUPS
_DIGIT = re.compile(r"[0-9]")
_BLANK = re.compile(r"[\s.,\-–—/_]")


def in_groups(typed: str) -> str:
    """Typed text as groups of at most five digits; other characters than digits only part groups."""
    kept = "".join(char if _DIGIT.match(char) else " " if _BLANK.match(char) else "" for char in typed)
    groups = [part[start : start + GROUP] for part in kept.split() for start in range(0, len(part), GROUP)]
    return " ".join(groups) + (" " if groups and kept.endswith(" ") and len(groups) < GROUPS else "")


class DigitsEntry(QWidget):
    """A field for the 30 digits, with a line below that says how far it is and what is missing."""

    changed = Signal()

    def __init__(self, words: str) -> None:
        super().__init__()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(px(4))
        self._words = label(words, "strong")
        self.entry = QLineEdit()
        self.entry.setProperty("kind", "digits")
        self.entry.setAccessibleName(words)
        self.entry.setPlaceholderText(t("exchange_desk.digits.placeholder"))
        self.entry.setInputMethodHints(Qt.InputMethodHint.ImhDigitsOnly)
        self.entry.textEdited.connect(self._edited)
        self.entry.installEventFilter(self)
        self._words.setBuddy(self.entry)
        self.hint = label("", "small")
        for widget in (self._words, self.entry, self.hint):
            column.addWidget(widget)
        self.setFocusProxy(self.entry)
        self._tell()

    @property
    def text(self) -> str:
        """What was typed, in groups."""
        return self.entry.text().strip()

    @property
    def is_complete(self) -> bool:
        return [len(group) for group in self._groups()] == [GROUP] * GROUPS

    def put(self, text: str) -> None:
        """Show digits that were typed before."""
        self.entry.setText(in_groups(text))
        self._tell()

    def complain(self) -> bool:
        """Say what is missing and go there; False when nothing is."""
        if self.is_complete:
            return False
        self._tell(is_over=True)
        self.entry.setFocus()
        return True

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        if event.type() == QEvent.Type.FocusOut and self.text:
            self._tell(is_over=True)
        return super().eventFilter(watched, event)

    def _edited(self, typed: str) -> None:
        before = self.entry.cursorPosition()
        formed = in_groups(typed)
        digits = len(_DIGIT.findall(typed[:before]))
        is_at_end = before == len(typed)
        self.entry.setText(formed)
        self.entry.setCursorPosition(len(formed) if is_at_end else _after_digits(formed, digits))
        has_letters = any(not _DIGIT.match(char) and not _BLANK.match(char) for char in typed)
        self._tell(has_letters=has_letters)
        self.changed.emit()

    def _groups(self) -> list[str]:
        return self.entry.text().split()

    def _tell(self, *, is_over: bool = False, has_letters: bool = False) -> None:
        """The line below; while someone types, only a group that is already behind them is found incomplete."""
        problem = next(self._problems(is_over=is_over), "")
        is_wrong = bool(problem)
        count = sum(map(len, self._groups()))
        if self.is_complete:
            words = t("exchange_desk.digits.complete")
        elif has_letters:
            words = t("exchange_desk.digits.only_digits")
        else:
            words = problem or t("exchange_desk.digits.count", count=count, total=DIGITS)
        self.hint.setText(words)
        _restyle(self.hint, "kind", "error" if is_wrong else "small")
        _restyle(self.entry, "wrong", is_wrong)
        self.entry.setAccessibleDescription(words)

    def _problems(self, *, is_over: bool) -> Iterator[str]:
        groups = self._groups()
        behind = groups if is_over else groups[:-1]
        for number, group in enumerate(behind[:GROUPS], start=1):
            if len(group) < GROUP:
                yield t("exchange_desk.digits.group_short", number=number, count=len(group), size=GROUP)
        if len(groups) > GROUPS:
            yield t("exchange_desk.digits.too_many", count=sum(map(len, groups)), total=DIGITS)
        if is_over and len(groups) < GROUPS:
            yield t("exchange_desk.digits.missing", count=sum(map(len, groups)), total=DIGITS)


class DigitsShown(QFrame):
    """Our own digits, large and in two lines of three groups; a screen reader spells them."""

    def __init__(self, digits: str = "") -> None:
        super().__init__()
        self.setProperty("box", "sunken")
        column = QVBoxLayout(self)
        column.setContentsMargins(px(18), px(14), px(18), px(14))
        self.digits = QLabel()
        self.digits.setTextFormat(Qt.TextFormat.PlainText)
        self.digits.setProperty("kind", "digits")
        self.digits.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.digits.setWordWrap(True)
        column.addWidget(self.digits)
        self.put(digits)

    def put(self, digits: str) -> None:
        groups = digits.split()
        half = GROUPS // 2
        apart = " " * 5
        lines = [apart.join(groups[:half]), apart.join(groups[half:])]
        self.digits.setText("\n".join(line for line in lines if line))
        spelled = " ".join(
            t("exchange_desk.digits.spelled", number=number, digits=" ".join(group))
            for number, group in enumerate(groups, start=1)
        )
        self.digits.setAccessibleName(t("exchange_desk.digits.own", digits=spelled) if groups else "")
        self.setVisible(bool(groups))


def _after_digits(formed: str, digits: int) -> int:
    """The place in a grouped text behind so many digits."""
    found = [position + 1 for position, char in enumerate(formed) if char != " "]
    return found[digits - 1] if 0 < digits <= len(found) else (0 if digits == 0 else len(formed))


def _restyle(widget: QWidget, name: str, value: object) -> None:
    if widget.property(name) != value:
        widget.setProperty(name, value)
        widget.style().unpolish(widget)
        widget.style().polish(widget)
