# SPDX-License-Identifier: GPL-3.0-or-later
"""People from elsewhere who come and go: those who are here first, then those who have left.

To be from elsewhere is no suspicion: the list has no marks and no colours of warning.
"""

from __future__ import annotations

from functools import partial
from typing import Any

from PySide6.QtCore import QTimer

from trafficwatch.registry.visitors import VisitorPage as Found
from trafficwatch.registry.visitors import VisitorRow, visitors
from trafficwatch.texts import t
from trafficwatch.ui.shell.desk import Desk
from trafficwatch.ui.shell.page import Page
from trafficwatch.ui.theme.palette import Tone
from trafficwatch.ui.village.recruiter_words import day_words
from trafficwatch.ui.village.register_tabs import RegisterTabs
from trafficwatch.ui.village.residents import PAUSE, SearchField
from trafficwatch.ui.widgets.lines import Line, Lines, Pager
from trafficwatch.ui.widgets.parts import button, card, label

AT_ONCE = 50
HEIGHT = 460


class VisitorsPage(Page):
    """All of them, here or gone."""

    name = "visitors"
    is_wide = True

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, t("visitors.title"), t("visitors.subtitle"))
        self._offset = 0
        self.body.addWidget(RegisterTabs(self))
        self.search = SearchField()
        self.search.setPlaceholderText(t("visitors.search"))
        self.search.setAccessibleName(t("visitors.search"))
        self.search.setMaxLength(200)
        self.search.setClearButtonEnabled(True)
        self.body.addWidget(self.search)
        self.list = Lines(t("visitors.title"), height=HEIGHT)
        self.list.opened.connect(lambda key: desk.go("visitor", visitor_id=key))
        self.list.hide()
        self.body.addWidget(self.list)
        self.pager = Pager(AT_ONCE)
        self.pager.turned.connect(self._turn)
        self.body.addWidget(self.pager)
        self.nobody, inside = card()
        self.nobody_words = label("", "lead")
        self.nobody_more = label(t("visitors.empty_more"), "soft")
        inside.addWidget(self.nobody_words)
        inside.addWidget(self.nobody_more)
        self.nobody.hide()
        self.body.addWidget(self.nobody)
        self.body.addStretch(1)
        self.new = button(t("visitors.new"), self._new, role="primary", icon_name="person-add")
        self.footer(primary=self.new)
        self._timer = QTimer(self, singleShot=True, interval=PAUSE)
        self._timer.timeout.connect(partial(self._turn, 0))
        self.search.textChanged.connect(self._timer.start)
        self.search.entered.connect(self._into_list)
        self.search.went_down.connect(self._into_list)

    def enter(self, *, text: str = "", offset: int = 0) -> None:  # type: ignore[override]
        self.search.setText(text)
        self.search.setFocus()
        self._turn(offset)

    def where(self) -> dict[str, Any]:
        return {"text": self.search.text().strip(), "offset": self._offset}

    def _turn(self, offset: int) -> None:
        self._timer.stop()
        self._offset = offset
        text = self.search.text().strip()
        self.desk.tasks.work(
            self,
            lambda work: visitors(work, text, offset, AT_ONCE),
            lambda found: self._show(text, found),
            slot="search",
        )

    def _show(self, text: str, found: Found) -> None:
        self.list.put([line_of(row) for row in found.rows])
        self.list.setVisible(bool(found.rows))
        self.nobody.setVisible(not found.rows)
        self.nobody_words.setText(t("visitors.none", text=text) if text else t("visitors.empty"))
        self.nobody_more.setVisible(not text)
        self.pager.put(self._offset, len(found.rows), found.total)

    def _into_list(self) -> None:
        if self.list.lines and not self.list.isHidden():
            self.list.point(self.list.current or self.list.lines[0].key)
            self.list.setFocus()

    def _new(self) -> None:
        text = self.search.text().strip()
        self.desk.go("visitor", name=text if any(char.isalpha() for char in text) else "")


def line_of(row: VisitorRow) -> Line:
    """Here or gone, since when; where from, why, with whom."""
    if row.left_on:
        stands = t("visitors.left", day=day_words(row.left_on))
    elif row.arrived_on:
        stands = t("visitors.here_since", day=day_words(row.arrived_on))
    else:
        stands = t("visitors.here")
    parts = (
        stands,
        t("visitors.from", place=row.origin) if row.origin else "",
        row.purpose,
        t("visitors.with", host=row.host) if row.host else "",
        t("visitors.recruits", name=row.recruiter_name) if row.recruiter_name else "",
    )
    icon = "back" if row.left_on else "person"
    return Line(row.id, row.name, " · ".join(part for part in parts if part), Tone.NEUTRAL, icon)
