# SPDX-License-Identifier: GPL-3.0-or-later
"""Navigation: a rail at the left, or one menu button on top when the letters are so big that a rail would eat the page.

Ctrl+1 to Ctrl+9 go to the entries in their order.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QFrame, QHBoxLayout, QMenu, QPushButton, QSizePolicy, QVBoxLayout

from trafficwatch.texts import t
from trafficwatch.ui.theme import icons
from trafficwatch.ui.theme.look import COMPACT_FROM, look, px
from trafficwatch.ui.widgets.parts import button, label


@dataclass(frozen=True, slots=True)
class Entry:
    """One page that can be reached from everywhere: its name, its icon; the words are `shell.nav_<name>`."""

    page: str
    icon: str

    @property
    def words(self) -> str:
        return t(f"shell.nav_{self.page}")


class Rail(QFrame):
    """The rail; `entries` in order, `go` is called with a page's name, `lock` with nothing."""

    def __init__(
        self,
        entries: Sequence[Entry],
        go: Callable[[str], None],
        lock: Callable[[], None],
        *,
        desk_words: str,
        place: str,
    ) -> None:
        super().__init__()
        self.setProperty("box", "rail")
        self.setAccessibleName(t("shell.navigation"))
        self._entries = {entry.page: entry for entry in entries}
        self._buttons: dict[str, QPushButton] = {}
        self._menu_button: QPushButton | None = None
        for number, entry in enumerate(entries, start=1):
            self._shortcut(f"Ctrl+{number}", entry, go)
        if look().zoom >= COMPACT_FROM:
            self._build_menu(entries, go, lock)
        else:
            self._build_rail(entries, go, lock, desk_words, place)

    def point_to(self, page: str) -> None:
        """Show where we are; a page without an entry of its own belongs to the entry it was reached from."""
        if page not in self._entries:
            return
        for name, each in self._buttons.items():
            each.setChecked(name == page)
        if self._menu_button is not None:
            self._menu_button.setText(self._entries[page].words)

    def _shortcut(self, keys: str, entry: Entry, go: Callable[[str], None]) -> None:
        action = QAction(entry.words, self)
        action.setShortcut(QKeySequence(keys))
        action.setShortcutContext(Qt.ShortcutContext.WindowShortcut)
        action.triggered.connect(lambda: go(entry.page))
        self.addAction(action)

    def _build_rail(
        self, entries: Sequence[Entry], go: Callable[[str], None], lock: Callable[[], None], desk_words: str, place: str
    ) -> None:
        self.setFixedWidth(px(208))
        column = QVBoxLayout(self)
        column.setContentsMargins(px(10), px(14), px(10), px(10))
        column.setSpacing(px(4))
        column.addWidget(label(desk_words, "strong"))
        column.addWidget(label(place))
        column.addSpacing(px(10))
        for number, entry in enumerate(entries, start=1):
            made = self._rail_button(entry.words, entry.icon)
            made.setToolTip(f"Ctrl+{number}")
            made.setCheckable(True)
            made.clicked.connect(lambda _=False, page=entry.page: go(page))
            self._buttons[entry.page] = made
            column.addWidget(made)
        column.addStretch(1)
        locking = self._rail_button(t("shell.lock"), "lock")
        locking.setToolTip("Ctrl+L")
        locking.clicked.connect(lambda _=False: lock())
        column.addWidget(locking)

    def _rail_button(self, words: str, icon_name: str) -> QPushButton:
        made = button(words, role="rail", icon_name=icon_name)
        made.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        return made

    def _build_menu(self, entries: Sequence[Entry], go: Callable[[str], None], lock: Callable[[], None]) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(px(8), px(4), px(8), px(4))
        made = button(entries[0].words, role="rail", icon_name="menu")
        made.setAccessibleDescription(t("shell.navigation"))
        made.setProperty("opens", "menu")  # Qt would push what stands at the left of a menu's button onto its ring
        menu = QMenu(made)
        for number, entry in enumerate(entries, start=1):
            action = menu.addAction(icons.icon(entry.icon, look().colours.text), f"{entry.words}\tCtrl+{number}")
            action.triggered.connect(lambda _=False, page=entry.page: go(page))
        made.setMenu(menu)
        self._menu_button = made
        row.addWidget(made)
        row.addStretch(1)
        locking = button(t("shell.lock"), lock, role="rail", icon_name="lock")
        row.addWidget(locking)
