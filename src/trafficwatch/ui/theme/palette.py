# SPDX-License-Identifier: GPL-3.0-or-later
"""Colours, as values: light, dark and high contrast, for either desk.

Text on its ground has a contrast of at least 4.5 (WCAG 2.2, 1.4.3), borders of fields and the focus ring at least 3
(1.4.11); `PAIRS` lists what stands on what, and a test computes all of them. No colour carries meaning alone: chips and
bars always have words and a shape as well. No Qt here.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

_WHITE, _BLACK = "#ffffff", "#000000"


class Theme(StrEnum):
    """Which palette; AUTO follows the system."""

    AUTO = "auto"
    LIGHT = "light"
    DARK = "dark"
    CONTRAST = "contrast"


class Tone(StrEnum):
    """What a chip or bar says: its colours and its icon follow."""

    NEUTRAL = "neutral"
    INFO = "info"
    OK = "ok"
    WARN = "warn"
    DANGER = "danger"


@dataclass(frozen=True, slots=True)
class Pair:
    """A tone's colours: words and lines (`ink`) on its soft ground (`soft`)."""

    ink: str
    soft: str


@dataclass(frozen=True, slots=True)
class Palette:
    """All colours as `#rrggbb`. `ground` is behind everything, `surface` is a card or field, `sunken` a quiet area."""

    ground: str
    surface: str
    sunken: str
    text: str
    soft_text: str
    line: str
    field_line: str
    accent: str
    on_accent: str
    accent_hover: str
    accent_soft: str
    accent_ink: str
    focus: str
    disabled: str
    rail: str
    on_rail: str
    rail_soft: str
    neutral: Pair
    info: Pair
    ok: Pair
    warn: Pair
    danger: Pair

    def tone(self, tone: Tone) -> Pair:
        """The colours of a tone."""
        pairs = {
            Tone.NEUTRAL: self.neutral,
            Tone.INFO: self.info,
            Tone.OK: self.ok,
            Tone.WARN: self.warn,
            Tone.DANGER: self.danger,
        }
        return pairs[tone]


LIGHT = Palette(
    ground="#f5f3ee",
    surface=_WHITE,
    sunken="#edeae3",
    text="#1d2326",
    soft_text="#4f5a5e",
    line="#d9d4c8",
    field_line="#7d8689",
    accent="#0b5c66",
    on_accent=_WHITE,
    accent_hover="#084a52",
    accent_soft="#dceeee",
    accent_ink="#0a515a",
    focus="#b4530a",
    disabled="#5e676b",
    rail="#123f46",
    on_rail="#f2f7f7",
    rail_soft="#1f5a63",
    neutral=Pair("#434d51", "#e7e5df"),
    info=Pair("#124f8c", "#e0ecf8"),
    ok=Pair("#1c5e33", "#dff0e2"),
    warn=Pair("#7a4300", "#fcecd0"),
    danger=Pair("#a01822", "#fbe3e3"),
)
DARK = Palette(
    ground="#15191b",
    surface="#1f2528",
    sunken="#191e20",
    text="#ecefef",
    soft_text="#b4bdc0",
    line="#394246",
    field_line="#89959a",
    accent="#57bcc6",
    on_accent="#04282c",
    accent_hover="#7bd0d8",
    accent_soft="#173c41",
    accent_ink="#8fdbe2",
    focus="#ffb25e",
    disabled="#97a1a5",
    rail="#0d2b30",
    on_rail="#e4f1f2",
    rail_soft="#1c4a51",
    neutral=Pair("#ccd3d5", "#31393c"),
    info=Pair("#a5cdf5", "#1a344e"),
    ok=Pair("#a2dcb0", "#1b3b26"),
    warn=Pair("#f6cb86", "#453112"),
    danger=Pair("#ffb3b3", "#521f23"),
)
CONTRAST = Palette(
    ground=_BLACK,
    surface=_BLACK,
    sunken=_BLACK,
    text=_WHITE,
    soft_text=_WHITE,
    line=_WHITE,
    field_line=_WHITE,
    accent="#ffe600",
    on_accent=_BLACK,
    accent_hover=_WHITE,
    accent_soft="#262626",
    accent_ink="#ffe600",
    focus="#00e5ff",
    disabled="#c8c8c8",
    rail=_BLACK,
    on_rail=_WHITE,
    rail_soft="#333333",
    neutral=Pair(_WHITE, _BLACK),
    info=Pair("#9fd2ff", _BLACK),
    ok=Pair("#8dff9e", _BLACK),
    warn=Pair("#ffd479", _BLACK),
    danger=Pair("#ffadad", _BLACK),
)
_PPT: dict[Theme, dict[str, Any]] = {
    Theme.LIGHT: {
        "accent": "#473d91",
        "accent_hover": "#382f78",
        "accent_soft": "#e8e5f7",
        "accent_ink": "#40367f",
        "rail": "#2b2759",
        "on_rail": "#f4f3fb",
        "rail_soft": "#443e82",
    },
    Theme.DARK: {
        "accent": "#aca3f2",
        "on_accent": "#1a1446",
        "accent_hover": "#c5befa",
        "accent_soft": "#2f2a57",
        "accent_ink": "#cac4fa",
        "rail": "#1c1938",
        "on_rail": "#eeecfb",
        "rail_soft": "#3a3568",
    },
}
"""The PPT desk's accent differs, so that two open windows are not mistaken for each other; the words differ as well."""

TEXT_PAIRS = (
    ("text", "ground"),
    ("text", "surface"),
    ("text", "sunken"),
    ("text", "accent_soft"),
    ("soft_text", "ground"),
    ("soft_text", "surface"),
    ("soft_text", "sunken"),
    ("accent_ink", "ground"),
    ("accent_ink", "surface"),
    ("accent_ink", "accent_soft"),
    ("on_accent", "accent"),
    ("on_accent", "accent_hover"),
    ("disabled", "ground"),
    ("disabled", "surface"),
    ("disabled", "sunken"),
    ("on_rail", "rail"),
    ("on_rail", "rail_soft"),
)
LINE_PAIRS = (("field_line", "surface"), ("field_line", "ground"), ("focus", "surface"), ("focus", "ground"))


def palette(theme: Theme, *, is_ppt: bool = False) -> Palette:
    """The colours of a theme (AUTO counts as LIGHT: whoever knows the system's wish asks for that)."""
    if theme is Theme.CONTRAST:
        return CONTRAST
    chosen = Theme.DARK if theme is Theme.DARK else Theme.LIGHT
    base = DARK if chosen is Theme.DARK else LIGHT
    return replace(base, **_PPT[chosen]) if is_ppt else base


def contrast(first: str, second: str) -> float:
    """The contrast ratio of two colours, 1 to 21 (WCAG 2.2)."""
    lighter, darker = sorted((_luminance(first), _luminance(second)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    channels = (int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5))
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
