# SPDX-License-Identifier: GPL-3.0-or-later
"""The lists of the register beside each other: residents, recruiters, people from elsewhere, double cards.

The navigation has one entry for all of them. The list that is shown is pressed down and goes nowhere; when the letters
are large, it stands for the page's title, so that some of the list is in sight.
"""

from __future__ import annotations

from functools import partial

from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from trafficwatch.texts import t
from trafficwatch.ui.shell.desk import Desk
from trafficwatch.ui.shell.page import Page
from trafficwatch.ui.theme.look import COMPACT_FROM, look, px
from trafficwatch.ui.widgets.parts import button

LISTS = ("residents", "recruiters", "visitors", "duplicates")
"""Pages, in order."""


class RegisterTabs(QWidget):
    """A row of buttons, on top of the page of one of the lists."""

    def __init__(self, page: Page) -> None:
        super().__init__()
        desk, here = page.desk, page.name
        if look().zoom >= COMPACT_FROM:
            page.title.hide()
            page.subtitle.hide()
        self.setAccessibleName(t("recruiters.tabs"))
        self.buttons: dict[str, QPushButton] = {}
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(px(8))
        for name in LISTS:
            made = button(t(f"recruiters.tab.{name}"), role="choice")
            made.setCheckable(True)
            made.setChecked(name == here)
            if name == here:
                made.setAccessibleDescription(t("recruiters.tab_here"))
                made.clicked.connect(partial(made.setChecked, True))  # noqa: FBT003 - Qt's signature
            else:
                made.clicked.connect(partial(self._leave, desk, name))
            self.buttons[name] = made
            line.addWidget(made)
        line.addStretch(1)

    def _leave(self, desk: Desk, name: str) -> None:
        self.buttons[name].setChecked(False)
        desk.go(name)
