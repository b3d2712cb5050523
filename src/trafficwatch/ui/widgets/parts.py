# SPDX-License-Identifier: GPL-3.0-or-later
"""The smallest parts every page is made of: labels, buttons, chips, cards, fields, rows.

They carry properties for the style sheet (`theme.stylesheet`) and names for screen readers; they know nothing of pages.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QIcon, QPainter, QPixmap
from PySide6.QtWidgets import (
    QAbstractButton,
    QComboBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLayout,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from trafficwatch.ui.theme import icons
from trafficwatch.ui.theme.look import look, px
from trafficwatch.ui.theme.palette import Tone

ICON_RATIO = 2
"""Icons are drawn twice as fine as the screen, so that they are sharp on every one."""
TONE_ICONS = {
    Tone.NEUTRAL: "info",
    Tone.INFO: "info",
    Tone.OK: "success",
    Tone.WARN: "warning",
    Tone.DANGER: "error",
}


def label(text: str = "", kind: str = "", *, wraps: bool = True) -> QLabel:
    """A label of a kind of the type scale: `title`, `heading`, `lead`, `strong`, `soft`, `small`, `error`, `digits`."""
    made = QLabel(text)
    made.setTextFormat(Qt.TextFormat.PlainText)
    made.setWordWrap(wraps)
    if kind:
        made.setProperty("kind", kind)
    return made


def button(
    text: str, pressed: Callable[[], object] | None = None, *, role: str = "", icon_name: str = "", hint: str = ""
) -> QPushButton:
    """A push button with words; `role` as in the style sheet, an icon only beside the words."""
    made = QPushButton(text)
    made.setProperty("icon_name", icon_name)
    set_role(made, role)
    if hint:
        made.setToolTip(hint)
        made.setAccessibleDescription(hint)
    if pressed is not None:
        made.clicked.connect(lambda _=False: pressed())
    return made


def set_role(made: QPushButton, role: str) -> None:
    """Give a button of `button` this role, and its icon the colour that goes with it."""
    made.setProperty("role", role)
    if icon_name := made.property("icon_name"):
        colours = look().colours
        ink = {"primary": colours.on_accent, "rail": colours.on_rail, "danger": colours.danger.ink}
        set_icon(made, icon_name, ink.get(role, colours.accent_ink))


def set_icon(pressed: QAbstractButton, icon_name: str, colour: str) -> None:
    """Put an icon before a button's words, with some room between them: Qt's own style leaves none."""
    size, room = px(20), px(6)
    drawn = icons.pixmap(icon_name, colour, size, ICON_RATIO)
    wide = QPixmap((size + room) * ICON_RATIO, size * ICON_RATIO)
    wide.setDevicePixelRatio(ICON_RATIO)
    wide.fill(Qt.GlobalColor.transparent)
    painter = QPainter(wide)
    painter.drawPixmap(0, 0, drawn)
    painter.end()
    pressed.setIcon(QIcon(wide))
    pressed.setIconSize(QSize(size + room, size))


def picture(icon_name: str, size: int = 20, colour: str = "") -> QLabel:
    """An icon that only accompanies words; screen readers pass over it."""
    made = QLabel()
    made.setPixmap(icons.pixmap(icon_name, colour or look().colours.soft_text, px(size), made.devicePixelRatioF()))
    made.setFixedSize(px(size), px(size))
    return made


def chip(text: str, tone: Tone = Tone.NEUTRAL, icon_name: str = "") -> QFrame:
    """A status in words, with an icon and colours of its tone."""
    made = QFrame()
    made.setProperty("box", "chip")
    made.setProperty("tone", tone.value)
    row = QHBoxLayout(made)
    row.setContentsMargins(px(8), px(2), px(10), px(2))
    row.setSpacing(px(5))
    row.addWidget(picture(icon_name or TONE_ICONS[tone], 15, look().colours.tone(tone).ink))
    words = label(text, wraps=False)
    row.addWidget(words)
    made.setAccessibleName(text)
    made.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Maximum)
    return made


def card(title: str = "", subtitle: str = "") -> tuple[QFrame, QVBoxLayout]:
    """A raised box with an optional heading, and the layout to fill."""
    made = QFrame()
    made.setProperty("box", "card")
    column = QVBoxLayout(made)
    column.setContentsMargins(px(18), px(14), px(18), px(16))
    column.setSpacing(px(10))
    if title:
        column.addWidget(label(title, "heading"))
        made.setAccessibleName(title)
    if subtitle:
        column.addWidget(label(subtitle, "soft"))
    return made, column


def row(*widgets: QWidget, stretch_last: bool = False, spacing: int = 8) -> QHBoxLayout:
    """Widgets beside each other, at the left."""
    made = QHBoxLayout()
    made.setSpacing(px(spacing))
    for widget in widgets:
        made.addWidget(widget)
    if stretch_last and widgets:
        made.setStretch(len(widgets) - 1, 1)
    else:
        made.addStretch(1)
    return made


def empty(layout: QLayout, *, begin: int = 0) -> None:
    """Take everything out of a layout and end it, from one place on."""
    while (item := layout.takeAt(begin)) is not None:
        if (widget := item.widget()) is not None:
            widget.hide()
            widget.deleteLater()
        elif (inner := item.layout()) is not None:
            empty(inner)


def rule() -> QFrame:
    """A thin line between groups."""
    made = QFrame()
    made.setProperty("box", "rule")
    made.setFixedHeight(1)
    return made


def line_edit(text: str = "", placeholder: str = "", limit: int = 0) -> QLineEdit:
    made = QLineEdit(text)
    made.setPlaceholderText(placeholder)
    if limit:
        made.setMaxLength(limit)
    return made


def text_edit(text: str = "", lines: int = 3) -> QPlainTextEdit:
    """Several lines of text; Tab leaves it."""
    made = QPlainTextEdit(text)
    made.setTabChangesFocus(True)
    made.setFixedHeight(made.fontMetrics().lineSpacing() * lines + px(20))
    return made


class Choice(QComboBox):
    """One of several values, or none; the wheel never changes it while someone scrolls the page."""

    def __init__(self, options: Iterable[tuple[str, str]], *, empty: str | None = None) -> None:
        """`options` are (value, words); `empty` is what stands for no choice, None if one must be made."""
        super().__init__()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        if empty is not None:
            self.addItem(empty, "")
        for value, words in options:
            self.addItem(words, value)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(8)

    @property
    def value(self) -> str | None:
        """The chosen value, None for no choice."""
        return self.currentData() or None

    def choose(self, value: str | None) -> None:
        self.setCurrentIndex(max(0, self.findData(value or "")))

    def wheelEvent(self, event: object) -> None:  # noqa: N802 - Qt's name
        """Leave the wheel to the page."""
        event.ignore()  # type: ignore[attr-defined]


SHORT = 32
"""Letters of a field's label that always fit one line: beside softer words Qt would break them without need."""


