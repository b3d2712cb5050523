# SPDX-License-Identifier: GPL-3.0-or-later
"""Those who recruit in the village: search, list, open, record someone new."""

from __future__ import annotations

from functools import partial
from typing import Any

from PySide6.QtCore import QTimer

from trafficwatch.registry.recruiters import RecruiterPage as Found
from trafficwatch.registry.recruiters import RecruiterRow, recruiters
from trafficwatch.texts import t
from trafficwatch.ui.shell.desk import Desk
from trafficwatch.ui.shell.page import Page
from trafficwatch.ui.village.recruiter_words import licence_sign, licence_words
from trafficwatch.ui.village.register_tabs import RegisterTabs
from trafficwatch.ui.village.residents import PAUSE, SearchField
from trafficwatch.ui.widgets.lines import Line, Lines, Pager
from trafficwatch.ui.widgets.parts import button, card, label

AT_ONCE = 50
HEIGHT = 460


class RecruitersPage(Page):
    """All recruiters that the village knows of."""

    name = "recruiters"
    is_wide = True

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, t("recruiters.title"), t("recruiters.subtitle"))
        self._offset = 0
        self.body.addWidget(RegisterTabs(self))
        self.search = SearchField()
        self.search.setPlaceholderText(t("recruiters.search"))
        self.search.setAccessibleName(t("recruiters.search"))
        self.search.setMaxLength(200)
        self.search.setClearButtonEnabled(True)
        self.body.addWidget(self.search)
        self.list = Lines(t("recruiters.title"), height=HEIGHT)
        self.list.opened.connect(lambda key: desk.go("recruiter", recruiter_id=key))
        self.list.hide()
        self.body.addWidget(self.list)
        self.pager = Pager(AT_ONCE)
        self.pager.turned.connect(self._turn)
        self.body.addWidget(self.pager)
        self.nobody, inside = card()
        self.nobody_words = label("", "lead")
        self.nobody_more = label(t("recruiters.empty_more"), "soft")
        inside.addWidget(self.nobody_words)
        inside.addWidget(self.nobody_more)
        self.nobody.hide()
        self.body.addWidget(self.nobody)
        self.body.addStretch(1)
        self.new = button(t("recruiters.new"), self._new, role="primary", icon_name="person-add")
        self.footer(primary=self.new)
        self._timer = QTimer(self, singleShot=True, interval=PAUSE)
        self._timer.timeout.connect(partial(self._turn, 0))
        self.search.textChanged.connect(self._timer.start)
        self.search.entered.connect(self._entered)
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
            lambda work: recruiters(work, text, offset, AT_ONCE),
            lambda found: self._show(text, found),
            slot="search",
        )

    def _show(self, text: str, found: Found) -> None:
        self.list.put([line_of(row) for row in found.rows])
        self.list.setVisible(bool(found.rows))
        self.nobody.setVisible(not found.rows)
        self.nobody_words.setText(t("recruiters.none", text=text) if text else t("recruiters.empty"))
        self.nobody_more.setVisible(not text)
        self.pager.put(self._offset, len(found.rows), found.total)

    def _entered(self) -> None:
        if len(self.list.lines) == 1 and not self._timer.isActive():
            self.list.opened.emit(self.list.lines[0].key)
        else:
            self._into_list()

    def _into_list(self) -> None:
        if self.list.lines and not self.list.isHidden():
            self.list.point(self.list.current or self.list.lines[0].key)
            self.list.setFocus()

    def _new(self) -> None:
        text = self.search.text().strip()
        self.desk.go("recruiter_edit", name=text if any(char.isalpha() for char in text) else "")


def line_of(row: RecruiterRow) -> Line:
    """Name and company; below, whether and how the licence was checked, and how often we met the name."""
    tone, icon = licence_sign(row.found)
    parts = [licence_words(row.found, row.checked, row.checked_with)]
    if row.journeys:
        parts.append(t("recruiters.journeys", count=row.journeys))
    if row.offers:
        parts.append(t("recruiters.offers", count=row.offers))
    name = f"{row.name} · {row.company}" if row.company else row.name
    return Line(row.id, name, " · ".join(parts), tone, icon)
