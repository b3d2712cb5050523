# SPDX-License-Identifier: GPL-3.0-or-later
"""All notes of signs: those that were told to nobody yet first, then the latest."""

from __future__ import annotations

from typing import Any

from trafficwatch.screening.signs import NotePage, NoteRow, notes
from trafficwatch.texts import t
from trafficwatch.ui.shell.desk import Desk
from trafficwatch.ui.shell.page import Page
from trafficwatch.ui.theme.palette import Tone
from trafficwatch.ui.village.recruiter_words import day_words
from trafficwatch.ui.widgets.lines import Line, Lines, Pager
from trafficwatch.ui.widgets.parts import button, card, label

AT_ONCE = 50
HEIGHT = 520


class SignNotesPage(Page):
    """The list."""

    name = "sign_notes"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, t("signs.list_title"), t("signs.list_lead"), can_go_back=True)
        self._offset = 0
        self.count = label("", "strong")
        self.count.hide()
        self.body.addWidget(self.count)
        self.list = Lines(t("signs.list_title"), height=HEIGHT)
        self.list.opened.connect(lambda key: desk.go("sign_note", note_id=key))
        self.list.hide()
        self.body.addWidget(self.list)
        self.pager = Pager(AT_ONCE)
        self.pager.turned.connect(self._turn)
        self.body.addWidget(self.pager)
        self.nobody, inside = card()
        inside.addWidget(label(t("signs.empty"), "lead"))
        inside.addWidget(label(t("signs.empty_more"), "soft"))
        self.nobody.hide()
        self.body.addWidget(self.nobody)
        self.body.addStretch(1)
        self.new = button(t("signs.new"), lambda: desk.go("sign_note"), icon_name="eye")
        self.footer(primary=self.new)

    def enter(self, *, offset: int = 0) -> None:  # type: ignore[override]
        self._turn(offset)

    def where(self) -> dict[str, Any]:
        return {"offset": self._offset}

    def _turn(self, offset: int) -> None:
        self._offset = offset
        self.desk.tasks.work(self, lambda work: notes(work, offset, AT_ONCE), self._show, slot="notes")

    def _show(self, found: NotePage) -> None:
        self.list.put([line_of(row) for row in found.rows])
        self.list.setVisible(bool(found.rows))
        self.nobody.setVisible(not found.rows)
        words = t("signs.list_open", count=found.untold) if found.untold else t("signs.list_all_told")
        self.count.setText(words)
        self.count.setVisible(bool(found.total))
        self.pager.put(self._offset, len(found.rows), found.total)
        if found.rows and self.hasFocus():
            self.list.setFocus()


def line_of(row: NoteRow) -> Line:
    """Of whom if known, whether it was told; when, where, how many signs, by whom."""
    if row.told_to is None:
        told = t("signs.row_untold")
    elif row.told_on:
        told = t("signs.row_told_on", who=row.told_to, day=day_words(row.told_on))
    else:
        told = t("signs.row_told", who=row.told_to)
    parts = (
        told,
        t("signs.row_seen", day=day_words(row.noted_on)) if row.noted_on else "",
        row.place,
        t("signs.count", count=row.signs) if row.signs else "",
        t("signs.row_by", name=row.noted_by) if row.noted_by else "",
    )
    more = " · ".join(part for part in parts if part)
    tone, icon = (Tone.WARN, "warning") if row.told_to is None else (Tone.NEUTRAL, "check")
    return Line(row.id, row.person_name or t("signs.somebody"), more, tone, icon)