class Field(QWidget):
    """A label above an input, with a hint and room for what is wrong with it."""

    left = Signal()
    """The input lost the focus."""

    def __init__(self, words: str, entry: QWidget, hint: str = "", *, optional: str = "") -> None:
        """`optional` stands softly beside the label, e.g. 'boleh kosong'."""
        super().__init__()
        self.entry = entry
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(px(4))
        head = QHBoxLayout()
        head.setSpacing(px(6))
        self.words = label(words, "strong", wraps=not optional or len(words) > SHORT)
        self.words.setBuddy(entry)
        head.addWidget(self.words, 0 if optional else 1)
        if optional:
            head.addWidget(label(optional, "small"), 1)
        column.addLayout(head)
        column.addWidget(entry)
        if not entry.accessibleName():
            entry.setAccessibleName(words)
        if hint:
            column.addWidget(label(hint, "small"))
            entry.setAccessibleDescription(hint)
        self._error = label("", "error")
        self._error.hide()
        column.addWidget(self._error)
        self.setFocusProxy(entry)

    def wrong(self, sentence: str) -> None:
        """Say what is wrong, under the field and to a screen reader; an empty sentence takes it back."""
        self._error.setText(sentence)
        self._error.setVisible(bool(sentence))
        self.entry.setProperty("wrong", bool(sentence))
        self.entry.style().unpolish(self.entry)
        self.entry.style().polish(self.entry)
        self.entry.setAccessibleDescription(sentence)
