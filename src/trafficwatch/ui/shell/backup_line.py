# SPDX-License-Identifier: GPL-3.0-or-later
"""One quiet line on the first page when there is no recent backup outside of this laptop, and the way to make one."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QWidget

from trafficwatch.texts import t
from trafficwatch.ui.exchange.moments import moment
from trafficwatch.ui.shell.desk import Desk
from trafficwatch.ui.theme.look import look, px
from trafficwatch.ui.theme.palette import Tone
from trafficwatch.ui.widgets.parts import button, label, picture
from trafficwatch.village.backups import Missing, missing_away


class BackupLine(QWidget):
    """Hidden until there is something to say; made where it stands in the order of the Tab key."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        line = QHBoxLayout(self)
        line.setContentsMargins(px(4), 0, px(4), 0)
        line.setSpacing(px(10))
        line.addWidget(picture("save", 20, look().colours.tone(Tone.NEUTRAL).ink))
        self.words = label("", "soft")
        line.addWidget(self.words, 1)
        self.open = button(t("backups.line_open"), lambda: desk.go("backups"))
        line.addWidget(self.open)
        self.hide()

    def read(self) -> None:
        """Look whether there is anything to say."""
        self._desk.tasks.store(self, missing_away, self.put)

    def failed(self, _: object) -> None:
        """What keeps the store from being read, the page says for itself."""

    def put(self, missing: Missing | None) -> None:
        """Say it, or nothing."""
        if missing is not None:
            last = missing.last
            words = t("backups.line_none") if last is None else t("backups.line_old", at=moment(last))
            self.words.setText(words)
            self.open.setAccessibleName(f"{self.open.text()}: {words}")
        self.setVisible(missing is not None)
