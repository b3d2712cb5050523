# SPDX-License-Identifier: GPL-3.0-or-later
"""The look of the moment: palette and zoom, applied to the whole application.

`wear(app, look)` sets font, palette and style sheet; `look()` is what widgets read while they are built. A change of
theme, zoom or language builds the pages anew (`shell.window`), so no widget has to follow changes by itself.

All lengths are pixels at 100 % and go through `px`; the type scale is `Text`. The font is the bundled Noto Sans, the
same as on paper: a machine without fonts would draw boxes.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFont, QFontDatabase, QPalette
from PySide6.QtWidgets import QApplication, QStyleFactory

from trafficwatch.resources import resource
from trafficwatch.ui.theme.palette import LIGHT, Palette, Theme, palette
from trafficwatch.ui.theme.stylesheet import stylesheet

FAMILY = "Noto Sans"
ZOOMS = (100, 110, 125, 150, 175, 200)
"""Per cent."""
COMPACT_FROM = 150
"""Zoom in per cent from which things that stood beside each other stand below each other."""
TARGET = 36
"""Height of whatever can be clicked, at 100 %."""


class Text(IntEnum):
    """Sizes of type in pixels at 100 %."""

    SMALL = 13
    BODY = 15
    LEAD = 17
    HEADING = 19
    TITLE = 25


@dataclass(frozen=True, slots=True)
class Look:
    """Colours and size; `zoom` in per cent."""

    colours: Palette = LIGHT
    zoom: int = 100

    def px(self, length: float) -> int:
        """A length at 100 % in pixels of this zoom."""
        return max(1, round(length * self.zoom / 100))


_look = Look()


def look() -> Look:
    """The look that the application wears now."""
    return _look


def px(length: float) -> int:
    return _look.px(length)


def make_look(theme: Theme, zoom: int, *, is_ppt: bool) -> Look:
    """The look for a user's choice; AUTO follows what the system says now."""
    if theme is Theme.AUTO:
        is_dark = QApplication.styleHints().colorScheme() is Qt.ColorScheme.Dark
        theme = Theme.DARK if is_dark else Theme.LIGHT
    return Look(palette(theme, is_ppt=is_ppt), zoom)


def load_fonts() -> None:
    """Register the bundled fonts, once for the application."""
    if FAMILY not in QFontDatabase.families():
        for name in ("NotoSans-Regular.ttf", "NotoSans-Bold.ttf"):
            QFontDatabase.addApplicationFont(str(resource("fonts", name)))


def wear(app: QApplication, chosen: Look) -> None:
    """Put a look on; widgets that exist keep what they read from the earlier one until they are built anew."""
    global _look  # noqa: PLW0603 - one application wears one look
    if chosen == _look and app.styleSheet():  # to put the same on again takes as long as a page
        return
    _look = chosen
    load_fonts()
    app.setStyle(QStyleFactory.create("Fusion"))
    font = QFont(FAMILY)
    font.setPixelSize(chosen.px(Text.BODY))
    app.setFont(font)
    app.setPalette(_qt_palette(chosen.colours))
    app.setStyleSheet(stylesheet(chosen.colours, chosen.px, TARGET, resource("marks").as_posix()))


def _qt_palette(colours: Palette) -> QPalette:
    made = QPalette()
    roles = {
        QPalette.ColorRole.Window: colours.ground,
        QPalette.ColorRole.WindowText: colours.text,
        QPalette.ColorRole.Base: colours.surface,
        QPalette.ColorRole.AlternateBase: colours.sunken,
        QPalette.ColorRole.Text: colours.text,
        QPalette.ColorRole.Button: colours.surface,
        QPalette.ColorRole.ButtonText: colours.text,
        QPalette.ColorRole.BrightText: colours.danger.ink,
        QPalette.ColorRole.Highlight: colours.accent,
        QPalette.ColorRole.HighlightedText: colours.on_accent,
        QPalette.ColorRole.Link: colours.accent_ink,
        QPalette.ColorRole.LinkVisited: colours.accent_ink,
        QPalette.ColorRole.ToolTipBase: colours.text,
        QPalette.ColorRole.ToolTipText: colours.surface,
        QPalette.ColorRole.PlaceholderText: colours.soft_text,
        QPalette.ColorRole.Accent: colours.accent,
        QPalette.ColorRole.Mid: colours.line,
        QPalette.ColorRole.Dark: colours.field_line,
        QPalette.ColorRole.Light: colours.surface,
    }
    for role, colour in roles.items():
        made.setColor(role, QColor(colour))
    for role in (QPalette.ColorRole.Text, QPalette.ColorRole.ButtonText, QPalette.ColorRole.WindowText):
        made.setColor(QPalette.ColorGroup.Disabled, role, QColor(colours.disabled))
    return made
