# SPDX-License-Identifier: GPL-3.0-or-later
"""A screen before the desk is open: a calm column in the middle, language and size of letters above it.

Keys as on pages: Enter goes to the next field or presses the button it stands on, Ctrl+Enter presses the primary one.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtGui import QFont, QFontMetrics, QKeyEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QComboBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from trafficwatch.errors import ExpectedError
from trafficwatch.texts import Language, explain_error, t
from trafficwatch.ui.shell.settings import Settings
from trafficwatch.ui.theme.icons import app_icon
from trafficwatch.ui.theme.look import FAMILY, ZOOMS, Text, px
from trafficwatch.ui.theme.palette import Tone
from trafficwatch.ui.widgets.notice import Notice
from trafficwatch.ui.widgets.parts import button, empty

_LANGUAGES: tuple[tuple[Language, str], ...] = (("id", "Bahasa Indonesia"), ("en", "English"))
"""Each by its own name: who can't read the one finds the other."""


class Front(QWidget):
    """Base of the screens before the desk; subclasses fill `body` and may call `footer` once."""

    def __init__(self, settings: Settings, change: Callable[[Settings], None], *, width: int) -> None:
        super().__init__()
        self._settings, self._change = settings, change
        self._primary: QPushButton | None = None
        self.setProperty("box", "page")
        outer = self._outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        outer.addLayout(self._top())
        self._scroll = QScrollArea()
        self._scroll.setWidgetResizable(True)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        outer.addWidget(self._scroll, 1)
        inside = QWidget()
        inside.setProperty("box", "page")
        self._scroll.setWidget(inside)
        beside = QHBoxLayout(inside)
        beside.setContentsMargins(px(24), px(8), px(24), px(24))
        content = QWidget()
        content.setMaximumWidth(px(width))
        beside.addStretch(1)
        beside.addWidget(content, 1000)
        beside.addStretch(1)
        self.body = QVBoxLayout(content)
        self.body.setContentsMargins(0, 0, 0, 0)
        self.body.setSpacing(px(14))
        self.notices = QVBoxLayout()
        self.notices.setSpacing(px(8))
        self._footer = QFrame()
        self._footer.setProperty("box", "footer")
        self._footer_row = QHBoxLayout(self._footer)
        self._footer_row.setContentsMargins(px(24), px(10), px(24), px(10))
        self._footer_row.setSpacing(px(10))
        self._footer.hide()
        outer.addWidget(self._footer)

    def footer(self, *others: QPushButton, primary: QPushButton) -> None:
        """The pinned row: others first, the primary one last, at the right."""
        self._footer_row.addStretch(1)
        for each in (*others, primary):
            self._footer_row.addWidget(each)
        self.press_with_enter(primary)
        self._footer.show()

    def footer_last(self) -> None:
        """Tab comes to the footer last again, after the body was filled anew."""
        self._footer.setParent(None)
        self._outer.addWidget(self._footer)

    def press_with_enter(self, primary: QPushButton) -> None:
        """Ctrl+Enter presses this button from now on."""
        primary.setProperty("role", "primary")
        self._primary = primary

    def failed(self, error: ExpectedError) -> None:
        """An expected error as three sentences where the notices are."""
        self.clear_notices()
        words = explain_error(error)
        self.tell(words["message"], Tone.DANGER, more=f"{words['safe']} {words['todo']}")

    def tell(self, text: str, tone: Tone = Tone.INFO, *, more: str = "") -> Notice:
        notice = Notice(text, tone, more=more)
        self.notices.addWidget(notice)
        notice.announce()
        self._scroll.verticalScrollBar().setValue(0)
        return notice

    def clear_notices(self) -> None:
        empty(self.notices)

    def show_widget(self, widget: QWidget) -> None:
        """Scroll until a widget is in sight."""
        self._scroll.ensureWidgetVisible(widget, 0, px(40))

    def focusNextPrevChild(self, forward: bool) -> bool:  # noqa: N802, FBT001 - Qt's name
        moved = super().focusNextPrevChild(forward)
        focused = self.focusWidget()
        if moved and focused is not None and self._scroll.isAncestorOf(focused):
            self.show_widget(focused)
        return moved

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        focused = self.focusWidget()
        if event.key() not in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            super().keyPressEvent(event)
        elif event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            if self._primary is not None and self._primary.isEnabled():
                self._primary.click()
        elif isinstance(focused, QAbstractButton):
            focused.click()
        elif isinstance(focused, QLineEdit | QComboBox):
            self.focusNextPrevChild(True)  # noqa: FBT003 - Qt's signature

    def _top(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setContentsMargins(px(16), px(10), px(16), px(6))
        row.setSpacing(px(6))
        row.addStretch(1)
        for language, name in _LANGUAGES:
            made = button(name, partial(self._speak, language), role="choice")
            made.setCheckable(True)
            made.setChecked(language == self._settings.language)
            made.setMinimumWidth(_bold_width(name))
            row.addWidget(made)
        row.addSpacing(px(14))
        for step, words, said in ((-1, "A−", t("setup.smaller")), (1, "A+", t("setup.larger"))):
            made = button(words, partial(self._resize, step), hint=said)
            made.setAccessibleName(said)
            made.setEnabled(0 <= ZOOMS.index(self._settings.zoom) + step < len(ZOOMS))
            row.addWidget(made)
        return row

    def _speak(self, language: Language) -> None:
        self._change(dataclasses.replace(self._settings, language=language))

    def _resize(self, step: int) -> None:
        self._change(dataclasses.replace(self._settings, zoom=ZOOMS[ZOOMS.index(self._settings.zoom) + step]))


def mark() -> QLabel:
    """The program's mark; the name always stands beside it."""
    made = QLabel()
    made.setPixmap(app_icon().pixmap(px(56)))
    return made


def _bold_width(words: str) -> int:
    """How wide a button must be to hold its words when it is checked, and bold."""
    bold = QFont(FAMILY)
    bold.setPixelSize(px(Text.BODY))
    bold.setBold(True)
    return QFontMetrics(bold).horizontalAdvance(words) + px(36)
